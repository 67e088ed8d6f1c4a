"""What a change brings in: integrations as they are, or will be, against integrations as git has them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from validator.configuration import Configuration
from validator.definitions import rules
from validator.discovery import find, open_
from validator.engine import Subjects
from validator.evidence import Evidence
from validator.facts import owners
from validator.identity import brought_in
from validator.integration import MANIFEST, README, Change, Integration
from validator.model import DefinitionError, as_shown
from validator.report import Report
from validator.settings import FILE, Settings
from validator.sources import git
from validator.sources.trees import Snapshot, top_level

_ABOUT_OWNERS = "repository.without_owner"
"""The check of the rules that a line of CODEOWNERS decides."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to judge now, and what to judge of how it was before.

    ``gone`` are the paths of integrations, as messages show them, that the change takes away; ``missing``
    are paths that were asked for and are nowhere.
    """

    after: Subjects
    before: Subjects
    gone: tuple[PurePosixPath, ...] = ()
    missing: tuple[Path, ...] = ()


def open_repository(option: str, paths: Iterable[Path] = ()) -> git.Repository:
    """Return the repository that paths lie in, or the current folder without any.

    Raises DefinitionError outside of one, or where the paths lie in several.
    """
    roots = {}
    for path in [*paths] or [Path()]:
        place = _resolved(path)
        root = top_level(place)
        if root is None:
            raise DefinitionError(f"{option}: {place} is in no git repository")
        roots[Path(os.path.realpath(root))] = root
    if len(roots) > 1:
        found = " and ".join(f"`{root}`" for root in sorted(roots))
        raise DefinitionError(f"{option}: the paths lie in several repositories, {found}; name one")
    return git.Repository(next(iter(roots)))


def _resolved(path: Path) -> Path:
    """Return where a path leads; a link in a file's place is the repository's own.

    Raises DefinitionError for a name that no file can have.
    """
    try:
        if path.name in ("", ".", "..") or path.is_dir():
            return Path(os.path.realpath(path))
        return Path(os.path.realpath(path.parent)) / path.name
    except ValueError as error:
        raise DefinitionError(f"{path}: is no path: {error}") from None


def staged(
    repository: git.Repository, paths: Iterable[Path], configuration: Configuration
) -> Comparison:
    """Return what the next commit brings in: the index against the current commit.

    Everything is taken from there, settings and code owners included. Raises DefinitionError when git
    refuses, a merge is not resolved or a configuration is broken.
    """
    asked = [*paths] or [Path()]
    wanted = [_resolved(path) for path in asked]

    def is_wanted(root: PurePosixPath) -> bool:
        folder = repository.root / root
        return any(folder.is_relative_to(path) or path.is_relative_to(folder) for path in wanted)

    after, before = repository.index, repository.head
    own = configuration.of(after.snapshot)
    integrations = [
        open_(after.snapshot, root, own) for root in find(after.snapshot, PurePosixPath(), own)
    ]
    judged = [integration for integration in integrations if is_wanted(integration.prefix)]
    others = [integration for integration in integrations if not is_wanted(integration.prefix)]
    changes = git.compared(before, after)
    found = _compare(judged, others, before, changes, configuration)

    def is_known(place: Path) -> bool:
        own = PurePosixPath(place.relative_to(repository.root).as_posix())
        trees = (after.snapshot.tree, before.snapshot.tree)
        return any(tree.has(own) or tree.has_folder(own) for tree in trees)

    missing = [
        path
        for path, place in zip(asked, wanted, strict=True)
        if not os.path.lexists(path) and not is_known(place)
    ]
    return replace(found, missing=tuple(missing))


def against(
    repository: git.Repository,
    revision: str,
    integrations: Iterable[Integration],
    configuration: Configuration,
) -> Comparison:
    """Return what the work tree brings in, against the commit in which it and a revision parted.

    Raises DefinitionError when git doesn't know the revision, or the clone lacks the common commit.
    """
    before = repository.version(repository.merge_base(revision))
    placed = [_placed(repository, integration) for integration in integrations]
    return _compare(placed, (), before, repository.changes(before), configuration)


def _placed(repository: git.Repository, integration: Integration) -> Integration:
    """Return an integration of the repository. Raises DefinitionError for one outside of it."""
    folder = Path(os.path.realpath(integration.snapshot.root / integration.prefix))
    if Path(os.path.realpath(integration.snapshot.root)) != repository.root:
        raise DefinitionError(
            f"--base: {integration.path} is outside of the repository {repository.root}"
        )
    assert folder.is_relative_to(repository.root)
    return integration


def _compare(
    integrations: Iterable[Integration],
    others: Iterable[Integration],
    before: git.Version,
    changes: list[git.Change],
    configuration: Configuration,
) -> Comparison:
    """Return the integrations that changes touch, and each as it was.

    A file that moves touches the integration that it leaves and the one that it comes to; settings touch
    all that they count for. Where only the line of CODEOWNERS is another, only the rules about it
    are judged. The others are there for rules about the repository.
    """
    integrations = list(integrations)
    paths = [path for change in changes for path in change if path is not None]
    roots = {integration.prefix: integration for integration in integrations}
    touched = {root for path in paths for root in (path, *path.parents) if root in roots}
    touched |= _set_anew(paths, roots)
    old = _Before(before, configuration, roots, changes)
    was: dict[Integration, Integration | None] = {}
    owned: dict[Integration, Integration | None] = {}
    rest = [*others]
    has_other_owners = any(path.name == owners.CODEOWNERS.name for path in paths)
    for integration in integrations:
        if integration.prefix in touched:
            earlier = old.of(integration)
            was[integration if earlier else integration.told_new()] = earlier
        elif has_other_owners and old.has_another_owner(integration):
            owned[integration] = old.of(integration)
        else:
            rest.append(integration)
    everything = {**was, **owned}
    about_owners = frozenset(rule.id for rule in rules.load() if rule.check == _ABOUT_OWNERS)
    narrowed = {integration.path: about_owners for integration in owned}
    return Comparison(
        Subjects(
            tuple(everything),
            tuple(rest),
            tuple(Change(earlier, integration) for integration, earlier in was.items()),
            narrowed,
        ),
        Subjects(
            tuple(earlier for earlier in everything.values() if earlier is not None),
            tuple(rest),
            narrowed=narrowed,
        ),
        tuple(as_shown(before.root / root) for root in old.gone()),
    )


def _set_anew(paths: Iterable[PurePosixPath], roots: Iterable[PurePosixPath]) -> set[PurePosixPath]:
    """Return the integrations for which settings count that differ."""
    folders = {path.parent for path in paths if path.name == FILE}
    return {root for root in roots if not folders.isdisjoint((root, *root.parents))}


class _Before:
    """The integrations of a version, as those of today were."""

    def __init__(
        self,
        version: git.Version,
        configuration: Configuration,
        roots: Iterable[PurePosixPath],
        changes: Iterable[git.Change],
    ) -> None:
        self._version = version
        self._snapshot = version.snapshot
        self._configuration = configuration.of(version.snapshot)
        self._roots = frozenset(roots)
        self._deleted = [
            change.before for change in changes if change.before and change.after is None
        ]
        self._followed: set[PurePosixPath] = set()
        self._lost: list[PurePosixPath] | None = None

    def of(self, integration: Integration) -> Integration | None:
        """Return an integration as it was, under its old name if it was renamed; None if it is new."""
        source = integration.prefix
        if not self._snapshot.tree.below(source).entries():
            origin = self._origin(integration)
            if origin is None:
                return None
            source = origin
            self._followed.add(origin)
        # Findings are compared by their place, so the old version is shown under today's path.
        return Integration(
            self._snapshot.tree.below(source),
            integration.path,
            (self._version.root / source).name,
            *self._known_then(integration, source),
            snapshot=self._snapshot,
            prefix=source,
        )

    def _known_then(
        self, integration: Integration, source: PurePosixPath
    ) -> tuple[Settings, Evidence]:
        """Return the settings that counted, and the evidence; today's where those of then can't be read."""
        try:
            settings = self._configuration.settings(self._version.root / source)
            return settings, self._configuration.evidence(settings)
        except DefinitionError:
            return integration.settings, integration.evidence

    def has_another_owner(self, integration: Integration) -> bool:
        """Tell whether the repository names other owners of an integration than it did."""
        now = owners.line_for(integration.snapshot, integration.prefix)
        then = owners.line_for(self._snapshot, integration.prefix)
        return (now and now.owners) != (then and then.owners)

    def _vanished(self) -> list[PurePosixPath]:
        """Return the integrations that are not there any more under their name."""
        if self._lost is None:
            below = {path for path in self._deleted if self._roots.isdisjoint(path.parents)}
            candidates = {
                path.parents[-2] if len(path.parents) > 1 else PurePosixPath() for path in below
            }
            try:
                found = {
                    root
                    for folder in sorted(candidates)
                    for root in find(self._snapshot, folder, self._configuration)
                }
            except DefinitionError:
                found = set()
            self._lost = sorted(found - self._roots)
        return self._lost

    def gone(self) -> list[PurePosixPath]:
        """Return the integrations of which nothing is left, under no other name either."""
        deleted = set(self._deleted)
        return [
            root
            for root in self._vanished()
            if root not in self._followed
            and all(root / path in deleted for path in self._snapshot.tree.below(root).files())
        ]

    def _origin(self, integration: Integration) -> PurePosixPath | None:
        """Return the vanished integration that one was renamed from: the one most like it."""
        likeness = {root: _likeness(self._snapshot, root, integration) for root in self._vanished()}
        best = max(likeness.values(), default=0.0)
        if best < _ALIKE:
            return None
        return min(root for root, own in likeness.items() if own == best)


_ALIKE = 0.5
"""How much of what tells integrations apart must be the same in one that was renamed."""


def _likeness(snapshot: Snapshot, root: PurePosixPath, integration: Integration) -> float:
    """Return how much of manifest and README two integrations share, line by line: 0 to 1.

    Where neither has one of them, the files that are the same in both decide.
    """
    old = snapshot.tree.below(root)
    lines: list[Counter[bytes]] = []
    for tree in (old, integration.tree):
        lines.append(Counter())
        for path in (MANIFEST, README):
            if tree.has(path):
                text = tree.read(path, _COMPARED)
                lines[-1].update(filter(None, map(bytes.strip, text.splitlines())))
    if lines[0] and lines[1]:
        return (lines[0] & lines[1]).total() / max(lines[0].total(), lines[1].total())
    files = [{*tree.files()} for tree in (old, integration.tree)]
    return len(files[0] & files[1]) / max(len(files[0] | files[1]), 1)


_COMPARED = 1_000_000
"""Bytes of a document that tell whether it is the same one."""


def set_known_apart(report: Report, before: Report) -> Report:
    """Return the report with the findings that were there before moved to ``known``."""
    new = brought_in(report.findings, before.findings)
    is_new = {id(finding) for finding in new}
    known = (finding for finding in report.findings if id(finding) not in is_new)
    skipped = {(skip.rule.id, skip.integration) for skip in before.skips}
    return replace(
        report,
        findings=tuple(new),
        known=(*report.known, *known),
        skips=tuple(
            replace(skip, known=(skip.rule.id, skip.integration) in skipped)
            for skip in report.skips
        ),
    )
