"""An uninstallation section is found by what its heading means, and judged by what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validator import engine, rules
from validator.discovery import discover

OURS = [rule for rule in rules.load() if rule.check.startswith("uninstallation")]
STOCK = "Once this integration has been uninstalled, any previous authorizations are revoked.\n"
SETUP = "# Nimbus\n\n## Setup\n\nClick **Connect Accounts**.\n\n"

Judge = Callable[..., set[str]]


def judged(folder: Path, readme: str, manifest: Any = None, scopes: Any = ()) -> set[str]:
    """Return the ids of our rules that have a finding."""
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest or {}), encoding="utf-8")
    client = {"integration": {"scopes": scopes}}
    (folder / "assets/oauth_clients.json").write_text(json.dumps(client), encoding="utf-8")
    report = engine.run(discover([folder]).integrations, OURS)
    assert report.gaps == ()
    return {finding.rule.id for finding in report.findings}


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return lambda *arguments, **options: judged(tmp_path / "nimbus", *arguments, **options)


@pytest.mark.parametrize(
    "heading",
    [
        "## Uninstallation",
        "## uninstallation",
        "## UNINSTALLATION ##",
        "## Uninstallation:",
        "## **Uninstallation**",
        "## [Uninstallation](/integrations/nimbus)",
        "Uninstallation\n--------------",
    ],
)
def test_case_and_dress_of_the_heading_do_not_matter(judge: Judge, heading: str) -> None:
    assert judge(f"{SETUP}{heading}\n\n{STOCK}") == set()


@pytest.mark.parametrize(
    "heading",
    [
        "Uninstall",
        "Uninstalling",
        "Uninstallation Steps",
        "How to uninstall",
        "Un-installation",
        "Uninstallion",
        "De-installation",
        "Uninstall the Datadog integration",
        "Uninstall the Agent integration",
        "Removal",
        "Removing the integration",
        "Removing Nimbus from Datadog",
        "Disconnect your account",
        "Delete Nimbus's connection",
    ],
)
def test_a_heading_that_means_it_stands_in(judge: Judge, heading: str) -> None:
    assert judge(f"{SETUP}## {heading}\n\n{STOCK}") == {"nonstandard-uninstallation-heading"}


@pytest.mark.parametrize(
    "heading",
    [
        "Installation",
        "Uninstalled apps",
        "Uninstalls",
        "Uninstall events",
        "Uninstall the Agent",
        "Removing hosts",
        "Delete a monitor",
        "Remove the webhook from Datadog",
        "Disconnected devices",
    ],
)
def test_a_heading_about_something_else_does_not(judge: Judge, heading: str) -> None:
    assert judge(f"{SETUP}## {heading}\n\n{STOCK}") == {"missing-uninstallation-section"}


def test_the_title_of_the_readme_is_no_section(judge: Judge) -> None:
    assert judge(f"# Uninstall Nimbus\n\n{STOCK}") == {"missing-uninstallation-section"}


def test_the_highest_of_several_stand_ins_is_the_section(judge: Judge) -> None:
    readme = f"{SETUP}### Disconnect\n\nClick it.\n\n## Uninstall\n\n{STOCK}"
    assert judge(readme) == {"nonstandard-uninstallation-heading"}


def test_what_is_missing_or_empty_is_not_asked_for_its_sentences(judge: Judge) -> None:
    assert judge(SETUP, scopes=["api_keys_write"]) == {"missing-uninstallation-section"}
    empty = f"{SETUP}## Uninstallation\n\n<!-- {STOCK} -->\n\n### In Datadog\n"
    assert judge(empty, scopes=["api_keys_write"]) == {"empty-uninstallation-section"}


def test_duplicates_are_judged_by_what_they_say_together(judge: Judge) -> None:
    readme = f"{SETUP}## Uninstallation\n\n## Uninstallation\n\n{STOCK}"
    assert judge(readme) == {"duplicate-uninstallation-section"}


def test_a_stand_in_of_level_3_is_renamed_and_raised(judge: Judge) -> None:
    assert judge(f"{SETUP}### Uninstall\n\n{STOCK}") == {
        "nonstandard-uninstallation-heading",
        "uninstallation-heading-level",
    }


REVOCATIONS = [
    "Once this integration has been uninstalled, any previous authorizations are revoked.",
    "When you uninstall this integration, previous authorisations are revoked.",
    "Uninstalling the integration revokes all authorizations.",
    "This will automatically revoke any authorization that you have given.",
    "Any access\ntokens are *revoked*.",
    "All permissions of Nimbus have been revoked then.",
    "> Once uninstalled, its authorization is revoked.",
    "| Step | Effect |\n|---|---|\n| Uninstall | Authorizations are revoked |",
    "<p>Previous authorizations are revoked.</p>",
]
NO_REVOCATIONS = [
    "Click **Uninstall Integration**.",
    "In Nimbus, revoke the authorization.",
    "Authorizations are not revoked.",
    "The authorization isn’t revoked.",
    "Previous authorizations must be revoked in Nimbus.",
    "The API keys are revoked.",
    "Authorize Nimbus again.\n\nLater the keys are revoked.",
    "`any previous authorizations are revoked`",
    "    any previous authorizations are revoked",
    "Uninstall it. <!-- Any previous authorizations are revoked. -->",
]


@pytest.mark.parametrize("text", REVOCATIONS)
def test_revocation_may_be_told_in_other_words(judge: Judge, text: str) -> None:
    assert judge(f"{SETUP}## Uninstallation\n\n{text}\n") == set()


@pytest.mark.parametrize("text", NO_REVOCATIONS)
def test_what_does_not_tell_of_revocation(judge: Judge, text: str) -> None:
    readme = f"{SETUP}## Uninstallation\n\nUninstall it.\n\n{text}\n"
    assert judge(readme) == {"missing-revocation-notice"}


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/organization-settings/api-keys", False),
        ("/organization-settings/api-keys/?filter=Nimbus%20Cloud#list", False),
        ("https://app.datadoghq.com/organization-settings/api-keys", False),
        ("https://us5.datadoghq.com/organization-settings/api-keys", False),
        ("https://app.datadoghq.eu/organization-settings/api-keys", False),
        ("organization-settings/api-keys", True),
        ("/organization-settings/application-keys", True),
        ("/account/settings#api", True),
        ("https://nimbus.io/organization-settings/api-keys", True),
        ("https://datadoghq.com.nimbus.io/organization-settings/api-keys", True),
        ("https://[::1/organization-settings/api-keys", True),
    ],
)
def test_the_api_keys_page_is_known_by_its_path_on_any_site(
    judge: Judge, href: str, found: bool
) -> None:
    readme = f"{SETUP}## Uninstallation\n\n{STOCK}\nDisable its API keys on the [page][1].\n\n[1]: {href}\n"
    assert judge(readme, scopes=["api_keys_write"]) == (
        {"missing-api-keys-link"} if found else set()
    )


@pytest.mark.parametrize(
    "text",
    [
        "Remove all API keys of this integration: search for its name on the [page][1].",
        "To disable its API-keys, search for `nimbus` on the [page][1].",
        "Find the API key of Nimbus on the [page][1] and delete it.",
    ],
)
def test_api_keys_may_be_told_of_in_other_words(judge: Judge, text: str) -> None:
    readme = (
        f"{SETUP}## Uninstallation\n\n{STOCK}\n{text}\n\n[1]: /organization-settings/api-keys\n"
    )
    assert judge(readme, scopes=["api_keys_write"]) == set()


def test_the_text_of_2022_is_outdated(judge: Judge) -> None:
    readme = (
        f"{SETUP}## Uninstallation\n\nTo make sure of it, revoke the authorization on the "
        "**Configure** tab or under [OAuth Apps][1].\n\n"
        "[1]: https://app.datadoghq.com/organization-settings/oauth-applications\n"
    )
    assert judge(readme) == {"outdated-revocation-instructions"}


TILE = {"support": "README.md#Support", "uninstallation": "README.md#Uninstallation"}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("README.md#Uninstallation", False),
        ("README.md#uninstallation", False),
        ("README.md#Uninstall", True),
        ("README.md#uninstallation-1", True),
        ("README.md", True),
        ("readme.md#Uninstallation", True),
        ("./README.md#Uninstallation", True),
        ("#Uninstallation", True),
        ("README.md#Uninstallation ", True),
        ("", True),
        (None, True),
        (["README.md#Uninstallation"], True),
    ],
)
def test_the_reference_is_exact_but_for_case(judge: Judge, reference: Any, found: bool) -> None:
    manifest = {"tile": {**TILE, "uninstallation": reference}}
    readme = f"{SETUP}## Uninstallation\n\n{STOCK}"
    expected = {"dangling-uninstallation-reference"} if found else set()
    assert judge(readme, manifest) == expected


def test_a_reference_out_of_place_is_not_missing(judge: Judge) -> None:
    readme = f"{SETUP}## Uninstallation\n\n{STOCK}"
    manifest = {"tile": {}, "assets": [{"uninstallation": None}]}
    assert judge(readme, manifest) == {"misplaced-uninstallation-reference"}
    assert judge(readme, {"tile": {}}) == {"missing-uninstallation-reference"}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tile=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["support", "title", "uninstallation", "x"]), inner, max_size=3
            )
        ),
        max_leaves=8,
    ),
    scopes=st.sampled_from([None, 1, "api_keys_write", [None, 1], ["api_keys_write"], {}]),
    readme=st.lists(
        st.sampled_from([SETUP, STOCK, "## Uninstallation", "### Uninstall", "# Logs", "[a](b)"])
    ),
)
def test_values_of_any_type_are_judged(
    tmp_path: Path, tile: Any, scopes: Any, readme: list[str]
) -> None:
    text = "\n\n".join(["Nimbus", *readme])
    judged(tmp_path / "nimbus", text, {"tile": tile, "assets": {"oauth": tile}}, scopes)


COUNTED = {
    "missing-uninstallation-section": {"artie"},
    "uninstallation-heading-level": {
        "doppler",
        "fauna",
        "invary",
        "isdown",
        "singlestoredb_cloud",
    },
    "nonstandard-uninstallation-heading": {"singlestoredb_cloud"},
    "uninstallation-section-order": {"ably", "doppler", "keep"},
    "missing-uninstallation-reference": {"artie", "invary", "isdown", "singlestoredb_cloud"},
    "unreferenced-uninstallation-section": {"perfectscale"},
    "missing-revocation-notice": {
        "anecdote",
        "cloudquery-cloud",
        "doppler",
        "isdown",
        "reflectiz",
    },
    "missing-api-keys-link": {"oceanbasecloud", "packetfabric", "singlestoredb_cloud"},
}
FLAWLESS = {
    "adaptive_shield",
    "appomni",
    "authzed_cloud",
    "blink",
    "chainguard",
    "cloudaeye",
    "contrast_security_adr",
    "cribl_stream",
    "downdetector",
    "gatling_enterprise",
    "hawkeye_by_neubird",
    "inngest",
    "notion",
    "pulse",
    "seagence",
    "taskcall",
    "upstash",
    "webb_ai",
    "zilliz_cloud_zilliz_cloud",
}


def test_published_integrations_are_judged_as_counted_by_hand(corpus: Path) -> None:
    names = FLAWLESS.union(*COUNTED.values())
    report = engine.run(discover([corpus / name for name in sorted(names)]).integrations, OURS)
    found: dict[str, set[str]] = {}
    for finding in report.findings:
        if finding.rule.id != "uninstallation-reference-order":  # most published ones break it
            found.setdefault(finding.rule.id, set()).add(finding.location.integration.name)
    assert found == COUNTED
