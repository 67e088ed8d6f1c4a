"""The sections of the README: those that every tile has, and what was meant for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import unquote

from validator.definitions import policies
from validator.documents.markdown import Heading, MarkdownDocument, slugify
from validator.integration import README, Integration, once
from validator.model import DocumentError, Location

SECTION = 2
"""The level of the sections that a tile shows."""


UNINSTALLATION = "uninstallation"
"""A section with rules of its own."""


_ALIKE = 0.8


# `##Setup`: a heading in the eyes of its author only.
_HASHES = re.compile(r"(#{1,6})([^\s#!].*)")


_ID = re.compile(r"\s(?:id|name)\s*=", re.IGNORECASE)
_TITLE_TAG = re.compile(r"h[1-6]")


def known_sections() -> dict[str, policies.Section]:
    """Return what the policy says of each section, by its name."""
    return {entry.name: entry for entry in policies.load(policies.Readme).sections}


def folded(text: str) -> str:
    """Return a title as titles are compared: one blank between words, no mark at the end, no case."""
    return " ".join(text.split()).rstrip(":.").casefold()


@once
def misspelt(integration: Integration) -> dict[str, Heading]:
    """Return the sections that are absent, each with the heading that was meant for it."""
    readme = integration.readme
    titles = {folded(heading.text) for heading in readme.headings}
    exact = {heading.text.strip().rstrip(":.") for heading in readme.headings}
    found: dict[str, Heading] = {}
    for name, entry in known_sections().items():
        names = {name, *entry.instead}
        if names & exact:
            continue
        present = {folded(one) for one in names} & titles
        for heading in readme.headings:
            text = folded(heading.text)
            if present:  # only the letters' case differs
                meant = text in present
            else:
                meant = heading.level == SECTION and _is_meant(text, entry, names)
            if meant:
                found[name] = heading
                break
    return found


def _is_meant(text: str, entry: policies.Section, names: Iterable[str]) -> bool:
    """Tell whether a heading's folded text is a variant of a section, or misspells it."""
    others = policies.load(policies.Readme).other_headings
    if text in map(folded, entry.variants):
        return True
    if text in others or text == UNINSTALLATION or text in map(folded, _known_names()):
        return False
    return any(SequenceMatcher(None, text, folded(one)).ratio() >= _ALIKE for one in names)


TABS = {"Overview": "overview", "Setup": "configuration", "Support": "support"}
"""The key of the manifest by which a tile shows each section."""


def section_of(text: str) -> str | None:
    """Return the section that every tile has and that a text is the name of, or a name that stands for it."""
    for name, entry in known_sections().items():
        if folded(text) in map(folded, (name, *entry.instead)):
            return name
    return None


def is_dangling(integration: Integration, name: str) -> bool:
    """Tell whether the manifest shows a section of this name, as a tab of the tile, and there is none."""
    try:
        value = integration.manifest.get(("tile", TABS.get(name, "")))
    except DocumentError:
        return False
    path, _, fragment = value.partition("#") if isinstance(value, str) else ("", "", "")
    slugs = {heading.slug for heading in integration.readme.headings}
    return (
        path == str(README)
        and section_of(unquote(fragment).replace("-", " ")) == name
        and slugify(unquote(fragment)) not in slugs
    )


def _known_names() -> set[str]:
    return {name for entry in known_sections().values() for name in (entry.name, *entry.instead)}


@dataclass(frozen=True, slots=True)
class Malformed:
    """What its author takes for a heading: the text, the marks it is written with, and its place.

    ``keeps_anchor`` tells that it is HTML with an id, so that links to it stay.
    """

    text: str
    marks: str
    location: Location
    keeps_anchor: bool = False


@once
def malformed(integration: Integration) -> tuple[Malformed, ...]:
    """Return what looks like a heading and is none: `##Setup`, and headings in HTML.

    A single `#` counts on the first line and before the name of a section only, because `#channel` and
    `#1` are prose.
    """
    return tuple(_find_malformed(integration.readme))


def _find_malformed(readme: MarkdownDocument) -> Iterator[Malformed]:
    known = set(map(folded, _known_names()))
    for index, block in enumerate(readme.prose):
        region = block.location.region
        if block.is_code or region is None:
            continue
        for line in range(region.start_line, region.end_line + 1):
            source = readme.lines[line - 1].strip()
            match = _HASHES.fullmatch(source) if source.startswith("#") else None
            if match is None:  # also in a list, a quote or a table
                continue
            place = readme.locate_line(line)
            marks, text = match.groups()
            is_title = index == 0 and line == region.start_line
            if len(marks) > 1 or is_title or folded(text) in known:
                yield Malformed(text.strip(), marks, place)
    for tag in readme.tags:
        if _TITLE_TAG.fullmatch(tag.name):
            keeps_anchor = _ID.search(tag.source) is not None
            yield Malformed("", f"<{tag.name}>", tag.location, keeps_anchor)


def named(readme: MarkdownDocument, *names: str) -> list[Heading]:
    """Return the headings of any level that have one of the names."""
    wanted = {folded(name) for name in names}
    return [heading for heading in readme.headings if folded(heading.text) in wanted]


def support_sections(readme: MarkdownDocument) -> list[Heading]:
    """Return the sections that say where to go for help: Support, or what stands for it."""
    entry = known_sections()["Support"]
    return [
        heading for heading in named(readme, "Support", *entry.instead) if heading.level <= SECTION
    ] or named(readme, "Support")


def validated_sections(integration: Integration) -> frozenset[str]:
    """Return the sections without which the validation in the repository of an integration fails."""
    policy = policies.load(policies.Readme)
    more = policy.marketplace_sections if "marketplace" in integration.kinds else ()
    return frozenset((*policy.validated_sections, *more))


def tab_at(readme: MarkdownDocument, line: int) -> int:
    """Return the line on which the tab begins that holds a 1-based line; 0 outside of tabs."""
    begins = 0
    for comment in readme.comments:
        region, text = comment.location.region, comment.text.strip()
        if region is None or region.start_line > line:
            break
        if text.startswith("xxx tab "):
            begins = region.start_line
        elif text.startswith(("xxz tab ", "xxz tabs ")):
            begins = 0
    return begins
