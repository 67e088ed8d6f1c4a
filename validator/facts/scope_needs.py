"""From the calls that a service makes to the scopes that its client needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from validator.facts import scope_solver
from validator.facts.api_operations import Match, Operation, operations
from validator.facts.python_client import newer_operations
from validator.facts.requested_scopes import requested_scopes
from validator.facts.scope_catalogue import API_KEYS_WRITE, PRIVILEGED, Status, catalogue
from validator.facts.signs import signs
from validator.integration import Integration, once
from validator.model import Location
from validator.wording import listed

MOST_GUESSES = 20
"""Unknown calls for which similar ones are looked up; what comes after them is merely unknown."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call of Datadog's API: as it is written, where, and what it means."""

    text: str
    location: Location
    match: Match

    @property
    def operation(self) -> Operation | None:
        """The operation that is called, None if nobody knows it."""
        return self.match.operation

    @property
    def meaning(self) -> str:
        """The call as it is written, and what it means where that is not the same."""
        operation = self.operation
        written = " ".join(self.text.split())
        if operation is None or written.upper() == operation.call.upper():
            return written
        return f"{written} ({operation.call})"

    @property
    def alternatives(self) -> scope_solver.Alternatives:
        """Sets of scopes that can be requested, any of which suffices; none without any way."""
        requestable = catalogue().requestable
        accepted = self.operation.alternatives if self.operation else None
        return tuple(names for names in accepted or () if names <= requestable)

    @property
    def is_unreachable(self) -> bool:
        """Whether the operation accepts no token that a client can get, as far as anybody knows."""
        operation = self.operation
        return (
            operation is not None and operation.alternatives is not None and not self.alternatives
        )

    @property
    def obstacle(self) -> str:
        """Why an unreachable call is unreachable, as a clause."""
        accepted = self.operation.alternatives if self.operation else None
        asked = sorted({name for names in accepted or () for name in names})
        if asked:
            return f"asks for {listed(asked, 'and')}, which no client can request"
        return "accepts no OAuth token, only an API key with an application key"

    @property
    def needs(self) -> str:
        """What the call needs, in words: ```a` and `b```, ```a` or `b```."""
        return " or ".join(listed(sorted(names), "and") for names in self.alternatives)


@dataclass(frozen=True, slots=True)
class ScopeNeeds:
    """What calls need of the scopes that are requested.

    ``needed`` is the smallest set that serves every call that can be served, and what is needed anyway;
    ``serving`` are the calls that each needed scope helps to serve. ``missing`` and ``excess`` compare
    with what is requested; ``doubtful`` are requested scopes that perhaps serve a call of which nobody
    knows what it needs. ``unreachable`` calls accept no token that a client can get.
    """

    calls: tuple[ApiCall, ...]
    needed: frozenset[str]
    is_smallest: bool
    missing: tuple[str, ...]
    excess: tuple[str, ...]
    doubtful: tuple[str, ...]
    unreachable: tuple[ApiCall, ...]
    unclear: tuple[ApiCall, ...]
    unknown: tuple[ApiCall, ...]
    serving: Mapping[str, tuple[ApiCall, ...]] = field(default_factory=dict)


def resolve(text: str, location: Location, *, guess: bool = True) -> ApiCall:
    """Return the call that ``GET /path`` or an operation id means.

    ``guess`` also looks for similar ones when there is none.
    """
    match = operations().match(text, guess=guess)
    if match.operation is None and not match.is_ambiguous:
        newer = newer_operations().match(text, guess=False)
        if newer.operation is not None or newer.is_ambiguous:
            match = newer
    return ApiCall(text, location, match)


@once
def declared_calls(integration: Integration) -> tuple[ApiCall, ...] | None:
    """Return the calls that the configuration declares; None when it declares none, not even no calls."""
    setting = integration.settings.settings.get("oauth.api_calls")
    if setting is None:
        return None
    calls: list[ApiCall] = []
    guesses = MOST_GUESSES
    for text, place in zip(setting.value, setting.items, strict=True):
        call = resolve(text, place, guess=guesses > 0)
        guesses -= call.operation is None
        calls.append(call)
    return tuple(calls)


def known_calls(integration: Integration) -> tuple[ApiCall, ...] | None:
    """Return the calls that are declared, and those found in the source code; None without either."""
    declared, found = declared_calls(integration), integration.settings.found_calls
    if declared is None and found is None:
        return None
    return (*(declared or ()), *(found.calls if found else ()))


@once
def needs_of(integration: Integration) -> ScopeNeeds | None:
    """Return what the known calls need; None where none are known, or there is no list of scopes.

    Data that is submitted needs the scope that makes an API key, whatever the calls are.
    """
    calls, scopes = known_calls(integration), requested_scopes(integration)
    if calls is None or scopes is None:
        return None
    found = integration.settings.found_calls
    return compare(
        calls,
        list(scopes.first),
        [API_KEYS_WRITE] if signs(integration).key_needed else [],
        may_be_more=bool(found and found.bases),
    )


def compare(
    calls: Iterable[ApiCall],
    requested: Collection[str],
    anyway: Collection[str] = (),
    *,
    may_be_more: bool = False,
) -> ScopeNeeds:
    """Return what calls need, compared with the requested scopes.

    ``anyway`` are scopes that are needed for another reason than a call; ``may_be_more`` tells that
    other calls are made that nobody sees.
    """
    calls = tuple(calls)
    known = [call for call in calls if call.operation is not None]
    reachable = [call for call in known if call.alternatives]
    unclear = tuple(
        call for call in known if call.operation and call.operation.alternatives is None
    )
    unknown = tuple(call for call in calls if call.operation is None)
    solution = scope_solver.smallest(
        [*(call.alternatives for call in reachable), *((frozenset([name]),) for name in anyway)],
        requested,
        _weight,
    )
    left = [
        name
        for name in requested
        if name not in solution.scopes
        and catalogue().status(name) in (Status.LISTED, Status.PARTNER)
    ]
    doubtful = tuple(name for name in left if may_be_more or _may_serve(name, unclear, unknown))
    return ScopeNeeds(
        calls=calls,
        needed=solution.scopes,
        is_smallest=solution.is_smallest,
        missing=tuple(sorted(solution.scopes - set(requested))),
        excess=tuple(name for name in left if name not in doubtful),
        doubtful=doubtful,
        unreachable=tuple(call for call in known if call.is_unreachable),
        unclear=unclear,
        unknown=unknown,
        serving={name: _serving(name, solution.scopes, reachable) for name in solution.scopes},
    )


def _weight(name: str) -> int:
    """Return how much a scope can do, so that the least of two equal ones is taken."""
    return int(catalogue().risk(name) in PRIVILEGED)


def _serving(name: str, needed: frozenset[str], calls: Iterable[ApiCall]) -> tuple[ApiCall, ...]:
    return tuple(
        call
        for call in calls
        if any(name in names and names <= needed for names in call.alternatives)
    )


def _may_serve(name: str, unclear: Iterable[ApiCall], unknown: Iterable[ApiCall]) -> bool:
    """Tell whether a scope perhaps serves a call of which nobody knows what it needs.

    It does if it opens other operations of the same family, or if nobody knows what it opens at all.
    """
    opened = operations().by_scope.get(name, ())
    families = {operation.family for operation in opened}
    for call in unclear:
        if name in catalogue().unread or (call.operation and call.operation.family in families):
            return True
    return any(operation in opened for call in unknown for operation in call.match.near)
