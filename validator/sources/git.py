"""What git knows of a repository: other versions of its files, and which of them changed.

Git is asked for objects and names only. The work tree is read and compared by ourselves, because git would
run whatever filter the repository's configuration names.
"""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from validator.model import DefinitionError
from validator.sources.trees import Directory, Snapshot, Tree

_REGULAR = ("100644", "100755")
_LINK = "120000"
_SUBMODULE = "160000"

_KEPT_VARIABLES = frozenset(
    {
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
    }
)
"""Variables for git that say where things are; the others are left out."""

_SAFE = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=",
    "core.alternateRefsCommand=false",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
)
"""Nothing that a repository configures may run or reach the network because somebody lints it."""

_LARGEST_KEPT = 1_000_000
"""Bytes of an object beyond which it is read again rather than kept in memory."""

_MOST_LINKS = 40
"""Symbolic links that are followed one after another, as by Linux."""

_INTENT_TO_ADD = 0x20000000
"""The flag of an entry of the index that only announces a file."""

_DETAILS = 5
"""Lines with which ``git ls-files --debug`` describes a file."""


class Blob(NamedTuple):
    """A file of a version: its mode as git writes it, and its object's name."""

    mode: str
    name: str


class Change(NamedTuple):
    """A path that differs: where the file was before and where it is now; None if it is not."""

    before: PurePosixPath | None
    after: PurePosixPath | None


_UNSHALLOW = "run `git fetch --unshallow`, or check out with `fetch-depth: 0`"


def version() -> str:
    """Return the version of git, or an empty text where it isn't installed."""
    try:
        told = subprocess.run(["git", "version"], capture_output=True, check=False).stdout  # noqa: S607 (whichever counts)
    except OSError:
        return ""
    return told.decode("utf-8", "replace").removeprefix("git version").strip()


