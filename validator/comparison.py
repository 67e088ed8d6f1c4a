"""What a change brings in: integrations as they are, or will be, against integrations as git has them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from validator.configuration import Configuration
from validator.definitions import rules
from validator.discovery import Discovery, discover, find, open_
from validator.engine import Subjects
from validator.evidence import Evidence
from validator.facts import owners
from validator.identity import brought_in
from validator.integration import MANIFEST, README, Change, Integration
from validator.model import DefinitionError, as_shown
from validator.report import Report
from validator.settings import FILE, Settings
from validator.sources import git
from validator.sources.trees import Tree, top_level

_ABOUT_OWNERS = "repository.without_owner"
"""The check of the rules that a line of CODEOWNERS decides."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to judge now, and what to judge of how it was before.

    ``gone`` are the paths of integrations, as messages show them, that the change takes away; ``discovery``
    is what the paths that were asked for led to.
    """

    after: Subjects
    before: Subjects
    gone: tuple[PurePosixPath, ...] = ()
    discovery: Discovery = field(default_factory=Discovery)


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
    asked = {path: _resolved(path) for path in [*paths] or [Path()]}
    after, before = repository.index, repository.head
    own = configuration.of(after.snapshot)
    integrations = [
        open_(after.snapshot, root, own) for root in find(after.snapshot, PurePosixPath(), own)
    ]

    was_there = _was_there(repository, before)

    def leads_to(place: Path, integration: Integration) -> bool:
        folder = repository.root / integration.prefix
        return folder.is_relative_to(place) or place.is_relative_to(folder)

    discovery = Discovery(integrations)
    tree = after.snapshot.tree
    for path, place in asked.items():
        inner = _inside(repository, place)
        is_folder = tree.has_folder(inner)
        if not (is_folder or tree.has(inner) or os.path.lexists(path) or was_there(path)):
            discovery.missing.append(path)
        elif any(leads_to(place, integration) for integration in integrations):
            continue
        elif is_folder:
            discovery.empty.append(path)
        elif tree.has(inner):
            discovery.outside.append(path)
    judged = [one for one in integrations if any(leads_to(place, one) for place in asked.values())]
    others = [one for one in integrations if one not in judged]
    changes = git.compared(before, after)
    found = _compare(judged, others, before, changes, configuration)
    return replace(found, discovery=discovery)


def against(
    repository: git.Repository,
    revision: str,
    paths: Iterable[Path],
    configuration: Configuration,
) -> Comparison:
    """Return what the work tree brings in, against the commit in which it and a revision parted.

    Raises DefinitionError when git doesn't know the revision, or the clone lacks the common commit.
    """
    asked = [*paths] or [Path()]
    before = repository.version(repository.merge_base(revision))
    now = repository.work_tree
    discovery = discover(asked, configuration, now, _was_there(repository, before))
    judged = _own(repository, discovery.integrations)
    others: dict[PurePosixPath, Integration] = {}
    if repository.root not in map(_resolved, asked):
        others = _own(repository, discover([repository.root], configuration, now).integrations)
    rest = [one for prefix, one in others.items() if prefix not in judged]
    found = _compare(judged.values(), rest, before, repository.changes(before), configuration)
    return replace(found, discovery=discovery)


def _was_there(repository: git.Repository, before: git.Version) -> Callable[[Path], bool]:
    """Return what tells whether a version has a path: what a change takes away may be named."""

    def was_there(path: Path) -> bool:
        tree, inner = before.snapshot.tree, _inside(repository, _resolved(path))
        return tree.has(inner) or tree.has_folder(inner)

    return was_there


def _inside(repository: git.Repository, place: Path) -> PurePosixPath:
    """Return the path of a place from the top level of its repository."""
    return PurePosixPath(place.relative_to(repository.root).as_posix())


def _own(
    repository: git.Repository, integrations: Iterable[Integration]
) -> dict[PurePosixPath, Integration]:
    """Return the integrations of a repository by prefix; those of one nested in it are no part of its commits."""
    return {
        integration.prefix: integration
        for integration in integrations
        if Path(os.path.realpath(integration.snapshot.root)) == repository.root
    }


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
    are judged. The others are there for rules about the repository, and to tell what was renamed.
    """
    integrations, others = list(integrations), list(others)
    paths = [path for change in changes for path in change if path is not None]
    roots = {integration.prefix: integration for integration in (*integrations, *others)}
    touched = {root for path in paths for root in (path, *path.parents) if root in roots}
    touched |= _set_anew(paths, roots)
    old = _Before(before, configuration, roots, touched, changes)
    was: dict[Integration, Integration | None] = {}
    owned: dict[Integration, Integration | None] = {}
    rest = others
    has_other_owners = any(path.name == owners.CODEOWNERS.name for path in paths)
    for integration in integrations:
        if integration.prefix in touched:
            earlier = old.of(integration)
            was[integration.told(is_new=earlier is None)] = earlier
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
            tuple(filter(None, (old.of(one) if one.prefix in touched else one for one in rest))),
            narrowed=narrowed,
        ),
        tuple(as_shown(before.root / root) for root in old.gone()),
    )


