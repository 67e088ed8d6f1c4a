"""What the manifest refers to: sections of the README, and files, tidily and all of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from validator.documents.json import JsonDocument
from validator.documents.markdown import Heading, slugify
from validator.facts import assets, metadata
from validator.facts.manifest_paths import flaw, paths, renamed
from validator.facts.manifest_shape import is_misnamed
from validator.facts.sections import (
    is_dangling,
    malformed,
    misspelt,
    section_of,
    validated_sections,
)
from validator.integration import METADATA, README, SERVICE_CHECKS, Integration, once
from validator.model import Finding, Location, Pointer, Related, Rule
from validator.spelling import nearest
from validator.wording import dotted, quoted

_SECTIONS = {"overview": "Overview", "configuration": "Setup", "support": "Support"}
"""The sections that a tile shows, by the key that refers to them."""

_STANDS_FOR = {"support": "troubleshooting", "troubleshooting": "support"}
"""Sections that stand for each other, by their slugs."""

_SPEC: Pointer = ("assets", "integration", "configuration", "spec")
_OAUTH: Pointer = ("assets", "oauth")


# Sections of the README


def dangling_anchor(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find references to sections that don't exist, or that are none.

    One that leads to Support while the README has Troubleshooting, or the other way round, is the
    subject of a rule of its own.
    """
    for key, value in _anchors(integration.manifest):
        found = _dangling(integration, value)
        if found is None or _stand_in(integration, value) is not None:
            continue
        if value.startswith(f"{README}#") and _section_is_told(integration, value):
            continue
        if (meant := _meant_heading(integration, value)) is not None:
            text, place, name = meant
            own = rule.in_extras_ci if name in validated_sections(integration) else rule
            yield own.finding(
                place,
                f"{quoted(text)} stands where `tile.{key}` refers to `{name}`; expected `## {name}`",
                related=(
                    Related(integration.manifest.locate(("tile", key)), "the reference is here"),
                ),
            )
            continue
        target = _expected(integration, key, value)
        expected = f"`{README}#{target.text}`" if target else f"a heading of `{README}`"
        yield rule.finding(
            integration.manifest.locate(("tile", key)),
            f"`tile.{key}` {found}; expected {expected}",
            related=(Related(target.location, f"`{target.text}` is here"),) if target else (),
        )


def _section_is_told(integration: Integration, value: str) -> bool:
    """Tell whether a reference names a section that is missing as such, which another rule tells."""
    name = section_of(unquote(value.partition("#")[2]).replace("-", " "))
    if name is None or name in misspelt(integration):
        return False
    entries = malformed(integration)
    return not any(section_of(entry.text) == name for entry in entries)


def _meant_heading(integration: Integration, value: str) -> tuple[str, Location, str] | None:
    """Return the text and the place of what the right reference of a key was to lead to, and its name."""
    name = section_of(unquote(value.partition("#")[2]).replace("-", " "))
    if name is None or not is_dangling(integration, name):
        return None
    if name in misspelt(integration):
        heading = misspelt(integration)[name]
        return heading.text, heading.location, name
    for entry in malformed(integration):
        if section_of(entry.text) == name:
            return entry.marks + entry.text, entry.location, entry.text
    return None


def _anchors(manifest: JsonDocument) -> Iterator[tuple[str, str]]:
    """Yield each key that refers to a section, with its text; other types are the schema's business."""
    for key in _SECTIONS:
        value = manifest.get(("tile", key))
        if isinstance(value, str):
            yield key, value


def _dangling(integration: Integration, value: str) -> str | None:
    """Return why a reference leads to no section; None when it leads to one."""
    if not value.strip():
        return "is empty"
    path, mark, fragment = value.partition("#")
    if path != str(README):
        return f"is {quoted(value)}, which is no section of `{README}`"
    if not mark or not fragment.strip():
        return f"is {quoted(value)}, which names no section"
    if _section(integration, fragment) is None:
        return f"leads nowhere: `{README}` has no heading {quoted(unquote(fragment))}"
    return None


def _section(integration: Integration, fragment: str) -> Heading | None:
    """Return the heading that a fragment names, in any letters: by its slug, or by its text."""
    slugs = {heading.slug: heading for heading in integration.readme.headings}
    name = unquote(fragment)
    return slugs.get(name.casefold()) or slugs.get(slugify(name))


def _stand_in(integration: Integration, value: str) -> Heading | None:
    """Return the section that stands for the one that a reference names in vain."""
    path, _, fragment = value.partition("#")
    other = _STANDS_FOR.get(slugify(unquote(fragment)))
    if path != str(README) or other is None or _section(integration, fragment) is not None:
        return None
    return _section(integration, other)


def _expected(integration: Integration, key: str, value: str) -> Heading | None:
    """Return the heading that a reference was meant for: by its name, else the usual one of the key."""
    usual = _section(integration, _SECTIONS[key])
    if usual is None and key == "support":
        usual = _section(integration, _STANDS_FOR[key])
    headings = {
        heading.text: heading for heading in integration.readme.headings if heading.level > 1
    }
    path, _, fragment = value.partition("#")
    close = nearest(unquote(fragment), headings, most=1) if path.lower() == "readme.md" else []
    return headings[close[0]] if close else usual


