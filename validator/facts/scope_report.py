"""What a reviewer wants to know about each scope: asked for, needed, why, and what it opens."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from validator.facts.requested_scopes import requested_scopes
from validator.facts.scope_needs import needs_of
from validator.facts.signs import Sign, queried_tags, readme_signs, signs
from validator.integration import CONFIGURATION, MANIFEST, README, Integration
from validator.model import Finding, Location, Rule
from validator.scopes.api_operations import Operation, operations
from validator.scopes.catalogue import (
    API_KEYS_WRITE,
    Risk,
    Status,
    catalogue,
    descriptions,
    mentions,
)
from validator.scopes.needs import ScopeNeeds
from validator.scopes.policy import Attitude

if TYPE_CHECKING:
    from validator.scopes.source_code import FoundCalls


CALL_RULES = frozenset(
    {
        "missing-scope-for-declared-call",
        "scope-beyond-declared-calls",
        "unknown-declared-call",
        "unreachable-declared-call",
    }
)
"""The rules whose findings are the rows and lists of this report."""


class Need(enum.Enum):
    """The verdict on a scope."""

    NEEDED = "needed"
    MISSING = "missing"
    NOT_NEEDED = "not-needed"
    CANT_TELL = "cant-tell"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a verdict is as it is: a clause, and the place that says so if there is one.

    ``quoted`` is what somebody else wrote there; the clause may be empty then.
    """

    words: str
    location: Location | None = None
    quoted: str = ""

    @property
    def text(self) -> str:
        """The clause and what is quoted, in one."""
        return ": ".join(filter(None, (self.words, self.quoted)))


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One scope: where it is requested (None: it isn't), the verdict, the evidence, what it opens.

    ``reason`` is what the configuration says it is for, ``attitude`` what the organisation thinks of it.
    """

    name: str
    requested: Location | None
    need: Need
    why: tuple[Evidence, ...]
    opens: tuple[Operation, ...]
    status: Status
    access: str
    risk: Risk
    reason: str
    attitude: Attitude | None

    @property
    def changing(self) -> int:
        """How many of the operations change something."""
        return sum(operation.changes_something for operation in self.opens)


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """The scopes of one integration.

    ``needs`` is None as long as no calls are known. ``minimal`` is the list to request: what is needed,
    and what nobody can tell. ``findings`` are those of the other rules about scopes.
    """

    integration: Integration
    rows: tuple[ScopeRow, ...]
    needs: ScopeNeeds | None
    minimal: tuple[str, ...]
    findings: tuple[Finding, ...]
    bases: tuple[Location, ...] = ()
    files_read: int | None = None

    @property
    def hint(self) -> str:
        """What to do so that everything can be told; an empty string if nothing is to be done."""
        if self.needs is not None or not self.having(Need.CANT_TELL):
            return ""
        return (
            "No API call is known: declare the calls that the service makes under `oauth.api_calls` in "
            f"`{CONFIGURATION}`, or name the folder of its source code with `--code`."
        )

    def having(self, need: Need) -> tuple[ScopeRow, ...]:
        """Return the rows of one verdict."""
        return tuple(row for row in self.rows if row.need is need)

    @property
    def consent(self) -> tuple[tuple[str, str], ...]:
        """What the customer would agree to: each scope of ``minimal``, and what it lets happen."""
        return tuple(
            (name, descriptions().get(name, "do what nobody here can tell"))
            for name in self.minimal
        )


def rules_about_scopes(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules about scopes, and the one that tells why they can't be judged."""
    return tuple(
        rule
        for rule in rules
        if rule.check.startswith("scopes.") or rule.id == "unreadable-document"
    )


def with_found_calls(integration: Integration, found: FoundCalls) -> Integration:
    """Return the integration with the calls that its service's source code makes."""
    evidence = replace(integration.evidence, found_calls=found)
    return Integration(
        integration.tree, integration.path, integration.name, integration.settings, evidence
    )


def build(integration: Integration, findings: Iterable[Finding]) -> ScopeReport | None:
    """Return the scope report of an integration; None when there is no list of scopes.

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
    found = integration.evidence.found_calls
    return ScopeReport(
        integration=integration,
        rows=tuple(rows),
        needs=needs,
        minimal=tuple(row.name for row in rows if row.need is not Need.NOT_NEEDED),
        findings=tuple(
            finding
            for finding in findings
            if finding.location.integration == integration.path
            and finding.rule.id not in CALL_RULES
        ),
        bases=found.bases if found else (),
        files_read=found.files if found else None,
    )


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
    need, why = _judge(integration, name, place, needs)
    if reason and reason.value.strip():
        given = Evidence("the reason given", reason.location, " ".join(reason.value.split()))
        why = (*why, given)
    if policy and name in policy.verdicts:
        verdict = policy.verdicts[name]
        words = _ATTITUDES[verdict.attitude]
        why = (*why, Evidence(words, verdict.location, " ".join(verdict.reason.split())))
    return ScopeRow(
        name=name,
        requested=place,
        need=need,
        why=why,
        opens=operations().by_scope.get(name, ()),
        status=catalogue().status(name),
        access=catalogue().access(name),
        risk=catalogue().risk(name),
        reason=reason.value.strip() if reason else "",
        attitude=policy.attitude(name) if policy else None,
    )


_ATTITUDES = {
    Attitude.ALLOW: "the organisation's policy allows it",
    Attitude.DENY: "the organisation's policy denies it",
    Attitude.NEEDS_REASON: "the organisation's policy wants a reason",
}


def _judge(
    integration: Integration, name: str, place: Location | None, needs: ScopeNeeds | None
) -> tuple[Need, tuple[Evidence, ...]]:
    """Return the verdict on a scope, and why."""
    policy = integration.evidence.scope_policy
    vouched = policy is not None and policy.attitude(name) is Attitude.ALLOW
    useless = "" if vouched else _useless(name, catalogue().status(name))
    if useless:
        return Need.NOT_NEEDED, (Evidence(useless),)
    told = tuple(_told(integration, name))
    here = Need.NEEDED if place is not None else Need.MISSING
    if needs is not None:
        calls = tuple(
            Evidence("", call.location, call.meaning) for call in needs.serving.get(name, ())
        )
        if name in needs.needed:
            return here, (*calls, *told)
        if name in needs.excess:
            return Need.NOT_NEEDED, (Evidence(_unserved(name, needs)), *told)
        return Need.CANT_TELL, (Evidence(_doubt(integration, name, needs)), *told)
    if told and name == API_KEYS_WRITE:
        return here, told
    if name == API_KEYS_WRITE and integration.has(MANIFEST):
        return Need.NOT_NEEDED, (Evidence("nothing says that data is submitted"),)
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


def _told(integration: Integration, name: str) -> Iterator[Evidence]:
    """Yield what the listing says in favour of a scope."""
    said: tuple[Sign, ...] = ()
    if name == API_KEYS_WRITE:
        said = (*signs(integration).key_needed, *readme_signs(integration))
    for data in catalogue().queried:
        if name in data.scopes:
            tags = queried_tags(integration)
            said = (*said, *(sign for sign in tags if sign.data == data.name))
    for sign in said:
        yield Evidence(sign.words, sign.location)


def _readme(integration: Integration, name: str) -> Iterator[Evidence]:
    """Yield the first place where the README names what a scope changes."""
    keywords = catalogue().write_keywords.get(name)
    if not keywords or not integration.has(README):
        return
    for block in integration.readme.prose:
        if mentions(block.text, keywords):
            yield Evidence("the README names what it changes", block.location)
            return


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
