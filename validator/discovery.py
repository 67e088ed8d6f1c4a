"""What an integration is, over any tree, and which of them the paths of a command line name.

``os.path`` says no where ``pathlib`` raises: what can't be reached is no integration.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from validator.configuration import Configuration
from validator.integration import MANIFEST, METADATA, README, Integration
from validator.model import TilelintError, as_shown
from validator.report import InternalError
from validator.settings import FILE
from validator.sources.trees import Snapshot, Tree, top_level

_PASSED_OVER = {"node_modules", "__pycache__", "site-packages"}
_TESTS = {"test", "tests"}
"""Folders of test data, where a lone asset makes no integration."""

_ASSETS = PurePosixPath("assets")
_OWN_ASSETS = ("oauth_clients.json", "service_checks.json", "dataflows.yaml")
"""Files below ``assets/`` that only a tile has."""

_OWN_FOLDERS = ("dashboards", "monitors", "recommended_monitors", "saved_views", "logs")
"""Folders below ``assets/`` that make a tile of the folder when something lies in them."""

_HEADER = b"metric_name"

_MEANT = (MANIFEST.name, f"{MANIFEST}c", f"{MANIFEST}5")
"""Names, in lower case, of files that are meant as a manifest."""


@dataclass(slots=True)
class Discovery:
    """What paths led to: integrations, and paths that hold none or don't exist.

    ``failures`` are integrations that could not be opened for a defect of ours.
    """

    integrations: list[Integration] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    outside: list[Path] = field(default_factory=list)
    missing: list[Path] = field(default_factory=list)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    failures: list[InternalError] = field(default_factory=list)


def discover(
    paths: Iterable[Path],
    configuration: Configuration | None = None,
    repository: Snapshot | None = None,
    was_there: Callable[[Path], bool] = lambda _: False,
) -> Discovery:
    """Find the integrations of paths: an integration, a folder of some, or anything inside one.

    Each is found once. ``repository`` is one that is known already. ``was_there`` tells of a path that isn't there whether it may be named all the same, as
    something that went from an integration. ``empty`` are folders without an integration, ``outside`` files that belong to
    none, ``missing`` paths that don't exist, ``unreadable`` folders that could not be listed, each with the reason. Raises
    DefinitionError for a broken ``.tilelint.yaml``.
    """
    return _Disk(configuration or Configuration(), repository).discover(paths, was_there)


def open_(
    snapshot: Snapshot,
    prefix: PurePosixPath,
    configuration: Configuration,
    shown: PurePosixPath | None = None,
) -> Integration:
    """Return the integration in a folder of a snapshot.

    ``shown`` is the path that messages show, by default relative to the current folder. Raises
    DefinitionError for a broken ``.tilelint.yaml``.
    """
    folder = snapshot.root / prefix
    settings = configuration.settings(folder)
    return Integration(
        snapshot.tree.below(prefix),
        shown or as_shown(folder),
        folder.name,
        settings,
        configuration.evidence(settings),
        snapshot=snapshot,
        prefix=prefix,
    )


def find(
    snapshot: Snapshot, folder: PurePosixPath, configuration: Configuration
) -> list[PurePosixPath]:
    """Return the integrations in a folder of a snapshot, sorted; none lies inside another.

    An integration is a folder with ``manifest.json``, or one whose ``.tilelint.yaml`` declares a kind: the
    outermost one, because a test inside an integration may hold a manifest of its own. Where the
    manifest is kept elsewhere it is the innermost folder with a README beside its assets or its check; and
    where that is gone, too, the outermost folder with an asset that only a tile has.
    """
    tree = snapshot.tree
    folders: list[PurePosixPath] = []
    certain: set[PurePosixPath] = set()
    waiting = [folder]
    while waiting:
        folders.append(current := waiting.pop())
        if _is_certain(snapshot, current, configuration):
            certain.add(current)
        else:
            waiting += reversed(list(_subfolders(tree, current)))
    found: set[PurePosixPath] = set()
    above: set[PurePosixPath] = set()
    for current in reversed(folders):  # what is inside comes before what it is inside of
        if current not in above and (current in certain or _is_whole(tree, current)):
            found.add(current)
            above.update(current.parents)
    for current in folders:  # what it is inside of comes before what is inside
        if (
            current not in above
            and found.isdisjoint((current, *current.parents))
            and not _is_test_data(folder, current)
            and _is_bare(tree, current)
        ):
            found.add(current)
    return sorted(found)


def around(
    chain: Iterable[tuple[Snapshot, PurePosixPath]], configuration: Configuration
) -> tuple[Snapshot, PurePosixPath] | None:
    """Return the integration among folders, each inside the next, or None: as ``find`` would find it."""
    chain = list(chain)
    certain = [each for each in chain if _is_certain(*each, configuration)]
    if certain:
        return certain[-1]
    whole = (each for each in chain if _is_whole(each[0].tree, each[1]))
    bare = (
        each
        for each in reversed(chain)
        if _is_bare(each[0].tree, each[1]) and not _in_tests(each[1])
    )
    for each in (*whole, *bare):
        if find(*each, configuration) == [each[1]]:
            return each
    return None


def _is_certain(snapshot: Snapshot, folder: PurePosixPath, configuration: Configuration) -> bool:
    """Whether a folder says for certain that it is an integration."""
    if snapshot.tree.has(folder / MANIFEST):
        return True
    declares = snapshot.tree.has(folder / FILE) or snapshot.tree.obstacle(folder / FILE)
    return bool(declares) and configuration.kind(snapshot.root / folder) is not None


def _is_whole(tree: Tree, folder: PurePosixPath) -> bool:
    """Whether a folder without a manifest looks like an integration.

    That is a README beside assets or a check, or beside what was meant as the manifest and is none.
    """
    if not tree.has(folder / README):
        return False
    if any(tree.has_folder(folder / name) for name in (_ASSETS, "datadog_checks")):
        return True
    names = (name.casefold() for name in tree.entries(folder))
    return any(name in _MEANT for name in names) or bool(tree.obstacle(folder / MANIFEST))


def _is_bare(tree: Tree, folder: PurePosixPath) -> bool:
    """Whether a folder without manifest and README holds what only a tile has."""
    names = tree.entries(folder)
    if names.get("datadog_checks"):
        return True
    if names.get(str(_ASSETS)):
        assets = tree.entries(folder / _ASSETS)
        if any(assets.get(name) is False for name in _OWN_ASSETS):
            return True
        if any(assets.get(name) and tree.entries(folder / _ASSETS / name) for name in _OWN_FOLDERS):
            return True
    return names.get(METADATA.name) is False and _begins_as_metadata(tree, folder / METADATA)


def _begins_as_metadata(tree: Tree, path: PurePosixPath) -> bool:
    """Whether a table begins with a column of metrics."""
    try:
        return tree.read(path, 64).removeprefix(b"\xef\xbb\xbf").lstrip(b'" ').startswith(_HEADER)
    except OSError:
        return False


def _is_test_data(start: PurePosixPath, folder: PurePosixPath) -> bool:
    """Whether a folder is one of tests, seen from where the search began."""
    return _in_tests(folder.relative_to(start))


def _in_tests(folder: PurePosixPath) -> bool:
    return not _TESTS.isdisjoint(folder.parts)


def _subfolders(tree: Tree, folder: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield the folders in a folder that may hold integrations, sorted."""
    for name, is_folder in tree.entries(folder).items():
        if is_folder and not name.startswith(".") and name not in _PASSED_OVER:
            yield folder / name


