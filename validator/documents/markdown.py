"""Markdown as CommonMark and GitHub read it, with the places of headings, links and text."""

from __future__ import annotations

import itertools
import re
import sys
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from html import unescape
from html.parser import HTMLParser
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any, ClassVar, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from validator.documents.text import LINE_END, TextDocument
from validator.model import Location, RefusedDocument, Region

CODE = "\ufffc"
"""Stands for a character of code where a text is read for its words."""

UNCLOSED_FENCE, UNCLOSED_COMMENT = "unclosed-code-fence", "unclosed-comment"
"""The rules that tell of what hides a part of a document."""

# A heading of a section, or the definition of a link, at the beginning of a line.
_HIDDEN = re.compile(r"#{2,6} +\S| {0,3}\[[^\]\n]+\]:[ \t]*\S")
_SPANNED = ("link_open", "image", "html_inline")
_LINK_TAG = re.compile(r"</?a\b", re.IGNORECASE)
_LONGEST = 100  # pieces of inline text that a link in HTML is read for
# What follows brackets: brackets on the same line, or parentheses, which may stand on the next.
_TARGET = re.compile(r"[ \t]*(\[[^\[\]\n]*\]|(?:\n[ \t]*)?(?:\([^()\n]*\)|\([^\s()]+))")


_AROUND = 1000
"""Characters on either side of brackets that tell what they are: a line may be a whole file."""


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
    """A link, an autolink or an image: where it leads, its plain text, and its place.

    ``form`` is how it is written: inline, reference, autolink or html. ``label`` is the label of a
    reference, normalized as in ``Definition``.
    """

    href: str
    text: str
    location: Location
    is_image: bool = False
    form: str = "inline"
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Brackets that are no link: what is in them, and what stands around them.

    ``block`` is the text that they stand in, ``span`` their offsets in it and ``line`` those of their
    line. ``target`` are the brackets or parentheses that follow, blanks between left out, or an empty
    text; the place includes them.
    """

    block: str
    span: tuple[int, int]
    line: tuple[int, int]
    target: str
    location: Location

    @property
    def text(self) -> str:
        """What is in the brackets."""
        start, end = self.span
        return self.block[start + 1 : end - 1]

    @property
    def before(self) -> str:
        """The rest of the line before them, as far as somebody would read."""
        start, _ = self.span
        return self.block[max(self.line[0], start - _AROUND) : start].lstrip()

    @property
    def after(self) -> str:
        """The rest of the line after them, as far as somebody would read."""
        _, end = self.span
        return self.block[end : min(self.line[1], end + _AROUND)]

    @property
    def continues(self) -> bool:
        """Whether the line goes on with a paragraph."""
        return self.line[0] > 0

    @property
    def has_gap(self) -> bool:
        """Whether blanks or a line end stand between the brackets and their target."""
        return bool(self.target) and not self.after.startswith(self.target[0])


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of an ordered list: the number that it is written with, and the place of its line."""

    number: int
    location: Location


@dataclass(frozen=True, slots=True)
class Definition:
    """A link reference definition, ``[label]: href``; labels that match are written alike."""

    label: str
    href: str
    location: Location


@dataclass(frozen=True, slots=True)
class Prose:
    """The plain text of one block (a paragraph, a heading, a table cell, or code) and its place.

    ``words`` is the text with each character of inline code replaced by ``CODE``, so that offsets are
    the same; ``number`` is the block's place in the order of the document.
    """

    text: str
    location: Location
    is_code: bool = False
    words: str = ""
    number: int = -1


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag of HTML: its name in lower case, how it is written, and its place."""

    name: str
    source: str
    location: Location


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment: the text between its marks, its place, and whether it is ever closed."""

    text: str
    location: Location
    is_closed: bool = True


