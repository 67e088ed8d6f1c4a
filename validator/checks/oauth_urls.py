"""Questions about the URLs of an OAuth client: where Datadog sends customers and their codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from validator.definitions import policies
from validator.facts.client_urls import (
    REDIRECTS,
    Brand,
    ClientUrl,
    brand,
    client_urls,
    service,
)
from validator.integration import Integration, once
from validator.model import Edit, Finding, Fix, Location, Related, Rule
from validator.reading.urls import Part, Url, within
from validator.spelling import is_within, squashed
from validator.wording import listed, quoted

_ACCOUNT_ID = re.compile(
    r"(?:[A-Za-z]+[-_])?(?P<id>"
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?=[a-fA-F]*[0-9])[0-9a-fA-F]{24,}"
    r"|[0-9]{6,})"
)
_MOST_SPELLINGS = 100
"""Names of hosts that are compared with each other, the most frequent ones."""
_MOST_TYPOS = 2
"""Letters in which a misspelt host differs from what was meant."""
_MOST_NAMED = 5
"""Places and names that one finding repeats."""
# A day as the version of an API, not the id of an account.
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


def flawed(integration: Integration, rule: Rule, *, kind: str) -> Iterator[Finding]:
    """Yield the URLs that have a flaw of one kind."""
    for client_url in client_urls(integration):
        flaw = client_url.flaw
        if flaw and flaw.kind == kind:
            message = f"{client_url.name} {flaw.reason}; expected {flaw.expected}"
            yield rule.finding(client_url.locate(flaw.part), message)


def malformed(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield what is no URL, and fragments of redirect URIs."""
    yield from flawed(integration, rule, kind="malformed")
    for client_url in client_urls(integration):
        fragment = client_url.url.fragment
        if fragment is not None and client_url.has_real_host and not client_url.is_onboarding:
            part = Part(f"#{fragment.text}", fragment.start - 1)
            message = (
                f"the redirect URI has the fragment `{part.text}`; expected none, because "
                "OAuth 2.0 forbids it"
            )
            yield rule.finding(client_url.locate(part), message)


