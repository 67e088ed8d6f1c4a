"""The hooks, by the real pre-commit in repositories of our own: what a commit brings in decides."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from support import COMPLETE, DEMO, commit, copy_own, git, own_files, tilelint, write

HOOKS = {
    hook["id"]: hook
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize(
    "path",
    [
        "acme/manifest.json",
        "manifest.json",
        "acme/README.md",
        "acme/CHANGELOG.md",
        "acme/metadata.csv",
        "acme/assets/oauth_clients.json",
        "acme/assets/dashboards/one.json",
        "acme/assets/dataflows.yaml",
        "acme/images/one.png",
        "acme/images/deep/er/one.svg",
        "acme/media/one.mp4",
        "acme/datadog_checks/acme/check.py",
        "acme/.tilelint.yaml",
        ".tilelint.yaml",
        ".github/CODEOWNERS",
        "acme/images/with blank.png",
    ],
)
def test_what_belongs_to_an_integration_calls_the_hook(path: str) -> None:
    assert re.search(HOOKS["tilelint"]["files"], path)


@pytest.mark.parametrize(
    "path",
    [
        "acme/setup.py",
        "acme/manifest.json.bak",
        "acme/my_manifest.json",
        "acme/metadata.csv.txt",
        "acme/tests/test_unit.py",
        "package.json",
        "acme/assetsx/one.json",
        "xassets/one.json",
        "acme/README.mdx",
        ".github/workflows/test.yml",
        "acme/hatch.toml",
        "images",
    ],
)
def test_what_does_not_belong_to_one_does_not(path: str) -> None:
    assert not re.search(HOOKS["tilelint"]["files"], path)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an integration that is ready, and an old one that is full of faults."""
    root = tmp_path / "repository"
    shutil.copytree(COMPLETE, root / "nimbus_deploy")
    shutil.copytree(DEMO / "harborlight", root / "harborlight")
    write(root / "setup.py", "print(1)\n")
    monkeypatch.chdir(root)
    for name in ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"):
        monkeypatch.delenv(name, raising=False)
    git("init", "--quiet")
    commit("base")
    return root


def append(path: str, text: str = "\nOne more line.\n") -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)


def break_readme() -> None:
    file = Path("nimbus_deploy/README.md")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("## Uninstallation", "### Uninstallation"), encoding="utf-8")


def rename_away() -> None:
    git("mv", "nimbus_deploy/README.md", "nimbus_deploy/READYOU.md")


Change = Callable[[], Any]

CASES: dict[str, tuple[Change, int]] = {
    "nothing": (lambda: None, 0),
    "a good edit": (lambda: append("nimbus_deploy/CHANGELOG.md"), 0),
    "a bad edit": (break_readme, 1),
    "an old one with a harmless edit": (lambda: append("harborlight/README.md"), 0),
    "a file that goes": (lambda: git("rm", "--quiet", "nimbus_deploy/README.md"), 1),
    "a file that is renamed": (rename_away, 1),
    "a file outside": (lambda: append("setup.py", "print(2)\n"), 0),
    "an integration that goes": (lambda: git("rm", "--quiet", "-r", "harborlight"), 0),
    "an integration that comes": (
        lambda: shutil.copytree(DEMO / "harborlight", "new_harborlight"),
        1,
    ),
    "an integration that is renamed": (lambda: git("mv", "nimbus_deploy", "nimbus_two"), 0),
    "a name like an option": (
        lambda: shutil.copytree(DEMO / "harborlight", "--fail-on=never"),
        1,
    ),
    "a name with a blank": (lambda: write("nimbus_deploy/images/with blank.txt", "a"), 0),
}


def named() -> list[str]:
    """Return the files that pre-commit hands over: what is staged and still there."""
    listed = git("diff", "--staged", "--name-only", "-z", "--diff-filter=ACMRTUXB").split("\0")
    return [name for name in listed if name and re.search(HOOKS["tilelint"]["files"], name)]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", CASES)
