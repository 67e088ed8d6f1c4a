"""Brackets in a README that became no link: what they are, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from validator.documents.markdown import Unlinked
from validator.wording import brief

_short = partial(brief, most=40)

NUMBER = re.compile(r"\d+")
TARGET = re.compile(r"(?:https?://|www\.|mailto:|/(?!/)|#)\S", re.IGNORECASE)
MAIL = re.compile(r"[^\s@:/?#]+@[^\s@:/?#]+\.[A-Za-z]{2,}(?:\?\S*)?")
# A label as authors choose them. Capitals alone, or a time, are what log lines have in brackets.
_LABEL = re.compile(r"(?=[^\]]*[a-z])[A-Za-z][\w .-]*")
_RANGE = re.compile(r"(?:\w-\w)+")
_TIME = re.compile(r"\d{1,4}[-:/]\d{1,2}")


@dataclass(frozen=True)
class Labels:
    """The labels that a README defines: ``names``, and ``gone`` those whose definition became text."""

    names: set[str]
    gone: set[str]

    @cached_property
    def are_numbers(self) -> bool:
        """Whether all of them are numbers."""
        return all(map(NUMBER.fullmatch, self.names))


class _Written:
    """Brackets that are no link, as somebody wrote them: ``[text][inner]`` or ``[text](inner)``."""

    def __init__(self, brackets: Unlinked, labels: Labels) -> None:
        self.before = brackets.before
        self.text = brackets.text
        self.target = target = brackets.target
        self.has_gap = brackets.has_gap
        self.inner = target[1:-1] if target.endswith((")", "]")) else target[1:]
        self.rest = brackets.after[brackets.after.find(target) + len(target) :] if target else ""
        self.labels = labels

    @property
    def is_inline(self) -> bool:
        """Whether parentheses follow."""
        return self.target.startswith("(")

    @property
    def inner_is_target(self) -> bool:
        """Whether what follows in brackets or parentheses is an address."""
        return TARGET.match(self.inner) is not None

    @property
    def label(self) -> str:
        """The label that is meant, as definitions have it."""
        return " ".join((self.inner or self.text).split()).casefold()

    @property
    def inner_is_number(self) -> bool:
        """Whether a number follows in brackets."""
        return NUMBER.fullmatch(self.inner) is not None

    @property
    def shown(self) -> str:
        """All of it, short enough for a message."""
        return f"[{_short(self.text)}]{' ' if self.has_gap else ''}{brief(self.target, 60)}"

    @property
    def is_label(self) -> bool:
        """Whether the words that follow were meant for a label.

        `[ERROR][worker]`, `[main][INFO]`, `[timestamp][level]` and `[a-z][a-z]` are what they are. Where
        all labels are numbers, only several words before them make a link of it.
        """
        if self.text.isupper() or _RANGE.fullmatch(self.text) or not _LABEL.fullmatch(self.inner):
            return False
        return " " in self.text.strip() or not self.labels.are_numbers


class _Case(NamedTuple):
    """What brackets can be: when they are, and what is wrong with them then; None where they are text."""

    name: str
    holds: Callable[[_Written], object]
    message: Callable[[_Written], str] | None = None


_CASES = (
    _Case("an index", lambda one: one.before[-1:].isalnum() or one.before[-1:] in ("]", "_", "$")),
    _Case("empty", lambda one: not one.text.strip()),
    _Case(
        "target before text",
        lambda one: not one.target and one.before.endswith(")") and TARGET.match(one.text),
        lambda one: f"`[{_short(one.text)}]` is no link; expected `[text]` first, then its target",
    ),
    _Case("words in brackets", lambda one: not one.target),
    _Case("words and a remark", lambda one: one.is_inline and not one.inner_is_target),
    _Case(
        "a gap before the URL",
        lambda one: one.is_inline and one.has_gap,
        lambda one: (
            f"`[{_short(one.text)}] ({_short(one.inner)})` is no link; expected no blank after `]`"
        ),
    ),
    _Case(
        "a blank in the URL",
        lambda one: one.is_inline and " " in one.inner,
        lambda one: _no_url(one, "a blank in its URL"),
    ),
    _Case(
        "an unfinished URL",
        lambda one: one.is_inline,
        lambda one: _no_url(one, "an unfinished target"),
    ),
    _Case("a chain: `[INFO] [docs][1]`, `[a][b][c]`", lambda one: one.rest.startswith(("[", "("))),
    _Case(
        "a URL in the place of a label",
        lambda one: one.inner_is_target or MAIL.fullmatch(one.inner),
        lambda one: (
            f"`{one.shown}` is no link; expected a label in the second brackets, such as `[1]`"
        ),
    ),
    _Case("words, then words", lambda one: one.has_gap and not one.inner_is_number),
    _Case("the box of a task", lambda one: one.has_gap and one.text.strip().lower() in ("", "x")),
    _Case(
        "a gap before the label",
        lambda one: one.has_gap and one.label in one.labels.names,
        lambda one: f"`{one.shown}` is no link; expected no blank after `]`",
    ),
    _Case("a label whose definition is told", lambda one: one.label in one.labels.gone),
    _Case(
        "a gap before an unknown number",
        lambda one: one.has_gap,
        lambda one: f"`{one.shown}` has no definition; expected `[{one.inner}]: URL`",
    ),
    _Case("the time of a log line", lambda one: _TIME.search(one.text)),
    _Case("an index of an index: `[0][1]`", lambda one: NUMBER.fullmatch(one.text)),
    _Case(
        "the fields of a log line",
        lambda one: one.inner and not one.inner_is_number and not one.is_label,
    ),
    _Case(
        "a label without a definition",
        lambda _: True,
        lambda one: (
            f"`{one.shown}` has no definition; expected a line `[{one.inner or one.text}]: URL`"
        ),
    ),
)
"""What brackets that became no link can be; the first case that holds is theirs."""


def _no_url(one: _Written, reason: str) -> str:
    return f"`[{_short(one.text)}]` is no link: it has {reason}; expected one URL, then `)`"


def unlinked_message(brackets: Unlinked, labels: Labels) -> str | None:
    """Return what is wrong with brackets, or None when they are plain text."""
    one = _Written(brackets, labels)
    case = next(case for case in _CASES if case.holds(one))
    return case.message(one) if case.message else None
