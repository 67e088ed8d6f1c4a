"""What the README says: leftovers, what a tile can't show, whom it sends for help, what it contradicts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from validator.definitions import policies
from validator.documents.json import JsonDocument
from validator.documents.markdown import Heading, Link, MarkdownDocument, Prose, Tag
from validator.facts import assets
from validator.facts.language import foreign_blocks
from validator.facts.link_targets import targets
from validator.facts.partner import is_supported_by_datadog, partner
from validator.facts.sections import support_sections
from validator.facts.signs import Sign, in_files
from validator.facts.uninstallation import Section, find_section
from validator.integration import METADATA, README, Integration
from validator.model import DocumentError, Finding, Location, Related, Rule
from validator.reading.urls import parse, within
from validator.wording import amount, brief

# Each begins where a word begins, or a long word would be read once for each of its letters.
_short = partial(brief, most=60)

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_WEB = re.compile(
    r"(?:https?://|\bwww\.)([\w-]+(?:\.[\w-]+)+)|(?<![\w.-])\.*([\w-]+(?:\.[\w-]+)+)/\w", re.ASCII
)
_SHORTCODE = re.compile(r"\{\{\s*[<%]\s*/?\s*([\w-]+)")
_TAB_COMMENT = re.compile(r"(xxx|xxz) (tabs?)(?: (\"[^\"]+\"))? xxx")
_INSTALL = re.compile(r"\bintegration\s+install\b(?P<arguments>[^\n]*)")
_PACKAGE = re.compile(r"(?<![\w/.-])(?:datadog-)?(?P<name>[\w-]+)==")
# `conf.d/` is the Agent's folder, in which those of the checks lie.
_CONFIG = re.compile(
    r"(?<![\w.-])(?!conf\.)(?P<name>[A-Za-z][\w-]*)\.d/(?:auto_conf|conf|metrics)\.ya?ml"
)
_CAPITALS = re.compile(r"[A-Z]+")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_LETTERS = re.compile(r"[a-z]+")
# A word of a sentence, and no part of a name, a path or a URL.
_WORD = re.compile(r"(?<![\w./@:-])[A-Za-z]+(?![\w@/]|[.:-]\w)")


# Leftovers


def placeholders(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every unfinished place: markers, template sentences, and links that were never filled in."""
    readme, policy = integration.readme, policies.load(policies.Readme)
    for block in readme.prose if _may_hold_leftovers(readme) else ():
        if not block.is_code:
            for start, end, message in _leftovers(block.words, policy):
                yield rule.finding(readme.locate_slice(block, start, end), message)
    for tag in readme.tags:
        if _is_bracketed_marker(tag.source):
            message = f"`{_short(tag.source)}` is left over; expected the text itself"
            yield rule.finding(tag.location, message)
    for target in targets(integration):
        href = target.href
        marker = href.strip(" *_!?.<>[](){}")
        unfinished = any(phrase in href.lower() for phrase in policy.phrases)
        if unfinished or marker in policy.markers or _is_bracketed_marker(href):
            message = f"the link leads to `{_short(href)}`; expected a URL"
            yield rule.finding(target.location, message)


_STAND_IN = re.compile(
    r"<[A-Z][A-Z0-9]*(?:[ _-][A-Z0-9]+)+>|<[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+>|<[A-Z]{5,40}>"
    r"|\{\{?\s?[A-Za-z][A-Za-z0-9]*(?:[ ._-][A-Za-z0-9]+)*\s?\}?\}|\[[A-Z][A-Z0-9]*(?:[ _-][A-Z0-9]+)+\](?![(\[])"
)
"""What stands for a name that somebody was to write, such as `<INTEGRATION_NAME>` or `{integration_name}`."""


