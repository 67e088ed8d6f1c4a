"""What was looked up too long ago is printed, whatever it is, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from conftest import ROOT

from scripts import currency
from validator.definitions import rules


def test_every_policy_reference_and_judgement_is_asked_for_its_day() -> None:
    found = [(one.place, one.what) for one in currency.everything()]
    policy_files = {
        f"rules/policies/{file.name}" for file in (ROOT / "rules/policies").glob("*.yaml")
    }
    assert {place for place, what in found if what == "the policy"} == policy_files
    for rule in rules.load():
        own = [what for place, what in found if place == f"rules/{rule.id}.yaml"]
        assert own.count("seen on published tiles") == (rule.seen is not None)
        assert {reference.url for reference in rule.references} <= {*own}
    assert any(place == "docs/oauth-guide.md" for place, _ in found)


@pytest.mark.parametrize("days", [0, 1, 180, 181, 5000])
def test_what_is_older_than_180_days_is_outdated_the_oldest_first(days: int) -> None:
    oldest = min(one.day for one in currency.everything())
    found = currency.outdated(oldest + dt.timedelta(days=days))
    assert bool(found) is (days > 180)
    assert found == sorted(found)
    assert all((oldest + dt.timedelta(days=days)) - one.day > currency.LONGEST for one in found)


def test_the_command_names_each_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = currency.Dated(dt.date(2020, 1, 2), "rules/policies/junk.yaml", "the policy")
    new = currency.Dated(dt.date.max, "rules/missing-readme.yaml", "new")
    monkeypatch.setattr(currency, "everything", lambda: iter([new]))
    assert currency.main() == 0
    monkeypatch.setattr(currency, "everything", lambda: iter([new, one]))
    assert currency.main() == 1
    printed = capsys.readouterr().out
    assert "2020-01-02  rules/policies/junk.yaml  the policy\n" in printed
    assert new.place not in printed
    assert printed.endswith("1 date of 2 older than 180 days\n")
