"""The mask: knows the credentials of a run, and hides them in any text."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, TypeVar

from validator.documents.text import TextDocument
from validator.facts import committed_credentials
from validator.facts.committed_credentials import Held
from validator.integration import OAUTH_CLIENTS, Integration
from validator.model import Location, Rule
from validator.reading import credentials
from validator.reading.secret_pieces import Pieces, Span, merged
from validator.report import HIDDEN

T = TypeVar("T")


class Mask:
    """The credentials of a run: knows what of a text must not be shown.

    ``integrations`` are those whose documents are shown, ``others`` were read, too; ``places`` name
    documents that nobody has opened yet.
    """

    def __init__(
        self,
        integrations: Iterable[Integration] = (),
        others: Iterable[Integration] = (),
        places: Iterable[Location] = (),
    ) -> None:
        self._held: dict[tuple[PurePosixPath, PurePosixPath], Held] = {}
        self._hidden: dict[tuple[PurePosixPath, PurePosixPath], dict[int, list[Span]]] = {}
        self._lines: dict[tuple[PurePosixPath, PurePosixPath, int], str] = {}
        self._texts: dict[str, str] = {}
        owners = {integration.path: integration for integration in integrations}
        for path, document in dict.fromkeys((place.integration, place.path) for place in places):
            if path in owners:
                committed_credentials.in_file(owners[path], document)
        secrets: list[str] = []
        for integration in dict.fromkeys((*owners.values(), *others)):
            for path, held in committed_credentials.in_searched_files(integration):
                if owners.get(integration.path) is integration:
                    self._held[integration.path, path] = held
                secrets += [held.text[one.start : one.end] for one in held.credentials]
            secrets += _in_names(integration)
            secrets += _in_settings(integration)
        self._pieces = Pieces(secrets)

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def text(self, text: str) -> str:
        """Return a text in which ``****`` stands for each credential: a known one, or one by its form."""
        if text not in self._texts:
            found = credentials.find(text) if len(text) >= _SHORTEST else []
            spans = [(one.start, one.end) for one in found] + self._pieces.find(text)
            self._texts[text] = _without(text, spans) if spans else text
        return self._texts[text]

    def vouch(self, texts: Iterable[str]) -> None:
        """Search texts all at once: where none holds a credential, as nearly always, none is searched again."""
        if not self:
            own = dict.fromkeys(texts)
            if not credentials.find("\n\n".join(own)):
                self._texts.update((text, text) for text in own)

    def path(self, path: PurePosixPath) -> PurePosixPath:
        """Return a path in which ``****`` stands for each credential."""
        text = str(path)
        shown = self.text(text)
        return path if shown == text else PurePosixPath(shown)

    def traceback(self, text: str) -> str:
        """Return what Python says of a failure, without anything that looks random.

        It may quote a value without the name that tells what it is, before anybody has read its document.
        """
        return self.text(credentials.without_random(text, HIDDEN))

    def line(self, document: TextDocument, number: int) -> str:
        """Return a line of a document, the first being 1, with a star for each character of a credential."""
        key = (document.integration, document.path, number)
        if key not in self._lines:
            source = document.lines[number - 1]
            spans = [*self._in_document(document).get(number, ()), *self._pieces.find(source)]
            for start, end in merged(spans):
                source = f"{source[:start]}{'*' * (min(end, len(source)) - start)}{source[end:]}"
            self._lines[key] = source
        return self._lines[key]

    def _in_document(self, document: TextDocument) -> dict[int, list[Span]]:
        """Return the columns (from 0, the end exclusive) of the credentials in each line."""
        key = (document.integration, document.path)
        if key not in self._hidden:
            lines: dict[int, list[Span]] = defaultdict(list)
            held = self._held.get(key)
            if held is None:
                in_client = document.path == OAUTH_CLIENTS
                held = Held(document.text, credentials.find(document.text, in_client=in_client))
            for one in held.credentials:
                region = document.region(one.start, one.end)
                for number in range(region.start_line, region.end_line + 1):
                    start = region.start_column - 1 if number == region.start_line else 0
                    is_last = number == region.end_line
                    end = region.end_column - 1 if is_last else len(document.lines[number - 1])
                    lines[number].append((start, end))
            self._hidden[key] = lines
        return self._hidden[key]

    def all_of(self, value: T) -> T:
        """Return a value in which every text is masked, however deep: in tuples, mappings, dataclasses."""
        masked: Any = value
        if isinstance(value, Rule):  # our own words, and many
            return value
        if isinstance(value, str):
            masked = self.text(value)
        elif isinstance(value, PurePosixPath):
            masked = self.path(value)
        elif isinstance(value, tuple) and hasattr(value, "_fields"):
            masked = type(value)(*map(self.all_of, value))
        elif isinstance(value, (tuple, list, frozenset)):
            masked = type(value)(map(self.all_of, value))
        elif isinstance(value, dict):
            masked = {self.all_of(key): self.all_of(member) for key, member in value.items()}
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [one for one in dataclasses.fields(value) if one.init]
            masked = type(value)(
                **{one.name: self.all_of(getattr(value, one.name)) for one in fields}
            )
        return masked  # type: ignore[no-any-return]


_SHORTEST = 16
"""Characters of a name and its credential, both as short as can be."""


def _in_names(integration: Integration) -> Iterator[str]:
    """Yield the credentials in the names of an integration's files and folders."""
    names = "\n".join(map(str, (integration.path, *integration.tree.files())))
    yield from (names[one.start : one.end] for one in credentials.find(names))


def _in_settings(integration: Integration) -> Iterator[str]:
    """Yield the credentials in the settings of an integration, whichever files they come from."""
    settings = integration.settings
    collected = [override.setting for override in settings.overrides]
    collected += [suppression.setting for suppression in settings.suppressions]
    values = [*settings.settings.items(), *(("", setting) for setting in collected)]
    for key, setting in values:
        text = json.dumps({key: setting.value}, ensure_ascii=False, default=str)
        yield from (text[one.start : one.end] for one in credentials.find(text))


def _without(text: str, spans: Iterable[Span]) -> str:
    parts, end = [], 0
    for start, stop in merged(spans):
        parts += [text[end:start], HIDDEN]
        end = stop
    return "".join([*parts, text[end:]])
