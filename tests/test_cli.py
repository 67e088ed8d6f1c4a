"""The command line does what its help says, with the same exit codes in every format."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from conftest import ROOT
from support import COMPLETE, DEMO, Tile, shown, tilelint

from validator.definitions import rules
from validator.integration import Integration
from validator.model import Rule
from validator.reporters import render
from validator.reporters.terminal import columns


@pytest.mark.parametrize("format_", ["text", "sarif", "json"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([COMPLETE], 0),
        ([DEMO], 1),
        ([DEMO, "--fail-on", "never"], 0),
        ([DEMO, "--select", "bare-onboarding-url"], 0),
        (["gone", COMPLETE], 2),
        (["gone", DEMO], 2),
        (["."], 3),
        ([".", COMPLETE], 3),
        ([".", DEMO], 1),
        (["file.txt"], 0),
    ],
)
def test_exit_codes(
    arguments: list[object],
    code: int,
    format_: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.txt").touch()
    result = tilelint("check", *arguments, "--format", format_)
    assert result.exit_code == code, result.output
    if format_ != "text":
        json.loads(result.stdout)


def test_fail_on_and_strict() -> None:
    bad = ROOT / "fixtures" / "missing-revocation-notice" / "bad"
    only = ("--select", "missing-revocation-notice")
    assert tilelint("check", bad, *only).exit_code == 0
    assert tilelint("check", bad, *only, "--fail-on", "warning").exit_code == 1
    assert tilelint("check", bad, *only, "--strict").exit_code == 1
    assert tilelint("check", bad, *only, "--fail-on", "note").exit_code == 1


def test_the_complete_integrations_pass_every_rule() -> None:
    for folder in ("complete-oauth", "complete-agent", "complete-marketplace"):
        result = tilelint("check", ROOT / "fixtures" / folder, "--fail-on", "note")
        assert result.exit_code == 0, result.output
        assert ": ready\n" in result.output


def test_an_unknown_rule_offers_the_nearest() -> None:
    result = tilelint("check", COMPLETE, "--select", "missing-uninstalation-section")
    assert result.exit_code == 2
    assert "did you mean `missing-uninstallation-section`" in result.stderr


def test_select_and_ignore_take_lists_and_repeat() -> None:
    ids = ["duplicate-redirect-uri", "unknown-oauth-scope", "insecure-oauth-url"]
    result = tilelint(
        "check", DEMO, "--select", ",".join(ids[:2]), "--select", ids[2], "--format", "json"
    )
    found = {finding["rule"] for finding in json.loads(result.stdout)["findings"]}
    assert found <= {*ids}
    assert "duplicate-redirect-uri" in found
    result = tilelint("check", DEMO, "--ignore", "duplicate-redirect-uri", "--format", "json")
    found = {finding["rule"] for finding in json.loads(result.stdout)["findings"]}
    assert "duplicate-redirect-uri" not in found
    assert "unknown-oauth-scope" in found


def test_a_committed_secret_cannot_be_ignored() -> None:
    bad = ROOT / "fixtures" / "committed-secret" / "bad"
    result = tilelint("check", bad, "--ignore", "committed-secret")
    assert result.exit_code == 1
    assert "committed-secret" in result.stdout
    assert "`committed-secret` can't be ignored" in result.stderr


def test_a_selection_does_not_hide_an_unreadable_document(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    result = tilelint("check", tmp_path, "--select", "missing-uninstallation-reference")
    assert result.exit_code == 1
    assert "unreadable-document" in result.stdout


def test_an_unreadable_integration_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, text in [("acme", "[]"), ("birch", "{")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text)
    result = tilelint("check", tmp_path, DEMO)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    for name in ("acme", "birch", "harborlight"):
        assert f"{name}: not ready: " in result.stdout


def test_several_formats_in_one_run(tmp_path: Path) -> None:
    sarif, report = tmp_path / "out.sarif", tmp_path / "out.json"
    result = tilelint(
        "check",
        DEMO,
        "--format",
        "text",
        "--format",
        f"sarif={sarif}",
        "--format",
        f"json={report}",
    )
    assert "not ready" in result.stdout
    assert json.loads(sarif.read_text())["version"] == "2.1.0"
    assert json.loads(report.read_text())["version"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "text", "--format", "json"],
        ["--format", "xml"],
        ["--format", "sarif="],
        ["--format", "text", "--format", "json=a", "--output", "b"],
        ["--output", "no/such/folder/file"],
        ["--fail-on", "always"],
    ],
)
def test_wrong_usage_is_2_and_says_so(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tilelint("check", COMPLETE, *arguments)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.output


def test_quiet_shows_verdicts_only() -> None:
    lines = tilelint("check", DEMO, COMPLETE, "--quiet").stdout.splitlines()
    assert [line.split(": ")[1] for line in lines[:2]] == ["ready", "not ready"]
    assert lines[2] == ""
    assert lines[3].startswith("2 integrations: 1 ready, 1 not ready; ")


def test_colour_on_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in tilelint("check", DEMO).stdout
    assert "\x1b" in tilelint("check", DEMO, "--color", "always").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in tilelint("check", DEMO).stdout
    assert "\x1b" in tilelint("check", DEMO, "--color", "always").stdout


def test_the_text_fits_80_columns() -> None:
    """All but the head of a finding, which stays on one line for tools that read it."""
    for line in tilelint("check", DEMO).stdout.splitlines():
        is_head = line.startswith("fixtures/") or line.split(" ")[0].count(":") == 2
        assert len(line) <= 80 or is_head, line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("a " * 300, ""),
        ("a " * 300, " b" * 300),
        ("", " b" * 300),
        ("港の灯" * 26, ""),
        ("港の灯" * 26, " b" * 300),
        ("e\u0301" * 80, ""),
        ("\u202e" * 60, ""),
        ("👩\u200d👧" * 20, " 灯" * 100),
    ],
)
def test_the_mark_is_under_its_place_however_wide_the_line(before: str, after: str) -> None:
    tile = Tile()
    tile.append("README.md", f"\n{before}http://acme.io{after}\n")
    text = render(shown(tile.judge("bare-url"), [tile.integration()]), "text")
    source, mark = click.unstyle(text).splitlines()[2:4]
    address = "http://acme.io"
    assert columns(source) <= 80
    assert columns(source.partition(address)[0]) == mark.index("^")
    assert mark.count("^") == len(address)
    assert source.endswith(address if not after else "…")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert len({tilelint("check", DEMO, "--format", "json").stdout_bytes for _ in range(3)}) == 1


def test_a_failing_check_is_an_internal_error_and_loses_no_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bind = rules.bind

    def broken(_: Integration, __: Rule) -> None:
        raise RuntimeError("no such luck")

    def bind_broken(rule: Rule) -> object:
        return broken if rule.id == "insecure-oauth-url" else bind(rule)

    monkeypatch.setattr("validator.engine.bind", bind_broken)
    result = tilelint("check", DEMO, "--format", "json")
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    assert "duplicate-redirect-uri" in {finding["rule"] for finding in report["findings"]}
    assert [error["rule"] for error in report["internal_errors"]] == ["insecure-oauth-url"]
    assert "internal error in insecure-oauth-url" in result.stderr
    assert "no such luck" in result.stderr


def test_rules_lists_every_rule() -> None:
    ids = [rule.id for rule in rules.load()]
    table = tilelint("rules")
    assert [line.split()[0] for line in table.stdout.splitlines()[: len(ids)]] == ids
    listed = json.loads(tilelint("rules", "--format", "json").stdout)
    assert [rule["id"] for rule in listed["rules"]] == ids
    assert all(rule["rationale"] and rule["references"] for rule in listed["rules"])


@pytest.mark.parametrize("rule", rules.load(), ids=lambda rule: rule.id)
def test_explain_says_everything_about_a_rule(rule: Rule) -> None:
    text = tilelint("explain", rule.id).stdout
    plain = " ".join(text.split())
    assert " ".join(rule.rationale.split()) in plain
    assert " ".join(rule.remediation.split()) in plain
    for heading in ("Why", "How to fix", "Bad", "Good", "What it rests on"):
        assert f"\n{heading}\n" in text
    for reference in rule.references:
        assert reference.url in text


def test_explain_offers_the_nearest_rule() -> None:
    result = tilelint("explain", "commited-secret")
    assert result.exit_code == 2
    assert "`committed-secret`" in result.stderr


def test_help_names_every_exit_code() -> None:
    text = click.unstyle(tilelint("check", "--help").stdout)
    for code in "0123":
        assert f"\n    {code}  " in text or f"\n  {code}  " in text, text
