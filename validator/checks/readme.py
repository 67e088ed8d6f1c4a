"""The README as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.integration import CONFIGURATION, MANIFEST, README, Integration
from validator.model import DocumentError, Finding, Location, Related, Rule

_OVERVIEW = ("tile", "overview")


def missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find an integration without README.md, and files that may have been meant for it."""
    if integration.has(README) or integration.tree.obstacle(README):
        return
    yield rule.finding(
        _where_it_is_referred_to(integration),
        f"`{README}` is missing; expected it in the folder `{integration.name}`",
        related=tuple(
            Related(
                integration.location(PurePosixPath(name)),
                f"this file is not read; expected the name `{README}`, case included",
            )
            for name, is_folder in integration.tree.entries().items()
            if not is_folder and PurePosixPath(name).stem.casefold() == "readme"
        ),
    )


def _where_it_is_referred_to(integration: Integration) -> Location:
    try:
        manifest = integration.manifest
    except DocumentError:
        known = (path for path in (MANIFEST, CONFIGURATION) if integration.has(path))
        return integration.location(next(known, next(integration.tree.files(), README)))
    if manifest.get(_OVERVIEW) is None:
        return manifest.whole
    return manifest.locate(_OVERVIEW)
