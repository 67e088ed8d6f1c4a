"""The OAuth client's file and its id: each guard against a false alarm, and each fix."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support import Tile, judge, mended, opened, write_all

from validator.definitions import policies
from validator.model import Finding

CLIENT = "assets/oauth_clients.json"
NODES = policies.load(policies.OAuthClientIds)
PUBLISHED = f"5b1c9f2e-7a3d-11ef-9c4b-{NODES.published_node}"
UNPUBLISHED = f"5b1c9f2e-7a3d-11ef-9c4b-{NODES.unpublished_nodes[0]}"
FOREIGN = "5b1c9f2e-7a3d-11ef-9c4b-0242ac120002"


def tile(
    client: Callable[[dict[str, Any]], object] | None = None,
    manifest: Callable[[dict[str, Any]], object] | None = None,
) -> Tile:
    own = Tile()
    if client is not None:
        own.change(CLIENT, client)
    if manifest is not None:
        own.change("manifest.json", manifest)
    return own


def told(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def messages(own: Tile, rule: str) -> list[str]:
    return [each.message for each in told(own, rule)]


def of_client(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["integration"].update(fields)


def assets(**fields: Any) -> Callable[[dict[str, Any]], object]:
    def change(value: dict[str, Any]) -> None:
        for key, field in fields.items():
            if field is None:
                value["assets"].pop(key, None)
            else:
                value["assets"][key] = field

    return change


def is_mended(own: Tile, rule: str) -> Any:
    """Apply the fix of the only finding; nothing of the rule may be left. Return the new manifest."""
    [found] = told(own, rule)
    own.files = mended(own.files, found)
    assert told(own, rule) == []
    return json.loads(own.text("manifest.json"))


# --- where the manifest names it


@pytest.mark.parametrize(
    ("reference", "is_told"),
    [
        (CLIENT, False),
        ("./" + CLIENT, False),
        ("assets/gone.json", False),
        (7, False),
        ("metadata.csv", True),
    ],
)
def test_another_file_is_named(reference: Any, is_told: bool) -> None:
    own = tile(manifest=assets(oauth=reference))
    assert len(told(own, "unregistered-oauth-clients")) == is_told
    if is_told:
        assert is_mended(own, "unregistered-oauth-clients")["assets"]["oauth"] == CLIENT


def test_a_client_that_nobody_names_is_named_by_the_fix() -> None:
    own = tile(manifest=assets(oauth=None))
    assert is_mended(own, "unregistered-oauth-clients")["assets"]["oauth"] == CLIENT


@pytest.mark.parametrize("value", [7, [], "a"])
def test_assets_that_are_refused_are_told_elsewhere(value: Any) -> None:
    own = tile(manifest=lambda manifest: manifest.update(assets=value))
    assert told(own, "unregistered-oauth-clients") == told(own, "dangling-oauth-reference") == []
    own = tile(manifest=lambda manifest: manifest.pop("assets"))
    assert told(own, "unregistered-oauth-clients") == told(own, "dangling-oauth-reference") == []


@pytest.mark.parametrize(
    ("name", "is_meant"),
    [
        ("assets/oauth_client.json", True),
        ("assets/OAuth-Clients.JSON", True),
        ("oauth.json", True),
        ("assets/oauth.yaml", False),
        ("assets/oauth_settings.json", False),
        ("assets/oauth.json/part.txt", False),
    ],
)
def test_a_file_that_was_meant_as_the_client(name: str, is_meant: bool) -> None:
    own = tile(manifest=assets(oauth=None))
    text = own.text(CLIENT)
    own.remove(CLIENT)
    own.write(name, text)
    found = messages(own, "unregistered-oauth-clients")
    assert [f"`{name}` is not read" in message for message in found] == [True] * is_meant


@pytest.mark.parametrize(
    ("reference", "file", "words"),
    [
        (CLIENT, CLIENT, None),
        (7, CLIENT, "is a number; expected the path"),
        ("  ", CLIENT, "is empty; expected"),
        ("assets/gone.json", CLIENT, f"which does not exist; expected `{CLIENT}`"),
        (CLIENT, None, "which does not exist; expected the published OAuth client there"),
        ("assets/gone.json", None, f"which does not exist; expected `{CLIENT}`"),
        ("metadata.csv", None, f"which is not read; expected `{CLIENT}`"),
        ("metadata.csv", CLIENT, None),
        (CLIENT, "assets/OAuth_Clients.json", "but the file is `assets/OAuth_Clients.json`: case"),
        (CLIENT, "oauth.json", f"but the file is `oauth.json`; expected `{CLIENT}`"),
    ],
)
def test_what_the_reference_leads_to(reference: Any, file: str | None, words: str | None) -> None:
    own = tile(manifest=assets(oauth=reference))
    if file != CLIENT:
        text = own.text(CLIENT)
        own.remove(CLIENT)
        if file is not None:
            own.write(file, text)
    found = messages(own, "dangling-oauth-reference")
    assert len(found) == bool(words)
    assert all(words is not None and words in message for message in found)


@pytest.mark.parametrize("value", [{}, "", None, []])
def test_an_empty_placeholder_is_taken_away(value: Any) -> None:
    own = tile(manifest=lambda manifest: manifest.update(oauth=value))
    [found] = told(own, "leftover-oauth-placeholder")
    assert found.message.endswith("expected `assets.oauth` alone")
    assert "oauth" not in is_mended(own, "leftover-oauth-placeholder")
    own = tile(
        manifest=lambda manifest: (manifest.update(oauth=value), assets(oauth=None)(manifest))
    )
    [found] = told(own, "leftover-oauth-placeholder")
    assert found.message.endswith("expected nothing")


# --- its shape


def loose(*left: str) -> Callable[[dict[str, Any]], object]:
    def change(value: dict[str, Any]) -> None:
        client = value.pop("integration")
        value.update({key: client[key] for key in left if key in client})

    return change


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [(["name", "scopes"], True), (["name"], False), (["name", "scopes", "id"], True)],
)
def test_fields_that_stand_at_the_root_are_one_mistake(fields: list[str], is_told: bool) -> None:
    own = tile(loose(*fields))
    found = messages(own, "invalid-oauth-client")
    assert any("stand at the root" in message for message in found) is is_told
    assert (told(own, "unexpected-oauth-client") == []) is is_told
    if is_told:
        assert len(found) == 1


def test_beside_a_client_such_fields_are_no_clients() -> None:
    own = tile(lambda value: value.update(name="A", scopes=[]))
    assert not any(
        "stand at the root" in message for message in messages(own, "invalid-oauth-client")
    )
    assert len(told(own, "unexpected-oauth-client")) == 2


def test_what_another_rule_tells_does_not_hide_the_next_fault() -> None:
    def change(value: dict[str, Any]) -> None:
        client = value.pop("integration")
        value["aaa"] = {}
        value["integration"] = {**client, "name": 7}

    own = tile(change)
    assert [each.location.pointer for each in told(own, "invalid-oauth-client")] == [
        ("integration", "name")
    ]


@pytest.mark.parametrize(
    ("role", "is_told"),
    [("integration", False), ("", False), (" ", False), (7, False), ("ui", True)],
)
def test_the_role_is_the_integrations(role: Any, is_told: bool) -> None:
    found = messages(tile(of_client(client_role=role)), "unexpected-oauth-client")
    assert len(found) == is_told


def test_the_client_of_a_kind_that_is_gone_is_taken_away() -> None:
    own = tile(lambda value: value.update(ui_extension={"name": "A"}))
    [found] = told(own, "unexpected-oauth-client")
    own.files = mended(own.files, found)
    assert told(own, "unexpected-oauth-client") == []
    own = tile(lambda value: (value.update(ui_extension={}), value.pop("integration")))
    [found] = told(own, "unexpected-oauth-client")
    assert found.fix is None
    assert found.message.endswith("expected one client, `integration`")


# --- its id


@pytest.mark.parametrize(
    ("id_", "unpublished", "unfamiliar"),
    [
        (PUBLISHED, None, False),
        (PUBLISHED.upper(), None, False),
        (UNPUBLISHED, "as ids of unpublished clients do", False),
        (FOREIGN, None, True),
        ("", None, False),
        ("  ", None, False),
        (7, None, False),
        ("<your id>", "is the placeholder", False),
        ("INSERT-ID", "is the placeholder", False),
        ("your-client-id", "is the placeholder", False),
        ("00000000-0000-0000-0000-000000000000", "is the placeholder", False),
        ("11111111-1111-1111-1111-111111111111", "is the placeholder", False),
        ("abc", "which is no UUID", False),
        ("6b1f3c58-7e42-4d0a-9f1c-2a5d8e3b7c94", "of version 4", False),
        ("6b1f3c58-7e42-4d0a-0f1c-2a5d8e3b7c94", "of no version", False),
    ],
)
def test_what_an_id_tells(id_: Any, unpublished: str | None, unfamiliar: bool) -> None:
    own = tile(of_client(id=id_))
    found = messages(own, "unpublished-oauth-client-id")
    assert len(found) == bool(unpublished)
    assert all(unpublished is not None and unpublished in message for message in found)
    assert len(told(own, "unfamiliar-oauth-client-id")) == unfamiliar


@pytest.mark.parametrize(
    ("app_uuid", "is_told"),
    [(PUBLISHED, True), (PUBLISHED.upper(), True), (FOREIGN, False), (7, False)],
)
def test_the_id_of_the_app_is_none_of_the_client(app_uuid: Any, is_told: bool) -> None:
    own = tile(of_client(id=PUBLISHED), lambda manifest: manifest.update(app_uuid=app_uuid))
    found = told(own, "unpublished-oauth-client-id")
    assert len(found) == is_told
    assert [related.message for each in found for related in each.related] == [
        "the same UUID"
    ] * is_told
    own.remove("manifest.json")
    assert told(own, "unpublished-oauth-client-id") == []


def test_one_client_for_each_integration(tmp_path: Any) -> None:
    def client(id_: Any) -> dict[str, Any]:
        return {"manifest.json": {"assets": {}}, CLIENT: {"integration": {"id": id_}}}

    folders: dict[str, dict[str, Any]] = {
        "aaa": {"manifest.json": {"assets": {}}, CLIENT: "{broken"},
        "bbb": {"manifest.json": {"assets": {}}},
        "ccc": client(7),
        "ddd": client("<your id>"),
        "eee": client("<your id>"),
        "fff": client("abc"),
        "ggg": client("abc"),
        "hhh": client(FOREIGN),
        "iii": client(PUBLISHED),
        "jjj": client(PUBLISHED.upper()),
        "kkk": client(PUBLISHED),
    }
    integrations = [opened(write_all(tmp_path / name, files)) for name, files in folders.items()]
    found = judge(integrations, "shared-oauth-client-id").findings
    assert [(each.location.integration.name, each.message) for each in found] == [
        (
            name,
            f"`integration.id` is the id of {others}, too; expected one client for each integration",
        )
        for name, others in (
            ("iii", "`jjj` and `kkk`"),
            ("jjj", "`iii` and `kkk`"),
            ("kkk", "`iii` and `jjj`"),
        )
    ]
    assert [related.message for related in found[0].related] == [
        "the same id in `jjj`",
        "the same id in `kkk`",
    ]
