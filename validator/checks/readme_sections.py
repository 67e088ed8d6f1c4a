"""The outline of the README: which sections it has, under which headings, and whether they say anything."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from validator.definitions import policies
from validator.documents.markdown import Heading, MarkdownDocument
from validator.facts.language import is_foreign
from validator.facts.listing import made_by_platform
from validator.facts.sections import (
    SECTION,
    TABS,
    UNINSTALLATION,
    folded,
    is_dangling,
    known_sections,
    malformed,
    misspelt,
    named,
    section_of,
    tab_at,
)
from validator.facts.signs import signs
from validator.integration import README, Integration, once
from validator.model import Finding, Level, Location, Related, Rule
from validator.spelling import ends_in_period
from validator.wording import brief, enumerated

# An abbreviation, whose full stop is no punctuation: `Acme Inc.`, `e.g.`, `vs.`
_short = partial(brief, most=50)

_FAMILIAR_LENGTH = 80


def _is_hidden(integration: Integration, name: str) -> bool:
    """Tell whether a section may be there but for a fault that is reported in its own words."""
    if name in misspelt(integration) or is_foreign(integration):
        return True
    names = {folded(name), *map(folded, _instead(name))}
    return any(
        folded(entry.text) in names or entry.marks.startswith("<")
        for entry in malformed(integration)
    )


def required(integration: Integration, rule: Rule, *, sections: list[str]) -> Iterator[Finding]:
    """Yield every section that the README lacks, or has at another level than a tile shows."""
    readme = integration.readme
    for name in sections:
        instead = _instead(name)
        headings = named(readme, name, *instead)
        if any(heading.level == SECTION for heading in headings):
            continue
        if headings:
            heading = headings[0]
            marks = "#" * heading.level
            message = f"`{marks} {_short(heading.text)}` has level {heading.level}; expected `## {_short(heading.text)}`"
            yield rule.finding(heading.location, message)
        elif not _is_hidden(integration, name):
            wanted = " or ".join(f"`## {one}`" for one in (name, *instead))
            yield rule.finding(_top(readme), f"the README has no section {wanted}", about=name)


def _top(readme: MarkdownDocument) -> Location:
    """Return the place for what is missing: the title, or the first line that says something."""
    if readme.headings:
        return readme.headings[0].location
    line = next(number for number, text in enumerate(readme.lines, 1) if text.strip())
    return readme.locate_line(line)


def required_exactly(
    integration: Integration, rule: Rule, *, sections: list[str]
) -> Iterator[Finding]:
    """Yield every section that nothing may stand for, unless a rule for all integrations asks for it.

    Uninstallation is asked for by rules of its own where the integration has an OAuth client.
    """
    readme = integration.readme
    for name in sections:
        if folded(name) == UNINSTALLATION and "oauth" in integration.kinds:
            continue
        instead = _instead(name)
        if any(heading.level == SECTION for heading in named(readme, name)):
            continue
        if name in known_sections() and not named(readme, *instead):
            continue
        if not _is_hidden(integration, name):
            stands = named(readme, *instead)
            place = stands[0].location if stands else _top(readme)
            reason = f"; `{_short(stands[0].text)}` does not stand for it" if stands else ""
            yield rule.finding(place, f"the README has no section `## {name}`{reason}", about=name)


def data_collected(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a README without Data Collected although the integration submits data."""
    readme = integration.readme
    if made_by_platform(integration):
        return
    if named(readme, "Data Collected") or _is_hidden(integration, "Data Collected"):
        return
    submitted = {sign.data: sign for sign in reversed(signs(integration).submitted)}
    if not submitted:
        return
    kinds = list(reversed(submitted))
    words = enumerated([kind.lower() for kind in kinds], "and")
    message = (
        f"the README has no section `## Data Collected`, but {words} "
        f"{'are' if len(kinds) > 1 or kinds[0].endswith('s') else 'is'} submitted"
    )
    related = tuple(
        Related(sign.location, sign.words) for sign in reversed(list(submitted.values()))
    )
    yield rule.finding(_top(readme), message, about="Data Collected", related=related)


def _is_empty(readme: MarkdownDocument, section: Heading, partials: list[int]) -> bool:
    """Tell whether a section holds nothing but blanks, comments and empty sub-sections.

    ``partials`` are the lines of comments that are no mere remarks.
    """
    if readme.prose_within(section) or readme.links_within(section):
        return False
    # A partial is shown where the tile is.
    following = bisect_right(partials, section.line)
    return following == len(partials) or partials[following] >= section.end


