"""Who answers for an integration: the repository's CODEOWNERS."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from validator.integration import LARGEST
from validator.sources import globs
from validator.sources.trees import Snapshot, Tree

CODEOWNERS = PurePosixPath(".github/CODEOWNERS")
_SPECIAL = re.compile(r"[*?\[\]\\!]")
_FOLDER = re.compile(r"/(.+)/")
_ANY_FILE = "any file"
"""Stands for whatever an integration holds, so that a pattern for manifests alone doesn't match."""


def file_for(snapshot: Snapshot, prefix: PurePosixPath) -> PurePosixPath | None:
    """Return the folder whose CODEOWNERS counts for a path of a repository, the nearest; None without one."""
    known = _known.setdefault(snapshot.tree, {})
    return next(
        (above for above in (prefix, *prefix.parents) if _file(snapshot, above, known)), None
    )


def line_for(snapshot: Snapshot, prefix: PurePosixPath) -> Line | None:
    """Return the line of CODEOWNERS that decides who owns a folder of a repository; None without one."""
    above = file_for(snapshot, prefix)
    file = None if above is None else _known[snapshot.tree][above]
    if file is None or above is None:
        return None
    return file.line_for(prefix.relative_to(above).as_posix())


def entry_for(snapshot: Snapshot, prefix: PurePosixPath) -> Entry | None:
    """Return the entry of CODEOWNERS that is for a folder of a repository alone; None without one."""
    above = file_for(snapshot, prefix)
    file = None if above is None else _known[snapshot.tree][above]
    if file is None or above is None:
        return None
    return file.entries.get(prefix.relative_to(above).as_posix())


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that names one folder between slashes, as ddev reads it: blanks part it, and tabs don't."""

    number: int
    owner: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of CODEOWNERS: its number, its pattern and its owners."""

    number: int
    pattern: str
    owners: tuple[str, ...]

    def matches(self, path: str) -> bool:
        """Tell whether a path from the top level of the repository is meant."""
        names = path.split("/")
        if not _SPECIAL.search(self.pattern):
            return _is_below(names, self.pattern)
        glob = globs.compiled(self.pattern)
        return glob is not None and glob.matches(path)


def _is_below(names: Sequence[str], pattern: str) -> bool:
    """Tell whether a pattern without special characters means a file or a folder above it."""
    parts = pattern.strip("/").split("/")
    if pattern.startswith("/") or len(parts) > 1:
        return list(names[: len(parts)]) == parts
    return parts[0] in names[:-1] or (parts[0] == names[-1] and not pattern.endswith("/"))


@dataclass(frozen=True)
class _Owners:
    """The CODEOWNERS of a repository."""

    text: str

    @cached_property
    def _lines(self) -> dict[str, list[Line]]:
        """The lines by a name that a path must have to be meant; an empty one where any path may be."""
        found: dict[str, list[Line]] = defaultdict(list)
        for line in _read(self.text):
            parts = line.pattern.strip("/").split("/")
            found[next((part for part in parts if not _SPECIAL.search(part)), "")].append(line)
        return found

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The entries by their folders; of several the last counts."""
        found = {}
        for number, line in enumerate(self.text.splitlines(), 1):
            parts = [part for part in line.strip().split(" ") if part.strip()]
            if parts and (folder := _FOLDER.fullmatch(parts[0])):
                found[folder[1]] = Entry(number, parts[1] if len(parts) > 1 else "")
        return found

    def line_for(self, path: str) -> Line | None:
        """Return the line that decides who owns a folder: the last that matches what it holds."""
        probe = f"{path}/{_ANY_FILE}" if path != "." else _ANY_FILE
        likely = [line for name in ("", *probe.split("/")) for line in self._lines.get(name, ())]
        likely.sort(key=lambda line: line.number, reverse=True)
        return next((line for line in likely if line.matches(probe)), None)


def _read(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), 1):
        pattern, *rest = re.split(r"(?<!\\)[ \t]+", line.strip())
        if pattern and not pattern.startswith(("#", "!")):
            owners = []
            for word in rest:
                if word.startswith("#"):
                    break
                owners.append(word)
            yield Line(number, pattern, tuple(owners))


_known: WeakKeyDictionary[Tree, dict[PurePosixPath, _Owners | None]] = WeakKeyDictionary()
"""The files that were read, for as long as anybody holds the tree that they are of."""


def _file(
    snapshot: Snapshot, above: PurePosixPath, known: dict[PurePosixPath, _Owners | None]
) -> _Owners | None:
    """Return the CODEOWNERS of a folder of a repository, read once; None where there is none."""
    if above not in known:
        known[above] = None
        with suppress(OSError):
            if snapshot.tree.has(above / CODEOWNERS):
                data = snapshot.tree.read(above / CODEOWNERS, LARGEST)
                known[above] = _Owners(data.decode("utf-8", "replace"))
    return known[above]
