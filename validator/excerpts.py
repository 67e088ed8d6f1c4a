"""What stands around a place: made once for a report, so that nobody reads a file when it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import PurePosixPath

from validator.documents.text import TextDocument
from validator.integration import LARGEST, Integration
from validator.line_hashes import LineHashes
from validator.mask import Mask
from validator.model import DocumentError, Excerpt, Location, Region

LONGEST = 2000
"""Characters of a region, or of the lines around it, that an excerpt holds."""

_CONTEXT_LINES = 2
_CONTEXT_COLUMNS = 200
_HEAD = 4096
"""Bytes of a file without text that are enough for the hash of its first line."""

_KINDS: dict[object, str] = {dict: "object", list: "array"}
_Key = tuple[PurePosixPath, PurePosixPath, bool]
"""An integration, a file in it, and whether the file is meant as a whole."""


class Excerpts:
    """Makes excerpts of the documents of integrations, with what a mask knows hidden."""

    def __init__(self, integrations: Iterable[Integration], mask: Mask) -> None:
        self._integrations = {integration.path: integration for integration in integrations}
        self._mask = mask
        self._documents: dict[_Key, TextDocument | None] = {}
        self._hashes: dict[_Key, LineHashes] = {}
        self._inexact: set[_Key] = set()

    def of(self, location: Location) -> Excerpt:
        """Return the excerpt of a place: the lines around it, or where they are too long its columns.

        Where the document has no text, isn't there or ends before the place, there is none in the excerpt.
        """
        document = self._document(location)
        region = location.region
        if region is None:
            region = Region(1, 1, 1, len(document.lines[0]) + 1 if document else 1)
        kind, line_hash = self._kind(location), self._line_hash(location)
        if document is None or region.end_line > len(document.lines):
            return Excerpt(region, region, kind=kind, line_hash=line_hash)
        length = _length(region, document)
        around = _around(region, document, length)
        text, hidden = self._text(around, document)
        first = _length(Region(around.start_line, around.start_column, *_start(region)), document)
        return Excerpt(
            region,
            around,
            text,
            first,
            min(first + length, len(text)),
            is_cut=length > LONGEST,
            is_exact=_key(location) not in self._inexact,
            hidden=hidden,
            kind=kind,
            line_hash=line_hash,
        )

    def _text(self, around: Region, document: TextDocument) -> tuple[str, tuple[int, ...]]:
        """Return the masked text of a region, and the lines in which the mask hides something."""
        start = document.offset(around.start_line, around.start_column)
        text = document.text[start : document.offset(around.end_line, around.end_column)]
        hidden = []
        at = -around.start_column + 1  # where in the text the line begins, or would
        for number in range(around.start_line, around.end_line + 1):
            source, shown = document.lines[number - 1], self._mask.line(document, number)
            if shown != source:
                hidden.append(number)
                first, last = max(at, 0), min(at + len(source), len(text))
                text = text[:first] + shown[first - at : last - at] + text[last:]
            if number < around.end_line:
                at += document.offset(number + 1, 1) - document.offset(number, 1)
        return text, tuple(hidden)

    def _kind(self, location: Location) -> str:
        """Return what a place in a JSON document holds: object, array, property or value."""
        if location.path.suffix != ".json" or not location.pointer:
            return ""
        integration = self._integrations.get(location.integration)
        if integration is None:
            return ""
        with suppress(DocumentError):
            plain = "property" if isinstance(location.pointer[-1], str) else "value"
            value = integration.json(location.path).get(location.pointer)
            return _KINDS.get(type(value), plain)
        return ""

    def _line_hash(self, location: Location) -> str:
        """Return the ``primaryLocationLineHash`` of a place; a missing file counts as an empty one."""
        key = _key(location)
        if key not in self._hashes:
            document = self._document(location)
            mark = "\ufeff" if document and document.has_bom else ""
            text = mark + document.text if document else self._decode(location, _HEAD)
            self._hashes[key] = LineHashes(text)
        return self._hashes[key].of(location.region.start_line if location.region else 1)

    def _document(self, location: Location) -> TextDocument | None:
        key = _key(location)
        if key not in self._documents:
            self._documents[key] = self._read(location)
        return self._documents[key]

    def _read(self, location: Location) -> TextDocument | None:
        """Return the text of a file; None when it isn't there, or is no text and meant as a whole."""
        integration = self._integrations.get(location.integration)
        if integration is None:  # settings that several integrations share
            return None
        document = integration.text(location.path)
        if document is None and location.region is not None:
            text = self._decode(location, LARGEST)  # a finding about its encoding has a place
            with suppress(DocumentError):
                document = TextDocument(location.integration, location.path, text.encode())
                self._inexact.add(_key(location))
        return document

    def _decode(self, location: Location, most: int) -> str:
        """Return what a file holds, U+FFFD for what is not UTF-8; nothing when it isn't there."""
        integration = self._integrations.get(location.integration)
        if integration is None or not integration.has(location.path):
            return ""
        try:
            return integration.tree.read(location.path, most).decode("utf-8", "replace")
        except OSError:
            return ""


def _key(location: Location) -> _Key:
    return location.integration, location.path, location.region is None


def _start(region: Region) -> tuple[int, int]:
    return region.start_line, region.start_column


def _around(region: Region, document: TextDocument, length: int) -> Region:
    """Return the lines around a region, or where they are too long the columns around it."""
    first = max(region.start_line - _CONTEXT_LINES, 1)
    last = min(region.end_line + _CONTEXT_LINES, len(document.lines))
    lines = Region(first, 1, last, len(document.lines[last - 1]) + 1)
    if _length(lines, document) <= LONGEST:
        return lines
    start_column = max(region.start_column - _CONTEXT_COLUMNS, 1)
    end_line, end_column = region.end_line, region.end_column
    if length > LONGEST:  # the beginning is enough of it
        start = document.offset(region.start_line, region.start_column)
        end = document.region(start, start + LONGEST)
        end_line, end_column = end.end_line, end.end_column
    end_column = min(end_column + _CONTEXT_COLUMNS, len(document.lines[end_line - 1]) + 1)
    return Region(region.start_line, start_column, end_line, end_column)


def _length(region: Region, document: TextDocument) -> int:
    """Return how long a region's text is, without taking it out: a line may be a whole file."""
    start = document.offset(region.start_line, region.start_column)
    return document.offset(region.end_line, region.end_column) - start
