"""The action, step by step as action.yml has it, in the environment that a runner sets; there is no runner here."""

from __future__ import annotations

import io
import json
import re
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from support import COMPLETE, DEMO, Runner, action, commit, edit, git, write

from validator import serialization
from validator.reporters import markdown

ACTION = action(ROOT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
BOTH = [ACTION, action(ROOT / "comment")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's temporary folder, with tilelint as the action installs it, hashes and all."""
    home = tmp_path_factory.mktemp("runner")
    (home / "temp").mkdir()
    workspace = home / "workspace"
    workspace.mkdir()
    for name in ("venv.py", "pip.py", "validator.py", "json.py"):  # nothing of these may run
        (workspace / name).write_text(f"open({str(home / 'ran')!r}, 'w')\nraise SystemExit(7)\n")
    runner = Runner(ROOT, home, workspace)
    assert runner.run("Install tilelint") == 0, runner.log
    assert not (home / "ran").exists()
    return home


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "workspace"
    shutil.copytree(COMPLETE, root / "nimbus_deploy")
    shutil.copytree(DEMO / "harborlight", root / "harborlight")
    monkeypatch.chdir(root)
    git("init", "--quiet")
    commit("base")
    return root


def commands(log: str) -> list[str]:
    """Return the commands that a runner obeys in a log: those that begin a line."""
    return re.findall(r"^\s*::([a-z-]+)[ :]", log, re.MULTILINE)


def test_everything_is_written_by_one_run(installed: Path, workspace: Path) -> None:
    runner = Runner(ROOT, installed, workspace, upload_sarif="auto")
    outputs = runner.judge()
    assert outputs["code"] == "1"
    assert (outputs["errors"], outputs["warnings"], outputs["verdict"]) == ("11", "3", "not-ready")
    report = json.loads(Path(outputs["json-file"]).read_text())
    assert {each["path"] for each in report["integrations"]} == {"harborlight", "nimbus_deploy"}
    [run] = json.loads(Path(outputs["sarif-file"]).read_text())["runs"]
    assert len(run["results"]) == 16
    assert runner.outputs["judge"]["upload"] == "true"
    assert "| `harborlight` | ❌ not ready | 11 | 3 | 2 |" in runner.summary
    value = serialization.loads(Path(outputs["report-file"]).read_text())
    assert markdown.render(value) == runner.summary
    assert commands(runner.log).count("error") == 10
    assert commands(runner.log).count("group") == commands(runner.log).count("endgroup") == 1
    assert "::error file=harborlight/README.md,line=13" in runner.log


def test_a_clean_pull_request_passes_and_still_has_its_reports(
    installed: Path, workspace: Path
) -> None:
    base = git("rev-parse", "HEAD")
    edit("harborlight/README.md", "# Harborlight", "# Harborlight ")
    commit()
    runner = Runner(ROOT, installed, workspace)
    runner.pull_request_base = base
    outputs = runner.judge()
    assert (outputs["code"], outputs["errors"], outputs["verdict"]) == ("0", "0", "old-errors")
    assert json.loads(Path(outputs["sarif-file"]).read_text())["runs"][0]["results"] == []
    assert "error" not in commands(runner.log)
    assert runner.outputs["judge"]["upload"] == "false"


def test_what_a_pull_request_brings_in_fails(installed: Path, workspace: Path) -> None:
    base = git("rev-parse", "HEAD")
    edit("nimbus_deploy/README.md", "## Uninstallation", "### Uninstallation")
    commit()
    runner = Runner(ROOT, installed, workspace)
    runner.pull_request_base = base
    outputs = runner.judge()
    assert (outputs["code"], outputs["verdict"]) == ("1", "not-ready")
    assert "harborlight" not in runner.summary


def test_a_pull_request_that_touches_nothing_passes(installed: Path, workspace: Path) -> None:
    write("setup.py", "")
    commit()
    runner = Runner(ROOT, installed, workspace, base="HEAD~1")
    outputs = runner.judge()
    assert (outputs["code"], outputs["verdict"]) == ("0", "nothing-to-judge")
    assert "No integration to judge." in runner.summary


def test_a_shallow_checkout_is_told_what_to_do(
    installed: Path, workspace: Path, tmp_path: Path
) -> None:
    base = git("rev-parse", "HEAD")
    write("nimbus_deploy/CHANGELOG.md", "# Changelog\n")
    commit()
    shallow = tmp_path / "shallow"
    git("clone", "--quiet", "--depth", "1", workspace.as_uri(), str(shallow))
    runner = Runner(ROOT, installed, shallow)
    runner.pull_request_base = base
    outputs = runner.judge()
    assert outputs["code"] == "2"
    assert "fetch" in runner.log
    assert "nothing was decided: the log says why" in runner.log


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"paths": "nimbus_deploy"}, "0"),
        ({"paths": "nimbus_deploy\nharborlight\n"}, "1"),
        ({"paths": " harborlight ", "fail_on": "never"}, "0"),
        ({"paths": "gone"}, "2"),
        ({"paths": "--version"}, "2"),
        ({"paths": "nimbus_deploy", "config": "gone.yaml"}, "2"),
        ({"paths": "nimbus_deploy", "baseline": "gone.json"}, "2"),
        ({"paths": "nimbus_deploy", "base": "no-such-revision"}, "2"),
        ({"paths": "nimbus_deploy", "base": "--help"}, "2"),
        ({"paths": "nimbus_deploy", "fail_on": "$(touch ran)"}, "2"),
        ({"paths": "nimbus_deploy; touch ran"}, "2"),
        ({"paths": "nimbus_deploy", "annotations": "yes"}, "2"),
        ({"paths": "nimbus_deploy", "upload_sarif": "maybe"}, "2"),
        ({"paths": "nimbus_deploy", "sarif": "a\nb=c"}, "2"),
        ({"paths": "harborlight", "annotations": "false", "summary": "false"}, "1"),
        ({"paths": "harborlight", "min_level": "error"}, "1"),
        ({"paths": "harborlight", "sarif": "out.sarif"}, "1"),
    ],
)
def test_inputs(inputs: dict[str, str], code: str, installed: Path, workspace: Path) -> None:
    runner = Runner(ROOT, installed, workspace, **inputs)
    outputs = runner.judge()
    assert outputs["code"] == code, runner.log
    assert not (workspace / "ran").exists()
    if inputs.get("annotations") == "false":
        assert "error" not in commands(runner.log)
        assert runner.summary == ""
    if inputs.get("min_level"):
        assert "notice file" not in runner.log
        assert outputs["warnings"] == "3"
    if inputs.get("sarif") == "out.sarif":
        assert (workspace / "out.sarif").is_file()


