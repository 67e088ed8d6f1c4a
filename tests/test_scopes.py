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
from validator.evidence import Evidence
from validator.facts.requested_scopes import MOST_OFFERS
from validator.facts.signs import readme_signs, signs
from validator.integration import Integration
from validator.model import Finding
from validator.report import Report
from validator.scopes import source_code
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
        "adaptive_shield": ["unexplained-write-scope", "untagged-submission"],
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
            "unexplained-read-scope",
            *["unusable-oauth-scope"] * 3,
        ],
        "hawkeye_by_neubird": [
            "excessive-scopes",
            "sensitive-oauth-scope",
            "unexplained-read-scope",
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
        ({"assets/dataflows.yaml": "provides:\n- {data_type: rum_events}\n"}, []),
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


QUERIED = "Queried Data Type::"


def requesting(acme: Path, *scopes: str, **files: Any) -> Path:
    """Let the client request scopes; files are named by what they hold, with their content."""
    names = {
        "settings": ".tilelint.yaml",
        "policy": "policy.yaml",
        "readme": "README.md",
        "metadata": "metadata.csv",
    }
    named = {names[key]: content for key, content in files.items() if key != "tags"}
    if "policy" in files:
        named[".tilelint.yaml"] = f"policy: policy.yaml\n{files.get('settings', '')}"
    if "tags" in files:
        named["manifest.json"] = {"tile": {"classifier_tags": files["tags"]}}
    write_all(acme, {"assets/oauth_clients.json": client(*scopes), **named})
    return acme


CATALOGUED = f"catalogue of {catalogue().date}"


def those(folder: Path, rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    report = judge(folder)
    assert report.internal_errors == ()
    return [finding for finding in report.findings if finding.rule.id == rule]


def told(folder: Path, rule: str) -> list[str]:
    """Return what one rule says; the catalogue is not named."""
    return [each.message.replace(f" ({CATALOGUED})", "") for each in those(folder, rule)]


def test_the_first_unknown_scopes_have_a_hint(acme: Path) -> None:
    reading = [name for name in sorted(catalogue().requestable) if name.endswith("_read")]
    wrong = [name.replace("_read", "x_read") for name in reading[: MOST_OFFERS + 1]]
    assert len(wrong) == MOST_OFFERS + 1
    messages = told(requesting(acme, *wrong), "unknown-oauth-scope")
    hints = ["did you mean" in message for message in messages]
    assert hints == [True] * MOST_OFFERS + [False]


def test_what_an_organisation_allows_hides_nothing_behind_it(acme: Path) -> None:
    allowing = "scopes: {mcp_read: allow, coterm_read: allow, dashboards_write: allow}\n"
    requesting(acme, "mcp_read", "mcp_write", policy=allowing)
    [message] = told(acme, "unlisted-oauth-scope")
    assert message == (
        f"`mcp_write` is a role permission, but no OAuth scope in the {CATALOGUED}: "
        "a permission of the hosted MCP server"
    )
    requesting(acme, "coterm_read", "synthetics_global_variable_read")
    [message] = told(acme, "sensitive-oauth-scope")
    assert message.startswith("`synthetics_global_variable_read` reads values of global variables")
    requesting(acme, "dashboards_write", "monitors_write", readme="# Acme\n\nIt is fast.\n")
    assert told(acme, "unexplained-write-scope") == [
        (
            "`monitors_write` changes something, and no sentence of the README says what is created or "
            "changed; looked for one on `monitor` or `alert`"
        )
    ]
    [finding] = those(acme, "unexplained-write-scope")
    assert [related.location.words for related in finding.related] == ["acme/README.md:1:1"]


def test_what_is_denied_needs_no_reason(acme: Path) -> None:
    requesting(acme, "org_management", "teams_manage", policy="scopes: {org_management: deny}\n")
    [message] = told(acme, "privileged-oauth-scope")
    assert message.startswith("`teams_manage`")
    assert told(acme, "denied-oauth-scope") == [
        "`org_management` is denied by the organisation's policy"
    ]


NO_METRICS = "`Metrics` needs `timeseries_query`, which is not requested"
NO_LOGS = "`Logs` needs `logs_read_data` or `logs_read_index_data`, none of which is requested"


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["timeseries_query", "logs_read_data", "events_read"], []),
        (["timeseries_query", "logs_read_index_data"], ["`Events` needs `events_read`, which is not requested"]),
        (
            ["metrics_read", "events_read", "logs_read_data"],
            [f"{NO_METRICS}; `metrics_read` gives names and metadata of metrics, no values"],
        ),
        (["logs_read_data", "events_read"], [NO_METRICS]),
        (
            ["timeseries_query", "events_read"],
            [f"{NO_LOGS}; no scope could read logs before the middle of 2026"],
        ),
        ([], []),
    ],
)  # fmt: skip
def test_a_tag_needs_a_scope(acme: Path, scopes: list[str], expected: list[str]) -> None:
    tags = [f"{QUERIED}{name}" for name in ("Metrics", "Logs", "Events")]
    requesting(acme, *scopes, tags=tags)
    rule = "missing-scope-for-queried-data"
    assert told(acme, rule) == [f"`{QUERIED}{each.removeprefix('`')}" for each in expected]
    for finding in those(acme, rule):
        near = ["this does not suffice"] * ("metrics_read" in scopes)
        words = [related.message for related in finding.related]
        assert words == ["the scopes are requested here", *near]
    without: tuple[Any, ...] = (None, {}, "events_read")
    for refused in without:
        write_all(acme, {"assets/oauth_clients.json": {"integration": {"scopes": refused}}})
        assert told(acme, rule) == []


