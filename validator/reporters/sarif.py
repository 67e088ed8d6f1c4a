"""The report for code scanning: SARIF 2.1.0 with what GitHub reads of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from validator import REPOSITORY, __version__
from validator.model import Excerpt, Finding, Level, Location, Region, Rule, format_pointer
from validator.report import (
    HIDDEN,
    InternalError,
    LeftOut,
    Report,
    Skip,
    SourceFile,
    Standing,
    Suppressed,
)
from validator.reporters.json import dumps

MOST_RESULTS = 25_000
"""Results of a run beyond which GitHub refuses the whole file."""

MOST_RELATED = 100
"""Related locations of a result that GitHub keeps."""

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASE = "%SRCROOT%"
_LONGEST_DESCRIPTION = 1024
_LONGEST_SNIPPET = 2000
_PRECISION = {Level.ERROR: "very-high", Level.WARNING: "high", Level.NOTE: "medium"}
_SEVERITY = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}
_NOTIFICATIONS = {
    "not-judged": "A rule could not be judged, which is not a pass.",
    "internal-error": "A check failed, which is a defect of tilelint.",
    "left-out": "More was found than a run may hold.",
}
_MARKUP = re.compile(r"(?P<code>(?P<fence>`+).*?(?P=fence))|[\\\[\]<>*_]")


class _Entry(NamedTuple):
    """A finding that becomes a result; ``suppressed`` says why it doesn't count, if so."""

    finding: Finding
    suppressed: Suppressed | None = None


def render(report: Report, *, show_suppressed: bool = False) -> str:
    """Return the report as a SARIF log of one run, with paths from the root of each file's repository.

    Suppressed findings are left out unless ``show_suppressed``: GitHub opens an alert for each. The
    same report gives the same bytes.
    """
    entries = list(map(_Entry, report.findings))
    if show_suppressed:
        entries += [_Entry(each.finding, each) for each in report.suppressed]
    rules = {rule.id: rule for rule in report.rules}
    for entry in entries:  # its rule may be one with parameters of its own
        rules.setdefault(entry.finding.rule.id, entry.finding.rule)
    indexes = {id_: index for index, id_ in enumerate(rules)}
    files = _Files(report)
    results = [
        {
            **_result(entry, indexes[entry.finding.rule.id], files),
            **({"suppressions": _suppressions(entry)} if show_suppressed else {}),
        }
        for entry in _gravest(entries)
    ]
    notifications = list(_notifications(report, indexes, len(entries) - len(results)))
    notifications += _left_out(report, indexes, show_suppressed=show_suppressed)
    run = {
        "tool": {
            "driver": {
                "name": "tilelint",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": REPOSITORY,
                "rules": [_rule(rule) for rule in rules.values()],
                "notifications": [
                    {
                        "id": id_,
                        "name": _name(id_),
                        "shortDescription": {"text": text},
                        "fullDescription": {"text": text},
                        "help": {"text": text},
                    }
                    for id_, text in _NOTIFICATIONS.items()
                ],
            }
        },
        "automationDetails": {"id": "tilelint/"},
        "invocations": [
            {
                "executionSuccessful": not report.internal_errors,
                "toolExecutionNotifications": notifications,
            }
        ],
        "originalUriBaseIds": files.bases,
        "columnKind": "unicodeCodePoints",
        "defaultEncoding": "utf-8",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "redactionTokens": [HIDDEN],
        "artifacts": files.artifacts,
        "results": results,
    }
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, depth=6)


def _gravest(entries: Iterable[_Entry]) -> list[_Entry]:
    """Return as many entries as a run may hold, in the order of their places."""
    by_weight = sorted(
        entries,
        key=lambda entry: (
            entry.suppressed is not None,
            entry.finding.level.rank,
            entry.finding.sort_key,
        ),
    )
    return sorted(by_weight[:MOST_RESULTS], key=lambda entry: entry.finding.sort_key)


def _rule(rule: Rule) -> dict[str, Any]:
    tags = {reference.requirement for reference in rule.references}
    tags.discard("security")  # a tag with which GitHub files every alert under security
    properties: dict[str, Any] = {
        "tags": ["datadog", *sorted(tags)],
        "precision": _PRECISION[rule.level],
        "problem.severity": _SEVERITY[rule.level],
        "enforcedBy": rule.enforced_by,
    }
    if rule.applies_to != "all":
        properties["tags"].insert(1, rule.applies_to)
    if rule.security_severity:
        properties["tags"].append("security")
        properties["security-severity"] = f"{rule.security_severity:.1f}"
    described: dict[str, Any] = {
        "id": rule.id,
        "name": _name(rule.id),
        "shortDescription": {"text": _shorten(_sentence(rule.title))},
        "fullDescription": {"text": _shorten(_sentence(rule.rationale))},
        "help": {"text": _help(rule), "markdown": _markdown_help(rule)},
        "defaultConfiguration": {"level": rule.level.value},
        "properties": properties,
    }
    if rule.references:
        described["helpUri"] = rule.references[0].url
    return described


