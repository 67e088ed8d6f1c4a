"""How to mend an uninstallation section, and the manifest's reference to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from validator.definitions import policies
from validator.documents.markdown import Heading, MarkdownDocument
from validator.facts.uninstallation import (
    HEADING,
    KEY,
    LEVEL,
    REFERENCE,
    TARGET,
    TILE,
    find_section,
    find_setup,
    is_name,
)
from validator.fixes.edits import (
    end_of_text,
    insert_member,
    insertion,
    lead_end,
    link_label,
    merged,
    replacement,
)
from validator.integration import Integration
from validator.model import DocumentError, Edit, Fix, Location, Pointer, Region

_LABEL = "api-keys"
_HALF = re.compile(r"[\ud800-\udfff]")
"""Half of a surrogate pair, which JSON can hold and no file can."""
_MENTION = re.compile(r"api[\s_-]*keys?(?: (?:management )?page)?", re.IGNORECASE)


def _sentences(integration: Integration, *names: str) -> tuple[list[str], tuple[Edit, ...]]:
    """Return sentences of the policy, and the edits that they need elsewhere in the README."""
    policy = policies.load(policies.Uninstallation)
    templates = policy.templates
    label = _LABEL
    edits: tuple[Edit, ...] = ()
    if "api_keys" in names:
        label, edits = link_label(integration.readme, policy.api_keys_path, _LABEL)
    values = {"title": _title(integration), "label": label}
    return [templates[name].format(**values) for name in names], edits


def _title(integration: Integration) -> str:
    try:
        title = integration.manifest.get(("tile", "title"))
    except DocumentError:
        title = None
    is_text = isinstance(title, str) and title.strip() and not _HALF.search(title)
    return title.strip() if is_text and isinstance(title, str) else integration.name


def add_section(integration: Integration) -> Fix | None:
    """Insert the standard section after Setup; None without a Setup that it can follow."""
    readme = integration.readme
    setup = find_setup(readme)
    if setup is None or setup.level > LEVEL:
        return None
    sentences, edits = _sentences(integration, "tile", "revocation", "api_keys")
    text = "".join(f"\n- {sentence}" for sentence in sentences)
    section = insertion(
        readme,
        end_of_text(readme, setup.line, setup.end),
        f"\n\n{'#' * LEVEL} {HEADING}\n{text}",
    )
    return Fix(f"Insert `## {HEADING}` after `{setup.text}`", merged((section, *edits)))


def fill_section(integration: Integration, heading: Heading) -> Fix | None:
    """Write what is true of every tile; None for an Agent check, which is uninstalled otherwise."""
    names: tuple[str, ...] = ("tile",)
    if "oauth" in integration.kinds:
        names = ("tile", "revocation", "api_keys")
    elif "agent" in integration.kinds:
        return None
    sentences, edits = _sentences(integration, *names)
    text = "\n" + "".join(f"\n- {sentence}" for sentence in sentences)
    place = lead_end(integration.readme, heading)
    return Fix(
        "Write the standard text", merged((insertion(integration.readme, place, text), *edits))
    )


def append_sentence(integration: Integration, heading: Heading, name: str) -> Fix:
    """Append a sentence of the policy to what the section says before its sub-headings."""
    [sentence], edits = _sentences(integration, name)
    place = lead_end(integration.readme, heading)
    text = insertion(integration.readme, place, f"\n\n{sentence}")
    return Fix("Append the sentence", merged((text, *edits)))


def link_to_api_keys(integration: Integration, place: Location) -> Fix | None:
    """Make a mention of the API keys, or the link that it is in, lead to their page."""
    readme, region = integration.readme, place.region
    if region is None or region.start_line != region.end_line:
        return None
    label, edits = link_label(readme, policies.load(policies.Uninstallation).api_keys_path, _LABEL)
    line = readme.lines[region.start_line - 1]
    mention = _MENTION.match(line, region.start_column - 1)
    if mention is None:  # the place is the whole block
        return None
    text = mention.group()
    own: str | None = None
    region = replace(region, end_column=mention.end() + 1)
    for link in readme.links:
        around = link.location.region
        if around and around.start_line == around.end_line and around <= region < _after(around):
            region, text, own = around, link.text, link.label
    if "\n" in text or "[" in text or "]" in text:
        return None
    if own is not None and sum(link.label == own for link in readme.links) == 1:
        return _lead_elsewhere(readme, own)
    return Fix(
        "Link to the API Keys page", (replacement(readme, region, f"[{text}][{label}]"), *edits)
    )


def _lead_elsewhere(readme: MarkdownDocument, label: str) -> Fix | None:
    """Let the one link of a definition lead to the API keys."""
    found = [one for one in readme.definitions if one.label == label]
    place = found[0].location.region if found else None
    if place is None or place.start_line != place.end_line:
        return None
    line = readme.lines[place.start_line - 1]
    start = line.find(found[0].href, place.start_column - 1)
    if start < 0:
        return None
    region = Region(place.start_line, start + 1, place.start_line, start + 1 + len(found[0].href))
    path = policies.load(policies.Uninstallation).api_keys_path
    return Fix("Let the link lead to the API Keys page", (replacement(readme, region, path),))


def _after(region: Region) -> Region:
    return Region(region.end_line, region.end_column, region.end_line, region.end_column)


def rename_heading(integration: Integration, heading: Heading) -> Fix:
    """Give a heading the expected text; the reader decides whether the section is what it seems."""
    region = heading.location.region
    assert region is not None
    edit = replacement(integration.readme, region, HEADING)
    return Fix(f"Rename the heading to `{HEADING}`", (edit,), safe=False)


def replace_block(integration: Integration, location: Location) -> Fix | None:
    """Write in place of a paragraph or an item that uninstalling revokes authorizations."""
    if location.region is None:
        return None
    [sentence], _ = _sentences(integration, "revocation")
    edit = replacement(integration.readme, location.region, sentence)
    orphans = _definitions_of(integration.readme, location.region)
    return Fix("Replace the instructions", (edit, *orphans), safe=False)


def _definitions_of(readme: MarkdownDocument, region: Region) -> Iterator[Edit]:
    """Yield the edits that remove the definitions, of one line each, which only links in a region use."""
    inside: set[str | None] = set()
    outside: set[str | None] = set()
    for link in readme.links:
        own = link.location.region
        start = (own.start_line, own.start_column) if own else (0, 0)
        is_inside = (region.start_line, region.start_column) <= start
        is_inside &= start < (region.end_line, region.end_column)
        (inside if is_inside else outside).add(link.label)
    for definition in readme.definitions:
        place = definition.location.region
        if definition.label in inside - outside and place and place.start_line == place.end_line:
            line = place.start_line
            is_last = line == len(readme.lines)
            end = (line, len(readme.lines[line - 1]) + 1) if is_last else (line + 1, 1)
            yield replacement(readme, Region(line, 1, *end), "")


def change_level(integration: Integration, heading: Heading) -> Fix | None:
    """Make a heading one of level 2, and its sub-headings follow.

    Where the section would swallow what comes after it, it moves behind Setup. None where that can't
    be told for certain.
    """
    readme = integration.readme
    headings = [heading, *readme.headings_within(heading)]
    if heading.level < LEVEL:
        return _lower(readme, heading) if len(headings) == 1 else None
    text = {
        other.line: _at_level(readme, other, other.level - heading.level + LEVEL)
        for other in headings
    }
    if is_renamed := not is_name(heading.text):
        text[heading.line] = f"{'#' * LEVEL} {HEADING}"
    after = [other for other in readme.headings if other.line >= heading.end]
    if not after or after[0].level <= LEVEL:
        edits = [
            replacement(readme, Region(line, 1, line, len(readme.lines[line - 1]) + 1), new)
            for line, new in text.items()
        ]
        words = f", `{HEADING}`" if is_renamed else ""
        return Fix(f"Make it a heading of level {LEVEL}{words}", tuple(edits), safe=not is_renamed)
    setup = find_setup(readme)
    if setup is None or setup.level > LEVEL:
        return None
    lines = [text.get(line, readme.lines[line - 1]) for line in range(heading.line, heading.end)]
    section = "\n".join(lines).rstrip()
    removal = replacement(readme, Region(heading.line, 1, heading.end, 1), "")
    place = end_of_text(readme, setup.line, setup.end)
    return Fix(
        f"Move it behind `{setup.text}` as a section of level {LEVEL}",
        (insertion(readme, place, f"\n\n{section}"), removal),
        safe=not is_renamed,
    )


def _at_level(readme: MarkdownDocument, heading: Heading, level: int) -> str:
    return "#" * level + readme.lines[heading.line - 1].lstrip(" ").lstrip("#")


def _lower(readme: MarkdownDocument, heading: Heading) -> Fix | None:
    """Make a heading of level 1 one of level 2, written with a number sign or a line below it."""
    line, below = (
        readme.lines[heading.line - 1],
        "".join(readme.lines[heading.line : heading.line + 1]),
    )
    if line.lstrip(" ").startswith("#"):
        text, number = _at_level(readme, heading, LEVEL), heading.line
    elif below.strip(" ") and not below.strip(" ="):
        text, number = below.replace("=", "-"), heading.line + 1
    else:
        return None
    region = Region(number, 1, number, len(readme.lines[number - 1]) + 1)
    return Fix(f"Make it a heading of level {LEVEL}", (replacement(readme, region, text),))


def add_reference(integration: Integration) -> Fix | None:
    """Refer to the section right below `support`, and write the section where it is missing, too."""
    safe = _will_lead_somewhere(integration)
    if safe is None:
        return None
    edit = _new_reference(integration, json.dumps(TARGET))
    return _with_section(integration, Fix(f"Add `{KEY}` to `tile`", (edit,), safe))


def _with_section(integration: Integration, fix: Fix) -> Fix | None:
    """Return a fix of the reference together with that of the section, where there is none to refer to."""
    try:
        if find_section(integration) is not None:
            return fix
        section = add_section(integration)
    except DocumentError:
        return None
    if section is None:
        return None
    words = f"{fix.description}, and {section.description[0].lower()}{section.description[1:]}"
    return Fix(words, (*fix.edits, *section.edits), fix.safe and section.safe)


def show_section(integration: Integration, heading: Heading) -> Fix | None:
    """Refer to a section, whose heading gets the level that the tile shows."""
    fix = add_reference(integration)
    if fix is None or heading.level == LEVEL:
        return fix
    other = change_level(integration, heading)
    return replace(fix, edits=(*fix.edits, *other.edits)) if other else None


def correct_reference(integration: Integration) -> Fix | None:
    """Write the expected reference; None where no section will be there."""
    safe = _will_lead_somewhere(integration)
    if safe is None:
        return None
    manifest = integration.manifest
    edit = replacement(manifest, manifest.extent(REFERENCE), json.dumps(TARGET))
    return _with_section(integration, Fix(f"Write `{TARGET}`", (edit,), safe))


def _will_lead_somewhere(integration: Integration) -> bool | None:
    """Whether the expected reference leads to a section, perhaps one that is still to be written.

    True for certain, None if not; False for a section whose heading has to be renamed first, which is
    for the reader to decide.
    """
    is_required = "oauth" in integration.kinds
    try:
        section = find_section(integration)
        if section is None:
            return True if is_required and add_section(integration) else None
    except DocumentError:
        return True if is_required else None
    return not section.stands_in


def move_reference(integration: Integration, pointer: Pointer) -> Fix | None:
    """Move a reference right below `support`; None where there is no tile or it is no reference."""
    manifest = integration.manifest
    if not isinstance(manifest.get(TILE), dict) or not isinstance(manifest.get(pointer), str):
        return None
    value = manifest.text[slice(*manifest.places[pointer].value)]
    removal = Edit(manifest.locate_removal(pointer), "")
    return Fix(f"Move `{KEY}` below `support`", (_new_reference(integration, value), removal))


def remove_reference(integration: Integration, pointer: Pointer) -> Fix:
    """Take a reference away."""
    removal = Edit(integration.manifest.locate_removal(pointer), "")
    return Fix(f"Remove `{KEY}`", (removal,))


def _new_reference(integration: Integration, value: str) -> Edit:
    return insert_member(integration.manifest, TILE, f'"{KEY}": {value}', "support")