class MarkdownDocument(TextDocument):
    """A Markdown text. Headings in code, comments, quotes and lists are no headings."""

    LARGEST: ClassVar[int] = 250_000

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
                # Where it is written otherwise than it reads, it begins about where the last one ended.
                end = column + len(token.content) + _AROUND
                found = max(self.lines[line].find(token.content, column, end), column)
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
        slugs: dict[str, int] = {}
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
        first = bisect_right(self.headings, section.line, key=lambda heading: heading.line)
        last = bisect_left(self.headings, section.end, key=lambda heading: heading.line)
        return self.headings[first:last]

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

    def locate_columns(self, line: int, start: int, end: int) -> Location:
        """Return the place of columns of a line (1-based, the end exclusive), with its section's slug."""
        return self._place(Region(line, start, line, end))

    def locate_within(self, location: Location, text: str) -> Location:
        """Return the place of a text as it is written within a place; that place where it isn't found."""
        region = location.region
        if region is None or not text:
            return location
        start = self.offset(region.start_line, region.start_column)
        found = self.text.find(text, start, self.offset(region.end_line, region.end_column))
        return location if found < 0 else self._place(self.region(found, found + len(text)))

    @cached_property
    def links(self) -> list[Link]:
        """The links and images of the document, in order; those in code or comments are none."""
        return list(self._find_links())

    def _find_links(self) -> Iterator[Link]:
        for token in self._tokens:
            if token.type == "html_block":
                for element in _html(token).elements:
                    yield from self._html_link(token, element, element.start, element.text)
            children = token.children or []
            for index, child in enumerate(children):
                span = child.meta.get("span") if child.meta else None
                if span is None:
                    continue
                if child.type == "html_inline":
                    for element in _html(child).elements:
                        text = _plain(_until_tag(children[index + 1 : index + _LONGEST]))
                        yield from self._html_link(token, element, span[0], text)
                    continue
                href = str(child.attrs.get("src" if child.type == "image" else "href", ""))
                inside = children[index + 1 : _closing(children, index)]
                text = child.content if child.type == "image" else _plain(inside)
                place = self._place(self._inline_region(token, *span))
                label = child.meta.get("label")
                form = "autolink" if child.markup == "autolink" else "inline"
                yield Link(
                    href,
                    text,
                    place,
                    child.type == "image",
                    "reference" if label else form,
                    label,
                )

    def _html_link(self, token: Token, element: _Element, start: int, text: str) -> Iterator[Link]:
        """Yield the link or image that a start tag of HTML is, if any.

        The tag begins at an offset of a token's content; ``text`` is what follows it.
        """
        is_image = element.tag == "img"
        href = element.attributes.get("src" if is_image else "href")
        if element.tag not in ("a", "img") or href is None:
            return
        place = self._place(self._inline_region(token, start, start + len(element.source)))
        words = element.attributes.get("alt", "") if is_image else text
        yield Link(href, words.strip(), place, is_image, "html")

    @cached_property
    def unlinked(self) -> list[Unlinked]:
        """The brackets in text that became no link, in order; those in code are none."""
        return list(self._find_unlinked())

    def _find_unlinked(self) -> Iterator[Unlinked]:
        for token in self._tokens:
            for start, end in token.meta.get("unlinked", ()) if token.children else ():
                content = token.content
                starts = _line_starts(token)
                line_start = starts[bisect_right(starts, start) - 1]
                line = bisect_right(starts, end)
                line_end = starts[line] - 1 if line < len(starts) else len(content)
                match = _TARGET.match(content, end)
                yield Unlinked(
                    content,
                    (start, end),
                    (line_start, line_end),
                    match[1].strip() if match else "",
                    self._place(self._inline_region(token, start, match.end() if match else end)),
                )

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What a fragment can name: the slugs of the headings, and ids and names in HTML."""
        found = {heading.slug for heading in self.headings}
        for _, _, element in self._find_elements():
            names = (element.attributes.get("id"), element.attributes.get("name"))
            found |= {name for name in names if name}
        return frozenset(found)

    @cached_property
    def tags(self) -> list[Tag]:
        """The start tags of HTML, in order; those in code or comments are none."""
        return [
            Tag(
                element.tag,
                element.source,
                self._place(self._inline_region(token, start, start + len(element.source))),
            )
            for token, start, element in self._find_elements()
        ]

    def _find_elements(self) -> Iterator[tuple[Token, int, _Element]]:
        """Yield the start tags of HTML, each with its block and its offset in the block's content."""
        for token in self._tokens:
            if token.type == "html_block":
                for element in _html(token).elements:
                    yield token, element.start, element
            for child in token.children or ():
                if child.type == "html_inline" and "span" in child.meta:
                    for element in _html(child).elements:
                        yield token, child.meta["span"][0] + element.start, element

    @cached_property
    def open_fence(self) -> Location | None:
        """The code block that hides sections or link definitions because its end is missing.

        It either goes on to the end of the document, or swallows the beginning of the next one.
        """
        for token in self._tokens:
            if token.type == "fence" and token.level == 0 and _is_open(token, self.lines):
                return self.locate_line(_lines(token)[0] + 1)
        return None

    @cached_property
    def open_comment(self) -> Location | None:
        """The comment that is never closed and hides what follows."""
        for comment in self.comments:
            if not comment.is_closed and comment.location.region is not None:
                return self.locate_line(comment.location.region.start_line)
        return None

    def refuse_hidden(self) -> None:
        """Raise RefusedDocument when a code block or a comment hides part of the document by mistake."""
        if self.open_fence is not None:
            reason = "is hidden in part by a code block that is never closed"
            raise RefusedDocument(self.open_fence, reason, UNCLOSED_FENCE)
        if self.open_comment is not None:
            reason = "is hidden in part by a comment that is never closed"
            raise RefusedDocument(self.open_comment, reason, UNCLOSED_COMMENT)

    @cached_property
    def ordered_lists(self) -> list[list[ListItem]]:
        """The numbered lists of the document, each with its own items."""
        lists: list[list[ListItem]] = []
        opened: list[list[ListItem] | None] = []
        for token in self._tokens:
            if token.type in ("ordered_list_open", "bullet_list_open"):
                opened.append([] if token.type == "ordered_list_open" else None)
                if (items := opened[-1]) is not None:
                    lists.append(items)
            elif token.type in ("ordered_list_close", "bullet_list_close"):
                opened.pop()
            elif token.type == "list_item_open" and (items := opened[-1]) is not None:
                place = self.locate_line(_lines(token)[0] + 1)
                items.append(ListItem(int(token.info), place))
        return lists

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
        for number, token in enumerate(self._tokens):
            if token.type == "inline":
                children = token.children or []
                text = _plain(children)
                region = self._inline_region(token, 0, len(token.content))
                if text.strip() or any(child.type == "image" for child in children):
                    words = _plain(children, code=False)
                    yield Prose(text, self._place(region), words=words, number=number)
            elif token.type in ("fence", "code_block", "html_block"):
                is_code = token.type != "html_block"
                text = token.content if is_code else _html(token).text
                if text.strip():
                    first, last = _lines(token)
                    region = Region(first + 1, 1, last, len(self.lines[last - 1]) + 1)
                    words = CODE * len(text) if is_code else text
                    yield Prose(text, self._place(region), is_code, words, number)

    def locate_slice(self, block: Prose, start: int, end: int) -> Location:
        """Return the place of ``block.text[start:end]``; of the whole block where it can't be told."""
        token = self._tokens[block.number]
        if token.type == "inline":
            span = _source_span(token, start, end)
            if span is None:
                return block.location
            return self._place(self._inline_region(token, *span))
        if block.is_code:
            return self._place(self._inline_region(token, start, end, int(token.type == "fence")))
        wanted = block.text[start:end]
        found = token.content.find(wanted, *_html(token).origin(start, end))
        if found < 0:
            return block.location
        return self._place(self._inline_region(token, found, found + len(wanted)))

    @cached_property
    def _titles(self) -> frozenset[int]:
        """The lines on which headings begin."""
        return frozenset(heading.line for heading in self.headings)

    def prose_within(self, section: Heading) -> list[Prose]:
        """Return what a section says, its sub-headings' text left out."""
        first = bisect_right(self.prose, section.line, key=_first_line)
        last = bisect_left(self.prose, section.end, key=_first_line)
        return [block for block in self.prose[first:last] if _first_line(block) not in self._titles]

    def links_within(self, section: Heading) -> list[Link]:
        """Return the links and images of a section."""
        first = bisect_right(self.links, section.line, key=_first_line)
        last = bisect_left(self.links, section.end, key=_first_line)
        return self.links[first:last]

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
                    place = self._place(self.region(start, stop))
                    yield Comment(text.strip(), place, close >= 0)
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

    def _inline_region(self, token: Token, start: int, end: int, skipped: int = 0) -> Region:
        """Return the region of offsets into a token's content, after so many lines of its own.

        The parser gives the lines of a block only. Its content is the source without indentation,
        markers and trailing blanks, so each of its lines is found again in its own source line.
        """
        first = _lines(token)[0] + skipped
        starts = _line_starts(token)
        places = []
        for offset in (start, end):
            line = bisect_right(starts, offset) - 1
            number = first + line
            if number >= len(self.lines):  # after the last line end of code
                places.append((len(self.lines), len(self.lines[-1]) + 1))
                continue
            column = self._column(token, line, number) + offset - starts[line]
            places.append((number + 1, min(max(column, 0), len(self.lines[number])) + 1))
        return Region(*places[0], *places[1])

    def _column(self, token: Token, line: int, number: int) -> int:
        """Return where a line of a token's content begins in its line of the source, both from 0."""
        if "column" in token.meta:
            column: int = token.meta["column"]
            return column
        columns: dict[int, int] = token.meta.setdefault("columns", {})
        if number not in columns:
            starts, source = _line_starts(token), self.lines[number]
            end = starts[line + 1] - 1 if line + 1 < len(starts) else len(token.content)
            text = token.content[starts[line] : end]
            found = source.find(text)
            if found < 0:  # a tab before the text was expanded to blanks: look for the text alone
                found = max(source.find(text.lstrip()), 0) - (len(text) - len(text.lstrip()))
            columns[number] = found
        return columns[number]


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


