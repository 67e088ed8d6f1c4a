"""How much a report lists of one kind: a reader has seen enough of it, and what is counted stays exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from validator.model import Finding, Kind, LeftOut, Location, Report, Rule, Standing, Suppressed

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
        (each.finding for each in report.suppressed), Standing.SUPPRESSED
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


def _first(findings: Iterable[Finding], standing: Standing) -> tuple[list[Finding], list[LeftOut]]:
    """Part the findings into those to list and the number of the others; both keep their order."""
    seen: Counter[Kind] = Counter()
    fixable: Counter[Kind] = Counter()
    listed: list[Finding] = []
    rules: dict[Kind, Rule] = {}
    for finding in findings:
        kind = finding.kind
        seen[kind] += 1
        if seen[kind] <= MOST_FINDINGS:
            listed.append(finding)
        else:
            rules.setdefault(kind, finding.rule)
            fixable[kind] += finding.fix is not None
    left_out = [
        LeftOut(
            rule, Location(kind[2], kind[3]), seen[kind] - MOST_FINDINGS, fixable[kind], standing
        )
        for kind, rule in rules.items()
    ]
    return listed, left_out


def _with_few_places(finding: Finding) -> Finding:
    """Return a finding with few places that explain it, and the number of the others said."""
    more = len(finding.related) - MOST_RELATED
    if more <= 0:
        return finding
    message = f"{finding.message}; {more:,} more places explain it"
    return replace(finding, message=message, related=finding.related[:MOST_RELATED])
