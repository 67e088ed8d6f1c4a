"""Names that were meant: the nearest known one to a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from os.path import commonprefix

MOST_COMPARED = 20_000
"""Pairs of names that are compared for one rule in one integration; a published one takes some hundreds."""

LONGEST = 100
"""Characters of a name that may be a misspelt one: to compare two takes the product of their lengths."""

_left: ContextVar[list[int] | None] = ContextVar("left", default=None)


@contextmanager
def comparing(most: int = MOST_COMPARED) -> Iterator[None]:
    """Compare no more than so many pairs of names within; after that nothing is like anything.

    A document may have as many unknown names as known ones, and a reader looks at the first few.
    """
    token = _left.set([most])
    try:
        yield
    finally:
        _left.reset(token)


def nearest(name: str, known: Iterable[str], most: int = 3, *, likeness: float = 0.6) -> list[str]:
    """Return the known names most like a name, the best first; none when none is alike.

    ``likeness`` is how alike they must be: 0 for anything, 1 for equal names.
    """
    from difflib import get_close_matches

    if len(name) > LONGEST or _is_over():
        return []
    known = list(known)
    candidates = [other for other in known if _may_be_like(name, other, likeness)]
    if not _may_compare(len(candidates) + len(known) // 10):
        return []
    by_folded = {other.casefold(): other for other in sorted(candidates, reverse=True)}
    close = get_close_matches(name.casefold(), by_folded, n=most, cutoff=likeness)
    return [by_folded[folded] for folded in close]


def _may_be_like(name: str, other: str, likeness: float) -> bool:
    """Tell by their lengths whether two names may be as alike: case folding may double a letter."""
    shorter, longer = sorted((len(name), len(other)))
    return longer <= LONGEST and 4 * shorter >= likeness * (shorter + longer)


def _is_over() -> bool:
    left = _left.get()
    return left is not None and left[0] <= 0


def _may_compare(pairs: int) -> bool:
    """Tell whether so many pairs may still be compared, and count them."""
    left = _left.get()
    if left is None:
        return True
    left[0] -= 1 + pairs
    return left[0] > 0


def offer(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` for the nearest known name, or an empty string."""
    names = nearest(name, known, most=1)
    return f"; did you mean `{names[0]}`?" if names else ""


def is_within(name: str, other: str, edits: int) -> bool:
    """Tell whether so few edits make one name of another: a letter more, less, another, or two swapped.

    Nothing written down is edited twice (optimal string alignment); a letter that both have at the
    start is never worth an edit. It takes the product of 4 to the number of edits and the length.
    """
    return _may_compare(1) and _is_within(name, other, edits)


def _is_within(name: str, other: str, edits: int) -> bool:
    start = len(commonprefix((name, other)))  # noqa: RUF071 (letters are meant, no folders)
    name, other = name[start:], other[start:]
    if not name or not other:
        return len(name) + len(other) <= edits
    return edits > 0 and (
        _is_within(name[1:], other[1:], edits - 1)
        or _is_within(name[1:], other, edits - 1)
        or _is_within(name, other[1:], edits - 1)
        or (name[:2] == other[1::-1] and _is_within(name[2:], other[2:], edits - 1))
    )


def squashed(name: str) -> str:
    """Return the letters and digits of a name without their case, as names are compared."""
    return re.sub(r"[\W_]+", "", name.casefold())


_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Ltd|Corp|Co|etc|vs|No)|\.\w|\.)\.$", re.IGNORECASE)


def ends_in_period(text: str) -> bool:
    """Tell whether a text ends in a full stop, and not in an abbreviation, such as `Inc.`, or an ellipsis."""
    return text.endswith(".") and not _ABBREVIATED.search(text)
