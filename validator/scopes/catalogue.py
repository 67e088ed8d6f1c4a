"""The catalogue of OAuth scopes: what a name is, and what we think of it."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from validator.definitions import policies


class Status(enum.Enum):
    """Where a name is found."""

    LISTED = "on the public list"
    PARTNER = "for technology partners only"
    RETIRED = "on an earlier list only"
    UNLISTED = "on no list, though something asks for it"
    PERMISSION = "a role permission only"
    UNKNOWN = "nowhere"


class Risk(enum.Enum):
    """What could go wrong when a scope is granted; the values are the words of messages."""

    ADMIN = "administers the customer's organization"
    EXTERNAL_EXPOSURE = "can show the customer's data to people outside"
    SECURITY_CONFIG = "can change how the customer is protected"
    SENSITIVE_READ = "reads sensitive data"
    NORMAL = ""


SHORT = 3
"""Letters up to which a keyword is a whole word: "slo" is not "slow"."""

PRIVILEGED = (Risk.ADMIN, Risk.EXTERNAL_EXPOSURE, Risk.SECURITY_CONFIG)
"""The risks for which a scope must be justified."""

API_KEYS_WRITE = "api_keys_write"
"""The scope with which a client creates the API key that every intake operation takes."""


@dataclass(frozen=True, slots=True)
class QueriedData:
    """What reads one data type: any of ``scopes`` serves its tag, any of ``disclosed`` demands it."""

    name: str
    scopes: tuple[str, ...]
    disclosed: tuple[str, ...]
    note: str

    @property
    def tag(self) -> str:
        """The classifier tag that tells customers of it."""
        return f"Queried Data Type::{self.name}"


class Catalogue:
    """What the scope policy says. ``date`` (ISO 8601) belongs in each message that rests on it."""

    def __init__(self, data: policies.Scopes) -> None:
        self.date = data.checked
        self.listed = frozenset([*data.listed, *data.listed_since])
        self._partner = frozenset(data.partner)
        self._retired = {
            **{
                name: policies.Retired(until=until, successor=None)
                for name, until in data.gone.items()
            },
            **data.retired,
        }
        self._unlisted = frozenset([*data.asked_for, *data.observed])
        self._access: dict[str, str] = {
            name: kind for kind, names in data.access.items() for name in names
        }
        self._risks = {
            name: Risk[kind.upper().replace("-", "_")]
            for kind, names in data.risk.items()
            for name in names
        }
        self.without_operation = frozenset(data.without_operation)
        self.unread = frozenset([*data.unread, *data.listed_since])
        self.needs = data.needs
        self.reads_secrets = data.reads_secrets
        self.write_keywords = data.write_keywords
        self.read_keywords = data.read_keywords
        self.changing, self.looking = data.changing, data.looking
        self.queried = tuple(
            QueriedData(name, tuple(own.scopes), tuple(own.disclosed), own.note)
            for name, own in data.queried.items()
        )

    @property
    def requestable(self) -> frozenset[str]:
        """The scopes that a client may request: on the public list, or granted to partners."""
        return self.listed | self._partner

    def status(self, name: str) -> Status:
        """Tell where a name is found; the list of role permissions is read only for a stranger."""
        if name in self.listed:
            return Status.LISTED
        if name in self._partner:
            return Status.PARTNER
        if name in self._retired:
            return Status.RETIRED
        if name in self._unlisted:
            return Status.UNLISTED
        return Status.PERMISSION if name in permissions() else Status.UNKNOWN

    def access(self, name: str) -> str:
        """Return ``read``, ``write`` or ``other``: what the scope is for, as its name says."""
        suffix = name.rpartition("_")[2]
        return self._access.get(name, suffix if suffix in ("read", "write") else "other")

    def risk(self, name: str) -> Risk:
        """Return what could go wrong when the scope is granted."""
        return self._risks.get(name, Risk.NORMAL)

    def retired(self, name: str) -> tuple[str, str | None]:
        """Return the last day on which a retired scope was listed, and its successor if it has one."""
        entry = self._retired[name]
        return entry.until, entry.successor


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read once."""
    return Catalogue(policies.load(policies.Scopes))


@cache
def permissions() -> Mapping[str, str]:
    """Return the role permissions that are no OAuth scopes, each with what is known of it."""
    policy = policies.load(policies.Permissions)
    notes = policy.notes
    return {name: notes.get(name, "") for names in policy.permissions.values() for name in names}


@cache
def descriptions() -> Mapping[str, str]:
    """Return what each scope lets an integration do, in words that follow "This integration can"."""
    words: Mapping[str, str] = policies.load(policies.ScopeDescriptions).descriptions
    return words


def mentions(text: str, keywords: Iterable[str]) -> bool:
    """Tell whether a text has a word that begins with a keyword; a short one is the whole word."""
    patterns = [
        r"\s+".join(map(re.escape, keyword.split())) + (r"s?\b" if len(keyword) <= SHORT else "")
        for keyword in keywords
    ]
    return re.search(rf"\b(?:{'|'.join(patterns)})", text, re.IGNORECASE) is not None


OLD = 365
"""Days after which the catalogue is called old."""


def is_old(checked: str, today: dt.date) -> bool:
    """Tell whether something that was checked on a day (ISO 8601) is older than a year."""
    return (today - dt.date.fromisoformat(checked)).days > OLD


def age_line(today: dt.date) -> str:
    """Return the line that tells that the catalogue is old; an empty string if it isn't."""
    if not is_old(catalogue().date, today):
        return ""
    return (
        f"The catalogue of scopes is of {catalogue().date}, more than a year old: "
        "upgrade tilelint, or read what it says about scopes with care."
    )
