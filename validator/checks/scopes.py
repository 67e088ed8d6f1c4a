"""Scopes: whether a client requests what it needs, all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from validator.facts.classifier_tags import TAGS, tile_tags
from validator.facts.requested_scopes import MOST_OFFERS, SCOPES, requested_scopes
from validator.facts.scope_reasons import change_told, is_named
from validator.facts.signs import Sign, queried_tags, readme_signs, signs
from validator.integration import CONFIGURATION, Integration, once
from validator.model import DocumentError, Edit, Finding, Fix, Location, Related, Rule
from validator.scopes.catalogue import (
    API_KEYS_WRITE,
    PRIVILEGED,
    Status,
    catalogue,
    permissions,
)
from validator.scopes.guesses import means_submission, meant
from validator.scopes.policy import NO_POLICY, Attitude, ScopePolicy
from validator.settings import Setting
from validator.spelling import offer
from validator.wording import listed, quoted

CALLS = "oauth.api_calls"
"""The setting that declares the calls."""

if TYPE_CHECKING:
    from validator.scopes.calls import ApiCall
    from validator.scopes.needs import ScopeNeeds


def _catalogued() -> str:
    return f"catalogue of {catalogue().date}"


def _explained(signs: Iterable[Sign]) -> tuple[Related, ...]:
    return tuple(Related(sign.location, sign.words) for sign in signs)


def _requested(integration: Integration) -> dict[str, Location]:
    """Return the place of each scope that is requested; nothing where there is no list of them."""
    scopes = requested_scopes(integration)
    return dict(scopes.first) if scopes else {}


def _policy(integration: Integration) -> ScopePolicy:
    return integration.evidence.scope_policy or NO_POLICY


@once
def reasons(integration: Integration) -> dict[str, Setting]:
    """Return the reasons that the configuration gives for scopes, blank ones left out."""
    given = integration.settings.under("oauth.scopes")
    return {name: reason for name, reason in given.items() if reason.value.strip()}


def _is_explained(integration: Integration, scope: str) -> bool:
    """Tell whether a scope has a reason, or the organisation wants none."""
    allowed = _policy(integration).attitude(scope) is Attitude.ALLOW
    return allowed or scope in reasons(integration)


def _remove(integration: Integration, place: Location) -> Fix:
    """Return the fix that takes a scope off the list."""
    assert place.pointer is not None
    removal = integration.oauth_clients.locate_removal(place.pointer)
    return Fix("Take the scope off the list", (Edit(removal, ""),))


def _replace(integration: Integration, place: Location, successor: str | None) -> Fix:
    """Return the fix that requests a successor instead; removes a scope that has none."""
    if successor is None or successor in _requested(integration):
        return _remove(integration, place)
    return Fix(f"Request `{successor}` instead", (Edit(place, f'"{successor}"'),))


def _tag(integration: Integration, *tags: str) -> Fix:
    """Return the fix that adds classifier tags to the list of them."""
    from validator.fixes.edits import insert_item, merged

    edits = [insert_item(integration.manifest, TAGS, f'"{tag}"') for tag in tags]
    return Fix(f"Add {listed(tags, 'and')}", merged(edits))


def unknown(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find names that are in no list at all."""
    strangers = [
        (name, place)
        for name, place in _requested(integration).items()
        if catalogue().status(name) is Status.UNKNOWN
        and _policy(integration).attitude(name) is not Attitude.ALLOW
    ]
    for number, (name, place) in enumerate(strangers):
        hint = _meant(name) if number < MOST_OFFERS else ""
        yield rule.finding(
            place,
            f"{quoted(name)} is neither an OAuth scope nor a role permission in the "
            f"{_catalogued()}{hint}",
        )


def _meant(name: str) -> str:
    """Return what to request in place of a name that doesn't exist, to follow a clause; empty without a guess."""
    if means_submission(name):
        return f"; data is submitted with an API key: request `{API_KEYS_WRITE}`"
    scope = meant(name)
    return f"; did you mean `{scope}`?" if scope else ""