HOSTILE = (
    "::error::owned",
    "::add-mask::x",
    "\n::error::owned",
    "\x1b[2J",
    "](https://evil.example)",
    "<img src=x>",
)


def test_a_hostile_pull_request_commands_nothing(installed: Path, workspace: Path) -> None:
    base = git("rev-parse", "HEAD")
    for number, text in enumerate(HOSTILE):
        name = text.replace("/", "_")
        write(f"nimbus_deploy/images/{name}.png", b"x")
        write(f"{name}/manifest.json", {"tile": {"title": text}})
        write(f"{name}/README.md", f"# {text}\n\n## {text}\n\n[{text}](http://{number})\n")
        write(f"{name}/validator/__init__.py", "raise SystemExit(9)\n")
    for name in ("validator.py", "json.py", "sitecustomize.py"):
        write(name, "open('ran', 'w')\nraise SystemExit(7)\n")
    write(".tilelint.yaml", "levels: {missing-manifest: note}\n")
    commit()
    git("config", "core.fsmonitor", "touch ran")
    runner = Runner(ROOT, installed, workspace)
    runner.pull_request_base = base
    outputs = runner.judge()
    assert not (workspace / "ran").exists()
    assert outputs["code"] == "1", runner.log
    begin, *_, end = [
        index for index, line in enumerate(runner.log.split("\n")) if "group::" in line
    ]
    lines = re.split(r"\r\n|\r|\n", runner.log)
    assert not any(re.match(r"\s*::", line) for line in lines[begin + 1 : end])
    for line in lines[end + 1 :]:
        assert not line or re.match(
            r"::(error|warning|notice) (file=[^:]*|title=tilelint)", line
        ), line
    assert "owned" not in [re.sub(r".*::", "", line) for line in lines[end + 1 :]]
    assert "<img" not in re.sub(r"`[^`]*`", "", runner.summary)
    assert "](https" not in re.sub(r"`[^`]*`", "", runner.summary)
    assert "\x1b[2J" not in runner.log + runner.summary
    assert set(outputs) - {"code"} == set(ACTION["outputs"])


