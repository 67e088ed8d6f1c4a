"""The URLs of an OAuth client, and what makes one of them unfit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from validator.definitions import policies
from validator.documents.json import JsonDocument
from validator.integration import MANIFEST, Integration, once
from validator.model import Location, Pointer
from validator.reading.urls import Part, Url, parse, within, words
from validator.spelling import squashed

CLIENT: Pointer = ("integration",)
ONBOARDING: Pointer = (*CLIENT, "onboarding_url")
REDIRECTS: Pointer = (*CLIENT, "redirect_uris")

# Percent-encoded brackets are what remains of a template that went through a form.
_TEMPLATE = re.compile(
    r"\$?\{[^{}]*\}*|<[^<>]*>?|\[[^\[\]:]*\]|\*+"
    r"|%7[Bb].*?(?:%7[Dd]|$)|%3[Cc].*?(?:%3[Ee]|$)|%5[Bb].*?(?:%5[Dd]|$)"
)
# In a query, `*` and `[]` have meanings of their own.
_ARGUMENT_TEMPLATE = re.compile(r"\$?\{[^{}]*\}*|<[^<>]*>?|%7[Bb].*?(?:%7[Dd]|$)")
_PARAMETER = re.compile(r":[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Flaw:
    """The one thing that makes a URL unfit, so that nothing else is said of the same mistake.

    ``kind`` is templated, placeholder, malformed, local or datadog; ``reason`` and ``expected`` are clauses that
    say what was found in ``part``. ``in_host`` tells that the host isn't a real one, or can't be read.
    """

    kind: str
    reason: str
    expected: str
    part: Part
    in_host: bool = True


@dataclass(frozen=True)
class ClientUrl:
    """A URL of the OAuth client and where it stands."""

    url: Url
    document: JsonDocument
    pointer: Pointer

    @property
    def is_onboarding(self) -> bool:
        """Whether customers start here; else Datadog sends them back here."""
        return self.pointer == ONBOARDING

    @property
    def name(self) -> str:
        """What messages call the URL."""
        return "the onboarding URL" if self.is_onboarding else "the redirect URI"

    def locate(self, part: Part | None = None) -> Location:
        """Return the place of a part; of the whole string without one, or when the part is empty."""
        if part is None or not part.text:
            return self.document.locate(self.pointer)
        return self.document.locate_slice(self.pointer, part.start, part.end)

    @property
    def host_place(self) -> Location:
        """The place of the host."""
        return self.locate(self.url.host)

    @cached_property
    def flaw(self) -> Flaw | None:
        """What makes the URL unfit; None for a public host and nothing left to fill in.

        A flaw of the host comes first, because it takes the whole URL with it.
        """
        return (
            _template_in_host(self.url)
            or _placeholder_in_host(self.url)
            or _malformed(self.url)
            or _local(self.url)
            or _on_datadog(self.url, is_onboarding=self.is_onboarding)
            or _template_elsewhere(self.url)
            or _placeholder_elsewhere(self.url)
        )

    @property
    def has_real_host(self) -> bool:
        """Whether the host can be judged: it is public and written out."""
        return self.url.is_web and not (self.flaw and self.flaw.in_host)


@once
def client_urls(integration: Integration) -> tuple[ClientUrl, ...]:
    """Return the onboarding URL and the redirect URIs, the same text once.

    A second occurrence is the duplicate rule's; what is no text, or is empty, is the schema's.
    """
    document = integration.oauth_clients
    found: dict[tuple[bool, str], ClientUrl] = {}
    for pointer, value in _written(document):
        found.setdefault((pointer == ONBOARDING, value), ClientUrl(parse(value), document, pointer))
    return tuple(found.values())


def _written(document: JsonDocument) -> Iterator[tuple[Pointer, str]]:
    redirects = document.get(REDIRECTS)
    items = redirects if isinstance(redirects, list) else []
    values = [(ONBOARDING, document.get(ONBOARDING))]
    values += [((*REDIRECTS, index), value) for index, value in enumerate(items)]
    for pointer, value in values:
        if isinstance(value, str) and value.strip():
            yield pointer, value


@dataclass(frozen=True, slots=True)
class Brand:
    """The names under which a partner is known: a brand may contain any word.

    ``words`` are the words of the title and the author's name. ``names`` are these, the homepage's
    own label and, without a manifest, the directory's name, each without blanks and punctuation.
    ``homepage`` is the URL and the place of its host.
    """

    words: frozenset[str]
    names: frozenset[str]
    homepage: tuple[Url, Location] | None = None

    def has(self, pieces: list[str], index: int) -> bool:
        """Tell whether a piece of a label, alone or with its neighbours, is part of the brand."""
        runs = (
            "".join(pieces[start:end])
            for start in range(index + 1)
            for end in range(index + 1, len(pieces) + 1)
        )
        return pieces[index] in self.words or any(run in self.names for run in runs)


@once
def brand(integration: Integration) -> Brand:
    """Return the names of the partner, as far as there is a manifest."""
    if not integration.has(MANIFEST):
        return Brand(frozenset(), frozenset({squashed(integration.name)}))
    manifest = integration.manifest
    given = (manifest.get(("tile", "title")), manifest.get(("author", "name")))
    names = [name for name in given if isinstance(name, str)]
    known = frozenset(word for name in names for word in re.findall(r"[^\W_]+", name.lower()))
    homepage = _homepage(manifest)
    if homepage:
        names.append(homepage[0].brand or "")
    return Brand(known, frozenset(filter(None, map(squashed, names))), homepage)


def _homepage(manifest: JsonDocument) -> tuple[Url, Location] | None:
    pointer = ("author", "homepage")
    value = manifest.get(pointer)
    if not isinstance(value, str):
        return None
    url = parse(value)
    if url.host is None or not url.is_web or url.fault or not url.domain:
        return None
    return url, manifest.locate_slice(pointer, url.host.start, url.host.end)


def service(name: str, services: Iterable[policies.Service]) -> str | None:
    """Return which service of a policy a host name belongs to; None for none."""
    return next((found.name for found in services if within(name, found.suffixes)), None)


def _templated(part: Part, *, in_host: bool) -> Flaw:
    word = "wildcard" if part.text.startswith("*") else "template"
    expected = "one fixed URL for all customers"
    return Flaw("templated", f"has the {word} `{part.text}`", expected, part, in_host)


def _template_in_host(url: Url) -> Flaw | None:
    if url.host is None:
        return None
    match = _TEMPLATE.search(url.value, url.host.start, url.path.start)
    return _templated(Part(match.group(), match.start()), in_host=True) if match else None


def _template_elsewhere(url: Url) -> Flaw | None:
    for segment in url.route:
        if match := _TEMPLATE.search(segment.text):
            return _templated(Part(match.group(), segment.start + match.start()), in_host=False)
        if _PARAMETER.fullmatch(segment.text):
            return _templated(segment, in_host=False)
    for argument in url.arguments:
        if match := _ARGUMENT_TEMPLATE.search(argument.text):
            return _templated(Part(match.group(), argument.start + match.start()), in_host=False)
    return None


def _unfilled(part: Part, *, in_host: bool) -> Flaw:
    reason = f"has `{part.text}` where a value was to be filled in"
    return Flaw("placeholder", reason, "the address that customers use", part, in_host)


def _placeholder_in_host(url: Url) -> Flaw | None:
    if url.host is None or url.fault:
        return None
    policy = policies.load(policies.Placeholders)
    if within(url.hostname, policy.domains):
        reason = f"has the host `{url.host.text}`, which is reserved for examples"
        return Flaw("placeholder", reason, "your own host", url.host)
    for label in url.own_labels or url.labels:
        if squashed(label.text) in policy.host_labels or _is_placeholder(label.text):
            return _unfilled(label, in_host=True)
    return None


def _placeholder_elsewhere(url: Url) -> Flaw | None:
    policy = policies.load(policies.Placeholders)
    for segment in url.route:
        noun, _, key = "-".join(words(segment.text)).partition("-")
        stands_for_value = noun in policy.nouns and key in policy.keys
        if stands_for_value or _is_placeholder(segment.text):
            return _unfilled(segment, in_host=False)
    for argument in url.arguments:
        if _is_placeholder(argument.text):
            return _unfilled(argument, in_host=False)
    return None


def _is_placeholder(text: str) -> bool:
    """Tell whether a label or a segment is a marker such as TODO, or ``your-…``."""
    policy = policies.load(policies.Placeholders)
    if any(word in policy.capital_markers for word in re.split(r"[\W_]+", unquote(text))):
        return True
    name = "-".join(words(text)).removesuffix("-here")
    if name in policy.markers:
        return True
    if not name.startswith("your"):
        return False
    noun, _, key = name.removeprefix("your").removeprefix("-").partition("-")
    if key:
        known = {*policy.yours, *policy.nouns}
        return noun in known and key in {*policy.keys, *policy.your_keys}
    return noun in policy.yours


def _malformed(url: Url) -> Flaw | None:
    if not url.fault:
        return None
    # A text that isn't a URL yet, because something was to be put in its place.
    if match := _TEMPLATE.search(url.value):
        return _templated(Part(match.group(), match.start()), in_host=True)
    if _is_placeholder(url.value):
        return _unfilled(url.whole, in_host=True)
    return Flaw("malformed", url.fault.reason, url.fault.expected, url.fault.part)


def _local(url: Url) -> Flaw | None:
    if not url.is_web or url.host is None:
        return None
    kind = _local_kind(url)
    if kind is None:
        return None
    return Flaw("local", f"leads to `{url.host.text}`, {kind}", "a public host", url.host)


def _on_datadog(url: Url, *, is_onboarding: bool) -> Flaw | None:
    if not url.is_web or url.host is None or not _is_datadog(url.hostname):
        return None
    page = "sign-in page" if is_onboarding else "callback"
    return Flaw(
        "datadog",
        f"leads to `{url.host.text}`, a host of Datadog",
        f"your own {page}",
        url.host,
    )


def _is_datadog(name: str) -> bool:
    sites = policies.load(policies.DatadogSites).sites
    return within(name, (site.domain for site in sites))


def _local_kind(url: Url) -> str | None:
    """Return what a host is that the internet can't reach; None for a public one."""
    policy = policies.load(policies.Hosts)
    address, name = url.address, url.hostname
    if address is not None:
        if address.is_global:
            return None
        if address.is_loopback or address.is_unspecified:
            return "the machine of whoever opens it"
        return (
            "a link-local address" if address.is_link_local else "an address without a public route"
        )
    labels = name.split(".")
    if any(label in policy.local_labels for label in labels) or within(
        name, policy.loopback_suffixes
    ):
        return "the machine of whoever opens it"
    if len(labels) == 1 or within(name, policy.local_suffixes):
        return "a name that one machine or one network knows"
    tunnel = service(name, policy.tunnels)
    return f"a host of {tunnel}, which is made for development" if tunnel else None
