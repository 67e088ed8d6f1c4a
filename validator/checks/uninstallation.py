"""The uninstallation section of the README, and the manifest's reference to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from validator.definitions import policies
from validator.documents.json import JsonDocument, kind
from validator.documents.markdown import Heading, MarkdownDocument
from validator.facts.language import is_foreign
from validator.facts.listing import made_by_platform
from validator.facts.sections import validated_sections
from validator.facts.uninstallation import (
    HEADING,
    KEY,
    LEVEL,
    REFERENCE,
    TARGET,
    TILE,
    find_section,
    find_setup,
    find_stand_in,
    home,
    is_name,
)
from validator.fixes import uninstallation as fixes
from validator.integration import README, Integration, once
from validator.model import DocumentError, Finding, Fix, Pointer, Related, Rule
from validator.wording import dotted, quoted

_SUPPORT = (*TILE, "support")
_NAMED_ASSETS = ("dashboards", "monitors", "saved_views")


def missing_section(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a README without any uninstallation section."""
    readme = integration.readme
    if find_section(integration) is not None or is_foreign(integration):
        return
    opening = find_setup(readme) or next(iter(readme.headings), None)
    yield rule.finding(
        opening.location if opening else readme.locate_line(1),
        f"`{README}` has no section `{HEADING}`; expected `## {HEADING}` right after `## Setup`",
        about=HEADING,
        related=tuple(_lookalikes(readme)),
        fix=fixes.add_section(integration),
    )


def _lookalikes(readme: MarkdownDocument) -> Iterator[Related]:
    """Yield what was meant as the heading and is none."""
    for block in readme.prose:
        line = block.text.strip().partition("\n")[0]
        if not block.is_code and is_name(line.lstrip("#")):
            yield Related(
                block.location,
                "this is no heading of the document; expected `##`, a blank and the text, "
                "on a line of their own",
            )
    for comment in readme.comments:
        if any(is_name(line.lstrip("# ")) for line in comment.text.splitlines()):
            yield Related(comment.location, "this heading is in a comment, which no reader sees")


