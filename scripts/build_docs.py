"""Write docs/ from the rules: a page for each, their index, what they found, and the changelog's lists of them.

The address of the repository goes from pyproject.toml to wherever somebody reads it.

Run it with ``make docs``. A test compares the pages with what this script would write.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from scripts import examples
from validator.definitions import rules
from validator.model import Example, Level, Rule
from validator.reporters.catalogue import APPLIES
from validator.wording import ENFORCED, LISTINGS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PROJECT = ROOT / "pyproject.toml"

_FENCES = {".json": "json", ".md": "markdown", ".yaml": "yaml", ".csv": "csv"}


def pages() -> dict[str, str]:
    """Return the text of every generated page by its path below docs/."""
    catalogue = rules.load()
    found = {f"rules/{rule.id}.md": _page(rule) for rule in catalogue}
    found["rules/README.md"] = _index(catalogue)
    found["published-tiles.md"] = _judged(catalogue)
    return found


CHANGELOG = ROOT / "CHANGELOG.md"
EXAMPLES = ROOT / "validator" / "definitions" / "examples.json"
"""What `tilelint explain` shows; the fixtures are not installed."""

_OWN = re.compile(
    r"https://[\w.-]+/[\w.-]+/tilelint\b|(?P<use>(?<=uses: )[\w.-]+/tilelint(?=(?:/comment)?@))"
)
"""What names a repository of tilelint: an address, or an action's owner and name."""
_RULES = re.compile(
    r"(?P<begin><!-- rules of (?P<version>\S+), .*? -->\n).*?(?P<end><!-- end of rules -->)",
    re.DOTALL,
)


def changelog(text: str) -> str:
    """Return the changelog with the new rules of each version written anew.

    Raises ValueError where a rule is of a version that has no place for its rules.
    """
    catalogue = rules.load()
    versions = {match["version"] for match in _RULES.finditer(text)}
    for rule in catalogue:
        if rule.since not in versions:
            raise ValueError(
                f"CHANGELOG.md: no place for the rules of {rule.since}, such as {rule.id}"
            )

    def written(match: re.Match[str]) -> str:
        new = [rule for rule in catalogue if rule.since == match["version"]]
        return match["begin"] + "".join(_new_rules(new)) + match["end"]

    return _RULES.sub(written, text)


def repository() -> str:
    """Return the address of the repository, which pyproject.toml alone decides."""
    # With tomllib, which Python 3.10 lacks, there would be the same line to look up.
    [address] = re.findall(
        r'^Repository = "(.+)"$', PROJECT.read_text(encoding="utf-8"), re.MULTILINE
    )
    return str(address)


def addressed(text: str) -> str:
    """Return a text that names the repository where it lies, whatever it called it before."""
    address = repository()
    owned = address.removeprefix("https://github.com/")
    return _OWN.sub(lambda match: owned if match["use"] else address, text)


def with_address() -> Iterator[Path]:
    """Yield the files that people and GitHub read, and the module that holds the address."""
    yield from ROOT.glob("*.md")
    yield from ROOT.glob("*.yml")
    for folder in (DOCS, ROOT / ".github", ROOT / "comment"):
        yield from (file for file in folder.rglob("*.*") if file.suffix in (".md", ".yml"))
    yield ROOT / "validator" / "__init__.py"