def _unique(slug: str, taken: dict[str, int]) -> str:
    """Return the slug, with GitHub's ``-1``, ``-2``, … when it is taken, and take it.

    ``taken`` holds for each slug the last number that was tried with it.
    """
    candidate, number = slug, taken.get(slug, 0)
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    taken[slug] = number
    taken.setdefault(candidate, 0)
    return candidate


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"store_labels": True}).enable("table")
    # Nothing is rendered here: every link is kept, as it is written.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    for name in ("link", "image", "autolink", "html_inline"):
        _record_spans(parser, name)
    parser.core.ruler.after("inline", "unlinked", _keep_unlinked)
    return parser


def _record_spans(parser: MarkdownIt, name: str) -> None:
    """Let an inline rule leave the offsets of what it read on the token that it made."""
    rules = parser.inline.ruler.getRules("")
    names = parser.inline.ruler.get_active_rules()
    original = rules[names.index(name)]

    def recording(state: StateInline, silent: bool) -> bool:
        start, made = state.pos, len(state.tokens)
        if name in ("link", "image") and _last_closing(state) < start:
            return False  # nothing closes what may begin here: no need to read all that follows
        if not original(state, silent):
            if name == "link" and not silent and state.src[start] == "[":
                _remember_unlinked(state, start)
            return False
        opened = [token for token in state.tokens[made:] if token.type in _SPANNED]
        if opened and not silent:
            opened[0].meta = {**opened[0].meta, "span": (start, state.pos)}
        return True

    parser.inline.ruler.at(name, recording)


