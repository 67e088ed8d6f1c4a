"""The report as Markdown, for the summary of a workflow's step or a comment on a pull request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from validator.model import Finding, Kind, Level, Location
from validator.report import LeftOut, Report, Skip, Verdict
from validator.reporters.markup import code, prose
from validator.wording import ENFORCED, amount, failing_ci

T = TypeVar("T", Finding, Skip, LeftOut)

MOST = 1_000_000
"""Bytes of a report; the summary of a step holds 1,048,576."""

_MARKS = {Level.ERROR: "❌", Level.WARNING: "⚠️", Level.NOTE: "💡"}
_VERDICTS = {
    Verdict.READY: "✅ ready",
    Verdict.READY_WITH_WARNINGS: "⚠️ ready with warnings",
    Verdict.OLD_ERRORS: "⚠️ nothing new blocks, but there are old errors",
    Verdict.NOT_READY: "❌ not ready",
    Verdict.NOT_JUDGED: "❔ not judged",
}
_TITLES = {
    Level.ERROR: "What blocks publication",
    Level.WARNING: "What a reviewer will ask for",
    Level.NOTE: "Advice",
}
_CUT = "\nThe report is longer than what may be shown here; `tilelint check` shows all of it.\n"


def render(report: Report, *, most: int = MOST) -> str:
    """Return the report as GitHub's Markdown: the verdicts, then what each integration lacks, gravest first.

    Nothing that a stranger wrote has a meaning in it. It ends with a sentence where it would take more than
    ``most`` bytes.
    """
    return _fitting(_parts(report), most)


def _parts(report: Report) -> Iterator[str]:
    yield from _heading(report)
    findings, skips, more = _by(report.findings), _by(report.skips), _by(report.left_out)
    paths = [integration.path for integration in report.integrations]
    for path in dict.fromkeys((*paths, *findings)):
        yield from _integration(report, path, findings[path], skips[path], more[path])
    for remark in report.remarks:
        yield f"Of this run: {prose(remark)}\n\n"


def _by(told: Iterable[T]) -> Mapping[PurePosixPath, list[T]]:
    """Return what a report tells, by the integration that it is told of."""
    found: dict[PurePosixPath, list[T]] = defaultdict(list)
    for each in told:
        path = each.integration if isinstance(each, Skip) else each.location.integration
        found[path].append(each)
    return found


def _fitting(parts: Iterable[str], most: int) -> str:
    """Return as many whole parts as fit, and the sentence that says so where some don't."""
    kept: list[str] = []
    room = most - len(_CUT.encode())
    for part in parts:
        room -= len(part.encode("utf-8", "replace"))
        if room < 0:
            return "".join([*kept, _CUT])
        kept.append(part)
    return "".join(kept)


def _heading(report: Report) -> Iterator[str]:
    yield "# tilelint\n\n"
    if not report.integrations:
        yield "No integration to judge.\n\n"
        return
    yield "| integration | verdict | " + " | ".join(f"{level.value}s" for level in Level) + " |\n"
    yield "|---|---|" + "---:|" * len(Level) + "\n"
    for integration in report.integrations:
        counts = (f"{report.count(level, integration.path):,}" for level in Level)
        cells = (
            code(str(integration.path)),
            _VERDICTS[report.verdict(integration.path)],
            *counts,
        )
        yield f"| {' | '.join(cells)} |\n"
    yield "\n"
    before = {level: report.count_known(level) for level in Level}
    if any(before.values()):
        counts_ = ", ".join(amount(before[level], level.value) for level in Level if before[level])
        yield f"Already there before, and not counted: {counts_}.\n\n"
    if report.extras_ci_count:
        yield f"{failing_ci(report.extras_ci_count)}.\n\n"
    if report.suppressed_count:
        yield f"Suppressed: {amount(report.suppressed_count, 'finding')}.\n\n"
    for error in report.internal_errors:
        yield f"A defect of tilelint, please report it: {prose(f'{error.where}: {error.message}')}\n\n"


def _integration(
    report: Report,
    path: PurePosixPath,
    findings: list[Finding],
    skips: list[Skip],
    more: list[LeftOut],
) -> Iterator[str]:
    """Yield what is to be said of an integration, its findings grouped by level and rule."""
    if not findings and not skips:
        return
    yield f"## {code(str(path))}\n\n"
    for reason in dict.fromkeys(skip.reason for skip in skips):
        yield f"Not judged: {prose(reason)}\n\n"
    left_out: dict[Kind, list[LeftOut]] = defaultdict(list)
    for each in more:
        if not each.unwanted:
            left_out[each.kind].append(each)
    for level in Level:
        found = [finding for finding in findings if finding.level is level]
        if not found:
            continue
        yield f"### {_MARKS[level]} {_TITLES[level]} ({report.count(level, path):,})\n\n"
        rules: dict[str, list[Finding]] = {}
        for finding in sorted(found, key=lambda finding: finding.sort_key):
            rules.setdefault(finding.rule.id, []).append(finding)
        for grouped in rules.values():
            yield from _rule(grouped, left_out)


def _rule(findings: list[Finding], left_out: Mapping[Kind, list[LeftOut]]) -> Iterator[str]:
    rule = findings[0].rule
    yield f"**{prose(rule.title)}** ({code(rule.id)}, {ENFORCED[rule.enforced_by]})\n\n"
    for finding in findings:
        yield f"- {_place(finding.location)}: {prose(finding.message)}\n"
        for related in finding.related:
            yield f"  - {_place(related.location)}: {prose(related.message)}\n"
    for kind in dict.fromkeys(finding.kind for finding in findings):
        for more in left_out.get(kind, ()):
            yield f"- and {more.count:,} more in {code(str(more.location.shown))}\n"
    yield f"\nFix: {prose(rule.remediation)}\n\n"


def _place(location: Location) -> str:
    return code(location.words)
