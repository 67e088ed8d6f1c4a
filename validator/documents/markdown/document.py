"""A Markdown document: its headings, links and text, with their places."""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, ClassVar

from markdown_it.token import Token

from validator.documents.markdown.html import Element
from validator.documents.markdown.parser import (
    closing,
    html_of,
    is_open,
    line_starts,
    lines_of,
    notes,
    parse,
    plain,
    source_span,
    span_of,
    until_tag,
)
from validator.documents.markdown.values import (
    CODE,
    Comment,
    Definition,
    Heading,
    Link,
    ListItem,
    Prose,
    Tag,
    Unlinked,
)
from validator.documents.text import TextDocument
from validator.model import Location, RefusedDocument, Region

UNCLOSED_FENCE, UNCLOSED_COMMENT = "unclosed-code-fence", "unclosed-comment"
"""The rules that tell of what hides a part of a document."""

_LONGEST = 100  # pieces of inline text that a link in HTML is read for
# What follows brackets: brackets on the same line, or parentheses, which may stand on the next.
_TARGET = re.compile(r"[ \t]*(\[[^\[\]\n]*\]|(?:\n[ \t]*)?(?:\([^()\n]*\)|\([^\s()]+))")

_AROUND = 1000
"""Characters behind the end of a cell in which the next one begins: a line may be a whole file."""


class MarkdownDocument(TextDocument):
    """A Markdown text. Headings in code, comments, quotes and lists are no headings."""

    LARGEST: ClassVar[int] = 250_000

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        super().__init__(integration, path, data)

    @cached_property
    def _parsed(self) -> tuple[list[Token], dict[str, Any]]:
        tokens, env = parse(self.text)
        self._place_cells(tokens)
        return tokens, env

    def _place_cells(self, tokens: list[Token]) -> None:
        """Leave on each table cell the column where it begins: cells of a row may be alike."""
        row, column = -1, 0
        for before, token in itertools.pairwise(tokens):
            if token.type == "inline" and before.type in ("td_open", "th_open"):
                line = lines_of(token)[0]
                if line != row:
                    row, column = line, 0
                # Where it is written otherwise than it reads, it begins about where the last one ended.
                end = column + len(token.content) + _AROUND
                found = max(self.lines[line].find(token.content, column, end), column)
                notes(token).column = found
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
            [(int(token.tag[1]), lines_of(token)[0] + 1) for _, token in opened]
        )
        slugs: dict[str, int] = {}
        headings = []
        for (index, token), end in zip(opened, ends, strict=True):
            inline = self._tokens[index + 1]
            text = plain(inline.children or [])
            slug = _unique(slugify(text), slugs)
            place = self._inline_region(inline, 0, len(inline.content))
            location = Location(self.integration, self.path, place, anchor=slug)
            headings.append(
                Heading(int(token.tag[1]), text, slug, location, lines_of(token)[0] + 1, end)
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
                for element in html_of(token).elements:
                    yield from self._html_link(token, element, element.start, element.text)
            children = token.children or []
            for index, child in enumerate(children):
                span = span_of(child)
                if span is None:
                    continue
                if child.type == "html_inline":
                    for element in html_of(child).elements:
                        text = plain(until_tag(children[index + 1 : index + _LONGEST]))
                        yield from self._html_link(token, element, span[0], text)
                    continue
                href = str(child.attrs.get("src" if child.type == "image" else "href", ""))
                inside = children[index + 1 : closing(children, index)]
                text = child.content if child.type == "image" else plain(inside)
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

    def _html_link(self, token: Token, element: Element, start: int, text: str) -> Iterator[Link]:
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
            for start, end in notes(token).unlinked if token.children else ():
                content = token.content
                starts = line_starts(token)
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
        """What a fragment can name: the slugs of all headings, in lists, too, and ids and names in HTML."""
        found = {heading.slug for heading in self.headings}
        slugs: dict[str, int] = {}
        for token, inline in itertools.pairwise(self._tokens):
            if token.type == "heading_open":
                found.add(_unique(slugify(plain(inline.children or [])), slugs))
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

    def _find_elements(self) -> Iterator[tuple[Token, int, Element]]:
        """Yield the start tags of HTML, each with its block and its offset in the block's content."""
        for token in self._tokens:
            if token.type == "html_block":
                for element in html_of(token).elements:
                    yield token, element.start, element
            for child in token.children or ():
                span = span_of(child)
                if child.type == "html_inline" and span is not None:
                    for element in html_of(child).elements:
                        yield token, span[0] + element.start, element

    @cached_property
    def open_fence(self) -> Location | None:
        """The code block that hides sections or link definitions because its end is missing.

        It either goes on to the end of the document, or swallows the beginning of the next one.
        """
        for token in self._tokens:
            if token.type == "fence" and token.level == 0 and is_open(token, self.lines):
                return self.locate_line(lines_of(token)[0] + 1)
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
                place = self.locate_line(lines_of(token)[0] + 1)
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
                text = plain(children)
                region = self._inline_region(token, 0, len(token.content))
                if text.strip() or any(child.type == "image" for child in children):
                    words = plain(children, code=False)
                    yield Prose(text, self._place(region), words=words, number=number)
            elif token.type in ("fence", "code_block", "html_block"):
                is_code = token.type != "html_block"
                text = token.content if is_code else html_of(token).text
                if text.strip():
                    first, last = lines_of(token)
                    region = Region(first + 1, 1, last, len(self.lines[last - 1]) + 1)
                    words = CODE * len(text) if is_code else text
                    yield Prose(text, self._place(region), is_code, words, number)

    def locate_slice(self, block: Prose, start: int, end: int) -> Location:
        """Return the place of ``block.text[start:end]``; of the whole block where it can't be told."""
        token = self._tokens[block.number]
        if token.type == "inline":
            span = source_span(token, start, end)
            if span is None:
                return block.location
            return self._place(self._inline_region(token, *span))
        if block.is_code:
            return self._place(self._inline_region(token, start, end, int(token.type == "fence")))
        wanted = block.text[start:end]
        found = token.content.find(wanted, *html_of(token).origin(start, end))
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
                first, last = lines_of(token)
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
        first = lines_of(token)[0] + skipped
        starts = line_starts(token)
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
        own = notes(token)
        if own.column is not None:
            return own.column
        if number not in own.columns:
            starts, source = line_starts(token), self.lines[number]
            end = starts[line + 1] - 1 if line + 1 < len(starts) else len(token.content)
            text = token.content[starts[line] : end]
            found = source.find(text)
            if found < 0:  # a tab before the text was expanded to blanks: look for the text alone
                found = max(source.find(text.lstrip()), 0) - (len(text) - len(text.lstrip()))
            own.columns[number] = found
        return own.columns[number]


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


def _first_line(part: Link | Prose) -> int:
    region = part.location.region
    assert region is not None
    return region.start_line
