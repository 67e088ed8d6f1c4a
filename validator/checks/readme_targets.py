"""Where links of the README lead: to what only the author has, or to a place where a tile leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.definitions import policies
from validator.facts.link_targets import targets
from validator.integration import Integration
from validator.model import Finding, Rule
from validator.reading.urls import parse, within
from validator.wording import brief, quoted

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FILE = re.compile(r"(?:\./)?[\w.-]+(?:/[\w.-]+)*\.[A-Za-z0-9]{2,8}")
_TRANSLATED = re.compile(r"/(?:de|es|fr|ja|ko|zh)(?:/|$)")
_PICTURE = re.compile(r"\.(?:gif|jpe?g|png|svg|webp)$", re.IGNORECASE)


def unreachable(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to the author's own machine."""
    local = policies.load(policies.Hosts)
    for target in targets(integration):
        href = target.href.strip()
        url = parse(href)
        is_file = href.lower().startswith("file:")
        is_local = url.is_web and (
            url.hostname in local.local_labels or url.hostname.split(".")[-1] in local.local_labels
        )
        if is_file or is_local:
            yield rule.finding(
                target.location,
                f"{quoted(brief(href, 60))} leads to the reader's own machine; expected a page of the web, or the "
                "address in backticks",
                about=href,
            )


def translated(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to a translation of the documentation."""
    for target in targets(integration):
        href = target.href.strip()
        url = parse(href)
        if (
            url.is_web
            and url.hostname == "docs.datadoghq.com"
            and (match := _TRANSLATED.match(url.path.text))
        ):
            yield rule.finding(
                target.location,
                f"{quoted(brief(href, 60))} is a translated page; expected it without `{match[0].rstrip('/')}`",
                about=href,
            )


def documentation_path(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to a page of the documentation by its path alone, which leads into the application."""
    folders = policies.load(policies.Readme).documentation_folders
    for target in targets(integration):
        href = target.href.strip()
        if target.is_image or not href.startswith("/") or href.startswith("//"):
            continue
        first = href.strip("/").partition("/")[0].partition("#")[0].partition("?")[0]
        if first in folders:
            yield rule.finding(
                target.location,
                f"{quoted(brief(href, 60))} leads to a page of the application that does not exist; expected "
                f"`https://docs.datadoghq.com{brief(href, 60)}`",
                about=href,
            )


def without_scheme(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to a host without `https://`, which is taken for a file beside the page."""
    for target in targets(integration):
        href = target.href.strip()
        if target.is_image or _SCHEME.match(href) or href.startswith(("/", "#", ".")):
            continue
        host = re.split(r"[/?#]", href, maxsplit=1)[0]
        url = parse(f"https://{href}")
        is_host = host.lower().startswith("www.") or (
            "/" in href
            and url.domain is not None
            and host.count(".") >= 1
            and not _FILE.fullmatch(href)
        )
        if is_host and url.domain is not None and "@" not in host:
            yield rule.finding(
                target.location,
                f"{quoted(brief(href, 60))} has no scheme; expected `https://{brief(href, 60)}`",
                about=href,
            )


def relative_file(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to a file by its path in the integration, which a tile doesn't have."""
    for target in targets(integration):
        href = target.href.strip().partition("#")[0]
        if target.is_image or _SCHEME.match(href) or not _FILE.fullmatch(href):
            continue
        host = href.partition("/")[0]
        if host.lower().startswith("www.") or (
            "/" not in href and not integration.has(PurePosixPath(href))
        ):
            continue
        yield rule.finding(
            target.location,
            f"{quoted(brief(href, 60))} leads nowhere on a tile; expected the address on GitHub, such as "
            f"`https://github.com/DataDog/integrations-extras/blob/master/{integration.name}/{brief(href, 60)}`",
            about=href,
        )


def mismatched_text(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link that reads like a file and leads to another one."""
    names = policies.load(policies.Readme).linked_files
    for link in integration.readme.links:
        text = link.text.strip().strip("`")
        path = parse(link.href.strip()).path.text or link.href
        last = path.rstrip("/").rpartition("/")[2]
        if not link.is_image and text in names and last in names and not last.startswith(text):
            yield rule.finding(
                link.location,
                f"the link reads {quoted(text)} and leads to {quoted(last)}; expected one file",
                about=link.href,
            )


def picture_mark(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield pictures that are written as links, and links that are written as pictures."""
    for link in integration.readme.links:
        href = link.href.strip()
        url = parse(href)
        path = url.path.text if url.is_web else href
        is_raw = url.is_web and url.hostname == "raw.githubusercontent.com"
        if link.is_image and url.is_web and _is_page(url.hostname, path):
            message = f"the picture leads to the page {quoted(brief(href, 60))}; expected no `!` before the link"
        elif not link.is_image and is_raw and _PICTURE.search(path) and link.form != "html":
            message = (
                f"the link leads to the picture {quoted(brief(href, 60))}; expected `!` before it"
            )
        else:
            continue
        yield rule.finding(link.location, message, about=href)


def _is_page(host: str, path: str) -> bool:
    """Tell whether an address is certainly no picture: a folder, or a page of the documentation."""
    return not _PICTURE.search(path) and (
        path.endswith("/") or within(host, ["docs.datadoghq.com", "app.datadoghq.com"])
    )
