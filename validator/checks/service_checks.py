"""Service checks: states that an integration reports, described in service_checks.json."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.facts.metadata import normalised_integration
from validator.integration import Integration, once
from validator.model import DocumentError, Finding, Pointer, Related, Rule
from validator.spelling import offer
from validator.wording import listed, quoted

STATUSES = ("ok", "warning", "critical", "unknown")

_TEXTS = ("agent_version", "check", "description", "integration", "name")
_KEYS = (*_TEXTS, "groups", "statuses")
_SOURCE_TYPE: Pointer = ("assets", "integration", "source_type_name")


def _documents(integration: Integration) -> Iterator[JsonDocument]:
    return assets.readable(integration.json, assets.file(integration, "service_checks"))


def _entries(document: JsonDocument) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the service checks with their index; `{}` stands for none."""
    if isinstance(document.value, list):
        for index, entry in enumerate(document.value):
            if isinstance(entry, dict):
                yield index, entry


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find service checks that lack a key, have an unknown one, or a value Datadog doesn't take."""
    for document in _documents(integration):
        if isinstance(document.value, list):
            for index, entry in enumerate(document.value):
                if not isinstance(entry, dict):
                    yield rule.finding(
                        document.locate((index,)),
                        f"item {index} is {kind(entry)}; expected a service check as an object",
                    )
        for index, entry in _entries(document):
            for pointer, message in (*_wrong_keys(entry), *_wrong_values(entry)):
                yield rule.finding(document.locate((index, *pointer)), message)


def _wrong_keys(entry: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    missing = [key for key in _KEYS if key not in entry]
    for key in entry:
        if key not in _KEYS:
            meant = offer(key, missing or _KEYS)
            missing = [other for other in missing if f"`{other}`" not in meant]
            yield (key,), f"{quoted(key)} is no key of a service check{meant}"
    for key in missing:
        yield (key,), f"`{key}` is missing"


def _wrong_values(entry: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    for key in _TEXTS:
        value = entry.get(key)
        if key not in entry:
            continue
        if not isinstance(value, str):
            yield (key,), f"`{key}` is {kind(value)}; expected a string"
        elif not value.strip():
            yield (key,), f"`{key}` is empty"
    version = entry.get("agent_version")
    if isinstance(version, str) and version.strip() and not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield ("agent_version",), f"`agent_version` is {quoted(version)}; expected `X.Y.Z`"
    check = entry.get("check")
    if isinstance(check, str) and check.strip() and not _is_check_name(check):
        expected = "letters, digits, single `_` and `.`, without `_` at an end or beside a dot"
        yield ("check",), f"`check` is {quoted(check)}; expected {expected}"
    groups = entry.get("groups", [])
    if not isinstance(groups, list):
        yield ("groups",), f"`groups` is {kind(groups)}; expected an array of tag keys"
    yield from _wrong_statuses(entry)


def _is_check_name(name: str) -> bool:
    part = r"[a-zA-Z0-9]+(?:_[a-zA-Z0-9]+)*"
    return re.fullmatch(rf"{part}(?:\.{part})*", name) is not None


def _wrong_statuses(entry: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    statuses = entry.get("statuses")
    if "statuses" not in entry:
        return
    if not isinstance(statuses, list) or not statuses:
        state = "empty" if statuses == [] else kind(statuses)
        yield ("statuses",), f"`statuses` is {state}; expected an array of {listed(STATUSES)}"
        return
    for index, status in enumerate(statuses):
        if status not in STATUSES:
            yield (
                ("statuses", index),
                f"{quoted(status)} is no status; expected {listed(STATUSES)}",
            )


def integration_name(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find service checks whose ``integration`` isn't the source type of the manifest."""
    expected = assets.manifest_value(integration, _SOURCE_TYPE)
    if not isinstance(expected, str) or not expected.strip():
        return
    related = (Related(integration.manifest.locate(_SOURCE_TYPE), "the source type"),)
    for document in _documents(integration):
        for index, entry in _entries(document):
            name = entry.get("integration")
            if isinstance(name, str) and name.strip() and name != expected:
                if _in_tables(integration) == {normalised_integration(name)}:
                    continue  # the source type is alone, says the rule on the tables
                yield rule.finding(
                    document.locate((index, "integration")),
                    f"`integration` is {quoted(name)}; expected {quoted(expected)}, the "
                    "`source_type_name` of the manifest",
                    related=related,
                )


@once
def _in_tables(integration: Integration) -> frozenset[str]:
    """Return the names of the integration that the tables of metrics give; none if they can't be read."""
    try:
        return frozenset(
            document.cell(row, "integration")
            for document in assets.metadata(integration)
            if "integration" in document.columns
            for row in document.rows
            if len(row.cells) == len(document.header)
        )
    except DocumentError:
        return frozenset()


def duplicates(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find two service checks of one id, or of one displayed name."""
    for document in _documents(integration):
        first: dict[tuple[str, str], int] = {}
        for index, entry in _entries(document):
            for key in ("check", "name"):
                value = entry.get(key)
                if not isinstance(value, str) or not value.strip():
                    continue
                if (key, value) in first:
                    place = document.locate((first[key, value], key))
                    yield rule.finding(
                        document.locate((index, key)),
                        f"the `{key}` {quoted(value)} is given again; expected it once",
                        related=(Related(place, "first given here"),),
                    )
                else:
                    first[key, value] = index
