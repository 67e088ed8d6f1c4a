"""The JSON report has the shape that its schema promises, whatever an integration holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator
from support import named, shown

from validator import __version__, engine
from validator.definitions import rules
from validator.discovery import discover
from validator.identity import fingerprints
from validator.integration import Integration
from validator.model import Edit, Finding, Fix, Level, Location, Region, Related, Rule
from validator.report import InternalError, Report, Skip, Suppressed
from validator.reporters import render
from validator.sources.trees import Directory

SCHEMA = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
ACME = PurePosixPath("acme")
MANIFEST = PurePosixPath("manifest.json")
README = PurePosixPath("README.md")


def rule(id_: str = "acme-rule", level: Level = Level.ERROR) -> Rule:
    return Rule(id_, "A title", level, "all", "integration", "a.b", "Why.", "Do.", ())


def integration(path: PurePosixPath = ACME) -> Integration:
    return Integration(Directory(Path(path)), path, path.name)


def report(
    *findings: Finding, integrations: Iterable[Integration] | None = None, **more: Any
) -> Report:
    opened = (integration(),) if integrations is None else tuple(integrations)
    given = {"rules": (rule(),), "integrations": named(*opened), "findings": findings, **more}
    return shown(Report(**given), opened)


def parsed(report: Report) -> Any:
    return json.loads(render(report, "json"))


def test_the_whole_report() -> None:
    error, warning, note = (
        rule(f"{level.value}-rule", level) for level in (Level.ERROR, Level.WARNING, Level.NOTE)
    )
    place = Location(ACME, MANIFEST, Region(2, 3, 2, 9), ("tile", "a/b~c", 0))
    heading = Location(ACME, README, Region(5, 4, 5, 8), anchor="setup")
    other = PurePosixPath("../nimbus")
    fix = Fix("Take it away", (Edit(place, ""),))
    whole = report(
        error.finding(place, "`x` is wrong", related=(Related(heading, "the README says so"),)),
        warning.finding(heading, "`y` is wrong", fix=fix),
        note.finding(Location(ACME, README), "`z` is wrong"),
        rules=(error, warning, note),
        integrations=(integration(), integration(other)),
        skips=tuple(
            Skip(each, other, "README.md is empty; expected Markdown") for each in (note, error)
        ),
        internal_errors=(InternalError(note, other, "KeyError: 'a'", "Traceback …"),),
        suppressed=(Suppressed(note.finding(place, "`z` is wrong"), "because", in_source=True),),
        known=(warning.finding(place, "`y` was wrong before"),),
    )

    told = parsed(whole)

    assert told.pop("tool") == {"name": "tilelint", "version": __version__}
    assert [finding.pop("fingerprint") for finding in told["findings"]] == [
        fingerprints([finding])[0] for finding in (whole.findings[2], *whole.findings[1::-1])
    ]
    place_told = {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 9}
    heading_told = {"startLine": 5, "startColumn": 4, "endLine": 5, "endColumn": 8}
    readme = "acme/README.md"
    assert told == {
        "version": 1,
        "integrations": [
            {
                "path": "acme",
                "name": "acme",
                "verdict": "not-ready",
                "errors": 1,
                "warnings": 1,
                "notes": 1,
                "before": {"errors": 0, "warnings": 1, "notes": 0},
            },
            {
                "path": "../nimbus",
                "name": "nimbus",
                "verdict": "not-judged",
                "errors": 0,
                "warnings": 0,
                "notes": 0,
                "before": {"errors": 0, "warnings": 0, "notes": 0},
            },
        ],
        "findings": [
            {
                "rule": "note-rule",
                "level": "note",
                "enforced_by": "nobody",
                "message": "`z` is wrong",
                "path": readme,
                "region": None,
                "pointer": None,
                "related": [],
                "fixable": False,
            },
            {
                "rule": "warning-rule",
                "level": "warning",
                "enforced_by": "nobody",
                "message": "`y` is wrong",
                "path": readme,
                "region": heading_told,
                "pointer": None,
                "related": [],
                "fixable": True,
            },
            {
                "rule": "error-rule",
                "level": "error",
                "enforced_by": "nobody",
                "message": "`x` is wrong",
                "path": "acme/manifest.json",
                "region": place_told,
                "pointer": "/tile/a~1b~0c/0",
                "related": [
                    {"path": readme, "region": heading_told, "message": "the README says so"}
                ],
                "fixable": False,
            },
        ],
        "left_out": [],
        "skips": [
            {
                "rule": "error-rule",
                "rules": ["note-rule", "error-rule"],
                "path": "../nimbus",
                "reason": "README.md is empty; expected Markdown",
            }
        ],
        "internal_errors": [
            {"rule": "note-rule", "path": "../nimbus", "step": "check", "message": "KeyError: 'a'"}
        ],
        "summary": {
            "errors": 1,
            "warnings": 1,
            "notes": 1,
            "suppressed": 1,
            "known": 1,
            "extras_ci": 0,
            "before": {"errors": 0, "warnings": 1, "notes": 0},
        },
    }
    assert list(Draft202012Validator(SCHEMA).iter_errors(parsed(whole))) == []


def test_a_run_without_integrations_is_a_report_too() -> None:
    told = parsed(report(integrations=()))
    assert told["findings"] == told["integrations"] == []
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []


def test_the_root_of_a_document_has_an_empty_pointer() -> None:
    finding = rule().finding(Location(ACME, MANIFEST, Region(1, 1, 1, 2), ()), "`[]` is wrong")
    assert parsed(report(finding))["findings"][0]["pointer"] == ""


def test_the_order_of_findings_does_not_depend_on_how_they_came() -> None:
    findings = [
        rule().finding(Location(ACME, MANIFEST, Region(line, 1, line, 2), ("a", line)), "is wrong")
        for line in range(1, 12)
    ]
    text = render(report(*findings), "json")
    assert text == render(report(*reversed(findings)), "json")
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


HOSTILE = (
    "half \ud83d, \udc80, control \x00\x07\x1b[31m\x7f\x9b31m, bidi \u202e\u2066, line \u2028\n, 🎉"
)


def test_any_text_gives_json_that_every_parser_and_terminal_accepts() -> None:
    location = Location(ACME, PurePosixPath(f"a{HOSTILE}.json"), Region(1, 1, 1, 2), (HOSTILE,))
    finding = rule().finding(location, HOSTILE, related=(Related(location, HOSTILE),))
    failure = InternalError(rule(), ACME, HOSTILE, HOSTILE)
    skip = Skip(rule(), ACME, HOSTILE)
    text = render(report(finding, skips=(skip,), internal_errors=(failure,)), "json")

    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    told = json.loads(text)
    kept = HOSTILE.replace("\ud83d", "\ufffd").replace("\udc80", "\ufffd")
    assert told["findings"][0]["message"] == kept
    assert told["findings"][0]["path"] == f"acme/a{kept}.json"
    assert told["skips"][0]["reason"] == told["internal_errors"][0]["message"] == kept
    json.dumps(told, ensure_ascii=False).encode()  # no half of a pair is left
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []


def at(line: int, *pointer: str | int, path: PurePosixPath = MANIFEST) -> Location:
    return Location(ACME, path, Region(line, 1, line, 2), pointer)


def test_a_fingerprint_stays_when_lines_move_or_words_change() -> None:
    before = rule().finding(at(3, "tile", "title"), "`title` is long")
    after = rule("acme-rule", Level.NOTE).finding(at(90, "tile", "title"), "`title` is too long")
    assert fingerprints([before]) == fingerprints([after])


def test_a_fingerprint_stays_when_the_integration_is_renamed() -> None:
    location = at(3, "tile")
    renamed = replace(location, integration=PurePosixPath("../elsewhere/nimbus"))
    pair = fingerprints([rule().finding(location, "a"), rule().finding(renamed, "a")])
    assert pair[0] == pair[1]


def test_a_fingerprint_tells_rule_path_and_place_apart() -> None:
    heading = Location(ACME, README, Region(3, 1, 3, 2), anchor="setup")
    findings = [
        rule().finding(at(3, "tile"), "a"),
        rule("other-rule").finding(at(3, "tile"), "a"),
        rule().finding(at(3, "tile", "title"), "a"),
        rule().finding(at(3, "tile", path=PurePosixPath("assets/manifest.json")), "a"),
        rule().finding(heading, "a"),
        rule().finding(heading, "a", about="Setup"),
    ]
    assert len(set(fingerprints(findings))) == len(findings)


def test_findings_of_one_rule_in_one_place_are_numbered_in_the_order_of_the_text() -> None:
    heading = Location(ACME, README, Region(3, 1, 3, 2), anchor="setup")
    first, second = (
        rule().finding(replace(heading, region=Region(line, 1, line, 2)), "a") for line in (3, 9)
    )
    moved = rule().finding(replace(heading, region=Region(30, 1, 30, 2)), "a")
    forwards, backwards = fingerprints([first, second]), fingerprints([second, first])
    assert forwards[0] != forwards[1]
    assert backwards == forwards[::-1]
    assert fingerprints([first, moved]) == forwards


def test_a_suppressed_finding_keeps_its_number() -> None:
    findings = [rule().finding(at(line, "tile"), "a") for line in (3, 9)]
    silenced = Suppressed(findings[0], "because", in_source=False)
    told = [finding["fingerprint"] for finding in parsed(report(*findings))["findings"]]
    for more in ({"suppressed": (silenced,)}, {"known": (findings[0],)}):
        rest = parsed(report(findings[1], **more))["findings"]
        assert [finding["fingerprint"] for finding in rest] == told[1:]


def test_the_schema_is_a_schema_and_says_what_everything_means() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    def described(schema: dict[str, Any], name: str) -> Iterator[str]:
        if not {"title", "description"} <= schema.keys():
            yield name
        if schema.get("type") == "object" and schema.get("additionalProperties") is not True:
            yield f"{name} closes the door to new fields"
        for key in ("properties", "$defs"):
            for inner, part in schema.get(key, {}).items():
                yield from described(part, f"{name}/{inner}")

    assert list(described(SCHEMA, "")) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("findings", 0, "level"), "fatal"),
        (("findings", 0, "pointer"), "tile/title"),
        (("findings", 0, "region", "startLine"), 0),
        (("findings", 0, "fingerprint"), "3"),
        (("integrations", 0, "verdict"), "fine"),
        (("summary", "errors"), -1),
    ],
)
def test_the_schema_refuses_what_a_report_never_says(
    path: tuple[str | int, ...], value: object
) -> None:
    told = parsed(report(rule().finding(at(3, "tile"), "a")))
    part = told
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert [
        tuple(error.absolute_path) for error in Draft202012Validator(SCHEMA).iter_errors(told)
    ] == [path]


def judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(folder)
    found = discover([Path()]).integrations
    return shown(engine.run(found, rules.load()), found)


def test_every_fixture_gives_a_valid_report(monkeypatch: pytest.MonkeyPatch) -> None:
    report = judged(ROOT / "fixtures", monkeypatch)
    told = parsed(report)
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []
    assert len(told["findings"]) == len(report.findings) > 0


def test_published_integrations_give_a_valid_report_with_fingerprints_of_their_own(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = judged(corpus, monkeypatch)
    told = parsed(report)
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []
    names = [
        (finding.location.integration, entry["fingerprint"])
        for finding, entry in zip(report.findings, told["findings"], strict=True)
    ]
    assert len(set(names)) == len(names)