@once
def empty_sections(integration: Integration) -> tuple[Heading, ...]:
    """Return the headings without a word below them; what is inside an empty one is not told again.

    The title is none of them, nor the section that has rules of its own.
    """
    readme = integration.readme
    partials = [
        comment.location.region.start_line
        for comment in readme.comments
        if comment.text.startswith("partial") and comment.location.region is not None
    ]
    found: list[Heading] = []
    for heading in readme.headings:
        inside = bool(found) and heading.line < found[-1].end
        own_rules = folded(heading.text) == UNINSTALLATION
        is_title = heading.level < SECTION and len(readme.headings_within(heading)) > 0
        if heading is readme.headings[0] and heading.level < SECTION:
            is_title = (
                any(other.level == heading.level for other in readme.headings[1:]) or is_title
            )
        if not inside and not own_rules and not is_title and _is_empty(readme, heading, partials):
            found.append(heading)
    return tuple(found)


def empty_required(
    integration: Integration, rule: Rule, *, sections: list[str]
) -> Iterator[Finding]:
    """Yield every required section that says nothing."""
    names = {folded(name) for name in sections}
    for heading in empty_sections(integration):
        if folded(heading.text) in names:
            message = f"nothing stands under `{_short(heading.text)}`; expected the section's text"
            yield rule.finding(heading.location, message)


def empty_other(integration: Integration, rule: Rule, *, sections: list[str]) -> Iterator[Finding]:
    """Yield every other section that says nothing."""
    names = {folded(name) for name in sections}
    for heading in empty_sections(integration):
        if folded(heading.text) not in names:
            message = (
                f"nothing stands under `{_short(heading.text)}`; expected text, or no such heading"
            )
            yield rule.finding(heading.location, message)


