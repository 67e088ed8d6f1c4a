"""An organisation's own policy on scopes: what it allows, denies, or wants a reason for."""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from validator.model import DefinitionError, DocumentError, Location, as_shown
from validator.sources.files import read_regular
from validator.sources.trees import top_level
from validator.wording import quoted

if TYPE_CHECKING:
    from validator.documents.yaml import YamlDocument
    from validator.settings import Setting

LARGEST = 1_000_000
"""Bytes beyond which a policy is refused."""


class Attitude(enum.Enum):
    """What an organisation thinks of a scope."""

    ALLOW = "allow"
    DENY = "deny"
    NEEDS_REASON = "needs-reason"


@dataclass(frozen=True, slots=True)
class ScopeVerdict:
    """The verdict on one scope, why, and where it stands."""

    attitude: Attitude
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class ScopePolicy:
    """Verdicts by scope, and how many scopes are fine without a reason each (None: not said)."""

    verdicts: Mapping[str, ScopeVerdict] = field(default_factory=dict)
    maximum: int | None = None

    def attitude(self, scope: str) -> Attitude | None:
        """Return what is thought of a scope; None where nothing is."""
        verdict = self.verdicts.get(scope)
        return verdict.attitude if verdict else None

    def outranked_by(self, other: ScopePolicy) -> ScopePolicy:
        """Return both policies in one; where both speak, the other one counts."""
        return ScopePolicy(
            {**self.verdicts, **other.verdicts},
            self.maximum if other.maximum is None else other.maximum,
        )


NO_POLICY = ScopePolicy()


def read(file: Path) -> ScopePolicy:
    """Return the policy in a file.

    Raises DefinitionError, with file, line and column, when it can't be read, breaks its schema or
    denies a scope that doesn't exist.
    """
    shown = as_shown(Path(os.path.abspath(file)))
    try:
        data = read_regular(file, LARGEST)
    except OSError as error:
        raise DefinitionError(f"{shown}: can't be read: {error.strerror}") from None
    return parse(file, data)


def parse(file: Path, data: bytes) -> ScopePolicy:
    """Return the policy that a file holds; errors as ``read``."""
    from validator.definitions import schemas
    from validator.documents.yaml import YamlDocument

    shown = as_shown(Path(os.path.abspath(file)))
    try:
        document = YamlDocument(shown.parent, PurePosixPath(shown.name), data)
    except DocumentError as error:
        raise DefinitionError(f"{error.location.words}: {error.reason}") from None
    for violation in schemas.violations(document, "scope_policy"):
        raise DefinitionError(f"{violation.location.words}: {violation.message}")
    verdicts = {
        name: _verdict(document, name, value)
        for name, value in document.value.get("scopes", {}).items()
    }
    return ScopePolicy(verdicts, document.value.get("maximum"))


def _verdict(document: YamlDocument, name: str, value: Any) -> ScopeVerdict:
    from validator.scopes.catalogue import Status, catalogue
    from validator.scopes.guesses import meant

    place = document.locate_key(("scopes", name))
    word, reason = (
        (value["verdict"], value.get("reason", "")) if isinstance(value, dict) else (value, "")
    )
    attitude = Attitude(word)
    if attitude is not Attitude.ALLOW and catalogue().status(name) is Status.UNKNOWN:
        raise DefinitionError(
            f"{place.words}: `{name}` is no scope in the catalogue of {catalogue().date}"
            + (f"; did you mean `{scope}`?" if (scope := meant(name)) else "")
        )
    return ScopeVerdict(attitude, reason, place)


def named_by(setting: Setting) -> Path:
    """Return the file that the configuration's key ``policy`` names.

    It is relative to the configuration's folder, and stays inside the repository (outside of git: inside
    that folder). Raises DefinitionError otherwise.
    """
    if "\0" in setting.value:
        raise DefinitionError(
            f"{setting.location.words}: `policy` has a NUL character; expected a file, relative to the "
            "folder of this one"
        )
    file: Path = setting.folder / setting.value
    home = Path(os.path.realpath(top_level(setting.folder) or setting.folder))
    if not Path(os.path.realpath(file)).is_relative_to(home):
        raise DefinitionError(
            f"{setting.location.words}: `policy` is {quoted(setting.value)}, which leaves the repository; "
            "expected a file inside it"
        )
    if not os.path.isfile(file):  # noqa: PTH113 (says no where a name is too long for a file)
        raise DefinitionError(
            f"{setting.location.words}: `policy` is {quoted(setting.value)}; expected a file, relative to "
            "the folder of this one"
        )
    return file
