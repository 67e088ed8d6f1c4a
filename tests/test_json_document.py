"""A JSON document knows the exact place of every key and value, and says what is wrong with a text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.documents.json import DEEPEST, JsonDocument
from validator.model import DocumentError, Location, Pointer, Region

INTEGRATION, FILE = PurePosixPath("acme"), PurePosixPath("manifest.json")


def read(text: str) -> JsonDocument:
    return JsonDocument(INTEGRATION, FILE, text.encode())


def shown(document: JsonDocument, location: Location) -> str:
    """Return the text of a location."""
    region = location.region
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    return document.text[start : document.offset(region.end_line, region.end_column)]


# --- places -------------------------------------------------------------------------------------

Written = tuple[str, list[tuple[Pointer, tuple[int, int] | None, tuple[int, int]]]]
"""A JSON text, and for each value its pointer and the offsets of its key and of itself, in order."""

blanks = st.text(" \t\n\r", max_size=3)
characters = st.characters(codec="utf-8") | st.sampled_from('\\"/\b\f\n\r\té€😀\u2028\ufeff{}[],:')
ESCAPES = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f"} | {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


@st.composite
def strings(draw: st.DrawFn) -> str:
    """Write a JSON string: each character plain, as its short escape or as a numeric one."""
    written = []
    for character in draw(st.text(characters, max_size=6)):
        numeric = json.dumps(character)[1:-1] if ord(character) > 0xFFFF else None
        choices = [numeric or f"\\u{ord(character):04x}", f"\\u{ord(character):04X}"]
        if numeric:
            choices = [numeric, numeric.replace("d8", "D8")]
        if character in ESCAPES:
            choices.append(ESCAPES[character])
        elif ord(character) >= 0x20 and character not in '"\\':
            choices += [character] * 3
        written.append(draw(st.sampled_from(choices)))
    if draw(st.integers(0, 9)) == 0:
        written.append("\\ud83d")  # half of a pair, which JSON allows
    return '"' + "".join(written) + '"'


numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
)
scalars = strings() | numbers | st.sampled_from(["true", "false", "null"])


def written_value(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Make a value out of others: ("[", items) or ("{", members), blanks around every token."""
    item = st.tuples(blanks, children, blanks)
    # few names, so that an object gets the same key twice now and then
    keys = strings() | st.sampled_from(['"a"', '"\\u0061"', '"b"', '""'])
    member = st.tuples(blanks, keys, blanks, blanks, children, blanks)
    return st.tuples(st.just("["), st.lists(item, max_size=4), blanks) | st.tuples(
        st.just("{"), st.lists(member, max_size=4), blanks
    )


trees = st.recursive(scalars, written_value, max_leaves=12)


def write(tree: Any, pointer: Pointer, start: int, key: tuple[int, int] | None) -> Written:
    """Write a tree at an offset and note where everything stands."""
    if isinstance(tree, str):
        return tree, [(pointer, key, (start, start + len(tree)))]
    opening, parts, inner = tree
    text, places = opening, []
    for index, part in enumerate(parts):
        text += "," if index else ""
        if opening == "[":
            before, child, after = part
            step: str | int = index
            text, own = text + before, None
        else:
            before, name, gap, before_value, child, after = part
            step = json.loads(name)
            own = (start + len(text + before), start + len(text + before + name))
            text += before + name + gap + ":" + before_value
        child_text, child_places = write(child, (*pointer, step), start + len(text), own)
        text += child_text + after
        places += child_places
    text += (inner if not parts else "") + ("]" if opening == "[" else "}")
    return text, [*places, (pointer, key, (start, start + len(text)))]


@st.composite
def documents(draw: st.DrawFn) -> Written:
    before, tree, after = draw(blanks), draw(trees), draw(blanks)
    text, places = write(tree, (), len(before), None)
    return before + text + after, places


