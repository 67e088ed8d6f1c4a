"""The user's settings: .tilelint.yaml in the integration and in the folders above it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from validator.evidence import Evidence
from validator.model import DefinitionError, DocumentError, Location, Pointer, as_shown
from validator.settings import FILE, ConfiguredSuppression, Override, PathGlob, Setting, Settings
from validator.sources import globs
from validator.sources.files import read_regular
from validator.sources.trees import Snapshot, top_level
from validator.wording import dotted, quoted

if TYPE_CHECKING:
    from validator.documents.yaml import YamlDocument
    from validator.scopes.policy import ScopePolicy
    from validator.scopes.source_code import FoundCalls


LARGEST = 1_000_000
"""Bytes beyond which a file of settings is refused."""

_MERGED = ("levels", "parameters", "oauth")
_COLLECTED = ("overrides", "suppressions")


class Configuration:
    """Reads settings, each file once.

    ``file`` is used in place of the files beside and above an integration; ``isolated`` reads none.
    ``policy`` is an organisation's policy on scopes; it outranks the one that settings name. With a
    ``snapshot`` what lies below its root is read from there, be it as the index or a commit has it.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        isolated: bool = False,
        policy: ScopePolicy | None = None,
        found_calls: FoundCalls | None = None,
        snapshot: Snapshot | None = None,
    ) -> None:
        self._file = file
        self._isolated = isolated
        self._policy = policy
        self._found_calls = found_calls
        self._snapshot = snapshot
        self._documents: dict[Path, YamlDocument | None] = {}
        self._policies: dict[Path, ScopePolicy] = {}

    def of(self, snapshot: Snapshot) -> Configuration:
        """Return what reads the same settings from a snapshot; nothing that was read before is used."""
        return Configuration(
            self._file,
            isolated=self._isolated,
            policy=self._policy,
            found_calls=self._found_calls,
            snapshot=snapshot,
        )

    def kind(self, folder: Path) -> str | None:
        """Return the ``kind`` that a folder's own file declares. Raises DefinitionError."""
        document = None if self._isolated else self._read(folder / FILE)
        kind: str | None = document.value.get("kind") if document else None
        return kind

    def settings(self, folder: Path) -> Settings:
        """Return the effective settings of the integration in a folder (absolute).

        The nearest file wins key by key, up to the top level of the git work tree, or the folder
        itself outside of one; suppressions and overrides add up. Raises DefinitionError, with file,
        line and column, for a file that can't be read or breaks its schema.
        """
        found: dict[str, Setting] = {}
        collected: dict[str, list[Setting]] = {key: [] for key in _COLLECTED}
        for file in self._files(folder):
            document = self._read(file)
            if document is None:
                continue
            for pointer, value in _flatten(document.value):
                setting = Setting(
                    value,
                    document.locate(pointer),
                    file.parent,
                    items=_places(document, pointer, value),
                )
                if pointer[0] in _COLLECTED:
                    setting = replace(setting, removal=document.removal(pointer))
                    collected[str(pointer[0])].append(setting)
                elif pointer != ("kind",) or file.parent == folder:
                    found[".".join(map(str, pointer))] = setting
        return Settings(
            found,
            tuple(map(_override, collected["overrides"])),
            tuple(map(_suppression, collected["suppressions"])),
        )

    def evidence(self, settings: Settings) -> Evidence:
        """Return what is known of an integration besides its settings, which may name a policy.

        Raises DefinitionError, with file, line and column, for a policy that can't be read or is wrong.
        """
        return Evidence(self._scope_policy(settings.settings.get("policy")), self._found_calls)

    def _scope_policy(self, setting: Setting | None) -> ScopePolicy | None:
        """Return the policy on scopes that a setting names, or the given one, or both in one."""
        if setting is None:
            return self._policy
        from validator.scopes import policy as scope_policy

        if self._snapshot is not None and setting.folder.is_relative_to(self._snapshot.root):
            file = Path(os.path.normpath(setting.folder / setting.value))
            if file not in self._policies:
                self._policies[file] = scope_policy.parse(file, self._policy_bytes(setting, file))
        else:
            file = scope_policy.named_by(setting)
            if file not in self._policies:
                self._policies[file] = scope_policy.read(file)
        named = self._policies[file]
        return named.outranked_by(self._policy) if self._policy else named

    def _policy_bytes(self, setting: Setting, file: Path) -> bytes:
        """Return what the snapshot has in the file that settings name as a policy. Raises DefinitionError."""
        try:
            return self._read_bytes(file)
        except FileNotFoundError:
            raise DefinitionError(
                f"{setting.location.words}: `policy` is {quoted(setting.value)}; expected a file of the "
                "repository, relative to the folder of this one"
            ) from None

    def _read_bytes(self, file: Path) -> bytes:
        """Return what a file holds on disk or in the snapshot. Raises OSError and DefinitionError."""
        snapshot = self._snapshot
        if file == self._file:
            return read_regular(file, LARGEST)
        if snapshot is None or not file.is_relative_to(snapshot.root):
            return _read_found(file)
        path = PurePosixPath(file.relative_to(snapshot.root).as_posix())
        if not snapshot.tree.has(path):
            if obstacle := snapshot.tree.obstacle(path):
                raise DefinitionError(f"{as_shown(file)}: is {obstacle}; expected a file")
            raise FileNotFoundError
        size = snapshot.tree.size(path)
        if size > LARGEST:
            raise DefinitionError(
                f"{as_shown(file)}: has {size:,} bytes; expected at most {LARGEST:,}"
            )
        return snapshot.tree.read(path)

    def _files(self, folder: Path) -> list[Path]:
        """Return the files that may hold settings, the farthest first."""
        if self._isolated:
            return []
        if self._file is not None:
            return [self._file]
        inside = self._snapshot is not None and folder.is_relative_to(self._snapshot.root)
        top = self._snapshot.root if self._snapshot and inside else top_level(folder) or folder
        folders = [folder, *(parent for parent in folder.parents if parent.is_relative_to(top))]
        return [parent / FILE for parent in reversed(folders)]

    def _read(self, file: Path) -> YamlDocument | None:
        if file not in self._documents:
            self._documents[file] = self._parse(file)
        return self._documents[file]

    def _parse(self, file: Path) -> YamlDocument | None:
        try:
            data = self._read_bytes(file)
        except FileNotFoundError:
            if file == self._file:
                raise DefinitionError(f"{file}: no such file") from None
            return None
        except OSError as error:
            raise DefinitionError(f"{file}: can't be read: {error.strerror}") from None
        from validator.definitions import schemas
        from validator.documents.yaml import YamlDocument

        try:
            document = YamlDocument(as_shown(file.parent), PurePosixPath(file.name), data)
        except DocumentError as error:
            raise DefinitionError(f"{error.location.words}: {error.reason}") from None
        _check_keys(document, (), document.value)
        for violation in schemas.violations(document, "config"):
            raise DefinitionError(f"{violation.location.words}: {violation.message}")
        self._check_rules(document)
        _check_globs(document)
        return document

    @cached_property
    def _rules(self) -> frozenset[str]:
        from validator.definitions import rules

        return frozenset(name for rule in rules.load() for name in (rule.id, *rule.aliases))

    def _check_rules(self, document: YamlDocument) -> None:
        """Raise DefinitionError when the file names a rule that doesn't exist."""
        for pointer, name in _named_rules(document.value):
            if name not in self._rules:
                from validator.spelling import offer

                place = (
                    document.locate_key(pointer)
                    if name == pointer[-1]
                    else document.locate(pointer)
                )
                raise DefinitionError(
                    f"{place.words}: {quoted(name)} is no rule{offer(name, self._rules)}"
                )


