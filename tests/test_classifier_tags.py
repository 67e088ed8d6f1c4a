"""A classifier tag is understood however it is written, and the taxonomy agrees with itself."""

from __future__ import annotations

import pytest

from validator.definitions import policies
from validator.facts.classifier_tags import State, meaning

POLICY = policies.load(policies.ClassifierTags)
VALID = [f"{group}::{value}" for group, values in POLICY.groups.items() for value in values]


@pytest.mark.parametrize("tag", VALID)
def test_a_valid_tag_is_valid_and_found_from_other_spellings(tag: str) -> None:
    assert meaning(tag).state is State.VALID
    for text in (tag.replace("::", ":"), tag.replace("::", " :: "), tag.upper(), f" {tag} "):
        if text not in VALID:
            assert (meaning(text).name, meaning(text).is_certain) == (tag, True)


def test_every_name_that_the_policy_offers_is_valid() -> None:
    offered = (*POLICY.superseded.values(), *POLICY.meant.values())
    offered = (*offered, *POLICY.mandatory.values(), *POLICY.marketplace_only)
    assert set(offered) <= set(VALID)
    assert set(POLICY.group_names.values()) <= set(POLICY.groups)


def test_a_retired_tag_is_not_valid() -> None:
    assert not {*POLICY.superseded, *POLICY.removed} & set(VALID)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Category::Linux", "Supported OS::Linux"),
        ("Category::Data Bases", "Category::Data Stores"),
        ("Category::Databases", "Category::Data Stores"),
        ("Category::Networking", "Category::Network"),
        ("Category::Traces", "Submitted Data Type::Traces"),
        ("Category/Cloud", "Category::Cloud"),
        ("Supported OS Linux", "Supported OS::Linux"),
        ("OS::macos", "Supported OS::macOS"),
        ("Data Type::Metrics", "Submitted Data Type::Metrics"),
        ("Submitted Data Type::Metric", "Submitted Data Type::Metrics"),
        ("Categroy::Cloud", "Category::Cloud"),
        ("Windows", "Supported OS::Windows"),
        ("Metrics", "Category::Metrics"),
        ("Category::iot", "Category::IoT"),
        ("Category::ml", "Category::AI/ML"),
    ],
)
def test_the_tag_that_was_meant_is_offered(text: str, name: str) -> None:
    assert meaning(text).state is State.UNKNOWN
    assert meaning(text).name == name


@pytest.mark.parametrize(
    ("text", "state", "name"),
    [
        ("Category::IOT", State.SUPERSEDED, "Category::IoT"),
        ("category::machine learning and llm", State.SUPERSEDED, "Category::AI/ML"),
        ("Category:Notification", State.SUPERSEDED, "Category::Notifications"),
        ("Supported OS::Mac OS", State.SUPERSEDED, "Supported OS::macOS"),
        ("Category::monitoring", State.REMOVED, None),
    ],
)
def test_a_retired_tag_is_known_in_any_spelling(text: str, state: State, name: str | None) -> None:
    assert (meaning(text).state, meaning(text).name) == (state, name)


@pytest.mark.parametrize(
    "text",
    [
        "Category::<CATEGORY>",
        "Category::{category}",
        "Offering::<FILL IN>",
        "Category::TODO",
        "Category::",
        "<Add relevant tags from this list: https://docs.example.com>",
    ],
)
def test_a_place_that_was_never_filled_in_is_a_placeholder(text: str) -> None:
    assert meaning(text).state is State.PLACEHOLDER


def test_nothing_is_offered_for_a_word_without_any_likeness() -> None:
    assert meaning("Category::Sandwiches").name is None
    assert meaning("sandwiches").group is None
