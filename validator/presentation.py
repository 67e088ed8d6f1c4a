"""The last step of a run: its report as it may be shown, kept or sent, complete and without a credential.

What tells one finding from another is worked out first, so it stays. Then each finding gets an excerpt of
its document, and each file its place for code scanning; and credentials, found in all that the run has read,
whatever rules it judged, are taken out of every text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from validator.excerpts import Excerpts
from validator.identity import fingerprints
from validator.integration import Integration
from validator.mask import Mask
from validator.model import Excerpt, Finding, Fix, Location, Related, TilelintError
from validator.report import InternalError, Report, ReportedIntegration, SourceFile, Suppressed
from validator.roots import Roots

T = TypeVar("T")


def mask_of(
    report: Report, integrations: Iterable[Integration], others: Iterable[Integration] = ()
) -> Mask:
    """Return the mask that knows the credentials of all that was read for a report.

    ``integrations`` are those that it is about, ``others`` were read, too: others of the repository, and
    what the base has.
    """
    places = (place for finding in _all_findings(report) for place in _places(finding))
    return Mask(integrations, others, places)


def presented(report: Report, integrations: Iterable[Integration], mask: Mask) -> Report:
    """Return a report as it may be shown.

    ``integrations`` are those that it is about, whose documents are still at hand.
    """
    integrations = tuple(integrations)
    mask.vouch(_texts(report))
    prints = iter(fingerprints(_all_findings(report)))
    presenter = _Presenter(report, integrations, mask)
    findings = tuple(presenter.finding(each, next(prints)) for each in report.findings)
    suppressed = tuple(
        Suppressed(
            presenter.finding(each.finding, next(prints)), mask.text(each.reason), each.in_source
        )
        for each in report.suppressed
    )
    known = tuple(presenter.finding(each, next(prints)) for each in report.known)
    return replace(
        report,
        integrations=tuple(
            ReportedIntegration(presenter.path(one.path), mask.text(one.name))
            for one in report.integrations
        ),
        findings=findings,
        known=known,
        suppressed=suppressed,
        skips=tuple(
            replace(
                skip, integration=presenter.path(skip.integration), reason=mask.text(skip.reason)
            )
            for skip in report.skips
        ),
        internal_errors=tuple(
            map(presenter.internal_error, (*report.internal_errors, *presenter.failures))
        ),
        left_out=tuple(
            replace(more, location=presenter.location(more.location)) for more in report.left_out
        ),
        files=presenter.files,
        roots=presenter.root_names,
    )


class _Presenter:
    """Completes the parts of a report, and takes the credentials out of them."""

    def __init__(self, report: Report, integrations: tuple[Integration, ...], mask: Mask) -> None:
        self.files: dict[PurePosixPath, SourceFile] = {}
        self.failures: list[InternalError] = []
        self._mask = mask
        self._roots = self._tried("roots", lambda: Roots(integrations))
        self._excerpts = Excerpts(integrations, mask)
        self._paths: dict[PurePosixPath, PurePosixPath] = {}
        taken: set[PurePosixPath] = set()
        for one in report.integrations:
            shown, number = mask.path(one.path), 1
            while shown in taken:  # two that differ in a credential only stay two
                number += 1
                shown = mask.path(one.path).with_name(f"{shown.name}-{number}")
            taken.add(shown)
            self._paths[one.path] = shown

    def path(self, path: PurePosixPath) -> PurePosixPath:
        """Return the path that an integration is shown under."""
        return self._paths.get(path) or self._mask.path(path)

    @property
    def root_names(self) -> tuple[str, ...]:
        """The names of the folders that files are told from, as they are shown."""
        return tuple(map(self._mask.text, self._roots.names if self._roots else ()))

    def _tried(self, step: str, make: Callable[[], T]) -> T | None:
        """Return what a step makes; None where it fails: a defect of ours must not lose the findings."""
        try:
            return make()
        except TilelintError:
            raise
        except Exception as error:  # noqa: BLE001 (the findings are shown without it)
            self.failures.append(InternalError.of(error, step))
            return None

    def _excerpt(self, location: Location) -> Excerpt | None:
        return self._tried("excerpts", lambda: self._excerpts.of(location))

    def finding(self, finding: Finding, fingerprint: str) -> Finding:
        """Return a finding as it is shown."""
        self._note(finding.location)
        return replace(
            finding,
            location=self.location(finding.location),
            message=self._mask.text(finding.message),
            related=tuple(map(self._related, finding.related)),
            fix=finding.fix and self._fix(finding.fix),
            about=self._mask.text(finding.about),
            fingerprint=fingerprint,
            excerpt=self._excerpt(finding.location),
        )

    def _related(self, related: Related) -> Related:
        self._note(related.location)
        return Related(
            self.location(related.location),
            self._mask.text(related.message),
            self._excerpt(related.location),
        )

    def _fix(self, fix: Fix) -> Fix | None:
        """Return a fix, None where it would repeat a credential: it can be neither shown nor applied."""
        if any(self._mask.text(edit.text) != edit.text for edit in fix.edits):
            return None
        edits = (replace(edit, location=self.location(edit.location)) for edit in fix.edits)
        return replace(fix, description=self._mask.text(fix.description), edits=tuple(edits))

    def _note(self, location: Location) -> None:
        """Keep where the file of a place lies."""
        shown = self.location(location).shown
        roots = self._roots
        if shown in self.files or roots is None:
            return
        file = self._tried("roots", lambda: roots.file(location))
        if file is not None:
            self.files[shown] = replace(file, path=self._mask.text(file.path))

    def location(self, location: Location) -> Location:
        """Return a place as it is shown."""
        pointer, mask = location.pointer, self._mask
        return replace(
            location,
            integration=self.path(location.integration),
            path=mask.path(location.path),
            pointer=pointer
            and tuple(mask.text(step) if isinstance(step, str) else step for step in pointer),
            anchor=location.anchor and mask.text(location.anchor),
        )

    def internal_error(self, error: InternalError) -> InternalError:
        """Return a failure as it is shown."""
        return replace(
            error,
            integration=error.integration and self.path(error.integration),
            message=self._mask.traceback(error.message),
            traceback=self._mask.traceback(error.traceback),
        )


def _all_findings(report: Report) -> tuple[Finding, ...]:
    """Return every finding, in the order in which they are numbered."""
    suppressed = (each.finding for each in report.suppressed)
    return (*report.findings, *suppressed, *report.known)


def _texts(report: Report) -> Iterator[str]:
    """Yield every text of a report that somebody else may have written a part of."""
    for finding in _all_findings(report):
        yield from (finding.message, finding.about)
        yield from (related.message for related in finding.related)
        for place in _places(finding):
            yield from (str(place.integration), str(place.path), place.anchor or "")
            yield from map(str, place.pointer or ())
        for edit in finding.fix.edits if finding.fix else ():
            yield edit.text
    for integration in report.integrations:
        yield from (str(integration.path), integration.name)
    yield from (each.reason for each in report.suppressed)
    for skip in report.skips:
        yield from (skip.reason, str(skip.integration))
    yield from (str(more.location.path) for more in report.left_out)


def _places(finding: Finding) -> Iterator[Location]:
    yield finding.location
    yield from (related.location for related in finding.related)
