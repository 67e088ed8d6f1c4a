"""The commands to a workflow's runner: what it shows is what was found, and a stranger's text is no command."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from support import tilelint

from validator.model import Finding, Level, Location, Region, Related, Rule
from validator.report import LeftOut, Report, ReportedIntegration, SourceFile
from validator.reporters import github

ACME = PurePosixPath("acme")
README = PurePosixPath("README.md")


def rule(level: Level = Level.ERROR, id_: str = "acme-rule") -> Rule:
    return Rule(id_, "A", level, "all", "integration", "a.b", "Why.", "Do that.", ())


def report(*findings: Finding, **more: object) -> Report:
    files = {
        each.location.shown: SourceFile(0, f"tiles/{each.location.shown}") for each in findings
    }
    return Report((rule(),), (ReportedIntegration(ACME, "acme"),), findings, files=files, **more)  # type: ignore[arg-type]


Command = tuple[str, dict[str, str], str]


def obeyed(output: str) -> list[Command]:
    """Return the commands that a runner reads from a log, by the rules of its own source."""
    commands = []
    for line in re.split(r"\r\n|\r|\n", output):
        match = re.match(r"\s*::([^ :]+)(?: (.*?))?::(.*)$", line)
        if match is None:
            assert not line, f"{line!r} is no command"
            continue
        name, properties, data = match.groups()
        pairs = (pair.partition("=")[::2] for pair in (properties or "").split(",") if pair)
        commands.append((name, {key: unescaped(value) for key, value in pairs}, unescaped(data)))
    return commands


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_a_finding_stands_at_its_place() -> None:
    place = Location(ACME, README, Region(3, 2, 3, 9))
    finding = rule().finding(
        place, "`x` is 50% wrong", related=(Related(Location(ACME, README), "the file"),)
    )
    [(name, properties, data)] = obeyed(github.render(report(finding)))
    assert name == "error"
    assert properties == {
        "file": "tiles/acme/README.md",
        "line": "3",
        "endLine": "3",
        "col": "2",
        "endColumn": "9",
        "title": "acme-rule (error)",
    }
    assert data == "`x` is 50% wrong\nFix: Do that.\nacme/README.md the file"


def test_a_file_of_another_repository_is_none_of_this_one() -> None:
    there = PurePosixPath("other", "acme")
    findings = [rule().finding(Location(path, README), "a") for path in (ACME, there)]
    files = {
        path / README: SourceFile(root, "acme/README.md") for root, path in enumerate((ACME, there))
    }
    told = Report((rule(),), (), tuple(findings), files=files, roots=("here", "other"))
    named = [properties["file"] for _, properties, _ in obeyed(github.render(told))]
    assert named == ["acme/README.md", "other/acme/README.md"]


def test_a_region_of_several_lines_has_no_columns() -> None:
    place = Location(ACME, README, Region(3, 2, 5, 9))
    [(_, properties, _)] = obeyed(github.render(report(rule().finding(place, "a"))))
    assert properties.keys() == {"file", "line", "endLine", "title"}


def test_a_whole_document_has_no_line() -> None:
    [(_, properties, _)] = obeyed(
        github.render(report(rule().finding(Location(ACME, README), "a")))
    )
    assert properties.keys() == {"file", "title"}


@pytest.mark.parametrize(
    ("counts", "shown", "rest"),
    [
        ((10, 10, 9), (10, 10, 9), ""),
        ((1, 0, 0), (1, 0, 0), ""),
        ((0, 0, 10), (0, 0, 9), "1 more note"),
        ((11, 0, 1), (10, 0, 1), "1 more error"),
        ((12, 25, 30), (10, 10, 9), "2 more errors, 15 more warnings and 21 more notes"),
    ],
)
def test_ten_of_a_level_are_shown_and_the_rest_is_counted(
    counts: tuple[int, ...], shown: tuple[int, ...], rest: str
) -> None:
    findings = [
        rule(level).finding(Location(ACME, README, Region(line, 1, line, 2)), f"{line}")
        for level, count in zip(Level, counts, strict=True)
        for line in range(1, count + 1)
    ]
    commands = obeyed(github.render(report(*reversed(findings))))
    told = [name for name, properties, _ in commands if "file" in properties]
    assert told == [
        name
        for name, count in zip(("error", "warning", "notice"), shown, strict=True)
        for _ in range(count)
    ]
    others = [data for _, properties, data in commands if "file" not in properties]
    assert others == ([f"not shown here, but counted in the report: {rest}"] if rest else [])
    assert [properties["line"] for name, properties, _ in commands if name == "error"] == [
        str(line) for line in range(1, shown[0] + 1)
    ]


def test_what_a_report_left_out_is_counted() -> None:
    finding = rule().finding(Location(ACME, README), "a")
    more = LeftOut(rule(), Level.ERROR, Location(ACME, README), 300)
    *_, (_, _, data) = obeyed(github.render(report(finding, left_out=(more,))))
    assert data == "not shown here, but counted in the report: 300 more errors"


texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("%:,\r\n=\x1b\x00[#"),
    max_size=20,
) | st.sampled_from(
    ["::error::x", "\n::add-mask::x", "##[error]x", "a%0A::error::b", "%25", "##vso[x]"]
)


@given(texts, texts.filter(lambda text: "/" not in text and "\0" not in text), texts)
def test_nothing_that_a_stranger_wrote_is_a_command(message: str, name: str, said: str) -> None:
    path = PurePosixPath(name or "a")
    place = Location(ACME, path, Region(1, 1, 1, 2))
    finding = rule().finding(place, message, related=(Related(place, said),))
    output = github.render(report(finding))
    [(command, properties, data)] = obeyed(output)
    assert command == "error"
    assert properties["title"] == "acme-rule (error)"
    assert properties.keys() == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert data.count("\n") == 2
    assert "\x1b" not in output
    assert not re.search(r"##(vso)?\[", output, re.IGNORECASE)


def test_the_command_line_prints_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = tilelint("check", "fixtures/demo", "--format", "github")
    assert result.exit_code == 1
    commands = obeyed(result.stdout)
    assert {name for name, _, _ in commands} == {"error", "warning", "notice"}
    assert all((ROOT / properties["file"]).is_file() for _, properties, _ in commands[:-1])
    clean = tilelint("check", "fixtures/complete-oauth/nimbus_deploy", "--format", "github")
    assert (clean.exit_code, clean.stdout) == (0, "")
