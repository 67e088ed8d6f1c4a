"""Markdown is read as GitHub reads it, and everything in it has its exact place."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.documents.markdown import CODE, MarkdownDocument, slugify
from validator.model import Location


def read(text: str) -> MarkdownDocument:
    return MarkdownDocument(PurePosixPath("acme"), PurePosixPath("README.md"), text.encode())


def source(document: MarkdownDocument, location: Location) -> str:
    region = location.region
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    return document.text[start : document.offset(region.end_line, region.end_column)]


@pytest.mark.parametrize(
    ("text", "level", "title", "slug"),
    [
        ("## Setup", 2, "Setup", "setup"),
        ("## Setup ##", 2, "Setup", "setup"),
        ("Setup\n-----", 2, "Setup", "setup"),
        ("## [Setup](https://acme.io)", 2, "Setup", "setup"),
        ("### `acme` & *Co*", 3, "acme & Co", "acme--co"),
        ("## Über_uns: 1.2!", 2, "Über_uns: 1.2!", "über_uns-12"),
        ("   # Indented", 1, "Indented", "indented"),
    ],
)
def test_headings(text: str, level: int, title: str, slug: str) -> None:
    [heading] = read(text).headings
    assert (heading.level, heading.text, heading.slug) == (level, title, slug)


@pytest.mark.parametrize(
    "text",
    [
        "```\n## Setup\n```",
        "    ## Setup",
        "<!-- ## Setup -->",
        "<!--\n## Setup\n-->",
        "> ## Setup",
        "- ## Setup",
        "##Setup",
        "\\## Setup",
    ],
)
def test_what_is_no_heading(text: str) -> None:
    assert read(text).headings == []


def test_repeated_headings_get_the_suffixes_of_github() -> None:
    headings = read("# A\n# A\n# A-1\n# A").headings
    assert [heading.slug for heading in headings] == ["a", "a-1", "a-1-1", "a-2"]


def test_a_section_ends_at_the_next_heading_of_its_level_or_above() -> None:
    document = read("# T\n## A\n### B\ntext\n## C\n# D\n")
    extents = {heading.text: (heading.line, heading.end) for heading in document.headings}
    assert extents == {"T": (1, 6), "A": (2, 5), "B": (3, 5), "C": (5, 6), "D": (6, 8)}
    assert [heading.text for heading in document.headings_within(document.headings[1])] == ["B"]


def test_links_images_and_definitions_have_their_exact_place() -> None:
    document = read(
        '# [T][1]\n\n- *see* [one][1],\n  [two](https://acme.io/b "t") ![im](i.png)\n\n'
        "| a | b |\n|--|--|\n| [c][1] | [c][1] |\n\n> <https://acme.io/auto>\n\n`[x](y)`\n\n"
        "[1]: https://acme.io/one\n[1]: https://acme.io/again\n"
    )
    assert [(link.href, source(document, link.location)) for link in document.links] == [
        ("https://acme.io/one", "[T][1]"),
        ("https://acme.io/one", "[one][1]"),
        ("https://acme.io/b", '[two](https://acme.io/b "t")'),
        ("i.png", "![im](i.png)"),
        ("https://acme.io/one", "[c][1]"),
        ("https://acme.io/one", "[c][1]"),
        ("https://acme.io/auto", "<https://acme.io/auto>"),
    ]
    cells = [link.location.region for link in document.links if link.text == "c"]
    assert [region.start_column for region in cells if region] == [3, 12]
    assert [(entry.label, entry.href) for entry in document.definitions] == [
        ("1", "https://acme.io/one"),
        ("1", "https://acme.io/again"),
    ]
    assert source(document, document.definitions[1].location) == "[1]: https://acme.io/again"


def test_prose_is_what_a_reader_sees() -> None:
    document = read("## A\n\nsome *text*\n\n<!-- no -->\n\n<p>html</p>\n\n### B\n\n## C\n\nc\n")
    section = document.headings[0]
    assert [block.text.strip() for block in document.prose_within(section)] == ["some text", "html"]


def test_line_ends_of_every_system_give_the_same_places() -> None:
    text = "# T\n\na [b](c)\n"
    regions = {
        end: read(text.replace("\n", end)).links[0].location.region for end in ("\n", "\r\n", "\r")
    }
    assert len(set(regions.values())) == 1


@given(st.text(alphabet="#a -_`*[]()<>!|\n\t\r1:\\/&;é\u202f😀", min_size=1, max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    if not text.strip():
        return
    document = read(text)
    places = [heading.location for heading in document.headings]
    places += [link.location for link in document.links]
    places += [block.location for block in document.prose]
    places += [brackets.location for brackets in document.unlinked]
    places += [tag.location for tag in document.tags]
    places += [item.location for items in document.ordered_lists for item in items]
    places += [
        document.locate_slice(block, start, end)
        for block in document.prose
        for start, end in ((0, 1), (len(block.text) - 1, len(block.text)))
        if 0 <= start < end
    ]
    for place in places:
        region = place.region
        assert region is not None
        assert 1 <= region.start_line <= region.end_line <= len(document.lines)
        assert 1 <= region.start_column <= len(document.lines[region.start_line - 1]) + 1
        assert 1 <= region.end_column <= len(document.lines[region.end_line - 1]) + 1


def test_every_link_of_the_corpus_is_located_exactly(corpus: Path) -> None:
    files = sorted(corpus.glob("*/README.md"))
    assert files
    for file in files:
        document = read(file.read_text(encoding="utf-8"))
        for link in document.links:
            text = source(document, link.location)
            opening = ("![",) if link.is_image else ("[", "<")
            assert text.startswith(opening), (file, link)
            assert text.endswith((")", "]", ">")), (file, link)
        for heading in document.headings:
            assert source(document, heading.location), (file, heading)


def test_slugs_keep_letters_digits_marks_and_connectors() -> None:
    assert slugify("What’s new? — 日本語 a_b‿c") == "whats-new--日本語-a_b‿c"


def test_comments_have_their_place_and_those_in_code_are_none() -> None:
    document = read(
        "<!-- one -->\n<!-- two\nmore -->\n\n# T <!-- three -->\n\n`<!-- no -->`\n\n    <!-- no -->\n"
    )
    assert [
        (comment.text, source(document, comment.location)) for comment in document.comments
    ] == [
        ("one", "<!-- one -->"),
        ("two\nmore", "<!-- two\nmore -->"),
        ("three", "<!-- three -->"),
    ]


def test_links_say_how_they_are_written() -> None:
    document = read(
        "[a](x) [b][1] [1] <https://acme.io> ![c][1] and <a href='y'>some *text*</a>\n\n"
        '<p align="center">\n  <a\n href="z">more</a> <img src="i.png" alt="i">\n</p>\n\n'
        "[1]: https://acme.io/one\n"
    )
    assert [(link.form, link.href, link.text, link.label) for link in document.links] == [
        ("inline", "x", "a", None),
        ("reference", "https://acme.io/one", "b", "1"),
        ("reference", "https://acme.io/one", "1", "1"),
        ("autolink", "https://acme.io", "https://acme.io", None),
        ("reference", "https://acme.io/one", "c", "1"),
        ("html", "y", "some text", None),
        ("html", "z", "more", None),
        ("html", "i.png", "i", None),
    ]
    assert [source(document, link.location) for link in document.links[-3:]] == [
        "<a href='y'>",
        '<a\n href="z">',
        '<img src="i.png" alt="i">',
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("see [a][9] there", ["[a][9]", "[9]"]),
        ("- *x*, [`a`] [9]", ["[`a`] [9]", "[9]"]),
        ("| a | b |\n|--|--|\n| [c][9] | [c][9] |", ["[c][9]", "[9]", "[c][9]", "[9]"]),
        ("[a](https://acme.io/b c)", ["[a](https://acme.io/b c)"]),
        ("[a] (https://acme.io)", ["[a] (https://acme.io)"]),
        ("- [a]\n  (https://acme.io)", ["[a]\n  (https://acme.io)"]),
        ("[a](https://acme.io", ["[a](https://acme.io"]),
        ("![a][9]", ["[a][9]", "[9]"]),
        ("[a][1]\n\n[1]: x", []),
        ("`[a][9]`\n\n    [a][9]\n\n```\n[a][9]\n```\n<!-- [a][9] -->", []),
        ("\\[a\\]\\[9\\]", []),
        ("text\n[1]: https://acme.io", ["[1]"]),
    ],
)
def test_brackets_that_are_no_link(text: str, places: list[str]) -> None:
    document = read(text)
    assert [source(document, brackets.location) for brackets in document.unlinked] == places


def test_brackets_that_are_no_link_know_what_stands_around_them() -> None:
    first, second = read("Contact\n  the [team] [9] now").unlinked
    assert (first.text, first.before, first.after) == ("team", "the ", " [9] now")
    assert (first.target, first.has_gap, first.continues) == ("[9]", True, True)
    assert (second.text, second.before, second.target) == ("9", "the [team] ", "")


def test_ordered_lists_have_the_numbers_that_are_written() -> None:
    document = read("1. a\n   - b\n\n     3. c\n1. d\n4. e\n\ntext\n\n7) f\n")
    numbers = [[item.number for item in items] for items in document.ordered_lists]
    assert numbers == [[1, 1, 4], [3], [7]]
    place = document.ordered_lists[0][2].location
    assert source(document, place) == "4. e"


def test_tags_of_html_have_their_place() -> None:
    document = read("a <Your host> `<b>` <br/>\n\n<p>\n <img src=x>\n</p>\n\n<!-- <i> -->\n")
    assert [(tag.name, source(document, tag.location)) for tag in document.tags] == [
        ("your", "<Your host>"),
        ("br", "<br/>"),
        ("p", "<p>"),
        ("img", "<img src=x>"),
    ]


def test_fragments_name_headings_and_ids_in_html() -> None:
    document = read('## Set up\n\n<a name="Old"></a> text\n\n<div id="new">\n</div>\n')
    assert document.anchors == {"set-up", "Old", "new"}


@pytest.mark.parametrize(
    "text",
    [
        "some words here",
        "some *words* [here](words) and words",
        "a [words](https://acme.io/words) words",
        "`words` words",
        "first\n  words\n",
        "- x\n  | a | words |\n  |--|--|\n  | words | b |\n",
        "    words\n",
        "```\n  words\n```",
        "<p>words</p>",
        "![words](words) words",
    ],
)
def test_a_slice_of_what_a_reader_sees_is_located(text: str) -> None:
    document = read(text)
    found = 0
    for block in document.prose:
        start = block.text.find("words")
        while start >= 0:
            found += 1
            assert source(document, document.locate_slice(block, start, start + 5)) == "words"
            start = block.text.find("words", start + 1)
    assert found


def test_words_leave_code_out_without_moving_the_rest() -> None:
    [block] = read("run `a b` now").prose
    assert block.text == "run a b now"
    assert block.words == f"run {CODE * 3} now"
