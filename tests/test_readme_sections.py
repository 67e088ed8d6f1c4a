"""The outline of a README: right headings come before wrong ones, and no mistake is told twice."""

from __future__ import annotations

from typing import Any

import pytest
from support import RULES, Tile

from validator.checks import readme_sections
from validator.model import Finding

OAUTH = "assets/oauth_clients.json"


def tile(readme: str, kind: str = "oauth", *, oauth: bool = True, **shown: Any) -> Tile:
    """Return a tile with this README; ``shown`` are the sections that the manifest names."""
    own = Tile(kind)
    own.write("README.md", readme)
    own.change("manifest.json", lambda manifest: manifest["tile"].update(shown))
    if not oauth:
        own.remove(OAUTH)
        own.change("manifest.json", lambda manifest: manifest["assets"].pop("oauth"))
    return own


def judged(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def told(readme: str, rule: str, **options: Any) -> list[tuple[int, str]]:
    """Return the line of each finding and its message."""
    return [
        (each.location.region.start_line if each.location.region else 0, each.message)
        for each in judged(tile(readme, **options), rule)
    ]


def lines(readme: str, rule: str, **options: Any) -> list[int]:
    return [line for line, _ in told(readme, rule, **options)]


def joined(*parts: str) -> str:
    """Return parts that stand in odd lines, the first of them in line 1."""
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["# Quarry", "## Overview", "## Setup", "## Support"], []),
        (["# Quarry", "## OVERVIEW:", "## Setup", "## Troubleshooting"], []),
        (["# Quarry", "### Setup", "## Overview", "## Setup", "## Support"], []),
        (
            ["# Quarry", "### Overview", "## Support", "# Setup"],
            [
                (3, "`### Overview` has level 3; expected `## Overview`"),
                (7, "`# Setup` has level 1; expected `## Setup`"),
            ],
        ),
        (
            ["It digs.", "# Quarry", "## Overview"],
            [
                (3, "the README has no section `## Setup`"),
                (3, "the README has no section `## Support` or `## Troubleshooting`"),
            ],
        ),
        (
            ["", "It digs.", "It sinks."],
            [
                (3, "the README has no section `## Overview`"),
                (3, "the README has no section `## Setup`"),
                (3, "the README has no section `## Support` or `## Troubleshooting`"),
            ],
        ),
        (["# Quarry", "## Overview", "## Set up", "##Support"], []),
        (["# Quarry", "## Overview", "## Setup", "##Troubleshooting"], []),
        (["# Quarry", "## Overview", "<h2>Setup</h2>"], []),
    ],
)
def test_sections_that_every_tile_has(parts: list[str], found: list[tuple[int, str]]) -> None:
    assert told(joined(*parts), "missing-readme-section") == found


@pytest.mark.parametrize(
    ("parts", "oauth", "found"),
    [
        (["# Quarry", "## Support", "## Uninstallation"], False, []),
        (["# Quarry", "## Support"], False, [(1, "`## Uninstallation`")]),
        (["# Quarry", "## Support"], True, []),
        (["# Quarry", "## Help"], False, [(1, "`## Uninstallation`")]),
        (["# Quarry"], False, [(1, "`## Uninstallation`")]),
        (["# Quarry", "##Uninstallation", "## Support"], False, []),
        (
            ["# Quarry", "## Troubleshooting", "### Uninstallation"],
            False,
            [
                (3, "`## Support`; `Troubleshooting` does not stand for it"),
                (1, "`## Uninstallation`"),
            ],
        ),
        (
            ["# Quarry", "## Troubleshooting"],
            True,
            [(3, "`## Support`; `Troubleshooting` does not stand for it")],
        ),
        (["# Quarry", "## Troubleshooting", "### Support", "##Support"], True, []),
    ],
)
def test_sections_that_nothing_may_stand_for(
    parts: list[str], oauth: bool, found: list[tuple[int, str]]
) -> None:
    own = tile(joined(*parts), "marketplace", oauth=oauth)
    messages = [(line, f"the README has no section {words}") for line, words in found]
    rule = RULES["missing-marketplace-section"]
    for names in (["Support", "Uninstallation"], ["Uninstallation", "Support"]):
        every = readme_sections.required_exactly(own.integration(), rule, sections=names)
        places = [
            (each.location.region.start_line, each.message)
            for each in every
            if each.location.region is not None
        ]
        assert sorted(places) == sorted(messages), names


