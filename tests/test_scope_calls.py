"""A call is told as it is written, with what it means where that is not the same."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from validator.model import Location
from validator.scopes.calls import resolve

PLACE = Location(PurePosixPath("acme"), PurePosixPath(".tilelint.yaml"))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("GET /api/v1/monitor", "GET /api/v1/monitor"),
        ("get  /api/v1/monitor", "get /api/v1/monitor"),
        ("ListMonitors", "ListMonitors (GET /api/v1/monitor)"),
        ("GET /api/v1/monitor/123", "GET /api/v1/monitor/123 (GET /api/v1/monitor/{monitor_id})"),
        ("GET  /nothing", "GET /nothing"),
    ],
)
def test_what_is_written_and_what_it_means(text: str, meaning: str) -> None:
    assert resolve(text, PLACE).meaning == meaning


@pytest.mark.parametrize(
    ("text", "is_unreachable"),
    [
        ("GET /api/v1/monitor", False),
        ("DELETE /api/v1/api_key/{key}", True),
        ("GET /nothing", False),
    ],
)
def test_only_a_known_call_without_a_token_is_unreachable(text: str, is_unreachable: bool) -> None:
    assert resolve(text, PLACE).is_unreachable is is_unreachable


def test_what_stands_in_the_way_and_what_is_needed() -> None:
    assert resolve("GET /api/v1/monitor", PLACE).needs == "`monitors_read`"
    assert (
        resolve("DELETE /api/v1/api_key/{key}", PLACE).obstacle
        == "accepts no OAuth token, only an API key with an application key"
    )
