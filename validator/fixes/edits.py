"""Edits that keep the style of a document: its line ends, its indentation, its links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from validator.documents.json import JsonDocument
from validator.documents.markdown import Heading, MarkdownDocument
from validator.documents.text import TextDocument
from validator.model import Edit, Location, Pointer, Region


def line_end(document: TextDocument) -> str:
    """Return how the document ends its lines."""
    match = re.search(r"\r\n|\n|\r", document.text)
    return match.group() if match else "\n"


def replacement(document: TextDocument, region: Region, text: str) -> Edit:
    """Return the edit that replaces a region."""
    return Edit(Location(document.integration, document.path, region), text)


def insertion(document: TextDocument, offset: int, text: str) -> Edit:
    """Return the edit that inserts a text before an offset; line feeds become the document's."""
    text = text.replace("\n", line_end(document))
    return replacement(document, document.region(offset, offset), text)


def merged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits with insertions at one place joined in their order."""
    by_place: dict[Location, str] = {}
    for edit in edits:
        by_place[edit.location] = by_place.get(edit.location, "") + edit.text
    return tuple(Edit(location, text) for location, text in by_place.items())


def insert_member(document: JsonDocument, parent: Pointer, member: str, after: str | None) -> Edit:
    """Return the edit that adds a member to an object, written as its neighbours are.

    It comes below the member ``after`` where there is one, else last.
    """
    siblings = {
        pointer[-1]: place
        for pointer, place in document.places.items()
        if len(pointer) == len(parent) + 1 and pointer[:-1] == parent
    }
    if not siblings:
        return insertion(document, document.places[parent].value[0] + 1, member)
    last = max(siblings.values(), key=lambda place: place.value)
    place = siblings.get(after, last) if after is not None else last
    start = (place.key or place.value)[0]
    before = document.text[:start]
    gap = before[len(before.rstrip()) :]
    return replacement(
        document, document.region(place.value[1], place.value[1]), f",{gap or ' '}{member}"
    )


def insert_item(document: JsonDocument, array: Pointer, item: str) -> Edit:
    """Return the edit that adds an item to the end of an array, written as its neighbours are."""
    length = len(document.get(array))
    if not length:
        return insertion(document, document.places[array].value[0] + 1, item)
    start, end = document.places[(*array, length - 1)].value
    before = document.text[:start]
    gap = before[len(before.rstrip()) :]
    region = document.region(end, end)
    return replacement(document, region, f",{gap or ' '}{item}")


def end_of_text(document: MarkdownDocument, first: int, end: int) -> int:
    """Return the offset after the last line of a range that is neither blank nor a link definition.

    ``first`` and ``end`` are 1-based lines, the end exclusive; the first line counts in any case.
    """
    definitions = {
        definition.location.region.start_line
        for definition in document.definitions
        if definition.location.region
    }
    last = max(
        (
            line
            for line in range(first, end)
            if document.lines[line - 1].strip() and line not in definitions
        ),
        default=first,
    )
    return document.offset(last, 1) + len(document.lines[last - 1])


def lead_end(document: MarkdownDocument, section: Heading) -> int:
    """Return the offset after what a section says before its first sub-heading."""
    inner = document.headings_within(section)
    return end_of_text(document, section.line, inner[0].line if inner else section.end)


def link_label(document: MarkdownDocument, href: str, label: str) -> tuple[str, tuple[Edit, ...]]:
    """Return the label of a link reference, and the edit that defines it where there is none."""
    known: dict[str, str] = {}
    for definition in document.definitions:
        known.setdefault(definition.label.casefold(), definition.href)
    for name, target in known.items():
        if target == href:
            return name, ()
    free, number = label, 0
    while free in known:
        number += 1
        free = f"{label}-{number}"
    text = f"[{free}]: {href}"
    lines = [
        entry.location.region.start_line for entry in document.definitions if entry.location.region
    ]
    last = lines[-1] if lines else 0
    following = document.lines[last : last + 1]
    if last and document.lines[last - 1].startswith("[") and not "".join(following).strip():
        offset = document.offset(last, 1) + len(document.lines[last - 1])
        return free, (insertion(document, offset, f"\n{text}"),)
    return free, (insertion(document, len(document.text.rstrip()), f"\n\n{text}"),)
