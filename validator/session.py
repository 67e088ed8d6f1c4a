"""The one way in: a request in, an outcome out; what the command line, a hook, an editor and tests call.

    outcome = session.check(Request(paths=(Path("acme"),)))
    for finding in outcome.report.findings:
        print(finding.location.words, finding.level.value, finding.rule.id, finding.message)

Nothing here prints or exits, and nothing of an outcome reads a file later.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from validator.model import DefinitionError, DocumentError, Level, TilelintError
from validator.report import EffectiveSettings, InternalError, Report

if TYPE_CHECKING:
    from validator.baseline import Entry, Update
    from validator.configuration import Configuration
    from validator.discovery import Discovery
    from validator.engine import Subjects
    from validator.integration import Integration
    from validator.mask import Mask
    from validator.scope_report import ClientScopes, ScopeReport
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
    for. ``fail_on`` is one of FAIL_ON and outranks the settings. ``min_level`` is the value of the least level
    whose findings are listed; the others are counted all the same. ``today`` decides which suppressions have
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
    min_level: str | None = None
    today: dt.date | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """What the paths of a request did not lead to.

    ``missing`` are paths that don't exist, ``empty`` folders without an integration, ``outside`` files that
    belong to none, ``unreadable`` folders that could not be listed, each with the reason.
    """

    missing: tuple[Path, ...] = ()
    empty: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()

    @classmethod
    def by(cls, discovery: Discovery) -> NotFound:
        """Return what a discovery did not find."""
        return cls(
            tuple(discovery.missing),
            tuple(discovery.empty),
            tuple(discovery.outside),
            tuple(discovery.unreadable),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a session answers: a value, of which nothing reads a file later.

    ``report`` is everything that was found, without a credential; ``exit_code`` what a command ends with.
    ``not_found`` says what the paths did not lead to, ``gone`` which integrations a change takes away.
    ``notices`` are sentences on what could not be done as it was asked. ``stale`` are entries of the baseline
    that accept nothing any more; ``update`` is the new baseline that was asked for, or None with a ``refusal`` that says why there is
    none. ``scopes`` is the report on scopes, and ``unread`` says why an integration is not in it;
    ``settings`` are those of each integration. ``mask`` hides the credentials of the run in any other text.
    """

    report: Report
    exit_code: ExitCode
    mask: Mask = field(repr=False, compare=False)
    not_found: NotFound = NotFound()
    gone: tuple[PurePosixPath, ...] = ()
    notices: tuple[str, ...] = ()
    stale: tuple[Entry, ...] = ()
    update: Update | None = None
    refusal: str = ""
    scopes: ScopeReport | None = None
    unread: tuple[str, ...] = ()
    settings: tuple[EffectiveSettings, ...] = ()


def asked_by_pre_commit(request: Request, environment: Mapping[str, str]) -> Request:
    """Return what pre-commit means by a request whose paths are the files that it names.

    Within a commit that is what the commit brings in; between two revisions (``--from-ref``, or a push) what
    came since the first; and where nothing is staged (``--all-files``) all of the files. Raises
    DefinitionError outside of a repository.
    """
    since = environment.get("PRE_COMMIT_FROM_REF")
    if since:
        return replace(request, paths=(), base=since)
    from validator import comparison

    repository = comparison.open_repository("--pre-commit")
    try:
        is_staged = repository.has_staged
    finally:
        repository.close()
    if is_staged or not request.paths:
        return replace(request, paths=(), staged=True)
    return request


def check(request: Request) -> Outcome:
    """Judge the integrations that a request names, by the rules that it selects.

    Raises DefinitionError for wrong settings, rules, policies or baselines, and what else is wrong with the
    request, with the file, line and column where there is one.
    """
    from validator import limits, presentation

    _hold(request, code="only `scopes` reads source code")
    selection, notices = _chosen(request)
    with ExitStack() as stack:  # git stays open until nothing is read any more
        judged = _judge(request, selection, _configuration(request), stack)
        _refuse_no_rule(selection, judged.subjects)
        report, subjects = judged.report, judged.subjects
        mask = presentation.mask_of(report, subjects.integrations, subjects.consulted)
        stale: Iterable[Entry] = ()
        update, refusal = None, ""
        if request.write_baseline is not None:
            update, refusal = _update(judged, request, request.write_baseline, mask)
            code = _code_of_update(judged)
        else:
            if request.baseline is not None:
                report, stale = _without_accepted(report, request.baseline, mask)
            code = _exit_code(judged._replace(report=report), request.fail_on)
            report = limits.abridged(_listed(report, request.min_level))
        report = presentation.presented(
            _remarked(report, subjects, request), subjects.integrations, mask
        )
    return Outcome(
        report,
        ExitCode.WRONG if report.internal_errors else code,
        mask,
        NotFound.by(judged.discovery),
        judged.gone,
        notices=notices,
        stale=tuple(stale),
        update=update,
        refusal=refusal,
    )


