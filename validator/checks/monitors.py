"""Monitors: templates that a customer can turn on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.facts.listing import made_by_platform
from validator.integration import Integration
from validator.model import Edit, Finding, Fix, Pointer, Related, Rule
from validator.wording import dotted, listed, quoted

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
            yield rule.finding(document.locate(pointer), message)


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
