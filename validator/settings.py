"""What .tilelint.yaml says for an integration, wherever it was read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from validator.model import Location
from validator.sources import globs

FILE = ".tilelint.yaml"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of the configuration and where it stands.

    ``folder`` is the folder of its file, ``removal`` the text to delete to take an item of a list away,
    ``items`` the places of the items when the value is a list.
    """

    value: Any
    location: Location
    folder: Path
    removal: Location | None = None
    items: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class PathGlob:
    """A pattern as in .gitignore, relative to the folder of the file that gives it."""

    pattern: str
    folder: Path

    def matches(self, path: Path) -> bool:
        """Tell whether an absolute path is meant."""
        if not path.is_relative_to(self.folder):
            return False
        glob = globs.compiled(self.pattern)
        return glob is not None and glob.matches(path.relative_to(self.folder).as_posix())


@dataclass(frozen=True, slots=True)
class Override:
    """Settings for the findings in some paths: rules to leave out, and levels."""

    paths: tuple[PathGlob, ...]
    ignore: frozenset[str]
    levels: Mapping[str, str]
    setting: Setting


@dataclass(frozen=True, slots=True)
class ConfiguredSuppression:
    """A finding silenced in the configuration, with a reason and perhaps a last day."""

    rule: str
    path: PathGlob
    pointer: str | None
    reason: str
    until: dt.date | None
    setting: Setting


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings of one integration.

    ``settings`` holds every key with the place that it comes from; nested keys of ``levels``,
    ``parameters`` and ``oauth`` are written with dots.
    """

    settings: Mapping[str, Setting] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    suppressions: tuple[ConfiguredSuppression, ...] = ()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, such as ``fail-on`` or ``levels.missing-readme``."""
        setting = self.settings.get(key)
        return default if setting is None else setting.value

    def under(self, key: str) -> dict[str, Setting]:
        """Return the settings below a key, such as every rule's under ``levels``."""
        prefix = key + "."
        return {
            name.removeprefix(prefix): setting
            for name, setting in self.settings.items()
            if name.startswith(prefix)
        }
