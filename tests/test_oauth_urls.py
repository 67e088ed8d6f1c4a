"""Each mistake in a URL of an OAuth client is found by the one rule that says how to mend it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import judged

from validator.definitions import rules
from validator.discovery import discover
from validator.documents.json import JsonDocument
from validator.integration import OAUTH_CLIENTS, Integration
from validator.reading.urls import parse
from validator.report import Report

RULES = [rule for rule in rules.load() if rule.check.startswith(("oauth_urls.", "oauth_names."))]
GOOD = "https://app.windrose.io/datadog/connect"
BACK = "https://app.windrose.io/datadog/callback"
LOCAL = "https://localhost/cb"
TITLE = "Windrose"


def client(onboarding_url: Any = GOOD, redirect_uris: Any = (BACK,), **more: Any) -> dict[str, Any]:
    return {
        "name": TITLE,
        "description": "Sends forecasts of Windrose as metrics",
        "onboarding_url": onboarding_url,
        "redirect_uris": list(redirect_uris) if isinstance(redirect_uris, tuple) else redirect_uris,
        **more,
    }


def manifest(
    title: Any = TITLE, author: str = "Windrose Ltd", homepage: Any = "https://windrose.io"
) -> dict[str, Any]:
    return {"tile": {"title": title}, "author": {"name": author, "homepage": homepage}}


class Judge:
    """Writes an integration and returns what the rules of this module's subject say about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "windrose"
        (self.folder / "assets").mkdir(parents=True)

    def report(self, root: Any, its_manifest: Any) -> Report:
        (self.folder / OAUTH_CLIENTS).write_text(json.dumps(root))
        (self.folder / "manifest.json").write_text(json.dumps(its_manifest))
        report = judged(self.folder, RULES)
        assert report.internal_errors == ()
        return report

    @property
    def opened(self) -> Integration:
        [integration] = discover([self.folder]).integrations
        return integration

    def __call__(self, client: Any, other_manifest: Any = None) -> list[str]:
        report = self.report({"integration": client}, other_manifest or manifest())
        return [finding.rule.id for finding in report.findings]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (BACK, []),
        # the scheme
        ("http://app.windrose.io/cb", ["insecure-oauth-url"]),
        ("HTTPS://APP.Windrose.IO/cb", []),
        ("htps://app.windrose.io/cb", ["insecure-oauth-url"]),
        ("windrose://callback", ["insecure-oauth-url"]),
        ("javascript:alert(1)", ["insecure-oauth-url"]),
        ("http://app.windrose.io:80/cb", ["insecure-oauth-url"]),
        # machines and networks of developers, tunnels
        ("http://localhost:3005/cb", ["local-oauth-url"]),
        ("http://localhost.com", ["local-oauth-url"]),
        ("https://localhost.dev:8002/cb", ["local-oauth-url"]),
        ("https://127.0.0.1/cb", ["local-oauth-url"]),
        ("https://127.1:8443/cb", ["local-oauth-url"]),
        ("https://2130706433/cb", ["local-oauth-url"]),
        ("https://0x7f000001/cb", ["local-oauth-url"]),
        ("https://0.0.0.0:8080/cb", ["local-oauth-url"]),
        ("https://192.168.1.20/cb", ["local-oauth-url"]),
        ("https://169.254.1.1/cb", ["local-oauth-url"]),
        ("https://100.64.3.2/cb", ["local-oauth-url"]),
        ("https://[::1]:8080/cb", ["local-oauth-url"]),
        ("https://[fe80::1%25eth0]/cb", ["local-oauth-url"]),
        ("https://[fd12:3456::1]/cb", ["local-oauth-url"]),
        ("https://[::ffff:10.0.0.1]/cb", ["local-oauth-url"]),
        ("https://windrose.local/cb", ["local-oauth-url"]),
        ("https://windrose.internal/cb", ["local-oauth-url"]),
        ("https://windrose.test/cb", ["local-oauth-url"]),
        ("https://windrose.localhost/cb", ["local-oauth-url"]),
        ("https://dashboard/cb", ["local-oauth-url"]),
        ("https://windrose.127.0.0.1.nip.io/cb", ["local-oauth-url"]),
        ("https://3f2a-81-2-69-160.ngrok-free.app/cb", ["local-oauth-url"]),
        ("http://windrose.ngrok.io/cb", ["local-oauth-url"]),
        ("https://staging-windrose.loca.lt/cb", ["local-oauth-url"]),
        ("https://blue-fox.trycloudflare.com/cb", ["local-oauth-url"]),
        ("https://webhook.site/windrose", ["local-oauth-url"]),
        ("https://localhost.", ["local-oauth-url"]),
        # ports
        ("https://app.windrose.io:443/cb", []),
        ("https://app.windrose.io:/cb", []),
        ("https://app.windrose.io:8443/cb", ["oauth-url-port"]),
        ("http://app.windrose.io:8080/cb", ["insecure-oauth-url", "oauth-url-port"]),
        # templates
        ("https://*.windrose.io/cb", ["templated-oauth-url"]),
        ("https://{tenant}.windrose.io/cb", ["templated-oauth-url"]),
        ("https://<tenant>.windrose.io/cb", ["templated-oauth-url"]),
        ("https://<your tenant>.windrose.io/cb", ["templated-oauth-url"]),
        ("https://[tenant].windrose.io/cb", ["templated-oauth-url"]),
        ("https://${TENANT}.windrose.io/cb", ["templated-oauth-url"]),
        ("https://app.windrose.io:{port}/cb", ["templated-oauth-url"]),
        ("https://app.windrose.io/*", ["templated-oauth-url"]),
        ("https://app.windrose.io/{org}/cb", ["templated-oauth-url"]),
        ("https://app.windrose.io/%7Borg%7D/cb", ["templated-oauth-url"]),
        ("https://app.windrose.io/[org]/cb", ["templated-oauth-url"]),
        ("https://app.windrose.io/orgs/:orgId/cb", ["templated-oauth-url"]),
        ("https://app.windrose.io/cb?tenant={tenant}", ["templated-oauth-url"]),
        ("https://app.windrose.io/cb?scopes[]=a&glob=*", []),
        ("https://app.windrose.io/time/10:30/cb:done", []),
        ("{{redirect_uri}}", ["templated-oauth-url"]),
        ("<INSERT REDIRECT URI HERE>", ["templated-oauth-url"]),
        ("http://{org}.windrose.io/cb", ["insecure-oauth-url", "templated-oauth-url"]),
        # placeholders
        ("https://app.windrose.io/organizations/org-id/cb", ["placeholder-oauth-url"]),
        ("https://app.windrose.io/orgId/cb", ["placeholder-oauth-url"]),
        ("https://app.windrose.io/your-org/cb", ["placeholder-oauth-url"]),
        ("https://app.windrose.io/YOUR_ORG_ID_HERE/cb", ["placeholder-oauth-url"]),
        ("https://your-company.windrose.io/cb", ["placeholder-oauth-url"]),
        ("https://yourdomain.com/cb", ["placeholder-oauth-url"]),
        ("https://marketplace.windrose.io/TODO", ["placeholder-oauth-url"]),
        ("https://TODO/cb", ["placeholder-oauth-url"]),
        ("https://app.windrose.io/INSERT_TENANT/cb", ["placeholder-oauth-url"]),
        ("https://app.windrose.io/cb?org=your-org", ["placeholder-oauth-url"]),
        ("https://example.com/cb", ["placeholder-oauth-url"]),
        ("http://app.example.com:8080/cb", ["placeholder-oauth-url"]),
        ("https://windrose.example/cb", ["placeholder-oauth-url"]),
        ("TODO", ["placeholder-oauth-url"]),
        ("https://app.windrose.io/todo/insert/your-account/organization", []),
        ("https://app.windrose.io/my-org/settings", []),
        ("https://app.windrose.io/your-team/onboarding/workspace-name", []),
        # no URL at all
        ("app.windrose.io/cb", ["malformed-oauth-url"]),
        ("app.windrose.io:8080/cb", ["malformed-oauth-url"]),
        ("//app.windrose.io/cb", ["malformed-oauth-url"]),
        ("/datadog/cb", ["malformed-oauth-url"]),
        ("https:/app.windrose.io/cb", ["malformed-oauth-url"]),
        ("https:///cb", ["malformed-oauth-url"]),
        ("https://https://app.windrose.io/cb", ["malformed-oauth-url"]),
        ("https:\\\\app.windrose.io\\cb", ["malformed-oauth-url"]),
        ("https://app.windrose .io/cb", ["malformed-oauth-url"]),
        (" https://app.windrose.io/cb", ["malformed-oauth-url"]),
        ("https://staging.windrose.io/c b", ["malformed-oauth-url"]),
        ("https://app..windrose.io/cb", ["malformed-oauth-url"]),
        ("https://-app.windrose.io/cb", ["malformed-oauth-url"]),
        ("https://app%2Ewindrose.io/cb", ["malformed-oauth-url"]),
        ("https://app.windrose.io:99999/cb", ["malformed-oauth-url"]),
        ("https://app.windrose.io:0/cb", ["malformed-oauth-url"]),
        ("https://app.windrose.io:port/cb", ["malformed-oauth-url"]),
        ("https://[zz::1]/cb", ["malformed-oauth-url"]),
        ("https://[::1/cb", ["malformed-oauth-url"]),
        ("https://999.1.1.1/cb", ["malformed-oauth-url"]),
        ("https://user:word@app.windrose.io/cb", ["malformed-oauth-url"]),
        ("https://app.windrose.io@attacker.io/cb", ["malformed-oauth-url"]),
        ("https://app.windrose.io/%zz", ["malformed-oauth-url"]),
        ("https://app.windrose.io/cb#done", ["malformed-oauth-url"]),
        ("https://app.windrose.io/cb#", ["malformed-oauth-url"]),
        ("https://app.windrose.io/users/@me", []),
        ("https://localhost/cb#done", ["local-oauth-url"]),
        ("http://app.windrose.io/TODO", ["insecure-oauth-url", "placeholder-oauth-url"]),
        # unusual
        ("https://app.windrose.io/settings//cb", ["irregular-oauth-url"]),
        ("https://app.windrose.io//", ["irregular-oauth-url"]),
        ("https://8.8.8.8/cb", ["irregular-oauth-url"]),
        ("https://app.windrose.io/cb?next=https://app.windrose.io", []),
        ("https://app.windrose.io.", []),
        ("https://bücher.windrose.io/straße", []),
        # environments
        ("https://dev.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://windrose-dev.com/cb", ["non-production-oauth-url"]),
        ("https://api-staging.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://app.qa2.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://pre-prod.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://pre-prod-eu.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://app.int.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://local.windrose.io/cb", ["non-production-oauth-url"]),
        ("https://app.windrose.io/demo", ["non-production-oauth-url"]),
        ("https://app.windrose.io/api_sandbox/cb", ["non-production-oauth-url"]),
        ("http://uat.windrose.io/cb", ["insecure-oauth-url", "non-production-oauth-url"]),
        ("https://stg-windrose.herokuapp.com/cb", ["non-production-oauth-url"]),
        ("https://device.windrose.io/latest/integrations/localized/betaine", []),
        ("https://app.windrose.io/cb?env=dev", []),
        # app platforms
        ("https://windrose.herokuapp.com/cb", ["preview-platform-oauth-url"]),
        ("https://windrose-git-main.vercel.app/cb", ["preview-platform-oauth-url"]),
        ("https://windrose-ogoislnf.onporter.run/cb", ["preview-platform-oauth-url"]),
        ("https://a1b2c3.execute-api.eu-west-1.amazonaws.com/cb", ["preview-platform-oauth-url"]),
        # ids of one account
        (f"https://app.windrose.io/add/{'63230b73c9624b93' * 2}", ["account-specific-oauth-url"]),
        ("https://app.windrose.io/add/63230b73c9624b93dadf38d4", ["account-specific-oauth-url"]),
        ("https://app.windrose.io/ws-0f8fad5b-d9cb-469f-a165-70867728950e/cb", ["account-specific-oauth-url"]),
        ("https://app.windrose.io/accounts/48392011/cb", ["account-specific-oauth-url"]),
        ("https://app.windrose.io/accounts/48392011/users/48392012", ["account-specific-oauth-url"]),
        ("https://app.windrose.io/v1/20231101/oauth/9/cb", []),
        ("https://app.windrose.io/facade/deadbeefdeadbeefdeadbeef", []),
        # domains
        ("https://app.windorse.io/cb", ["near-miss-host"]),
        ("https://app.windrosse.io/cb", ["near-miss-host"]),
        ("https://app.xn--wndrose-ffb.io/cb", ["near-miss-host"]),
        ("https://login.tidegauge.net/cb", ["unrelated-oauth-hosts"]),
        ("https://login.tidegauge.net/{org}", ["templated-oauth-url"]),
        ("https://app.windrose.com/cb", ["unrelated-oauth-hosts"]),
    ],
)  # fmt: skip
def test_redirect_uri(judge: Judge, url: str, expected: list[str]) -> None:
    assert sorted(judge(client(redirect_uris=(url,)))) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://console.windrose.io/start?from=datadog", []),
        ("https://app.windrose.io/datadog/connect/", []),
        ("https://app.windrose.io", ["bare-onboarding-url"]),
        ("https://app.windrose.io/", ["bare-onboarding-url"]),
        ("https://app.windrose.io/?from=datadog", []),
        ("https://app.windrose.io/#/integrations/datadog", ["irregular-oauth-url"]),
        ("https://app.windrose.io/#/orgs/org-id", ["irregular-oauth-url", "placeholder-oauth-url"]),
        ("https://console-dev.windrose.io/connect", ["non-production-onboarding-url"]),
        ("https://demo.windrose.io/settings//connect", ["irregular-oauth-url", "non-production-onboarding-url"]),
        ("https://windrose-staging.onrender.com/", ["bare-onboarding-url", "non-production-onboarding-url"]),
        ("http://dashboard.windrose.io/connect", ["insecure-oauth-url"]),
        ("http://localhost.com", ["local-oauth-url"]),
        ("https://marketplace.windrose.io/TODO", ["placeholder-oauth-url"]),
        ("https://windorse.io/login", ["near-miss-host"]),
        ("https://tidegauge.net/login", ["unrelated-oauth-hosts"]),
    ],
)  # fmt: skip
def test_onboarding_url(judge: Judge, url: str, expected: list[str]) -> None:
    assert sorted(judge(client(onboarding_url=url))) == expected


