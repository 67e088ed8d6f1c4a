"""Names that were meant: the nearest known one to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], most: int = 3, *, likeness: float = 0.6) -> list[str]:
    """Return the known names most like a name, the best first; none when none is alike.

    ``likeness`` is how alike they must be: 0 for anything, 1 for equal names.
    """
    from difflib import get_close_matches

    by_folded = {other.casefold(): other for other in sorted(known, reverse=True)}
    close = get_close_matches(name.casefold(), by_folded, n=most, cutoff=likeness)
    return [by_folded[folded] for folded in close]


def offer(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` for the nearest known name, or an empty string."""
    names = nearest(name, known, most=1)
    return f"; did you mean `{names[0]}`?" if names else ""
