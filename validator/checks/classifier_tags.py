"""Questions about the tags by which a tile is found."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from validator.definitions import policies
from validator.facts.classifier_tags import SUBMITTED, TAGS, State, Tag, tile_tags
from validator.facts.requested_scopes import requested_scopes
from validator.facts.signs import denials, denies, disputed, in_files, readme_signs, signs
from validator.integration import README, Integration
from validator.model import DocumentError, Finding, Location, Related, Rule
from validator.scopes.catalogue import API_KEYS_WRITE
from validator.wording import listed, quoted

MOST_VALUES = 12
"""Values of a group that a message lists."""


def unknown(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find tags that the taxonomy doesn't have: misspelt, in a wrong group, or never filled in."""
    tags = tile_tags(integration) or ()
    texts = {tag.text for tag in tags}
    for tag in tags:
        if tag.meaning.state in (State.UNKNOWN, State.PLACEHOLDER):
            yield rule.finding(_place(integration, tag), _explained(tag, texts))


def _place(integration: Integration, tag: Tag) -> Location:
    return integration.manifest.locate(tag.pointer)


def _explained(tag: Tag, texts: Collection[str]) -> str:
    """Return a sentence on a tag that the taxonomy doesn't have."""
    if tag.meaning.state is State.PLACEHOLDER:
        return f"{quoted(tag.text)} was never filled in; expected {_example(tag.group)}"
    if tag.meaning.name is not None and tag.meaning.is_certain:
        return f"{quoted(tag.text)} is no tag; expected {_instead(tag, texts)}"
    found = f"{quoted(tag.text)} is not in the list of tags of {_checked()}"
    if tag.meaning.name is not None:
        return f"{found}; did you mean `{tag.meaning.name}`?"
    return f"{found}; expected {_example(tag.group)}"


def _checked() -> str:
    return policies.load(policies.ClassifierTags).checked


def _instead(tag: Tag, texts: Collection[str]) -> str:
    """Return what to write for a tag that is none: nothing when it is there already."""
    name = tag.meaning.name
    if name in texts:
        return f"none, because `{name}` is there already"
    return f"`{name}`"


def _example(group: str | None) -> str:
    """Return what a tag of a group looks like, or any tag."""
    policy = policies.load(policies.ClassifierTags)
    if group is None:
        return f"a tag such as `{next(iter(policy.mandatory.values()))}`"
    values = policy.groups[group]
    if len(values) > MOST_VALUES:
        return f"a `{group}` of the list, such as `{policy.mandatory[group]}`"
    rest = "" if group in policy.mandatory else ", or no such tag"
    return f"`{group}::` with {listed(values)}{rest}"


