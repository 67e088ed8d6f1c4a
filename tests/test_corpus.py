"""What the rules find on published integrations is pinned, so that a change shows up in review."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

from validator import engine
from validator.definitions import rules
from validator.discovery import discover
from validator.report import Report
from validator.selection import Selection

TABLE = ROOT / "tests" / "corpus_findings.txt"


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(corpus)
        return engine.run(discover([Path()]).integrations, rules.load(), choose=Selection().choose)


def test_findings_per_rule(report: Report, request: pytest.FixtureRequest) -> None:
    counts = Counter(finding.rule.id for finding in report.findings)
    lines = [f"{len(report.integrations)} integrations"]
    lines += [f"{rule.level.value:7} {counts[rule.id]:5} {rule.id}" for rule in report.rules]
    table = "\n".join(lines) + "\n"
    if request.config.getoption("--update"):
        TABLE.write_text(table, encoding="utf-8")
    assert table == TABLE.read_text(encoding="utf-8")


def test_no_check_fails_on_a_published_integration(report: Report) -> None:
    assert report.internal_errors == ()


def test_every_finding_on_a_published_integration_has_a_place(report: Report) -> None:
    for finding in report.findings:
        region = finding.location.region
        if region is not None:
            assert (region.start_line, region.start_column) <= (region.end_line, region.end_column)
        assert "\n" not in finding.message
        assert not finding.message.endswith(".")
        assert finding.message != finding.rule.title


def test_every_rule_was_judged_on_published_integrations(report: Report) -> None:
    """An error is read each time, a warning ten times at least; one wrong in twenty is too many."""
    counts = Counter(finding.rule.id for finding in report.findings)
    for rule in rules.load():
        seen = rule.seen
        assert seen is not None, f"rules/{rule.id}.yaml lacks `seen`"
        judged = seen.correct + seen.wrong + seen.arguable
        least = {"error": counts[rule.id], "warning": min(10, counts[rule.id]), "note": 0}
        assert judged >= least[rule.level.value], f"rules/{rule.id}.yaml: read more findings"
        if rule.level.value != "note":
            assert seen.wrong * 20 <= judged, f"rules/{rule.id}.yaml: too often wrong"