def submits(*tags: str, events: bool = False, readme: str = "# Quarry\n") -> list[Finding]:
    """Judge an integration that submits what its tags say, and events."""
    own = tile(readme)
    own.remove("metadata.csv")
    own.change(
        "manifest.json",
        lambda manifest: manifest.update(
            tile={"classifier_tags": [f"Submitted Data Type::{tag}" for tag in tags]},
            assets={"integration": {"events": {"creates_events": events}}},
        ),
    )
    return judged(own, "missing-data-collected-section")


@pytest.mark.parametrize(
    ("tags", "events", "words"),
    [
        (["Logs"], False, "logs are"),
        (["Telemetry"], False, "telemetry is"),
        (["Telemetry", "Logs"], False, "telemetry and logs are"),
        (["Logs", "Traces"], True, "logs, traces and events are"),
        (["Events"], True, "events are"),
    ],
)
def test_data_that_no_section_tells_of(tags: list[str], events: bool, words: str) -> None:
    [found] = submits(*tags, events=events)
    assert found.message == (
        f"the README has no section `## Data Collected`, but {words} submitted"
    )
    expected = [f"the tag says that {tag.lower()} are submitted" for tag in tags]
    if events and "Events" not in tags:
        expected.append("the manifest says that events are created")
    assert [related.message for related in found.related] == expected


def test_a_section_on_data_that_is_there_or_meant_is_not_missing() -> None:
    for heading in ("## Data Collected", "### data collected:", "## Data", "##Data Collected"):
        assert submits("Logs", readme=joined("# Quarry", heading, "Logs.")) == []
    assert submits(readme=joined("# Quarry")) == []


EMPTY = ("empty-readme-section", "empty-section")


def empty(*parts: str) -> list[int]:
    return sorted(line for rule in EMPTY for line in lines(joined(*parts), rule))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["# Quarry", "## Overview", "It digs.", "## Map", "[Map](a.md)"], []),
        (["# Quarry", "## Setup", "### Install", "Run it."], []),
        (["# Quarry", "## Setup", "## Map", "## Support", "Ask."], [3, 5]),
        (["# Quarry", "## Setup", "### Install", "### Run", "## Map", "Here."], [3]),
        (["# Quarry", "## Setup", "Run it.", "### Map", "## Support", "Ask."], [7]),
        (["# Quarry", "## Setup", "<!-- to do -->", "## Map", "Here."], [3]),
        (["# Quarry", "## Setup", "<!-- partial\nRun it.\npartial -->", "## Map", "Here."], []),
        (["# Quarry", "## Setup", "## Map <!-- partial a partial -->", "Here."], [3]),
        (["# Quarry", "## Setup", "## Map", "<!-- partial\nIt.\npartial -->"], [3]),
        (["# Quarry", "## Uninstallation", "## Map", "Here."], []),
        (["# Quarry", "## UNINSTALLATION:", "## Map"], [5]),
        (["# Quarry"], [1]),
        (["# Quarry", "## Setup"], [3]),
        (["# Quarry", "# Setup", "Run it."], []),
        (["# Quarry", "It digs.", "# Setup", "# Map", "Here."], [5]),
        (["# Quarry", "It digs.", "# Setup", "## Run", "# Map", "Here."], [7]),
        (["## Quarry", "## Setup", "Run it."], [1]),
        (["## Quarry", "### Map", "## Setup", "Run it."], [1]),
    ],
)
def test_sections_that_say_nothing(parts: list[str], found: list[int]) -> None:
    assert empty(*parts) == found


def test_a_section_that_every_tile_has_is_told_by_a_rule_of_its_own() -> None:
    text = joined("# Quarry", "## setup:", "## Map", "## Troubleshooting")
    required, other = (told(text, rule) for rule in EMPTY)
    assert required == [
        (3, "nothing stands under `setup:`; expected the section's text"),
        (7, "nothing stands under `Troubleshooting`; expected the section's text"),
    ]
    assert other == [(5, "nothing stands under `Map`; expected text, or no such heading")]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["# Quarry", "## Setup", "### Run", "## Map", "### Run", "#### Run"], []),
        (["# Quarry", "# Quarry", "## Uninstallation", "## uninstallation"], []),
        (["# Quarry", "## Setup", "# More", "## Setup"], []),
        (["## Setup", "### Run", "## Setup", "### Run"], [5]),
        (["# Quarry", "## Setup", "### Run", "#### Run", "### run:", "### Run"], [9, 11]),
        (["## Setup", "### Run", "#### As root", "### Stop", "#### As root", "### Stop"], [11]),
        (["### Run", "## Setup", "### Run", "### Run"], [7]),
    ],
)
def test_headings_that_stand_twice_in_one_section(parts: list[str], found: list[int]) -> None:
    assert lines(joined(*parts), "duplicate-readme-section") == found


