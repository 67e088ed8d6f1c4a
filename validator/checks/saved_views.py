"""Saved views: searches that an integration brings along."""

from __future__ import annotations

from collections.abc import Iterator

from validator.definitions import policies
from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.integration import Integration
from validator.model import Finding, Pointer, Rule
from validator.spelling import offer
from validator.wording import listed, quoted

_Fault = tuple[Pointer, str]


def invalid(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find saved views that ``ddev validate saved-views`` refuses."""
    for document in assets.objects(integration, "saved_views"):
        faults = [*_wrong_keys(document), *_wrong_types(document), *_wrong_options(document)]
        for pointer, message in faults:
            yield rule.finding(document.locate(pointer), message)


def _wrong_keys(document: JsonDocument) -> Iterator[_Fault]:
    policy = policies.load(policies.SavedViews)
    required, known = policy.required, [*policy.required, *policy.optional]
    missing = [key for key in required if key not in document.value]
    for key in document.value:
        if key not in known:
            meant = offer(key, missing or known)
            missing = [other for other in missing if f"`{other}`" not in meant]
            yield (key,), f"{quoted(key)} is no key of a saved view{meant}"
    for key in missing:
        yield (key,), f"`{key}` is missing"


def _wrong_types(document: JsonDocument) -> Iterator[_Fault]:
    policy = policies.load(policies.SavedViews)
    for key in policy.required:
        value = document.get((key,))
        known = {"type": policy.types, "page": policy.pages}.get(key)
        if key not in document.value:
            continue
        if not isinstance(value, str):
            yield (key,), f"`{key}` is {kind(value)}; expected a string"
        elif known and value not in known:
            hint = f"; expected {listed(known)}" if key == "type" else offer(value, known)
            yield (key,), f"`{key}` is {quoted(value)}, which is no {key} of a saved view{hint}"
        elif key == "name" and not value.strip():
            yield (key,), "`name` is empty"
    facets = document.get(("visible_facets",))
    if facets is not None and not isinstance(facets, list):
        yield ("visible_facets",), f"`visible_facets` is {kind(facets)}; expected an array"
    timerange = document.get(("timerange",))
    if timerange is not None:
        pointer = ("timerange", "interval_ms")
        interval = document.get(pointer)
        if isinstance(interval, bool) or not isinstance(interval, int | float):
            state = "is missing" if interval is None else f"is {kind(interval)}"
            yield pointer, f"`timerange.interval_ms` {state}; expected a number of milliseconds"


def _wrong_options(document: JsonDocument) -> Iterator[_Fault]:
    options, page = document.get(("options",)), document.get(("page",))
    pages = policies.load(policies.SavedViews).pages
    if options is not None and not isinstance(options, dict):
        yield ("options",), f"`options` is {kind(options)}; expected an object"
        return
    known = pages.get(page) if isinstance(page, str) else None
    if known is not None:
        for name in options or ():
            if name not in known:
                hint = offer(name, known)
                yield (
                    ("options", name),
                    f"{quoted(name)} is no option of the page `{page}`{hint}",
                )