def _read_found(file: Path) -> bytes:
    """Return what a file holds that nobody named: a stranger may have put a link or a pipe there.

    Raises OSError, and DefinitionError for what is no file of the repository.
    """
    file.stat()
    home = os.path.realpath(top_level(file.parent) or file.parent)
    if not Path(os.path.realpath(file)).is_relative_to(home):
        raise DefinitionError(f"{file}: leads out of the repository; expected a file inside it")
    return read_regular(file, LARGEST)


def _check_keys(document: YamlDocument, pointer: Pointer, value: Any) -> None:
    """Raise DefinitionError for a key that YAML takes for a number, a day or a truth."""
    members = value.items() if isinstance(value, dict) else ()
    for key, member in members:
        if not isinstance(key, str):
            place = document.locate_key((*pointer, key))
            raise DefinitionError(
                f"{place.words}: the key {quoted(key)} is no text; write it in quotes if it is meant as one"
            )
        _check_keys(document, (*pointer, key), member)
    for number, item in enumerate(value if isinstance(value, list) else ()):
        _check_keys(document, (*pointer, number), item)


def _check_globs(document: YamlDocument) -> None:
    """Raise DefinitionError for a pattern that can't be meant."""
    for index, item in enumerate(document.value.get("overrides", ())):
        for number, pattern in enumerate(item["paths"]):
            _check_glob(document, ("overrides", index, "paths", number), pattern)
    for index, item in enumerate(document.value.get("suppressions", ())):
        _check_glob(document, ("suppressions", index, "path"), item["path"])


