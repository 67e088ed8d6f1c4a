"""What integrations of one repository must not share, and who answers for each of them."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from validator.integration import LARGEST, MANIFEST, README, Integration
from validator.limits import MOST_RELATED
from validator.model import DocumentError, Finding, Location, Pointer, Related, Rule
from validator.trees import Snapshot
from validator.wording import enumerated, quoted

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_CODEOWNERS = PurePosixPath(".github/CODEOWNERS")
_SPECIAL = re.compile(r"[*?\[\]\\!]")
_UNLIKE_FNMATCH = re.compile(r"[\[\]\\!]")
_ANY_FILE = "any file"
"""Stands for whatever an integration holds, so that a pattern for manifests alone doesn't match."""


@dataclass(frozen=True, slots=True)
class _Use:
    """An integration that has a value, or a key, and the pointer to it in the manifest."""

    integration: Integration
    pointer: Pointer
    is_key: bool = False

    @property
    def location(self) -> Location:
        """The place in the manifest, looked up when asked for: most values are shared by nobody."""
        manifest = self.integration.manifest
        return manifest.locate_key(self.pointer) if self.is_key else manifest.locate(self.pointer)


def shared_fields(
    integrations: tuple[Integration, ...], rule: Rule, *, fields: list[str]
) -> Iterator[Finding]:
    """Yield each field that another integration has with the same value; case doesn't matter."""
    for field in fields:
        pointer: Pointer = tuple(field.split("."))
        uses: dict[Hashable, list[_Use]] = defaultdict(list)
        for integration in _with_manifest(integrations):
            value = integration.manifest.get(pointer)
            own = value.strip().casefold() if isinstance(value, str) else value
            if own and isinstance(own, str | int) and not isinstance(own, bool):
                uses[own].append(_Use(integration, pointer))
        for sharing in uses.values():
            yield from _shared(rule, sharing, f"`{field}` is that", "the same value")


def shared_short_names(
    integrations: tuple[Integration, ...], rule: Rule, *, kinds: list[str]
) -> Iterator[Finding]:
    """Yield each short name of an asset that another integration has, too."""
    for kind in kinds:
        uses: dict[Hashable, list[_Use]] = defaultdict(list)
        for integration in _with_manifest(integrations):
            named = integration.manifest.get(("assets", kind))
            for name in named if isinstance(named, dict) else ():
                pointer: Pointer = ("assets", kind, name)
                uses[name.strip()].append(_Use(integration, pointer, is_key=True))
        for name, sharing in uses.items():
            found = f"the short name {quoted(name)} in `assets.{kind}` is that of an asset"
            yield from _shared(rule, sharing, found, "the same short name")


def _with_manifest(integrations: Iterable[Integration]) -> Iterator[Integration]:
    """Yield the integrations whose manifest can be read: another rule tells of the others."""
    for integration in integrations:
        try:
            integration.manifest  # noqa: B018 (read for its error)
        except DocumentError:
            continue
        yield integration


def _shared(rule: Rule, sharing: list[_Use], found: str, words: str) -> Iterator[Finding]:
    """Yield a finding for each integration that shares a value with others.

    Each is explained by the first others only: that of a thousand copies would relate to all the rest.
    """
    owners = {use.integration: use for use in sharing}
    if len(owners) == 1:
        return
    shown = list(itertools.islice(owners.values(), MOST_RELATED + 1))
    for use in sharing:
        others = [other for other in shown if other.integration is not use.integration]
        others = others[:MOST_RELATED]
        more = len(owners) - 1 - len(others)
        names = [f"`{other.integration.name}`" for other in others]
        names += [f"{more:,} more"] if more else []
        yield rule.finding(
            use.location,
            f"{found} of {enumerated(names, 'and')}, too; expected one that no other integration has",
            related=tuple(
                Related(other.location, f"{words} in `{other.integration.name}`")
                for other in others
            ),
        )


# Code owners


