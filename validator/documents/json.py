"""JSON that knows the place of every key and value."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, NamedTuple, NoReturn

from validator.documents.text import TextDocument
from validator.model import DocumentError, Location, Pointer, Region

DEEPEST = 100
"""Levels of nesting beyond which a document is refused; published assets stay below 25."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
# One code point of a string as it is written: a pair of surrogate escapes is one, too.
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\.|.",
    re.DOTALL,
)
_KINDS = {dict: "an object", list: "an array", str: "a string", bool: "true or false"}


def kind(value: object) -> str:
    """Return what a JSON value is, in words: ``an object``, ``a number``, ``null``."""
    if value is None:
        return "null"
    return _KINDS.get(type(value), "a number")


class Place(NamedTuple):
    """Offsets of a member's key (None in an array and at the root) and of its value."""

    key: tuple[int, int] | None
    value: tuple[int, int]


class DuplicateKey(NamedTuple):
    """An object that has one key twice: the pointer of the member and the place of each key."""

    pointer: Pointer
    first: Location
    second: Location


class JsonDocument(TextDocument):
    """A JSON text and its value.

    Places are looked up only when asked for, because most documents have no finding. Raises
    DocumentError, with the place, when the text is not JSON as RFC 8259 defines it.
    """

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        super().__init__(integration, path, data)
        self._has_duplicates = False
        self.value: Any = self._parse()

    def _parse(self) -> Any:
        self._check_depth()

        def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            value = dict(pairs)
            self._has_duplicates |= len(value) != len(pairs)
            return value

        def constant(word: str) -> NoReturn:
            start = next(
                match.start()
                for match in _TOKEN.finditer(self.text)
                if match.group() in (word, f"-{word}")
            )
            self._refuse(start, f"has `{word}`, which is no JSON value; expected a number")

        try:
            return json.loads(self.text, object_pairs_hook=members, parse_constant=constant)
        except json.JSONDecodeError as error:
            self._refuse(*self._explain(error))
        except (RecursionError, ValueError) as error:
            raise DocumentError(self.whole, f"is not JSON: {error}") from None

    def _refuse(self, offset: int, reason: str) -> NoReturn:
        offset = min(offset, len(self.text))
        region = self.region(offset, offset)
        end = min(region.start_column + 1, len(self.lines[region.start_line - 1]) + 1)
        raise DocumentError(
            self._location(
                Region(region.start_line, region.start_column, region.start_line, end)
                if end > region.start_column
                else region
            ),
            reason,
        )

    def _explain(self, error: json.JSONDecodeError) -> tuple[int, str]:
        """Return the offset and a clause that names what was found and what was expected."""
        rest = self.text[error.pos :].lstrip()
        offset = len(self.text) - len(rest)
        before = self.text[:offset].rstrip()
        comma = len(before) - 1 if before.endswith(",") else None
        if rest.startswith(("//", "/*", "#")):
            return offset, "has a comment; JSON allows none"
        if rest[:1] in ("}", "]") and comma is not None:
            return comma, f"has a trailing comma before `{rest[0]}`; JSON allows none"
        if error.msg.startswith("Illegal trailing comma"):
            return error.pos, "has a trailing comma; JSON allows none"
        if not rest:
            return len(before), "ends too early; expected the rest of the JSON value"
        if error.msg.startswith("Extra data"):
            return offset, "goes on after the end of the JSON value; expected nothing more"
        if error.msg.startswith("Expecting property name"):
            return offset, f"has `{_word(rest)}` where a key in double quotes was expected"
        if error.msg.startswith("Expecting value"):
            return offset, f"has `{_word(rest)}` where a JSON value was expected"
        if error.msg.startswith("Expecting"):
            wanted = "`:`" if "':'" in error.msg else "`,` or the closing bracket"
            return offset, f"has `{_word(rest)}` where {wanted} was expected"
        if error.msg.startswith("Invalid control character"):
            return error.pos, "has a raw control character in a string; expected an escape"
        if error.msg.startswith("Unterminated string"):
            return error.pos, "has a string without its closing quote"
        return error.pos, f"is not JSON: {error.msg}"

    def _check_depth(self) -> None:
        if self.text.count("[") + self.text.count("{") <= DEEPEST:
            return
        depth = 0
        for match in _TOKEN.finditer(self.text):
            token = match.group()
            if token in ("{", "["):
                depth += 1
                if depth > DEEPEST:
                    self._refuse(match.start(), f"is nested deeper than {DEEPEST} levels")
            elif token in ("}", "]"):
                depth -= 1

    @cached_property
    def _walked(self) -> tuple[dict[Pointer, Place], list[DuplicateKey]]:
        """The place of every value, and every key that an object has twice.

        The text has been accepted by the parser, so a token's first character says all. A key given
        twice is placed where the parser takes its value from: the last time.
        """
        places: dict[Pointer, Place] = {}
        duplicates: list[DuplicateKey] = []
        opened: list[tuple[Pointer, tuple[int, int] | None, int]] = []
        pointer: Pointer = ()
        key: tuple[int, int] | None = None
        members: list[dict[str, tuple[int, int]] | int] = []
        expects_key = False

        def step_into_item() -> None:
            nonlocal pointer, key
            if members and isinstance(index := members[-1], int):
                pointer, key = (*opened[-1][0], index), None

        for match in _TOKEN.finditer(self.text):
            token, span = match.group(), match.span()
            if token in ("{", "["):
                step_into_item()
                opened.append((pointer, key, span[0]))
                members.append({} if token == "{" else 0)
                expects_key = token == "{"
            elif token in ("}", "]"):
                own, own_key, start = opened.pop()
                members.pop()
                places[own] = Place(own_key, (start, span[1]))
                expects_key = False
            elif token == ",":
                if isinstance(members[-1], int):
                    members[-1] += 1
                else:
                    expects_key = True
            elif token == ":":
                expects_key = False
            elif expects_key:
                names = members[-1]
                assert isinstance(names, dict)
                name = json.loads(token, strict=False)
                pointer, key = (*opened[-1][0], name), span
                if name in names:
                    first, second = (self._location(self.region(*at)) for at in (names[name], span))
                    duplicates.append(DuplicateKey(pointer, first, second))
                names[name] = span
            else:
                step_into_item()
                places[pointer] = Place(key, span)
        if duplicates:  # the children of a value that was replaced have no place any more
            gone = object()
            places = {at: place for at, place in places.items() if self.get(at, gone) is not gone}
        return places, duplicates

    @property
    def places(self) -> dict[Pointer, Place]:
        """The offsets of every key and value, by pointer."""
        return self._walked[0]

    @property
    def duplicate_keys(self) -> list[DuplicateKey]:
        """Every key that an object has twice."""
        return self._walked[1] if self._has_duplicates else []

    def extent(self, pointer: Pointer) -> Region:
        """Return the exact region of a value. Raises KeyError when there is none."""
        return self.region(*self.places[pointer].value)

    def _at(self, offsets: tuple[int, int], pointer: Pointer) -> Location:
        return Location(self.integration, self.path, self.region(*offsets), pointer)

    def locate(self, pointer: Pointer) -> Location:
        """Return the place to show for a value: tight, and on one line.

        That is the value itself when it stands on one line, else its key, else its opening bracket.
        A missing value is shown at its nearest existing parent's key, and keeps its own pointer.
        """
        known = pointer
        while known not in self.places:
            known = known[:-1]
        place = self.places[known]
        region = self.region(*place.value)
        if known == pointer and region.start_line == region.end_line:
            return self._at(place.value, pointer)
        start = place.value[0]
        return self._at(place.key or (start, start + 1), pointer)

    def locate_key(self, pointer: Pointer) -> Location:
        """Return the place of a member's key; of its value where it has no key."""
        place = self.places.get(pointer)
        if place is None or place.key is None:
            return self.locate(pointer)
        return self._at(place.key, pointer)

    def locate_slice(self, pointer: Pointer, start: int, end: int) -> Location:
        """Return the place of ``value[start:end]`` of a string, whatever escapes it is written with."""
        first, last = self.places[pointer].value
        written = [match.end() for match in _CHARACTER.finditer(self.text, first + 1, last - 1)]
        offsets = [first + 1, *written]
        return self._at((offsets[start], offsets[end]), pointer)

    def locate_removal(self, pointer: Pointer) -> Location:
        """Return what to delete so that a member or an item is gone, together with its comma."""
        siblings = sorted(
            ((place.key or place.value)[0], place.value[1], other)
            for other, place in self.places.items()
            if len(other) == len(pointer) and other[:-1] == pointer[:-1]
        )
        index = next(i for i, sibling in enumerate(siblings) if sibling[2] == pointer)
        start, end, _ = siblings[index]
        if index > 0:
            start = siblings[index - 1][1]
        elif len(siblings) > 1:
            end = siblings[1][0]
        return self._at((start, end), pointer)

    def get(self, pointer: Pointer, default: Any = None) -> Any:
        """Return the value at a pointer, or ``default`` when a step of it does not exist."""
        value = self.value
        for step in pointer:
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return default
        return value


def _word(text: str) -> str:
    """Return the first word of a text, short enough for a message."""
    match = _TOKEN.match(text)
    word = match.group() if match else text[:1]
    return word if len(word) <= 20 else word[:19] + "…"