def _check_glob(document: YamlDocument, pointer: Pointer, pattern: str) -> None:
    if why := globs.fault(pattern):
        place = document.locate(pointer)
        raise DefinitionError(f"{place.words}: `{dotted(pointer)}` {why}")


def _flatten(value: Mapping[str, Any]) -> Iterator[tuple[Pointer, Any]]:
    """Yield each setting with its pointer: nested where keys are merged, one by one where collected."""
    for key, content in value.items():
        if key in _MERGED:
            for name, inner in content.items():
                if key == "oauth" and name == "scopes":
                    yield from (((key, name, scope), reason) for scope, reason in inner.items())
                elif key == "parameters":
                    yield from (((key, name, option), own) for option, own in inner.items())
                else:
                    yield (key, name), inner
        elif key in _COLLECTED:
            yield from (((key, index), item) for index, item in enumerate(content))
        else:
            yield (key,), content


def _places(document: YamlDocument, pointer: Pointer, value: Any) -> tuple[Location, ...]:
    """Return the places of a list's items; none for what is no list."""
    items = range(len(value)) if isinstance(value, list) else ()
    return tuple(document.locate((*pointer, index)) for index in items)


def _named_rules(value: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    for key in ("select", "ignore"):
        yield from (((key, index), name) for index, name in enumerate(value.get(key, ())))
    for key in ("levels", "parameters"):
        yield from (((key, name), name) for name in value.get(key, ()))
    for index, item in enumerate(value.get("overrides", ())):
        for number, name in enumerate(item.get("ignore", ())):
            yield ("overrides", index, "ignore", number), name
        yield from ((("overrides", index, "levels", name), name) for name in item.get("levels", ()))
    for index, item in enumerate(value.get("suppressions", ())):
        yield ("suppressions", index, "rule"), item["rule"]


def _override(setting: Setting) -> Override:
    value = setting.value
    return Override(
        tuple(PathGlob(pattern, setting.folder) for pattern in value["paths"]),
        frozenset(value.get("ignore", ())),
        value.get("levels", {}),
        setting,
    )


def _suppression(setting: Setting) -> ConfiguredSuppression:
    value = setting.value
    until = value.get("until")
    if isinstance(until, str):
        try:
            until = dt.date.fromisoformat(until)
        except ValueError:
            raise DefinitionError(
                f"{setting.location.words}: `until` is `{until}`; expected a day such as 2027-06-30"
            ) from None
    return ConfiguredSuppression(
        value["rule"],
        PathGlob(value["path"], setting.folder),
        value.get("pointer"),
        value["reason"],
        until,
        setting,
    )
