"""Where the rules, policies, schemas and fixtures lie: in the installed package or in a checkout."""

from __future__ import annotations

from pathlib import Path

from validator.model import DefinitionError

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder ``rules``, ``schemas`` or ``fixtures``. Raises DefinitionError if it is gone."""
    for parent in (_PACKAGE / "_data", _PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise DefinitionError(f"{_PACKAGE / '_data' / name}: not found; install tilelint again")
