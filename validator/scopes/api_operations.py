"""The operations of Datadog's API: which scopes each accepts, and which one a call means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlsplit

from validator.definitions import policies
from validator.spelling import nearest

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_CALL = re.compile(r"([A-Za-z]+)\s+(\S+)")
_PLACEHOLDER = re.compile(r"[{}<>*$%]|^:|^\[")
_VERSION = re.compile(r"/v[0-9]+/")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: method, path with ``{parameters}``, id, and what a token must hold for it.

    ``alternatives`` are sets of scopes any of which suffices: none when no OAuth token is accepted,
    None when nobody knows. ``roles`` are the role permissions behind the keys that it takes.
    """

    method: str
    path: str
    id: str
    alternatives: tuple[frozenset[str], ...] | None
    roles: tuple[str, ...] = ()

    @property
    def call(self) -> str:
        """Method and path, as a person writes them."""
        return f"{self.method} {self.path}"

    @property
    def family(self) -> str:
        """What the path is about: its first segment after the version."""
        rest = _VERSION.split(self.path, maxsplit=1)[-1].strip("/")
        return rest.split("/")[0]

    @property
    def changes_something(self) -> bool:
        """Whether the operation changes something, as far as its method and path tell.

        A search takes its question in the body of a POST.
        """
        last = self.path.rstrip("/").rpartition("/")[2]
        asks = self.method == "POST" and last in _QUESTIONS
        return self.method != "GET" and not asks


_QUESTIONS = {
    "aggregate",
    "autocomplete",
    "count",
    "histogram",
    "list",
    "preview",
    "query",
    "scalar",
    "search",
    "stats",
    "timeseries",
    "validate",
}


@dataclass(frozen=True, slots=True)
class Match:
    """What a call was found to mean: the operation, or those that it may mean when it is not clear.

    ``operation`` is None for a call that nobody knows; then ``near`` are the most similar ones, or all
    that share the id.
    """

    operation: Operation | None
    near: tuple[Operation, ...] = ()
    is_ambiguous: bool = False


class Operations:
    """Operations to look calls up in."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.all = tuple(operations)
        self._by_shape: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = {}
        self._by_id: dict[str, list[Operation]] = {}
        for operation in self.all:
            segments = _segments(operation.path)
            shape = (operation.method, len(segments))
            self._by_shape.setdefault(shape, []).append((segments, operation))
            self._by_id.setdefault(_folded(operation.id), []).append(operation)

    @cached_property
    def by_scope(self) -> Mapping[str, tuple[Operation, ...]]:
        """The operations that each scope helps to open."""
        found: dict[str, list[Operation]] = {}
        for operation in self.all:
            for scope in sorted({name for names in operation.alternatives or () for name in names}):
                found.setdefault(scope, []).append(operation)
        return {scope: tuple(operations) for scope, operations in found.items()}

    def match(self, call: str, *, guess: bool = True) -> Match:
        """Find what ``GET /path`` or an operation id means.

        Parameters may be written as concrete values or in any notation for a placeholder; a host, a
        query and a slash at the end are passed over. ``guess`` looks for similar ones if there is none.
        """
        parts = _CALL.fullmatch(call.strip())
        if parts is None:
            return self._match_id(call.strip(), guess=guess)
        found = self.find(parts[1].upper(), parts[2])
        if found or not guess:
            return Match(found)
        return Match(None, self._near(parts[1].upper(), parts[2]))

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation of a method and a path, or None; the path is read as in ``match``."""
        found = self._scored(method, path)
        return max(found, key=lambda pair: (pair[0], pair[1].path))[1] if found else None

    def by_path(self, path: str) -> tuple[Operation, ...]:
        """Return the operations of a path by any method; of the most literal fit if there are several."""
        found = [pair for method in METHODS for pair in self._scored(method, path)]
        best = max((score for score, _ in found), default=())
        return tuple(operation for score, operation in found if score == best)

    def _scored(self, method: str, path: str) -> list[tuple[tuple[bool, ...], Operation]]:
        wanted = _segments(path)
        return [
            (score, operation)
            for offered, operation in self._by_shape.get((method, len(wanted)), ())
            if (score := _score(wanted, offered)) is not None
        ]

    def _match_id(self, word: str, *, guess: bool) -> Match:
        version, _, id_ = word.rpartition(".")
        found = self._by_id.get(_folded(id_), []) if id_ and not word.startswith("/") else []
        if version.casefold() in ("v1", "v2"):
            found = [
                operation for operation in found if f"/{version.casefold()}/" in operation.path
            ]
        if len({operation.alternatives for operation in found}) == 1:
            return Match(found[0])
        if found:
            return Match(None, tuple(found), is_ambiguous=True)
        if word.startswith("/"):
            return Match(None, self.by_path(word))
        if not guess:
            return Match(None)
        names = {operation.id: operation for operation in self.all if operation.id}
        return Match(None, tuple(names[name] for name in nearest(id_, names, likeness=0.8)))

    def _near(self, method: str, path: str) -> tuple[Operation, ...]:
        """Return the operations most like an unknown call; the same path by other methods first."""
        others = [self.find(other, path) for other in METHODS if other != method]
        same = [operation for operation in others if operation]
        if same:
            return tuple(same)
        calls = {operation.call: operation for operation in self.all if operation.method == method}
        calls = calls or {operation.call: operation for operation in self.all}
        written = f"{method} /{'/'.join(_segments(path))}"
        return tuple(calls[call] for call in nearest(written, calls, likeness=0.85))


def _folded(id_: str) -> str:
    return "".join(character for character in id_.casefold() if character.isalnum())


def _segments(path: str) -> tuple[str, ...]:
    """Return the segments of a path, or of a URL, or of a path after a placeholder for the host."""
    if "://" in path:
        path = urlsplit(path).path or "/"
    start = path.find("/api/")
    path = path[start:] if start > 0 else path
    path = path.partition("?")[0].partition("#")[0]
    return tuple(segment for segment in path.split("/") if segment)


def _score(wanted: tuple[str, ...], offered: tuple[str, ...]) -> tuple[bool, ...] | None:
    """Tell segment by segment whether a path is literally a template's; None if it doesn't fit."""
    score = []
    for own, other in zip(wanted, offered, strict=True):
        is_parameter = other.startswith("{")
        if own == other:
            score.append(not is_parameter)
        elif is_parameter:
            score.append(False)
        else:
            return None
    return tuple(score)


def is_placeholder(segment: str) -> bool:
    """Tell whether a segment of a path stands for a value: ``{id}``, ``:id``, ``%s``, ``${id}``, …."""
    return _PLACEHOLDER.search(segment) is not None


@cache
def operations() -> Operations:
    """Return the operations of the endpoint policy, read once."""
    policy = policies.load(policies.Endpoints)
    return Operations(
        _operation(call, entry)
        for section in (policy.by_hand, policy.operations)
        for call, entry in section.items()
    )


def _operation(call: str, entry: policies.Entry) -> Operation:
    method, _, path = call.partition(" ")
    id_, *rest = entry
    roles: tuple[str, ...] = ()
    alternatives = []
    for item in rest:
        if isinstance(item, policies.Roles):
            roles = tuple(item.roles)
        else:
            alternatives.append(frozenset(item))
    return Operation(method, path, str(id_), tuple(alternatives), roles)
