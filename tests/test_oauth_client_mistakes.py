"""What contributors got wrong before a review gives one clear error each, whatever else is judged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import COMPLETE, judged

from validator.definitions import rules
from validator.model import Level
from validator.report import Report
from validator.selection import Selection

CLIENT = "assets/oauth_clients.json"


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COMPLETE, tmp_path / "nimbus_deploy"))


def judge(integration: Path) -> Report:
    chosen = Selection().choose
    return judged(integration, rules.load(), choose=chosen)


def errors(integration: Path) -> list[str]:
    return [
        finding.rule.id
        for finding in judge(integration).findings
        if finding.level is Level.ERROR and finding.location.path.suffix == ".json"
    ]


def change(file: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(file.read_text())
    edit(value)
    file.write_text(json.dumps(value, indent=2))


def test_the_complete_integration_has_no_error(integration: Path) -> None:
    assert errors(integration) == []


def _flatten(client: dict[str, Any]) -> None:
    fields = client.pop("integration")
    fields["published_client_id"] = fields.pop("id")
    client.update(fields)


def _set(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda client: client["integration"].update(fields)


@pytest.mark.parametrize(
    ("expected", "edit"),
    [
        ("invalid-oauth-client", _flatten),
        (
            "unpublished-oauth-client-id",
            _set(id=json.loads((COMPLETE / "manifest.json").read_text())["app_uuid"]),
        ),
        ("unpublished-oauth-client-id", _set(id="0f6a4f0e-5a5f-4c1b-9a44-7d3d1b8f2c10")),
        ("unpublished-oauth-client-id", _set(id="<INSERT PUBLISHED CLIENT ID HERE>")),
        ("unpublished-oauth-client-id", _set(id="8b1f7c52-3d0e-11f1-a2b4-da7ad0900001")),
        (
            "unexpected-oauth-client",
            lambda client: client.update(
                ui_extension={"scopes": [], "client_role": "ui_extension"}
            ),
        ),
        (
            "unexpected-oauth-client",
            lambda client: client.update(ui_extension=client.pop("integration")),
        ),
        ("unexpected-oauth-client", _set(client_role="ui_extension")),
        *(
            ("invalid-oauth-client", lambda client, name=name: client["integration"].pop(name))
            for name in ("name", "description", "client_role", "id", "onboarding_url")
        ),
        ("invalid-oauth-client", _set(description=None)),
        ("invalid-oauth-client", _set(redirect_uris=[])),
        ("invalid-oauth-client", lambda client: client["integration"].pop("redirect_uris")),
    ],
)
def test_a_mistake_in_the_client_is_one_error(
    integration: Path, expected: str, edit: Callable[[dict[str, Any]], object]
) -> None:
    change(integration / CLIENT, edit)
    assert errors(integration) == [expected]


def test_a_comment_in_the_client_is_one_error(integration: Path) -> None:
    file = integration / CLIENT
    file.write_text(file.read_text().replace('"name"', '// for production\n    "name"'))
    assert errors(integration) == ["unreadable-document"]


@pytest.mark.parametrize(
    ("expected", "edit"),
    [
        ("unregistered-oauth-clients", lambda manifest: manifest["assets"].pop("oauth")),
        ("dangling-oauth-reference", lambda manifest: manifest["assets"].update(oauth=True)),
        (
            "dangling-oauth-reference",
            lambda manifest: manifest["assets"].update(oauth="assets/oauth_client.json"),
        ),
        (
            "misplaced-oauth-reference",
            lambda manifest: manifest.update(oauth=manifest["assets"].pop("oauth")),
        ),
        (
            "misplaced-oauth-reference",
            lambda manifest: manifest["assets"].update(
                oauth_clients=manifest["assets"].pop("oauth")
            ),
        ),
    ],
)
def test_a_mistake_in_the_reference_is_one_error(
    integration: Path, expected: str, edit: Callable[[dict[str, Any]], object]
) -> None:
    change(integration / "manifest.json", edit)
    assert errors(integration) == [expected]


@pytest.mark.parametrize("name", ["OAuth_clients.json", "oauth_client.json"])
def test_another_name_of_the_file_is_one_error_that_names_it(integration: Path, name: str) -> None:
    (integration / CLIENT).rename(integration / "assets" / name)
    assert errors(integration) == ["dangling-oauth-reference"]
    found = [f for f in judge(integration).findings if f.rule.id == "dangling-oauth-reference"]
    assert f"the file is `assets/{name}`" in found[0].message


def test_the_id_of_another_integration_is_an_error_of_both(
    integration: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(integration, tmp_path / "nimbus_test"))
    change(
        other / "manifest.json",
        lambda manifest: manifest.update(app_uuid="7" * 8 + "-0000-4000-8000-" + "7" * 12),
    )
    report = judge(tmp_path)
    shared = [f for f in report.findings if f.rule.id == "shared-oauth-client-id"]
    assert [str(finding.location.path) for finding in shared] == [CLIENT, CLIENT]
    assert [len(finding.related) for finding in shared] == [1, 1]
