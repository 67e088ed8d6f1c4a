"""What a rule means, shown by its fixtures: what a bad and a good one differ in; `make docs` keeps it for `explain`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

from validator.documents.image import parse_header
from validator.model import Example, Rule

FIXTURES = Path(__file__).parent.parent / "fixtures"


def table(rules: Iterable[Rule]) -> str:
    """Return the text of the file from which the installed tool takes the examples, a rule a line."""
    lines = []
    for rule in rules:
        sides = [
            [[each.path, each.lines, sorted(each.marked)] for each in side] for side in of(rule)
        ]
        lines.append(f" {json.dumps(rule.id)}: {json.dumps(sides, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def of(rule: Rule) -> tuple[list[Example], list[Example]]:
    """Return what the rule's first bad and first good fixture differ in, a bad and a good side."""
    folder = FIXTURES / rule.id
    bad, good = (_first(folder, prefix) for prefix in ("bad", "good"))
    if bad is None or good is None:
        return [], []
    sides: tuple[list[Example], list[Example]] = ([], [])
    names = sorted({*_files(bad), *_files(good)})
    for name in names:
        if _same(bad / name, good / name):
            continue
        texts = [_lines(side / name) for side in (bad, good)]
        for side, excerpt in zip(sides, _excerpts(name, *texts), strict=True):
            side.append(excerpt)
    return sides


def _first(folder: Path, prefix: str) -> Path | None:
    cases = sorted(case for case in folder.glob(f"{prefix}*") if case.is_dir())
    return cases[0] if cases else None


def _files(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*"):
        if file.is_file() and file.name != "expected.txt":
            yield file.relative_to(folder).as_posix()


def _same(bad: Path, good: Path) -> bool:
    return bad.is_file() and good.is_file() and bad.read_bytes() == good.read_bytes()


def _lines(file: Path) -> list[str] | None:
    """Return the lines of a text file, or what another file is; None when it isn't there."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        picture = parse_header(data)
        what = f"{picture.format or 'no'} data"
        if picture.size:
            what = f"a {picture.format} picture of {picture.size[0]} x {picture.size[1]} pixels"
        return [f"({what}, {len(data):,} bytes)"]


def _excerpts(name: str, bad: list[str] | None, good: list[str] | None) -> Iterator[Example]:
    context = 2
    groups = list(
        SequenceMatcher(None, bad or [], good or [], autojunk=False).get_grouped_opcodes(context)
    )
    for side, lines in enumerate((bad, good)):
        if lines is None:
            yield Example(f"{name} does not exist", (), frozenset())
            continue
        shown: list[str] = []
        marked: set[int] = set()
        for group in groups:
            if shown:
                shown.append("…")
            for tag, *bounds in group:
                start, end = bounds[2 * side : 2 * side + 2]
                if tag != "equal":
                    marked.update(range(len(shown), len(shown) + end - start))
                shown.extend(lines[start:end])
        while shown and not shown[-1].strip():
            shown.pop()
        yield Example(name, tuple(shown), frozenset(marked))
