"""The findings that somebody accepted on one day, kept in a file made for review."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from validator.identity import fingerprints
from validator.mask import Mask
from validator.model import DefinitionError, Finding, format_pointer
from validator.report import Report
from validator.sources.files import read_regular

VERSION = 1

LARGEST = 100_000_000
"""Bytes beyond which a baseline is refused: that is more than 300,000 findings."""


class Entry(NamedTuple):
    """An accepted finding: file and fingerprint are its key; the rest is for people, none of it a line."""

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
        value = json.loads(read_regular(file, LARGEST).decode("utf-8"))
        if value["version"] != VERSION:
            raise DefinitionError(
                f"{file}: is of version {value['version']}; expected {VERSION}, write it anew"
            )
        entries = [
            Entry(*(str(item[name]) for name in Entry._fields)) for item in value["findings"]
        ]
    except OSError as error:
        raise DefinitionError(f"{file}: can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DefinitionError(f"{file}: is no baseline; write it with --write-baseline") from None
    return {entry.key: entry for entry in entries}


def entries(report: Report, file: Path, mask: Mask) -> dict[tuple[str, str], tuple[Entry, Finding]]:
    """Return every finding of a report that a baseline may hold, with its entry.

    Those that nothing may silence are left out. ``mask`` hides the credentials in an entry.
    """
    from_here = _told_from(file)
    findings = [*report.findings, *report.known]
    everything = [*findings, *(suppressed.finding for suppressed in report.suppressed)]
    found = {}
    for finding, fingerprint in zip(findings, fingerprints(everything), strict=False):
        if finding.rule.silenceable:
            entry = Entry(
                mask.text(str(from_here(finding.location.integration) / finding.location.path)),
                finding.rule.id,
                mask.text(_place(finding)),
                fingerprint,
                mask.text(finding.message),
            )
            found[entry.key] = (entry, finding)
    return found


def _told_from(file: Path) -> Callable[[PurePosixPath], PurePosixPath]:
    """Return what tells where an integration lies from a baseline's folder, by whatever links both are named."""
    folder = os.path.realpath(file.absolute().parent)

    @cache
    def told(integration: PurePosixPath) -> PurePosixPath:
        return PurePosixPath(
            Path(os.path.relpath(os.path.realpath(integration), folder)).as_posix()
        )

    return told


class Update(NamedTuple):
    """A baseline as it is to be written, and what that changes: how many entries come, stay and go."""

    entries: list[Entry]
    added: int
    kept: int
    dropped: int

    @property
    def text(self) -> str:
        """The file's new text."""
        return render(self.entries)


def update(report: Report, file: Path, mask: Mask) -> Update:
    """Return a baseline that accepts what a run found, and keeps what the run did not judge.

    An entry goes only where its rule was judged on its integration. Raises DefinitionError when the file is
    there and can't be read.
    """
    before = read(file) if os.path.lexists(file) else {}
    found = {key: entry for key, (entry, _) in entries(report, file, mask).items()}
    is_judged = _judged(report, file, before.values())
    rest = {
        key: entry._replace(place=mask.text(entry.place), message=mask.text(entry.message))
        for key, entry in before.items()
        if key not in found and not is_judged(entry)
    }
    added = len(found.keys() - before.keys())
    return Update(
        [*found.values(), *rest.values()],
        added,
        len(found) + len(rest) - added,
        len(before.keys() - found.keys() - rest.keys()),
    )


def _judged(report: Report, file: Path, accepted: Iterable[Entry]) -> Callable[[Entry], bool]:
    """Return what tells whether a run judged the rule of an entry on its integration.

    A rule about the repository was judged only by a run over all integrations that have entries.
    """
    folder, from_here = file.absolute().parent, _told_from(file)
    skipped = {(gap.rule.id, gap.integration) for gap in report.gaps if gap.rule}
    places = {
        str(from_here(integration.path)): integration.path for integration in report.integrations
    }
    rules = {rule.id: rule for rule in report.rules}

    def is_here(entry: Entry) -> PurePosixPath | None:
        above = (places.get(str(path)) for path in PurePosixPath(entry.path).parents)
        return next((place for place in above if place is not None), None)

    def is_gone(entry: Entry) -> bool:
        # Of a folder that isn't there any more nobody will ever judge anything.
        return not os.path.lexists(folder / PurePosixPath(entry.path).parts[0])

    is_whole = all(is_here(entry) is not None or is_gone(entry) for entry in accepted)

    def is_judged(entry: Entry) -> bool:
        place, rule = is_here(entry), rules.get(entry.rule)
        if place is None:
            return is_gone(entry)
        if rule is None or (rule.subject == "repository" and not is_whole):
            return False
        return (entry.rule, place) not in skipped and (entry.rule, None) not in skipped

    return is_judged


def apply(report: Report, file: Path, mask: Mask) -> tuple[Report, list[Entry]]:
    """Return the report with the accepted findings moved to ``known``, and the stale entries.

    An entry is stale when its rule was judged on its integration and found nothing there any more.
    Raises DefinitionError when the file can't be read.
    """
    accepted = read(file)
    current = entries(report, file, mask)
    known = {id(finding) for key, (_, finding) in current.items() if key in accepted}
    is_judged = _judged(report, file, accepted.values())
    stale = [entry for key, entry in accepted.items() if key not in current and is_judged(entry)]
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
    if (
        location.pointer is not None
    ):  # a place in a list says nothing: it changes with its neighbours
        return format_pointer(tuple(step for step in location.pointer if isinstance(step, str)))
    return f"#{location.anchor}" if location.anchor else ""
