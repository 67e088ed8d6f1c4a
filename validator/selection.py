"""Which rules a run judges, and with what parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from validator.definitions import rules
from validator.model import DefinitionError, Rule
from validator.settings import Setting, Settings
from validator.spelling import offer
from validator.wording import quoted


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules to judge: what a command line asks for, which outranks the configuration.

    ``selected`` and ``ignored`` are rule ids; ``preview`` adds the rules of that stage.
    """

    selected: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    preview: bool = False

    @classmethod
    def of(
        cls, selected: Iterable[str] = (), ignored: Iterable[str] = (), *, preview: bool = False
    ) -> Selection:
        """Return a selection by ids or former ids. Raises DefinitionError for an unknown one."""
        known = rules.load()
        return cls(
            frozenset(rules.find(id_, known).id for id_ in selected),
            frozenset(rules.find(id_, known).id for id_ in ignored),
            preview,
        )

    def choose(self, rule: Rule, settings: Settings) -> Rule | None:
        """Return the rule as an integration of these settings is judged by it; None if it isn't.

        ``unreadable-document`` stays with any selection, because a rule that can't be judged is not a
        pass; a rule that nothing may silence stays whatever is ignored.
        """
        names = (rule.id, *rule.aliases)
        selected = self.selected or frozenset(settings.get("select", ()))
        ignored = self.ignored | frozenset(settings.get("ignore", ()))
        if rule.silenceable and not ignored.isdisjoint(names):
            return None
        if selected:
            if selected.isdisjoint(names) and rule.id != "unreadable-document":
                return None
        elif not rule.default or (
            rule.stage == "preview" and not (self.preview or settings.get("preview"))
        ):
            return None
        own = settings.under(f"parameters.{rule.id}")
        for name, setting in own.items():
            if name not in rule.settable:
                raise DefinitionError(
                    f"{setting.location.words}: `{rule.id}` has no settable parameter `{name}`"
                    + offer(name, rule.settable)
                )
            _check_type(rule, name, setting)
        values = {name: setting.value for name, setting in own.items()}
        return replace(rule, parameters={**rule.parameters, **values}) if values else rule


def _check_type(rule: Rule, name: str, setting: Setting) -> None:
    """Raise DefinitionError for a value of another type than the rule's own."""
    own, value = rule.parameters[name], setting.value
    is_number = isinstance(own, int) and not isinstance(own, bool)
    if is_number:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
        expected = f"a whole number, such as {own}"
    elif isinstance(own, list):
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        expected = "a list of texts"
    else:
        fits = type(value) is type(own)
        expected = f"a value such as {quoted(own)}"
    if not fits:
        raise DefinitionError(
            f"{setting.location.words}: `{name}` of `{rule.id}` is {quoted(value)}; expected {expected}"
        )


_LARGEST = 1_000_000
"""The largest number that a parameter may have; nothing on a tile is counted as far."""
