"""URLs that know the place of each of their parts, however malformed they are."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from validator.definitions import resources

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_PARTS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?P<slashes>//(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_AUTHORITY = re.compile(
    r"(?:(?P<user>.*)@)?(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>.*))?", re.DOTALL
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a URL: its text and where it begins in the URL."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after the part."""
        return self.start + len(self.text)

    def split(self, separators: str) -> tuple[Part, ...]:
        """Return the pieces between any of the characters, empty ones included."""
        pieces, start = [], 0
        for index, character in enumerate(self.text):
            if character in separators:
                pieces.append(Part(self.text[start:index], self.start + start))
                start = index + 1
        return (*pieces, Part(self.text[start:], self.start + start))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no URL that a browser opens: what was found and expected, and the part at fault."""

    reason: str
    expected: str
    part: Part


@dataclass(frozen=True)
class Url:
    """A URL as it is written; a part that is absent is None. Nothing is decoded or normalised."""

    value: str
    scheme: Part | None
    user: Part | None
    host: Part | None
    port: Part | None
    path: Part
    query: Part | None
    fragment: Part | None

    @property
    def whole(self) -> Part:
        """The URL as one part."""
        return Part(self.value, 0)

    @cached_property
    def is_web(self) -> bool:
        """Whether the scheme is ``http`` or ``https``."""
        return self.scheme is not None and self.scheme.text.lower() in ("http", "https")

    @cached_property
    def fault(self) -> Fault | None:
        """Why the URL can't be opened; None when it can, as far as its form tells."""
        for index, character in enumerate(self.value):
            if fault := _character_fault(Part(character, index)):
                return fault
        if self.scheme is None or (self.host is None and self._scheme_is_host):
            return Fault("has no scheme", "`https://` in front", self.whole)
        if not self.is_web:
            return None
        if self.host is None or not self.host.text:
            return Fault("has no host", f"one after `{self.scheme.text}://`", self.whole)
        if self.user is not None:
            return Fault("has user information before the host", "the host alone", self.user)
        return self._host_fault(self.host) or self._port_fault() or self._escape_fault()

    @property
    def _scheme_is_host(self) -> bool:
        """Whether ``app.acme.io:8080/callback`` was read as a scheme and a path."""
        assert self.scheme is not None
        return "." in self.scheme.text or self.path.text[:1].isdigit()

    def _host_fault(self, host: Part) -> Fault | None:
        if host.text.lower() in ("http", "https"):
            return Fault("has its scheme twice", "it once", host)
        labels = self.hostname.split(".")
        is_name = not _NUMBER.fullmatch(labels[-1]) and all(map(_LABEL.fullmatch, labels))
        if self.address or (is_name and len(self.hostname) <= 253):
            return None
        expected = "letters, digits and hyphens between dots"
        return Fault(f"has the unreadable host `{host.text}`", expected, host)

    def _port_fault(self) -> Fault | None:
        port = self.port
        if port is None or not port.text:
            return None
        is_short = re.fullmatch("[0-9]{1,5}", port.text)
        if is_short and 0 < int(port.text) < 65536:
            return None
        return Fault(f"has `{port.text}` for a port", "none, or a number up to 65535", port)

    def _escape_fault(self) -> Fault | None:
        match = re.search(r"%(?![0-9A-Fa-f]{2})", self.value)
        if match is None:
            return None
        return Fault("has a `%` that begins no escape", "`%25`", Part("%", match.start()))

    @cached_property
    def hostname(self) -> str:
        """The host as it is looked up: lower case, international letters encoded, no final dot."""
        host = self.host.text.lower().removesuffix(".") if self.host else ""
        return ".".join(map(_encode, re.split(r"[.\u3002\uff0e\uff61]", host)))

    @cached_property
    def address(self) -> Address | None:
        """The IP address that the host is, in any of the notations that browsers read."""
        host = self.hostname
        if host.startswith("["):
            return _ipv6(host[1:-1].partition("%")[0])
        if not _NUMBER.fullmatch(host.rpartition(".")[2]):
            return None
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))  # reads, looks nothing up
        except (OSError, ValueError):
            return None

    @cached_property
    def labels(self) -> tuple[Part, ...]:
        """The labels of the host's name, from left to right; none for an address."""
        if self.host is None or self.address or not self.hostname:
            return ()
        return tuple(label for label in self.host.split(".\u3002\uff0e\uff61") if label.text)

    @cached_property
    def own_labels(self) -> tuple[Part, ...]:
        """The labels before the public suffix: what its owner chose."""
        suffix = _suffixes().publicsuffix(self.hostname) or self.hostname
        return self.labels[: len(self.labels) - len(suffix.split("."))]

    @cached_property
    def domain(self) -> str | None:
        """The registrable domain (public suffix and one label); None where there is none."""
        if self.address or not self.hostname:
            return None
        return _suffixes().privatesuffix(self.hostname)

    @cached_property
    def brand(self) -> str | None:
        """The label of the registrable domain that somebody registered, with international letters."""
        return _decode(self.domain.partition(".")[0]) if self.domain else None

    @cached_property
    def segments(self) -> tuple[Part, ...]:
        """The segments of the path that are not empty, as they are written."""
        return tuple(part for part in self.path.split("/") if part.text)

    @cached_property
    def route(self) -> tuple[Part, ...]:
        """The segments of the path, then those of a fragment that a page in the browser routes by."""
        fragment = self.fragment.split("/?&") if self.fragment else ()
        return (*self.segments, *(part for part in fragment if part.text))

    @cached_property
    def arguments(self) -> tuple[Part, ...]:
        """The values of the query."""
        if self.query is None:
            return ()
        return tuple(pair.split("=")[-1] for pair in self.query.split("&;"))

    @cached_property
    def normalised(self) -> tuple[str, ...]:
        """What two URLs have in common that differ only in the host's case or a final slash."""
        scheme = self.scheme.text.lower() if self.scheme else ""
        port = self.port.text if self.port else ""
        if (scheme, port) in (("https", "443"), ("http", "80")):
            port = ""
        rest = [f"{mark}{part.text}" for mark, part in self._rest if part is not None]
        return (scheme, self.hostname, port, self.path.text.removesuffix("/"), *rest)

    @property
    def _rest(self) -> tuple[tuple[str, Part | None], ...]:
        return (("@", self.user), ("?", self.query), ("#", self.fragment))


