"""The rules for a reader: the table of all, and everything about one."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click

from validator import __version__
from validator.model import Example, Level, Rule
from validator.reporters.terminal import page, wrap
from validator.wording import ENFORCED, LISTINGS

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
APPLIES = {
    "all": "every integration",
    "oauth": "integrations with an OAuth client",
    "api": "integrations without an Agent check",
    "agent": "integrations with an Agent check",
    "marketplace": "Marketplace integrations",
}


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
            "enforcedBy": rule.enforced_by,
            "listings": rule.listings,
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


def explain(
    rule: Rule, examples: tuple[Sequence[Example], Sequence[Example]], width: int = 80
) -> str:
    """Return what a rule asks for, why, how to meet it, a bad and a good example, and what it rests on."""
    level = click.style(rule.level.value, fg=_COLOURS[rule.level], bold=True)
    lines = [
        click.style(rule.id, bold=True),
        *wrap(rule.title, width),
        "",
        f"{level}; applies to {APPLIES[rule.applies_to]}; {ENFORCED[rule.enforced_by]}",
    ]
    if rule.endangers:
        lines.append(f"It endangers the {rule.endangers}.")
    if rule.listings == "new":
        lines.append(f"It is {LISTINGS[rule.listings]}.")
    if not rule.default:
        lines.append(f"Off by default; turn it on with --select {rule.id}.")
    if not rule.silenceable:
        lines.append("Nothing can silence it.")
    lines += _section("Why", rule.rationale, width)
    lines += _section("How to fix", rule.remediation, width)
    for title, excerpts in zip(("Bad", "Good"), examples, strict=True):
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


def _example(title: str, excerpts: Iterable[Example], colour: str) -> Iterator[str]:
    excerpts = list(excerpts)
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
