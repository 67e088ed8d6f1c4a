"""One mistake gives one finding: each defect, alone in a whole integration, is told once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pytest
from conftest import ROOT

from validator import engine
from validator.definitions import rules
from validator.integration import Integration
from validator.model import Level
from validator.sources.trees import Tree

MANIFEST, README, CLIENT = "manifest.json", "README.md", "assets/oauth_clients.json"
METRICS, FLOWS, CHECKS = "metadata.csv", "assets/dataflows.yaml", "assets/service_checks.json"
CHANGELOG, PICTURE = "CHANGELOG.md", "images/connect.png"
OVERVIEW = "assets/dashboards/nimbus_deploy_overview.json"
MONITOR = "assets/monitors/deployment_duration.json"
NAMES = {
    "oauth": "nimbus_deploy",
    "agent": "tidegauge",
    "marketplace": "larkfield_cost_report",
}

_FLOWS = """provides:
  - id: nimbus-deploy-metrics
    always_on: true
    granular: false
    data_type: metrics
    direction: inbound
  - id: nimbus-deploy-events
    always_on: true
    granular: false
    data_type: events
    direction: inbound
"""

Files = dict[str, bytes]
Defect = Callable[[Files], None]


class Memory(Tree):
    """Files that lie nowhere."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {PurePosixPath(path): data for path, data in files.items()}

    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        """Return the names in a folder, each with whether it is a folder."""
        found = {}
        for path in self._files:
            if path.is_relative_to(folder) and path != folder:
                inner = path.relative_to(folder).parts
                found[inner[0]] = len(inner) > 1
        return dict(sorted(found.items()))

    def size(self, path: PurePosixPath) -> int:
        """Return the size of a file."""
        return len(self._files[path])

    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        """Return a file's bytes."""
        return self._files[path][: most if most >= 0 else None]

    def below(self, folder: PurePosixPath) -> Tree:
        """Return the tree of a folder."""
        inner = {path: data for path, data in self._files.items() if path.is_relative_to(folder)}
        return Memory({str(path.relative_to(folder)): data for path, data in inner.items()})


@cache
def whole(kind: str) -> Mapping[str, bytes]:
    folder = ROOT / "fixtures" / f"complete-{kind}" / NAMES[kind]
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    # A partner is not to have dataflows, which is a note; what is wrong in them counts all the same.
    return {**files, FLOWS: _FLOWS.encode()} if kind == "oauth" else files


def told(files: Mapping[str, bytes], kind: str = "oauth") -> list[str]:
    """Return the rules of the errors and warnings on an integration."""
    path = PurePosixPath(NAMES[kind])
    report = engine.run([Integration(Memory(files), path, path.name)], rules.load())
    assert report.internal_errors == ()
    found = [each.rule.id for each in report.findings if each.level is not Level.NOTE]
    gaps = [str(skip) for skip in report.skips if skip.missing is None]
    assert gaps == [] or found == ["unreadable-document"]
    return found


def put(name: str, old: str, new: str) -> Defect:
    """Write something else, once."""

    def change(files: Files) -> None:
        text = files[name].decode()
        assert old in text, f"{name} lacks {old!r}"
        files[name] = text.replace(old, new, 1).encode()

    return change


def append(name: str, text: str) -> Defect:
    def change(files: Files) -> None:
        files[name] += text.encode()

    return change


def move(old: str, new: str) -> Defect:
    def change(files: Files) -> None:
        files[new] = files.pop(old)

    return change


def lose(name: str) -> Defect:
    def change(files: Files) -> None:
        del files[name]

    return change


def write(name: str, text: str) -> Defect:
    def change(files: Files) -> None:
        files[name] = text.encode()

    return change


def value(name: str, *pointer: str | int, to: Any) -> Defect:
    """Set a value of a JSON document."""

    def change(files: Files) -> None:
        document = json.loads(files[name])
        parent = document
        for step in pointer[:-1]:
            parent = parent[step]
        parent[pointer[-1]] = to
        files[name] = json.dumps(document, indent=2).encode()

    return change


def drop(name: str, *pointer: str | int) -> Defect:
    """Take a value out of a JSON document."""

    def change(files: Files) -> None:
        document = json.loads(files[name])
        parent = document
        for step in pointer[:-1]:
            parent = parent[step]
        del parent[pointer[-1]]
        files[name] = json.dumps(document, indent=2).encode()

    return change


def tag(old: str, new: str) -> Defect:
    return put(MANIFEST, f'"{old}"', f'"{new}"')


def scopes(*names: str) -> Defect:
    return value(CLIENT, "integration", "scopes", to=list(names))


def onboarding(url: str) -> Defect:
    return value(CLIENT, "integration", "onboarding_url", to=url)


def redirect(url: str) -> Defect:
    return value(CLIENT, "integration", "redirect_uris", to=[url])


def heading(old: str, new: str) -> Defect:
    return put(README, f"{old}\n", f"{new}\n")


def conflict(name: str, line: str) -> Defect:
    """Leave a merge of one line undone."""
    return put(name, line, f"<<<<<<< HEAD\n{line}\n=======\n{line}\n>>>>>>> topic\n")


class Seed(NamedTuple):
    """A defect, the rules that tell of it, and why there are two where there are."""

    defect: Defect
    rules: tuple[str, ...]
    kind: str = "oauth"
    reason: str = ""


SEEDS: dict[str, Seed] = {}

