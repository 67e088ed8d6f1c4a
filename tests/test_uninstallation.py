"""An uninstallation section is found by what its heading means, and judged by what it says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validator import engine
from validator.definitions import rules
from validator.discovery import discover
from validator.documents.text import TextDocument
from validator.model import Finding, Rule

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
    assert judge(f"{SETUP}### Uninstall\n\n{STOCK}") == {"uninstallation-heading-level"}


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


def mend(folder: Path, findings: Iterable[Finding]) -> list[str]:
    """Apply the fixes of findings, safe or not, and return what they say that they do."""
    fixes = [finding.fix for finding in findings if finding.fix]
    edits = sorted(
        (edit for fix in fixes for edit in fix.edits),
        key=lambda edit: edit.location.sort_key,
        reverse=True,
    )
    for edit in edits:
        file, region = folder / edit.location.path, edit.location.region
        assert region is not None
        text = file.read_bytes().decode()
        document = TextDocument(edit.location.integration, edit.location.path, text.encode())
        start = document.offset(region.start_line, region.start_column)
        end = document.offset(region.end_line, region.end_column)
        file.write_bytes((text[:start] + edit.text + text[end:]).encode())
    return [fix.description for fix in fixes]


def asked(folder: Path, chosen: list[Rule]) -> list[Finding]:
    return list(engine.run(discover([folder]).integrations, chosen).findings)


UNFIXED = {
    "dangling-uninstallation-reference/bad",  # no section, and no OAuth that asks for one
    "duplicate-uninstallation-section/bad",
    "missing-uninstallation-reference/bad",
    "missing-uninstallation-reference/bad-other-key",
    "missing-uninstallation-section/bad-without-setup",
}
ORDER = "uninstallation-section-order"  # the catalogue asks for no fix
BAD = [
    f"{rule.id}/{case.name}"
    for rule in OURS
    if rule.id != ORDER
    for case in sorted((ROOT / "fixtures" / rule.id).glob("bad*"))
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("case", BAD)
def test_a_fix_resolves_its_finding_and_makes_no_other(tmp_path: Path, case: str, end: str) -> None:
    folder = tmp_path / "nimbus"
    shutil.copytree(ROOT / "fixtures" / case, folder)
    readme = folder / "README.md"
    if readme.exists():
        readme.write_bytes(readme.read_bytes().replace(b"\n", end.encode()))
    rule = next(rule for rule in OURS if rule.id == case.partition("/")[0])
    before = {finding.rule.id for finding in asked(folder, OURS)}
    done = mend(folder, asked(folder, [rule]))
    assert bool(done) is (case not in UNFIXED)
    if done:
        after = {finding.rule.id for finding in asked(folder, OURS)}
        assert after <= before - {rule.id}
    if readme.exists():
        assert end == "\n" or b"\n" not in readme.read_bytes().replace(b"\r\n", b"")


def test_the_standard_section_has_the_name_and_keeps_the_definitions_last(tmp_path: Path) -> None:
    folder = tmp_path / "nimbus"
    readme = "# N\n\n## Setup\n\nSee [this][1].\n\n[1]: https://nimbus.io\n"
    judged(folder, readme, {"tile": {"title": "Nimbus Cloud"}})
    mend(
        folder,
        asked(folder, [rule for rule in OURS if rule.id == "missing-uninstallation-section"]),
    )
    assert (folder / "README.md").read_text(encoding="utf-8") == (
        "# N\n\n## Setup\n\nSee [this][1].\n\n"
        "## Uninstallation\n\n"
        "- In Datadog, navigate to **Integrations**, select the Nimbus Cloud tile, and click "
        "**Uninstall Integration**.\n"
        "- Once this integration has been uninstalled, any previous authorizations are revoked.\n"
        "- Additionally, ensure that all API keys associated with this integration have been "
        "disabled by searching for the integration name on the [API Keys page][api-keys].\n\n"
        "[1]: https://nimbus.io\n[api-keys]: /organization-settings/api-keys\n"
    )


def test_a_section_that_would_swallow_others_moves_behind_setup(tmp_path: Path) -> None:
    folder = tmp_path / "nimbus"
    part = f"### Uninstallation\n\n{STOCK}\n#### In Nimbus\n\nDelete it.\n\n"
    judged(folder, f"{SETUP}## Data Collected\n\n{part}### Metrics\n\nNone.\n")
    mend(folder, asked(folder, OURS))
    assert (folder / "README.md").read_text(encoding="utf-8") == (
        f"{SETUP}## Uninstallation\n\n{STOCK}\n### In Nimbus\n\nDelete it.\n\n"
        "## Data Collected\n\n### Metrics\n\nNone.\n"
    )


def test_a_reference_is_written_as_its_neighbours_are(tmp_path: Path) -> None:
    folder = tmp_path / "nimbus"
    judged(
        folder,
        f"{SETUP}## Uninstallation\n\n{STOCK}",
        manifest := {"tile": {"support": "#", "x": 1}},
    )
    (folder / "manifest.json").write_text(json.dumps(manifest, indent="\t"), encoding="utf-8")
    mend(folder, asked(folder, OURS))
    assert (folder / "manifest.json").read_text(encoding="utf-8") == (
        '{\n\t"tile": {\n\t\t"support": "#",\n\t\t"uninstallation": '
        '"README.md#Uninstallation",\n\t\t"x": 1\n\t}\n}'
    )


COUNTED = {
    "missing-uninstallation-section": {"artie"},
    "uninstallation-heading-level": {
        "doppler",
        "fauna",
        "invary",
        "isdown",
        "singlestoredb_cloud",
    },
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
