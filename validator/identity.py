"""Which finding is which: what two findings have in common that make them the same one.

A finding says something about a thing: a scope, a URI, a tag, a metric, a picture, a heading, a missing key. Its
identity is the rule, the document, the keys above the thing, and the thing itself. Where it stands in a list or
in a text is no part of it, so that a new fault never hides in the place of an old one, and an old one
that moves never counts as new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from validator.documents.json import value_at
from validator.documents.text import TextDocument
from validator.integration import Integration
from validator.model import DocumentError, Finding, Location, Pointer

_NAMES = ("id", "name", "check", "image_url", "key", "title")
"""Members that tell the items of a list apart, in the order in which they are asked for."""

_POSITIONED = "definition"
"""The member that holds all of a widget but its place in the dashboard and its number there."""

_LONGEST = 200
"""Characters of a thing that go into an identity as they are; of a longer one its digest does."""


def identified(
    findings: Iterable[Finding], integrations: Mapping[PurePosixPath, Integration]
) -> list[Finding]:
    """Return findings with their identity set, read from the documents that they are about.

    ``integrations`` are those of the run by path; a finding in settings that several of them share belongs
    to none.
    """
    return [
        replace(finding, identity=identity(finding, integrations.get(finding.location.integration)))
        for finding in findings
    ]


def identity(finding: Finding, integration: Integration | None) -> str:
    """Return what makes a finding the one that it is: 32 hexadecimal digits.

    Nothing of the integration's own name or path is part of it: an integration may be renamed.
    """
    location = finding.location
    keys: tuple[str, ...] = ()
    thing = ""
    # The text around what is missing may change, and thousands of findings may share a long one.
    if not finding.anywhere and (not finding.about or location.pointer is not None):
        keys, thing = _place(location, integration)
    parts = [finding.rule.id, str(location.path), *keys, finding.about, _short(thing)]
    # JSON keeps the parts apart, and takes any character that a path or a value can hold.
    return sha256(json.dumps(parts).encode("ascii")).hexdigest()[:32]


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Return the print of each finding, in the order given: its identity, numbered where several have one.

    The order of the text decides the numbers, so all that a run found belongs here, whatever silenced it.
    """
    findings = list(findings)
    found = [""] * len(findings)
    seen: Counter[tuple[PurePosixPath, str]] = Counter()
    for index, finding in sorted(enumerate(findings), key=lambda entry: entry[1].sort_key):
        own = (finding.location.integration, finding.identity or identity(finding, None))
        number = seen[own]
        seen[own] += 1
        found[index] = sha256(f"{own[1]} {number}".encode("ascii")).hexdigest()[:32]
    return found


def brought_in(findings: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Return the findings that were not there before, in their order.

    Of several that are one and the same the first ones are the old ones.
    """
    waiting = Counter((finding.location.integration, finding.identity) for finding in before)
    new = []
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        own = (finding.location.integration, finding.identity)
        if finding.identity and waiting[own]:
            waiting[own] -= 1
        else:
            new.append(finding)
    return new


def _place(location: Location, integration: Integration | None) -> tuple[tuple[str, ...], str]:
    """Return the keys above the thing that a location means, and the thing as text."""
    pointer = location.pointer
    if integration is None:
        return tuple(str(step) for step in pointer or () if isinstance(step, str)), ""
    if pointer is None:
        return (), _text(location, integration)
    if location.path.suffix == ".csv":
        return _cell(location, pointer, integration)
    try:
        read = integration.json if location.path.suffix == ".json" else integration.yaml
        value: Any = read(location.path).value
    except DocumentError:
        return tuple(str(step) for step in pointer if isinstance(step, str)), ""
    keys = []
    unnamed: dict[str, Any] | None = None
    for step in pointer:
        value = value_at(value, (step,))
        if isinstance(step, str):
            keys.append(step)
        elif isinstance(value, dict):
            name = _name(value)
            keys += [name] if name else []
            unnamed = None if name else value
    if not isinstance(value, dict | list):
        return tuple(keys), value if isinstance(value, str) else _scalar(value)
    if unnamed is not None:  # nothing but what it holds tells such an item from the others
        return tuple(keys), json.dumps(unnamed.get(_POSITIONED, unnamed), sort_keys=True)
    return tuple(keys), ""


def _scalar(value: Any) -> str:
    """Return a number or a word of JSON as text, whatever its length."""
    return (
        hex(value) if isinstance(value, int) and not isinstance(value, bool) else json.dumps(value)
    )


def _name(item: dict[str, Any]) -> str:
    """Return what an item of a list is called, such as ``id=deploys``; nothing where nothing tells."""
    if _POSITIONED in item:
        definition = item[_POSITIONED]
        title = definition.get("title") if isinstance(definition, dict) else None
        return f"title={title}" if isinstance(title, str) and title else ""
    for name in _NAMES:
        value = item.get(name)
        if isinstance(value, str) and value:
            return f"{name}={value}"
    return ""


def _cell(
    location: Location, pointer: Pointer, integration: Integration
) -> tuple[tuple[str, ...], str]:
    """Return the column and the first cell of a row, and the cell that is meant."""
    try:
        document = integration.csv(location.path)
    except DocumentError:
        return (), ""
    number, *columns = pointer
    row = document.records[number].cells if isinstance(number, int) else ()
    index = columns[0] if columns and isinstance(columns[0], int) else len(row)
    names = document.header[index : index + 1]
    return (*names, *row[:1]), "".join(row[index : index + 1])


def _text(location: Location, integration: Integration) -> str:
    """Return the text of a region with its blanks folded; nothing for a whole document."""
    region = location.region
    document = integration.text(location.path) if region else None
    if region is None or document is None or region.end_line > len(document.lines):
        return ""
    text = _slice(document, location)
    return " ".join(text.split()) or text


def _slice(document: TextDocument, location: Location) -> str:
    region = location.region
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    return document.text[start : document.offset(region.end_line, region.end_column)]


def _short(thing: str) -> str:
    if len(thing) <= _LONGEST:
        return thing
    return sha256(thing.encode("utf-8", "surrogatepass")).hexdigest()
