"""The certain part of a dictionary of misspellings is taken, and names are never judged."""

from __future__ import annotations

import pytest
from support import Tile

from scripts import build_misspellings
from validator.definitions import policies

POLICY = policies.load(policies.Misspellings)


LINES = (
    "recieve->receive",
    "acept->accept",  # nobody uses the correction
    "becuase->because, becomes",  # two corrections
    "wll->will",  # an abbreviation
    "wrong-word->receive",
    "alot-of->a lot",
    "nobotd->receive",  # somebody's word
    "fasle->false",  # no text in YAML
    "",
)
WORD = min(POLICY.common.keys() - POLICY.words.keys())


def test_only_certain_entries_are_taken() -> None:
    texts = ["receive because will false " * 10, "Nobotd"]
    assert list(build_misspellings.entries("\n".join(LINES), texts)) == [("recieve", "receive")]


def test_no_word_is_misspelt_and_right() -> None:
    words = {**POLICY.common, **POLICY.words}
    assert not words.keys() & set(words.values())
    assert all(wrong.islower() and wrong.isalpha() for wrong in POLICY.common)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"It has {WORD} data.", [WORD]),
        (f"{WORD.title()} is a product.", []),
        (f"Run `{WORD}`, see https://acme.io/{WORD} or {WORD}.io.", []),
        (WORD.upper(), []),
    ],
)
def test_a_common_misspelling_is_judged_in_lower_case_alone(text: str, found: list[str]) -> None:
    tile = Tile()
    tile.write("README.md", f"# Nimbus\n\n## Overview\n\nNimbus is fast.\n\n{text}\n")
    messages = [each.message for each in tile.judge("misspelt-word").findings]
    assert [message.split("`")[1] for message in messages] == found
