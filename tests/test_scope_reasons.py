"""What explains a scope: a sentence that says what is changed, and any word for what is read."""

from __future__ import annotations

import pytest
from support import Tile

from validator.facts.scope_reasons import change_told, is_named
from validator.scopes.catalogue import catalogue

TELLING = [
    "Nimbus creates a dashboard for each service.",
    "A dashboard is created when you connect an account.",
    "Dashboards of your services are kept up to date: Nimbus updates them daily.",
    "Nimbus adds the version to your dashboards.",
    "Nimbus deleted dashboards that nobody needs.",
    "Editing a service edits its dashboard.",
    "Click **Save** to create a dashboard.",
    "Nimbus can:\n\n- create dashboards\n- mute monitors",
    "Nimbus manages:\n\n- dashboards",
    "| what | how |\n|---|---|\n| a | Nimbus creates dashboards |",
]
SILENT = [
    "Open the **Nimbus Deploy Overview** dashboard.",
    "The dashboard of nimbus-deploy shows it.",
    "Open the **Nimbus Overview** dashboard.",
    "Go to the dashboard list.",
    "Then open the dashboard.",
    "See [your dashboards](/dashboard/lists).",
    "Nimbus does not create dashboards.",
    "Nimbus never changes a dashboard.",
    "Your dashboards stay as they are, without changes.",
    "Nimbus creates a monitor. Its dashboard shows them.",
    "Nimbus is a management platform with a dashboard.",
    "Our settings page and your dashboard.",
    "`nimbus create dashboard`",
    "<!-- Nimbus creates dashboards. -->",
    "```\ncreate a dashboard\n```",
    "Nimbus creates:\n\n### Dashboards",
    "",
]


def tile(text: str) -> Tile:
    own = Tile()
    own.write("README.md", f"# Nimbus\n\n## Overview\n\n{text}\n")
    return own


@pytest.mark.parametrize("text", TELLING)
def test_a_sentence_that_says_what_is_changed_explains_a_scope(text: str) -> None:
    place = change_told(tile(text).integration(), "dashboards_write")
    assert place is not None
    assert place.region is not None
    assert change_told(tile(text).integration(), "slos_write") is None
    both = tile(f"{SILENT[0]}\n\n{text}\n\n{SILENT[1]}")
    assert change_told(both.integration(), "dashboards_write") is not None


@pytest.mark.parametrize("text", SILENT)
def test_a_word_alone_explains_nothing(text: str) -> None:
    assert change_told(tile(text).integration(), "dashboards_write") is None


@pytest.mark.parametrize("scope", catalogue().write_keywords)
def test_each_scope_is_explained_by_each_of_its_words(scope: str) -> None:
    for word in catalogue().write_keywords[scope]:
        told = tile(f"Nimbus is fast.\n\nFor each job Nimbus creates or changes the {word}.")
        assert change_told(told.integration(), scope) is not None, word


@pytest.mark.parametrize("scope", catalogue().read_keywords)
def test_each_scope_that_reads_is_named_by_each_of_its_words(scope: str) -> None:
    assert catalogue().access(scope) == "read"
    assert not is_named(tile("Nimbus is quick.").integration(), scope)
    for word in catalogue().read_keywords[scope]:
        assert is_named(tile(f"Nimbus is quick.\n\nIt reads each {word}.").integration(), scope), (
            word
        )
    disclosed = {name for data in catalogue().queried for name in data.disclosed}
    assert scope not in disclosed


def test_the_address_of_a_page_names_what_is_read() -> None:
    assert is_named(
        tile("See [what you watch][1].\n\n[1]: /monitors/manage").integration(), "monitors_read"
    )
