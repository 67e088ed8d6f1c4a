"""From the calls that a service makes to the scopes that its client needs."""

from __future__ import annotations

from validator.facts.requested_scopes import requested_scopes
from validator.facts.signs import signs
from validator.integration import Integration, once
from validator.scopes.calls import ApiCall, resolve
from validator.scopes.catalogue import API_KEYS_WRITE
from validator.scopes.needs import ScopeNeeds, compare

MOST_GUESSES = 20
"""Unknown calls for which similar ones are looked up; what comes after them is merely unknown."""


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
    declared, found = declared_calls(integration), integration.evidence.found_calls
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
    found = integration.evidence.found_calls
    return compare(
        calls,
        list(scopes.first),
        [API_KEYS_WRITE] if signs(integration).key_needed else [],
        may_be_more=bool(found and found.bases),
    )
