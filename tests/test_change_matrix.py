"""One tree has one verdict, however it is looked at: on disk, against a base, in the index."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from conftest import ROOT
from support import git, tilelint

NIMBUS = ROOT / "fixtures" / "complete-oauth" / "nimbus_deploy"
OLD = ROOT / "fixtures" / "demo" / "harborlight"
README, MANIFEST = Path("nimbus_deploy/README.md"), Path("nimbus_deploy/manifest.json")
CLIENT = Path("nimbus_deploy/assets/oauth_clients.json")
OWNERS = Path(".github/CODEOWNERS")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a clean integration and one full of old faults, committed."""
    root = tmp_path_factory.mktemp("template") / "repository"
    shutil.copytree(NIMBUS, root / "nimbus_deploy")
    shutil.copytree(OLD, root / "harborlight")
    (root / OWNERS).parent.mkdir()
    (root / OWNERS).write_text("/nimbus_deploy/ @nimbus\n/harborlight/ @harbor\n")
    git("init", "--quiet", cwd=root)
    git("add", "--all", cwd=root)
    git("commit", "--quiet", "--message", "first", cwd=root)
    return root


@pytest.fixture(autouse=True)
def repository(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    shutil.copytree(template, root, symlinks=True)
    monkeypatch.chdir(root)
    return root


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def judged(*arguments: str) -> tuple[int, Any]:
    result = tilelint("check", "--format", "json", *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def said(report: Any) -> set[tuple[str, str, str, str]]:
    return {
        (found["path"], found["rule"], found["message"], found["fingerprint"])
        for found in report["findings"]
    }


def totals(report: Any, *, before: bool) -> dict[str, list[int]]:
    """Return how many errors, warnings and notes each integration has, old ones included."""
    return {
        each["path"]: [
            each[level] + (each["before"][level] if before else 0)
            for level in ("errors", "warnings", "notes")
        ]
        for each in report["integrations"]
    }


def _edit() -> None:
    replace(README, "step by step", "step after step")


def _break() -> None:
    replace(MANIFEST, '    "uninstallation": "README.md#Uninstallation",\n', "")


def _delete(name: str) -> Callable[[], None]:
    return lambda: Path("nimbus_deploy", name).unlink()


def _delete_both() -> None:
    MANIFEST.unlink()
    README.unlink()


def _rename_folder() -> None:
    git("mv", "nimbus_deploy", "nimbus")


def _rename_folder_with_its_owner() -> None:
    git("mv", "nimbus_deploy", "nimbus")
    replace(OWNERS, "/nimbus_deploy/", "/nimbus/")


def _move(old: str, new: str) -> Callable[[], None]:
    def move() -> None:
        Path(new).parent.mkdir(parents=True, exist_ok=True)
        git("mv", old, new)

    return move


def _link(target: str) -> Callable[[], None]:
    def link() -> None:
        README.unlink()
        README.symlink_to(target)

    return link


def _link_to_its_copy() -> None:
    README.rename(README.with_name("GUIDE.md"))
    README.symlink_to("GUIDE.md")


def _move_behind_a_link() -> None:
    replace(OWNERS, "/harborlight/", "/moved/")
    Path("harborlight").rename("moved")
    Path("harborlight").symlink_to("moved")


def _add_integration() -> None:
    shutil.copytree("harborlight", "newcomer")


def _rename_and_copy() -> None:
    shutil.copytree("harborlight", "copy")
    replace(Path("copy/README.md"), "watches your shipping", "watches all your shipping")
    git("mv", "harborlight", "renamed")


def _move_to_the_top() -> None:
    git("rm", "--quiet", "-r", "nimbus_deploy")
    for path in list(Path("harborlight").iterdir()):
        git("mv", str(path), path.name)


def _submodule_of_integrations() -> None:
    shutil.copytree("harborlight", "../other/harborlight")
    _submodule("vendor")


def _submodule(place: str = "nimbus_deploy/sub") -> None:
    git("init", "--quiet", "../other")
    Path("../other/README.md").write_text("# Other\n")
    git("add", "--all", cwd="../other")
    git("commit", "--quiet", "--message", "x", cwd="../other")
    git("submodule", "--quiet", "add", str(Path("../other").resolve()), place)


def _owner_line_gone() -> None:
    replace(OWNERS, "/nimbus_deploy/ @nimbus\n", "")


def _owner_line_gone_and_edited() -> None:
    _owner_line_gone()
    _edit()


def _settings_silence() -> None:
    _break()
    Path(".tilelint.yaml").write_text("ignore: [missing-uninstallation-reference]\n")


def _both_sides() -> None:
    _break()
    replace(Path("harborlight/README.md"), "watches your shipping", "watches all your shipping")


CHANGES: dict[str, tuple[Callable[[], object], int]] = {
    "edit": (_edit, 0),
    "break": (_break, 1),
    "add a file": (lambda: Path("nimbus_deploy/images/unused.txt").write_text("x"), 0),
    "add an integration": (_add_integration, 1),
    "delete README": (_delete("README.md"), 1),
    "delete client": (_delete("assets/oauth_clients.json"), 1),
    "delete picture": (_delete("images/connect.png"), 1),
    "delete dashboard": (_delete("assets/dashboards/nimbus_deploy_overview.json"), 1),
    "delete changelog": (_delete("CHANGELOG.md"), 1),
    "delete metadata": (_delete("metadata.csv"), 1),
    "delete manifest": (_delete("manifest.json"), 0),
    "delete both": (_delete_both, 1),
    "delete integration": (lambda: shutil.rmtree("harborlight"), 0),
    "rename": (_rename_folder_with_its_owner, 0),
    "rename without its owner": (_rename_folder, 1),
    "rename and copy": (_rename_and_copy, 1),
    "move to the top": (_move_to_the_top, 1),
    "move between": (_move("nimbus_deploy/images/connect.png", "harborlight/images/x.png"), 1),
    "move out": (_move("nimbus_deploy/images/connect.png", "connect.png"), 1),
    "move inside": (_move("nimbus_deploy/CHANGELOG.md", "nimbus_deploy/docs/CHANGELOG.md"), 1),
    "mode": (lambda: README.chmod(0o755), 0),
    "case only": (
        _move("nimbus_deploy/images/connect.png", "nimbus_deploy/images/Connect.png"),
        1,
    ),
    "README in other case": (_move(str(README), "nimbus_deploy/readme.md"), 1),
    "manifest in other case": (_move(str(MANIFEST), "nimbus_deploy/Manifest.json"), 1),
    "link out": (_link("../.git/config"), 1),
    "link up": (_link("../harborlight/README.md"), 1),
    "dead link": (_link("gone.md"), 1),
    "loop": (_link("README.md"), 1),
    "absolute link": (_link("/etc/hostname"), 1),
    "link inside": (_link_to_its_copy, 0),
    "folder behind a link": (_move_behind_a_link, 0),
    "submodule": (_submodule, 0),
    "submodule of integrations": (_submodule_of_integrations, 0),
    "owner gone": (_owner_line_gone, 1),
    "owner gone and edited": (_owner_line_gone_and_edited, 1),
    "silenced by its own settings": (_settings_silence, 0),
    "two integrations": (_both_sides, 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_tree_has_the_same_verdict(name: str) -> None:
    change, code = CHANGES[name]
    change()
    everything = judged()[1]
    on_disk = judged("--base", "HEAD")
    git("add", "--all")
    index = judged("--staged")
    git("commit", "--quiet", "--message", "second")
    committed = judged("--base", "HEAD~1")
    assert [each[0] for each in (on_disk, index, committed)] == [code] * 3
    assert said(on_disk[1]) == said(index[1]) == said(committed[1])
    assert totals(on_disk[1], before=True) == totals(index[1], before=True)
    assert totals(index[1], before=True) == totals(committed[1], before=True)
    if "owner" not in name:  # only the rules about owners are judged there
        whole = totals(everything, before=False)
        changed = {rule for _, rule, _, _ in said(index[1])} & ABOUT_CHANGES
        for path, counts in totals(index[1], before=True).items():
            assert changed or counts == whole[path]
    assert judged("--base", "HEAD") == (0, judged("--base", "HEAD")[1])
    assert judged("--base", "HEAD")[1]["integrations"] == []


ABOUT_CHANGES = {
    "changed-immutable-field",
    "changed-published-client",
    "widened-oauth-scopes",
    "listing-without-dashboard",
    "new-api-integration-without-oauth",
}


def _copy_and_harm() -> None:
    _add_integration()
    Path("harborlight/README.md").unlink()


def _share_from_both_sides() -> None:
    _edit()
    replace(Path("harborlight/manifest.json"), '"harborlight"', '"nimbus-deploy"')


NAMED: dict[str, tuple[Callable[[], object], str, int]] = {
    "a copy of one that loses a file": (_copy_and_harm, "newcomer", 1),
    "what it shares with another": (lambda: shutil.copytree("nimbus_deploy", "twin"), "twin", 1),
    "what another shares with it since": (_share_from_both_sides, "nimbus_deploy", 1),
}
"""Changes, of which one integration is judged."""


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        (_delete("README.md"), str(README), 1),
        (_edit, str(README), 0),
        (lambda: shutil.rmtree("harborlight"), "harborlight", 0),
        (lambda: shutil.rmtree("harborlight"), "harborlight/images", 0),
        (_rename_folder, "nimbus_deploy", 0),
        (_edit, "gone", 2),
        (_edit, "nimbus_deploy/gone", 2),
        (_edit, ".github", 3),
        (_edit, str(OWNERS), 0),
    ],
)
def test_a_path_that_is_named_ends_the_run_alike(
    change: Callable[[], object], path: str, code: int
) -> None:
    change()
    on_disk = judged("--base", "HEAD", path)
    git("add", "--all")
    index = judged("--staged", path)
    assert (on_disk[0], index[0]) == (code, code)
    assert said(on_disk[1]) == said(index[1])


@pytest.mark.parametrize("name", NAMED)
def test_an_integration_that_is_named_is_compared_with_all_others(name: str) -> None:
    change, path, code = NAMED[name]
    change()
    on_disk = judged("--base", "HEAD", path)
    git("add", "--all")
    index = judged("--staged", path)
    assert (on_disk[0], index[0]) == (code, code)
    assert said(on_disk[1]) == said(index[1])
    assert [each["path"] for each in index[1]["integrations"]] == [path]


def test_of_a_renamed_integration_and_its_copy_the_copy_is_new() -> None:
    _rename_and_copy()
    changed = {
        path: counts[0]
        for path, counts in totals(judged("--base", "HEAD")[1], before=False).items()
    }
    assert changed["copy"] > changed["renamed"]


def test_an_integration_in_a_folder_that_was_none_is_new() -> None:
    Path("newcomer/images").mkdir(parents=True)
    Path("newcomer/images/x.txt").write_text("x")
    git("add", "--all")
    git("commit", "--quiet", "--message", "no integration")
    shutil.copytree("harborlight", "newcomer", dirs_exist_ok=True)
    found = judged("--base", "HEAD")[1]["findings"]
    assert "listing-without-dashboard" in {each["rule"] for each in found}


@pytest.mark.parametrize(
    ("name", "rule", "path"),
    [
        ("move between", "broken-manifest-path", "nimbus_deploy/manifest.json"),
        ("move between", "unused-image", "harborlight/images/x.png"),
        ("rename without its owner", "missing-codeowner", "nimbus/manifest.json"),
        ("owner gone", "missing-codeowner", "nimbus_deploy/manifest.json"),
        ("owner gone and edited", "missing-codeowner", "nimbus_deploy/manifest.json"),
        ("link out", "unreadable-document", "nimbus_deploy/README.md"),
        ("delete both", "missing-readme", ""),
    ],
)
def test_what_a_change_brings_in_is_named(name: str, rule: str, path: str) -> None:
    CHANGES[name][0]()
    git("add", "--all")
    found = judged("--staged")[1]["findings"]
    assert any(each["rule"] == rule and each["path"].startswith(path) for each in found), found


def test_only_rules_about_owners_are_judged_where_only_the_owner_changed() -> None:
    replace(OWNERS, "/harborlight/ @harbor\n", "/harborlight/\n")
    [only] = judged("--base", "HEAD")[1]["findings"]
    assert (only["rule"], only["path"]) == ("missing-codeowner", "harborlight/manifest.json")
    replace(OWNERS, "/harborlight/\n", "/harborlight/ @another\n")
    code, report = judged("--base", "HEAD")
    assert (code, report["findings"], len(report["integrations"])) == (0, [], 1)


def test_a_comment_in_codeowners_touches_nobody() -> None:
    replace(OWNERS, "/harborlight/", "# the port\n/harborlight/")
    assert judged("--base", "HEAD")[1]["integrations"] == []


def test_an_integration_that_goes_away_is_said() -> None:
    shutil.rmtree("harborlight")
    result = tilelint("check", "--base", "HEAD")
    assert result.exit_code == 0
    assert "harborlight: the change takes the integration away" in result.stderr
    shutil.rmtree("nimbus_deploy")
    assert tilelint("check", "--base", "HEAD").exit_code == 0


def test_what_stays_unstaged_plays_no_part() -> None:
    _break()
    git("add", "--all")
    whole = MANIFEST.read_text(encoding="utf-8")
    MANIFEST.write_text(whole.replace('"README.md#Support"', '"README.md#Suport"'))
    Path(".tilelint.yaml").write_text("ignore: [missing-uninstallation-reference]\n")
    OWNERS.unlink()
    code, report = judged("--staged")
    assert code == 1
    assert {found["rule"] for found in report["findings"]} == {"missing-uninstallation-reference"}


def test_settings_are_taken_from_the_side_that_they_are_on() -> None:
    Path(".tilelint.yaml").write_text("ignore: [missing-uninstallation-reference]\n")
    _break()
    git("add", "--all")
    git("commit", "--quiet", "--message", "silenced")
    assert judged("--base", "HEAD~1")[0] == 0
    Path(".tilelint.yaml").unlink()
    assert judged("--base", "HEAD")[0] == 1  # what the change lets be seen is brought in by it
    git("add", "--all")
    assert judged("--staged")[0] == 1


def test_a_policy_that_settings_name_is_a_setting() -> None:
    Path(".tilelint.yaml").write_text("policy: rules/scopes.yaml\n")
    Path("rules").mkdir()
    policy = Path("rules/scopes.yaml")
    policy.write_text("maximum: 12\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "policy")
    policy.write_text("maximum: 1\n")
    on_disk = judged("--base", "HEAD", "nimbus_deploy")
    git("add", "--all")
    index = judged("--staged", "nimbus_deploy")
    assert {rule for _, rule, _, _ in said(on_disk[1])} == {"excessive-scopes"}
    assert said(on_disk[1]) == said(index[1])


def test_broken_settings_of_the_base_do_not_end_the_run() -> None:
    Path(".tilelint.yaml").write_text("ignore: [")
    git("add", "--all")
    git("commit", "--quiet", "--message", "broken")
    assert tilelint("check", "--base", "HEAD").exit_code == 2
    Path(".tilelint.yaml").write_text("ignore: []\n")
    assert judged("--base", "HEAD")[0] == 0


def test_old_faults_do_not_count_and_all_shows_them() -> None:
    replace(Path("harborlight/README.md"), "watches your shipping", "watches all your shipping")
    git("add", "--all")
    code, report = judged("--staged")
    assert (code, report["findings"]) == (0, [])
    result = tilelint("check", "--staged", "--all")
    assert "(already there)" in " ".join(result.stdout.split())


def test_before_the_first_commit_everything_is_new(tmp_path: Path, monkeypatch: Any) -> None:
    shutil.copytree(OLD, tmp_path / "fresh" / "harborlight")
    monkeypatch.chdir(tmp_path / "fresh")
    git("init", "--quiet")
    git("add", "--all")
    code, report = judged("--staged")
    assert code == 1
    assert report["summary"]["known"] == 0
    assert len(report["findings"]) > 10


def test_an_unresolved_merge_is_not_passed() -> None:
    git("switch", "--quiet", "--create", "topic")
    _edit()
    git("commit", "--quiet", "--all", "--message", "topic")
    git("switch", "--quiet", "master")
    replace(README, "step by step", "bit by bit")
    git("commit", "--quiet", "--all", "--message", "master")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "topic")
    result = tilelint("check", "--staged")
    assert result.exit_code == 2
    assert "has a merge conflict" in result.stderr


def test_what_git_ignores_is_not_brought_in() -> None:
    Path(".gitignore").write_text("*.bak\n*.png\n/build/\n")
    git("add", ".gitignore")
    git("commit", "--quiet", "--message", "ignore")
    Path("nimbus_deploy/images/view.bak").write_text("x")
    shutil.copy("nimbus_deploy/images/connect.png", "nimbus_deploy/images/new.png")
    replace(MANIFEST, "images/connect.png", "images/new.png")
    shutil.copytree("nimbus_deploy", "build/nimbus_deploy")
    on_disk = judged("--base", "HEAD")
    git("add", "--all")
    index = judged("--staged")
    assert (on_disk[0], index[0]) == (1, 1)
    assert said(on_disk[1]) == said(index[1])
    assert {rule for _, rule, _, _ in said(index[1])} == {"broken-manifest-path", "unused-image"}


def test_what_is_only_announced_is_not_part_of_the_commit() -> None:
    Path("nimbus_deploy/images/empty.txt").touch()
    git("add", "nimbus_deploy/images/empty.txt")
    Path("nimbus_deploy/images/a\nb.txt").write_text("x")
    git("add", "--intent-to-add", "nimbus_deploy/images/a\nb.txt")
    shutil.copytree("harborlight", "newcomer")
    git("add", "--intent-to-add", "newcomer")
    code, report = judged("--staged")
    assert (code, [each["path"] for each in report["integrations"]]) == (0, ["nimbus_deploy"])


def test_a_hook_that_commits_some_files_sees_these_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """`git commit FILE` gives its hooks an index of their own."""
    _edit()
    _break()
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    other = Path(".git/index.of.a.hook").absolute()
    shutil.copy(".git/index", other)
    environment = {**os.environ, "GIT_INDEX_FILE": str(other), "GIT_DIR": ".git"}
    subprocess.run(["git", "add", str(README)], check=True, env=environment)
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    code, report = judged("--staged")
    assert (code, [each["path"] for each in report["integrations"]]) == (0, ["nimbus_deploy"])
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert judged("--staged")[1]["integrations"] == []


def test_a_worktree_and_a_detached_head() -> None:
    git("worktree", "add", "--quiet", "--detach", "../tree")
    os.chdir("../tree")
    _break()
    assert judged("--base", "master")[0] == 1
    git("add", "--all")
    assert judged("--staged")[0] == 1


def test_a_merge_brings_in_what_the_branch_changed_only() -> None:
    git("switch", "--quiet", "--create", "topic")
    _edit()
    git("commit", "--quiet", "--all", "--message", "topic")
    git("switch", "--quiet", "master")
    replace(Path("harborlight/README.md"), "watches your shipping", "watches all your shipping")
    git("commit", "--quiet", "--all", "--message", "master")
    git("switch", "--quiet", "topic")
    git("merge", "--quiet", "--no-edit", "master")
    report = judged("--base", "master")[1]
    assert [each["path"] for each in report["integrations"]] == ["nimbus_deploy"]


def test_line_ends_of_a_checkout_are_no_change() -> None:
    data = README.read_bytes()
    README.write_bytes(data.replace(b"\n", b"\r\n"))
    os.utime(README, (1, 1))
    assert judged("--base", "HEAD")[1]["integrations"] == []
    README.write_bytes(data.replace(b"\n", b"\r\n") + b"more\r\n")
    assert [each["path"] for each in judged("--base", "HEAD")[1]["integrations"]] == [
        "nimbus_deploy"
    ]


def test_what_a_sparse_checkout_leaves_out_is_no_change() -> None:
    git("update-index", "--refresh")
    git("sparse-checkout", "set", "nimbus_deploy", ".github")
    assert not Path("harborlight").exists()
    assert judged("--base", "HEAD")[1]["integrations"] == []


def test_the_repository_is_that_of_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Path
) -> None:
    _break()
    monkeypatch.chdir(tmp_path)
    assert judged("--base", "master", str(repository))[0] == 1
    git("init", "--quiet", "another")
    shutil.copytree(OLD, tmp_path / "another" / "acme")
    result = tilelint("check", "--base", "master", str(repository), str(tmp_path / "another"))
    assert result.exit_code == 2
    assert "several repositories" in result.stderr


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    manifest |= {
        "app_id": "other",
        "owner": "x",
        "app_uuid": "5f0c9a0e-6d1b-4e0c-9d57-1f4f7a6f2b12",
    }
    MANIFEST.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    client = json.loads(CLIENT.read_text(encoding="utf-8"))
    client["integration"] |= {
        "scopes": ["org_management", "user_access_manage", "events_read"],
        "redirect_uris": ["https://a.io", "https://b.io"],
    }
    CLIENT.write_text(json.dumps(client, indent=2), encoding="utf-8")
    shutil.copytree("nimbus_deploy", "copy_of_it")
    git("mv", "nimbus_deploy", "nimbus")
    command = [sys.executable, "-c", "from validator.cli import main; main()"]
    outputs = set()
    for seed in range(10):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed)}
        arguments = ["check", "--base", "HEAD", "--format", "json"]
        process = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            env=environment,
            check=False,
        )
        assert process.returncode == 1, process.stderr
        outputs.add(process.stdout)
    assert len(outputs) == 1