TOLD = {
    "broken-manifest-path": (
        "media with a URL",
        "changelog renamed",
        "changelog missing",
        "changelog in another case",
    ),
    "broken-repository-link": ("metadata link to nothing",),
    "dangling-oauth-reference": (
        "client renamed",
        "client renamed a little",
        "client in another case",
        "client moved",
        "client missing",
    ),
    "dangling-readme-anchor": (
        "heading ## Set up",
        "heading ## Set-up",
        "heading ## Setpu",
        "heading ## Configuration",
        "heading ## Suport",
        "heading ## Supprt",
        "heading ## Help",
        "heading ## Overveiw",
        "heading ## Over view",
        "heading ##Overview",
        "heading ##Setup",
        "heading ##Support",
        "agent: heading ## Set up",
        "agent: heading ## Suport",
        "agent: heading ## Overveiw",
        "marketplace: heading ## Set up",
        "reference empty",
        "reference with a misspelt file",
    ),
    "dangling-uninstallation-reference": (
        "heading ## Uninstall",
        "heading ## Uninstalling",
        "heading ## Uninstalation",
        "heading ## Remove the integration",
        "marketplace: heading ## Uninstall",
        "uninstallation is a number",
    ),
    "datadog-oauth-url": (
        "onboarding URL on app.datadoghq.com",
        "redirect URI on app.datadoghq.com",
        "onboarding URL on app.datadoghq.eu",
        "redirect URI on app.datadoghq.eu",
        "onboarding URL on app.ddog-gov.com",
        "redirect URI on app.ddog-gov.com",
        "onboarding URL on us3.datadoghq.com",
        "redirect URI on us3.datadoghq.com",
        "onboarding URL on acme.datadoghq.com",
        "redirect URI on acme.datadoghq.com",
        "onboarding URL on www.datadoghq.com",
        "redirect URI on www.datadoghq.com",
        "onboarding URL on docs.datadoghq.com",
        "redirect URI on docs.datadoghq.com",
        "onboarding URL on datadoghq.com",
        "redirect URI on datadoghq.com",
        "onboarding URL on api.datadoghq.com",
        "redirect URI on api.datadoghq.com",
    ),
    "description-length": ("description a text too long",),
    "duplicate-key": ("a key twice, invalid",),
    "duplicate-media": ("media twice",),
    "empty-gallery": ("media empty",),
    "empty-readme-section": ("no section text",),
    "insecure-homepage": ("homepage insecure",),
    "insecure-oauth-url": (
        "redirect URI http://app.nimbus-deploy.io/cb",
        "onboarding URL http://app.nimbus-deploy.io/cb",
        "redirect URI nimbus://cb",
        "onboarding URL nimbus://cb",
    ),
    "invalid-dataflow": ("dataflows are a text",),
    "invalid-manifest-value": (
        "reference is a number",
        "app_id is a list",
        "app_uuid is a list",
        "display_on_public_website is a list",
        "tile is a text",
        "assets is a text",
        "author is a text",
        "title is a mapping",
        "description is a mapping",
        "media is a mapping",
        "overview is a mapping",
        "configuration is a mapping",
        "support is a mapping",
        "changelog is a mapping",
        "assets: dashboards is a list",
        "assets: monitors is a list",
        "assets: integration is a list",
        "integration: source_type_name is a list",
        "integration: source_type_id is a list",
        "integration: metrics is a list",
        "integration: service_checks is a list",
        "integration: auto_install is a list",
        "author: name is a number",
        "author: name is empty",
        "author: homepage is a number",
        "author: homepage is empty",
        "author: support_email is a number",
        "author: support_email is empty",
        "author: sales_email is a number",
        "author: sales_email is empty",
        "app_id in another form",
        "homepage invalid",
        "e-mail invalid",
        "media of an unknown type",
        "media with an empty image",
        "media with a number as image",
        "media with a text",
        "prefix ",
        "prefix a number",
    ),
    "invalid-metadata-header": ("CSV column missing",),
    "invalid-oauth-client": (
        "redirect URI ",
        "onboarding URL ",
        "onboarding URL missing",
        "client empty",
        "client with a misspelt onboarding_url",
        "client name empty",
        "client description missing",
    ),
    "invalid-service-check": ("agent: service checks misspelt",),
    "irregular-oauth-url": ("onboarding URL https://app.nimbus-deploy.io/cb#x",),
    "local-oauth-url": (
        "redirect URI http://localhost:3000/cb",
        "onboarding URL http://localhost:3000/cb",
        "redirect URI https://localhost/cb",
        "onboarding URL https://localhost/cb",
        "redirect URI http://127.0.0.1/cb",
        "onboarding URL http://127.0.0.1/cb",
        "redirect URI https://nimbus.ngrok.io/cb",
        "onboarding URL https://nimbus.ngrok.io/cb",
    ),
    "malformed-heading": ("heading in HTML",),
    "malformed-oauth-url": (
        "redirect URI app.nimbus-deploy.io/cb",
        "onboarding URL app.nimbus-deploy.io/cb",
        "redirect URI https:/app.nimbus-deploy.io/cb",
        "onboarding URL https:/app.nimbus-deploy.io/cb",
        "redirect URI https://app.nimbus-deploy.io/cb#x",
        "redirect URI https://app.nimbus-deploy.io/a b",
        "onboarding URL https://app.nimbus-deploy.io/a b",
    ),
    "media-caption": ("media with an empty caption",),
    "media-format": ("picture empty",),
    "metadata-duplicate": ("CSV metric twice",),
    "metadata-integration-name": (
        "source type wrong",
        "source type wrong, agent",
    ),
    "metadata-metric-name": ("CSV metric with a blank",),
    "metadata-value": ("CSV type wrong",),
    "metric-check-not-in-metadata": (
        "CSV metric misspelt",
        "check wrong",
    ),
    "metric-prefix-mismatch": (
        "prefix nimbus.",
        "prefix nimbusdeploy.",
        "prefix Nimbus_deploy.",
        "prefix nimbus_depoly.",
        "prefix nimbus_deploy.deployments.",
    ),
    "misnamed-manifest": ("manifest renamed",),
    "misplaced-oauth-reference": ("oauth in a wrong place",),
    "missing-api-keys-link": ("API keys link lost",),
    "missing-manifest-field": (
        "manifest without tile",
        "manifest without assets",
        "manifest without author",
        "manifest without author, marketplace",
        "manifest without app_id",
        "manifest without app_uuid",
        "manifest without display_on_public_website",
        "manifest without manifest_version",
        "tile without title",
        "tile without description",
        "tile without media",
        "tile without overview",
        "tile without configuration",
        "tile without support",
        "tile without changelog",
        "integration without source_type_name",
        "integration without source_type_id",
        "integration without service_checks",
        "integration without auto_install",
        "author without name",
        "author without homepage",
        "author without support_email",
        "media without an image",
        "media without a caption",
        "media without a type",
        "prefix missing",
    ),
    "missing-readme-section": (
        "heading ### Overview",
        "heading # Overview",
        "heading ### Setup",
        "heading ### Support",
        "heading **Support**",
        "agent: heading ### Overview",
        "section Support lost",
        "section Setup lost",
    ),
    "missing-sales-email": ("author without sales_email",),
    "missing-uninstallation-reference": ("uninstallation key misspelt",),
    "missing-uninstallation-section": ("heading ##Uninstallation",),
    "misspelt-readme-section": (
        "heading ## SetUp",
        "heading ## setup",
        "heading ## support",
        "heading ## overview",
        "heading ## Data collected",
        "heading ## Data Colected",
        "heading ## Collected Data",
    ),
    "monitor-integration-tag": ("app_id wrong",),
    "multiple-titles": ("second title",),
    "near-miss-host": (
        "redirect URI https://app.nimbus-depoly.io/cb",
        "onboarding URL https://app.nimbus-depoly.io/cb",
    ),
    "non-production-oauth-url": ("redirect URI https://staging.nimbus-deploy.io/cb",),
    "non-production-onboarding-url": ("onboarding URL https://staging.nimbus-deploy.io/cb",),
    "oauth-url-port": (
        "redirect URI https://app.nimbus-deploy.io:8443/cb",
        "onboarding URL https://app.nimbus-deploy.io:8443/cb",
    ),
    "placeholder-in-manifest": ("title a placeholder",),
    "placeholder-oauth-url": (
        "redirect URI https://example.com/cb",
        "onboarding URL https://example.com/cb",
        "redirect URI TODO",
        "onboarding URL TODO",
    ),
    "preview-platform-oauth-url": (
        "redirect URI https://nimbus-deploy.vercel.app/cb",
        "onboarding URL https://nimbus-deploy.vercel.app/cb",
    ),
    "templated-oauth-url": (
        "redirect URI https://<your-domain>/cb",
        "onboarding URL https://<your-domain>/cb",
        "redirect URI https://*.nimbus-deploy.io/cb",
        "onboarding URL https://*.nimbus-deploy.io/cb",
    ),
    "undefined-link-reference": (
        "link definition missing",
        "link definition wrong",
        "link without a colon",
        "image missing in the README",
    ),
    "unexpected-oauth-client": ("client role wrong",),
    "uninstallation-heading-level": (
        "heading ### Uninstall",
        "heading ### Uninstall the Nimbus Deploy integration",
        "heading ### Uninstallation",
        "heading # Uninstallation",
        "heading #### Uninstall",
    ),
    "unknown-manifest-field": (
        "a key of version 1",
        "a key in a wrong place",
        "a title key misspelt",
        "media key misspelt",
        "dashboards key misspelt",
        "tags key misspelt",
    ),
    "unpublished-oauth-client-id": ("client id a placeholder",),
    "unreadable-document": ("changelog empty",),
    "unregistered-asset": (
        "assets without dashboards",
        "assets without monitors",
        "dashboard not named",
    ),
    "unregistered-metadata": (
        "assets without integration",
        "integration without metrics",
    ),
    "unregistered-oauth-clients": ("client not registered",),
    "unrelated-oauth-hosts": (
        "redirect URI https://app.other.io/cb",
        "onboarding URL https://app.other.io/cb",
    ),
    "unsupported-manifest-version": ("manifest_version is a list",),
    "missing-configuration-spec": ("agent: spec renamed",),
}
"""The rule that tells of each defect whose seed names none."""

