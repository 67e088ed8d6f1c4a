"""Each rule has a good and a bad fixture, and the bad one gives exactly its expected.txt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import FIXTURES, shown

from validator import engine
from validator.definitions import rules
from validator.discovery import discover
from validator.integration import Change, Integration
from validator.report import Report
from validator.reporters import text
from validator.sources.trees import Directory

RULES = {rule.id: rule for rule in rules.load()}


def cases(prefix: str) -> list[str]:
    return sorted(
        f"{rule_id}/{case.name}"
        for rule_id in RULES
        for case in (FIXTURES / rule_id).glob(f"{prefix}*")
        if case.is_dir()
    )


def judge(case: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Judge a case by its rule alone.

    A rule about changes compares the folders before and after; a rule about suppressions needs the
    others, whose findings are then left out.
    """
    rule = RULES[case.parent.name]
    monkeypatch.chdir(case.parent)
    judged = [rule]
    if rule.subject == "change":
        found = discover([Path(case.name, "after")])
        [after] = found.integrations
        old = Path(case.name, "before").absolute()
        before = Integration(Directory(old), after.path, after.name) if old.is_dir() else None
        subjects = engine.Subjects((after,), changes=(Change(before, after),))
        return shown(engine.run(subjects, judged), [after])
    if rule.subject == "suppression":
        judged = list(RULES.values())
    found = discover([Path(case.name)])
    assert found.integrations, f"{case} holds no integration"
    report = engine.run(found.integrations, judged)
    findings = tuple(finding for finding in report.findings if finding.rule.id == rule.id)
    skips = tuple(skip for skip in report.skips if skip.rule.id == rule.id)
    report = replace(report, findings=findings, skips=skips, suppressed=())
    return shown(report, found.integrations)


@pytest.mark.parametrize("rule_id", RULES)
def test_rule_has_a_good_and_a_bad_fixture(rule_id: str) -> None:
    names = [case.name for case in (FIXTURES / rule_id).iterdir()]
    assert any(name == "good" or name.startswith("good-") for name in names)
    assert any(name == "bad" or name.startswith("bad-") for name in names)


def test_fixtures_belong_to_a_rule_or_are_complete() -> None:
    strangers = {
        folder.name
        for folder in FIXTURES.iterdir()
        if folder.name not in RULES and not folder.name.startswith("complete-")
    }
    assert strangers == {"demo", "demo-scopes"}


@pytest.mark.parametrize("case", cases("good"))
def test_good_fixture_is_silent_and_judged(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = judge(FIXTURES / case, monkeypatch)
    assert [finding.message for finding in report.findings] == []
    assert report.gaps == ()


@pytest.mark.parametrize("case", cases("bad"))
def test_bad_fixture_gives_exactly_its_expected_output(
    case: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    expected = FIXTURES / case / "expected.txt"
    report = judge(FIXTURES / case, monkeypatch)
    assert report.internal_errors == ()
    assert report.findings
    import click

    output = click.unstyle(text.render(report))
    if request.config.getoption("--update"):
        expected.write_text(output, encoding="utf-8")
    assert output == expected.read_text(encoding="utf-8")
