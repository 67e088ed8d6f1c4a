"""What integrations of one repository must not share, and who answers for each of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from validator.facts import owners
from validator.integration import MANIFEST, README, Integration
from validator.limits import MOST_RELATED
from validator.model import DocumentError, Finding, Location, Pointer, Related, Rule
from validator.wording import enumerated, quoted


@dataclass(frozen=True, slots=True)
class _Use:
    """An integration that has a value, or a key, and the pointer to it in the manifest."""

    integration: Integration
    pointer: Pointer
    is_key: bool = False

    @property
    def location(self) -> Location:
        """The place in the manifest, looked up when asked for: most values are shared by nobody."""
        manifest = self.integration.manifest
        return manifest.locate_key(self.pointer) if self.is_key else manifest.locate(self.pointer)


def shared_fields(
    integrations: tuple[Integration, ...], rule: Rule, *, fields: list[str]
) -> Iterator[Finding]:
    """Yield each field that another integration has with the same value; case doesn't matter."""
    for field in fields:
        pointer: Pointer = tuple(field.split("."))
        uses: dict[Hashable, list[_Use]] = defaultdict(list)
        for integration in _with_manifest(integrations):
            value = integration.manifest.get(pointer)
            own = value.strip().casefold() if isinstance(value, str) else value
            if own and isinstance(own, str | int) and not isinstance(own, bool):
                uses[own].append(_Use(integration, pointer))
        for sharing in uses.values():
            yield from _shared(rule, sharing, f"`{field}` is that", "the same value")


def shared_short_names(
    integrations: tuple[Integration, ...], rule: Rule, *, kinds: list[str]
) -> Iterator[Finding]:
    """Yield each short name of an asset that another integration has, too."""
    for kind in kinds:
        uses: dict[Hashable, list[_Use]] = defaultdict(list)
        for integration in _with_manifest(integrations):
            named = integration.manifest.get(("assets", kind))
            for name in named if isinstance(named, dict) else ():
                pointer: Pointer = ("assets", kind, name)
                uses[name.strip()].append(_Use(integration, pointer, is_key=True))
        for name, sharing in uses.items():
            found = f"the short name {quoted(name)} in `assets.{kind}` is that of an asset"
            yield from _shared(rule, sharing, found, "the same short name")


def _with_manifest(integrations: Iterable[Integration]) -> Iterator[Integration]:
    """Yield the integrations whose manifest can be read: another rule tells of the others."""
    for integration in integrations:
        try:
            integration.manifest  # noqa: B018 (read for its error)
        except DocumentError:
            continue
        yield integration


def _shared(rule: Rule, sharing: list[_Use], found: str, words: str) -> Iterator[Finding]:
    """Yield a finding for each integration that shares a value with others.

    Each is explained by the first others only: that of a thousand copies would relate to all the rest.
    """
    owners = {use.integration: use for use in sharing}
    if len(owners) == 1:
        return
    for use in sharing:
        rest = (other for other in owners.values() if other.integration is not use.integration)
        others = list(itertools.islice(rest, MOST_RELATED))
        more = len(owners) - 1 - len(others)
        names = [f"`{other.integration.name}`" for other in others]
        names += [f"{more:,} more"] if more else []
        yield rule.finding(
            use.location,
            f"{found} of {enumerated(names, 'and')}, too; expected one that no other integration has",
            related=tuple(
                Related(other.location, f"{words} in `{other.integration.name}`")
                for other in others
            ),
        )


def without_owner(integrations: tuple[Integration, ...], rule: Rule) -> Iterator[Finding]:
    """Yield each integration that no line of the repository's CODEOWNERS gives an owner."""
    for integration in integrations:
        placed = owners.file_for(integration.snapshot, integration.prefix)
        if placed is None:
            continue
        line = owners.line_for(integration.snapshot, integration.prefix)
        if line is None or not line.owners:
            path = integration.prefix.relative_to(placed).as_posix()
            found = "has no line for" if line is None else f"names nobody in line {line.number} for"
            document = MANIFEST if integration.has(MANIFEST) else README
            yield rule.finding(
                integration.location(document),
                f"`{owners.CODEOWNERS}` {found} this integration; expected one such as "
                f"`{'*' if path == '.' else f'/{path}/'} @your-github-name`",
            )