class _Disk:
    """Finds integrations on disk by the paths of a command line."""

    def __init__(self, configuration: Configuration, repository: Snapshot | None) -> None:
        self._configuration = configuration
        self._snapshots = {repository.root: repository} if repository else {}

    def discover(self, paths: Iterable[Path], was_there: Callable[[Path], bool]) -> Discovery:
        discovery = Discovery()
        roots: dict[Path, PurePosixPath] = {}
        for path in paths:
            is_there = os.path.lexists(path)
            if not is_there and not was_there(path):
                discovery.missing.append(path)
                continue
            is_folder = os.path.isdir(path)  # noqa: PTH112 (as fast as the system)
            # A folder may be named by a link; a link in a file's place is the integration's own.
            real = Path(os.path.realpath(path if is_folder else path.parent))
            real = real if is_folder else real / path.name
            found = list(self._found(real, is_folder=is_folder))
            if not found and is_there:
                (discovery.empty if is_folder else discovery.outside).append(path)
            given = Path(os.path.abspath(path))
            for root in found:
                below = root.is_relative_to(real)
                roots.setdefault(root, as_shown(given / root.relative_to(real) if below else root))
        for root, shown in roots.items():
            self._open(root, shown, discovery)
        for snapshot in self._snapshots.values():
            for folder, reason in snapshot.tree.unreadable.items():
                discovery.unreadable.append((snapshot.root / folder, reason))
        return discovery

    def _open(self, root: Path, shown: PurePosixPath, discovery: Discovery) -> None:
        top = top_level(root) or root.parent
        prefix = PurePosixPath(root.relative_to(top).as_posix())
        try:
            integration = open_(self._snapshot(top), prefix, self._configuration, shown)
        except TilelintError:
            raise
        except Exception as error:  # noqa: BLE001 (a defect of ours must not lose the other integrations)
            discovery.failures.append(InternalError.of(error, "discovery", integration=shown))
        else:
            discovery.integrations.append(integration)

    def _found(self, real: Path, *, is_folder: bool) -> Iterator[Path]:
        """Yield the integration that a path is or lies in, else those in the folder."""
        inside = around(self._chain(real, is_folder=is_folder), self._configuration)
        if inside is not None:
            yield inside[0].root / inside[1]
        elif is_folder:
            snapshot, folder = next(iter(self._chain(real, is_folder=True)))
            for root in find(snapshot, folder, self._configuration):
                yield snapshot.root / root

    def _chain(self, real: Path, *, is_folder: bool) -> Iterator[tuple[Snapshot, PurePosixPath]]:
        """Yield the folders from a path up to the top of its repository, each in its snapshot."""
        top = top_level(real)
        for folder in (real, *real.parents) if is_folder else real.parents:
            if top is None:
                yield self._snapshot(folder), PurePosixPath()
            elif folder.is_relative_to(top):
                yield self._snapshot(top), PurePosixPath(folder.relative_to(top).as_posix())

    def _snapshot(self, root: Path) -> Snapshot:
        if root not in self._snapshots:
            self._snapshots[root] = Snapshot.on_disk(root)
        return self._snapshots[root]
