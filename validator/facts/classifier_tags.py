"""Classifier tags: which tag of the taxonomy is meant, however it is written."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import cache

from validator.definitions import policies
from validator.integration import Integration, once
from validator.model import Pointer
from validator.spelling import nearest

TAGS: Pointer = ("tile", "classifier_tags")
SUBMITTED = "Submitted Data Type"

_FORM = re.compile(r"(?P<group>[^:]*):+(?P<value>.*)", re.DOTALL)
_BRACKETS = re.compile(r"[<>{}\[\]]")
_GROUP_LIKENESS = 0.75
_VALUE_LIKENESS = 0.7


class State(enum.Enum):
    """What the taxonomy says of a tag as it is written."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REMOVED = "removed"
    PLACEHOLDER = "placeholder"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a tag is, and what it stands for.

    ``group`` is the group that it is meant for, None where nothing tells. ``name`` is the valid tag to
    write in its place, None where there is none; ``is_certain`` tells whether it can be no other.
    """

    state: State
    group: str | None
    name: str | None = None
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a tile: its text as it is written, its place in the manifest, and what it means."""

    text: str
    pointer: Pointer
    meaning: Meaning

    @property
    def group(self) -> str | None:
        """The group that the tag is meant for."""
        return self.meaning.group

    @property
    def value(self) -> str:
        """The value of the valid tag that is meant; an empty text where there is none."""
        return (self.meaning.name or "").partition("::")[2]


@once
def tile_tags(integration: Integration) -> tuple[Tag, ...] | None:
    """Return the tags of the tile, blanks and other types left out; None without a list of tags.

    Raises DocumentError when the manifest can't be read.
    """
    listed = integration.manifest.get(TAGS)
    if not isinstance(listed, list):
        return None
    return tuple(
        Tag(text, (*TAGS, index), meaning(text))
        for index, text in enumerate(listed)
        if isinstance(text, str) and text.strip()
    )


def meaning(text: str) -> Meaning:
    """Return what a tag means."""
    taxonomy = _taxonomy()
    state = taxonomy.exact.get(text)
    if state is not None:
        return Meaning(state, text.partition("::")[0], taxonomy.successor(text))
    group_text, value = _split(text)
    group = _group(group_text)
    if _is_placeholder(text) or (value is not None and not value.strip()):
        return Meaning(State.PLACEHOLDER, group)
    if value is None:
        return _by_value(text, None)
    if group is not None:
        full = taxonomy.valid.get((group, _folded(value)))
        if full is not None:
            return Meaning(State.UNKNOWN, group, full)
        retired = taxonomy.retired.get((group, _folded(value)))
        if retired is not None:
            return Meaning(taxonomy.exact[retired], group, taxonomy.successor(retired))
    return _by_value(value, group)


def _by_value(value: str, group: str | None) -> Meaning:
    """Return what a value means that is none of its group's, or has no group."""
    taxonomy = _taxonomy()
    homes = [home for home in taxonomy.groups if (home, _folded(value)) in taxonomy.valid]
    if len(homes) == 1:
        return Meaning(State.UNKNOWN, homes[0], taxonomy.valid[homes[0], _folded(value)])
    meant = policies.load(policies.ClassifierTags).meant.get(value.strip().lower())
    if meant is not None:
        return Meaning(State.UNKNOWN, group or meant.partition("::")[0], meant, is_certain=False)
    if homes:
        home = SUBMITTED if group is not None and SUBMITTED in homes else homes[0]
        name = taxonomy.valid[home, _folded(value)]
        return Meaning(State.UNKNOWN, group or home, name, is_certain=False)
    known: dict[str, str] = {}
    for (home, _), full in taxonomy.valid.items():
        if group in (None, home):
            known.setdefault(full.partition("::")[2], full)
    close = nearest(value.strip(), known, most=1, likeness=_VALUE_LIKENESS)
    if not close:
        return Meaning(State.UNKNOWN, group)
    name = known[close[0]]
    return Meaning(State.UNKNOWN, group or name.partition("::")[0], name, is_certain=False)


def _split(text: str) -> tuple[str, str | None]:
    """Return the group and the value of a tag; None for the value of a text that has no group."""
    match = _FORM.fullmatch(text)
    if match is not None:
        return match["group"], match["value"]
    for group in _taxonomy().groups:
        start = re.match(re.escape(group).replace(r"\ ", r"[\s_-]*"), text.strip(), re.IGNORECASE)
        rest = text.strip()[start.end() :] if start else ""
        if rest and not rest[0].isalnum():
            return group, rest.lstrip(" -/|=>.,;_")
    return "", None


def _group(text: str) -> str | None:
    """Return the group that a text names or misspells."""
    taxonomy, name = _taxonomy(), " ".join(text.split())
    folded = {_folded(group): group for group in taxonomy.groups}
    if _folded(name) in folded:
        return folded[_folded(name)]
    called: str | None = policies.load(policies.ClassifierTags).group_names.get(name.lower())
    close = nearest(name, taxonomy.groups, most=1, likeness=_GROUP_LIKENESS)
    return called or next(iter(close), None)


def _is_placeholder(text: str) -> bool:
    markers = policies.load(policies.ClassifierTags).markers
    return bool(_BRACKETS.search(text)) or any(
        re.search(rf"(?<![A-Za-z]){re.escape(marker)}(?![A-Za-z])", text) for marker in markers
    )


def _folded(text: str) -> str:
    """Return what two spellings of a name have in common."""
    return re.sub(r"[\W_]", "", text.replace("&", " and ").casefold())


class _Taxonomy:
    """The policy, ready to be looked up: valid and retired tags by group and folded value."""

    def __init__(self, policy: policies.ClassifierTags) -> None:
        self.groups = policy.groups
        self._superseded = policy.superseded
        full = [f"{group}::{value}" for group, values in self.groups.items() for value in values]
        self.exact: dict[str, State] = {
            **dict.fromkeys(full, State.VALID),
            **dict.fromkeys(self._superseded, State.SUPERSEDED),
            **dict.fromkeys(policy.removed, State.REMOVED),
        }
        self.valid = {_key(tag): tag for tag in full}
        self.retired = {_key(tag): tag for tag in (*self._superseded, *policy.removed)}

    def successor(self, tag: str) -> str | None:
        """Return what to write for a tag of the taxonomy: itself while it is valid."""
        if self.exact[tag] is State.VALID:
            return tag
        return self._superseded.get(tag)


def _key(tag: str) -> tuple[str, str]:
    group, _, value = tag.partition("::")
    return group, _folded(value)


@cache
def _taxonomy() -> _Taxonomy:
    return _Taxonomy(policies.load(policies.ClassifierTags))