@pytest.mark.parametrize(
    ("uris", "expected"),
    [
        ((BACK, BACK), ["duplicate-redirect-uri"]),
        ((BACK, BACK, BACK), ["duplicate-redirect-uri"] * 2),
        ((BACK, f"{BACK}/"), ["equivalent-redirect-uris"]),
        ((BACK, BACK.replace("app", "APP")), ["equivalent-redirect-uris"]),
        ((BACK, BACK.replace(".io", ".io:443")), ["equivalent-redirect-uris"]),
        ((BACK, BACK.upper()), []),
        ((LOCAL, f"{LOCAL}/", BACK, f"{BACK}/"), ["equivalent-redirect-uris", *["local-oauth-url"] * 2]),
        (("windrose://cb", "windrose://cb/", BACK, f"{BACK}/"),
         ["equivalent-redirect-uris", *["insecure-oauth-url"] * 2]),
        # what one rule passes over hides nothing behind it
        ((LOCAL, "https://app.windrose.io//"), ["irregular-oauth-url", "local-oauth-url"]),
        ((LOCAL, "https://app.windrose.io:8443"), ["local-oauth-url", "oauth-url-port"]),
        ((LOCAL, "https://app.windrose.io/id/48392011"), ["account-specific-oauth-url", "local-oauth-url"]),
        # a misspelt host is told once, whatever it is like
        (("https://windorse.io/cb", "https://windorze.io/cb"), ["near-miss-host"] * 2),
        ((BACK, f"{BACK}?a=b"), []),
        (("http://staging.windrose.io", "http://staging.windrose.io"),
         ["duplicate-redirect-uri", "insecure-oauth-url", "non-production-oauth-url"]),
        # the frequent spelling is right, a region or a number is no misspelling
        ((BACK, "https://windrose-eu.io/cb", "https://windrose-us.io/cb"), []),
        (("https://windrose1.com/cb", "https://windrose2.com/cb", BACK), []),
        ((BACK, "https://tidegauge.net/cb"), []),
        (("https://tidegauge.net/cb", "https://tidegague.net/cb", BACK), ["near-miss-host"]),
        # another environment of the same domain
        (("https://staging.windrose.io/cb", "https://tidegauge.net/cb"), ["non-production-oauth-url"]),
        # one for each site
        (tuple(f"{BACK}/datadog-{site}" for site in ("US1", "US3", "US5", "EU1", "US1-FED", "AP1")),
         ["incomplete-site-redirects"]),
        (tuple(f"{BACK}/{site}" for site in ("us1", "us3", "us5", "eu", "ap1", "ap2", "uk1")), []),
        (tuple(f"{BACK}?site={site}" for site in ("datadoghq.com", "us3.datadoghq.com", "datadoghq.eu")),
         ["incomplete-site-redirects"]),
        (tuple(f"{BACK}/{site}" for site in ("a/us3", "a/us5", "us1", "us3", "eu")),
         ["incomplete-site-redirects"]),
        ((BACK, f"{BACK}-us3", f"{BACK}-eu"), ["incomplete-site-redirects"]),
        (tuple(f"https://{region}.windrose.io/cb" for region in ("us1", "eu1", "ap1")), []),
        ((BACK, "https://us3.windrose.io/cb"), []),
    ],
)  # fmt: skip
def test_redirect_uris_together(judge: Judge, uris: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(judge(client(redirect_uris=uris))) == expected


@pytest.mark.parametrize(
    ("home", "label", "is_near"),
    [
        ("windrose", "windorse", True),
        ("windrose", "wiindrosee", True),
        ("windrose", "wiindroosee", False),
        ("windrose", "windrosehq", False),
        ("windrosehq", "windrose", False),
        ("wind", "wend", True),
        ("win", "won", False),
        ("winds", "wendz", True),
        ("wind", "wenz", False),
        ("wind-usa", "wind-uae", False),
        ("wind-asia", "wind-aisa", True),
        ("wind-asia", "windasai", True),
        ("windrose1", "windrose2", False),
    ],
)
def test_a_host_may_be_nearly_the_homepage_s(
    judge: Judge, home: str, label: str, is_near: bool
) -> None:
    urls = client(f"https://app.{home}.io/connect", (f"https://app.{label}.io/cb",))
    its_manifest = manifest(homepage=f"https://{home}.io")
    report = judge.report({"integration": urls}, its_manifest)
    [finding] = report.findings
    assert finding.rule.id == ("near-miss-host" if is_near else "unrelated-oauth-hosts")
    [related] = finding.related
    assert str(related.location.path) == ("manifest.json" if is_near else str(OAUTH_CLIENTS))


def labels(count: int) -> list[str]:
    """Return names of which none is nearly another."""
    letters = "bcdfghjklmnp"
    return [one * 4 + other * 4 for one in letters for other in letters][:count]


def test_the_first_spellings_are_compared_with_each_other(judge: Judge) -> None:
    names = labels(100)
    near = [f"x{name[1:]}" for name in names[98:]]
    uris = tuple(f"https://{name}.io/cb" for name in [*names, *near])
    report = judge.report({"integration": client(redirect_uris=uris)}, manifest())
    told = [each.message for each in report.findings if each.rule.id == "near-miss-host"]
    assert [message.partition(";")[0] for message in told] == [
        f"`{near[0]}.io` is nearly `{names[98]}.io`"
    ]


@pytest.mark.parametrize("count", [1, 5, 6, 1007])
def test_some_of_the_unrelated_domains_are_named(judge: Judge, count: int) -> None:
    uris = tuple(f"https://tide{number:04}.net/cb" for number in range(count))
    report = judge.report({"integration": client(redirect_uris=uris)}, manifest())
    [finding] = report.findings
    assert finding.rule.id == "unrelated-oauth-hosts"
    assert finding.message.count(".net`") == len(finding.related) == min(count, 5)
    more = {1: "", 5: "", 6: " and 1 more", 1007: " and 1,002 more"}[count]
    assert f".net`{more}; expected the same domain for both" in finding.message


def test_an_onboarding_url_alone_is_related_to_nothing(judge: Judge) -> None:
    assert judge(client(redirect_uris=())) == []
    assert judge(client(onboarding_url="", redirect_uris=("https://tidegauge.net/cb",))) == []


@pytest.mark.parametrize(
    ("title", "author", "domain"),
    [
        ("Keelhaul", "Keelhaul", "keelhaulhq.dev"),
        ("LambdaTester", "LambdaTester", "lambdatester.com"),
        ("QA Fox", "QA Fox Inc", "qa-fox.io"),
        ("DevTide", "DevTide", "dev-tide.com"),
        ("Stage", "Stage Systems", "stage.io"),
        ("Local Logic", "Local Logic", "local-logic.co"),
        ("Cost Reports", "Beta Systems", "beta-systems.com.qa"),
    ],
)
def test_a_brand_is_no_environment(judge: Judge, title: str, author: str, domain: str) -> None:
    urls = client(f"https://app.{domain}/connect", (f"https://app.{domain}/cb",), name=title)
    assert judge(urls, manifest(title, author, f"https://www.{domain}")) == []


def test_an_app_platform_may_use_its_own_hosts(judge: Judge) -> None:
    urls = client("https://connect.fly.dev/datadog", ("https://connect.fly.dev/cb",), name="Fly.io")
    assert judge(urls, manifest("Fly.io", "Fly.io", "https://fly.io")) == []


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("Windrose", "Windrose", []),
        ("windrose", "Windrose", ["oauth-client-name-differs"]),
        ("Windrose Platform", "Windrose", ["oauth-client-name-differs"]),
        ("windrosecloud", "Wind Rose Cloud", ["oauth-client-name-differs"]),
        ("Windrose Development", "Windrose", ["oauth-client-name"]),
        ("Windrose (prod) OAuth Client", "Windrose", ["oauth-client-name"]),
        ("wr_s2_prod_client", "Windrose", ["oauth-client-name"]),
        ("WindroseOAuth", "Windrose", ["oauth-client-name"]),
        ("Windrose-Integration", "Windrose", ["oauth-client-name"]),
        ("Windrose API", "Windrose API", []),
        ("WindTest", "WindTest", []),
        ("Windtest Cloud", "WindTest", ["oauth-client-name-differs"]),
        ("Latest Development Kit", "Latest Development Kit", []),
        ("Tidegauge", "Windrose", ["oauth-client-name"]),
        ("Tidegauge for Datadog", "Windrose for Datadog", ["oauth-client-name"]),
    ],
)
def test_client_name(judge: Judge, name: str, title: str, expected: list[str]) -> None:
    assert judge(client(name=name), manifest(title)) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Sends forecasts as metrics", []),
        ("Test management for weather services", []),
        ("windrose", ["oauth-client-description"]),
        ("Metrics", ["oauth-client-description"]),
        ("My test OAuth client", ["oauth-client-description"]),
        ("Windrose integration test", ["oauth-client-description"]),
        ("TODO: describe the client", ["oauth-client-description"]),
        ("Lorem ipsum dolor sit amet", ["oauth-client-description"]),
    ],
)
def test_client_description(judge: Judge, description: str, expected: list[str]) -> None:
    assert judge(client(description=description)) == expected


