"""What a tile says of its offering: each text is looked at, and one mistake in one of them is one finding."""

from __future__ import annotations

from typing import Any

import pytest
from support import Tile

from validator.model import Finding

README = (
    "# Nimbus Deploy\n\n## Overview\n\nIt deploys.\n\n## Setup\n\n{}\n\n## Uninstallation\n\n"
    "Stop it.\n\n## Support\n\nAsk [us](mailto:help@nimbus.example).\n"
)


def tile(**keys: Any) -> Tile:
    """Return a tile whose manifest says these things of it."""
    own = Tile()
    own.change("manifest.json", lambda manifest: manifest["tile"].update(keys))
    return own


def told(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def pointers(found: list[Finding]) -> list[str]:
    return [".".join(map(str, each.location.pointer or ())) for each in found]


def shown(own: Tile, found: Finding) -> str:
    """Return the text that a finding stands at, as it is written."""
    region = found.location.region
    assert region is not None
    line = own.text(str(found.location.path)).splitlines()[region.start_line - 1]
    return line[region.start_column - 1 : region.end_column - 1]


@pytest.mark.parametrize(
    ("field", "most", "rule"),
    [("title", 50, "title-length"), ("description", 80, "description-length")],
)
def test_a_text_is_as_long_as_it_may_be(field: str, most: int, rule: str) -> None:
    for value in ("x" * most, f"  {'x' * most} ", " " * most * 2, 7, ["x"] * most * 2):
        assert told(tile(**{field: value}), rule) == []
    [found] = told(tile(**{field: "x" * (most + 1)}), rule)
    assert found.location.pointer == ("tile", field)
    assert found.message == f"`tile.{field}` has {most + 1} characters; expected at most {most}"


@pytest.mark.parametrize(
    ("title", "description", "is_told"),
    [
        ("Nimbus Deploy", "Follow deployments", False),
        ("Nimbus Deploy", "Nimbus deploy, faster", False),
        ("", "", False),
        ("--", "...", False),
        (7, "Nimbus", False),
        ("Nimbus Deploy", "The NIMBUS-Deploy integration for Datadog", True),
        ("The Datadog", "the datadog", True),
        ("Datadog", "Integration", False),
    ],
)
def test_a_description_says_more_than_the_title(
    title: Any, description: str, is_told: bool
) -> None:
    found = told(tile(title=title, description=description), "description-repeats-title")
    assert pointers(found) == (["tile.description"] if is_told else [])
    for each in found:
        assert f"`{title}`" in each.message
        [related] = each.related
        assert related.message == "the title is here"
        assert related.location.pointer == ("tile", "title")


@pytest.mark.parametrize(
    ("description", "is_told"),
    [
        ("Follow deployments", False),
        ("Follow deployments, steps, etc.", False),
        ("Made by Nimbus Inc.", False),
        ("Follow deployments...", False),
        ("", False),
        (7, False),
        ("Follow deployments.", True),
        ("Follow deployments. ", True),
    ],
)
def test_a_description_is_no_sentence(description: Any, is_told: bool) -> None:
    own = tile(description=description)
    assert [shown(own, each) for each in told(own, "description-period")] == ["."] * is_told


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Nimbus", []),
        ("Nimbus Data Integration", []),
        ("Nimbus Integrationist", []),
        ("Nimbus Reintegration", []),
        (7, []),
        ("Nimbus Integration", ["Integration"]),
        ("Nimbus Integrations for datadog", ["Integrations", "for datadog"]),
        ("Continuous Integration Integration", ["Integration"]),
        ("Data Integration: an integration", ["integration"]),
    ],
)
def test_a_title_is_a_name(title: Any, expected: list[str]) -> None:
    own = tile(title=title)
    assert [shown(own, each) for each in told(own, "title-names-integration")] == expected


CAPTIONS = [{"caption": "Datadog"}, {"caption": 7}, 7, {"caption": "See DataDog and datadog"}]


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ([], []),
        (7, []),
        ({"caption": "DataDog"}, []),
        (CAPTIONS, ["DataDog", "datadog"]),
    ],
)
def test_the_product_in_what_the_tile_says(media: Any, expected: list[str]) -> None:
    own = tile(title="To Data Dog", description="By dataDog", media=media)
    found = told(own, "product-capitalisation")
    assert [shown(own, each) for each in found] == ["Data Dog", "dataDog", *expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Datadog", []),
        ("`datadog`", []),
        ("    datadog", []),
        ("See [there](https://nimbus.example/datadog).", []),
        ("Write to datadog@nimbus.example, or run datadog-agent.", []),
        ("Open /datadog, www.datadog or datadog.yaml.", []),
        ("See datadog. Then DataDog", ["datadog", "DataDog"]),
        ("`datadog` is Data Dog", ["Data Dog"]),
    ],
)
def test_the_product_in_prose(text: str, expected: list[str]) -> None:
    own = Tile()
    own.write("README.md", README.format(text))
    found = told(own, "product-capitalisation")
    assert [shown(own, each) for each in found] == expected


