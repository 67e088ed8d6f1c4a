"""What the uninstallation section says: sentences that it needs, and one that it must not have any more.

A section that is missing or empty is not asked for its sentences: other rules speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from validator.definitions import policies
from validator.documents.markdown import Link, Prose
from validator.documents.text import Regions
from validator.facts.language import is_foreign
from validator.facts.requested_scopes import requested_scopes
from validator.facts.uninstallation import find_section
from validator.fixes import uninstallation as fixes
from validator.integration import OAUTH_CLIENTS, Integration, once
from validator.model import Finding, Location, Related, Rule
from validator.reading import urls
from validator.scopes.catalogue import API_KEYS_WRITE
from validator.wording import quoted

_API_KEYS = ("api key", "api keys", "apikey", "apikeys")
_JUST_BEFORE = 3
"""Words before another one that change what it says."""


class Word(NamedTuple):
    """A word in lower case, and the offsets of where it begins and ends."""

    text: str
    start: int
    end: int


def missing_revocation_notice(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that doesn't say that uninstalling revokes authorizations."""
    section = find_section(integration)
    if section is None or not section.blocks or _outdated(integration) is not None:
        return
    if is_foreign(integration):
        return
    if not any(_says_revoked(_words(block)) for block in section.prose):
        yield rule.finding(
            section.heading.location,
            f"{quoted(section.heading.text)} does not say what becomes of authorizations; expected that "
            "uninstalling revokes them",
            fix=fixes.append_sentence(integration, section.heading, "revocation"),
        )