RULES = {name: rule for rule, names in TOLD.items() for name in names}


def seed(name: str, defect: Defect, *ids: str, kind: str = "oauth", reason: str = "") -> None:
    assert name not in SEEDS
    SEEDS[name] = Seed(defect, ids or (RULES[name],), kind, reason)


# Tags

SUBMITTED = "Submitted Data Type::Events"
for name, written in {
    "one colon": "Submitted Data Type:Events",
    "three colons": "Submitted Data Type:::Events",
    "blanks around the colons": "Submitted Data Type :: Events",
    "blanks around the tag": " Submitted Data Type::Events ",
    "lower case": "submitted data type::events",
    "a hyphen": "Submitted Data Type - Events",
    "a wrong group": "Submitted Data::Events",
    "a misspelt value": "Submitted Data Type::Evnets",
    "a singular value": "Submitted Data Type::Event",
}.items():
    seed(f"tag with {name}", tag(SUBMITTED, written), "unknown-classifier-tag")
seed(
    "only metrics tag, one colon",
    tag("Submitted Data Type::Metrics", "Submitted Data Type:Metrics"),
    "unknown-classifier-tag",
    kind="marketplace",
)
seed(
    "queried tag with one colon",
    tag("Queried Data Type::Events", "Queried Data Type:Events"),
    "unknown-classifier-tag",
)
seed(
    "queried tag misspelt",
    tag("Queried Data Type::Events", "Queried Data Type::Evnts"),
    "unknown-classifier-tag",
)
seed(
    "queried tag of a wrong group",
    tag("Queried Data Type::Events", "Query Data Type::Events"),
    "unknown-classifier-tag",
)
seed(
    "category misspelt",
    tag("Category::Automation", "Category::Automaton"),
    "unknown-classifier-tag",
)
seed(
    "offering in lower case",
    tag("Offering::Integration", "offering::integration"),
    "unknown-classifier-tag",
)
seed(
    "supported OS misspelt",
    tag("Supported OS::Any", "Supported OS::Anny"),
    "unknown-classifier-tag",
)
seed(
    "supported OS, one colon",
    tag("Supported OS::Any", "Supported OS:Any"),
    "unknown-classifier-tag",
)
seed("a tag twice", tag("Category::Automation", "Category::Metrics"), "duplicate-classifier-tag")
seed("tags missing", drop(MANIFEST, "tile", "classifier_tags"), "missing-manifest-field")
seed("tags empty", value(MANIFEST, "tile", "classifier_tags", to=[]), "missing-classifier-tag")
seed(
    "tags are a text",
    value(MANIFEST, "tile", "classifier_tags", to="Category::Metrics"),
    "invalid-manifest-value",
)

