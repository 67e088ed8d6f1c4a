"""What git knows of a repository: other versions of its files, and which of them changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from validator.model import DefinitionError
from validator.trees import Snapshot, Tree

_REGULAR = ("100644", "100755")


class Blob(NamedTuple):
    """A file of a version: its object's name, and its size in bytes where the listing tells."""

    name: str
    size: int | None


class Change(NamedTuple):
    """A path that differs: where the file was before and where it is now; None if it is not."""

    before: PurePosixPath | None
    after: PurePosixPath | None


class Repository:
    """A git work tree; nothing is checked out, and nothing is written to it.

    ``root`` is its top level. Close it when all is read. Raises DefinitionError when git
    isn't there or refuses.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def close(self) -> None:
        """End the process that reads files."""
        self.blobs.close()

    def _command(self, *arguments: str) -> list[str]:
        # A hook or monitor that the repository configures must not run because somebody lints it.
        safe = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
        return ["git", "-C", str(self.root), "--no-optional-locks", "--no-pager", *safe, *arguments]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603 (a fixed program, no shell)
                self._command(*arguments), capture_output=True, check=False, env=environment
            )
        except FileNotFoundError:
            raise DefinitionError("git is not installed; --base and --staged need it") from None

    def _ask(self, *arguments: str) -> bytes:
        result = self._run(*arguments)
        if result.returncode:
            reason = result.stderr.decode(errors="replace").strip().splitlines() or ["failed"]
            raise DefinitionError(f"git {arguments[0]}: {reason[-1]}")
        return result.stdout

    def commit(self, revision: str) -> str:
        """Return the name of the commit of a revision. Raises DefinitionError when there is none."""
        wanted = f"{revision}^{{commit}}"
        result = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        if result.returncode:
            hint = "; fetch it first" if "/" in revision else ""
            raise DefinitionError(f"--base {revision}: git knows no such revision{hint}")
        return result.stdout.decode().strip()

    def merge_base(self, revision: str) -> str:
        """Return the commit in which the current one and a revision parted.

        Raises DefinitionError that says what to do when it isn't in this clone, or there is none.
        """
        commit = self.commit(revision)
        result = self._run("merge-base", "HEAD", commit)
        if result.returncode == 0:
            return result.stdout.decode().strip()
        if self._ask("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise DefinitionError(
                f"--base {revision}: this clone is shallow and lacks the commit in which the branches "
                "parted; run `git fetch --unshallow`, or check out with `fetch-depth: 0`"
            )
        raise DefinitionError(f"--base {revision}: has no commit in common with the current branch")

    def changes(self, commit: str) -> list[Change]:
        """Return what differs between a commit and the work tree, untracked files included."""
        diff = self._ask("diff", "--name-status", "--find-renames", "-z", commit, "--")
        found = list(_parse_name_status(diff))
        untracked = self._ask("ls-files", "--others", "--exclude-standard", "-z")
        return found + [Change(None, path) for path in _paths(untracked)]

    def staged_changes(self) -> list[Change]:
        """Return what the next commit would change; everything in the index before the first."""
        if self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode:
            return [Change(None, path) for path in self.index.blobs]
        diff = self._ask("diff", "--cached", "--name-status", "--find-renames", "-z", "HEAD", "--")
        return list(_parse_name_status(diff))

    def version(self, commit: str) -> Version:
        """Return all files as a commit has them."""
        blobs: dict[PurePosixPath, Blob] = {}
        for line in self._ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0"):
            if line:
                meta, path = line.split(b"\t", 1)
                mode, _, name, size = meta.decode().split()
                if mode in _REGULAR:
                    blobs[_path(path)] = Blob(name, int(size))
        return Version(self.root, blobs, self.blobs)

    @cached_property
    def index(self) -> Version:
        """All files as the index has them, which is what the next commit will hold."""
        blobs: dict[PurePosixPath, Blob] = {}
        for line in self._ask("ls-files", "--stage", "-z", "--full-name").split(b"\0"):
            if line:
                meta, path = line.split(b"\t", 1)
                mode, name, stage = meta.decode().split()
                if mode in _REGULAR and stage == "0":
                    blobs[_path(path)] = Blob(name, None)
        return Version(self.root, blobs, self.blobs)

    @cached_property
    def blobs(self) -> BlobReader:
        """The reader of file contents, shared by all versions."""
        return BlobReader(self._command("cat-file", "--batch"))


class BlobReader:
    """Reads objects from one long-running ``git cat-file``, started when first asked."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._memory: dict[str, bytes] = {}

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 (a fixed program, no shell)
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def read(self, name: str) -> bytes:
        """Return the bytes of an object. Raises OSError when git doesn't have it."""
        if name not in self._memory:
            stdin, stdout = self._pipes()
            stdin.write(name.encode() + b"\n")
            stdin.flush()
            words = stdout.readline().split()
            if len(words) != 3:
                raise OSError(0, "git doesn't have the object")
            self._memory[name] = stdout.read(int(words[2]))
            stdout.read(1)
        return self._memory[name]

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


@dataclass(frozen=True)
class Version:
    """All files of a repository at one moment, by their path from its top level, ``root``."""

    root: Path
    blobs: Mapping[PurePosixPath, Blob]
    reader: BlobReader

    @cached_property
    def snapshot(self) -> Snapshot:
        """The repository as this version has it."""
        return Snapshot(self.root, GitTree(self.blobs, self.reader))

    def tree(self, folder: PurePosixPath) -> Tree:
        """Return the files below a folder."""
        return self.snapshot.tree.below(folder)


class GitTree(Tree):
    """A directory as git has it. Links and submodules are no part of it."""

    def __init__(self, blobs: Mapping[PurePosixPath, Blob], reader: BlobReader) -> None:
        self._blobs = blobs
        self._reader = reader

    @cached_property
    def _listings(self) -> dict[PurePosixPath, dict[str, bool]]:
        listings: dict[PurePosixPath, dict[str, bool]] = {}
        for path in sorted(self._blobs):
            listings.setdefault(path.parent, {})[path.name] = False
            for folder in path.parents[:-1]:
                listings.setdefault(folder.parent, {})[folder.name] = True
        return {folder: dict(sorted(names.items())) for folder, names in listings.items()}

    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        """Return the names in a folder, each with whether it is a folder; none if it isn't there."""
        return self._listings.get(folder, {})

    def below(self, folder: PurePosixPath) -> GitTree:
        """Return the tree of a folder, empty if it isn't there."""
        inside = {
            path.relative_to(folder): blob
            for path, blob in self._blobs.items()
            if path.is_relative_to(folder)
        }
        return GitTree(inside, self._reader)

    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file in bytes. Raises OSError."""
        blob = self._blobs[path]
        return len(self._reader.read(blob.name)) if blob.size is None else blob.size

    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes, at most ``most`` of them. Raises OSError."""
        data = self._reader.read(self._blobs[path].name)
        return data if most < 0 else data[:most]


def _path(name: bytes) -> PurePosixPath:
    return PurePosixPath(os.fsdecode(name))


def _paths(listing: bytes) -> Iterator[PurePosixPath]:
    return (_path(name) for name in listing.split(b"\0") if name)


def _parse_name_status(listing: bytes) -> Iterator[Change]:
    fields = iter(listing.split(b"\0"))
    for status in fields:
        if not status:
            continue
        path = _path(next(fields))
        if status[:1] in (b"R", b"C"):
            yield Change(path if status[:1] == b"R" else None, _path(next(fields)))
        elif status[:1] == b"A":
            yield Change(None, path)
        elif status[:1] == b"D":
            yield Change(path, None)
        else:
            yield Change(path, path)
