"""Questions about the manifest: its version, its shape, and the files that it names."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from validator.checks.oauth_client import misplaced
from validator.definitions import policies, schemas, versions
from validator.definitions.schemas import Violation
from validator.documents.image import read_picture
from validator.documents.json import JsonDocument, kind
from validator.facts import assets
from validator.fixes.edits import insert_member
from validator.integration import MANIFEST, Integration, once
from validator.model import DocumentError, Edit, Finding, Fix, Pointer, Related, Rule
from validator.spelling import nearest, offer
from validator.wording import dotted, quoted, shortened

_VERSION = ("manifest_version",)


def unsupported_version(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a version other than the one that is published, and guide from version 1 to it."""
    manifest = integration.json_object(MANIFEST)
    if versions.is_supported(manifest):
        return
    policy = policies.load("manifest_versions")
    value = manifest.get(_VERSION)
    if "manifest_version" not in manifest.value:
        old = next(key for key in manifest.value if key in policy["successors"])
        found = f"is missing, and `{old}` is a key of version 1"
    else:
        found = f"is {kind(value) if isinstance(value, dict | list) else quoted(value)}"
    yield rule.finding(
        manifest.locate(_VERSION),
        f'`manifest_version` {found}; expected `"{policy["supported"]}"`',
        related=tuple(_guidance(manifest)),
    )


def _guidance(manifest: JsonDocument) -> Iterator[Related]:
    """Yield what becomes of each key of version 1."""
    policy = policies.load("manifest_versions")
    for key in manifest.value:
        if key in policy["successors"]:
            becomes = f"`{key}` becomes `{policy['successors'][key]}`"
            yield Related(manifest.locate_key((key,)), becomes)
        elif key in policy["gone"]:
            yield Related(manifest.locate_key((key,)), f"`{key}` goes without a successor")


@once
def _violations(integration: Integration) -> tuple[Violation, ...]:
    """Return what breaks the manifest's schema."""
    manifest = integration.manifest
    found = {violation.pointer: violation for violation in schemas.violations(manifest, "manifest")}
    if integration.declared_kind == "marketplace":
        for violation in schemas.violations(manifest, "manifest", "marketplace"):
            found.setdefault(violation.pointer, violation)
    return tuple(found.values())


def _field(pointer: Pointer) -> str:
    """Return a pointer without the indexes of lists, as a parameter names a field."""
    return ".".join(step for step in pointer if isinstance(step, str))


