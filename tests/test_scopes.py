"""Scopes are judged as the catalogue says, and stay silent where nothing is wrong."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from support import opened, write_all

from validator import engine
from validator.configuration import Configuration
from validator.definitions import policies, rules
from validator.discovery import discover
from validator.facts.signs import readme_signs, signs
from validator.integration import Integration
from validator.report import Report
from validator.scopes.api_operations import operations
from validator.scopes.catalogue import Status, catalogue, descriptions, permissions

SCOPE_RULES = tuple(rule for rule in rules.load() if rule.check.startswith("scopes."))


def client(*scopes: str) -> dict[str, Any]:
    return {"integration": {"scopes": list(scopes)}}


TAGGED = {"tile": {"classifier_tags": ["Category::Cloud"]}}


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an integration, in a repository that is the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "acme"
    write_all(folder, {"manifest.json": {}, "assets/oauth_clients.json": client()})
    return folder


def judge(folder: Path, configuration: Configuration | None = None) -> Report:
    return engine.run(discover([folder], configuration).integrations, SCOPE_RULES)


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.rule.id, finding.message) for finding in report.findings]


def test_exactly_these_published_clients_get_findings(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus)
    report = engine.run(discover([Path()], Configuration(isolated=True)).integrations, SCOPE_RULES)
    by_integration: dict[str, list[str]] = defaultdict(list)
    for finding in report.findings:
        by_integration[str(finding.location.integration)].append(finding.rule.id)
    assert {name: sorted(ids) for name, ids in by_integration.items()} == {
        "adaptive_shield": ["untagged-submission"],
        "blink": [
            "excessive-scopes",
            "missing-api-keys-write",
            *["undisclosed-read-scope"] * 3,
            *["unexplained-write-scope"] * 3,
        ],
        "cloudquery-cloud": [
            "excessive-scopes",
            *["missing-scope-for-queried-data"] * 2,
            "sensitive-oauth-scope",
            *["undisclosed-read-scope"] * 2,
            *["unusable-oauth-scope"] * 3,
        ],
        "hawkeye_by_neubird": [
            "excessive-scopes",
            "sensitive-oauth-scope",
            *["unexplained-write-scope"] * 5,
            "unusable-oauth-scope",
        ],
        "keep": ["missing-api-keys-write", "missing-scope-for-queried-data"],
        "taskcall": ["undisclosed-read-scope"],
        "upstash": ["unexplained-write-scope"],
    }
    assert report.skips == ()


def test_every_verdict_is_about_a_scope_of_the_catalogue() -> None:
    data = policies.load(policies.Scopes)
    judged = {
        *(name for names in data.risk.values() for name in names),
        *(name for names in data.access.values() for name in names),
        *data.needs,
        *data.needs.values(),
        *data.reads_secrets,
        *data.write_keywords,
        *data.unread,
        *data.without_operation,
        *(name for entry in data.queried.values() for name in entry.disclosed),
        *(entry.successor for entry in data.retired.values() if entry.successor),
    }
    assert judged <= catalogue().requestable
    assert descriptions().keys() == catalogue().requestable
    assert catalogue().requestable.isdisjoint(permissions())


def test_no_scope_has_two_risks() -> None:
    names = [name for names in policies.load(policies.Scopes).risk.values() for name in names]
    assert len(names) == len(set(names))


def test_keywords_are_given_for_scopes_that_change_something() -> None:
    for name in catalogue().write_keywords:
        assert catalogue().access(name) != "read"


def test_every_scope_that_an_operation_asks_for_is_known() -> None:
    for operation in operations().all:
        for names in operation.alternatives or ():
            for name in names:
                assert catalogue().status(name) is not Status.UNKNOWN, operation.call


def test_a_pair_is_one_that_operations_ask_for_together() -> None:
    for first, second in catalogue().needs.items():
        assert any(
            {first, second} <= names
            for operation in operations().by_scope[first]
            for names in operation.alternatives or ()
        )


def test_scopes_without_an_operation_are_in_no_operation() -> None:
    assert operations().by_scope.keys().isdisjoint(catalogue().without_operation)
    assert catalogue().unread.isdisjoint(catalogue().without_operation)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("dashboards_read", Status.LISTED),
        ("logs_read_index_data", Status.LISTED),
        ("api_keys_write", Status.PARTNER),
        ("test_visibility_read", Status.RETIRED),
        ("mcp_read", Status.PERMISSION),
        ("user_self_profile_read", Status.UNLISTED),
        ("dashboard_read", Status.UNKNOWN),
        ("", Status.UNKNOWN),
    ],
)
def test_where_a_name_is_found(name: str, status: Status) -> None:
    assert catalogue().status(name) is status


METADATA = "metric_name,metric_type\nacme.jobs,gauge\nacme.errors,count\n"
SUBMITTED = "Submitted Data Type::"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        ({"manifest.json": {"tile": {"classifier_tags": [f"{SUBMITTED}Logs"]}}}, ["Logs"]),
        ({"manifest.json": {"tile": {"classifier_tags": ["submitted data type::logs"]}}}, ["Logs"]),
        ({"manifest.json": {"tile": {"classifier_tags": ["Queried Data Type::Logs"]}}}, []),
        ({"manifest.json": {"tile": {"classifier_tags": [7, None, SUBMITTED]}}}, []),
        ({"manifest.json": {"tile": {"classifier_tags": {}}}}, []),
        ({"metadata.csv": METADATA}, ["Metrics"]),
        ({"metadata.csv": "metric_name,metric_type\n"}, []),
        (
            {
                "manifest.json": {
                    "assets": {"integration": {"metrics": {"metadata_path": "assets/own.csv"}}}
                },
                "assets/own.csv": METADATA,
            },
            ["Metrics"],
        ),
        (
            {"manifest.json": {"assets": {"integration": {"metrics": {"metadata_path": "../a"}}}}},
            [],
        ),
        (
            {"manifest.json": {"assets": {"integration": {"events": {"creates_events": True}}}}},
            ["Events"],
        ),
        (
            {"manifest.json": {"assets": {"integration": {"events": {"creates_events": "true"}}}}},
            [],
        ),
        ({"manifest.json": {"assets": {"logs": {"source": "acme"}}}}, ["Logs"]),
        ({"manifest.json": {"assets": {"logs": {}}}}, []),
        ({"manifest.json": {"assets": {"logs": {"source": ""}}}}, []),
        ({"assets/logs/acme.yaml": "id: acme\n"}, ["Logs"]),
        ({"assets/logs/.gitkeep": ""}, []),
        ({"assets/dataflows.yaml": "provides:\n- {data_type: rum_events}\n"}, ["Events"]),
        ({"assets/dataflows.yaml": "provides:\n- {data_type: metrics, direction: outbound}\n"}, []),
        ({"assets/dataflows.yaml": "provides: {data_type: metrics}\n"}, []),
        ({"assets/dataflows.yaml": "[]\n"}, []),
    ],
)
def test_signs_of_submission(acme: Path, files: dict[str, Any], expected: list[str]) -> None:
    write_all(acme, files)
    told = signs(opened(acme)).submitted
    assert [sign.data for sign in told] == expected
    assert all(sign.location.region for sign in told)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("### Metrics\n\nSee [metadata.csv][1] for a list of metrics.\n", ["Metrics"]),
        ("### Metrics\n\nAcme does not include any metrics.\n", []),
        ("### Events\n\nAcme doesn't send events.\n", []),
        ("### Logs\n\nNone.\n", []),
        ("### Logs\n\nThere are no custom logs.\n", []),
        ("### Logs\n\nAcme sends two kinds.\n\nThey are not sampled.\n", ["Logs"]),
        ("### Logs\n\n#### Scan logs\n\nOne line for each scan.\n", ["Logs"]),
        ("### Metrics\n\nAcme reads metrics from Datadog.\n", []),
        ("### Metrics\n", []),
        ("### Service Checks\n\nOne.\n", []),
        ("### Incidents\n\nOne for each alarm.\n", []),
    ],
)
def test_what_the_readme_says_is_collected(acme: Path, section: str, expected: list[str]) -> None:
    write_all(
        acme, {"README.md": f"# Acme\n\n## Data Collected\n\n{section}\n## Support\n\nAsk us.\n"}
    )
    assert [sign.data for sign in readme_signs(opened(acme))] == expected


def test_without_a_manifest_nothing_is_said_about_tags(acme: Path) -> None:
    (acme / "manifest.json").unlink()
    write_all(
        acme,
        {
            ".tilelint.yaml": "kind: oauth\n",
            "assets/oauth_clients.json": client("api_keys_write", "events_read"),
        },
    )
    report = judge(acme)
    assert found(report) == []
    assert report.skips == ()


def test_an_unreadable_table_leaves_what_tags_say(acme: Path) -> None:
    write_all(acme, {"manifest.json": TAGGED, "assets/oauth_clients.json": client("events_read")})
    (acme / "metadata.csv").write_bytes(b"\xff")
    report = judge(acme)
    assert [id_ for id_, _ in found(report)] == ["undisclosed-read-scope"]
    assert {skip.rule.id for skip in report.skips} == {"missing-api-keys-write"}


def test_without_a_manifest_other_signs_count(acme: Path) -> None:
    (acme / "manifest.json").unlink()
    write_all(
        acme,
        {
            ".tilelint.yaml": "kind: oauth\n",
            "metadata.csv": METADATA,
            "assets/oauth_clients.json": client("timeseries_query"),
        },
    )
    assert [id_ for id_, _ in found(judge(acme))] == ["missing-api-keys-write"]


@pytest.mark.parametrize(
    "scopes",
    [
        None,
        {},
        [],
        "monitors_read",
        [None, 1, [], {}, "", " "],
        ["monitors_read"] * 2000,
        [f"scope_{number}" for number in range(300)],
        ["\ud800", "a" * 100_000, "x\u202ey\n", "`"],
    ],
)
def test_no_list_of_scopes_breaks_a_check(acme: Path, scopes: Any) -> None:
    write_all(acme, {"assets/oauth_clients.json": {"integration": {"scopes": scopes}}})
    report = judge(acme)
    assert report.internal_errors == ()
    for finding in report.findings:
        assert len(finding.message) < 400


POLICY = "maximum: 1\nscopes:\n  user_access_read: {verdict: deny, reason: personal data}\n"


def test_a_policy_on_the_command_line_outranks_the_one_that_the_settings_name(
    acme: Path, tmp_path: Path
) -> None:
    from validator.scopes.policy import read

    write_all(
        tmp_path,
        {
            "acme/.tilelint.yaml": "policy: ../own.yaml\n",
            "own.yaml": POLICY,
            "theirs.yaml": "scopes: {user_access_read: allow, monitors_read: deny}\n",
            "acme/assets/oauth_clients.json": client("user_access_read", "monitors_read"),
        },
    )
    assert [id_ for id_, _ in found(judge(acme))] == ["excessive-scopes", "denied-oauth-scope"]
    configuration = Configuration(policy=read(tmp_path / "theirs.yaml"))
    [excessive, denied] = judge(acme, configuration).findings
    assert excessive.message.startswith("2 scopes are requested, more than 1; 1 of them")
    assert denied.message.startswith("`monitors_read`")
    assert denied.related[0].location.words == "theirs.yaml:1:35"


def test_a_policy_can_vouch_for_a_scope_that_the_catalogue_does_not_know(acme: Path) -> None:
    write_all(
        acme,
        {
            ".tilelint.yaml": "policy: policy.yaml\n",
            "policy.yaml": "scopes: {brand_new_read: allow, mcp_read: allow}\n",
            "assets/oauth_clients.json": client("brand_new_read", "mcp_read"),
        },
    )
    assert found(judge(acme)) == []


def test_a_reason_silences_what_a_policy_wants_a_reason_for(acme: Path) -> None:
    write_all(
        acme,
        {
            ".tilelint.yaml": (
                "policy: policy.yaml\noauth: {scopes: {user_access_read: maps on-call engineers}}\n"
            ),
            "policy.yaml": "scopes: {user_access_read: needs-reason, monitors_read: needs-reason}\n",
            "assets/oauth_clients.json": client("user_access_read", "monitors_read"),
        },
    )
    [(id_, message)] = found(judge(acme))
    assert id_ == "unjustified-oauth-scope"
    assert message.startswith("`monitors_read`")


def fixed(report: Report, integration: Integration) -> str:
    """The text of the one file that the findings' fixes change."""
    edits = [edit for finding in report.findings if finding.fix for edit in finding.fix.edits]
    [path] = {edit.location.path for edit in edits}
    document = integration.text(path)
    assert document is not None
    text = document.text
    spans = []
    for edit in edits:
        region = edit.location.region
        assert region is not None
        start = document.offset(region.start_line, region.start_column)
        spans.append((start, document.offset(region.end_line, region.end_column), edit.text))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["monitors_read", "hosts_read", "monitors_read"], ["monitors_read", "hosts_read"]),
        (["test_visibility_read", "hosts_read"], ["test_optimization_read", "hosts_read"]),
        (["test_visibility_read", "test_optimization_read"], ["test_optimization_read"]),
        (["metric_tags_write", "hosts_read"], ["hosts_read"]),
        (["hosts_read", "metric_tags_write"], ["hosts_read"]),
        (["metric_tags_write"], []),
    ],
)
def test_superfluous_scopes_can_be_taken_off(
    acme: Path, scopes: list[str], expected: list[str]
) -> None:
    write_all(acme, {"assets/oauth_clients.json": client(*scopes)})
    assert json.loads(fixed(judge(acme), opened(acme))) == client(*expected)