def _hooks(run: str) -> None:
    for name in ("post-index-change", "post-checkout", "fsmonitor-watchman", "pre-auto-gc"):
        hook = Path(".git/hooks", name)
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{run}\n")
        hook.chmod(0o755)


CONFIGURED: dict[str, Callable[[str], object]] = {
    "clean filter": lambda run: (
        git("config", "filter.e.clean", f"{run}; cat"),
        Path(".gitattributes").write_text("* filter=e\n"),
    ),
    "smudge filter": lambda run: (
        git("config", "filter.e.smudge", f"{run}; cat"),
        Path(".git/info/attributes").write_text("* filter=e\n"),
    ),
    "process filter": lambda run: (
        git("config", "filter.e.process", run),
        git("config", "filter.e.required", "true"),
        Path(".git/info/attributes").write_text("* filter=e\n"),
    ),
    "textconv": lambda run: (
        git("config", "diff.e.textconv", run),
        Path(".gitattributes").write_text("* diff=e\n"),
    ),
    "external diff": lambda run: git("config", "diff.external", run),
    "fsmonitor": lambda run: git("config", "core.fsmonitor", run),
    "pager": lambda run: (
        git("config", "core.pager", run),
        git("config", "pager.ls-files", "true"),
    ),
    "alias": lambda run: [
        git("config", f"alias.{name}", f"!{run}")
        for name in ("ls-files", "ls-tree", "cat-file", "rev-parse", "merge-base")
    ],
    "ssh": lambda run: git("config", "core.sshCommand", run),
    "credentials": lambda run: git("config", "credential.helper", f"!{run}"),
    "editor": lambda run: git("config", "core.editor", run),
    "hooks": _hooks,
    "promisor": lambda run: (
        git("config", "remote.origin.url", f"ext::sh -c '{run}'"),
        git("config", "remote.origin.promisor", "true"),
        git("config", "remote.origin.partialclonefilter", "blob:none"),
        git("config", "protocol.ext.allow", "always"),
        git("config", "extensions.partialClone", "origin"),
    ),
}


