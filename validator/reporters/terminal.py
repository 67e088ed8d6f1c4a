"""Text that is safe to show on a terminal and in the log of a CI job, and fits it."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable


def printable(text: str) -> str:
    """Return text in which whatever could steer a terminal, or can't be encoded, is escaped.

    That is every control, format, surrogate and private character, line ends included; a tab becomes
    a blank. The text comes from a stranger's pull request.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if unicodedata.category(character)[0] != "C" and character not in "\u2028\u2029"
        else " "
        if character == "\t"
        else f"\\u{ord(character):04x}"
        for character in text
    )


_STYLE = r"\x1b\[[0-9;]*m"
_FIRST = re.compile(rf"(?P<before>(?:\s|{_STYLE})*)::")
_ANYWHERE = re.compile(rf"(##(?:vso)?(?:{_STYLE})*)\[", re.IGNORECASE)


def inert(text: str) -> str:
    """Return a text in which nothing that begins with ``##[`` or ``##vso[`` commands a runner."""
    return _ANYWHERE.sub(r"\1\[", text) if "##" in text else text


def harmless(line: str) -> str:
    r"""Return a line that no runner of CI jobs takes for a command to itself.

    GitHub's obeys what begins with ``::``, and like Azure's ``##[`` and ``##vso[`` wherever they stand. A
    path, which begins its line, gets ``./`` in front; anything else a backslash.
    """
    line = inert(line)
    match = _FIRST.match(line) if "::" in line else None
    if match is None:
        return line
    before = match["before"]
    mark = "\\" if any(map(str.isspace, before)) else "./"
    return f"{before}{mark}{line[len(before) :]}"


def page(lines: Iterable[str]) -> str:
    """Return lines as a text of which no line is a command to a runner. All that is shown goes through here."""
    return "".join(f"{harmless(line)}\n" for line in lines)


def columns(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    if text.replace("…", ".").isascii():
        return len(text)
    from wcwidth import wcwidth

    return sum(max(wcwidth(character), 0) for character in text)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Return a text in lines of at most ``width`` columns, words and names kept whole.

    ``first`` stands before the first line, ``rest`` before the others.
    """
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
