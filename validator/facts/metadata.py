"""How metadata.csv names things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.documents.csv import CsvDocument, CsvRow

NAME = "metric_name"


def name_index(document: CsvDocument) -> int:
    """Return which column holds the names of metrics: the first where the header names none."""
    return document.columns.get(NAME, 0)


def metrics(document: CsvDocument) -> Iterator[tuple[CsvRow, str]]:
    """Yield each row that names a metric, with the name; a table's columns may be in any order."""
    index = name_index(document)
    for row in document.rows:
        name = row.cells[index].strip() if index < len(row.cells) else ""
        if name:
            yield row, name


def normalised_integration(name: str) -> str:
    """Return an integration's name as metadata.csv has it: letters, digits, dashes, underscores."""
    return re.sub("_+", "_", re.sub("[^0-9A-Za-z-]", "_", name)).strip("_").lower()
