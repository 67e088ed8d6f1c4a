"""The generated pages are those that the rules give today, and what other pages show is there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml
from conftest import ROOT

from scripts import build_docs, examples
from validator import REPOSITORY, __version__, hooks
from validator.definitions import examples as installed
from validator.definitions import rules
from validator.model import Level


def test_the_pages_are_up_to_date() -> None:
    pages = build_docs.pages()
    written = {
        file.relative_to(build_docs.DOCS).as_posix(): file.read_text(encoding="utf-8")
        for name in ("rules/*.md", "published-tiles.md")
        for file in build_docs.DOCS.glob(name)
    }
    assert written == pages, "run `make docs`"


def test_the_examples_that_are_installed_are_those_of_the_fixtures() -> None:
    written = build_docs.EXAMPLES.read_text(encoding="utf-8")
    assert written == examples.table(rules.load()), "run `make docs`"
    for rule in rules.load():
        assert installed.of(rule) == tuple(map(tuple, examples.of(rule)))


def test_every_rule_has_a_page_with_an_example() -> None:
    pages = build_docs.pages()
    for name, text in pages.items():
        if name.startswith("rules/") and name != "rules/README.md":
            assert "## Bad" in text, name
            assert "## Good" in text, name


def test_the_changelog_names_every_rule_at_its_level() -> None:
    """A pinned user reads there what an upgrade brings."""
    written = build_docs.CHANGELOG.read_text(encoding="utf-8")
    assert written == build_docs.changelog(written), "run `make docs`"
    text = " ".join(written.split())
    for rule in rules.load():
        before, _, _ = text.partition(f"`{rule.id}`")
        assert before != text, rule.id
        levels = [before.rfind(f"- {level.value}: ") for level in Level]
        assert levels.index(max(levels)) == rule.level.rank, rule.id


def test_a_rule_stands_in_the_list_of_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    old, *_, new = rules.load()
    catalogue = (old, replace(new, since="0.2.0"))
    monkeypatch.setattr(rules, "load", lambda: catalogue)
    places = "<!-- rules of {}, written -->\nstale\n<!-- end of rules -->\n"
    text = build_docs.changelog(f"{places.format('0.2.0')}kept\n{places.format('0.1.0')}")
    later, first = text.split("kept")
    assert f"`{new.id}`" in later
    assert f"`{old.id}`" in first
    assert "stale" not in text
    assert build_docs.changelog(text) == text
    with pytest.raises(ValueError, match=rf"no place for the rules of 0\.2\.0, such as {new.id}"):
        build_docs.changelog(places.format("0.1.0"))


def test_the_newest_release_of_the_changelog_is_this_version() -> None:
    text = build_docs.CHANGELOG.read_text(encoding="utf-8")
    unreleased, newest, *_ = re.findall(
        r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", text, re.MULTILINE
    )
    assert (unreleased, newest) == ("Unreleased", __version__)
    for version in re.findall(r"^## \[(.+?)\]", text, re.MULTILINE):
        assert f"\n[{version}]: {REPOSITORY}/" in text, "each heading leads to what changed"


def test_the_same_pythons_are_promised_declared_and_tried() -> None:
    page = (build_docs.DOCS / "support.md").read_text(encoding="utf-8")
    promised = re.findall(r"\b3\.\d+", page.partition("\n\n## What a version means")[0])
    project = build_docs.PROJECT.read_text(encoding="utf-8")
    assert promised == re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)
    assert f'requires-python = ">={promised[0]}"' in project
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == promised


def test_only_one_place_decides_where_the_repository_lies() -> None:
    assert build_docs.repository() == REPOSITORY, "run `make docs`"
    project = build_docs.PROJECT.read_text(encoding="utf-8")
    urls = project.partition("\n[project.urls]\n")[2].partition("\n\n")[0]
    assert [line.partition(" = ")[0] for line in urls.splitlines()] == [
        "Homepage",
        "Repository",
        "Documentation",
        "Changelog",
        "Issues",
    ]
    for line in urls.splitlines():
        assert line.partition(" = ")[2].startswith(f'"{REPOSITORY}'), line
    for file in build_docs.with_address():
        text = file.read_text(encoding="utf-8")
        assert text == build_docs.addressed(text), f"{file}: run `make docs`"


def test_the_address_goes_where_somebody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_docs, "repository", lambda: "https://github.com/acme/tilelint")
    text = """
    - uses: OWNER/tilelint@COMMIT
    - uses: OWNER/tilelint/comment@COMMIT
    - uses: actions/checkout@v5
    [all](https://github.com/other/tilelint/issues), https://example.com/one/tilelint.
    https://github.com/other/tilelinter .venv/bin/tilelint
    """
    assert (
        build_docs.addressed(text)
        == """
    - uses: acme/tilelint@COMMIT
    - uses: acme/tilelint/comment@COMMIT
    - uses: actions/checkout@v5
    [all](https://github.com/acme/tilelint/issues), https://github.com/acme/tilelint.
    https://github.com/other/tilelinter .venv/bin/tilelint
    """
    )


PAGE = (build_docs.DOCS / "continuous-integration.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


def test_the_hooks_that_a_page_names_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    known = {hook["id"] for hook in hooks}
    named = {
        hook["id"]
        for block in BLOCKS
        for repository in block.get("repos", ())
        for hook in repository["hooks"]
    }
    assert named
    assert named <= known
    assert {each["repo"] for block in BLOCKS for each in block.get("repos", ())} == {REPOSITORY}
    assert all(f"`{id_}`" in PAGE or id_ in named for id_ in known)


def test_the_workflows_of_a_page_use_the_action_as_it_is() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    workflows = [block for block in BLOCKS if "jobs" in block]
    assert len(workflows) == 2
    for workflow in workflows:
        assert workflow["permissions"] == {}
        [job] = workflow["jobs"].values()
        checkout, own = job["steps"]
        assert checkout["with"]["persist-credentials"] is False
        assert own["uses"] == f"{REPOSITORY.removeprefix('https://github.com/')}@v{__version__}"
        assert own.get("with", {}).keys() <= action["inputs"].keys()
    for name in (*action["inputs"], *action["outputs"]):
        assert f"`{name}`" in PAGE, name


def test_the_first_blocks_of_a_page_are_what_the_command_adds() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert blocks[:2] == [hooks.entry().text, hooks.workflow().text]


GUIDE = (build_docs.DOCS / "oauth-guide.md").read_text(encoding="utf-8")
ROWS = [
    row for row in re.findall(r"(?m)^\| (.+) \|$", GUIDE) if row != "the page says | guarded by"
]


def test_the_guide_names_rules_that_exist_and_every_one_on_oauth() -> None:
    links = re.findall(r"\[([^\]]+)\]\(rules/([^)]+)\.md\)", GUIDE)
    known = {rule.id: rule for rule in rules.load()}
    assert [name for name, _ in links] == [target for _, target in links]
    assert {target for _, target in links} <= known.keys()
    assert {id_ for id_, rule in known.items() if rule.applies_to == "oauth"} <= set(dict(links))


def test_each_requirement_of_the_guide_has_a_rule_or_a_line_of_the_checklist() -> None:
    assert ROWS
    for row in ROWS:
        says, guarded = row.split(" | ")
        assert says
        assert "](rules/" in guarded or "](#checklist)" in guarded, row
        ids = re.findall(r"\(rules/([^)]+)\.md\)", guarded)
        assert len(ids) == len(set(ids)), row


def test_each_line_of_the_checklist_stands_for_a_requirement() -> None:
    _, _, checklist = GUIDE.partition("## Checklist\n")
    lines = re.findall(r"(?m)^(\d+)\. ", checklist)
    named = {number for row in ROWS for number in re.findall(r"\[(\d+)\]\(#checklist\)", row)}
    assert lines == [str(number) for number in range(1, len(lines) + 1)]
    assert named == set(lines)
