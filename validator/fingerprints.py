"""Fingerprints: what stays the same about the findings of a report, and about lines, while text moves."""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import accumulate, chain, repeat

from validator.identity import fingerprints
from validator.report import Report

_BASE, _BLOCK, _MASK = 37, 100, 2**64 - 1
_LEAVING = pow(_BASE, _BLOCK, 2**64)
_NEWLINE, _END = ord("\n"), 0xFFFF


def report_fingerprints(report: Report) -> list[str]:
    """Return the fingerprints of a report's findings, then of those suppressed, then of those known.

    What a mask hides is a part of them, so a masked report brings its own.
    """
    if report.fingerprints is not None:
        return list(report.fingerprints)
    suppressed = (each.finding for each in report.suppressed)
    return fingerprints((*report.findings, *suppressed, *report.known))


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
