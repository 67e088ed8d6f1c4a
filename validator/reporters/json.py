"""The report for a program: one JSON object, as schemas/report.schema.json describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from validator import __version__
from validator.model import Finding, Level, Location, Related, Rule, format_pointer
from validator.report import Report, Skip, Standing

VERSION = 1
"""The version of the shape; within it fields are added, never removed or changed."""

_ENCODER = json.JSONEncoder(ensure_ascii=False)
_UNSAFE = re.compile(r"[^\n -~]|(?<=##)\[|(?<=##[vV][sS][oO])\[")


def render(report: Report) -> str:
    """Return the report as JSON. The same report gives the same bytes."""
    findings = sorted(report.findings, key=lambda finding: finding.sort_key)
    return dumps(
        {
            "version": VERSION,
            "tool": {"name": "tilelint", "version": __version__},
            "integrations": [
                {
                    "path": str(integration.path),
                    "name": integration.name,
                    "verdict": report.verdict(integration.path).value,
                    **{f"{level.value}s": report.count(level, integration.path) for level in Level},
                    "before": {
                        f"{level.value}s": report.count_known(level, integration.path)
                        for level in Level
                    },
                }
                for integration in report.integrations
            ],
            "findings": list(map(_finding, findings)),
            "left_out": [
                {
                    "rule": more.rule.id,
                    "level": more.level.value,
                    "path": str(more.location.shown),
                    "count": more.count,
                }
                for more in report.left_out
                if more.standing is Standing.COUNTS and not more.unwanted
            ],
            "skips": list(_skips(report.skips)),
            "internal_errors": [
                {
                    "rule": error.rule and error.rule.id,
                    "path": error.integration and str(error.integration),
                    "step": error.step,
                    "message": error.message,
                }
                for error in report.internal_errors
            ],
            "summary": {
                **{f"{level.value}s": report.count(level) for level in Level},
                "suppressed": report.suppressed_count,
                "known": report.known_count,
                "extras_ci": report.extras_ci_count,
                "before": {f"{level.value}s": report.count_known(level) for level in Level},
            },
        },
        depth=3,
    )


def dumps(value: Any, depth: int) -> str:
    """Return a value as JSON of ASCII characters, which every parser and terminal accepts.

    The ``depth`` outermost levels are spread over lines. Whatever could steer a terminal or command a
    runner is escaped; half of a surrogate pair, which no encoding has a place for, becomes U+FFFD.
    """
    return escaped(_spread(value, depth, "\n")) + "\n"


def escaped(text: str) -> str:
    """Return JSON in which what could steer a terminal, or command a runner, is escaped."""
    return _UNSAFE.sub(_escape, text)


def _spread(value: Any, depth: int, newline: str) -> str:
    if not depth or not value or not isinstance(value, (dict, list)):
        return _ENCODER.encode(value)
    inner = newline + "  "
    if isinstance(value, dict):
        members = [
            f"{_ENCODER.encode(key)}: {_spread(member, depth - 1, inner)}"
            for key, member in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(members)}{newline}}}"
    items = [_spread(item, depth - 1, inner) for item in value]
    return f"[{inner}{f',{inner}'.join(items)}{newline}]"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character == "[":
        return "\\u005b"
    return json.dumps("\ufffd" if "\ud800" <= character <= "\udfff" else character)[1:-1]


def _skips(skips: Iterable[Skip]) -> Iterator[dict[str, Any]]:
    """Yield one entry for all rules of an integration that one reason kept from being judged."""
    rules: dict[tuple[str, str], list[Rule]] = {}
    for skip in skips:
        rules.setdefault((str(skip.integration), skip.reason), []).append(skip.rule)
    for (path, reason), kept in rules.items():
        gravest = min(kept, key=lambda rule: rule.level.rank)
        yield {
            "rule": gravest.id,
            "rules": [rule.id for rule in kept],
            "path": path,
            "reason": reason,
        }


def _finding(finding: Finding) -> dict[str, Any]:
    pointer = finding.location.pointer
    return {
        "rule": finding.rule.id,
        "level": finding.level.value,
        "enforced_by": finding.rule.enforced_by,
        "message": finding.message,
        **place_of(finding.location),
        "pointer": None if pointer is None else format_pointer(pointer),
        "related": [_related(related) for related in finding.related],
        "fixable": finding.fix is not None,
        "fingerprint": finding.fingerprint,
    }


def _related(related: Related) -> dict[str, Any]:
    return {**place_of(related.location), "message": related.message}


def place_of(location: Location) -> dict[str, Any]:
    """Return the path and the region of a location as a report has them."""
    region = location.region
    return {
        "path": str(location.shown),
        "region": region
        and {
            "startLine": region.start_line,
            "startColumn": region.start_column,
            "endLine": region.end_line,
            "endColumn": region.end_column,
        },
    }
