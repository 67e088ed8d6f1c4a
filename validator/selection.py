"""Which rules a run judges, and with what parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from validator import rules
from validator.configuration import Settings
from validator.model import DefinitionError, Rule
from validator.names import offer


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
        values = {name: setting.value for name, setting in own.items()}
        return replace(rule, parameters={**rule.parameters, **values}) if values else rule
