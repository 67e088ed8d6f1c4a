"""How messages name places and show values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from validator.model import Pointer

LONGEST = 60
"""Characters of a key or a value that a message repeats."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def dotted(pointer: Pointer) -> str:
    """Return a pointer as a person writes it: ``tile.media[2].caption``, ``levels["two words"]``."""
    name = ""
    for step in pointer:
        if isinstance(step, str) and _PLAIN.fullmatch(step) and len(step) <= LONGEST:
            name += f".{step}" if name else step
        else:
            name += f'["{shortened(step)}"]' if isinstance(step, str) else f"[{step}]"
    return name


def shortened(text: str) -> str:
    """Return text on one line, short enough for a message, what can't be printed as escapes."""
    printable = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text[: LONGEST + 1]
    )
    return printable if len(printable) <= LONGEST else printable[: LONGEST - 1] + "…"


def quoted(value: Any) -> str:
    """Return a scalar in backticks, shortened."""
    return f"`{shortened(value if isinstance(value, str) else json.dumps(value, default=str))}`"


def listed(names: Iterable[str], word: str = "or") -> str:
    """Return names in backticks as one enumeration, such as ```a`, `b` or `c```."""
    return enumerated([f"`{name}`" for name in names], word)


def enumerated(parts: Sequence[str], word: str = "or") -> str:
    """Return parts of a sentence as one enumeration, such as ``a, b or c``."""
    *others, last = parts
    return f"{', '.join(others)} {word} {last}" if others else last


ENFORCED = {
    "extras-ci": "enforced by the CI of integrations-extras",
    "platform": "enforced by the publishing platform",
    "reviewer": "enforced by reviewers",
    "nobody": "advice that nobody enforces",
}
"""What a finding does to the pull request, by what ``Rule.enforced_by`` says."""


LISTINGS = {
    "all": "asked of every listing",
    "new": "asked of new listings, one note on a published one",
}
"""Of which listings a rule asks something, by what ``Rule.listings`` says."""


def failing_ci(count: int) -> str:
    """Return a sentence without full stop on how many findings make the CI of integrations-extras fail."""
    return f"{amount(count, 'finding')} {'turns' if count == 1 else 'turn'} the CI of integrations-extras red"


def amount(count: int, noun: str) -> str:
    """Return a number with a noun that takes an s: ``1 note``, ``2 notes``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def brief(text: str, most: int) -> str:
    """Return a text on one line, its end cut off where it has more characters than ``most``."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