def test_what_a_commit_brings_in_decides(name: str) -> None:
    change, code = CASES[name]
    change()
    git("add", "--all")
    words = [*HOOKS["tilelint"]["entry"].split()[1:], *HOOKS["tilelint"]["args"]]
    result = tilelint(*words, *named())
    assert result.exit_code == code, result.output
    write("unstaged/manifest.json", "{")
    assert tilelint(*words, *named()).exit_code == code, "the disk is not judged"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", CASES)
def test_between_two_revisions_what_came_in_between_decides(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, code = CASES[name]
    change()
    commit()
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert tilelint("check", "--pre-commit", "nimbus_deploy/manifest.json").exit_code == code


@pytest.mark.usefixtures("repository")
def test_without_anything_staged_the_files_that_are_named_are_judged() -> None:
    assert tilelint("check", "--pre-commit").exit_code == 0
    assert tilelint("check", "--pre-commit", "nimbus_deploy/README.md").exit_code == 0
    assert tilelint("check", "--pre-commit", "harborlight/README.md", "setup.py").exit_code == 1
    assert tilelint("check", "--pre-commit", "setup.py").exit_code == 0


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("option", [("--staged",), ("--base", "HEAD")])
def test_it_says_itself_what_is_compared(option: tuple[str, ...]) -> None:
    assert tilelint("check", "--pre-commit", *option).exit_code == 2


def test_outside_of_a_repository_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tilelint("check", "--pre-commit")
    assert result.exit_code == 2
    assert "is in no git repository" in result.stderr


# --- the real pre-commit


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """This repository as pre-commit clones it, and the environment in which it is installed once."""
    pytest.importorskip("pre_commit", reason="pre-commit is of the extra `test`")
    root = tmp_path_factory.mktemp("source") / "tilelint"
    copy_own((n for n in own_files() if not n.startswith(("tests/", "benchmarks/"))), root)
    git("init", "--quiet", cwd=root)
    git("add", "--all", cwd=root)
    git("commit", "--quiet", "--message", "all", cwd=root)
    home = tmp_path_factory.mktemp("pre-commit")
    return root, {**os.environ, "PRE_COMMIT_HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull}


def pre_commit(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def configure(source: Path, *hooks: str) -> None:
    revision = git("rev-parse", "HEAD", cwd=source)
    repositories = [{"repo": str(source), "rev": revision, "hooks": [{"id": id_} for id_ in hooks]}]
    write(".pre-commit-config.yaml", json.dumps({"repos": repositories}))


@pytest.mark.usefixtures("repository")
def test_the_real_pre_commit(source: tuple[Path, dict[str, str]]) -> None:
    root, environment = source
    configure(root, "tilelint")
    commit("hooks")
    for name, (change, code) in CASES.items():
        git("switch", "--quiet", "--create", name.replace(" ", "-"), "master")
        change()
        git("add", "--all")
        result = pre_commit(environment, "run", "tilelint")
        assert result.returncode == code, (name, result.stdout, result.stderr)
        git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", "change")
        result = pre_commit(environment, "run", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
        assert result.returncode == code, (name, result.stdout, result.stderr)
    assert pre_commit(environment, "run", "tilelint", "--all-files").returncode == 1


@pytest.mark.usefixtures("repository")
def test_all_integrations_by_the_real_pre_commit(source: tuple[Path, dict[str, str]]) -> None:
    root, environment = source
    configure(root, "tilelint-all")
    git("add", "--all")
    result = pre_commit(environment, "run", "tilelint-all")
    assert result.returncode == 1
    assert "harborlight: not ready" in result.stdout
    git("rm", "--quiet", "-r", "harborlight")
    assert pre_commit(environment, "run", "tilelint-all").returncode == 0
    refused = pre_commit(environment, "try-repo", str(root), "tilelint", "--all-files")
    assert refused.returncode == 0, refused.stdout
