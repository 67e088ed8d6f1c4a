"""Monitors: templates that a customer can turn on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from validator.definitions import policies
from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.facts.listing import made_by_platform
from validator.facts.metadata import metrics
from validator.integration import Integration
from validator.model import Edit, Finding, Fix, Level, Pointer, Related, Rule
from validator.wording import dotted, listed, quoted

_QUERY: Pointer = ("definition", "query")
_MESSAGE: Pointer = ("definition", "message")
_DEFINITION = ("name", "type", "query", "message")
_OLD_KEYS = ("recommended_monitor_metadata", "query", "type", "message")
_VARIABLE = re.compile(r"\{\{.*?(?:\}\}|\Z)", re.DOTALL)


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find monitors that Datadog can't offer: in the old format, or without what makes a monitor."""
    for document in assets.objects(integration, "monitors"):
        old = [key for key in _OLD_KEYS if key in document.value]
        if "definition" not in document.value and old:
            yield rule.finding(
                document.locate_key((old[0],)),
                f"the old format has {listed(old, 'and')} at the top level; expected "
                "`title`, `description` and `tags` beside a `definition` that holds the monitor",
            )
            continue
        for pointer, message in _wrong_fields(document):
            # Datadog publishes a monitor that says nothing to whom it alerts.
            is_mute = pointer == _MESSAGE and isinstance(document.get(pointer), str)
            level = Level.WARNING if is_mute else None
            yield rule.finding(document.locate(pointer), message, level=level)


