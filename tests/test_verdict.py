"""The words of the verdict: `ready` is said of nothing that has an error, old or new."""

from __future__ import annotations

from pathlib import PurePosixPath

import click
import pytest

from validator.integration import MANIFEST
from validator.model import Finding, Level, Location, Rule
from validator.report import Report, ReportedIntegration, Skip, Verdict
from validator.reporters import json as json_report
from validator.reporters import text

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
