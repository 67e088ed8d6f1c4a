"""Questions about documents as such: whether they can be read, and are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath

from validator.definitions.rules import KINDS
from validator.documents import conflicts
from validator.documents.json import JsonDocument, kind
from validator.documents.text import TextDocument
from validator.facts import assets
from validator.integration import (
    CHANGELOG,
    DATAFLOWS,
    FIXED,
    LARGEST,
    MANIFEST,
    METADATA,
    OAUTH_CLIENTS,
    README,
    Integration,
)
from validator.model import DocumentError, Finding, Location, RefusedDocument, Region, Related, Rule
from validator.wording import dotted, listed, shortened

_OBJECTS = ("dashboards", "monitors", "saved_views", "security")


def unreadable(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield one finding for each document that can't be read, or begins as JSON must not."""
    for path, read in _documents(integration).items():
        try:
            document = read(path)
        except RefusedDocument:  # noqa: PERF203 (each document is judged on its own; another rule tells why)
            continue
        except DocumentError as error:
            own = (
                rule.in_extras_ci if path == METADATA else rule
            )  # which ddev reads of every integration
            yield own.finding(error.location, f"`{path}` {error.reason}")
        else:
            if isinstance(document, JsonDocument) and document.has_bom:
                place = Location(integration.path, path, Region(1, 1, 1, 2))
                message = f"`{path}` begins with a byte order mark; expected UTF-8 without one"
                yield rule.finding(place, message)
    for _ in integration.tree.files():
        pass  # so that every folder is listed
    for folder, reason in sorted(integration.tree.unreadable.items()):
        message = f"the folder `{shortened(str(folder))}` can't be listed: {reason}"
        yield rule.finding(integration.location(folder), message)


def _documents(
    integration: Integration,
) -> dict[PurePosixPath, Callable[[PurePosixPath], TextDocument]]:
    """Return the documents that are there, each with what reads it."""
    readers: dict[PurePosixPath, Callable[[PurePosixPath], TextDocument]] = {
        MANIFEST: integration.json_object,
        README: integration.markdown,
        OAUTH_CLIENTS: integration.json_object,
        DATAFLOWS: integration.yaml,
        CHANGELOG: integration.markdown,
    }
    found = {path: read for path, read in readers.items() if integration.has(path)}
    for path in FIXED:
        if integration.is_blocked(path):
            found[path] = partial(integration.document, type_=TextDocument)
    for path in assets.file(integration, "metadata"):
        found.setdefault(path, integration.csv)
    for folder in _OBJECTS:
        for path in assets.files(integration, folder):
            found.setdefault(path, integration.json_object)
    for path in assets.file(integration, "service_checks"):
        found.setdefault(path, partial(_service_checks, integration))
    for path in assets.logs(integration):
        found.setdefault(path, integration.yaml)
    return found


def _service_checks(integration: Integration, path: PurePosixPath) -> JsonDocument:
    """Return a list of service checks; `{}` stands for none. Raises DocumentError for another value."""
    document = integration.json(path)
    if not isinstance(document.value, list) and document.value != {}:
        reason = f"holds {kind(document.value)}; expected a JSON array"
        raise DocumentError(document.locate(()), reason)
    return document


def conflict_marker(
    integration: Integration, rule: Rule, *, suffixes: list[str]
) -> Iterator[Finding]:
    """Yield each merge that nobody finished, in texts with one of the suffixes; tests may need some."""
    for path in integration.tree.files():
        if path.suffix.lower() not in suffixes or path.parts[0] == "tests":
            continue
        try:
            size = integration.tree.size(path)
            data = integration.tree.read(path) if size <= LARGEST else b""
        except OSError:  # another rule's, where it matters
            continue
        for region in conflicts.find(path, data):
            yield rule.finding(
                Location(integration.path, path, region),
                f"`{path.name}` holds both versions of a merge; expected one, without `<<<<<<<`, `=======` "
                "and `>>>>>>>`",
            )


def duplicate_key(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each key that an object of a JSON document has twice."""
    paths = [path for path in (MANIFEST, OAUTH_CLIENTS) if integration.has(path)]
    for folder in _OBJECTS:
        paths += assets.files(integration, folder)
    paths += assets.file(integration, "service_checks")
    for document in assets.readable(integration.json, dict.fromkeys(paths)):
        for pointer, first, second in document.duplicate_keys:
            message = (
                f"`{dotted(pointer)}` is given twice; expected once, as only the last one counts"
            )
            related = (Related(first, "first given here"),)
            yield rule.finding(second, message, related=related)


def missing_manifest(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Tell that there is no manifest, unless the kind of the integration is declared.

    What stands in its place under another name, or is no file, is another rule's finding.
    """
    if (
        integration.lives_on_platform
        or integration.tree.obstacle(MANIFEST)
        or any(_meant_as_manifest(integration))
    ):
        return
    alike = [
        name
        for name, is_folder in integration.tree.entries().items()
        if not is_folder and "manifest" in name.casefold() and name.casefold().endswith(".json")
    ]
    if alike:
        message = (
            f"`{shortened(alike[0])}` is not read as a manifest; expected the name `{MANIFEST}`"
        )
        yield rule.finding(integration.location(MANIFEST), message, about=alike[0])
        return
    kinds = listed(f"kind: {other}" for other in KINDS if other != "all")
    message = (
        f"`{MANIFEST}` is not here; if the publishing platform keeps it, write {kinds} into "
        "`.tilelint.yaml`"
    )
    yield rule.finding(integration.location(MANIFEST), message)


def misnamed_manifest(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each file that was meant as the manifest, where there is none of its name."""
    if integration.has(MANIFEST) or integration.tree.obstacle(MANIFEST):
        return
    for name in _meant_as_manifest(integration):
        yield rule.finding(
            integration.location(PurePosixPath(name)),
            f"`{shortened(name)}` is not read as the manifest; expected the name `{MANIFEST}`, case included",
            about=name,
        )


_FORMATS = (".json", ".jsonc", ".json5", ".yaml", ".yml", ".txt", "")
"""Endings that somebody gives a manifest, in lower case."""


def _meant_as_manifest(integration: Integration) -> Iterator[str]:
    """Yield the manifest, and the files that can only have been meant as it."""
    for name, is_folder in integration.tree.entries().items():
        path = PurePosixPath(name.casefold())
        while path.suffix in _FORMATS and path.suffix:  # `manifest.json.txt`
            path = path.with_suffix("")
        if not is_folder and path.name == MANIFEST.stem:
            yield name
