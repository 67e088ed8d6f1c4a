"""The nouns of tilelint: values that are made once and never change."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

LONGEST_MESSAGE = 500
"""Characters of a message; those about published integrations have fewer than 200."""


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
class Excerpt:
    """What stands at a place and around it, with a star for each character of a credential.

    ``region`` is the place, of a whole document its first line; ``around`` is what ``text`` holds of the
    document, line ends included, and ``start`` and ``end`` are the offsets of the region in it. ``text`` is
    None where there is none to show. ``is_cut`` tells that the region is longer than its part of ``text``,
    ``is_exact`` is False where U+FFFD stands for what is not UTF-8. ``hidden`` are the lines of the document,
    of those around, in which something is hidden. ``kind`` is the value's in JSON: object, array, property or
    value, empty elsewhere; ``line_hash`` is what GitHub tells alerts apart by.
    """

    region: Region
    around: Region
    text: str | None = None
    start: int = 0
    end: int = 0
    is_cut: bool = False
    is_exact: bool = True
    hidden: tuple[int, ...] = ()
    kind: str = ""
    line_hash: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding, and a clause that says how; ``excerpt`` is set in a report."""

    location: Location
    message: str
    excerpt: Excerpt | None = None


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

    ``enforced_by`` says what a finding does to the pull request, one of extras-ci (the checks of
    integrations-extras fail), platform (Datadog's publishing platform refuses it, or the live tile is
    broken), reviewer (people ask for it) and nobody (advice). ``endangers`` says whom an error harms that no
    machine refuses: customer or partner.

    ``listings`` is ``new`` where only a new listing is asked for it, so that the findings on one that is
    published become one note; ``all`` elsewhere.
    """

    id: str
    title: str
    level: Level
    applies_to: str
    subject: str
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
    enforced_by: str = "nobody"
    endangers: str | None = None
    listings: str = "all"

    @property
    def is_extras_ci(self) -> bool:
        """Whether a finding makes the CI of integrations-extras fail."""
        return self.enforced_by == "extras-ci"

    @property
    def in_extras_ci(self) -> Rule:
        """The same rule for a finding that makes the CI of integrations-extras fail, where others don't."""
        return replace(self, enforced_by="extras-ci")

    def finding(
        self,
        location: Location,
        message: str,
        *,
        level: Level | None = None,
        about: str = "",
        anywhere: bool = False,
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding of this rule.

        ``message`` says what was found and what was expected, names in backticks, without a full stop.
        It is cut where nobody would read on: a name that it repeats may be as long as a file.
        ``level`` is given where the finding weighs less than others of the rule.
        ``about`` is which thing is meant where the value at the place doesn't tell: the key that is
        missing from an object, the scope that a list lacks. ``anywhere`` tells that the place is only the
        first of several, or one of two, so that nothing of it says which thing is meant.
        """
        if len(message) > LONGEST_MESSAGE:
            message = message[: LONGEST_MESSAGE - 1] + "…"
        level = level or self.level
        return Finding(self, location, message, level, related, fix, about, anywhere)


Kind = tuple[str, int, PurePosixPath, PurePosixPath]
"""The id of a rule, the rank of a level, an integration, and a document in it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where one rule is not met.

    ``level`` is the rule's, or what the settings say. ``about`` is which thing is meant where the value at
    the place doesn't tell, empty elsewhere, and ``anywhere`` that nothing of the place does; ``identity`` is what makes two findings the same one, set when a
    run has ended. ``fingerprint`` tells it from every other one of a report, and like ``excerpt`` is set in
    one that may be shown.
    """

    rule: Rule
    location: Location
    message: str
    level: Level
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    about: str = ""
    anywhere: bool = False
    identity: str = ""
    fingerprint: str = ""
    excerpt: Excerpt | None = None

    @property
    def kind(self) -> Kind:
        """What it has in common with those that are listed and counted together with it."""
        return self.rule.id, self.level.rank, self.location.integration, self.location.path

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order by place, then the gravest first, then by id and message."""
        return (*self.location.sort_key, self.level.rank, self.rule.id, self.message)


@dataclass(frozen=True, slots=True)
class Example:
    """Lines of one file of a fixture; ``marked`` are the indexes of those that differ."""

    path: str
    lines: tuple[str, ...]
    marked: frozenset[int]


Check = Callable[..., Iterator[Finding]]
"""A function of ``validator.checks``: takes the subject of its rule, the rule, its parameters."""
