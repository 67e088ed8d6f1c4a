"""Text that knows its lines."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath
from typing import ClassVar

from validator.model import DocumentError, Location, Region

_CONTENT = {
    ".csv": "CSV with a header",
    ".json": "a JSON value",
    ".md": "Markdown",
    ".yaml": "YAML",
    ".yml": "YAML",
}
LINE_END = re.compile(r"\r\n|\n|\r")


class TextDocument:
    """A decoded text file of an integration.

    ``integration`` is the integration's directory relative to the current folder, ``path`` the
    document's path inside it. A byte order mark is kept out of ``text``; ``has_bom`` tells of it.
    Raises DocumentError when ``data`` is not UTF-8 or holds nothing but blanks.
    """

    LARGEST: ClassVar[int] = 10_000_000
    """Bytes beyond which a document of this type is refused.

    The largest published one has 700,000; of Markdown it has 35,000, of YAML 139,000, and these take much
    longer to read.
    """

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        self.integration = integration
        self.path = path
        self.has_bom = data.startswith(b"\xef\xbb\xbf")
        try:
            self.text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            start = error.start + (3 if self.has_bom else 0)
            *above, before = LINE_END.split(data[:start].decode("utf-8-sig", "replace"))
            line, column = len(above) + 1, len(before) + 1
            found = f"is not UTF-8: found the byte 0x{data[start]:02x}"
            if data.startswith((b"\xff\xfe", b"\xfe\xff")):
                found = "is UTF-16; expected UTF-8"
            place = self._location(Region(line, column, line, column + 1))
            raise DocumentError(place, found) from None
        if not self.text.strip():
            content = _CONTENT.get(path.suffix, "text")
            raise DocumentError(self.whole, f"is empty; expected {content}")

    def _location(self, region: Region | None) -> Location:
        return Location(self.integration, self.path, region)

    @property
    def whole(self) -> Location:
        """The document without a place in it."""
        return self._location(None)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_END.finditer(self.text))]

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; the text after the last line end counts as one."""
        return LINE_END.split(self.text)

    def region(self, start: int, end: int) -> Region:
        """Return the region of two offsets (code points) into the text."""
        first = bisect_right(self._starts, start)
        last = bisect_right(self._starts, end)
        return Region(
            first, start - self._starts[first - 1] + 1, last, end - self._starts[last - 1] + 1
        )

    def offset(self, line: int, column: int) -> int:
        """Return the offset (code points) of a 1-based line and column."""
        return self._starts[line - 1] + column - 1

    def locate_line(self, line: int) -> Location:
        """Return the place of a 1-based line without the blanks around its text."""
        text = self.lines[line - 1]
        indent = len(text) - len(text.lstrip())
        return self._location(Region(line, indent + 1, line, max(len(text.rstrip()), indent) + 1))


class Regions:
    """Regions of a text, to be asked whether one of them holds another."""

    def __init__(self, regions: Iterable[Region | None]) -> None:
        known = sorted(filter(None, regions))
        self._starts = [(region.start_line, region.start_column) for region in known]
        ends = ((region.end_line, region.end_column) for region in known)
        self._ends = list(itertools.accumulate(ends, max))

    def hold(self, region: Region) -> bool:
        """Tell whether one of them begins no later than a region and ends no earlier."""
        return self._reach(region, (region.end_line, region.end_column))

    def hold_start(self, place: Location) -> bool:
        """Tell whether a place begins in one of them; a whole document does not."""
        region = place.region
        return region is not None and self._reach(region, (region.start_line, region.start_column))

    def _reach(self, region: Region, end: tuple[int, int]) -> bool:
        before = bisect_right(self._starts, (region.start_line, region.start_column))
        return before > 0 and self._ends[before - 1] >= end
