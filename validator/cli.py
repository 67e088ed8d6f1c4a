"""The command line: arguments in, text and an exit code out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from validator import __version__, delivery, session
from validator.model import TilelintError, as_shown
from validator.report import InternalError, Report
from validator.reporters import FORMATS, render
from validator.session import FAIL_ON, ExitCode, Outcome, Request

if TYPE_CHECKING:
    from validator.mask import Mask
    from validator.selection import Selection

INTERRUPTED = 130
"""The exit code of a run that the user ended, as a shell has it: 1 would say that there are findings."""

_POLICY = click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Judge scopes by this policy of an organisation, too.",
)
_CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read settings from this file only.",
)
_ISOLATED = click.option("--isolated", is_flag=True, help="Read no .tilelint.yaml.")
_COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto: on a terminal, unless NO_COLOR is set.",
)


_MASK: ContextVar[Mask | None] = ContextVar("mask", default=None)
"""What knows the credentials of the run, as soon as its documents are read."""


class _Program(click.Group):
    """The command line: whatever happens, the exit code says what it says in the README."""

    def main(self, *arguments: Any, **extra: Any) -> NoReturn:
        """Run a command and exit.

        What nobody expected is a defect of tilelint: one line asks for a report of it, and the exit code is
        2, never Python's 1, which would say that the integration has faults.
        """
        _MASK.set(None)
        try:
            sys.exit(
                super().main(*arguments, **{**extra, "standalone_mode": False}) or ExitCode.CLEAN
            )
        except click.Abort:
            sys.exit(INTERRUPTED)
        except click.ClickException as error:
            _show_usage_error(error)
            sys.exit(ExitCode.WRONG)
        except TilelintError as error:
            _fail(str(error))
        except Exception as error:  # noqa: BLE001 (the last handler)
            if isinstance(error, OSError) and error.filename is None and error.errno is not None:
                _fail(f"the output could not be written: {error.strerror}")
            _show_internal_errors([InternalError.of(error, "tilelint")])
            sys.exit(ExitCode.WRONG)


@click.group(
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Tell whether a Datadog integration is ready to be published.",
)
@click.version_option(__version__, prog_name="tilelint")
def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a code page lacks is shown as an escape
            stream.reconfigure(errors="backslashreplace")


def _split(_: click.Context, __: click.Parameter, values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _targets(formats: Iterable[str], output: Path | None) -> Iterator[tuple[str, Path | None]]:
    """Yield each format with the file it goes to; None is the standard output."""
    given = list(formats) or ["text"]
    if output is not None and len(given) > 1:
        raise click.UsageError(
            "--output takes one --format; write --format FORMAT=FILE for several"
        )
    for word in given:
        name, separator, file = word.partition("=")
        if name not in FORMATS or (separator and not file):
            raise click.UsageError(
                f"--format {word}: expected {', '.join(FORMATS)}, or one of them with =FILE"
            )
        yield name, Path(file) if file else output


@main.command(short_help="Judge integrations and report what blocks their publication.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"How to report: {', '.join(FORMATS)}. May be given several times with =FILE.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report to a file.",
)
@click.option(
    "--select", multiple=True, callback=_split, metavar="RULE,…", help="Judge these rules only."
)
@click.option(
    "--ignore", multiple=True, callback=_split, metavar="RULE,…", help="Leave these rules out."
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    help="The level from which on findings make the exit code 1.  [default: error]",
)
@click.option("--strict", is_flag=True, help="The same as --fail-on warning.")
@click.option("--preview", is_flag=True, help="Judge rules of the preview stage, too.")
@_CONFIG
@_ISOLATED
@_POLICY
@click.option(
    "--base",
    metavar="REVISION",
    help="Judge what differs from where this git revision and the current one parted; only findings "
    "that the change brings in count.",
)
@click.option(
    "--staged",
    is_flag=True,
    help="Judge what the next commit brings in, for a hook: git's index against HEAD.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Don't count the findings that this file accepts.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Accept all findings in this file, and exit with 0.",
)
@click.option(
    "--all", "show_known", is_flag=True, help="Show findings that were there before, too."
)
@click.option("--show-suppressed", is_flag=True, help="Show suppressed findings, too.")
@click.option("--statistics", is_flag=True, help="Show how often each rule was not met instead.")
@click.option("--show-timings", is_flag=True, help="Show on stderr how long each rule took.")
@click.option("--quiet", "-q", is_flag=True, help="Show verdicts only (text).")
@_COLOR
def check(
    paths: tuple[Path, ...],
    formats: tuple[str, ...],
    output: Path | None,
    select: list[str],
    ignore: list[str],
    fail_on: str | None,
    strict: bool,
    preview: bool,
    config: Path | None,
    isolated: bool,
    policy: Path | None,
    base: str | None,
    staged: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    show_known: bool,
    show_suppressed: bool,
    statistics: bool,
    show_timings: bool,
    quiet: bool,
    color: str,
) -> None:
    """Judge integrations and report what blocks their publication.

    A PATH is an integration, a folder of integrations, or anything inside an integration; without
    one it is the current folder.

    \b
    Exit codes:
      0  nothing at or above --fail-on
      1  findings at or above it; with --strict also a rule that could not be judged
      2  wrong usage or configuration, a report that can't be written, or an internal error
      3  a folder that was named holds no integration
    """  # noqa: D301 (click reads the backspace as: keep these lines)
    targets = list(_targets(formats, output))
    if sum(file is None for _, file in targets) > 1:
        raise click.UsageError("only one format can go to the standard output; use FORMAT=FILE")
    if base is not None and staged:
        raise click.UsageError("--base and --staged exclude each other")
    request = Request(
        paths=paths,
        selection=_selection(select, ignore, preview=preview),
        config=_only_file(config, isolated=isolated),
        isolated=isolated,
        policy=policy,
        base=base,
        staged=staged,
        baseline=baseline,
        write_baseline=write_baseline,
        fail_on="warning" if strict else fail_on,
    )
    outcome = _run(session.check, request)
    if write_baseline is not None:
        _complain(outcome, request)
        _accept(outcome, write_baseline)
        sys.exit(outcome.exit_code)
    for entry in outcome.stale:
        _say(
            f"{baseline}: stale: {entry.path} {entry.rule} ({entry.message}); write the baseline anew"
        )
    _complain(outcome, request)
    report = outcome.report
    options = {
        "quiet": quiet,
        "show_known": show_known,
        "show_suppressed": show_suppressed,
        "statistics": statistics,
    }
    nothing_changed = not report.integrations and (base is not None or staged)
    # A machine needs its file all the same: an empty one closes the alerts of the last.
    wanted = [target for target in targets if target[0] != "text" or not nothing_changed]
    failures = list(report.internal_errors)
    all_delivered = _deliver(report, wanted, options, color, failures)
    if show_timings:
        _show_timings(report)
    _show_internal_errors(failures)
    sys.exit(outcome.exit_code if all_delivered and not failures else ExitCode.WRONG)


def _run(ask: Callable[[Request], Outcome], request: Request) -> Outcome:
    """Return the outcome of a request, kept open until the command ends: reports show text that git has."""
    outcome = ask(request)
    click.get_current_context().call_on_close(outcome.close)
    _MASK.set(outcome.mask)
    return outcome


def _deliver(
    report: Report,
    targets: Iterable[tuple[str, Path | None]],
    options: dict[str, bool],
    color: str,
    failures: list[InternalError],
) -> bool:
    """Bring a report to each target; tell whether all of it arrived.

    Where one can't be written the others still are. Where a reporter fails, the findings are listed plainly
    and the failure is added to ``failures``.
    """
    from validator.reporters.terminal import page

    all_delivered = True
    for name, file in targets:
        try:
            text = _rendered(report, name, options, to_terminal=file is None)
        except Exception as error:  # noqa: BLE001 (a defect of one reporter must not lose the findings)
            failures.append(InternalError.of(error, f"the {name} report"))
            if name != "text" or file is not None:
                _say(*_plain(report))
                continue
            text = page(_plain(report))
        try:
            _write(text, file, color)
        except delivery.NotDelivered as error:
            _say(f"tilelint: {error}")
            all_delivered = False
    return all_delivered


def _plain(report: Report) -> Iterator[str]:
    """Yield a line for each finding, made by nothing that could fail."""
    from validator.reporters.terminal import printable

    for finding in report.findings:
        yield printable(
            f"{finding.location.words} {finding.level.value} {finding.rule.id} {finding.message}"
        )
    for more in report.left_out:
        yield printable(
            f"{more.location.words} {more.rule.id} {more.standing.value}: {more.count} more"
        )


def _only_file(file: Path | None, *, isolated: bool) -> Path | None:
    if file is not None and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
    return file


def _selection(select: list[str], ignore: list[str], *, preview: bool) -> Selection:
    from validator.definitions import rules
    from validator.selection import Selection

    selection = Selection.of(select, ignore, preview=preview)
    for id_ in sorted(selection.ignored):
        if not rules.find(id_, rules.load()).silenceable:
            _say(f"tilelint: `{id_}` can't be ignored")
    return selection


def _accept(outcome: Outcome, file: Path) -> None:
    """Write the new baseline of an outcome, and say what it accepts."""
    from validator import baseline

    _show_internal_errors(outcome.report.internal_errors)
    update = outcome.update
    if update is None:
        _say(f"tilelint: {file}: {outcome.refusal}")
        return
    _write(baseline.render(update.entries), file, "never")
    _say(
        f"{file}: {len(update.entries)} findings accepted: {update.added} added, {update.kept} kept, "
        f"{update.dropped} dropped"
    )
    findings = outcome.report.findings
    for id_ in sorted({each.rule.id for each in findings if not each.rule.silenceable}):
        _say(f"tilelint: `{id_}` can't be accepted")


def _show_internal_errors(errors: Iterable[InternalError]) -> None:
    """Show each defect once, where it showed first: one line of ours mostly fails everywhere."""
    mask = _mask()
    defects: dict[tuple[str, str], list[InternalError]] = {}
    for error in errors:
        kind = error.message.partition(":")[0]
        defects.setdefault((kind, error.place or error.where), []).append(error)
    for first, *others in defects.values():
        where = f"{first.where} on {first.integration}" if first.integration else first.where
        more = f" and {len(others)} more" if others else ""
        _say(
            f"tilelint: internal error in {where}{more}: this is a defect of tilelint, please report it "
            "with these lines:",
            *(f"  {line}" for line in mask.traceback(first.traceback.rstrip("\n")).split("\n")),
        )


def _show_usage_error(error: click.ClickException) -> None:
    """Show what click has to say, each line of it safe for a terminal."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        _say(context.get_usage())
        _say(f"Try `{context.command_path} --help` for help.")
    _say(f"Error: {error.format_message()}")


