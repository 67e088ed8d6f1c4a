"""The folders that paths are told from for code scanning: for each file the repository that holds it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from validator.integration import Integration
from validator.model import Location
from validator.report import SourceFile
from validator.sources.trees import top_level


class Roots:
    """Tells where files lie, from the roots of their repositories.

    Code scanning knows one, so that of the current folder, or else the first, comes first. What no
    repository holds is relative to the current folder, or the closest one that holds all of it.
    """

    def __init__(self, integrations: Iterable[Integration]) -> None:
        self._integrations = {integration.path: integration for integration in integrations}
        self._here = here = Path.cwd().resolve()
        self._folders = {path: (here / path).resolve() for path in self._integrations}
        self._tops: dict[Path, Path | None] = {
            folder: top_level(folder) for folder in self._folders.values()
        }
        bare = [folder for folder, top in self._tops.items() if top is None]
        is_inside = all(folder.is_relative_to(here) for folder in bare)
        self._else = here
        if not is_inside:
            self._else = Path(os.path.commonpath([folder.parent for folder in bare]))
        own, tops = top_level(here), [top for top in self._tops.values() if top]
        roots = ([own] if own in tops else []) + tops + ([self._else] if bare else [])
        ordered = dict.fromkeys(filter(None, roots)) or [own or here]
        self._numbers = {root: number for number, root in enumerate(ordered)}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the roots in the order of their numbers."""
        return tuple(root.name for root in self._numbers)

    def file(self, location: Location) -> SourceFile:
        """Return where the file of a place lies. Symbolic links are resolved: GitHub follows none."""
        folder = self._folders.get(location.integration)
        folder = folder or (self._here / location.integration).resolve()
        root = self._of(folder)
        path = folder / location.path
        integration = self._integrations.get(location.integration)
        if integration is not None and integration.has(location.path):
            target = path.resolve()
            path = target if target.is_relative_to(root) else path
        number = self._numbers.setdefault(root, len(self._numbers))
        return SourceFile(number, PurePosixPath(path.relative_to(root)).as_posix())

    def _of(self, folder: Path) -> Path:
        """Return the root that a folder's files are relative to."""
        if folder not in self._tops:
            self._tops[folder] = top_level(folder)
        root = self._tops[folder] or self._else
        return root if folder.is_relative_to(root) else Path(folder.anchor)