# Scopes

for name in (
    "api_key_write",
    "apikeys_write",
    "api_keys_writes",
    "api-keys-write",
    "API_KEYS_WRITE",
    "api_keys_wirte",
):
    seed(f"scope {name}", scopes(name, "events_read"), "unknown-oauth-scope")
for name in ("event_read", "events_reads", "events-read", "EVENTS_READ"):
    seed(f"scope {name}", scopes("api_keys_write", name), "unknown-oauth-scope")
seed("scope twice", scopes("api_keys_write", "events_read", "events_read"), "duplicate-oauth-scope")
seed("scopes empty", scopes(), "invalid-oauth-client")
seed("scopes missing", drop(CLIENT, "integration", "scopes"), "invalid-oauth-client")
seed(
    "scopes are a text",
    value(CLIENT, "integration", "scopes", to="api_keys_write events_read"),
    "invalid-oauth-client",
)
seed("scope is a number", value(CLIENT, "integration", "scopes", 1, to=7), "invalid-oauth-client")

# Sections

for written in (
    "## Set up",
    "## Set-up",
    "## Setpu",
    "## SetUp",
    "## setup",
    "## Configuration",
):
    seed(f"heading {written}", heading("## Setup", written))
for written in ("## Suport", "## Supprt", "## Help", "## support"):
    seed(f"heading {written}", heading("## Support", written))
for written in (
    "## Overveiw",
    "## Over view",
    "## overview",
    "##Overview",
    "### Overview",
    "# Overview",
):
    seed(f"heading {written}", heading("## Overview", written))
for written in ("## Data collected", "## Data Colected", "## Collected Data"):
    seed(f"heading {written}", heading("## Data Collected", written))
for written in (
    "## Uninstall",
    "### Uninstall",
    "### Uninstall the Nimbus Deploy integration",
    "## Uninstalling",
    "### Uninstallation",
    "# Uninstallation",
    "## Uninstalation",
    "##Uninstallation",
    "## Remove the integration",
    "#### Uninstall",
):
    seed(f"heading {written}", heading("## Uninstallation", written))
seed("heading ##Setup", heading("## Setup", "##Setup"))
seed("heading ##Support", heading("## Support", "##Support"))
seed("heading ### Setup", heading("## Setup", "### Setup"))
seed("heading ### Support", heading("## Support", "### Support"))
seed("heading in HTML", heading("## Support", "<h2>Support</h2>"))
seed("heading **Support**", heading("## Support", "**Support**"))
seed("agent: heading ## Set up", heading("## Setup", "## Set up"), kind="agent")
seed("agent: heading ## Suport", heading("## Support", "## Suport"), kind="agent")
seed("agent: heading ## Overveiw", heading("## Overview", "## Overveiw"), kind="agent")
seed("agent: heading ### Overview", heading("## Overview", "### Overview"), kind="agent")
seed(
    "marketplace: heading ## Uninstall",
    heading("## Uninstallation", "## Uninstall"),
    kind="marketplace",
)
seed("marketplace: heading ## Set up", heading("## Setup", "## Set up"), kind="marketplace")
seed(
    "section Support lost",
    lambda files: (
        put(README, "## Support\n\nNeed help? Contact [Nimbus Deploy support][5].\n", "")(files)
        or put(README, "[5]: mailto:support@nimbus-deploy.io\n", "")(files)
    ),
)
seed("section Setup lost", heading("## Setup", ""))
seed(
    "reference misspelt",
    value(MANIFEST, "tile", "configuration", to="README.md#Set up"),
    "dangling-readme-anchor",
)
seed(
    "reference to Uninstall",
    value(MANIFEST, "tile", "uninstallation", to="README.md#Uninstall"),
    "dangling-uninstallation-reference",
)
seed("reference empty", value(MANIFEST, "tile", "support", to=""))
seed("reference is a number", value(MANIFEST, "tile", "support", to=1))
seed("uninstallation is a number", value(MANIFEST, "tile", "uninstallation", to=1))
seed(
    "reference uninstallation lost",
    drop(MANIFEST, "tile", "uninstallation"),
    "missing-uninstallation-reference",
)
seed(
    "reference with a misspelt file",
    value(MANIFEST, "tile", "support", to="Readme.md#Support"),
)

# URLs

for site in (
    "app.datadoghq.com",
    "app.datadoghq.eu",
    "app.ddog-gov.com",
    "us3.datadoghq.com",
    "acme.datadoghq.com",
    "www.datadoghq.com",
    "docs.datadoghq.com",
    "datadoghq.com",
    "api.datadoghq.com",
):
    seed(f"onboarding URL on {site}", onboarding(f"https://{site}/integrations/nimbus-deploy"))
    seed(f"redirect URI on {site}", redirect(f"https://{site}/callback"))
for url in (
    "http://localhost:3000/cb",
    "https://localhost/cb",
    "http://127.0.0.1/cb",
    "http://app.nimbus-deploy.io/cb",
    "https://app.nimbus-deploy.io:8443/cb",
    "app.nimbus-deploy.io/cb",
    "https:/app.nimbus-deploy.io/cb",
    "https://example.com/cb",
    "https://<your-domain>/cb",
    "https://nimbus.ngrok.io/cb",
    "https://staging.nimbus-deploy.io/cb",
    "https://nimbus-deploy.vercel.app/cb",
    "https://app.nimbus-depoly.io/cb",
    "https://app.other.io/cb",
    "https://*.nimbus-deploy.io/cb",
    "",
    "TODO",
    "https://app.nimbus-deploy.io/cb#x",
    "https://app.nimbus-deploy.io/a b",
    "nimbus://cb",
):
    seed(f"redirect URI {url}", redirect(url))
    seed(f"onboarding URL {url}", onboarding(url))