def test_a_heading_that_stands_again_relates_to_the_first() -> None:
    own = tile(joined("# Quarry", "## Map", "Here.", "## Map", "There.", "## Map"))
    found = judged(own, "duplicate-readme-section")
    assert [each.message for each in found] == [
        "`Map` is a heading twice in one section; expected one"
    ] * 2
    for finding in found:
        [related] = finding.related
        assert related.message == "is the first"
        assert related.location.region is not None
        assert related.location.region.start_line == 3


def test_what_the_manifest_cannot_show_is_told_there() -> None:
    text = joined("# Quarry", "## Ovrview", "It digs.", "## Set Up", "Run it.", "## Suport", "Ask.")
    expected = [
        (3, "`Ovrview` stands where a tile has `Overview`; expected `## Overview`"),
        (7, "`Set Up` stands where a tile has `Setup`; expected `## Setup`"),
        (11, "`Suport` stands where a tile has `Support`; expected `## Support`"),
    ]
    nothing = {"overview": "", "configuration": "", "support": ""}
    assert told(text, "misspelt-readme-section", **nothing) == expected
    for number, key in enumerate(nothing):
        shown = {**nothing, key: f"README.md#{('Overview', 'Setup', 'Support')[number]}"}
        left = [each for each in expected if each is not expected[number]]
        assert told(text, "misspelt-readme-section", **shown) == left


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["# Quarry", "## Setup", "### Run", "#### As root", "## Map", "# More", "## Last"], []),
        (["## Setup", "### Run"], []),
        (["### Run", "## Setup", "#### As root", "##### Now"], [1, 5]),
        (["# Quarry", "### Run", "### Stop", "###### Last"], [3, 7]),
    ],
)
def test_headings_more_than_one_level_below(parts: list[str], found: list[int]) -> None:
    assert lines(joined(*parts), "heading-level-jump") == found


def test_what_a_jump_should_be() -> None:
    [(_, message)] = told(joined("# Quarry", "## Setup", "#### As root"), "heading-level-jump")
    assert message == "`#### As root` follows a heading of level 2; expected `###`"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Map", None),
        ("Map?", None),
        ("Map!", None),
        ("Made by Quarry Inc.", None),
        ("The `map` of *all* pits", None),
        ("**A** and **B**", None),
        ("Map ##", None),
        ("Map:", "ends in `:`; expected no punctuation"),
        ("Map,", "ends in `,`; expected no punctuation"),
        ("Map;", "ends in `;`; expected no punctuation"),
        ("Map.", "ends in `.`; expected no punctuation"),
        ("**Map**", "is emphasised; expected plain text"),
        ("__Map__", "is emphasised; expected plain text"),
        ("*Map*", "is emphasised; expected plain text"),
        ("_Map_ ##", "is emphasised; expected plain text"),
        ("***Map***", "is emphasised; expected plain text"),
    ],
)
def test_marks_of_a_heading(heading: str, words: str | None) -> None:
    last = "## Last:"
    found = told(joined("# Quarry", f"## {heading}", last), "heading-punctuation")
    assert found.pop() == (5, "the heading `Last:` ends in `:`; expected no punctuation")
    assert [line for line, _ in found] == ([3] if words else [])
    assert all(message.endswith(str(words)) for _, message in found)


def test_a_heading_that_is_misspelt_is_not_told_of_its_marks() -> None:
    text = joined("# Quarry", "## Set up:", "Run it.", "## Map:", "Here.")
    assert lines(text, "heading-punctuation") == [7]
    assert lines(text, "misspelt-readme-section", configuration="") == [3]


def test_titles_after_the_first() -> None:
    parts = ["# Quarry", "## Setup", "# Uninstallation", "# Support", "# Troubleshooting", "# Map"]
    own = tile(joined("Text.", *parts, "# Data Collected"))
    found = judged(own, "multiple-titles")
    assert [each.message for each in found] == [
        "`# Map` is a second title; expected `##` or lower",
        "`# Data Collected` is a second title; expected `##` or lower",
    ]
    for finding in found:
        [related] = finding.related
        assert (related.message, related.location.anchor) == ("is the title", "quarry")


