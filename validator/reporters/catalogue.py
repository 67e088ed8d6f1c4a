"""The rules for a reader: the table of all, and everything about one."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

import click

from validator import __version__
from validator.definitions import resources
from validator.documents.image import parse_header
from validator.model import Level, Rule
from validator.reporters.terminal import page, wrap

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
APPLIES = {
    "all": "every integration",
    "oauth": "integrations with an OAuth client",
    "api": "integrations without an Agent check",
    "agent": "integrations with an Agent check",
    "marketplace": "Marketplace integrations",
}


class Excerpt(NamedTuple):
    """Lines of one file of a fixture; ``marked`` are the indexes of those that differ."""

    path: str
    lines: tuple[str, ...]
    marked: frozenset[int]


def table(rules: Iterable[Rule], width: int = 80) -> str:
    """Return one line for each rule: id, level, what it applies to, title."""
    rules = list(rules)
    longest = max(len(rule.id) for rule in rules)
    lines = []
    for rule in rules:
        off = "" if rule.default else " (off by default)"
        title = textwrap.shorten(
            f"{rule.title}{off}", max(width - longest - 22, 30), placeholder="…"
        )
        level = click.style(f"{rule.level.value:<7}", fg=_COLOURS[rule.level])
        lines.append(f"{rule.id:<{longest}}  {level}  {rule.applies_to:<11}  {title}".rstrip())
    return page([*lines, "", f"{len(rules)} rules; `tilelint explain RULE` says more."])


def table_json(rules: Iterable[Rule]) -> str:
    """Return the rules as JSON: everything that their files say."""
    entries = [
        {
            "id": rule.id,
            "title": rule.title,
            "level": rule.level.value,
            "appliesTo": rule.applies_to,
            "subject": rule.subject,
            "default": rule.default,
            "silenceable": rule.silenceable,
            "rationale": rule.rationale,
            "remediation": rule.remediation,
            "references": [
                {
                    "requirement": reference.requirement,
                    "title": reference.title,
                    "url": reference.url,
                    "checked": reference.checked,
                }
                for reference in rule.references
            ],
        }
        for rule in rules
    ]
    report = {"version": 1, "tool": {"name": "tilelint", "version": __version__}, "rules": entries}
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def explain(rule: Rule, width: int = 80) -> str:
    """Return what a rule asks for, why, how to meet it, an example, and what it rests on."""
    level = click.style(rule.level.value, fg=_COLOURS[rule.level], bold=True)
    lines = [
        click.style(rule.id, bold=True),
        *wrap(rule.title, width),
        "",
        f"{level}; applies to {APPLIES[rule.applies_to]}",
    ]
    if not rule.default:
        lines.append(f"Off by default; turn it on with --select {rule.id}.")
    if not rule.silenceable:
        lines.append("Nothing can silence it.")
    lines += _section("Why", rule.rationale, width)
    lines += _section("How to fix", rule.remediation, width)
    for title, excerpts in zip(("Bad", "Good"), examples(rule), strict=True):
        lines += _example(title, excerpts, "red" if title == "Bad" else "green")
    lines += ["", click.style("What it rests on", bold=True)]
    for reference in rule.references:
        words = f"{reference.requirement}: {reference.title} (checked {reference.checked})"
        lines += wrap(words, width, "  ", "    ")
        lines.append(f"    {reference.url}")
    if rule.seen is not None:
        seen = rule.seen
        words = (
            f"{seen.correct} right, {seen.wrong} wrong, {seen.arguable} arguable "
            f"(judged by reading, {seen.checked})"
        )
        lines += _section("Seen on published tiles", words, width)
    return page(lines)


def _section(title: str, text: str, width: int) -> list[str]:
    wrapped = wrap(text, width, "  ", "  ")
    return ["", click.style(title, bold=True), *wrapped]


def _example(title: str, excerpts: list[Excerpt], colour: str) -> Iterator[str]:
    if not excerpts:
        return
    yield ""
    yield click.style(title, bold=True)
    for excerpt in excerpts:
        yield f"  {excerpt.path}"
        for index, line in enumerate(excerpt.lines):
            if index in excerpt.marked:
                yield "  " + click.style(f"> {line}".rstrip(), fg=colour)
            else:
                yield f"    {line}".rstrip()


def examples(rule: Rule) -> tuple[list[Excerpt], list[Excerpt]]:
    """Return what the rule's first bad and first good fixture differ in, a bad and a good side."""
    folder = resources.folder("fixtures") / rule.id
    bad, good = (_first(folder, prefix) for prefix in ("bad", "good"))
    if bad is None or good is None:
        return [], []
    sides: tuple[list[Excerpt], list[Excerpt]] = ([], [])
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


def _excerpts(name: str, bad: list[str] | None, good: list[str] | None) -> Iterator[Excerpt]:
    context = 2
    groups = list(
        SequenceMatcher(None, bad or [], good or [], autojunk=False).get_grouped_opcodes(context)
    )
    for side, lines in enumerate((bad, good)):
        if lines is None:
            yield Excerpt(f"{name} does not exist", (), frozenset())
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
        yield Excerpt(name, tuple(shown), frozenset(marked))