seed(
    "redirect URI twice",
    value(CLIENT, "integration", "redirect_uris", to=["https://app.nimbus-deploy.io/cb"] * 2),
    "duplicate-redirect-uri",
)
seed(
    "redirect URIs empty",
    value(CLIENT, "integration", "redirect_uris", to=[]),
    "invalid-oauth-client",
)
seed("redirect URIs missing", drop(CLIENT, "integration", "redirect_uris"), "invalid-oauth-client")
seed("onboarding URL missing", drop(CLIENT, "integration", "onboarding_url"))
seed(
    "redirect URIs are a text",
    value(CLIENT, "integration", "redirect_uris", to="https://app.nimbus-deploy.io/cb"),
    "invalid-oauth-client",
)

# Dataflows

EVENTS = "    data_type: events\n"
METRICS_FLOW = "    data_type: metrics\n"
seed("dataflow without a type", put(FLOWS, EVENTS, ""), "invalid-dataflow")
for written in ("event", "Events", "evnts", "[events]", "7", "foo", '""'):
    seed(
        f"dataflow of the type {written}",
        put(FLOWS, EVENTS, f"    data_type: {written}\n"),
        "invalid-dataflow",
    )
seed("dataflow without the type metrics", put(FLOWS, METRICS_FLOW, ""), "invalid-dataflow")
seed(
    "dataflow with a misspelt key", put(FLOWS, EVENTS, "    datatype: events\n"), "invalid-dataflow"
)
seed(
    "dataflow without an id",
    put(FLOWS, "id: nimbus-deploy-events\n    always_on", "always_on"),
    "invalid-dataflow",
)
seed(
    "dataflow of an unknown direction",
    put(
        FLOWS,
        "data_type: events\n    direction: inbound",
        "data_type: events\n    direction: inwards",
    ),
    "invalid-dataflow",
)
seed(
    "dataflow with an id twice",
    put(FLOWS, "nimbus-deploy-events", "nimbus-deploy-metrics"),
    "invalid-dataflow",
)
seed("dataflows misspelt", put(FLOWS, "provides:", "provide:"), "invalid-dataflow")
seed("dataflows are a text", write(FLOWS, "provides\n"))
seed("dataflows are a mapping", write(FLOWS, "provides: {a: b}\n"), "invalid-dataflow")
seed("dataflows broken", put(FLOWS, "provides:", "provides: ["), "unreadable-document")
seed("dataflows renamed", move(FLOWS, "assets/dataflows.yml"), "invalid-dataflow")
seed(
    "dataflow is a text",
    put(
        FLOWS,
        "  - id: nimbus-deploy-events\n    always_on: true\n    granular: false\n    data_type: events\n    direction: inbound\n",
        "  - events\n",
    ),
    "invalid-dataflow",
)
seed(
    "dataflow lost",
    put(
        FLOWS,
        "  - id: nimbus-deploy-events\n    always_on: true\n    granular: false\n    data_type: events\n    direction: inbound\n",
        "",
    ),
    "dataflow-contradiction",
)

# Manifest

for version in ('"1"', '"1.0.0"', '"2"', '"3.0.0"', "2", '"2.0"', "null"):
    seed(f"version {version}", put(MANIFEST, '"2.0.0"', version), "unsupported-manifest-version")
V1 = {
    "display_name": "Nimbus Deploy",
    "maintainer": "help@nimbus-deploy.io",
    "manifest_version": "1.0.0",
    "name": "nimbus_deploy",
    "metric_prefix": "nimbus_deploy.",
    "metric_to_check": "nimbus_deploy.deployment.count",
    "creates_events": True,
    "short_description": "x",
    "guid": "5f0c9a0e-6d1b-4e0c-9d57-1f4f7a6f2b11",
    "support": "partner",
    "supported_os": ["linux"],
    "public_title": "Nimbus",
    "categories": ["metrics"],
    "type": "crawler",
    "is_public": True,
    "integration_id": "nimbus-deploy",
    "assets": {
        "dashboards": {"Nimbus": "assets/dashboards/nimbus_deploy_overview.json"},
        "monitors": {},
        "service_checks": "assets/service_checks.json",
    },
}
seed(
    "a manifest of version 1",
    write(MANIFEST, json.dumps(V1, indent=2)),
    "unsupported-manifest-version",
)
seed(
    "agent: a manifest of version 1",
    write(MANIFEST, json.dumps(V1, indent=2)),
    "unsupported-manifest-version",
    kind="agent",
)
seed("manifest without tile", drop(MANIFEST, "tile"))
seed("manifest without assets", drop(MANIFEST, "assets"))
seed("manifest without author", drop(MANIFEST, "author"))
seed("manifest without author, marketplace", drop(MANIFEST, "author"), kind="marketplace")
for key in ("app_id", "app_uuid", "display_on_public_website", "manifest_version"):
    seed(f"manifest without {key}", drop(MANIFEST, key))
    seed(f"{key} is a list", value(MANIFEST, key, to=[]))
for key in ("tile", "assets", "author"):
    seed(f"{key} is a text", value(MANIFEST, key, to="x"))
for key in ("title", "description", "media", "overview", "configuration", "support", "changelog"):
    seed(f"tile without {key}", drop(MANIFEST, "tile", key))
    seed(f"{key} is a mapping", value(MANIFEST, "tile", key, to={}))
for key in ("dashboards", "monitors", "integration"):
    seed(f"assets without {key}", drop(MANIFEST, "assets", key))
    seed(f"assets: {key} is a list", value(MANIFEST, "assets", key, to=[]))
