"""Questions about the manifest: its version, its shape, and the files that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from validator.definitions import policies, schemas, versions
from validator.definitions.schemas import Violation
from validator.documents.image import read_picture
from validator.documents.json import JsonDocument, kind
from validator.facts.manifest_paths import ABSENT, MEDIA, flaw, paths, renamed
from validator.facts.manifest_shape import violations_of
from validator.facts.misplaced_oauth import misplaced
from validator.fixes.edits import insert_member
from validator.integration import MANIFEST, METADATA, Integration
from validator.model import Edit, Finding, Fix, Pointer, Related, Rule
from validator.wording import dotted, quoted, shortened

_VERSION = ("manifest_version",)
_PREFIX = ("assets", "integration", "metrics", "prefix")


def unsupported_version(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a version other than the one that is published, and guide from version 1 to it."""
    manifest = integration.json_object(MANIFEST)
    if versions.is_supported(manifest):
        return
    policy = policies.load(policies.ManifestVersions)
    value = manifest.get(_VERSION)
    if "manifest_version" not in manifest.value:
        old = next(key for key in manifest.value if key in policy.successors)
        found = f"is missing, and `{old}` is a key of version 1"
    else:
        found = f"is {kind(value) if isinstance(value, dict | list) else quoted(value)}"
    yield rule.finding(
        manifest.locate(_VERSION),
        f'`manifest_version` {found}; expected `"{policy.supported}"`',
        related=tuple(_guidance(manifest)),
    )


def _guidance(manifest: JsonDocument) -> Iterator[Related]:
    """Yield what becomes of each key of version 1."""
    policy = policies.load(policies.ManifestVersions)
    for key in manifest.value:
        if key in policy.successors:
            becomes = f"`{key}` becomes `{policy.successors[key]}`"
            yield Related(manifest.locate_key((key,)), becomes)
        elif key in policy.gone:
            yield Related(manifest.locate_key((key,)), f"`{key}` goes without a successor")


def _field(pointer: Pointer) -> str:
    """Return a pointer without the indexes of lists, as a parameter names a field."""
    return ".".join(step for step in pointer if isinstance(step, str))


def missing_field(
    integration: Integration, rule: Rule, *, only: Sequence[str] = (), others: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield each mandatory field that is missing where its parent exists.

    ``only`` limits the fields; ``others`` are fields that rules of their own judge.
    """
    for violation in violations_of(integration):
        field = _field(violation.pointer)
        if violation.kind == "missing" and field not in others and (not only or field in only):
            is_prefix = violation.pointer == _PREFIX and integration.has(METADATA)
            own = rule.in_extras_ci if is_prefix else rule  # ddev asks for it beside the table
            yield own.finding(violation.location, violation.message)


def invalid_value(
    integration: Integration, rule: Rule, *, others: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield each value of a wrong type or form; ``others`` are fields that rules of their own judge."""
    twice = {pointer for pointer, _, _ in integration.manifest.duplicate_keys}
    for violation in violations_of(integration):
        if violation.pointer in twice:  # another rule's: which of both is meant?
            continue
        if violation.kind == "invalid" and _field(violation.pointer) not in others:
            yield rule.finding(violation.location, violation.message)


def unknown_field(
    integration: Integration, rule: Rule, *, others: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield each key that the platform doesn't know.

    ``others`` are keys that rules of their own judge wherever they stand.
    """
    successors = policies.load(policies.ManifestVersions).successors
    elsewhere = set(misplaced(integration))
    for violation in violations_of(integration):
        *parent, key = violation.pointer
        if violation.kind != "unknown" or key in others or violation.pointer in elsewhere:
            continue
        if _stands_for_uninstallation(integration, violation) and "oauth" in integration.kinds:
            continue  # the reference is missing, says a rule of its own
        message = violation.message
        if not parent and isinstance(key, str) and key in successors:
            message = f"`{key}` is a key of version 1; expected `{successors[key]}`"
        yield rule.finding(violation.location, message, fix=_move(integration, violation))


def _stands_for_uninstallation(integration: Integration, violation: Violation) -> bool:
    """Tell whether a key of the tile was meant as the reference to the uninstallation section."""
    words = policies.load(policies.Uninstallation).stand_ins.words
    *parent, key = violation.pointer
    tile = integration.manifest.get(("tile",))
    is_named = isinstance(tile, dict) and "uninstallation" in tile
    return (
        parent == ["tile"] and not is_named and re.sub(r"[\W_]", "", str(key).casefold()) in words
    )


def _move(integration: Integration, violation: Violation) -> Fix | None:
    """Return the fix that moves a key to the object in which it belongs, if there is one.

    None where it would be refused there, too: for its type, or as a path that names no file.
    """
    manifest = integration.manifest
    pointer, home = violation.pointer, violation.home
    if home is None or not isinstance(manifest.get(home), dict) or home == pointer[:-1]:
        return None
    if not _fits(integration, pointer, home):
        return None
    place = manifest.places[pointer]
    assert place.key is not None
    member = manifest.text[place.key[0] : place.value[1]]
    edits = (
        insert_member(manifest, home, member, None),
        Edit(manifest.locate_removal(pointer), ""),
    )
    return Fix(f"Move `{pointer[-1]}` into `{dotted(home)}`", edits)


def _fits(integration: Integration, pointer: Pointer, home: Pointer) -> bool:
    """Whether a member would be accepted in another object of the manifest."""
    manifest = integration.manifest
    whole = json.loads(json.dumps(manifest.value))
    target = whole
    for step in home:
        target = target[step]
    if pointer[-1] in target:
        return False
    target[pointer[-1]] = manifest.get(pointer)
    document = JsonDocument(manifest.integration, manifest.path, json.dumps(whole).encode())
    place = (*home, pointer[-1])
    inside = len(place)
    refused = any(
        found.pointer[:inside] == place for found in schemas.violations(document, "manifest")
    )
    return not refused and not any(
        flaw(integration, path) for found, path in paths(document) if found[:inside] == place
    )


# Paths


def broken_path(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each path that doesn't name a file of the integration, case included."""
    manifest = integration.manifest
    for pointer, value in paths(manifest):
        why = flaw(integration, value)
        if why is None:
            continue
        reason, right = why
        place = manifest.locate(pointer)
        fix = None
        if right is not None and _is_shown(integration, pointer, right):
            written = json.dumps(str(right), ensure_ascii=False)[1:-1]
            edit = Edit(manifest.locate_slice(pointer, 0, len(value)), written)
            fix = Fix(f"Write `{right}`", (edit,))
        if reason.startswith(ABSENT) and pointer in renamed(integration):
            stands = shortened(str(renamed(integration)[pointer]))
            reason = f"{ABSENT}; did you mean `{stands}`?"
        message = f"`{dotted(pointer)}` names {quoted(value)}, {reason}"
        yield rule.finding(place, message, fix=fix)


def _is_shown(integration: Integration, pointer: Pointer, path: PurePosixPath) -> bool:
    """Whether a file that the manifest names is one that the tile can show, where it has to be a picture."""
    if pointer[: len(MEDIA)] != MEDIA:
        return True
    try:
        picture = read_picture(integration.tree, path)
    except OSError:
        return False
    return picture.format in _SHOWN and picture.size is not None


_SHOWN = ("PNG", "JPEG")
