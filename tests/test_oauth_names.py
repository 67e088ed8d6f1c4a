"""The name and the description of an OAuth client: what a customer reads, and what only engineers do."""

from __future__ import annotations

from typing import Any

import pytest
from test_oauth_client import messages, of_client, tile, told

TITLE = "Nimbus Deploy"


@pytest.mark.parametrize(
    ("name", "title", "words", "differs"),
    [
        ("Nimbus Deploy", TITLE, None, False),
        ("Nimbus", TITLE, None, True),
        ("", TITLE, None, False),
        ("  ", TITLE, None, False),
        (7, TITLE, None, False),
        ("Nimbus", 7, None, False),
        ("Nimbus", "", None, False),
        ("Nimbus", "  ", None, False),
        (
            "Nimbus (prod) OAuth Client",
            TITLE,
            "`prod`, `OAuth`, `Client`; expected `Nimbus Deploy`",
            False,
        ),
        ("NimbusDev", TITLE, "`Dev`; expected `Nimbus Deploy`", False),
        ("Nimbus qa2", TITLE, "`qa2`; expected `Nimbus Deploy`", False),
        ("Nimbus OAuth", "Nimbus OAuth Proxy", None, True),
        ("Nimbus OAuth", 7, "`OAuth`; expected the title of the integration", False),
        ("Zephyr", TITLE, "has no word of the title; expected `Nimbus Deploy`", False),
        ("Zephyr", 7, None, False),
        ("Zephyr", "  ", None, False),
        ("Nimbusdeploy", TITLE, None, True),
        ("TheNimbusDeployer", TITLE, None, True),
        ("xxdeployxx", TITLE, None, True),
        ("bigapp", "Big App", None, True),
        ("xabcx", "Abc Def", "has no word of the title", False),
        ("xabcdx", "Abcd Efg", None, True),
        ("and", "Sun and Moon", None, True),
        ("the and", "Sun and Moon", "has no word of the title", False),
    ],
)
def test_the_name_of_the_client(name: Any, title: Any, words: str | None, differs: bool) -> None:
    own = tile(of_client(name=name), lambda manifest: manifest["tile"].update(title=title))
    found = told(own, "oauth-client-name")
    assert [each.message for each in found if words is None or words not in each.message] == []
    assert len(found) == bool(words)
    others = told(own, "oauth-client-name-differs")
    assert len(others) == differs
    is_title = isinstance(title, str) and bool(title.strip())
    for each in (*found, *others):
        assert [related.message for related in each.related] == ["the title is here"] * is_title


@pytest.mark.parametrize(
    ("description", "name", "fault"),
    [
        ("Sends metrics of deployments", "Nimbus", None),
        ("", "Nimbus", None),
        ("  ", "Nimbus", None),
        (7, "Nimbus", None),
        ("Nimbus-Deploy!", "nimbus deploy", "only repeats the name"),
        ("Nimbus App", 7, "has 10 characters"),
        ("TODO: describe what it does here", "Nimbus", "looks left over"),
        ("Lorem ipsum dolor sit amet, and more", "Nimbus", "looks left over"),
        ("A test of the nimbus integration", "Nimbus", "looks left over"),
        ("A test of deployments in the cloud", "Nimbus", None),
        ("x" * 11, "Nimbus", "has 11 characters"),
        ("  " + "x" * 11 + " ", "Nimbus", "has 11 characters"),
        ("x" * 12, "Nimbus", None),
    ],
)
def test_the_description_of_the_client(description: Any, name: Any, fault: str | None) -> None:
    found = messages(
        tile(of_client(description=description, name=name)), "oauth-client-description"
    )
    assert len(found) == bool(fault)
    assert all(fault is not None and fault in message for message in found)
