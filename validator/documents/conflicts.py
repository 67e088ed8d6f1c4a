"""Merges that nobody finished: the marks that git leaves around both versions of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.model import Location, RefusedDocument, Region

RULE = "conflict-marker"
"""The rule that tells of them."""

_OPENING, _MIDDLE, _CLOSING = b"<", b"=", b">"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_MARK = re.compile(rb"^(?:(<|>)\1{6}(?:[ \t][^\r\n]*)?|(=){7})(?=\r?$)", re.MULTILINE)


def find(path: PurePosixPath, data: bytes) -> list[Region]:
    """Return the places of the opening marks that a middle and a closing mark follow, in lines of their own.

    Marks within one code block of a Markdown document are shown, not left behind.
    """
    if b"<<<<<<<" not in data:
        return []
    starts = [0, *(match.end() for match in _LINE_END.finditer(data))]
    shown = _fenced(path, data)
    found = []
    for opening, closing in _conflicts(data):
        first, last = (bisect_right(starts, mark.start()) for mark in (opening, closing))
        before = bisect_right(shown, (first, 0)) - 1
        if before < 0 or last >= shown[before][1]:
            width = len(opening[0].decode("utf-8", "replace"))
            found.append(Region(first, 1, first, width + 1))
    return found


def _conflicts(data: bytes) -> Iterator[tuple[re.Match[bytes], re.Match[bytes]]]:
    """Yield the opening and the closing mark of each conflict."""
    opening: re.Match[bytes] | None = None
    is_divided = False
    for mark in _MARK.finditer(data):
        kind = mark[1] or mark[2]
        if kind == _OPENING:
            opening, is_divided = mark, False
        elif kind == _MIDDLE:
            is_divided = opening is not None
        elif kind == _CLOSING and opening is not None and is_divided:
            yield opening, mark
            opening = None


def _fenced(path: PurePosixPath, data: bytes) -> list[tuple[int, int]]:
    """Return the lines of the fences around each code block of a Markdown document, counted from 1."""
    if path.suffix.lower() != ".md":
        return []
    from validator.documents.markdown import fences

    return [(first + 1, end) for first, end in fences(data.decode("utf-8-sig", "replace"))]


def refuse(integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
    """Raise RefusedDocument for a document that holds a conflict."""
    for region in find(path, data)[:1]:
        reason = "holds both versions of a merge; expected one"
        raise RefusedDocument(Location(integration, path, region), reason, RULE)
