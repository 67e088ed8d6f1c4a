"""CSV that knows the place of every cell."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from validator.documents.text import TextDocument
from validator.model import DocumentError, Location

# A quote opens a quoted cell only at its beginning; elsewhere it is a character as any other.
_QUOTED = re.compile(r'"(?:[^"]|"")*"(?!")')
_CELL = re.compile(rf"(?:{_QUOTED.pattern})?[^,\r\n]*")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A record: the 1-based line on which it begins, and its cells."""

    line: int
    cells: tuple[str, ...]


class CsvDocument(TextDocument):
    """A comma-separated text as Python's csv module reads it; blank lines are no rows.

    Raises DocumentError when the text is not CSV, such as when a quoted cell never ends.
    """

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        super().__init__(integration, path, data)
        self.records: list[CsvRow] = []
        self._measured: dict[int, list[tuple[int, int]]] = {}
        reader = csv.reader(line + "\n" for line in self.lines)
        try:
            start = 1
            for cells in reader:
                if cells:
                    self.records.append(CsvRow(start, tuple(cells)))
                start = reader.line_num + 1
        except csv.Error as error:
            raise DocumentError(
                self.locate_line(min(reader.line_num, len(self.lines))), f"is not CSV: {error}"
            ) from None
        self._refuse_open_quote()

    def _refuse_open_quote(self) -> None:
        """Refuse a quoted cell without its closing quote: it has swallowed the rest of the text."""
        last = self.records[-1]
        start, _ = self._extents(last)[-1]
        if self.text.startswith('"', start) and not _QUOTED.match(self.text, start):
            place = self._location(self.region(start, start + 1))
            raise DocumentError(place, "is not CSV: a quoted cell has no closing quote")

    def _extents(self, row: CsvRow) -> list[tuple[int, int]]:
        """Return the offsets of a row's cells, their quotes included."""
        if row.line not in self._measured:
            extents, start = [], self.offset(row.line, 1)
            for _ in row.cells:
                cell = _CELL.match(self.text, start)
                assert cell is not None
                extents.append(cell.span())
                start = cell.end() + 1
            self._measured[row.line] = extents
        return self._measured[row.line]

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.records[0].cells

    @property
    def rows(self) -> list[CsvRow]:
        """The rows below the header."""
        return self.records[1:]

    @cached_property
    def columns(self) -> dict[str, int]:
        """The index of each column."""
        return {name: index for index, name in reversed(list(enumerate(self.header)))}

    def cell(self, row: CsvRow, column: str) -> str:
        """Return a row's cell in a named column; an empty string where there is none."""
        index = self.columns.get(column, len(row.cells))
        return row.cells[index] if index < len(row.cells) else ""

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {row.line: number for number, row in enumerate(self.records)}

    def locate(self, row: CsvRow, index: int | None = None) -> Location:
        """Return the place of a cell; of the whole row's first line without an index."""
        pointer = (self._numbers[row.line],)
        if index is None or index >= len(row.cells):
            return Location(self.integration, self.path, self.locate_line(row.line).region, pointer)
        region = self.region(*self._extents(row)[index])
        return Location(self.integration, self.path, region, (*pointer, index))

    def stray(self, row: CsvRow, index: int) -> str:
        """Return the text between the closing quote of a quoted cell and the next comma."""
        start, end = self._extents(row)[index]
        quoted = _QUOTED.match(self.text, start)
        return self.text[quoted.end() : end] if quoted else ""
