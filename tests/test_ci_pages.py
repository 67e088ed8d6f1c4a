"""What the pages on other systems say to paste is run here: their scripts, with the variables that a system sets."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from support import COMPLETE, action, commit, edit, git, write_all

from validator import REPOSITORY, __version__

DOCS = ROOT / "docs"
COMMENTS = "pull-request-comments.md"
README = Path("nimbus_deploy/README.md")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the scripts are for a POSIX shell")


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def block(page: str, language: str) -> str:
    [text] = blocks(page, language)
    return text


def scripts() -> dict[str, list[str]]:
    """Return the commands of each page, in their order."""
    [gitlab] = yaml.safe_load(block("gitlab.md", "yaml")).values()
    azure: Any = yaml.safe_load(block("azure-pipelines.md", "yaml"))
    return {
        "gitlab.md": gitlab["script"],
        "azure-pipelines.md": [step["bash"] for step in azure["steps"] if "bash" in step],
        "command-line.md": block("command-line.md", "shell").splitlines(),
    }


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A branch of a clone, as a system checks it out, and a machine on which pip installs nothing."""
    (tmp_path / "origin").mkdir()
    monkeypatch.chdir(tmp_path / "origin")
    git("init", "--quiet", "--initial-branch", "main")
    shutil.copytree(COMPLETE, "nimbus_deploy")
    commit("tile")
    git("clone", "--quiet", str(tmp_path / "origin"), str(tmp_path / "clone"))
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in (
        ("python", f'echo "$@" >>{tmp_path}/installed.txt'),
        ("tilelint", f'exec {sys.executable} -m validator "$@"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path / "clone")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", git("rev-parse", "HEAD").strip())
    monkeypatch.setenv("SYSTEM_PULLREQUEST_TARGETBRANCHNAME", "main")
    monkeypatch.setenv("BUILD_ARTIFACTSTAGINGDIRECTORY", str(tmp_path / "clone"))
    return tmp_path


def run(commands: list[str]) -> int:
    """Return the exit code of the first command that fails, or 0."""
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(commands)], capture_output=True, check=False
    )
    return done.returncode


@pytest.mark.parametrize("page", scripts())
def test_a_script_fails_for_a_new_error_and_passes_without_one(page: str, checkout: Path) -> None:
    commands = scripts()[page]
    assert run(commands) == 0  # nothing is changed
    edit(README, "## Support", "More about it.\n\n## Support")
    commit()
    assert run(commands) == 0
    assert '"results": []' in Path("tilelint.sarif").read_text(encoding="utf-8")
    edit(README, "## Uninstallation", "### Uninstallation")
    commit()
    assert run(commands) == 1
    assert "uninstallation" in Path("tilelint.sarif").read_text(encoding="utf-8")
    installed = (checkout / "installed.txt").read_text(encoding="utf-8").splitlines()
    assert set(installed) == {f"-m pip install --quiet tilelint=={__version__}"}


def test_what_is_kept_is_what_the_script_writes() -> None:
    [job] = yaml.safe_load(block("gitlab.md", "yaml")).values()
    words = " ".join(job["script"])
    assert all(f"={name}" in words for name in job["artifacts"]["paths"])


@pytest.mark.parametrize(
    ("page", "schema", "options"),
    [
        ("gitlab.md", "gitlab-ci", ()),
        (COMMENTS, "github-workflows", ()),
        # Azure takes numbers for texts, and its schema has patterns of this kind only.
        (
            "azure-pipelines.md",
            "azure-pipelines",
            ("--data-transform=azure-pipelines", "--regex-variant=nonunicode"),
        ),
    ],
)
def test_a_block_is_what_the_system_s_schema_has(
    page: str, schema: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    pytest.importorskip("check_jsonschema", reason="it comes with the extra `lint`")
    file = tmp_path / "block.yml"
    for text, is_right in (
        (text + more, not more) for text in blocks(page, "yaml") for more in ("", "steps: 1\n")
    ):
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "check_jsonschema",
                "--builtin-schema",
                f"vendor.{schema}",
                *options,
                file,
            ],
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 0) is is_right, done.stdout.decode()


# --- the two workflows that comment


def test_what_could_be_attacked_in_a_workflow_is_what_it_says_itself(tmp_path: Path) -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if zizmor is None:
        pytest.skip("zizmor is of the extra `lint`")
    folder = tmp_path / ".github" / "workflows"

    def found() -> set[str]:
        done = subprocess.run(
            [zizmor, "--offline", "--quiet", "--format", "json", folder],
            capture_output=True,
            check=False,
        )
        return {each["ident"] for each in json.loads(done.stdout) if not each["ignored"]}

    texts = blocks(COMMENTS, "yaml")
    write_all(folder, {f"{number}.yml": text for number, text in enumerate(texts)})
    own = {"unpinned-uses"}  # a tag of ours reads better on a page, which says what it rests on
    assert found() <= own
    unmarked = [re.sub(r" # zizmor: ignore.*", "", text) for text in texts]
    write_all(folder, {f"{number}.yml": text for number, text in enumerate(unmarked)})
    assert found() - own == {"dangerous-triggers"}


def test_the_two_workflows_fit_each_other_and_the_actions() -> None:
    judging, commenting = map(yaml.safe_load, blocks(COMMENTS, "yaml"))
    main, second = action(ROOT), action(ROOT / "comment")
    own = f"{REPOSITORY.removeprefix('https://github.com/')}{{}}@v{__version__}"
    assert judging["permissions"] == commenting["permissions"] == {}
    # YAML takes `on` for a truth.
    assert commenting[True]["workflow_run"]["workflows"] == [judging["name"]]
    [judge], [comment] = judging["jobs"].values(), commenting["jobs"].values()
    assert judge["permissions"] == {"contents": "read"}
    assert comment["permissions"] == {"actions": "read", "pull-requests": "write"}
    checkout, judged, upload = judge["steps"]
    assert checkout["with"]["persist-credentials"] is False
    assert judged["uses"] == own.format("")
    assert f"steps.{judged['id']}.outputs.report-file" in upload["with"]["path"]
    assert "report-file" in main["outputs"]
    assert upload["with"]["name"] == second["inputs"]["artifact"]["default"]
    assert comment["steps"] == [{"uses": own.format("/comment")}]
    page = (DOCS / COMMENTS).read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in second["inputs"])
    used = "".join(file.read_text(encoding="utf-8") for file in (ROOT / ".github").rglob("*.yml"))
    for step in (checkout, upload):
        assert f"uses: {step['uses']} #" in used, "pinned as in our own workflows"


def test_each_threat_names_tests_that_there_are() -> None:
    page = (DOCS / COMMENTS).read_text(encoding="utf-8")
    rows = re.findall(r"^\| .* \|$", page.partition("| threat |")[2], re.MULTILINE)
    there = "".join(
        (ROOT / "tests" / name).read_text(encoding="utf-8")
        for name in ("test_comment.py", "test_action.py")
    )
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert all(f"def {name}(" in there for name in named), row
