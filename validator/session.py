"""The one way in: a request in, an outcome out; what the command line, a hook, an editor and tests call.

    with session.check(Request(paths=(Path("acme"),))) as outcome:
        for finding in outcome.report.findings:
            print(finding.location.words, finding.level.value, finding.rule.id, finding.message)

Nothing here prints or exits.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from validator.model import DefinitionError, DocumentError, Level, TilelintError
from validator.report import InternalError, Report

if TYPE_CHECKING:
    from validator.baseline import Entry, Update
    from validator.configuration import Configuration
    from validator.discovery import Discovery
    from validator.facts.scope_report import ScopeReport
    from validator.mask import Mask
    from validator.selection import Selection


class ExitCode(enum.IntEnum):
    """What a command ends with, in the same words in every front."""

    CLEAN = 0
    """Nothing at or above the level that fails."""
    FINDINGS = 1
    """Findings at or above it; where warnings fail, also a rule that could not be judged."""
    WRONG = 2
    """Wrong usage or configuration, or a defect of tilelint."""
    NOTHING = 3
    """A folder that was named holds no integration."""


FAIL_ON = {level.value: level.rank for level in Level} | {"never": -1}
"""The levels from which on findings fail, each with the highest rank that does."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a session is asked.

    ``paths`` are integrations, folders of integrations, or anything inside one; none is the current folder.
    ``selection`` says which rules are judged, None those of the settings. ``config`` is the only file of settings, ``isolated`` reads
    none, ``policy`` is the organisation's file on scopes. With ``base``, a revision of git, or ``staged``
    only what a change brings in counts. ``baseline`` is the file of accepted findings, ``write_baseline``
    one to accept all of them in. ``code`` is a folder of source code in which calls of the API are looked
    for. ``fail_on`` is one of FAIL_ON and outranks the settings. ``today`` decides which suppressions have
    ended; None is the day of the machine.
    """

    paths: tuple[Path, ...] = ()
    selection: Selection | None = None
    config: Path | None = None
    isolated: bool = False
    policy: Path | None = None
    base: str | None = None
    staged: bool = False
    baseline: Path | None = None
    write_baseline: Path | None = None
    code: Path | None = None
    fail_on: str | None = None
    today: dt.date | None = None


@dataclass(frozen=True)
class Outcome:
    """What a session answers.

    ``report`` is everything that was found, without a credential; ``exit_code`` what a command ends with.
    ``discovery`` says what the paths led to, ``gone`` which integrations a change takes away. ``stale``
    are entries of the baseline that accept nothing any more; ``update`` is the new baseline that was asked
    for, or None with a ``refusal`` that says why there is none. ``scopes`` are the reports on scopes, and
    ``unread`` says why there is none of an integration.

    A report shows text that git holds, which stays open until the outcome is closed: use it in ``with``.
    """

    report: Report
    exit_code: ExitCode
    discovery: Discovery
    gone: tuple[PurePosixPath, ...] = ()
    stale: tuple[Entry, ...] = ()
    update: Update | None = None
    refusal: str = ""
    scopes: tuple[ScopeReport, ...] = ()
    unread: tuple[str, ...] = ()
    resources: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def mask(self) -> Mask:
        """What hides the credentials of the run in any other text."""
        assert self.report.mask is not None
        return self.report.mask

    def __enter__(self) -> Outcome:  # noqa: PYI034 (Self is of Python 3.11)
        """Return the outcome."""
        return self

    def __exit__(
        self,
        type_: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close what the report reads from."""
        self.close()

    def close(self) -> None:
        """Close what the report reads from."""
        self.resources.close()


def configuration(request: Request) -> Configuration:
    """Return what reads the settings that a request means.

    Raises DefinitionError for a policy that can't be read or is wrong.
    """
    from validator.configuration import Configuration

    file = request.config and request.config.absolute()
    if request.policy is None:
        return Configuration(file, isolated=request.isolated)
    from validator.scopes import policy as scope_policy

    return Configuration(file, isolated=request.isolated, policy=scope_policy.read(request.policy))


def check(request: Request) -> Outcome:
    """Judge the integrations that a request names, by the rules that it selects.

    Raises DefinitionError for wrong settings, rules, policies or baselines, and what else is wrong with the
    request, with the file, line and column where there is one.
    """
    from validator import limits, masking

    with ExitStack() as stack:
        judged = _judge(request, configuration(request), stack)
        report = masking.known(judged.report)
        judged = judged._replace(report=report)
        if request.write_baseline is not None:
            update, refusal = _update(judged, request.write_baseline)
            code = _code_of_update(judged, update)
            return Outcome(
                masking.masked(report),
                code,
                judged.discovery,
                judged.gone,
                update=update,
                refusal=refusal,
                resources=stack.pop_all(),
            )
        stale: Iterable[Entry] = ()
        if request.baseline is not None:
            report, stale = _without_accepted(report, request.baseline)
        report = masking.masked(limits.abridged(report))
        return Outcome(
            report,
            _exit_code(judged._replace(report=report), request.fail_on),
            judged.discovery,
            judged.gone,
            tuple(stale),
            resources=stack.pop_all(),
        )


