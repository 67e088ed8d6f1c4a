"""What integrations of one repository must not share, and who answers for each of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from validator.definitions import policies
from validator.facts import owners
from validator.integration import MANIFEST, Integration
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
    """Yield each integration that the repository's CODEOWNERS gives no owner, as ddev reads the file.

    A repository that is one integration, or has them below other folders, is none that ddev reads: any line
    that gives an owner will do.
    """
    for integration in integrations:
        placed = owners.file_for(integration.snapshot, integration.prefix)
        if placed is None or not integration.has(
            MANIFEST
        ):  # ddev knows integrations by their manifests
            continue
        path = integration.prefix.relative_to(placed).as_posix()
        is_one_of_many = path != "." and "/" not in path
        found = (_without_entry if is_one_of_many else _without_line)(integration)
        if found:
            wanted = "*" if path == "." else f"/{path}/"
            yield rule.finding(
                integration.location(MANIFEST),
                f"`{owners.CODEOWNERS}` {found}; expected a line such as `{wanted} @your-github-name`",
            )


def _without_line(integration: Integration) -> str:
    line = owners.line_for(integration.snapshot, integration.prefix)
    if line is None:
        return "has no line for this integration"
    return "" if line.owners else f"names nobody in line {line.number} for this integration"


def _without_entry(integration: Integration) -> str:
    """Return what is wrong with the entry of an integration; an empty text if nothing is."""
    entry = owners.entry_for(integration.snapshot, integration.prefix)
    if entry is None:
        line = owners.line_for(integration.snapshot, integration.prefix)
        if line is None:
            return "has no line for this integration"
        if line.pattern == f"/{integration.prefix.name}/":
            return f"has a tab before the owner in line {line.number}, where only blanks count"
        return f"has no line for this integration alone: {quoted(line.pattern)} in line {line.number} doesn't count"
    if not entry.owner:
        return f"names nobody in line {entry.number} for this integration"
    mailboxes = policies.load(policies.Codeowners).with_mailbox
    if not entry.owner.startswith("@") and integration.name not in mailboxes:
        return (
            f"begins the owners of this integration with {quoted(entry.owner)} in line {entry.number}, which "
            "is no user or team"
        )
    return ""


_LOGS = PurePosixPath("assets/logs")


def logs_without_owner(integrations: tuple[Integration, ...], rule: Rule) -> Iterator[Finding]:
    """Yield each integration whose log pipelines Datadog's reviewers of logs don't own."""
    team = policies.load(policies.Codeowners).log_reviewers
    for integration in integrations:
        prefix = integration.prefix / _LOGS
        placed = owners.file_for(integration.snapshot, integration.prefix)
        if placed is None or not (integration.has(MANIFEST) and integration.tree.has_folder(_LOGS)):
            continue
        path = prefix.relative_to(placed).as_posix()
        line = owners.line_for(integration.snapshot, prefix)
        if path.count("/") == _LOGS.as_posix().count("/") + 1 and team not in (
            line.owners if line else ()
        ):
            yield rule.finding(
                integration.location(MANIFEST),
                f"`{owners.CODEOWNERS}` gives the log pipelines to others than `{team}`; expected the line "
                f"`/{path}/ {team}` behind that of the integration",
            )