def test_a_tag_tells_of_each_scope_that_reads(acme: Path) -> None:
    requesting(acme, "timeseries_query", "events_read", tags=[f"{QUERIED}Metrics"])
    assert told(acme, "undisclosed-read-scope") == [
        f"`events_read` reads events, but the manifest has no tag `{QUERIED}Events`"
    ]
    requesting(acme, "metrics_read", "timeseries_query", tags=[f"{QUERIED}Events"])
    [finding] = those(acme, "undisclosed-read-scope")
    assert finding.message == (
        f"`timeseries_query` and `metrics_read` read metrics ({CATALOGUED}), but the manifest has "
        f"no tag `{QUERIED}Metrics`"
    )
    assert [related.message for related in finding.related] == [
        "and this reads them",
        "the tag would stand here",
    ]
    assert finding.fix is not None
    requesting(acme, "metrics_read")
    [finding] = those(acme, "undisclosed-read-scope")
    assert finding.fix is None, "the tag would promise what no scope can read"


@pytest.mark.parametrize(
    ("tags", "added"),
    [
        (["Category::Cloud"], [f"{SUBMITTED}Logs", "Category::Log Collection"]),
        (["Category::Log Collection"], [f"{SUBMITTED}Logs"]),
    ],
)
def test_a_tag_of_logs_comes_with_its_category(
    acme: Path, tags: list[str], added: list[str]
) -> None:
    requesting(acme, "api_keys_write", tags=tags)
    write_all(acme, {"assets/logs/acme.yaml": "id: acme\n"})
    after = json.loads(fixed(judge(acme), opened(acme)))["tile"]["classifier_tags"]
    assert sorted(after) == sorted([*tags, *added])


def declaring(*calls: str) -> str:
    return f"oauth: {{api_calls: {json.dumps(list(calls))}}}\n"


MONITORS, EVENT = "GET /api/v1/monitor", "GET /api/v1/events"


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        ([], "no declared call needs `hosts_read`"),
        ([MONITORS], "no declared call needs `hosts_read`"),
        ([MONITORS, EVENT], "none of the 2 declared calls needs `hosts_read`"),
    ],
)
def test_a_scope_that_no_call_needs(acme: Path, calls: list[str], message: str) -> None:
    scopes = ["monitors_read", "events_read"][: len(calls)]
    requesting(acme, *scopes, "hosts_read", settings=declaring(*calls))
    assert told(acme, "scope-beyond-declared-calls") == [message]


def test_a_scope_that_is_missing_for_another_reason_is_told_there(acme: Path) -> None:
    requesting(acme, "event_read", settings=declaring(EVENT, MONITORS), metadata=METADATA)
    assert told(acme, "missing-scope-for-declared-call") == [
        f"`monitors_read` is not requested, but the declared call `{MONITORS}` needs it"
    ]
    assert len(told(acme, "missing-api-keys-write")) == 1
    assert len(told(acme, "unknown-oauth-scope")) == 1


def test_every_declared_call_is_looked_at(acme: Path) -> None:
    calls = ("GET /api/v1/nothing_of_the_kind", MONITORS, "GET /api/v1/monitors")
    requesting(acme, "monitors_read", settings=declaring(*calls))
    first, second = told(acme, "unknown-declared-call")
    assert first.startswith("`GET /api/v1/nothing_of_the_kind` is no operation")
    assert second.startswith("`GET /api/v1/monitors` is no operation")
    assert "did you mean" in second


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("kind: oauth\n", "found call"),
        (declaring("ListEvents"), "known call"),
    ],
)
def test_a_call_that_was_found(acme: Path, settings: str, words: str) -> None:
    requesting(acme, "hosts_read", "events_read", settings=settings)
    write_all(Path("src"), {"main.js": f"fetch('{MONITORS.partition(' ')[2]}')\n"})
    integration = opened(acme)
    integration.evidence = Evidence(found_calls=source_code.read(Path("src")))
    report = engine.run([integration], SCOPE_RULES)
    assert report.internal_errors == ()
    [missing] = [
        each.message for each in report.findings if each.rule.id.startswith("missing-scope")
    ]
    assert missing.startswith(f"`monitors_read` is not requested, but the {words} ")
    beyond = [each for each in report.findings if each.rule.id == "scope-beyond-declared-calls"]
    assert any("`hosts_read`" in each.message for each in beyond)
    for each in beyond:
        assert words in each.message
        related = [one.message for one in each.related]
        assert related == ["the calls are declared here"] * ("known" in words)