def scopes(request: Request) -> Outcome:
    """Say for each OAuth client which scopes it needs, and judge it by the rules about scopes.

    The outcome holds a report on the scopes of each client that has a list of them. Raises DefinitionError as
    ``check``, and for ``code`` where more than one client is named.
    """
    from validator import engine, presentation
    from validator.definitions import rules
    from validator.discovery import discover
    from validator.facts import scope_report

    why = "only `check` compares"
    _hold(request, base=why, staged=why, baseline=why, write_baseline=why)
    discovery = discover(request.paths or (Path(),), _configuration(request))
    clients = [owner for owner in discovery.integrations if "oauth" in owner.kinds]
    if request.code is not None and len(clients) > 1:
        raise DefinitionError("--code takes one integration; name its folder")
    selection, notices = _chosen(request)
    report = engine.run(
        clients,
        scope_report.rules_about_scopes(rules.load()),
        choose=selection.choose,
        today=_today(request),
    )
    report = _with(report, *discovery.failures)
    mask = presentation.mask_of(report, clients)
    built, unread = _client_scopes(clients, report)
    if clients:
        code = _exit_code(
            _Judged(report, engine.Subjects(tuple(clients)), discovery), request.fail_on
        )
    else:
        code = ExitCode.WRONG if discovery.missing else ExitCode.NOTHING
    report = presentation.presented(report, clients, mask)
    return Outcome(
        report,
        ExitCode.WRONG if report.internal_errors else code,
        mask,
        NotFound.by(discovery),
        notices=notices,
        scopes=_scope_report(map(mask.all_of, built), request),
        unread=tuple(map(mask.text, unread)),
    )


def settings(request: Request) -> Outcome:
    """Say which settings count for each integration, and where each comes from; nothing is judged.

    Raises DefinitionError for settings that can't be read or are wrong, with the file, line and column.
    """
    from validator import effective_settings, presentation
    from validator.discovery import discover
    from validator.mask import Mask

    _hold(request)
    discovery = discover(request.paths or (Path(),), _configuration(request))
    mask = Mask(discovery.integrations)
    code = ExitCode.CLEAN if discovery.integrations else ExitCode.NOTHING
    report = presentation.presented(_with(Report((), (), ()), *discovery.failures), (), mask)
    return Outcome(
        report,
        ExitCode.WRONG if report.internal_errors or discovery.missing else code,
        mask,
        NotFound.by(discovery),
        settings=tuple(effective_settings.of(one, mask) for one in discovery.integrations),
    )


def _hold(request: Request, **refused: str) -> None:
    """Raise DefinitionError for a request that contradicts itself, or asks for what is ``refused``."""
    for name, why in refused.items():
        if getattr(request, name) not in (None, False):
            raise DefinitionError(f"`{name}` is given, but {why}")
    if request.base is not None and request.staged:
        raise DefinitionError("`base` and `staged` exclude each other")
    if request.config is not None and request.isolated:
        raise DefinitionError("`config` and `isolated` exclude each other")
    if request.baseline is not None and request.write_baseline is not None:
        raise DefinitionError("`baseline` and `write_baseline` exclude each other")
    if request.fail_on is not None and request.fail_on not in FAIL_ON:
        raise DefinitionError(
            f"`fail_on` is {request.fail_on!r}; expected one of {', '.join(FAIL_ON)}"
        )
    levels = [level.value for level in Level]
    if request.min_level is not None and request.min_level not in levels:
        raise DefinitionError(
            f"`min_level` is {request.min_level!r}; expected one of {', '.join(levels)}"
        )
    for name in ("config", "policy", "baseline", "write_baseline", "code"):
        value = getattr(request, name)
        if value is not None and not isinstance(value, Path):
            raise DefinitionError(f"`{name}` is {value!r}; expected a Path")
    if not isinstance(request.paths, tuple) or not all(
        isinstance(path, Path) for path in request.paths
    ):
        raise DefinitionError(f"`paths` is {request.paths!r}; expected a tuple of Paths")


