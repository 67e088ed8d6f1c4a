"""The findings that somebody accepted on one day, kept in a file made for review."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from validator.fingerprints import fingerprints
from validator.model import DefinitionError, Finding, Report, format_pointer

VERSION = 1


class Entry(NamedTuple):
    """An accepted finding: all but the message is its key, and none of it is a line."""

    path: str
    rule: str
    place: str
    fingerprint: str
    message: str

    @property
    def key(self) -> tuple[str, str]:
        """The file, relative to the baseline's folder, and the fingerprint in it."""
        return (self.path, self.fingerprint)


def read(file: Path) -> dict[tuple[str, str], Entry]:
    """Return the entries of a baseline by key. Raises DefinitionError when it can't be read."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        if value["version"] != VERSION:
            raise DefinitionError(
                f"{file}: is of version {value['version']}; expected {VERSION}, write it anew"
            )
        entries = [
            Entry(*(str(item[name]) for name in Entry._fields)) for item in value["findings"]
        ]
    except OSError as error:
        raise DefinitionError(f"{file}: can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise DefinitionError(f"{file}: is no baseline; write it with --write-baseline") from None
    return {entry.key: entry for entry in entries}


def entries(report: Report, file: Path) -> dict[tuple[str, str], tuple[Entry, Finding]]:
    """Return every finding of a report that a baseline may hold, with its entry.

    Those that nothing may silence are left out.
    """
    folder = file.absolute().parent
    findings = [*report.findings, *report.known]
    everything = [*findings, *(suppressed.finding for suppressed in report.suppressed)]
    found = {}
    for finding, fingerprint in zip(findings, fingerprints(everything), strict=False):
        if finding.rule.silenceable:
            entry = Entry(
                Path(os.path.relpath(finding.location.shown, folder)).as_posix(),
                finding.rule.id,
                _place(finding),
                fingerprint,
                finding.message,
            )
            found[entry.key] = (entry, finding)
    return found


def apply(report: Report, file: Path) -> tuple[Report, list[Entry]]:
    """Return the report with the accepted findings moved to ``known``, and the stale entries.

    An entry is stale when its rule was judged on its integration and found nothing there any more.
    Raises DefinitionError when the file can't be read.
    """
    accepted = read(file)
    current = entries(report, file)
    known = {id(finding) for key, (_, finding) in current.items() if key in accepted}
    folder = file.absolute().parent
    judged = {rule.id for rule in report.rules}
    places = [
        Path(os.path.relpath(integration.path, folder)).as_posix() + "/"
        for integration in report.integrations
    ]
    stale = [
        entry
        for key, entry in accepted.items()
        if key not in current
        and entry.rule in judged
        and any(entry.path.startswith(place.removeprefix("./")) for place in places)
    ]
    return (
        replace(
            report,
            findings=tuple(finding for finding in report.findings if id(finding) not in known),
            known=(
                *report.known,
                *(finding for finding in report.findings if id(finding) in known),
            ),
        ),
        stale,
    )


def render(accepted: Iterable[Entry]) -> str:
    """Return a baseline as text: sorted, one finding a line."""
    lines = [json.dumps(entry._asdict(), ensure_ascii=True) for entry in sorted(accepted)]
    body = ",\n".join(f"  {line}" for line in lines)
    findings = f"[\n{body}\n ]" if lines else "[]"
    return f'{{"version": {VERSION}, "findings":\n {findings}}}\n'


def _place(finding: Finding) -> str:
    location = finding.location
    if location.pointer is not None:
        return format_pointer(location.pointer)
    return f"#{location.anchor}" if location.anchor else ""
