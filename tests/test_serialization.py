"""A report is a value: it can be pickled, and written to JSON and read back without loss."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import click
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tilelint

from validator import serialization, session
from validator.model import (
    Edit,
    Excerpt,
    Finding,
    Fix,
    Level,
    Location,
    Reference,
    Region,
    Related,
    Rule,
    Seen,
)
from validator.report import (
    InternalError,
    LeftOut,
    Report,
    ReportedIntegration,
    Skip,
    SourceFile,
    Standing,
    Suppressed,
)
from validator.reporters import FORMATS, render
from validator.serialization import UnreadableReport
from validator.session import Request

# Names of files may hold bytes that are no UTF-8, as halves of surrogate pairs.
texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\udc80\udcff"), max_size=8
)
paths = st.lists(texts.filter(lambda text: "/" not in text and "\0" not in text), max_size=3).map(
    lambda parts: PurePosixPath(*parts)
)
numbers = st.integers(0, 2**40)
regions = st.builds(Region, numbers, numbers, numbers, numbers)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


def some(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


locations = st.builds(
    Location,
    paths,
    paths,
    st.none() | regions,
    st.none() | some(texts | st.integers(0, 9)),
    st.none() | texts,
)
excerpts = st.none() | st.builds(
    Excerpt,
    regions,
    regions,
    st.none() | texts,
    numbers,
    numbers,
    is_cut=st.booleans(),
    is_exact=st.booleans(),
    hidden=some(numbers),
    kind=texts,
    line_hash=texts,
)
rules = st.builds(
    Rule,
    *[texts] * 2,
    st.sampled_from(Level),
    *[texts] * 5,
    some(st.builds(Reference, texts, texts, texts, texts)),
    parameters=st.dictionaries(texts, values, max_size=2),
    default=st.booleans(),
    silenceable=st.booleans(),
    security_severity=st.none() | st.floats(0, 10),
    aliases=some(texts),
    seen=st.none() | st.builds(Seen, texts, numbers, numbers, numbers),
    since=texts,
    stage=texts,
    settable=some(texts),
)
fixes = st.builds(Fix, texts, some(st.builds(Edit, locations, texts)), st.booleans())
findings = st.builds(
    Finding,
    rules,
    locations,
    texts,
    st.sampled_from(Level),
    some(st.builds(Related, locations, texts, excerpts)),
    st.none() | fixes,
    texts,
    st.booleans(),
    *[texts] * 2,
    excerpts,
)
reports = st.builds(
    Report,
    some(rules),
    some(st.builds(ReportedIntegration, paths, texts)),
    some(findings),
    some(st.builds(Skip, rules, paths, texts, st.none() | paths, st.booleans())),
    some(
        st.builds(InternalError, st.none() | rules, st.none() | paths, texts, texts, texts, texts)
    ),
    some(st.builds(Suppressed, findings, texts, st.booleans())),
    some(findings),
    some(
        st.builds(
            LeftOut,
            rules,
            st.sampled_from(Level),
            locations,
            numbers,
            numbers,
            st.sampled_from(Standing),
        )
    ),
    st.dictionaries(texts, st.floats(allow_nan=False), max_size=2),
    some(texts),
    st.dictionaries(paths, st.builds(SourceFile, numbers, texts), max_size=2),
    some(texts),
)


@settings(deadline=None)  # a machine may be busy
@given(reports)
def test_nothing_is_lost(report: Report) -> None:
    assert serialization.loads(serialization.dumps(report)) == report
    assert pickle.loads(pickle.dumps(report)) == report


@pytest.fixture
def tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("demo", "complete-oauth"):
        shutil.copytree(ROOT / "fixtures" / kind, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(report: Report) -> Report:
    return serialization.loads(serialization.dumps(report))


def pickled(report: Report) -> Report:
    copy: Report = pickle.loads(pickle.dumps(report))
    return copy


@pytest.mark.parametrize("again", [kept, pickled])
@pytest.mark.parametrize("format_", FORMATS)
def test_it_is_shown_as_before_when_the_files_are_gone(
    tiles: Path, again: Callable[[Report], Report], format_: str
) -> None:
    report = session.check(Request()).report
    shown = render(report, format_)
    assert report.findings
    copy = again(report)
    os.chdir("/")
    shutil.rmtree(tiles)
    assert render(copy, format_) == shown


def test_another_process_shows_it(tiles: Path) -> None:
    report = session.check(Request()).report
    file = tiles / "report.json"
    file.write_text(serialization.dumps(report), encoding="ascii")
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from validator import serialization\n"
        "from validator.reporters import render\n"
        "report = serialization.loads(Path(sys.argv[1]).read_text())\n"
        "sys.stdout.buffer.write(render(report, 'text').encode())\n"
        "assert not any('documents' in name or 'integration' in name for name in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(file)], cwd="/", check=True, capture_output=True
    )
    assert result.stdout.decode() == render(report, "text")
    assert "README.md" in click.unstyle(result.stdout.decode())


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(tilelint="0.0.1"),
        lambda value: value["rules"].pop(),
        lambda value: value["rules"].__setitem__(0, "a rule"),
        lambda value: value.update(report="a report"),
        lambda value: value["report"].pop("findings"),
        lambda value: value["report"].update(more=1),
        lambda value: value["report"]["findings"][0].update(level="grave"),
        lambda value: value["report"]["findings"][0]["location"].update(region=[1]),
    ],
)
@pytest.mark.usefixtures("tiles")
def test_what_is_no_report_is_refused(change: Callable[[Any], object]) -> None:
    value = json.loads(serialization.dumps(session.check(Request()).report))
    change(value)
    with pytest.raises(UnreadableReport):
        serialization.loads(json.dumps(value))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"tilelint": 1}'])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableReport):
        serialization.loads(text)


def test_a_number_that_is_none_is_refused() -> None:
    told = Report((), (ReportedIntegration(PurePosixPath("acme"), "acme"),), ())
    place = Location(PurePosixPath("acme"), PurePosixPath("README.md"), Region(77, 1, 77, 2))
    text = serialization.dumps(replace(told, findings=(known().finding(place, "a"),)))
    for number in ("1e999", "NaN", "-Infinity", "9" * 5_000, "[]"):
        with pytest.raises(UnreadableReport):
            serialization.loads(text.replace("77", number))


def known(**changes: Any) -> Rule:
    rule = Rule(
        "acme-rule", "Ours", Level.ERROR, "all", "integration", "a.b", "Why.", "Do that.", ()
    )
    return replace(rule, **changes)


def test_the_rules_of_a_catalogue_stand_in_the_place_of_what_a_text_says_of_them() -> None:
    place = Location(PurePosixPath("acme"), PurePosixPath("README.md"))
    forged = known(title="Forged", remediation="Run this.", level=Level.NOTE)
    told = Report((forged,), (), (forged.finding(place, "a"),), (Skip(forged, place.path, "b"),))
    text = serialization.dumps(told)
    assert serialization.loads(text) == told
    read = serialization.loads(text, {"acme-rule": known()})
    assert read.rules == (known(),)
    assert read.findings[0].rule == read.skips[0].rule == known()
    with pytest.raises(UnreadableReport):
        serialization.loads(text, {"another-rule": known()})


def test_as_a_format_it_commands_no_runner_and_has_no_seconds(tiles: Path) -> None:
    place = Location(PurePosixPath("##[error]x"), PurePosixPath("##vso[y]"))
    told = Report((), (), (known().finding(place, "##[group]"),), timings={"acme-rule": 0.5})
    text = render(told, "report")
    assert not re.search(r"##(vso)?\[", text)
    assert len(text.splitlines()) == 1
    assert serialization.loads(text) == replace(told, timings={})
    result = tilelint("check", "--format", f"report={tiles / 'told.json'}", "--format", "markdown")
    shown = serialization.loads((tiles / "told.json").read_text())
    assert render(shown, "markdown") == result.stdout
