"""The pictures of the README: that each is there, comes from the repository, and has words in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from validator.definitions import policies
from validator.facts import assets
from validator.facts.link_targets import Target, targets
from validator.facts.manifest_paths import is_told
from validator.facts.uninstallation import find_section
from validator.integration import Integration
from validator.model import Finding, Rule
from validator.reading.repositories import is_lasting, repository_file
from validator.reading.urls import parse
from validator.spelling import nearest
from validator.wording import shortened

_IMAGES = PurePosixPath("images")


def _pictures(integration: Integration) -> Iterator[Target]:
    """Yield where the pictures are, each used definition once."""
    return (target for target in targets(integration) if target.is_image)


def _relative(href: str) -> PurePosixPath | None:
    """Return the path of a picture that is named relative to the README, or None."""
    url = parse(href)
    if url.scheme is not None or url.host is not None or not url.path.text:
        return None
    return PurePosixPath(unquote(url.path.text).replace("\\", "/").lstrip("/"))


def _expected(integration: Integration, path: PurePosixPath) -> str:
    """Return the URL that the repository asks for."""
    repository = policies.load(policies.Readme).repositories["extras"]
    name = path.name or "<file>"
    base = f"https://raw.githubusercontent.com/{repository}/master"
    return f"{base}/{integration.name}/{_IMAGES}/{name}"


def missing(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every own picture that isn't there, relative or by its URL in the repository."""
    for target in _pictures(integration):
        href = target.href.strip()
        path = _relative(href)
        if path is None:
            file = repository_file(href, integration.name)
            if file is None or file.branch is None or not is_lasting(file.branch):
                continue
            if file.directory != integration.name or file.repository == "core":
                continue
            path = file.inside
        if not integration.has(path) and not is_told(integration, path):
            message = (
                f"`{shortened(str(path))}` is not in the integration{_offer(integration, path)}"
            )
            place = integration.readme.locate_within(target.location, str(path))
            yield rule.finding(place, message, about=target.href.strip())


def _offer(integration: Integration, path: PurePosixPath) -> str:
    """Return the picture that was meant: one of that name elsewhere, or the nearest name.

    Folder and suffix are the same for most pictures, and make none of them alike.
    """
    suffixes = set(policies.load(policies.Media).pictures)
    files = [file for file in assets.everything(integration) if file.suffix.lower() in suffixes]
    named = assets.named_alike(integration, path)
    by_stem = {file.stem: file for file in reversed(files)}
    meant = [file for file in named if file.suffix.lower() in suffixes]
    meant += [by_stem[stem] for stem in nearest(path.stem, by_stem)]
    return (
        f"; did you mean `{shortened(str(meant[0]))}`?"
        if meant
        else f"; expected a file in `{_IMAGES}/`"
    )


def relative(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every picture that is named relative to the README, outside the Marketplace.

    One that isn't there is told as missing.
    """
    if "marketplace" in integration.kinds:
        return
    for target in _pictures(integration):
        path = _relative(target.href.strip())
        if path is not None and integration.has(path):
            message = f"`{shortened(str(path))}` can't be shown on a tile; expected `{_expected(integration, path)}`"
            yield rule.finding(target.location, message, about=target.href.strip())


def foreign_host(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every picture from another place than the repository, or from a page about it."""
    for target in _pictures(integration):
        href = target.href.strip()
        url = parse(href)
        if not href or (url.host is None and url.scheme is None):
            continue
        file = repository_file(href, integration.name)
        if file is not None and file.is_raw:
            continue
        if file is not None:
            expected = _expected(integration, file.path)
            message = f"`{shortened(href)}` is a page about the picture; expected `{expected}`"
        elif url.host is None:
            message = f"the picture is written into a `{_scheme(href)}` URL; expected a file in `{_IMAGES}/`"
        else:
            message = f"the picture comes from `{shortened(url.host.text)}`; expected a file in `{_IMAGES}/`"
        yield rule.finding(target.location, message, about=target.href.strip())


def _scheme(href: str) -> str:
    return href.partition(":")[0].lower() + ":"


def missing_alt(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every picture without words for those who can't see it."""
    for link in integration.readme.links:
        if link.is_image and not link.text.strip():
            name = unquote(link.href).rpartition("/")[2].partition("?")[0][:60]
            message = f"`{name}` has no alternative text; expected what the picture shows"
            yield rule.finding(link.location, message, about=link.href)


def overview_screenshot(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every picture in the overview, which the gallery of a Marketplace tile is for."""
    readme = integration.readme
    for heading in readme.headings:
        if heading.text.strip().casefold() == "overview":
            for link in readme.links_within(heading):
                if link.is_image:
                    message = "a picture stands in the overview; expected it in `tile.media`"
                    yield rule.finding(link.location, message, about=link.href)


def uninstallation_screenshot(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every picture in the section on uninstallation, with what stands below its own headings."""
    section = find_section(integration)
    for link in integration.readme.links if section is not None else ():
        if link.is_image and section is not None and section.holds(link.location):
            message = "a picture stands in the uninstallation section; expected words alone"
            yield rule.finding(link.location, message, about=link.href)
