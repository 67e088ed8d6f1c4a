"""The run: every rule on every integration that it applies to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from time import perf_counter

from validator import spelling
from validator.definitions.rules import bind
from validator.facts.listing import is_new_listing
from validator.identity import identified
from validator.integration import MANIFEST, OAUTH_CLIENTS, README, Change, Integration
from validator.model import (
    Check,
    DocumentError,
    Finding,
    Level,
    MissingDocument,
    RefusedDocument,
    Related,
    Rule,
    TilelintError,
)
from validator.report import InternalError, Report, ReportedIntegration, Skip, Suppressed
from validator.settings import Settings

Repository = tuple[Integration, ...]
"""All integrations of a run that a repository rule applies to."""

Choose = Callable[[Rule, Settings], Rule | None]
"""Decides whether a rule is judged for an integration of these settings, and with what parameters."""


_ON_PLATFORM = (MANIFEST, OAUTH_CLIENTS)
"""Documents that the publishing platform keeps for an integration that only declares its kind."""


def _as_it_is(rule: Rule, _: Settings) -> Rule | None:
    return rule


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a run judges.

    ``integrations`` are reported; ``others`` are shown to repository rules only; ``changes`` are what
    rules about changes judge, none without a base. ``narrowed`` names the only rules that count for some
    of the integrations, by path.
    """

    integrations: tuple[Integration, ...]
    others: tuple[Integration, ...] = ()
    changes: tuple[Change, ...] = ()
    narrowed: Mapping[PurePosixPath, frozenset[str]] = field(default_factory=dict)

    @property
    def consulted(self) -> Repository:
        """The integrations that were read, too: others of the repository, and what the base has."""
        before = (change.before for change in self.changes)
        return (*self.others, *(one for one in before if one is not None))

    def counts(self, rule: Rule, integration: PurePosixPath) -> bool:
        """Tell whether a rule counts for an integration."""
        return integration not in self.narrowed or rule.id in self.narrowed[integration]


def run(
    integrations: Iterable[Integration] | Subjects,
    rules: Iterable[Rule],
    *,
    choose: Choose = _as_it_is,
    today: dt.date | None = None,
) -> Report:
    """Judge integrations by rules and return the report, its parts sorted.

    A rule that meets an unreadable document is skipped, never passed. A check that fails becomes an
    internal error of the report; the other findings stay. Levels, overrides and suppressions of each
    integration's settings are applied; ``today`` decides which suppressions have ended. Raises
    DefinitionError for a malformed rule.
    """
    if not isinstance(integrations, Subjects):
        integrations = Subjects(tuple(integrations))
    subjects = replace(integrations, integrations=_sorted(integrations.integrations))
    rules = tuple(rules)
    run = _Run(subjects, choose)
    for rule in rules:
        run.judge(rule)
    findings = run.adjusted()
    suppressed: list[Suppressed] = []
    try:
        findings, suppressed = run.silence(findings, rules, today or dt.date.today())  # noqa: DTZ011 (the user's day)
    except TilelintError:
        raise
    except Exception as error:  # noqa: BLE001 (what could not be silenced is shown)
        run.internal_errors.append(InternalError.of(error, "suppressions"))
    try:
        findings, suppressed = _identified(findings, suppressed, subjects.integrations)
    except TilelintError:
        raise
    except Exception as error:  # noqa: BLE001 (what can't be told from the old counts as new)
        run.internal_errors.append(InternalError.of(error, "identities"))
    return Report(
        rules=tuple(rule for rule in rules if rule.id in run.judged),
        integrations=tuple(
            ReportedIntegration(one.path, one.name) for one in subjects.integrations
        ),
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        skips=tuple(
            sorted(run.untold(findings), key=lambda skip: (str(skip.integration), skip.rule.id))
        ),
        internal_errors=tuple(run.internal_errors),
        suppressed=tuple(sorted(suppressed, key=lambda silenced: silenced.finding.sort_key)),
        timings=run.timings,
    )


