"""A report lists the first hundred findings of a rule in a document; whatever it counts stays exact."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from click.testing import Result
from support import commit, git, named, tilelint

from validator.integration import Integration
from validator.limits import MOST_FINDINGS, MOST_RELATED, abridged
from validator.model import Level, Location, Region, Related, Rule
from validator.report import Report
from validator.sources.trees import Directory

MANY = 250
HEAD = "# Quarry\n\n## Setup\n\n"


@pytest.fixture(autouse=True)
def integration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quarry").mkdir()
    Path("quarry/manifest.json").write_text("{}")


def urls(number: int) -> str:
    return "".join(
        f"[a](http://acme.io/{index}) http://acme.io/{index}\n\n" for index in range(number)
    )


def check(*arguments: str) -> Result:
    return tilelint("check", "--select", "bare-url,insecure-link", *arguments)


def write(text: str) -> None:
    Path("quarry/README.md").write_text(HEAD + text, encoding="utf-8")


def told(*arguments: str) -> Any:
    return json.loads(check(*arguments, "--format", "json").stdout)


def of(report: Any, rule: str) -> list[int]:
    """Return the lines of a rule's findings."""
    return [each["region"]["startLine"] for each in report["findings"] if each["rule"] == rule]


def test_the_first_hundred_are_listed_and_all_are_counted() -> None:
    write(urls(MANY))
    report = told()
    for rule in ("bare-url", "insecure-link"):
        assert of(report, rule) == [5 + 2 * index for index in range(MOST_FINDINGS)]
    assert [(more["rule"], more["path"], more["count"]) for more in report["left_out"]] == [
        (rule, "quarry/README.md", MANY - MOST_FINDINGS) for rule in ("insecure-link", "bare-url")
    ]
    levels = ("errors", "warnings", "notes")
    assert sum(report["summary"][level] for level in levels) == 2 * MANY
    [one] = report["integrations"]
    assert [one[level] for level in levels] == [report["summary"][level] for level in levels]


def test_a_hundred_are_not_too_many() -> None:
    write(urls(MOST_FINDINGS))
    report = told()
    assert len(of(report, "bare-url")) == MOST_FINDINGS
    assert report["left_out"] == []


def test_each_document_has_its_own_hundred() -> None:
    write(urls(MANY))
    Path("dune").mkdir()
    Path("dune/manifest.json").write_text("{}")
    Path("dune/README.md").write_text(HEAD + urls(1))
    assert len(of(told(), "bare-url")) == MOST_FINDINGS + 1


def test_text_says_how_many_more_there_are_where_the_list_ends() -> None:
    write(urls(MANY))
    result = check()
    lines = result.stdout.splitlines()
    more = f"  and {MANY - MOST_FINDINGS} more of bare-url in quarry/README.md"
    assert lines.count(more) == 1
    last = max(index for index, line in enumerate(lines) if " bare-url " in f"{line} ")
    assert lines.index(more) >= last
    assert lines.count(more.replace("bare-url", "insecure-link")) == 1
    assert lines[-2].endswith(f"{2 * MANY} notes")


def test_statistics_count_all() -> None:
    write(urls(MANY))
    counts = [line.split()[:3:2] for line in check("--statistics").stdout.splitlines()[:2]]
    assert counts == [[str(MANY), "bare-url"], [str(MANY), "insecure-link"]]


def test_sarif_notifies_of_what_is_left_out() -> None:
    write(urls(MANY))
    [run] = json.loads(check("--format", "sarif").stdout)["runs"]
    assert len(run["results"]) == 2 * MOST_FINDINGS
    [invocation] = run["invocations"]
    notes = [
        note["message"]["text"]
        for note in invocation["toolExecutionNotifications"]
        if note["descriptor"]["id"] == "left-out"
    ]
    assert notes == [
        f"{MANY - MOST_FINDINGS} more findings of `{rule}` in `quarry/README.md` are left out."
        for rule in ("insecure-link", "bare-url")
    ]


def test_a_baseline_holds_all() -> None:
    write(urls(MANY))
    check("--write-baseline", "accepted.json")
    assert len(json.loads(Path("accepted.json").read_text())["findings"]) == 2 * MANY
    summary = told("--baseline", "accepted.json")["summary"]
    assert (summary["known"], summary["warnings"], summary["notes"]) == (2 * MANY, 0, 0)


def test_what_is_new_is_shown_behind_many_that_are_old() -> None:
    write(urls(MANY))
    git("init", "--quiet")
    commit()
    check("--write-baseline", "accepted.json")
    write(urls(MANY) + "[a](http://acme.io/new) http://acme.io/new\n")
    for arguments in (("--base", "HEAD"), ("--baseline", "accepted.json")):
        report = told(*arguments)
        assert of(report, "bare-url") == of(report, "insecure-link") == [5 + 2 * MANY]
        assert report["summary"]["known"] == 2 * MANY
    shown = check("--base", "HEAD", "--all").stdout
    assert shown.count(f"and {MANY - MOST_FINDINGS} more of bare-url") == 1
    assert f"{2 * MANY} notes" in check("--base", "HEAD").stdout


def test_what_is_silenced_takes_no_place_from_the_others() -> None:
    silenced = "<!-- tilelint: suppress[bare-url] ours -->\n\nhttp://acme.io/s\n\n"
    write(silenced * MANY + urls(3))
    report = told()
    assert len(of(report, "bare-url")) == 3
    assert report["summary"]["suppressed"] == MANY
    text = check("--show-suppressed").stdout
    assert text.count("(suppressed: ours)") == MOST_FINDINGS
    assert f"and {MANY - MOST_FINDINGS} more of bare-url" in text


def test_ten_related_places_are_enough() -> None:
    rule = Rule("acme-rule", "A", Level.ERROR, "all", "integration", "a.b", "Why.", "Do.", ())
    acme = PurePosixPath("acme")
    place = Location(acme, PurePosixPath("README.md"), Region(1, 1, 1, 2))
    related = tuple(Related(place, f"place {index}") for index in range(1000))
    owner = Integration(Directory(Path("acme")), acme, "acme")
    finding = rule.finding(place, "`x` is wrong", related=related)
    [shown] = abridged(Report((rule,), named(owner), (finding,))).findings
    assert shown.related == related[:MOST_RELATED]
    assert shown.message == "`x` is wrong; 990 more places explain it"
