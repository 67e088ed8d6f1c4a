"""What the section on uninstallation says: of authorizations, of API keys, and what it must not ask for."""

from __future__ import annotations

from typing import Any

import pytest
from support import Tile, mended

from validator.model import Finding

REVOKED = "Once this integration has been uninstalled, any previous authorizations are revoked."
KEYS = (
    "Ensure that all API keys associated with this integration have been disabled by searching for the "
    "integration name on the [API Keys page](/organization-settings/api-keys)."
)
RULES = (
    "missing-revocation-notice",
    "outdated-revocation-instructions",
    "missing-api-key-cleanup",
    "missing-api-keys-link",
)


def tile(section: str, *scopes: str, client: bool = True) -> Tile:
    own = Tile()
    text = own.text("README.md")
    start = text.index("## Uninstallation")
    rest = text[start + 3 :]
    end = start + 3 + rest.index("\n## ") if "\n## " in rest else len(text)
    own.write("README.md", f"{text[:start]}## Uninstallation\n\n{section}\n{text[end:]}")
    if client:
        own.change(
            "assets/oauth_clients.json",
            lambda value: value["integration"].update(scopes=list(scopes)),
        )
    else:
        own.remove("assets/oauth_clients.json")
    return own


def told(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


@pytest.mark.parametrize(
    ("section", "is_told"),
    [
        (REVOKED, False),
        (f"Words first.\n\n{REVOKED}", False),
        ("Uninstall it.", True),
        ("", False),
        ("All authorizations will be revoked.", False),
        ("Authorizations are not revoked.", True),
        ("Authorizations aren't revoked.", True),
        ("Uninstalling revokes access.", False),
        ("Uninstalling doesn't revoke access.", True),
        ("It will revoke the authorization.", False),
        ("It will then revoke the authorization.", False),
        ("Revoke the authorization.", True),
        ("Something is revoked.", True),
        ("Your authorization must be revoked.", True),
    ],
)
def test_whether_authorizations_are_said_to_be_revoked(section: str, is_told: bool) -> None:
    own = tile(section)
    found = told(own, "missing-revocation-notice")
    others = told(own, "outdated-revocation-instructions")
    assert bool(found or others) is is_told
    for each in found:
        assert each.fix is not None
        own.files = mended(own.files, each)
        assert REVOKED in own.text("README.md")
        assert told(own, "missing-revocation-notice") == []


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (REVOKED, None),
        (
            "Go to Organization Settings and revoke the authorization under OAuth Apps.",
            "OAuth Apps",
        ),
        (f"{REVOKED}\n\nGo to the OAuth Apps page.", None),
    ],
)
def test_what_is_told_to_do_by_hand(section: str, words: str | None) -> None:
    own = tile(section)
    found = told(own, "outdated-revocation-instructions")
    assert len(found) == bool(words)
    for each in found:
        assert told(own, "missing-revocation-notice") == [], "one mistake is one finding"
        assert each.fix is not None
        own.files = mended(own.files, each)
        assert told(own, "outdated-revocation-instructions") == []
        assert told(own, "missing-revocation-notice") == []


@pytest.mark.parametrize(
    ("section", "scopes", "client", "is_told"),
    [
        (f"{REVOKED}\n\n{KEYS}", ["api_keys_write"], True, False),
        (REVOKED, ["api_keys_write"], True, True),
        (REVOKED, ["events_read"], True, False),
        (REVOKED, [], True, False),
        (REVOKED, [], False, False),
        ("", ["api_keys_write"], True, False),
        (f"{REVOKED} Disable the API keys.", ["api_keys_write"], True, False),
        (f"{REVOKED}\n\nDo not disable the API keys.", ["api_keys_write"], True, True),
        (f"{REVOKED}\n\nAPI keys exist.", ["api_keys_write"], True, True),
    ],
)
def test_what_becomes_of_api_keys(
    section: str, scopes: list[str], client: bool, is_told: bool
) -> None:
    own = tile(section, *scopes, client=client)
    found = told(own, "missing-api-key-cleanup")
    assert len(found) == is_told
    for each in found:
        [related] = each.related
        assert related.message == "this scope lets the integration create API keys"
        assert each.fix is not None
        own.files = mended(own.files, each)
        for rule in RULES:
            assert told(own, rule) == [], rule


@pytest.mark.parametrize(
    ("link", "scopes", "is_told"),
    [
        ("/organization-settings/api-keys", ["api_keys_write"], False),
        ("/organization-settings/api-keys/", ["api_keys_write"], False),
        ("https://app.datadoghq.com/organization-settings/api-keys", ["api_keys_write"], False),
        ("https://acme.io/organization-settings/api-keys", ["api_keys_write"], True),
        ("/organization-settings", ["api_keys_write"], True),
        ("/organization-settings", ["events_read"], False),
    ],
)
def test_the_keys_are_named_with_their_page(link: str, scopes: list[str], is_told: bool) -> None:
    section = (
        f"{REVOKED} See [more](/more). {KEYS.replace('/organization-settings/api-keys', link)}"
    )
    own = tile(section, *scopes)
    found = told(own, "missing-api-keys-link")
    assert len(found) == is_told
    for each in found:
        assert [related.message for related in each.related] == [f"this link leads to `{link}`"]
        assert each.fix is not None
        own.files = mended(own.files, each)
        assert told(own, "missing-api-keys-link") == []


@pytest.mark.parametrize("rule", RULES)
def test_without_the_section_nothing_is_missed(rule: str) -> None:
    own = tile(REVOKED, "api_keys_write")
    own.edit("README.md", "## Uninstallation", "## Leaving")
    assert told(own, rule) == []
    missing: Any = own.judge("missing-uninstallation-section").findings
    assert len(missing) == 1 or own.judge("nonstandard-uninstallation-heading").findings