def missing_field(
    integration: Integration, rule: Rule, *, only: Sequence[str] = (), others: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield each mandatory field that is missing where its parent exists.

    ``only`` limits the fields; ``others`` are fields that rules of their own judge.
    """
    for violation in _violations(integration):
        field = _field(violation.pointer)
        if violation.kind == "missing" and field not in others and (not only or field in only):
            yield rule.finding(violation.location, violation.message)


def invalid_value(
    integration: Integration, rule: Rule, *, others: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield each value of a wrong type or form; ``others`` are fields that rules of their own judge."""
    twice = {pointer for pointer, _, _ in integration.manifest.duplicate_keys}
    for violation in _violations(integration):
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
    successors = policies.load("manifest_versions")["successors"]
    elsewhere = set(misplaced(integration))
    for violation in _violations(integration):
        *parent, key = violation.pointer
        if violation.kind != "unknown" or key in others or violation.pointer in elsewhere:
            continue
        if _stands_for_uninstallation(integration, violation) and "oauth" in integration.kinds:
            continue  # the reference is missing, says a rule of its own
        message = violation.message
        if not parent and key in successors:
            message = f"`{key}` is a key of version 1; expected `{successors[key]}`"
        yield rule.finding(violation.location, message, fix=_move(integration, violation))


def _stands_for_uninstallation(integration: Integration, violation: Violation) -> bool:
    """Tell whether a key of the tile was meant as the reference to the uninstallation section."""
    words = policies.load("uninstallation")["stand_ins"]["words"]
    *parent, key = violation.pointer
    tile = integration.manifest.get(("tile",))
    is_named = isinstance(tile, dict) and "uninstallation" in tile
    return (
        parent == ["tile"] and not is_named and re.sub(r"[\W_]", "", str(key).casefold()) in words
    )


def is_misnamed(integration: Integration, pointer: Pointer) -> bool:
    """Tell whether a key that the manifest lacks is there under a name or at a place that is refused."""
    *parent, key = pointer
    for violation in _violations(integration):
        *home, found = violation.pointer
        if violation.kind != "unknown":
            continue
        if home == parent and nearest(str(found), [str(key)], most=1):
            return True
        if found == key and violation.home == tuple(parent):
            return True
    return False


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

_FILES: tuple[Pointer, ...] = (
    ("tile", "changelog"),
    ("assets", "integration", "metrics", "metadata_path"),
    ("assets", "integration", "service_checks", "metadata_path"),
    ("legal_terms", "eula"),
)
_MAPS: tuple[Pointer, ...] = tuple(
    ("assets", name) for name in ("dashboards", "monitors", "saved_views")
)
_MEDIA = ("tile", "media")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?=//)|(?:data|mailto):|//", re.IGNORECASE)
_ABSENT = "which does not exist"
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


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
        if reason.startswith(_ABSENT) and pointer in renamed(integration):
            stands = shortened(str(renamed(integration)[pointer]))
            reason = f"{_ABSENT}; did you mean `{stands}`?"
        message = f"`{dotted(pointer)}` names {quoted(value)}, {reason}"
        yield rule.finding(place, message, fix=fix)


def _is_shown(integration: Integration, pointer: Pointer, path: PurePosixPath) -> bool:
    """Whether a file that the manifest names is one that the tile can show, where it has to be a picture."""
    if pointer[: len(_MEDIA)] != _MEDIA:
        return True
    try:
        picture = read_picture(integration.tree, path)
    except OSError:
        return False
    return picture.format in _SHOWN and picture.size is not None


_SHOWN = ("PNG", "JPEG")


def paths(manifest: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    """Yield every path of the manifest that must exist, with its pointer; blanks and other types are none."""
    pointers = list(_FILES)
    media = manifest.get(_MEDIA)
    if isinstance(media, list):
        pointers += [(*_MEDIA, index, "image_url") for index in range(len(media))]
    for parent in _MAPS:
        named = manifest.get(parent)
        if isinstance(named, dict):
            pointers += [(*parent, name) for name in named]
    for pointer in pointers:
        value = manifest.get(pointer)
        if isinstance(value, str) and value.strip():
            yield pointer, value


@once
def renamed(integration: Integration) -> dict[Pointer, PurePosixPath]:
    """Return the file that lies there instead of each dashboard, monitor and saved view that doesn't.

    It is one of its kind that the manifest doesn't name: of the same name elsewhere, else one of a like
    name, else the only one.
    """
    named = {
        posixpath.normpath(str(assets.tidy(value))) for _, value in paths(integration.manifest)
    }
    found: dict[Pointer, PurePosixPath] = {}
    for parent in _MAPS:
        folder = PurePosixPath(*map(str, parent))
        others = [
            path
            for path in integration.tree.files(folder)
            if path.suffix.lower() == ".json" and str(path) not in named
        ]
        lost = [
            (pointer, PurePosixPath(value))
            for pointer, value in paths(integration.manifest)
            if pointer[:-1] == parent and not _URL.match(value) and flaw(integration, value)
        ]
        for is_like in (_has_name, _has_like_name, _is_only):
            for pointer, path in lost:
                like = [other for other in others if is_like(path, other, others)]
                if pointer not in found and like:
                    found[pointer] = like[0]
                    others.remove(like[0])
    return found


def _has_name(path: PurePosixPath, other: PurePosixPath, _: list[PurePosixPath]) -> bool:
    return path.name.casefold() == other.name.casefold()


def _has_like_name(path: PurePosixPath, other: PurePosixPath, _: list[PurePosixPath]) -> bool:
    return bool(nearest(path.stem, [other.stem], most=1))


def _is_only(_: PurePosixPath, __: PurePosixPath, others: list[PurePosixPath]) -> bool:
    return len(others) == 1


def is_told(integration: Integration, path: PurePosixPath) -> bool:
    """Tell whether the manifest names a file that isn't there, so that nobody else need tell."""
    try:
        named = list(paths(integration.manifest))
    except DocumentError:
        return False
    return any(assets.tidy(value) == path and flaw(integration, value) for _, value in named)


def flaw(integration: Integration, value: str) -> tuple[str, PurePosixPath | None] | None:
    """Return why a path names no file, and the file of another case that was meant; None if it does."""
    expected = "expected a path inside the integration"
    if _URL.match(value):
        return f"a URL; {expected}", None
    if value.startswith("/") or _DRIVE.match(value):
        return f"an absolute path{_near(integration, value)}", None
    path = PurePosixPath(posixpath.normpath(value.replace("\\", "/")))
    if path.parts[:1] == ("..",):
        return f"which leads out of the integration; {expected}", None
    if integration.has(path):
        return None
    if not path.parts:
        return "a folder; expected a file", None
    if integration.is_blocked(path):
        return None
    if obstacle := integration.tree.obstacle(path):
        return f"{obstacle}; expected a file", None
    right = _in_other_case(integration, path)
    if right is not None:
        return f"but the file is `{right}`: case matters", right
    return f"{_ABSENT}{_near(integration, value)}", None


def _in_other_case(integration: Integration, path: PurePosixPath) -> PurePosixPath | None:
    """Return the one file whose path differs in case only."""
    folded, alike = str(path).casefold(), assets.named_alike(integration, path)
    found = [other for other in alike if str(other).casefold() == folded]
    return found[0] if len(found) == 1 else None


def _near(integration: Integration, value: str) -> str:
    """Return a clause that offers the file that was meant: of this name elsewhere, or a like one here."""
    path = PurePosixPath(value.replace("\\", "/").lstrip("/"))
    same = assets.named_alike(integration, path)
    if len(same) == 1:
        return f"; did you mean `{shortened(str(same[0]))}`?"
    suffix = path.suffix.casefold()
    beside = (
        str(other)
        for other in assets.everything(integration)
        if other.suffix.casefold() == suffix and other.parent == path.parent
    )
    return offer(str(path), beside) or "; expected a file of the integration"