def _character_fault(part: Part) -> Fault | None:
    """Return why a character can't be in a URL; None when it can."""
    code = ord(part.text)
    if part.text == " ":
        return Fault("has a blank", "none, or `%20`", part)
    if part.text.isspace() or code < 0x20 or 0x7F <= code < 0xA0:
        return Fault(f"has the invisible character U+{code:04X}", "none", part)
    if part.text == "\\":
        return Fault("has a backslash", "`/`", part)
    return None


def parse(value: str) -> Url:
    """Return the parts of a URL. Never fails: ``fault`` says what is wrong."""
    match = _PARTS.fullmatch(value)
    assert match is not None, "every text matches"
    user = host = port = None
    if match["authority"] is not None:
        authority = _AUTHORITY.fullmatch(match["authority"])
        assert authority is not None, "every text matches"
        at = match.start("authority")
        user, host, port = (
            None if authority[name] is None else Part(authority[name], at + authority.start(name))
            for name in ("user", "host", "port")
        )

    def part(name: str) -> Part | None:
        return None if match[name] is None else Part(match[name], match.start(name))

    path = Part(match["path"], match.start("path"))
    return Url(value, part("scheme"), user, host, port, path, part("query"), part("fragment"))


def within(name: str, suffixes: Iterable[str]) -> bool:
    """Tell whether a host name is one of some domains, or lies in one."""
    return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)


def words(text: str) -> list[str]:
    """Return the words of a name in lower case, split at everything but letters and digits, and at humps.

    ``orgId``, ``org_id`` and ``ORG-ID`` give the same.
    """
    pieces = re.findall(r"[^\W_]+", unquote(text))
    humps = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+"
    return [hump.lower() for piece in pieces for hump in re.findall(humps, piece)]


@cache
def _suffixes() -> PublicSuffixList:
    """Return the list of public suffixes, its rules kept: to read its text takes as long as to judge a tile."""
    from pathlib import Path

    from publicsuffixlist import PSLFILE, PublicSuffixList

    def read() -> list[str]:
        return sorted(PublicSuffixList()._publicsuffix)  # noqa: SLF001 (the bound in pyproject.toml holds it)

    suffixes = PublicSuffixList([])
    rules = frozenset(resources.kept("public-suffixes", [Path(PSLFILE)], read))
    suffixes._publicsuffix = rules  # noqa: SLF001 (what it would parse anew in every run)
    suffixes._maxlabel = max(rule.count(".") for rule in rules) + 1  # noqa: SLF001 (what it would parse anew in every run)
    return suffixes


def _encode(label: str) -> str:
    if label.isascii():
        return label
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:  # newer letters than the codec knows
        return "xn--" + label.encode("punycode", "replace").decode("ascii")


def _decode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _ipv6(text: str) -> Address | None:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address
