"""Shapes as data: schemas/*.schema.json, and what breaks them in a document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from validator.definitions import resources
from validator.documents.json import JsonDocument, value_at
from validator.model import DefinitionError, Location, Pointer
from validator.spelling import nearest, offer
from validator.wording import dotted, listed, quoted

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    from validator.documents.yaml import YamlDocument

ACCEPTORS = (
    ("config", None),
    ("manifest", None),
    ("manifest", "marketplace"),
    ("oauth_clients", None),
    ("scope_policy", None),
)
"""Schemas that documents are held to, each with the definition in it that is meant, if one is."""

_ACCEPTORS = "validator.definitions.acceptors"

ALIKE = 0.85
"""How much a key must be like one of another object for that one to be offered."""

MOST_KEYS = 12
"""Keys of an object that a message about an unknown one lists."""

_TYPES = {
    "array": "a list",
    "string": "a string",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "number": "a number",
}


Homes = dict[str, tuple[tuple[str, ...], ...]]
"""The objects in which each key of a schema belongs; ``[]`` stands for a list's items."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a document breaks a schema.

    ``kind`` tells a missing key, an unknown key and an invalid value apart; ``message`` says what was
    found and what was expected. ``home`` is the one object of the document, if there is one, in which
    an unknown key belongs.
    """

    kind: Literal["missing", "unknown", "invalid"]
    pointer: Pointer
    location: Location
    message: str
    home: Pointer | None = None


def violations(
    document: JsonDocument | YamlDocument, name: str, definition: str | None = None
) -> Iterator[Violation]:
    """Yield what breaks the schema of a name, or one of its definitions, in the order of the document.

    A value of a wrong type is one violation, whatever stands below it.
    """
    value = document.value if isinstance(document, JsonDocument) else _plain(document.value)
    if _accepts(name, definition, value):
        return
    schema = _load(name)
    homes = _homes(schema)
    found: dict[tuple[str, Pointer], Violation] = {}
    for error in _validator(name, definition).iter_errors(value):
        for violation in _explain(_Broken(error, document, value, schema, homes)):
            # one value may break several keywords: the first says enough
            found.setdefault((violation.kind, violation.pointer), violation)
    yield from sorted(
        _named_once(found.values()),
        key=lambda violation: (violation.location.sort_key, violation.message),
    )


def _named_once(found: Collection[Violation]) -> Iterator[Violation]:
    """Yield violations, but no key as missing that is there under another name or in another object."""
    missing = {violation.pointer for violation in found if violation.kind == "missing"}
    elsewhere: set[Pointer] = set()
    for violation in found if missing else ():
        *parent, key = violation.pointer if violation.kind == "unknown" else ("",)
        names = [str(other[-1]) for other in missing if list(other[:-1]) == parent]
        elsewhere.update((*parent, name) for name in nearest(str(key), names, most=1))
        if violation.home is not None:
            elsewhere.add((*violation.home, key))
    for violation in found:
        if violation.kind != "missing" or violation.pointer not in elsewhere:
            yield violation


@cache
def _load(name: str) -> dict[str, Any]:
    """Return a schema. Raises DefinitionError, with the file's name, when it can't be read."""
    file = resources.folder("schemas") / f"{name}.schema.json"
    try:
        schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DefinitionError(f"{file}: {error}") from None
    return schema


def _accepts(name: str, definition: str | None, value: Any) -> bool:
    """Tell at little cost that a value breaks nothing; False leaves it to the validator that explains."""
    # Our own definitions are held to their schemas by tests only.
    if (name, definition) not in ACCEPTORS:
        return False
    from fastjsonschema import JsonSchemaException

    try:
        _acceptor(name, definition)(value)
    except (JsonSchemaException, RecursionError):
        return False
    return True


@cache
def _acceptor(name: str, definition: str | None) -> Callable[[Any], object]:
    """Return a function, compiled from a schema, that raises JsonSchemaException for a wrong value."""
    module = import_module(f"{_ACCEPTORS}.{acceptor_name(name, definition)}")
    acceptor: Callable[[Any], object] = module.validate
    return acceptor


def acceptor_name(name: str, definition: str | None) -> str:
    """Return the name of the module that holds the function compiled from a schema."""
    return f"{name}_{definition}" if definition else name


def digest(name: str) -> str:
    """Return the SHA-256 of a schema's file, in hexadecimal digits."""
    file = resources.folder("schemas") / f"{name}.schema.json"
    return sha256(file.read_bytes()).hexdigest()


def subschema(name: str, definition: str | None) -> dict[str, Any]:
    """Return a schema, or one of its definitions beside all others. Raises DefinitionError."""
    schema = _load(name)
    if definition is None:
        return schema
    return {"$defs": schema["$defs"], **schema["$defs"][definition]}