def support_stand_in(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a reference to Support where the README has Troubleshooting, or the other way round."""
    for key, value in _anchors(integration.manifest):
        target = _stand_in(integration, value)
        if target is not None:
            yield rule.finding(
                integration.manifest.locate(("tile", key)),
                f"`tile.{key}` is {quoted(value)}, but the section is called {quoted(target.text)}; "
                f"expected `{README}#{target.text}`",
                related=(Related(target.location, f"`{target.text}` is here"),),
            )


# Files


def untidy_path(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find paths that lead to their file in a roundabout way."""
    manifest = integration.manifest
    for pointer, value in _resolving_paths(integration):
        tidy = posixpath.normpath(value.replace("\\", "/").lstrip("/"))
        if tidy != value:
            yield rule.finding(
                manifest.locate(pointer),
                f"`{dotted(pointer)}` is {quoted(value)}; expected `{tidy}`",
            )


def missing_specification(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a specification of the configuration that isn't there."""
    manifest = integration.manifest
    spec = manifest.get(_SPEC)
    if isinstance(spec, str) and spec.strip() and not integration.has(_meant(spec)):
        why = flaw(integration, spec.lstrip("/"))
        reason = why[0] if why else "which does not exist; expected a file of the integration"
        if "; expected" in reason:
            reason += ", or no `spec` without an Agent check"
        yield rule.finding(
            manifest.locate(_SPEC), f"`{dotted(_SPEC)}` names {quoted(spec)}, {reason}"
        )


def _resolving_paths(integration: Integration) -> Iterator[tuple[Pointer, str]]:
    """Yield the paths that lead to a file; those that don't are another rule's findings."""
    manifest = integration.manifest
    for pointer, value in paths(manifest):
        if flaw(integration, value) is None:
            yield pointer, value
    spec, client = manifest.get(_SPEC), manifest.get(_OAUTH)
    if isinstance(spec, str) and spec.strip() and integration.has(_meant(spec)):
        yield _SPEC, spec
    if isinstance(client, str) and client.strip() and integration.has(PurePosixPath(client)):
        yield _OAUTH, client


def _meant(path: str) -> PurePosixPath:
    return PurePosixPath(posixpath.normpath(str(assets.tidy(path))))


@once
def _named(integration: Integration) -> frozenset[str]:
    """Return every path that the manifest names, folded: one in other letters is a broken path."""
    return frozenset(str(_meant(value)).casefold() for _, value in paths(integration.manifest))


def unregistered_asset(
    integration: Integration, rule: Rule, *, kinds: list[str]
) -> Iterator[Finding]:
    """Find dashboards, monitors and saved views that the manifest doesn't name."""
    manifest = integration.manifest
    for kind in kinds:
        folder = PurePosixPath("assets", kind)
        names = manifest.get(("assets", kind), {})
        is_refused = not isinstance(manifest.get(("assets",)), dict) or not isinstance(names, dict)
        if is_refused or is_misnamed(integration, ("assets", kind)):
            continue
        for path in integration.tree.files(folder):
            if path.suffix.lower() != ".json" or str(path).casefold() in _named(integration):
                continue
            if path in renamed(integration).values():
                continue
            short = "another short name" if names else "a short name"
            yield rule.finding(
                integration.location(path),
                f"the manifest does not name this file; expected {short} in `assets.{kind}` with "
                f"`{path}`",
                related=(Related(manifest.locate_key(("assets", kind)), "it belongs here"),),
            )


def unregistered_metadata(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a table of metrics, and service checks, that say something and that the manifest doesn't name."""
    metrics: Pointer = ("assets", "integration", "metrics", "metadata_path")
    checks: Pointer = ("assets", "integration", "service_checks", "metadata_path")
    manifest = integration.manifest
    if not all(
        _may_hold(integration, pointer[:depth]) for pointer in (metrics, checks) for depth in (1, 2)
    ):
        return
    if METADATA in assets.file(integration, "metadata") and _lacks(integration, metrics):
        rows = list(metadata.metrics(integration.csv(METADATA)))
        if rows:
            found = f"`{METADATA}` describes {len(rows)} metric{'s' * (len(rows) > 1)}"
            yield _unnamed(rule, manifest, metrics, found, METADATA)
    path = SERVICE_CHECKS
    if integration.has(path) and _lacks(integration, checks) and integration.json(path).value:
        yield _unnamed(rule, manifest, checks, f"`{path}` describes service checks", path)


def _may_hold(integration: Integration, pointer: Pointer) -> bool:
    """Tell whether an object is there, as other rules ask for, or is optional."""
    value = integration.manifest.get(pointer)
    is_missing = value is None and len(pointer) == 1
    return not is_missing and (value is None or isinstance(value, dict))


def _lacks(integration: Integration, pointer: Pointer) -> bool:
    """Tell whether a path is missing that nothing else is told of."""
    if integration.manifest.get(pointer) or not _may_hold(integration, pointer[:-1]):
        return False
    return not any(
        is_misnamed(integration, pointer[:depth]) for depth in range(2, len(pointer) + 1)
    )


def _unnamed(
    rule: Rule, manifest: JsonDocument, pointer: Pointer, found: str, path: PurePosixPath
) -> Finding:
    return rule.finding(
        manifest.locate(pointer), f"{found}, but `{dotted(pointer)}` is missing; expected `{path}`"
    )


def unstable_short_name(
    integration: Integration, rule: Rule, *, kinds: list[str]
) -> Iterator[Finding]:
    """Find short names with blanks around them."""
    manifest = integration.manifest
    for kind in kinds:
        names = manifest.get(("assets", kind))
        for name in names if isinstance(names, dict) else ():
            if name.strip() and name != name.strip():
                side = "begins" if name[0].isspace() else "ends"
                yield rule.finding(
                    manifest.locate_key(("assets", kind, name)),
                    f"the short name {quoted(name)} {side} with a blank; expected "
                    f"{quoted(name.strip())}",
                )
