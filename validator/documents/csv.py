"""CSV that knows the place of every cell."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from validator.documents.text import TextDocument
from validator.model import DocumentError, Location


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A record: the 1-based line on which it begins, and its cells."""

    line: int
    cells: tuple[str, ...]


class CsvDocument(TextDocument):
    """A comma-separated text as RFC 4180 describes it; blank lines are no rows.

    Raises DocumentError when the text is not CSV.
    """

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        super().__init__(integration, path, data)
        self.records: list[CsvRow] = []
        reader = csv.reader((line + "\n" for line in self.lines), strict=True)
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

    def locate(self, row: CsvRow, index: int | None = None) -> Location:
        """Return the place of a cell; of the whole row's first line without an index."""
        pointer = (self.records.index(row),)
        if index is None or index >= len(row.cells):
            return Location(self.integration, self.path, self.locate_line(row.line).region, pointer)
        start = end = self.offset(row.line, 1)
        for number in range(index + 1):
            start = end + (number > 0)
            end = self._cell_end(start)
        return Location(self.integration, self.path, self.region(start, end), (*pointer, index))

    def _cell_end(self, start: int) -> int:
        """Return the offset after the cell that begins at an offset."""
        text, end, quoted = self.text, start, self.text[start : start + 1] == '"'
        end += quoted
        while end < len(text):
            if quoted:
                quoted = text[end] != '"'
            elif text[end] in ",\r\n":
                break
            elif text[end] == '"':  # the second of a doubled quote opens the string again
                quoted = True
            end += 1
        return end
