"""Values of YAML as a type has them: our own definitions, refused at once where a key or a type is wrong."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from validator.spelling import offer
from validator.wording import enumerated, listed, quoted


class Misfit(Exception):
    """A value is not of its type; ``steps`` lead to it, the last one first."""

    def __init__(self, reason: str, *steps: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps = [*steps]

    def __str__(self) -> str:
        place = "".join(reversed(self.steps)).removeprefix(".")
        return f"`{place}` {self.reason}" if place else f"the file {self.reason}"


Read = Callable[[Any], Any]
"""Returns a value of YAML as a type has it. Raises Misfit."""


@cache
def reader(type_: Any) -> Read:
    """Return what reads values of a type: they are many, so that the type is taken apart once."""
    if type_ is Any:
        return _anything
    if type_ in _SCALARS:
        return _scalar(type_)
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin is Literal:
        return _word(arguments)
    if origin is tuple:
        return _list(reader(arguments[0]))
    if origin is Mapping:
        return _mapping(reader(arguments[1]))
    return _one_of(arguments) if arguments else _fields(type_)


_SCALARS: dict[Any, str] = {
    bool: "`true` or `false`",
    float: "a number",
    int: "a whole number",
    str: "a text",
    type(None): "null",
}


def _misfit(value: Any, expected: str) -> Misfit:
    return Misfit(f"is {quoted(value)}; expected {expected}")


def _scalar(type_: type[Any]) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not type_:
            raise _misfit(value, _SCALARS[type_])
        return value

    return read


def _anything(value: Any) -> Any:
    return value


def _word(words: tuple[str, ...]) -> Read:
    def read(value: Any) -> Any:
        if value not in words:
            hint = offer(value, words) if isinstance(value, str) else ""
            raise Misfit(f"is {quoted(value)}; expected {listed(words)}{hint}")
        return value

    return read


def _list(item: Read) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise _misfit(value, "a list")
        number = 0
        try:
            found = []
            for number, one in enumerate(value):  # noqa: B007 (it says which one is wrong)
                found.append(item(one))
        except Misfit as misfit:
            misfit.steps.append(f"[{number}]")
            raise
        return tuple(found)

    return read


def _mapping(member: Read) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _misfit(value, "a mapping")
        name = ""
        try:
            found = {}
            for name, one in value.items():
                found[_text(name)] = member(one)
        except Misfit as misfit:
            misfit.steps.append(f".{name}")
            raise
        return found

    return read


def _one_of(types: tuple[Any, ...]) -> Read:
    """Return what reads a value of one of several types, each of another kind in YAML."""
    kinds = {_kind(type_): reader(type_) for type_ in types}

    def read(value: Any) -> Any:
        known = kinds.get(type(value))
        if known is None:
            raise _misfit(value, enumerated([_WORDS[kind] for kind in kinds]))
        return known(value)

    return read


_WORDS: dict[type[Any], str] = {**_SCALARS, list: "a list", dict: "a mapping", type(None): "null"}


def _kind(type_: Any) -> type[Any]:
    """Return what YAML has for a type."""
    origin = typing.get_origin(type_)
    if origin in (Literal, tuple):
        return str if origin is Literal else list
    return type_ if type_ in _SCALARS else dict


def _fields(type_: Any) -> Read:
    readers = {name: reader(hint) for name, hint in typing.get_type_hints(type_).items()}
    required = [
        field.name
        for field in dataclasses.fields(type_)
        if field.default is field.default_factory is dataclasses.MISSING
    ]

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _misfit(value, "a mapping")
        for name in value:
            if name not in readers:
                hint = offer(str(name), readers) or f"; expected {listed(readers)}"
                raise Misfit(f"is unknown{hint}", f".{name}")
        for name in required:
            if name not in value:
                raise Misfit("is missing", f".{name}")
        name = ""
        try:
            return type_(**{(name := key): readers[key](one) for key, one in value.items()})
        except Misfit as misfit:
            misfit.steps.append(f".{name}")
            raise

    return read


_text = _scalar(str)