@pytest.mark.parametrize(
    ("parts", "options", "found"),
    [
        (["# Quarry", "#1 of all pits", "`##Map`", "Ask in #pits."], {}, []),
        (["# Quarry", "##Map", "- ##More"], {}, [(3, "`##Map` is no heading; expected `## Map`")]),
        (["#Quarry", "#pits"], {}, [(1, "`#Quarry` is no heading; expected `# Quarry`")]),
        (
            ["# Quarry", "##Uninstallation", "##Setup", "##Map"],
            {},
            [
                (5, "`##Setup` is no heading; expected `## Setup`"),
                (7, "`##Map` is no heading; expected `## Map`"),
            ],
        ),
        (
            ["# Quarry", "##Uninstallation", "##Map"],
            {"oauth": False},
            [
                (3, "`##Uninstallation` is no heading; expected `## Uninstallation`"),
                (5, "`##Map` is no heading; expected `## Map`"),
            ],
        ),
        (
            ["# Quarry", "##Setup", "##Support", "##Map"],
            {"configuration": "README.md#Setup"},
            [
                (5, "`##Support` is no heading; expected `## Support`"),
                (7, "`##Map` is no heading; expected `## Map`"),
            ],
        ),
        (
            ["# Quarry", "<h2>Map</h2>", "<p>Here.</p>"],
            {},
            [(3, "`<h2>` is HTML; expected a heading in Markdown, such as `## Setup`")],
        ),
    ],
)
def test_what_looks_like_a_heading(
    parts: list[str], options: dict[str, Any], found: list[tuple[int, str]]
) -> None:
    nothing = {"overview": "", "configuration": "", "support": ""}
    assert told(joined(*parts), "malformed-heading", **{**nothing, **options}) == found


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Map\n---", False),
        (f"{'a' * 80}\n---", False),
        (f"{'a' * 81}\n---", True),
        (f"  {'a' * 81}\n===", True),
        ("It digs.\nIt sinks.\n---", True),
        (f"## {'a' * 81}", False),
        (f"  ## {'a' * 81}", False),
    ],
)
def test_text_that_a_line_below_makes_a_heading(text: str, is_told: bool) -> None:
    found = told(joined("# Quarry", "Map\n---", text), "malformed-heading")
    assert [line for line, _ in found] == ([6] if is_told else [])
    assert all("became a heading by the line of `-` or `=` below it" in each for _, each in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- note -->\n\nText.", None),
        ("```\n<!-- note\n```\n\nText.", None),
        ("<!-- note", "hides what follows"),
        ("<!-- note\nText.", "hides what follows"),
        ("<!-- note\n\nText.\n\n\n", "hides 2 lines"),
        ("<!-- note\nText.\nMore.", "hides 2 lines"),
    ],
)
def test_a_comment_that_is_never_closed(text: str, message: str | None) -> None:
    found = told(joined("# Quarry", text), "unclosed-comment")
    assert [line for line, _ in found] == ([3] if message else [])
    assert [each for _, each in found] == (
        [f"the comment is never closed and {message}; expected `-->`"] if message else []
    )


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("```", "3 backticks"),
        ("  `````shell", "5 backticks"),
        ("~~~~", "4 tildes"),
    ],
)
def test_a_code_block_that_is_never_closed(mark: str, words: str) -> None:
    text = joined("# Quarry", f"{mark}\nrun", "## Setup", "Text.")
    [(line, message)] = told(text, "unclosed-code-fence")
    assert line == 3
    assert message.endswith(f"expected a line of {words} where the code ends")
    closed = joined("# Quarry", f"{mark}\nrun\n{mark.removesuffix('shell')}", "## Setup", "Text.")
    assert told(closed, "unclosed-code-fence") == []
    assert (
        told(joined("# Quarry", f"<!-- a -->\n\n{mark}\nrun <!-- b", "## B"), "unclosed-comment")
        == []
    )


def numbered(*numbers: int) -> str:
    return "\n".join(f"{number}. Dig." for number in numbers)


@pytest.mark.parametrize(
    ("numbers", "messages"),
    [
        ([1, 2, 3], []),
        ([0, 1, 2], []),
        ([1, 1, 1], []),
        ([0, 0], []),
        ([1], []),
        ([2, 3], ["a list begins with `2.`"]),
        ([2, 2], ["a list begins with `2.`"]),
        ([4], ["a list begins with `4.`"]),
        ([1, 2, 4], ["`4.` follows `2.`; `3.` is missing"]),
        ([1, 1, 2, 2], ["`1.` stands twice; expected `2.`"]),
        ([1, 3, 5], ["`3.` follows `1.`; `2.` is missing"]),
        ([3, 4, 4], ["a list begins with `3.`", "`4.` stands twice; expected `5.`"]),
    ],
)
def test_numbers_of_a_list(numbers: list[int], messages: list[str]) -> None:
    text = joined("# Quarry", numbered(*numbers), "Then:", "1. Dig.\n3. Sink.")
    found = [message for _, message in told(text, "list-numbering")]
    assert found.pop() == "`3.` follows `1.`; `2.` is missing", "the list behind it is read, too"
    assert len(found) == len(messages)
    for message, words in zip(found, messages, strict=True):
        assert message.startswith(words)
