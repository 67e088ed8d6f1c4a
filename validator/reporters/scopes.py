"""The scope report: for a reviewer at a terminal, for a pull request, for a program."""

from __future__ import annotations

import json as json_module
import textwrap
from collections.abc import Iterator
from functools import partial
from typing import Any

import click

from validator import __version__
from validator.model import Finding, Location
from validator.reporters.json import dumps, place_of
from validator.reporters.markup import code, prose
from validator.reporters.terminal import page, printable, wrap
from validator.scope_report import ClientScopes, Need, Reason, ReportedCall, ScopeReport, ScopeRow
from validator.wording import amount

FORMATS = ("text", "json", "markdown")

VERSION = 1
"""The version of the JSON's shape; within it fields are added, never removed or changed."""

_TITLES = {
    Need.NEEDED: "Needed",
    Need.MISSING: "Missing: needed, but not requested",
    Need.NOT_NEEDED: "Not needed",
    Need.CANT_TELL: "Can't tell",
}
_WORDS = {
    Need.NEEDED: "needed",
    Need.MISSING: "missing",
    Need.NOT_NEEDED: "not needed",
    Need.CANT_TELL: "can't tell",
}
_COLOURS = {
    Need.NEEDED: "green",
    Need.MISSING: "red",
    Need.NOT_NEEDED: "yellow",
    Need.CANT_TELL: "cyan",
}
_MOST_REASONS = 6
"""Reasons for one scope that text and Markdown show."""


def render(report: ScopeReport, format_: str, *, width: int = 80) -> str:
    """Return a report on scopes in one of FORMATS; text fills ``width`` columns where it can."""
    if format_ == "json":
        return _json(report)
    one = _markdown if format_ == "markdown" else partial(_text, width=width)
    parts = list(map(one, report.clients))
    basis = f"Judged by the catalogue of {report.catalogue}." if parts else ""
    end = [line for line in (basis, report.remark) if line]
    if format_ == "text":
        end = [part for line in end for part in textwrap.wrap(line, width)]
    return page("\n".join([*(part + "\n" for part in parts), *end]).split("\n"))


def place(location: Location) -> str:
    """Return ``path:line:column``, safe to print."""
    return printable(location.words)


def _summary(report: ClientScopes) -> str:
    requested = sum(row.requested is not None for row in report.rows)
    counts = [(len(report.having(need)), _WORDS[need]) for need in Need]
    parts = [f"{requested} requested", *(f"{count} {words}" for count, words in counts if count)]
    return ", ".join(parts)


def _opens(row: ScopeRow) -> str:
    """Say what a scope opens, and its risk."""
    count = len(row.opens)
    if not count:
        opened = "opens nothing that is known"
    elif not row.changing:
        opened = f"reads through {amount(count, 'operation')}"
    elif row.changing == count:
        opened = f"changes through {amount(count, 'operation')}"
    else:
        opened = f"{amount(count, 'operation')}, {row.changing} of which change something"
    return f"{opened}; {row.risk_words}" if row.risk_words else opened


def _text(report: ClientScopes, width: int) -> str:
    lines = [f"{printable(str(report.integration.path))}: {_summary(report)}"]
    if report.files_read is not None and report.calls is not None:
        read = amount(report.files_read, "file")
        lines.append(f"{amount(len(report.calls), 'call')} known, {read} of source code read")
    for need in Need:
        rows = report.having(need)
        if rows:
            title = f"{_TITLES[need]} ({len(rows)})"
            lines += ["", click.style(title, fg=_COLOURS[need], bold=True)]
            if need is Need.CANT_TELL and report.hint:
                lines += wrap(report.hint, width, "  ", "  ")
            for row in rows:
                lines += _text_row(row, width)
    for title, entries in report.remarks:
        if entries:
            lines += ["", click.style(f"{title} ({len(entries)})", bold=True)]
            for entry in entries:
                said = ": ".join(filter(None, (entry.quoted, entry.words)))
                lines += wrap(f"{place(entry.location)} {printable(said)}", width, "  ", "    ")
    if report.findings:
        lines += ["", click.style("Other findings", bold=True)]
        for finding in report.findings:
            lines += wrap(_finding(finding), width, "  ", "    ")
    lines += ["", click.style(f"The scopes to request ({len(report.minimal)})", bold=True)]
    lines += _doubt(report, width)
    lines += [printable(line) for line in _array(report).split("\n")]
    if report.minimal:
        lines += ["", click.style("The customer agrees that this integration can", bold=True)]
        for name, words in report.consent:
            lines += wrap(f"{words} ({printable(name)})", width, "  ", "    ")
    return "\n".join(lines)


def _text_row(row: ScopeRow, width: int) -> Iterator[str]:
    head = f"{printable(row.name)} ({row.access}): {_opens(row)}"
    yield from wrap(head, width, "  ", "      ")
    if row.requested is not None:
        yield from wrap(f"requested at {place(row.requested)}", width, "      ", "        ")
    for reason in _shown(row.why):
        where = f"{place(reason.location)} " if reason.location else ""
        yield from wrap(where + printable(reason.text), width, "    - ", "      ")


