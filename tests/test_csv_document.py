"""CSV is read as the standard library reads it, and every cell has its exact place."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from validator.documents.csv import CsvDocument, CsvRow
from validator.model import DocumentError, Region


def read(text: str) -> CsvDocument:
    return CsvDocument(PurePosixPath("acme"), PurePosixPath("metadata.csv"), text.encode())


def source(document: CsvDocument, row: CsvRow, index: int) -> str:
    region = document.locate(row, index).region
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    return document.text[start : document.offset(region.end_line, region.end_column)]


def unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    quoted = re.match(r'"(?:[^"]|"")*"(?!")', text)
    assert quoted
    return quoted.group()[1:-1].replace('""', '"') + text[quoted.end() :]


def test_cells_are_found_by_the_name_of_their_column() -> None:
    document = read('name,unit\n"a,b",byte\nc\n')
    first, second = document.rows
    assert document.cell(first, "name") == "a,b"
    assert document.cell(first, "unit") == "byte"
    assert document.cell(second, "unit") == ""
    assert document.cell(second, "nothing") == ""


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a,b", ["a", "b"]),
        ("a,,", ["a", "", ""]),
        ('"a ""b"", c",d', ['"a ""b"", c"', "d"]),
        ('a "b,c" d,e', ['a "b', 'c" d', "e"]),
        ('"a"." b,c', ['"a"." b', "c"]),
        ('"",é 😀,x', ['""', "é 😀", "x"]),
    ],
)
def test_a_cell_is_located_with_its_quotes(line: str, cells: list[str]) -> None:
    document = read(f"name\n{line}\n")
    [row] = document.rows
    assert [source(document, row, index) for index in range(len(row.cells))] == cells


def test_rows_know_their_line_after_blank_lines_and_long_cells() -> None:
    document = read('name\n\na\n"b\r\n\r\nb"\nc\n\n')
    assert [row.line for row in document.rows] == [3, 4, 7]
    region = document.locate(document.rows[1], 0).region
    assert region == Region(4, 1, 6, 3)
    assert document.locate(document.rows[2]).region == Region(7, 1, 7, 2)
    assert document.locate(document.rows[2]).pointer == (3,)


def test_a_byte_order_mark_belongs_to_no_cell() -> None:
    document = read("\ufeffname,unit\n")
    assert document.has_bom
    assert document.header == ("name", "unit")


def test_a_quote_that_never_closes_is_refused_with_its_line() -> None:
    with pytest.raises(DocumentError) as caught:
        read('name\na,"b\nc,d\n')
    assert caught.value.reason == "is not CSV: a quoted cell has no closing quote"
    assert caught.value.location.region == Region(2, 3, 2, 4)


def test_text_after_a_closing_quote_belongs_to_the_cell_and_is_known() -> None:
    document = read('name,unit\n"a ""b"""., c\n')
    [row] = document.rows
    assert row.cells == ('a "b".', " c")
    assert [document.stray(row, index) for index in range(2)] == [".", ""]


TEXTS = st.text(alphabet='ab,"\n\r é\u2028', min_size=1, max_size=60)


@given(TEXTS)
def test_cells_are_those_of_the_standard_library_and_located_exactly(text: str) -> None:
    assume(text.strip())
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    *expected, last = (row for row in csv.reader(io.StringIO(f"{lines}\nend", newline="")) if row)
    if last != ["end"]:  # a quoted cell that never ends has swallowed it
        with pytest.raises(DocumentError):
            read(text)
        return
    document = read(text)
    assert [list(row.cells) for row in document.records] == expected
    for row in document.records:
        for index, cell in enumerate(row.cells):
            written = source(document, row, index).replace("\r\n", "\n").replace("\r", "\n")
            assert unquoted(written) == cell


def test_every_cell_of_the_corpus_is_located_exactly(corpus: Path) -> None:
    files = sorted(corpus.glob("*/metadata.csv"))
    assert files
    for file in files:
        document = read(file.read_text(encoding="utf-8"))
        with file.open(encoding="utf-8", newline="") as opened:
            assert [list(row.cells) for row in document.records] == [
                row for row in csv.reader(opened) if row
            ]
        for row in document.records:
            for index, cell in enumerate(row.cells):
                assert unquoted(source(document, row, index)) == cell, (file, row)
