"""Service checks: every one is looked at, and one mistake in one of them is one finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support import Tile

FILE = "assets/service_checks.json"


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "agent_version": "7.60.0",
        "integration": "Tidegauge",
        "check": "tidegauge.can_connect",
        "statuses": ["ok", "critical"],
        "groups": ["host"],
        "name": "Can connect",
        "description": "Returns `CRITICAL` if the Agent can't connect.",
        **fields,
    }


GOOD = entry()


def tile(*entries: Any) -> Tile:
    own = Tile("agent")
    own.write(FILE, json.dumps(list(entries), indent=2))
    return own


def told(own: Tile, rule: str) -> list[tuple[str, str]]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return [
        (".".join(map(str, each.location.pointer or ())), each.message) for each in report.findings
    ]


@pytest.mark.parametrize("key", ["agent_version", "check", "integration", "name", "description"])
@pytest.mark.parametrize(
    ("value", "words"), [(7, "is a number"), ("", "is empty"), (" ", "is empty")]
)
def test_a_text_of_another_type_or_without_words_is_one_finding(
    key: str, value: Any, words: str
) -> None:
    found = told(tile(GOOD, entry(**{key: value}), entry(groups=7)), "invalid-service-check")
    assert [pointer for pointer, _ in found] == [f"1.{key}", "2.groups"]
    assert words in found[0][1]


def test_a_key_that_is_missing_hides_no_other_fault() -> None:
    broken = entry(name="", check="a..b", agent_version="7")
    del broken["agent_version"]
    del broken["description"]
    found = told(tile(broken), "invalid-service-check")
    assert {pointer for pointer, _ in found} == {
        "0.agent_version",
        "0.description",
        "0.name",
        "0.check",
    }


def test_an_unknown_key_stands_for_one_that_is_missing() -> None:
    broken = entry(desription="A")
    del broken["description"]
    found = told(tile(GOOD, broken), "invalid-service-check")
    assert [pointer for pointer, _ in found] == ["1.desription"]
    found = told(tile(entry(desription="A")), "invalid-service-check")
    assert [pointer for pointer, _ in found] == ["0.desription"]


@pytest.mark.parametrize(
    ("statuses", "pointers"),
    [
        (["ok"], []),
        ([], ["1.statuses"]),
        ("ok", ["1.statuses"]),
        (["ok", "good", "critical", "bad"], ["1.statuses.1", "1.statuses.3"]),
    ],
)
def test_statuses(statuses: Any, pointers: list[str]) -> None:
    found = told(tile(GOOD, entry(statuses=statuses)), "invalid-service-check")
    assert [pointer for pointer, _ in found] == pointers


def source_type(value: Any) -> Any:
    return lambda manifest: manifest["assets"]["integration"].update(source_type_name=value)


def test_the_name_of_the_integration_is_the_source_type() -> None:
    own = tile(entry(integration=7), entry(integration=" "), GOOD, entry(integration="Other"))
    found = told(own, "service-check-integration-name")
    assert [pointer for pointer, _ in found] == ["3.integration"]
    for value in (7, "", "  "):
        own.change("manifest.json", source_type(value))
        assert told(own, "service-check-integration-name") == []


def table(own: Tile, name: str, *, cells: int = 9) -> None:
    header = (
        "metric_name,metric_type,interval,unit_name,per_unit_name,description,orientation,integration,"
        "short_name"
    )
    row = f"tidegauge.level,gauge,,,,,0,{name},".split(",")[:cells]
    own.write("metadata.csv", f"{header}\n{','.join(row)}\n")


def test_where_the_tables_agree_with_the_check_the_source_type_is_alone() -> None:
    names = [entry(integration="Tide Gauge"), entry(integration="Other")]
    own = tile(*names)
    own.change("manifest.json", source_type("Sea Level"))
    table(own, "tide_gauge")
    assert [pointer for pointer, _ in told(own, "service-check-integration-name")] == [
        "1.integration"
    ]
    table(own, "another")
    assert len(told(own, "service-check-integration-name")) == 2
    table(own, "tide_gauge", cells=8)
    assert len(told(own, "service-check-integration-name")) == 2, "a broken row says nothing"
    own.write("metadata.csv", b"\xff\xfe")
    assert len(told(own, "service-check-integration-name")) == 2


def test_what_is_given_again() -> None:
    own = tile(
        entry(check=7, name=7), entry(check="", name=" "), entry(check="", name=" "), GOOD, GOOD
    )
    found = told(own, "duplicate-service-check")
    assert [pointer for pointer, _ in found] == ["4.check", "4.name"]
    report = own.judge("duplicate-service-check")
    assert {related.message for each in report.findings for related in each.related} == {
        "first given here"
    }
    once = tile(GOOD, entry(check="tidegauge.other"), entry(name="Other"))
    assert [pointer for pointer, _ in told(once, "duplicate-service-check")] == [
        "1.name",
        "2.check",
    ]
