"""Keys and paths of the manifest: what is no fault comes before what is one, and what a fix does holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support import Tile, mended

from validator.model import Finding


def tile(change: Callable[[dict[str, Any]], object], kind: str = "oauth") -> Tile:
    own = Tile(kind)
    own.change("manifest.json", change)
    return own


def told(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def pointers(found: list[Finding]) -> list[str]:
    return [".".join(map(str, each.location.pointer or ())) for each in found]


def test_a_value_given_twice_is_another_rules_and_the_next_one_is_judged() -> None:
    own = Tile()
    own.edit("manifest.json", '"app_id":', '"app_uuid": 1,\n  "app_id":')
    own.edit("manifest.json", '"display_on_public_website": true', '"display_on_public_website": 1')
    assert pointers(told(own, "invalid-manifest-value")) == ["display_on_public_website"]


@pytest.mark.parametrize("name", ["uninstall", "Uninstallation", "un-install", "deinstallation"])
def test_what_stands_for_the_reference_is_not_unknown_too(name: str) -> None:
    def rename(manifest: dict[str, Any]) -> None:
        manifest["tile"][name] = manifest["tile"].pop("uninstallation")
        manifest["zeta"] = 1

    own = tile(rename)
    assert pointers(told(own, "unknown-manifest-field")) == ["zeta"]
    assert pointers(told(own, "missing-uninstallation-reference")) == ["tile.uninstallation"]


def test_beside_the_reference_or_elsewhere_it_is() -> None:
    def beside(manifest: dict[str, Any]) -> None:
        manifest["tile"]["uninstall"] = "README.md#Uninstallation"

    def elsewhere(manifest: dict[str, Any]) -> None:
        manifest["uninstall"] = "README.md#Uninstallation"
        del manifest["tile"]["uninstallation"]

    def other(manifest: dict[str, Any]) -> None:
        del manifest["tile"]["uninstallation"]
        manifest["tile"]["reinstallment"] = "README.md#Setup"

    assert pointers(told(tile(beside), "unknown-manifest-field")) == ["tile.uninstall"]
    assert pointers(told(tile(elsewhere), "unknown-manifest-field")) == ["uninstall"]
    assert pointers(told(tile(other), "unknown-manifest-field")) == ["tile.reinstallment"]


def test_without_oauth_nobody_misses_the_reference() -> None:
    def rename(manifest: dict[str, Any]) -> None:
        manifest["tile"].pop("uninstallation", None)
        manifest["tile"]["uninstall"] = "README.md#Setup"

    assert pointers(told(tile(rename, "agent"), "unknown-manifest-field")) == ["tile.uninstall"]


def test_a_key_of_version_1_is_told_at_the_top_only() -> None:
    def add(manifest: dict[str, Any]) -> None:
        manifest["public_title"] = "A"
        manifest["tile"]["public_title"] = "A"

    messages = {
        pointer: each.message
        for each in told(tile(add), "unknown-manifest-field")
        for pointer in pointers([each])
    }
    assert "is a key of version 1; expected `tile.title`" in messages["public_title"]
    assert "version 1" not in messages["tile.public_title"]


def moved(own: Tile) -> Any:
    """Return the manifest after the fix of its only unknown key; None where there is no fix."""
    [found] = told(own, "unknown-manifest-field")
    if found.fix is None:
        return None
    own.files = mended(own.files, found)
    assert told(own, "unknown-manifest-field") == []
    assert told(own, "invalid-manifest-value") == told(own, "broken-manifest-path") == []
    return json.loads(own.text("manifest.json"))


def test_a_key_moves_to_the_object_that_it_belongs_to() -> None:
    def misplace(manifest: dict[str, Any]) -> None:
        manifest["support_email"] = manifest["author"].pop("support_email")

    own = tile(misplace)
    [found] = told(own, "unknown-manifest-field")
    assert found.fix is not None
    assert found.fix.description == "Move `support_email` into `author`"
    value = moved(own)
    assert "support_email" not in value
    assert "@" in value["author"]["support_email"]


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(support_email="a@b.example"),  # it is there already
        lambda manifest: manifest.update(support_email=7, author={**manifest["author"]}),
        lambda manifest: manifest.update(support_email="a@b.example", author="Acme"),
        lambda manifest: manifest.update(no_such_key_anywhere=1),
    ],
)
def test_a_key_that_would_be_refused_there_does_not_move(
    change: Callable[[dict[str, Any]], object],
) -> None:
    assert moved(tile(change)) is None


def test_a_key_of_the_wrong_type_does_not_move() -> None:
    def misplace(manifest: dict[str, Any]) -> None:
        del manifest["author"]["support_email"]
        manifest["support_email"] = 7

    assert moved(tile(misplace)) is None


@pytest.mark.parametrize(("path", "moves"), [("CHANGELOG.md", True), ("GONE.md", False)])
def test_a_path_that_names_no_file_does_not_move(path: str, moves: bool) -> None:
    def misplace(manifest: dict[str, Any]) -> None:
        del manifest["tile"]["changelog"]
        manifest["changelog"] = path

    value = moved(tile(misplace))
    assert (value is not None) is moves
    if moves:
        assert value["tile"]["changelog"] == path


def picture(own: Tile) -> str:
    value = json.loads(own.text("manifest.json"))
    path: str = value["tile"]["media"][0]["image_url"]
    return path


def test_a_path_in_another_spelling_is_written_as_the_file_is() -> None:
    own = Tile()
    right = picture(own)
    wrong = right.upper()
    own.edit("manifest.json", right, wrong)
    [found] = told(own, "broken-manifest-path")
    assert found.fix is not None
    assert (found.fix.description, [edit.text for edit in found.fix.edits]) == (
        f"Write `{right}`",
        [right],
    )
    own.files = mended(own.files, found)
    assert picture(own) == right
    own.edit("manifest.json", right, wrong)
    own.write(right, b"no picture at all")
    [found] = told(own, "broken-manifest-path")
    assert found.fix is None, "what can't be shown is not offered"


def test_every_path_that_is_broken_is_told_good_ones_before() -> None:
    own = Tile()
    right = picture(own)
    value = json.loads(own.text("manifest.json"))
    count = len(value["tile"]["media"])
    value["tile"]["media"] += [
        {
            "media_type": "image",
            "caption": f"Gone {number}",
            "image_url": f"images/gone{number}.png",
        }
        for number in range(2)
    ]
    own.write("manifest.json", json.dumps(value, indent=2))
    assert pointers(told(own, "broken-manifest-path")) == [
        f"tile.media.{number}.image_url" for number in (count, count + 1)
    ]
    assert right in own.text("manifest.json")