@pytest.mark.parametrize("indent", [None, 2])
def test_missing_tags_can_be_added(acme: Path, indent: int | None) -> None:
    tags = ["Category::Cloud"]
    manifest = {
        "tile": {"classifier_tags": tags},
        "assets": {"integration": {"events": {"creates_events": True}}},
    }
    write_all(
        acme,
        {
            "manifest.json": json.dumps(manifest, indent=indent),
            "metadata.csv": METADATA,
            "assets/oauth_clients.json": client("api_keys_write"),
        },
    )
    tags += [f"{SUBMITTED}Events", f"{SUBMITTED}Metrics"]
    assert fixed(judge(acme), opened(acme)) == json.dumps(manifest, indent=indent)


def test_the_tag_of_what_is_read_can_be_added(acme: Path) -> None:
    write_all(
        acme,
        {
            "manifest.json": TAGGED,
            "assets/oauth_clients.json": client("events_read"),
        },
    )
    tags = json.loads(fixed(judge(acme), opened(acme)))["tile"]["classifier_tags"]
    assert tags == ["Category::Cloud", "Queried Data Type::Events"]


def test_without_tags_another_rule_asks_for_all_of_them(acme: Path) -> None:
    write_all(acme, {"assets/oauth_clients.json": client("events_read")})
    assert judge(acme).findings == ()
