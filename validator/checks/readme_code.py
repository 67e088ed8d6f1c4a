"""Code and commands of the README, and how its text is written down: what readers copy must work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from validator.definitions import policies
from validator.integration import README, Integration
from validator.model import Finding, Location, Rule
from validator.wording import quoted, shortened

_FENCE = re.compile(r"^\s{0,3}(?:[-*+>]\s+|\d+[.)]\s+)*(`{3,}|~{3,})[ \t]*(\S.*?)[ \t]*$")
_LANGUAGE = re.compile(r"[{.]?[\w+#.-]+[}]?(?:[ \t,{].*)?")
_CONFIG = re.compile(
    r"(?<![\w./<{-])([a-z][a-z0-9_]*)/(?:conf|auto_conf|metrics)\.yaml(?:\.example)?\b"
)
_INSTALL = re.compile(
    r"\bagent(?:\.exe)?\"?\s+integration\s+install\s+(?:-[\w-]+\s+)*([A-Za-z][\w.-]*)=="
)
_PACKAGE = "datadog-"


def swallowed_line(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every fence whose first line of code stands behind its marks, where it is no code but a language."""
    readme = integration.readme
    opened = ""
    for number, line in enumerate(readme.lines, 1):
        match = _FENCE.match(line)
        marks = line.strip()[:3]
        if opened:
            opened = (
                ""
                if set(line.strip()) == set(opened) and len(line.strip()) >= len(opened)
                else opened
            )
            continue
        if match is None:
            opened = line.strip() if marks in ("```", "~~~") else ""
            continue
        opened, info = match[1], match[2]
        if "`" not in info and not _LANGUAGE.fullmatch(info):
            place = readme.locate_columns(number, match.start(2) + 1, match.end(2) + 1)
            yield rule.finding(
                place,
                f"{quoted(info)} is read as a language and not shown; expected it on the next line",
            )


def folder_without_d(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every configuration file in a folder of the Agent whose name lacks `.d`."""
    readme = integration.readme
    seen: set[str] = set()
    for block in readme.prose:
        for match in _CONFIG.finditer(block.text) if "conf.d" in block.text else ():
            if match[1] in seen:
                continue
            seen.add(match[1])
            place = readme.locate_slice(block, match.start(1), match.end(1))
            yield rule.finding(
                place, f"the Agent reads no {quoted(match[0])}; expected `{match[1]}.d/`"
            )


def package_without_prefix(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every command that names a package of the Agent without `datadog-`, which the Agent refuses."""
    readme = integration.readme
    for block in readme.prose:
        for match in _INSTALL.finditer(block.text) if "install" in block.text else ():
            if not match[1].startswith(_PACKAGE):
                place = readme.locate_slice(block, match.start(1), match.end(1))
                yield rule.finding(
                    place, f"the Agent refuses {quoted(match[1])}; expected `{_PACKAGE}{match[1]}`"
                )


def leftover_html(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every tag that an editor or a page of documentation left behind, once for each kind."""
    leftovers = set(policies.load(policies.Readme).leftover_tags)
    seen: set[str] = set()
    for tag in integration.readme.tags:
        if tag.name in leftovers and tag.name not in seen:
            seen.add(tag.name)
            yield rule.finding(
                tag.location,
                f"{quoted(shortened(tag.source))} is HTML of a page; expected Markdown",
            )


def mixed_line_ends(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Tell of a README whose lines end in two ways."""
    text = integration.readme.text
    windows, all_ = text.count("\r\n"), text.count("\n")
    if 0 < windows < all_:
        lines = text.split("\n")
        first = lines[0].endswith("\r")
        odd = next(
            number for number, line in enumerate(lines, 1) if line.endswith("\r") is not first
        )
        yield rule.finding(
            integration.readme.locate_line(odd),
            f"{windows} lines of `{README}` end in CRLF and {all_ - windows} in LF; expected LF alone",
            anywhere=True,
        )


_MARK_BEFORE_BLANK = re.compile(
    r"^\s{0,3}(#{1,6}|\d{1,9}[.)]|[-*+])([\N{NO-BREAK SPACE}\u202f\u2007\u200b])"
)


def no_break_space(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield every heading and item whose mark is followed by a blank that Markdown doesn't take for one."""
    readme = integration.readme
    for number, line in enumerate(readme.lines, 1):
        if match := _MARK_BEFORE_BLANK.match(line):
            place: Location = readme.locate_columns(number, match.start(2) + 1, match.end(2) + 1)
            yield rule.finding(
                place,
                f"U+{ord(match[2]):04X} stands behind {quoted(match[1])}, so that the line is plain text; expected a "
                "plain blank",
            )


@cache
def _template() -> re.Pattern[str]:
    """Return what finds a variable of the templates that integrations are made from, and statements of Jinja."""
    names = "|".join(map(re.escape, policies.load(policies.Readme).template_variables))
    variable = rf"(?:{names})(?:\.\w+)*(?:\s*\|[^{{}}]*)?"
    return re.compile(rf"\{{\{{\s*{variable}\s*\}}\}}|\{{{variable}\}}|\{{%-?\s*\w+[^{{}}]*-?%\}}")


_ENCODED = re.compile(r"%7B%7B.*?(?:%7D%7D|$)", re.IGNORECASE)


def unrendered_template(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Yield what a template engine was to replace: `{{ cookiecutter.name }}`, `{integration_name}`."""
    readme = integration.readme
    for block in readme.prose:
        for match in (
            _template().finditer(block.words) if not block.is_code and "{" in block.words else ()
        ):
            place = readme.locate_slice(block, match.start(), match.end())
            yield rule.finding(place, _left_over(match[0]))
    for link in readme.links:
        if found := _ENCODED.search(link.href) or _template().search(link.href):
            yield rule.finding(link.location, _left_over(found[0]), about=link.href)


def _left_over(text: str) -> str:
    return f"{quoted(shortened(text))} was never replaced; expected the value itself"
