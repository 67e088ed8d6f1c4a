"""The changelog: what the tile shows under Release Notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from validator.documents.markdown import Heading, MarkdownDocument
from validator.facts import assets
from validator.integration import CHANGELOG, README, Integration
from validator.model import DocumentError, Finding, Location, Related, Rule
from validator.wording import quoted

_POINTER = ("tile", "changelog")
_FORM = "## X.Y.Z / YYYY-MM-DD"
_VERSION = re.compile(r"\W*(?:v|version )?(\d+(?:\.\d+)+)", re.ASCII | re.IGNORECASE)
_ENTRY = re.compile(r"\d+\.\d+\.\d+ / (\d{4}-\d\d-\d\d)", re.ASCII)


def missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Tell that there is no changelog; a file that the manifest names is another rule's business."""
    if integration.has(CHANGELOG) or integration.tree.obstacle(CHANGELOG):
        return
    if integration.lives_on_platform and "agent" not in integration.kinds:
        return  # the platform keeps it beside the manifest
    named = assets.manifest_value(integration, _POINTER)
    if not isinstance(named, str) or not named.strip():
        yield rule.finding(
            _where_it_belongs(integration),
            f"`{CHANGELOG}` is missing; expected it with an entry such as `{_FORM}`",
        )


def _where_it_belongs(integration: Integration) -> Location:
    try:
        return integration.manifest.locate(_POINTER)
    except DocumentError:
        return integration.location(README if integration.has(README) else CHANGELOG)


def entry(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a changelog without a single entry that has a version and a date."""
    document = _changelog(integration)
    if document is None or any(map(_is_entry, document.headings)):
        return
    versions = [heading for heading in document.headings if _VERSION.match(heading.text)]
    if versions:
        heading = versions[0]
        version = _VERSION.match(heading.text)
        number = version.group(1) if version and version.group(1).count(".") == 2 else "X.Y.Z"
        yield rule.finding(
            heading.location, f"{_fault(heading)}; expected `## {number} / YYYY-MM-DD`"
        )
    else:
        place = document.headings[0].location if document.headings else document.locate_line(1)
        yield rule.finding(place, f"`{document.path}` has no entry; expected `{_FORM}`")


def _changelog(integration: Integration) -> MarkdownDocument | None:
    named = assets.manifest_value(integration, _POINTER)
    candidates = [assets.tidy(named)] if isinstance(named, str) else []
    for path in (*candidates, CHANGELOG):
        if integration.has(path):
            return integration.markdown(path)
    return None


def _is_entry(heading: Heading) -> bool:
    match = _ENTRY.fullmatch(heading.text.strip())
    return heading.level == 2 and match is not None and _is_date(match.group(1))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _fault(heading: Heading) -> str:
    """Return why the heading of a version is no entry."""
    text = heading.text.strip()
    match = _ENTRY.fullmatch(text)
    if match is None:
        has_date = re.search(r"\d{4}-\d\d-\d\d", text) is not None
        return f"{quoted(text)} has no date" if not has_date else f"{quoted(text)} has another form"
    if not _is_date(match.group(1)):
        return f"`{match.group(1)}` is no date"
    return f"{quoted(text)} is a heading of level {heading.level}"


def _versions(document: MarkdownDocument) -> Iterator[tuple[Heading, tuple[int, ...]]]:
    """Yield the entries, each with the numbers of its version."""
    for heading in document.headings:
        if _is_entry(heading):
            version = heading.text.strip().partition(" ")[0]
            yield heading, tuple(int(part) for part in version.split(".") if len(part) < _LONGEST)


_LONGEST = 10
"""Digits from which on a number is none of a version."""


def repeated_version(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a version that the changelog has twice."""
    document = _changelog(integration)
    first: dict[tuple[int, ...], Heading] = {}
    for heading, version in _versions(document) if document else ():
        earlier = first.setdefault(version, heading)
        if earlier is not heading:
            yield rule.finding(
                heading.location,
                f"{quoted(heading.text.strip())} is a version that stands here before; expected another number",
                related=(Related(earlier.location, "it stands here first"),),
            )


def oldest_first(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a changelog that begins with its oldest version."""
    document = _changelog(integration)
    entries = list(_versions(document)) if document else []
    versions = [version for _, version in entries]
    if len(versions) > 1 and versions == sorted(versions) and versions[0] != versions[-1]:
        (first, _), *_, (last, _) = entries
        yield rule.finding(
            first.location,
            f"the changelog begins with {quoted(first.text.strip())}, the oldest version; expected "
            f"{quoted(last.text.strip())} first",
        )
