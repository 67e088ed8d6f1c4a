"""The report as Markdown: what was found, and nothing of what a stranger wrote has a meaning in it."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from support import HOSTILE_MARKDOWN, hold_inert, markdown_tokens, tilelint

from validator.model import Finding, Level, Location, Region, Related, Rule
from validator.report import (
    InternalError,
    LeftOut,
    Report,
    ReportedIntegration,
    Skip,
    Suppressed,
)
from validator.reporters import markdown

ACME = PurePosixPath("acme")
README = PurePosixPath("README.md")


def rule(level: Level = Level.ERROR, title: str = "A thing is wrong") -> Rule:
    given = (title, level, "all", "integration", "a.b", "Why.", "Do that.", ())
    return Rule("acme-rule", *given, enforced_by="extras-ci" if level is Level.ERROR else "nobody")


def report(*findings: Finding, **more: object) -> Report:
    return Report((rule(),), (ReportedIntegration(ACME, "acme"),), findings, **more)  # type: ignore[arg-type]


def test_the_whole_report() -> None:
    place = Location(ACME, README, Region(3, 2, 3, 9))
    blocking = rule().finding(
        place, "`x` is wrong", related=(Related(Location(ACME, README), "it says so"),)
    )
    warned = rule(Level.WARNING).finding(place, "`y` is *odd*")
    text = markdown.render(
        report(
            blocking,
            warned,
            skips=(Skip(rule(), ACME, "manifest.json can't be read"),),
            known=(rule(Level.NOTE).finding(place, "old"),),
            suppressed=(Suppressed(warned, "because", in_source=True),),
            left_out=(LeftOut(rule(), Level.ERROR, Location(ACME, README), 12),),
            remarks=("The catalogue is old.",),
        )
    )
    assert text == (
        "# tilelint\n\n"
        "| integration | verdict | errors | warnings | notes |\n"
        "|---|---|---:|---:|---:|\n"
        "| `acme` | ❌ not ready | 13 | 1 | 0 |\n\n"
        "Already there before, and not counted: 1 note.\n\n"
        "13 findings turn the CI of integrations-extras red.\n\n"
        "Suppressed: 1 finding.\n\n"
        "## `acme`\n\n"
        "Not judged: manifest.json can't be read\n\n"
        "### ❌ What blocks publication (13)\n\n"
        "**A thing is wrong** (`acme-rule`, enforced by the CI of integrations-extras)\n\n"
        "- `acme/README.md:3:2`: `x` is wrong\n"
        "  - `acme/README.md`: it says so\n"
        "- and 12 more in `acme/README.md`\n\n"
        "Fix: Do that.\n\n"
        "### ⚠️ What a reviewer will ask for (1)\n\n"
        "**A thing is wrong** (`acme-rule`, advice that nobody enforces)\n\n"
        "- `acme/README.md:3:2`: `y` is \\*odd\\*\n\n"
        "Fix: Do that.\n\n"
        "Of this run: The catalogue is old.\n\n"
    )


def test_an_integration_without_findings_has_its_verdict_alone() -> None:
    text = markdown.render(report())
    assert "| `acme` | ✅ ready | 0 | 0 | 0 |" in text
    assert "##" not in text


def test_where_nothing_is_to_be_judged_it_says_so() -> None:
    assert markdown.render(Report((), (), ())) == "# tilelint\n\nNo integration to judge.\n\n"


def test_what_belongs_to_no_integration_is_told() -> None:
    shared = rule().finding(
        Location(PurePosixPath(), PurePosixPath(".tilelint.yaml")), "`z` is wrong"
    )
    assert "- `.tilelint.yaml`: `z` is wrong\n" in markdown.render(report(shared))


def test_a_defect_of_ours_is_told() -> None:
    text = markdown.render(
        report(internal_errors=(InternalError(None, None, "KeyError: 'a|b'", ""),))
    )
    assert "A defect of tilelint, please report it: check: KeyError: 'a\\|b'\n" in text


texts = st.text(max_size=20) | st.sampled_from(HOSTILE_MARKDOWN)
names = texts.map(lambda text: text.replace("/", "").replace("\0", "")).filter(bool)


@given(texts, names, names, texts)
def test_nothing_that_a_stranger_wrote_has_a_meaning(
    message: str, folder: str, name: str, reason: str
) -> None:
    path = PurePosixPath(folder)
    place = Location(path, PurePosixPath(name), Region(1, 1, 1, 2))
    finding = rule().finding(place, message or "a", related=(Related(place, message),))
    told = Report(
        (rule(),),
        (ReportedIntegration(path, folder),),
        (finding,),
        (Skip(rule(), path, reason),),
        remarks=(reason,),
    )
    text = markdown.render(told)
    hold_inert(text)
    plain = markdown.render(
        Report(
            (rule(),),
            (ReportedIntegration(ACME, "acme"),),
            (
                rule().finding(
                    Location(ACME, README, Region(1, 1, 1, 2)),
                    "a",
                    related=(Related(Location(ACME, README), "a"),),
                ),
            ),
            (Skip(rule(), ACME, "a"),),
            remarks=("a",),
        )
    )
    assert shape(text) == shape(plain)


def shape(text: str) -> list[str]:
    opened = [token.type for token in markdown_tokens(text) if token.type.endswith("_open")]
    return [kind for kind in opened if kind != "strong_open"]


@pytest.mark.parametrize(
    ("said", "is_code"),
    [
        ("a plain sentence, no. 1", False),
        ("see #1", True),
        ("fixes acme/tile#12", True),
        ("GH-7 and", True),
        ("GHSA-2222-3333-4444", True),
        ("since 0a1b2c3d4e", True),
        ("http://a.io", True),
        ("www.a.io", True),
        ("write to a@b.io", True),
        ("$x$", True),
        ("`#1` and `www.a.io` and `a@b.io` are code", False),
        ("# 1, a#b, w.w, a:b, 1,000,000 bytes", False),
    ],
)
def test_what_github_makes_a_link_of_is_code(said: str, is_code: bool) -> None:
    place = Location(ACME, README)
    text = markdown.render(report(rule().finding(place, said)))
    [line] = re.findall(r"^- `acme/README.md`: (.*)$", text, re.MULTILINE)
    assert (line == f"`{said}`") is is_code


@pytest.mark.parametrize("size", [2_000, 4_000])
def test_many_integrations_rules_and_rests_take_no_square_of_their_number(size: int) -> None:
    many = [PurePosixPath(f"a{number}") for number in range(size)]
    other = [replace(rule(), id=f"rule-{number}") for number in range(size)]
    findings = [
        each.finding(Location(path, README), "a") for path, each in zip(many, other, strict=True)
    ]
    rest = tuple(LeftOut(each, Level.ERROR, Location(ACME, README), 1) for each in other)
    steps = 0

    def counted(*_: object) -> None:
        nonlocal steps
        steps += 1

    told = report(*findings, left_out=rest)
    sys.setprofile(counted)
    try:
        markdown.render(told)
    finally:
        sys.setprofile(None)
    assert steps < 400 * size


@pytest.mark.parametrize("said", ["##[error]x", "a ##vso[x]y", "`##[group]x`", "`##vso[x]y"])
def test_a_log_that_shows_it_is_commanded_nothing(said: str) -> None:
    place = Location(PurePosixPath(said), PurePosixPath(said), Region(1, 1, 1, 2))
    text = markdown.render(report(rule().finding(place, said)))
    assert not re.search(r"##(vso)?\[", text)


@pytest.mark.parametrize("most", [300, 1_000, 5_000, 100_000])
def test_it_ends_with_a_sentence_where_it_would_be_too_long(most: int) -> None:
    place = Location(ACME, README, Region(3, 2, 3, 9))
    findings = [rule().finding(place, f"`é{number}` is wrong") for number in range(500)]
    text = markdown.render(report(*findings), most=most)
    assert len(text.encode()) <= most
    is_whole = "`é499` is wrong" in text
    assert is_whole is (most == 100_000)
    assert text.endswith("shows all of it.\n") is not is_whole


def test_the_summary_of_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = tilelint("check", "fixtures/demo", "--format", "markdown")
    assert result.exit_code == 1
    assert "| `fixtures/demo/harborlight` | ❌ not ready | 11 | 3 | 2 |" in result.stdout
    assert result.stdout.count("Fix: ") == 16
