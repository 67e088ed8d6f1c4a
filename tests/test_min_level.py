"""--min-level: what is listed is of that level or graver, and every count is as before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from support import COMPLETE, commit, edit, git, tilelint, told, write

TILE = "fixtures/demo"
LEVELS = ("error", "warning", "note")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("least", LEVELS)
def test_each_format_lists_no_lesser_level(least: str) -> None:
    wanted = set(LEVELS[: LEVELS.index(least) + 1])
    whole, listed = told(TILE), told(TILE, "--min-level", least)
    assert {each["level"] for each in listed["findings"]} == wanted
    assert [each for each in whole["findings"] if each["level"] in wanted] == listed["findings"]
    for part in ("summary", "integrations", "left_out"):
        assert listed[part] == whole[part], part
    sarif: Any = json.loads(
        tilelint("check", TILE, "--format", "sarif", "--min-level", least).stdout
    )
    [run] = sarif["runs"]
    assert {each["level"] for each in run["results"]} == wanted
    assert run["invocations"][0]["toolExecutionNotifications"] == []
    github = tilelint("check", TILE, "--format", "github", "--min-level", least).stdout
    assert ("::notice file" in github) is ("note" in wanted)
    assert ("::warning file" in github) is ("warning" in wanted)
    markdown = tilelint("check", TILE, "--format", "markdown", "--min-level", least).stdout
    assert ("### 💡" in markdown) is ("note" in wanted)
    assert "| ❌ not ready | 11 | 3 | 2 |" in markdown


@pytest.mark.parametrize(
    ("least", "remark"),
    [
        ("error", "Warnings and notes are counted, not listed (--min-level error)."),
        ("warning", "Notes are counted, not listed (--min-level warning)."),
        ("note", ""),
    ],
)
def test_text_says_what_is_not_listed(least: str, remark: str) -> None:
    shown = tilelint("check", TILE, "--min-level", least).stdout
    assert "11 errors, 3 warnings, 2 notes" in shown
    assert ("counted, not listed" in shown) is bool(remark)
    assert remark in shown


def test_what_fails_is_not_touched() -> None:
    for fail_on, code in (("error", 1), ("warning", 1), ("note", 1), ("never", 0)):
        options = ("--fail-on", fail_on, "--min-level", "error")
        assert tilelint("check", TILE, *options).exit_code == code
    clean = tilelint("check", "fixtures/complete-oauth", "--min-level", "error")
    assert clean.exit_code == 0
    assert "counted, not listed" not in clean.stdout


def test_statistics_count_everything() -> None:
    lines = [
        tilelint("check", TILE, "--statistics", *more).stdout
        for more in ((), ("--min-level", "error"))
    ]
    assert lines[0] == lines[1]


def test_what_does_not_count_is_still_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(COMPLETE, tmp_path / COMPLETE.name)
    monkeypatch.chdir(tmp_path)
    readme = Path(COMPLETE.name, "README.md")
    text = readme.read_text(encoding="utf-8")
    silent = "<!-- tilelint: suppress[bare-url] the page is typed in -->\n"
    write(readme, f"{text}\n\nhttp://old.acme.io\n\n{silent}http://silent.acme.io\n")
    git("init", "--quiet")
    commit("base")
    edit(readme, "http://old", "http://new.acme.io http://old")
    for least in LEVELS:
        shown = tilelint("check", "--base", "HEAD", "--min-level", least).stdout
        assert (
            "1 ready; 0 new errors, 0 new warnings, 1 new note, 1 suppressed; 1 was there before (1 note)"
            in shown
        )