for key in (
    "source_type_name",
    "source_type_id",
    "metrics",
    "service_checks",
    "auto_install",
):
    seed(f"integration without {key}", drop(MANIFEST, "assets", "integration", key))
    seed(f"integration: {key} is a list", value(MANIFEST, "assets", "integration", key, to=[]))
for key in ("name", "homepage", "support_email", "sales_email"):
    seed(f"author without {key}", drop(MANIFEST, "author", key))
    seed(f"author: {key} is a number", value(MANIFEST, "author", key, to=4))
    seed(f"author: {key} is empty", value(MANIFEST, "author", key, to=""))
seed("app_id wrong", value(MANIFEST, "app_id", to="nimbus"))
seed("app_id in another form", value(MANIFEST, "app_id", to="Nimbus Deploy"))
seed(
    "source type wrong",
    value(MANIFEST, "assets", "integration", "source_type_name", to="Nimbus"),
)
seed(
    "source type wrong, agent",
    value(MANIFEST, "assets", "integration", "source_type_name", to="Tide"),
    kind="agent",
)
seed("homepage invalid", value(MANIFEST, "author", "homepage", to="nimbus-deploy"))
seed(
    "homepage insecure",
    value(MANIFEST, "author", "homepage", to="http://www.nimbus-deploy.io"),
)
seed("e-mail invalid", value(MANIFEST, "author", "support_email", to="support"))
seed("a key of version 1", value(MANIFEST, "maintainer", to="x@nimbus-deploy.io"))
seed("an unknown key", value(MANIFEST, "colour", to="x"), "unknown-manifest-field")
seed(
    "a key in a wrong place",
    lambda files: (
        value(MANIFEST, "media", to=json.loads(files[MANIFEST])["tile"]["media"])(files)
        or drop(MANIFEST, "tile", "media")(files)
    ),
)
seed(
    "oauth in a wrong place",
    lambda files: (
        value(MANIFEST, "oauth", to=CLIENT)(files) or drop(MANIFEST, "assets", "oauth")(files)
    ),
)
seed(
    "a title key misspelt",
    put(MANIFEST, '"title": "Nimbus Deploy"', '"titel": "Nimbus Deploy"'),
)
seed("media key misspelt", put(MANIFEST, '"media": [', '"medias": ['))
seed("dashboards key misspelt", put(MANIFEST, '"dashboards": {', '"dashboard": {'))
seed("tags key misspelt", put(MANIFEST, '"classifier_tags": [', '"classifer_tags": ['))
seed("uninstallation key misspelt", put(MANIFEST, '"uninstallation": ', '"uninstall": '))
seed(
    "a key twice",
    put(
        MANIFEST,
        '"owner": "saas-integrations",',
        '"owner": "saas-integrations",\n  "owner": "saas-integrations",',
    ),
    "duplicate-key",
)
seed(
    "a key twice, invalid",
    put(MANIFEST, '"owner": "saas-integrations",', '"owner": "saas-integrations",\n  "owner": 5,'),
)
seed("manifest broken", put(MANIFEST, '"owner"', '"owner'), "unreadable-document")
seed("manifest a list", write(MANIFEST, "[]"), "unreadable-document")
seed("manifest renamed", move(MANIFEST, "Manifest.json"))
seed("title a placeholder", value(MANIFEST, "tile", "description", to="TODO"))
seed(
    "description a text too long",
    value(
        MANIFEST,
        "tile",
        "description",
        to="Follow deployments and their duration next to your service metrics and to many others as well",
    ),
)

# Media

seed("media empty", value(MANIFEST, "tile", "media", to=[]))
seed("media without an image", drop(MANIFEST, "tile", "media", 0, "image_url"))
seed("media without a caption", drop(MANIFEST, "tile", "media", 0, "caption"))
seed("media without a type", drop(MANIFEST, "tile", "media", 0, "media_type"))
seed("media of an unknown type", value(MANIFEST, "tile", "media", 0, "media_type", to="picture"))
seed("media with an empty image", value(MANIFEST, "tile", "media", 0, "image_url", to=""))
seed("media with a number as image", value(MANIFEST, "tile", "media", 0, "image_url", to=3))
seed("media with an empty caption", value(MANIFEST, "tile", "media", 0, "caption", to=""))
seed("media with a text", value(MANIFEST, "tile", "media", 0, to="images/deployments.png"))
seed(
    "media with a URL",
    value(MANIFEST, "tile", "media", 0, "image_url", to="https://nimbus-deploy.io/a.png"),
)
seed(
    "media twice",
    value(MANIFEST, "tile", "media", 1, "image_url", to="images/deployments.png"),
)
seed("picture renamed", move(PICTURE, "images/connected.png"), "broken-manifest-path")
seed("picture renamed to another kind", move(PICTURE, "images/connect.jpg"), "broken-manifest-path")
seed("picture in another case", move(PICTURE, "images/Connect.png"), "broken-manifest-path")
seed("picture moved", move(PICTURE, "assets/connect.png"), "broken-manifest-path")
seed("picture renamed altogether", move(PICTURE, "images/zzz.png"), "broken-manifest-path")
seed("picture missing", lose(PICTURE), "broken-manifest-path")
seed("picture no picture", write(PICTURE, "hello"), "media-format")
seed("picture empty", write(PICTURE, ""))

# Files

for new in (
    "assets/dashboards/overview.json",
    "assets/dashboards/nimbus.json",
    "assets/dashboards/zz.json",
    "assets/dashboards/Nimbus_deploy_overview.json",
    "assets/nimbus_deploy_overview.json",
    "assets/dashboards/sub/nimbus_deploy_overview.json",
):
    seed(f"dashboard renamed to {new}", move(OVERVIEW, new), "broken-manifest-path")
