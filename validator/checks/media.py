"""The gallery of a tile: what `tile.media` names, and what the pictures' headers say."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from validator.definitions import policies
from validator.documents.image import Picture, read_picture
from validator.documents.json import kind
from validator.facts import assets
from validator.integration import LARGEST, MANIFEST, README, Integration, once
from validator.model import DocumentError, Finding, Location, Pointer, Related, Rule
from validator.reading.urls import words
from validator.wording import shortened

MEDIA: Pointer = ("tile", "media")

_IMAGES = PurePosixPath("images")

_OFFERED = 5
"""Pictures of a folder that a finding names."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of `tile.media`: where it is, what it says, and the file that it names.

    ``path`` is None when no such file is in the integration, which other rules report.
    """

    pointer: Pointer
    fields: dict[str, Any]
    path: PurePosixPath | None

    @property
    def is_video(self) -> bool:
        """Whether the picture stands for a video."""
        return self.fields.get("media_type") == "video"

    @property
    def caption(self) -> str | None:
        """The caption, where it is a text."""
        caption = self.fields.get("caption")
        return caption if isinstance(caption, str) else None


@once
def gallery(integration: Integration) -> tuple[Item, ...]:
    """Return the entries of `tile.media`; those that are no objects are the schema's finding."""
    media = integration.manifest.get(MEDIA)
    return tuple(
        Item((*MEDIA, index), fields, _path(integration, fields.get("image_url")))
        for index, fields in enumerate(media if isinstance(media, list) else ())
        if isinstance(fields, dict)
    )


def _path(integration: Integration, value: object) -> PurePosixPath | None:
    if not isinstance(value, str):
        return None
    path = assets.tidy(value)
    return path if integration.has(path) else None


@once
def pictures(integration: Integration) -> tuple[tuple[Item, PurePosixPath, Picture], ...]:
    """Return the entries whose file is there, each file once, with what its header says."""
    found: dict[PurePosixPath, tuple[Item, PurePosixPath, Picture]] = {}
    for item in gallery(integration):
        if item.path is not None and item.path not in found:
            try:
                found[item.path] = (item, item.path, read_picture(integration.tree, item.path))
            except OSError as error:
                place = integration.location(item.path)
                raise DocumentError(place, f"can't be read: {error.strerror}") from None
    return tuple(found.values())


def _place(integration: Integration, item: Item, field: str = "image_url") -> Location:
    return integration.manifest.locate((*item.pointer, field))


