"""From the paths of a command line to the integrations they name.

``os.path`` says no where ``pathlib`` raises: what can't be reached is no integration.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from validator.configuration import Configuration
from validator.integration import MANIFEST, README, Integration
from validator.model import as_shown
from validator.trees import Directory

_PASSED_OVER = {"node_modules", "__pycache__", "site-packages"}


@dataclass(slots=True)
class Discovery:
    """What paths led to: integrations, and paths that hold none or don't exist."""

    integrations: list[Integration] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    outside: list[Path] = field(default_factory=list)
    missing: list[Path] = field(default_factory=list)


def discover(paths: Iterable[Path], configuration: Configuration | None = None) -> Discovery:
    """Find the integrations of paths: an integration, a folder of some, or anything inside one.

    Each is found once. ``empty`` are folders without an integration, ``outside`` files that belong to
    none, ``missing`` paths that don't exist. Raises DefinitionError for a broken ``.tilelint.yaml``.
    """
    finder = _Finder(configuration or Configuration())
    discovery = Discovery()
    roots: dict[Path, None] = {}
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110
            discovery.missing.append(path)
            continue
        absolute, is_folder = Path(os.path.abspath(path)), path.is_dir()
        around = finder.around(absolute)
        found = [around] if around else finder.below(absolute) if is_folder else []
        if not found:
            (discovery.empty if is_folder else discovery.outside).append(path)
        roots.update(dict.fromkeys(found))
    discovery.integrations = [finder.open(root) for root in roots]
    return discovery


class _Finder:
    """Finds integrations on disk, asking the configuration what kind a folder declares."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def open(self, root: Path) -> Integration:
        settings = self._configuration.settings(root)
        return Integration(Directory(root), as_shown(root), root.name, settings)

    def _is_integration(self, folder: Path) -> bool:
        """Whether a folder says for certain that it is an integration."""
        # Asking for one name is cheaper than the listing that tells its case, and mostly the answer.
        if os.path.isfile(folder / MANIFEST) and Directory(folder).has(MANIFEST):  # noqa: PTH113
            return True
        return self._configuration.kind(folder) is not None

    def around(self, path: Path) -> Path | None:
        """Return the integration that a path is or lies in, or None.

        The outermost one within the repository counts, because a test inside an integration may hold
        a manifest.json of its own.
        """
        folders = [path] if path.is_dir() else []
        for parent in path.parents:
            if folders and os.path.exists(folders[-1] / ".git"):  # noqa: PTH110
                break
            folders.append(parent)
        certain = [folder for folder in folders if self._is_integration(folder)]
        if certain:
            return certain[-1]
        likely = filter(_looks_like_integration, folders)
        return next((folder for folder in likely if self.below(folder) == [folder]), None)

    def below(self, folder: Path) -> list[Path]:
        """Return the integrations in a folder, however deep, but none inside another."""
        folders: list[Path] = []
        certain: set[Path] = set()
        waiting = [folder]
        while waiting:
            folders.append(current := waiting.pop())
            if self._is_integration(current):
                certain.add(current)
            else:
                waiting += reversed(_subfolders(current))
        found: list[Path] = []
        above: set[Path] = set()
        for current in reversed(folders):  # what is inside comes before what it is inside of
            if current not in above and (current in certain or _looks_like_integration(current)):
                found.append(current)
                above.update(current.parents)
        return found[::-1]


def _subfolders(folder: Path) -> list[Path]:
    """Return the folders in a folder that may hold integrations, sorted; none if it can't be read."""
    try:
        with os.scandir(folder) as listing:
            names = [entry.name for entry in listing if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [
        folder / name
        for name in sorted(names)
        if not name.startswith(".") and name not in _PASSED_OVER
    ]


def _looks_like_integration(folder: Path) -> bool:
    """Whether a folder without a manifest looks like an integration: a README beside its assets."""
    if not os.path.isfile(folder / README):  # noqa: PTH113
        return False
    tree = Directory(folder)
    return tree.has(README) and any(
        tree.has_folder(PurePosixPath(name)) for name in ("assets", "datadog_checks")
    )
