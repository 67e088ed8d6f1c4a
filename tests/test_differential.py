"""What tilelint makes of the cases that ddev was asked about is what the page says, and no difference is unexplained.

The validators themselves take half a gigabyte: `make differential` runs them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from differential.cases import CASES, Case
from support import told

from scripts import differential

WORDS = {"refused": True, "passed": False}
ROWS = {
    f"{peer}: {name}": (WORDS[theirs], WORDS[ours], note)
    for peer, name, theirs, ours, note in re.findall(
        r"(?m)^\| (\S+) \| (.+?) \| (refused|passed) \| (refused|passed) \| (.*?) ?\|$",
        (ROOT / "docs" / "differential.md").read_text(encoding="utf-8"),
    )
}
ACCEPTED = yaml.safe_load(differential.ACCEPTED.read_text(encoding="utf-8"))


def test_the_page_has_every_case_and_no_other() -> None:
    assert [differential.key(case) for case in CASES] == [*ROWS]


def test_what_differs_is_accepted_with_a_reason_and_nothing_that_ci_runs() -> None:
    differing = {name: note for name, (peer, own, note) in ROWS.items() if peer != own}
    assert differing == ACCEPTED
    assert not [name for name in differing if name.partition(":")[0] in differential.IN_CI]


def test_every_validator_has_a_case_that_it_refuses_and_one_that_it_passes() -> None:
    for peer in {case.peer for case in CASES}:
        assert {ROWS[differential.key(case)][0] for case in CASES if case.peer == peer} == {
            True,
            False,
        }


@pytest.mark.parametrize("case", CASES, ids=differential.key)
def test_tilelint_says_what_the_page_says(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = differential.repository(case, tmp_path)
    monkeypatch.chdir(root)
    assert differential.verdict(told(root), case.peer) is ROWS[differential.key(case)][1]
