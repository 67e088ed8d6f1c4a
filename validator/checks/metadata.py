"""The metrics' metadata: metadata.csv, which Datadog reads to describe and group metrics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from validator.definitions import policies
from validator.documents.csv import CsvDocument, CsvRow
from validator.facts import assets
from validator.facts.metadata import metrics, normalised_integration
from validator.integration import Integration
from validator.model import Finding, Level, Location, Pointer, Related, Rule
from validator.spelling import offer
from validator.wording import listed, quoted

_PREFIX: Pointer = ("assets", "integration", "metrics", "prefix")
_MOST_HINTS = 50  # what looks for a similar name takes its time
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_SOURCE_TYPE: Pointer = ("assets", "integration", "source_type_name")


class _Fault(NamedTuple):
    """What is wrong with a cell, in words that are the same for every cell with the same fault."""

    row: CsvRow
    column: str
    message: str


def _rows(document: CsvDocument) -> Iterator[CsvRow]:
    """Yield the rows whose cells stand in the column that they belong to."""
    for row in document.rows:
        if len(row.cells) == len(document.header):
            yield row


def _filled(document: CsvDocument, column: str) -> Iterator[tuple[CsvRow, str]]:
    """Yield each row with its cell of a column, where both are there."""
    if column in document.columns:
        for row in _rows(document):
            if cell := document.cell(row, column):
                yield row, cell


def _once_each(document: CsvDocument, rule: Rule, faults: Iterator[_Fault]) -> Iterator[Finding]:
    """Yield a finding for each fault; advice that is the same for many rows is given at the first.

    What a reviewer refuses is told of each row, so that a new fault never hides behind an old one like it.
    """
    found: dict[tuple[str, str, int | None], list[CsvRow]] = {}
    for fault in faults:
        line = None if rule.level is Level.NOTE else fault.row.line
        found.setdefault((fault.column, fault.message, line), []).append(fault.row)
    for (column, message, _), rows in found.items():
        more = f"; {_count(len(rows) - 1, 'more row')} like it" if len(rows) > 1 else ""
        yield rule.finding(
            document.locate(rows[0], document.columns[column]),
            message + more,
            about=f"{column}: {message}" if rule.level is Level.NOTE else "",
            anywhere=rule.level is Level.NOTE,
            related=tuple(
                Related(document.locate(row, document.columns[column]), "the next one is here")
                for row in rows[1:2]
            ),
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def header(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find columns that metadata.csv lacks, has twice, or that nobody knows."""
    policy = policies.load(policies.Metrics).columns
    for document in assets.metadata(integration):
        names = document.header
        known = [*policy.required, *policy.optional]
        place = document.locate(document.records[0])
        foreign = set(names) - set(known)
        if not set(names) & set(known) or len(foreign) > len(known):
            yield rule.finding(place, _no_header(document, policy.required))
            continue
        required = [*policy.required, *(policy.with_rows if document.rows else ())]
        missing = [name for name in required if name not in names]
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                instead = f"; expected `{missing[0]}`" if len(missing) == 1 else ""
                missing = missing if len(missing) > 1 else []
                yield rule.finding(
                    document.locate(document.records[0], index),
                    f"the column {quoted(name)} is there twice{instead}",
                )
            elif name in foreign:
                meant = offer(name, missing or known)
                missing = [other for other in missing if f"`{other}`" not in meant]
                yield rule.finding(
                    document.locate(document.records[0], index),
                    f"{quoted(name)} is no column of metadata.csv{meant}",
                )
            seen.add(name)
        for name in missing:
            yield rule.finding(place, f"the column `{name}` is missing", about=name)


def _no_header(document: CsvDocument, required: policies.Words) -> str:
    """Return what the first line is instead of a header."""
    line = document.lines[document.records[0].line - 1]
    for separator, word in ((";", "semicolons"), ("\t", "tabs")):
        if separator in line and required[0] in line:
            return f"`{document.path}` separates columns by {word}; expected commas"
    return f"`{document.path}` begins with no header; expected `{','.join(required)}`"


