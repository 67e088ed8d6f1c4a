"""The pieces of secrets in any text: shortened, wrapped, escaped, folded, or inside of a longer word.

Only letters and digits count, in one case, so that it doesn't matter what a message did to a value. A
piece of eight characters is found, or one of five that was cut off by ``…``. Words that a secret is made
of are none of its pieces: a weak password must not hide every mention of them.
"""

from __future__ import annotations

import html
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from operator import ne
from urllib.parse import unquote

PIECE = 8
"""Characters of a secret that give it away."""

CUT = 5
"""Characters that do where the rest was cut off: shorter beginnings are shown on purpose."""

Span = tuple[int, int]
"""A stretch of a text, its end exclusive."""

_RUN = re.compile(r"[^\W_]+")
_RUN_OR_ESCAPE = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\[bfnrt]|(?:%[0-9a-fA-F]{2})+|&(?:#\w{1,7}|[a-z]{2,6});|[^\W_]+"
)
_APART = re.compile(r"[\s`\"'…]")
_AROUND_CUT = 60
"""Characters beside ``…`` to look at: a longer piece is found without it."""
_CONSONANTS = re.compile(r"(?=[b-df-hj-np-tv-xz]{5})", re.IGNORECASE)
_QUOTES = frozenset("`\"'=:")


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return stretches in order, those that meet joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class Pieces:
    """What a text must not show of some secrets. Time and memory grow with their length, not more."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._telling, self._wordy, self._cut = _Shelves(), _Shelves(), _Shelves()
        self._whole: set[str] = set()
        self._lengths: dict[str, set[int]] = {}
        self._parts: set[str] = set()
        known: set[str] = set()
        for secret in secrets:
            letters = _Letters(secret)
            if len(letters.text) >= CUT and letters.text not in known:
                known.add(letters.text)
                self._add(letters)
                self._parts.update(part.lower() for part in _RUN.findall(secret) if _is_part(part))

    def _add(self, letters: _Letters) -> None:
        text = letters.text
        pieces = [text[start : start + PIECE] for start in range(len(text) - PIECE + 1)]
        tells = _telling(letters.cased)
        self._telling.update(piece for piece, is_told in zip(pieces, tells, strict=True) if is_told)
        self._wordy.update(
            piece for piece, is_told in zip(pieces, tells, strict=True) if not is_told
        )
        if not any(tells):
            self._whole.add(text)
            self._lengths.setdefault(text[:CUT], set()).add(len(text))
        short = (text[start : start + CUT] for start in range(len(text) - CUT + 1))
        is_random = bool(tells) and all(tells)
        self._cut.update(piece for piece in short if is_random or not piece.isalpha())

    def find(self, text: str) -> list[Span]:
        """Return where pieces of the secrets stand in a text, in order and apart from each other."""
        if not self:
            return []
        letters = _Letters(text)
        found = [*self._runs(letters), *self._wholes(letters)]
        if "…" in text:
            found += self._at_cuts(text)
        if self._parts:
            found += [
                match.span()
                for match in _RUN.finditer(text)
                if match.group().lower() in self._parts
            ]
        return merged(found)

    def __bool__(self) -> bool:
        return bool(self._cut or self._whole)

    def _runs(self, letters: _Letters) -> Iterator[Span]:
        """Yield what is made of pieces, one of which at least is no word."""
        text = letters.text
        start, end, is_told = 0, -1, False
        for index in range(len(text) - PIECE + 1):
            piece = text[index : index + PIECE]
            tells = piece in self._telling
            if not tells and piece not in self._wordy:
                continue
            if index > end:
                if is_told:
                    yield letters.span(start, end)
                start, is_told = index, False
            end = index + PIECE
            is_told |= tells
        if is_told:
            yield letters.span(start, end)

    def _wholes(self, letters: _Letters) -> Iterator[Span]:
        """Yield secrets that are nothing but words, where they stand alone; a single word in quotes."""
        text = letters.text
        for index in range(len(text) - CUT + 1) if self._whole else ():
            for length in self._lengths.get(text[index : index + CUT], ()):
                if text[index : index + length] in self._whole:
                    span = letters.span(index, index + length)
                    if letters.stands_alone(*span):
                        yield span

    def _at_cuts(self, text: str) -> Iterator[Span]:
        """Yield what stands before or behind ``…``."""
        cut = text.find("…")
        while cut >= 0:
            before = _APART.split(text[max(cut - _AROUND_CUT, 0) : cut])[-1]
            after = _APART.split(text[cut + 1 : cut + 1 + _AROUND_CUT], maxsplit=1)[0]
            for piece, first, step in ((before, cut - len(before), -1), (after, cut + 1, 1)):
                letters = _Letters(piece)
                shown = letters.text[::step]
                count = max(self._beginning(shown, step, size) for size in (CUT, PIECE))
                if count:
                    span = (0, count) if step == 1 else (len(shown) - count, len(shown))
                    start, end = letters.span(*span)
                    yield first + start, first + end
            cut = text.find("…", cut + 1)

    def _beginning(self, shown: str, step: int, size: int) -> int:
        """Return how many of the first letters are a secret's, read in one direction; 0 for none."""
        count = 0
        while True:
            piece = shown[count : count + size][::step]
            is_own = piece in self._cut if size == CUT else piece in self._wordy
            if len(piece) < size or not is_own:
                return count + size - 1 if count else 0
            count += 1


