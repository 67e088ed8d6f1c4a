"""The scope report: for a reviewer at a terminal, for a pull request, for a program."""

from __future__ import annotations

import json as json_module
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import click

from validator import __version__
from validator.facts.scope_report import Evidence, Need, ScopeReport, ScopeRow
from validator.model import Finding, Location
from validator.reporters.json import dumps, place_of
from validator.reporters.terminal import page, printable, wrap
from validator.scopes.calls import ApiCall
from validator.scopes.catalogue import catalogue
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
_MARKS = re.compile(r"[\\|*\[\]<>#~]|\b_|_\b")
_MOST_EVIDENCE = 6
"""Pieces of evidence for one scope that text and Markdown show."""


def render(
    reports: Sequence[ScopeReport], format_: str, *, width: int = 80, remark: str = ""
) -> str:
    """Return scope reports in one of FORMATS.

    ``width`` is how many columns the text fills where it can; ``remark`` is a line for the end.
    """
    if format_ == "json":
        return _json(reports, remark)
    parts = [_text(report, width) if format_ == "text" else _markdown(report) for report in reports]
    basis = f"Judged by the catalogue of {catalogue().date}."
    end = [line for line in (basis if reports else "", remark) if line]
    if format_ == "text":
        end = [part for line in end for part in textwrap.wrap(line, width)]
    return page("\n".join([*(part + "\n" for part in parts), *end]).split("\n"))


def place(location: Location) -> str:
    """Return ``path:line:column``, safe to print."""
    return printable(location.words)


def _summary(report: ScopeReport) -> str:
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
    return f"{opened}; {row.risk.value}" if row.risk.value else opened


class _Entry(NamedTuple):
    """A line of a list: a place, what somebody else wrote there, and a clause about it."""

    location: Location
    quoted: str
    words: str = ""


def _lists(report: ScopeReport) -> Iterator[tuple[str, list[_Entry]]]:
    """Yield the lists of calls that something is to be said about, each with its title."""
    needs = report.needs
    if needs is None:
        return
    yield (
        "Calls that no OAuth token can make",
        [_Entry(call.location, call.text, call.obstacle) for call in needs.unreachable],
    )
    yield (
        "Calls that accept OAuth, but nobody knows with which scopes",
        [_Entry(call.location, call.meaning) for call in needs.unclear],
    )
    yield (
        "Calls that may mean more than one operation",
        [
            _Entry(call.location, call.text, " or ".join(near.call for near in call.match.near))
            for call in needs.unknown
            if call.match.is_ambiguous
        ],
    )
    yield (
        "Calls that are no known operation",
        [
            _Entry(call.location, call.text, _offer(call))
            for call in needs.unknown
            if not call.match.is_ambiguous
        ],
    )
    yield (
        "Calls that need no scope",
        [
            _Entry(call.location, call.meaning)
            for call in needs.calls
            if frozenset() in call.alternatives
        ],
    )
    yield (
        "Places that put paths of the API together",
        [_Entry(location, "", "what is called can't be seen") for location in report.bases],
    )


def _offer(call: ApiCall) -> str:
    """Return the calls that were perhaps meant, as a question; an empty string for none."""
    near = " or ".join(operation.call for operation in call.match.near)
    return f"did you mean {near}?" if near else ""


def _text(report: ScopeReport, width: int) -> str:
    lines = [f"{printable(str(report.integration.path))}: {_summary(report)}"]
    if report.files_read is not None and report.needs is not None:
        read = amount(report.files_read, "file")
        lines.append(f"{amount(len(report.needs.calls), 'call')} known, {read} of source code read")
    for need in Need:
        rows = report.having(need)
        if rows:
            title = f"{_TITLES[need]} ({len(rows)})"
            lines += ["", click.style(title, fg=_COLOURS[need], bold=True)]
            if need is Need.CANT_TELL and report.hint:
                lines += wrap(report.hint, width, "  ", "  ")
            for row in rows:
                lines += _text_row(row, width)
    for title, entries in _lists(report):
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
    for evidence in _shown(row.why):
        where = f"{place(evidence.location)} " if evidence.location else ""
        yield from wrap(where + printable(evidence.text), width, "    - ", "      ")


def _shown(why: tuple[Evidence, ...]) -> Iterator[Evidence]:
    """Yield the evidence to show: all, or the first pieces and how many there are more."""
    yield from why[:_MOST_EVIDENCE]
    if len(why) > _MOST_EVIDENCE:
        yield Evidence(f"and {len(why) - _MOST_EVIDENCE} more")


def _doubt(report: ScopeReport, width: int) -> list[str]:
    unclear = len(report.having(Need.CANT_TELL))
    if not unclear:
        return []
    words = f"{unclear} of them only because nobody can tell whether they are needed:"
    return wrap(words, width, "", "")