def test_of_a_tile_without_a_readme_the_manifest_is_read() -> None:
    own = tile(title="To datadog")
    own.remove("README.md")
    report = own.judge("product-capitalisation")
    assert pointers(list(report.findings)) == ["tile.title"]
    assert report.skips == ()


def linked(*urls: Any) -> Tile:
    return tile(resources=[{"url": url} for url in urls])


@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("https://nimbus.example", False),
        ("nimbus.example/http://", False),
        ("", False),
        (7, False),
        ("http://nimbus.example", True),
        ("HTTP://nimbus.example", True),
    ],
)
def test_a_link_is_encrypted(url: Any, is_told: bool) -> None:
    own = linked("https://nimbus.example", url, "http://last.example")
    own.change("manifest.json", lambda manifest: manifest["author"].update(homepage=url))
    found = told(own, "insecure-resource-link")
    assert pointers(found) == [
        *(["tile.resources.1.url"] if is_told else []),
        "tile.resources.2.url",
    ]
    assert {shown(own, each).lower() for each in found} == {"http"}
    assert pointers(told(own, "insecure-homepage")) == (["author.homepage"] if is_told else [])


@pytest.mark.parametrize("resources", [7, {}, {"url": "http://nimbus.example"}, [7, "a"]])
def test_links_of_another_type_are_the_schema_s(resources: Any) -> None:
    assert told(tile(resources=resources), "insecure-resource-link") == []


@pytest.mark.parametrize(
    ("value", "is_told"), [(True, False), (0, False), (None, False), (False, True)]
)
def test_a_tile_is_shown(value: Any, is_told: bool) -> None:
    own = Tile()
    own.change("manifest.json", lambda manifest: manifest.update(display_on_public_website=value))
    assert pointers(told(own, "hidden-tile")) == ["display_on_public_website"] * is_told


def test_what_a_manifest_of_the_marketplace_leaves_behind() -> None:
    own = Tile()
    assert told(own, "leftover-manifest-field") == []
    own.change("manifest.json", lambda manifest: manifest.update(pricing=[]))
    assert pointers(told(own, "leftover-manifest-field")) == ["pricing"]
    own.change("manifest.json", lambda manifest: manifest.update(legal_terms={}))
    assert pointers(told(own, "leftover-manifest-field")) == ["pricing", "legal_terms"]
    assert told(Tile("marketplace"), "leftover-manifest-field") == []


def announcing(assets: dict[str, Any]) -> Tile:
    own = Tile()
    own.change("manifest.json", lambda manifest: manifest["assets"].update(assets))
    return own


@pytest.mark.parametrize("kind", ["dashboards", "monitors", "saved_views", "logs"])
def test_assets_that_are_announced_and_not_there(kind: str) -> None:
    values: list[tuple[Any, bool]] = [({}, True), ([], False), (7, False), ({"a": "b"}, False)]
    for value, is_told in values:
        own = announcing({kind: value})
        assert pointers(told(own, "empty-manifest-asset")) == [f"assets.{kind}"] * is_told


@pytest.mark.parametrize(
    ("value", "is_told"),
    [
        ("Nimbus", False),
        ("Todo lists of Nimbus", False),
        ("TODOS", False),
        ("Nimbus: TODO", False),
        ("<Nimbus> deploys", False),
        ("Deploys {{nimbus}}", False),
        ("https://nimbus-deploy.io/example.com", False),
        ("help@nimbus-deploy.io", False),
        ("help@notexample.com", False),
        (" ", False),
        (7, False),
        ("TODO: Nimbus", True),
        ("< FIXME >", True),
        (" Your Company ", True),
        ("<nimbus>", True),
        ("{nimbus}", True),
        ("{{ nimbus }}", True),
        ("https://example.com/nimbus", True),
        ("https://help@WWW.example.com:443", True),
        ("help@Example.com", True),
        ("nimbus.example", True),
    ],
)
def test_a_text_that_was_never_filled_in(value: Any, is_told: bool) -> None:
    own = tile(title=value, resources=[{}, {"url": value}])
    own.change("manifest.json", lambda manifest: manifest["author"].update(name=value))
    expected = ["tile.title", "tile.resources.1.url", "author.name"] if is_told else []
    assert pointers(told(own, "placeholder-in-manifest")) == expected