def outdated_instructions(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that tells to revoke authorizations by hand."""
    outdated = _outdated(integration)
    if outdated is not None:
        place, block = outdated
        yield rule.finding(
            place,
            "customers are told to revoke the authorization here by hand; expected that "
            "uninstalling revokes it",
            fix=fixes.replace_block(integration, block),
        )


def missing_api_key_cleanup(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that leaves the API keys of the integration as they are."""
    section = find_section(integration)
    if section is None or not section.blocks or _cleanup(integration) is not None:
        return
    if is_foreign(integration):
        return
    scope = _scope(integration)
    if scope is not None:
        yield rule.finding(
            section.heading.location,
            f"{quoted(section.heading.text)} does not say what becomes of API keys; expected how to find "
            "those of this integration by its name and to disable them",
            related=(Related(scope, "this scope lets the integration create API keys"),),
            fix=fixes.append_sentence(integration, section.heading, "api_keys"),
        )


def missing_api_keys_link(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a section that names the API keys without a link to the page that lists them."""
    section = find_section(integration)
    place = _cleanup(integration)
    path = policies.load(policies.Uninstallation).api_keys_path
    if section is None or place is None or _scope(integration) is None:
        return
    if not any(_leads_to(link, path) for link in section.links):
        yield rule.finding(
            place,
            f"the API keys are named without a link to their page; expected one to `{path}`",
            related=tuple(
                Related(link.location, f"this link leads to {quoted(link.href)}")
                for link in section.links
                if _find(_split(link.text), _API_KEYS)
            ),
            fix=fixes.link_to_api_keys(integration, place),
        )


def _scope(integration: Integration) -> Location | None:
    """Return where the OAuth client requests the scope that creates API keys, or None."""
    if not integration.has(OAUTH_CLIENTS):
        return None
    scopes = requested_scopes(integration)
    return scopes.first.get(API_KEYS_WRITE) if scopes else None


@once
def _cleanup(integration: Integration) -> Location | None:
    """Return where the section names the API keys that it tells to disable, or None."""
    policy = policies.load(policies.Uninstallation)
    section = find_section(integration)
    for block in section.prose if section else ():
        words = _words(block)
        found = _find(words, _API_KEYS)
        if any(
            _is_near(words, index, policy.api_key_cleanup.stems, policy.negations)
            for index, _ in found
        ):
            index, length = found[-1]  # the page is named last
            last = words[index + length - 1]
            return integration.readme.locate_slice(block, words[index].start, last.end)
    return None


@once
def _outdated(integration: Integration) -> tuple[Location, Location] | None:
    """Return where the section tells to revoke by hand what uninstalling revokes, and in what block.

    None where it doesn't. The page may be named in one step, and what to do there in the next.
    """
    outdated = policies.load(policies.Uninstallation).outdated
    section = find_section(integration)
    prose = section.prose if section else []
    for block, after in zip_longest(prose, prose[1:]):
        words, following = _words(block), _words(after) if after else []
        if _says_revoked(words) or _find(following, _API_KEYS):
            following = []
        phrases = outdated.places
        if _instructs(words, outdated.revocations):
            phrases = (*phrases, *outdated.revocation_places)
        if not (
            _instructs(words, outdated.instructions) or _instructs(following, outdated.instructions)
        ):
            continue
        for link in section.links if section else ():
            if _leads_to(link, outdated.path) and Regions([block.location.region]).hold_start(
                link.location
            ):
                return link.location, block.location
        for index, length in _find(words, phrases):
            last = words[index + length - 1]
            place = integration.readme.locate_slice(block, words[index].start, last.end)
            return place, block.location
    return None


def _leads_to(link: Link, path: str) -> bool:
    """Whether a link leads to a page of the Datadog application, relative or on the host of a site."""
    url = urls.parse(link.href)
    domains = [site.domain for site in policies.load(policies.DatadogSites).sites]
    is_relative = url.scheme is None and url.host is None
    return url.path.text.rstrip("/") == path and (is_relative or urls.within(url.hostname, domains))


# Words


def _words(block: Prose) -> list[Word]:
    return _split(block.words)


def _split(text: str) -> list[Word]:
    return [
        Word(match.group().casefold().replace("’", "'"), *match.span())
        for match in re.finditer(r"[^\W_]+(?:['’][^\W_]+)?", text)
    ]


def _find(words: Sequence[Word], phrases: Iterable[str]) -> list[tuple[int, int]]:
    """Return where phrases stand: the index of the first word, and how many there are."""
    wanted = [phrase.split() for phrase in phrases]
    texts = [word.text for word in words]
    return [
        (index, len(phrase))
        for index in range(len(texts))
        for phrase in wanted
        if texts[index : index + len(phrase)] == phrase
    ]


def _follows(words: Sequence[Word], index: int, others: Collection[str], within: int) -> bool:
    """Whether one of some other words stands just before a word."""
    return any(word.text in others for word in words[max(index - within, 0) : index])


def _is_denied(words: Sequence[Word], index: int, denials: Collection[str]) -> bool:
    """Whether a denial, or a `n't`, stands just before a word."""
    before = words[max(index - _JUST_BEFORE, 0) : index]
    return any(word.text in denials or word.text.endswith("n't") for word in before)


def _is_near(
    words: Sequence[Word], index: int, stems: Iterable[str], denials: Collection[str] = ()
) -> bool:
    """Whether a word with one of some stems, and no denial, stands near a word."""
    near = policies.load(policies.Uninstallation).near
    around = range(max(index - near, 0), min(index + near + 1, len(words)))
    return any(
        words[other].text.startswith(tuple(stems)) and not _is_denied(words, other, denials)
        for other in around
    )


def _says_revoked(words: Sequence[Word]) -> bool:
    """Whether a text states that authorizations are revoked; to ask for it is no statement."""
    policy = policies.load(policies.Uninstallation)
    revocation = policy.revocation
    denials = [*policy.negations, *policy.obligations]
    return any(
        (
            word.text in revocation.statements
            or (word.text == revocation.base and _follows(words, index, revocation.auxiliaries, 2))
        )
        and not _is_denied(words, index, denials)
        and _is_near(words, index, revocation.stems)
        for index, word in enumerate(words)
    )


def _instructs(words: Sequence[Word], instructions: Collection[str]) -> bool:
    """Whether a text tells the reader to do one of some things, or that they must be done."""
    policy = policies.load(policies.Uninstallation)
    denials = [*policy.negations, *policy.revocation.auxiliaries]
    return any(
        (word.text in instructions and not _is_denied(words, index, denials))
        or (
            word.text in policy.revocation.statements
            and _follows(words, index, policy.obligations, _JUST_BEFORE)
            and not _is_denied(words, index, policy.negations)
        )
        for index, word in enumerate(words)
    )
