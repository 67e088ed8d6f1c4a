"""A directory that Datadog publishes as a tile, and its documents, read when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from validator.definitions import versions
from validator.documents import conflicts
from validator.documents.json import JsonDocument, kind
from validator.documents.text import TextDocument
from validator.evidence import Evidence
from validator.model import DocumentError, Location, MissingDocument
from validator.settings import FILE, Settings
from validator.sources.trees import Snapshot, Tree

if TYPE_CHECKING:
    from validator.documents.csv import CsvDocument
    from validator.documents.markdown import MarkdownDocument
    from validator.documents.yaml import YamlDocument

LARGEST = TextDocument.LARGEST
"""Bytes beyond which a document is refused; the largest published one has 700,000."""

MANIFEST = PurePosixPath("manifest.json")
README = PurePosixPath("README.md")
OAUTH_CLIENTS = PurePosixPath("assets/oauth_clients.json")
METADATA = PurePosixPath("metadata.csv")
CHANGELOG = PurePosixPath("CHANGELOG.md")
CONFIGURATION = PurePosixPath(FILE)
DATAFLOWS = PurePosixPath("assets/dataflows.yaml")
SERVICE_CHECKS = PurePosixPath("assets/service_checks.json")

FIXED = (MANIFEST, README, OAUTH_CLIENTS, METADATA, CHANGELOG, DATAFLOWS, SERVICE_CHECKS)
"""Documents whose place is fixed: what stands there and is no file is ``unreadable-document``'s."""

D = TypeVar("D", bound=TextDocument)
T = TypeVar("T")


