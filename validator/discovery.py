"""From the paths of a command line to the integrations they name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
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
        if not path.exists():
            discovery.missing.append(path)
            continue
        absolute = Path(os.path.abspath(path))
        around = finder.around(absolute)
        found = [around] if around else list(finder.below(absolute)) if path.is_dir() else []
        if not found:
            (discovery.empty if path.is_dir() else discovery.outside).append(path)
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
        if (folder / MANIFEST).is_file() and Directory(folder).has(MANIFEST):
            return True
        return self._configuration.kind(folder) is not None

    def around(self, path: Path) -> Path | None:
        """Return the integration that a path is or lies in, or None.

        The outermost one within the repository counts, because a test inside an integration may hold
        a manifest.json of its own.
        """
        folders = [path] if path.is_dir() else []
        for parent in path.parents:
            if folders and (folders[-1] / ".git").exists():
                break
            folders.append(parent)
        certain = [folder for folder in folders if self._is_integration(folder)]
        if certain:
            return certain[-1]
        likely = filter(_looks_like_integration, folders)
        return next((folder for folder in likely if next(self.below(folder)) == folder), None)

    def below(self, folder: Path) -> Iterator[Path]:
        """Yield the integrations in a folder, however deep, but none inside another."""
        if self._is_integration(folder):
            yield folder
            return
        inner = False
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            hidden = entry.name.startswith(".") or entry.name in _PASSED_OVER
            if entry.is_dir(follow_symlinks=False) and not hidden:
                for found in self.below(Path(entry.path)):
                    inner = True
                    yield found
        if not inner and _looks_like_integration(folder):
            yield folder


def _looks_like_integration(folder: Path) -> bool:
    """Whether a folder without a manifest looks like an integration: a README beside its assets."""
    if not (folder / README).is_file():
        return False
    tree = Directory(folder)
    return tree.has(README) and any(
        tree.has_folder(PurePosixPath(name)) for name in ("assets", "datadog_checks")
    )