def _array(report: ScopeReport) -> str:
    return json_module.dumps(list(report.minimal), indent=2, ensure_ascii=True)


def _finding(finding: Finding) -> str:
    words = f"{finding.level.value} {finding.rule.id} {printable(finding.message)}"
    return f"{place(finding.location)} {words}"


def _markdown(report: ScopeReport) -> str:
    lines = [f"## Scopes of {_code(str(report.integration.path))}", "", f"{_summary(report)}.", ""]
    lines += ["| Scope | Requested | Needed | Why | Opens |", "|---|---|---|---|---|"]
    for row in (row for need in Need for row in report.having(need)):
        why = "<br>".join(_evidence(evidence) for evidence in _shown(row.why))
        requested = _code(place(row.requested)) if row.requested else "no"
        cells = [_code(row.name), requested, _WORDS[row.need], why, _cell(_opens(row))]
        lines.append(f"| {' | '.join(cells)} |")
    if report.hint:
        lines += ["", report.hint]
    for title, entries in _lists(report):
        if entries:
            lines += ["", f"### {title}", ""]
            for entry in entries:
                parts = [entry.quoted and _code(entry.quoted), entry.words and _cell(entry.words)]
                lines.append(f"- {_code(place(entry.location))} {': '.join(filter(None, parts))}")
    if report.findings:
        lines += ["", "### Other findings", ""]
        lines += [
            f"- {finding.level.value} `{finding.rule.id}` at {_code(place(finding.location))}: "
            f"{_cell(finding.message)}"
            for finding in report.findings
        ]
    lines += ["", "### The scopes to request", "", *_doubt(report, 10_000)]
    lines += ["```json", _array(report), "```"]
    if report.minimal:
        lines += ["", "### What the customer agrees to", "", "This integration can", ""]
        lines += [f"- {_cell(words)} ({_code(name)})" for name, words in report.consent]
    return "\n".join(lines)


def _evidence(evidence: Evidence) -> str:
    where = f"{_code(place(evidence.location))} " if evidence.location else ""
    parts = [evidence.words and _cell(evidence.words), evidence.quoted and _code(evidence.quoted)]
    return where + ": ".join(filter(None, parts))


def _code(text: str) -> str:
    """Return a text as code that no character of it can end."""
    return f"`{printable(text).replace('`', chr(0x2CB)).replace('|', chr(92) + '|')}`"


def _cell(text: str) -> str:
    """Return a text as prose in which nothing but backticks has a meaning.

    One that could mention somebody, or whose backticks don't pair, becomes code as a whole.
    """
    parts = printable(text).split("`")
    if len(parts) % 2 == 0 or any("@" in part for part in parts[::2]):
        return _code(text)
    return "".join(
        _code(part) if number % 2 else _MARKS.sub(r"\\\g<0>", part)
        for number, part in enumerate(parts)
    )


def _json(reports: Iterable[ScopeReport], remark: str) -> str:
    return dumps(
        {
            "version": VERSION,
            "tool": {"name": "tilelint", "version": __version__},
            "catalogue": {"checked": catalogue().date, "remark": remark},
            "integrations": [_json_report(report) for report in reports],
        },
        depth=5,
    )


def _json_report(report: ScopeReport) -> dict[str, Any]:
    needs = report.needs
    return {
        "path": str(report.integration.path),
        "name": report.integration.name,
        "scopes": [_json_row(row) for row in report.rows],
        "calls": [_json_call(call) for call in needs.calls] if needs else None,
        "minimal": list(report.minimal),
        "isSmallest": needs.is_smallest if needs else None,
        "consent": [{"scope": name, "words": words} for name, words in report.consent],
        "unseen": [place_of(location) for location in report.bases],
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
                "message": evidence.text,
                **(place_of(evidence.location) if evidence.location else {"path": None}),
            }
            for evidence in row.why
        ],
        "status": row.status.name.lower(),
        "access": row.access,
        "risk": row.risk.name.lower().replace("_", "-"),
        "reason": row.reason or None,
        "policy": row.attitude.value if row.attitude else None,
        "operations": [
            {"call": operation.call, "changes": operation.changes_something}
            for operation in row.opens
        ],
    }


def _json_call(call: ApiCall) -> dict[str, Any]:
    operation = call.operation
    return {
        "text": call.text,
        **place_of(call.location),
        "operation": operation.call if operation else None,
        "scopes": [sorted(names) for names in call.alternatives],
        "reachable": None if operation is None else not call.is_unreachable,
        "near": [other.call for other in call.match.near],
    }
