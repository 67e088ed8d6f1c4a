"""Monitors: each is judged, whatever the one before it is, and one mistake is one finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from support import Tile, mended

from validator.model import Finding

TAG = "integration:tidegauge"


def monitor(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Tide is high",
        "tags": [TAG],
        "description": "A high tide floods the quay. This monitor tells before it does.",
        "definition": {"name": "High tide", "type": "query alert", "query": "q", "message": "Run."},
        **fields,
    }


GOOD = monitor()
OLD = {key: value for key, value in monitor().items() if key != "definition"}


def without(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: other for name, other in value.items() if name != key}


def defined(**fields: Any) -> dict[str, Any]:
    return monitor(definition={**GOOD["definition"], **fields})


def tile(*monitors: Any) -> Tile:
    """Return a tile with these monitors; they are judged in their order."""
    own = Tile("agent")
    paths = [f"assets/monitors/m{number}.json" for number, _ in enumerate(monitors)]
    own.remove("assets/monitors/jobs_wait.json")
    own.change("manifest.json", lambda manifest: manifest["assets"].pop("monitors"))
    for path, value in zip(paths, monitors, strict=True):
        own.write(path, json.dumps(value, indent=2))
    return own


def told(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def words(found: list[Finding]) -> list[tuple[str, str]]:
    """Return the file of each finding and the first part of what it says."""
    return [(each.location.path.stem, each.message.partition(";")[0]) for each in found]


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        (GOOD, []),
        (monitor(query="left", type="behind"), []),
        (without(GOOD, "definition"), ["`definition` is missing"]),
        (monitor(definition=[]), ["`definition` is an array"]),
        (monitor(title=7), ["`title` is a number"]),
        (monitor(title=" "), ["`title` is empty"]),
        (without(GOOD, "title"), ["`title` is missing"]),
        (defined(query=""), ["`definition.query` is empty"]),
        (defined(name=None, message=1.5), ["`definition.name` is ", "`definition.message` is "]),
        (
            monitor(definition=without(GOOD["definition"], "type")),
            ["`definition.type` is missing"],
        ),
        (
            without(monitor(title="", query="q", message="m"), "definition"),
            ["the old format has `query` and `message` at the top level"],
        ),
        (
            {"recommended_monitor_metadata": {}, "type": "query alert"},
            ["the old format has `recommended_monitor_metadata` and `type` at the top level"],
        ),
    ],
)
def test_what_makes_a_monitor(value: Any, messages: list[str]) -> None:
    found = told(tile(GOOD, value, OLD | {"query": "q"}, monitor(title="")), "invalid-monitor")
    own = [message for name, message in words(found) if name == "m1"]
    assert len(own) == len(messages)
    assert all(found.startswith(message) for found, message in zip(own, messages, strict=True))
    others = [each for each in words(found) if each[0] != "m1"]
    assert others == [
        ("m2", "the old format has `query` at the top level"),
        ("m3", "`title` is empty"),
    ]


def test_the_old_format_is_told_at_its_first_key() -> None:
    [found] = told(tile({"message": "m", "query": "q"}), "invalid-monitor")
    assert found.location.pointer == ("query",)


@pytest.mark.parametrize(
    ("title", "variable"),
    [
        ("Tide is high", None),
        ("Tide {is} }}high{", None),
        (7, None),
        ("Tide at {{quay.name}} is high", "{{quay.name}}"),
        ("{{quay.name}} and {{tide}}", "{{quay.name}}"),
        ("}} of {{tide", "{{tide"),
        ("{{", "{{"),
        ("{{}}", "{{}}"),
        ("Of {{two\nlines}}.", "{{two\nlines}}"),
    ],
)
def test_a_variable_in_a_title(title: Any, variable: str | None) -> None:
    own = tile(GOOD, monitor(title=title), monitor(title="{{x}}"))
    *found, last = told(own, "monitor-template-in-title")
    assert last.location.path.stem == "m2"
    assert len(found) == (variable is not None)
    for each in found:
        assert variable is not None
        region = each.location.region
        assert region is not None
        escaped = json.dumps(variable)[1:-1]
        assert region.end_column - region.start_column == len(escaped)
        line = own.text("assets/monitors/m1.json").splitlines()[region.start_line - 1]
        assert line[region.start_column - 1 :].startswith(escaped)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (monitor(description="x" * 300), None),
        (monitor(description=7), None),
        (OLD | {"description": ""}, None),
        (monitor(description="x" * 301), "`description` has 301 characters"),
        (monitor(description=" "), "`description` is empty"),
        (monitor(description=None), "`description` is empty"),
        (without(GOOD, "description"), "`description` is missing"),
    ],
)
def test_a_description(value: Any, message: str | None) -> None:
    found = told(tile(GOOD, value, monitor(description="")), "monitor-description")
    assert words(found) == [
        *([("m1", message)] if message else []),
        ("m2", "`description` is empty"),
    ]


@pytest.mark.parametrize(
    ("value", "message", "pointer"),
    [
        (monitor(tags=["team:quay", TAG]), None, None),
        (monitor(tags=7), None, None),
        (monitor(tags=f"is {TAG}"), None, None),
        (monitor(tags={}), None, None),
        (OLD | {"tags": []}, None, None),
        (monitor(tags=[]), "`tags` names no integration", ("tags",)),
        (without(GOOD, "tags"), "`tags` names no integration", ("tags",)),
        (
            monitor(tags=[7, "team:integration", "Integration :Tide"]),
            "`tags` has `Integration :Tide`",
            ("tags", 2),
        ),
        (monitor(tags=["integration:tide"]), "`tags` has `integration:tide`", ("tags", 0)),
    ],
)
def test_the_tag_of_the_integration(value: Any, message: str | None, pointer: Any) -> None:
    own = tile(GOOD, value, monitor(tags=[]))
    *found, last = told(own, "monitor-integration-tag")
    assert last.location.path.stem == "m2"
    assert words(found) == ([("m1", message)] if message else [])
    for each in found:
        assert each.location.pointer == pointer
        assert each.message.endswith(f"expected `{TAG}`")
        [related] = each.related
        assert related.message == "the integration's id"
        assert related.location.pointer == ("app_id",)


@pytest.mark.parametrize("app_id", [7, "", "Tide gauge"])
def test_without_an_id_no_tag_is_expected(app_id: Any) -> None:
    own = tile(monitor(tags=[]))
    own.change("manifest.json", lambda manifest: manifest.update(app_id=app_id))
    assert told(own, "monitor-integration-tag") == []


def test_the_number_of_an_account_is_taken_out() -> None:
    own = tile(GOOD, defined(id=None), defined(id=0), defined(id=7))
    found = told(own, "monitor-export-leftover")
    assert [each.location.path.stem for each in found] == ["m2", "m3"]
    for each in found:
        assert each.location.pointer == ("definition", "id")
        after = mended(own.files, each)[each.location.path]
        assert json.loads(after) == GOOD
