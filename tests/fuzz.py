"""Mutated tiles, judged in process: nothing breaks, nothing leaks, every place is in its file.

Usage: python tests/fuzz.py [--seconds N] [--seed N]. Each round is made from its own number, which is printed
with what it did when something is wrong; `--seed` runs that round alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from support import TILES, Tile, shown

from validator import limits
from validator.documents.text import TextDocument
from validator.model import DocumentError, Edit, Finding, Location
from validator.report import Report
from validator.reporters import FORMATS, render

KEY = "4c9d0e7fb2a1836d5e9f7a0b3c8d1e24"
"""A credential of nobody, planted where it must not be shown."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 1e308, "", " ", "\0", "\ud800", "é" * 300, "../../x", "https://[", "a\nb",
    "::error::x", [], {}, [None], [[]], {"": {}}, {"a": [{"b": None}]}, "x" * 5000, "README.md#Nowhere", "<!--",
)  # fmt: skip

LINES = (
    "```", "~~~~", "<!--", "-->", "# X", "## Uninstallation", "## Setup", "=======", "<<<<<<< HEAD", ">>>>>>> x",
    "[a]: b", "[a][b]", "[x](http://x.io/a)", "![](x.png)", "| a | b |", "|---|---|", "> > > x", "- - - x", "1. x",
    "<details>", "</p>", "<![CDATA[", "{{< x >}}", "\\", "**", "\t\tx", "a  ", "---", "http://x.io", "\u202e", "\x1b[31m",
    "<!-- tilelint: suppress[bare-url] x -->", "<!-- tilelint: suppress[] -->", "::error::x", "é", "\r", "\x85",
)  # fmt: skip


class Fault(Exception):
    """A property that doesn't hold; the message says which, and where."""


def mutate(tile: Tile, random_: random.Random) -> list[str]:
    """Change a tile in some ways; return what was done."""
    done = []
    for _ in range(random_.choice((1, 1, 2, 4))):
        path = random_.choice(sorted(tile.files))
        change = random_.choice(_CHANGES.get(path.suffix, _ANY))
        name = change.__name__.strip("_")
        try:
            change(tile, path, random_)
        except (ValueError, LookupError):  # what an earlier change made can't be changed so
            name += " (in vain)"
        done.append(f"{name} {path}")
    return done


