"""Scopes: whether a client requests what it needs, all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from validator.integration import Integration
from validator.model import Finding, Related, Rule
from validator.names import offer
from validator.requested_scopes import requested_scopes
from validator.scope_catalogue import API_KEYS_WRITE, Status, catalogue, permissions
from validator.signs import Sign, readme_signs, signs


def _catalogued() -> str:
    return f"catalogue of {catalogue().date}"


def _explained(signs: tuple[Sign, ...]) -> tuple[Related, ...]:
    return tuple(Related(sign.location, sign.words) for sign in signs)


def unknown(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find names that are in no list at all."""
    scopes = requested_scopes(integration)
    for name, place in scopes.first.items() if scopes else ():
        if catalogue().status(name) is Status.UNKNOWN:
            yield rule.finding(
                place,
                f"`{name}` is neither an OAuth scope nor a role permission in the {_catalogued()}"
                + offer(name, catalogue().requestable),
            )


def unlisted(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find names that exist, but that no OAuth client can be given."""
    scopes = requested_scopes(integration)
    for name, place in scopes.first.items() if scopes else ():
        status = catalogue().status(name)
        if status is Status.PERMISSION:
            note = permissions()[name]
            yield rule.finding(
                place,
                f"`{name}` is a role permission, but no OAuth scope in the {_catalogued()}"
                + (f": {note}" if note else ""),
            )
        elif status is Status.UNLISTED:
            yield rule.finding(
                place, f"`{name}` is in use, but not on the public list in the {_catalogued()}"
            )


def retired(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that were on the list and are gone."""
    scopes = requested_scopes(integration)
    for name, place in scopes.first.items() if scopes else ():
        if catalogue().status(name) is Status.RETIRED:
            until, successor = catalogue().retired(name)
            yield rule.finding(
                place,
                f"`{name}` was last on the list of scopes on {until} ({_catalogued()}); "
                + (f"`{successor}` replaces it" if successor else "nothing replaces it"),
            )


def duplicate(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that are requested more than once."""
    scopes = requested_scopes(integration)
    for name, place in scopes.again if scopes else ():
        yield rule.finding(
            place,
            f"`{name}` is requested already",
            related=(Related(scopes.first[name], "it is requested here first"),) if scopes else (),
        )


def api_keys_missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find clients that can't submit the data that their listing promises.

    An Agent check submits with the Agent's own key, so its metrics and logs say nothing about the client.
    """
    scopes = requested_scopes(integration)
    if scopes is None or API_KEYS_WRITE in scopes.first or "agent" in integration.kinds:
        return
    told = signs(integration).key_needed
    if told:
        data = sorted({sign.data.lower() for sign in told})
        yield rule.finding(
            scopes.location,
            f"`{API_KEYS_WRITE}` is not requested, but the listing says that {_and(data)} are "
            "submitted, which takes an API key",
            related=_explained(told),
        )


def api_keys_unneeded(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find clients that may create API keys though nothing says that data is submitted."""
    scopes = requested_scopes(integration)
    if scopes is None or API_KEYS_WRITE not in scopes.first:
        return
    integration.manifest  # noqa: B018 (without its tags nothing can be said)
    if not signs(integration).key_needed and not readme_signs(integration):
        yield rule.finding(
            scopes.first[API_KEYS_WRITE],
            f"`{API_KEYS_WRITE}` is requested, but nothing says that data is submitted: no "
            "`Submitted Data Type` tag, no metric in `metadata.csv`, no `creates_events`, no log "
            "pipeline, no dataflow",
        )


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
