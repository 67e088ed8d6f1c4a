"""Text that is safe to show on a terminal, and fits it."""

from __future__ import annotations

import textwrap
import unicodedata


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