def _help(rule: Rule) -> str:
    lines = [rule.rationale, "", f"How to fix: {rule.remediation}", "", "What it rests on:"]
    lines += [
        f"- {reference.requirement}: {reference.title} (checked {reference.checked}): {reference.url}"
        for reference in rule.references
    ]
    return "\n".join([*lines, "", f"`tilelint explain {rule.id}` shows an example."])


def _markdown_help(rule: Rule) -> str:
    why, fix = _markdown(rule.rationale), _markdown(rule.remediation)
    lines = [why, "", f"**How to fix:** {fix}", "", "**What it rests on:**", ""]
    lines += [
        f"- {reference.requirement}: [{_markdown(reference.title)}](<{reference.url}>)"
        f" (checked {reference.checked})"
        for reference in rule.references
    ]
    return "\n".join([*lines, "", f"`tilelint explain {rule.id}` shows an example."])


def _markdown(text: str) -> str:
    """Return Markdown that shows a text as it is, but for code between backticks."""
    return _MARKUP.sub(lambda match: match["code"] or f"\\{match[0]}", text)


def _name(id_: str) -> str:
    return "".join(word.capitalize() for word in id_.split("-"))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _shorten(text: str) -> str:
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[: _LONGEST_DESCRIPTION - 1] + "…"


