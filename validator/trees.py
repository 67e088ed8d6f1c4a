"""Trees of files: a directory on disk, or as git has it.

``os.path`` says no where ``pathlib`` raises: what can't be reached is no part of a tree.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath


def top_level(path: Path) -> Path | None:
    """Return the top level of the git work tree that a path lies in, or None. Asks no process."""
    for folder in (path, *path.parents):
        if os.path.exists(folder / ".git"):  # noqa: PTH110
            return folder
    return None


class Tree(ABC):
    """The files of an integration, from wherever they come; only read, and never left.

    Names are compared with the listing, so case matters on every file system.
    """

    @abstractmethod
    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        """Return the names in a folder, each with whether it is a folder; none if it isn't there."""

    @abstractmethod
    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file in bytes. Raises OSError."""

    @abstractmethod
    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes, at most ``most`` of them. Raises OSError."""

    def has(self, path: PurePosixPath) -> bool:
        """Tell whether a file of exactly this path is in the tree."""
        if not path.parts or path.is_absolute() or ".." in path.parts:
            return False
        return self.entries(path.parent).get(path.name) is False

    def has_folder(self, path: PurePosixPath) -> bool:
        """Tell whether a folder of exactly this path is in the tree."""
        if path.is_absolute() or ".." in path.parts:
            return False
        return not path.parts or self.entries(path.parent).get(path.name) is True

    def files(self, folder: PurePosixPath = PurePosixPath()) -> Iterator[PurePosixPath]:
        """Yield every file below a folder, sorted; hidden folders and node_modules are passed over."""
        waiting = [(folder, True)]
        while waiting:
            path, is_folder = waiting.pop()
            if not is_folder:
                yield path
                continue
            waiting += [
                (path / name, inner)
                for name, inner in reversed(list(self.entries(path).items()))
                if not (inner and (name.startswith(".") or name == "node_modules"))
            ]


class Directory(Tree):
    """A directory on disk. A symbolic link that leads out of it is no part of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listings: dict[PurePosixPath, dict[str, bool]] = {}

    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        """Return the names in a folder, each with whether it is a folder; none if it isn't there."""
        if folder not in self._listings:
            self._listings[folder] = self._list(folder)
        return self._listings[folder]

    def _list(self, folder: PurePosixPath) -> dict[str, bool]:
        """Return what a folder holds, nothing where a step towards it is no folder of the tree."""
        above = PurePosixPath()
        # Step by step only where nobody came from above: a hostile path may have thousands of steps.
        for name in folder.parts if folder.parent not in self._listings else ():
            if not self.entries(above).get(name):
                return {}
            above /= name
        if folder.parts and not self.entries(folder.parent).get(folder.name):
            return {}
        return dict(sorted(self._scan(folder)))

    def _scan(self, folder: PurePosixPath) -> Iterator[tuple[str, bool]]:
        try:
            with os.scandir(self.root / folder) as listing:
                for entry in listing:
                    if entry.is_symlink():
                        target = Path(os.path.realpath(entry.path))
                        inside = target.is_relative_to(self.root.resolve())
                        if inside and os.path.isfile(target):  # noqa: PTH113
                            yield entry.name, False
                    elif entry.is_dir():
                        yield entry.name, True
                    elif entry.is_file():
                        yield entry.name, False
        except OSError:
            return

    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file in bytes. Raises OSError."""
        return (self.root / path).stat().st_size

    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes, at most ``most`` of them. Raises OSError."""
        with (self.root / path).open("rb") as file:
            return file.read(most)