def _last_closing(state: StateInline) -> int:
    """Return the offset of the last closing bracket of a block, looked for once."""
    known: tuple[str, int] = state.env.get("closing", ("", -1))
    if known[0] is not state.src:
        known = state.env["closing"] = (state.src, state.src.rfind("]"))
    return known[1]


def _remember_unlinked(state: StateInline, start: int) -> None:
    """Keep the offsets of brackets that are no link until the tokens of their block are known."""
    end = state.md.helpers.parseLinkLabel(state, start, disableNested=True)
    if end >= 0:
        state.env.setdefault("unlinked", []).append((state.tokens, start, end + 1))


def _keep_unlinked(state: StateCore) -> None:
    """Leave on each block the offsets of its brackets that are no link."""
    blocks = {id(token.children): token for token in state.tokens if token.children is not None}
    for tokens, start, end in state.env.pop("unlinked", ()):
        block = blocks.get(id(tokens))
        if block is not None:  # otherwise the text of an image
            block.meta.setdefault("unlinked", []).append((start, end))


def _first_line(part: Link | Prose) -> int:
    region = part.location.region
    assert region is not None
    return region.start_line


def _lines(token: Token) -> tuple[int, int]:
    assert token.map is not None
    return token.map[0], token.map[1]


def _line_starts(token: Token) -> list[int]:
    """Return the offsets at which the lines of a token's content begin, worked out once."""
    if "starts" not in token.meta:
        lengths = (len(line) + 1 for line in token.content.split("\n")[:-1])
        token.meta["starts"] = list(itertools.accumulate(lengths, initial=0))
    starts: list[int] = token.meta["starts"]
    return starts


