"""Findings can be accepted, with a reason, and nothing is accepted for ever by accident."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from support import RULES, files_of, judged, mended, tilelint

from validator.model import Finding

README = "# Quarry\n\n## Setup\n\nInstall it.\n\n{}## Uninstallation\n\n## Support\n\nAsk us.\n"
EMPTY = "empty-uninstallation-section"
COMMENT = f"<!-- tilelint: suppress[{EMPTY}] the text follows -->\n"


@pytest.fixture(autouse=True)
def integration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quarry").mkdir()
    Path("quarry/manifest.json").write_text("{}")


def check(readme: str, *arguments: str, configuration: str = "") -> Result:
    Path("quarry/README.md").write_text(readme, encoding="utf-8")
    Path("quarry/.tilelint.yaml").write_text(configuration or "{}", encoding="utf-8")
    ids = f"{EMPTY},unused-suppression,expired-suppression,unexplained-suppression"
    return tilelint("check", "quarry", "--select", ids, *arguments)


def rules(result: Result) -> list[str]:
    return [finding["rule"] for finding in json.loads(result.stdout)["findings"]]


def suppression(**fields: str) -> str:
    entry = {"rule": EMPTY, "path": "README.md", "reason": "the text follows", **fields}
    return f"suppressions: [{json.dumps(entry)}]\n"


def test_a_comment_on_the_line_before_silences() -> None:
    result = check(README.format(COMMENT))
    assert result.exit_code == 0
    assert result.stdout.endswith("0 errors, 0 warnings, 0 notes, 1 suppressed\n")


def test_a_comment_at_the_top_of_the_file_silences_everywhere() -> None:
    assert check(COMMENT + README.format("")).exit_code == 0


def test_a_comment_elsewhere_silences_nothing_and_is_unused() -> None:
    text = README.format("").replace("Install it.", f"{COMMENT}\nInstall it.")
    assert rules(check(text, "--format", "json")) == ["unused-suppression", EMPTY]


def test_a_comment_in_code_is_none() -> None:
    assert rules(check(README.format(f"```\n{COMMENT}```\n\n"), "--format", "json")) == [EMPTY]


def test_a_comment_without_reason_counts_for_nothing() -> None:
    text = README.format(f"<!-- tilelint: suppress[{EMPTY}] -->\n")
    assert rules(check(text, "--format", "json")) == ["unexplained-suppression", EMPTY]


def test_the_configuration_silences_by_path_pointer_and_day() -> None:
    plain = README.format("")
    assert check(plain, configuration=suppression()).exit_code == 0
    assert check(plain, configuration=suppression(path="*.md")).exit_code == 0
    assert check(plain, configuration=suppression(path="assets/**")).exit_code == 1
    assert check(plain, configuration=suppression(pointer="/tile")).exit_code == 1
    assert check(plain, configuration=suppression(until="2999-12-31")).exit_code == 0
    result = check(plain, "--format", "json", configuration=suppression(until="2020-01-31"))
    assert rules(result) == ["expired-suppression", EMPTY]


def test_a_pointer_silences_its_place_and_what_is_below() -> None:
    Path("quarry/manifest.json").write_text('{"tile": {"title": ""}, "app_id": ""}')
    entry = {"rule": "invalid-manifest-value", "path": "manifest.json", "reason": "x"}

    def found(**fields: str) -> int:
        Path("quarry/.tilelint.yaml").write_text(
            f"suppressions: [{json.dumps({**entry, **fields})}]"
        )
        arguments = ["check", "quarry", "--select", entry["rule"], "--format", "json"]
        return len(rules(tilelint(*arguments)))

    assert found() == 0
    assert found(pointer="/tile") == 1
    assert found(pointer="/tile/title") == 1
    assert found(pointer="/til") == 2


def test_suppressed_findings_stay_in_the_report() -> None:
    text = README.format(COMMENT)
    assert json.loads(check(text, "--format", "json").stdout)["summary"]["suppressed"] == 1
    shown = " ".join(check(text, "--show-suppressed").stdout.split())
    assert "(suppressed: the text follows)" in shown
    [run] = json.loads(check(text, "--format", "sarif").stdout)["runs"]
    assert run["results"] == []
    [run] = json.loads(check(text, "--format", "sarif", "--show-suppressed").stdout)["runs"]
    [result] = run["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "the text follows"}]


SUPPRESSIONS = (
    "unused-suppression",
    "expired-suppression",
    "unexplained-suppression",
    "unknown-suppressed-rule",
    "forbidden-suppression",
)


def about(
    names: str, *ids: str, reason: str = " a reason", configuration: str = ""
) -> list[Finding]:
    """Judge a README with a comment that silences rules, by these rules and by those on suppressions."""
    comment = f"<!-- tilelint: suppress[{names}]{reason} -->\n" if names else ""
    Path("quarry/README.md").write_text(README.format(comment), encoding="utf-8")
    Path("quarry/.tilelint.yaml").write_text(configuration or "{}", encoding="utf-8")
    report = judged(Path("quarry"), [RULES[id_] for id_ in (*ids, *SUPPRESSIONS)])
    assert report.internal_errors == ()
    return [each for each in report.findings if each.rule.id in SUPPRESSIONS]


MISSPELT = "empty-uninstalation-section"


@pytest.mark.parametrize(
    ("names", "ids", "reason", "found"),
    [
        (EMPTY, [EMPTY], " why", []),
        (EMPTY, [], " why", []),
        ("bare-url", [], " why", []),
        ("bare-url", ["bare-url"], " why", ["unused-suppression"]),
        ("bare-url", ["bare-url"], "", ["unexplained-suppression"]),
        (EMPTY, [EMPTY], "", ["unexplained-suppression"]),
        ("committed-secret", ["committed-secret"], " why", ["forbidden-suppression"]),
        (MISSPELT, [EMPTY], " why", ["unknown-suppressed-rule"]),
        (
            f"{EMPTY}, bare-url, committed-secret, {MISSPELT}",
            [EMPTY, "bare-url", "committed-secret"],
            " why",
            ["forbidden-suppression", "unknown-suppressed-rule", "unused-suppression"],
        ),
    ],
)
def test_each_mistake_is_told_by_one_rule(
    names: str, ids: list[str], reason: str, found: list[str]
) -> None:
    assert sorted(each.rule.id for each in about(names, *ids, reason=reason)) == found


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("bare-url", "`bare-url` has nothing to silence here; expected no suppression"),
        (
            "committed-secret",
            "`committed-secret` can't be silenced; expected the finding to be resolved",
        ),
        (MISSPELT, f"`{MISSPELT}` is no rule; did you mean `{EMPTY}`?"),
    ],
)
def test_the_fix_takes_the_wrong_name_out_and_leaves_the_right_one(
    wrong: str, message: str
) -> None:
    for names in (f"{EMPTY}, {wrong}", f"{wrong}, {EMPTY}"):
        [finding] = about(names, EMPTY, "bare-url", "committed-secret")
        assert (finding.message, finding.about) == (message, wrong)
        assert finding.fix is not None
        assert finding.fix.description == "Remove the suppression"
        right = README.format(f"<!-- tilelint: suppress[{EMPTY}] a reason -->\n")
        readme = mended(files_of(Path("quarry")), finding)[finding.location.path]
        assert readme.decode() == right


def test_one_that_has_ended_is_removed_from_the_settings() -> None:
    ended = "- rule: {}\n  path: README.md\n  reason: the text follows\n  until: 2020-01-31\n"
    lasting = "- rule: {}\n  path: README.md\n  reason: the text follows\n  until: 2999-01-31\n"
    before = "suppressions:\n" + lasting.format(EMPTY) + ended.format("bare-url")
    [finding] = about("", EMPTY, "bare-url", configuration=before)
    assert finding.rule.id == "expired-suppression"
    assert finding.message == "the suppression of `bare-url` ended on 2020-01-31"
    settings = mended(files_of(Path("quarry")), finding)[finding.location.path]
    assert settings.decode() == "suppressions:\n" + lasting.format(EMPTY)
    [finding] = about("", configuration="suppressions:\n" + ended.format(EMPTY))
    assert finding.rule.id == "expired-suppression", "also where its rule isn't judged"


def test_what_gives_no_reason_has_no_fix() -> None:
    [finding] = about(EMPTY, EMPTY, reason="")
    assert (finding.about, finding.fix) == (EMPTY, None)
    assert finding.message.endswith(f"expected `suppress[{EMPTY}] reason`")


def test_a_list_too_long_to_be_mended_has_no_fix() -> None:
    found = about(", ".join(["bare-url"] * 101), "bare-url")
    assert {(each.rule.id, each.fix) for each in found} == {("unused-suppression", None)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (COMMENT + "# Q\n", "# Q\n"),
        (f"# Q <!-- tilelint: suppress[{EMPTY}] x -->\n", "# Q \n"),
        (
            f"<!-- tilelint: suppress[{EMPTY}, missing-readme] x -->\n# Q\n",
            "<!-- tilelint: suppress[missing-readme] x -->\n# Q\n",
        ),
    ],
)
def test_an_unused_suppression_comes_with_the_fix_that_removes_it(before: str, after: str) -> None:
    from validator.definitions import rules as catalogue
    from validator.discovery import discover

    Path("quarry/README.md").write_text(before, encoding="utf-8")
    report = judged(Path("quarry"), catalogue.load())
    unused = [finding for finding in report.findings if finding.rule.id == "unused-suppression"]
    fix = unused[0].fix
    assert fix is not None
    [edit] = fix.edits
    document = discover([Path("quarry")]).integrations[0].readme
    region = edit.location.region
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    end = document.offset(region.end_line, region.end_column)
    assert document.text[:start] + edit.text + document.text[end:] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "fail-on: error\nsuppressions:\n  - rule: {0}\n    path: a\n    reason: b\n",
            "fail-on: error\n",
        ),
        (
            "suppressions:\n- rule: {0}\n  path: a\n  reason: b\n\n- rule: missing-readme\n  path: a\n  reason: b\nfail-on: error\n",
            "suppressions:\n\n- rule: missing-readme\n  path: a\n  reason: b\nfail-on: error\n",
        ),
    ],
)
def test_an_unused_suppression_of_the_configuration_can_be_removed(before: str, after: str) -> None:
    from validator.configuration import Configuration

    Path("quarry/.tilelint.yaml").write_text(before.format(EMPTY))
    settings = Configuration().settings(Path("quarry").absolute())
    removal = settings.suppressions[0].setting.removal
    assert removal is not None
    assert removal.region is not None
    lines = before.format(EMPTY).splitlines(keepends=True)
    left = lines[: removal.region.start_line - 1] + lines[removal.region.end_line - 1 :]
    assert removal.region.start_column == removal.region.end_column == 1
    assert "".join(left) == after


def test_settings_that_integrations_share_are_reported_in_every_format() -> None:
    Path(".git").mkdir()
    Path(".tilelint.yaml").write_text(
        "suppressions: [{rule: bare-url, path: '**', reason: because, until: 2020-01-31}]\n"
    )
    Path("quarry/README.md").write_text(README.format(""), encoding="utf-8")
    only = ("check", "quarry", "--select", "expired-suppression,bare-url", "--strict")
    result = tilelint(*only)
    assert result.exit_code == 1
    assert ".tilelint.yaml:1:16 warning expired-suppression" in result.stdout
    told = tilelint(*only, "--format", "json")
    assert (told.exit_code, rules(told)) == (1, ["expired-suppression"])
    sarif = tilelint(*only, "--format", "sarif")
    [run] = json.loads(sarif.stdout)["runs"]
    [place] = run["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == ".tilelint.yaml"
    assert tilelint(*only[:-1]).exit_code == 0
