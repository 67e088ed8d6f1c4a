"""The way in for programs: a request in, an outcome out, nothing printed, the same answer as the command's."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from support import git, tilelint

from validator import session
from validator.model import DefinitionError, Level
from validator.selection import Selection
from validator.session import ExitCode, Request

FAULTY = "harborlight"
GOOD = "nimbus_deploy"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with an integration that has faults, and one that has none."""
    shutil.copytree(ROOT / "fixtures" / "demo" / FAULTY, tmp_path / FAULTY)
    shutil.copytree(ROOT / "fixtures" / "complete-oauth" / GOOD, tmp_path / GOOD)
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "tiles")
    return tmp_path


REQUESTS = {
    "good": (Request(paths=(Path(GOOD),)), [GOOD]),
    "faulty": (Request(paths=(Path(FAULTY),)), [FAULTY]),
    "both": (Request(), []),
    "unchanged": (Request(base="HEAD"), ["--base", "HEAD"]),
    "nothing staged": (Request(staged=True), ["--staged"]),
    "missing": (Request(paths=(Path("gone"),)), ["gone"]),
    "empty": (Request(paths=(Path("empty"),)), ["empty"]),
    "never": (Request(fail_on="never"), ["--fail-on", "never"]),
    "strict": (Request(paths=(Path(GOOD),), fail_on="note"), [GOOD, "--fail-on", "note"]),
    "one rule": (
        Request(selection=Selection(frozenset(["uninstallation-heading-level"]))),
        ["--select", "uninstallation-heading-level"],
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_answer_is_that_of_the_command(
    repository: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    request, arguments = REQUESTS[name]
    (repository / "empty").mkdir()
    outcome = session.check(request)
    counts = {f"{level.value}s": outcome.report.count(level) for level in Level}
    found = [
        [each.location.words, each.level.value, each.rule.id, each.message]
        for each in outcome.report.findings
    ]
    assert capfd.readouterr() == ("", "")
    result = tilelint("check", "--format", "json", *arguments)
    report = json.loads(result.stdout)
    assert result.exit_code == outcome.exit_code
    assert {name: report["summary"][name] for name in counts} == counts
    assert [[each[1], each[2], each[3]] for each in found] == [
        [each["level"], each["rule"], each["message"]] for each in report["findings"]
    ]
    assert [path.name for path in outcome.not_found.missing] == (
        ["gone"] if name == "missing" else []
    )


def test_only_what_a_change_brings_in_counts(repository: Path) -> None:
    readme = repository / GOOD / "README.md"
    outcome = session.check(Request(base="HEAD"))
    assert outcome.report.integrations == ()
    assert outcome.exit_code is ExitCode.CLEAN
    readme.write_text(
        readme.read_text(encoding="utf-8").replace("## Uninstallation", "## Leaving"),
        encoding="utf-8",
    )
    outcome = session.check(Request(staged=True))
    assert outcome.report.integrations == ()
    outcome = session.check(Request(base="HEAD"))
    assert [one.name for one in outcome.report.integrations] == [GOOD]
    assert outcome.exit_code is ExitCode.FINDINGS


def test_a_folder_that_goes_is_told(repository: Path) -> None:
    shutil.rmtree(repository / GOOD)
    outcome = session.check(Request(base="HEAD"))
    assert [path.name for path in outcome.gone] == [GOOD]
    assert outcome.exit_code is ExitCode.CLEAN


def test_git_is_closed_before_the_answer(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from validator.sources import git as sources

    closed: list[bool] = []
    close = sources.Repository.close

    def closing(own: sources.Repository) -> None:
        closed.append(True)
        close(own)

    monkeypatch.setattr(sources.Repository, "close", closing)
    (repository / FAULTY / "README.md").write_text("# Empty\n", encoding="utf-8")
    session.check(Request(base="HEAD"))
    assert closed == [True]


def test_the_day_decides_which_suppressions_have_ended(repository: Path) -> None:
    (repository / FAULTY / ".tilelint.yaml").write_text(
        "suppressions:\n"
        "  - rule: uninstallation-heading-level\n"
        "    path: README.md\n"
        "    reason: The text waits for its translation\n"
        "    until: 2027-06-30\n",
        encoding="utf-8",
    )

    def rules_on(day: dt.date) -> set[str]:
        outcome = session.check(Request(paths=(Path(FAULTY),), today=day))
        return {finding.rule.id for finding in outcome.report.findings}

    before, after = rules_on(dt.date(2027, 6, 30)), rules_on(dt.date(2027, 7, 1))
    assert "uninstallation-heading-level" not in before
    assert "uninstallation-heading-level" in after


@pytest.mark.usefixtures("repository")
def test_a_baseline_accepts_and_tells_what_is_stale() -> None:
    file = Path("accepted.json")
    outcome = session.check(Request(write_baseline=file))
    assert outcome.update is not None
    assert outcome.exit_code is ExitCode.CLEAN
    assert not file.exists(), "whoever asks writes it"
    file.write_text(outcome.update.text, encoding="utf-8")
    outcome = session.check(Request(baseline=file))
    assert (outcome.report.findings, outcome.stale) == ((), ())
    shutil.copytree(GOOD, FAULTY, dirs_exist_ok=True)
    outcome = session.check(Request(baseline=file))
    assert outcome.stale


@pytest.mark.usefixtures("repository")
def test_a_baseline_is_refused_where_not_everything_was_judged() -> None:
    request = Request(paths=(Path(FAULTY), Path("gone")), write_baseline=Path("accepted.json"))
    outcome = session.check(request)
    assert outcome.update is None
    assert outcome.refusal == "not written, because not everything could be judged"
    assert outcome.exit_code is ExitCode.WRONG


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(baseline=Path("gone.json")), "gone.json: can't be read"),
        (Request(policy=Path("gone.yaml")), "gone.yaml: can't be read"),
        (Request(config=Path("gone.yaml")), "gone.yaml"),
        (Request(base="no-such-revision"), "no-such-revision"),
        (Request(selection=Selection(frozenset(["no-such-rule"]))), "no-such-rule"),
        (Request(selection=Selection(ignored=frozenset(["no-such-rule"]))), "no-such-rule"),
    ],
)
def test_what_is_wrong_with_a_request_is_raised(request_: Request, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        session.check(request_)


@pytest.mark.usefixtures("repository")
def test_the_scopes_of_each_client(capfd: pytest.CaptureFixture[str]) -> None:
    code = Path("service")
    code.mkdir()
    (code / "app.py").write_text(
        'requests.get("https://api.datadoghq.com/api/v1/monitor")\n', encoding="utf-8"
    )
    outcome = session.scopes(Request(paths=(Path(GOOD),), code=code))
    assert outcome.scopes is not None
    [client] = outcome.scopes.clients
    assert client.integration.name == GOOD
    outcome = session.scopes(Request(paths=(Path("service"),)))
    assert outcome.scopes is not None
    assert outcome.scopes.clients == ()
    assert outcome.exit_code is ExitCode.NOTHING
    with pytest.raises(DefinitionError, match="one integration"):
        session.scopes(Request(code=code))
    assert capfd.readouterr() == ("", "")


def test_no_answer_holds_a_credential(repository: Path) -> None:
    key = "7f3c9a1e5b2d8046" + "c1a9e37f5d2b8e60"
    client = repository / GOOD / "assets" / "oauth_clients.json"
    text = client.read_text(encoding="utf-8")
    scopes = json.loads(text)["integration"]["scopes"]
    client.write_text(
        text.replace(f'"{scopes[0]}"', f'"api_key={key}"', 1),
        encoding="utf-8",
    )
    for ask in (session.check, session.scopes):
        outcome = ask(Request(paths=(Path(GOOD),)))
        told = [finding.message for finding in outcome.report.findings]
        assert any("****" in message for message in told)
        assert key not in repr((outcome.report.findings, outcome.scopes, outcome.unread))


def test_types_are_told_to_whoever_calls() -> None:
    assert (ROOT / "validator" / "py.typed").is_file()
