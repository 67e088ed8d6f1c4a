"""What a rule means, shown by what a bad and a good fixture of it differ in."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from validator.definitions import resources
from validator.model import Example, Rule


def of(rule: Rule) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Return the bad and the good side of a rule's example; nothing for a rule whose page is not written yet."""
    bad, good = _kept().get(rule.id, ((), ()))
    return tuple(map(_example, bad)), tuple(map(_example, good))


def _example(value: Any) -> Example:
    path, lines, marked = value
    return Example(path, tuple(lines), frozenset(marked))


@cache
def _kept() -> dict[str, Any]:
    """Return what `make docs` made of the fixtures, which are not installed."""
    file = resources.PACKAGE / "definitions" / "examples.json"
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept
