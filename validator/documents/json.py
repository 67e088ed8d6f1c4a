"""JSON that knows the place of every key and value."""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, NamedTuple, NoReturn

from validator.documents.text import TextDocument
from validator.model import DocumentError, Location, Pointer, Region

DEEPEST = 100
"""Levels of nesting beyond which a document is refused; published assets stay below 25."""

# A string may lack its closing quote, so that a text which is no JSON is read in one pass, too.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_PAIR = re.compile(r"\{\}|\[\]")
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
# One code point of a string as it is written: a pair of surrogate escapes is one, too.
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\.|.",
    re.DOTALL,
)
_DIGITS = "-0123456789"
_BLANKS = (" ", "\t", "\r", "\n")
_OTHER_QUOTES = "'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
_EXPECTED = {
    "True": "`true`",
    "False": "`false`",
    "None": "`null`",
    "undefined": "`null`",
    "nil": "`null`",
}
LONGEST_WORD = 24
"""Characters of a document that a message about its syntax repeats."""

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
        self._characters: dict[Pointer, Sequence[int]] = {}
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
        except RecursionError:
            raise DocumentError(self.whole, f"is nested deeper than {DEEPEST} levels") from None
        except ValueError:  # Python refuses to convert a number of more than some thousand digits
            numbers = (match for match in _TOKEN.finditer(self.text) if match.group()[0] in _DIGITS)
            longest = max(numbers, key=lambda match: len(match.group()))
            digits = len(longest.group().lstrip("-"))
            self._refuse(longest.start(), f"has a number of {digits:,} digits; expected fewer")

    def _refuse(self, offset: int, reason: str) -> NoReturn:
        length = 1
        if (word := _word(self.text[offset:])) and word[0] not in '"\r\n':
            length = len(word)
        elif self.text[offset : offset + 1] in ("\r", "\n"):
            length = 0
        end = min(offset + length, len(self.text))
        raise DocumentError(self._location(self.region(offset, end)), reason)

    def _explain(self, error: json.JSONDecodeError) -> tuple[int, str]:
        """Return the offset and a clause that names what was found and what was expected."""
        offset = error.pos + error.msg.startswith("Illegal trailing comma")  # since Python 3.13
        while self.text[offset : offset + 1] in _BLANKS and offset < len(self.text):
            offset += 1
        before, rest = self.text[:offset].rstrip("".join(_BLANKS)), self.text[offset:]
        if rest.startswith(("//", "/*", "#")):
            return offset, "has a comment; JSON allows none"
        if rest.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            return offset, "has the mark of a merge conflict; expected one of the two versions"
        if rest[:1] in ("}", "]") and before.endswith(","):
            return len(before) - 1, f"has a trailing comma before `{rest[0]}`; JSON allows none"
        if error.msg.startswith("Unexpected UTF-8 BOM"):
            return offset, "begins with two byte order marks; expected none"
        if error.msg.startswith("Unterminated string"):
            return error.pos, "has a string without its closing quote"
        if error.msg.startswith("Invalid control character"):
            return error.pos, _control(self.text[error.pos])
        if error.msg.startswith("Invalid \\"):
            return self._explain_escape(error.pos)
        if not rest:
            return max(len(before) - 1, 0), self._explain_end(before)
        if error.msg.startswith("Extra data"):
            more = f"has one `{rest[0]}` too many" if rest[0] in "}]" else "goes on"
            return offset, f"{more} after the end of the JSON value; expected nothing more"
        found = _found(rest)
        if error.msg.startswith("Expecting property name"):
            return offset, f"has {found} where a key in double quotes was expected"
        if error.msg.startswith("Expecting value"):
            plain = "a value in double quotes" if rest[0] in _OTHER_QUOTES else "a JSON value"
            return offset, f"has {found} where {_EXPECTED.get(_word(rest), plain)} was expected"
        if error.msg.startswith("Expecting ':'"):
            return offset, f"has {found} where `:` was expected after a key"
        if error.msg.startswith("Expecting ','"):
            return self._explain_comma(before, offset)
        return error.pos, f"is not JSON: {error.msg}"

    def _explain_escape(self, offset: int) -> tuple[int, str]:
        """Explain a backslash that begins no escape."""
        start = self.text.rfind("\\", 0, offset + 1)
        written = self.text[start : start + (6 if self.text[start + 1 : start + 2] == "u" else 2)]
        if written.startswith("\\u"):
            return start, f"has the escape {_quote(written)}; expected four hexadecimal digits"
        return start, f"has the escape {_quote(written)}; expected `\\\\` for a backslash"

    def _opened(self, before: str) -> tuple[str, str] | None:
        """Return the innermost bracket that a text leaves open, with its line, and its closing one."""
        opened: list[int] = []
        for match in _TOKEN.finditer(before):
            if match.group() in ("{", "["):
                opened.append(match.start())
            elif match.group() in ("}", "]") and opened:
                opened.pop()
        if not opened:
            return None
        bracket, line = self.text[opened[-1]], self.region(opened[-1], opened[-1]).start_line
        return f"`{bracket}` of line {line}", "`}`" if bracket == "{" else "`]`"

    def _explain_end(self, before: str) -> str:
        """Explain a text that ends too early."""
        if opened := self._opened(before):
            return f"ends while the {opened[0]} is open; expected {opened[1]}"
        return "ends too early; expected the rest of the JSON value"

    def _explain_comma(self, before: str, offset: int) -> tuple[int, str]:
        """Explain a text in which a comma or a closing bracket was expected at an offset."""
        rest, touches = self.text[offset:], len(before) == offset
        opened = self._opened(before)
        if rest[0] in "}]" and opened:
            return offset, f"has `{rest[0]}` where {opened[1]} was expected for the {opened[0]}"
        if touches and before[-1] not in '"}]' and rest[0] not in '"{[,:':
            start = max(before.rfind(mark) for mark in ("{", "[", ",", ":", *_BLANKS)) + 1
            word = _word(self.text[start:])
            return start, f"has {_quote(word)}, which is no JSON number; expected one such as `10`"
        if touches and before[-1] == '"' and rest[0] not in ":{[":
            return offset, f'has {_found(rest)} right after a string; a quote in a string is `\\"`'
        if rest[0] in '"{[' or (before[-1] != '"' and rest[0] not in ":=;"):
            line = self.region(offset, offset).start_line
            here = self.region(len(before), len(before)).start_line
            shown = _found(rest) if line == here else f"{_found(rest)} of line {line}"
            return len(before) - 1, f"has no comma before {shown}"
        return offset, f"has {_found(rest)} after a value; expected `,` or a closing bracket"

    def _check_depth(self) -> None:
        if not _may_be_deep(self.text):
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
                name = json.loads(token, strict=False) if "\\" in token else token[1:-1]
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

    @cached_property
    def _siblings(self) -> dict[Pointer, list[tuple[int, int]]]:
        """The extents of the members of each object or array, keys included, in order of the text."""
        siblings: dict[Pointer, list[tuple[int, int]]] = {}
        for pointer, place in self.places.items():
            if pointer:
                extent = ((place.key or place.value)[0], place.value[1])
                siblings.setdefault(pointer[:-1], []).append(extent)
        return {parent: sorted(extents) for parent, extents in siblings.items()}

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
        if pointer not in self._characters:
            first, last = self.places[pointer].value
            is_plain = self.text.find("\\", first, last) < 0
            ends = (match.end() for match in _CHARACTER.finditer(self.text, first + 1, last - 1))
            # One string may be a whole file, and be asked for thousands of its parts.
            self._characters[pointer] = range(first + 1, last) if is_plain else [first + 1, *ends]
        offsets = self._characters[pointer]
        return self._at((offsets[start], offsets[end]), pointer)

    def locate_removal(self, pointer: Pointer) -> Location:
        """Return what to delete so that a member or an item is gone, together with its comma."""
        siblings = self._siblings[pointer[:-1]]
        place = self.places[pointer]
        start, end = (place.key or place.value)[0], place.value[1]
        index = bisect_left(siblings, (start, end))
        if index > 0:
            start = siblings[index - 1][1]
        elif len(siblings) > 1:
            end = siblings[1][0]
        return self._at((start, end), pointer)

    def get(self, pointer: Pointer, default: Any = None) -> Any:
        """Return the value at a pointer, or ``default`` when a step of it does not exist."""
        return value_at(self.value, pointer, default)


