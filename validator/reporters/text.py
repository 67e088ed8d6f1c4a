"""The report for a person at a terminal."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import click

from validator.model import Excerpt, Finding, Level
from validator.report import LeftOut, Report, Skip, Standing, Verdict
from validator.reporters.terminal import columns, page, printable, wrap
from validator.wording import ENFORCED, amount, failing_ci

_MANIFEST = PurePosixPath("manifest.json")
"""The document without which nothing can be said of an integration."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
_VERDICT_COLOURS = {
    Verdict.READY: "green",
    Verdict.READY_WITH_WARNINGS: "yellow",
    Verdict.OLD_ERRORS: "yellow",
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
) -> str:
    """Return the report as text with terminal colours, lines at most ``width`` columns where they can be.

    ``quiet`` leaves the verdicts and totals only; ``statistics`` shows a count for each rule in their
    place. ``show_known`` and ``show_suppressed`` add the findings that don't count.
    """
    if statistics:
        return _statistics(report)
    skips = _told_skips(report)
    lines: list[str] = []
    remedied: set[str] = set()
    shown = {} if quiet else _shown(report, known=show_known, suppressed=show_suppressed)
    left_out = _left_out(report)
    owners = dict.fromkeys(integration.path for integration in report.integrations)
    # What stands in settings that several integrations share belongs to none of them.
    for path in (*owners, *(other for other in shown if other not in owners)):
        findings = shown.get(path, [])
        if path not in owners and lines and lines[-1]:
            lines.append("")
        for finding, remark in findings:
            lines += _finding(finding, width, remark)
            if finding.rule.id not in remedied:
                remedied.add(finding.rule.id)
                lines += wrap(f"fix: {finding.rule.remediation}", width, "  ", "       ")
                lines.append(f"  {ENFORCED[finding.rule.enforced_by]}")
            lines += _more(left_out.get(id(finding)), width)
            lines.append("")
        if path in owners:
            if not quiet:
                lines += _skips(skips.get(path, ()), width)
            lines.append(_verdict(report, path))
        if findings:
            lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    if report.integrations:
        lines += ["", _totals(report)]
        if report.extras_ci_count:
            lines.append(failing_ci(report.extras_ci_count))
    if report.known and not show_known:
        lines += wrap(_how_to_see_known(report), width, "", "  ")
    for sentence in report.remarks:
        lines += wrap(sentence, width, "", "")
    if remedied:
        lines.append("`tilelint explain RULE` says why a rule exists and shows an example.")
    return page(lines)


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


def _told_skips(report: Report) -> dict[PurePosixPath, list[Skip]]:
    """Return what could not be judged of each integration, but for what its verdict says already."""
    skips: dict[PurePosixPath, list[Skip]] = {}
    for skip in report.skips:
        if skip.missing != _MANIFEST:
            skips.setdefault(skip.integration, []).append(skip)
    return skips


def _more(more: LeftOut | None, width: int) -> list[str]:
    """Return the lines that count what is not listed after a finding, none if everything is."""
    if more is None:
        return []
    place = printable(str(more.location.shown))
    return wrap(f"and {more.count:,} more of {more.rule.id} in {place}", width, "  ", "    ")


def _left_out(report: Report) -> dict[int, LeftOut]:
    """Return how many more of a kind there are, by the ``id`` of the last of it that is listed."""
    if not report.left_out:
        return {}
    listed = {
        Standing.COUNTS: report.findings,
        Standing.KNOWN: report.known,
        Standing.SUPPRESSED: tuple(each.finding for each in report.suppressed),
    }
    last = {
        (standing, finding.kind): id(finding)
        for standing, findings in listed.items()
        for finding in findings
    }
    listed_partly = (more for more in report.left_out if not more.unwanted)
    return {last[more.standing, more.kind]: more for more in listed_partly}


_MOST_NAMED = 3
"""Integrations that a command line is shown for."""


def _how_to_see_known(report: Report) -> str:
    """Return a sentence with the command that shows what was there before."""
    paths = list(dict.fromkeys(str(finding.location.integration) for finding in report.known))
    named = [shlex.quote(printable(path)) for path in paths[:_MOST_NAMED]]
    rest = " …" if len(paths) > _MOST_NAMED else ""
    return f"`tilelint check {' '.join(named)}{rest}` shows what was there before."