def _shown(why: tuple[Reason, ...]) -> Iterator[Reason]:
    """Yield the reasons to show: all, or the first ones and how many there are more."""
    yield from why[:_MOST_REASONS]
    if len(why) > _MOST_REASONS:
        yield Reason(f"and {len(why) - _MOST_REASONS} more")


def _doubt(report: ClientScopes, width: int) -> list[str]:
    unclear = len(report.having(Need.CANT_TELL))
    if not unclear:
        return []
    words = f"{unclear} of them only because nobody can tell whether they are needed:"
    return wrap(words, width, "", "")


def _array(report: ClientScopes) -> str:
    return json_module.dumps(list(report.minimal), indent=2, ensure_ascii=True)


def _finding(finding: Finding) -> str:
    words = f"{finding.level.value} {finding.rule.id} {printable(finding.message)}"
    return f"{place(finding.location)} {words}"


def _markdown(report: ClientScopes) -> str:
    lines = [f"## Scopes of {code(str(report.integration.path))}", "", f"{_summary(report)}.", ""]
    lines += ["| Scope | Requested | Needed | Why | Opens |", "|---|---|---|---|---|"]
    for row in (row for need in Need for row in report.having(need)):
        why = "<br>".join(_reason(reason) for reason in _shown(row.why))
        requested = code(place(row.requested)) if row.requested else "no"
        cells = [code(row.name), requested, _WORDS[row.need], why, prose(_opens(row))]
        lines.append(f"| {' | '.join(cells)} |")
    if report.hint:
        lines += ["", report.hint]
    for title, entries in report.remarks:
        if entries:
            lines += ["", f"### {title}", ""]
            for entry in entries:
                parts = [entry.quoted and code(entry.quoted), entry.words and prose(entry.words)]
                lines.append(f"- {code(place(entry.location))} {': '.join(filter(None, parts))}")
    if report.findings:
        lines += ["", "### Other findings", ""]
        lines += [
            f"- {finding.level.value} `{finding.rule.id}` at {code(place(finding.location))}: "
            f"{prose(finding.message)}"
            for finding in report.findings
        ]
    lines += ["", "### The scopes to request", "", *_doubt(report, 10_000)]
    lines += ["```json", _array(report), "```"]
    if report.minimal:
        lines += ["", "### What the customer agrees to", "", "This integration can", ""]
        lines += [f"- {prose(words)} ({code(name)})" for name, words in report.consent]
    return "\n".join(lines)


def _reason(reason: Reason) -> str:
    where = f"{code(place(reason.location))} " if reason.location else ""
    parts = [reason.words and prose(reason.words), reason.quoted and code(reason.quoted)]
    return where + ": ".join(filter(None, parts))


def _json(report: ScopeReport) -> str:
    return dumps(
        {
            "version": VERSION,
            "tool": {"name": "tilelint", "version": __version__},
            "catalogue": {"checked": report.catalogue, "remark": report.remark},
            "integrations": list(map(_json_client, report.clients)),
        },
        depth=5,
    )


def _json_client(report: ClientScopes) -> dict[str, Any]:
    return {
        "path": str(report.integration.path),
        "name": report.integration.name,
        "scopes": [_json_row(row) for row in report.rows],
        "calls": None if report.calls is None else [_json_call(call) for call in report.calls],
        "minimal": list(report.minimal),
        "isSmallest": report.is_smallest,
        "consent": [{"scope": name, "words": words} for name, words in report.consent],
        "unseen": [place_of(location) for location in report.unseen],
        "findings": [
            {
                "rule": finding.rule.id,
                "level": finding.level.value,
                "message": finding.message,
                **place_of(finding.location),
            }
            for finding in report.findings
        ],
    }


def _json_row(row: ScopeRow) -> dict[str, Any]:
    needed = {Need.NEEDED: True, Need.MISSING: True, Need.NOT_NEEDED: False, Need.CANT_TELL: None}
    return {
        "name": row.name,
        "requested": row.requested is not None,
        "place": place_of(row.requested) if row.requested else None,
        "needed": needed[row.need],
        "verdict": row.need.value,
        "why": [
            {
                "message": reason.text,
                **(place_of(reason.location) if reason.location else {"path": None}),
            }
            for reason in row.why
        ],
        "status": row.status,
        "access": row.access,
        "risk": row.risk,
        "reason": row.given or None,
        "policy": row.attitude or None,
        "operations": [
            {"call": operation.call, "changes": operation.changes} for operation in row.opens
        ],
    }


def _json_call(call: ReportedCall) -> dict[str, Any]:
    return {
        "text": call.text,
        **place_of(call.location),
        "operation": call.operation,
        "scopes": [list(names) for names in call.scopes],
        "reachable": call.reachable,
        "near": list(call.near),
    }
