"""What the manifest refers to: sections and files; good references come before bad ones, and nobody is told twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from support import Tile

from validator.model import Finding

README = (
    "# Quarry\n\n## Overview\n\nIt digs.\n\n## Setup\n\nStart it.\n\n## Data Collected\n\nNone.\n\n"
    "## Uninstallation\n\nStop it.\n\n## {}\n\nAsk [us](mailto:a@b.example).\n"
)


def tile(change: Callable[[dict[str, Any]], object], support: str = "Support") -> Tile:
    own = Tile()
    own.write("README.md", README.format(support))
    own.change("manifest.json", change)
    return own


def told(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def refers(**keys: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["tile"].update(keys)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("README.md#Setup", None),
        ("README.md#setup", None),
        ("README.md#SETUP", None),
        ("README.md#Data%20Collected", None),
        ("README.md#Data Collected", None),
        (7, None),
        ("", "is empty; expected `README.md#Setup`"),
        ("Setup", "is `Setup`, which is no section of `README.md`; expected `README.md#Setup`"),
        ("README.md", "is `README.md`, which names no section; expected `README.md#Setup`"),
        ("README.md#", "is `README.md#`, which names no section; expected `README.md#Setup`"),
        (
            "README.md#Data Colected",
            "leads nowhere: `README.md` has no heading `Data Colected`; expected `README.md#Data Collected`",
        ),
        (
            "readme.md#Data Colected",
            (
                "is `readme.md#Data Colected`, which is no section of `README.md`; "
                "expected `README.md#Data Collected`"
            ),
        ),
        (
            "docs.md#Data Colected",
            "is `docs.md#Data Colected`, which is no section of `README.md`; expected `README.md#Setup`",
        ),
        (
            "README.md#Nothing",
            "leads nowhere: `README.md` has no heading `Nothing`; expected `README.md#Setup`",
        ),
        (
            "README.md#Quarry",
            None,
        ),
    ],
)
def test_a_reference_to_a_section(value: Any, message: str | None) -> None:
    own = tile(refers(configuration=value, support="README.md#Nowhere"))
    found = told(own, "dangling-readme-anchor")
    first = [each for each in found if each.location.pointer == ("tile", "configuration")]
    assert [each.message.removeprefix("`tile.configuration` ") for each in first] == (
        [message] if message else []
    )
    for each in first:
        [related] = each.related
        name = each.message.rpartition("#")[2].rstrip("`")
        assert related.message == f"`{name}` is here"
        assert related.location.region is not None
    assert any(each.location.pointer == ("tile", "support") for each in found), (
        "the next one is judged"
    )


@pytest.mark.parametrize(
    ("value", "heading", "rule"),
    [
        ("README.md#Support", "Support", None),
        ("README.md#Support", "Troubleshooting", "support-anchor-to-troubleshooting"),
        ("README.md#Troubleshooting", "Support", "support-anchor-to-troubleshooting"),
        ("README.md#Troubleshooting", "Troubleshooting", None),
        ("docs.md#Support", "Troubleshooting", "dangling-readme-anchor"),
        ("", "Troubleshooting", "dangling-readme-anchor"),
    ],
)
def test_support_and_troubleshooting_stand_for_each_other(
    value: str, heading: str, rule: str | None
) -> None:
    own = tile(refers(support=value), heading)
    for name in ("support-anchor-to-troubleshooting", "dangling-readme-anchor"):
        found = told(own, name)
        assert len(found) == (name == rule)
        for each in found:
            assert each.message.endswith(f"expected `README.md#{heading}`")
            assert [related.message for related in each.related] == [f"`{heading}` is here"]


def test_a_misspelt_heading_is_told_at_its_place() -> None:
    own = tile(refers(support="README.md#Support"))
    own.edit("README.md", "## Setup", "## Setpu")
    own.edit("README.md", "## Overview", "##Overview")
    found = told(own, "dangling-readme-anchor")
    assert [each.message for each in found] == [
        "`##Overview` stands where `tile.overview` refers to `Overview`; expected `## Overview`",
        "`Setpu` stands where `tile.configuration` refers to `Setup`; expected `## Setup`",
    ]
    for each, key in zip(found, ("overview", "configuration"), strict=True):
        assert str(each.location.path) == "README.md"
        assert [related.message for related in each.related] == ["the reference is here"]
        assert [related.location.pointer for related in each.related] == [("tile", key)]


def test_a_section_that_another_rule_misses_is_told_there() -> None:
    own = tile(lambda _: None)
    text = own.text("README.md")
    start = text.index("## Setup")
    own.write("README.md", text[:start] + text[text.index("## Data") :])
    assert told(own, "dangling-readme-anchor") == []
    assert len(told(own, "missing-readme-section")) == 1


def configured(spec: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["assets"]["integration"].update(configuration={"spec": spec})


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("assets/configuration/spec.yaml", None),
        ("", None),
        ("  ", None),
        (7, None),
        ("./assets/configuration/spec.yaml", "expected `assets/configuration/spec.yaml`"),
        ("/assets/configuration/spec.yaml", "expected `assets/configuration/spec.yaml`"),
        ("assets\\configuration\\spec.yaml", "expected `assets/configuration/spec.yaml`"),
        ("nowhere/at_all.txt", "or no `spec` without an Agent check"),
        ("assets/configuration/Spec.yaml", "case matters"),
    ],
)
def test_the_specification_is_a_file(spec: Any, message: str | None) -> None:
    own = tile(configured(spec))
    own.write("assets/configuration/spec.yaml", "name: Quarry\n")
    found = [
        each
        for rule in ("untidy-manifest-path", "missing-configuration-spec")
        for each in told(own, rule)
        if each.location.pointer == ("assets", "integration", "configuration", "spec")
    ]
    assert len(found) == bool(message)
    for each in found:
        assert message is not None
        assert message in each.message


@pytest.mark.parametrize(
    ("client", "is_told"),
    [
        ("assets/oauth_clients.json", False),
        ("./assets/oauth_clients.json", True),
        ("assets//oauth_clients.json", True),
        ("assets/gone.json", False),
        ("./assets/gone.json", False),
        ("  ", False),
        (7, False),
    ],
)
def test_the_path_of_the_client_is_tidy(client: Any, is_told: bool) -> None:
    own = tile(lambda manifest: manifest["assets"].update(oauth=client))
    assert len(told(own, "untidy-manifest-path")) == is_told


def test_every_asset_that_nobody_names_is_told_those_that_are_named_before() -> None:
    own = Tile()
    for name in ("aaa", "zzz"):
        own.write(f"assets/dashboards/{name}.json", "{}")
        own.write(f"assets/dashboards/{name}.txt", "{}")
    own.write("assets/monitors/zzz.json", "{}")
    own.write("assets/saved_views/a.json", "{}")
    found = told(own, "unregistered-asset")
    assert [str(each.location.path) for each in found] == [
        "assets/dashboards/aaa.json",
        "assets/dashboards/zzz.json",
        "assets/monitors/zzz.json",
        "assets/saved_views/a.json",
    ]
    assert "another short name" in found[0].message
    assert "expected a short name" in found[3].message
    assert {related.message for each in found for related in each.related} == {"it belongs here"}


@pytest.mark.parametrize("value", [7, [], "a"])
def test_of_a_kind_that_is_refused_nothing_is_told_but_of_the_next(value: Any) -> None:
    own = Tile()
    own.change("manifest.json", lambda manifest: manifest["assets"].update(dashboards=value))
    own.write("assets/monitors/zzz.json", "{}")
    found = told(own, "unregistered-asset")
    assert [str(each.location.path) for each in found] == ["assets/monitors/zzz.json"]


HEADER = (
    "metric_name,metric_type,interval,unit_name,per_unit_name,description,orientation,integration,"
    "short_name\n"
)
SERVICE_CHECKS = json.dumps([{"check": "nimbus.can_connect"}])


def bare(rows: int, checks: str = SERVICE_CHECKS, **assets: Any) -> Tile:
    """Return a tile whose manifest names neither metrics nor service checks."""
    own = Tile()

    def change(manifest: dict[str, Any]) -> None:
        manifest["assets"]["integration"].pop("metrics", None)
        manifest["assets"]["integration"]["service_checks"] = {}
        manifest["assets"].update(assets)

    own.change("manifest.json", change)
    lines = "".join(f"nimbus.m{number},gauge,,,,,0,nimbus,\n" for number in range(rows))
    own.write("metadata.csv", HEADER + lines + ",,,,,,,,\n")
    own.write("assets/service_checks.json", checks)
    return own


@pytest.mark.parametrize(
    ("rows", "checks", "messages"),
    [
        (1, "[]", ["`metadata.csv` describes 1 metric, but"]),
        (2, "[]", ["`metadata.csv` describes 2 metrics, but"]),
        (0, "[]", []),
        (0, SERVICE_CHECKS, ["`assets/service_checks.json` describes service checks, but"]),
        (
            1,
            SERVICE_CHECKS,
            ["`metadata.csv` describes 1 metric, but", "`assets/service_checks.json` describes"],
        ),
    ],
)
def test_tables_that_nobody_names(rows: int, checks: str, messages: list[str]) -> None:
    found = told(bare(rows, checks), "unregistered-metadata")
    assert len(found) == len(messages)
    for each, message in zip(found, messages, strict=True):
        assert each.message.startswith(message)


def test_where_an_object_above_is_refused_it_is_told_there() -> None:
    refusing: tuple[Any, ...] = (7, [], "a")
    for refused in refusing:
        assert told(bare(1, integration=refused), "unregistered-metadata") == []
    own = bare(1)
    own.change("manifest.json", lambda manifest: manifest.pop("assets"))
    assert told(own, "unregistered-metadata") == []


@pytest.mark.parametrize(
    ("names", "sides"),
    [
        (["Nimbus"], []),
        (["Nimbus", " Nimbus 2", "Nimbus 3", "Nimbus 4 ", "  "], ["begins", "ends"]),
        (["\tNimbus"], ["begins"]),
    ],
)
def test_short_names_with_blanks_around_them(names: list[str], sides: list[str]) -> None:
    own = Tile()

    def change(manifest: dict[str, Any]) -> None:
        [path] = manifest["assets"]["dashboards"].values()
        manifest["assets"]["dashboards"] = dict.fromkeys(names, path)
        manifest["assets"]["monitors"] = 7

    own.change("manifest.json", change)
    found = told(own, "unstable-short-name")
    assert [re.findall(r"(begins|ends) with a blank", each.message)[0] for each in found] == sides