@cache
def _validator(name: str, definition: str | None) -> Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    made: Validator = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": _pattern}
    )(subschema(name, definition))
    return made


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """Judge ``pattern`` as ECMAScript does: ``$`` is the end, never the place before a last line end."""
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _matches(instance, pattern):
        yield ValidationError("does not match")


def _matches(text: str, pattern: str) -> bool:
    return re.search(re.sub(r"\$$", r"\\Z", pattern), text) is not None


def _is_ascii_matter(text: str, pattern: str) -> bool:
    """Tell whether it is for characters beyond ASCII only that a text breaks a pattern."""
    ascii_text = text.encode("ascii", "ignore").decode()
    return ascii_text != text and _matches(ascii_text, pattern)


def _plain(value: Any) -> Any:
    """Return a YAML value as JSON would hold it: with strings as keys."""
    if isinstance(value, dict):
        return {
            key if isinstance(key, str) else json.dumps(key, default=str): _plain(child)
            for key, child in value.items()
        }
    return [_plain(child) for child in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class _Broken:
    """An error of the validator, and what is needed to say it in our own words.

    ``error`` is a ValidationError, whose every field may be unset as its types have it; ``noun`` is what the
    document's format calls an object.
    """

    error: Any
    document: JsonDocument | YamlDocument
    value: Any
    schema: dict[str, Any]
    homes: Homes

    @property
    def pointer(self) -> Pointer:
        """Where the value is that breaks the schema."""
        return tuple(self.error.absolute_path)

    @property
    def noun(self) -> str:
        """What the document's format calls an object."""
        return "an object" if isinstance(self.document, JsonDocument) else "a mapping"


def _explain(broken: _Broken) -> Iterator[Violation]:
    """Yield an error in our own words, one by one where it holds several."""
    if "propertyNames" in broken.error.absolute_schema_path:
        return _misnamed(broken)
    return _EXPLAINED.get(broken.error.validator, _wrong)(broken)


def _missing(broken: _Broken) -> Iterator[Violation]:
    for name in broken.error.validator_value:
        if name not in broken.error.instance:
            own = (*broken.pointer, name)
            hint = _hint(_at(broken.schema, own))
            message = f"`{dotted(own)}` is missing" + (f"; expected {hint}" if hint else "")
            yield Violation("missing", own, broken.document.locate(own), message)


def _unknown(broken: _Broken) -> Iterator[Violation]:
    error, value = broken.error, broken.value
    known = _keys(error.schema)
    for name in error.instance:
        if name not in error.schema["properties"]:
            own = (*broken.pointer, name)
            there = [home for home in broken.homes.get(name, ()) if _holds(value, home)]
            free = [home for home in there if not _holds(value, (*home, name))]
            message = f"`{dotted(own)}` is unknown{_meant(own, known, value, broken.homes)}"
            home = free[0] if len(free) == 1 else None
            yield Violation("unknown", own, broken.document.locate_key(own), message, home)


def _misnamed(broken: _Broken) -> Iterator[Violation]:
    pointer, error = broken.pointer, broken.error
    own = (*pointer, error.instance)
    names = _resolve(broken.schema, _at(broken.schema, pointer)["propertyNames"])
    message = _invalid(f"a key of `{dotted(pointer)}`", error, names, broken.noun)
    yield Violation("invalid", own, broken.document.locate_key(own), message)


def _wrong(broken: _Broken) -> Iterator[Violation]:
    pointer, error = broken.pointer, broken.error
    subject = f"`{dotted(pointer)}`" if pointer else "the document"
    conditional = "then" in error.absolute_schema_path and "errorMessage" in error.schema
    node = error.schema if conditional else {**error.schema, **_at(broken.schema, pointer)}
    message = _invalid(subject, error, node, broken.noun)
    yield Violation("invalid", pointer, broken.document.locate(pointer), message)


_EXPLAINED: dict[str, Callable[[_Broken], Iterator[Violation]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
}


def _invalid(subject: str, error: Any, node: dict[str, Any], noun: str) -> str:
    """Return a sentence on a value that breaks a keyword of a schema's node.

    ``noun`` is what the document's format calls an object.
    """
    return f"{subject} {_SENTENCES.get(error.validator, _another)(error, node, noun)}"


def _of_type(error: Any, node: dict[str, Any], noun: str) -> str:
    found, hint, types = error.instance, _hint(node), error.validator_value
    words = " or ".join(
        {**_TYPES, "object": noun}[type_]
        for type_ in ([types] if isinstance(types, str) else types)
    )
    if words == _TYPES["boolean"] and isinstance(found, str):
        hint = f"{words} without quotes"
    elif not hint.startswith(words):
        hint = f"{words}: {hint}" if hint else words
    return f"is {_described(found, noun)}; expected {hint}"


def _once(_: Any, __: dict[str, Any], ___: str) -> str:
    return "holds one value twice; expected each once"


def _not_empty(_: Any, node: dict[str, Any], __: str) -> str:
    item = _hint(node.get("items", {}))
    return "is empty; expected at least one item" + (f": {item}" if item else "")


def _matching(error: Any, node: dict[str, Any], noun: str) -> str:
    hint = _hint(node)
    if _is_ascii_matter(error.instance, error.validator_value):
        hint = f"{hint}, in ASCII characters only"
    return _instead(error.instance, hint, noun)


def _one_of(error: Any, node: dict[str, Any], noun: str) -> str:
    hint = _hint(node) or listed(map(str, error.validator_value))
    return _instead(error.instance, hint, noun)


def _another(error: Any, node: dict[str, Any], noun: str) -> str:
    return _instead(error.instance, _hint(node), noun)


_SENTENCES: dict[str, Callable[[Any, dict[str, Any], str], str]] = {
    "type": _of_type,
    "uniqueItems": _once,
    "minItems": _not_empty,
    "pattern": _matching,
    "enum": _one_of,
}
"""What is said of a value by the keyword of the schema that it breaks."""


def _instead(found: Any, hint: str, noun: str) -> str:
    if found in ("", [], {}) or (isinstance(found, str) and not found.strip()):
        return f"is {'blank' if found else 'empty'}; expected {hint or 'a value'}"
    shown = _described(found, noun) if isinstance(found, dict | list) else quoted(found)
    return f"is {shown}; expected {hint or 'another value'}"


def _described(value: Any, noun: str) -> str:
    """Return what a value is, in words, and a scalar itself."""
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return noun if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return quoted(value)
    if isinstance(value, str):
        return f"{quoted(value)}, a string" if value else "an empty string"
    return f"{quoted(value)}, a number" if isinstance(value, int | float) else quoted(value)


def _hint(node: dict[str, Any]) -> str:
    """Return what a schema's node expects, as a clause; an empty string where it doesn't say."""
    hint: str = node.get("errorMessage", "")
    return hint


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return a node with what it refers to; what the node says itself comes first."""
    if "$ref" not in node:
        return node
    target = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _at(schema: dict[str, Any], pointer: Pointer) -> dict[str, Any]:
    """Return the node of a schema that describes the value at a pointer; an empty one for none."""
    node = schema
    for step in pointer:
        if isinstance(step, int):
            node = node.get("items", {})
        else:
            others = node.get("additionalProperties")
            fallback = others if isinstance(others, dict) else {}
            node = node.get("properties", {}).get(step, fallback)
        node = _resolve(schema, node)
    return node


def _keys(node: dict[str, Any]) -> list[str]:
    """Return the keys that a schema's node knows, without those that have no meaning any more."""
    properties = node.get("properties", {})
    return [key for key, child in properties.items() if not child.get("deprecated")]


def _meant(pointer: Pointer, known: list[str], value: Any, everywhere: Homes) -> str:
    """Return a clause that says which key an unknown one may stand for, or where it belongs."""
    name = str(pointer[-1])
    free = [key for key in known if not _holds(value, (*pointer[:-1], key))]
    homes = everywhere.get(name, ())
    if empty := [home for home in homes if not _holds(value, (*home, name))]:
        return "; it belongs " + " or ".join(map(_home, empty))
    if close := offer(name, free) or offer(name, known):
        return close
    if homes:
        return "; it belongs " + " or ".join(map(_home, homes))
    for close in nearest(name, everywhere, most=1, likeness=ALIKE):
        meant = ".".join((*everywhere[close][0], close)).replace(".[]", "[]")
        return f"; did you mean `{meant}`?"
    if len(known) <= MOST_KEYS:
        return (
            f"; expected one of {listed(known)}" if len(known) > 1 else f"; expected `{known[0]}`"
        )
    return ""


def _home(parent: tuple[str, ...]) -> str:
    return f"in `{'.'.join(parent).replace('.[]', '[]')}`" if parent else "at the root"


_ABSENT = object()


def _holds(value: Any, pointer: Pointer) -> bool:
    """Tell whether a value has something at a pointer."""
    return value_at(value, pointer, _ABSENT) is not _ABSENT


def _homes(schema: dict[str, Any]) -> Homes:
    """Return the objects in which each key of a schema belongs."""
    homes: Homes = {}
    waiting: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), schema)]
    while waiting:
        parent, node = waiting.pop(0)
        for key in _keys(node):
            homes[key] = (*homes.get(key, ()), parent)
            waiting.append(((*parent, key), _resolve(schema, node["properties"][key])))
        if "items" in node:
            waiting.append(((*parent, "[]"), _resolve(schema, node["items"])))
    return homes