def _escape(text: str) -> str:
    """Return text in which no bracket begins or ends a link, as the standard has it in a link's text."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text)


def _plain(text: str) -> str:
    """Return a sentence in which nothing reads as a link: what it quotes comes from a stranger.

    Not every reader undoes a backslash outside of links, so there is none without need.
    """
    return _sentence(_escape(text) if "](" in text else text)


def _message(finding: Finding) -> str:
    """Return the message as sentences, the places that explain it linked by their ids."""
    if not finding.related:
        return _plain(finding.message)
    links = [
        f"[{_escape(related.message)}]({number})"
        for number, related in enumerate(finding.related[:MOST_RELATED], 1)
    ]
    return f"{_sentence(_escape(finding.message))} See {'; '.join(links)}."


def _result(entry: _Entry, index: int, files: _Files) -> dict[str, Any]:
    finding = entry.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": finding.level.value,
        "message": {"text": _message(finding)},
        "locations": [files.location(finding.location, finding.excerpt, context=True)],
        "partialFingerprints": {
            "primaryLocationLineHash": finding.excerpt.line_hash if finding.excerpt else "",
            "tilelint/v1": finding.fingerprint,
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                **files.location(related.location, related.excerpt),
                "message": {"text": _plain(related.message)},
            }
            for number, related in enumerate(finding.related[:MOST_RELATED], 1)
        ]
    return result


def _suppressions(entry: _Entry) -> list[dict[str, str]]:
    if entry.suppressed is None:
        return []
    kind = "inSource" if entry.suppressed.in_source else "external"
    return [{"kind": kind, "justification": entry.suppressed.reason}]


def _notifications(
    report: Report, indexes: dict[str, int], left_out: int
) -> Iterator[dict[str, Any]]:
    """Yield what keeps the results from being all that there is to say."""
    for skip in report.skips:
        level = Level.WARNING if skip.rule.level is Level.ERROR else Level.NOTE
        text = f"`{skip.rule.id}` was not judged for `{skip.integration}`: {skip.reason}"
        yield _notification("not-judged", level, text, skip, indexes)
    for error in report.internal_errors:
        place = f" on `{error.integration}`" if error.integration else ""
        text = f"`{error.where}` failed{place}: {error.message}"
        kind, _, message = error.message.partition(": ")
        notification = _notification("internal-error", Level.ERROR, text, error, indexes)
        yield {**notification, "exception": {"kind": kind, "message": message}}
    if left_out:
        text = (
            f"{left_out:,} of the least grave findings are left out: a run holds {MOST_RESULTS:,}"
        )
        yield _notification("left-out", Level.WARNING, text)


def _left_out(
    report: Report, indexes: dict[str, int], *, show_suppressed: bool
) -> Iterator[dict[str, Any]]:
    """Yield how many findings of each kind are not among the results, because enough of them are."""
    for more in report.left_out:
        if more.unwanted:
            continue
        if more.standing is Standing.COUNTS or (
            show_suppressed and more.standing is Standing.SUPPRESSED
        ):
            text = f"{more.count:,} more findings of `{more.rule.id}` in `{more.location.shown}` are left out"
            yield _notification("left-out", Level.WARNING, text, more, indexes)


def _notification(
    id_: str,
    level: Level,
    text: str,
    gap: Skip | InternalError | LeftOut | None = None,
    indexes: dict[str, int] | None = None,
) -> dict[str, Any]:
    notification: dict[str, Any] = {
        "descriptor": {"id": id_, "index": list(_NOTIFICATIONS).index(id_)},
        "level": level.value,
        "message": {"text": _plain(text)},
    }
    if gap and gap.rule and indexes and gap.rule.id in indexes:
        notification["associatedRule"] = {"id": gap.rule.id, "index": indexes[gap.rule.id]}
    return notification


class _Files:
    """The files that a run names: each listed once, with the text around a place."""

    def __init__(self, report: Report) -> None:
        self.artifacts: list[dict[str, Any]] = []
        self._files = report.files
        self._roots = report.roots or ("",)
        self._indexes: dict[tuple[str, str], int] = {}

    def location(
        self, location: Location, excerpt: Excerpt | None, *, context: bool = False
    ) -> dict[str, Any]:
        """Return a place as GitHub needs it: a file and a region with all four ends.

        A whole file is shown at its first line. ``context`` adds the lines around the region.
        """
        excerpt = excerpt or _without_text(location)
        physical: dict[str, Any] = {
            "artifactLocation": self._artifact(location),
            "region": _region(excerpt),
        }
        if context and (around := _context(excerpt)):
            physical["contextRegion"] = around
        logical = _logical(location, excerpt)
        return {
            "physicalLocation": physical,
            **({"logicalLocations": [logical]} if logical else {}),
        }

    def _artifact(self, location: Location) -> dict[str, Any]:
        file = self._files.get(location.shown) or SourceFile(0, str(location.shown))
        base = _base(file.root)
        try:
            uri = quote(os.fsencode(file.path))
        except UnicodeEncodeError:  # a name that no file can have
            uri = quote(file.path, errors="replace")
        where = {"uri": uri, "uriBaseId": base}
        if (base, uri) not in self._indexes:
            self._indexes[base, uri] = len(self.artifacts)
            self.artifacts.append({"location": where, "roles": ["analysisTarget"]})
        return {**where, "index": self._indexes[base, uri]}

    @property
    def bases(self) -> dict[str, Any]:
        """What the paths are relative to, by the ids that stand for it."""
        described = {}
        for number, root in enumerate(self._roots):
            name = f" `{root}`" if number else ""
            described[_base(number)] = {
                "description": {"text": f"The root of the repository{name}."}
            }
        return described


def _base(number: int) -> str:
    """Return the id of a root; code scanning knows that of the first."""
    return f"{_BASE[:-1]}_{number + 1}%" if number else _BASE


def _without_text(location: Location) -> Excerpt:
    region = location.region or Region(1, 1, 1, 1)
    return Excerpt(region, region)


def _described(region: Region) -> dict[str, Any]:
    return {
        "startLine": region.start_line,
        "startColumn": region.start_column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }


def _region(excerpt: Excerpt) -> dict[str, Any]:
    """Return the region of an excerpt, with its text unless that is too long or holds a credential."""
    region, text = excerpt.region, excerpt.text
    described = _described(region)
    is_hidden = any(region.start_line <= line <= region.end_line for line in excerpt.hidden)
    if text is not None and not excerpt.is_cut and not is_hidden:
        described["snippet"] = {"text": text[excerpt.start : excerpt.end]}
    return described


def _context(excerpt: Excerpt) -> dict[str, Any] | None:
    """Return what stands around a region, None where it is too long, holds a credential or is the same."""
    text = excerpt.text
    if text is None or excerpt.is_cut or excerpt.hidden or excerpt.around == excerpt.region:
        return None
    if len(text) > _LONGEST_SNIPPET:
        return None
    return {**_described(excerpt.around), "snippet": {"text": text}}


def _logical(location: Location, excerpt: Excerpt) -> dict[str, Any] | None:
    """Return the place in terms of the document: a pointer, or a heading's anchor."""
    if location.anchor:
        return {
            "name": location.anchor,
            "fullyQualifiedName": location.anchor,
            "kind": "section",
        }
    if not location.pointer:
        return None
    last = location.pointer[-1]
    logical = {"fullyQualifiedName": format_pointer(location.pointer)}
    if last != "":
        logical["name"] = str(last)
    if excerpt.kind:
        logical["kind"] = excerpt.kind
    return logical
