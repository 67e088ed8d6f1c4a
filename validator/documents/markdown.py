"""Markdown as CommonMark and GitHub read it, with the places of headings, links and text."""

from __future__ import annotations

import itertools
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from validator.documents.text import TextDocument
from validator.model import Location, Region


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 to 6), plain text, GitHub slug and place.

    ``line`` is its first line, ``end`` the line after the section's last: where the next heading of
    the same or a higher level begins.
    """

    level: int
    text: str
    slug: str
    location: Location
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link, an autolink or an image: where it leads, its plain text, and its place."""

    href: str
    text: str
    location: Location
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A link reference definition, ``[label]: href``."""

    label: str
    href: str
    location: Location


@dataclass(frozen=True, slots=True)
class Prose:
    """The plain text of one block (a paragraph, a heading, a table cell, or code) and its place."""

    text: str
    location: Location
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment: the text between its marks, and its place."""

    text: str
    location: Location


class MarkdownDocument(TextDocument):
    """A Markdown text. Headings in code, comments, quotes and lists are no headings."""

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        super().__init__(integration, path, data)

    @cached_property
    def _parsed(self) -> tuple[list[Token], dict[str, Any]]:
        env: dict[str, Any] = {}
        tokens = _parser().parse(self.text, env)
        self._place_cells(tokens)
        return tokens, env

    def _place_cells(self, tokens: list[Token]) -> None:
        """Leave on each table cell the column where it begins: cells of a row may be alike."""
        row, column = -1, 0
        for before, token in itertools.pairwise(tokens):
            if token.type == "inline" and before.type in ("td_open", "th_open"):
                line = _lines(token)[0]
                if line != row:
                    row, column = line, 0
                found = self.lines[line].find(token.content, column)
                if found >= 0:
                    token.meta["column"] = found
                    column = found + len(token.content)

    @property
    def _tokens(self) -> list[Token]:
        return self._parsed[0]

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings of the document, in order."""
        opened = [
            (index, token)
            for index, token in enumerate(self._tokens)
            if token.type == "heading_open" and token.level == 0
        ]
        ends = self._section_ends(
            [(int(token.tag[1]), _lines(token)[0] + 1) for _, token in opened]
        )
        slugs: set[str] = set()
        headings = []
        for (index, token), end in zip(opened, ends, strict=True):
            inline = self._tokens[index + 1]
            text = _plain(inline.children or [])
            slug = _unique(slugify(text), slugs)
            place = self._inline_region(inline, 0, len(inline.content))
            location = Location(self.integration, self.path, place, anchor=slug)
            headings.append(
                Heading(int(token.tag[1]), text, slug, location, _lines(token)[0] + 1, end)
            )
        return headings

    def _section_ends(self, headings: list[tuple[int, int]]) -> list[int]:
        """Return where the section of each heading, given as level and line, ends."""
        next_line = [len(self.lines) + 1] * 7
        ends = []
        for level, line in reversed(headings):
            ends.append(min(next_line[: level + 1]))
            next_line[level] = line
        return ends[::-1]

    def headings_within(self, section: Heading) -> list[Heading]:
        """Return the sub-headings of a section."""
        return [other for other in self.headings if section.line < other.line < section.end]

    def heading_at(self, line: int) -> Heading | None:
        """Return the heading of the innermost section that holds a 1-based line."""
        index = bisect_right(self.headings, line, key=lambda heading: heading.line)
        return self.headings[index - 1] if index else None

    def _place(self, region: Region) -> Location:
        heading = self.heading_at(region.start_line)
        return Location(
            self.integration, self.path, region, anchor=heading.slug if heading else None
        )

    def locate_line(self, line: int) -> Location:
        """Return the place of a 1-based line, with the slug of its section."""
        region = super().locate_line(line).region
        assert region is not None
        return self._place(region)

    @cached_property
    def links(self) -> list[Link]:
        """The links and images of the document, in order; those in code or comments are none."""
        return list(self._find_links())

    def _find_links(self) -> Iterator[Link]:
        for token in self._tokens:
            children = token.children or []
            for index, child in enumerate(children):
                span = child.meta.get("span") if child.meta else None
                if span is None:
                    continue
                href = str(child.attrs.get("src" if child.type == "image" else "href", ""))
                inside = children[index + 1 : _closing(children, index)]
                text = child.content if child.type == "image" else _plain(inside)
                place = self._place(self._inline_region(token, *span))
                yield Link(href, text, place, child.type == "image")

    @cached_property
    def definitions(self) -> list[Definition]:
        """The link reference definitions in order, those of a label that is defined already included."""
        env = self._parsed[1]
        found = [*env.get("references", {}).items()]
        found += [(entry["label"], entry) for entry in env.get("duplicate_refs", [])]
        definitions = [
            Definition(label, entry["href"], self.locate_line(entry["map"][0] + 1))
            for label, entry in found
        ]
        return sorted(definitions, key=lambda definition: definition.location.sort_key)

    @cached_property
    def prose(self) -> list[Prose]:
        """What a reader sees, block by block: text of paragraphs, headings, cells, HTML, and code."""
        return list(self._find_prose())

    def _find_prose(self) -> Iterator[Prose]:
        for token in self._tokens:
            if token.type == "inline":
                text = _plain(token.children or [])
                region = self._inline_region(token, 0, len(token.content))
                if text.strip() or any(child.type == "image" for child in token.children or []):
                    yield Prose(text, self._place(region))
            elif token.type in ("fence", "code_block", "html_block"):
                is_code = token.type != "html_block"
                text = token.content if is_code else _html_text(token.content)
                if text.strip():
                    first, last = _lines(token)
                    region = Region(first + 1, 1, last, len(self.lines[last - 1]) + 1)
                    yield Prose(text, self._place(region), is_code)

    def prose_within(self, section: Heading) -> list[Prose]:
        """Return what a section says, its sub-headings' text left out."""
        titles = {other.line for other in self.headings}
        return [
            block
            for block in self.prose
            if block.location.region is not None
            and section.line < block.location.region.start_line < section.end
            and block.location.region.start_line not in titles
        ]

    def links_within(self, section: Heading) -> list[Link]:
        """Return the links and images of a section."""
        return [
            link
            for link in self.links
            if link.location.region is not None
            and section.line < link.location.region.start_line < section.end
        ]

    @cached_property
    def comments(self) -> list[Comment]:
        """The HTML comments of the document, in order; those in code are none."""
        return list(self._find_comments())

    def _find_comments(self) -> Iterator[Comment]:
        for token in self._tokens:
            if token.type == "html_block":
                first, last = _lines(token)
                start = self.offset(first + 1, 1)
                end = self.offset(last, 1) + len(self.lines[last - 1])
                while (start := self.text.find("<!--", start, end)) >= 0:
                    close = self.text.find("-->", start + 4, end)
                    stop = close + 3 if close >= 0 else end
                    text = self.text[start + 4 : close if close >= 0 else end]
                    yield Comment(text.strip(), self._place(self.region(start, stop)))
                    start = stop
            cursor = 0
            for child in token.children or []:
                if child.type == "html_inline" and child.content.startswith("<!--"):
                    start = token.content.index(child.content, cursor)
                    cursor = start + len(child.content)
                    text = child.content.removeprefix("<!--").removesuffix("-->")
                    yield Comment(
                        text.strip(), self._place(self._inline_region(token, start, cursor))
                    )

    def _inline_region(self, token: Token, start: int, end: int) -> Region:
        """Return the region of offsets into an inline token's content.

        The parser gives the lines of a block only. Its content is the source without indentation,
        markers and trailing blanks, so each of its lines is found again in its own source line.
        """
        first = _lines(token)[0]
        places = []
        for offset in (start, end):
            before = token.content[:offset]
            line = before.count("\n")
            column = offset - (before.rfind("\n") + 1)
            text = token.content.split("\n")[line]
            source = self.lines[first + line]
            found = token.meta.get("column", source.find(text))
            if found < 0:  # a tab before the text was expanded to blanks: look for the text alone
                found = max(source.find(text.lstrip()), 0) - (len(text) - len(text.lstrip()))
            places.append((first + line + 1, min(max(found + column, 0), len(source)) + 1))
        return Region(*places[0], *places[1])


