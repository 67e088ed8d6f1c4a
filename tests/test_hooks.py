"""`tilelint hook` shows and adds what makes a repository run tilelint, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from support import git, tilelint, write

from validator import REPOSITORY, __version__, hooks

CONFIGURATION = Path(".pre-commit-config.yaml")
WORKFLOW = Path(".github/workflows/tilelint.yml")
OTHER = {"repo": "https://example.com/other", "rev": "v1", "hooks": [{"id": "other"}]}


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")


def install() -> str:
    result = tilelint("hook", "--install")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_is_shown_is_what_is_added() -> None:
    shown = tilelint("hook").stdout
    assert not CONFIGURATION.exists()
    assert install().count("is added") == 2
    assert shown == "\n".join(
        f"# {file.as_posix()}\n{file.read_text(encoding='utf-8')}"
        for file in (CONFIGURATION, WORKFLOW)
    )


def test_the_parts_name_hooks_and_an_action_that_exist() -> None:
    [repository] = yaml.safe_load(hooks.entry().text)["repos"]
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in known}
    assert (ROOT / "action.yml").is_file()
    steps = yaml.safe_load(hooks.workflow().text)["jobs"]["tilelint"]["steps"]
    assert steps[-1]["uses"] == f"{REPOSITORY.removeprefix('https://github.com/')}@v{__version__}"


def test_adding_twice_changes_nothing() -> None:
    install()
    before = CONFIGURATION.read_bytes(), WORKFLOW.read_bytes()
    assert install().count("already") == 2
    assert (CONFIGURATION.read_bytes(), WORKFLOW.read_bytes()) == before


FORMS = {
    "indented": "repos:\n  - repo: https://example.com/other\n    rev: v1\n    hooks:\n      - id: other\n",
    "not indented": "repos:\n- repo: https://example.com/other\n  rev: v1\n  hooks:\n  - id: other\n",
    "keys behind": "repos:\n- {repo: https://example.com/other, rev: v1, hooks: [{id: other}]}\n\n"
    "# what follows\nci:\n  autofix: true\n",
    "keys before": "fail_fast: true\nrepos:\n    - repo: https://example.com/other\n      rev: v1\n"
    "      hooks: [{id: other}]  # the last",
    "a comment at the end": "repos:\n- repo: https://example.com/other\n  rev: v1\n  hooks: [{id: other}]\n# end\n",
    "line ends of Windows": "repos:\r\n- repo: https://example.com/other\r\n  rev: v1\r\n  hooks: [{id: other}]\r\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_there_stays_as_it_is(form: str) -> None:
    CONFIGURATION.write_bytes(FORMS[form].encode())
    install()
    after = CONFIGURATION.read_bytes().decode()
    was, now = yaml.safe_load(FORMS[form]), yaml.safe_load(after)
    assert now.pop("repos") == [OTHER, *yaml.safe_load(hooks.entry().text)["repos"]]
    assert was.pop("repos") == [OTHER]
    assert now == was
    left = iter(after.splitlines())
    assert all(line in left for line in FORMS[form].splitlines())  # every line, in order
    assert "\r\n" not in after or "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("repos: []\n", "by hand"),
        ("repos: [{repo: local, hooks: []}]\n", "by hand"),
        ("ci: {}\n", "by hand"),
        ("- repo: local\n", "is no object"),
        ("repos: [\n", "is no YAML"),
        ("\xff", "is no text in UTF-8"),
    ],
)
def test_what_can_t_be_added_to_is_left_alone(text: str, says: str) -> None:
    CONFIGURATION.write_bytes(text.encode("latin-1"))
    result = tilelint("hook", "--install")
    assert result.exit_code == 2
    assert says in result.stderr
    assert CONFIGURATION.read_bytes() == text.encode("latin-1")


def test_an_empty_configuration_gets_the_entry() -> None:
    CONFIGURATION.write_text("# ours\n", encoding="utf-8")
    install()
    assert CONFIGURATION.read_text(encoding="utf-8") == f"# ours\n{hooks.entry().text}"


@pytest.mark.parametrize(
    ("hooks_", "is_ours"),
    [
        ([{"id": "other"}], False),
        ([{"id": "other"}, {"id": "tilelint-all"}], True),
        ("none", False),
        (["text"], False),
    ],
)
def test_whose_hook_it_is_is_told_by_its_id(hooks_: object, is_ours: bool) -> None:
    write(
        CONFIGURATION, {"repos": [OTHER, {"repo": "https://example.com/mirror", "hooks": hooks_}]}
    )
    assert hooks.has_entry(Path()) is is_ours


def test_another_workflow_that_uses_the_action_is_enough() -> None:
    write(".github/workflows/a.yml", "on: push\n")
    assert not hooks.has_workflow(Path())
    write(".github/workflows/checks.yaml", "steps:\n  - uses: acme/tilelint@v0.1.0\n")
    assert hooks.has_workflow(Path())
    install()
    assert not WORKFLOW.exists()


def test_another_file_of_that_name_is_not_overwritten() -> None:
    write(WORKFLOW, "on: push\n")
    result = tilelint("hook", "--install")
    assert result.exit_code == 2
    assert "something else" in result.stderr
    assert WORKFLOW.read_text(encoding="utf-8") == "on: push\n"


def test_a_folder_in_no_repository_gets_nothing(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("outside"))
    assert tilelint("hook", "--install").exit_code == 2
    assert not CONFIGURATION.exists()


def test_it_is_added_at_the_top_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("acme/assets").mkdir(parents=True)
    monkeypatch.chdir("acme/assets")
    install()
    monkeypatch.chdir("../..")
    assert CONFIGURATION.is_file()
    assert WORKFLOW.is_file()
