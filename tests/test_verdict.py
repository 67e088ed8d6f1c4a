"""The words of the verdict: `ready` is said of nothing that has an error, old or new."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath

import click
import pytest

from validator.integration import MANIFEST
from validator.model import Finding, Level, Location, Rule
from validator.report import (
    LeftOut,
    Report,
    ReportedIntegration,
    Skip,
    Standing,
    Suppressed,
    Verdict,
)
from validator.reporters import json as json_report
from validator.reporters import markdown, text

ACME = PurePosixPath("acme")


def rule(level: Level) -> Rule:
    return Rule(f"{level.value}-rule", "T", level, "all", "integration", "c.f", "R.", "Fix it.", ())


def findings(errors: int = 0, warnings: int = 0, notes: int = 0) -> tuple[Finding, ...]:
    return tuple(
        rule(level).finding(Location(ACME, MANIFEST), f"`{level.value} {number}` is wrong")
        for level, count in zip(Level, (errors, warnings, notes), strict=True)
        for number in range(count)
    )


SKIP = Skip(rule(Level.ERROR), ACME, "README.md can't be read")
NO_MANIFEST = Skip(rule(Level.ERROR), ACME, "manifest.json does not exist", MANIFEST)

CASES = [
    ((), (), (), Verdict.READY, "ready"),
    ((0, 0, 2), (), (), Verdict.READY, "ready, 2 notes"),
    ((0, 1, 2), (), (), Verdict.READY_WITH_WARNINGS, "ready with 1 warning, 2 notes"),
    ((1, 2, 0), (), (), Verdict.NOT_READY, "not ready: 1 error, 2 warnings"),
    (
        (),
        (2, 10, 4),
        (),
        Verdict.OLD_ERRORS,
        "nothing new; 16 were there before (2 errors, 10 warnings)",
    ),
    ((), (1, 0, 0), (), Verdict.OLD_ERRORS, "nothing new; 1 was there before (1 error)"),
    (
        (),
        (0, 10, 4),
        (),
        Verdict.READY_WITH_WARNINGS,
        "nothing new; 14 were there before (10 warnings)",
    ),
    ((), (0, 0, 4), (), Verdict.READY, "nothing new; 4 were there before (4 notes)"),
    (
        (0, 1, 1),
        (2, 0, 0),
        (),
        Verdict.OLD_ERRORS,
        "1 new warning, 1 new note; 2 were there before (2 errors)",
    ),
    (
        (1, 0, 1),
        (2, 0, 0),
        (),
        Verdict.NOT_READY,
        "not ready: 1 new error, 1 new note; 2 were there before (2 errors)",
    ),
    ((), (), (SKIP,), Verdict.NOT_JUDGED, "not judged: 1 rule could not be judged"),
    (
        (0, 0, 1),
        (),
        (NO_MANIFEST, NO_MANIFEST, SKIP),
        Verdict.NOT_JUDGED,
        (
            "not judged: 2 rules need `manifest.json`, 1 more could not be judged, 1 note; if the publishing "
            "platform keeps it, declare the kind in `.tilelint.yaml`, such as `kind: oauth`"
        ),
    ),
    ((1, 0, 0), (), (NO_MANIFEST,), Verdict.NOT_READY, "not ready: 1 error"),
    (
        (),
        (1, 0, 0),
        (SKIP,),
        Verdict.NOT_JUDGED,
        "not judged: 1 rule could not be judged; 1 was there before (1 error)",
    ),
]


@pytest.mark.parametrize(("new", "known", "skips", "verdict", "words"), CASES)
def test_the_words_and_the_verdict_of_machines_agree(
    new: tuple[int, ...],
    known: tuple[int, ...],
    skips: tuple[Skip, ...],
    verdict: Verdict,
    words: str,
) -> None:
    report = Report(
        (), (ReportedIntegration(ACME, "acme"),), findings(*new), skips, known=findings(*known)
    )
    assert report.verdict(ACME) is verdict
    lines = click.unstyle(text.render(report, quiet=True)).splitlines()
    assert lines[0] == f"acme: {words}"
    has_error = bool((new and new[0]) or (known and known[0]))
    assert not (has_error and lines[0].removeprefix("acme: ").startswith("ready"))
    told = json_report.render(report)
    assert f'"verdict": "{verdict.value}"' in told


def test_the_close_says_how_to_see_what_was_there_before() -> None:
    owners = [ReportedIntegration(PurePosixPath(name), name) for name in ("a b", "c", "d", "e")]
    known = tuple(
        rule(Level.ERROR).finding(Location(owner.path, MANIFEST), "`x` is wrong")
        for owner in owners
    )
    shown = click.unstyle(text.render(Report((), tuple(owners), (), known=known)))
    assert shown.endswith("`tilelint check 'a b' c d …` shows what was there before.\n")
    everything = click.unstyle(
        text.render(Report((), tuple(owners), (), known=known), show_known=True)
    )
    assert "shows what was there before" not in everything
    assert everything.count("(already there)") == 4


CI = replace(rule(Level.ERROR), id="ci-rule", enforced_by="extras-ci")
OTHERS = [
    replace(rule(Level.ERROR), enforced_by=other) for other in ("platform", "reviewer", "nobody")
]


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("standing", [*Standing, None], ids=str)
def test_whatever_became_of_a_finding_the_ci_of_integrations_extras_fails_on_it(
    count: int, standing: Standing | None
) -> None:
    """It knows neither base nor suppressions; None stands for those that are not listed."""
    place = Location(ACME, MANIFEST)
    found = tuple(rule.finding(place, "wrong") for rule in (*OTHERS, *[CI] * count))
    unlisted = [LeftOut(rule, Level.ERROR, place, 5, unwanted=True) for rule in OTHERS]
    report = Report(
        (),
        (ReportedIntegration(ACME, "acme"),),
        found if standing is Standing.COUNTS else (),
        known=found if standing is Standing.KNOWN else (),
        suppressed=tuple(
            Suppressed(each, "because", in_source=True)
            for each in found
            if standing is Standing.SUPPRESSED
        ),
        left_out=(
            *unlisted,
            *[LeftOut(CI, Level.ERROR, place, count, unwanted=True)] * (standing is None),
        ),
    )
    told = click.unstyle(text.render(report))
    words = {0: "", 1: "1 finding turns", 2: "2 findings turn"}[count]
    assert report.extras_ci_count == count
    assert (f"\n{words} the CI of integrations-extras red\n" in told) is bool(count)
    assert json.loads(json_report.render(report))["summary"]["extras_ci"] == count
    assert ("the CI of integrations-extras red" in markdown.render(report)) is bool(count)
