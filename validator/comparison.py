"""What a change brings in: integrations as they are against integrations as a git revision has them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from validator import git
from validator.configuration import Configuration
from validator.discovery import find, open_
from validator.engine import Subjects
from validator.integration import Integration
from validator.model import Change, DefinitionError, Finding, Report
from validator.trees import top_level


def open_repository(option: str) -> git.Repository:
    """Return the repository of the current folder. Raises DefinitionError outside of one."""
    root = top_level(Path.cwd())
    if root is None:
        raise DefinitionError(f"{option}: {Path.cwd()} is in no git repository")
    return git.Repository(root)


def staged(
    repository: git.Repository, paths: Iterable[Path], configuration: Configuration
) -> Subjects:
    """Return the integrations below the paths with a staged change, as the index has them.

    Raises DefinitionError when git refuses or a configuration is broken.
    """
    wanted = [Path(os.path.abspath(path)) for path in paths] or [repository.root]
    snapshot = repository.index.snapshot
    configuration = configuration.of(snapshot)
    roots = set(find(snapshot, PurePosixPath(), configuration))
    touched = {
        root
        for change in repository.staged_changes()
        if change.after is not None and (root := _root_of(change.after, roots)) is not None
    }

    def is_wanted(root: PurePosixPath) -> bool:
        folder = repository.root / root
        return any(folder.is_relative_to(path) or path.is_relative_to(folder) for path in wanted)

    judged = [root for root in sorted(touched) if is_wanted(root)]
    others = sorted(roots - {*judged})
    return Subjects(
        tuple(open_(snapshot, root, configuration) for root in judged),
        tuple(open_(snapshot, root, configuration) for root in others),
    )


def _root_of(path: PurePosixPath, roots: set[PurePosixPath]) -> PurePosixPath | None:
    return next((folder for folder in path.parents if folder in roots), None)


def against(
    repository: git.Repository, revision: str, subjects: Subjects
) -> tuple[Subjects, Subjects]:
    """Return what to judge now and what to judge of the commit in which the branches parted.

    Only integrations that differ are judged; the others are there for rules about the repository. A
    renamed integration is followed to the folder that most of its files come from. Raises
    DefinitionError when git doesn't know the revision, or the clone lacks the common commit.
    """
    commit = repository.merge_base(revision)
    changes = repository.changes(commit)
    version = repository.version(commit)
    prefixes = {
        integration: _prefix(repository, integration) for integration in subjects.integrations
    }
    touched: dict[Integration, Integration | None] = {}
    for integration, prefix in prefixes.items():
        own = [change for change in changes if _touches(change, prefix)]
        if own:
            touched[integration] = _before(integration, prefix, own, version)
            integration.is_new = touched[integration] is None
    rest = tuple(other for other in subjects.integrations if other not in touched)
    others = (*subjects.others, *rest)
    return (
        Subjects(
            tuple(touched),
            others,
            tuple(Change(before, after) for after, before in touched.items()),
        ),
        Subjects(tuple(before for before in touched.values() if before is not None), others),
    )


def _prefix(repository: git.Repository, integration: Integration) -> PurePosixPath:
    """Return an integration's path from the top level of the repository."""
    folder = Path(os.path.realpath(integration.folder))
    root = Path(os.path.realpath(repository.root))
    if not folder.is_relative_to(root):
        raise DefinitionError(f"--base: {integration.path} is outside of the repository {root}")
    return PurePosixPath(folder.relative_to(root).as_posix())


def _touches(change: git.Change, prefix: PurePosixPath) -> bool:
    return any(path is not None and path.is_relative_to(prefix) for path in change)


def _before(
    integration: Integration,
    prefix: PurePosixPath,
    changes: Iterable[git.Change],
    version: git.Version,
) -> Integration | None:
    """Return an integration as a version has it, under its old name if it was renamed."""
    source = prefix
    tree = version.tree(prefix)
    if not any(tree.entries()):
        origins: Counter[PurePosixPath] = Counter()
        for before, after in changes:
            if before is not None and after is not None and after.is_relative_to(prefix):
                inside = after.relative_to(prefix).parts
                if before.parts[-len(inside) :] == inside:
                    origins[PurePosixPath(*before.parts[: -len(inside)])] += 1
        if not origins:
            return None
        [(source, _)] = origins.most_common(1)
        tree = version.tree(source)
    # Findings are compared by their place, so the old version is shown under today's path.
    return Integration(
        tree,
        integration.path,
        source.name,
        integration.settings,
        snapshot=version.snapshot,
        prefix=source,
    )


def set_known_apart(report: Report, before: Report) -> Report:
    """Return the report with the findings that were there before moved to ``known``."""
    new = _brought_in(report.findings, before.findings)
    brought_in = {id(finding) for finding in new}
    known = (finding for finding in report.findings if id(finding) not in brought_in)
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


def _brought_in(findings: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Return the findings that were not there before.

    Each old finding stands for one new one: first the one in the same place with the same message,
    then the one in the same place, then the one that says the same elsewhere in the document, because
    an item that is put into a list moves those behind it.
    """
    old, new = list(before), list(findings)
    for key in (_same, _same_place, _same_message):
        waiting = Counter(map(key, old))
        unmatched = []
        for finding in new:
            if waiting[key(finding)]:
                waiting[key(finding)] -= 1
            else:
                unmatched.append(finding)
        old = [finding for finding in old if _take(waiting, key(finding))]
        new = unmatched
    return new


def _take(waiting: Counter[tuple[Any, ...]], key: tuple[Any, ...]) -> bool:
    """Tell whether one of a key is left, and take it."""
    if not waiting[key]:
        return False
    waiting[key] -= 1
    return True


def _same(finding: Finding) -> tuple[Any, ...]:
    return (*_same_place(finding), finding.message)


def _same_place(finding: Finding) -> tuple[Any, ...]:
    location = finding.location
    return (finding.rule.id, location.integration, location.path, location.pointer, location.anchor)


def _same_message(finding: Finding) -> tuple[Any, ...]:
    location = finding.location
    return (finding.rule.id, location.integration, location.path, finding.message)
