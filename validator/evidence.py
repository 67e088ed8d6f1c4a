"""What is known of an integration from outside of its folder and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.scopes.policy import ScopePolicy
    from validator.scopes.source_code import FoundCalls


@dataclass(frozen=True, slots=True)
class Evidence:
    """What whoever opens an integration knows of it.

    ``scope_policy`` is what the organisation thinks of scopes, None if it doesn't say; ``found_calls`` is
    what the service's source code shows, None if nobody asked to read it.
    """

    scope_policy: ScopePolicy | None = None
    found_calls: FoundCalls | None = None