def empty(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a gallery without an entry; an absent one is a missing field."""
    if integration.manifest.get(MEDIA) == []:
        place = integration.manifest.locate(MEDIA)
        found = _screenshots(integration)
        such = f", such as `{shortened(str(found[0]))}`" if found else ""
        yield rule.finding(
            place,
            f"`tile.media` is empty; expected at least one picture{such}",
            related=tuple(
                Related(integration.location(path), "this picture lies here already")
                for path in found[:_OFFERED]
            ),
        )


def _screenshots(integration: Integration) -> list[PurePosixPath]:
    """Return the files of `images/` that a gallery takes and whose names don't tell of artwork."""
    policy = policies.load(policies.Media)
    return [
        path
        for path in integration.tree.files(_IMAGES)
        if path.suffix.lower() in policy.extensions
        and not {*policy.artwork}.intersection(words(path.stem))
    ]


def thin(integration: Integration, rule: Rule, *, least: int) -> Iterator[Finding]:
    """Yield a gallery with fewer entries than reviewers ask for, but not none."""
    count = len(gallery(integration))
    if 0 < count < least:
        place = integration.manifest.locate_key(MEDIA)
        amount = "1 picture" if count == 1 else f"{count} pictures"
        yield rule.finding(place, f"`tile.media` has {amount}; expected at least {least}")


def too_many(integration: Integration, rule: Rule, *, most: int, videos: int) -> Iterator[Finding]:
    """Yield the first entry over the limit, and the first video over its own limit."""
    manifest, items = integration.manifest, gallery(integration)
    if len(items) > most:
        message = f"`tile.media` has {len(items)} entries; expected at most {most}"
        yield rule.finding(manifest.locate(items[most].pointer), message)
    films = [item for item in items if item.is_video]
    if len(films) > videos:
        message = f"`tile.media` has {len(films)} videos; expected at most {videos}"
        place = manifest.locate((*films[videos].pointer, "media_type"))
        yield rule.finding(place, message)


def file_size(integration: Integration, rule: Rule, *, most: int) -> Iterator[Finding]:
    """Yield every file of the gallery that is too large."""
    for item, path, _ in pictures(integration):
        size = integration.tree.size(path)
        if size > most:
            message = f"`{shortened(str(path))}` has {size:,} bytes; expected at most {most:,}"
            yield rule.finding(_place(integration, item), message)


def format_(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every file of the gallery whose first bytes are not what its extension promises."""
    policy = policies.load(policies.Media)
    for item, path, picture in pictures(integration):
        promised = policy.extensions.get(path.suffix.lower())
        found = picture.format
        if found in ("PNG", "JPEG") and picture.size is None:
            reason = f"`{shortened(str(path))}` begins like a {found} picture, but its header is broken off"
        elif promised is None:
            kind = path.suffix or "no extension"
            reason = f"`{shortened(str(path))}` has {_kind(kind)}; expected `.png` or `.jpg`"
        elif found is None:
            amount = "is empty" if not integration.tree.size(path) else "holds no picture"
            reason = f"`{shortened(str(path))}` {amount}; expected {promised}, as its name says"
        elif found != promised:
            reason = (
                f"`{shortened(str(path))}` holds {found}; expected {promised}, as its name says"
            )
        else:
            continue
        yield rule.finding(_place(integration, item), reason)


def _kind(suffix: str) -> str:
    return f"the extension `{suffix}`" if suffix.startswith(".") else suffix


def _is_wide(size: tuple[int, int], tolerance: float) -> bool:
    """Tell whether a size is 16:9, give or take a share of it."""
    width, height = size
    return abs(width * 9 / (height * 16) - 1) <= tolerance


def aspect_ratio(integration: Integration, rule: Rule, *, tolerance: float) -> Iterator[Finding]:
    """Yield every picture that is not 16:9."""
    for item, path, picture in pictures(integration):
        if picture.size is not None and not _is_wide(picture.size, tolerance):
            width, height = picture.size
            shape = f"{width} x {height} pixels ({width / height * 9:.1f}:9)"
            message = f"`{shortened(str(path))}` has {shape}; expected 16:9, such as 1440 x 810"
            yield rule.finding(_place(integration, item), message)


def dimensions(
    integration: Integration,
    rule: Rule,
    *,
    narrowest: int,
    widest: int,
    lowest: int,
    highest: int,
    tolerance: float,
    too_small: int,
) -> Iterator[Finding]:
    """Yield every picture outside the published range.

    One that is not 16:9, or that another rule finds too small, has to be taken again anyway.
    """
    for item, path, picture in pictures(integration):
        if picture.size is None or not _is_wide(picture.size, tolerance):
            continue
        width, height = picture.size
        if width < too_small:
            continue
        if not narrowest <= width <= widest:
            found, expected = f"{width} pixels wide", f"{narrowest} to {widest}"
        elif not lowest <= height <= highest:
            found, expected = f"{height} pixels high", f"{lowest} to {highest}"
        else:
            continue
        message = f"`{shortened(str(path))}` is {found}; expected {expected}"
        yield rule.finding(_place(integration, item), message)


def too_small(integration: Integration, rule: Rule, *, narrowest: int) -> Iterator[Finding]:
    """Yield every picture that the gallery has to blow up."""
    for item, path, picture in pictures(integration):
        if picture.size is not None and picture.size[0] < narrowest:
            width, height = picture.size
            message = f"`{shortened(str(path))}` has {width} x {height} pixels; expected 1440 x 810 or more"
            yield rule.finding(_place(integration, item), message)


def file_name(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every file of the gallery whose name has other characters than the published ones."""
    for item, path, _ in pictures(integration):
        strange = sorted({_name(character) for character in path.name if not _is_plain(character)})
        if strange:
            message = f"`{shortened(path.name)}` has {' and '.join(strange)}; expected letters, digits, `_`, `-`"
            yield rule.finding(_place(integration, item), message)


def _is_plain(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "_-.")


def _name(character: str) -> str:
    if character == " ":
        return "a blank"
    if character.isprintable() and not unicodedata.combining(character):
        return f"`{character}`"
    name = unicodedata.name(character, "control character").lower()
    return f"an invisible character (U+{ord(character):04X}, {name})"


def duplicate(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every entry that shows a file which an earlier one shows."""
    manifest = integration.manifest
    first: dict[PurePosixPath, Item] = {}
    for item in gallery(integration):
        if item.path is None:
            continue
        earlier = first.setdefault(item.path, item)
        if earlier is not item:
            message = (
                f"`{shortened(str(item.path))}` is in the gallery twice; expected another picture"
            )
            related = Related(manifest.locate((*earlier.pointer, "image_url")), "shows it first")
            yield rule.finding(_place(integration, item), message, related=(related,))


def duplicate_caption(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every caption that an earlier entry of another picture has."""
    manifest = integration.manifest
    first: dict[str, Item] = {}
    for item in gallery(integration):
        caption = " ".join((item.caption or "").split())
        if not caption:
            continue
        earlier = first.setdefault(caption.casefold(), item)
        same_picture = item.path is not None and item.path == earlier.path
        if earlier is not item and not same_picture:
            message = f"the caption `{shortened(caption)}` is given twice; expected what this picture shows"
            related = Related(manifest.locate((*earlier.pointer, "caption")), "has it first")
            yield rule.finding(
                _place(integration, item, "caption"),
                message,
                about=caption.casefold(),
                anywhere=True,
                related=(related,),
            )


def empty_caption(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every caption that is no text or says nothing; an absent one is a missing field."""
    for item in gallery(integration):
        if "caption" not in item.fields or (item.caption and item.caption.strip()):
            continue
        found = "empty" if item.caption is not None else kind(item.fields["caption"])
        message = f"`caption` is {found}; expected what the picture shows"
        yield rule.finding(_place(integration, item, "caption"), message)


def long_caption(integration: Integration, rule: Rule, *, most: int) -> Iterator[Finding]:
    """Yield every caption that the tile would cut."""
    for item in gallery(integration):
        length = len(item.caption or "")
        if length > most:
            message = f"`caption` has {length} characters; expected at most {most}"
            yield rule.finding(_place(integration, item, "caption"), message)


def missing_vimeo_id(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every video without an id; one of another type or form is an invalid value."""
    for item in gallery(integration):
        if item.is_video and "vimeo_id" not in item.fields:
            place = integration.manifest.locate((*item.pointer, "media_type"))
            message = "the video has no `vimeo_id`; expected the number that Datadog hands out"
            yield rule.finding(place, message)


def artwork(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every entry whose file name or caption tells of a logo or a banner."""
    telling = set(policies.load(policies.Media).artwork)
    for item in gallery(integration):
        name = item.path.stem if item.path is not None else ""
        field, found = "image_url", telling.intersection(words(name))
        caption = (item.caption or "").strip().rstrip(".").split()
        if not found and len(caption) <= 4:  # a longer one tells what else is in the picture
            field, found = "caption", telling.intersection(word.lower() for word in caption)
        if found:
            place = _place(integration, item, field)
            message = f"`{min(found)}` in `{field}` tells of artwork; expected a screenshot"
            yield rule.finding(place, message)


def unused_image(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every picture below `images/` whose name stands in no text of the integration.

    Without a manifest that can be read nobody can tell what the gallery shows.
    """
    integration.manifest  # noqa: B018 (raises)
    suffixes = set(policies.load(policies.Media).pictures)
    tree = integration.tree
    candidates = [path for path in tree.files(_IMAGES) if path.suffix.lower() in suffixes]
    for path in _texts(integration) if candidates else ():
        if not candidates:
            return
        try:
            if (size := tree.size(path)) > LARGEST:
                place = integration.location(path)
                raise DocumentError(place, f"has {size:,} bytes; expected at most {LARGEST:,}")
            text = tree.read(path, LARGEST).lower()
        except OSError:
            continue
        mentioned = _mentioned(text, candidates)
        candidates = [other for other in candidates if other not in mentioned]
    for path in candidates:
        message = f"`{shortened(str(path))}` is neither in the gallery nor in README, dashboards or other documents"
        yield rule.finding(integration.location(path), message)


def _texts(integration: Integration) -> Iterator[PurePosixPath]:
    """Yield the documents that can show a picture, the likeliest first."""
    first = [path for path in (MANIFEST, README) if integration.has(path)]
    yield from first
    for path in integration.tree.files():
        if path.suffix in (".json", ".md", ".yaml") and path not in first:
            yield path


def _mentioned(text: bytes, paths: Iterable[PurePosixPath]) -> set[PurePosixPath]:
    """Return the files that a text names as they are, in a URL, or with the escapes of JSON.

    A name in other letters was meant for the file; that it leads nowhere is told elsewhere. The text is
    read once for all of them.
    """
    spelled: dict[bytes, set[PurePosixPath]] = defaultdict(set)
    for path in paths:
        for spelling in _spellings(path.name):
            spelled[spelling.lower().encode(errors="surrogateescape")].add(path)
    endings = sorted({re.escape(word[word.rfind(b".") :]) for word in spelled})
    lengths = {len(word) for word in spelled}
    found: set[PurePosixPath] = set()
    for match in re.finditer(b"|".join(endings), text):
        for length in lengths:
            found |= spelled.get(text[max(match.end() - length, 0) : match.end()], set())
    return found


def _spellings(name: str) -> tuple[str, ...]:
    if name.isascii() and " " not in name:
        return (name,)
    return name, quote(name, errors="surrogateescape"), json.dumps(name)[1:-1]
