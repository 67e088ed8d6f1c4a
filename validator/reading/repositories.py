"""URLs of files in the public repositories of integrations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from validator.definitions import policies

_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_VIEWS = ("blob", "tree", "raw", "blame", "edit")


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file or folder of a repository as a URL names it.

    ``repository`` is extras, marketplace or core; ``branch`` None for a commit, which stays. ``path``
    begins with the integration's directory. ``is_raw`` tells whether the URL gives the file itself.
    """

    repository: str
    branch: str | None
    path: PurePosixPath
    is_raw: bool
    fragment: str

    @property
    def directory(self) -> str:
        """The integration's directory; a file at the root counts as none."""
        return self.path.parts[0] if len(self.path.parts) > 1 or not self.path.suffix else ""

    @property
    def inside(self) -> PurePosixPath:
        """The path inside the integration."""
        return PurePosixPath(*self.path.parts[1:])


@cache
def repository_file(url: str, own: str) -> RepositoryFile | None:
    """Return the file that a URL names, or None when it leads anywhere else.

    ``own`` is the directory of the integration that has the URL: it tells where the name of a branch
    ends that has slashes.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host, steps = (parts.hostname or "").removeprefix("www."), unquote(parts.path).split("/")[1:]
    if host not in ("github.com", "raw.githubusercontent.com") or len(steps) < 4:
        return None
    repository = _repository("/".join(steps[:2]))
    if repository is None:
        return None
    is_raw = host != "github.com"
    if not is_raw:
        if steps[2] not in _VIEWS:
            return None
        is_raw = steps[2] == "raw" or "raw=true" in parts.query
    rest = [step for step in steps[2 if host != "github.com" else 3 :] if step]
    if rest[:2] == ["refs", "heads"]:
        rest = rest[2:]
    if len(rest) < 2 or ".." in rest:
        return None
    branch, path = _split(rest, own)
    return RepositoryFile(repository, branch, PurePosixPath(*path), is_raw, parts.fragment)


def is_lasting(branch: str | None) -> bool:
    """Tell whether a branch stays when a pull request is closed; None is a commit."""
    return branch is None or branch in policies.load(policies.Readme).branches


def _repository(name: str) -> str | None:
    known = policies.load(policies.Readme).repositories
    return next((key for key, full in known.items() if full.lower() == name.lower()), None)


def _split(rest: list[str], own: str) -> tuple[str | None, list[str]]:
    """Return the branch and the path of what follows the repository in a URL."""
    if _COMMIT.fullmatch(rest[0]) and not rest[0].isalpha():
        return None, rest[1:]
    if not is_lasting(rest[0]) and own in rest[2:]:
        start = rest.index(own, 1)
        # `fix/acme/acme/metadata.csv`: the name may be part of the branch's, too.
        while own in rest[start + 1 : start + 2]:
            start += 1
        return "/".join(rest[:start]), rest[start:]
    return rest[0], rest[1:]
