"""The credentials in an integration's files: searched once, for the rules about them and for the mask.

A file is read as text, whether or not it parses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from validator.integration import LARGEST, OAUTH_CLIENTS, Integration, once
from validator.reading import credentials
from validator.reading.credentials import Credential

_SNIFFED = 8192
"""Bytes at a file's beginning that tell text from other data."""

_TEXT = {".csv", ".json", ".md", ".txt", ".yaml", ".yml"}
"""Files that are text whatever they hold."""


class Held(NamedTuple):
    """The credentials that a file holds, and its text if there are any."""

    text: str
    credentials: list[Credential]


def in_file(integration: Integration, path: PurePosixPath) -> Held:
    """Return the credentials of a file; none if it is no text or can't be read."""
    memory = _searched(integration)
    if path not in memory:
        text = _text(integration, path)
        found = credentials.find(text, in_client=path == OAUTH_CLIENTS) if text else []
        memory[path] = Held(text if found else "", found)
    return memory[path]


def in_all_files(integration: Integration) -> Iterator[tuple[PurePosixPath, Held]]:
    """Yield every file that holds credentials."""
    for path in integration.tree.files():
        held = in_file(integration, path)
        if held.credentials:
            yield path, held


def in_searched_files(integration: Integration) -> Iterator[tuple[PurePosixPath, Held]]:
    """Yield every file that holds credentials of those that were opened or searched before."""
    for path in (*integration.opened, *_searched(integration)):
        held = in_file(integration, path)
        if held.credentials:
            yield path, held


@once
def _searched(_: Integration) -> dict[PurePosixPath, Held]:
    return {}


@once
def half_searched(_: Integration) -> list[PurePosixPath]:
    """Return the text files of which only the beginning was searched, as far as anybody asked."""
    return []


def _text(integration: Integration, path: PurePosixPath) -> str:
    """Return a file's text, ten million bytes of it at most; nothing if it is no text.

    Another rule complains of a file that can't be read, where it matters.
    """
    if not integration.has(path):
        return ""
    try:
        data = integration.tree.read(path, _SNIFFED)
        if b"\0" in data and path.suffix.lower() not in _TEXT:
            return ""
        if len(data) == _SNIFFED:
            data = integration.tree.read(path, LARGEST)
            if len(data) == LARGEST and integration.tree.size(path) > LARGEST:
                half_searched(integration).append(path)
    except OSError:
        return ""
    text = data.decode("utf-8-sig", "replace")
    return "" if text.isspace() else text
