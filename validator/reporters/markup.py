"""Text of strangers in Markdown, in which nothing of it has a meaning."""

from __future__ import annotations

import re

from validator.reporters.terminal import inert, printable

_MARKS = re.compile(r"[\\|*\[\]<>#~&]|!(?=--)|(?<![^\W_])_|_(?![^\W_])")
_START = r"(?<![^\W_])"
"""Where a word begins for GitHub: an underscore before it, even an escaped one, is none of its letters."""

_LIVE = re.compile(
    rf"@|#\d|://|{_START}www\.|\$|{_START}GH(?:SA)?-|{_START}[0-9a-f]{{7,}}(?![^\W_])|:[\w+-]+:",
    re.IGNORECASE,
)
"""What GitHub itself makes a mention, a reference, a link, mathematics or an emoji of, however it is escaped: it
looks for these in the page that Markdown has become.

https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
"""


def code(text: str) -> str:
    """Return a text as code that no character of it can end, in a table's cell neither.

    No comment of HTML begins in it: programs look for their own comment by one, wherever it stands.
    """
    shown = inert(printable(text)).replace("`", chr(0x2CB)).replace("|", "\\|")
    shown = shown.replace("<!--", f"{chr(0x2C2)}!--")
    return f"`{shown}`" if shown.strip() else "` `"


def prose(text: str) -> str:
    """Return a text as prose in which nothing but backticks has a meaning.

    One that could mention somebody or link to something, or whose backticks don't pair, becomes code as a whole.
    """
    parts = printable(text).split("`")
    if len(parts) % 2 == 0 or any(map(_LIVE.search, parts[::2])):
        return code(text)
    return "".join(
        code(part) if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda match: "&amp;" if match[0] == "&" else f"\\{match[0]}", text)