def _set_anew(
    paths: Iterable[PurePosixPath], integrations: Mapping[PurePosixPath, Integration]
) -> set[PurePosixPath]:
    """Return the integrations for which settings count that differ, or a policy that they name."""
    changed = frozenset(paths)
    folders = {path.parent for path in changed if path.name == FILE}
    return {
        root
        for root, integration in integrations.items()
        if not folders.isdisjoint((root, *root.parents)) or _policy(integration) in changed
    }


def _policy(integration: Integration) -> PurePosixPath | None:
    """Return the file of the repository that settings name as the policy on scopes; None without one."""
    setting = integration.settings.settings.get("policy")
    if setting is None:
        return None
    file = os.path.relpath(setting.folder / setting.value, integration.snapshot.root)
    return PurePosixPath(Path(file).as_posix())


class _Before:
    """The integrations of a version, as those of today were.

    ``integrations`` are all of today by prefix, of which changes touch the ``touched``.
    """

    def __init__(
        self,
        version: git.Version,
        configuration: Configuration,
        integrations: Mapping[PurePosixPath, Integration],
        touched: Iterable[PurePosixPath],
        changes: Iterable[git.Change],
    ) -> None:
        self._version = version
        self._snapshot = version.snapshot
        self._configuration = configuration.of(version.snapshot)
        self._integrations = integrations
        self._touched = touched
        self._deleted = {
            change.before for change in changes if change.before and change.after is None
        }

    def of(self, integration: Integration) -> Integration | None:
        """Return an integration as it was, under its old name if it was renamed; None if it is new."""
        source = integration.prefix
        if not self._was_one(source):
            if source not in self._origins:
                return None
            source = self._origins[source]
        # Findings are compared by their place, so the old version is shown under today's path.
        return Integration(
            self._snapshot.tree.below(source),
            integration.path,
            (self._version.root / source).name,
            *self._known_then(integration, source),
            snapshot=self._snapshot,
            prefix=source,
            is_new=False,
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

    def _was_one(self, folder: PurePosixPath) -> bool:
        """Tell whether a folder was an integration; where settings of then can't be read, whether it was."""
        try:
            return find(self._snapshot, folder, self._configuration) == [folder]
        except DefinitionError:
            return self._snapshot.tree.has_folder(folder)

    @cached_property
    def _vanished(self) -> list[PurePosixPath]:
        """The integrations that are not there any more under their name."""
        if not self._deleted:
            return []
        try:
            found = find(self._snapshot, PurePosixPath(), self._configuration)
        except DefinitionError:
            return []
        return [root for root in found if root not in self._integrations]

    def gone(self) -> list[PurePosixPath]:
        """Return the integrations of which nothing is left, under no other name either."""
        followed = {*self._origins.values()}
        return [
            root
            for root in self._vanished
            if root not in followed
            and all(
                root / path in self._deleted for path in self._snapshot.tree.below(root).files()
            )
        ]

    @cached_property
    def _origins(self) -> dict[PurePosixPath, PurePosixPath]:
        """The vanished integrations that new ones were renamed from, by the new prefix.

        The two that are most alike belong together: of several copies only one is the old integration.
        """
        if not self._vanished:
            return {}
        new = [root for root in sorted(self._touched) if not self._was_one(root)]
        old = {root: _Likeness(self._snapshot.tree.below(root)) for root in self._vanished}
        pairs = []
        for root in new:
            own = _Likeness(self._integrations[root].tree)
            pairs += [(-own.to(other), gone, root) for gone, other in old.items()]
        found: dict[PurePosixPath, PurePosixPath] = {}
        for likeness, gone, root in sorted(pairs):
            if -likeness >= _ALIKE and root not in found and gone not in found.values():
                found[root] = gone
        return found


_ALIKE = 0.5
"""How much of what tells integrations apart must be the same in one that was renamed."""


class _Likeness:
    """What tells how much two integrations share: the lines of manifest and README, or the files."""

    def __init__(self, tree: Tree) -> None:
        self._files = {*tree.files()}
        self._lines: Counter[bytes] = Counter()
        for path in (MANIFEST, README):
            if tree.has(path):
                text = tree.read(path, _COMPARED)
                self._lines.update(filter(None, map(bytes.strip, text.splitlines())))

    def to(self, other: _Likeness) -> float:
        """Return how much two integrations share, 0 to 1: lines, or files where one has neither document."""
        own, others = self._lines, other._lines
        if own and others:
            return (own & others).total() / max(own.total(), others.total())
        files = other._files
        return len(self._files & files) / max(len(self._files | files), 1)


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
