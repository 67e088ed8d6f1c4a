"""The one mask: nothing that is shown holds more than four characters of a credential.

Credentials are found in all that a run has read, whatever rules it judged. They are taken out of a report
once, before anything is made of it, and out of every other text right before it is shown. What tells one
finding from another is worked out before, so it stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from validator.fingerprints import report_fingerprints
from validator.mask import Mask
from validator.model import Finding, Location, Related
from validator.reading import credentials
from validator.report import InternalError, Report, Suppressed


def known(report: Report) -> Report:
    """Return the report with the mask that knows the credentials of all that was read for it."""
    return report if report.mask is not None else replace(report, mask=mask_of(report))


def mask_of(report: Report) -> Mask:
    """Return the mask of a report, made when it is asked for first."""
    if report.mask is not None:
        return report.mask
    places = (place for finding in _all_findings(report) for place in _places(finding))
    return Mask(report.integrations, report.consulted, places)


def masked(report: Report) -> Report:
    """Return the report as it may be shown, its fingerprints worked out before; once, however often asked."""
    if report.fingerprints is not None:
        return report
    mask = mask_of(report)
    report = replace(report, mask=mask, fingerprints=tuple(report_fingerprints(report)))
    everything = "\n\n".join(dict.fromkeys(_texts(report)))
    is_clean = not mask and not report.internal_errors
    if is_clean and not credentials.find(everything):  # as nearly always
        return report
    return _Masked(report, mask).report()


class _Masked:
    """Takes the credentials out of the parts of a report."""

    def __init__(self, report: Report, mask: Mask) -> None:
        self._report = report
        self._mask = mask
        self._paths: dict[PurePosixPath, PurePosixPath] = {}
        taken: set[PurePosixPath] = set()
        for integration in report.integrations:
            shown, number = mask.path(integration.path), 1
            while shown in taken:  # two that differ in a credential only stay two
                number += 1
                shown = mask.path(integration.path).with_name(f"{shown.name}-{number}")
            taken.add(shown)
            self._paths[integration.path] = shown

    def report(self) -> Report:
        report, mask = self._report, self._mask
        return replace(
            report,
            integrations=tuple(
                mask.integration(one, self._paths[one.path]) for one in report.integrations
            ),
            findings=tuple(map(self._finding, report.findings)),
            known=tuple(map(self._finding, report.known)),
            suppressed=tuple(
                Suppressed(self._finding(each.finding), mask.text(each.reason), each.in_source)
                for each in report.suppressed
            ),
            skips=tuple(
                replace(
                    skip, integration=self._path(skip.integration), reason=mask.text(skip.reason)
                )
                for skip in report.skips
            ),
            internal_errors=tuple(map(self._internal_error, report.internal_errors)),
            left_out=tuple(
                replace(more, location=self._location(more.location)) for more in report.left_out
            ),
        )

    def _path(self, path: PurePosixPath) -> PurePosixPath:
        return self._paths.get(path) or self._mask.path(path)

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            location=self._location(finding.location),
            message=self._mask.text(finding.message),
            related=tuple(
                Related(self._location(related.location), self._mask.text(related.message))
                for related in finding.related
            ),
        )

    def _location(self, location: Location) -> Location:
        pointer, mask = location.pointer, self._mask
        return replace(
            location,
            integration=self._path(location.integration),
            path=mask.path(location.path),
            pointer=pointer
            and tuple(mask.text(step) if isinstance(step, str) else step for step in pointer),
            anchor=location.anchor and mask.text(location.anchor),
        )

    def _internal_error(self, error: InternalError) -> InternalError:
        return replace(
            error,
            integration=error.integration and self._path(error.integration),
            message=self._mask.traceback(error.message),
            traceback=self._mask.traceback(error.traceback),
        )


def _all_findings(report: Report) -> Iterator[Finding]:
    yield from (*report.findings, *report.known)
    yield from (each.finding for each in report.suppressed)


def _places(finding: Finding) -> Iterator[Location]:
    yield finding.location
    yield from (related.location for related in finding.related)


def _texts(report: Report) -> Iterator[str]:
    """Yield every text of a report that somebody else may have written a part of."""
    for finding in _all_findings(report):
        yield finding.message
        yield from (related.message for related in finding.related)
        for place in _places(finding):
            yield str(place.shown)
            yield from map(str, place.pointer or ())
            yield place.anchor or ""
    for integration in report.integrations:
        yield from (str(integration.path), integration.name)
    yield from (each.reason for each in report.suppressed)
    for skip in report.skips:
        yield from (skip.reason, str(skip.integration))
    yield from (str(more.location.shown) for more in report.left_out)