def scopes(request: Request) -> Outcome:
    """Say for each OAuth client which scopes it needs, and judge it by the rules about scopes.

    The outcome holds a report on scopes for each client that has a list of them. Raises DefinitionError as
    ``check``, and for ``code`` where more than one client is named.
    """
    from validator import engine, masking
    from validator.definitions import rules
    from validator.discovery import discover
    from validator.facts import scope_report

    discovery = discover(request.paths or (Path(),), configuration(request))
    clients = [owner for owner in discovery.integrations if "oauth" in owner.kinds]
    if request.code is not None:
        if len(clients) > 1:
            raise DefinitionError("--code takes one integration; name its folder")
        from validator.scopes import source_code

        found = source_code.read(request.code)
        clients = [scope_report.with_found_calls(client, found) for client in clients]
    report = engine.run(
        clients,
        scope_report.rules_about_scopes(rules.load()),
        choose=_chosen(request).choose,
        today=request.today,
    )
    report = masking.known(report)
    built, unread = _scope_reports(report)
    judged = _Judged(report, discovery)
    if clients:
        code = _exit_code(judged, request.fail_on)
    else:
        code = ExitCode.WRONG if discovery.missing else ExitCode.NOTHING
    mask = masking.mask_of(report)
    return Outcome(
        masking.masked(report),
        code,
        discovery,
        scopes=tuple(map(mask.all_of, built)),
        unread=tuple(map(mask.text, unread)),
    )


class _Judged(NamedTuple):
    report: Report
    discovery: Discovery
    gone: tuple[PurePosixPath, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything that was named was judged, as far as it is there."""
        discovery = self.discovery
        return not (self.report.internal_errors or discovery.missing or discovery.unreadable)


def _judge(request: Request, configuration: Configuration, stack: ExitStack) -> _Judged:
    """Find the integrations that are asked for and judge them. Raises DefinitionError."""
    from validator import engine
    from validator.definitions import rules
    from validator.discovery import Discovery, discover

    choose = _chosen(request).choose

    def run(subjects: engine.Subjects) -> Report:
        return engine.run(subjects, rules.load(), choose=choose, today=request.today)

    paths = request.paths
    if request.base is None and not request.staged:
        discovery = discover(paths or (Path(),), configuration)
        report = run(engine.Subjects(tuple(discovery.integrations)))
        return _Judged(_with(report, *discovery.failures), discovery)
    from validator import comparison

    option = "--staged" if request.staged else "--base"
    repository = comparison.open_repository(option, paths)
    stack.callback(repository.close)
    if request.staged or request.base is None:
        compared = comparison.staged(repository, paths, configuration)
        discovery = Discovery([*compared.after.integrations, *compared.after.others])
    else:
        discovery = discover(paths or (Path(),), configuration)
        compared = comparison.against(
            repository, request.base, discovery.integrations, configuration
        )
    report, old = run(compared.after), run(compared.before)
    failures = [*discovery.failures]
    try:
        report = comparison.set_known_apart(report, old)
    except Exception as error:  # noqa: BLE001 (what can't be told from the old counts as new)
        failures.append(InternalError.of(error, "the comparison with what was before"))
    return _Judged(_with(report, *failures), discovery, compared.gone)


def _chosen(request: Request) -> Selection:
    """Return the selection with ids that exist. Raises DefinitionError: nothing judged is no pass."""
    from validator.selection import Selection

    asked = request.selection or Selection()
    return Selection.of(asked.selected, asked.ignored, preview=asked.preview)


def _with(report: Report, *failures: InternalError) -> Report:
    """Return the report with more defects of ours."""
    return replace(report, internal_errors=(*report.internal_errors, *failures))


def _update(judged: _Judged, file: Path) -> tuple[Update | None, str]:
    """Return the baseline that accepts what was found, if all could be judged; else why there is none."""
    from validator import baseline

    if not judged.is_whole:
        return None, "not written, because not everything could be judged"
    if not judged.report.integrations:
        return None, "not written, because nothing was judged"
    return baseline.update(judged.report, file), ""


def _code_of_update(judged: _Judged, update: Update | None) -> ExitCode:
    if not judged.is_whole:
        return ExitCode.WRONG
    if update is None and judged.discovery.empty:
        return ExitCode.NOTHING
    return ExitCode.CLEAN


def _without_accepted(report: Report, file: Path) -> tuple[Report, list[Entry]]:
    """Return the report without what a baseline accepts. Raises DefinitionError, masked as the report is."""
    from validator import baseline, masking

    try:
        return baseline.apply(report, file)
    except TilelintError as error:
        raise DefinitionError(masking.mask_of(report).text(str(error))) from None


def _exit_code(judged: _Judged, fail_on: str | None) -> ExitCode:
    if not judged.is_whole:
        return ExitCode.WRONG
    report = judged.report
    # A finding in settings that several integrations share belongs to none of them.
    shared = FAIL_ON[fail_on or "error"]
    limits = {
        owner.path: FAIL_ON[fail_on or owner.settings.get("fail-on", "error")]
        for owner in report.integrations
    }
    for finding in report.findings:
        if finding.level.rank <= limits.get(finding.location.integration, shared):
            return ExitCode.FINDINGS
    # Who fails on warnings wants no rule to pass unjudged either.
    if any(limits[skip.integration] >= Level.WARNING.rank for skip in report.new_skips):
        return ExitCode.FINDINGS
    return ExitCode.NOTHING if judged.discovery.empty and not judged.gone else ExitCode.CLEAN


def _scope_reports(report: Report) -> tuple[list[ScopeReport], list[str]]:
    """Return the scope report of each integration, and why there is none of others."""
    from validator.facts import scope_report

    built: list[ScopeReport] = []
    unread: list[str] = []
    for integration in report.integrations:
        try:
            one = scope_report.build(integration, report.findings)
        except DocumentError as error:
            unread.append(f"{error.location.words}: {error.reason}")
            continue
        if one is None:
            unread.append(f"{integration.path}: lists no scopes")
        else:
            built.append(one)
    return built, unread
