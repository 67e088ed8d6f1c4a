"""Where the rules, policies and schemas lie: in the installed package or in a checkout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from validator import __version__
from validator.model import DefinitionError

PACKAGE = Path(__file__).parent.parent
"""The folder of the installed package."""


def folder(name: str) -> Path:
    """Return the folder ``rules`` or ``schemas``. Raises DefinitionError if it is gone."""
    for parent in (PACKAGE / "_data", PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise DefinitionError(f"{PACKAGE / '_data' / name}: not found; install tilelint again")


def read_yaml(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Return the value of each of our own YAML files, by its name without ending.

    Parsing YAML takes longer than judging an integration, so the values are kept, under ``name``. Raises
    DefinitionError, with the file's name, for one that can't be read.
    """
    values: dict[str, Any] = kept(name, files, lambda: {file.stem: _parse(file) for file in files})
    return values


def kept(name: str, files: Sequence[Path], make: Callable[[], Any], more: str = "") -> Any:
    """Return what ``make`` makes of files: a JSON value, kept beside the bytecode under ``name``.

    It is made anew when a file changes, or ``more``, which names what else it depends on. Raises
    DefinitionError for a file that isn't there.
    """
    try:
        # Through JSON, because what is kept is compared with it.
        key = [__version__, more, [[file.name, *_stamp(file)] for file in files]]
    except OSError as error:
        raise DefinitionError(f"{error.filename}: {error.strerror}") from None
    place = PACKAGE / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.json"
    try:
        known, value = json.loads(place.read_bytes())
        if known == key:
            return value
    except (OSError, ValueError, TypeError):
        pass
    value = make()
    if not sys.dont_write_bytecode:
        _keep(place, json.dumps([key, value]))
    return value


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size


def _parse(file: Path) -> Any:
    import yaml

    from validator.documents.yaml import load

    try:
        return load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise DefinitionError(f"{file}: {error}") from None


def _keep(file: Path, text: str) -> None:
    """Write a file in one step, or leave it: an installation may be read-only."""
    draft = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError:
        return
