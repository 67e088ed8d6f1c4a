"""What a name that is no scope was meant for: scopes of the same resource, or the submission of data."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from validator.definitions import policies
from validator.scopes.catalogue import catalogue
from validator.spelling import LONGEST, is_within, nearest

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LIKENESS = 0.84
"""How alike two resources are of which one is a misspelling, or the plural, of the other."""


def means_submission(name: str) -> bool:
    """Tell whether a name means to submit data, such as ``metrics_write`` or ``logs:send``.

    Datadog has no scope for it: data is submitted with an API key (rules/policies/scope_guesses.yaml).
    """
    policy = policies.load(policies.ScopeGuesses)
    parts = set(_parts(name))
    known = {*policy.data, *policy.submitting, *policy.filler}
    return parts <= known and all(
        not parts.isdisjoint(words) for words in (policy.data, policy.submitting)
    )


def meant(name: str) -> str | None:
    """Return the scope that a name was most likely meant for, of the same resource and access; None without one.

    A name that reads is never answered with a scope that writes, nor the other way round: a client would
    be widened, or couldn't work.
    """
    if len(name) > LONGEST:
        return None
    resource, access = _taken_apart(name)
    alike = [
        scope
        for scope in sorted(catalogue().requestable)
        if _is_one_resource(resource, _resource(scope))
        and access in ("", catalogue().access(scope))
    ]
    close = nearest(name, alike, most=1, likeness=0)
    return close[0] if close else None


def _parts(name: str) -> list[str]:
    return [part.casefold() for part in _PARTS.findall(name[:LONGEST])]


def _taken_apart(name: str) -> tuple[str, str]:
    """Return the resource that a name speaks of, and ``read``, ``write`` or nothing for what it does."""
    policy = policies.load(policies.ScopeGuesses)
    words = {
        **dict.fromkeys(policy.writing, "write"),
        **dict.fromkeys(policy.reading, "read"),
    }
    parts = _parts(name)
    if parts and parts[-1] not in words:
        misspelt = (word for word in ("read", "write") if is_within(parts[-1], word, 1))
        parts[-1] = next(misspelt, parts[-1])
    access = next((words[part] for part in reversed(parts) if part in words), "")
    return " ".join(part for part in parts if part not in (*words, *policy.vague)), access


@cache
def _resource(scope: str) -> str:
    return _taken_apart(scope)[0]


def _is_one_resource(resource: str, other: str) -> bool:
    if not resource or not other:
        return False
    if resource.rstrip("s") == other.rstrip("s"):
        return True
    if abs(len(resource) - len(other)) > max(len(resource), len(other)) // 3:
        return False
    return SequenceMatcher(None, resource, other).ratio() >= _LIKENESS