class _Letters:
    """The letters and digits of a text, and where each stands; escapes are read."""

    def __init__(self, source: str) -> None:
        self._source = source
        has_escapes = "\\" in source or "%" in source or "&" in source
        runs = [
            (_read(match.group()), *match.span())
            for match in (_RUN_OR_ESCAPE if has_escapes else _RUN).finditer(source)
        ]
        runs = [run for run in runs if run[0]]
        self.cased = "".join(run[0] for run in runs)
        self.text = _folded(self.cased)
        self._runs = runs
        self._firsts: list[int] = []

    def span(self, first: int, last: int) -> Span:
        """Return the stretch of the source that holds some of the letters."""
        if not self._firsts:
            total = 0
            for letters, _, _ in self._runs:
                self._firsts.append(total)
                total += len(letters)
        return self._place(first)[0], self._place(last - 1)[1]

    def _place(self, index: int) -> Span:
        number = bisect_right(self._firsts, index) - 1
        letters, start, end = self._runs[number]
        if len(letters) != end - start:  # an escape
            return start, end
        start += index - self._firsts[number]
        return start, start + 1

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether no letter is beside a stretch; where it is a single word, whether quotes are."""
        before, after = self._source[:start][-1:], self._source[end : end + 1]
        if self._source[start:end].isalnum():
            return before in _QUOTES and after in _QUOTES
        return not before.isalnum() and not after.isalnum()


def _read(token: str) -> str:
    """Return the letters and digits that a run or an escape stands for."""
    if token[0] == "\\":
        token = html.unescape(f"&#x{token[2:]};") if len(token) == 6 else ""
    elif token[0] == "%":
        token = unquote(token)
    elif token[0] == "&":
        token = html.unescape(token)
    else:
        return token
    return "".join(filter(str.isalnum, token))


def _folded(text: str) -> str:
    """Return a text in lower case, of the same length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def _telling(cased: str, size: int = PIECE) -> list[bool]:
    """Tell of each piece whether it is no part of words, nor a word with a number behind it."""
    digits = [one.isdigit() for one in cased]
    upper = [one.isupper() for one in cased]
    count = list(accumulate(digits, initial=0))
    steps = list(accumulate(map(ne, digits, digits[1:]), initial=0))
    humps = list(accumulate(map(ne, upper, upper[1:]), initial=0))
    rough = {match.start() for match in _CONSONANTS.finditer(cased)}
    rough = {start for end in rough for start in range(end + CUT - size, end + 1)}
    return [
        found > 2 or steps[start + size - 1] - steps[start] > 1
        if (found := count[start + size] - count[start])
        else humps[start + size - 1] - humps[start] > 3 or start in rough
        for start in range(len(cased) - size + 1)
    ]


def _is_part(part: str) -> bool:
    """Whether a part of a secret between signs is too short for a piece, and yet no word."""
    digits = sum(map(str.isdigit, part))
    return CUT <= len(part) < PIECE and 0 < digits < len(part) and all(_telling(part, len(part)))


class _Shelves:
    """A set of short texts, at eight bytes each: a hostile file may hold millions of pieces."""

    def __init__(self) -> None:
        self._sieve = bytearray(1 << 16)
        self._shelves: dict[int, array[int]] = {}
        self._unsorted: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._shelves)

    def update(self, texts: Iterable[str]) -> None:
        for text in texts:
            value = hash(text) & (1 << 64) - 1
            self._sieve[value & 0xFFFF] = 1
            number = value >> 52
            if number not in self._shelves:
                self._shelves[number] = array("Q")
            self._shelves[number].append(value)
            self._unsorted.add(number)

    def __contains__(self, text: str) -> bool:
        value = hash(text) & (1 << 64) - 1
        if not self._sieve[value & 0xFFFF]:
            return False
        number = value >> 52
        shelf = self._shelves.get(number)
        if shelf is None:
            return False
        if number in self._unsorted:
            shelf = self._shelves[number] = array("Q", sorted(set(shelf)))
            self._unsorted.discard(number)
        index = bisect_left(shelf, value)
        return index < len(shelf) and shelf[index] == value
