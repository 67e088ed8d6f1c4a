"""Rules as data: rules/*.yaml, each bound to the check that it names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from validator.definitions import resources
from validator.model import Check, DefinitionError, Level, Reference, Rule, Seen
from validator.spelling import offer

SUBJECTS = ("integration", "repository", "change", "suppression")
KINDS = ("all", "oauth", "api", "agent", "marketplace")

_REQUIRED = {"id", "title", "level", "check", "rationale", "remediation", "references"}
_OPTIONAL = {
    "applies_to",
    "subject",
    "parameters",
    "default",
    "silenceable",
    "security_severity",
    "aliases",
    "seen",
    "since",
    "stage",
    "settable",
}

STAGES = ("preview", "stable", "deprecated")


@cache
def load() -> tuple[Rule, ...]:
    """Return every rule, sorted by id.

    Raises DefinitionError, with the file's name, when a rule is malformed or there is none: an empty
    installation would pass everything.
    """
    files = sorted(resources.folder("rules").glob("*.yaml"))
    if not files:
        raise DefinitionError(f"{resources.folder('rules')}: holds no rule; install tilelint again")
    values = resources.read_yaml("rules", files)
    return tuple(_read(file, values[file.stem]) for file in files)


def _read(file: Path, fields: Any) -> Rule:
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
        subject=fields.get("subject", "integration"),
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
        since=str(fields.get("since", "0.1.0")),
        stage=fields.get("stage", "stable"),
        settable=tuple(fields.get("settable", ())),
    )
    if rule.applies_to not in KINDS:
        raise ValueError(f"applies_to is {rule.applies_to!r}; expected one of {', '.join(KINDS)}")
    if rule.subject not in SUBJECTS:
        raise ValueError(f"subject is {rule.subject!r}; expected one of {', '.join(SUBJECTS)}")
    if rule.stage not in STAGES:
        raise ValueError(f"stage is {rule.stage!r}; expected one of {', '.join(STAGES)}")
    if unknown := set(rule.settable) - rule.parameters.keys():
        raise ValueError(f"settable names {', '.join(sorted(unknown))}, which is no parameter")
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
    raise DefinitionError(f"`{id_}` is no rule{offer(id_, known)}; see `tilelint rules`")