def _statistics(report: Report) -> str:
    counts = Counter(finding.rule.id for finding in report.findings)
    fixable = Counter(finding.rule.id for finding in report.findings if finding.fix is not None)
    levels = {finding.rule.id: finding.level.value for finding in report.findings}
    for more in report.left_out:
        if more.standing is Standing.COUNTS:
            counts[more.rule.id] += more.count
            fixable[more.rule.id] += more.fixable
            levels.setdefault(more.rule.id, more.level.value)
    lines = [
        f"{count:6}  {levels[id_]:7}  {id_}"
        + (f"  ({fixable[id_]} fixable)" if fixable[id_] else "")
        for id_, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    return page([*lines, *([""] if lines else []), _totals(report)])


def _finding(finding: Finding, width: int, remark: str) -> Iterator[str]:
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
    if finding.excerpt is not None and finding.location.region is not None:
        yield from _frame(finding.excerpt, width, colour)
    for related in finding.related:
        yield from wrap(
            f"{printable(related.location.words)} {printable(related.message)}",
            width,
            "  - ",
            "    ",
        )


def _frame(excerpt: Excerpt, width: int, colour: str) -> Iterator[str]:
    """Yield the line of a region and below it a mark under the region, clipped to the width."""
    if excerpt.text is None or not excerpt.is_exact:
        return
    region = excerpt.region
    before = _LINE_END.split(excerpt.text[: excerpt.start])[-1]
    source = before + _LINE_END.split(excerpt.text[excerpt.start :], maxsplit=1)[0]
    start, length = len(before), excerpt.end - excerpt.start
    end = start + length if region.end_line == region.start_line else len(source.rstrip())
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
    window = text[left : left + most]
    widths = [columns(printable(character)) for character in window]
    first, last = 0, len(window)
    while sum(widths[first : start - left]) > room // 4 and sum(widths[first:]) >= room:
        first += 1  # a character may take several columns
    less, more = "…" if left + first else "", "…" if left + last < len(text) else ""
    while last > first and len(less) + sum(widths[first:last]) + len(more) > room:
        last, more = last - 1, "…"
    clipped, moved = less + window[first:last], left + first - len(less)
    return clipped + more, start - moved, max(min(end - moved, len(clipped)), start - moved)


def _skips(skips: Iterable[Skip], width: int) -> Iterator[str]:
    reasons = Counter(skip.reason for skip in skips)
    for reason, count in reasons.items():
        rules = "1 rule was" if count == 1 else f"{count} rules were"
        yield from wrap(f"{rules} not judged: {printable(reason)}", width, "", "    ")
        yield ""


def _verdict(report: Report, path: PurePosixPath) -> str:
    """Return the line that says how it stands with an integration.

    ``ready`` is said only of one that has no error at all; what was there before is counted apart.
    """
    verdict = report.verdict(path)
    counts = {level: report.count(level, path) for level in Level}
    before = _before(report, path)
    new = "new " if before else ""
    said: tuple[Level, ...] = ()
    if verdict is Verdict.NOT_READY:
        words, said = f"not ready: {amount(counts[Level.ERROR], f'{new}error')}", (Level.ERROR,)
    elif verdict is Verdict.NOT_JUDGED:
        words = f"not judged: {_not_judged(report, path)}"
    elif before:
        words = "" if any(counts.values()) else "nothing new"
    elif verdict is Verdict.READY_WITH_WARNINGS:
        words = f"ready with {amount(counts[Level.WARNING], 'warning')}"
        said = (Level.WARNING,)
    else:
        words = "ready"
    more = [
        amount(counts[level], f"{new}{level.value}")
        for level in Level
        if counts[level] and level not in said
    ]
    if not words:  # what is new doesn't block; whether what is old does, its counts say
        words, *more = more
    styled = click.style(words, fg=_VERDICT_COLOURS[verdict], bold=True)
    line = ", ".join([f"{printable(str(path))}: {styled}", *more])
    is_unknown = verdict is Verdict.NOT_JUDGED and report.skips_without(_MANIFEST, path)
    hint = _HOW_TO_DECLARE if is_unknown else ""
    return "; ".join(filter(None, [line, hint, before]))


def _before(report: Report, path: PurePosixPath | None = None) -> str:
    """Return how much was there before, such as ``16 were there before (2 errors, 10 warnings)``."""
    counts = {level: report.count_known(level, path) for level in Level}
    total = sum(counts.values())
    if not total:
        return ""
    grave = [level for level in (Level.ERROR, Level.WARNING) if counts[level]] or [Level.NOTE]
    parts = ", ".join(amount(counts[level], level.value) for level in grave)
    return f"{total} {'was' if total == 1 else 'were'} there before ({parts})"


_HOW_TO_DECLARE = "if the publishing platform keeps it, declare the kind in `.tilelint.yaml`, such as `kind: oauth`"


def _not_judged(report: Report, path: PurePosixPath) -> str:
    """Return how many rules could not be judged for an integration, and for want of what."""
    count, without = report.gaps_in(path), report.skips_without(_MANIFEST, path)
    if not without:
        return f"{amount(count, 'rule')} could not be judged"
    need = f"{without} rules need" if without != 1 else "1 rule needs"
    others = f", {count - without} more could not be judged" if count > without else ""
    return f"{need} `{_MANIFEST}`{others}"


_WORDS = {
    Verdict.READY: "ready",
    Verdict.READY_WITH_WARNINGS: "ready with warnings",
    Verdict.OLD_ERRORS: "with old errors",
    Verdict.NOT_READY: "not ready",
    Verdict.NOT_JUDGED: "not judged",
}


def _totals(report: Report) -> str:
    verdicts = Counter(report.verdict(integration.path) for integration in report.integrations)
    parts = ", ".join(
        f"{verdicts[verdict]} {_WORDS[verdict]}" for verdict in _WORDS if verdicts[verdict]
    )
    new = "new " if report.known_count else ""
    counts = ", ".join(amount(report.count(level), f"{new}{level.value}") for level in Level)
    before = f"; {_before(report)}" if report.known_count else ""
    suppressed = f", {report.suppressed_count} suppressed" if report.suppressed_count else ""
    total = amount(len(report.integrations), "integration")
    return f"{total}: {parts}; {counts}{suppressed}{before}"
