"""Against a base, only what a change brings in counts; proved on git histories of our own making."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from conftest import ROOT
from support import COMPLETE, commit, edit, git, tilelint


def check(*arguments: str) -> Result:
    return tilelint("check", *arguments)


def findings(*arguments: str) -> set[tuple[str, str]]:
    result = check(*arguments, "--format", "json", "--fail-on", "never")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    return {(finding["rule"], finding["path"]) for finding in report["findings"]}


def edit_json(path: str, **changes: Any) -> None:
    value = json.loads(Path(path).read_text(encoding="utf-8"))
    inner = value.get("integration", value)
    inner.update(changes)
    Path(path).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one integration that is ready (nimbus_deploy) and one full of faults (old)."""
    root = tmp_path / "repository"
    shutil.copytree(COMPLETE, root / "nimbus_deploy")
    shutil.copytree(ROOT / "fixtures" / "demo" / "harborlight", root / "old")
    monkeypatch.chdir(root)
    git("init", "--quiet")
    commit("base")
    git("switch", "--quiet", "--create", "topic")
    return root


@pytest.mark.usefixtures("repository")
class TestBase:
    def test_no_change_is_nothing_to_check(self) -> None:
        result = check("--base", "master")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "no integration differs from master" in result.stderr

    def test_no_change_still_gives_machines_an_empty_report(self) -> None:
        result = check("--base", "master", "--format", "text", "--format", "sarif=out.sarif")
        assert (result.exit_code, result.stdout) == (0, "")
        [run] = json.loads(Path("out.sarif").read_text())["runs"]
        assert run["results"] == []

    def test_an_old_integration_with_faults_may_be_edited(self) -> None:
        summary = json.loads(check("old", "--format", "json").stdout)["summary"]
        errors, warnings = summary["errors"], summary["warnings"]
        total = errors + warnings + summary["notes"]
        assert errors > 10
        edit("old/README.md", "watches your shipping", "watches all your shipping")
        commit()
        result = check("--base", "master")
        assert result.exit_code == 0
        before = f"{total} were there before ({errors} errors, {warnings} warnings)"
        assert result.stdout.splitlines() == [
            f"old: nothing new; {before}",
            "",
            f"1 integration: 1 with old errors; 0 new errors, 0 new warnings, 0 new notes; {before}",
            "`tilelint check old` shows what was there before.",
        ]
        assert "ready" not in result.stdout

    def test_all_shows_what_was_there(self) -> None:
        edit("old/README.md", "watches your shipping", "watches all your shipping")
        result = check("--base", "master", "--all")
        assert result.exit_code == 0
        assert "unknown-oauth-scope" in result.stdout
        assert "(already there)" in result.stdout

    def test_moving_lines_brings_nothing_in(self) -> None:
        edit("old/README.md", "# Harborlight\n", "\n\n# Harborlight\n\nA line more.\n")
        edit("old/manifest.json", "{\n", "{\n\n\n")
        assert findings("--base", "master") == set()

    def test_only_what_is_brought_in_counts(self) -> None:
        edit(
            "old/assets/oauth_clients.json",
            "https://app.harborlight.io",
            "http://app.harborlight.io",
        )
        commit()
        result = check("--base", "master")
        assert result.exit_code == 1
        assert "insecure-oauth-url" in result.stdout
        assert "unknown-oauth-scope" not in result.stdout
        assert re.search(r"^old: not ready: \d+ new error", result.stdout, re.MULTILINE)
        assert " were there before (" in result.stdout

    def test_an_item_put_before_others_does_not_make_them_new(self) -> None:
        edit("old/assets/oauth_clients.json", '"events_read"', '"hosts_read", "events_read"')
        assert "unknown-oauth-scope" not in {rule for rule, _ in findings("--base", "master")}

    def test_uncommitted_and_untracked_files_are_part_of_the_change(self) -> None:
        shutil.copytree("old", "new")
        edit("new/README.md", "# Harborlight", "# Other")
        found = findings("--base", "master")
        assert ("unknown-oauth-scope", "new/assets/oauth_clients.json") in found
        assert not any(path.startswith("old/") for rule, path in found if "shared" not in rule)

    def test_a_new_integration_meets_the_rules_for_new_listings(self) -> None:
        shutil.copytree("old", "new")
        commit()
        assert ("listing-without-dashboard", "new/manifest.json") in findings("--base", "master")
        assert "listing-without-dashboard" not in {rule for rule, _ in findings()}

    def test_a_renamed_integration_is_followed(self) -> None:
        git("mv", "old", "newer")
        edit("newer/README.md", "watches your shipping", "watches all your shipping")
        commit()
        result = check("--base", "master")
        assert result.exit_code == 0, result.stdout
        assert result.stdout.startswith("newer: nothing new; ")

    def test_a_renamed_integration_keeps_its_identifiers(self) -> None:
        git("mv", "nimbus_deploy", "nimbus")
        edit_json("nimbus/manifest.json", app_id="nimbus")
        commit()
        assert ("changed-immutable-field", "nimbus/manifest.json") in findings("--base", "master")

    def test_a_deleted_integration_is_nothing_to_check(self) -> None:
        shutil.rmtree("old")
        commit()
        result = check("--base", "master")
        assert (result.exit_code, result.stdout) == (0, "")

    def test_widened_scopes_and_changed_identifiers_are_found(self) -> None:
        client = "nimbus_deploy/assets/oauth_clients.json"
        edit(client, '"events_read"', '"events_read", "metrics_read"')
        edit_json(client, onboarding_url="https://app.nimbus-deploy.io/start")
        edit_json("nimbus_deploy/manifest.json", app_uuid="00000000-0000-4000-8000-000000000001")
        commit()
        assert {
            ("widened-oauth-scopes", client),
            ("changed-published-client", client),
            ("changed-immutable-field", "nimbus_deploy/manifest.json"),
        } <= findings("--base", "master")

    def test_what_the_base_branch_did_since_does_not_count(self) -> None:
        edit("old/README.md", "watches your shipping", "watches all your shipping")
        commit()
        git("switch", "--quiet", "master")
        edit_json("nimbus_deploy/manifest.json", app_uuid="00000000-0000-4000-8000-000000000001")
        commit()
        git("switch", "--quiet", "topic")
        assert check("--base", "master").stdout.startswith("old: nothing new; ")

    def test_an_integration_shared_with_one_that_did_not_change_is_seen(self) -> None:
        shutil.copytree("nimbus_deploy", "zephyr")
        commit()
        found = findings("--base", "master")
        assert ("shared-oauth-client-id", "zephyr/assets/oauth_clients.json") in found

    def test_an_unknown_revision_is_refused(self) -> None:
        result = check("--base", "origin/master")
        assert result.exit_code == 2
        assert "git knows no such revision; fetch it first" in result.stderr

    @pytest.mark.parametrize("revision", ["--output=x", "-h", "", "master:old"])
    def test_a_revision_is_never_taken_for_an_option(self, revision: str) -> None:
        result = check(f"--base={revision}")
        assert result.exit_code == 2
        assert "Traceback" not in result.output

    def test_branches_without_a_common_commit_are_refused(self) -> None:
        git("switch", "--quiet", "--orphan", "alone")
        git("checkout", "--quiet", "master", "--", ".")
        commit()
        result = check("--base", "master")
        assert result.exit_code == 2
        assert "no commit in common" in result.stderr

    def test_no_hook_or_filter_of_the_repository_runs(self, tmp_path: Path) -> None:
        hook = Path(".git/hooks/fsmonitor")
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
        git("config", "core.fsmonitor", ".git/hooks/fsmonitor")
        edit("old/README.md", "watches your shipping", "watches all your shipping")
        check("--base", "master")
        assert not (tmp_path / "ran").exists()

    def test_names_with_line_ends_and_quotes_are_read(self) -> None:
        strange = Path("old/images/a\n\"b'\té.txt")
        strange.write_text("x", encoding="utf-8")
        commit()
        assert findings("--base", "master") <= {("unused-image", "old/images")}