def without_owner(integrations: tuple[Integration, ...], rule: Rule) -> Iterator[Finding]:
    """Yield each integration that no line of the repository's CODEOWNERS gives an owner."""
    known: dict[tuple[int, PurePosixPath], _Owners | None] = {}
    for integration in integrations:
        found_in = (
            (above, _owners(integration.snapshot, above, known))
            for above in (integration.prefix, *integration.prefix.parents)
        )
        above, owners = next((each for each in found_in if each[1]), (None, None))
        if owners is None or above is None:
            continue
        path = integration.prefix.relative_to(above).as_posix()
        line = owners.line_for(path)
        if line is None or not line.owners:
            found = "has no line for" if line is None else f"names nobody in line {line.number} for"
            document = MANIFEST if integration.has(MANIFEST) else README
            yield rule.finding(
                integration.location(document),
                f"`{_CODEOWNERS}` {found} this integration; expected one such as "
                f"`{'*' if path == '.' else f'/{path}/'} @your-github-name`",
            )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of CODEOWNERS: its number, its pattern and its owners."""

    number: int
    pattern: str
    owners: tuple[str, ...]

    def matches(self, path: str) -> bool:
        """Tell whether a path from the top level of the repository is meant."""
        names = path.split("/")
        if not _SPECIAL.search(self.pattern):
            return _is_below(names, self.pattern)
        # Most patterns can't match, which is told without the library that takes long to import.
        parts = self.pattern.strip("/").split("/")
        if not all(any(_may_match(part, name) for name in names) for part in parts):
            return False
        spec = _spec(self.pattern)
        return spec is not None and spec.match_file(path)


def _is_below(names: Sequence[str], pattern: str) -> bool:
    """Tell whether a pattern without special characters means a file or a folder above it."""
    parts = pattern.strip("/").split("/")
    if pattern.startswith("/") or len(parts) > 1:
        return list(names[: len(parts)]) == parts
    return parts[0] in names[:-1] or (parts[0] == names[-1] and not pattern.endswith("/"))


def _may_match(part: str, name: str) -> bool:
    return part == "**" or bool(_UNLIKE_FNMATCH.search(part)) or fnmatchcase(name, part)


@cache
def _spec(pattern: str) -> GitIgnoreSpec | None:
    """Return a pattern ready to be matched; None for one that is malformed."""
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return None


@dataclass(frozen=True)
class _Owners:
    """The CODEOWNERS of a repository."""

    text: str

    @cached_property
    def _lines(self) -> dict[str, list[_Line]]:
        """The lines by a name that a path must have to be meant; an empty one where any path may be."""
        found: dict[str, list[_Line]] = defaultdict(list)
        for line in _read(self.text):
            parts = line.pattern.strip("/").split("/")
            found[next((part for part in parts if not _SPECIAL.search(part)), "")].append(line)
        return found

    def line_for(self, path: str) -> _Line | None:
        """Return the line that decides who owns a folder: the last that matches what it holds."""
        probe = f"{path}/{_ANY_FILE}" if path != "." else _ANY_FILE
        likely = [line for name in ("", *probe.split("/")) for line in self._lines.get(name, ())]
        likely.sort(key=lambda line: line.number, reverse=True)
        return next((line for line in likely if line.matches(probe)), None)


def _read(text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        pattern, *rest = re.split(r"(?<!\\)[ \t]+", line.strip())
        if pattern and not pattern.startswith(("#", "!")):
            owners = []
            for word in rest:
                if word.startswith("#"):
                    break
                owners.append(word)
            yield _Line(number, pattern, tuple(owners))


def _owners(
    snapshot: Snapshot,
    above: PurePosixPath,
    known: dict[tuple[int, PurePosixPath], _Owners | None],
) -> _Owners | None:
    """Return the CODEOWNERS of a folder of a repository, read once; None where there is none."""
    key = (id(snapshot), above)
    if key not in known:
        known[key] = None
        with suppress(OSError):
            if snapshot.tree.has(above / _CODEOWNERS):
                data = snapshot.tree.read(above / _CODEOWNERS, LARGEST)
                known[key] = _Owners(data.decode("utf-8", "replace"))
    return known[key]
