"""A fix that a finding carries resolves it, and brings no new error or warning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from conftest import ROOT
from support import RULES, Memory, Tile, files_of, mended

from validator import engine
from validator.configuration import Configuration
from validator.integration import Integration
from validator.model import Finding, Level
from validator.report import Report
from validator.settings import Settings

CASES = sorted(
    case
    for case in (ROOT / "fixtures").glob("*/bad*")
    if case.parent.name in RULES
    and RULES[case.parent.name].subject == "integration"
    and not (case / "after").exists()
)


def judge(files: Mapping[PurePosixPath, bytes], name: str, settings: Settings) -> Report:
    integration = Integration(Memory(files), PurePosixPath(name), name, settings)
    return engine.run([integration], RULES.values())


def grave(report: Report) -> Counter[str]:
    return Counter(found.rule.id for found in report.findings if found.level is not Level.NOTE)


def assert_each_fix_holds(
    files: Mapping[PurePosixPath, bytes], name: str, settings: Settings | None = None
) -> list[Finding]:
    """Apply the fix of each finding alone, and judge by all rules again; return what had a fix."""
    settings = settings or Settings()
    before = judge(files, name, settings)
    mendable = [found for found in before.findings if found.fix is not None]
    for finding in mendable:
        after = judge(mended(files, finding), name, settings)
        of_before = [found.identity for found in before.findings]
        of_after = [found.identity for found in after.findings]
        assert of_after.count(finding.identity) < of_before.count(finding.identity), finding.rule.id
        assert grave(after) - grave(before) == Counter(), finding.rule.id
        assert after.internal_errors == ()
    return mendable


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_fixes_of_a_bad_fixture_hold(case: Path) -> None:
    assert_each_fix_holds(files_of(case), case.name, Configuration().settings(case))


MANIFEST, README = "manifest.json", "README.md"
CLIENT = "assets/oauth_clients.json"


def without_section(tile: Tile) -> None:
    text = tile.text(README)
    start = text.index("## Uninstallation")
    end = text.index("\n## ", start + 3)
    tile.write(README, text[:start] + text[end + 1 :])


def without_reference(tile: Tile) -> None:
    tile.change(MANIFEST, lambda value: value["tile"].pop("uninstallation"))


def moved(key: str, value: Any) -> Callable[[Tile], None]:
    return lambda tile: tile.change(MANIFEST, lambda own: own["tile"].__setitem__(key, value))


def surrogate_title(tile: Tile) -> None:
    tile.change(MANIFEST, lambda value: value["tile"].__setitem__("title", "TITLE"))
    tile.edit(MANIFEST, '"TITLE"', '"\\ud800"')
    without_section(tile)


def in_crlf(change: Callable[[Tile], None]) -> Callable[[Tile], None]:
    def changed(tile: Tile) -> None:
        change(tile)
        for path in (MANIFEST, README):
            tile.write(path, tile.text(path).replace("\n", "\r\n"))

    return changed


def both(*changes: Callable[[Tile], object]) -> Callable[[Tile], None]:
    def changed(tile: Tile) -> None:
        for change in changes:
            change(tile)

    return changed


DEFECTS: dict[str, Callable[[Tile], object]] = {
    "no section": without_section,
    "no reference": without_reference,
    "neither": both(without_section, without_reference),
    "a key of the root in the tile": moved("app_uuid", "5f0c9a0e-6d1b-4e0c-9d57-1f4f7a6f2b12"),
    "an object of the root as a number": moved("assets", 5),
    "an author as a list": moved("author", []),
    "a path that leads nowhere": moved("dashboards", {"x": "assets/dashboards/gone.json"}),
    "an uninstallation under another name": both(
        without_reference, moved("uninstall", "README.md#Uninstallation")
    ),
    "a title that no file can hold": surrogate_title,
    "a picture in other letters": lambda tile: tile.move(
        "images/connect.png", "images/Connect.png"
    ),
    "a picture in other letters that is none": both(
        lambda tile: tile.remove("images/connect.png"),
        lambda tile: tile.write("images/Connect.png", "no picture"),
    ),
    "Windows line ends": in_crlf(both(without_section, without_reference)),
    "a scope twice": lambda tile: tile.change(
        CLIENT, lambda value: value["integration"]["scopes"].append("events_read")
    ),
    "a URI twice": lambda tile: tile.change(
        CLIENT,
        lambda value: value["integration"]["redirect_uris"].append(
            value["integration"]["redirect_uris"][0]
        ),
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_fixes_of_a_whole_tile_hold(defect: str) -> None:
    tile = Tile()
    DEFECTS[defect](tile)
    assert_each_fix_holds(tile.files, tile.name)


def test_a_reference_is_mended_together_with_its_section() -> None:
    tile = Tile()
    without_section(tile)
    without_reference(tile)
    [finding] = [
        found
        for found in assert_each_fix_holds(tile.files, tile.name)
        if found.rule.id == "missing-uninstallation-reference"
    ]
    after = mended(tile.files, finding)
    assert b"## Uninstallation" in after[PurePosixPath(README)]
    assert json.loads(after[PurePosixPath(MANIFEST)])["tile"]["uninstallation"]


@pytest.mark.parametrize(
    ("defect", "rule"),
    [
        ("an object of the root as a number", "unknown-manifest-field"),
        ("an author as a list", "unknown-manifest-field"),
        ("a path that leads nowhere", "unknown-manifest-field"),
        ("an uninstallation under another name", "missing-uninstallation-reference"),
        ("a picture in other letters that is none", "broken-manifest-path"),
    ],
)
def test_what_would_bring_another_finding_is_not_offered(defect: str, rule: str) -> None:
    tile = Tile()
    DEFECTS[defect](tile)
    found = [each for each in tile.judge(rule).findings if each.rule.id == rule]
    assert found
    assert [each.fix for each in found] == [None] * len(found)


def test_an_edit_touches_nothing_else() -> None:
    tile = Tile()
    without_reference(tile)
    tile.write(MANIFEST, tile.text(MANIFEST).replace("\n", "\r\n"))
    [finding] = [
        found
        for found in tile.judge().findings
        if found.rule.id.startswith("missing-uninst") or found.fix
    ]
    old = tile.files[PurePosixPath(MANIFEST)]
    new = mended(tile.files, finding)[PurePosixPath(MANIFEST)]
    common = next(at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    assert new[common + len(new) - len(old) :] == old[common:]
    assert b"\n" not in new.replace(b"\r\n", b"")


def test_the_fixes_of_published_tiles_hold(corpus: Path) -> None:
    mendable = [
        finding
        for folder in sorted(corpus.iterdir())
        if (folder / MANIFEST).is_file()
        for finding in assert_each_fix_holds(files_of(folder), folder.name)
    ]
    assert mendable
