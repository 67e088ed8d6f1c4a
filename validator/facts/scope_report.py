"""The report on the scopes of an integration's client, worked out of what the tile and its code say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from validator.facts.requested_scopes import requested_scopes
from validator.facts.scope_needs import needs_of
from validator.facts.scope_reasons import change_told
from validator.facts.signs import Sign, queried_tags, readme_signs, signs
from validator.integration import CONFIGURATION, MANIFEST, README, Integration
from validator.model import Finding, Location, Rule
from validator.report import ReportedIntegration
from validator.scope_report import (
    ClientScopes,
    Need,
    OpenedOperation,
    Reason,
    Remark,
    ReportedCall,
    ScopeRow,
)
from validator.scopes.api_operations import operations
from validator.scopes.calls import ApiCall
from validator.scopes.catalogue import (
    API_KEYS_WRITE,
    Status,
    catalogue,
    descriptions,
)
from validator.scopes.needs import ScopeNeeds
from validator.scopes.policy import Attitude

CALL_RULES = frozenset(
    {
        "missing-scope-for-declared-call",
        "scope-beyond-declared-calls",
        "unknown-declared-call",
        "unreachable-declared-call",
    }
)
"""The rules whose findings are the rows and lists of this report."""


def rules_about_scopes(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules about scopes, and the one that tells why they can't be judged."""
    return tuple(
        rule
        for rule in rules
        if rule.check.startswith("scopes.") or rule.id == "unreadable-document"
    )


def build(integration: Integration, findings: Iterable[Finding]) -> ClientScopes | None:
    """Return the report on the scopes of an integration's client; None when there is no list of scopes.

    ``findings`` are what the rules about scopes found. Raises DocumentError when a document can't be read.
    """
    scopes = requested_scopes(integration)
    if scopes is None:
        return None
    needs = needs_of(integration)
    rows = [_row(integration, name, place, needs) for name, place in scopes.first.items()]
    missing = {API_KEYS_WRITE: None} if _lacks_key(integration, scopes.first) else {}
    missing.update(dict.fromkeys(needs.missing if needs else ()))
    rows += [_row(integration, name, None, needs) for name in missing]
    minimal = tuple(row.name for row in rows if row.need is not Need.NOT_NEEDED)
    found = integration.evidence.found_calls
    unseen = found.bases if found else ()
    is_open = needs is None and any(row.need is Need.CANT_TELL for row in rows)
    return ClientScopes(
        integration=ReportedIntegration(integration.path, integration.name),
        rows=tuple(rows),
        calls=tuple(map(_call, needs.calls)) if needs else None,
        is_smallest=needs.is_smallest if needs else None,
        minimal=minimal,
        consent=tuple(
            (name, descriptions().get(name, "do what nobody here can tell")) for name in minimal
        ),
        remarks=tuple(_remarks(needs, unseen)) if needs else (),
        findings=tuple(
            finding
            for finding in findings
            if finding.location.integration == integration.path
            and finding.rule.id not in CALL_RULES
        ),
        unseen=unseen,
        files_read=found.files if found else None,
        hint=_HINT if is_open else "",
    )


_HINT = (
    "No API call is known: declare the calls that the service makes under `oauth.api_calls` in "
    f"`{CONFIGURATION}`, or name the folder of its source code with `--code`."
)


def _call(call: ApiCall) -> ReportedCall:
    operation = call.operation
    return ReportedCall(
        call.text,
        call.location,
        operation.call if operation else None,
        tuple(tuple(sorted(names)) for names in call.alternatives),
        None if operation is None else not call.is_unreachable,
        tuple(other.call for other in call.match.near),
    )


def _remarks(
    needs: ScopeNeeds, unseen: Iterable[Location]
) -> Iterator[tuple[str, tuple[Remark, ...]]]:
    """Yield the lists of calls that something is to be said about, each with its title."""
    yield (
        "Calls that no OAuth token can make",
        tuple(Remark(call.location, call.text, call.obstacle) for call in needs.unreachable),
    )
    yield (
        "Calls that accept OAuth, but nobody knows with which scopes",
        tuple(Remark(call.location, call.meaning) for call in needs.unclear),
    )
    yield (
        "Calls that may mean more than one operation",
        tuple(
            Remark(call.location, call.text, " or ".join(near.call for near in call.match.near))
            for call in needs.unknown
            if call.match.is_ambiguous
        ),
    )
    yield (
        "Calls that are no known operation",
        tuple(
            Remark(call.location, call.text, _offer(call))
            for call in needs.unknown
            if not call.match.is_ambiguous
        ),
    )
    yield (
        "Calls that need no scope",
        tuple(
            Remark(call.location, call.meaning)
            for call in needs.calls
            if frozenset() in call.alternatives
        ),
    )
    yield (
        "Places that put paths of the API together",
        tuple(Remark(location, "", "what is called can't be seen") for location in unseen),
    )


def _offer(call: ApiCall) -> str:
    """Return the calls that were perhaps meant, as a question; an empty string for none."""
    near = " or ".join(operation.call for operation in call.match.near)
    return f"did you mean {near}?" if near else ""