def _wrong_fields(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    yield from _wrong_text(document, ("title",))
    definition = document.get(("definition",))
    if isinstance(definition, dict):
        for key in _DEFINITION:
            yield from _wrong_text(document, ("definition", key))
    else:
        state = f"is {kind(definition)}" if "definition" in document.value else "is missing"
        yield ("definition",), f"`definition` {state}; expected the monitor as an object"


def _wrong_text(document: JsonDocument, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    name, missing = dotted(pointer), object()
    value = document.get(pointer, missing)
    if value is missing:
        yield pointer, f"`{name}` is missing"
    elif not isinstance(value, str):
        yield pointer, f"`{name}` is {kind(value)}; expected a string"
    elif not value.strip():
        yield pointer, f"`{name}` is empty"


def template_in_title(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find template variables in the name under which a monitor is offered."""
    for document in assets.objects(integration, "monitors"):
        title = document.get(("title",))
        if isinstance(title, str) and (match := _VARIABLE.search(title)):
            yield rule.finding(
                document.locate_slice(("title",), *match.span()),
                f"`title` has the template variable {quoted(match[0])}; expected fixed "
                "words, because the list of templates shows them as they are",
            )


def description(integration: Integration, rule: Rule, *, most: int) -> Iterator[Finding]:
    """Find monitors without a description, or with more than the platform takes."""
    for document in assets.objects(integration, "monitors"):
        if "definition" not in document.value:
            continue
        text = document.get(("description",))
        if text is None or (isinstance(text, str) and not text.strip()):
            state = "is missing" if "description" not in document.value else "is empty"
            yield rule.finding(
                document.locate(("description",)),
                f"`description` {state}; expected why the alert matters, in up to {most} characters",
            )
        elif isinstance(text, str) and len(text) > most:
            yield rule.finding(
                document.locate(("description",)),
                f"`description` has {len(text)} characters; expected at most {most}",
            )


def integration_tag(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find monitors that no tag connects with their integration."""
    app_id = assets.app_id(integration)
    if app_id is None:
        return
    expected = f"integration:{app_id}"
    related = (Related(integration.manifest.locate(("app_id",)), "the integration's id"),)
    for document in assets.objects(integration, "monitors"):
        tags = document.get(("tags",), [])
        if "definition" not in document.value or not isinstance(tags, list) or expected in tags:
            continue
        pointer, found = _similar_tag(tags)
        words = f"has {quoted(found)}" if found else "names no integration"
        yield rule.finding(
            document.locate(("tags", *pointer)),
            f"`tags` {words}; expected `{expected}`",
            related=related,
        )


def _similar_tag(tags: list[Any]) -> tuple[Pointer, str | None]:
    for index, tag in enumerate(tags):
        if isinstance(tag, str) and tag.partition(":")[0].strip().casefold() == "integration":
            return (index,), tag
    return (), None


def export_leftovers(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find the number that a monitor had in the account from which it was exported."""
    if made_by_platform(integration):
        return
    pointer: Pointer = ("definition", "id")
    for document in assets.objects(integration, "monitors"):
        if document.get(pointer) is not None:
            yield rule.finding(
                document.locate_key(pointer),
                "`definition.id` was left by the export; expected no such key",
                fix=Fix("Remove `definition.id`", (Edit(document.locate_removal(pointer), ""),)),
            )


_MAILBOX = re.compile(r"@([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_LIMIT = re.compile(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$")
_METRIC = re.compile(r"(?<![\w.])([A-Za-z][\w.]*)\s*\{", re.ASCII)


def unknown_metrics(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find metrics of the integration's own prefix that a monitor watches and metadata.csv doesn't describe."""
    prefix = assets.manifest_value(integration, ("assets", "integration", "metrics", "prefix"))
    tables = list(assets.metadata(integration))
    known = {name for table in tables for _, name in metrics(table)}
    if not isinstance(prefix, str) or not prefix or not known:
        return
    suffixes = tuple(f".{suffix}" for suffix in policies.load(policies.Metrics).suffixes)
    families = tuple(name.rstrip("*") for name in known if name.endswith((".", "*")))
    for document in assets.objects(integration, "monitors"):
        query = document.get(_QUERY)
        for match in _METRIC.finditer(query) if isinstance(query, str) else ():
            name = match[1]
            is_derived = name.endswith(suffixes) and name.rpartition(".")[0] in known
            is_told = name in known or is_derived or name.startswith(families or ("\0",))
            if name.startswith(prefix) and not is_told:
                yield rule.finding(
                    document.locate_slice(_QUERY, *match.span(1)),
                    f"`{tables[0].path}` has no metric {quoted(name)}; expected one that it lists",
                    about=name,
                )


def personal_handle(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find mailboxes that every customer's alerts would go to."""
    for document in assets.objects(integration, "monitors"):
        message = document.get(_MESSAGE)
        for match in _MAILBOX.finditer(message) if isinstance(message, str) else ():
            yield rule.finding(
                document.locate_slice(_MESSAGE, *match.span()),
                f"alerts of customers go to {quoted(match[1])}; expected no such handle",
            )


def other_threshold(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a critical threshold that differs from the number in the query, which Datadog refuses."""
    pointer: Pointer = ("definition", "options", "thresholds", "critical")
    for document in assets.objects(integration, "monitors"):
        query, critical = document.get(_QUERY), document.get(pointer)
        limit = _LIMIT.search(query) if isinstance(query, str) else None
        is_number = isinstance(critical, int | float) and not isinstance(critical, bool)
        if limit is not None and is_number and float(limit[2]) != float(critical):
            yield rule.finding(
                document.locate(pointer),
                f"the critical threshold is `{critical}`, but the query compares with `{limit[2]}`; expected one number",
                related=(
                    Related(document.locate_slice(_QUERY, *limit.span(2)), "the query's number"),
                ),
            )


def muted(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find monitors that are muted for everything, so that nobody is alerted."""
    pointer: Pointer = ("definition", "options", "silenced")
    for document in assets.objects(integration, "monitors"):
        silenced = document.get(pointer)
        if isinstance(silenced, dict) and "*" in silenced:
            yield rule.finding(
                document.locate_key((*pointer, "*")),
                "the monitor is muted for everything (`*`); expected one that alerts",
            )


def only_everybody(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find messages that say nothing but whom to notify."""
    for document in assets.objects(integration, "monitors"):
        message = document.get(_MESSAGE)
        if (
            isinstance(message, str)
            and message.strip()
            and not re.sub(r"@\S+", "", message).strip()
        ):
            yield rule.finding(
                document.locate(_MESSAGE),
                f"the message is {quoted(message.strip())} alone; expected what happened and what to do",
            )
