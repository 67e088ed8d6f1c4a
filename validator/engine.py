"""The run: every rule on every integration that it applies to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from validator.integration import MANIFEST, Integration
from validator.model import Check, DocumentError, Finding, InternalError, Report, Rule, Skip
from validator.rules import bind

Repository = tuple[Integration, ...]
"""All integrations of a run that a repository rule applies to."""


def run(integrations: Iterable[Integration], rules: Iterable[Rule]) -> Report:
    """Judge integrations by rules and return the report, its parts sorted.

    A rule that meets an unreadable document is skipped, never passed. A check that fails becomes an
    internal error of the report; the other findings stay. Raises DefinitionError for a malformed rule.
    """
    integrations = tuple(sorted(integrations, key=lambda integration: str(integration.path)))
    rules = tuple(rules)
    run = _Run()
    for rule in rules:
        check = bind(rule)
        if rule.scope == "repository":
            nearest = integrations[0].path if integrations else PurePosixPath()
            run.judge(rule, nearest, check, tuple(filter(_applies(rule), integrations)))
        elif rule.scope == "integration":
            for integration in filter(_applies(rule), integrations):
                run.judge(rule, integration.path, check, integration)
    return Report(
        rules=rules,
        integrations=integrations,
        findings=tuple(sorted(run.findings, key=lambda finding: finding.sort_key)),
        skips=tuple(sorted(run.skips, key=lambda skip: (str(skip.integration), skip.rule.id))),
        internal_errors=tuple(run.internal_errors),
    )


def _applies(rule: Rule) -> Callable[[Integration], bool]:
    return lambda integration: rule.applies_to == "all" or rule.applies_to in integration.kinds


class _Run:
    """What the rules said so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.skips: list[Skip] = []
        self.internal_errors: list[InternalError] = []

    def judge(
        self, rule: Rule, path: PurePosixPath, check: Check, subject: Integration | Repository
    ) -> None:
        """Ask one check about an integration, or about all, and keep what it says."""
        try:
            for finding in check(subject, rule, **rule.parameters):
                self.findings.append(finding)  # one by one: what was found before a failure stays
        except DocumentError as error:
            elsewhere = (
                isinstance(subject, Integration)
                and subject.lives_on_platform
                and error.location.path == MANIFEST
            )
            if not elsewhere:
                self.skips.append(Skip(rule, path, str(error)))
        except Exception as error:  # noqa: BLE001 (a defect of one check must not lose the others' findings)
            from traceback import format_exc

            message = f"{type(error).__name__}: {error}"
            self.internal_errors.append(InternalError(rule, path, message, format_exc()))