def heading_level(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that the tile can't show because its heading has another level than 2."""
    section = find_section(integration)
    if section is None or section.heading.level == LEVEL:
        return
    related: tuple[Related, ...] = ()
    if "oauth" not in integration.kinds:
        if not _refers(integration.manifest):
            return
        reference = integration.manifest.locate(REFERENCE)
        related = (Related(reference, "the manifest refers to it here"),)
    heading = section.heading
    above = _parent(integration.readme, heading)
    where = f", under {quoted(above.text)}" if above else ""
    yield rule.finding(
        integration.readme.locate_line(heading.line),
        f"{quoted(heading.text)} is a heading of level {heading.level}{where}; expected level {LEVEL}, "
        f"`## {HEADING}`",
        related=related,
        fix=fixes.change_level(integration, heading),
    )


def _parent(readme: MarkdownDocument, heading: Heading) -> Heading | None:
    around = [
        other
        for other in readme.headings
        if other.line < heading.line < other.end and other.level >= LEVEL
    ]
    return around[-1] if around else None


def nonstandard_heading(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a heading that stands in for Uninstallation."""
    section = find_section(integration)
    if section is None or not section.stands_in or section.heading.level != LEVEL:
        return  # its level is graver
    if _refers_rightly(integration):
        return  # the reference leads nowhere, which is graver
    yield rule.finding(
        section.heading.location,
        f"{quoted(section.heading.text)} stands for the section; expected the heading `## {HEADING}`",
        fix=fixes.rename_heading(integration, section.heading),
    )


def empty_section(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that says nothing."""
    section = find_section(integration)
    if section is None or section.blocks:
        return
    yield rule.finding(
        section.heading.location,
        f"nothing is said under {quoted(section.heading.text)}; expected how to uninstall the integration",
        related=tuple(
            Related(stranger.location, f"{quoted(stranger.text)} is about something else")
            for stranger in section.strangers
        ),
        fix=fixes.fill_section(integration, section.heading),
    )


def section_order(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that doesn't follow Setup, and sub-sections in it that belong elsewhere."""
    section = find_section(integration)
    if section is None:
        return
    setup = find_setup(integration.readme)
    if setup is not None:
        yield from _misplaced_section(integration.readme, rule, section.heading, setup)
    if section.strangers:
        first, *others = section.strangers
        yield rule.finding(
            first.location,
            f"{quoted(first.text)} is part of {quoted(section.heading.text)}; expected it {_at_home(first)}",
            related=tuple(
                Related(other.location, f"so is {quoted(other.text)}; expected {_at_home(other)}")
                for other in others
            ),
        )


def _at_home(heading: Heading) -> str:
    section = home(heading)
    return "as a section of its own" if section == heading.text else f"in `## {section}`"


def _misplaced_section(
    readme: MarkdownDocument, rule: Rule, heading: Heading, setup: Heading
) -> Iterator[Finding]:
    # Inside Setup it is in place, once its level is right.
    if setup.line <= heading.line <= setup.end:
        return
    before = [
        other
        for other in readme.headings
        if other.line < heading.line and other.level <= setup.level
    ]
    where = f"after {quoted(before[-1].text)}" if heading.line > setup.line else "before `Setup`"
    yield rule.finding(
        heading.location,
        f"{quoted(heading.text)} comes {where}; expected it right after `Setup`",
        related=(Related(setup.location, "`Setup` is here"),),
    )


def duplicate_section(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find every further heading Uninstallation."""
    section = find_section(integration)
    if section is None:
        return
    first, *others = section.headings
    for other in others:
        yield rule.finding(
            other.location,
            f"{quoted(other.text)} is here again; expected one section, for `{TARGET}` can mean only one",
            related=(Related(first.location, "the first one is here"),),
        )


# The reference


def _refers(manifest: JsonDocument) -> bool:
    """Whether the tile has the key, whatever its value."""
    tile = manifest.get(TILE)
    return isinstance(tile, dict) and KEY in tile


@once
def _misplaced(integration: Integration) -> list[Pointer]:
    """Return every `uninstallation` key of the manifest that is not the tile's."""
    return [pointer for pointer in _uses(integration.manifest.value, ()) if pointer != REFERENCE]


def _uses(value: Any, pointer: Pointer) -> Iterator[Pointer]:
    """Yield the pointer of every member called `uninstallation`, names of assets left out."""
    named_asset = len(pointer) == 2 and pointer[0] == "assets" and pointer[1] in _NAMED_ASSETS
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for step, item in items:
        if step == KEY and not (named_asset and "#" not in str(item)):
            yield (*pointer, step)
        yield from _uses(item, (*pointer, step))


def _is_unreferenced(integration: Integration) -> bool:
    """Whether the manifest has a tile, but nowhere an `uninstallation`."""
    manifest = integration.manifest
    return (
        isinstance(manifest.get(TILE), dict)
        and not _refers(manifest)
        and not _misplaced(integration)
    )


def _place_of_reference(manifest: JsonDocument) -> Iterator[Related]:
    """Yield where the reference is to be written, and a key that may have been meant for it."""
    if "support" in manifest.get(TILE):
        yield Related(manifest.locate_key(_SUPPORT), "`support` is here; the key belongs below it")
    for key in _other_keys(manifest):
        place = manifest.locate_key((*TILE, key))
        yield Related(place, f"this key is not read; expected the name `{KEY}`")


def _other_keys(manifest: JsonDocument) -> Iterator[str]:
    """Yield the keys of the tile that may have been meant for the reference."""
    words = policies.load(policies.Uninstallation).stand_ins.words
    for key in manifest.get(TILE):
        if re.sub(r"[\W_]", "", key.casefold()) in words:
            yield key


def missing_reference(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a tile that doesn't refer to the section."""
    if not _is_unreferenced(integration):
        return
    manifest = integration.manifest
    yield rule.finding(
        manifest.locate(REFERENCE),
        f"`tile.{KEY}` is missing; expected `{TARGET}`",
        related=tuple(_place_of_reference(manifest)),
        fix=None if any(_other_keys(manifest)) else fixes.add_reference(integration),
    )


def unreferenced_section(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that the tile doesn't show, where OAuth doesn't ask for it."""
    if "oauth" in integration.kinds:
        return
    section = find_section(integration)
    if section is None or not _is_unreferenced(integration):
        return
    manifest = integration.manifest
    clause = "the section is here"
    if section.heading.level != LEVEL:
        clause += f"; the tile shows it as `## {HEADING}` only"
    yield rule.finding(
        manifest.locate(REFERENCE),
        f"`tile.{KEY}` is missing although `{README}` has the section; expected `{TARGET}`",
        related=(
            Related(section.heading.location, clause),
            *_place_of_reference(manifest),
        ),
        fix=fixes.show_section(integration, section.heading),
    )


def dangling_reference(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a reference to anything but a heading Uninstallation that exists."""
    manifest = integration.manifest
    if not _refers(manifest):
        return
    place = manifest.locate(REFERENCE)
    value = manifest.get(REFERENCE)
    if not isinstance(value, str):
        yield rule.finding(
            place,
            f"`tile.{KEY}` is {kind(value)}; expected `{TARGET}`",
            fix=fixes.correct_reference(integration),
        )
    elif not _is_target(value):
        yield rule.finding(
            place,
            f"`tile.{KEY}` is {quoted(value)}; expected `{TARGET}`",
            fix=fixes.correct_reference(integration),
        )
    elif not any(is_name(heading.text) for heading in integration.readme.headings):
        heading = find_stand_in(integration)
        if "oauth" in integration.kinds:
            yield from _misnamed_section(integration, rule, heading)
            return
        yield rule.finding(
            place,
            f"`{value}` leads nowhere: `{README}` has no heading `{HEADING}`",
            related=(
                Related(heading.location, f"this heading stands for it; expected `{HEADING}`"),
            )
            if heading
            else (),
        )


def _misnamed_section(
    integration: Integration, rule: Rule, heading: Heading | None
) -> Iterator[Finding]:
    """Find the heading that stands where the reference leads; other rules tell of none, and of its level."""
    if heading is None or heading.level != LEVEL:
        return
    own = rule.in_extras_ci if HEADING in validated_sections(integration) else rule
    yield own.finding(
        heading.location,
        f"{quoted(heading.text)} stands where `tile.{KEY}` refers to `{HEADING}`; expected `## {HEADING}`",
        related=(Related(integration.manifest.locate(REFERENCE), "the reference is here"),),
        fix=fixes.rename_heading(integration, heading),
    )


def _refers_rightly(integration: Integration) -> bool:
    """Tell whether the manifest refers to the section by its right name."""
    try:
        value = integration.manifest.get(REFERENCE)
    except DocumentError:
        return False
    return isinstance(value, str) and _is_target(value)


def _is_target(value: str) -> bool:
    """Whether a reference is the expected one; GitHub's anchors know no case."""
    path, _, fragment = value.partition("#")
    return path == str(README) and fragment.casefold() == HEADING.casefold()


def misplaced_reference(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find an `uninstallation` key outside `tile`."""
    manifest = integration.manifest
    has_one = will_have_one = _refers(manifest)
    for pointer in _misplaced(integration):
        where = f"in `{dotted(pointer[:-1])}`" if pointer[:-1] else "at the root"
        if has_one:
            message = f"`{KEY}` is {where}, too; expected it in `tile` only"
            related = [Related(manifest.locate(REFERENCE), "`tile` has it here")]
        else:
            message = f"`{KEY}` is {where}; expected it in `tile`"
            related = list(_tile(manifest))
        if will_have_one:
            fix: Fix | None = fixes.remove_reference(integration, pointer)
        else:
            fix = fixes.move_reference(integration, pointer)
            will_have_one = fix is not None
        place = manifest.locate_key(pointer)
        yield rule.finding(place, message, related=tuple(related), fix=fix)


def _tile(manifest: JsonDocument) -> Iterator[Related]:
    if isinstance(manifest.get(TILE), dict):
        yield Related(manifest.locate_key(TILE), "`tile` is here")


def reference_order(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a reference that isn't right below `support`."""
    manifest = integration.manifest
    if not _refers(manifest) or made_by_platform(integration):
        return
    keys = list(manifest.get(TILE))
    if "support" not in keys or ("support", KEY) in pairwise(keys):
        return
    index = keys.index(KEY)
    where = f"below `{keys[index - 1]}`" if index else "the first key of `tile`"
    yield rule.finding(
        manifest.locate_key(REFERENCE),
        f"`{KEY}` is {where}; expected it right below `support`",
        related=(Related(manifest.locate_key(_SUPPORT), "`support` is here"),),
        fix=fixes.move_reference(integration, REFERENCE),
    )
