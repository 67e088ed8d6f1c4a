"""Advice holds: who does what a remedy says meets no new finding of any rule.

What the remedy says is shown by the good twin of a bad fixture, and done by the fix of a finding; all rules judge
before and after.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support import FIXTURES, RULES, files_of, mended
from test_fixes import CASES, judge

from validator import engine
from validator.configuration import Configuration
from validator.discovery import discover
from validator.integration import Change, Integration
from validator.report import Report
from validator.sources.trees import Directory

PAIRS = [(FIXTURES / rule_id / "bad", FIXTURES / rule_id / "good") for rule_id in RULES]


def told(report: Report) -> Counter[str]:
    assert report.internal_errors == ()
    return Counter(finding.rule.id for finding in report.findings)


def judged(case: Path) -> Report:
    """Judge a fixture by all rules, and the change from `before` to `after` where it has both."""
    after, old = case / "after", case / "before"
    if not after.is_dir():
        return engine.run(discover([case]).integrations, RULES.values())
    [integration] = discover([after]).integrations
    before = (
        Integration(Directory(old), integration.path, integration.name) if old.is_dir() else None
    )
    subjects = engine.Subjects((integration,), changes=(Change(before, integration),))
    return engine.run(subjects, RULES.values())


@pytest.mark.parametrize(("bad", "good"), PAIRS, ids=RULES)
def test_what_a_remedy_says_brings_no_new_finding(bad: Path, good: Path) -> None:
    assert told(judged(good)) - told(judged(bad)) == Counter()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_what_a_fix_does_brings_no_new_finding(case: Path) -> None:
    files, settings = files_of(case), Configuration().settings(case)
    before = judge(files, case.name, settings)
    for finding in before.findings:
        if finding.fix is not None and finding.rule.id == case.parent.name:
            after = judge(mended(files, finding), case.name, settings)
            assert told(after) - told(before) == Counter()
