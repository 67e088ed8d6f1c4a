"""Every line of the README's table of exit codes is true, as a process meets it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from support import git

NIMBUS = ROOT / "fixtures" / "complete-oauth" / "nimbus_deploy"
TABLE = re.compile(r"^\| (\d+) \| (.+) \|$", re.MULTILINE)


def rows() -> list[tuple[int, str]]:
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("The exit code says")[2]
    return [(int(code), words) for code, words in TABLE.findall(section.partition("\n## ")[0])]


def tilelint(*arguments: str, **options: object) -> int:
    command = [sys.executable, "-c", "from validator.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.run(command, capture_output=True, env=environment, check=False, **options)  # type: ignore[call-overload]
    return int(process.returncode)


def faulty() -> None:
    file = Path("nimbus_deploy/manifest.json")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    del manifest["tile"]["uninstallation"]
    file.write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def committed() -> None:
    git("init", "--quiet", "--initial-branch", "master")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")


def warned() -> None:
    file = Path("nimbus_deploy/manifest.json")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["tile"]["description"] = f"Follow your deployments {'and more of them ' * 5}".strip()
    file.write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def interrupted() -> list[int]:
    code = (
        "import validator.engine as engine, validator.cli as cli\n"
        "def stop(*_, **__): raise KeyboardInterrupt\n"
        "engine.run = stop\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", code, "check", "nimbus_deploy"]
    process = subprocess.run(
        command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    return [process.returncode]


def broken_inside() -> list[int]:
    faulty()
    code = (
        "import validator.engine as engine, validator.cli as cli\n"
        "def fail(*_, **__): raise RuntimeError('no such luck')\n"
        "engine._Run.silence = fail\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", code, "check", "nimbus_deploy"]
    process = subprocess.run(
        command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert b"missing-uninstallation-reference" in process.stdout
    assert b"internal error in suppressions" in process.stderr
    return [process.returncode]


def wrong_usage() -> list[int]:
    committed()
    return [
        tilelint("check", "--no-such-option"),
        tilelint("check", "nimbus_deploy", "--select", "no-such-rule"),
        tilelint("check", "gone"),
        tilelint("check", "nimbus_deploy", "gone"),
        tilelint("check", "--base", "no-such-revision"),
        tilelint("no-such-command"),
        tilelint("explain", "no-such-rule"),
    ]


def broken_input() -> list[int]:
    Path("b.json").write_text("{{", encoding="utf-8")
    codes = [
        tilelint("check", "nimbus_deploy", "--baseline", "b.json"),
        tilelint("check", "nimbus_deploy", "--baseline", "gone.json"),
        tilelint("check", "nimbus_deploy", "--policy", "b.json"),
        tilelint("check", "nimbus_deploy", "--config", "gone.yaml"),
        tilelint("check", "--base", "master"),  # there is no repository
    ]
    Path(".tilelint.yaml").write_text("ignore: [", encoding="utf-8")
    return [*codes, tilelint("check", "nimbus_deploy"), tilelint("config", "nimbus_deploy")]


def undeliverable() -> list[int]:
    codes = [
        tilelint("check", "nimbus_deploy", "--output", "no/such/folder/report"),
        tilelint("check", "nimbus_deploy", "--format", "text", "--format", "json=no/such/folder/x"),
    ]
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "from validator.cli import main; main()", "check"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment, check=False
        )
    assert process.stderr.count(b"\n") == 1
    return [*codes, process.returncode]


def found() -> list[int]:
    committed()
    assert tilelint("check", "--write-baseline", "b.json") == 0
    faulty()
    git("add", "nimbus_deploy")
    return [
        tilelint("check"),
        tilelint("check", "--base", "master"),
        tilelint("check", "--staged"),
        tilelint("check", "--baseline", "b.json"),
        tilelint("check", "--format", "json"),
        tilelint("check", "--format", "sarif"),
    ]


def strictly_unjudged() -> list[int]:
    Path("nimbus_deploy/manifest.json").unlink()
    return [
        tilelint("check", "nimbus_deploy", *options)
        for options in (["--strict"], ["--fail-on", "warning"], ["--fail-on", "note"])
    ]


def no_integration() -> list[int]:
    Path("empty").mkdir()
    Path("empty/notes.txt").write_text("x", encoding="utf-8")
    committed()
    assert tilelint("check", "--pre-commit", cwd="empty") == 0
    return [
        tilelint("check", "nimbus_deploy", "empty", "--write-baseline", "b.json"),
        tilelint("check", "--base", "master", "empty"),
        tilelint("check", "--staged", "empty"),
        tilelint("check", "--staged", cwd="empty"),
        tilelint("check", "empty"),
        tilelint("check", cwd="empty"),
        tilelint("check", "empty", "nimbus_deploy"),
    ]


def clean() -> list[int]:
    codes = [tilelint("check"), tilelint("check", "nimbus_deploy", "--fail-on", "note")]
    warned()
    codes += [tilelint("check"), 1 - tilelint("check", "--strict")]
    faulty()
    codes.append(tilelint("check", "--fail-on", "never"))
    Path("nimbus_deploy/manifest.json").unlink()
    return [*codes, tilelint("check", "--select", "missing-manifest")]


def untouched() -> list[int]:
    faulty()
    committed()
    Path("notes.txt").write_text("x", encoding="utf-8")
    git("add", "--all")
    return [tilelint("check", "--base", "master"), tilelint("check", "--staged")]


def outside() -> list[int]:
    Path("notes.txt").write_text("x", encoding="utf-8")
    return [tilelint("check", "notes.txt")]


def accepted() -> list[int]:
    committed()
    codes = [
        tilelint("check", "--base", "master", "--write-baseline", "none.json"),
        tilelint("check", "--baseline", "none.json"),
    ]
    faulty()
    return [
        *codes,
        tilelint("check", "--write-baseline", "b.json"),
        tilelint("check", "--baseline", "b.json"),
    ]


PROOFS: dict[str, Callable[[], list[int]]] = {
    "the run was interrupted": interrupted,
    "the command line is wrong": wrong_usage,
    "settings, a policy, a baseline or git": broken_input,
    "the report could not be written": undeliverable,
    "tilelint itself failed": broken_inside,
    "there are findings at or above": found,
    "with `--strict`": strictly_unjudged,
    "a folder that is named": no_integration,
    "nothing of the above": clean,
    "`--base` or `--staged`": untouched,
    "the files that are named": outside,
    "`--write-baseline` has accepted": accepted,
}


@pytest.mark.parametrize(("code", "words"), rows())
def test_a_line_of_the_table_is_true(
    code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [proof] = [proof for start, proof in PROOFS.items() if words.startswith(start)]
    shutil.copytree(NIMBUS, tmp_path / "nimbus_deploy")
    monkeypatch.chdir(tmp_path)
    codes = proof()
    assert codes
    assert set(codes) == {code}, codes


def test_every_proof_belongs_to_a_line() -> None:
    assert len(rows()) == len(PROOFS)
