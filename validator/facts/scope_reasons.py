"""What the README says of the things that a scope reads or changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from validator.facts.assets import manifest_value
from validator.integration import Integration, once
from validator.model import DocumentError, Location
from validator.scopes.catalogue import catalogue, mentions

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_DENIAL = re.compile(
    r"\b(?:cannot|neither|never|no|nor|not|without)\b|n['\N{RIGHT SINGLE QUOTATION MARK}]t\b",
    re.IGNORECASE,
)
_DOUBLED = re.compile(r"[^aeiou][aeiou][bdglmnprt]")


def change_told(integration: Integration, scope: str) -> Location | None:
    """Return where a sentence of the README says that something is changed which a scope can change.

    A word alone doesn't: who is told to open a dashboard learns nothing of one that is created. None without
    such a sentence, or where nobody knows the words for the scope. Raises DocumentError for a README that
    can't be read.
    """
    keywords = catalogue().write_keywords.get(scope, ())
    for sentence, place in _changes(integration) if keywords else ():
        if mentions(sentence, keywords):
            return place
    return None


def is_named(integration: Integration, scope: str) -> bool:
    """Tell whether the README names what a scope reads, be it in the address of a link."""
    keywords = catalogue().read_keywords[scope]
    return any(mentions(text, keywords) for text in _texts(integration))


@once
def _changes(integration: Integration) -> tuple[tuple[str, Location], ...]:
    """Return the sentences of the README that say that something is changed, each with its block's place."""
    own = _own_name(integration)
    return tuple(
        (sentence, place)
        for sentence, words, place in _sentences(integration)
        if _says_change(own.sub("it", words))
    )


def _own_name(integration: Integration) -> re.Pattern[str]:
    """Return what finds the integration's name, which may have a verb in it, such as Acme Deploy."""
    names = [integration.name]
    for pointer in (("tile", "title"), ("author", "name")):
        try:
            value = manifest_value(integration, pointer)
        except DocumentError:  # the name helps, and isn't what is judged
            break
        names += [value] if isinstance(value, str) else []
    patterns = [r"[\s_-]+".join(map(re.escape, re.findall(r"[^\s_-]+", name))) for name in names]
    return re.compile("|".join(filter(None, patterns)) or "(?!)", re.IGNORECASE)


def _says_change(words: str) -> bool:
    if _DENIAL.search(words):
        return False
    told = _looking().sub("", words)
    return _changing().search(told) is not None


def _sentences(integration: Integration) -> Iterator[tuple[str, str, Location]]:
    """Yield each sentence, the same without its code, and its block's place.

    One of a list is told together with the words that introduce the list.
    """
    readme = integration.readme
    headings = {heading.line for heading in readme.headings}
    lead = ""
    for block in readme.prose:
        region = block.location.region
        is_heading = region is not None and region.start_line in headings
        if block.is_code or is_heading:
            lead = ""
            continue
        start = 0
        ends = [end.end() for end in _SENTENCE_END.finditer(block.text)]
        for end in (*ends, len(block.text)):
            sentence, words = block.text[start:end], block.words[start:end]
            yield f"{lead} {sentence}".strip(), f"{lead} {words}".strip(), block.location
            start = end
        if block.text.rstrip().endswith(":"):
            lead = block.text.strip()


@once
def _texts(integration: Integration) -> tuple[str, ...]:
    readme = integration.readme
    return (
        *(block.text for block in readme.prose),
        *(link.href for link in readme.links),
        *(definition.href for definition in readme.definitions),
    )


@cache
def _changing() -> re.Pattern[str]:
    """Return what finds a verb of change in any of its forms."""
    forms = "|".join(form for verb in catalogue().changing for form in _forms(verb))
    return re.compile(rf"\b(?:{forms})\b", re.IGNORECASE)


@cache
def _looking() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:then\s+)?(?:{'|'.join(catalogue().looking)})\b", re.IGNORECASE)


def _forms(verb: str) -> Iterable[str]:
    """Return the regular forms of a verb: creates, created, creating."""
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y"):
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    last = verb[-1] if _DOUBLED.fullmatch(verb[-3:]) else ""
    return verb, f"{verb}e?s", f"{verb}{last}ed", f"{verb}{last}ing", f"{verb}ed", f"{verb}ing"
