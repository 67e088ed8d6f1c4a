"""The report for a person at a terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import click

from validator.integration import Integration
from validator.model import Finding, Level, Location, Report, Skip, Verdict
from validator.reporters.terminal import columns, printable, wrap

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
_VERDICT_COLOURS = {
    Verdict.READY: "green",
    Verdict.READY_WITH_WARNINGS: "yellow",
    Verdict.NOT_READY: "red",
    Verdict.NOT_JUDGED: "magenta",
}


def render(
    report: Report,
    *,
    width: int = 80,
    quiet: bool = False,
    show_known: bool = False,
    show_suppressed: bool = False,
    statistics: bool = False,
    closing: str = "",
) -> str:
    """Return the report as text with terminal colours, lines at most ``width`` columns where they can be.

    ``quiet`` leaves the verdicts and totals only; ``statistics`` shows a count for each rule in their
    place. ``show_known`` and ``show_suppressed`` add the findings that don't count; ``closing`` is a line
    below the totals.
    """
    if statistics:
        return _statistics(report)
    known = [_amount_known(report)] if report.known and not show_known else []
    if known and not report.findings and not report.gaps:
        return "\n".join(known) + "\n"
    skips: dict[PurePosixPath, list[Skip]] = {}
    for skip in report.skips:
        skips.setdefault(skip.integration, []).append(skip)
    lines: list[str] = []
    remedied: set[str] = set()
    masks = _masks(report)
    shown = {} if quiet else _shown(report, known=show_known, suppressed=show_suppressed)
    for integration in report.integrations:
        findings = shown.get(integration.path, [])
        for finding, remark in findings:
            lines += _finding(finding, integration, width, masks, remark)
            if finding.rule.id not in remedied:
                remedied.add(finding.rule.id)
                lines += wrap(f"fix: {finding.rule.remediation}", width, "  ", "       ")
            lines.append("")
        if not quiet:
            lines += _skips(skips.get(integration.path, ()), width)
        lines.append(_verdict(report, integration.path))
        if findings:
            lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    if report.integrations:
        lines += ["", _totals(report)]
    lines += known
    if closing:
        lines += wrap(closing, width, "", "")
    if remedied:
        lines.append("`tilelint explain RULE` says why a rule exists and shows an example.")
    return "\n".join(lines) + "\n"


def _shown(
    report: Report, *, known: bool, suppressed: bool
) -> dict[PurePosixPath, list[tuple[Finding, str]]]:
    """Return the findings of each integration in order, each with a remark on why it doesn't count."""
    found = [(finding, "") for finding in report.findings]
    if known:
        found += [(finding, "already there") for finding in report.known]
    if suppressed:
        found += [(each.finding, f"suppressed: {each.reason}") for each in report.suppressed]
    shown: dict[PurePosixPath, list[tuple[Finding, str]]] = {}
    for entry in sorted(found, key=lambda entry: entry[0].sort_key):
        shown.setdefault(entry[0].location.integration, []).append(entry)
    return shown


def _amount_known(report: Report) -> str:
    return f"already there: {len(report.known)}"