def _identified(
    findings: Iterable[Finding], suppressed: Iterable[Suppressed], integrations: Repository
) -> tuple[list[Finding], list[Suppressed]]:
    """Return findings with what makes each the one that it is."""
    owners = {integration.path: integration for integration in integrations}
    silenced = list(suppressed)
    own = identified((each.finding for each in silenced), owners)
    return identified(findings, owners), [
        replace(each, finding=finding) for each, finding in zip(silenced, own, strict=True)
    ]


def _sorted(integrations: Iterable[Integration]) -> Repository:
    return tuple(sorted(integrations, key=lambda integration: str(integration.path)))


class _Run:
    """What the rules said so far."""

    def __init__(self, subjects: Subjects, choose: Choose) -> None:
        self.subjects = subjects
        self.choose = choose
        self.findings: list[Finding] = []
        self.skips: list[Skip] = []
        self.internal_errors: list[InternalError] = []
        self.judged: set[str] = set()
        self.timings: dict[str, float] = {}
        self._refused: list[tuple[Skip, RefusedDocument]] = []

    def judge(self, rule: Rule) -> None:
        """Ask the check of a rule about each of its subjects, and keep what it says.

        What fails outside of the check itself concerns every integration. Raises DefinitionError.
        """
        start = perf_counter()
        try:
            self._judge(rule)
        except TilelintError:
            raise
        except Exception as error:  # noqa: BLE001 (a defect of ours must not lose what others found)
            self.internal_errors.append(InternalError.of(error, rule=rule))
        self.timings[rule.id] = perf_counter() - start

    def _judge(self, rule: Rule) -> None:
        if rule.subject == "suppression":
            if any(self._chosen(rule, self.subjects.integrations)):
                self.judged.add(rule.id)
        elif rule.subject == "repository":
            everything = _sorted((*self.subjects.integrations, *self.subjects.others))
            chosen = list(self._chosen(rule, everything))
            if chosen:
                subject = tuple(integration for integration, _ in chosen)
                self._ask(chosen[0][1], bind(chosen[0][1]), subject[0], subject)
        elif rule.subject == "change":
            changes = {change.after: change for change in self.subjects.changes}
            for integration, own in self._chosen(rule, changes):
                self._ask(own, bind(own), integration, changes[integration])
        else:
            check = None
            for integration, own in self._chosen(rule, self.subjects.integrations):
                check = check or bind(own)
                self._ask(own, check, integration, integration)

    def _chosen(
        self, rule: Rule, integrations: Iterable[Integration]
    ) -> Iterator[tuple[Integration, Rule]]:
        """Yield each integration that a rule is judged for, with the rule as it is set for it."""
        for integration in integrations:
            own = self.choose(rule, integration.settings)
            if own is not None and self.subjects.counts(rule, integration.path):
                self.judged.add(rule.id)
                if own.applies_to == "all" or own.applies_to in integration.kinds:
                    yield integration, own

    def _ask(
        self,
        rule: Rule,
        check: Check,
        integration: Integration,
        subject: Integration | Repository | Change,
    ) -> None:
        try:
            with spelling.comparing():
                for finding in check(subject, rule, **rule.parameters):
                    self.findings.append(
                        finding
                    )  # one by one: what was found before a failure stays
        except DocumentError as error:
            missing = error.location.path if isinstance(error, MissingDocument) else None
            if not (missing in _ON_PLATFORM and integration.lives_on_platform):
                skip = Skip(rule, integration.path, str(error), missing)
                self.skips.append(skip)
                if isinstance(error, RefusedDocument):
                    self._refused.append((skip, error))
        except TilelintError:  # such as an object that this clone of the repository lacks
            raise
        except Exception as error:  # noqa: BLE001 (a defect of one check must not lose the others' findings)
            failure = InternalError.of(error, rule=rule, integration=integration.path)
            self.internal_errors.append(failure)

    def untold(self, findings: Iterable[Finding]) -> list[Skip]:
        """Return the skips, without those of a document whose one mistake a finding tells."""
        told = {(each.rule.id, each.location.integration, each.location.path) for each in findings}
        explained = {
            id(skip)
            for skip, error in self._refused
            if (error.told_by, error.location.integration, error.location.path) in told
        }
        return [skip for skip in self.skips if id(skip) not in explained]

    def adjusted(self) -> list[Finding]:
        """Return what was found on the reported integrations, as the settings of each have it."""
        reported = {integration.path: integration for integration in self.subjects.integrations}
        findings = [
            each
            for each in self.findings
            if each.location.integration in reported
            and self.subjects.counts(each.rule, each.location.integration)
        ]
        try:
            return list(_adjusted(_for_listings(findings, reported), reported))
        except TilelintError:
            raise
        except Exception as error:  # noqa: BLE001 (what could not be left out is shown)
            self.internal_errors.append(InternalError.of(error, "overrides"))
            return findings

    def silence(
        self, findings: list[Finding], rules: Iterable[Rule], today: dt.date
    ) -> tuple[list[Finding], list[Suppressed]]:
        """Apply the suppressions of each integration; return what stays and what was suppressed."""
        if not any(map(_may_suppress, self.subjects.integrations)):
            return findings, []
        from validator import suppressions

        # What could not be judged somewhere can't say that a suppression is not needed.
        gaps: list[Skip | InternalError] = [*self.skips, *self.internal_errors]
        judged = self.judged - {gap.rule.id for gap in gaps if gap.rule}
        kept, suppressed, uses = suppressions.apply(
            findings, self.subjects.integrations, judged, today
        )
        for rule in rules:
            if rule.subject == "suppression" and rule.id in self.judged:
                check = bind(rule)
                with spelling.comparing():
                    for use in uses:
                        kept.extend(check(use, rule, **rule.parameters))
        return kept, suppressed


