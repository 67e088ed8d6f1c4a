"""What one run says: findings, what became of them, and what could not be judged."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from validator.model import Finding, Kind, Level, Location, Rule

MOST_FRAMES = 20
"""Innermost frames of a traceback that a report keeps; endless recursion has a thousand alike."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody silenced, and why; ``in_source`` tells whether in the document itself."""

    finding: Finding
    reason: str
    in_source: bool


HIDDEN = "****"
"""What stands in the place of a credential, however long."""


class Standing(enum.Enum):
    """What became of a finding: it counts, it was there before, or somebody silenced it."""

    COUNTS = "counts"
    KNOWN = "known"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many findings of one rule and level in one document are not listed, because enough of them are.

    ``location`` is the document, ``fixable`` how many of them have a fix. ``unwanted`` tells that none of
    them is listed, because their level was not asked for.
    """

    rule: Rule
    level: Level
    location: Location
    count: int
    fixable: int = 0
    standing: Standing = Standing.COUNTS
    unwanted: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of the findings, as they have it themselves."""
        return self.rule.id, self.level.rank, self.location.integration, self.location.path


@dataclass(frozen=True, slots=True)
class Skip:
    """A rule that could not be judged for an integration, and why.

    ``missing`` is the document that isn't there, None where it can't be read; ``known`` tells that the
    base could not be judged by the rule either.
    """

    rule: Rule
    integration: PurePosixPath
    reason: str
    missing: PurePosixPath | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class InternalError:
    """A step that failed: a defect of tilelint, never of the integration.

    ``step`` says in which step of a run: ``check`` with the rule, or such as ``suppressions``.
    ``integration`` is None where all of them are concerned. ``message`` begins with the exception's class,
    ``place`` is the line of ours that failed.
    """

    rule: Rule | None
    integration: PurePosixPath | None
    message: str
    traceback: str
    step: str = "check"
    place: str = ""

    @classmethod
    def of(
        cls,
        error: Exception,
        step: str = "check",
        *,
        rule: Rule | None = None,
        integration: PurePosixPath | None = None,
    ) -> InternalError:
        """Return what an exception says, to be called while it is handled."""
        from traceback import extract_tb, format_exception

        text = "".join(
            format_exception(type(error), error, error.__traceback__, limit=-MOST_FRAMES)
        )
        [*_, last] = extract_tb(error.__traceback__) or [None]
        place = f"{last.filename}:{last.lineno}" if last else ""
        return cls(rule, integration, f"{type(error).__name__}: {error}", text, step, place)

    @property
    def where(self) -> str:
        """The rule's id, or the step."""
        return self.rule.id if self.rule else self.step


@dataclass(frozen=True, slots=True)
class EffectiveSettings:
    """The settings that count for an integration.

    ``given`` holds what a file says and ``defaults`` what counts without one, each as key and JSON in one
    text; with ``given`` stands where it comes from, as ``path:line:column``.
    """

    integration: PurePosixPath
    given: tuple[tuple[str, str], ...]
    defaults: tuple[str, ...]
    collected: tuple[tuple[str, str], ...]


class Verdict(enum.Enum):
    """Whether an integration is ready to be published."""

    READY = "ready"
    READY_WITH_WARNINGS = "ready-with-warnings"
    OLD_ERRORS = "old-errors"
    NOT_READY = "not-ready"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True, slots=True)