def test_a_finding_points_at_the_part_that_is_wrong(judge: Judge) -> None:
    client_url = "https://authsvc-staging.windrose.io/call\u00e9back#\U0001f600"
    report = judge.report({"integration": client(redirect_uris=(client_url,))}, manifest())
    document = judge.opened.oauth_clients
    marked = []
    for finding in report.findings:
        region = finding.location.region
        assert region is not None
        start = document.offset(region.start_line, region.start_column)
        marked.append(document.text[start : document.offset(region.end_line, region.end_column)])
    assert marked == ["staging", "#\\ud83d\\ude00"]


def test_the_fix_of_a_duplicate_takes_it_out(judge: Judge) -> None:
    uris = (7, "", "", BACK, BACK)
    report = judge.report({"integration": client(redirect_uris=uris)}, manifest())
    [finding] = report.findings
    assert finding.fix is not None
    [edit] = finding.fix.edits
    region, document = edit.location.region, judge.opened.oauth_clients
    assert region is not None
    start = document.offset(region.start_line, region.start_column)
    end = document.offset(region.end_line, region.end_column)
    mended = json.loads(document.text[:start] + edit.text + document.text[end:])
    assert mended["integration"]["redirect_uris"] == [*uris[:-1]]
    [related] = finding.related
    assert related.message == "the first is here"
    assert related.location.pointer == ("integration", "redirect_uris", 3)