def unlisted(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find names that exist, but that no OAuth client can be given."""
    for name, place in _requested(integration).items():
        if _policy(integration).attitude(name) is Attitude.ALLOW:
            continue
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
    for name, place in _requested(integration).items():
        if catalogue().status(name) is Status.RETIRED:
            until, successor = catalogue().retired(name)
            yield rule.finding(
                place,
                f"`{name}` was last on the list of scopes on {until} ({_catalogued()}); "
                + (f"`{successor}` replaces it" if successor else "nothing replaces it"),
                fix=_replace(integration, place, successor),
            )


def duplicate(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that are requested more than once."""
    scopes = requested_scopes(integration)
    if scopes is None:
        return
    for name, place in scopes.again:
        first = Related(scopes.first[name], "it is requested here first")
        fix = _remove(integration, place)
        yield rule.finding(place, f"{quoted(name)} is requested already", related=(first,), fix=fix)


def api_keys_missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find clients that can't submit the data that their listing promises.

    An Agent check submits with the Agent's own key, so its metrics and logs say nothing about the client.
    """
    scopes = requested_scopes(integration)
    if scopes is None or scopes.may_hold(API_KEYS_WRITE) or "agent" in integration.kinds:
        return
    told = signs(integration).key_needed
    if told:
        data = sorted({sign.data.lower() for sign in told})
        yield rule.finding(
            scopes.location,
            f"`{API_KEYS_WRITE}` is not requested, but the listing says that {_and(data)} are "
            "submitted, which takes an API key",
            related=_explained((*told, *_readme_if_readable(integration))),
        )


def _readme_if_readable(integration: Integration) -> tuple[Sign, ...]:
    """Return what the README says about submission, as further evidence: none if it can't be read."""
    try:
        return readme_signs(integration)
    except DocumentError:
        return ()


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


def queried_data_missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find tags that promise to query data which no requested scope can serve."""
    scopes = requested_scopes(integration)
    told = {sign.data: sign for sign in queried_tags(integration)}
    for data in catalogue().queried:
        if scopes is None or data.name not in told or any(map(scopes.may_hold, data.scopes)):
            continue
        near = [name for name in data.disclosed if name in scopes.first]
        note = f"; {data.note}" if near or len(data.scopes) > 1 else ""
        which = "which is not" if len(data.scopes) == 1 else "none of which is"
        yield rule.finding(
            told[data.name].location,
            f"`{data.tag}` needs {listed(data.scopes)}, {which} requested ({_catalogued()}){note}",
            related=(
                Related(scopes.location, "the scopes are requested here"),
                *(Related(scopes.first[name], "this does not suffice") for name in near),
            ),
        )


def read_undisclosed(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that read data of which no tag tells the customer."""
    requested = _requested(integration)
    for data in catalogue().queried:
        reading = [name for name in data.disclosed if name in requested]
        if not reading:
            continue
        manifest = integration.manifest
        if not tile_tags(integration):  # another rule asks for tags at all
            return
        if data.name in {sign.data for sign in queried_tags(integration)}:
            continue
        verb = "reads" if len(reading) == 1 else "read"
        yield rule.finding(
            requested[reading[0]],
            f"{listed(reading, 'and')} {verb} {data.name.lower()} ({_catalogued()}), but the manifest "
            f"has no tag `{data.tag}`",
            related=(
                *(Related(requested[name], "and this reads them") for name in reading[1:]),
                Related(manifest.locate_key(TAGS), "the tag would stand here"),
            ),
            # Without the scopes that the tag promises, the next finding would ask for them.
            fix=_tag(integration, data.tag) if requested.keys() & set(data.scopes) else None,
        )


def submission_untagged(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find clients that submit data without any tag that tells the customer so."""
    if API_KEYS_WRITE not in _requested(integration):
        return
    manifest = integration.manifest
    if not tile_tags(integration):  # another rule asks for tags at all
        return
    told = (*signs(integration).key_needed, *readme_signs(integration))
    if told and not signs(integration).submitted_tags:
        data = sorted({sign.data for sign in told})
        tags = [f"Submitted Data Type::{name}" for name in data]
        yield rule.finding(
            manifest.locate_key(TAGS),
            f"no `Submitted Data Type` tag, though {_and([name.lower() for name in data])} are "
            f"submitted; expected {listed(tags, 'and')}",
            related=(
                *_explained(told),
                Related(
                    _requested(integration)[API_KEYS_WRITE], "the key for it is requested here"
                ),
            ),
            fix=_tag(integration, *tags, *_with_category(integration, data)),
        )


_LOGS = ("Logs", "Category::Log Collection")
"""A kind of data, and the category that goes with it."""


def _with_category(integration: Integration, data: Iterable[str]) -> list[str]:
    """Return the category that a kind of data asks for, where the tile lacks it."""
    tags = integration.manifest.get(TAGS)
    kind, category = _LOGS
    return [category] if kind in data and category not in tags else []


def unusable(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that no operation asks for."""
    for name, place in _requested(integration).items():
        if name in catalogue().without_operation:
            yield rule.finding(
                place, f"no public operation accepts `{name}` ({_catalogued()}): it opens nothing"
            )


def pair_incomplete(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes without the one that each of their operations asks for as well."""
    scopes = requested_scopes(integration)
    for name, other in catalogue().needs.items():
        if scopes is not None and name in scopes.first and not scopes.may_hold(other):
            yield rule.finding(
                scopes.first[name],
                f"`{name}` needs `{other}` beside it, which is not requested ({_catalogued()})",
                about=other,
            )


def privileged(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes with so much power that they need a reason."""
    for name, place in _requested(integration).items():
        risk = catalogue().risk(name)
        denied = _policy(integration).attitude(name) is Attitude.DENY
        if risk in PRIVILEGED and not denied and not _is_explained(integration, name):
            yield rule.finding(
                place,
                f"`{name}` {risk.value} ({_catalogued()}), and no reason for it is given in "
                f"`{CONFIGURATION}`",
            )


def excessive(integration: Integration, rule: Rule, *, limit: int) -> Iterator[Finding]:
    """Find clients that request more scopes than anybody can weigh, unless each has a reason."""
    scopes = requested_scopes(integration)
    maximum = _policy(integration).maximum
    limit = limit if maximum is None else maximum
    if scopes is None or len(scopes.first) <= limit:
        return
    unexplained = [name for name in scopes.first if not _is_explained(integration, name)]
    if unexplained:
        without = "none" if len(unexplained) == len(scopes.first) else f"{len(unexplained)}"
        having = "of them has a reason" if without == "none" else "of them have no reason"
        beyond = list(scopes.first.values())[limit]
        yield rule.finding(
            scopes.location,
            f"{len(scopes.first)} scopes are requested, more than {limit}; {without} {having} in "
            f"`{CONFIGURATION}`",
            related=(Related(beyond, "here the list gets longer than that"),),
        )


def sensitive(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that can read secrets."""
    for name, place in _requested(integration).items():
        if name in catalogue().reads_secrets:
            if _policy(integration).attitude(name) is Attitude.ALLOW:
                continue
            secret = catalogue().reads_secrets[name]
            yield rule.finding(place, f"`{name}` reads {secret} ({_catalogued()})")


def write_unexplained(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that change something of which no sentence of the README says that it is changed."""
    for name, place in _requested(integration).items():
        keywords = catalogue().write_keywords.get(name)
        if keywords is None or _is_explained(integration, name):
            continue
        if change_told(integration, name) is None:
            readme = integration.readme
            yield rule.finding(
                place,
                f"`{name}` changes something, and no sentence of the README says what is created or changed; "
                f"looked for one on {listed(keywords)}",
                related=(Related(readme.locate_line(1), "no sentence of this README says so"),),
            )


def _as_meant(name: str) -> str:
    """Return the scope that a name stands for: that of a misspelt one is judged before it is corrected, too."""
    is_stranger = catalogue().status(name) is Status.UNKNOWN
    return (meant(name) if is_stranger else None) or name


_MOST_TOLD = 3
"""Scopes whose data a README names; where it names so many, one that it forgets is no surprise."""

_MOST_NAMED = 6
"""Scopes that a message names; the places of the others stand below it."""


def read_unexplained(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find what is read and never named in the README: once for a client, with every such scope.

    What a `Queried Data Type` tag tells is that rule's matter. Who declares the calls has said what is read.
    """
    requested = _requested(integration)
    if _declared(integration):
        return
    read = [(name, _as_meant(name)) for name in requested]
    unnamed = [
        name
        for name, scope in read
        if scope in catalogue().read_keywords
        and not _is_explained(integration, name)
        and not is_named(integration, scope)
    ]
    told = sum(catalogue().access(scope) == "read" for _, scope in read) - len(unnamed)
    if not unnamed or (len(unnamed) == 1 and told >= _MOST_TOLD):
        return
    first, *others = unnamed
    verb = "reads" if not others else "read"
    more = len(unnamed) - _MOST_NAMED
    names = ", ".join(f"`{name}`" for name in unnamed[:_MOST_NAMED])
    names = f"{names} and {more} more" if more > 0 else listed(unnamed, "and")
    yield rule.finding(
        requested[first],
        f"{names} {verb} what the README never names; expected a sentence on what is read, and what for",
        anywhere=True,
        related=tuple(Related(requested[name], "nor is what this reads") for name in others),
    )


def _known(integration: Integration) -> str:
    """Return how the calls are known, in one word."""
    if integration.evidence.found_calls is None:
        return "declared"
    return "known" if CALLS in integration.settings.settings else "found"


def _needs(integration: Integration) -> ScopeNeeds | None:
    """Return what the known calls need; None where none are known, and then nothing is imported."""
    if CALLS not in integration.settings.settings and integration.evidence.found_calls is None:
        return None
    from validator.facts.scope_needs import needs_of

    return needs_of(integration)


def _declared(integration: Integration) -> tuple[ApiCall, ...]:
    """Return the declared calls."""
    if CALLS not in integration.settings.settings:
        return ()
    from validator.facts.scope_needs import declared_calls

    return declared_calls(integration) or ()


def beyond_calls(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that the known calls don't need."""
    needs = _needs(integration)
    requested = _requested(integration)
    for name in needs.excess if needs else ():
        assert needs is not None
        taking = [call for call in needs.calls if any(name in names for names in call.alternatives)]
        declared = integration.settings.settings.get(CALLS)
        related = [Related(declared.location, "the calls are declared here")] if declared else []
        related += [Related(call.location, "this call takes it") for call in taking]
        message = _why_not_needed(name, needs, taking, _known(integration))
        yield rule.finding(requested[name], f"{message} ({_catalogued()})", related=tuple(related))


def _why_not_needed(name: str, needs: ScopeNeeds, taking: list[ApiCall], known: str) -> str:
    """Say why a scope is not needed; ``taking`` are the calls that would take it all the same."""
    if taking:
        others = needs.needed & {
            scope for call in taking for names in call.alternatives for scope in names
        }
        if others:
            served = listed(sorted(others), "and")
            return f"every {known} call that takes `{name}` is served by {served}, too"
        return f"no {known} call needs `{name}` beside the other scopes"
    count = len(needs.calls)
    if count > 1:
        return f"none of the {count} {known} calls needs `{name}`"
    return f"no {known} call needs `{name}`"


def missing_for_calls(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes without which a known call is refused."""
    needs = _needs(integration)
    scopes = requested_scopes(integration)
    for name in needs.missing if needs else ():
        assert needs is not None
        assert scopes is not None
        calls = needs.serving[name]
        if not calls or scopes.may_hold(name):
            continue
        known = _known(integration)
        needed = "it" if calls[0].needs == f"`{name}`" else calls[0].needs
        subject = (
            f"the {known} call {quoted(calls[0].text)} needs {needed}"
            if len(calls) == 1
            else f"{len(calls)} {known} calls need it, such as {quoted(calls[0].text)}"
        )
        yield rule.finding(
            scopes.location,
            f"`{name}` is not requested, but {subject} ({_catalogued()})",
            about=name,
            related=tuple(Related(call.location, "this call needs it") for call in calls),
        )


def call_unreachable(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find declared calls that no OAuth token can make."""
    for call in _declared(integration):
        if call.is_unreachable:
            reason = call.obstacle
            yield rule.finding(call.location, f"{quoted(call.text)} {reason} ({_catalogued()})")


def call_unknown(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find declared calls that are no known operation."""
    for call in _declared(integration):
        if call.operation is not None:
            continue
        near = [operation.call for operation in call.match.near]
        if call.match.is_ambiguous:
            message = f"is the id of more than one operation; expected {listed(near)}"
        elif near:
            message = f"is no operation in the {_catalogued()}; did you mean {listed(near)}?"
        else:
            message = (
                f"is no operation in the {_catalogued()}; expected a call such as "
                "`GET /api/v1/monitor`"
            )
        yield rule.finding(call.location, f"{quoted(call.text)} {message}")


def _own_reasons(integration: Integration) -> Iterator[tuple[str, Setting]]:
    """Yield the reasons in the integration's own file: one above it may speak of other integrations."""
    for name, setting in integration.settings.under("oauth.scopes").items():
        if setting.location.integration == integration.path:
            yield name, setting


def reason_empty(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find reasons that say nothing."""
    for name, setting in _own_reasons(integration):
        if not setting.value.strip():
            yield rule.finding(
                setting.location, f"the reason for {quoted(name)} is empty; it silences nothing"
            )


def reason_unused(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find reasons for scopes that are not requested."""
    requested = _requested(integration)
    for name, setting in _own_reasons(integration):
        if name not in requested:
            yield rule.finding(
                setting.location,
                f"{quoted(name)} has a reason, but is not requested{offer(name, requested)}",
                related=(
                    Related(integration.oauth_clients.locate_key(SCOPES), "the list of scopes"),
                ),
            )


def denied(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes that the organisation's policy denies."""
    yield from _by_policy(
        integration, rule, Attitude.DENY, "is denied by the organisation's policy"
    )


def unjustified(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find scopes for which the organisation's policy wants a reason that isn't given."""
    words = f"needs a reason in `{CONFIGURATION}`, says the organisation's policy"
    yield from _by_policy(integration, rule, Attitude.NEEDS_REASON, words)


def _by_policy(
    integration: Integration, rule: Rule, attitude: Attitude, words: str
) -> Iterator[Finding]:
    policy = _policy(integration)
    for name, place in _requested(integration).items():
        if policy.attitude(name) is not attitude or (
            attitude is Attitude.NEEDS_REASON and name in reasons(integration)
        ):
            continue
        verdict = policy.verdicts[name]
        yield rule.finding(
            place,
            f"`{name}` {words}" + (f": {verdict.reason.strip()}" if verdict.reason else ""),
            related=(Related(verdict.location, "the policy says so here"),),
        )


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
