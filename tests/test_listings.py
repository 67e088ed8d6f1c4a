"""What is known of a listing: who writes its files, and whether it is published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support import RULES, commit, git, judged, opened, write

from validator import session
from validator.definitions import policies
from validator.facts.listing import made_by_platform
from validator.model import Level
from validator.session import Request


@pytest.mark.parametrize(
    ("uuid", "expected"),
    [
        ("3f1d2c7e-8a45-4b69-9d0e-6c5b4a392817", False),
        ("0195a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b", True),
        (" 0195A1B2-3C4D-7E5F-8A6B-7C8D9E0F1A2B ", True),
        ("0195a1b2-3c4d-7e5f-8a6b", False),
        ("7", False),
        ("", False),
        (7, False),
        (None, False),
    ],
)
def test_the_version_of_the_id_tells_who_writes_the_files(
    tmp_path: Path, uuid: Any, expected: bool
) -> None:
    write(tmp_path / "acme" / "manifest.json", {"app_uuid": uuid})
    assert made_by_platform(opened(tmp_path)) is expected


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_manifest_that_says_nothing_is_nobodys(tmp_path: Path, content: str) -> None:
    write(tmp_path / "acme" / "manifest.json", content)
    assert not made_by_platform(opened(tmp_path))


PICTURE = "https://cdn.acme-cloud.io/{}.png"
NAMED = "planetscale"
"""An integration that is published."""


def dashboard(*pictures: str) -> dict[str, Any]:
    widgets = [{"definition": {"type": "image", "url": PICTURE.format(name)}} for name in pictures]
    return {"title": "Orders", "layout_type": "ordered", "widgets": widgets}


def tile(folder: Path, uuid: str = "3f1d2c7e-8a45-4b69-9d0e-6c5b4a392817") -> None:
    """Write a tile without pictures in its gallery and with foreign ones in two dashboards."""
    write(folder / "manifest.json", {"app_uuid": uuid, "tile": {"media": []}})
    write(folder / "assets/dashboards/orders.json", dashboard("a", "b", "a"))
    write(folder / "assets/dashboards/stock.json", dashboard("a", "c"))


ASKED = tuple(RULES[id_] for id_ in ("dashboard-foreign-logo", "empty-gallery"))


@pytest.mark.parametrize(
    ("name", "uuid", "is_new"),
    [
        ("acme", "3f1d2c7e-8a45-4b69-9d0e-6c5b4a392817", True),
        (NAMED, "3f1d2c7e-8a45-4b69-9d0e-6c5b4a392817", False),
        ("acme", policies.load(policies.PublishedListings).app_uuids[0].upper(), False),
        ("acme", "", True),
    ],
)
def test_what_a_new_listing_is_asked_for_is_one_note_on_a_published_one(
    tmp_path: Path, name: str, uuid: str, is_new: bool
) -> None:
    tile(tmp_path / name, uuid)
    found = Counter((each.rule.id, each.level) for each in judged(tmp_path, ASKED).findings)
    logos = 3 if is_new else 1
    level = Level.WARNING if is_new else Level.NOTE
    assert found == {
        ("dashboard-foreign-logo", Level.NOTE): logos,
        ("empty-gallery", level): 1,
    }


def test_the_note_names_each_place(tmp_path: Path) -> None:
    tile(tmp_path / NAMED)
    [note] = judged(tmp_path, [RULES["dashboard-foreign-logo"]]).findings
    assert note.message.endswith("; 2 more like it")
    assert [each.location.path.name for each in note.related] == ["orders.json", "stock.json"]
    assert note.location.path.name == "orders.json"


def test_settings_have_the_last_word(tmp_path: Path) -> None:
    tile(tmp_path / NAMED)
    write(tmp_path / NAMED / ".tilelint.yaml", "levels: {empty-gallery: error}\n")
    levels = {each.rule.id: each.level for each in judged(tmp_path, ASKED).findings}
    assert levels == {"dashboard-foreign-logo": Level.NOTE, "empty-gallery": Level.ERROR}


def test_settings_of_another_rule_change_nothing(tmp_path: Path) -> None:
    tile(tmp_path / NAMED)
    write(tmp_path / NAMED / ".tilelint.yaml", "levels: {short-overview: error}\n")
    assert {each.level for each in judged(tmp_path, ASKED).findings} == {Level.NOTE}


def test_a_base_tells_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever has the name of a published one is new where the base lacks it, and the other way round."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    tile(tmp_path / "acme")
    commit("base")
    for name in ("acme", NAMED):
        tile(tmp_path / name)
        write(tmp_path / name / "assets/dashboards/paid.json", dashboard("d"))
    outcome = session.check(Request(paths=(Path(),), base="HEAD")).report
    found = [*outcome.findings, *outcome.known]
    levels = {
        (each.location.integration.name, each.level)
        for each in found
        if each.rule.id == "empty-gallery"
    }
    assert levels == {("acme", Level.NOTE), (NAMED, Level.WARNING)}
