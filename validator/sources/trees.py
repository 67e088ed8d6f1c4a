"""Trees of files: a directory on disk, or as git has it.

``os.path`` says no where ``pathlib`` raises: what can't be reached is no part of a tree.
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


def top_level(path: Path) -> Path | None:
    """Return the top level of the git work tree that a path lies in, or None. Asks no process."""
    for folder in (path, *path.parents):
        if os.path.exists(folder / ".git"):  # noqa: PTH110 (asked for every folder)
            return folder
    return None


def is_git_own(name: str) -> bool:
    """Whether a name is that of git's own folder: a checkout in CI keeps its token there."""
    return name.casefold() == ".git"


class Tree(ABC):
    """The files of an integration, from wherever they come; only read, and never left.

    Names are compared with the listing, so case matters on every file system. What git keeps for itself
    is no part of it.
    """

    @property
    def unreadable(self) -> Mapping[PurePosixPath, str]:
        """Folders that could not be listed, each with the system's reason, as far as anybody asked."""
        return {}

    @abstractmethod
    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        """Return the names in a folder, each with whether it is a folder; none if it isn't there."""

    @abstractmethod
    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file in bytes. Raises OSError."""

    @abstractmethod
    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes, at most ``most`` of them. Raises OSError."""

    @abstractmethod
    def below(self, folder: PurePosixPath) -> Tree:
        """Return the tree of a folder, empty if it isn't there; links out of the folder are no part of it."""

    def obstacle(self, path: PurePosixPath) -> str:
        """Return what has this name but is no file of the tree, such as ``a folder``; else nothing."""
        return "a folder" if path.parts and self.has_folder(path) else ""

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
    """A directory on disk. A symbolic link that leads out of it, or into git's folder, is no part of it.

    ``hidden`` are files and folders that are no part of it either, by their path in it.
    """

    def __init__(self, root: Path, hidden: Iterable[PurePosixPath] = ()) -> None:
        self.root = root
        self._hidden = frozenset(hidden)
        self._listings: dict[PurePosixPath, dict[str, bool]] = {}
        self._unreadable: dict[PurePosixPath, str] = {}

    @property
    def unreadable(self) -> Mapping[PurePosixPath, str]:
        """Folders that could not be listed, each with the system's reason, as far as anybody asked."""
        return self._unreadable

    def below(self, folder: PurePosixPath) -> Directory:
        """Return the tree of a folder, empty if it isn't there; links out of the folder are no part of it."""
        inside = (path for path in self._hidden if path.is_relative_to(folder))
        return Directory(self.root / folder, (path.relative_to(folder) for path in inside))

    def has(self, path: PurePosixPath) -> bool:
        """Tell whether a file of exactly this path is in the tree."""
        # Asking for one name is cheaper than the listing that tells its case, and mostly the answer.
        if path.parent not in self._listings and not os.path.lexists(self.root / path):
            return False
        return super().has(path)

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
                    if is_git_own(entry.name) or folder / entry.name in self._hidden:
                        continue
                    if entry.is_symlink():
                        if not self._fault_of_link(Path(entry.path)):
                            yield entry.name, False
                    elif entry.is_dir():
                        yield entry.name, True
                    elif entry.is_file():
                        yield entry.name, False
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            self._unreadable[folder] = error.strerror or type(error).__name__

    def _fault_of_link(self, link: Path) -> str:
        """Return what is wrong with where a link leads; nothing where that is a file of the tree."""
        target, root = Path(os.path.realpath(link)), Path(os.path.realpath(self.root))
        if not target.is_relative_to(root):
            return "out of the integration"
        if any(map(is_git_own, target.relative_to(root).parts)):
            return "into git's own folder"
        if os.path.isfile(target):  # noqa: PTH113 (asked for every link)
            return ""
        return "to nothing" if not os.path.exists(target) else "to no file"  # noqa: PTH110 (asked for every folder)

    def obstacle(self, path: PurePosixPath) -> str:
        """Return what has this name but is no file of the tree, such as ``a folder``; else nothing."""
        if not path.parts or path.is_absolute() or ".." in path.parts:
            return ""
        if not os.path.lexists(self.root / path) or self.has(path) or is_git_own(path.name):
            return ""
        if path in self._hidden or not self.has_folder(path.parent):
            return ""
        if self.entries(path.parent).get(path.name):
            return "a folder"
        try:
            with os.scandir(self.root / path.parent) as listing:
                [entry] = [entry for entry in listing if entry.name == path.name]
            mode = os.lstat(entry.path).st_mode
        except (OSError, ValueError):
            return ""
        if stat.S_ISLNK(mode):
            return f"a symbolic link that leads {self._fault_of_link(Path(entry.path))}"
        return (
            "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        )

    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file in bytes. Raises OSError."""
        return (self.root / path).stat().st_size

    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes, at most ``most`` of them. Raises OSError."""
        with (self.root / path).open("rb") as file:
            return file.read(most)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A repository, or a folder outside of one, at one moment: on disk, in git's index, in a commit.

    ``root`` is where its files lie or would lie, absolute; ``tree`` holds all of them, from there.
    """

    root: Path
    tree: Tree

    @classmethod
    def on_disk(cls, root: Path) -> Snapshot:
        """Return what lies in a folder (absolute) now."""
        return cls(root, Directory(root))