seed(
    "dashboard misspelt in the manifest",
    put(MANIFEST, OVERVIEW, "assets/dashboards/nimbus_deploy_overviw.json"),
    "broken-manifest-path",
)
seed("dashboard missing", lose(OVERVIEW), "broken-manifest-path")
seed("dashboard broken", put(OVERVIEW, "{", "{{"), "unreadable-document")
seed("dashboard a list", write(OVERVIEW, "[]"), "unreadable-document")
seed(
    "dashboard not named",
    lambda files: files.__setitem__(
        "assets/dashboards/other.json",
        files[OVERVIEW].replace(b"Nimbus Deploy Overview", b"Nimbus Deploy Steps"),
    ),
)
seed("monitor renamed", move(MONITOR, "assets/monitors/duration.json"), "broken-manifest-path")
seed(
    "monitor renamed altogether", move(MONITOR, "assets/monitors/slow.json"), "broken-manifest-path"
)
seed("monitor missing", lose(MONITOR), "broken-manifest-path")
seed("table renamed", move(METRICS, "metrics.csv"), "broken-manifest-path")
seed("table in another case", move(METRICS, "Metadata.csv"), "broken-manifest-path")
seed("table moved", move(METRICS, "assets/metadata.csv"), "broken-manifest-path")
seed("table missing", lose(METRICS), "broken-manifest-path")
seed("service checks renamed", move(CHECKS, "assets/service_check.json"), "broken-manifest-path")
seed(
    "agent: service checks renamed",
    move(CHECKS, "assets/service_check.json"),
    "broken-manifest-path",
    kind="agent",
)
seed("agent: table renamed", move(METRICS, "metrics.csv"), "broken-manifest-path", kind="agent")
seed(
    "agent: spec renamed",
    move("assets/configuration/spec.yaml", "assets/configuration/spec.yml"),
    kind="agent",
)
seed("agent: service checks misspelt", put(CHECKS, '"critical"', '"critcal"'), kind="agent")
seed("changelog renamed", move(CHANGELOG, "CHANGES.md"))
seed("changelog missing", lose(CHANGELOG))
seed("changelog in another case", move(CHANGELOG, "Changelog.md"))
seed("changelog empty", write(CHANGELOG, ""))
seed("client renamed", move(CLIENT, "assets/oauth.json"))
seed("client renamed a little", move(CLIENT, "assets/oauth_client.json"))
seed("client in another case", move(CLIENT, "assets/OAuth_clients.json"))
seed("client moved", move(CLIENT, "oauth_clients.json"))
seed("client missing", lose(CLIENT))
seed("client broken", put(CLIENT, '"name"', '"name'), "unreadable-document")
seed("client a list", write(CLIENT, "[]"), "unreadable-document")
seed("client empty", write(CLIENT, "{}"))
seed("client not registered", drop(MANIFEST, "assets", "oauth"))
seed("client with a misspelt key", put(CLIENT, '"scopes"', '"scope"'), "invalid-oauth-client")
seed(
    "client with a misspelt redirect_uris",
    put(CLIENT, '"redirect_uris"', '"redirect_uri"'),
    "invalid-oauth-client",
)
seed(
    "client with a misspelt onboarding_url",
    put(CLIENT, '"onboarding_url"', '"onboarding_uri"'),
)
seed(
    "client with a misspelt root",
    put(CLIENT, '"integration"', '"integrations"'),
    "unexpected-oauth-client",
)
seed("client name a number", value(CLIENT, "integration", "name", to=1), "invalid-oauth-client")
seed("client name empty", value(CLIENT, "integration", "name", to=""))
seed("client description missing", drop(CLIENT, "integration", "description"))
seed("client id a placeholder", value(CLIENT, "integration", "id", to="TODO"))
seed("client role wrong", value(CLIENT, "integration", "client_role", to="x"))
seed(
    "eula renamed",
    move("assets/eula.pdf", "assets/licence.pdf"),
    "broken-manifest-path",
    kind="marketplace",
)
seed("README renamed", move(README, "Readme.md"), "missing-readme")
seed("README missing", lose(README), "missing-readme")
seed("README empty", write(README, ""), "unreadable-document")
seed(
    "README not UTF-8",
    lambda files: files.__setitem__(README, b"\xff" + files[README]),
    "unreadable-document",
)

# Metrics

seed("CSV header misspelt", put(METRICS, "metric_name", "metrics_name"), "invalid-metadata-header")
seed("CSV column misspelt", put(METRICS, "metric_type", "metrictype"), "invalid-metadata-header")
seed("CSV column missing", put(METRICS, ",short_name", ""))
seed(
    "CSV without a header",
    lambda files: files.__setitem__(METRICS, files[METRICS].split(b"\n", 1)[1]),
    "invalid-metadata-header",
)
seed(
    "CSV with semicolons",
    lambda files: files.__setitem__(METRICS, files[METRICS].replace(b",", b";")),
    "invalid-metadata-header",
)
seed("CSV column twice", put(METRICS, "short_name", "description"), "invalid-metadata-header")
seed(
    "CSV row too short",
    put(METRICS, "nimbus_deploy,Duration,,", "nimbus_deploy,Duration,"),
    "metadata-column-count",
)
seed("CSV type wrong", put(METRICS, "count,count,", "count,counter,"))
seed(
    "CSV integration wrong",
    put(METRICS, "-1,nimbus_deploy", "-1,nimbus"),
    "metadata-integration-name",
)
seed(
    "CSV metric of another prefix",
    append(METRICS, "other.steps,gauge,,,,Steps,0,nimbus_deploy,Steps,,\n"),
    "metadata-prefix",
)
seed(
    "CSV metric with a blank",
    put(METRICS, "nimbus_deploy.deployment.duration", "nimbus_deploy.deployment duration"),
)
seed(
    "CSV metric misspelt",
    put(METRICS, "nimbus_deploy.deployment.count", "nimbus_deploy.deployment.cuont"),
)
seed(
    "CSV metric twice",
    append(
        METRICS,
        "nimbus_deploy.deployment.duration,gauge,,second,,Time from the start of a deployment to its end,-1,nimbus_deploy,Duration,,\n",
    ),
)
seed(
    "CSV without rows",
    lambda files: files.__setitem__(METRICS, files[METRICS].split(b"\n", 1)[0] + b"\n"),
    "data-collected-contradiction",
    "metric-check-not-in-metadata",
    reason="the README and the manifest each speak of metrics, and either may be right",
)
for written in (
    "nimbus.",
    "nimbusdeploy.",
    "Nimbus_deploy.",
    "nimbus_depoly.",
    "",
    "nimbus_deploy.deployments.",
):
    seed(
        f"prefix {written}",
        put(MANIFEST, '"prefix": "nimbus_deploy."', f'"prefix": "{written}"'),
    )