class Integration:
    """One integration: its name, where it lies, and its documents.

    ``path`` is the directory relative to the current folder, ``settings`` what ``.tilelint.yaml``
    says for it, ``evidence`` what is known besides. ``snapshot`` is the repository that it lies in, without
    one a folder of its own, and ``prefix`` its path from there; ``folder`` is where it lies or would lie,
    absolute. ``is_new`` tells whether a base lacks the integration, None without a base. Every document is
    read and parsed once.
    """

    def __init__(
        self,
        tree: Tree,
        path: PurePosixPath,
        name: str,
        settings: Settings | None = None,
        evidence: Evidence | None = None,
        *,
        snapshot: Snapshot | None = None,
        prefix: PurePosixPath = PurePosixPath(),
        is_new: bool | None = None,
    ) -> None:
        self.tree = tree
        self.path = path
        self.name = name
        self.settings = settings or Settings()
        self.evidence = evidence or Evidence()
        self.snapshot = snapshot or Snapshot(Path(os.path.abspath(path)), tree)
        self.prefix = prefix
        self.folder = self.snapshot.root / prefix
        self.is_new = is_new
        self._documents: dict[PurePosixPath, dict[type, TextDocument | DocumentError]] = {}
        self._memory: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"Integration({str(self.path)!r})"

    def told(self, *, is_new: bool) -> Integration:
        """Return the same integration as one that a base lacks, or has, nothing of it read yet."""
        return Integration(
            self.tree,
            self.path,
            self.name,
            self.settings,
            self.evidence,
            snapshot=self.snapshot,
            prefix=self.prefix,
            is_new=is_new,
        )

    def location(self, path: PurePosixPath) -> Location:
        """Return the location of a file of the integration, whatever it holds."""
        return Location(self.path, path)

    def has(self, path: PurePosixPath) -> bool:
        """Tell whether a file of exactly this path, case included, is in the integration."""
        return self.tree.has(path)

    def is_blocked(self, path: PurePosixPath) -> bool:
        """Tell whether what is no file stands where a document belongs, which one rule tells for all."""
        return path in FIXED and bool(self.tree.obstacle(path))

    def document(self, path: PurePosixPath, type_: type[D]) -> D:
        """Return a document, read and parsed once.

        Raises MissingDocument when it isn't there, DocumentError when it can't be read.
        """
        documents = self._documents.setdefault(path, {})
        if type_ not in documents:  # a manifest may name one file as a dashboard and as a table
            try:
                documents[type_] = self._read(path, type_)
            except DocumentError as error:
                documents[type_] = error.anew()
        document = documents[type_]
        if isinstance(document, DocumentError):
            raise document.anew()
        assert isinstance(document, type_)
        return document

    def _read(self, path: PurePosixPath, type_: type[D]) -> D:
        if not self.has(path):
            obstacle = self.tree.obstacle(path)
            if obstacle:
                raise DocumentError(self.location(path), f"is {obstacle}; expected a file")
            raise MissingDocument(self.location(path), "does not exist")
        try:
            size = self.tree.size(path)
            if size > (most := type_.LARGEST):
                raise DocumentError(
                    self.location(path), f"has {size:,} bytes; expected at most {most:,}"
                )
            data = self.tree.read(path)
        except OSError as error:
            raise DocumentError(self.location(path), f"can't be read: {error.strerror}") from None
        if (
            type_ is not TextDocument
        ):  # a text that is shown, or read for secrets, need not be whole
            conflicts.refuse(self.path, path, data)
        return type_(self.path, path, data)

    def head(self, path: PurePosixPath, most: int) -> bytes:
        """Return at most so many first bytes of a file that is there. Raises DocumentError."""
        try:
            return self.tree.read(path, most)
        except OSError as error:
            raise DocumentError(self.location(path), f"can't be read: {error.strerror}") from None

    def json(self, path: PurePosixPath) -> JsonDocument:
        """Return a JSON document; errors as ``document``."""
        return self.document(path, JsonDocument)

    def markdown(self, path: PurePosixPath) -> MarkdownDocument:
        """Return a Markdown document; errors as ``document``."""
        from validator.documents.markdown import MarkdownDocument

        return self.document(path, MarkdownDocument)

    def csv(self, path: PurePosixPath) -> CsvDocument:
        """Return a CSV document; errors as ``document``."""
        from validator.documents.csv import CsvDocument

        return self.document(path, CsvDocument)

    def yaml(self, path: PurePosixPath) -> YamlDocument:
        """Return a YAML document; errors as ``document``."""
        from validator.documents.yaml import YamlDocument

        return self.document(path, YamlDocument)

    def json_object(self, path: PurePosixPath) -> JsonDocument:
        """Return a JSON document whose value is an object. Raises DocumentError for another value."""
        document = self.json(path)
        if not isinstance(document.value, dict):
            place = document.locate(())
            raise DocumentError(place, f"holds {kind(document.value)}; expected a JSON object")
        return document

    @property
    def manifest(self) -> JsonDocument:
        """``manifest.json``, an object; errors as ``json_object``. Raises RefusedDocument for another version."""
        manifest = self.json_object(MANIFEST)
        versions.refuse_others(manifest)
        return manifest

    @property
    def readme(self) -> MarkdownDocument:
        """``README.md``; errors as ``document``. Raises RefusedDocument when part of it is hidden."""
        document = self.markdown(README)
        document.refuse_hidden()
        return document

    @property
    def oauth_clients(self) -> JsonDocument:
        """``assets/oauth_clients.json``, an object; errors as ``json_object``."""
        return self.json_object(OAUTH_CLIENTS)

    @property
    def opened(self) -> tuple[PurePosixPath, ...]:
        """The documents that somebody asked for, whether or not they could be read."""
        return tuple(self._documents)

    def text(self, path: PurePosixPath) -> TextDocument | None:
        """Return a document's text for showing; None when it is no text or isn't there."""
        for document in self._documents.get(path, {}).values():
            if isinstance(document, TextDocument):
                return document
        try:
            return self._read(path, TextDocument)
        except DocumentError:
            return None

    @property
    def declared_kind(self) -> str | None:
        """The ``kind`` that the integration's ``.tilelint.yaml`` declares, or None."""
        kind: str | None = self.settings.get("kind")
        return kind

    @cached_property
    def lives_on_platform(self) -> bool:
        """Whether the manifest is kept on the publishing platform: not here, but the kind is declared."""
        return self.declared_kind is not None and not self.has(MANIFEST)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What the integration is: any of oauth, marketplace, and one of agent and api."""
        kinds = {"agent" if self.tree.has_folder(PurePosixPath("datadog_checks")) else "api"}
        if self.declared_kind is not None:
            kinds.add(self.declared_kind)
        if self.has(OAUTH_CLIENTS):
            kinds.add("oauth")
        try:
            manifest = self.manifest
        except DocumentError:
            return frozenset(kinds)
        assets = manifest.get(("assets",))
        if isinstance(assets, dict) and "oauth" in assets:
            kinds.add("oauth")
        if manifest.get(("pricing",)) or manifest.get(("legal_terms",)):
            kinds.add("marketplace")
        return frozenset(kinds)


@dataclass(frozen=True, slots=True)
class Change:
    """An integration as it is, and as the base has it: None when the base has none."""

    before: Integration | None
    after: Integration


def once(function: Callable[[Integration], T]) -> Callable[[Integration], T]:
    """Let a question about an integration be answered once, however many checks ask it."""

    @wraps(function)
    def remembered(integration: Integration) -> T:
        memory = integration._memory  # noqa: SLF001 (kept beside the class that owns it)
        if function not in memory:
            memory[function] = function(integration)
        answer: T = memory[function]
        return answer

    return remembered
