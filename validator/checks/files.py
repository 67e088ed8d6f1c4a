"""Files that say something by being there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from validator.definitions import policies
from validator.facts import assets
from validator.integration import Integration
from validator.model import Finding, Pointer, Related, Rule
from validator.wording import quoted

_EULA: Pointer = ("legal_terms", "eula")
_PDF = b"%PDF"


def eula(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find a licence agreement that isn't a PDF."""
    named = assets.manifest_value(integration, _EULA)
    if not isinstance(named, str) or not integration.has(path := assets.tidy(named)):
        return
    if path.suffix != ".pdf":
        yield rule.finding(
            integration.manifest.locate(_EULA),
            f"`legal_terms.eula` names {quoted(named)}; expected a `.pdf`",
        )
    elif _PDF not in integration.head(path, 1024):
        yield rule.finding(
            integration.location(path),
            f"`{path.name}` is no PDF; expected a file that begins with `%PDF`",
        )


def junk(integration: Integration, rule: Rule) -> Iterator[Finding]:
    """Find files that an operating system, an editor or a merge left behind; tests may need some."""
    policy = policies.load(policies.Junk)
    names, suffixes = policy.names, tuple(policy.suffixes)
    for path in integration.tree.files():
        is_junk = path.name in names or path.name.endswith(suffixes)
        if is_junk and path.parts[0] != "tests":
            yield rule.finding(
                integration.location(path), f"`{path}` was left behind; expected no such file"
            )


def same_but_for_case(
    integration: Integration, rule: Rule, *, kinds: list[str]
) -> Iterator[Finding]:
    """Find files, and names of assets, that differ in capital letters only."""
    first: dict[str, PurePosixPath] = {}
    for path in assets.everything(integration):
        earlier = first.setdefault(str(path).casefold(), path)
        if earlier != path:
            yield rule.finding(
                integration.location(path),
                f"{quoted(str(path))} differs from {quoted(str(earlier))} in case only; expected one file, or "
                "another name",
                related=(Related(integration.location(earlier), "this is the other file"),),
            )
    for kind in kinds:
        named = assets.manifest_value(integration, ("assets", kind))
        names: dict[str, str] = {}
        for name in named if isinstance(named, dict) else ():
            other = names.setdefault(" ".join(name.casefold().split()), name)
            if other != name:
                places = [
                    integration.manifest.locate_key(("assets", kind, one)) for one in (name, other)
                ]
                yield rule.finding(
                    places[0],
                    f"the short name {quoted(name)} differs from {quoted(other)} in case or blanks only; expected "
                    "names that customers can tell apart",
                    related=(Related(places[1], "this is the other name"),),
                )
