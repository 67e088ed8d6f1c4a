"""Hosts of Datadog in texts and URLs: whose they are, and which site they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from urllib.parse import unquote

from validator.definitions import policies
from validator.documents.json import JsonDocument
from validator.documents.markdown import MarkdownDocument
from validator.facts.client_urls import client_urls
from validator.integration import MANIFEST, OAUTH_CLIENTS, README, Integration
from validator.model import Finding, Location, Related, Rule
from validator.reading import urls
from validator.wording import listed, shortened

Host = tuple[str, int, int]
"""A host as a text writes it, and its offsets there."""

# The authority of a URL in a text; variables in it may hold what ends a URL elsewhere.
_AUTHORITY = re.compile(
    r"\b(?:https?|wss?)://"
    r"((?:<[^<>\s][^<>\n]{0,40}>|\$?\{\{?[^{}\n]{1,40}\}?\}|[^\s/?#\"'`<>{}()|\\,;])+)",
    re.IGNORECASE,
)
# `<ORG>`, `${ORG}`, `*`, `%s`, `[org]`, `YOUR_ORG`, `your-org`
_VARIABLE = re.compile(r"[<{$*%\[]|\b[A-Z0-9_-]{3,63}\.|\b[Yy]our[-_]")
# Something before or after the name would make it another's: an address, a longer name.
_HOST = re.compile(
    r"(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){0,6}(?:datadoghq\.(?:com|eu)|ddog-gov\.com)(?![\w-]|\.\w)",
    re.IGNORECASE,
)
_SITE_LABEL = re.compile(r"([a-z]{2,3})\d*")


@dataclass(frozen=True, slots=True)
class DatadogHost:
    """A host below the domain of a site: what comes before it, and that domain."""

    subdomain: str
    domain: str

    @property
    def is_call(self) -> bool:
        """Whether data or calls go to it."""
        policy = policies.load(policies.DatadogHosts)
        group = self.subdomain.rpartition(".")[2]
        return (
            self.subdomain in policy.calls
            or ("." in self.subdomain and group in policy.call_groups)
            or self.subdomain.endswith(tuple(policy.call_endings))
        )

    @property
    def is_shared(self) -> bool:
        """Whether it is the same for the customers of every site."""
        return self.subdomain in policies.load(policies.DatadogHosts).shared

    @property
    def is_known(self) -> bool:
        """Whether it is a site itself, or a host that serves more than one customer."""
        policy = policies.load(policies.DatadogHosts)
        first, _, group = self.subdomain.rpartition(".")
        label = _SITE_LABEL.fullmatch(group)
        return (
            not self.subdomain
            or self.is_shared
            or self.is_call
            or self.subdomain in policy.pages
            or (bool(first) and group in policy.page_groups)
            or (label is not None and label.group(1) in policy.site_letters)
        )


@cache
def _domains() -> tuple[str, ...]:
    """Return the domain of each site, the longest first."""
    domains = {site.domain for site in policies.load(policies.DatadogSites).sites}
    return tuple(sorted(domains, key=len, reverse=True))


def parse_host(host: str) -> DatadogHost | None:
    """Return what a host says if it belongs to Datadog, else None."""
    host = host.lower().removesuffix(".")
    for domain in _domains():
        if host == domain:
            return DatadogHost("", domain)
        if host.endswith(f".{domain}"):
            return DatadogHost(host.removesuffix(f".{domain}"), domain)
    return None


# A customer's own subdomain


def customer_subdomain(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each URL in README, manifest and OAuth client whose host is one customer's."""
    if integration.has(README):
        seen = set()
        for host, locate in _readme_hosts(integration.readme, _authorities):
            message = _complaint(host)
            location = locate() if message else None
            if location is not None and location.region is not None:
                place = (location.region.start_line, host)
                if place not in seen:  # an autolink is text, too
                    seen.add(place)
                    yield rule.finding(location, message)
    if integration.has(MANIFEST):
        yield from _in_strings(integration.manifest, rule)
    if integration.has(OAUTH_CLIENTS):
        refused = [url.url for url in client_urls(integration) if url.flaw and url.flaw.in_host]
        hosts = {url.value: url.host.start for url in refused if url.host is not None}
        yield from _in_strings(integration.oauth_clients, rule, hosts)


def _readme_hosts(
    readme: MarkdownDocument, find: Callable[[str], Iterable[Host]]
) -> Iterator[tuple[str, Callable[[], Location]]]:
    """Yield each host that is found in the README's links and texts, and a way to its place.

    A block of text names a host once, because looking up a place takes its time.
    """
    for href, location in _readme_targets(readme):
        for host, _, _ in find(href):
            yield host, partial(readme.locate_within, location, host)
    for block in readme.prose:
        first: dict[str, Host] = {}
        for found in find(block.text):
            first.setdefault(found[0].lower(), found)
        for host, start, end in first.values():
            yield host, partial(readme.locate_slice, block, start, end)