def column_count(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find rows that have more or fewer cells than the header."""
    for document in assets.metadata(integration):
        expected = len(document.header)
        if {*policies.load(policies.Metrics).columns.required} - {*document.header}:
            continue  # the header is another rule's
        wrong = [row for row in document.rows if len(row.cells) != expected]
        counts = {len(row.cells) for row in wrong}
        if len(wrong) > 1 and len(wrong) == len(document.rows) and len(counts) == 1:
            yield rule.finding(
                document.locate(document.records[0]),
                f"all {len(wrong)} rows have {_count(counts.pop(), 'cell')}; "
                f"expected {expected}, as the header has",
            )
            continue
        for row in wrong:
            hint = "; put a text with a comma in double quotes"
            yield rule.finding(
                document.locate(row),
                f"the row has {_count(len(row.cells), 'cell')}; expected {expected}, as the header has"
                f"{hint if len(row.cells) > expected else ''}",
            )


def quoting(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find text between the closing quote of a cell and the next comma."""
    for document in assets.metadata(integration):
        for row in document.records:
            if '"' not in document.lines[row.line - 1]:
                continue
            for index in range(len(row.cells)):
                if stray := document.stray(row, index):
                    yield rule.finding(
                        document.locate(row, index),
                        f"{quoted(stray)} stands after the closing quote; expected a comma",
                    )


def values(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find cells whose value Datadog doesn't take."""
    for document in assets.metadata(integration):
        yield from _once_each(document, rule, _wrong_values(document))


def _wrong_values(document: CsvDocument) -> Iterator[_Fault]:
    policy = policies.load(policies.Metrics)
    for column in policy.filled:
        if column in document.columns:
            for row in _rows(document):
                if not document.cell(row, column).strip():
                    yield _Fault(row, column, f"`{column}` is empty; expected a value in every row")
    for column, known in (("metric_type", policy.types), ("orientation", policy.orientations)):
        for row, cell in _filled(document, column):
            if cell.strip() and cell not in known:
                message = f"`{column}` is {quoted(cell)}; expected {listed(known)}"
                yield _Fault(row, column, message)
    for row, cell in _filled(document, "interval"):
        if not (cell.isascii() and cell.isdigit()):
            message = f"`interval` is {quoted(cell)}; expected a whole number of seconds"
            yield _Fault(row, "interval", message)
    yield from _wrong_units(document)
    for row, cell in _filled(document, "curated_metric"):
        yield from _wrong_curation(row, cell)
    longest = policy.longest_description
    for row, cell in _filled(document, "description"):
        if "|" in cell:
            yield _Fault(row, "description", "`description` has a `|`; expected none")
        if len(cell) > longest:
            message = f"`description` has {len(cell)} characters; expected at most {longest}"
            yield _Fault(row, "description", message)


@cache
def _units() -> frozenset[str]:
    return frozenset(
        unit for family in policies.load(policies.Metrics).units.values() for unit in family
    )


def _wrong_units(document: CsvDocument) -> Iterator[_Fault]:
    policy = policies.load(policies.Metrics)
    hints: dict[str, str] = {}
    for column in ("unit_name", "per_unit_name"):
        for row, cell in _filled(document, column):
            if cell in _units():
                continue
            if cell not in hints and len(hints) < _MOST_HINTS:
                meant = policy.meant.get(cell)
                hints[cell] = f"; did you mean `{meant}`?" if meant else offer(cell, _units())
            hint = hints.get(cell, "")
            yield _Fault(row, column, f"`{column}` is {quoted(cell)}, which is no unit{hint}")
    for row, cell in _filled(document, "per_unit_name"):
        unit = document.cell(row, "unit_name")
        if cell in policy.time and unit in policy.time:
            message = (
                f"`{unit}` per `{cell}` is time per time; "
                "expected the unit `fraction` and no `per_unit_name`"
            )
            yield _Fault(row, "per_unit_name", message)


def _wrong_curation(row: CsvRow, cell: str) -> Iterator[_Fault]:
    known = policies.load(policies.Metrics).curated
    kinds = cell.split("|")
    for kind in dict.fromkeys(kinds):
        if kind not in known:
            message = f"`curated_metric` is {quoted(kind)}; expected {listed(known)}, joined by `|`"
            yield _Fault(row, "curated_metric", message)
        elif kinds.count(kind) > 1:
            yield _Fault(row, "curated_metric", f"`curated_metric` names `{kind}` twice")


def metric_names(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find metric names that Datadog would store under another name."""
    for document in assets.metadata(integration):
        for row, cell in _filled(document, "metric_name"):
            stored = _normalised_metric(cell)
            if cell != stored:
                yield rule.finding(
                    document.locate(row, document.columns["metric_name"]),
                    f"{quoted(cell)} is no metric name; Datadog stores it as `{stored}`"
                    if stored
                    else f"{quoted(cell)} is no metric name; expected letters, digits, `_` and `.`",
                )


def _normalised_metric(name: str) -> str:
    """Return a metric name as Datadog stores it: letters, digits, single underscores, dots."""
    name = re.sub(r"[^a-zA-Z0-9_.]+|^[^a-zA-Z]+", "_", name)
    return ".".join(part.strip("_") for part in name.split("."))


def duplicates(
    integration: Integration, rule: Rule, *, column: str, wanted: str, each: bool = True
) -> Iterator[Finding]:
    """Find values of a column that stand in more than one row; ``wanted`` says what is expected.

    ``each`` tells whether each value is a finding, or all of a table are one.
    """
    for document in assets.metadata(integration):
        found: dict[str, list[CsvRow]] = {}
        for row, cell in _filled(document, column):
            found.setdefault(cell, []).append(row)
        twice = {cell: rows for cell, rows in found.items() if len(rows) > 1}
        for cell, (first, second, *others) in twice.items():
            more = f"; {_count(len(others), 'more row')} like it" if others else ""
            if not each and len(twice) > 1:
                more = f"; {len(twice)} values stand in several rows"
            place = document.locate(first, document.columns[column])
            yield rule.finding(
                document.locate(second, document.columns[column]),
                f"{quoted(cell)} is the `{column}` of line {first.line}, too; "
                f"expected {wanted}{more}",
                about=cell if each else column,
                anywhere=True,
                related=(Related(place, "it stands here first"),),
            )
            if not each:
                break


def prefix(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find metrics whose name doesn't begin with the manifest's prefix."""
    expected = assets.manifest_value(integration, _PREFIX)
    if not isinstance(expected, str) or not expected:
        return
    tables = list(assets.metadata(integration))
    if expected.strip() and not any(
        name.startswith(expected) for each in tables for _, name in metrics(each)
    ):
        return  # the prefix itself is wrong, which another rule tells
    for document in tables:
        yield from _once_each(document, rule, _foreign(document, expected))


def _foreign(document: CsvDocument, expected: str) -> Iterator[_Fault]:
    shared = tuple(policies.load(policies.Metrics).shared_prefixes)
    for row, cell in _filled(document, "metric_name"):
        if not cell.startswith((expected, *shared)):
            head, dot, _ = cell.partition(".")
            message = f"the metric begins with {quoted(head + dot)}; expected the prefix `{expected}` of the manifest"
            yield _Fault(row, "metric_name", message)


def integration_name(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find rows whose ``integration`` isn't the source type of the manifest, normalised."""
    name = assets.manifest_value(integration, _SOURCE_TYPE)
    if not isinstance(name, str) or not name.strip():
        return
    expected = normalised_integration(name)
    related = (Related(integration.manifest.locate(_SOURCE_TYPE), f"the source type is `{name}`"),)
    for document in assets.metadata(integration):
        filled = list(_filled(document, "integration"))
        names = {cell for _, cell in filled}
        if len(filled) > 1 and len(names) == 1 and expected not in names:
            (first, cell), *_ = filled
            place = document.locate(first, document.columns["integration"])
            yield rule.finding(
                integration.manifest.locate(_SOURCE_TYPE),
                f"the source type is {quoted(name)}, but every row of `{document.path}` has the "
                f"`integration` {quoted(cell)}; expected `{expected}` there, or another source type",
                related=(Related(place, "the first row is here"),),
            )
            continue
        faults = (
            _Fault(row, "integration", f"`integration` is {quoted(cell)}; expected `{expected}`")
            for row, cell in filled
            if cell != expected
        )
        for finding in _once_each(document, rule, faults):
            yield replace(finding, related=related + finding.related)


def encoding(integration: Integration, rule: Rule, *, most: int) -> Iterator[Finding]:
    """Find a byte order mark, and each different character beyond ASCII.

    A file with more than ``most`` different ones gets one finding for all.
    """
    for document in assets.metadata(integration):
        if document.has_bom:
            yield rule.finding(
                document.locate(document.records[0], 0),
                f"`{document.path}` begins with a byte order mark; expected UTF-8 without one",
            )
        if document.text.isascii():
            continue
        first: dict[str, int] = {}
        for match in _BEYOND_ASCII.finditer(document.text):
            first.setdefault(match.group(), match.start())
        counts = Counter(character for character in document.text if character in first)
        if len(first) > most:
            place = _at(document, next(iter(first.values())))
            yield rule.finding(
                place, f"{len(first)} different characters are not ASCII; expected English in ASCII"
            )
            continue
        for character, offset in first.items():
            more = counts[character] - 1
            yield rule.finding(
                _at(document, offset),
                f"{_described(character)} is no ASCII character; expected one in its place"
                + (f"; {_count(more, 'more place')} like it" if more else ""),
            )


def _at(document: CsvDocument, offset: int) -> Location:
    region = document.region(offset, offset + 1)
    return Location(document.integration, document.path, region)


def _described(character: str) -> str:
    """Return a character, its number and its name."""
    import unicodedata

    name = unicodedata.name(character, "").lower()
    shown = f"`{character}` " if character.isprintable() else ""
    return f"{shown}U+{ord(character):04X}" + (f" ({name})" if name else "")


def descriptions(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find metrics without a description."""
    for document in assets.metadata(integration):
        if "description" not in document.columns:
            continue
        faults = (
            _Fault(row, "description", "`description` is empty; expected what it measures")
            for row in _rows(document)
            if not document.cell(row, "description").strip()
        )
        yield from _once_each(document, rule, faults)


def per_unit_alone(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find metrics that are per something, but nothing is counted: `per_unit_name` without `unit_name`."""
    for document in assets.metadata(integration):
        faults = (
            _Fault(
                row,
                "per_unit_name",
                f"`per_unit_name` is {quoted(cell)}, but `unit_name` is empty; expected what is counted per {cell}",
            )
            for row, cell in _filled(document, "per_unit_name")
            if not document.cell(row, "unit_name").strip()
        )
        yield from _once_each(document, rule, faults)


def padded(integration: Integration, rule: Rule, *, columns: list[str]) -> Iterator[Finding]:
    """Find texts with a blank before or behind them."""
    for document in assets.metadata(integration):
        for column in columns:
            faults = (
                _Fault(
                    row, column, f"`{column}` has a blank before or behind the text; expected none"
                )
                for row, cell in _filled(document, column)
                if cell.strip() and cell != cell.strip()
            )
            yield from _once_each(document, rule, faults)