def _closing(children: list[Token], index: int) -> int:
    """Return the index of the token that closes the link opened at an index."""
    depth = 0
    for position in range(index, len(children)):
        depth += children[position].nesting
        if depth == 0:
            return position
    return len(children)


def _plain(children: list[Token], *, code: bool = True) -> str:
    """Return the text that a reader sees of inline tokens; pictures and tags have none.

    Without ``code``, each character of inline code is ``CODE``.
    """
    return "".join(_shown(child, code=code) for child in children)


def _shown(child: Token, *, code: bool = True) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    if child.type == "code_inline":
        return child.content if code else CODE * len(child.content)
    return child.content if child.type in ("text", "text_special") else ""


def _source_span(token: Token, start: int, end: int) -> tuple[int, int] | None:
    """Return the offsets in an inline token's content of a slice of its plain text."""
    pieces = _pieces(token)
    first: int | None = None
    for index in range(bisect_right(pieces, start, key=_last_read), len(pieces)):
        piece = pieces[index]
        if piece.found < 0:
            if first is None:
                return None
            continue
        if first is None:
            first = piece.found + start - piece.read
        if end <= _last_read(piece):
            return first, piece.found + end - piece.read
    return None


class _Piece(NamedTuple):
    """A piece of an inline token's plain text: its offset in it, its length, its offset in the content.

    The latter is -1 for what is written otherwise than it reads: an escape or an entity.
    """

    read: int
    length: int
    found: int


def _last_read(piece: _Piece) -> int:
    return piece.read + piece.length


def _pieces(token: Token) -> list[_Piece]:
    """Return the pieces of an inline token's plain text, worked out once.

    Each is found again after the one before it; what a link leads to is passed over.
    """
    if "pieces" in token.meta:
        known: list[_Piece] = token.meta["pieces"]
        return known
    pieces: list[_Piece] = []
    read = cursor = 0
    skipped: list[int] = []
    for child in token.children or []:
        if child.type == "link_open":
            skipped.append(child.meta["span"][1] if "span" in child.meta else cursor)
        elif child.type == "link_close":
            cursor = max(cursor, skipped.pop() if skipped else cursor)
        elif child.type in ("image", "html_inline"):
            cursor = max(cursor, child.meta.get("span", (0, 0))[1])
        text = _shown(child)
        if text:
            found = token.content.find(text, cursor)
            pieces.append(_Piece(read, len(text), found))
            cursor = found + len(text) if found >= 0 else cursor
            read += len(text)
    token.meta["pieces"] = pieces
    return pieces


