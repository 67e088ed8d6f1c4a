"""What a Markdown document holds: headings, links, text, comments, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from validator.model import Location

CODE = "\ufffc"
"""Stands for a character of code where a text is read for its words."""

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