@pytest.mark.parametrize("inputs", [{}, {"sarif": "out.sarif"}])
def test_a_report_that_a_pull_request_brings_along_is_not_uploaded(
    inputs: dict[str, str], installed: Path, workspace: Path
) -> None:
    write("out.sarif", {"runs": ["a stranger's"]})
    write(".tilelint.yaml", "unknown: 1\n")
    runner = Runner(ROOT, installed, workspace, upload_sarif="true", **inputs)
    outputs = runner.judge()
    assert (outputs["code"], outputs["sarif-file"]) == ("2", "")
    assert "upload" not in runner.outputs["judge"]


@pytest.mark.parametrize(
    ("paths", "code", "upload"),
    [
        ("harborlight", "1", "true"),
        ("nimbus_deploy", "0", "true"),
        ("gone", "2", "false"),
        ("empty", "3", "false"),
    ],
)
def test_only_a_decision_closes_alerts(
    paths: str, code: str, upload: str, installed: Path, workspace: Path
) -> None:
    write("empty/setup.py", "")
    runner = Runner(ROOT, installed, workspace, upload_sarif="true", paths=paths)
    outputs = runner.judge()
    assert (outputs["code"], runner.outputs["judge"]["upload"]) == (code, upload)


def test_a_runner_with_another_encoding_gets_every_annotation(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "harborlight").rename(workspace / "灯台")
    inputs = {"ANNOTATIONS": "true", "SUMMARY": "true", "UPLOAD_SARIF": "false", "PATHS": "灯台"}
    for name, value in inputs.items():
        monkeypatch.setenv(f"INPUT_{name}", value)
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    log = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")  # as on Windows
    monkeypatch.setattr(sys, "stdout", log)
    runpy.run_path(str(ROOT / ".github" / "action" / "judge.py"))["main"]()
    log.flush()
    assert "::error file=灯台/README.md,line=13" in log.buffer.getvalue().decode()


# --- the file itself


def test_no_expression_stands_in_a_shell() -> None:
    for step in (step for each in BOTH for step in each["runs"]["steps"]):
        assert "${{" not in step.get("run", ""), step["name"]


@pytest.mark.parametrize(
    "file",
    [
        ROOT / "action.yml",
        ROOT / "comment" / "action.yml",
        *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    ],
    ids=lambda file: file.relative_to(ROOT).as_posix(),
)
def test_what_others_wrote_is_pinned_by_commit(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    used = re.findall(r"uses:\s*(\S+)(.*)", text)
    assert used
    for name, comment in used:
        if name == "./":  # the action of this repository
            continue
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name), name
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), name


def test_every_input_is_used_and_every_output_is_made() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text, name
    judge = (ROOT / ".github" / "action" / "judge.py").read_text(encoding="utf-8")
    for name in ACTION["outputs"]:
        assert f'"{name}"' in judge, name


def test_the_failing_step_comes_last() -> None:
    names = [step["name"] for step in STEPS]
    assert names[-1] == "Verdict"
    assert names.index("Upload to code scanning") < names.index("Verdict")
    assert STEPS[-1]["if"] == "always()"


def test_what_is_installed_is_locked_with_hashes() -> None:
    text = (ROOT / ".github" / "action" / "requirements.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)
    locked: dict[str, str] = {}
    for entry in filter(None, map(str.strip, entries)):
        name, version = re.findall(r"^([\w.-]+)==([\w.]+)", entry)[0]
        assert "--hash=sha256:" in entry, name
        locked.setdefault(name.lower(), version)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("\ndependencies = [\n")[2].partition("\n]\n")[0]
    wanted = {name.lower() for name in re.findall(r'^    "([\w-]+)', block, re.MULTILINE)}
    assert wanted <= locked.keys(), "run `make lock`"


@pytest.mark.parametrize("name", ["install.py", "judge.py", "comment.py"])
def test_a_script_needs_no_more_than_python_and_what_is_installed(name: str) -> None:
    program = (ROOT / ".github" / "action" / name).read_text(encoding="utf-8")
    names = set(re.findall(r"^(?:import|from) (\w+)", program, re.MULTILINE))
    own = {"validator"} if name == "comment.py" else set()
    assert names <= set(sys.stdlib_module_names) | {"__future__"} | own