def _statistics(report: Report) -> str:
    counts = Counter(finding.rule.id for finding in report.findings)
    fixable = Counter(finding.rule.id for finding in report.findings if finding.fix is not None)
    levels = {finding.rule.id: finding.level.value for finding in report.findings}
    lines = [
        f"{count:6}  {levels[id_]:7}  {id_}"
        + (f"  ({fixable[id_]} fixable)" if fixable[id_] else "")
        for id_, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    return "\n".join([*lines, *([""] if lines else []), _totals(report)]) + "\n"


Masks = dict[tuple[PurePosixPath, PurePosixPath, int], list[tuple[int, int]]]
"""The columns (0-based, end exclusive) that must not be shown, by integration, path and line."""


def _masks(report: Report) -> Masks:
    """Return what must not be shown of any line, whichever finding shows it."""
    masks: Masks = {}
    findings = [*report.findings, *report.known, *(each.finding for each in report.suppressed)]
    for finding in findings:
        location, region = finding.location, finding.location.region
        if finding.rule.masked and region is not None:
            for line in range(region.start_line, region.end_line + 1):
                start = region.start_column - 1 if line == region.start_line else 0
                end = region.end_column - 1 if line == region.end_line else sys.maxsize
                key = (location.integration, location.path, line)
                masks.setdefault(key, []).append((start, end))
    return masks


def _finding(
    finding: Finding, integration: Integration, width: int, masks: Masks, remark: str
) -> Iterator[str]:
    colour = _COLOURS[finding.level]
    level = click.style(finding.level.value, fg=colour, bold=True)
    place = printable(finding.location.words)
    head = f"{place} {finding.level.value} {finding.rule.id} "
    more = f" ({printable(remark)})" if remark else ""
    message = printable(finding.message) + more
    # The head stays on one line, for tools that read it; a long one stands alone.
    alone = len(head) > width - 20
    lines = wrap(message, width, "    " if alone else " " * len(head), "    ")
    styled = f"{place} {level} {finding.rule.id}"
    if alone:
        yield styled
    else:
        yield f"{styled} {lines.pop(0)[len(head) :]}"
    yield from lines
    yield from _frame(finding.location, integration, width, masks, colour)
    for related in finding.related:
        yield from wrap(
            f"{printable(related.location.words)} {printable(related.message)}",
            width,
            "  - ",
            "    ",
        )


def _frame(
    location: Location, integration: Integration, width: int, masks: Masks, colour: str
) -> Iterator[str]:
    """Yield the line of a region and below it a mark under the region, clipped to the width."""
    region = location.region
    document = integration.text(location.path)
    if region is None or document is None or region.start_line > len(document.lines):
        return
    source = document.lines[region.start_line - 1]
    for first, last in masks.get((location.integration, location.path, region.start_line), ()):
        hidden = source[first:last]
        source = f"{source[:first]}{'*' * len(hidden)}{source[last:]}"
    start = region.start_column - 1
    end = region.end_column - 1 if region.end_line == region.start_line else len(source.rstrip())
    number = str(region.start_line)
    room = max(width - len(number) - 5, 20)
    text, start, end = _clip(source, start, max(end, start + 1), room)
    before, marked = printable(text[:start]), printable(text[start:end])
    blank, length = " " * columns(before), max(columns(marked), 1)
    yield f"  {number} | {before}{marked}{printable(text[end:])}".rstrip()
    yield f"  {' ' * len(number)} | {blank}{click.style('^' * length, fg=colour, bold=True)}"


def _clip(source: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """Return the part of a line around a region that fits, and the region's place in it."""
    indent = len(source) - len(source.lstrip())
    first = min(indent, start)
    text = source[first:].rstrip()
    start, end = start - first, min(end - first, len(text))
    most = 4 * room  # characters worth measuring: a line may be a whole file
    if len(text) <= most and columns(printable(text)) <= room:
        return text, start, max(end, start)
    left = max(0, min(start - room // 4, len(text) - room + 2))
    clipped = ("…" if left else "") + text[left : left + most]
    start, end = start - left + bool(left), end - left + bool(left)
    while len(clipped) > 1 and columns(printable(clipped)) > room - 1:
        clipped = clipped[: max(len(clipped) - 1, 1)]
    return clipped + "…", start, max(min(end, len(clipped)), start)


def _skips(skips: Iterable[Skip], width: int) -> Iterator[str]:
    reasons = Counter(skip.reason for skip in skips)
    for reason, count in reasons.items():
        rules = "1 rule was" if count == 1 else f"{count} rules were"
        yield from wrap(f"{rules} not judged: {printable(reason)}", width, "", "    ")
        yield ""


def _verdict(report: Report, path: PurePosixPath) -> str:
    verdict = report.verdict(path)
    counts = {level: report.count(level, path) for level in Level}
    words = {
        Verdict.READY: "ready",
        Verdict.READY_WITH_WARNINGS: f"ready with {_amount(counts[Level.WARNING], 'warning')}",
        Verdict.NOT_READY: f"not ready: {_amount(counts[Level.ERROR], 'error')}",
        Verdict.NOT_JUDGED: "not judged: "
        + _amount(report.gaps_in(path), "rule")
        + " could not be judged",
    }[verdict]
    more = [
        _amount(counts[level], level.value)
        for level in (Level.WARNING, Level.NOTE)
        if counts[level] and not (level is Level.WARNING and verdict is Verdict.READY_WITH_WARNINGS)
    ]
    styled = click.style(words, fg=_VERDICT_COLOURS[verdict], bold=True)
    return ", ".join([f"{printable(str(path))}: {styled}", *more])


def _totals(report: Report) -> str:
    verdicts = Counter(report.verdict(integration.path) for integration in report.integrations)
    words = {
        Verdict.READY: "ready",
        Verdict.READY_WITH_WARNINGS: "ready with warnings",
        Verdict.NOT_READY: "not ready",
        Verdict.NOT_JUDGED: "not judged",
    }
    parts = ", ".join(
        f"{verdicts[verdict]} {words[verdict]}" for verdict in words if verdicts[verdict]
    )
    counts = ", ".join(_amount(report.count(level), level.value) for level in Level)
    suppressed = f", {len(report.suppressed)} suppressed" if report.suppressed else ""
    return f"{_amount(len(report.integrations), 'integration')}: {parts}; {counts}{suppressed}"


def _amount(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
