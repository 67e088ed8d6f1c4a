"""What is known of an operation, and which one a call means."""

from __future__ import annotations

import pytest

from validator.scopes.api_operations import Operation, Operations


def operation(call: str, id_: str = "", *scopes: str) -> Operation:
    method, _, path = call.partition(" ")
    return Operation(method, path, id_, tuple(frozenset([scope]) for scope in scopes))


@pytest.mark.parametrize(
    ("call", "family", "changes"),
    [
        ("GET /api/v2/events", "events", False),
        ("POST /api/v2/events", "events", True),
        ("POST /api/v2/events/search", "events", False),
        ("POST /api/v2/events/search/", "events", False),
        ("POST /api/v2/search/{id}", "search", True),
        ("PUT /api/v2/events/search", "events", True),
        ("DELETE /api/v1/monitor/{id}", "monitor", True),
        ("GET /api/unstable/v2/fleet/v1/agents", "fleet", False),
        ("GET /", "", False),
    ],
)
def test_what_a_path_is_about_and_whether_it_changes_something(
    call: str, family: str, changes: bool
) -> None:
    found = operation(call)
    assert (found.call, found.family, found.changes_something) == (call, family, changes)


KNOWN = Operations(
    [
        operation("GET /api/v1/monitor", "ListMonitors", "monitors_read"),
        operation("POST /api/v1/monitor", "CreateMonitor", "monitors_write"),
        operation("GET /api/v1/monitor/{id}", "GetMonitor", "monitors_read", "monitors_write"),
        operation("GET /api/v1/monitor/search", "SearchMonitors", "monitors_read"),
        operation("GET /api/v2/team", "List", "teams_read"),
        operation("GET /api/v2/teams", "List", "teams_manage"),
        operation("GET /api/v1/hosts", "ListHosts", "hosts_read"),
        operation("GET /api/v2/hosts", "ListHosts", "hosts_read"),
    ]
)


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        ("GET /api/v1/monitor", "GET /api/v1/monitor"),
        ("get https://api.datadoghq.com/api/v1/monitor/?a=b#c", "GET /api/v1/monitor"),
        ("GET https://api.datadoghq.com", None),
        ("GET {host}/api/v1/monitor", "GET /api/v1/monitor"),
        ("GET /api/v1/monitor/search", "GET /api/v1/monitor/search"),
        ("GET /api/v1/monitor/7", "GET /api/v1/monitor/{id}"),
        ("GET /api/v1/monitor/:id", "GET /api/v1/monitor/{id}"),
        ("DELETE /api/v1/monitor/7", None),
        ("GET /api/v1/monitor/7/8", None),
        ("list-monitors", "GET /api/v1/monitor"),
        ("ListMonitor", None),
        ("List", None),
        ("ListHosts", "GET /api/v1/hosts"),
        ("v2.ListHosts", "GET /api/v2/hosts"),
        ("v3.ListHosts", "GET /api/v1/hosts"),
    ],
)
def test_which_operation_a_call_means(call: str, meant: str | None) -> None:
    for guess in (True, False):
        found = KNOWN.match(call, guess=guess).operation
        assert (found and found.call) == meant


@pytest.mark.parametrize(
    ("call", "near", "is_ambiguous"),
    [
        ("POST /api/v1/monitor/7", ["GET /api/v1/monitor/{id}"], False),
        ("GET /api/v1/team", ["GET /api/v2/team", "GET /api/v2/teams"], False),
        ("PATCH /api/v1/monitors", ["POST /api/v1/monitor"], False),
        ("GET /api/v9/nothing/like/it", [], False),
        ("List", ["GET /api/v2/team", "GET /api/v2/teams"], True),
        ("ListMonitor", ["GET /api/v1/monitor"], False),
        ("/api/v1/monitor", ["GET /api/v1/monitor", "POST /api/v1/monitor"], False),
    ],
)
def test_which_operations_a_call_is_like(call: str, near: list[str], is_ambiguous: bool) -> None:
    found = KNOWN.match(call)
    assert found.operation is None
    assert sorted(each.call for each in found.near) == near
    assert found.is_ambiguous is is_ambiguous
    if not is_ambiguous and not call.startswith("/"):
        assert KNOWN.match(call, guess=False).near == ()


def test_what_each_scope_opens() -> None:
    opened = {scope: [each.id for each in found] for scope, found in KNOWN.by_scope.items()}
    assert opened == {
        "monitors_read": ["ListMonitors", "GetMonitor", "SearchMonitors"],
        "monitors_write": ["CreateMonitor", "GetMonitor"],
        "teams_read": ["List"],
        "teams_manage": ["List"],
        "hosts_read": ["ListHosts", "ListHosts"],
    }
