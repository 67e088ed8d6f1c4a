"""Rules as data: rules/*.yaml, each bound to the check that it names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from validator import resources
from validator.documents.yaml import load as load_yaml
from validator.model import Check, DefinitionError, Level, Reference, Rule, Seen

SCOPES = ("integration", "repository", "change")
KINDS = ("all", "oauth", "api", "agent", "marketplace")

_REQUIRED = {"id", "title", "level", "check", "rationale", "remediation", "references"}
_OPTIONAL = {
    "applies_to",
    "scope",
    "parameters",
    "default",
    "silenceable",
    "security_severity",
    "aliases",
    "seen",
}


@cache
def load() -> tuple[Rule, ...]:
    """Return every rule, sorted by id.

    Raises DefinitionError, with the file's name, when a rule is malformed or there is none: an empty
    installation would pass everything.
    """
    files = sorted(resources.folder("rules").glob("*.yaml"))
    if not files:
        raise DefinitionError(f"{resources.folder('rules')}: holds no rule; install tilelint again")
    return tuple(_read(file) for file in files)


def _read(file: Path) -> Rule:
    try:
        fields = load_yaml(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DefinitionError(f"{file}: {error}") from None
    if not isinstance(fields, dict):
        raise DefinitionError(f"{file}: expected a mapping")
    missing, unknown = _REQUIRED - fields.keys(), fields.keys() - _REQUIRED - _OPTIONAL
    if missing or unknown:
        words = ", ".join(
            [f"`{name}` is missing" for name in sorted(missing)]
            + [f"`{name}` is unknown" for name in sorted(unknown)]
        )
        raise DefinitionError(f"{file}: {words}")
    if fields["id"] != file.stem:
        raise DefinitionError(f"{file}: id is {fields['id']!r}; expected the file's name")
    try:
        return _rule(fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(f"{file}: {error}") from None


def _rule(fields: dict[str, Any]) -> Rule:
    rule = Rule(
        id=fields["id"],
        title=fields["title"].strip(),
        level=Level(fields["level"]),
        applies_to=fields.get("applies_to", "all"),
        scope=fields.get("scope", "integration"),
        check=fields["check"],
        rationale=" ".join(fields["rationale"].split()),
        remediation=" ".join(fields["remediation"].split()),
        references=tuple(
            Reference(**{**reference, "checked": str(reference["checked"])})
            for reference in fields["references"]
        ),
        parameters=fields.get("parameters", {}),
        default=fields.get("default", True),
        silenceable=fields.get("silenceable", True),
        security_severity=fields.get("security_severity"),
        aliases=tuple(fields.get("aliases", ())),
        seen=_seen(fields["seen"]) if "seen" in fields else None,
    )
    if rule.applies_to not in KINDS:
        raise ValueError(f"applies_to is {rule.applies_to!r}; expected one of {', '.join(KINDS)}")
    if rule.scope not in SCOPES:
        raise ValueError(f"scope is {rule.scope!r}; expected one of {', '.join(SCOPES)}")
    return rule


def _seen(fields: dict[str, Any]) -> Seen:
    return Seen(**{**fields, "checked": str(fields["checked"])})


def bind(rule: Rule) -> Check:
    """Return the check of a rule, imported only now.

    Raises DefinitionError when there is no such check or it does not take the rule's parameters.
    """
    module_name, _, name = rule.check.partition(".")
    try:
        check: Check = getattr(import_module(f"validator.checks.{module_name}"), name)
    except (ImportError, AttributeError) as error:
        raise DefinitionError(f"rules/{rule.id}.yaml: check {rule.check!r}: {error}") from None
    code = check.__code__
    declared = set(code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount])
    optional = set(check.__kwdefaults__ or ())
    unknown = rule.parameters.keys() - declared
    missing = declared - optional - rule.parameters.keys()
    if unknown or missing:
        words = [f"parameter {name!r} is unknown to {rule.check}" for name in sorted(unknown)]
        words += [f"parameter {name!r} of {rule.check} is missing" for name in sorted(missing)]
        raise DefinitionError(f"rules/{rule.id}.yaml: {', '.join(words)}")
    return check


def find(id_: str, rules: Iterable[Rule]) -> Rule:
    """Return the rule of an id or a former id. Raises DefinitionError that offers the nearest id."""
    known = {name: rule for rule in rules for name in (*rule.aliases, rule.id)}
    if id_ in known:
        return known[id_]
    from validator.names import offer

    raise DefinitionError(f"`{id_}` is no rule{offer(id_, known)}; see `tilelint rules`")


def select(
    rules: Iterable[Rule], selected: Iterable[str] = (), ignored: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules to run.

    Without ``selected``, all that are on by default. ``unreadable-document`` stays with any selection,
    because a rule that can't be judged is not a pass; a rule that nothing may silence stays whatever
    is ignored. Raises DefinitionError for an unknown id, or when nothing is left.
    """
    rules = tuple(rules)
    wanted = {find(id_, rules).id for id_ in selected}
    unwanted = {find(id_, rules).id for id_ in ignored}
    if wanted:
        wanted.add("unreadable-document")
    chosen = tuple(
        rule
        for rule in rules
        if (rule.id in wanted if wanted else rule.default)
        and (rule.id not in unwanted or not rule.silenceable)
    )
    if not chosen:
        raise DefinitionError("no rule is left to run; select at least one")
    return chosen