class Repository:
    """A git work tree; nothing is checked out, nothing is written to it, nothing that it configures runs.

    ``root`` is its top level. Close it when all is read. Raises DefinitionError when git
    isn't there or refuses.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._own_folders: dict[PurePosixPath, bool] = {}

    def close(self) -> None:
        """End the process that reads files."""
        self.blobs.close()

    @cached_property
    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_")
            or name in _KEPT_VARIABLES
            or name.startswith("GIT_CONFIG_")
        }
        kept.pop("SSH_ASKPASS", None)
        index = os.environ.get("GIT_INDEX_FILE")
        if (
            index is not None
        ):  # `git commit FILE` and `git commit --all` run hooks with one of their own
            kept["GIT_INDEX_FILE"] = os.path.abspath(index)
        return {
            **kept,
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_REPLACE_OBJECTS": "1",
        }

    def _command(self, *arguments: str) -> list[str]:
        safe = [word for setting in _SAFE for word in ("-c", setting)]
        return ["git", "-C", str(self.root), "--no-pager", *safe, *arguments]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 (a fixed program, no shell)
                self._command(*arguments),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                env=self._environment,
            )
        except FileNotFoundError:
            raise DefinitionError("git is not installed; --base and --staged need it") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise DefinitionError(f"git can't be run: {reason}") from None

    def _ask(self, *arguments: str) -> bytes:
        result = self._run(*arguments)
        if result.returncode:
            raise DefinitionError(f"git {arguments[0]}: {_reason(result.stderr)}")
        return result.stdout

    def commit(self, revision: str) -> str:
        """Return the name of the commit of a revision. Raises DefinitionError when there is none."""
        wanted = f"{revision}^{{commit}}"
        result = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        if result.returncode:
            if b"dubious ownership" in result.stderr:
                raise DefinitionError(f"git rev-parse: {_reason(result.stderr)}")
            hint = "; fetch it first" if "/" in revision else ""
            if self.is_shallow:
                hint = f"; this clone is shallow: {_UNSHALLOW}"
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
        if self.is_shallow:
            raise DefinitionError(
                f"--base {revision}: this clone is shallow and lacks the commit in which the branches "
                f"parted; {_UNSHALLOW}"
            )
        raise DefinitionError(f"--base {revision}: has no commit in common with the current branch")

    @property
    def default_branch(self) -> str:
        """The branch that pull requests go to, such as ``origin/main``; an empty text where git doesn't know."""
        named = self._run("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        return named.stdout.decode("utf-8", "replace").strip()

    @property
    def is_shallow(self) -> bool:
        """Whether the clone lacks old commits."""
        return self._ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    @cached_property
    def head(self) -> Version:
        """All files as the current commit has them; none before the first one."""
        self._ask("rev-parse", "--git-dir")  # tells of a repository that git refuses
        if self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode:
            return Version(self.root, {}, self.blobs)
        return self.version(self.commit("HEAD"))

    def version(self, commit: str) -> Version:
        """Return all files as a commit has them."""
        blobs: dict[PurePosixPath, Blob] = {}
        for line in self._ask("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            if line:
                meta, path = line.split(b"\t", 1)
                mode, _, name = meta.decode().split()
                blobs[_path(path)] = Blob(mode, name)
        return Version(self.root, blobs, self.blobs)

    @cached_property
    def index(self) -> Version:
        """All files as the index has them, which is what the next commit will hold.

        Raises DefinitionError while a merge is not resolved: there is no next commit then.
        """
        for path, stage in self._index_entries.unmerged.items():
            raise DefinitionError(
                f"--staged: `{path}` has a merge conflict (stage {stage} in the index); resolve it first"
            )
        return Version(self.root, self._index_entries.blobs, self.blobs)

    @cached_property
    def _index_entries(self) -> _Entries:
        blobs: dict[PurePosixPath, Blob] = {}
        unmerged: dict[PurePosixPath, str] = {}
        unread: set[PurePosixPath] = set()
        for line in self._ask("ls-files", "--stage", "-t", "-z", "--full-name").split(b"\0"):
            if line:
                meta, name = line.split(b"\t", 1)
                tag, mode, object_name, stage_ = meta.decode().split()
                path = _path(name)
                if stage_ != "0":
                    unmerged.setdefault(path, stage_)
                    continue
                blobs[path] = Blob(mode, object_name)
                if tag == "S":
                    unread.add(path)
        for path in self._announced(blobs):
            del blobs[path]
        return _Entries(blobs, unmerged, unread)

    def _announced(self, blobs: Mapping[PurePosixPath, Blob]) -> set[PurePosixPath]:
        """Return the files that are only announced (`git add --intent-to-add`): no commit will hold them."""
        if not any(blob.name.startswith(_EMPTY) for blob in blobs.values()):
            return set()
        found: set[PurePosixPath] = set()
        first, *rest = self._ask("ls-files", "--debug", "-z", "--full-name").split(b"\0")
        path = _path(first)
        for chunk in rest:
            # What describes a file stands behind its name, in five lines, before the name of the next one.
            *details, name = [*chunk.split(b"\n", _DETAILS), b""][: _DETAILS + 1]
            flags = details[-1].rpartition(b"flags: ")[2]
            if int(flags.strip() or b"0", 16) & _INTENT_TO_ADD:
                found.add(path)
            path = _path(name)
        return found

    @cached_property
    def work_tree(self) -> Snapshot:
        """The files on disk but those that git ignores, which no commit brings in."""
        ignored = self._ask(
            *("ls-files", "--others", "--ignored", "--exclude-standard", "--directory"),
            *("-z", "--full-name"),
        )
        names = (name.rstrip(b"/") for name in ignored.split(b"\0"))
        return Snapshot(self.root, Directory(self.root, (_path(name) for name in names if name)))

    @property
    def has_staged(self) -> bool:
        """Whether the next commit would change a file."""
        return bool(compared(self.head, self.index))

    def changes(self, before: Version) -> list[Change]:
        """Return what differs between a version and the work tree, untracked files included, sorted."""
        entries = self._index_entries
        untracked = self._ask("ls-files", "--others", "--exclude-standard", "-z", "--full-name")
        tracked = {*entries.blobs, *entries.unmerged}
        now = {
            path
            for path in {*tracked, *_paths(untracked)}
            if path in entries.unread or self._is_there(path)
        }
        changed = {
            path for path in before.blobs.keys() & now if self._differs(path, before.blobs[path])
        }
        return [
            Change(
                path if path in before.blobs else None,
                path if path in now else None,
            )
            for path in sorted((before.blobs.keys() ^ now) | changed)
        ]

    def _is_there(self, path: PurePosixPath) -> bool:
        if not self._is_own_folder(path.parent):
            return False
        try:
            mode = (self.root / path).lstat().st_mode
        except (OSError, ValueError):
            return False
        return not stat.S_ISDIR(mode) or self._index_entries.is_submodule(path)

    def _is_own_folder(self, folder: PurePosixPath) -> bool:
        """Tell whether a folder is one of the work tree; what lies behind a link has another name there."""
        if folder not in self._own_folders:
            place = self.root / folder
            self._own_folders[folder] = os.path.realpath(place) == str(place)
        return self._own_folders[folder]

    def _differs(self, path: PurePosixPath, before: Blob) -> bool:
        """Tell whether a file of the work tree is another than a version has, line ends apart."""
        entries = self._index_entries
        if path in entries.unread or entries.is_submodule(path):
            return entries.blobs[path] != before
        file = self.root / path
        try:
            mode = file.lstat().st_mode
            if stat.S_ISLNK(mode):
                return before != Blob(_LINK, _name_of(os.fsencode(file.readlink()), before.name))
            if not stat.S_ISREG(mode) or before.mode not in _REGULAR:
                return True
            own_mode = "100755" if mode & stat.S_IXUSR else "100644"
            if os.name != "nt" and own_mode != before.mode and self._keeps_modes:
                return True
            data = file.read_bytes()
        except OSError:
            return True
        if _name_of(data, before.name) == before.name:
            return False
        return (
            b"\r\n" not in data
            or _name_of(data.replace(b"\r\n", b"\n"), before.name) != before.name
        )

    @cached_property
    def _keeps_modes(self) -> bool:
        result = self._run("config", "--type=bool", "--get", "core.fileMode")
        return result.stdout.strip() != b"false"

    @cached_property
    def blobs(self) -> BlobReader:
        """The reader of file contents, shared by all versions."""
        return BlobReader(self._command, self._environment)


_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""The names of an empty object, by SHA-1 and by SHA-256."""


@dataclass(frozen=True, slots=True)
class _Entries:
    """What the index holds: files, those with a conflict, and those that are not in the work tree."""

    blobs: dict[PurePosixPath, Blob]
    unmerged: dict[PurePosixPath, str]
    unread: set[PurePosixPath]

    def is_submodule(self, path: PurePosixPath) -> bool:
        """Tell whether a path is another repository's."""
        blob = self.blobs.get(path)
        return blob is not None and blob.mode == _SUBMODULE


def compared(before: Version, after: Version) -> list[Change]:
    """Return what differs between two versions, sorted."""
    return [
        Change(path if path in before.blobs else None, path if path in after.blobs else None)
        for path in sorted(before.blobs.keys() | after.blobs.keys())
        if before.blobs.get(path) != after.blobs.get(path)
    ]


def _name_of(data: bytes, like: str) -> str:
    """Return the name that git gives to a file's content, by the same digest as another name."""
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def _reason(stderr: bytes) -> str:
    """Return why git refused, in one line that says what to do where that is known."""
    if b"dubious ownership" in stderr:
        return (
            "the repository belongs to another user; if you trust it, run "
            "`git config --global --add safe.directory FOLDER` with its folder"
        )
    lines = stderr.decode(errors="replace").strip().splitlines() or ["failed"]
    if any(b"transport" in line or b"promisor" in line for line in stderr.splitlines()):
        return _PARTIAL
    return lines[-1]


_PARTIAL = (
    "this clone is partial and lacks an object, and nothing is fetched; run "
    "`git fetch --refetch --no-filter`, or check out without a filter"
)


class BlobReader:
    """Reads objects from one long-running ``git cat-file``, started when first asked."""

    def __init__(self, command: Callable[..., list[str]], environment: dict[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._memory: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}

    def _process(self, mode: str) -> tuple[IO[bytes], IO[bytes]]:
        if mode not in self._processes:
            self._processes[mode] = self._start("cat-file", mode)
        process = self._processes[mode]
        assert process.stdin is not None
        assert process.stdout is not None
        return process.stdin, process.stdout

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 (a fixed program, no shell)
                self._command(*arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
            )
        except OSError as error:
            raise DefinitionError(f"git can't be run: {error.strerror}") from None

    def _header(self, mode: str, name: str) -> int:
        """Ask for an object and return its size. Raises DefinitionError when this clone doesn't have it."""
        stdin, stdout = self._process(mode)
        try:
            stdin.write(name.encode() + b"\n")
            stdin.flush()
            words = stdout.readline().split()
        except OSError:
            words = []
        if len(words) != 3:
            raise DefinitionError(f"git cat-file {name}: {_PARTIAL}")
        return int(words[2])

    def size(self, name: str) -> int:
        """Return the size of an object in bytes; errors as ``read``."""
        if name not in self._sizes:
            self._sizes[name] = self._header("--batch-check", name)
        return self._sizes[name]

    def read(self, name: str, most: int = -1) -> bytes:
        """Return the bytes of an object, at most ``most`` of them.

        Raises DefinitionError when this clone doesn't have it.
        """
        if name in self._memory:
            return self._memory[name][: most if most >= 0 else None]
        if 0 <= most < self.size(name) and self.size(name) > _LARGEST_KEPT:
            return self._head(name, most)
        _, stdout = self._process("--batch")
        size = self._header("--batch", name)
        data = stdout.read(size)
        stdout.read(1)
        if size <= _LARGEST_KEPT:
            self._memory[name] = data
        return data[: most if most >= 0 else None]

    def _head(self, name: str, most: int) -> bytes:
        """Return the first bytes of an object that is too large to be read whole."""
        process = self._start("cat-file", "blob", name)
        assert process.stdout is not None
        data = process.stdout.read(most)
        process.kill()
        process.communicate()
        return data

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            process.communicate()
        self._processes = {}


@dataclass(frozen=True)
class Version:
    """All files of a repository at one moment, by their path from its top level, ``root``."""

    root: Path
    blobs: Mapping[PurePosixPath, Blob]
    reader: BlobReader

    @cached_property
    def snapshot(self) -> Snapshot:
        """The repository as this version has it."""
        return Snapshot(self.root, GitTree(_Listing(self.blobs, self.reader)))


class _Listing:
    """The folders of a version, listed once for all trees in it."""

    def __init__(self, blobs: Mapping[PurePosixPath, Blob], reader: BlobReader) -> None:
        self.blobs = blobs
        self.reader = reader

    @cached_property
    def folders(self) -> dict[PurePosixPath, dict[str, Blob | None]]:
        """What each folder holds, sorted by name: a file's blob, None for a folder."""
        found: dict[PurePosixPath, dict[str, Blob | None]] = {PurePosixPath(): {}}
        for path, blob in self.blobs.items():
            names = found.get(path.parent)
            if names is None:
                names = found[path.parent] = {}
                for folder in path.parents[:-1]:
                    above = found.setdefault(folder.parent, {})
                    if folder.name in above:
                        break
                    above[folder.name] = None
            names[path.name] = blob
        return {folder: dict(sorted(names.items())) for folder, names in found.items()}

    def target(self, link: PurePosixPath, top: PurePosixPath) -> PurePosixPath | str:
        """Return the file below a folder that a symbolic link leads to, or where else it leads."""
        steps = list(reversed(link.parts))
        here: list[str] = []
        followed = 0
        while steps:
            step = steps.pop()
            if step == "..":
                if not here:
                    return _OUT
                here.pop()
                continue
            here.append(step)
            blob = self.blobs.get(PurePosixPath(*here))
            if blob is not None and blob.mode == _LINK:
                followed += 1
                if followed > _MOST_LINKS:
                    return _NOTHING
                text = PurePosixPath(os.fsdecode(self.reader.read(blob.name, _LONGEST_PATH)))
                if text.is_absolute():
                    return _OUT
                here.pop()
                steps += reversed(text.parts)
        path = PurePosixPath(*here)
        if not path.is_relative_to(top):
            return _OUT
        if any(part.casefold() == ".git" for part in path.relative_to(top).parts):
            return "into git's own folder"
        found = self.blobs.get(path)
        if found is None:
            return "to no file" if path in self.folders else _NOTHING
        return path if found.mode in _REGULAR else "to no file"


_OUT = "out of the integration"
_NOTHING = "to nothing"
_LONGEST_PATH = 4096


class GitTree(Tree):
    """A folder as git has it; links are followed to files inside of it, as on disk."""

    def __init__(self, listing: _Listing, top: PurePosixPath = PurePosixPath()) -> None:
        self._listing = listing
        self._top = top
        self._entries: dict[PurePosixPath, dict[str, bool]] = {}

    def below(self, folder: PurePosixPath) -> GitTree:
        """Return the tree of a folder, empty if it isn't there; links out of the folder are no part of it."""
        return GitTree(self._listing, self._top / folder)

    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        """Return the names in a folder, each with whether it is a folder; none if it isn't there."""
        if folder not in self._entries:
            names = self._listing.folders.get(self._top / folder, {})
            self._entries[folder] = {
                name: blob is None
                for name, blob in names.items()
                if blob is None or self._file(folder / name, blob)
            }
        return self._entries[folder]

    def _file(self, path: PurePosixPath, blob: Blob) -> Blob | None:
        """Return the file that a path leads to; None where it is none of this tree."""
        if blob.mode in _REGULAR:
            return blob
        if blob.mode != _LINK:
            return None
        target = self._listing.target(self._top / path, self._top)
        return None if isinstance(target, str) else self._listing.blobs[target]

    def obstacle(self, path: PurePosixPath) -> str:
        """Return what has this name but is no file of the tree, such as ``a folder``; else nothing."""
        if not path.parts or path.is_absolute() or ".." in path.parts or self.has(path):
            return ""
        names = self._listing.folders.get(self._top / path.parent, {})
        if path.name not in names:
            return ""
        blob = names[path.name]
        if blob is None:
            return "a folder"
        if blob.mode == _SUBMODULE:
            return "a submodule"
        return f"a symbolic link that leads {self._listing.target(self._top / path, self._top)}"

    def _name(self, path: PurePosixPath) -> str:
        blob = self._listing.blobs.get(self._top / path)
        blob = self._file(path, blob) if blob else None
        if blob is None:
            raise FileNotFoundError(2, "No such file")
        return blob.name

    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file in bytes. Raises OSError."""
        return self._listing.reader.size(self._name(path))

    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes, at most ``most`` of them. Raises OSError."""
        return self._listing.reader.read(self._name(path), most)


def _path(name: bytes) -> PurePosixPath:
    return PurePosixPath(os.fsdecode(name))


def _paths(listing: bytes) -> Iterator[PurePosixPath]:
    # A nested repository is listed as one name that ends with a slash.
    return (_path(name) for name in listing.split(b"\0") if name and not name.endswith(b"/"))