def _configuration(request: Request) -> Configuration:
    """Return what reads the settings that a request means.

    Raises DefinitionError for a policy that can't be read or is wrong.
    """
    from validator.configuration import Configuration

    policy, found_calls = None, None
    if request.policy is not None:
        from validator.scopes import policy as scope_policy

        policy = scope_policy.read(request.policy)
    if request.code is not None:
        from validator.scopes import source_code

        found_calls = source_code.read(request.code)
    return Configuration(
        request.config and request.config.absolute(),
        isolated=request.isolated,
        policy=policy,
        found_calls=found_calls,
    )


def _today(request: Request) -> dt.date:
    """Return the day that a request means, the one and only place that asks the machine."""
    return request.today or dt.date.today()  # noqa: DTZ011 (the user's day)


class _Judged(NamedTuple):
    report: Report
    subjects: Subjects
    discovery: Discovery
    gone: tuple[PurePosixPath, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything that was named was judged, as far as it is there."""
        discovery = self.discovery
        return not (self.report.internal_errors or discovery.missing or discovery.unreadable)

    @property
    def lacks_some(self) -> bool:
        """Whether a folder that was named holds no integration, and no change took one away."""
        return bool(self.discovery.empty) and not self.gone


def _judge(
    request: Request, selection: Selection, configuration: Configuration, stack: ExitStack
) -> _Judged:
    """Find the integrations that are asked for and judge them. Raises DefinitionError."""
    from validator import engine
    from validator.definitions import rules
    from validator.discovery import discover

    def run(subjects: Subjects) -> Report:
        return engine.run(subjects, rules.load(), choose=selection.choose, today=_today(request))

    paths = request.paths
    if request.base is None and not request.staged:
        discovery = discover(paths or (Path(),), configuration)
        subjects = engine.Subjects(tuple(discovery.integrations))
        return _Judged(_with(run(subjects), *discovery.failures), subjects, discovery)
    from validator import comparison

    option = "--staged" if request.staged else "--base"
    repository = comparison.open_repository(option, paths)
    stack.callback(repository.close)
    if request.staged or request.base is None:
        compared = comparison.staged(repository, paths, configuration)
    else:
        compared = comparison.against(repository, request.base, paths, configuration)
    report, old = run(compared.after), run(compared.before)
    failures = [*compared.discovery.failures]
    try:
        report = comparison.set_known_apart(report, old)
    except Exception as error:  # noqa: BLE001 (what can't be told from the old counts as new)
        failures.append(InternalError.of(error, "the comparison with what was before"))
    return _Judged(_with(report, *failures), compared.after, compared.discovery, compared.gone)


def _chosen(request: Request) -> tuple[Selection, tuple[str, ...]]:
    """Return the selection with ids that exist, and what of it can't be done.

    Raises DefinitionError for an unknown id: nothing judged is no pass.
    """
    from validator.definitions import rules
    from validator.selection import Selection

    asked = request.selection or Selection()
    if not all(isinstance(id_, str) for id_ in (*asked.selected, *asked.ignored)):
        raise DefinitionError("`selection` holds what is no text; expected ids of rules")
    selection = Selection.of(asked.selected, asked.ignored, preview=asked.preview)
    kept = (
        id_ for id_ in sorted(selection.ignored) if not rules.find(id_, rules.load()).silenceable
    )
    return selection, tuple(f"`{id_}` can't be ignored" for id_ in kept)


def _refuse_no_rule(selection: Selection, subjects: Subjects) -> None:
    """Raise DefinitionError where no rule is left for an integration: nothing judged is no pass.

    ``unreadable-document`` doesn't count, because it stays with any selection.
    """
    from validator.definitions import rules

    for integration in subjects.integrations:
        if not any(
            selection.choose(rule, integration.settings)
            for rule in rules.load()
            if rule.id != "unreadable-document" or rule.id in selection.selected
        ):
            raise DefinitionError(
                f"{integration.path}: no rule is left to judge; what is selected is also ignored"
            )


def _remarked(report: Report, subjects: Subjects, request: Request) -> Report:
    """Return the report with a remark on an old catalogue of scopes, where a client was judged by it."""
    from validator.scopes.catalogue import age_line

    try:
        if not any("oauth" in integration.kinds for integration in subjects.integrations):
            return report
        remark = age_line(_today(request))
    except Exception as error:  # noqa: BLE001 (the findings are shown without it)
        return _with(report, InternalError.of(error, "the age of the catalogue"))
    return replace(report, remarks=(*report.remarks, remark)) if remark else report


def _listed(report: Report, min_level: str | None) -> Report:
    """Return the report with the findings of the wanted levels, and a remark on the others."""
    from validator import limits
    from validator.wording import enumerated

    if min_level is None:
        return report
    least = Level(min_level)
    lesser = [
        f"{level.value}s" for level in Level if level.rank > least.rank and report.count(level)
    ]
    listed = limits.at_least(report, least)
    if not lesser:
        return listed
    remark = f"{enumerated(lesser, 'and').capitalize()} are counted, not listed (--min-level {min_level})."
    return replace(listed, remarks=(*report.remarks, remark))


def _with(report: Report, *failures: InternalError) -> Report:
    """Return the report with more defects of ours."""
    return replace(report, internal_errors=(*report.internal_errors, *failures))


def _update(judged: _Judged, request: Request, file: Path, mask: Mask) -> tuple[Update | None, str]:
    """Return the baseline that accepts what was found, if all could be judged; else why there is none."""
    from validator import baseline

    if not judged.is_whole:
        return None, "not written, because not everything could be judged"
    # A change that touches no integration brings nothing in, and all of that is accepted.
    compares = request.staged or request.base is not None
    if not judged.report.integrations and (judged.lacks_some or not compares):
        return None, "not written, because nothing was judged"
    return baseline.update(judged.report, file, mask), ""


def _code_of_update(judged: _Judged) -> ExitCode:
    if not judged.is_whole:
        return ExitCode.WRONG
    return ExitCode.NOTHING if judged.lacks_some else ExitCode.CLEAN


def _without_accepted(report: Report, file: Path, mask: Mask) -> tuple[Report, list[Entry]]:
    """Return the report without what a baseline accepts. Raises DefinitionError, masked as the report is."""
    from validator import baseline

    try:
        return baseline.apply(report, file, mask)
    except TilelintError as error:
        raise DefinitionError(mask.text(str(error))) from None


def _exit_code(judged: _Judged, fail_on: str | None) -> ExitCode:
    if not judged.is_whole:
        return ExitCode.WRONG
    report = judged.report
    # A finding in settings that several integrations share belongs to none of them.
    shared = FAIL_ON[fail_on or "error"]
    limits = {
        owner.path: FAIL_ON[fail_on or owner.settings.get("fail-on", "error")]
        for owner in judged.subjects.integrations
    }
    for finding in report.findings:
        if finding.level.rank <= limits.get(finding.location.integration, shared):
            return ExitCode.FINDINGS
    # Who fails on warnings wants no rule to pass unjudged either.
    if any(limits[skip.integration] >= Level.WARNING.rank for skip in report.new_skips):
        return ExitCode.FINDINGS
    return ExitCode.NOTHING if judged.lacks_some else ExitCode.CLEAN


def _client_scopes(
    clients: Iterable[Integration], report: Report
) -> tuple[list[ClientScopes], list[str]]:
    """Return the report on the scopes of each client, and why there is none of others."""
    from validator.facts import scope_report

    built: list[ClientScopes] = []
    unread: list[str] = []
    for integration in clients:
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


def _scope_report(clients: Iterable[ClientScopes], request: Request) -> ScopeReport:
    from validator.scope_report import ScopeReport
    from validator.scopes.catalogue import age_line, catalogue

    return ScopeReport(str(catalogue().date), age_line(_today(request)), tuple(clients))
