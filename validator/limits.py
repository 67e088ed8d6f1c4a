"""How much a report lists of one kind: a reader has seen enough of it, and what is counted stays exact."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from validator.model import Finding, Kind, Level, Location
from validator.report import LeftOut, Report, Standing, Suppressed

MOST_FINDINGS = 100
"""Findings of one rule in one document that a report lists."""

MOST_RELATED = 10
"""Places that explain one finding."""


def abridged(report: Report) -> Report:
    """Return the report with at most so many findings of one rule in each document, the first ones.

    That is the last step before it is shown: what is new, accepted or silenced is told of all findings.
    """
    findings, more = _first(report.findings, Standing.COUNTS)
    known, more_known = _first(report.known, Standing.KNOWN)
    silenced, more_silenced = _first(
        tuple(each.finding for each in report.suppressed), Standing.SUPPRESSED
    )
    shown = {id(finding) for finding in silenced}
    suppressed = [each for each in report.suppressed if id(each.finding) in shown]
    return replace(
        report,
        findings=tuple(map(_with_few_places, findings)),
        known=tuple(map(_with_few_places, known)),
        suppressed=tuple(
            Suppressed(_with_few_places(each.finding), each.reason, each.in_source)
            for each in suppressed
        ),
        left_out=(*report.left_out, *more, *more_known, *more_silenced),
    )


def at_least(report: Report, level: Level) -> Report:
    """Return the report without the findings of lesser levels; every count still includes them."""

    def wanted(finding: Finding) -> bool:
        return finding.level.rank <= level.rank

    kept: dict[Standing, list[Finding]] = {}
    unwanted: list[LeftOut] = []
    for standing, findings in _all(report).items():
        kept[standing] = [finding for finding in findings if wanted(finding)]
        by_kind: dict[Kind, list[Finding]] = defaultdict(list)
        for finding in findings:
            if not wanted(finding):
                by_kind[finding.kind].append(finding)
        unwanted += [_left(found, standing, unwanted=True) for found in by_kind.values()]
    return replace(
        report,
        findings=tuple(kept[Standing.COUNTS]),
        known=tuple(kept[Standing.KNOWN]),
        suppressed=tuple(each for each in report.suppressed if wanted(each.finding)),
        left_out=(*report.left_out, *unwanted),
    )


def _all(report: Report) -> dict[Standing, tuple[Finding, ...]]:
    return {
        Standing.COUNTS: report.findings,
        Standing.KNOWN: report.known,
        Standing.SUPPRESSED: tuple(each.finding for each in report.suppressed),
    }


def _left(found: list[Finding], standing: Standing, *, unwanted: bool = False) -> LeftOut:
    """Return the number of findings of one kind that are not listed."""
    location = found[0].location
    return LeftOut(
        found[0].rule,
        found[0].level,
        Location(location.integration, location.path),
        len(found),
        sum(finding.fix is not None for finding in found),
        standing,
        unwanted,
    )


def _first(
    findings: tuple[Finding, ...], standing: Standing
) -> tuple[tuple[Finding, ...], tuple[LeftOut, ...]]:
    """Part the findings into those to list and the number of the others; both keep their order."""
    seen: dict[Kind, list[Finding]] = defaultdict(list)
    for finding in findings:
        seen[finding.kind].append(finding)
    if all(len(found) <= MOST_FINDINGS for found in seen.values()):
        return findings, ()
    rest = {kind: found[MOST_FINDINGS:] for kind, found in seen.items()}
    hidden = {id(finding) for found in rest.values() for finding in found}
    return tuple(finding for finding in findings if id(finding) not in hidden), tuple(
        _left(found, standing) for found in rest.values() if found
    )


def _with_few_places(finding: Finding) -> Finding:
    """Return a finding with few places that explain it, and the number of the others said."""
    more = len(finding.related) - MOST_RELATED
    if more <= 0:
        return finding
    message = f"{finding.message}; {more:,} more places explain it"
    return replace(finding, message=message, related=finding.related[:MOST_RELATED])
