"""The files that the manifest names: which they are, whether they are there, and what was meant."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.documents.json import JsonDocument
from validator.facts import assets
from validator.integration import Integration, once
from validator.model import DocumentError, Pointer
from validator.spelling import nearest, offer
from validator.wording import shortened

_FILES: tuple[Pointer, ...] = (
    ("tile", "changelog"),
    ("assets", "integration", "metrics", "metadata_path"),
    ("assets", "integration", "service_checks", "metadata_path"),
    ("legal_terms", "eula"),
)


_MAPS: tuple[Pointer, ...] = tuple(
    ("assets", name) for name in ("dashboards", "monitors", "saved_views")
)


MEDIA = ("tile", "media")


_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?=//)|(?:data|mailto):|//", re.IGNORECASE)


ABSENT = "which does not exist"


_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def paths(manifest: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    """Yield every path of the manifest that must exist, with its pointer; blanks and other types are none."""
    pointers = list(_FILES)
    media = manifest.get(MEDIA)
    if isinstance(media, list):
        pointers += [(*MEDIA, index, "image_url") for index in range(len(media))]
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
    return f"{ABSENT}{_near(integration, value)}", None


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