def slugify(text: str) -> str:
    """Return the anchor that GitHub makes of a heading's text.

    Lower case; letters, digits, marks, connector punctuation, hyphens and blanks are kept; blanks
    become hyphens.
    """
    kept = (
        character
        for character in text.strip().lower()
        if character in " -"
        or unicodedata.category(character)[0] in "LNM"
        or unicodedata.category(character) == "Pc"
    )
    return "".join(kept).replace(" ", "-")


def _unique(slug: str, taken: set[str]) -> str:
    """Return the slug, with GitHub's ``-1``, ``-2``, … when it is taken, and take it."""
    candidate, number = slug, 0
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    taken.add(candidate)
    return candidate


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    # Nothing is rendered here: every link is kept, as it is written.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    for name in ("link", "image", "autolink"):
        _record_spans(parser, name)
    return parser


def _record_spans(parser: MarkdownIt, name: str) -> None:
    """Let an inline rule leave the offsets of what it read on the token that it made."""
    rules = parser.inline.ruler.getRules("")
    names = parser.inline.ruler.get_active_rules()
    original = rules[names.index(name)]

    def recording(state: StateInline, silent: bool) -> bool:
        start, made = state.pos, len(state.tokens)
        if not original(state, silent):
            return False
        opened = [token for token in state.tokens[made:] if token.type in ("link_open", "image")]
        if opened and not silent:
            opened[0].meta = {**opened[0].meta, "span": (start, state.pos)}
        return True

    parser.inline.ruler.at(name, recording)


def _lines(token: Token) -> tuple[int, int]:
    assert token.map is not None
    return token.map[0], token.map[1]


def _closing(children: list[Token], index: int) -> int:
    """Return the index of the token that closes the link opened at an index."""
    depth = 0
    for position in range(index, len(children)):
        depth += children[position].nesting
        if depth == 0:
            return position
    return len(children)


def _plain(children: list[Token]) -> str:
    """Return the text that a reader sees of inline tokens; pictures and tags have none."""
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content
        for child in children
        if child.type in ("text", "text_special", "code_inline", "softbreak", "hardbreak")
    )


class _HtmlText(HTMLParser):
    """Collects the text of HTML; a picture counts as a blank that is no blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.parts.append(dict(attrs).get("alt") or "[picture]")


def _html_text(source: str) -> str:
    parser = _HtmlText()
    parser.feed(source)
    parser.close()
    return "".join(parser.parts)
