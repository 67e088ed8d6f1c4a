"""The official Python client: which operation each of its methods calls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from validator.definitions import policies
from validator.scopes.api_operations import Operation, Operations, operations
from validator.scopes.catalogue import API_KEYS_WRITE


@cache
def methods() -> Mapping[str, Mapping[str, str]]:
    """Return ``GET /path`` by method name, by class name such as ``v1.MonitorsApi``."""
    found: Mapping[str, Mapping[str, str]] = policies.load(policies.PythonClient).methods
    return found


@cache
def newer_operations() -> Operations:
    """Return the operations that the client knows and the endpoint policy doesn't.

    Of those that accept an OAuth token nobody knows which scopes they ask for.
    """
    known = {operation.call for operation in operations().all}
    policy = policies.load(policies.PythonClient)
    alternatives = {
        **dict.fromkeys(policy.open, (frozenset[str](),)),
        **dict.fromkeys(policy.with_api_key, (frozenset([API_KEYS_WRITE]),)),
    }
    found = {
        call: name
        for owned in methods().values()
        for name, call in owned.items()
        if call not in known
    }
    return Operations(
        Operation(
            method=call.partition(" ")[0],
            path=call.partition(" ")[2],
            id="".join(word.capitalize() for word in name.split("_")),
            alternatives=alternatives.get(call),
        )
        for call, name in found.items()
    )
