"""The nouns of tilelint: values that are made once and never change."""

from __future__ import annotations

import enum
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from validator.integration import Integration
    from validator.masking import Mask

LONGEST_MESSAGE = 500
"""Characters of a message; those about published integrations have fewer than 200."""

MOST_FRAMES = 20
"""Innermost frames of a traceback that a report keeps; endless recursion has a thousand alike."""

Pointer = tuple[str | int, ...]
"""Keys and indexes that lead to a value in a JSON document, as in jsonschema's ``absolute_path``."""


def format_pointer(pointer: Pointer) -> str:
    """Return a pointer in the notation of RFC 6901, such as ``/tile/media/0``."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)


def as_shown(path: Path) -> PurePosixPath:
    """Return an absolute path as messages show it: relative to the current folder."""
    return PurePosixPath(Path(os.path.relpath(path)).as_posix())


class TilelintError(Exception):
    """The base of every error that tilelint raises on purpose."""


class DefinitionError(TilelintError):
    """A definition, a configuration or an option is wrong; the message names the file and the reason."""


class DocumentError(TilelintError):
    """A document can't be read, so that no rule can judge it.

    ``location`` is where reading failed, ``reason`` a clause that names what was found and what was
    expected.
    """

    def __init__(self, location: Location, reason: str) -> None:
        super().__init__(f"{location.path} {reason}")
        self.location = location
        self.reason = reason

    def anew(self) -> DocumentError:
        """Return the same error again: an exception gathers the traceback of whoever raises it."""
        return type(self)(self.location, self.reason)


class RefusedDocument(DocumentError):
    """A document that says nothing reliable, for a reason that the rule ``told_by`` tells.

    No other rule judges it, so that one mistake is told once.
    """

    def __init__(self, location: Location, reason: str, told_by: str) -> None:
        super().__init__(location, reason)
        self.told_by = told_by

    def anew(self) -> DocumentError:
        """Return the same error again."""
        return type(self)(self.location, self.reason, self.told_by)


class MissingDocument(DocumentError):
    """The document isn't there, which is a fault only where a rule says so."""