def _bytes(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    data = bytearray(tile.files[path])
    for _ in range(random_.randint(1, 5)):
        at = random_.randrange(len(data) + 1)
        data[at : at + random_.randint(0, 9)] = random_.randbytes(random_.randint(0, 9))
    tile.files[path] = bytes(data)


def _cut(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    data = tile.files[path]
    tile.files[path] = data[: random_.randrange(len(data) + 1)]


def _empty(tile: Tile, path: PurePosixPath, _: random.Random) -> None:
    tile.files[path] = b""


def _double(tile: Tile, path: PurePosixPath, _: random.Random) -> None:
    tile.files[path] *= 2


def _line_ends(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    tile.files[path] = tile.files[path].replace(b"\n", random_.choice((b"\r\n", b"\r", b"\n\n")))


def _mark(tile: Tile, path: PurePosixPath, _: random.Random) -> None:
    tile.files[path] = b"\xef\xbb\xbf" + tile.files[path]


def _remove(tile: Tile, path: PurePosixPath, _: random.Random) -> None:
    del tile.files[path]


def _rename(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    names = (
        path.name.upper(),
        f"x{path.name}",
        f"{path.stem}.txt",
        "manifest.json",
        "a\nb",
        f"{KEY}.json",
    )
    tile.files[path.with_name(random_.choice(names))] = tile.files.pop(path)


def _secret(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    text = tile.files[path].decode("utf-8", "surrogateescape")
    at = random_.randrange(len(text) + 1)
    planted = random_.choice((f"DD_API_KEY={KEY}", f'"dd_api_key": "{KEY}"', f" api key: {KEY} "))
    tile.files[path] = (text[:at] + planted + text[at:]).encode("utf-8", "surrogateescape")


def _json_value(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    value = json.loads(tile.files[path])
    places = list(_places(value))
    parent, step = random_.choice(places)
    if random_.random() < 0.3 and isinstance(parent, dict):
        parent[random_.choice(("", "x", "a/b~", "é", f"DD_API_KEY={KEY}"))] = parent.pop(step)
    else:
        parent[step] = random_.choice(VALUES)
    tile.files[path] = json.dumps(value, indent=random_.choice((None, 2))).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every member and every item, as its parent and its key or index."""
    waiting = [value]
    while waiting:
        parent = waiting.pop()
        steps = (
            parent
            if isinstance(parent, dict)
            else range(len(parent))
            if isinstance(parent, list)
            else ()
        )
        for step in steps:
            yield parent, step
            waiting.append(parent[step])


def _lines(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    lines = tile.files[path].decode().split("\n")
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(lines))
        what = random_.randrange(4)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(at, random_.choice(LINES))
        elif what == 2:
            lines[at] = lines[at] + random_.choice(LINES)
        else:
            lines.insert(at, lines[random_.randrange(len(lines))])
        lines = lines or [""]
    tile.files[path] = "\n".join(lines).encode("utf-8", "surrogatepass")


def _cells(tile: Tile, path: PurePosixPath, random_: random.Random) -> None:
    rows = [line.split(",") for line in tile.files[path].decode().split("\n")]
    row = random_.choice(rows)
    row[random_.randrange(len(row))] = random_.choice(
        ("", '"', '"a,b"', "x y", "é", "-1", "a\0b", "nimbus", "2")
    )
    tile.files[path] = "\n".join(",".join(row) for row in rows).encode()


Mutation = Callable[[Tile, PurePosixPath, random.Random], None]
_ANY: tuple[Mutation, ...] = (
    _bytes, _cut, _empty, _double, _line_ends, _mark, _remove, _rename, _secret,
)  # fmt: skip
_CHANGES: dict[str, tuple[Mutation, ...]] = {
    ".json": (*_ANY, *[_json_value] * 9),
    ".md": (*_ANY, *[_lines] * 9),
    ".yaml": (*_ANY, *[_lines] * 5),
    ".csv": (*_ANY, *[_cells] * 9),
}


def check(seed: int) -> list[str]:
    """Judge one mutated tile; return what was done to it. Raises Fault when a property doesn't hold."""
    random_ = random.Random(seed)
    tile = Tile(random_.choice(sorted(TILES)))
    done = mutate(tile, random_)
    try:
        _hold(tile)
    except Fault as fault:
        raise Fault(f"seed {seed}: {fault}; {', '.join(done)}") from None
    except Exception as error:
        raise Fault(f"seed {seed}: {type(error).__name__}: {error}; {', '.join(done)}") from error
    return done


def _hold(tile: Tile) -> None:
    report = tile.judge()
    for failure in report.internal_errors:
        raise Fault(f"{failure.where}: {failure.message}\n{failure.traceback}")
    for finding in report.findings:
        _hold_places(tile, finding)
    outputs = _rendered(tile, report)
    if outputs != _rendered(tile, tile.judge()):
        raise Fault("another run gives other bytes")
    if _is_a_credential_here(tile):
        for format_, text in outputs.items():
            # Five hexadecimal digits stand in some fingerprint by chance; the tests of the mask look for five.
            for at in range(len(KEY) - 7):
                if KEY[at : at + 8] in text:
                    raise Fault(f"{format_} shows a part of a credential: {KEY[at : at + 8]}")


def _is_a_credential_here(tile: Tile) -> bool:
    """Whether the planted credential still stands beside a name that makes it one."""
    report = tile.judge("committed-secret", "possible-secret")
    documents = [found for found in report.findings if "4c9d" in found.message]
    planted = sum(KEY.encode() in data for data in tile.files.values())
    return bool(documents) and planted == len({found.location.path for found in documents})


def _rendered(tile: Tile, report: Report) -> dict[str, str]:
    told = shown(limits.abridged(report), [tile.integration()])
    return {format_: render(told, format_) for format_ in FORMATS}


def _hold_places(tile: Tile, finding: Finding) -> None:
    for location in (finding.location, *(related.location for related in finding.related)):
        _hold_place(tile, finding, location)
    edits = finding.fix.edits if finding.fix else ()
    for edit in edits:
        if edit.location.region is None:
            raise Fault(f"{finding.rule.id}: an edit has no region")
        _hold_place(tile, finding, edit.location)
    for first in edits:
        for second in edits:
            if first is not second and _overlap(first, second):
                raise Fault(f"{finding.rule.id}: two edits overlap")


def _overlap(first: Edit, second: Edit) -> bool:
    one, other = first.location.region, second.location.region
    assert one is not None
    assert other is not None
    if first.location.path != second.location.path:
        return False
    start, end = (one.start_line, one.start_column), (one.end_line, one.end_column)
    return (
        start < (other.end_line, other.end_column) and (other.start_line, other.start_column) < end
    )


def _hold_place(tile: Tile, finding: Finding, location: Location) -> None:
    region = location.region
    if region is None:
        return
    data = tile.files.get(location.path)
    if data is None:
        raise Fault(f"{finding.rule.id}: a place in `{location.path}`, which isn't there")
    try:
        document = TextDocument(
            location.integration, location.path, data.decode("utf-8", "replace").encode()
        )
    except DocumentError:
        return
    if (region.start_line, region.start_column) > (region.end_line, region.end_column):
        raise Fault(f"{finding.rule.id}: a region ends before it begins")
    for line, column in (
        (region.start_line, region.start_column),
        (region.end_line, region.end_column),
    ):
        lines = [*document.lines, ""]
        if not 1 <= line <= len(lines) or not 1 <= column <= len(lines[line - 1]) + 1:
            raise Fault(f"{finding.rule.id}: {location.words} is not in the file")


def main() -> int:
    """Run rounds until the time is up; return 1 when a property did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    if arguments.seed is not None:
        sys.stdout.write("\n".join(check(arguments.seed)) + "\n")
        return 0
    end = time.monotonic() + arguments.seconds
    first = seed = random.SystemRandom().randrange(10**9)
    faults = 0
    while time.monotonic() < end:
        try:
            check(seed)
        except Fault as fault:
            faults += 1
            sys.stdout.write(f"{fault}\n")
        seed += 1
    sys.stdout.write(f"{seed - first} mutated tiles, {faults} with a fault\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
