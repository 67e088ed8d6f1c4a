"""Rules as data: rules/*.yaml, each bound to the check that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from validator.definitions import resources
from validator.definitions.typed import Misfit, reader
from validator.model import Check, DefinitionError, Level, Reference, Rule, Seen
from validator.spelling import offer
from validator.wording import quoted

Subject = Literal["integration", "repository", "change", "suppression"]
Kind = Literal["all", "oauth", "api", "agent", "marketplace"]
KINDS: tuple[str, ...] = get_args(Kind)
Stage = Literal["preview", "stable", "deprecated"]
Enforcer = Literal["extras-ci", "platform", "reviewer", "nobody"]
Endangered = Literal["customer", "partner"]
Listings = Literal["all", "new"]
Requirement = Literal["documented", "enforced", "reviewed", "observed", "security"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """A reference as a rule's file has it."""

    requirement: Requirement
    title: str
    url: str
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a rule found, as its file has it."""

    checked: str
    correct: int
    wrong: int
    arguable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A rule's file: its keys, and what each may be."""

    id: str
    title: str
    level: Literal["error", "warning", "note"]
    enforced_by: Enforcer
    check: str
    rationale: str
    remediation: str
    references: tuple[_Reference, ...]
    seen: _Seen
    applies_to: Kind = "all"
    subject: Subject = "integration"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    default: bool = True
    silenceable: bool = True
    security_severity: int | float | None = None
    aliases: tuple[str, ...] = ()
    since: str = "0.1.0"
    stage: Stage = "stable"
    settable: tuple[str, ...] = ()
    endangers: Endangered | None = None
    listings: Listings = "all"


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
    try:
        own: _File = reader(_File)(fields)
        _hold(own, file.stem)
    except Misfit as misfit:
        raise DefinitionError(f"{file}: {misfit}") from None
    return Rule(
        id=own.id,
        title=own.title.strip(),
        level=Level(own.level),
        applies_to=own.applies_to,
        subject=own.subject,
        enforced_by=own.enforced_by,
        check=own.check,
        rationale=" ".join(own.rationale.split()),
        remediation=" ".join(own.remediation.split()),
        references=tuple(
            Reference(each.requirement, each.title, each.url, each.checked)
            for each in own.references
        ),
        parameters=own.parameters,
        default=own.default,
        silenceable=own.silenceable,
        security_severity=own.security_severity,
        aliases=own.aliases,
        seen=Seen(own.seen.checked, own.seen.correct, own.seen.wrong, own.seen.arguable),
        since=own.since,
        stage=own.stage,
        settable=own.settable,
        endangers=own.endangers,
        listings=own.listings,
    )


def _hold(own: _File, name: str) -> None:
    """Raise Misfit where a value of a rule's file is of its type and yet wrong."""
    if own.id != name:
        raise Misfit(f"is {quoted(own.id)}; expected the file's name, `{name}`", ".id")
    for key in ("title", "rationale", "remediation"):
        if not getattr(own, key).strip():
            raise Misfit("is blank; expected a text", f".{key}")
    if not own.references:
        raise Misfit("is empty; expected what the requirement rests on", ".references")
    is_refused = own.enforced_by in ("extras-ci", "platform")
    if own.level == "error" and not is_refused and not own.endangers:
        raise Misfit(
            f"is `error`, which `{own.enforced_by}` enforces; expected `warning`, or `endangers` to say whom it harms",
            ".level",
        )
    if own.enforced_by == "extras-ci" and own.level != "error":
        raise Misfit(f"is `{own.level}`; expected `error`, since checks fail", ".level")
    if is_refused and own.listings == "new":
        raise Misfit(
            f"is `new`; expected `all`, since `{own.enforced_by}` refuses published listings, too",
            ".listings",
        )
    days = {".seen.checked": own.seen.checked}
    days |= {
        f".references[{number}].checked": each.checked for number, each in enumerate(own.references)
    }
    for place, day in days.items():
        if not _DAY.fullmatch(day):
            raise Misfit(f"is {quoted(day)}; expected a day such as 2026-11-27", place)
    if not _VERSION.fullmatch(own.since):
        raise Misfit(f"is {quoted(own.since)}; expected a version such as 0.1.0", ".since")
    for parameter in own.settable:
        if parameter not in own.parameters:
            hint = offer(parameter, own.parameters)
            raise Misfit(f"names {quoted(parameter)}, which is no parameter{hint}", ".settable")


def bind(rule: Rule) -> Check:
    """Return the check of a rule, imported only now.

    Raises DefinitionError when there is no such check or it does not take the rule's parameters.
    """
    module_name, _, name = rule.check.partition(".")
    place = f"rules/{rule.id}.yaml: `check` is {quoted(rule.check)}"
    try:
        module = import_module(f"validator.checks.{module_name}")
    except ImportError:
        raise DefinitionError(f"{place}; expected module.function of validator/checks") from None
    own = {
        known
        for known, found in vars(module).items()
        if isfunction(found) and found.__module__ == module.__name__ and not known.startswith("_")
    }
    if not isfunction(getattr(module, name, None)) or name.startswith("_"):
        raise DefinitionError(f"{place}, which is no function of it{offer(name, own)}")
    check: Check = getattr(module, name)
    code = check.__code__
    declared = set(code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount])
    optional = set(check.__kwdefaults__ or ())
    unknown = rule.parameters.keys() - declared
    missing = declared - optional - rule.parameters.keys()
    if unknown or missing:
        words = [f"parameter {name!r} is unknown to {rule.check}" for name in sorted(unknown)]
        words += [f"parameter {name!r} of {rule.check} is missing" for name in sorted(missing)]
        raise DefinitionError(f"rules/{rule.id}.yaml: {', '.join(words)}")
    if rule.parameters:
        _hold_types(rule, check)
    return check


def _hold_types(rule: Rule, check: Check) -> None:
    """Raise DefinitionError for a parameter of another type than the check's own."""
    hints = get_type_hints(check)
    for name, value in rule.parameters.items():
        type_ = tuple[str, ...] if get_origin(hints[name]) in (list, Sequence) else hints[name]
        try:
            reader(type_)(value)
        except Misfit as misfit:
            raise DefinitionError(
                f"rules/{rule.id}.yaml: `parameters.{name}` {misfit.reason}"
            ) from None


def find(id_: str, rules: Iterable[Rule]) -> Rule:
    """Return the rule of an id or a former id. Raises DefinitionError that offers the nearest id."""
    known = {name: rule for rule in rules for name in (*rule.aliases, rule.id)}
    if id_ in known:
        return known[id_]
    raise DefinitionError(f"`{id_}` is no rule{offer(id_, known)}; see `tilelint rules`")