def duplicate(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every section that stands twice side by side, such as two `### Metrics` in one section.

    Each of several tabs may have it.
    """
    readme = integration.readme
    first: dict[tuple[Heading | None, int, str, int], Heading] = {}
    parents: list[Heading] = []
    for heading in readme.headings:
        while parents and parents[-1].level >= heading.level:
            parents.pop()
        parent = parents[-1] if parents else None
        parents.append(heading)
        text = folded(heading.text)
        if heading.level < SECTION or text == UNINSTALLATION:
            continue
        tab = tab_at(readme, heading.line)
        earlier = first.setdefault((parent, heading.level, text, tab), heading)
        if earlier is not heading:
            message = f"`{_short(heading.text)}` is a heading twice in one section; expected one"
            related = Related(earlier.location, "is the first")
            yield rule.finding(heading.location, message, related=(related,))


def misspelt_section(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every heading that was meant for a section which is absent."""
    for name, heading in misspelt(integration).items():
        if is_dangling(integration, name):  # the reference leads nowhere, which is graver
            continue
        message = f"`{_short(heading.text)}` stands where a tile has `{name}`; expected `## {name}`"
        yield rule.finding(heading.location, message)


def level_jump(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every heading more than one level below the one before it."""
    before = 1
    for heading in integration.readme.headings:
        if heading.level > before + 1:
            found = f"`{'#' * heading.level} {_short(heading.text)}`"
            message = (
                f"{found} follows a heading of level {before}; expected `{'#' * (before + 1)}`"
            )
            yield rule.finding(heading.location, message)
        before = heading.level


def punctuation(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every heading that ends in punctuation or is emphasised as a whole."""
    readme = integration.readme
    meant = set(misspelt(integration).values())
    for heading in readme.headings:
        region = heading.location.region
        if region is None or heading in meant:
            continue
        source = readme.lines[region.start_line - 1][region.start_column - 1 :]
        source = source.rstrip(" #")
        text = heading.text.strip()
        if text[-1:] in (":", ",", ";") or ends_in_period(text):
            message = f"the heading `{_short(text)}` ends in `{text[-1]}`; expected no punctuation"
        elif _is_emphasised(source, text):
            message = f"the heading `{_short(text)}` is emphasised; expected plain text"
        else:
            continue
        yield rule.finding(heading.location, message)


def _is_emphasised(source: str, text: str) -> bool:
    return any(source == f"{mark}{text}{mark}" for mark in ("**", "__", "*", "_", "***"))


def multiple_titles(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every heading of level 1 after the first."""
    titles = [heading for heading in integration.readme.headings if heading.level == 1]
    for heading in titles[1:]:
        if folded(heading.text) == UNINSTALLATION or section_of(heading.text) in TABS:
            continue  # its level is another rule's
        message = f"`# {_short(heading.text)}` is a second title; expected `##` or lower"
        related = Related(titles[0].location, "is the title")
        yield rule.finding(heading.location, message, related=(related,))


def malformed_heading(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield what looks like a heading and is none, and text that a line below it makes a heading."""
    for entry in malformed(integration):
        name = section_of(entry.text)
        if name is not None and is_dangling(integration, name):
            continue  # the reference leads nowhere, which is graver
        if folded(entry.text) == UNINSTALLATION and "oauth" in integration.kinds:
            continue  # the section is missing, which is graver
        if entry.marks.startswith("<"):
            message = f"`{entry.marks}` is HTML; expected a heading in Markdown, such as `## Setup`"
        else:
            right = f"{entry.marks} {_short(entry.text)}"
            message = f"`{entry.marks}{_short(entry.text)}` is no heading; expected `{right}`"
        level = Level.NOTE if entry.keeps_anchor else None
        yield rule.finding(entry.location, message, level=level)
    readme = integration.readme
    for heading in readme.headings:
        region = heading.location.region
        underlined = region is not None and not readme.lines[region.start_line - 1].lstrip(
            " "
        ).startswith("#")
        if underlined and (len(heading.text) > _FAMILIAR_LENGTH or "\n" in heading.text):
            message = (
                f"`{_short(heading.text)}` became a heading by the line of `-` or `=` below it; "
                "expected a blank line between them"
            )
            yield rule.finding(heading.location, message)


def unclosed_comment(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a comment that hides the rest of the README; nothing else is judged then."""
    readme = integration.markdown(README)
    place = readme.open_comment if readme.open_fence is None else None
    if place is not None and place.region is not None:
        hidden = len(readme.text.rstrip().splitlines()) - place.region.start_line
        amount = f"hides {hidden} lines" if hidden > 1 else "hides what follows"
        yield rule.finding(place, f"the comment is never closed and {amount}; expected `-->`")


def unclosed_fence(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield a code block that hides sections of the README; nothing else is judged then."""
    readme = integration.markdown(README)
    place = readme.open_fence
    if place is not None and place.region is not None:
        line = readme.lines[place.region.start_line - 1].strip()
        mark, words = ("`", "backticks") if line.startswith("`") else ("~", "tildes")
        count = len(line) - len(line.lstrip(mark))
        yield rule.finding(
            place,
            "the code block is never closed and hides the sections that follow; expected a line of "
            f"{count} {words} where the code ends",
        )


def numbering(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every number that breaks its list: one left out or given twice, or a list that goes on.

    All the same number, and a list that begins with 0, are ways to write a list.
    """
    readme = integration.readme
    before: dict[tuple[Heading | None, int], list[int]] = {}
    for items in readme.ordered_lists:
        numbers = [item.number for item in items]
        line = items[0].location.region.start_line if items[0].location.region else 1
        indent = len(readme.lines[line - 1]) - len(readme.lines[line - 1].lstrip())
        place = readme.heading_at(line), indent
        if numbers[0] > 1:
            yield rule.finding(items[0].location, _begins(numbers[0], before.get(place, [])))
            before.setdefault(place, []).extend(numbers)
        else:
            before[place] = numbers
        if len(set(numbers)) == 1:
            continue
        for earlier, item in pairwise(items):
            if item.number != earlier.number + 1:
                yield rule.finding(item.location, _broken(earlier.number, item.number))
                break


def _begins(number: int, before: list[int]) -> str:
    """Return a sentence on a list that begins in the middle; ``before`` are the numbers above it."""
    if before and number != before[-1] + 1:
        return f"the list goes on here: {_broken(before[-1], number)}"
    return (
        f"a list begins with `{number}.`; expected `1.`, or the text above it indented "
        "below its step"
    )


def _broken(earlier: int, number: int) -> str:
    """Return a clause on a number that doesn't follow the one before it."""
    if number == earlier:
        return f"`{number}.` stands twice; expected `{earlier + 1}.`"
    if number == earlier + 2:
        return f"`{number}.` follows `{earlier}.`; `{earlier + 1}.` is missing"
    if number > earlier:
        return f"`{number}.` follows `{earlier}.`; `{earlier + 1}.` to `{number - 1}.` are missing"
    return f"`{number}.` follows `{earlier}.`; expected `{earlier + 1}.`"


def agent_title(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield the title of the Agent template on an integration that has no Agent check."""
    for heading in integration.readme.headings:
        if heading.level == 1 and heading.text.casefold().startswith("agent check:"):
            rest = heading.text.partition(":")[2].strip()
            message = f"the title is `{_short(heading.text)}`, but there is no Agent check; expected `{_short(rest)}`"
            yield rule.finding(heading.location, message)


def _instead(name: str) -> policies.Words:
    """Return the names of other sections that do for one of those that every README has."""
    section = known_sections().get(name)
    return section.instead if section else ()
