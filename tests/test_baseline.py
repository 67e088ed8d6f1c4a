"""A baseline accepts the findings of one day, and nothing that comes after."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from conftest import ROOT
from support import tilelint


@pytest.fixture(autouse=True)
def integration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "fixtures" / "demo" / "harborlight", "old")


def check(*arguments: str) -> Result:
    return tilelint("check", *arguments)


def accept() -> None:
    result = check("--write-baseline", "baseline.json")
    assert result.exit_code == 0, result.output


def prepend(file: str, text: str) -> None:
    Path(file).write_text(text + Path(file).read_text(encoding="utf-8"), encoding="utf-8")


def test_accepted_findings_do_not_count() -> None:
    count = len(json.loads(check("--format", "json").stdout)["findings"])
    accept()
    result = check("--baseline", "baseline.json")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"old: nothing new; {count} were there before (")
    assert "ready" not in result.stdout


def test_moving_a_line_changes_nothing() -> None:
    accept()
    text = Path("baseline.json").read_text()
    prepend("old/README.md", "\n\n")
    prepend("old/manifest.json", "\n\n")
    assert check("--baseline", "baseline.json").exit_code == 0
    accept()
    assert Path("baseline.json").read_text() == text


def test_a_new_finding_counts() -> None:
    accept()
    file = Path("old/assets/oauth_clients.json")
    file.write_text(file.read_text().replace("https://app.", "http://app."))
    result = check("--baseline", "baseline.json")
    assert result.exit_code == 1
    assert "insecure-oauth-url" in result.stdout
    assert "unknown-oauth-scope" not in result.stdout


def test_stale_entries_are_reported_and_dropped() -> None:
    accept()
    before = len(Path("baseline.json").read_text().splitlines())
    file = Path("old/assets/oauth_clients.json")
    file.write_text(file.read_text().replace("monitors_reed", "monitors_read"))
    result = check("--baseline", "baseline.json")
    assert (
        "baseline.json: stale: old/assets/oauth_clients.json unknown-oauth-scope" in result.stderr
    )
    result = check("--write-baseline", "baseline.json")
    assert result.stderr.endswith("0 added, 16 kept, 1 dropped\n")
    assert len(Path("baseline.json").read_text().splitlines()) < before


def test_an_entry_whose_rule_was_not_judged_is_not_stale() -> None:
    accept()
    result = check("--baseline", "baseline.json", "--select", "insecure-oauth-url")
    assert "stale" not in result.stderr


def test_the_file_is_sorted_and_holds_one_finding_a_line() -> None:
    accept()
    lines = Path("baseline.json").read_text().splitlines()
    entries = [json.loads(line.rstrip(",")) for line in lines[2:-1]]
    assert entries == sorted(
        entries, key=lambda entry: (entry["path"], entry["rule"], entry["place"])
    )
    assert not any("line" in entry for entry in entries)
    assert json.loads(Path("baseline.json").read_text())["version"] == 1


def test_a_secret_cannot_be_accepted() -> None:
    prepend("old/README.md", "    DD_API_KEY=9775a026f1ca7d1c6c5af9d94d9595a4\n\n")
    result = check("--write-baseline", "baseline.json")
    assert "`committed-secret` can't be accepted" in result.stderr
    assert "committed-secret" not in Path("baseline.json").read_text()
    assert check("--baseline", "baseline.json").exit_code == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}']
)
def test_a_broken_baseline_is_refused(text: str) -> None:
    Path("baseline.json").write_text(text)
    result = check("--baseline", "baseline.json")
    assert result.exit_code == 2
    assert "baseline.json: " in result.stderr
    assert "Traceback" not in result.output


def test_judging_a_part_keeps_what_was_accepted_of_the_rest() -> None:
    shutil.copytree("old", "other")
    accept()
    whole = Path("baseline.json").read_text()
    result = check("other", "--write-baseline", "baseline.json")
    assert result.exit_code == 0
    assert "0 added" in result.stderr
    assert "0 dropped" in result.stderr
    assert Path("baseline.json").read_text() == whole
    assert check("--baseline", "baseline.json").exit_code == 0


def test_judging_some_rules_keeps_what_was_accepted_of_the_others() -> None:
    accept()
    whole = Path("baseline.json").read_text()
    file = Path("old/assets/oauth_clients.json")
    file.write_text(file.read_text().replace("monitors_reed", "monitors_read"))
    check("--select", "duplicate-redirect-uri", "--write-baseline", "baseline.json")
    assert Path("baseline.json").read_text() == whole
    result = check("--select", "unknown-oauth-scope", "--write-baseline", "baseline.json")
    assert result.stderr.endswith("16 findings accepted: 0 added, 16 kept, 1 dropped\n")


def test_a_rule_that_could_not_be_judged_drops_nothing() -> None:
    accept()
    before = json.loads(Path("baseline.json").read_text())["findings"]
    Path("old/README.md").write_bytes(b"\xff\xfe")
    check("--write-baseline", "baseline.json")
    after = json.loads(Path("baseline.json").read_text())["findings"]
    kept = {entry["fingerprint"] for entry in after}
    assert {entry["fingerprint"] for entry in before} <= kept


def test_what_was_accepted_of_a_folder_that_is_gone_is_dropped() -> None:
    shutil.copytree("old", "other")
    accept()
    shutil.rmtree("other")
    check("--write-baseline", "baseline.json")
    assert "other/" not in Path("baseline.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "code"), [(["gone"], 2), (["old", "gone"], 2), (["empty"], 3)]
)
def test_a_run_that_is_not_complete_writes_nothing(arguments: list[str], code: int) -> None:
    accept()
    whole = Path("baseline.json").read_text()
    Path("empty").mkdir()
    result = check(*arguments, "--write-baseline", "baseline.json")
    assert result.exit_code == code
    assert "not written" in result.stderr
    assert Path("baseline.json").read_text() == whole


def test_a_run_with_a_defect_of_ours_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validator.checks.oauth_urls.insecure", lambda *_: 1 / 0)
    result = check("--write-baseline", "baseline.json")
    assert result.exit_code == 2
    assert "internal error in insecure-oauth-url" in result.stderr
    assert not Path("baseline.json").exists()


def test_a_new_fault_in_an_old_ones_place_counts_and_is_named() -> None:
    accept()
    file = Path("old/assets/oauth_clients.json")
    file.write_text(file.read_text().replace("monitors_reed", "frobnicate_all"))
    result = check("--baseline", "baseline.json", "--format", "json")
    assert result.exit_code == 1
    [found] = [each for each in json.loads(result.stdout)["findings"] if each["level"] == "error"]
    assert "frobnicate_all" in found["message"]


@pytest.mark.parametrize("kind", ["nested", "pipe", "zero", "folder", "huge"])
def test_what_is_no_baseline_ends_with_2(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    file = Path("baseline.json")
    if kind == "nested":
        file.write_text("[" * 100_000)
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "zero":
        file.symlink_to("/dev/zero")
    elif kind == "folder":
        file.mkdir()
    else:
        monkeypatch.setattr("validator.baseline.LARGEST", 10)
        file.write_text('{"version": 1, "findings": []}')
    for option in ("--baseline", "--write-baseline"):
        result = check(option, "baseline.json")
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output
        assert kind == "folder" or result.stderr.count("\n") == 1


def test_a_link_that_leads_to_an_integration_or_the_baseline_changes_nothing() -> None:
    accept()
    Path("deep/er").mkdir(parents=True)
    Path("deep/er/here").symlink_to(Path.cwd())
    Path("link").symlink_to("old")
    for path, baseline in (
        ("link", "baseline.json"),
        ("deep/er/here/old", "baseline.json"),
        ("old", "deep/er/here/baseline.json"),
        (str(Path.cwd() / "deep/er/here"), str(Path.cwd() / "baseline.json")),
    ):
        result = check(path, "--baseline", baseline)
        assert (result.exit_code, result.stderr) == (0, ""), (path, baseline)
