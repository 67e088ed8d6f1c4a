"""A call means one operation however it is written, and calls say which scopes are needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.model import Location
from validator.scopes import solver
from validator.scopes.api_operations import Operation, Operations, operations
from validator.scopes.calls import ApiCall, resolve
from validator.scopes.needs import ScopeNeeds, compare
from validator.scopes.python_client import methods, newer_operations

HERE = Location(PurePosixPath("acme"), PurePosixPath(".tilelint.yaml"))


def call(text: str) -> ApiCall:
    return resolve(text, HERE)


def needs(calls: Iterable[str], requested: Iterable[str] = ()) -> ScopeNeeds:
    return compare(map(call, calls), list(requested))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("GET /api/v1/monitor", "GET /api/v1/monitor"),
        ("get /api/v1/monitor/", "GET /api/v1/monitor"),
        ("  GET   /api/v1/monitor?page=0&x=/y  ", "GET /api/v1/monitor"),
        ("GET https://api.datadoghq.eu/api/v1/monitor#x", "GET /api/v1/monitor"),
        ("GET {base}/api/v1/monitor", "GET /api/v1/monitor"),
        ("GET /api/v1/monitor/{id}", "GET /api/v1/monitor/{monitor_id}"),
        ("GET /api/v1/monitor/12345", "GET /api/v1/monitor/{monitor_id}"),
        ("GET /api/v1/monitor/:id", "GET /api/v1/monitor/{monitor_id}"),
        ("GET /api/v1/monitor/%s", "GET /api/v1/monitor/{monitor_id}"),
        ("GET /api/v1/monitor/${id}", "GET /api/v1/monitor/{monitor_id}"),
        ("GET /api/v1/monitor/<id>", "GET /api/v1/monitor/{monitor_id}"),
        ("GET /api/v1/monitor/search", "GET /api/v1/monitor/search"),
        ("GET /api/v2/team/sync", "GET /api/v2/team/sync"),
        ("GET /api/v2/team/{sync}", "GET /api/v2/team/{team_id}"),
        ("ListMonitors", "GET /api/v1/monitor"),
        ("list_monitors", "GET /api/v1/monitor"),
        ("MonitorsApi.list_monitors", "GET /api/v1/monitor"),
        ("v1.ListDowntimes", "GET /api/v1/downtime"),
        ("v2.ListDowntimes", "GET /api/v2/downtime"),
    ],
)
def test_a_call_may_be_written_in_many_ways(text: str, meant: str) -> None:
    operation = call(text).operation
    assert operation is not None
    assert operation.call == meant


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("GET /api/v1/dashbord", ["GET /api/v1/dashboard"]),
        ("PATCH /api/v1/monitor", ["GET /api/v1/monitor", "POST /api/v1/monitor"]),
        ("/api/v1/monitor", ["GET /api/v1/monitor", "POST /api/v1/monitor"]),
        ("ListDowntimes", ["GET /api/v1/downtime", "GET /api/v2/downtime"]),
        ("reads everything", []),
        ("GET", []),
        ("", []),
        (".", []),
        ("GET /", ["GET /"]),
        ("HEAD /api/v1/nothing/like/it", []),
    ],
)
def test_an_unknown_call_has_the_nearest_ones(text: str, near: list[str]) -> None:
    found = call(text)
    known = [found.operation] if found.operation else found.match.near
    assert [operation.call for operation in known] == near


@given(st.text(alphabet="GET POST/api/v12.{}:%$?#mon", max_size=40))
def test_no_text_breaks_the_search(text: str) -> None:
    call(text)


def test_every_operation_is_found_by_itself() -> None:
    for known in (operations(), newer_operations()):
        for operation in known.all:
            assert known.find(operation.method, operation.path) == operation


def test_every_method_of_the_client_calls_a_known_operation() -> None:
    for owned in methods().values():
        for text in owned.values():
            assert call(text).operation is not None


def test_and_or_missing_excess_and_unreachable() -> None:
    found = needs(
        [
            "GET /api/v1/dashboard",
            "GET /api/v2/usage/estimated_cost",
            "GET /api/v2/downtime",
            "GET /api/v1/synthetics/variables",
            "GET /api/v1/notebooks",
            "GET /api/v2/incidents/{incident_id}/attachments",
            "POST /api/v2/series",
            "GET /api/v2/on-call/schedules/{id}",
        ],
        [
            "dashboards_read",
            "usage_read",
            "monitors_read",
            "apm_api_catalog_read",
            "synthetics_global_variable_read",
            "data_scanner_read",
            "mcp_read",
        ],
    )
    assert found.missing == ("api_keys_write", "billing_read", "monitors_downtime")
    assert found.excess == ("monitors_read", "apm_api_catalog_read", "data_scanner_read")
    assert [each.text for each in found.unreachable] == [
        "GET /api/v1/notebooks",
        "GET /api/v2/incidents/{incident_id}/attachments",
    ]
    assert found.doubtful == ()


def test_what_is_held_is_kept_where_it_suffices() -> None:
    calls = ["POST /api/v2/ci/tests/events/search"]
    assert needs(calls).needed == {"ci_visibility_read"}
    assert needs(calls, ["test_optimization_read"]).needed == {"test_optimization_read"}


def test_less_power_is_taken_where_nothing_is_held() -> None:
    assert needs(["GET /api/v2/domain_allowlist"]).needed == {"monitors_write"}


def test_a_scope_that_no_client_can_request_makes_a_call_unreachable() -> None:
    found = needs(["POST /api/v2/statuspages"], ["monitors_read"])
    assert found.needed == frozenset()
    [unreachable] = found.unreachable
    assert "`status_pages_settings_write`, which no client can request" in unreachable.obstacle


def test_what_nobody_knows_makes_other_scopes_doubtful() -> None:
    typo = needs(["GET /api/v1/dashbord"], ["dashboards_read", "teams_read"])
    assert typo.doubtful == ("dashboards_read",)
    assert typo.excess == ("teams_read",)
    either = needs(["ListDowntimes"], ["monitors_downtime", "teams_read"])
    assert either.doubtful == ("monitors_downtime",)


def test_an_operation_of_the_client_alone_has_unknown_scopes() -> None:
    unclear = next(o for o in newer_operations().all if o.alternatives is None)
    found = needs([unclear.call], ["teams_read", "ai_gateway_config_read"])
    assert [each.text for each in found.unclear] == [unclear.call]
    assert "ai_gateway_config_read" in found.doubtful
    assert found.unreachable == ()
    assert needs(["POST /api/v2/cilogs"]).needed == {"api_keys_write"}


def test_matching_does_not_depend_on_the_order_of_operations() -> None:
    texts = ["/api/v1/{a}/{b}", "/api/v1/x/{b}", "/api/v1/{a}/y"]
    made = [Operation("GET", path, "", ()) for path in texts]
    for order in (made, made[::-1]):
        known = Operations(order)
        assert [known.find("GET", path) for path in ("/api/v1/x/y", "/api/v1/x/z")] == [
            made[1],
            made[1],
        ]


POOL = [operation.call for operation in operations().all if operation.alternatives]


@given(st.lists(st.sampled_from(POOL), max_size=12))
def test_the_needed_scopes_serve_every_real_call_and_none_can_be_left_out(texts: list[str]) -> None:
    found = needs(texts)
    reachable = [each.alternatives for each in found.calls if each.alternatives]
    assert found.is_smallest
    assert all(solver.serves(found.needed, each) for each in reachable)
    for scope in found.needed:
        assert not all(solver.serves(found.needed - {scope}, each) for each in reachable)
