"""Whether suppressions are needed and well made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from validator.definitions import rules
from validator.model import Finding, Fix, Rule
from validator.spelling import offer
from validator.suppressions import Use


def unused(use: Use, rule: Rule) -> Iterator[Finding]:
    """Yield a suppression that silences nothing although its rule was judged."""
    suppression = use.suppression
    forbids = suppression.rule in _never_silenced()
    if use.judged and not use.silenced and not use.expired and suppression.reason and not forbids:
        message = f"`{suppression.rule}` has nothing to silence here; expected no suppression"
        yield rule.finding(suppression.location, message, about=suppression.rule, fix=_removal(use))


def expired(use: Use, rule: Rule) -> Iterator[Finding]:
    """Yield a suppression whose last day has passed."""
    suppression = use.suppression
    if use.expired:
        message = f"the suppression of `{suppression.rule}` ended on {suppression.until}"
        yield rule.finding(suppression.location, message, about=suppression.rule, fix=_removal(use))


def without_reason(use: Use, rule: Rule) -> Iterator[Finding]:
    """Yield a suppression that gives no reason, and so counts for nothing."""
    suppression = use.suppression
    if not suppression.reason:
        message = (
            f"the suppression of `{suppression.rule}` gives no reason and counts for nothing; expected "
            f"`suppress[{suppression.rule}] reason`"
        )
        yield rule.finding(suppression.location, message, about=suppression.rule)


def unknown_rule(use: Use, rule: Rule) -> Iterator[Finding]:
    """Yield a suppression of a rule that doesn't exist."""
    known = _known()
    name = use.suppression.rule
    if name not in known:
        message = f"`{name}` is no rule{offer(name, known)}"
        yield rule.finding(
            use.suppression.location, message, about=use.suppression.rule, fix=_removal(use)
        )


@cache
def _known() -> frozenset[str]:
    return frozenset(name for rule in rules.load() for name in (rule.id, *rule.aliases))


@cache
def _never_silenced() -> frozenset[str]:
    return frozenset(rule.id for rule in rules.load() if not rule.silenceable)


def forbidden(use: Use, rule: Rule) -> Iterator[Finding]:
    """Yield a suppression of a rule that nothing may silence."""
    name = use.suppression.rule
    if name in _never_silenced():
        message = f"`{name}` can't be silenced; expected the finding to be resolved"
        yield rule.finding(
            use.suppression.location, message, about=use.suppression.rule, fix=_removal(use)
        )


def _removal(use: Use) -> Fix | None:
    removal = use.suppression.removal
    return Fix("Remove the suppression", (removal,)) if removal else None