def fences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first line of each closed code block of a text, and the line after it, from 0 on."""
    lines = LINE_END.split(text)
    for token in _parser().parse(text):
        if token.type == "fence" and _is_closed(token, lines):
            yield _lines(token)


def _is_closed(token: Token, lines: list[str]) -> bool:
    """Tell whether a code block ends in a fence of its own."""
    first, end = _lines(token)
    last = lines[end - 1].strip(" \t>")
    return end - 1 > first and len(last) >= len(token.markup) and not last.strip(token.markup[0])


def _is_open(token: Token, lines: list[str]) -> bool:
    """Tell whether a code block at the top level hides what was meant as Markdown.

    What it holds tells: headings and link definitions, up to the end of the document or up to the fence
    of another block with the name of a language, which can't be the end of this one.
    """
    inside = token.content.split("\n")
    if _is_closed(token, lines):
        marks = re.compile(rf" {{0,3}}{re.escape(token.markup)}+[ \t]*[\w{{]")
        last = next((number for number, line in enumerate(inside) if marks.match(line)), None)
        if last is None:
            return False
        inside = inside[:last]
    return any(map(_HIDDEN.match, inside))


def _until_tag(children: list[Token]) -> list[Token]:
    """Return what stands before the next tag of a link in HTML."""
    is_tag = (child.type == "html_inline" and _LINK_TAG.match(child.content) for child in children)
    end = next((index for index, found in enumerate(is_tag) if found), len(children))
    return children[:end]


class _Element(NamedTuple):
    """A start tag of HTML: where it is written, and a link's text up to its end tag."""

    tag: str
    attributes: dict[str, str]
    start: int
    source: str
    text: str


def _without_open_comment(source: str) -> str:
    """Return HTML up to a comment that never ends: versions of Python read what follows differently."""
    closed = source.rfind("-->")
    opened = source.find("<!--", closed + 3 if closed >= 0 else 0)
    return source if opened < 0 else source[:opened]


def _markup_and_rest(source: str) -> tuple[str, str]:
    """Part HTML behind its last tag, and make a CDATA section the odd comment that it is in HTML.

    Python's parser looks for the end of whatever is begun in all of the text that follows: of what never
    ends, such as ``<?`` or ``<![CDATA[`` many times, that would cost the square of its length.
    """
    source = _without_open_comment(source)
    end = source.rfind(">") + 1
    return source[:end].replace("<![", "<!_"), source[end:]


def _html(token: Token) -> _Html:
    """Return what a token of HTML holds, worked out once."""
    if "html" not in token.meta:
        token.meta["html"] = _Html(token.content)
    found: _Html = token.meta["html"]
    return found


class _Html(HTMLParser):
    """Collects the text and the start tags of HTML; a picture counts as a blank that is no blank."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self._starts = list(
            itertools.accumulate(map(len, source.split("\n")), lambda a, b: a + b + 1, initial=0)
        )
        self._parts: list[str] = []
        self._origins: list[
            tuple[int, int]
        ] = []  # of each text: its offset in all, and where it is written
        self._read = 0
        self._begun: list[tuple[str, dict[str, str], int, str, int]] = []
        markup, rest = _markup_and_rest(source)
        self.feed(markup)
        self.close()
        self._append(unescape(rest), len(markup))
        self.text = "".join(self._parts)

    def _append(self, text: str, at: int) -> None:
        self._parts.append(text)
        self._origins.append((self._read, at))
        self._read += len(text)

    def handle_data(self, data: str) -> None:
        line, column = self.getpos()
        self._append(data, self._starts[line - 1] + column)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return between which offsets of the source a slice of the text is written.

        A reference to a character is longer than what it stands for, so no text begins before its place.
        """
        first = bisect_right(self._origins, start, key=itemgetter(0)) - 1
        read, at = self._origins[first]
        after = bisect_left(self._origins, end, key=itemgetter(0))
        last = self._origins[after][1] if after < len(self._origins) else sys.maxsize
        return at + start - read, last

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        attributes = {name: value or "" for name, value in attrs}
        at = self._starts[line - 1] + column
        if tag == "a":
            self._parts.append("")
        self._begun.append((tag, attributes, at, self.get_starttag_text() or "", len(self._parts)))
        if tag == "img":
            self._append(attributes.get("alt") or "[picture]", at)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._parts.append("")

    @property
    def elements(self) -> list[_Element]:
        """The start tags in order."""
        return [
            _Element(tag, attributes, at, source, self._text_from(part) if tag == "a" else "")
            for tag, attributes, at, source, part in self._begun
        ]

    def _text_from(self, part: int) -> str:
        """Return the text of a link, which ends with the empty part that its end tag left."""
        following = (self._parts[index] for index in range(part, len(self._parts)))
        return "".join(itertools.takewhile(bool, following))
