"""What GitHub tells a line by while text moves: its ``primaryLocationLineHash``."""

from __future__ import annotations

import re
from array import array

_BASE, _BLOCK, _MASK = 37, 100, 2**64 - 1
_END = "\uffff"
_PADDING = "\0" * _BLOCK


class LineHashes:
    """The hashes of the lines of a text, as GitHub's upload action computes them.

    ``text`` is the whole file, a byte order mark included. A line's hash is a polynomial over 100
    UTF-16 code units from its start: blanks and tabs left out, every line end a line feed, the end of
    the file 0xFFFF and then zeros. Equal hashes are numbered.
    """

    def __init__(self, text: str) -> None:
        kept = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
        self._units = f"{_code_units(kept)}{_END}{_PADDING}"
        self._starts = [0, *(match.end() for match in re.finditer("\n", self._units))]
        self._numbers: array[int] | None = None

    def __len__(self) -> int:
        return len(self._starts)

    def of(self, line: int) -> str:
        """Return the hash of a line, the first being 1; beyond the end that of the last one."""
        index = min(line, len(self._starts)) - 1
        value = 0
        for unit in self._block(index):
            value = (value * _BASE + ord(unit)) & _MASK
        if self._numbers is None:
            self._numbers = self._counted()
        return f"{value:x}:{self._numbers[index]}"

    def _block(self, index: int) -> str:
        start = self._starts[index]
        return self._units[start : start + _BLOCK]

    def _counted(self) -> array[int]:
        """Return for each line which of those with the same hash it is: that is, with the same block."""
        seen: dict[int, int] = {}
        numbers = array("L")
        for index in range(len(self._starts)):
            block = hash(self._block(index))  # a hundred times smaller than the block
            seen[block] = number = seen.get(block, 0) + 1
            numbers.append(number)
        return numbers


def _code_units(text: str) -> str:
    """Return a text with each character beyond 0xFFFF as the two code units that UTF-16 has for it."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(map(chr, array("H", text.encode("utf-16", "surrogatepass")[2:])))