class ReportedIntegration:
    """An integration that was judged: its folder relative to the current one, and its name."""

    path: PurePosixPath
    name: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Where a file lies for code scanning, symbolic links resolved.

    ``root`` is the number of a folder among the report's ``roots``, ``path`` the path from there.
    """

    root: int
    path: str


@dataclass(frozen=True)
class Report:
    """Everything that one run says: a value, which needs no file to be shown, kept or sent.

    ``suppressed`` are findings that somebody silenced, ``known`` those that were there before: in the
    baseline, or in the base revision. Neither counts. ``left_out`` tells how many more there are of each
    kind; every count of the report includes them. ``timings`` are the seconds that each rule took.
    ``remarks`` are sentences on the run as a whole. ``files`` says where each file that is named lies, by
    the path that is shown; ``roots`` are the names of the folders that this is told from, the repository of
    the current folder first.
    """

    rules: tuple[Rule, ...]
    integrations: tuple[ReportedIntegration, ...]
    findings: tuple[Finding, ...]
    skips: tuple[Skip, ...] = ()
    internal_errors: tuple[InternalError, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    known: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    files: Mapping[PurePosixPath, SourceFile] = field(default_factory=dict)
    roots: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[Skip | InternalError, ...]:
        """Every rule that could not be judged, whatever the cause."""
        return (*self.skips, *self.internal_errors)

    @property
    def new_skips(self) -> tuple[Skip, ...]:
        """Every rule that could not be judged, though the base could be, or without a base."""
        return tuple(skip for skip in self.skips if not skip.known)

    @cached_property
    def _counts(self) -> Counter[tuple[PurePosixPath, Level]]:
        return self._counted(self.findings, Standing.COUNTS)

    @cached_property
    def _known_counts(self) -> Counter[tuple[PurePosixPath, Level]]:
        return self._counted(self.known, Standing.KNOWN)

    def _counted(
        self, listed: tuple[Finding, ...], standing: Standing
    ) -> Counter[tuple[PurePosixPath, Level]]:
        counts = Counter((finding.location.integration, finding.level) for finding in listed)
        for more in self.left_out:
            if more.standing is standing:
                counts[more.location.integration, more.level] += more.count
        return counts

    @cached_property
    def _gaps(self) -> Counter[PurePosixPath | None]:
        return Counter(gap.integration for gap in self.gaps)

    @cached_property
    def _missing(self) -> Counter[tuple[PurePosixPath, PurePosixPath | None]]:
        return Counter((skip.integration, skip.missing) for skip in self.skips)

    def skips_without(self, document: PurePosixPath, integration: PurePosixPath) -> int:
        """Return how many rules could not be judged in one integration because a document isn't there."""
        return self._missing[integration, document]

    def gaps_in(self, integration: PurePosixPath) -> int:
        """Return how many rules could not be judged in one integration."""
        return self._gaps[integration] + self._gaps[None]

    def count(self, level: Level, integration: PurePosixPath | None = None) -> int:
        """Return how many findings have this level, in one integration or in all."""
        return _count(self._counts, level, integration)

    def count_known(self, level: Level, integration: PurePosixPath | None = None) -> int:
        """Return how many findings of this level were there before, in one integration or in all."""
        return _count(self._known_counts, level, integration)

    @property
    def extras_ci_count(self) -> int:
        """How many findings make the CI of integrations-extras fail.

        It knows neither a base nor a suppression, so what doesn't count here does so there.
        """
        listed = (*self.findings, *self.known, *(each.finding for each in self.suppressed))
        return sum(finding.rule.is_extras_ci for finding in listed) + sum(
            more.count for more in self.left_out if more.rule.is_extras_ci
        )

    @property
    def known_count(self) -> int:
        """How many findings were there before."""
        return len(self.known) + self._left_out(Standing.KNOWN)

    @property
    def suppressed_count(self) -> int:
        """How many findings somebody silenced."""
        return len(self.suppressed) + self._left_out(Standing.SUPPRESSED)

    def _left_out(self, standing: Standing) -> int:
        return sum(more.count for more in self.left_out if more.standing is standing)

    def verdict(self, integration: PurePosixPath) -> Verdict:
        """Return the verdict on one integration.

        A rule that could not be judged is not a pass: without an error, skips make it NOT_JUDGED. Neither
        is an error that was there before: only an integration without any is READY.
        """
        if self.count(Level.ERROR, integration):
            return Verdict.NOT_READY
        if self.gaps_in(integration):
            return Verdict.NOT_JUDGED
        if self.count_known(Level.ERROR, integration):
            return Verdict.OLD_ERRORS
        if self.count(Level.WARNING, integration) or self.count_known(Level.WARNING, integration):
            return Verdict.READY_WITH_WARNINGS
        return Verdict.READY


def _count(
    counts: Counter[tuple[PurePosixPath, Level]], level: Level, integration: PurePosixPath | None
) -> int:
    if integration is not None:
        return counts[integration, level]
    return sum(count for (_, own), count in counts.items() if own is level)