def _lacks_key(integration: Integration, requested: Iterable[str]) -> bool:
    return (
        API_KEYS_WRITE not in requested
        and "agent" not in integration.kinds
        and bool(signs(integration).key_needed)
    )


def _row(
    integration: Integration, name: str, place: Location | None, needs: ScopeNeeds | None
) -> ScopeRow:
    policy = integration.evidence.scope_policy
    reason = integration.settings.settings.get(f"oauth.scopes.{name}")
    attitude = policy.attitude(name) if policy else None
    need, why = _judge(integration, name, place, needs)
    if reason and reason.value.strip():
        given = Reason("the reason given", reason.location, " ".join(reason.value.split()))
        why = (*why, given)
    if policy and name in policy.verdicts:
        verdict = policy.verdicts[name]
        words = _ATTITUDES[verdict.attitude]
        why = (*why, Reason(words, verdict.location, " ".join(verdict.reason.split())))
    return ScopeRow(
        name=name,
        requested=place,
        need=need,
        why=why,
        opens=tuple(
            OpenedOperation(operation.call, operation.changes_something)
            for operation in operations().by_scope.get(name, ())
        ),
        status=catalogue().status(name).name.lower(),
        access=catalogue().access(name),
        risk=catalogue().risk(name).name.lower().replace("_", "-"),
        risk_words=catalogue().risk(name).value,
        given=reason.value.strip() if reason else "",
        attitude=attitude.value if attitude else "",
    )


_ATTITUDES = {
    Attitude.ALLOW: "the organisation's policy allows it",
    Attitude.DENY: "the organisation's policy denies it",
    Attitude.NEEDS_REASON: "the organisation's policy wants a reason",
}


def _judge(
    integration: Integration, name: str, place: Location | None, needs: ScopeNeeds | None
) -> tuple[Need, tuple[Reason, ...]]:
    """Return the verdict on a scope, and why."""
    policy = integration.evidence.scope_policy
    vouched = policy is not None and policy.attitude(name) is Attitude.ALLOW
    useless = "" if vouched else _useless(name, catalogue().status(name))
    if useless:
        return Need.NOT_NEEDED, (Reason(useless),)
    told = tuple(_told(integration, name))
    here = Need.NEEDED if place is not None else Need.MISSING
    if needs is not None:
        calls = tuple(
            Reason("", call.location, call.meaning) for call in needs.serving.get(name, ())
        )
        if name in needs.needed:
            return here, (*calls, *told)
        if name in needs.excess:
            return Need.NOT_NEEDED, (Reason(_unserved(name, needs)), *told)
        return Need.CANT_TELL, (Reason(_doubt(integration, name, needs)), *told)
    if told and name == API_KEYS_WRITE:
        return here, told
    if name == API_KEYS_WRITE and integration.has(MANIFEST):
        return Need.NOT_NEEDED, (Reason("nothing says that data is submitted"),)
    if told:
        return Need.NEEDED, told
    return Need.CANT_TELL, tuple(_readme(integration, name))


def _useless(name: str, status: Status) -> str:
    """Say why a scope can be of no use; an empty string if it can."""
    if status is Status.RETIRED:
        until, successor = catalogue().retired(name)
        instead = f"; request {successor}" if successor else ""
        return f"it was last on the list of scopes on {until}{instead}"
    if status in (Status.UNLISTED, Status.PERMISSION, Status.UNKNOWN):
        return f"it is {status.value}"
    return "no public operation accepts it" if name in catalogue().without_operation else ""


def _told(integration: Integration, name: str) -> Iterator[Reason]:
    """Yield what the listing says in favour of a scope."""
    said: tuple[Sign, ...] = ()
    if name == API_KEYS_WRITE:
        said = (*signs(integration).key_needed, *readme_signs(integration))
    for data in catalogue().queried:
        if name in data.scopes:
            tags = queried_tags(integration)
            said = (*said, *(sign for sign in tags if sign.data == data.name))
    for sign in said:
        yield Reason(sign.words, sign.location)


def _readme(integration: Integration, name: str) -> Iterator[Reason]:
    """Yield the first place where the README says that what a scope changes is changed."""
    place = change_told(integration, name) if integration.has(README) else None
    if place is not None:
        yield Reason("the README says what it changes", place)


def _unserved(name: str, needs: ScopeNeeds) -> str:
    if any(name in names for call in needs.calls for names in call.alternatives):
        return "the calls that it serves are served by other needed scopes"
    count = len(needs.calls)
    return f"none of the {count} known calls needs it" if count > 1 else "no known call needs it"


def _doubt(integration: Integration, name: str, needs: ScopeNeeds) -> str:
    found = integration.evidence.found_calls
    if found and found.bases:
        return "no known call needs it, but the source code puts paths together that can't be seen"
    if name in catalogue().unread and needs.unclear:
        return "nobody knows yet which operations it opens"
    return "one of the calls of which nobody knows what they need may need it"
