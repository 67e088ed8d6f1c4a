"""What a reviewer wants to know about each scope: asked for, needed, why, and what it opens; a value."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from validator.model import Finding, Location
from validator.report import ReportedIntegration


class Need(enum.Enum):
    """The verdict on a scope."""

    NEEDED = "needed"
    MISSING = "missing"
    NOT_NEEDED = "not-needed"
    CANT_TELL = "cant-tell"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is as it is: a clause, and the place that says so if there is one.

    ``quoted`` is what somebody else wrote there; the clause may be empty then.
    """

    words: str
    location: Location | None = None
    quoted: str = ""

    @property
    def text(self) -> str:
        """The clause and what is quoted, in one."""
        return ": ".join(filter(None, (self.words, self.quoted)))


@dataclass(frozen=True, slots=True)
class OpenedOperation:
    """An operation that a scope opens, such as ``GET /api/v2/events``, and whether it changes something."""

    call: str
    changes: bool


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One scope: where it is requested (None: it isn't), the verdict, the reasons, what it opens.

    ``status`` and ``risk`` are the catalogue's words for machines, ``risk_words`` those for people, empty
    where it has none. ``given`` is what the settings say it is for, ``attitude`` what the organisation thinks
    of it: empty, allow, deny or needs-reason.
    """

    name: str
    requested: Location | None
    need: Need
    why: tuple[Reason, ...]
    opens: tuple[OpenedOperation, ...]
    status: str
    access: str
    risk: str
    risk_words: str
    given: str
    attitude: str

    @property
    def changing(self) -> int:
        """How many of the operations change something."""
        return sum(operation.changes for operation in self.opens)


@dataclass(frozen=True, slots=True)
class ReportedCall:
    """A call of the API as it is written, and what it means.

    ``operation`` is None where nobody knows it; ``scopes`` are the sets of which any suffices, ``reachable``
    whether a client's token can make it, None where nobody knows. ``near`` are calls that were perhaps meant.
    """

    text: str
    location: Location
    operation: str | None
    scopes: tuple[tuple[str, ...], ...]
    reachable: bool | None
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A place that something is to be said about: what somebody else wrote there, and a clause."""

    location: Location
    quoted: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ClientScopes:
    """The scopes of one integration's client.

    ``calls`` is None as long as no calls are known, as is ``is_smallest``. ``minimal`` is the list to
    request: what is needed, and what nobody can tell; ``consent`` is each of them with what the customer
    lets happen. ``remarks`` are lists of calls that something is to be said about, by their titles.
    ``findings`` are those of the other rules about scopes, ``unseen`` places where source code puts paths
    together, ``files_read`` how many files of it were read. ``hint`` is what to do so that everything can
    be told, empty if nothing is to be done.
    """

    integration: ReportedIntegration
    rows: tuple[ScopeRow, ...]
    calls: tuple[ReportedCall, ...] | None
    is_smallest: bool | None
    minimal: tuple[str, ...]
    consent: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, tuple[Remark, ...]], ...]
    findings: tuple[Finding, ...]
    unseen: tuple[Location, ...] = ()
    files_read: int | None = None
    hint: str = ""

    def having(self, need: Need) -> tuple[ScopeRow, ...]:
        """Return the rows of one verdict."""
        return tuple(row for row in self.rows if row.need is need)


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """The scopes of all clients that were asked about.

    ``catalogue`` is the day (ISO 8601) of the catalogue that they were judged by, ``remark`` a sentence on it
    where it has got old.
    """

    catalogue: str
    remark: str
    clients: tuple[ClientScopes, ...]