def _show_timings(report: Report) -> None:
    total = sum(report.timings.values()) or 1.0
    for id_, seconds in sorted(report.timings.items(), key=lambda timing: -timing[1]):
        _say(f"{seconds * 1000:9.1f} ms {seconds / total:6.1%}  {id_}")


def _catalogue_age(report: Report) -> str:
    """Return a remark on an old catalogue of scopes, where a client was judged by it."""
    if not any("oauth" in integration.kinds for integration in report.integrations):
        return ""
    import datetime as dt

    from validator.scopes.catalogue import age_line

    return age_line(dt.date.today())  # noqa: DTZ011 (the user's day)


def _rendered(report: Report, format_: str, options: dict[str, bool], *, to_terminal: bool) -> str:
    if format_ == "text":
        width = _width() if to_terminal else 80
        return render(report, format_, width=width, closing=_catalogue_age(report), **options)
    if format_ == "sarif":
        return render(report, format_, show_suppressed=options["show_suppressed"])
    return render(report, format_)


def _width() -> int:
    """Return how many columns to fill: the terminal's within reason, 80 elsewhere."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 80
    from shutil import get_terminal_size

    return min(max(get_terminal_size().columns, 60), 120)


def _write(text: str, file: Path | None, color: str) -> None:
    """Write a text to a file or to the standard output. Raises NotDelivered."""
    if file is None:
        import os

        automatic = None if not os.environ.get("NO_COLOR") else False
        colored = {"auto": automatic, "always": True, "never": False}[color]
        delivery.to_stdout(text, color=colored)
    else:
        delivery.to_file(click.unstyle(text), file)


def _complain(outcome: Outcome, request: Request) -> None:
    discovery = outcome.discovery
    for path in discovery.missing:
        _say(f"tilelint: {path}: no such file or folder")
    for path, reason in discovery.unreadable:
        _say(f"tilelint: {as_shown(path)}: can't be listed: {reason}")
    for path in discovery.empty:
        _say(f"tilelint: {path}: holds no integration; expected a folder with manifest.json")
    for gone in outcome.gone:
        _say(f"tilelint: {gone}: the change takes the integration away; nothing of it to check")
    if outcome.report.integrations:
        return
    if discovery.outside:
        _say("tilelint: no file of an integration is named; nothing to check")
    elif request.staged:
        _say("tilelint: nothing of an integration is staged; nothing to check")
    elif request.base and (discovery.integrations or outcome.gone):
        _say(f"tilelint: no integration differs from {request.base}; nothing to check")


def _say(*lines: str) -> None:
    """Write lines to stderr: no credential, and nothing that could steer a terminal or command a runner."""
    from contextlib import suppress

    from validator.reporters.terminal import harmless, printable

    mask = _mask()
    with suppress(OSError):  # whoever closed stderr doesn't want to know
        for line in lines:
            click.echo(harmless(printable(mask.text(line))), err=True)


def _mask() -> Mask:
    """Return what masks a text: the mask of the run, or before there is one the form of credentials."""
    from validator.mask import Mask

    mask = _MASK.get()
    return Mask() if mask is None else mask


def _fail(message: str) -> NoReturn:
    _say(f"tilelint: {message}")
    sys.exit(ExitCode.WRONG)


@main.command(short_help="Show which OAuth scopes an integration needs, and why.")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--code",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Look for calls of the Datadog API in this folder of source code.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@_POLICY
@_CONFIG
@_ISOLATED
@_COLOR
def scopes(
    path: Path,
    code: Path | None,
    format_: str,
    policy: Path | None,
    config: Path | None,
    isolated: bool,
    color: str,
) -> None:
    """Show for each scope whether it is requested and needed, why, and what it opens.

    PATH is an integration or a folder of integrations. What is needed follows from the calls that
    `oauth.api_calls` in .tilelint.yaml declares, and from those found with --code.

    \b
    Exit codes as of `check`, with the rules about scopes:
      0  no errors
      1  errors
      2  wrong usage or configuration, or an internal error
      3  there is no OAuth client
    """  # noqa: D301 (click reads the backspace as: keep these lines)
    import datetime as dt

    from validator.reporters import scopes as reporter
    from validator.scopes.catalogue import age_line

    request = Request(
        paths=(path,),
        config=_only_file(config, isolated=isolated),
        isolated=isolated,
        policy=policy,
        code=code,
    )
    outcome = _run(session.scopes, request)
    _complain(outcome, request)
    for reason in outcome.unread:
        _say(f"tilelint: {reason}")
    discovery = outcome.discovery
    if not outcome.report.integrations:
        if not discovery.missing and not discovery.empty:
            _say("tilelint: no OAuth client; nothing to show")
        sys.exit(outcome.exit_code)
    remark = age_line(dt.date.today())  # noqa: DTZ011 (the user's day)
    _write(reporter.render(outcome.scopes, format_, width=_width(), remark=remark), None, color)
    _show_internal_errors(outcome.report.internal_errors)
    sys.exit(outcome.exit_code)


@main.command("rules", short_help="List the rules.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to list them.",
)
def list_rules(format_: str) -> None:
    """List every rule with its level, what it applies to, and its title."""
    from validator.definitions import rules
    from validator.reporters import catalogue

    listed = rules.load()
    delivery.to_stdout(
        catalogue.table_json(listed) if format_ == "json" else catalogue.table(listed, _width())
    )


@main.command(short_help="Explain a rule.")
@click.argument("rule")
def explain(rule: str) -> None:
    """Say what a RULE asks for, why, how to meet it, and what the requirement rests on."""
    from validator.definitions import rules
    from validator.reporters import catalogue

    delivery.to_stdout(catalogue.explain(rules.find(rule, rules.load()), _width()))


@main.command("config", short_help="Show the settings of an integration.")
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=Path())
@_CONFIG
@_ISOLATED
def show_settings(path: Path, config: Path | None, isolated: bool) -> None:
    """Show the effective settings of the integration at PATH, and where each comes from."""
    from validator.discovery import discover
    from validator.mask import Mask
    from validator.reporters import settings

    request = Request(config=_only_file(config, isolated=isolated), isolated=isolated)
    discovery = discover([path], session.configuration(request))
    if not discovery.integrations:
        _say(f"tilelint: {path}: holds no integration")
        sys.exit(ExitCode.NOTHING)
    mask = Mask(discovery.integrations)
    for integration in discovery.integrations:
        delivery.to_stdout(settings.render(integration, mask))