@pytest.mark.parametrize(
    ("url", "difference"),
    [
        (f"{BACK}/", "a final slash"),
        (BACK.replace("app", "APP"), "the writing of the host"),
        (BACK.replace(".io", ".io:443"), "the standard port"),
        (BACK.replace(".io", ".io:443") + "/", "a final slash and the standard port"),
    ],
)
def test_equivalent_redirect_uris_say_in_what_they_differ(
    judge: Judge, url: str, difference: str
) -> None:
    report = judge.report({"integration": client(redirect_uris=(BACK, url))}, manifest())
    [finding] = report.findings
    assert f"differs from another redirect URI only in {difference}; " in finding.message


def test_without_a_manifest_the_urls_are_judged(tmp_path: Path) -> None:
    folder = tmp_path / "qa_fox"
    (folder / "assets").mkdir(parents=True)
    (folder / ".tilelint.yaml").write_text("kind: oauth\n")
    urls = client("https://app.qa-fox.io/connect", ("https://dev.qa-fox.io/cb",), name="OAuth")
    (folder / OAUTH_CLIENTS).write_text(json.dumps({"integration": urls}))
    report = judged(folder, RULES)
    assert [finding.rule.id for finding in report.findings] == [
        "oauth-client-name",
        "non-production-oauth-url",
    ]
    assert report.gaps == ()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from([BACK, "http://", "//["]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(JSON, JSON, JSON, JSON, JSON)
def test_any_value_is_survived(
    tmp_path_factory: pytest.TempPathFactory, one: Any, two: Any, three: Any, four: Any, five: Any
) -> None:
    judge = Judge(tmp_path_factory.mktemp("any"))
    judge(client(one, two, name=three, description=four), manifest(five, homepage=one))
    judge(one, {"tile": two, "author": three})


@given(
    st.lists(
        st.sampled_from(["http", "https", ":", "/", "//", "[", "]", "@", "#", "?", ".", "%", "::1"])
        | st.sampled_from(
            ["localhost", "windrose", "io", "xn--", "\u3002", "\u00fc", "{", "}", "80"]
        )
        | st.text(max_size=3)
    ).map("".join)
)
def test_any_text_is_taken_apart_without_loss(value: str) -> None:
    url = parse(value)
    parts = [url.scheme, url.user, url.host, url.port, url.path, url.query, url.fragment]
    known = [part for part in parts if part is not None]
    known += [*url.labels, *url.own_labels, *url.segments, *url.route, *url.arguments]
    assert all(value[part.start : part.end] == part.text for part in known)
    _ = (url.fault, url.address, url.domain, url.brand, url.normalised)


@given(st.text())
def test_a_slice_of_a_string_is_found_whatever_its_escapes(value: str) -> None:
    from pathlib import PurePosixPath

    for ascii_only in (True, False):
        text = json.dumps([value], ensure_ascii=ascii_only)
        try:
            data = text.encode()
        except UnicodeEncodeError:
            continue
        document = JsonDocument(PurePosixPath("a"), PurePosixPath("b"), data)
        for index, character in enumerate(value):
            region = document.locate_slice((0,), index, index + 1).region
            assert region is not None
            start = document.offset(region.start_line, region.start_column)
            end = document.offset(region.end_line, region.end_column)
            assert json.loads(f'"{document.text[start:end]}"') == character


def test_the_kept_list_of_public_suffixes_answers_as_the_library_does() -> None:
    from publicsuffixlist import PSLFILE, PublicSuffixList

    from validator.reading import urls

    urls._suffixes.cache_clear()  # noqa: SLF001 (what is kept in its place)
    kept, own = urls._suffixes(), PublicSuffixList()  # noqa: SLF001 (what is kept in its place)
    lines = Path(PSLFILE).read_text(encoding="utf-8").splitlines()
    names = [line.lstrip("!*.") for line in lines if line and not line.startswith("//")]
    assert len(names) > 5_000
    for name in (*names, "xn--p1ai", "nobody-has-this"):
        for host in (name, f"acme.{name}", f"app.acme.{name}", f"eu.app.acme.{name}"):
            assert kept.publicsuffix(host) == own.publicsuffix(host)
            assert kept.privatesuffix(host) == own.privatesuffix(host)