def _may_suppress(integration: Integration) -> bool:
    """Tell, without parsing anything, whether an integration may hold a suppression."""
    if integration.settings.suppressions:
        return True
    readme = integration.text(README)
    return readme is not None and "tilelint:" in readme.text


def _for_listings(
    findings: Iterable[Finding], reported: Mapping[PurePosixPath, Integration]
) -> Iterator[Finding]:
    """Yield the findings; what only a new listing is asked for becomes one note on a published one."""
    asked: dict[tuple[str, PurePosixPath], list[Finding]] = {}
    for finding in findings:
        path = finding.location.integration
        if finding.rule.listings == "new" and not is_new_listing(reported[path]):
            asked.setdefault((finding.rule.id, path), []).append(finding)
        else:
            yield finding
    for group in asked.values():
        yield replace(_folded(sorted(group, key=lambda each: each.sort_key)), level=Level.NOTE)


def _folded(findings: list[Finding]) -> Finding:
    """Return one finding for several of a rule: the first, with the places of the others."""
    first, *others = findings
    if not others:
        return first
    return first.rule.finding(
        first.location,
        f"{first.message}; {len(others)} more like it",
        anywhere=True,
        related=(*first.related, *(Related(each.location, each.message) for each in others)),
        fix=first.fix,
    )


def _adjusted(
    findings: Iterable[Finding], reported: Mapping[PurePosixPath, Integration]
) -> Iterator[Finding]:
    """Yield the findings at the level that the settings give them, without those that they leave out."""
    levels: dict[tuple[str, Level, PurePosixPath, PurePosixPath], Level | None] = {}
    for finding in findings:
        location, rule = finding.location, finding.rule
        integration = reported[location.integration]
        settings = integration.settings
        if not rule.silenceable or not (settings.settings or settings.overrides):
            yield finding
            continue
        key = (rule.id, finding.level, location.integration, location.path)
        if key not in levels:  # there may be thousands of findings, and as many globs
            levels[key] = _level(finding, integration)
        level = levels[key]
        if level is not None:
            yield finding if level is finding.level else replace(finding, level=level)


def _level(finding: Finding, integration: Integration) -> Level | None:
    """Return the level that the settings give a finding's rule in its document; None where they leave it out."""
    rule, path = finding.rule, finding.location.path
    settings = integration.settings
    level = settings.get(f"levels.{rule.id}")
    for override in settings.overrides:
        if any(glob.matches(integration.folder / path) for glob in override.paths):
            if rule.id in override.ignore:
                return None
            level = override.levels.get(rule.id, level)
    return Level(level) if level else finding.level
