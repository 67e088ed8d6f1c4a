"""The findings as commands to the runner of a GitHub workflow, which shows each beside its line.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from validator.model import Finding, Level
from validator.report import Report
from validator.reporters.terminal import inert, printable
from validator.wording import amount, enumerated

MOST = 10
"""Annotations of a level that the runner shows for one step."""

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: Report) -> str:
    """Return a command for each finding, the gravest first, and one that counts those beyond MOST a level."""
    lines: list[str] = []
    left: list[str] = []
    for level in Level:
        # The command that counts the rest is a notice itself.
        most = MOST - 1 if level is Level.NOTE else MOST
        found = sorted(
            (finding for finding in report.findings if finding.level is level),
            key=lambda finding: finding.sort_key,
        )
        lines += [_command(finding, report) for finding in found[:most]]
        more = report.count(level) - len(found[:most])
        left += [amount(more, f"more {level.value}")] if more else []
    lines += [_rest(left)] if left else []
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, report: Report) -> str:
    properties = ",".join(
        f"{name}={_property(value)}" for name, value in _properties(finding, report)
    )
    return f"::{_COMMANDS[finding.level]} {properties}::{_data(_words(finding))}"


def _properties(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    shown = finding.location.shown
    file = report.files.get(shown)
    # The path in another repository may be that of a file in this one, too.
    yield "file", file.path if file and file.root == 0 else str(shown)
    region = finding.location.region
    if region is not None:
        yield "line", str(region.start_line)
        yield "endLine", str(region.end_line)
        if region.start_line == region.end_line:  # columns of several lines are refused
            yield "col", str(region.start_column)
            yield "endColumn", str(region.end_column)
    yield "title", f"{finding.rule.id} ({finding.level.value})"


def _words(finding: Finding) -> str:
    lines = [finding.message, f"Fix: {finding.rule.remediation}"]
    lines += [f"{related.location.words} {related.message}" for related in finding.related]
    return "\n".join(" ".join(printable(line).split()) for line in lines)


def _rest(left: list[str]) -> str:
    return f"::notice title=tilelint::not shown here, but counted in the report: {enumerated(left, 'and')}"


def _data(text: str) -> str:
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
