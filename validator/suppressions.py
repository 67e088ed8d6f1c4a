"""Findings silenced by whoever accepts them, with a reason."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from validator.documents.markdown import Comment, MarkdownDocument
from validator.integration import README, Integration
from validator.model import DocumentError, Edit, Finding, Location, Region, format_pointer
from validator.report import Suppressed
from validator.settings import PathGlob

_MOST_NAMES = 100
"""Names in one comment that can be taken out one by one."""

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
    in_force = {path: _InForce(owners[path], found, today) for path, found in available.items()}
    counts: dict[tuple[Location, str], int] = {}
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        by = in_force[finding.location.integration].silencing(finding)
        if by is None:
            kept.append(finding)
        else:
            suppressed.append(Suppressed(finding, by.reason, by.in_source))
            key = (by.location, by.rule)
            counts[key] = counts.get(key, 0) + 1
    return kept, suppressed, list(_uses(owners.values(), available, counts, set(judged), today))


class _InForce:
    """The suppressions of an integration that count on a day, found by what they silence.

    Each finding asks for its own, so neither many findings nor many suppressions may make that slow.
    """

    def __init__(
        self, owner: Integration, suppressions: Iterable[Suppression], today: dt.date
    ) -> None:
        self._folder = owner.folder
        self._configured: dict[str, list[Suppression]] = defaultdict(list)
        self._everywhere: dict[str, Suppression] = {}
        self._lines: dict[str, dict[int, Suppression]] = defaultdict(dict)
        for one in suppressions:
            if not one.reason or Use(one, 0, judged=True, today=today).expired:
                continue
            if one.glob is not None:
                self._configured[one.rule].append(one)
            elif one.lines is None:
                self._everywhere.setdefault(one.rule, one)
            else:
                self._lines[one.rule].setdefault(one.lines[0], one)
        self._starts = {rule: sorted(lines) for rule, lines in self._lines.items()}
        self._pointers: dict[
            tuple[str, PurePosixPath], dict[str | None, tuple[int, Suppression]]
        ] = {}

    def silencing(self, finding: Finding) -> Suppression | None:
        """Return what silences a finding: what a configuration says comes first."""
        if not finding.rule.silenceable:
            return None
        return self._in_configuration(finding) or self._in_readme(finding)

    def _in_configuration(self, finding: Finding) -> Suppression | None:
        rule, location = finding.rule.id, finding.location
        if rule not in self._configured:
            return None
        key = (rule, location.path)
        if key not in self._pointers:
            found = self._pointers[key] = {}
            for number, one in enumerate(self._configured[rule]):
                assert one.glob is not None
                if one.pointer not in found and one.glob.matches(self._folder / location.path):
                    found[one.pointer] = (number, one)
        pointers = self._pointers[key]
        if not pointers:
            return None
        place = format_pointer(location.pointer or ())
        above = (place[: match.start()] for match in re.finditer("/", place))
        meant = [pointers[pointer] for pointer in (None, place, *above) if pointer in pointers]
        return min(meant, key=lambda entry: entry[0])[1] if meant else None

    def _in_readme(self, finding: Finding) -> Suppression | None:
        rule, location = finding.rule.id, finding.location
        if location.path != README:
            return None
        if rule in self._everywhere:
            return self._everywhere[rule]
        starts, region = self._starts.get(rule), location.region
        if not starts or region is None:
            return None
        # A comment counts to the next line that is not blank: the nearest one above reaches farthest.
        line = region.start_line
        for start in starts[max(bisect_right(starts, line) - 2, 0) : bisect_right(starts, line)]:
            one = self._lines[rule][start]
            assert one.lines is not None
            if line <= one.lines[1]:
                return one
        return None


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
    filled = [number for number, line in enumerate(readme.lines, 1) if line.strip()]
    for comment in readme.comments:
        yield from _in_comment(comment, readme, filled)


def _in_comment(
    comment: Comment, readme: MarkdownDocument, filled: list[int]
) -> Iterator[Suppression]:
    """Yield what a comment silences; ``filled`` are the numbers of the lines that are not blank."""
    match = _MARKER.match(comment.text)
    region = comment.location.region
    if match is None or region is None:
        return
    lines = None
    if (filled[0], 1 + _indent(readme.lines[filled[0] - 1])) < (
        region.start_line,
        region.start_column,
    ):
        following = bisect_right(filled, region.end_line)
        lines = (region.end_line, filled[following] if following < len(filled) else region.end_line)
    names = [name.strip() for name in match.group(1).split(",")]
    reason = " ".join(match.group(2).split())
    for name in names:
        yield Suppression(
            name,
            reason,
            comment.location,
            _without(name, names, reason, comment, readme),
            in_source=True,
            lines=lines,
        )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without(
    name: str, names: list[str], reason: str, comment: Comment, readme: MarkdownDocument
) -> Edit | None:
    """Return the edit that takes one name out of a comment; None where the list is past mending."""
    if len(names) > _MOST_NAMES:
        return None
    others = ", ".join(other for other in names if other != name)
    if not others:
        return _removal(comment, readme)
    return Edit(comment.location, f"<!-- tilelint: suppress[{others}] {reason} -->")


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