def reachable(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    yield pointer
    if isinstance(value, dict):
        for key, child in value.items():
            yield from reachable(child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from reachable(child, (*pointer, index))


@settings(deadline=None)
@given(documents())
def test_every_key_and_value_of_any_json_is_located_exactly(written: Written) -> None:
    text, places = written
    document = read(text)
    pointers = list(reachable(document.value))
    # of a key that is given twice the last one counts; what stood below the first is gone
    expected = {pointer: (key, value) for pointer, key, value in places if pointer in pointers}
    assert {pointer: tuple(place) for pointer, place in document.places.items()} == expected
    for pointer, (key, (start, end)) in expected.items():
        assert document.extent(pointer) == document.region(start, end)
        if key:
            assert shown(document, document.locate_key(pointer)) == text[slice(*key)]


@settings(deadline=None)
@given(documents())
def test_every_key_given_twice_is_found_with_both_places(written: Written) -> None:
    text, _ = written
    twice = 0

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        twice += len(pairs) - len(dict(pairs))
        return dict(pairs)

    json.loads(text, object_pairs_hook=members)
    document = read(text)
    assert len(document.duplicate_keys) == twice
    for duplicate in document.duplicate_keys:
        for place in (duplicate.first, duplicate.second):
            assert json.loads(shown(document, place)) == duplicate.pointer[-1]
        assert duplicate.first.sort_key < duplicate.second.sort_key


def reparse(file: Path) -> None:
    document = JsonDocument(INTEGRATION, PurePosixPath(file.name), file.read_bytes())
    for pointer in reachable(document.value):
        region = document.extent(pointer)
        start = document.offset(region.start_line, region.start_column)
        end = document.offset(region.end_line, region.end_column)
        assert json.loads(document.text[start:end]) == document.get(pointer)


def test_every_value_of_the_fixtures_is_located_exactly() -> None:
    for file in (ROOT / "fixtures").rglob("*.json"):
        if not {"unreadable-document", "conflict-marker"} & {*file.parts}:
            reparse(file)


def test_every_value_of_published_integrations_is_located_exactly(corpus: Path) -> None:
    for file in corpus.rglob("*.json"):
        reparse(file)


def test_a_value_is_shown_on_one_line_or_else_by_its_key() -> None:
    document = read('{\n  "tile": {\n    "title": "Acme"\n  }\n}')
    assert shown(document, document.locate(("tile", "title"))) == '"Acme"'
    assert shown(document, document.locate(("tile",))) == '"tile"'
    assert shown(document, document.locate(())) == "{"


def test_a_missing_value_is_shown_at_its_parent_and_keeps_its_pointer() -> None:
    document = read('{"tile": {"title": "Acme"}}')
    location = document.locate(("tile", "media", 0, "caption"))
    assert shown(document, location) == '"tile"'
    assert location.pointer == ("tile", "media", 0, "caption")


# --- texts that are no JSON -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('{"a": 1, // one\n"b": 2}', "1:10-12", "has a comment; JSON allows none"),
        ("/* a */ {}", "1:1-3", "has a comment; JSON allows none"),
        ("{}\n# end", "2:1-2", "has a comment; JSON allows none"),
        ('{"a": 1,\n}', "1:8-9", "has a trailing comma before `}`; JSON allows none"),
        ("[1, 2 , ]", "1:7-8", "has a trailing comma before `]`; JSON allows none"),
        ('{"a": 1\n "b": 2}', "1:7-8", 'has no comma before `"b"` of line 2'),
        ('["a" "b"]', "1:4-5", 'has no comma before `"b"`'),
        ("[true false]", "1:5-6", "has no comma before `false`"),
        ('{"a": "b" c}', "1:11-12", "has `c` after a value; expected `,` or a closing bracket"),
        ('{"a": "x"y"}', "1:10-11", 'has `y` right after a string; a quote in a string is `\\"`'),
        ("{'a': 1}", "1:2-5", "has `'a'` where a key in double quotes was expected"),
        ("{a: 1}", "1:2-3", "has `a` where a key in double quotes was expected"),
        ("{\"a\": 'b'}", "1:7-10", "has `'b'` where a value in double quotes was expected"),
        ("[“a”]", "1:2-5", "has `“a”` where a value in double quotes was expected"),
        ('{"a" 1}', "1:6-7", "has `1` where `:` was expected after a key"),
        ('{"a": }', "1:7-8", "has `}` where a JSON value was expected"),
        ("[True]", "1:2-6", "has `True` where `true` was expected"),
        ("[None]", "1:2-6", "has `None` where `null` was expected"),
        (
            "[\xa01]",
            "1:2-3",
            "has the character U+00A0 (no-break space) where a JSON value was expected",
        ),
        ("[NaN]", "1:2-5", "has `NaN`, which is no JSON value; expected a number"),
        ("[1, -Infinity]", "1:5-14", "has `-Infinity`, which is no JSON value; expected a number"),
        ("[007]", "1:2-5", "has `007`, which is no JSON number; expected one such as `10`"),
        ('{"a": 1.}', "1:7-9", "has `1.`, which is no JSON number; expected one such as `10`"),
        ("[" + "9" * 5000 + "]", "1:2-5002", "has a number of 5,000 digits; expected fewer"),
        (
            '{"a": "b\nc"}',
            "1:9-9",
            "has a line break in a string; expected the closing quote, or `\\n`",
        ),
        ('["\t"]', "1:3-4", "has the control character U+0009 in a string; expected `\\t`"),
        ('["\\d"]', "1:3-5", "has the escape `\\d`; expected `\\\\` for a backslash"),
        ('["\\u12x4"]', "1:3-9", "has the escape `\\u12x4`; expected four hexadecimal digits"),
        ('{"a": "b', "1:7-8", "has a string without its closing quote"),
        ('{\n"a": [1,\n', "2:8-9", "ends while the `[` of line 2 is open; expected `]`"),
        ('{\n"a": [1]\n\n', "2:8-9", "ends while the `{` of line 1 is open; expected `}`"),
        ('{"a": [1}', "1:9-10", "has `}` where `]` was expected for the `[` of line 1"),
        (
            "{}}",
            "1:3-4",
            "has one `}` too many after the end of the JSON value; expected nothing more",
        ),
        ("{}\n{}", "2:1-2", "goes on after the end of the JSON value; expected nothing more"),
        (
            '{\n<<<<<<< HEAD\n"a": 1\n=======',
            "2:1-8",
            "has the mark of a merge conflict; expected one of the two versions",
        ),
        ("[" * (DEEPEST + 1), "1:101-102", "is nested deeper than 100 levels"),
        (" \n ", None, "is empty; expected a JSON value"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_with_its_place(
    text: str, place: str | None, reason: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text)
    region = caught.value.location.region
    found = region and f"{region.start_line}:{region.start_column}-{region.end_column}"
    assert (found, caught.value.reason) == (place, reason)


@pytest.mark.parametrize(
    ("opening", "closing", "levels"),
    [("[", "]", 1), ('{"a": [', "]}", 2), ('{"[{\\"": {"b": ', "}}", 2)],
)
def test_the_limit_of_nesting_is_exact(opening: str, closing: str, levels: int) -> None:
    text = opening * (DEEPEST // levels) + "0" + closing * (DEEPEST // levels)
    read(text)
    with pytest.raises(DocumentError, match="is nested deeper than 100 levels"):
        read(f"[{text}]")


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b'{\n"a": "caf\xe9"}', Region(2, 10, 2, 11), "is not UTF-8: found the byte 0xe9"),
        ("{}".encode("utf-16"), Region(1, 1, 1, 2), "is UTF-16; expected UTF-8"),
    ],
)
def test_a_text_in_another_encoding_is_refused_with_the_place(
    data: bytes, place: Region, reason: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        JsonDocument(INTEGRATION, FILE, data)
    assert (caught.value.location.region, caught.value.reason) == (place, reason)


def test_a_byte_order_mark_is_told_and_moves_no_column() -> None:
    document = JsonDocument(INTEGRATION, FILE, b'\xef\xbb\xbf{"a": 1}')
    assert document.has_bom
    assert document.extent(("a",)) == Region(1, 7, 1, 8)


@settings(deadline=None)
@given(documents(), st.integers(0), st.sampled_from(['"', "{", "]", ",", "//", "\\", "\x00", "é"]))
def test_any_text_is_read_or_refused_with_a_place_inside_it(
    written: Written, at: int, inserted: str
) -> None:
    text, _ = written
    at %= len(text) + 1
    damaged = text[:at] + inserted + text[at:]
    try:
        read(damaged)
    except DocumentError as error:
        region = error.location.region
        assert region is not None
        lines = damaged.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= region.start_line <= len(lines)
        assert 1 <= region.start_column <= len(lines[region.start_line - 1]) + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda size: '{"a": "' + '\\"' * size,
        lambda size: '["' + "a" * size + '"]',
        lambda size: "[" + '"' * size,
        lambda size: "[" * size,
        lambda size: "[" + "{}," * size,
    ],
)
def test_a_hostile_text_is_read_to_its_end(make: Callable[[int], str]) -> None:
    """A reader that tries again and again would not come back from a text of this length."""
    try:
        document = read(make(300_000))
    except DocumentError as error:
        assert error.reason  # noqa: PT017 (either outcome is right)
    else:
        assert document.locate((0,)).region
