"""Settings: the nearest file wins key by key, and a wrong one is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from support import tilelint, write

from validator.configuration import Configuration
from validator.model import DefinitionError

README = "# Quarry\n\n## Setup\n\nInstall it.\n\n## Uninstallation\n\n## Support\n\nAsk us.\n"
EMPTY = "empty-uninstallation-section"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose one integration, quarry, has an empty uninstallation section."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    write(root / "quarry" / "manifest.json", "{}")
    write(root / "quarry" / "README.md", README)
    monkeypatch.chdir(root)
    return root


def check(*arguments: str) -> Result:
    return tilelint("check", "quarry", *arguments)


def test_the_nearest_file_wins_key_by_key(repository: Path) -> None:
    write(
        ".tilelint.yaml",
        f"fail-on: warning\nignore: [missing-readme]\nlevels: {{{EMPTY}: note, missing-readme: note}}\n",
    )
    write("quarry/.tilelint.yaml", f"ignore: []\nlevels: {{{EMPTY}: warning}}\n")
    settings = Configuration().settings(repository / "quarry")
    assert settings.get("fail-on") == "warning"
    assert settings.get("ignore") == []
    assert settings.get(f"levels.{EMPTY}") == "warning"
    assert settings.get("levels.missing-readme") == "note"


def test_files_above_the_repository_are_not_read(repository: Path) -> None:
    write("../.tilelint.yaml", "fail-on: never\n")
    assert Configuration().settings(repository / "quarry").get("fail-on") is None


def test_a_kind_counts_for_its_own_folder_only(repository: Path) -> None:
    write(".tilelint.yaml", "fail-on: never\n")
    write("quarry/.tilelint.yaml", "kind: oauth\n")
    configuration = Configuration()
    assert configuration.settings(repository / "quarry").get("kind") == "oauth"
    assert configuration.kind(repository) is None


def test_ignore_levels_and_fail_on() -> None:
    only = ("--select", EMPTY)
    assert check(*only).exit_code == 1
    write(".tilelint.yaml", f"levels: {{{EMPTY}: note}}\n")
    result = check(*only)
    assert result.exit_code == 0
    assert f"note {EMPTY}" in result.stdout
    write(".tilelint.yaml", f"ignore: [{EMPTY}]\n")
    assert EMPTY not in check().stdout
    write(".tilelint.yaml", "fail-on: never\n")
    assert check(*only).exit_code == 0
    assert check(*only, "--fail-on", "error").exit_code == 1


def test_select_in_the_configuration_and_on_the_command_line() -> None:
    write(".tilelint.yaml", f"select: [{EMPTY}]\n")
    assert "missing-manifest-field" not in check().stdout
    assert "missing-manifest-field" in check("--select", "missing-manifest-field").stdout


def test_overrides_apply_to_some_paths() -> None:
    write(
        ".tilelint.yaml", f"overrides: [{{paths: [quarry/README.md], levels: {{{EMPTY}: note}}}}]\n"
    )
    assert f"note {EMPTY}" in check("--select", EMPTY).stdout
    write(".tilelint.yaml", f"overrides: [{{paths: [other/**], ignore: [{EMPTY}]}}]\n")
    assert f"error {EMPTY}" in check("--select", EMPTY).stdout
    write(".tilelint.yaml", f"overrides: [{{paths: [quarry/**], ignore: [{EMPTY}]}}]\n")
    assert EMPTY not in check("--select", EMPTY).stdout


def test_another_file_and_none_at_all() -> None:
    write(".tilelint.yaml", f"ignore: [{EMPTY}]\n")
    write("strict.yaml", "fail-on: note\n")
    assert EMPTY in check("--config", "strict.yaml").stdout
    assert EMPTY in check("--isolated").stdout
    assert EMPTY not in check().stdout
    assert check("--config", "strict.yaml", "--isolated").exit_code == 2
    result = check("--config", "gone.yaml")
    assert result.exit_code == 2
    assert "gone.yaml: no such file" in result.stderr


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("fail-onn: error\n", "1:1", "`fail-on`"),
        ("fail-on: fatal\n", "1:10", "`fatal`"),
        ("ignore: [empty-uninstalation-section]\n", "1:10", f"`{EMPTY}`"),
        ("levels:\n  nothing-like-it: error\n", "2:3", "`nothing-like-it` is no rule"),
        (f"levels:\n  {EMPTY}: fatal\n", f"2:{len(EMPTY) + 5}", "`fatal`"),
        (f"suppressions:\n  - rule: {EMPTY}\n    path: a\n", "2:", "`suppressions[0].reason`"),
        (
            f"suppressions:\n  - {{rule: {EMPTY}, path: a, reason: b, until: 2026-02-31}}\n",
            "2:",
            "day",
        ),
        (f"parameters:\n  {EMPTY}:\n    most: 3\n", "3:11", "no settable parameter `most`"),
        ("? [a]\n: b\n", "1:", ""),
        ("a: &a [*a]\n", "1:", ""),
        ("- a\n", "1:1", ""),
        ("\x07", "1:1", ""),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, place: str, words: str) -> None:
    write("quarry/.tilelint.yaml", text)
    result = check()
    assert result.exit_code == 2
    assert f"quarry/.tilelint.yaml:{place}" in result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_config_shows_each_setting_with_its_place() -> None:
    write(
        ".tilelint.yaml",
        f"fail-on: warning\nsuppressions:\n  - {{rule: {EMPTY}, path: quarry/**, reason: soon}}\n",
    )
    write("quarry/.tilelint.yaml", f"kind: oauth\nlevels: {{{EMPTY}: note}}\n")
    assert tilelint("config", "quarry").stdout == (
        "quarry:\n"
        '  fail-on = "warning"  (.tilelint.yaml:1:10)\n'
        '  kind = "oauth"  (quarry/.tilelint.yaml:1:7)\n'
        f'  levels.{EMPTY} = "note"  (quarry/.tilelint.yaml:2:{len(EMPTY) + 12})\n'
        f'  suppressions: {{"rule": "{EMPTY}", "path": "quarry/**", "reason": "soon"}}'
        "  (.tilelint.yaml:3:5)\n"
    )
    assert (
        tilelint("config", "quarry", "--isolated").stdout
        == 'quarry:\n  fail-on = "error"  (default)\n'
    )


def test_a_secret_is_found_whatever_the_settings_say() -> None:
    write("quarry/README.md", README + "\n    DD_API_KEY=9775a026f1ca7d1c6c5af9d94d9595a4\n")
    write(
        ".tilelint.yaml",
        "ignore: [committed-secret]\nlevels: {committed-secret: note}\n"
        "overrides: [{paths: ['**'], ignore: [committed-secret]}]\n"
        "suppressions: [{rule: committed-secret, path: '**', reason: because}]\n",
    )
    result = check("--ignore", "committed-secret")
    assert result.exit_code == 1
    assert "error committed-secret" in result.stdout
    write(".tilelint.yaml", "ignore: [commited-secret]\n")
    with pytest.raises(DefinitionError, match="did you mean `committed-secret`"):
        Configuration().settings(Path.cwd() / "quarry")
