"""`tilelint doctor` says what is there, and by its exit code whether something keeps tilelint from its work."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from support import COMPLETE, commit, git, tilelint, write

from validator import __version__, doctor
from validator.doctor import Remark
from validator.session import ExitCode

TODAY = dt.date(2026, 11, 27)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def examined(folder: Path, today: dt.date = TODAY) -> dict[str, Remark]:
    return {remark.subject: remark for remark in doctor.examine(folder, today)}


def test_everything_is_there(folder: Path) -> None:
    shutil.copytree(COMPLETE, "nimbus_deploy")
    git("init", "--quiet")
    commit()
    write(".tilelint.yaml", "levels:\n  bare-onboarding-url: error\n")
    found = examined(folder)
    assert not any(remark.is_wrong for remark in found.values())
    assert found["tilelint"].text.startswith(__version__)
    assert "click 8" in found["packages"].text
    assert found["git"].text[0].isdigit()
    assert found["repository"].text == f"{folder}; compare with `--base origin/main`"
    assert found["settings"].text == "1 integration; .tilelint.yaml"
    assert found["pre-commit"].text == "no; `tilelint hook --install` adds it"
    assert found["scopes"].text.startswith("the catalogue is of 20")
    tilelint("hook", "--install")
    after = examined(folder)
    assert after["pre-commit"].text == after["workflow"].text == "runs tilelint"
    assert tilelint("doctor").exit_code == ExitCode.CLEAN


def test_the_branch_of_the_origin_is_what_to_compare_with(folder: Path) -> None:
    git("init", "--quiet")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/master")
    assert examined(folder)["repository"].text.endswith("`--base origin/master`")


def test_a_shallow_clone_is_told_what_it_lacks(folder: Path) -> None:
    git("init", "--quiet", "whole")
    write("whole/file", "one")
    for message in ("one", "two"):
        git("add", ".", cwd="whole")
        git("commit", "--quiet", "--allow-empty", "--message", message, cwd="whole")
    git("clone", "--quiet", "--depth", "1", f"file://{folder}/whole", "shallow")
    assert "git fetch --unshallow" in examined(folder / "shallow")["repository"].text
    assert "unshallow" not in examined(folder / "whole")["repository"].text


@pytest.mark.parametrize("count", [0, 3, 4])
def test_of_many_settings_a_few_are_named(folder: Path, count: int) -> None:
    for number in range(count):
        shutil.copytree(COMPLETE, f"tile_{number}")
        write(f"tile_{number}/.tilelint.yaml", "levels:\n  bare-onboarding-url: error\n")
    text = examined(folder)["settings"].text
    assert text.count(".tilelint.yaml") == min(count, 3)
    assert text.endswith({0: "none count", 3: "tile_2/.tilelint.yaml", 4: "and 1 more file"}[count])


def test_wrong_settings_keep_it_from_its_work(folder: Path) -> None:
    shutil.copytree(COMPLETE, "nimbus_deploy")
    write(".tilelint.yaml", "lewels: {}\n")
    result = tilelint("doctor", folder)
    assert result.exit_code == ExitCode.WRONG
    [line] = [line for line in result.stdout.splitlines() if line.startswith("✗")]
    assert ".tilelint.yaml:1:1" in line
    assert "no git" not in result.stdout
    assert examined(folder)["repository"].text.startswith("none")


def test_without_git_comparing_is_what_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "--quiet")
    monkeypatch.setenv("PATH", str(folder))
    found = examined(folder)
    assert found["git"].is_wrong
    assert "--base" in found["git"].text
    assert "repository" not in found


def test_an_old_catalogue_is_called_old(folder: Path) -> None:
    assert "more than a year old" in examined(folder, TODAY.replace(year=2029))["scopes"].text


def test_a_configuration_that_is_no_yaml_is_said(folder: Path) -> None:
    git("init", "--quiet")
    write(".pre-commit-config.yaml", "repos: [\n")
    found = examined(folder)["pre-commit"]
    assert "no YAML" in found.text
    assert not found.is_wrong