@pytest.mark.parametrize("name", CONFIGURED)
def test_nothing_that_a_repository_configures_is_run(name: str, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    CONFIGURED[name](str(script))
    _edit()
    os.utime(MANIFEST, (1, 1))
    marker.unlink(missing_ok=True)
    for options in (["--base", "HEAD"], ["--staged"], []):
        result = tilelint("check", *options)
        assert result.exit_code in (0, 1), result.output
        assert not marker.exists(), options


def test_an_object_that_a_partial_clone_lacks_is_a_clear_error(tmp_path: Path) -> None:
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    name = git("rev-parse", f"HEAD:{README}").strip()
    Path(".git/objects", name[:2], name[2:]).unlink()
    CONFIGURED["promisor"](str(script))
    _break()
    result = tilelint("check", "--base", "HEAD")
    assert result.exit_code == 2
    assert "this clone is partial and lacks an object" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "ran").exists()


def test_a_large_object_is_not_read_whole() -> None:
    from validator.sources.git import Repository

    Path("large.bin").write_bytes(b"x" * 3_000_000)
    git("add", "large.bin")
    repository = Repository(Path.cwd())
    tree = repository.index.snapshot.tree
    assert tree.size(PurePosixPath("large.bin")) == 3_000_000
    assert tree.read(PurePosixPath("large.bin"), 10) == b"x" * 10
    assert repository.blobs._memory == {}  # noqa: SLF001 (what is kept is the point)
    repository.close()
