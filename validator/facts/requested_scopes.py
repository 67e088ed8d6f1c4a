"""The scopes that an OAuth client requests, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.integration import Integration, once
from validator.model import Location, Pointer

SCOPES: Pointer = ("integration", "scopes")
"""Where the client file lists them."""


@dataclass(frozen=True, slots=True)
class RequestedScopes:
    """What the list says: ``first`` is the first place of each name, ``again`` are repetitions.

    ``location`` is the list itself.
    """

    location: Location
    first: Mapping[str, Location]
    again: tuple[tuple[str, Location], ...]


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
    return RequestedScopes(document.locate_key(SCOPES), first, tuple(again))
