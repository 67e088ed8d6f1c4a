"""Policies: data with opinions, dated and sourced, in rules/policies/*.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from validator.definitions import resources
from validator.model import DefinitionError


@dataclass(frozen=True, slots=True)
class Policy:
    """What somebody found out about a subject, and the day (ISO 8601) on which they looked."""

    name: str
    checked: str
    data: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.data[key]


@cache
def load(name: str) -> Policy:
    """Return the policy of a name. Raises DefinitionError, with the file's name, when it is malformed."""
    file = resources.folder("rules") / "policies" / f"{name}.yaml"
    data = resources.read_yaml(f"policy-{name}", [file])[name]
    if not isinstance(data, dict) or "checked" not in data:
        raise DefinitionError(f"{file}: expected a mapping with `checked`")
    return Policy(name, str(data["checked"]), data)
