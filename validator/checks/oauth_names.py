"""Questions about the name and the description of an OAuth client, which customers read at consent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from validator.definitions import policies
from validator.facts.client_urls import CLIENT
from validator.integration import MANIFEST, Integration
from validator.model import Finding, Related, Rule
from validator.reading.urls import words
from validator.spelling import squashed

_NAME = (*CLIENT, "name")
_DESCRIPTION = (*CLIENT, "description")
_TITLE = ("tile", "title")

_LONGEST = 1000
"""Characters of a name that are compared with another: each word is looked for in all of it."""


def client_name(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a name with words for engineers, or one that has nothing to do with the title."""
    document = integration.oauth_clients
    name = document.get(_NAME)
    if not isinstance(name, str) or not name.strip():
        return
    title = _title(integration)
    if found := _engineers_words(name, _all_words(title or integration.name)):
        start, end = found[0].start(), found[-1].end()
        listed = ", ".join(f"`{match.group()}`" for match in found)
        wanted = f"`{title}`" if title else "the title of the integration"
        yield rule.finding(
            document.locate_slice(_NAME, start, end),
            f"the name `{name}` has words that only engineers know: {listed}; expected {wanted}",
            related=_title_place(integration),
        )
        return
    title = integration.manifest.get(_TITLE)  # without a manifest, the rest can't be judged
    if isinstance(title, str) and title.strip() and not _shares_word(name, title):
        yield rule.finding(
            document.locate(_NAME),
            f"the name `{name}` has no word of the title; expected `{title}`",
            related=_title_place(integration),
        )


def client_name_differs(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a name that is not the title, unless ``client_name`` says more about it."""
    document = integration.oauth_clients
    name = document.get(_NAME)
    integration.manifest  # noqa: B018 (without one nothing can be judged)
    title = _title(integration)
    if not isinstance(name, str) or title is None or not name.strip() or name == title:
        return
    if not _engineers_words(name, _all_words(title)) and _shares_word(name, title):
        yield rule.finding(
            document.locate(_NAME),
            f"the name is `{name}`, the title `{title}`; expected the same",
            related=_title_place(integration),
        )


def client_description(integration: Integration, rule: Rule, *, shortest: int) -> Iterator[Finding]:
    """Yield a description that is the name again, was left over, or is shorter than ``shortest``."""
    document = integration.oauth_clients
    description, name = document.get(_DESCRIPTION), document.get(_NAME)
    if not isinstance(description, str) or not description.strip():
        return
    if isinstance(name, str) and squashed(description) == squashed(name):
        fault = "only repeats the name"
    elif _is_leftover(description, name if isinstance(name, str) else ""):
        fault = f"is `{description}`, which looks left over"
    elif len(description.strip()) < shortest:
        fault = f"has {len(description.strip())} characters"
    else:
        return
    yield rule.finding(
        document.locate(_DESCRIPTION),
        f"the description {fault}; expected what the client does for a customer",
    )


def _title(integration: Integration) -> str | None:
    """Return the title, as far as there is a manifest that has one."""
    title = integration.manifest.get(_TITLE) if integration.has(MANIFEST) else None
    return title if isinstance(title, str) and title.strip() else None


def _title_place(integration: Integration) -> tuple[Related, ...]:
    if _title(integration) is None:
        return ()
    return (Related(integration.manifest.locate(_TITLE), "the title is here"),)


def _all_words(name: str) -> set[str]:
    """Return the words of a name, and what stands between blanks and punctuation, in lower case."""
    return {*words(name), *re.findall(r"[^\W_]+", name.lower())}


def _engineers_words(name: str, allowed: Iterable[str]) -> list[re.Match[str]]:
    """Return the words of a name that only engineers use, those of the title left out."""
    policy = policies.load(policies.Environments)
    known = {*policy.environments, *policy.technical_words} - set(allowed)

    def is_known(match: re.Match[str]) -> bool:
        word = match.group().lower()
        return word in known or word.rstrip("0123456789") in known

    found = []
    for piece in re.finditer(r"[^\W_]+", name):
        if is_known(piece):
            found.append(piece)
        else:  # AcmeDev: at its humps
            humps = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
            found += filter(is_known, humps.finditer(name, piece.start(), piece.end()))
    return found


def _shares_word(name: str, title: str) -> bool:
    name, title = name[:_LONGEST], title[:_LONGEST]
    common = set(policies.load(policies.Environments).common_words)
    if (_all_words(name) & _all_words(title)) - common:
        return True
    whole, other = squashed(name), squashed(title)
    long_words = {word for word in _all_words(title) - common if len(word) > 3}
    return whole in other or other in whole or any(word in whole for word in long_words)


def _is_leftover(description: str, name: str) -> bool:
    placeholders, policy = (
        policies.load(policies.Placeholders),
        policies.load(policies.Environments),
    )
    if any(word in placeholders.capital_markers for word in re.findall(r"\w+", description)):
        return True
    said = set(re.findall(r"[^\W_]+", description.lower()))
    if "lorem" in said or squashed(description) in map(squashed, placeholders.markers):
        return True
    telling = {*policy.leftover_words, *policy.environments}
    empty = {*policy.filler_words, *policy.technical_words, *policy.common_words}
    return bool(said & telling) and said <= telling | empty | _all_words(name)
