"""Credentials that were committed.

A message never holds a credential, only its beginning, because logs and SARIF files are public too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.documents.text import TextDocument
from validator.facts import committed_credentials
from validator.integration import LARGEST, README, Integration, once
from validator.model import DocumentError, Finding, Level, Location, Region, Rule
from validator.reading.credentials import Credential

_TESTS = {"test", "tests"}


def committed_secret(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each certain credential in what is published: assets, and the files at the top."""
    for location, credential in _found(integration):
        if credential.certain and _is_published(location.path):
            yield rule.finding(location, credential.message)
    _refuse_half(integration)


def possible_secret(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each value that looks like a credential, and the certain ones in code and tests.

    What only looks like one in a test was mostly made up for it.
    """
    for location, credential in _found(integration):
        if not (credential.certain and _is_published(location.path)):
            is_made_up = not credential.certain and _TESTS.intersection(location.path.parts[:-1])
            level = Level.NOTE if is_made_up else None
            yield rule.finding(location, credential.message, level=level)
    _refuse_half(integration)


def _refuse_half(integration: Integration) -> None:
    """Raise DocumentError for a text that is too large to be searched to its end."""
    for path in committed_credentials.half_searched(integration):
        size = integration.tree.size(path)
        reason = f"has {size:,} bytes, of which the first {LARGEST:,} were searched for credentials"
        raise DocumentError(integration.location(path), reason)


def _is_published(path: PurePosixPath) -> bool:
    return len(path.parts) == 1 or path.parts[0] == "assets"


@once
def _found(integration: Integration) -> list[tuple[Location, Credential]]:
    """Return each credential of the integration's text files with its place."""
    found = []
    for path, held in committed_credentials.in_all_files(integration):
        document = TextDocument(integration.path, path, held.text.encode())
        found += [(_locate(integration, document, one), one) for one in held.credentials]
    return found


def _locate(integration: Integration, document: TextDocument, credential: Credential) -> Location:
    """Return the place of a credential, of its first line if it goes over several."""
    first_line, _, _ = document.text[credential.start : credential.end].partition("\n")
    region = document.region(credential.start, credential.start + len(first_line))
    anchor = _anchor(integration, region) if document.path == README else None
    return Location(integration.path, document.path, region, anchor=anchor)


def _anchor(integration: Integration, region: Region) -> str | None:
    """Return the slug of the README's section that holds a region."""
    try:
        heading = integration.readme.heading_at(region.start_line)
    except DocumentError:
        return None
    return heading.slug if heading else None
