"""Detection rules of Cloud SIEM: what the platform checks of them, and what an export leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from validator.definitions import policies
from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.integration import Integration
from validator.model import DocumentError, Edit, Finding, Fix, Location, Pointer, Related, Rule
from validator.wording import listed, quoted, shortened

_KIND = "security"
_ID = "partnerRuleId"
_FORM = re.compile(r"[a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3}")
_FORM_WORDS = "three times three lower-case letters or digits, such as `acm-job-001`"
_CASES = ("cases", "thirdPartyCases")


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find what the platform refuses of a detection rule: its id, name, tags and cases."""
    for document in assets.objects(integration, _KIND):
        for judge in (_wrong_id, _wrong_name, _wrong_tags, _wrong_cases):
            for pointer, message in judge(document):
                yield rule.finding(document.locate(pointer), message)


def _wrong_id(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    value = document.get((_ID,))
    if _ID not in document.value:
        yield (_ID,), f"`{_ID}` is missing; expected {_FORM_WORDS}"
    elif not isinstance(value, str) or not _FORM.fullmatch(value):
        yield (_ID,), f"`{_ID}` is {quoted(value)}; expected {_FORM_WORDS}"


def _wrong_name(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    value = document.get(("name",))
    if "name" not in document.value:
        yield ("name",), "`name` is missing; expected what the rule finds"
    elif not isinstance(value, str) or not value.strip():
        yield ("name",), f"`name` is {quoted(value)}; expected what the rule finds"


def _wrong_tags(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    policy = policies.load(policies.DetectionRules)
    tags = document.get(("tags",))
    items = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    tactic = next((tag for tag in items if tag.startswith(policy.tactic)), None)
    if tactic is not None and policy.attack not in items:
        pointer = ("tags", document.value["tags"].index(tactic))
        yield (
            pointer,
            f"{quoted(tactic)} is a tag of MITRE ATT&CK; expected `{policy.attack}` beside it",
        )


def _wrong_cases(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    ranks = {status: rank for rank, status in enumerate(_statuses())}
    for key in _CASES:
        cases = document.get((key,))
        if cases is not None and not isinstance(cases, list):
            yield (key,), f"`{key}` is {kind(cases)}; expected a list of cases"
            continue
        worst = 0
        for index, case in enumerate(cases or ()):
            status = case.get("status") if isinstance(case, dict) else None
            rank = ranks.get(status.casefold()) if isinstance(status, str) else None
            if rank is None:
                yield (key, index, "status"), _no_status(status)
                continue
            if rank < worst:
                yield (
                    (key, index, "status"),
                    f"{quoted(status)} stands behind a case of lower severity; expected the highest first",
                )
            worst = max(worst, rank)


def _no_status(status: Any) -> str:
    state = "is missing" if status is None else f"is {quoted(status)}"
    return f"`status` {state}; expected {listed(status.upper() for status in _statuses())}"


def _statuses() -> policies.Words:
    return policies.load(policies.DetectionRules).statuses


def duplicate(integrations: tuple[Integration, ...], rule: Rule) -> Iterator[Finding]:
    """Find ids and names that another detection rule has, of the same integration or of another one."""
    for key, same in ((_ID, str.strip), ("name", str.casefold)):
        first: dict[str, Location] = {}
        for document in _all(integrations):
            value = document.get((key,))
            if not isinstance(value, str) or not value.strip():
                continue
            place = document.locate((key,))
            earlier = first.setdefault(_same(value, same), place)
            if earlier is not place:
                yield rule.finding(
                    place,
                    f"`{key}` is {quoted(value)}, as that of another detection rule; expected one of its own",
                    related=(Related(earlier, "it is taken here"),),
                )


def _same(value: str, change: Callable[[str], str]) -> str:
    return " ".join(change(value).split())


def _all(integrations: tuple[Integration, ...]) -> Iterator[JsonDocument]:
    """Yield the detection rules that can be read; of the others another rule tells."""
    for integration in integrations:
        for path in assets.files(integration, _KIND):
            try:
                yield integration.json_object(path)
            except DocumentError:  # noqa: PERF203 (the others are judged all the same)
                continue


def too_many(integration: Integration, rule: Rule, *, most: int) -> Iterator[Finding]:
    """Find more detection rules than the platform takes from an integration."""
    found = assets.files(integration, _KIND)
    if len(found) > most:
        place = integration.location(found[most])
        yield rule.finding(
            place, f"there are {len(found)} detection rules; expected at most {most}"
        )


def export_leftovers(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find the names and addresses of those who wrote a rule."""
    for document in assets.objects(integration, _KIND):
        for key in policies.load(policies.DetectionRules).leftovers:
            person = document.get((key,))
            said = (
                person.get("handle") or person.get("name") if isinstance(person, dict) else person
            )
            if isinstance(said, str) and said.strip():
                yield rule.finding(
                    document.locate_key((key,)),
                    f"`{key}` names {shortened(said)}, who wrote the rule; expected no such key",
                    fix=Fix(f"Remove `{key}`", (Edit(document.locate_removal((key,)), ""),)),
                )
