"""Findings silenced by whoever accepts them, with a reason."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from validator.configuration import PathGlob
from validator.documents.markdown import Comment, MarkdownDocument
from validator.integration import README, Integration
from validator.model import (
    DocumentError,
    Edit,
    Finding,
    Location,
    Region,
    Suppressed,
    format_pointer,
)

_MARKER = re.compile(r"tilelint:\s*suppress\s*\[([^\]]*)\]\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule silenced at some places.

    ``location`` is where somebody wrote it, ``removal`` what to take away when it is not needed.
    ``lines`` are the 1-based first and last line of ``README.md`` it counts for; None means all
    places that ``glob`` (None: the README) and ``pointer`` allow.
    """

    rule: str
    reason: str
    location: Location
    removal: Edit | None
    in_source: bool
    glob: PathGlob | None = None
    pointer: str | None = None
    until: dt.date | None = None
    lines: tuple[int, int] | None = None

    def silences(self, finding: Finding, folder: Path) -> bool:
        """Tell whether a finding of the integration in ``folder`` (absolute) is meant."""
        location = finding.location
        if finding.rule.id != self.rule or not finding.rule.silenceable or not self.reason:
            return False
        if self.glob is None:
            region = location.region
            return location.path == README and (
                self.lines is None
                or (region is not None and self.lines[0] <= region.start_line <= self.lines[1])
            )
        if not self.glob.matches(folder / location.path):
            return False
        if self.pointer is None:
            return True
        place = format_pointer(location.pointer or ())
        return place == self.pointer or place.startswith(self.pointer + "/")


@dataclass(frozen=True, slots=True)
class Use:
    """A suppression and what became of it in a run.

    ``judged`` tells whether its rule was judged at its places; ``today`` is the day of the run.
    """

    suppression: Suppression
    silenced: int
    judged: bool
    today: dt.date

    @property
    def expired(self) -> bool:
        """Whether its last day has passed."""
        until = self.suppression.until
        return until is not None and until < self.today


def apply(
    findings: Iterable[Finding],
    integrations: Iterable[Integration],
    judged: Iterable[str],
    today: dt.date,
) -> tuple[list[Finding], list[Suppressed], list[Use]]:
    """Part the findings into those that stay and those silenced; tell how each suppression was used.

    ``judged`` are the ids of the rules of the run.
    """
    owners = {integration.path: integration for integration in integrations}
    available = {path: list(_collect(owner)) for path, owner in owners.items()}
    counts: dict[tuple[Location, str], int] = {}
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        owner = owners[finding.location.integration]
        by = next(
            (
                suppression
                for suppression in available[owner.path]
                if suppression.silences(finding, owner.folder)
                and not Use(suppression, 0, judged=True, today=today).expired
            ),
            None,
        )
        if by is None:
            kept.append(finding)
        else:
            suppressed.append(Suppressed(finding, by.reason, by.in_source))
            key = (by.location, by.rule)
            counts[key] = counts.get(key, 0) + 1
    return kept, suppressed, list(_uses(owners.values(), available, counts, set(judged), today))


def _uses(
    owners: Iterable[Integration],
    available: dict[PurePosixPath, list[Suppression]],
    counts: dict[tuple[Location, str], int],
    judged: set[str],
    today: dt.date,
) -> Iterator[Use]:
    reaching: dict[tuple[Location, str], tuple[Suppression, bool]] = {}
    for owner in owners:
        for suppression in available[owner.path]:
            key = (suppression.location, suppression.rule)
            reached = reaching.get(key, (suppression, False))[1] or _reaches(suppression, owner)
            reaching[key] = (suppression, reached)
    for key, (suppression, reached) in reaching.items():
        yield Use(suppression, counts.get(key, 0), reached and suppression.rule in judged, today)


def _reaches(suppression: Suppression, owner: Integration) -> bool:
    """Whether a run that judges this integration can say that the suppression is not needed."""
    glob = suppression.glob
    if glob is None or glob.folder.is_relative_to(owner.folder):
        return True
    return any(glob.matches(owner.folder / path) for path in owner.tree.files())


def _collect(integration: Integration) -> Iterator[Suppression]:
    for configured in integration.settings.suppressions:
        yield Suppression(
            configured.rule,
            configured.reason,
            configured.setting.location,
            Edit(configured.setting.removal, "") if configured.setting.removal else None,
            in_source=False,
            glob=configured.path,
            pointer=configured.pointer,
            until=configured.until,
        )
    try:
        readme = integration.readme
    except DocumentError:
        return
    for comment in readme.comments:
        yield from _in_comment(comment, readme)


def _in_comment(comment: Comment, readme: MarkdownDocument) -> Iterator[Suppression]:
    match = _MARKER.match(comment.text)
    region = comment.location.region
    if match is None or region is None:
        return
    above = readme.text[: readme.offset(region.start_line, region.start_column)]
    lines = None
    if above.strip():
        following = next(
            (
                number
                for number in range(region.end_line + 1, len(readme.lines) + 1)
                if readme.lines[number - 1].strip()
            ),
            region.end_line,
        )
        lines = (region.end_line, following)
    names = [name.strip() for name in match.group(1).split(",")]
    reason = " ".join(match.group(2).split())
    for name in names:
        others = ", ".join(other for other in names if other != name)
        left = f"<!-- tilelint: suppress[{others}] {reason} -->" if others else ""
        yield Suppression(
            name,
            reason,
            comment.location,
            Edit(comment.location, left) if left else _removal(comment, readme),
            in_source=True,
            lines=lines,
        )


def _removal(comment: Comment, readme: MarkdownDocument) -> Edit:
    """Return the edit that takes the comment away, and its line with it when nothing else is there."""
    region = comment.location.region
    assert region is not None
    first, last = readme.lines[region.start_line - 1], readme.lines[region.end_line - 1]
    whole = (
        not first[: region.start_column - 1].strip() and not last[region.end_column - 1 :].strip()
    )
    if whole and region.end_line < len(readme.lines):
        region = Region(region.start_line, 1, region.end_line + 1, 1)
    location = comment.location
    return Edit(Location(location.integration, location.path, region), "")
