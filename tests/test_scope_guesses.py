"""What a name that is no scope was meant for is told only where it is right in meaning."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import COMPLETE, Tile

from validator.definitions import policies
from validator.scopes.catalogue import API_KEYS_WRITE, catalogue
from validator.scopes.guesses import means_submission, meant

POLICY = policies.load(policies.ScopeGuesses)
SUBMISSIONS = [
    form.format(data=data, act=act)
    for data in POLICY.data
    for act in ("write", "submit", "send", "ingest", "push")
    for form in ("{data}_{act}", "{act}_{data}", "{data}:{act}", "{act}.custom_{data}")
]


@pytest.mark.parametrize(
    "name", [*SUBMISSIONS, "MetricsWrite", "serviceChecksSubmit", "LOGS_WRITE"]
)
def test_a_name_that_means_to_submit_data_asks_for_an_api_key(name: str) -> None:
    assert means_submission(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "metrics_read",
            "logs",
            "write",
            "",
            "data_write",
            "dashboards_write",
            "events_read_write_all",
        ),
        *("log_pipelines_write", "metric_tags_write", "send_invites", "event_correlation_write"),
        *("\N{GREEK SMALL LETTER ALPHA}_write", "logs_write_archives"),
    ],
)
def test_other_names_do_not(name: str) -> None:
    assert not means_submission(name)


def test_no_scope_that_there_is_means_it() -> None:
    assert [scope for scope in catalogue().requestable if means_submission(scope)] == []


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("monitor_read", "monitors_read"),
        ("Events_Read", "events_read"),
        ("events:read", "events_read"),
        ("events.list", "events_read"),
        ("dashboards_edit", "dashboards_write"),
        ("monitors_writ", "monitors_write"),
        ("usr_access_read", "user_access_read"),
        ("logs_read", "logs_read_data"),
        ("api_key_write", "api_keys_write"),
        ("create_api_keys", "api_keys_write"),
        # not a scope of another resource, nor one that does something else
        ("traces_read", None),
        ("users_read", None),
        ("metrics_admin", None),
        ("logs_write_archives", None),
        ("read", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_a_scope_is_offered_within_one_resource(name: str, scope: str | None) -> None:
    assert meant(name) == scope


@given(st.sampled_from(sorted(catalogue().requestable)), st.data())
def test_a_misspelt_scope_is_never_answered_with_another_access(
    scope: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(scope) - 1))
    name = scope[:at] + scope[at + 1 :]
    answer = meant(name)
    accesses = {
        catalogue().access(scope),
        "read" if name.endswith("_read") else catalogue().access(scope),
    }
    assert answer is None or catalogue().access(answer) in accesses | {"other"}


@pytest.mark.parametrize("name", ["metrics_write", "log_submit", "events:write"])
def test_one_mistake_is_one_finding(name: str) -> None:
    tile = Tile()
    client = json.loads((COMPLETE / "assets/oauth_clients.json").read_text(encoding="utf-8"))
    scopes = client["integration"]["scopes"]
    scopes[scopes.index(API_KEYS_WRITE)] = name
    tile.write("assets/oauth_clients.json", json.dumps(client))
    [finding] = [found for found in tile.judge().findings if found.level.value != "note"]
    assert finding.rule.id == "unknown-oauth-scope"
    assert finding.message.endswith(
        f"; data is submitted with an API key: request `{API_KEYS_WRITE}`"
    )