def insecure(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the URLs of another scheme than https.

    A local or reserved host is replaced as a whole, so `http://localhost` is the other rule's alone.
    """
    for client_url in client_urls(integration):
        url, flaw = client_url.url, client_url.flaw
        if url.scheme is None or url.scheme.text.lower() == "https":
            continue
        if flaw is None or flaw.kind == "templated" or not flaw.in_host:
            message = (
                f"{client_url.name} {quoted(url.value)} has the scheme `{url.scheme.text}`; "
                "expected `https`"
            )
            yield rule.finding(client_url.locate(url.scheme), message)


def port(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the URLs that name a port other than the scheme's own."""
    for client_url in client_urls(integration):
        url = client_url.url
        if not client_url.has_real_host or url.port is None or not url.port.text:
            continue
        assert url.scheme is not None
        if int(url.port.text) != {"http": 80, "https": 443}[url.scheme.text.lower()]:
            message = (
                f"{client_url.name} names port `{url.port.text}`; expected the standard port, 443"
            )
            yield rule.finding(client_url.locate(url.port), message)


def irregular(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield `//` in a path, a fragment of the onboarding URL, an address where a name belongs."""
    for client_url in client_urls(integration):
        url = client_url.url
        if not client_url.has_real_host:
            continue
        if match := re.search("/{2,}", url.path.text):
            part = Part(match.group(), url.path.start + match.start())
            message = f"the path of {client_url.name} has `{part.text}`; expected `/`"
            yield rule.finding(client_url.locate(part), message)
        if url.fragment is not None and client_url.is_onboarding:
            part = Part(f"#{url.fragment.text}", url.fragment.start - 1)
            message = (
                f"the onboarding URL has the fragment `{part.text}`; expected a path, because the "
                "`site` and `domain` that Datadog adds may end up behind it"
            )
            yield rule.finding(client_url.locate(part), message)
        if url.address is not None:
            message = f"{client_url.name} has an IP address; expected a host name"
            yield rule.finding(client_url.host_place, message)


def non_production(integration: Integration, rule: Rule, *, onboarding: bool) -> Iterator[Finding]:
    """Yield the URLs of an environment other than production, the onboarding URL or the others."""
    for client_url in client_urls(integration):
        found = _environment(client_url, brand(integration))
        if found and client_url.is_onboarding == onboarding:
            message = (
                f"{client_url.name} has the {found.place} `{found.whole.text}`, which names the "
                f"environment `{found.word.text}`; expected production"
            )
            yield rule.finding(client_url.locate(found.word), message)


@dataclass(frozen=True, slots=True)
class Environment:
    """A word that names an environment, and what it is in: the ``host`` or the ``path``."""

    place: str
    whole: Part
    word: Part


def _environment(client_url: ClientUrl, brand: Brand) -> Environment | None:
    """Return the first word of the host or else the path that names another environment."""
    url = client_url.url
    if not client_url.has_real_host or url.host is None:
        return None
    for label in url.own_labels:
        if word := _environment_word(label.split("-_"), brand):
            return Environment("host", url.host, word)
    for segment in url.segments:
        if word := _environment_word(segment.split("-_.~"), brand):
            return Environment("path", url.path, word)
    return None


def _environment_word(parts: tuple[Part, ...], brand: Brand) -> Part | None:
    known = policies.load(policies.Environments).environments
    pieces = [part.text.lower() for part in parts]
    for index, piece in enumerate(pieces):
        # `pre-prod` is one word; the 2 of `qa2` counts the environments.
        pair = "".join(pieces[index : index + 2])
        is_known = piece.rstrip("0123456789") in known or pair in known
        if is_known and not brand.has(pieces, index):
            return parts[index]
    return None


def preview_platform(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the URLs on a host that an app platform hands out.

    What names an environment besides is the other rule's, and a platform's own hosts are its brand.
    """
    for client_url in client_urls(integration):
        platform = _platform(client_url, brand(integration))
        if platform and not _environment(client_url, brand(integration)):
            assert client_url.url.host is not None
            message = (
                f"`{client_url.url.host.text}` is a host that {platform} hands out; expected one "
                "of your own domain"
            )
            yield rule.finding(client_url.host_place, message)


def _platform(client_url: ClientUrl, brand: Brand) -> str | None:
    if not client_url.has_real_host:
        return None
    name = service(client_url.url.hostname, policies.load(policies.Hosts).platforms)
    return name if name and squashed(name) not in brand.names else None


def duplicate(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each redirect URI that is listed a second time, with a fix that takes it out."""
    document = integration.oauth_clients
    items = document.get(REDIRECTS)
    first: dict[str, int] = {}
    for index, value in enumerate(items if isinstance(items, list) else []):
        if not isinstance(value, str) or not value:
            continue
        if value not in first:
            first[value] = index
            continue
        pointer = (*REDIRECTS, index)
        yield rule.finding(
            document.locate(pointer),
            f"`{value}` is listed twice; expected once",
            related=(Related(document.locate((*REDIRECTS, first[value])), "the first is here"),),
            fix=Fix("Take out the second", (Edit(document.locate_removal(pointer), ""),)),
        )


def equivalent(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the redirect URIs that differ from an earlier one in nothing that leads elsewhere."""
    first: dict[tuple[str, ...], ClientUrl] = {}
    for client_url in _redirects(integration):
        if client_url.flaw is not None or not client_url.url.is_web:
            continue
        other = first.setdefault(client_url.url.normalised, client_url)
        if other is not client_url:
            difference = _difference(client_url.url, other.url)
            yield rule.finding(
                client_url.locate(),
                f"`{client_url.url.value}` differs from another redirect URI only in {difference}; "
                "expected the one that your code sends",
                related=(Related(other.locate(), "the other is here"),),
            )


def _difference(url: Url, other: Url) -> str:
    """Return in what two equivalent URLs differ."""
    differences = {
        "a final slash": url.path.text != other.path.text,
        "the standard port": (url.port is None) != (other.port is None),
    }
    found = [name for name, differs in differences.items() if differs]
    return " and ".join(found) or "the writing of the host"


def _redirects(integration: Integration) -> tuple[ClientUrl, ...]:
    return tuple(other for other in client_urls(integration) if not other.is_onboarding)


def _is_settled(client_url: ClientUrl, brand: Brand) -> bool:
    """Tell whether nothing else is wrong with a host, so that it can be compared with others."""
    environment = _environment(client_url, brand)
    return (
        client_url.has_real_host
        and client_url.flaw is None
        and client_url.url.domain is not None
        and (environment is None or environment.place == "path")
        and not _platform(client_url, brand)
    )


def unrelated(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the onboarding URL when no redirect URI is on its registrable domain."""
    known = brand(integration)
    typos = {place for place, *_ in _near_misses(integration)}
    settled = [other for other in client_urls(integration) if _is_settled(other, known)]
    starts = [other for other in settled if other.is_onboarding]
    redirects = [other for other in settled if not other.is_onboarding]
    if not starts or not redirects:
        return
    [start] = starts
    # A redirect URI of another environment may share the domain, and then all is well here.
    domains = {other.url.domain for other in _redirects(integration) if other.has_real_host}
    misspelt = typos & {other.host_place for other in settled}
    if start.url.domain in domains or misspelt:
        return
    others = sorted({f"`{other.url.domain}`" for other in redirects})
    names = ", ".join(others[:_MOST_NAMED])
    if len(others) > _MOST_NAMED:
        names += f" and {len(others) - _MOST_NAMED:,} more"
    yield rule.finding(
        start.host_place,
        f"the onboarding URL is on `{start.url.domain}`, the redirect URIs are on {names}; "
        "expected the same domain for both",
        related=tuple(
            Related(other.host_place, "a redirect URI leads here")
            for other in redirects[:_MOST_NAMED]
        ),
    )


def near_miss(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield each host that is nearly another host of the file, or nearly the homepage's."""
    for place, found, other, other_place in _near_misses(integration):
        yield rule.finding(
            place,
            f"`{found}` is nearly `{other}`; expected the same spelling in both places",
            related=(Related(other_place, f"`{other}` is here"),),
        )


@once
def _near_misses(integration: Integration) -> list[tuple[Location, str, str, Location]]:
    """Return each misspelt host: its place, its domain, the nearly equal domain and the place of that.

    The spelling of the homepage is right, else the more frequent one, else the earlier one.
    """
    known = brand(integration)
    hosts = [
        (other.url, other.host_place)
        for other in client_urls(integration)
        if _is_settled(other, known)
    ]
    frequency = Counter(url.brand for url, _ in hosts)
    if known.homepage:
        hosts.insert(0, known.homepage)
        frequency[known.homepage[0].brand] += len(hosts)
    ranked = sorted(hosts, key=lambda host: -frequency[host[0].brand])
    found = []
    told: dict[
        str, tuple[Url, Location]
    ] = {}  # one host of each spelling is enough to compare with
    for url, place in ranked:
        for other, other_place in told.values():
            if _nearly(url.brand or "", other.brand or ""):
                found.append((place, url.domain or "", other.domain or "", other_place))
                break
        if len(told) < _MOST_SPELLINGS:
            told.setdefault(url.brand or "", (url, place))
    return found


def _nearly(label: str, other: str) -> bool:
    """Tell whether one label looks like the other misspelt.

    Short labels are near each other by chance; labels that differ in a number, or in a whole short
    word such as `acme-eu` and `acme-us`, are meant to differ.
    """
    edits = min(_MOST_TYPOS, min(len(label), len(other)) - 3)
    if label in other or other in label or not is_within(label, other, edits):
        return False
    if re.sub("[0-9]", "", label) == re.sub("[0-9]", "", other):
        return False
    pieces, others = label.split("-"), other.split("-")
    if len(pieces) != len(others):
        return True
    differing = [pair for pair in zip(pieces, others, strict=True) if len(set(pair)) == 2]
    return any(max(map(len, pair)) > 3 for pair in differing)


def account_specific(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the URLs whose path has what looks like the id of one account."""
    for client_url in client_urls(integration):
        if not client_url.has_real_host:
            continue
        for segment in client_url.url.route:
            match = _ACCOUNT_ID.fullmatch(segment.text)
            if match and not _DAY.fullmatch(match["id"]):
                part = Part(match["id"], segment.start + match.start("id"))
                message = (
                    f"`{part.text}` in the path of {client_url.name} looks like the id of one "
                    "account; expected a URL that serves every customer"
                )
                yield rule.finding(client_url.locate(part), message)
                break


_CUSTOMERS = 3
"""Names below one domain from which on they are taken for customers, and not for parts of a product."""


def per_customer(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the redirect URIs that differ in nothing but a name below the domain, as one for each customer does."""
    groups: dict[tuple[str, str], dict[str, ClientUrl]] = {}
    for client_url in _redirects(integration):
        url = client_url.url
        name, _, parent = url.hostname.partition(".")
        if url.host is None or url.domain is None or not within(parent, [url.domain]):
            continue
        key = (parent, url.value[: url.host.start] + url.value[url.host.end :])
        if _is_settled(client_url, brand(integration)) and not _is_service(name):
            groups.setdefault(key, {}).setdefault(name.rstrip("0123456789-"), client_url)
    for (parent, _), named in groups.items():
        if len(named) >= _CUSTOMERS:
            first, *others = named.values()
            yield rule.finding(
                first.host_place,
                f"{len(named)} redirect URIs differ in the name before `{parent}` alone, such as a customer's "
                f"subdomain: {listed(named, 'and')}; expected one URI for all customers",
                anywhere=True,
                related=tuple(Related(other.host_place, "and this one") for other in others),
            )


def _is_service(label: str) -> bool:
    """Tell whether a label names a service, a region, a site or an environment, and so no customer."""
    policy = policies.load(policies.Environments)
    known = {*policy.environments, *policy.technical_words, *policy.service_words}
    return any(
        word.rstrip("0123456789") in known or _named_site(word) for word in re.split(r"[-_]", label)
    )


def bare_onboarding(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the onboarding URL when it is the root of a site."""
    for client_url in client_urls(integration):
        url: Url = client_url.url
        has_more = url.segments or url.query or url.fragment
        if client_url.is_onboarding and client_url.has_real_host and not has_more:
            message = (
                "the onboarding URL is the root of the site; expected the page where a customer "
                "connects Datadog"
            )
            yield rule.finding(client_url.locate(), message)


def incomplete_sites(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the list of redirect URIs when they come one per Datadog site and a site is missing.

    That they do is certain when they differ in nothing but the site, three sites at least are named,
    and one of them has a name that no other service uses for its regions.
    """
    policy = policies.load(policies.DatadogSites)
    groups: dict[str, set[str]] = {}
    plain = {other.url.value for other in _redirects(integration)}
    for client_url in _redirects(integration):
        if found := _named_site(client_url.url.value):
            site, before, after = found
            sites = groups.setdefault(f"{before}\0{after}", set())
            sites.add(site)
            if before.rstrip("-_./=") + after in plain:  # the first site is often left unnamed
                sites.add("US1")
    for sites in groups.values():
        if len(sites) < 3 or not sites & {"US3", "US5"}:
            continue
        expected = [site.name for site in policy.sites if not site.status]
        missing = [name for name in expected if name not in sites]
        if missing:
            named = ", ".join(f"`{site.name}`" for site in policy.sites if site.name in sites)
            lacking = " and ".join(f"`{name}`" for name in missing)
            message = (
                f"the redirect URIs name the Datadog sites {named}, but not {lacking}; expected one "
                f"for each site known on {policy.checked}"
            )
            yield rule.finding(integration.oauth_clients.locate_key(REDIRECTS), message)


@cache
def _site_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for site in policies.load(policies.DatadogSites).sites:
        for name in (site.domain, site.name, *site.aliases):
            names[name.lower()] = site.name
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    pattern = rf"(?<![A-Za-z0-9])(?:{'|'.join(longest)})(?![A-Za-z0-9])"
    return re.compile(pattern, re.IGNORECASE), names


def _named_site(value: str) -> tuple[str, str, str] | None:
    """Return the Datadog site that a URL names, and what is before and after it."""
    pattern, names = _site_pattern()
    matches = list(pattern.finditer(value))
    if not matches:
        return None
    match = matches[-1]
    return names[match.group().lower()], value[: match.start()], value[match.end() :]
