"""`tilelint check`: judge integrations, and bring the report to where it is wanted."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from validator import delivery, session
from validator.cli import options, output
from validator.cli.output import answered, complain, say, show_internal_errors, width, write
from validator.model import Level, as_shown
from validator.report import InternalError, Report
from validator.reporters import FORMATS, render
from validator.selection import Selection
from validator.session import FAIL_ON, ExitCode, Outcome, Request


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which rules are asked for by the command line."""

    select: list[str]
    ignore: list[str]
    preview: bool


@dataclass(frozen=True, slots=True)
class _Target:
    """Where reports go: the words of ``--format``, the file of ``--output``, the colours on a terminal."""

    formats: tuple[str, ...]
    output: Path | None
    color: str

    def reports(self) -> list[tuple[str, Path | None]]:
        """Return each format with the file it goes to; None is the standard output. Raises UsageError."""
        given = self.formats or ("text",)
        if self.output is not None and len(given) > 1:
            raise click.UsageError(
                "--output takes one --format; write --format FORMAT=FILE for several"
            )
        found: list[tuple[str, Path | None]] = []
        for word in given:
            name, separator, file = word.partition("=")
            if name not in FORMATS or (separator and not file):
                raise click.UsageError(
                    f"--format {word}: expected {', '.join(FORMATS)}, or one of them with =FILE"
                )
            if file and self.output is not None:
                raise click.UsageError(
                    f"--format {word} names a file, and --output another; use one"
                )
            found.append((name, Path(file) if file else self.output))
        if sum(file is None for _, file in found) > 1:
            raise click.UsageError("only one format can go to the standard output; use FORMAT=FILE")
        places = Counter(os.path.abspath(file) for _, file in found if file is not None)
        for place, count in places.items():
            if count > 1 and not place.startswith("/dev/"):
                raise click.UsageError(
                    f"two formats can't go to one file, `{as_shown(Path(place))}`"
                )
        return found


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the text shows besides the findings that count, or in their place."""

    quiet: bool
    show_known: bool
    show_suppressed: bool
    statistics: bool

    def of(self, format_: str, *, to_terminal: bool) -> dict[str, object]:
        """Return the options of one format."""
        if format_ == "text":
            return {**asdict(self), "width": width() if to_terminal else 80}
        return {"show_suppressed": self.show_suppressed} if format_ == "sarif" else {}


def _split(_: click.Context, __: click.Parameter, values: Iterable[str]) -> list[str]:
    parts = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if [*values] and not parts:
        raise click.BadParameter("names no rule")
    return parts


@click.command(short_help="Judge integrations and report what blocks their publication.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"How to report: {', '.join(FORMATS)}. May be given several times with =FILE.",
)
@options.file_option("--output", "Write the report to a file.")
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
@click.option(
    "--min-level",
    type=click.Choice([level.value for level in Level]),
    help="The level from which on findings are listed; the others are counted.  [default: note]",
)
@click.option("--strict", is_flag=True, help="The same as --fail-on warning.")
@click.option("--preview", is_flag=True, help="Judge rules of the preview stage, too.")
@options.CONFIG
@options.ISOLATED
@options.POLICY
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
    "--pre-commit",
    is_flag=True,
    help="Judge what pre-commit asks for: a commit, what came since a revision, or the files that it names.",
)
@options.file_option("--baseline", "Don't count the findings that this file accepts.")
@options.file_option("--write-baseline", "Accept all findings in this file, and exit with 0.")
@click.option(
    "--all", "show_known", is_flag=True, help="Show findings that were there before, too."
)
@click.option("--show-suppressed", is_flag=True, help="Show suppressed findings, too.")
@click.option("--statistics", is_flag=True, help="Show how often each rule was not met instead.")
@click.option("--show-timings", is_flag=True, help="Show on stderr how long each rule took.")
@click.option("--quiet", "-q", is_flag=True, help="Show verdicts only (text).")
@options.COLOR
@options.gathered(_Shown, "shown")
@options.gathered(_Target, "target")
@options.gathered(_Asked, "asked")
@options.gathered(Request, "request")
def check(
    request: Request,
    asked: _Asked,
    target: _Target,
    shown: _Shown,
    *,
    strict: bool,
    pre_commit: bool,
    show_timings: bool,
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
    reports = target.reports()
    if request.base is not None and request.staged:
        raise click.UsageError("--base and --staged exclude each other")
    options.refuse_both(request.config, isolated=request.isolated)
    if strict and request.fail_on not in (None, "warning"):
        raise click.UsageError(f"--strict and --fail-on {request.fail_on} exclude each other")
    if request.baseline is not None and request.write_baseline is not None:
        raise click.UsageError("--baseline and --write-baseline exclude each other")
    if request.write_baseline is not None and any(file for _, file in reports):
        raise click.UsageError("--write-baseline makes no report that could go to a file")
    selection = Selection(frozenset(asked.select), frozenset(asked.ignore), asked.preview)
    fail_on = "warning" if strict else request.fail_on
    request = replace(request, selection=selection, fail_on=fail_on)
    if pre_commit:
        if request.base is not None or request.staged:
            raise click.UsageError("--pre-commit and --base or --staged exclude each other")
        request = session.asked_by_pre_commit(request, os.environ)
    outcome = answered(session.check(request))
    if pre_commit and outcome.exit_code is ExitCode.NOTHING:  # a repository may have none yet
        outcome = replace(outcome, exit_code=ExitCode.CLEAN)
    if request.write_baseline is not None:
        complain(outcome, request)
        _accept(outcome, request.write_baseline)
        sys.exit(outcome.exit_code)
    for entry in outcome.stale:
        place = f"{entry.path} {entry.rule} ({entry.message})"
        say(f"{request.baseline}: stale: {place}; write the baseline anew")
    complain(outcome, request)
    report = outcome.report
    nothing_changed = not report.integrations and (request.base is not None or request.staged)
    # A machine needs its file all the same: an empty one closes the alerts of the last.
    wanted = [each for each in reports if each[0] != "text" or not nothing_changed]
    failures = list(report.internal_errors)
    all_delivered = _deliver(report, wanted, shown, target.color, failures)
    if show_timings:
        output.show_timings(report)
    show_internal_errors(failures)
    sys.exit(outcome.exit_code if all_delivered and not failures else ExitCode.WRONG)


def _deliver(
    report: Report,
    targets: Iterable[tuple[str, Path | None]],
    shown: _Shown,
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
            text = render(report, name, **shown.of(name, to_terminal=file is None))
        except Exception as error:  # noqa: BLE001 (a defect of one reporter must not lose the findings)
            failures.append(InternalError.of(error, f"the {name} report"))
            if name != "text" or file is not None:
                say(*_plain(report))
                continue
            text = page(_plain(report))
        try:
            write(text, file, color)
        except delivery.NotDelivered as error:
            say(f"tilelint: {error}")
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


def _accept(outcome: Outcome, file: Path) -> None:
    """Write the new baseline of an outcome, and say what it accepts."""
    show_internal_errors(outcome.report.internal_errors)
    update = outcome.update
    if update is None:
        say(f"tilelint: {file}: {outcome.refusal}")
        return
    write(update.text, file)
    say(
        f"{file}: {len(update.entries)} findings accepted: {update.added} added, {update.kept} kept, "
        f"{update.dropped} dropped"
    )
    findings = outcome.report.findings
    for id_ in sorted({each.rule.id for each in findings if not each.rule.silenceable}):
        say(f"tilelint: `{id_}` can't be accepted")
