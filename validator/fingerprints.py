"""Fingerprints: what stays the same about a finding, or a line, while the text around it moves."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import accumulate, chain, repeat
from pathlib import PurePosixPath

from validator.model import Finding, Location, Report, format_pointer

_BASE, _BLOCK, _MASK = 37, 100, 2**64 - 1
_LEAVING = pow(_BASE, _BLOCK, 2**64)
_NEWLINE, _END = ord("\n"), 0xFFFF


def report_fingerprints(report: Report) -> list[str]:
    """Return the fingerprints of a report's findings, then of those suppressed, then of those known."""
    suppressed = (each.finding for each in report.suppressed)
    return fingerprints((*report.findings, *suppressed, *report.known))


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Return the fingerprint of each finding, in the order given.

    It is made of the rule's id, the path inside the integration and the logical place, so that lines
    may move and the integration may be renamed. Findings of one rule in one place are numbered in
    the order of the text, so all that a run found belongs here, whatever silenced it.
    """
    findings = list(findings)
    found = [""] * len(findings)
    seen: Counter[tuple[PurePosixPath, tuple[str, str, str]]] = Counter()
    for index, finding in sorted(enumerate(findings), key=lambda entry: entry[1].sort_key):
        location = finding.location
        place = (finding.rule.id, str(location.path), _place(location))
        number = seen[location.integration, place]
        seen[location.integration, place] += 1
        # JSON keeps the parts apart, and takes any character that a path can hold.
        found[index] = sha256(json.dumps([*place, number]).encode("ascii")).hexdigest()[:32]
    return found


def _place(location: Location) -> str:
    """Return the logical place of a location: a JSON pointer, or a heading's anchor after ``#``."""
    if location.pointer is not None:
        # The number of a row in a table is as good as its line: it is left out.
        is_table = location.path.suffix == ".csv"
        return format_pointer(location.pointer[1:] if is_table else location.pointer)
    return f"#{location.anchor}" if location.anchor is not None else ""


def line_hashes(text: str) -> list[str]:
    """Return the ``primaryLocationLineHash`` of each line, as GitHub's upload action computes it.

    ``text`` is the whole file, a byte order mark included. A line's hash is a polynomial over 100
    UTF-16 code units from its start: blanks and tabs left out, every line end a line feed, the end of
    the file 0xFFFF and then zeros. Equal hashes are numbered.
    """
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    native = memoryview(kept.encode("utf-16", "surrogatepass")[2:]).cast("H")  # without its mark
    starts = [0, *(index for index, unit in enumerate(native, 1) if unit == _NEWLINE)]
    sums = array(
        "Q",  # as numbers of Python they would take five times the memory
        accumulate(
            chain(native, (_END,), repeat(0, _BLOCK)),
            lambda total, unit: (total * _BASE + unit) & _MASK,
            initial=0,
        ),
    )
    seen: Counter[int] = Counter()
    hashes = []
    for start in starts:
        value = (sums[start + _BLOCK] - sums[start] * _LEAVING) & _MASK
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes
