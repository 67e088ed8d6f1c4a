"""The links of the README: that each leads somewhere, and to the right place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import unquote

from validator.definitions import policies
from validator.documents.markdown import Definition, MarkdownDocument, Unlinked
from validator.documents.text import Regions
from validator.facts import assets
from validator.facts.link_targets import Target, targets
from validator.facts.manifest_paths import is_told
from validator.facts.uninstallation import find_section
from validator.integration import README, Integration, once
from validator.model import Finding, Related, Rule
from validator.reading.brackets import MAIL, NUMBER, TARGET, Labels, unlinked_message
from validator.reading.repositories import RepositoryFile, is_lasting, repository_file
from validator.reading.urls import Url, parse
from validator.wording import brief, shortened

_short = partial(brief, most=40)

_IN_BRACKETS = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]")
_SHORT_NUMBER = re.compile(r"[0-9]{1,6}")
_NO_LABEL = re.compile(r"[\[\]\n]")
_CODE = PurePosixPath("datadog_checks")
_WEB = re.compile(r"https?://[^\s<>`\"]+")


def link_targets(integration: Integration) -> Iterator[Target]:
    """Yield where the links lead that are no pictures."""
    return (target for target in targets(integration) if not target.is_image)


# References that lead nowhere


@once
def lost_definitions(integration: Integration) -> tuple[Unlinked, ...]:
    """Return what was meant for a definition and is text.

    That is `[1]:` without a target or with more than one, `[1] https://…` without a colon, and a
    definition that continues a paragraph.
    """
    return tuple(brackets for brackets in integration.readme.unlinked if _is_lost(brackets))


def _is_lost(brackets: Unlinked) -> bool:
    if brackets.before or not brackets.text.strip() or _NO_LABEL.search(brackets.text):
        return False
    number = NUMBER.fullmatch(brackets.text)
    if not brackets.after.startswith(":"):
        return bool(number) and TARGET.match(brackets.after.strip()) is not None
    rest = brackets.after[1:].strip()
    return TARGET.match(rest) is not None or (bool(number) and len(rest.split()) <= 2)


def undefined_reference(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield everything that was written as a link and is none.

    References to a definition that is itself lost are told there, once.
    """
    readme = integration.readme
    lost = lost_definitions(integration)
    yield from _lost_findings(readme, rule, lost)
    told = set(lost)
    labels = Labels(
        {definition.label.casefold() for definition in readme.definitions},
        {brackets.text.casefold() for brackets in lost},
    )
    for brackets in readme.unlinked:
        if brackets not in told:
            message = unlinked_message(brackets, labels)
            if message:
                yield rule.finding(brackets.location, message)
    for link in readme.links:
        if link.href.strip() in ("", "#") and link.label is None and not link.is_image:
            message = f"the link `{_short(link.text)}` leads nowhere; expected a target"
            yield rule.finding(link.location, message)


def _lost_findings(
    readme: MarkdownDocument, rule: Rule, lost: tuple[Unlinked, ...]
) -> Iterator[Finding]:
    """Yield one finding for each run of definitions that one mistake made text."""
    last = -1
    for brackets in lost:
        region = brackets.location.region
        assert region is not None
        line, before = region.start_line, last
        last = line
        if line == before + 1:
            continue
        rest = brackets.after[1:].strip()
        place = readme.locate_line(line)
        if not brackets.after.startswith(":"):
            message = f"`[{brackets.text}]` defines nothing; expected a colon after it"
        elif not rest:
            message = f"`[{brackets.text}]:` has no target; expected a URL after the colon"
        elif brackets.continues:
            message = (
                f"`[{brackets.text}]:` continues the paragraph above and defines nothing; "
                "expected a blank line before it"
            )
        else:
            message = f"`[{brackets.text}]:` defines nothing; expected one URL without blanks"
        yield rule.finding(place, message)


def duplicate_definition(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every definition of a label that is defined already: the first one counts."""
    first: dict[str, Definition] = {}
    for definition in integration.readme.definitions:
        earlier = first.setdefault(definition.label, definition)
        if earlier is not definition:
            same = earlier.href == definition.href
            reason = "with the same target" if same else "and this target is ignored"
            message = f"`[{definition.label.lower()}]` is defined twice, {reason}; expected one definition"
            related = Related(earlier.location, "is the first")
            yield rule.finding(
                definition.location, message, about=definition.href, related=(related,)
            )


def repeated_target(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every used definition that leads where an earlier one leads."""
    readme = integration.readme
    used = {link.label for link in readme.links}
    first: dict[str, Definition] = {}
    for definition in readme.definitions:
        if definition.label in used:
            earlier = first.setdefault(definition.href, definition)
            if earlier.label != definition.label:
                own, other = definition.label.lower(), earlier.label.lower()
                message = (
                    f"`[{own}]` leads where `[{other}]` leads; expected one definition for both"
                )
                related = Related(earlier.location, "is the first")
                yield rule.finding(
                    definition.location, message, about=definition.href, related=(related,)
                )


def unused_definition(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every definition that no link uses; a partial is shown elsewhere and may use it."""
    readme = integration.readme
    used = {link.label for link in readme.links}
    in_partials = {
        label.casefold()
        for comment in readme.comments
        if comment.text.startswith("partial")
        for label in _IN_BRACKETS.findall(comment.text)
    }
    seen: set[str] = set()
    for definition in readme.definitions:
        label = definition.label
        if label in used or label in seen:
            continue
        seen.add(label)
        if label.casefold() not in in_partials:
            message = f"no link uses `[{label.lower()}]`; expected a link, or no definition"
            yield rule.finding(definition.location, message, about=definition.href)


# How a link is written


def missing_mailto(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to an e-mail address that a browser takes for a page."""
    for target in link_targets(integration):
        href = target.href.strip()
        address = href
        if "://" in href:  # https://support@acme.io
            url = parse(href)
            if not url.is_web or url.user is None or url.path.text.strip("/") or url.query:
                continue
            address = f"{url.user.text}@{url.host.text if url.host else ''}"
        if MAIL.fullmatch(address):
            message = f"`{brief(href, 60)}` is no URL; expected `mailto:{brief(address, 60)}`"
            yield rule.finding(target.location, message, about=target.href.strip())


def inline_link(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link that has its URL in the text; those without one, or into the page, are others'.

    Each is offered the label that has its URL already, or the next number that is free.
    """
    readme = integration.readme
    labels = {each.href.strip(): each.label for each in reversed(readme.definitions)}
    taken = [int(label) for label in _labels(readme) if _SHORT_NUMBER.fullmatch(label)]
    free = itertools.count(max(taken, default=0) + 1)
    for link in readme.links:
        href = link.href.strip()
        if link.form == "inline" and not link.is_image and href[:1] not in ("", "#"):
            is_defined = href in labels
            label = labels[href] if is_defined else labels.setdefault(href, str(next(free)))
            rest = "" if is_defined else " and a definition at the end"
            text = _short(link.text)
            message = (
                f"`{text}` is an inline link; expected `[{text}][{_short(label.casefold())}]`{rest}"
            )
            yield rule.finding(link.location, message)


def _labels(readme: MarkdownDocument) -> Iterator[str]:
    """Yield the labels that are defined, and those that a text names without a definition."""
    yield from (each.label for each in readme.definitions)
    yield from (brackets.target.strip("[]") for brackets in readme.unlinked)


def bare_url(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every URL that stands in the text as such: no link, or an autolink."""
    readme = integration.readme
    for link in readme.links:
        if link.form == "autolink" and parse(link.href).is_web:
            message = (
                f"`{brief(link.href, 60)}` is the text of a link; expected words and a reference"
            )
            yield rule.finding(link.location, message)
    linked = Regions(link.location.region for link in readme.links)
    for block in readme.prose:
        if block.is_code or "://" not in block.words:
            continue
        for match in _WEB.finditer(block.words):
            url = match[0].rstrip(".,;:!?)'*")
            place = readme.locate_slice(block, match.start(), match.start() + len(url))
            if place.region is None or linked.hold(place.region):
                continue
            parsed = parse(url)
            if _is_public(parsed) and parsed.fault is None:
                message = (
                    f"`{brief(url, 60)}` stands in the text; expected a link with words, or code"
                )
                yield rule.finding(place, message)


def vague_text(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link whose text doesn't say where it leads."""
    vague = set(policies.load(policies.Readme).vague_links)
    for link in integration.readme.links:
        text = " ".join(link.text.split()).strip(".,:!").casefold()
        if not link.is_image and text in vague:
            message = f"the link's text is `{_short(link.text)}`; expected what it leads to"
            yield rule.finding(link.location, message)


def insecure(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link with `http`, but to the reader's own machine or network."""
    for target in targets(integration):
        url = parse(target.href.strip())
        if url.scheme is not None and url.scheme.text.lower() == "http" and _is_public(url):
            message = f"`{brief(target.href, 60)}` is not encrypted; expected `https://`"
            yield rule.finding(target.location, message, about=target.href.strip())


def _is_public(url: Url) -> bool:
    """Tell whether a URL's host is one that everybody can reach, and no placeholder."""
    if url.host is None or url.address is not None or "." not in url.hostname:
        return False
    if any(mark in url.host.text for mark in "<>{}[]$"):
        return False
    local = {
        *policies.load(policies.Hosts).local_suffixes,
        *policies.load(policies.Placeholders).domains,
    }
    return not f".{url.hostname}".endswith(tuple(f".{suffix}" for suffix in local))


# Where a link leads


def _repository_file(integration: Integration, href: str) -> RepositoryFile | None:
    return repository_file(href.strip(), integration.name) if "github" in href else None


def _is_there(integration: Integration, path: PurePosixPath) -> bool:
    """Tell whether a file or a folder is there, or lies in code that is not part of this checkout."""
    if integration.has(path) or integration.tree.has_folder(path) or integration.is_blocked(path):
        return True
    return path.is_relative_to(_CODE) and _is_left_out(integration)


@once
def _is_left_out(integration: Integration) -> bool:
    """Tell whether the folder of the Agent check is there without its code, as in a partial checkout."""
    names = [path.name for path in integration.tree.files(_CODE)]
    return integration.tree.has_folder(_CODE) and all(name.startswith(".") for name in names)


def broken_repository_link(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to an own file that isn't there; on a branch that goes, another rule says so."""
    for target in link_targets(integration):
        file = _repository_file(integration, target.href)
        if file is None or file.repository == "core" or not is_lasting(file.branch):
            continue
        if _is_page_of_app(integration, file):
            page = f"`/{shortened(str(file.path))}`"
            message = f"the link looks for Datadog's page {page} in the repository; expected {page}"
            yield rule.finding(target.location, message, about=target.href.strip())
            continue
        is_own = file.directory == integration.name and file.branch is not None
        if (
            is_own
            and not _is_there(integration, file.inside)
            and not is_told(integration, file.inside)
        ):
            message = f"`{shortened(str(file.inside))}` is not in the integration{_offer(integration, file.inside)}"
            place = integration.readme.locate_within(target.location, str(file.inside))
            yield rule.finding(place, message, about=target.href.strip())


def _is_page_of_app(integration: Integration, file: RepositoryFile) -> bool:
    """Tell whether a file of the repository is none: a link to a page of the app was completed to it."""
    folder = file.path.parts[0] if file.path.parts else ""
    return (
        folder in policies.load(policies.Readme).app_pages
        and folder != integration.name
        and folder not in policies.load(policies.PublishedListings).names
        and not integration.snapshot.tree.has_folder(integration.prefix.parent / folder)
    )


def _offer(integration: Integration, path: PurePosixPath) -> str:
    """Return the file that was meant: one of that name elsewhere, or the nearest name."""
    from validator.spelling import nearest

    same = assets.named_alike(integration, path)
    meant = list(map(str, same)) or nearest(
        str(path), map(str, assets.everything(integration)), most=1
    )
    return (
        f"; did you mean `{shortened(meant[0])}`?"
        if meant
        else "; expected the path of an existing file"
    )


def repository_branch(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link or picture on a branch that goes when its pull request is merged."""
    for target in targets(integration):
        file = _repository_file(integration, target.href)
        if file is not None and not is_lasting(file.branch):
            message = (
                f"the link leads to the branch `{shortened(str(file.branch))}`; expected `master`"
            )
            place = integration.readme.locate_within(target.location, str(file.branch))
            yield rule.finding(place, message, about=target.href.strip())


def other_integration(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link or picture that leads to a file of another integration."""
    for target in targets(integration):
        file = _repository_file(integration, target.href)
        if file is None or file.repository == "core" or not is_lasting(file.branch):
            continue
        is_other = file.directory not in ("", integration.name) and file.inside.parts
        if is_other and not _is_page_of_app(integration, file):
            own = file.inside if _is_there(integration, file.inside) else None
            meant = (
                f"`{shortened(f'{integration.name}/{own}')}`"
                if own
                else f"a file of `{integration.name}`"
            )
            message = f"the link leads to `{shortened(str(file.path))}`; expected {meant}"
            place = integration.readme.locate_within(target.location, str(file.path))
            yield rule.finding(place, message, about=target.href.strip())


def core_repository(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link that looks for an own file in the repository of Datadog's integrations."""
    for target in targets(integration):
        file = _repository_file(integration, target.href)
        if file is not None and file.repository == "core" and file.directory == integration.name:
            where = "marketplace" if "marketplace" in integration.kinds else "extras"
            home = policies.load(policies.Readme).repositories[where].partition("/")[2]
            message = f"the link looks for `{shortened(str(file.path))}` in `integrations-core`; expected `{home}`"
            place = integration.readme.locate_within(target.location, "integrations-core")
            yield rule.finding(place, message, about=target.href.strip())


def _fragment(integration: Integration, href: str) -> str | None:
    """Return the fragment of a link into this README, or None."""
    href = href.strip()
    if href.startswith("#"):
        return unquote(href[1:])
    file = _repository_file(integration, href)
    if file is not None and file.directory == integration.name and file.inside == README:
        return unquote(file.fragment)
    return None


def dead_fragment(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to a heading of this README that isn't there.

    No heading is offered in its place: a link to one that is there does nothing on a tile either.
    """
    known = {anchor.casefold() for anchor in integration.readme.anchors}
    for target in targets(integration):
        fragment = _fragment(integration, target.href)
        if not fragment:
            continue
        if fragment.casefold() not in known:
            message = f"`#{shortened(fragment)}` is no heading of this README; expected the section's name in words"
            yield rule.finding(target.location, message, about=target.href.strip())


def in_page_link(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link that leads inside this page: a tile has no such places."""
    known = {anchor.casefold() for anchor in integration.readme.anchors}
    for target in targets(integration):
        if target.href.startswith("#"):
            fragment = unquote(target.href[1:])
            if fragment.casefold() in known:
                message = f"`#{shortened(fragment)}` leads nowhere on a tile; expected the section's name, or a full URL"
                yield rule.finding(target.location, message, about=target.href.strip())


def _is_for_uninstalling(integration: Integration, href: str) -> bool:
    """Tell whether all links that lead to a page stand in the section on uninstallation."""
    section = find_section(integration)
    links = [link for link in integration.readme.links if link.href.strip() == href]
    return (
        section is not None and bool(links) and all(section.holds(each.location) for each in links)
    )


def site_specific(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to the web application of one Datadog site.

    A README that names the same page on several sites leaves the choice to the reader. The section on
    uninstallation may have the address of the API keys page that the documentation tells to write.
    """
    hosts = {site.app: site.name for site in policies.load(policies.DatadogSites).sites}
    found = [
        (target, url)
        for target in link_targets(integration)
        if "datadoghq" in target.href or "ddog-gov" in target.href
        for url in [parse(target.href.strip())]
        if url.is_web and url.hostname in hosts
    ]
    if len({url.hostname for _, url in found}) >= 3:
        return
    documented = policies.load(policies.Uninstallation).documented_page
    for target, url in found:
        if url.value == documented and _is_for_uninstalling(integration, documented):
            continue
        page = url.value[url.path.start :] or "/"
        message = (
            f"`{brief(target.href, 60)}` leads to {hosts[url.hostname]} only; "
            f"expected `{brief(page, 60)}`"
        )
        yield rule.finding(target.location, message, about=target.href.strip())
