"""HTML in Markdown: its text and its start tags, with where they are written."""

from __future__ import annotations

import itertools
import sys
from bisect import bisect_left, bisect_right
from html import unescape
from html.parser import HTMLParser
from operator import itemgetter
from typing import NamedTuple


class Element(NamedTuple):
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


class Html(HTMLParser):
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
        """Keep a text and where it is written."""
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
        """Keep a start tag; the text of a link begins behind an empty part."""
        line, column = self.getpos()
        attributes = {name: value or "" for name, value in attrs}
        at = self._starts[line - 1] + column
        if tag == "a":
            self._parts.append("")
        self._begun.append((tag, attributes, at, self.get_starttag_text() or "", len(self._parts)))
        if tag == "img":
            self._append(attributes.get("alt") or "[picture]", at)

    def handle_endtag(self, tag: str) -> None:
        """Let the text of a link end in an empty part."""
        if tag == "a":
            self._parts.append("")

    @property
    def elements(self) -> list[Element]:
        """The start tags in order."""
        return [
            Element(tag, attributes, at, source, self._text_from(part) if tag == "a" else "")
            for tag, attributes, at, source, part in self._begun
        ]

    def _text_from(self, part: int) -> str:
        """Return the text of a link, which ends with the empty part that its end tag left."""
        following = (self._parts[index] for index in range(part, len(self._parts)))
        return "".join(itertools.takewhile(bool, following))