def test_a_shallow_clone_says_what_to_do(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit("old/README.md", "watches your shipping", "watches all your shipping")
    commit()
    git("switch", "--quiet", "master")
    commit("later")
    git("clone", "--quiet", "--depth", "1", "--no-single-branch", repository.as_uri(), "../shallow")
    monkeypatch.chdir(repository.parent / "shallow")
    git("switch", "--quiet", "topic")
    result = check("--base", "origin/master")
    assert result.exit_code == 2
    assert "git fetch --unshallow" in result.stderr


def test_outside_of_a_repository_the_options_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(COMPLETE, tmp_path / "acme")
    for option in (["--base", "master"], ["--staged"]):
        result = check(*option)
        assert result.exit_code == 2
        assert "is in no git repository" in result.stderr


@pytest.mark.usefixtures("repository")
class TestStaged:
    def test_nothing_staged_is_nothing_to_check(self) -> None:
        edit("old/README.md", "watches your shipping", "watches all your shipping")
        result = check("--staged")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "nothing of an integration is staged" in result.stderr

    def test_the_index_is_judged_and_not_the_work_tree(self) -> None:
        client = "nimbus_deploy/assets/oauth_clients.json"
        edit(client, "https://app.nimbus-deploy.io", "http://app.nimbus-deploy.io")
        git("add", client)
        edit(client, "http://app.nimbus-deploy.io", "https://app.nimbus-deploy.io")
        assert ("insecure-oauth-url", client) in findings("--staged")
        git("add", client)
        assert check("--staged").stdout == ""

    def test_only_integrations_with_a_staged_file_are_judged(self) -> None:
        edit("nimbus_deploy/README.md", "rolls out", "deploys")
        git("add", "nimbus_deploy")
        result = check("--staged")
        assert result.exit_code == 0
        assert result.stdout.startswith("nimbus_deploy: ready\n")

    def test_before_the_first_commit_the_whole_index_is_judged(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = tmp_path / "fresh"
        shutil.copytree(COMPLETE, root / "acme")
        monkeypatch.chdir(root)
        git("init", "--quiet")
        git("add", "--all")
        assert "acme: " in check("--staged").stdout
