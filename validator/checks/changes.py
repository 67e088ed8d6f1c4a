"""What a change does to an integration that is published, or brings in with a new one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from validator.documents.json import JsonDocument
from validator.integration import Change
from validator.model import DocumentError, Finding, Pointer, Rule

_MISSING = object()


def immutable(
    change: Change, rule: Rule, *, fields: list[str], named: list[str]
) -> Iterator[Finding]:
    """Yield whatever a published manifest must keep and doesn't.

    ``fields`` are pointers (RFC 6901) whose value must stay once it is set, ``named`` the assets whose
    short names must stay; a public tile must not be hidden again.
    """
    before, after = _manifests(change)
    if before is not None:
        yield from _changed_fields(before, after, rule, fields)
        yield from _lost_names(before, after, rule, named)
        yield from _hidden_again(before, after, rule)


def _changed_fields(
    before: JsonDocument, after: JsonDocument, rule: Rule, fields: list[str]
) -> Iterator[Finding]:
    for field in fields:
        pointer: Pointer = tuple(field.strip("/").split("/"))
        old, new = before.get(pointer, _MISSING), after.get(pointer, _MISSING)
        if old is _MISSING or old == new:
            continue
        found = "is gone" if new is _MISSING else f"is `{new}`"
        message = f"`{'.'.join(map(str, pointer))}` {found}; expected `{old}`, as published"
        yield rule.finding(after.locate(pointer), message)


def _lost_names(
    before: JsonDocument, after: JsonDocument, rule: Rule, named: list[str]
) -> Iterator[Finding]:
    for kind in named:
        old, new = before.get(("assets", kind)), after.get(("assets", kind))
        if not isinstance(old, dict):
            continue
        now = new if isinstance(new, dict) else {}
        added: dict[str, str] = {}
        for other in now:
            if other not in old:
                added.setdefault(_written(now[other]), other)
        for name in sorted(old.keys() - now.keys()):
            renamed = added.get(_written(old[name]))
            became = "is gone" if renamed is None else f"became `{renamed}`"
            pointer: Pointer = ("assets", kind, *([] if renamed is None else [renamed]))
            message = f"the short name `{name}` of `assets.{kind}` {became}; expected it unchanged"
            yield rule.finding(after.locate_key(pointer), message)


def _hidden_again(before: JsonDocument, after: JsonDocument, rule: Rule) -> Iterator[Finding]:
    pointer: Pointer = ("display_on_public_website",)
    if before.get(pointer) is True and after.get(pointer) is False:
        message = "`display_on_public_website` is `false`; expected `true`, as published"
        yield rule.finding(after.locate(pointer), message)


def widened_scopes(change: Change, rule: Rule) -> Iterator[Finding]:
    """Yield each scope that the published client doesn't request yet."""
    before, after = _clients(change)
    if before is None:
        return
    pointer: Pointer = ("integration", "scopes")
    old, new = _strings(before.get(pointer)), after.get(pointer)
    for index, scope in enumerate(new if old and isinstance(new, list) else ()):
        if isinstance(scope, str) and scope not in old:
            message = (
                f"`{scope}` is added to the scopes of the published client; "
                "expected every customer to consent again, and the client to be submitted again"
            )
            yield rule.finding(after.locate((*pointer, index)), message)


def published_client(change: Change, rule: Rule) -> Iterator[Finding]:
    """Yield each field of the published client that differs, added scopes left out."""
    before, after = _clients(change)
    if before is None:
        return
    old, new = before.get(("integration",)), after.get(("integration",))
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    for name in sorted({*old, *new}):
        if old.get(name, _MISSING) == new.get(name, _MISSING):
            continue
        words = _difference(name, old.get(name, _MISSING), new.get(name, _MISSING))
        if words:
            message = f"`{name}` {words}; a published client can't be edited, submit it again"
            yield rule.finding(after.locate_key(("integration", name)), message)


def _difference(name: str, old: Any, new: Any) -> str:
    """Return how a field of the client changed, in words; empty when another rule says so."""
    if isinstance(old, list) and isinstance(new, list):
        before, after = set(map(_written, old)), set(map(_written, new))
        removed = [f"`{item}`" for item in old if _written(item) not in after]
        added = [f"`{item}`" for item in new if _written(item) not in before]
        added = [] if name == "scopes" else added
        words = [f"loses {', '.join(removed)}"] * bool(removed)
        words += [f"gains {', '.join(added)}"] * bool(added)
        return " and ".join(words)
    if new is _MISSING:
        return "is gone"
    return f"is new: `{new}`" if old is _MISSING else f"was `{old}` and is `{new}`"


def new_without_asset(change: Change, rule: Rule, *, kind: str) -> Iterator[Finding]:
    """Yield a new integration without an asset of a kind, such as ``dashboards``."""
    if change.before is not None:
        return
    manifest = change.after.manifest
    if not manifest.get(("assets", kind)):
        noun = kind.rstrip("s").replace("_", " ")
        message = f"`assets.{kind}` names none; expected at least one {noun} with a new listing"
        yield rule.finding(manifest.locate(("assets", kind)), message)


def new_metrics_without_monitor(change: Change, rule: Rule) -> Iterator[Finding]:
    """Yield a new integration that sends metrics and brings no recommended monitor."""
    if change.before is not None:
        return
    manifest = change.after.manifest
    path = manifest.get(("assets", "integration", "metrics", "metadata_path"))
    if not isinstance(path, str) or manifest.get(("assets", "monitors")):
        return
    if change.after.csv(PurePosixPath(path)).rows:
        message = (
            f"`assets.monitors` names none although `{path}` lists metrics; "
            "expected at least one recommended monitor"
        )
        yield rule.finding(manifest.locate(("assets", "monitors")), message)


def _manifests(change: Change) -> tuple[JsonDocument | None, JsonDocument]:
    """Return both manifests; None for the old one when the base has none that can be read."""
    try:
        before = change.before.manifest if change.before is not None else None
    except DocumentError:
        before = None
    return before, change.after.manifest


def _clients(change: Change) -> tuple[JsonDocument | None, JsonDocument]:
    """Return both OAuth client files; None for the old one when the base has none to read."""
    try:
        before = change.before.oauth_clients if change.before is not None else None
    except DocumentError:
        before = None
    return before, change.after.oauth_clients


def _written(value: Any) -> str:
    """Return a JSON value as a text that equal values share, for looking up what no set can hold."""
    return json.dumps(value, sort_keys=True)


def _strings(value: Any) -> set[str]:
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()