def value_at(value: Any, pointer: Pointer, default: Any = None) -> Any:
    """Return what a value of JSON has at a pointer, or ``default`` when a step of it does not exist."""
    for step in pointer:
        is_item = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not is_item and not (isinstance(value, dict) and step in value):
            return default
        value = value[step]
    return value


def _may_be_deep(text: str) -> bool:
    """Tell whether brackets may nest too deeply, in a fraction of the time that being sure takes."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    brackets = _NO_BRACKETS.sub("", _STRING.sub("", text))
    for _ in range(DEEPEST):
        before = brackets
        brackets = _PAIR.sub("", brackets)  # without the innermost level
        if brackets == before:
            break
    return bool(brackets)


def _word(text: str) -> str:
    """Return the first token of a text; its first character where that is no token."""
    match = _TOKEN.match(text)
    return match.group() if match else text[:1]


def _found(text: str) -> str:
    """Return what a text begins with, in words: its first token, or the name of a character."""
    word = _word(text)
    if len(word) == 1 and not (word.isascii() and word.isprintable()):
        name = unicodedata.name(word, "")
        return f"the character U+{ord(word):04X}" + (f" ({name.lower()})" if name else "")
    return _quote(word)


def _quote(word: str) -> str:
    """Return a word in backticks, short enough for a message."""
    return f"`{word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + '…'}`"


def _control(character: str) -> str:
    """Explain a control character in a string."""
    if character in "\r\n":
        return "has a line break in a string; expected the closing quote, or `\\n`"
    escape = "\\t" if character == "\t" else f"\\u{ord(character):04x}"
    return f"has the control character U+{ord(character):04X} in a string; expected `{escape}`"
