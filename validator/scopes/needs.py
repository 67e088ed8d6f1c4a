"""From calls to the scopes that serve them, compared with those requested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from validator.scopes import solver
from validator.scopes.api_operations import operations
from validator.scopes.calls import ApiCall
from validator.scopes.catalogue import PRIVILEGED, Status, catalogue


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
    solution = solver.smallest(
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
