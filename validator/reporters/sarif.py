"""The report for code scanning: SARIF 2.1.0 with what GitHub reads of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote

from validator import __version__
from validator.documents.text import TextDocument
from validator.fingerprints import line_hashes, report_fingerprints
from validator.integration import LARGEST
from validator.mask import HIDDEN
from validator.masking import mask_of
from validator.model import DocumentError, Finding, Level, Location, Region, Rule, format_pointer
from validator.report import InternalError, LeftOut, Report, Skip, Standing, Suppressed
from validator.reporters.json import dumps
from validator.sources.trees import top_level

MOST_RESULTS = 25_000
"""Results of a run beyond which GitHub refuses the whole file."""

MOST_RELATED = 100
"""Related locations of a result that GitHub keeps."""

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_INFORMATION = "https://docs.datadoghq.com/developers/integrations/"
_BASE = "%SRCROOT%"
_LONGEST_DESCRIPTION = 1024
_LONGEST_SNIPPET = 2000
_CONTEXT_LINES = 2
_CONTEXT_COLUMNS = 200
_PRECISION = {Level.ERROR: "very-high", Level.WARNING: "high", Level.NOTE: "medium"}
_SEVERITY = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}
_NOTIFICATIONS = {
    "not-judged": "A rule could not be judged, which is not a pass.",
    "internal-error": "A check failed, which is a defect of tilelint.",
    "left-out": "More was found than a run may hold.",
}
_MARKUP = re.compile(r"(?P<code>(?P<fence>`+).*?(?P=fence))|[\\\[\]<>*_]")
_KINDS: dict[object, str] = {dict: "object", list: "array"}
_HEAD = 4096
"""Bytes of a file without text that are enough for the hash of its first line."""

_Key = tuple[PurePosixPath, PurePosixPath, bool]
"""An integration, a file in it, and whether the file is meant as a whole."""


class _Entry(NamedTuple):
    """A finding that becomes a result; ``suppressed`` says why it doesn't count, if so."""

    finding: Finding
    fingerprint: str
    suppressed: Suppressed | None = None


