"""Assets: the files that the manifest names, or that lie where assets of their kind lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from validator.documents.json import JsonDocument
from validator.integration import METADATA, SERVICE_CHECKS, Integration, once
from validator.model import DocumentError, MissingDocument, Pointer

if TYPE_CHECKING:
    from validator.documents.csv import CsvDocument

T = TypeVar("T")

_APP_ID = re.compile(r"[a-z0-9-]+")

LOGS = PurePosixPath("assets/logs")

_ONE_FILE: dict[str, tuple[Pointer, PurePosixPath]] = {
    "metadata": (("assets", "integration", "metrics", "metadata_path"), METADATA),
    "service_checks": (
        ("assets", "integration", "service_checks", "metadata_path"),
        SERVICE_CHECKS,
    ),
}


def manifest_value(integration: Integration, pointer: Pointer) -> Any:
    """Return a value of the manifest; None where there is none, or no manifest.

    Raises DocumentError when the manifest can't be read.
    """
    try:
        return integration.manifest.get(pointer)
    except MissingDocument:
        return None


def app_id(integration: Integration) -> str | None:
    """Return the id of the integration; None where the manifest has none, or one that is refused.

    Raises DocumentError when the manifest can't be read.
    """
    value = manifest_value(integration, ("app_id",))
    return value if isinstance(value, str) and _APP_ID.fullmatch(value) else None


def _named(integration: Integration, pointer: Pointer) -> Any:
    try:
        return manifest_value(integration, pointer)
    except DocumentError:  # a broken manifest doesn't keep us from judging what lies in its place
        return None


def tidy(path: str) -> PurePosixPath:
    """Return a path of a manifest as it is meant: without a leading slash, with forward slashes."""
    return PurePosixPath(path.replace("\\", "/").lstrip("/"))


@once
def everything(integration: Integration) -> tuple[PurePosixPath, ...]:
    """Return every file of an integration, sorted."""
    return tuple(integration.tree.files())


@once
def _by_name(integration: Integration) -> dict[str, list[PurePosixPath]]:
    found: dict[str, list[PurePosixPath]] = {}
    for path in everything(integration):
        found.setdefault(path.name.casefold(), []).append(path)
    return found


def named_alike(integration: Integration, path: PurePosixPath) -> list[PurePosixPath]:
    """Return the files, in whatever folder, that have the name of a path; case doesn't matter."""
    return _by_name(integration).get(path.name.casefold(), [])


def files(integration: Integration, kind: str) -> list[PurePosixPath]:
    """Return the files of dashboards, monitors or saved_views that are there, each once.

    Without a readable manifest these are the files in the folder of that kind.
    """
    named = _named(integration, ("assets", kind))
    values = named.values() if isinstance(named, dict) else ()
    candidates = [tidy(value) for value in values if isinstance(value, str)]
    candidates += [
        path
        for path in integration.tree.files(PurePosixPath("assets", kind))
        if path.suffix == ".json"
    ]
    return list(dict.fromkeys(filter(integration.has, candidates)))


def file(integration: Integration, kind: str) -> list[PurePosixPath]:
    """Return where metadata or service_checks are: as the manifest says, and as convention says."""
    pointer, usual = _ONE_FILE[kind]
    named = _named(integration, pointer)
    candidates = [tidy(named), usual] if isinstance(named, str) else [usual]
    return list(dict.fromkeys(filter(integration.has, candidates)))


def logs(integration: Integration) -> list[PurePosixPath]:
    """Return the files of log pipelines and of their samples."""
    return [path for path in integration.tree.files(LOGS) if path.suffix in (".yaml", ".yml")]


def readable(read: Callable[[PurePosixPath], T], paths: Iterable[PurePosixPath]) -> Iterator[T]:
    """Yield what can be read of some paths, so that one broken file doesn't hide the others.

    Raises the first DocumentError at the end.
    """
    first: DocumentError | None = None
    for path in paths:
        try:
            document = read(path)
        except DocumentError as error:  # noqa: PERF203 (the others are judged all the same)
            first = first or error
        else:
            yield document
    if first is not None:
        raise first


def objects(integration: Integration, kind: str) -> Iterator[JsonDocument]:
    """Yield the dashboards, monitors or saved_views that hold an object; errors as ``readable``."""
    return readable(integration.json_object, files(integration, kind))


def metadata(integration: Integration) -> Iterator[CsvDocument]:
    """Yield the metrics' metadata; errors as ``readable``."""
    return readable(integration.csv, file(integration, "metadata"))
