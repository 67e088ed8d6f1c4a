"""The policies that scripts rebuild hold what the specification says, and keep what people wrote."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from scripts import build_client_map, build_scope_policy
from validator.definitions import policies
from validator.documents.yaml import load

MARKER = f"{build_scope_policy.MARKER}; don't edit below ----\n"

V1 = """\
openapi: 3.0.0
security: [{apiKeyAuth: [], appKeyAuth: []}]
components:
  securitySchemes:
    apiKeyAuth: {type: apiKey, in: header, name: DD-API-KEY}
    appKeyAuth: {type: apiKey, in: header, name: DD-APPLICATION-KEY}
    AuthZ:
      type: oauth2
      flows:
        authorizationCode:
          scopes: {kites_read: See kites., kites_fly: Fly kites., wind_read: See the wind.}
paths:
  /api/v1/kite:
    parameters: []
    get:
      operationId: ListKites
      security: [{apiKeyAuth: [], appKeyAuth: []}, {AuthZ: [kites_read]}]
      x-permission: {operator: OR, permissions: [kites_read]}
    post:
      operationId: CreateKite
      security: [{AuthZ: [wind_read, kites_fly]}, {AuthZ: [kites_admin]}, {AuthZ: [kites_admin]}]
  /api/v1/wind:
    post: {operationId: SubmitWind, security: [{apiKeyAuth: []}]}
    get: {operationId: GetWind, x-permission: {operator: OR, permissions: [weather_read]}}
"""
V2 = """\
openapi: 3.0.0
components:
  securitySchemes:
    AuthZ:
      type: oauth2
      flows: {authorizationCode: {scopes: {clouds_read: See clouds.}}}
paths:
  /api/v2/cloud/{id}:
    get:
      operationId: GetCloud
      security: [{AuthZ: []}]
      x-permission: {operator: OPEN}
    delete: {operationId: DeleteCloud, security: []}
"""
SCOPES = f"""\
# Written by hand.
checked: 2020-01-01
sources: []
risk:
  admin: [kites_fly]  # a sharp verdict
retired:
  ropes_read: {{until: 2019-01-01, successor: kites_read}}
unread: []
{MARKER}listed: [kites_read, clouds_read, strings_read]
gone: {{ropes_write: 2018-01-01}}
"""
ENDPOINTS = f"""\
checked: 2020-01-01
by_hand:
  POST /api/v1/wind: [SubmitWind, [partners_only]]
{MARKER}operations: {{}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "v1.yaml": V1,
        "v2.yaml": V2,
        "scopes.yaml": SCOPES,
        "endpoints.yaml": ENDPOINTS,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def rebuild(folder: Path) -> tuple[str, str]:
    specifications = [str(folder / name) for name in ("v1.yaml", "v2.yaml")]
    build_scope_policy.main([*specifications, "--checked", "2026-11-23", "--policies", str(folder)])
    return tuple(  # type: ignore[return-value]
        (folder / name).read_text(encoding="utf-8") for name in ("scopes.yaml", "endpoints.yaml")
    )


def test_what_people_wrote_is_kept_to_the_letter(folder: Path) -> None:
    for before, after in zip((SCOPES, ENDPOINTS), rebuild(folder), strict=True):
        kept = before[: before.index(MARKER) + len(MARKER)]
        assert after.startswith(kept.replace("checked: 2020-01-01", "checked: 2026-11-23"))


def test_scopes_are_listed_new_gone_or_without_an_operation(folder: Path) -> None:
    data = load(rebuild(folder)[0])
    assert data["listed"] == ["clouds_read", "kites_fly", "kites_read", "wind_read"]
    assert data["asked_for"] == ["kites_admin"]
    assert data["without_operation"] == ["clouds_read"]
    assert data["gone"] == {"ropes_write": "2018-01-01", "strings_read": "2020-01-01"}
    assert data["risk"] == {"admin": ["kites_fly"]}


def test_operations_have_their_alternatives(folder: Path) -> None:
    data = load(rebuild(folder)[1])
    assert data["by_hand"] == {"POST /api/v1/wind": ["SubmitWind", ["partners_only"]]}
    assert data["operations"] == {
        "GET /api/v1/kite": ["ListKites", ["kites_read"]],
        "POST /api/v1/kite": ["CreateKite", ["kites_fly", "wind_read"], ["kites_admin"]],
        "GET /api/v1/wind": ["GetWind", {"roles": ["weather_read"]}],
        "GET /api/v2/cloud/{id}": ["GetCloud", []],
        "DELETE /api/v2/cloud/{id}": ["DeleteCloud", []],
    }


def test_an_operation_that_takes_an_api_key_needs_the_scope_that_makes_one(folder: Path) -> None:
    (folder / "endpoints.yaml").write_text(
        ENDPOINTS.replace("  POST /api/v1/wind: [SubmitWind, [partners_only]]\n", "  {}\n"),
        encoding="utf-8",
    )
    assert load(rebuild(folder)[1])["operations"]["POST /api/v1/wind"] == [
        "SubmitWind",
        ["api_keys_write"],
    ]


def test_a_second_run_changes_nothing(folder: Path) -> None:
    assert rebuild(folder) == rebuild(folder)


def test_a_maintainer_is_told_what_is_new(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rebuild(folder)
    told = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert told == [
        "`kites_fly` is new; give it `access`",
        "`wind_read` is new; give it `risk` unless it is ordinary",
        "`strings_read` is gone; move it to `retired` when its successor is known",
        "5 operations are new, 0 are gone",
    ]


def test_a_policy_without_the_marker_is_left_alone(folder: Path) -> None:
    (folder / "scopes.yaml").write_text("checked: 2020-01-01\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="the marker line is missing"):
        rebuild(folder)
    assert (folder / "scopes.yaml").read_text(encoding="utf-8") == "checked: 2020-01-01\n"


def test_the_shipped_policies_have_the_marker() -> None:
    for name in ("scopes", "endpoints"):
        text = (build_scope_policy.POLICIES / f"{name}.yaml").read_text(encoding="utf-8")
        assert text.count(MARKER) == 1


def test_the_client_map_is_what_the_client_of_its_version_gives(tmp_path: Path) -> None:
    pytest.importorskip(
        "datadog_api_client", reason="install the extra `maintain` to compare the client map"
    )
    installed = version("datadog-api-client")
    policy = policies.load(policies.PythonClient)
    if installed not in policy.sources[0].url:
        pytest.skip(f"the map is not of version {installed}")
    file = tmp_path / "python_client.yaml"
    build_client_map.main(["--checked", policy.checked, "--output", str(file)])
    assert file.read_text(encoding="utf-8") == build_client_map.TARGET.read_text(encoding="utf-8")
