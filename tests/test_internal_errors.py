"""A defect of ours is loud, never looks like a finding, and hides no finding."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

import pytest
from click.testing import Result
from conftest import ROOT
from support import DEMO, tilelint

from validator import engine
from validator.integration import Integration


class Defect(Exception):
    """Something that nobody expects."""


def fail(*_: Any, **__: Any) -> NoReturn:
    raise Defect("no such luck")


def is_told(result: Result, where: str) -> None:
    """Assert that the run ended with 2, one line that asks for a report, and the traceback below it."""
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    [told] = [line for line in lines if "internal error in" in line]
    assert where in told
    assert "please report it" in told
    assert any("no such luck" in line for line in lines[lines.index(told) + 1 :])


STEPS = [
    ("validator.engine._adjusted", "overrides"),
    ("validator.suppressions.apply", "suppressions"),
    ("validator.checks.oauth_urls.insecure", "insecure-oauth-url"),
]


@pytest.mark.parametrize(("place", "where"), STEPS)
def test_a_step_that_fails_loses_no_finding(
    place: str, where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (DEMO / "harborlight" / "README.md").read_text(encoding="utf-8")
    import shutil

    shutil.copytree(DEMO / "harborlight", tmp_path / "harborlight")
    readme = tmp_path / "harborlight" / "README.md"
    readme.write_text(f"<!-- tilelint: suppress[vague-link-text] a test -->\n{text}", "utf-8")
    (tmp_path / ".tilelint.yaml").write_text("levels: {bare-url: warning}\n")
    whole = json.loads(tilelint("check", tmp_path, "--format", "json").stdout)
    monkeypatch.setattr(place, fail)
    result = tilelint("check", tmp_path, "--format", "json")
    is_told(result, where)
    report = json.loads(result.stdout)

    def found(report: Any) -> set[str]:
        return {each["rule"] for each in report["findings"]}

    assert found(whole) - found(report) <= {where, "unused-suppression"}
    assert len(found(report)) > 5
    assert report["internal_errors"][0]["message"] == "Defect: no such luck"


@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_a_reporter_that_fails_still_lists_what_was_found(
    format_: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import importlib

    monkeypatch.setattr(importlib.import_module(f"validator.reporters.{format_}"), "render", fail)
    other = tmp_path / "other"
    name = "json" if format_ != "json" else "sarif"
    result = tilelint("check", DEMO, "--format", format_, "--format", f"{name}={other}")
    is_told(result, f"the {format_} report")
    listing = result.stdout if format_ == "text" else result.stderr
    assert "unknown-oauth-scope" in listing
    assert "duplicate-redirect-uri" in listing
    assert json.loads(other.read_text())
    if format_ != "text":
        assert result.stdout == ""


def test_a_defect_outside_of_everything_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "run", fail)
    is_told(tilelint("check", DEMO), "tilelint")
    is_told(tilelint("scopes", ROOT / "fixtures" / "complete-oauth"), "tilelint")


def test_endless_recursion_is_told_in_a_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without `*` in its own call, for which Python 3.13.0 doesn't count how deep it is.
    def deeper() -> NoReturn:
        deeper()

    def run_deeper(*_: Any, **__: Any) -> NoReturn:
        deeper()

    monkeypatch.setattr(engine, "run", run_deeper)
    result = tilelint("check", DEMO)
    assert result.exit_code == 2
    assert "RecursionError" in result.stderr
    assert len(result.stderr.splitlines()) < 80


def test_what_fails_for_every_rule_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validator.integration.Integration.kinds", property(fail))
    result = tilelint("check", DEMO)
    assert result.exit_code == 2
    assert result.stderr.count("internal error in") == 1
    assert " more: " in result.stderr
    assert "unknown-manifest-field" in result.stdout
    assert "ready" not in result.stdout.replace("not ready", "")


def test_an_integration_that_cannot_be_opened_hides_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    from validator.configuration import Configuration
    from validator.settings import Settings

    settings = Configuration.settings

    def settings_of_some(self: Configuration, folder: Path) -> Settings:
        return fail() if folder.name == "broken" else settings(self, folder)

    for name in ("acme", "broken", "cedar"):
        shutil.copytree(DEMO / "harborlight", tmp_path / name)
    monkeypatch.setattr(Configuration, "settings", settings_of_some)
    monkeypatch.chdir(tmp_path)
    result = tilelint("check")
    is_told(result, "discovery on broken")
    assert "acme: not ready: " in result.stdout
    assert "cedar: not ready: " in result.stdout
    assert "broken: " not in result.stdout


def test_a_document_that_cannot_be_read_costs_no_rule_more_than_another() -> None:
    from validator.model import DocumentError
    from validator.sources.trees import Directory

    acme = Integration(Directory(ROOT / "fixtures"), PurePosixPath("acme"), "acme")
    depths = []
    for _ in range(50):
        with pytest.raises(DocumentError) as caught:
            acme.manifest  # noqa: B018 (read for its error)
        depths.append(len(caught.traceback))
    assert len(set(depths[1:])) == 1


@pytest.mark.parametrize(
    ("broken", "step"),
    [
        ("validator.excerpts.Excerpts.of", "excerpts"),
        ("validator.roots.Roots.file", "roots"),
        ("validator.roots.Roots.__init__", "roots"),
        ("validator.scopes.catalogue.age_line", "the age of the catalogue"),
    ],
)
@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_what_completes_a_report_loses_no_finding(
    monkeypatch: pytest.MonkeyPatch, broken: str, step: str, format_: str
) -> None:
    whole = tilelint("check", DEMO, "--format", "json")
    monkeypatch.setattr(broken, fail)
    result = tilelint("check", DEMO, "--format", format_)
    is_told(result, step)
    for finding in json.loads(whole.stdout)["findings"]:
        assert finding["rule"] in result.stdout
