"""A host of Datadog says whether it serves every customer, those of one site, or one alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.checks import datadog_hosts
from validator.checks.datadog_hosts import parse_host
from validator.discovery import discover
from validator.model import Finding, Level, Rule

CUSTOMER = Rule("customer-subdomain-url", "", Level.WARNING, "all", "integration", "", "", "", ())
SINGLE = Rule("single-site-host", "", Level.WARNING, "oauth", "integration", "", "", "", ())


def judge(tmp_path: Path, rule: Rule, files: dict[str, str]) -> list[Finding]:
    root = tmp_path / "acme"
    for name, text in {"manifest.json": "{}", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (integration,) = discover([root]).integrations
    check = datadog_hosts.customer_subdomain if rule is CUSTOMER else datadog_hosts.single_site
    return list(check(integration, rule))


@pytest.mark.parametrize(
    "host",
    [
        "datadoghq.com",
        "www.datadoghq.com",
        "docs.datadoghq.com",
        "app.datadoghq.com",
        "app.datadoghq.eu",
        "app.ddog-gov.com",
        "us3.datadoghq.com",
        "us5.datadoghq.com",
        "ap1.datadoghq.com",
        "ap2.datadoghq.com",
        "us2.ddog-gov.com",
        "app.us3.datadoghq.com",
        "api.us5.datadoghq.com",
        "api.datadoghq.com.",
        "API.DATADOGHQ.COM",
        "ap7.datadoghq.com",
        "eu1.datadoghq.com",
        "us.datadoghq.com",
        "p.datadoghq.com",
        "p.us5.datadoghq.com",
        "status.datadoghq.com",
        "status.us3.datadoghq.com",
        "ip-ranges.datadoghq.com",
        "http-intake.logs.datadoghq.com",
        "http-intake.logs.us3.datadoghq.com",
        "agent-http-intake.logs.ddog-gov.com",
        "tcp-encrypted-intake.logs.datadoghq.com",
        "event-management-intake.datadoghq.com",
        "trace.agent.datadoghq.com",
        "trace.agent.ap1.datadoghq.com",
        "7-31-0-app.agent.datadoghq.com",
        "intake.profile.datadoghq.com",
        "intake-v2.synthetics.datadoghq.eu",
        "process.datadoghq.com",
        "orchestrator.datadoghq.com",
        "navy.oncall.datadoghq.com",
        "acme.statuspage.datadoghq.com",
        "keys.datadoghq.com",
        "apt.datadoghq.com",
        "yum.datadoghq.com",
        "install.datadoghq.com",
        "helm.datadoghq.com",
        "windows-agent.datadoghq.com",
        "ad.datadoghq.com",
        "learn.datadoghq.com",
        "static.datadoghq.com",
    ],
)
def test_a_host_of_everybody_is_known(host: str) -> None:
    found = parse_host(host)
    assert found is not None
    assert found.is_known


@pytest.mark.parametrize(
    "host",
    [
        "acme.datadoghq.com",
        "acme.datadoghq.eu",
        "acme.us3.datadoghq.com",
        "acme-prod.ddog-gov.com",
        "apis.datadoghq.com",
        "usa.datadoghq.com",
    ],
)
def test_a_customers_host_is_not(host: str) -> None:
    found = parse_host(host)
    assert found is not None
    assert not found.is_known


@pytest.mark.parametrize(
    "host",
    ["acme-cloud.io", "datadoghq.com.acme-cloud.io", "notdatadoghq.com", "datadoghq.org", ""],
)
def test_another_host_is_none(host: str) -> None:
    assert parse_host(host) is None


@pytest.mark.parametrize(
    ("host", "is_call"),
    [
        ("api.datadoghq.com", True),
        ("http-intake.logs.us5.datadoghq.com", True),
        ("event-management-intake.datadoghq.eu", True),
        ("trace.agent.datadoghq.com", True),
        ("app.datadoghq.com", False),
        ("docs.datadoghq.com", False),
        ("us3.datadoghq.com", False),
        ("agent.datadoghq.com", False),
    ],
)
def test_calls_go_to_the_api_and_the_intakes(host: str, is_call: bool) -> None:
    found = parse_host(host)
    assert found is not None
    assert found.is_call is is_call


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[Open](https://acme.datadoghq.com/dashboard/abc)", "acme.datadoghq.com"),
        ("[Open][1]\n\n[1]: https://acme.datadoghq.eu", "acme.datadoghq.eu"),
        ("<https://acme.datadoghq.com/monitors>", "acme.datadoghq.com"),
        ("Go to https://acme.datadoghq.com.", "acme.datadoghq.com"),
        ("`https://acme.datadoghq.com:443/api`", "acme.datadoghq.com"),
        ("`https://me@acme.datadoghq.com/api`", "acme.datadoghq.com"),
        ("```\ncurl https://acme.us5.datadoghq.com/api/v1/events\n```", "acme.us5.datadoghq.com"),
        ("`https://<YOUR_ORG>.datadoghq.com`", "<YOUR_ORG>.datadoghq.com"),
        ("`https://<your company>.datadoghq.com`", "<your company>.datadoghq.com"),
        ("`https://${DD_SUBDOMAIN}.datadoghq.com`", "${DD_SUBDOMAIN}.datadoghq.com"),
        ("`https://{{ org }}.datadoghq.com`", "{{ org }}.datadoghq.com"),
        ("https://yourcompany.datadoghq.com", "yourcompany.datadoghq.com"),
        ("https://your-org.datadoghq.com", "your-org.datadoghq.com"),
    ],
)
def test_a_customers_subdomain_in_a_readme_is_found_once(
    text: str, host: str, tmp_path: Path
) -> None:
    (finding,) = judge(tmp_path, CUSTOMER, {"README.md": f"# Acme\n\n{text}\n"})
    assert finding.message.startswith(f"`{host}` ")
    assert finding.location.region is not None
    line = finding.location.region.start_line
    source = f"# Acme\n\n{text}\n".split("\n")[line - 1]
    columns = slice(
        finding.location.region.start_column - 1, finding.location.region.end_column - 1
    )
    assert source[columns] == host


@pytest.mark.parametrize(
    "text",
    [
        "Write to support@acme.datadoghq.com or <support@acme.datadoghq.com>.",
        "[Mail](mailto:support@acme.datadoghq.com)",
        "```yaml\nannotations:\n  ad.datadoghq.com/acme.check_names: '[\"acme\"]'\n```",
        "`tags.datadoghq.com/env`, `admission.datadoghq.com/enabled`",
        "`https://api.<DATADOG_SITE>/api/v1/events`",
        "`https://{site}.datadoghq.com`, `https://<REGION>.datadoghq.com`, `https://YOUR_SITE.datadoghq.com`",
        "Allow `https://*.datadoghq.com` and `https://*.logs.datadoghq.com`.",
        "https://acme-cloud.io/?next=acme.datadoghq.com",
        "https://datadoghq.com.acme-cloud.io",
        "<!-- https://acme.datadoghq.com -->",
    ],
)
def test_what_only_looks_like_a_customers_subdomain_is_none(text: str, tmp_path: Path) -> None:
    assert judge(tmp_path, CUSTOMER, {"README.md": f"# Acme\n\n{text}\n"}) == []


def test_manifest_and_client_are_judged_whatever_they_hold(tmp_path: Path) -> None:
    client = {"integration": {"name": "See https://acme.datadoghq.com/a", "scopes": [1, None]}}
    files = {
        "manifest.json": json.dumps(
            {"tile": {"resources": [{"url": "https://acme.datadoghq.com/x"}], "x": 1}}
        ),
        "assets/oauth_clients.json": json.dumps(client),
    }
    found = judge(tmp_path, CUSTOMER, files)
    assert [str(one.location.path) for one in found] == [
        "manifest.json",
        "assets/oauth_clients.json",
    ]


def client(onboarding: str, *redirects: str) -> dict[str, str]:
    urls = {"onboarding_url": onboarding, "redirect_uris": redirects}
    return {"assets/oauth_clients.json": json.dumps({"integration": urls})}


PLAIN = "https://app.acme-cloud.io/datadog"


@pytest.mark.parametrize(
    ("readme", "client_files", "count"),
    [
        ("Send to `https://api.datadoghq.com/api/v1/events`.", {}, 1),
        ("`api.datadoghq.com`, `api.datadoghq.com` and `trace.agent.datadoghq.com`", {}, 2),
        ("```\nhost: http-intake.logs.us5.datadoghq.com\n```", {}, 1),
        ("[API](https://api.datadoghq.eu/api/v1/validate)", {}, 1),
        ("Use `api.datadoghq.com` in the US, `api.datadoghq.eu` in the EU.", {}, 0),
        ("Use `api.datadoghq.com`, or the host of your [Datadog site][1].\n\n[1]: /x", {}, 0),
        ("`api.datadoghq.com`: see https://docs.datadoghq.com/getting_started/site/", {}, 0),
        ("`DD_SITE=datadoghq.com`, then `api.datadoghq.com`", {}, 0),
        (
            "[Docs](https://docs.datadoghq.com/api/) and [page](https://app.datadoghq.com/logs)",
            {},
            0,
        ),
        ("support@api.datadoghq.com", {}, 0),
        ("", client(PLAIN, PLAIN), 0),
        ("", client(f"{PLAIN}?site=datadoghq.com", PLAIN), 1),
        ("", client(f"{PLAIN}?site=https%3A%2F%2Fus5.datadoghq.com", PLAIN), 1),
        ("", client("https://app.datadoghq.com/integrations/acme", PLAIN), 0),
        ("", client(PLAIN, f"{PLAIN}/us3.datadoghq.com", PLAIN), 1),
        ("", client(PLAIN, f"{PLAIN}/us3.datadoghq.com", f"{PLAIN}/datadoghq.eu"), 0),
        ("", client(f"{PLAIN}?docs=https://docs.datadoghq.com/x"), 0),
    ],
)
def test_a_host_of_one_site_alone_is_found(
    readme: str, client_files: dict[str, str], count: int, tmp_path: Path
) -> None:
    files = {"README.md": f"# Acme\n\n{readme}\n", **client_files}
    assert len(judge(tmp_path, SINGLE, files)) == count


def test_a_host_that_stands_in_several_places_is_one_finding(tmp_path: Path) -> None:
    text = "# Acme\n\n`api.datadoghq.com`\n\n`api.datadoghq.com`\n"
    (finding,) = judge(tmp_path, SINGLE, {"README.md": text})
    assert finding.location.region is not None
    assert finding.location.region.start_line == 3
    assert [one.location.region and one.location.region.start_line for one in finding.related] == [
        5
    ]
