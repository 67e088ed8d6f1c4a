"""A call of Datadog's API, as somebody wrote it, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from validator.model import Location
from validator.scopes import solver
from validator.scopes.api_operations import Match, Operation, operations
from validator.scopes.catalogue import catalogue
from validator.scopes.python_client import newer_operations
from validator.wording import listed


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call of Datadog's API: as it is written, where, and what it means."""

    text: str
    location: Location
    match: Match

    @property
    def operation(self) -> Operation | None:
        """The operation that is called, None if nobody knows it."""
        return self.match.operation

    @property
    def meaning(self) -> str:
        """The call as it is written, and what it means where that is not the same."""
        operation = self.operation
        written = " ".join(self.text.split())
        if operation is None or written.upper() == operation.call.upper():
            return written
        return f"{written} ({operation.call})"

    @property
    def alternatives(self) -> solver.Alternatives:
        """Sets of scopes that can be requested, any of which suffices; none without any way."""
        requestable = catalogue().requestable
        accepted = self.operation.alternatives if self.operation else None
        return tuple(names for names in accepted or () if names <= requestable)

    @property
    def is_unreachable(self) -> bool:
        """Whether the operation accepts no token that a client can get, as far as anybody knows."""
        operation = self.operation
        return (
            operation is not None and operation.alternatives is not None and not self.alternatives
        )

    @property
    def obstacle(self) -> str:
        """Why an unreachable call is unreachable, as a clause."""
        accepted = self.operation.alternatives if self.operation else None
        asked = sorted({name for names in accepted or () for name in names})
        if asked:
            return f"asks for {listed(asked, 'and')}, which no client can request"
        return "accepts no OAuth token, only an API key with an application key"

    @property
    def needs(self) -> str:
        """What the call needs, in words: ```a` and `b```, ```a` or `b```."""
        return " or ".join(listed(sorted(names), "and") for names in self.alternatives)


def resolve(text: str, location: Location, *, guess: bool = True) -> ApiCall:
    """Return the call that ``GET /path`` or an operation id means.

    ``guess`` also looks for similar ones when there is none.
    """
    match = operations().match(text, guess=guess)
    if match.operation is None and not match.is_ambiguous:
        newer = newer_operations().match(text, guess=False)
        if newer.operation is not None or newer.is_ambiguous:
            match = newer
    return ApiCall(text, location, match)
