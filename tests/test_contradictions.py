"""What is asked for and can't be answered as it was meant is refused: by the command, and by the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import COMPLETE, DEMO, commit, git, tilelint, write

from validator import session
from validator.model import DefinitionError
from validator.selection import Selection
from validator.session import ExitCode, Request


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    shutil.copytree(COMPLETE, root / "nimbus_deploy")
    shutil.copytree(DEMO / "harborlight", root / "harborlight")
    monkeypatch.chdir(root)
    git("init", "--quiet")
    commit("base")
    return root


# --- paths


@pytest.mark.parametrize("path", ["harborligth", "harborlight/nope", "nope.md"])
@pytest.mark.parametrize("compared", [["--staged"], ["--base", "HEAD"], []])
def test_a_path_that_is_nowhere_is_wrong_whatever_is_compared(
    path: str, compared: list[str]
) -> None:
    write("harborlight/CHANGELOG.md", "# Changelog\n")
    git("add", "--all")
    result = tilelint("check", *compared, path)
    assert result.exit_code == 2
    assert f"{path}: no such file or folder" in result.stderr


def test_a_path_that_the_next_commit_takes_away_is_none() -> None:
    git("rm", "--quiet", "-r", "harborlight")
    assert tilelint("check", "--staged", "harborlight").exit_code == 0
    assert tilelint("check", "--staged", "harborlight/README.md").exit_code == 0


def test_without_a_path_the_current_folder_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("harborlight", "nimbus_deploy"):
        write(f"{name}/CHANGELOG.md", "# Changelog\n\n## 9.9.9\n")
    git("add", "--all")
    monkeypatch.chdir("nimbus_deploy/assets")
    for compared in (["--staged"], ["--base", "HEAD"]):
        outcome = tilelint("check", *compared, "--format", "json").stdout
        assert '"name": "nimbus_deploy"' in outcome
        assert '"name": "harborlight"' not in outcome


def test_a_link_into_the_repository_is_followed(repository: Path) -> None:
    link = repository.parent / "link"
    link.symlink_to(repository / "harborlight")
    for compared in (["--staged"], ["--base", "HEAD"]):
        result = tilelint("check", *compared, link)
        assert result.exit_code == 0, result.output


# --- settings


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("levels: {1: error}", "1"),
        ("parameters: {yes: {}}", "true"),
        ("2026-11-27: 1", "2026-11-27"),
        ('overrides: [{paths: ["**"], levels: {1: note}}]', "1"),
    ],
)
@pytest.mark.parametrize("command", ["check", "scopes", "config"])
def test_a_key_that_is_no_text_is_told_with_its_place(text: str, key: str, command: str) -> None:
    write("harborlight/.tilelint.yaml", text)
    result = tilelint(command, "harborlight")
    assert result.exit_code == 2
    assert result.stderr.startswith("tilelint: harborlight/.tilelint.yaml:1:")
    if key != "2026-11-27":
        assert f"`{key}`" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["scopes", "."], ["scopes", "harborlight"], ["config", "."]])
def test_a_defect_that_hides_an_integration_is_told(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from validator.configuration import Configuration

    settings = Configuration.settings

    def failing(self: Configuration, folder: Path) -> Any:
        if folder.name == "harborlight":
            raise KeyError("a defect")
        return settings(self, folder)

    monkeypatch.setattr(Configuration, "settings", failing)
    result = tilelint(*command)
    assert result.exit_code == 2
    assert "internal error in discovery on harborlight" in result.stderr
    assert "no OAuth client" not in result.stderr


def test_where_no_rule_is_left_nothing_is_ready() -> None:
    rule = "duplicate-redirect-uri"
    result = tilelint("check", "--select", rule, "--ignore", rule, "harborlight")
    assert result.exit_code == 2
    assert "no rule is left to judge" in result.stderr
    write("harborlight/.tilelint.yaml", f"select: [{rule}]\nignore: [{rule}]\n")
    assert tilelint("check", "harborlight").exit_code == 2
    assert tilelint("check", "--select", "unreadable-document", "harborlight").exit_code == 0
    for nothing in ("", ",", " , "):
        assert tilelint("check", "--select", nothing, "harborlight").exit_code == 2
        assert tilelint("check", "--ignore", nothing, "harborlight").exit_code == 2


# --- outputs


@pytest.mark.parametrize(
    "arguments",
    [
        ["--output", ""],
        ["--output", "."],
        ["--output", ".."],
        ["--format", "json=."],
        ["--format", "json=.."],
        ["--format", "json=nimbus_deploy/.."],
        ["--format", "json=nimbus_deploy/"],
    ],
)
def test_a_folder_is_no_place_for_a_report(arguments: list[str], repository: Path) -> None:
    before = {*repository.rglob("*"), *repository.parent.glob("*")}
    assert tilelint("check", "harborlight", *arguments).exit_code == 2
    assert {*repository.rglob("*"), *repository.parent.glob("*")} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "text=a", "--output", "b"],
        ["--format", "text=a", "--format", "json=./a"],
        ["--format", "text=a", "--format", "json=nimbus_deploy/../a"],
        ["--write-baseline", "b", "--format", "json=o"],
        ["--write-baseline", "b", "--output", "o"],
        ["--write-baseline", "b", "--baseline", "gone.json"],
        ["--strict", "--fail-on", "never"],
        ["--strict", "--fail-on", "note"],
        ["--base", "HEAD", "--staged"],
        ["--config", "c.yaml", "--isolated"],
    ],
)
def test_options_that_contradict_each_other_are_refused(arguments: list[str]) -> None:
    result = tilelint("check", "harborlight", *arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert not Path("a").exists()
    assert not Path("b").exists()
    assert not Path("o").exists()


def test_without_a_command_the_help_is_readable() -> None:
    result = tilelint()
    assert result.exit_code == 2
    assert "\\u000a" not in result.stderr
    assert "\n  check " in result.stderr


def test_a_folder_that_is_gone_is_not_the_outputs_fault(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = (
        f"import os, shutil; os.chdir({str(gone)!r}); shutil.rmtree({str(gone)!r})\n"
        f"from validator.cli import main; main(['check', {str(COMPLETE)!r}])"
    )
    path = str(Path(session.__file__).parent.parent)
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "output could not be written" not in result.stderr


@pytest.mark.parametrize("content", [b"", b"\x00garbage"])
@pytest.mark.parametrize("mode", [0o644, 0o755])
@pytest.mark.parametrize("compared", [["--staged"], ["--base", "HEAD"]])
def test_a_git_that_cannot_run_is_said_to_be(
    content: bytes, mode: int, compared: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_bytes(content)
    program.chmod(mode)
    monkeypatch.setenv("PATH", str(program.parent))
    result = tilelint("check", *compared)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


# --- the session


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"fail_on": "bogus"}, "`fail_on` is 'bogus'"),
        ({"fail_on": ""}, "`fail_on` is ''"),
        ({"min_level": "never"}, "`min_level` is 'never'; expected one of error, warning, note"),
        ({"base": "HEAD\0"}, "git can't be run"),
        ({"base": "HEAD\ud800"}, "git can't be run"),
        ({"base": "a" * 200_000}, "git can't be run"),
        ({"paths": Path("harborlight")}, "expected a tuple of Paths"),
        ({"paths": "harborlight"}, "expected a tuple of Paths"),
        ({"paths": ("harborlight",)}, "expected a tuple of Paths"),
        ({"config": "x"}, "`config` is 'x'; expected a Path"),
        ({"policy": "x"}, "`policy` is 'x'; expected a Path"),
        ({"write_baseline": "x"}, "`write_baseline` is 'x'; expected a Path"),
        ({"selection": Selection(frozenset([1]))}, "`selection` holds what is no text"),  # type: ignore[list-item]
        ({"base": "HEAD", "staged": True}, "exclude each other"),
        ({"config": Path("x"), "isolated": True}, "exclude each other"),
        ({"baseline": Path("x"), "write_baseline": Path("y")}, "exclude each other"),
        ({"code": Path()}, "only `scopes` reads source code"),
    ],
)
def test_the_session_refuses_the_same(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        session.check(replace(Request(), **fields))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "fields", [{"base": "HEAD"}, {"staged": True}, {"baseline": Path("x")}, {"fail_on": "bogus"}]
)
def test_scopes_refuse_what_they_do_not_do(fields: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError):
        session.scopes(replace(Request(), **fields))


def test_an_empty_path_of_any_kind_is_an_answer() -> None:
    assert session.check(Request(paths=(Path("gone"),))).exit_code is ExitCode.WRONG
    for name in ("gone", "a\0b"):
        outcome = session.check(Request(paths=(Path(name),), staged=True))
        assert outcome.exit_code is ExitCode.WRONG