def _new_rules(new: list[Rule]) -> Iterator[str]:
    yield f"- {len(new)} new rules:\n"
    for level in Level:
        names = ", ".join(f"`{rule.id}`" for rule in new if rule.level is level)
        if names:
            lines = textwrap.wrap(
                f"{level.value}: {names}",
                100,
                initial_indent="  - ",
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
            yield "\n".join(lines) + "\n"


def _index(catalogue: tuple[Rule, ...]) -> str:
    lines = [
        "# Rules",
        "",
        f"{len(catalogue)} rules. `tilelint explain RULE` says the same at a terminal.",
    ]
    for subject in sorted({_subject(rule) for rule in catalogue}):
        lines += ["", f"## {subject.capitalize()}", "", "| rule | level | asks |", "|---|---|---|"]
        lines += [
            f"| [`{rule.id}`]({rule.id}.md) | {rule.level.value}{_remark(rule)} | {_cell(rule.title)} |"
            for rule in catalogue
            if _subject(rule) == subject
        ]
    return "\n".join(lines) + "\n"


def _subject(rule: Rule) -> str:
    return rule.check.partition(".")[0].replace("_", " ").replace("oauth", "OAuth")


def _remark(rule: Rule) -> str:
    if not rule.default:
        return ", off by default"
    return "" if rule.stage == "stable" else f", {rule.stage}"


def _page(rule: Rule) -> str:
    facts = [f"**{rule.level.value}**", f"applies to {APPLIES[rule.applies_to]}"]
    facts += [ENFORCED[rule.enforced_by]]
    facts += [f"endangers the {rule.endangers}"] if rule.endangers else []
    facts += [LISTINGS[rule.listings]] if rule.listings == "new" else []
    facts += [] if rule.default else ["off by default"]
    facts += [] if rule.silenceable else ["nothing can silence it"]
    facts += [f"since {rule.since}"] + ([] if rule.stage == "stable" else [rule.stage])
    lines = [f"# {rule.id}", "", f"{rule.title}.", "", "; ".join(facts), ""]
    lines += ["## Why", "", rule.rationale, "", "## How to fix", "", rule.remediation, ""]
    for title, excerpts in zip(("Bad", "Good"), examples.of(rule), strict=True):
        if excerpts:
            lines += [f"## {title}", "", *_example(excerpts)]
    if rule.settable:
        lines += ["## Parameters", "", "A configuration may set these:", ""]
        lines += [f"- `{name}`: `{rule.parameters[name]}`" for name in rule.settable] + [""]
    lines += ["## What it rests on", ""]
    lines += [
        f"- {reference.requirement}: [{_cell(reference.title)}]({reference.url}) (checked {reference.checked})"
        for reference in rule.references
    ]
    if rule.seen is not None:
        seen = rule.seen
        lines += [
            "",
            "## Seen on published tiles",
            "",
            f"{seen.correct} right, {seen.wrong} wrong, {seen.arguable} arguable (read on {seen.checked}).",
        ]
    return "\n".join(lines) + "\n"


def _example(excerpts: list[Example]) -> Iterator[str]:
    for excerpt in excerpts:
        yield f"`{excerpt.path}`"
        yield ""
        if excerpt.lines:
            # Longer than any fence inside, for an example may be Markdown itself.
            fence = "`" * 5
            yield fence + _FENCES.get(Path(excerpt.path).suffix, "")
            yield from excerpt.lines
            yield fence
            yield ""


def _judged(catalogue: tuple[Rule, ...]) -> str:
    lines = [
        "# What the rules found on published tiles",
        "",
        "Somebody read these findings on 161 published integrations, every one of an error, ten or more of",
        "a warning where there are as many, and judged each. A rule that was wrong more than once in twenty",
        "was mended, lowered to a note, or taken out.",
        "",
        "| rule | level | right | wrong | arguable | judged on |",
        "|---|---|---:|---:|---:|---|",
    ]
    for level in Level:
        lines += [
            f"| [`{rule.id}`](rules/{rule.id}.md) | {level.value} | {rule.seen.correct} | "
            f"{rule.seen.wrong} | {rule.seen.arguable} | {rule.seen.checked} |"
            for rule in catalogue
            if rule.level is level and rule.seen is not None
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "\\[").replace("]", "\\]")


def main() -> None:
    """Write the pages, and take away those of rules that are gone."""
    shutil.rmtree(DOCS / "rules", ignore_errors=True)
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
    EXAMPLES.write_text(examples.table(rules.load()), encoding="utf-8")
    CHANGELOG.write_text(changelog(CHANGELOG.read_text(encoding="utf-8")), encoding="utf-8")
    for file in with_address():
        file.write_text(addressed(file.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{len(pages())} pages in {DOCS}\n")


if __name__ == "__main__":
    main()