class Level(enum.Enum):
    """How much a finding weighs, in SARIF's words."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __init__(self, _: str) -> None:
        self.rank = len(type(self).__members__)
        """0 for an error, 1 for a warning, 2 for a note."""


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A stretch of text: 1-based lines and columns in Unicode code points, the end exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Location:
    """A document of an integration, or a place in it.

    ``integration`` is the integration's directory relative to the current folder, ``path`` the
    document's path inside it. ``region`` is None when the whole document is meant. ``pointer`` is
    the place in a JSON, YAML or CSV document, ``anchor`` the slug of the heading in a Markdown document.
    """

    integration: PurePosixPath
    path: PurePosixPath
    region: Region | None = None
    pointer: Pointer | None = None
    anchor: str | None = None

    @property
    def shown(self) -> PurePosixPath:
        """The path relative to the current folder."""
        return self.integration / self.path

    @property
    def words(self) -> str:
        """``path:line:column``, relative to the current folder; the path alone for a whole document."""
        region = self.region
        return (
            f"{self.shown}:{region.start_line}:{region.start_column}" if region else str(self.shown)
        )

    @property
    def sort_key(self) -> tuple[str, str, Region]:
        """Order by integration, path and place; a whole document comes before its places."""
        return (str(self.integration), str(self.path), self.region or Region(0, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a location."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """How to resolve a finding; an unsafe fix is applied only on request."""

    description: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding, and a clause that says how."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a requirement rests on.

    ``requirement`` is one of documented, enforced, reviewed, observed, security; ``checked`` is the
    day (ISO 8601) on which somebody looked.
    """

    requirement: str
    title: str
    url: str
    checked: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule found on published integrations, as somebody judged it by reading.

    ``correct``, ``wrong`` and ``arguable`` count judged findings; ``checked`` is the day (ISO 8601).
    """

    checked: str
    correct: int
    wrong: int
    arguable: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement with an id, bound to the check that judges it.

    ``default`` tells whether it is judged unless asked for, ``silenceable`` whether anything may
    silence it. ``since`` is the version that brought it, ``stage`` one of preview, stable, deprecated.
    ``settable`` names the parameters that a configuration may set.
    """

    id: str
    title: str
    level: Level
    applies_to: str
    scope: str
    check: str
    rationale: str
    remediation: str
    references: tuple[Reference, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    default: bool = True
    silenceable: bool = True
    security_severity: float | None = None
    aliases: tuple[str, ...] = ()
    seen: Seen | None = None
    since: str = "0.1.0"
    stage: str = "stable"
    settable: tuple[str, ...] = ()

    def finding(
        self,
        location: Location,
        message: str,
        *,
        about: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding of this rule.

        ``message`` says what was found and what was expected, names in backticks, without a full stop.
        It is cut where nobody would read on: a name that it repeats may be as long as a file.
        ``about`` is which thing is meant where the value at the place doesn't tell: the key that is
        missing from an object, the scope that a list lacks.
        """
        if len(message) > LONGEST_MESSAGE:
            message = message[: LONGEST_MESSAGE - 1] + "…"
        return Finding(self, location, message, related, fix, about)


Kind = tuple[str, int, PurePosixPath, PurePosixPath]
"""The id and the level's rank of a rule, an integration, and a document in it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where one rule is not met.

    ``about`` is which thing is meant where the value at the place doesn't tell, empty elsewhere;
    ``identity`` is what makes two findings the same one, set when a run has ended.
    """

    rule: Rule
    location: Location
    message: str
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    about: str = ""
    identity: str = ""

    @property
    def level(self) -> Level:
        """The level of the rule."""
        return self.rule.level

    @property
    def kind(self) -> Kind:
        """What it has in common with those that are listed and counted together with it."""
        return self.rule.id, self.rule.level.rank, self.location.integration, self.location.path

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order by place, then the gravest first, then by id and message."""
        return (*self.location.sort_key, self.level.rank, self.rule.id, self.message)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody silenced, and why; ``in_source`` tells whether in the document itself."""

    finding: Finding
    reason: str
    in_source: bool


class Standing(enum.Enum):
    """What became of a finding: it counts, it was there before, or somebody silenced it."""

    COUNTS = "counts"
    KNOWN = "known"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many findings of one rule in one document are not listed, because enough of them are.

    ``location`` is the document, ``fixable`` how many of them have a fix.
    """

    rule: Rule
    location: Location
    count: int
    fixable: int = 0
    standing: Standing = Standing.COUNTS

    @property
    def kind(self) -> Kind:
        """The kind of the findings, as they have it themselves."""
        return self.rule.id, self.rule.level.rank, self.location.integration, self.location.path


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


class Verdict(enum.Enum):
    """Whether an integration is ready to be published."""

    READY = "ready"
    READY_WITH_WARNINGS = "ready-with-warnings"
    OLD_ERRORS = "old-errors"
    NOT_READY = "not-ready"
    NOT_JUDGED = "not-judged"


Check = Callable[..., Iterator[Finding]]
"""A function of ``validator.checks``: takes what the rule's scope says, the rule, its parameters."""


@dataclass(frozen=True, slots=True)
class Change:
    """An integration as it is, and as the base has it: None when the base has none."""

    before: Integration | None
    after: Integration


@dataclass(frozen=True)
class Report:
    """Everything that one run says.

    ``suppressed`` are findings that somebody silenced, ``known`` those that were there before: in the
    baseline, or in the base revision. Neither counts. ``left_out`` tells how many more there are of each
    kind; every count of the report includes them. ``timings`` are the seconds that each rule took.
    ``consulted`` are integrations that were read, too: others of the repository, and what the base has.
    ``mask`` knows the credentials of all these; ``fingerprints`` are there once it was put on.
    """

    rules: tuple[Rule, ...]
    integrations: tuple[Integration, ...]
    findings: tuple[Finding, ...]
    skips: tuple[Skip, ...] = ()
    internal_errors: tuple[InternalError, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    known: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    consulted: tuple[Integration, ...] = ()
    mask: Mask | None = None
    fingerprints: tuple[str, ...] | None = None

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
                counts[more.location.integration, more.rule.level] += more.count
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
