"""The scopes that an OAuth client requests, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from validator.integration import Integration, once
from validator.model import Location, Pointer
from validator.scopes.catalogue import API_KEYS_WRITE, Status, catalogue
from validator.scopes.guesses import means_submission, meant

SCOPES: Pointer = ("integration", "scopes")
"""Where the client file lists them."""

MOST_OFFERS = 50
"""Unknown scopes of one client for which similar ones are looked up."""


@dataclass(frozen=True, slots=True)
class RequestedScopes:
    """What the list says: ``first`` is the first place of each name, ``again`` are repetitions.

    ``location`` is the list itself. ``meant`` are scopes that a name which is refused was meant for;
    ``is_refused`` tells that the list holds what is no name, or nothing.
    """

    location: Location
    first: Mapping[str, Location]
    again: tuple[tuple[str, Location], ...]
    meant: frozenset[str] = frozenset()
    is_refused: bool = False

    def may_hold(self, name: str) -> bool:
        """Tell whether a scope is requested, or would be if what other rules refuse were mended."""
        return name in self.first or name in self.meant or self.is_refused


@once
def requested_scopes(integration: Integration) -> RequestedScopes | None:
    """Return the scopes that the client requests; None where the file has no list of them.

    What is no name is passed over: ``invalid-oauth-client`` speaks of it. Raises DocumentError when the
    client file isn't there or can't be read.
    """
    document = integration.oauth_clients
    names = document.get(SCOPES)
    if not isinstance(names, list):
        return None
    first: dict[str, Location] = {}
    again: list[tuple[str, Location]] = []
    for index, name in enumerate(names):
        if isinstance(name, str) and name.strip():
            place = document.locate((*SCOPES, index))
            if name in first:
                again.append((name, place))
            else:
                first[name] = place
    return RequestedScopes(
        document.locate_key(SCOPES),
        first,
        tuple(again),
        frozenset(_meant(first)),
        is_refused=not names or len(first) + len(again) < len(names),
    )


def _meant(names: Iterable[str]) -> Iterator[str]:
    """Yield the scope that each name which can't be requested stands for, as far as one is like it."""
    known = catalogue()
    for name in islice((name for name in names if name not in known.requestable), MOST_OFFERS):
        status = known.status(name)
        if status is Status.RETIRED:
            successor = known.retired(name)[1]
            yield from (successor,) if successor else ()
        elif status is Status.UNKNOWN:
            scope = API_KEYS_WRITE if means_submission(name) else meant(name)
            yield from (scope,) if scope else ()
