"""How far apart two spellings are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.spelling import comparing, is_within

FEW = st.text("ab-", max_size=8)  # so few letters that edits meet


def distance(name: str, other: str) -> int:
    """Return the distance by its textbook table: optimal string alignment."""
    rows = [list(range(len(other) + 1))]
    for row, letter in enumerate(name, 1):
        rows.append([row])
        for column, another in enumerate(other, 1):
            choices = [
                rows[row - 1][column] + 1,
                rows[row][column - 1] + 1,
                rows[row - 1][column - 1] + (letter != another),
            ]
            if min(row, column) > 1 and name[row - 2 : row] == other[column - 2 : column][::-1]:
                choices.append(rows[row - 2][column - 2] + 1)
            rows[row].append(min(choices))
    return rows[-1][-1]


@given(FEW, FEW, st.integers(0, 4))
def test_what_is_near_is_so_by_the_textbook(name: str, other: str, edits: int) -> None:
    assert is_within(name, other, edits) == (distance(name, other) <= edits)


@pytest.mark.parametrize(
    ("name", "other", "edits"),
    [
        ("windrose", "windrose", 0),
        ("windrose", "windorse", 1),
        ("windrose", "windrosse", 1),
        ("windrose", "windrse", 1),
        ("windrose", "windrase", 1),
        ("windrose", "iwndrosee", 2),
        ("ca", "abc", 3),  # nothing is edited again between what was swapped
        ("", "ab", 2),
    ],
)
def test_how_many_edits_it_takes(name: str, other: str, edits: int) -> None:
    assert is_within(name, other, edits)
    assert not is_within(name, other, edits - 1)


def test_the_comparisons_are_counted() -> None:
    with comparing(3):
        assert is_within("windrose", "windorse", 1)
        assert not is_within("windrose", "windorse", 1)
