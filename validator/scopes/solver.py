"""The smallest set of scopes with which a client can make its calls.

A call accepts any of several sets of scopes (OR), and needs every scope of the one it takes (AND). To
choose for many calls at once is a set cover, so the search is exact up to a bound and never worse than a
set from which nothing can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

Alternatives = tuple[frozenset[str], ...]
"""What one call accepts: sets of scopes any of which suffices, the usual one first; never empty here."""

MOST_STEPS = 5_000
"""Steps of the search beyond which the best set found so far is taken; real calls need fewer than ten."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A set of scopes that serves every call; ``is_smallest`` is False if the search was cut short."""

    scopes: frozenset[str]
    is_smallest: bool = True


def serves(scopes: Collection[str], alternatives: Alternatives) -> bool:
    """Tell whether a client that holds these scopes may make a call."""
    return any(alternative.issubset(scopes) for alternative in alternatives)


def smallest(
    calls: Iterable[Alternatives],
    held: Collection[str],
    weight: Callable[[str], int],
) -> Solution:
    """Return the smallest set of scopes that serves all calls.

    Among sets of one size, the one wins that takes most of the scopes already ``held``, then the one
    with the least ``weight``, then the more usual one, then the first in the alphabet, so that the answer
    never depends on the order of the calls. Where every one of some calls that share scopes is served by what is held, nothing is added
    for them.
    """
    owned = frozenset(held)
    calls = list(calls)
    rank = _ranks(calls)
    chosen: set[str] = set()
    is_smallest = True
    for group in _groups(_simplified(calls)):
        if all(serves(owned, call) for call in group):
            group = [tuple(names for names in call if names <= owned) for call in group]  # noqa: PLW2901 (narrowed)
        search = _Search(group, owned, lambda scope: (weight(scope), rank[scope]))
        chosen |= search.best
        is_smallest &= search.is_complete
    return Solution(frozenset(chosen), is_smallest)


def _ranks(calls: Iterable[Alternatives]) -> dict[str, int]:
    """Return how far from the usual each scope is: its first place among the alternatives of a call."""
    ranks: dict[str, int] = {}
    for call in calls:
        for place, names in enumerate(call):
            for name in names:
                ranks[name] = min(place, ranks.get(name, place))
    return ranks


def _simplified(calls: Iterable[Alternatives]) -> list[Alternatives]:
    """Return the distinct calls that need a scope, without alternatives that hold another one."""
    simplified = {
        tuple(sorted((own for own in call if not any(other < own for other in call)), key=sorted))
        for call in {tuple(sorted(set(call), key=sorted)) for call in calls}
    }
    return sorted(
        (call for call in simplified if all(call)),
        key=lambda call: [sorted(names) for names in call],
    )


def _groups(calls: list[Alternatives]) -> list[list[Alternatives]]:
    """Return the calls in groups that share no scope: each can be solved by itself."""
    groups: list[tuple[set[str], list[Alternatives]]] = []
    for call in calls:
        scopes = {scope for names in call for scope in names}
        members = [call]
        apart = []
        for others, group in groups:
            if others.isdisjoint(scopes):
                apart.append((others, group))
            else:
                scopes |= others
                members += group
        groups = [*apart, (scopes, members)]
    return [members for _, members in groups]


Cost = tuple[int, int, int, int, list[str]]


class _Search:
    """Finds the best set for one group of calls, by branch and bound."""

    def __init__(
        self,
        calls: list[Alternatives],
        held: frozenset[str],
        weigh: Callable[[str], tuple[int, int]],
    ) -> None:
        self._calls = calls
        self._held = held
        self._weigh = weigh
        self._steps = 0
        self.is_complete = True
        self._least = self._cost(self._greedy())
        self._explore(frozenset())

    @property
    def best(self) -> frozenset[str]:
        """The best set found."""
        *_, names = self._least
        return frozenset(names)

    def _cost(self, scopes: frozenset[str]) -> Cost:
        names = sorted(scopes)
        weights = [self._weigh(name) for name in names]
        return (
            len(names),
            len(scopes - self._held),
            sum(weight for weight, _ in weights),
            sum(rank for _, rank in weights),
            names,
        )

    def _open(self, scopes: frozenset[str]) -> list[Alternatives]:
        """Return what the calls that are not served yet still need."""
        return [
            tuple(names - scopes for names in call)
            for call in self._calls
            if not serves(scopes, call)
        ]

    def _greedy(self) -> frozenset[str]:
        """Return a set that serves all calls, and from which nothing can be left out."""
        scopes: frozenset[str] = frozenset()
        while waiting := self._open(scopes):
            call = min(waiting, key=len)
            least = min(call, key=self._cost)
            scopes |= least
        for scope in sorted(scopes, key=lambda name: (name in self._held, name)):
            if all(serves(scopes - {scope}, call) for call in self._calls):
                scopes -= {scope}
        return scopes

    def _explore(self, scopes: frozenset[str]) -> None:
        """Try to extend a set until it serves all calls, as long as it can become the best."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            self.is_complete = False
            return
        waiting = self._open(scopes)
        if not waiting:
            self._least = min(self._least, self._cost(scopes))
            return
        # Whatever comes, the call that needs most must still be served.
        needed = max(min(len(names) for names in call) for call in waiting)
        if len(scopes) + needed > self._least[0]:
            return
        call = min(waiting, key=lambda call: (len(call), [sorted(names) for names in call]))
        for names in sorted(call, key=self._cost):
            self._explore(scopes | names)
