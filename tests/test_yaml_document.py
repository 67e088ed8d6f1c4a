"""YAML keeps the place of every value, and what published assets never need is refused."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from validator.documents.yaml import YamlDocument
from validator.model import DocumentError, Location, Pointer, Region


def read(text: str) -> YamlDocument:
    return YamlDocument(PurePosixPath("acme"), PurePosixPath("a.yaml"), text.encode())


def source(document: YamlDocument, location: Location) -> str:
    region = location.region
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    return document.text[start : document.offset(region.end_line, region.end_column)]


def leaves(value: Any, pointer: Pointer = ()) -> list[tuple[Pointer, Any]]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*pointer, key))]
    if isinstance(value, list):
        return [
            leaf for index, item in enumerate(value) for leaf in leaves(item, (*pointer, index))
        ]
    return [(pointer, value)]


def test_a_value_on_one_line_is_located_itself_and_others_by_their_key() -> None:
    document = read('provides:\n  - id: a # one\n    on: true\nnote: |\n  x\n  y\nlist: ["é", 2]\n')
    places = {
        ("provides", 0, "id"): "a",
        ("note",): "note",
        ("provides",): "provides",
        ("list",): '["é", 2]',
        ("list", 0): '"é"',
        ("list", 1): "2",
    }
    assert {pointer: source(document, document.locate(pointer)) for pointer in places} == places
    assert source(document, document.locate_key(("list",))) == "list"


def test_a_missing_value_is_shown_at_its_parent_and_keeps_its_pointer() -> None:
    document = read("a:\n  b: 1\n")
    place = document.locate(("a", "c", "d"))
    assert source(document, place) == "a"
    assert place.pointer == ("a", "c", "d")


def test_a_value_of_which_nothing_is_written_is_shown_at_its_key() -> None:
    document = read("a:\nb: 1\n")
    assert source(document, document.locate(("a",))) == "a"


def test_keys_that_are_no_strings_are_located() -> None:
    document = read("2: one\ntrue: two\n~: three\n2026-11-23: four\n")
    assert [
        source(document, document.locate(pointer)) for pointer, _ in leaves(document.value)
    ] == [
        "one",
        "two",
        "three",
        "four",
    ]


def test_lines_that_only_yaml_knows_do_not_shift_places() -> None:
    document = read("a: 'x\u2028y'\nb: 2\n")
    assert source(document, document.locate(("b",))) == "2"


@pytest.mark.parametrize(
    ("text", "reason", "region"),
    [
        ("a: &x 1\nb: *x\n", "has an alias; expected plain values", Region(2, 4, 2, 5)),
        ("a: 1\n b: 2\n", "is not YAML: mapping values are not allowed", Region(2, 3, 2, 4)),
        ("[" * 101 + "]" * 101, "is nested deeper than 100 levels", Region(1, 101, 1, 102)),
        ("a: 1\n---\nb: 2\n", "is not YAML: but found another document", Region(2, 1, 2, 2)),
        ("? [a]\n: 1\n", "is not YAML: a key is no plain value", Region(1, 3, 1, 4)),
        (
            "a: !!python/none\n",
            "has the tag `!!python/none`",
            Region(1, 4, 1, 5),
        ),
    ],
)
def test_what_is_refused_says_where(text: str, reason: str, region: Region) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text)
    assert caught.value.reason.startswith(reason)
    assert caught.value.location.region == region


KEYS = st.text(alphabet="abé-_ 1~", min_size=1, max_size=4) | st.integers(0, 9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="ab é:#'\"-\n\t😀", max_size=9),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_every_value_is_located_exactly(value: Any, flow: bool, end: str) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, width=1000)
    document = read(text.replace("\n", end))
    assert document.value == value
    for pointer, leaf in leaves(value):
        place = document.locate(pointer)
        written = source(document, place)
        if "\n" in str(leaf):
            continue  # it may stand on several lines, and is then shown at its key
        assert yaml.safe_load(written) == leaf, (text, pointer)


def test_every_value_of_the_corpus_is_located_exactly(corpus: Path) -> None:
    files = sorted(corpus.glob("*/assets/dataflows.yaml"))
    files += sorted(corpus.glob("*/assets/logs/*.yaml"))[:6]
    assert files
    for file in files:
        document = read(file.read_text(encoding="utf-8"))
        for pointer, leaf in leaves(document.value):
            place = document.locate(pointer)
            key = source(document, document.locate_key(pointer))
            assert str(pointer[-1]) in key or isinstance(pointer[-1], int), (file, pointer)
            written = source(document, place)
            if written != key:
                assert yaml.safe_load(written) == leaf, (file, pointer)
