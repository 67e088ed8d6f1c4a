"""An organisation's own policy is refused with its place and a reason when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from support import tilelint

from validator.configuration import Configuration
from validator.model import DefinitionError
from validator.scopes.policy import Attitude, ScopePolicy, read


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "acme").mkdir()
    monkeypatch.chdir(root)
    return root


def read_text(text: str | bytes) -> ScopePolicy:
    data = text.encode() if isinstance(text, str) else text
    Path("policy.yaml").write_bytes(data)
    return read(Path("policy.yaml"))


def test_verdicts_are_words_or_words_with_a_reason() -> None:
    policy = read_text(
        "maximum: 5\n"
        "scopes:\n"
        "  teams_manage: allow\n"
        "  dashboards_public_share: deny\n"
        "  user_access_read: {verdict: needs-reason, reason: personal data}\n"
    )
    assert policy.maximum == 5
    assert policy.attitude("teams_manage") is Attitude.ALLOW
    assert policy.attitude("dashboards_public_share") is Attitude.DENY
    assert policy.attitude("monitors_read") is None
    verdict = policy.verdicts["user_access_read"]
    assert (verdict.attitude, verdict.reason) == (Attitude.NEEDS_REASON, "personal data")
    assert verdict.location.words == "policy.yaml:5:3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "policy.yaml: is empty"),
        ("[]\n", "policy.yaml:1:1: the document is a list; expected a mapping"),
        ("{}\n", "policy.yaml:1:1: the document is empty; expected a mapping with"),
        ("maximum: 0\n", "policy.yaml:1:10: `maximum` is `0`; expected a whole number from 1 on"),
        ("maximum: many\n", "policy.yaml:1:10: `maximum` is `many`, a string; expected"),
        ("maxima: 3\n", "policy.yaml:1:1: `maxima` is unknown; did you mean `maximum`?"),
        ("scopes: []\n", "policy.yaml:1:9: `scopes` is a list; expected a mapping"),
        (
            "scopes:\n  teams_manage: forbid\n",
            "policy.yaml:2:17: `scopes.teams_manage` is `forbid`; expected `allow`, `deny` or",
        ),
        (
            "scopes:\n  teams_manage: 1\n",
            "policy.yaml:2:17: `scopes.teams_manage` is `1`, a number",
        ),
        ("scopes:\n  teams_manage: {reason: x}\n", "`scopes.teams_manage.verdict` is missing"),
        (
            "scopes:\n  teams_manage: {verdict: no}\n",
            "policy.yaml:2:27: `scopes.teams_manage.verdict` is `false`",
        ),
        (
            "scopes:\n  teams_manage: {verdict: deny, why: x}\n",
            "policy.yaml:2:33: `scopes.teams_manage.why` is unknown",
        ),
        (
            "scopes:\n  Teams Manage: deny\n",
            "policy.yaml:2:3: a key of `scopes` is `Teams Manage`; expected the name of a scope",
        ),
        (
            "scopes:\n  team_manage: deny\n",
            "policy.yaml:2:3: `team_manage` is no scope in the catalogue of 2026-08-22; did you",
        ),
        ("scopes: {a: &x deny, b: *x}\n", "policy.yaml:1:25: has an alias"),
        ("scopes: {\n", "policy.yaml:2:1: is not YAML"),
        (b"maximum: \xff", "policy.yaml:1:10: is not UTF-8"),
    ],
)
def test_a_broken_policy_is_refused(text: str | bytes, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_text(text)
    assert message in str(caught.value)


def test_a_policy_that_is_not_there_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"^gone.yaml: can't be read: No such file"):
        read(Path("gone.yaml"))
    with pytest.raises(DefinitionError, match=r"^acme: can't be read: Is a directory"):
        read(Path("acme"))


@pytest.mark.parametrize("named", ["../policy.yaml", "../acme/../policy.yaml"])
def test_the_file_is_relative_to_the_configuration(repository: Path, named: str) -> None:
    read_text("maximum: 3\n")
    Path("acme/.tilelint.yaml").write_text(f"policy: {named}\n", encoding="utf-8")
    configuration = Configuration()
    policy = configuration.evidence(configuration.settings(repository / "acme")).scope_policy
    assert policy is not None
    assert policy.maximum == 3


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("../../policy.yaml", "which leaves the repository"),
        ("/etc/hostname", "which leaves the repository"),
        ("link.yaml", "which leaves the repository"),
        ("gone.yaml", "expected a file, relative to the folder of this one"),
        (".", "expected a file, relative to the folder of this one"),
    ],
)
def test_the_file_stays_in_the_repository(repository: Path, named: str, message: str) -> None:
    outside = repository.parent / "policy.yaml"
    outside.write_text("maximum: 3\n", encoding="utf-8")
    Path("acme/link.yaml").symlink_to(outside)
    Path("acme/.tilelint.yaml").write_text(f"policy: {named}\n", encoding="utf-8")
    configuration = Configuration()
    settings = configuration.settings(repository / "acme")
    with pytest.raises(DefinitionError) as caught:
        configuration.evidence(settings)
    assert str(caught.value).startswith("acme/.tilelint.yaml:1:9: `policy` is ")
    assert message in str(caught.value)


def test_the_command_line_takes_a_policy(repository: Path) -> None:
    (repository / "acme" / "assets").mkdir()
    (repository / "acme" / "manifest.json").write_text("{}", encoding="utf-8")
    (repository / "acme" / "assets" / "oauth_clients.json").write_text(
        '{"integration": {"scopes": ["monitors_read"]}}', encoding="utf-8"
    )

    def run(text: str) -> Result:
        Path("policy.yaml").write_text(text, encoding="utf-8")
        arguments = ["--select", "denied-oauth-scope", "--policy", "policy.yaml"]
        return tilelint("check", "acme", *arguments)

    assert run("scopes: {monitors_read: allow}\n").exit_code == 0
    denied = run("scopes: {monitors_read: deny}\n")
    assert (denied.exit_code, "denied-oauth-scope" in denied.stdout) == (1, True)
    broken = run("scopes: {monitors_read: maybe}\n")
    assert broken.exit_code == 2
    assert broken.stderr.startswith("tilelint: policy.yaml:1:25: `scopes.monitors_read` is `maybe`")
