"""Each way to install tilelint gives the program: in an environment of its own, away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from support import DEMO, SDIST, WHEEL, build, copy_own, git, own_files, tilelint

pytestmark = pytest.mark.install

BIN = "Scripts" if os.name == "nt" else "bin"


def run(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program with nothing of the environment in which the tests run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") and name != "VIRTUAL_ENV"
    }
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def succeed(*command: object, cwd: Path, **environment: str) -> None:
    result = run(*command, cwd=cwd, **environment)
    assert result.returncode == 0, result.stdout + result.stderr


def by_pip(what: object, home: Path) -> Path:
    succeed(sys.executable, "-m", "venv", home / "venv", cwd=home)
    succeed(home / "venv" / BIN / "python", "-m", "pip", "install", "--quiet", what, cwd=home)
    return home / "venv" / BIN / "tilelint"


def by_git(home: Path) -> Path:
    source = copy_own(own_files(), home / "source")
    git("init", "--quiet", cwd=source)
    git("add", "--all", "--force", cwd=source)
    git("commit", "--quiet", "--message", "all", cwd=source)
    return by_pip(f"git+{source.as_uri()}", home)


def by_pipx(built: Path, home: Path) -> Path:
    pytest.importorskip("pipx", reason="pipx is of the extra `release`")
    own = {"PIPX_HOME": str(home / "pipx"), "PIPX_BIN_DIR": str(home / "bin")}
    command = (sys.executable, "-m", "pipx", "install", "--python", sys.executable)
    succeed(*command, built / WHEEL, cwd=home, **own, PIPX_MAN_DIR=str(home / "man"))
    return home / "bin" / "tilelint"


def by_uv(built: Path, home: Path) -> Path:
    pytest.importorskip("uv", reason="uv is of the extra `release`")
    own = {"UV_TOOL_DIR": str(home / "tools"), "UV_TOOL_BIN_DIR": str(home / "bin")}
    command = (sys.executable, "-m", "uv", "tool", "install", "--python", sys.executable)
    succeed(*command, built / WHEEL, cwd=home, **own)
    return home / "bin" / "tilelint"


WAYS: dict[str, Callable[[Path, Path], Path]] = {
    "sdist": lambda built, home: by_pip(built / SDIST, home),
    "git": lambda _, home: by_git(home),
    "pipx": by_pipx,
    "uv tool": by_uv,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    return build(copy_own(own_files(), folder / "source"), folder / "dist")


@pytest.fixture(scope="module")
def from_wheel(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return by_pip(built / WHEEL, tmp_path_factory.mktemp("wheel"))


def judges(program: Path, folder: Path) -> None:
    """Hold to it that a program says what this checkout says."""
    shutil.copytree(DEMO, folder / "demo")
    for arguments, code in ((("--version",), 0), (("check", "demo"), 1)):
        result = run(program, *arguments, cwd=folder)
        here = tilelint(*arguments)
        assert (result.returncode, result.stdout, result.stderr) == (code, here.stdout, here.stderr)


def test_from_the_wheel(from_wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    judges(from_wheel, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_from_elsewhere(
    way: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    judges(WAYS[way](built, tmp_path), tmp_path)


def test_what_comes_along_has_a_licence_that_is_allowed(from_wheel: Path) -> None:
    pytest.importorskip("piplicenses", reason="pip-licenses is of the extra `release`")
    python = from_wheel.parent / "python"
    result = run(sys.executable, "-m", "piplicenses", "--python", python, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    for name in ("publicsuffixlist", "tilelint", "wcwidth"):
        assert name in result.stdout