def retired(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find tags that were valid once, with their successor, and those that are for sold offerings."""
    tags = tile_tags(integration) or ()
    texts = {tag.text for tag in tags}
    sold_only = policies.load(policies.ClassifierTags).marketplace_only
    for tag in tags:
        state, place = tag.meaning.state, integration.manifest.locate(tag.pointer)
        if state is State.SUPERSEDED:
            message = f"{quoted(tag.text)} has another name today; expected {_instead(tag, texts)}"
            yield rule.finding(place, message)
        elif state is State.REMOVED:
            message = (
                f"{quoted(tag.text)} was removed from the taxonomy; expected none in its place"
            )
            yield rule.finding(place, message)
        elif tag.text in sold_only and "marketplace" not in integration.kinds:
            message = (
                f"{quoted(tag.text)} is for offerings that are sold; expected none, for the "
                "manifest has neither `pricing` nor `legal_terms`"
            )
            yield rule.finding(place, message)


def duplicate(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find every further occurrence of a tag."""
    first: dict[str, Tag] = {}
    for tag in tile_tags(integration) or ():
        known = first.setdefault(tag.text.strip(), tag)
        if known is not tag:
            yield rule.finding(
                _place(integration, tag),
                f"{quoted(tag.text)} is listed again; expected it once",
                related=(Related(_place(integration, known), "the first one is here"),),
            )


def missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find groups that a tile needs a tag of, and those of which it has too many."""
    tags = tile_tags(integration)
    if tags is None:
        return
    policy = policies.load(policies.ClassifierTags)
    absent = {
        group: example
        for group, example in policy.mandatory.items()
        if not any(tag.group == group for tag in tags)
    }
    if absent:
        yield rule.finding(
            integration.manifest.locate_key(TAGS),
            f"`tile.classifier_tags` has no {listed(absent)} tag; "
            f"expected some such as {listed(absent.values(), 'and')}",
            about=", ".join(absent),
        )
    for group in policy.single:
        own = {tag.meaning.name: tag for tag in reversed(tags) if tag.group == group}
        found = sorted(own.values(), key=tags.index)
        for other in found[1:]:
            yield rule.finding(
                _place(integration, other),
                f"{quoted(other.text)} is a second `{group}`; expected exactly one",
                related=(Related(_place(integration, found[0]), "the first one is here"),),
            )


def missing_data_type(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find data that is submitted, as the files say, without the tag for it."""
    tags = tile_tags(integration)
    if not tags:  # another rule asks for tags at all
        return
    tagged = {tag.value for tag in tags if tag.group == SUBMITTED}
    told = [
        sign
        for sign in in_files(integration)
        if sign.data not in tagged and sign.data not in disputed(integration)
    ]
    if not told or (not tagged and _is_judged_by_scopes(integration)):
        return
    data = sorted({sign.data for sign in told})
    yield rule.finding(
        integration.manifest.locate_key(TAGS),
        f"no tag says that {_and(data)} are submitted; expected "
        f"{listed((f'{SUBMITTED}::{name}' for name in data), 'and')}",
        about=", ".join(data),
        related=tuple(Related(sign.location, sign.words) for sign in told),
    )


def _and(names: Sequence[str]) -> str:
    *others, last = (name.lower() for name in names)
    return f"{', '.join(others)} and {last}" if others else last


def _is_judged_by_scopes(integration: Integration) -> bool:
    """Whether an OAuth client asks for a key to submit with: a rule about scopes says the same then."""
    try:
        requested = requested_scopes(integration)
    except DocumentError:
        return False
    return requested is not None and API_KEYS_WRITE in requested.first


_EXPECTED = {
    "Metrics": "metrics in `metadata.csv`",
    "Logs": "a log pipeline in `assets/logs/`",
    "Events": "`creates_events` in the manifest",
}
"""What tells of data of some type apart from its tag; there is nothing for traces and incidents."""


def unconfirmed_data_type(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find tags on submitted data that no file confirms, and that the README denies or never mentions."""
    confirmed = {sign.data for sign in (*in_files(integration), *readme_signs(integration))}
    for tag in tile_tags(integration) or ():
        if tag.group != SUBMITTED or tag.value not in _EXPECTED.keys() - confirmed:
            continue
        denied = denials(integration, tag.value)
        if denied or not _is_mentioned(integration, tag.value):
            yield rule.finding(
                _place(integration, tag),
                f"{quoted(tag.text)} is confirmed by nothing else; expected "
                f"{_EXPECTED[tag.value]}, or no such tag",
                related=tuple(
                    Related(place, f"the README says that there are no {tag.value.lower()}")
                    for place in denied
                ),
            )


def _is_mentioned(integration: Integration, data: str) -> bool:
    """Tell whether the README speaks of data of a type at all, other than to deny it."""
    if not integration.has(README):
        return False
    word = re.compile(rf"\b{data[:-1]}s?\b", re.IGNORECASE)
    return any(
        word.search(block.text) and not denies(block.text) for block in integration.readme.prose
    )


def missing_log_category(integration: Integration, rule: Rule, *, tag: str) -> Iterator[Finding]:
    """Find logs that are submitted by a tile that isn't found among those that collect logs."""
    tags = tile_tags(integration)
    if tags is None or any(own.meaning.name == tag for own in tags):
        return
    told = [sign for sign in signs(integration).submitted if sign.data == "Logs"]
    if told:
        yield rule.finding(
            integration.manifest.locate_key(TAGS),
            f"logs are submitted, but `{tag}` is not among the tags; expected it",
            related=tuple(Related(sign.location, sign.words) for sign in told),
        )


def extension_with_client(
    integration: Integration, rule: Rule, *, tag: str, right: str
) -> Iterator[Finding]:
    """Find OAuth integrations that are offered as an extension of the interface."""
    tags = tile_tags(integration) or ()
    for own in tags:
        if own.meaning.name == tag:
            yield rule.finding(
                _place(integration, own),
                f"{quoted(own.text)} is no offering with an OAuth client; expected `{right}`",
            )