def unfilled_section(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield what stands for a name in the section on uninstallation, which is copied from the documentation.

    Elsewhere the reader may be meant to put in a value; here nobody is.
    """
    section = find_section(integration)
    if section is None:
        return
    readme = integration.readme
    for block in section.blocks:
        for match in _STAND_IN.finditer(block.words):
            if not block.is_code and not _is_bracketed_marker(match[0]):
                place = readme.locate_slice(block, match.start(), match.end())
                yield rule.finding(place, _to_fill_in(match[0]))
    for tag in readme.tags:
        if _stands_in(tag, section) and not _is_bracketed_marker(tag.source):
            yield rule.finding(tag.location, _to_fill_in(tag.source))


def _stands_in(tag: Tag, section: Section) -> bool:
    """Tell whether what is read as a tag stands for a name in the section on uninstallation."""
    return _STAND_IN.fullmatch(tag.source) is not None and section.holds(tag.location)


def _to_fill_in(text: str) -> str:
    return f"`{_short(text)}` stands where a name belongs; expected the name itself"


def _leftovers(words: str, policy: policies.Readme) -> Iterator[tuple[int, int, str]]:
    """Yield the offsets of what is left over in a block's words, each with a message."""
    for match in _template_pattern().finditer(words):
        text = f"`{_short(match[0])}` is a sentence of the README template"
        yield match.start(), match.end(), f"{text}; expected your own text"
    for phrase in policy.phrases:
        start = words.lower().find(phrase)
        if start >= 0:
            found = words[start : start + len(phrase)]
            yield start, start + len(phrase), f"`{found}` is left over; expected the text itself"
    marked: set[int] = set()
    for match in _CAPITALS.finditer(words) if any(m in words for m in policy.markers) else ():
        if match[0] in policy.markers and _is_marker(words, match.start(), match.end()):
            marked.add(match.start())
            message = f"`{match[0]}` marks an unfinished place; expected the text itself"
            yield match.start(), match.end(), message
    for match in re.finditer(r"<[^<>\n]+>", words):
        if _is_bracketed_marker(match[0]) and marked.isdisjoint(range(*match.span())):
            message = f"`{_short(match[0])}` is left over; expected the text itself"
            yield match.start(), match.end(), message


def _is_marker(words: str, start: int, end: int) -> bool:
    """Tell whether a word in capitals marks an unfinished place, and is not a name in a sentence.

    It does when it stands alone but for punctuation, begins the block with a colon, or is bracketed.
    """
    before, after = words[:start], words[end:]
    if before.endswith(("_", "-", "/")) or after.startswith(("_", "-", "/")):
        return False
    alone = not any(character.isalnum() for character in before + after)
    opening = not before.strip(" *_!([{<") and after.lstrip().startswith(":")
    bracketed = before.endswith(("[", "(", "{", "<")) and after.startswith(
        ("]", ")", "}", ">", ":")
    )
    return alone or opening or bracketed


def _is_bracketed_marker(text: str) -> bool:
    """Tell whether a text is `<INSERT …>` or the like, in capitals, or a template's instruction."""
    if not (text.startswith("<") and text.endswith(">")):
        return False
    inner = text[1:-1].strip()
    instructions = ("List of steps", "Steps to")
    return inner.startswith(instructions) or any(
        inner == marker or inner.startswith((f"{marker} ", f"{marker}_", f"{marker}:"))
        for marker in policies.load(policies.Readme).bracketed_markers
    )


@cache
def _template_pattern() -> re.Pattern[str]:
    """Return what finds any sentence of the templates, whatever blanks it is broken with."""
    sentences = policies.load(policies.Readme).template_sentences
    patterns = (r"\s+".join(map(re.escape, sentence.split())) for sentence in sentences)
    return re.compile("|".join(patterns), re.IGNORECASE)


def _may_hold_leftovers(readme: MarkdownDocument) -> bool:
    """Tell whether anything that marks a leftover is in a text, so that most texts are read once only."""
    text = " ".join(readme.text.lower().split())
    return any(hint in text for hint in _hints())


@cache
def _hints() -> tuple[str, ...]:
    policy = policies.load(policies.Readme)
    names = [*policy.markers, *policy.phrases, *policy.template_sentences]
    names += [f"<{marker}" for marker in policy.bracketed_markers]
    return tuple(name.lower() for name in names)


def short_overview(integration: Integration, rule: Rule, *, words: int) -> Iterator[Finding]:
    """Yield an overview of one short sentence, such as the template's; an empty one is told elsewhere."""
    readme = integration.readme
    for heading in readme.headings:
        if heading.text.strip().casefold() != "overview":
            continue
        blocks = readme.prose_within(heading)
        text = " ".join(block.words for block in blocks)
        count, sentences = len(text.split()), len(_SENTENCE_END.findall(text))
        if 0 < count < words and sentences < 2 and not any(block.is_code for block in blocks):
            message = (
                f"the overview has {count} words; expected two sentences or more on what customers "
                "get from the integration"
            )
            yield rule.finding(heading.location, message)


def vanishing_text(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every name in angle brackets that is read as HTML, so that nobody sees it."""
    known = set(policies.load(policies.Readme).html_tags)
    section = find_section(integration)
    for tag in integration.readme.tags:
        if section is not None and _stands_in(tag, section):
            continue  # another rule's
        if tag.name not in known and "-" not in tag.name and not _is_bracketed_marker(tag.source):
            message = (
                f"`{_short(tag.source)}` is read as HTML and vanishes; expected it in backticks"
            )
            yield rule.finding(tag.location, message)


# What a tile can't show


def refused_shortcode(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every shortcode that the repository refuses outside a partial, and broken tab comments.

    It looks into every Markdown file; what is wrong with tabs shows in the README alone.
    """
    refused = set(policies.load(policies.Readme).refused_shortcodes)
    for document in (integration.readme, *_other_pages(integration)):
        for place, name, text in _shortcodes(document):
            if name in refused:
                expected = {
                    "code-block": "a fenced code block",
                    "site-region": "`<!-- partial` around it",
                }.get(name, "`<!-- xxx tabs xxx -->` and its kind")
                yield rule.finding(place, f"`{text}` is refused; expected {expected}")
    yield from _tab_findings(integration.readme, rule)


def _other_pages(integration: Integration) -> Iterator[MarkdownDocument]:
    """Yield the Markdown files beside the README that may have a shortcode; one that can't be read has none."""
    for path in integration.tree.files():
        if path.suffix.lower() == ".md" and path != README:
            text = integration.text(path)
            if text is not None and "{{" in text.text:
                with suppress(DocumentError):
                    yield integration.markdown(path)


def unfamiliar_shortcode(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every other shortcode, which a tile shows as it is written."""
    policy = policies.load(policies.Readme)
    known = {*policy.refused_shortcodes, *policy.rendered_shortcodes}
    for place, name, text in _shortcodes(integration.readme, code=False):
        if name not in known:
            message = f"`{text}` is shown as it is written; expected Markdown in its place"
            yield rule.finding(place, message)


def _shortcodes(
    readme: MarkdownDocument, *, code: bool = True
) -> Iterator[tuple[Location, str, str]]:
    """Yield the shortcodes that open: place, name and text. Those in comments are none."""
    for block in readme.prose:
        text = block.text if code else block.words
        if "{{" not in text:
            continue
        for match in _SHORTCODE.finditer(text):
            if "/" not in match[0]:
                end = max(text.find("}}", match.end()) + len("}}"), match.end())
                shown = _short(text[match.start() : end])
                yield readme.locate_slice(block, match.start(), end), match[1], shown


def _tab_findings(readme: MarkdownDocument, rule: Rule) -> Iterator[Finding]:
    """Yield every tab comment that is malformed, or that has no counterpart."""
    opened: list[tuple[str, Location]] = []
    for comment in readme.comments:
        text = " ".join(comment.text.split())
        if not text.startswith(("xxx ", "xxz ")) and not text.endswith((" xxx", " xxz")):
            continue
        match = _TAB_COMMENT.fullmatch(text)
        if match is None or (match[1] == "xxx" and (match[2] == "tab") != bool(match[3])):
            message = (
                f"`<!-- {_short(text)} -->` is malformed; "
                'expected such as `<!-- xxx tab "Host" xxx -->`'
            )
            yield rule.finding(comment.location, message)
            return
        if match[1] == "xxx":
            opened.append((match[2], comment.location))
        elif opened and opened[-1][0] == match[2]:
            opened.pop()
        else:
            message = f"`<!-- xxz {match[2]} xxx -->` closes what is not open"
            expected = f"expected `<!-- xxx {match[2]}` before it"
            if opened:
                expected = f"expected `<!-- xxz {opened[-1][0]} xxx -->` first"
            yield rule.finding(comment.location, f"{message}; {expected}")
            return
    for name, place in opened:
        message = f"the {name} that begins here never ends; expected `<!-- xxz {name} xxx -->`"
        yield rule.finding(place, message)


def non_ascii(integration: Integration, rule: Rule, *, first: int) -> Iterator[Finding]:
    """Yield every line with characters from a code point on, outside the Marketplace."""
    if "marketplace" in integration.kinds:
        return
    readme, policy = integration.readme, policies.load(policies.Readme)
    if readme.text.isascii():
        return
    regions = (block.location.region for block in foreign_blocks(integration))
    foreign = {
        line for each in regions if each for line in range(each.start_line, each.end_line + 1)
    }
    for number, line in enumerate(readme.lines, 1):
        if number in foreign:
            continue  # it is to be translated
        strange = [column for column, character in enumerate(line) if ord(character) >= first]
        if not strange:
            continue
        characters = list(dict.fromkeys(line[column] for column in strange))
        named = ", ".join(_character(character) for character in characters[:3])
        more = f" and {len(characters) - 3} more" if len(characters) > 3 else ""
        plain = [policy.plain_characters.get(character) for character in characters]
        if len(characters) == 1 and characters[0] in policy.invisible_blanks:
            expected = "a plain blank"
        elif len(characters) <= 3 and all(plain):
            expected = ", ".join(f"`{text}`" for text in plain)
        else:
            expected = "plain ASCII"
        place = readme.locate_columns(number, strange[0] + 1, strange[0] + 2)
        yield rule.finding(place, f"found {named}{more}; expected {expected}")


def foreign_language(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the first block of the README that is in another script than Latin."""
    blocks = foreign_blocks(integration)
    if blocks and "marketplace" not in integration.kinds:
        yield rule.finding(
            blocks[0].location,
            f"the README has {amount(len(blocks), 'passage')} such as `{_short(blocks[0].text)}`; expected English, in which "
            "tiles are published",
            anywhere=True,
        )


def _character(character: str) -> str:
    name = unicodedata.name(character, "unnamed").lower()
    if not character.isprintable():
        return f"U+{ord(character):04X} ({name})"
    return f"`{character}` (U+{ord(character):04X}, {name})"


# Whom it sends for help


def _supporter(integration: Integration) -> str:
    """Return the name of the partner who supports the integration; an empty one when Datadog does."""
    return "" if integration.lives_on_platform else partner(integration)


def _hosts(links: Iterable[Link], blocks: Iterable[Prose]) -> set[str]:
    """Return the hosts of links, addresses and URLs; an in-app page is Datadog's."""
    found = set()
    for link in links:
        if link.is_image:
            continue
        href = link.href.strip()
        url = parse(href)
        if url.host is not None:
            found.add(url.hostname)
        elif match := _MAIL.search(href):
            found.add(match[1].lower())
        elif href.startswith("/"):
            found.add("app.datadoghq.com")
    for block in blocks:
        found |= {match[1].lower() for match in _MAIL.finditer(block.words)}
        found |= {(match[1] or match[2]).lower() for match in _WEB.finditer(block.words)}
    return found


def _is_datadog(host: str) -> bool:
    return within(host, policies.load(policies.Readme).datadog_hosts)


def support_contact(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a partner's support section that names no way to reach anybody.

    Of a link in it that leads nowhere another rule tells.
    """
    supporter = _supporter(integration)
    for heading, hosts, words in _support(integration) if supporter else ():
        is_told = any(_reference(integration.readme, heading))
        if not hosts and "datadog support" not in words and not is_told:
            message = f"`{_short(heading.text)}` names no contact; expected {_short(supporter)}'s e-mail address or support page"
            yield rule.finding(heading.location, message)


def support_datadog_only(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a partner's support section that sends customers to Datadog alone.

    Where the manifest does, too, another rule tells: the README follows it.
    """
    supporter = _supporter(integration)
    if supporter and is_supported_by_datadog(integration):
        return
    for heading, hosts, words in _support(integration) if supporter else ():
        if all(map(_is_datadog, hosts)) and (hosts or "datadog support" in words):
            message = f"`{_short(heading.text)}` sends customers to Datadog only; expected {_short(supporter)}'s support as well"
            yield rule.finding(heading.location, message)


def _reference(readme: MarkdownDocument, heading: Heading) -> Iterator[str]:
    """Yield the label of each reference in a section that has no definition."""
    for brackets in readme.unlinked:
        region = brackets.location.region
        if region is not None and heading.line <= region.start_line < heading.end:
            yield from filter(None, [brackets.target])


def _support(integration: Integration) -> Iterator[tuple[Any, set[str], str]]:
    """Yield the support section, the hosts it names, and its words; none when there is none or it is empty.

    Several sections count as one, the last being where the contact is expected.
    """
    readme = integration.readme
    sections = support_sections(readme)
    blocks = [block for section in sections for block in readme.prose_within(section)]
    links = [link for section in sections for link in readme.links_within(section)]
    if blocks or links:
        words = " ".join(block.words for block in blocks).casefold()
        yield sections[-1], _hosts(links, blocks), words


# What it contradicts


def _names(integration: Integration) -> set[str]:
    return {re.sub(r"[-_]", "", integration.name).casefold()}


def copied_name(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every configuration folder or package of another integration's name, on an Agent check.

    Names of checks that the Agent itself ships are right: an integration can build on them.
    """
    readme = integration.readme
    own = _names(integration) | _check_names(integration)
    shipped = set(policies.load(policies.AgentChecks).names)
    seen: set[str] = set()
    for block in readme.prose:
        if ".d/" not in block.text and "==" not in block.text:
            continue
        for match in [*_CONFIG.finditer(block.text), *_packages(block.text)]:
            name = match["name"]
            plain = re.sub(r"[-_]", "", name).casefold()
            alike = any(plain in other or other in plain for other in own)  # `uxp` of `upbound_uxp`
            if alike or name.lower() in shipped or plain in seen:
                continue
            seen.add(plain)
            place = readme.locate_slice(block, match.start("name"), match.end("name"))
            message = f"`{name}` is another integration's name; expected `{integration.name}`"
            yield rule.finding(place, message)


def _packages(text: str) -> Iterator[re.Match[str]]:
    for command in _INSTALL.finditer(text):
        yield from _PACKAGE.finditer(text, command.start("arguments"), command.end("arguments"))


def _check_names(integration: Integration) -> set[str]:
    """Return the names of the integration's own Agent checks."""
    folder = PurePosixPath("datadog_checks")
    names = [name for name, is_folder in integration.tree.entries(folder).items() if is_folder]
    return {re.sub(r"[-_]", "", name).casefold() for name in names}


def third_party_flag(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every command that installs this package as if it were Datadog's own."""
    readme = integration.readme
    own = _names(integration) | _check_names(integration)
    for block in readme.prose:
        for command in _INSTALL.finditer(block.text) if "install" in block.text else ():
            arguments = command["arguments"].split()
            flags = {
                letter
                for argument in arguments
                for letter in (argument[1:] if re.fullmatch(r"-[a-z]+", argument) else "")
            }
            if "t" in flags or "w" in flags or {"--third-party", "--local-wheel"} & {*arguments}:
                continue
            package = _PACKAGE.search(command["arguments"])
            if package is None or re.sub(r"[-_]", "", package["name"]).casefold() not in own:
                continue
            place = readme.locate_slice(block, command.start(), command.end())
            message = f"`{_short(command[0])}` finds Datadog's own packages only; expected `-t`"
            yield rule.finding(place, message)


def contradiction(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every sentence that denies data which the integration's files say it has, or the README itself."""
    readme = integration.readme
    evidence = _evidence(integration)
    for block in readme.prose:
        if block.is_code or not _may_deny(block.text):
            continue
        for match in _denial_pattern().finditer(block.text):
            thing = _thing(match["thing"])
            if thing in evidence:
                place = readme.locate_slice(block, match.start(), match.end())
                sign = evidence[thing]
                message = f"`{_short(match[0])}`, but {sign.against}; expected both to agree"
                yield rule.finding(place, message, related=(Related(sign.location, sign.words),))
            elif said := _said(readme, block, thing):
                place = readme.locate_slice(block, match.start(), match.end())
                message = f"`{_short(match[0])}` contradicts the list that is linked; expected the one or the other"
                yield rule.finding(place, message, related=(said,))
    yield from _empty_lists(integration, rule)


def _may_deny(text: str) -> bool:
    """Tell whether a text holds a negation at all, which is cheaper to see than what it denies."""
    return "not " in text or "n't " in text


@cache
def _denial_pattern() -> re.Pattern[str]:
    """Return what finds "does not include any metrics": no other word stands before the thing.

    A thing that a sentence goes on to qualify ("any events by default") is not denied.
    """
    denied = policies.load(policies.Readme).denied
    things = "|".join(re.escape(word) for words in denied.values() for word in words)
    verbs = "include|collect|create|emit|export|generate|have|produce|provide|report|send|submit|support"
    return re.compile(
        rf"\b(?:do|does)(?: not|n't) (?:{verbs}) (?:any )?(?:Datadog )?(?P<thing>{things})\b"
        r"(?=\s*(?:[.,;]|$|at this time|currently))",
        re.IGNORECASE,
    )


def _thing(word: str) -> str:
    denied = policies.load(policies.Readme).denied
    return next(name for name, words in denied.items() if word.lower() in words)


def _evidence(integration: Integration) -> dict[str, Sign]:
    """Return what the files say that the integration has, each with a place. A tag alone says little."""
    found = {sign.data: sign for sign in reversed(in_files(integration))}
    for document in _service_checks(integration):
        if isinstance(document.value, list) and document.value:
            words = f"the first of {len(document.value)} service checks that are described here"
            if len(document.value) == 1:
                words = "a service check is described here"
            found["Service Checks"] = Sign("Service Checks", document.locate((0,)), words)
    return found


def _service_checks(integration: Integration) -> Iterator[JsonDocument]:
    return assets.readable(integration.json, assets.file(integration, "service_checks"))


def _said(readme: MarkdownDocument, block: Prose, thing: str) -> Related | None:
    """Return the sentence of the same section that lists what a block denies: both are of the template."""
    region = block.location.region
    heading = readme.heading_at(region.start_line) if region else None
    if heading is None or heading.text.strip().casefold() != thing.casefold():
        return None
    files = {"Metrics": "metadata.csv", "Service Checks": "service_checks.json"}
    for link in readme.links_within(heading):
        if thing in files and link.href.rpartition("/")[2] == files[thing]:
            return Related(link.location, "the README links the list all the same")
    return None


def _empty_lists(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every link to a list of metrics or service checks that is empty."""
    lists = {
        METADATA.name: sum(len(one.rows) for one in assets.metadata(integration)),
        "service_checks.json": sum(
            len(one.value) for one in _service_checks(integration) if isinstance(one.value, list)
        ),
    }
    for target in targets(integration):
        name = target.href.rpartition("/")[2]
        own = integration.has(METADATA) if name == METADATA.name else name in lists
        if own and lists.get(name) == 0 and f"/{integration.name}/" in target.href:
            if name != METADATA.name and not assets.file(integration, "service_checks"):
                continue
            message = (
                f"the README links `{name}`, but the list is empty; expected an entry, or no link"
            )
            yield rule.finding(target.location, message)


def metadata_not_linked(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a README that says what is collected, but doesn't link the list of metrics.

    One that says nothing of data, or denies that there are metrics, is told so elsewhere; so is a link
    to another integration's list.
    """
    rows = sum(len(document.rows) for document in assets.metadata(integration))
    readme = integration.readme
    titles = {heading.text.strip().casefold(): heading for heading in readme.headings}
    heading = titles.get("metrics", titles.get("data collected"))
    if not rows or heading is None:
        return
    names = (unquote(target.href).rpartition("/")[2] for target in targets(integration))
    if any(name.startswith(METADATA.name) for name in names):
        return
    blocks = (block.text for block in readme.prose if _may_deny(block.text))
    denials = (_denial_pattern().finditer(text) for text in blocks)
    if any(_thing(match["thing"]) == "Metrics" for found in denials for match in found):
        return
    amount = "1 metric" if rows == 1 else f"{rows:,} metrics"
    message = f"the README doesn't link `{METADATA}`, which lists {amount}; expected a link"
    yield rule.finding(heading.location, message)


# Style


def style(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every word that reviewers of documentation replace."""
    readme = integration.readme
    advice, pattern = _style()
    for block in readme.prose:
        if block.is_code:
            continue
        for match in pattern.finditer(block.words):
            if match[0].isupper() and len(match[0]) > 1:
                continue  # the US
            place = readme.locate_slice(block, match.start(), match.end())
            yield rule.finding(place, f"found `{match[0]}`; expected {advice[match[0].lower()]}")


@cache
def _style() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return what to write for each word, and what finds them all, the longest first."""
    advice = {
        word.lower(): entry.write
        for entry in policies.load(policies.ProseStyle).advice
        for word in entry.words
    }
    words = "|".join(map(re.escape, sorted(advice, key=len, reverse=True)))
    return advice, re.compile(rf"(?<![\w./@-])(?:{words})(?![\w@/-]|\.\w)", re.IGNORECASE)


def misspelling(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every word that is misspelt often; names in code and URLs are none."""
    policy = policies.load(policies.Misspellings)
    words = {**policy.common, **policy.words}
    readme = integration.readme
    suspects = words.keys() & set(_LETTERS.findall(readme.text.lower()))
    for block in readme.prose if suspects else ():
        for match in _WORD.finditer(block.words):
            word = match[0].lower()
            # What is common is many words, some of which are names when they are capitalised.
            right = words.get(word) if match[0] == word or word in policy.words else None
            if right is not None:
                place = readme.locate_slice(block, match.start(), match.end())
                yield rule.finding(place, f"`{match[0]}` is misspelt; expected `{right}`")
