"""The uninstallation section of a README.

It is found by its heading. Where an OAuth integration has none, a heading that says the same in other
words stands in for it, so that only what is wrong is said, and once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from validator.definitions import policies
from validator.documents.markdown import Heading, Link, MarkdownDocument, Prose, slugify
from validator.documents.text import Regions
from validator.integration import README, Integration, once
from validator.model import DocumentError, Location, Pointer, Region

HEADING = "Uninstallation"
LEVEL = 2
"""The level of a section that the tile shows."""

TILE: Pointer = ("tile",)
KEY = "uninstallation"
REFERENCE: Pointer = (*TILE, KEY)
"""Where the manifest refers to the section."""

TARGET = f"{README}#{HEADING}"


@dataclass(frozen=True, slots=True)
class Section:
    """What a README has as its uninstallation section.

    ``headings`` are those that read Uninstallation, or the one that stands in for them, and never
    empty. ``strangers`` are sub-sections that belong elsewhere; they are left out of ``blocks`` and
    ``links``, which is what the section says.
    """

    headings: tuple[Heading, ...]
    stands_in: bool
    strangers: tuple[Heading, ...]
    blocks: tuple[Prose, ...]
    links: tuple[Link, ...]

    @property
    def heading(self) -> Heading:
        """The heading to talk about: the first that the tile can show, else the first."""
        shown = (heading for heading in self.headings if heading.level == LEVEL)
        return next(shown, self.headings[0])

    def holds(self, place: Location) -> bool:
        """Tell whether a place of the README lies in the section."""
        line = place.region.start_line if place.region else 0
        return any(heading.line <= line < heading.end for heading in self.headings)

    @property
    def prose(self) -> list[Prose]:
        """What the section says in words; code says nothing."""
        return [block for block in self.blocks if not block.is_code]


@once
def find_section(integration: Integration) -> Section | None:
    """Return the uninstallation section; None when there is none. Raises DocumentError."""
    readme = integration.readme
    headings = tuple(heading for heading in readme.headings if is_name(heading.text))
    stand_in = None
    if not headings and "oauth" in integration.kinds:
        stand_in = find_stand_in(integration)
        headings = (stand_in,) if stand_in else ()
    if not headings:
        return None
    strangers = _strangers(readme, headings)
    elsewhere = Regions(Region(other.line, 1, other.end, 1) for other in strangers)
    return Section(
        headings,
        stands_in=stand_in is not None,
        strangers=strangers,
        blocks=tuple(
            block
            for heading in headings
            for block in readme.prose_within(heading)
            if not elsewhere.hold_start(block.location)
        ),
        links=tuple(
            link
            for heading in headings
            for link in readme.links_within(heading)
            if not elsewhere.hold_start(link.location)
        ),
    )


@once
def find_stand_in(integration: Integration) -> Heading | None:
    """Return the heading that says Uninstallation in other words, the highest and first of them."""
    readme = integration.readme
    title = readme.headings[0] if readme.headings and readme.headings[0].level == 1 else None
    names = _names(integration)
    found = [
        heading
        for heading in readme.headings
        if heading is not title and _stands_in(_heading_words(heading.text), names)
    ]
    return min(found, key=lambda heading: heading.level, default=None)


def is_name(text: str) -> bool:
    """Tell whether a heading's text gives the expected anchor; case and punctuation do not matter."""
    return slugify(text) == slugify(HEADING)


def find_setup(readme: MarkdownDocument) -> Heading | None:
    """Return the heading Setup; the one nearest to level 2, when there are several."""
    found = [heading for heading in readme.headings if slugify(heading.text) == "setup"]
    return min(found, key=lambda heading: abs(heading.level - LEVEL), default=None)


def home(heading: Heading) -> str | None:
    """Return the section that a sub-heading belongs to, if it belongs to another one for certain."""
    homes = policies.load(policies.Uninstallation).foreign_headings
    by_slug = {slugify(text): section for text, section in homes.items()}
    return by_slug.get(slugify(heading.text))


def _strangers(readme: MarkdownDocument, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    inner = {
        other.line: other
        for heading in headings
        for other in readme.headings_within(heading)
        if home(other) is not None
    }
    return tuple(inner.values())


def _names(integration: Integration) -> set[str]:
    """Return the words by which a README names its integration."""
    titles = [heading for heading in integration.readme.headings[:1] if heading.level == 1]
    texts = [integration.name, *(heading.text for heading in titles)]
    try:
        manifest = integration.manifest
    except DocumentError:
        pass  # the other names have to do
    else:
        for pointer in (("tile", "title"), ("author", "name")):
            text = manifest.get(pointer)
            texts += [text] if isinstance(text, str) else []
    return {word for text in texts for word in _heading_words(text)}


def _heading_words(text: str) -> list[str]:
    joined = re.sub(r"\b(un|de)[\W_]+(?=ins)", r"\1", text.casefold())  # un-install is one word
    return re.findall(r"[^\W_]+", joined)


def _stands_in(words: list[str], names: set[str]) -> bool:
    policy = policies.load(policies.Uninstallation).stand_ins
    said = set(words)
    if "integration" not in said and said & set(policy.other_subjects):
        return False
    if said & set(policy.words):
        return True
    removals = said & set(policy.removals)
    return bool(removals) and said <= removals | names | set(policy.fillers)