def _readme_targets(readme: MarkdownDocument) -> Iterator[tuple[str, Location]]:
    """Yield where each link leads, a reference's at its definition."""
    for link in readme.links:
        if link.label is None:
            yield link.href, link.location
    for definition in readme.definitions:
        yield definition.href, definition.location


def _in_strings(
    document: JsonDocument, rule: Rule, refused: Mapping[str, int] = MappingProxyType({})
) -> Iterator[Finding]:
    """Yield each host in a string; ``refused`` are URLs whose host, at an offset, another rule refuses."""
    for pointer in document.places:
        value = document.get(pointer)
        for host, start, end in _authorities(value) if isinstance(value, str) else ():
            message = "" if refused.get(value) == start else _complaint(host)
            if message:
                yield rule.finding(document.locate_slice(pointer, start, end), message)


def _authorities(text: str) -> Iterator[Host]:
    """Yield the host of each URL in a text; user and port are left out."""
    if "datadoghq" not in text and "ddog-gov" not in text:
        return
    for match in _AUTHORITY.finditer(text):
        start = match.start(1) + match.group(1).rfind("@") + 1
        host = re.sub(r":\d*$|\.$", "", text[start : match.end(1)])
        yield host, start, start + len(host)


def _complaint(host: str) -> str:
    """Return the message about a host that is one customer's; an empty one about any other."""
    found = parse_host(host)
    if found is None or found.is_known:
        return ""
    expected = "expected `api.<DATADOG_SITE>` for a call, the path alone for a page"
    if not _VARIABLE.search(host):
        return f"`{shortened(host)}` is a customer's own subdomain; {expected}"
    words = set(urls.words(found.subdomain))
    if words & set(policies.load(policies.DatadogHosts).customer_words):
        return f"`{shortened(host)}` asks for a customer's own subdomain; {expected}"
    return ""


# A host that fixes one site


def single_site(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each API or intake host of the README, and each client URL, that fixes one site."""
    if integration.has(README):
        yield from _single_site_in_readme(integration.readme, rule)
    if integration.has(OAUTH_CLIENTS):
        yield from _single_site_in_client(integration, rule)


def _single_site_in_readme(readme: MarkdownDocument, rule: Rule) -> Iterator[Finding]:
    """Yield each host once, unless another site is named or the choice is left to the reader."""
    places: dict[str, list[Callable[[], Location]]] = {}
    sites = set()
    for text, locate in _readme_hosts(readme, _datadog_hosts):
        host = parse_host(text)
        if host is None or host.is_shared:
            continue
        sites.add(host.domain)
        if host.is_call:
            places.setdefault(text.lower(), []).append(locate)
    if len(sites) != 1 or _leaves_choice(readme):
        return
    [site] = sites
    for host_name, found in places.items():
        locations = {location.sort_key: location for location in (locate() for locate in found)}
        first, *others = [location for _, location in sorted(locations.items())]
        message = (
            f"`{host_name}` serves the Datadog site `{site}` alone; expected "
            f"`{host_name.removesuffix(site)}<DATADOG_SITE>`, or the hosts of the other sites, too"
        )
        related = tuple(Related(location, "it stands here, too") for location in others)
        yield rule.finding(first, message, related=related)


def _datadog_hosts(text: str) -> Iterator[Host]:
    """Yield each host of Datadog in a text, in a URL or not."""
    for match in _HOST.finditer(text):
        yield match.group(), *match.span()


def _leaves_choice(readme: MarkdownDocument) -> bool:
    words = policies.load(policies.DatadogHosts).site_words
    texts = [block.text for block in readme.prose]
    texts += [href for href, _ in _readme_targets(readme)]
    return any(word in text.lower() for text in texts for word in words)


def _single_site_in_client(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the onboarding URL that names a site, and the redirect URIs if all name the same one."""
    redirects = []
    for client_url in client_urls(integration):
        if client_url.flaw is not None and client_url.flaw.kind == "datadog":
            continue  # another rule refuses the host
        sites = sorted(_sites_in(client_url.url.value))
        if client_url.is_onboarding and sites:
            yield rule.finding(
                client_url.locate(),
                f"the onboarding URL fixes the Datadog site {listed(sites, 'and')}; expected none, "
                "because Datadog adds the customer's as `site` and `domain`",
            )
        elif sites:
            redirects.append((client_url, sites))
    if len({site for _, sites in redirects for site in sites}) != 1:
        return  # one for each site, which is another rule's
    for client_url, sites in redirects:
        yield rule.finding(
            client_url.locate(),
            f"the redirect URI names the Datadog site {listed(sites)} alone; expected one URI for all "
            "sites, or one for each",
        )


def _sites_in(url: str) -> set[str]:
    hosts = (parse_host(match.group()) for match in _HOST.finditer(unquote(url)))
    return {host.domain for host in hosts if host is not None and not host.is_shared}