seed("prefix missing", put(MANIFEST, '"prefix": "nimbus_deploy.",', ""))
seed("prefix a number", put(MANIFEST, '"prefix": "nimbus_deploy."', '"prefix": 4'))
seed(
    "check wrong",
    put(MANIFEST, '"nimbus_deploy.deployment.count"', '"nimbus_deploy.deploy.count"'),
)
seed(
    "agent: prefix wrong",
    put(MANIFEST, '"tidegauge."', '"tide."'),
    "metric-prefix-mismatch",
    kind="agent",
)

# Markdown

FENCES = {
    "backticks": "```shell\nnimbus version\n",
    "tildes": "~~~\nnimbus version\n",
    "four backticks": "````\nnimbus version\n```\n",
    "no text": "```\n",
}
for name, text in FENCES.items():
    seed(
        f"open fence of {name}",
        put(README, "### Validation", f"{text}\n### Validation"),
        "unclosed-code-fence",
    )
    seed(
        f"open fence of {name} at the start",
        put(README, "## Setup", f"{text}\n## Setup"),
        "unclosed-code-fence",
    )
seed(
    "open fence before another",
    put(
        README,
        "### Validation",
        "```shell\nnimbus version\n\n### Validation\n\n```shell\nnimbus status\n```\n",
    ),
    "unclosed-code-fence",
)
seed(
    "open fence before two others",
    put(
        README,
        "### Validation",
        "```shell\nnimbus version\n\n### Validation\n\n```\nnimbus status\n```\n\n```\nnimbus\n```\n",
    ),
    "unclosed-code-fence",
)
seed(
    "fence closed by other marks",
    put(README, "### Validation", "```shell\nnimbus version\n~~~\n\n### Validation"),
    "unclosed-code-fence",
)
seed(
    "open comment",
    put(README, "### Validation", "<!-- To do\n\n### Validation"),
    "unclosed-comment",
)
seed(
    "open comment at the start",
    put(README, "## Setup", "<!-- To do\n\n## Setup"),
    "unclosed-comment",
)
seed("link definition missing", put(README, "[5]: mailto:support@nimbus-deploy.io\n", ""))
seed("link definition wrong", put(README, "[5]: mailto", "[6]: mailto"))
seed("link without a colon", put(README, "[5]: mailto", "[5] mailto"))
seed(
    "metadata link to nothing",
    put(README, "nimbus_deploy/metadata.csv", "nimbus_deploy/metrics.csv"),
)
seed(
    "image missing in the README",
    put(README, "### Validation", "![The list of all deployments][6]\n\n### Validation"),
)
seed("API keys link lost", put(README, "[API Keys page][3]", "API Keys page"))
seed("no section text", put(README, "\nNeed help? Contact [Nimbus Deploy support][5].\n", ""))
seed("second title", put(README, "### Validation", "# Validation"))

# Merges that nobody finished

seed("conflict in the README", conflict(README, "### Validation"), "conflict-marker")
seed(
    "conflict in the manifest",
    conflict(MANIFEST, '  "owner": "saas-integrations",'),
    "conflict-marker",
)
seed(
    "conflict in the client file",
    conflict(CLIENT, '    "client_role": "integration",'),
    "conflict-marker",
)
seed(
    "conflict in the table",
    put(
        METRICS,
        "nimbus_deploy.deployment.duration,",
        "<<<<<<< HEAD\n=======\n>>>>>>> topic\nnimbus_deploy.deployment.duration,",
    ),
    "conflict-marker",
)
seed("conflict in the dataflows", conflict(FLOWS, "    data_type: events"), "conflict-marker")
seed("conflict in the changelog", conflict(CHANGELOG, "***Added***:"), "conflict-marker")
seed(
    "conflict in a dashboard",
    conflict(OVERVIEW, '  "title": "Nimbus Deploy Overview",'),
    "conflict-marker",
)
seed("conflict in a monitor", conflict(MONITOR, '  "version": 2,'), "conflict-marker")
seed(
    "conflict in the service checks",
    write(CHECKS, "<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> x\n"),
    "conflict-marker",
)
seed(
    "conflict with the base",
    put(
        README,
        "### Validation",
        "<<<<<<< HEAD\nx\n||||||| base\ny\n=======\nz\n>>>>>>> b\n### Validation",
    ),
    "conflict-marker",
)
seed(
    "agent: conflict in the README",
    conflict(README, "### Validation"),
    "conflict-marker",
    kind="agent",
)
seed(
    "agent: conflict in the check",
    conflict("datadog_checks/tidegauge/check.py", "from datadog_checks.base import AgentCheck"),
    "conflict-marker",
    kind="agent",
)
seed(
    "conflict with line ends of Windows",
    lambda files: files.__setitem__(
        README,
        files[README].replace(
            b"### Validation\n",
            b"<<<<<<< HEAD\r\nx\r\n=======\r\ny\r\n>>>>>>> b\r\n### Validation\n",
        ),
    ),
    "conflict-marker",
)


@pytest.mark.parametrize("kind", NAMES)
def test_nothing_is_told_of_a_whole_integration(kind: str) -> None:
    assert told(whole(kind), kind) == []


@pytest.mark.parametrize("name", SEEDS)
def test_one_mistake_is_told_once(name: str) -> None:
    one = SEEDS[name]
    files = dict(whole(one.kind))
    one.defect(files)
    assert told(files, one.kind) == list(one.rules)
    assert len(one.rules) == 1 or one.reason
