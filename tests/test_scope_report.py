"""The scope report says of each scope whether it is requested and needed, why, and what it opens."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from conftest import ROOT
from support import tilelint, write_all

from validator.scopes.catalogue import age_line

DEMO = "fixtures/demo-scopes/tidewater"
DOCUMENTATION = ROOT / "docs" / "scopes.md"

NEEDED = [
    "dashboards_read",
    "events_read",
    "hosts_read",
    "incident_read",
    "monitors_read",
    "slos_read",
    "synthetics_global_variable_read",
    "synthetics_read",
    "usage_read",
    "user_access_read",
]
MISSING = ["billing_read", "monitors_downtime"]


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Result:
    return tilelint("scopes", *arguments)


def read(*arguments: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(*arguments, "--format", "json").stdout)
    return report


def verdicts(integration: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for scope in integration["scopes"]:
        found.setdefault(scope["verdict"], []).append(scope["name"])
    return found


def block(name: str) -> str:
    """The code block below a comment of the documentation."""
    text = DOCUMENTATION.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")[2]
    return text.partition("\n")[2].partition("```")[0]


def test_the_worked_example() -> None:
    [demo] = read(DEMO)["integrations"]
    found = verdicts(demo)
    assert len(demo["calls"]) == 25
    assert sum(scope["requested"] for scope in demo["scopes"]) == 30
    assert found["needed"] == NEEDED
    assert found["missing"] == MISSING
    assert len(found["not-needed"]) == 20
    assert "cant-tell" not in found
    assert demo["minimal"] == [*NEEDED, *MISSING]
    assert [call["text"] for call in demo["calls"] if not call["reachable"]] == [
        "GET /api/v1/notebooks",
        "POST /api/v2/rum/events/search",
    ]


def test_the_check_finds_the_same_in_the_worked_example() -> None:
    result = tilelint("check", DEMO, "--format", "json")
    by_rule: dict[str, list[str]] = {}
    for finding in json.loads(result.stdout)["findings"]:
        by_rule.setdefault(finding["rule"], []).append(finding["message"])
    assert len(by_rule["scope-beyond-declared-calls"]) == 20
    assert [
        message.split("`")[1] for message in by_rule["missing-scope-for-declared-call"]
    ] == MISSING
    assert len(by_rule["unreachable-declared-call"]) == 2
    assert "unknown-declared-call" not in by_rule


def test_the_documentation_shows_the_configuration_of_the_worked_example() -> None:
    assert block("configuration") == (ROOT / DEMO / ".tilelint.yaml").read_text(encoding="utf-8")


def test_the_documentation_shows_parts_of_the_report() -> None:
    result = run(DEMO)
    rest = result.stdout
    for part in block("report").split("[…]\n"):
        assert part in rest
        rest = rest.partition(part)[2]
    assert result.exit_code == 1


def test_every_scope_has_evidence_with_a_place_or_a_clause() -> None:
    [demo] = read(DEMO)["integrations"]
    for scope in demo["scopes"]:
        assert scope["why"]
        assert all(why["message"] for why in scope["why"])
        if scope["verdict"] in ("needed", "missing"):
            assert all(why["path"] and why["region"] for why in scope["why"])
            assert scope["operations"]


def test_calls_are_found_in_source_code() -> None:
    [demo] = read(DEMO, "--isolated", "--code", f"{DEMO}/service")["integrations"]
    assert verdicts(demo)["needed"] == ["dashboards_read", "usage_read"]
    assert verdicts(demo)["missing"] == MISSING
    places = [f"{call['path']}:{call['region']['startLine']}" for call in demo["calls"]]
    assert places == [
        f"{DEMO}/service/costs.ts:2",
        f"{DEMO}/service/costs.ts:4",
        f"{DEMO}/service/inventory.py:10",
        f"{DEMO}/service/inventory.py:12",
    ]


def test_declared_and_found_calls_add_up() -> None:
    [demo] = read(DEMO, "--code", f"{DEMO}/service")["integrations"]
    assert len(demo["calls"]) == 29
    assert demo["minimal"] == [*NEEDED, *MISSING]


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_all(
        tmp_path / "acme",
        {
            "manifest.json": {"tile": {"classifier_tags": ["Queried Data Type::Metrics"]}},
            "assets/oauth_clients.json": {
                "integration": {
                    "scopes": ["timeseries_query", "monitors_write", "api_keys_write", "mcp_read"]
                }
            },
            "README.md": "# Acme\n\nAcme creates a monitor.\n",
        },
    )
    return tmp_path / "acme"


@pytest.mark.usefixtures("acme")
def test_without_calls_the_listing_speaks() -> None:
    [report] = read("acme")["integrations"]
    assert verdicts(report) == {
        "needed": ["timeseries_query"],
        "cant-tell": ["monitors_write"],
        "not-needed": ["api_keys_write", "mcp_read"],
    }
    assert report["calls"] is None
    assert report["minimal"] == ["timeseries_query", "monitors_write"]
    [evidence] = report["scopes"][1]["why"]
    assert evidence["path"] == "acme/README.md"


def test_an_empty_declaration_says_that_nothing_is_called(acme: Path) -> None:
    write_all(acme, {".tilelint.yaml": "oauth: {api_calls: []}\n"})
    [report] = read("acme")["integrations"]
    assert report["minimal"] == []


def test_where_a_base_is_named_nothing_is_called_superfluous(acme: Path) -> None:
    write_all(acme, {"src/a.js": 'const BASE = "https://api.datadoghq.com/api/v1";\n'})
    result = run("acme", "--code", "acme/src")
    assert "Places that put paths of the API together (1)\n  acme/src/a.js:1:40" in result.stdout
    [report] = read("acme", "--code", "acme/src")["integrations"]
    assert verdicts(report)["cant-tell"] == ["timeseries_query", "monitors_write", "api_keys_write"]


def test_a_reason_and_a_policy_are_shown(acme: Path) -> None:
    write_all(
        acme,
        {
            ".tilelint.yaml": (
                "policy: policy.yaml\noauth: {scopes: {monitors_write: warns of failed jobs}}\n"
            ),
            "policy.yaml": "scopes: {timeseries_query: {verdict: deny, reason: too dear}}\n",
        },
    )
    [report] = read("acme")["integrations"]
    by_name = {scope["name"]: scope for scope in report["scopes"]}
    assert by_name["monitors_write"]["reason"] == "warns of failed jobs"
    assert by_name["timeseries_query"]["policy"] == "deny"
    result = run("acme")
    assert "- acme/.tilelint.yaml:2:34 the reason given: warns of failed jobs" in result.stdout
    assert "- acme/policy.yaml:1:10 the organisation's policy denies it: too dear" in result.stdout
    assert result.exit_code == 1


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["acme"], 0, ""),
        (["gone"], 2, "gone: no such file or folder"),
        (["acme/assets"], 0, ""),
        (["empty"], 3, "empty: holds no integration"),
        (["plain"], 3, "no OAuth client; nothing to show"),
        (["acme", "--code", "gone"], 2, "Directory 'gone' does not exist"),
        (["acme", "--policy", "gone"], 2, "gone: can't be read: No such file or directory"),
        (["acme", "--config", "gone", "--isolated"], 2, "exclude each other"),
        ([".", "--code", "acme"], 2, "--code takes one integration"),
        (["broken"], 1, "broken/assets/oauth_clients.json:1:1: ends while"),
        (["listless"], 0, "listless: lists no scopes"),
    ],
)
def test_exit_codes(arguments: list[str], code: int, message: str) -> None:
    write_all(
        Path(),
        {
            "empty/a.txt": "",
            "plain/manifest.json": {},
            "broken/manifest.json": {},
            "broken/assets/oauth_clients.json": "{ ",
            "listless/manifest.json": {},
            "listless/assets/oauth_clients.json": {"integration": {}},
        },
    )
    result = run(*arguments)
    assert (result.exit_code, message in result.stderr) == (code, True)


def test_markdown_and_text_are_safe_whatever_is_written(acme: Path) -> None:
    hostile = "x|`<b>\x1b[31m@acme\n"
    write_all(
        acme,
        {
            ".tilelint.yaml": json.dumps(
                {
                    "oauth": {
                        "api_calls": ["GET /api/v1/`|<b>@acme"],
                        "scopes": {"monitors_write": "a `|<b> @acme"},
                    }
                }
            ),
            "assets/oauth_clients.json": {"integration": {"scopes": [hostile, "monitors_write"]}},
        },
    )
    text, markdown = run("acme").stdout, run("acme", "--format", "markdown").stdout
    assert "\x1b" not in text
    assert "\x1b" not in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| `")]
    assert len(rows) == 2
    for row in rows:
        assert row.replace("\\|", "").count("|") == 6
    outside = "".join(markdown.split("`")[::2])
    assert "<b>" not in outside
    assert "@" not in outside


def test_an_old_catalogue_is_told() -> None:
    assert age_line(dt.date(2027, 8, 22)) == ""
    assert "of 2026-08-22, more than a year old" in age_line(dt.date(2027, 8, 23))