def render(report: Report, *, show_suppressed: bool = False) -> str:
    """Return the report as a SARIF log of one run, with paths from the root of each file's repository.

    Suppressed findings are left out unless ``show_suppressed``: GitHub opens an alert for each. The
    same report gives the same bytes.
    """
    names = iter(report_fingerprints(report))
    entries = [_Entry(finding, next(names)) for finding in report.findings]
    if show_suppressed:
        entries += [_Entry(each.finding, next(names), each) for each in report.suppressed]
    rules = {rule.id: rule for rule in report.rules}
    for entry in entries:  # the level of a finding's rule may be that of a configuration
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
                "informationUri": _INFORMATION,
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
        "locations": [files.location(finding.location, context=True)],
        "partialFingerprints": {
            "primaryLocationLineHash": files.line_hash(finding.location),
            "tilelint/v1": entry.fingerprint,
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                **files.location(related.location),
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
        integrations = report.integrations
        self.artifacts: list[dict[str, Any]] = []
        self._integrations = {integration.path: integration for integration in integrations}
        self._here = here = Path.cwd().resolve()
        self._folders = {path: (here / path).resolve() for path in self._integrations}
        self._roots = _Roots(here, self._folders.values())
        self._uris: dict[PurePosixPath, tuple[str, str]] = {}
        self._indexes: dict[tuple[str, str], int] = {}
        self._documents: dict[_Key, TextDocument | None] = {}
        self._hashes: dict[_Key, list[str]] = {}
        self._mask = mask_of(report)

    def location(self, location: Location, *, context: bool = False) -> dict[str, Any]:
        """Return a place as GitHub needs it: a file and a region with all four ends.

        A whole file is shown at its first line. ``context`` adds the lines around the region.
        """
        document = self._document(location)
        region = location.region
        if region is None:
            region = Region(1, 1, 1, len(document.lines[0]) + 1 if document else 1)
        physical: dict[str, Any] = {
            "artifactLocation": self._artifact(location),
            "region": self._region(region, location),
        }
        if context and document and (around := _around(region, document)) != region:
            lines = self._region(around, location)
            if "snippet" in lines:
                physical["contextRegion"] = lines
        logical = self._logical(location)
        return {
            "physicalLocation": physical,
            **({"logicalLocations": [logical]} if logical else {}),
        }

    def line_hash(self, location: Location) -> str:
        """Return the ``primaryLocationLineHash`` of a place; a missing file counts as an empty one."""
        key = _key(location)
        if key not in self._hashes:
            document = self._document(location)
            mark = "\ufeff" if document and document.has_bom else ""
            text = mark + document.text if document else self._decode(location, _HEAD)
            self._hashes[key] = line_hashes(text)
        hashes = self._hashes[key]
        line = location.region.start_line if location.region else 1
        return hashes[min(line, len(hashes)) - 1]

    def _logical(self, location: Location) -> dict[str, Any] | None:
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
        if location.path.suffix == ".json":
            with suppress(DocumentError):
                document = self._integrations[location.integration].json(location.path)
                plain = "property" if isinstance(last, str) else "value"
                logical["kind"] = _KINDS.get(type(document.get(location.pointer)), plain)
        return logical

    def _region(self, region: Region, location: Location) -> dict[str, Any]:
        """Return a region of a file, with its text unless that is too long or holds a credential."""
        described: dict[str, Any] = {
            "startLine": region.start_line,
            "startColumn": region.start_column,
            "endLine": region.end_line,
            "endColumn": region.end_column,
        }
        document = self._document(location)
        if document is None or region.end_line > len(document.lines):
            return described
        is_short = _length(region, document) <= _LONGEST_SNIPPET
        if is_short and not self._is_hidden(region, document):
            described["snippet"] = {"text": _text(region, document)}
        return described

    def _is_hidden(self, region: Region, document: TextDocument) -> bool:
        """Whether a line of a region holds a part of a credential: the report is public."""
        return any(
            self._mask.line(document, number) != document.lines[number - 1]
            for number in range(region.start_line, region.end_line + 1)
        )

    def _document(self, location: Location) -> TextDocument | None:
        key = _key(location)
        if key not in self._documents:
            self._documents[key] = self._read(location)
        return self._documents[key]

    def _read(self, location: Location) -> TextDocument | None:
        """Return the text of a file; None when it isn't there, or is no text and meant as a whole."""
        integration = self._integrations.get(location.integration)
        if integration is None:  # settings that several integrations share
            return None
        document = integration.text(location.path)
        if document is None and location.region is not None:
            text = self._decode(location, LARGEST)  # a finding about its encoding has a place
            with suppress(DocumentError):
                return TextDocument(location.integration, location.path, text.encode())
        return document

    def _decode(self, location: Location, most: int) -> str:
        """Return what a file holds, U+FFFD for what is not UTF-8; nothing when it isn't there."""
        integration = self._integrations.get(location.integration)
        if integration is None or not integration.has(location.path):
            return ""
        try:
            return integration.tree.read(location.path, most).decode("utf-8", "replace")
        except OSError:
            return ""

    def _artifact(self, location: Location) -> dict[str, Any]:
        shown = location.shown
        if shown not in self._uris:
            self._uris[shown] = self._uri(location)
        base, uri = self._uris[shown]
        where = {"uri": uri, "uriBaseId": base}
        if (base, uri) not in self._indexes:
            self._indexes[base, uri] = len(self.artifacts)
            self.artifacts.append({"location": where, "roles": ["analysisTarget"]})
        return {**where, "index": self._indexes[base, uri]}

    def _uri(self, location: Location) -> tuple[str, str]:
        """Return where a file is: the root's id, and the path from there.

        Symbolic links are resolved, because GitHub follows none.
        """
        folder = self._folders.get(location.integration) or self._here / location.integration
        root = self._roots.of(folder)
        path = folder / location.path
        integration = self._integrations.get(location.integration)
        if integration is not None and integration.has(location.path):
            target = path.resolve()
            path = target if target.is_relative_to(root) else path
        relative = self._mask.text(path.relative_to(root).as_posix())
        try:
            uri = quote(os.fsencode(relative))
        except UnicodeEncodeError:  # a name that no file can have
            uri = quote(relative, errors="replace")
        return self._roots.id_of(root), uri

    @property
    def bases(self) -> dict[str, Any]:
        """What the paths are relative to, by the ids that stand for it."""
        described = {}
        for id_, root in self._roots.named():
            name = "" if id_ == _BASE else f" `{self._mask.text(root.name)}`"
            described[id_] = {"description": {"text": f"The root of the repository{name}."}}
        return described


class _Roots:
    """The folders that paths are relative to: for each file the repository that holds it.

    Code scanning knows one, so that of the current folder, or else the first, has the usual name. What no
    repository holds is relative to the current folder, or the closest one that holds all of it. Folders are
    absolute, without links.
    """

    def __init__(self, here: Path, folders: Iterable[Path]) -> None:
        self._tops: dict[Path, Path | None] = {folder: top_level(folder) for folder in folders}
        bare = [folder for folder, top in self._tops.items() if top is None]
        is_inside = all(folder.is_relative_to(here) for folder in bare)
        self._else = here
        if not is_inside:
            self._else = Path(os.path.commonpath([folder.parent for folder in bare]))
        own, tops = top_level(here), [top for top in self._tops.values() if top]
        roots = ([own] if own in tops else []) + tops + ([self._else] if bare else [])
        ordered = dict.fromkeys(filter(None, roots)) or [own or here]
        self._ids = {
            root: _BASE if not number else f"{_BASE[:-1]}_{number + 1}%"
            for number, root in enumerate(ordered)
        }

    def of(self, folder: Path) -> Path:
        """Return the root that a folder's files are relative to."""
        if folder not in self._tops:
            self._tops[folder] = top_level(folder)
        root = self._tops[folder] or self._else
        return root if folder.is_relative_to(root) else Path(folder.anchor)

    def id_of(self, root: Path) -> str:
        """Return the id that stands for a root."""
        return self._ids.setdefault(root, f"{_BASE[:-1]}_{len(self._ids) + 1}%")

    def named(self) -> Iterable[tuple[str, Path]]:
        """Return each id with its root."""
        return [(id_, root) for root, id_ in self._ids.items()]


def _key(location: Location) -> _Key:
    return location.integration, location.path, location.region is None


def _around(region: Region, document: TextDocument) -> Region:
    """Return the lines around a region, or where they are too long the columns around it."""
    end = len(document.lines)
    if region.end_line > end:
        return region
    first = max(region.start_line - _CONTEXT_LINES, 1)
    last = min(region.end_line + _CONTEXT_LINES, end)
    lines = Region(first, 1, last, len(document.lines[last - 1]) + 1)
    if _length(lines, document) <= _LONGEST_SNIPPET:
        return lines
    start_column = max(region.start_column - _CONTEXT_COLUMNS, 1)
    end_column = region.end_column + _CONTEXT_COLUMNS
    length = len(document.lines[region.end_line - 1])
    return Region(region.start_line, start_column, region.end_line, min(end_column, length + 1))


def _length(region: Region, document: TextDocument) -> int:
    """Return how long a region's text is, without taking it out: a line may be a whole file."""
    start = document.offset(region.start_line, region.start_column)
    return document.offset(region.end_line, region.end_column) - start


def _text(region: Region, document: TextDocument) -> str:
    start = document.offset(region.start_line, region.start_column)
    return document.text[start : document.offset(region.end_line, region.end_column)]
