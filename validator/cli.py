"""The command line: arguments in, text and an exit code out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from validator import __version__
from validator.model import DefinitionError, Level, Report
from validator.reporters import FORMATS, render

if TYPE_CHECKING:
    from validator.discovery import Discovery

CLEAN, FINDINGS, WRONG, NOTHING = range(4)
"""Exit codes: nothing at or above --fail-on; findings; wrong usage or internal error; no integration."""

_FAIL_ON = {level.value: level.rank for level in Level} | {"never": -1}


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Tell whether a Datadog integration is ready to be published.",
)
@click.version_option(__version__, prog_name="tilelint")
def main() -> None:
    """Run the command line."""


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
    type=click.Choice(list(_FAIL_ON)),
    default="error",
    show_default=True,
    help="The level from which on findings make the exit code 1.",
)
@click.option("--strict", is_flag=True, help="The same as --fail-on warning.")
@click.option("--quiet", "-q", is_flag=True, help="Show verdicts only (text).")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto: on a terminal, unless NO_COLOR is set.",
)
def check(
    paths: tuple[Path, ...],
    formats: tuple[str, ...],
    output: Path | None,
    select: list[str],
    ignore: list[str],
    fail_on: str,
    strict: bool,
    quiet: bool,
    color: str,
) -> None:
    r"""Judge integrations and report what blocks their publication.

    A PATH is an integration, a folder of integrations, or anything inside an integration; without
    one it is the current folder.

    \b
    Exit codes:
      0  nothing at or above --fail-on
      1  findings at or above it
      2  wrong usage or configuration, or an internal error
      3  a folder that was named holds no integration
    """
    from validator import engine, rules
    from validator.discovery import discover

    targets = list(_targets(formats, output))
    if sum(file is None for _, file in targets) > 1:
        raise click.UsageError("only one format can go to the standard output; use FORMAT=FILE")
    try:
        chosen = rules.select(rules.load(), select, ignore)
        discovery = discover(paths or (Path(),))
        report = engine.run(discovery.integrations, chosen)
    except DefinitionError as error:
        _fail(str(error))
    for id_ in {rule.id for rule in chosen} & set(ignore):
        click.echo(f"tilelint: `{id_}` can't be ignored", err=True)
    _complain(discovery)
    for name, file in targets:
        _write(_rendered(report, name, quiet=quiet, to_terminal=file is None), file, color)
    for failure in report.internal_errors:
        click.echo(
            f"tilelint: internal error in {failure.rule.id} on {failure.integration}:\n"
            f"{failure.traceback}",
            err=True,
        )
    sys.exit(_exit_code(report, discovery, "warning" if strict else fail_on))


def _rendered(report: Report, format_: str, *, quiet: bool, to_terminal: bool) -> str:
    if format_ != "text":
        return render(report, format_)
    return render(report, format_, quiet=quiet, width=_width() if to_terminal else 80)


def _width() -> int:
    """Return how many columns to fill: the terminal's within reason, 80 elsewhere."""
    if not sys.stdout.isatty():
        return 80
    from shutil import get_terminal_size

    return min(max(get_terminal_size().columns, 60), 120)


def _write(text: str, file: Path | None, color: str) -> None:
    if file is None:
        import os

        automatic = None if not os.environ.get("NO_COLOR") else False
        click.echo(text, nl=False, color={"auto": automatic, "always": True, "never": False}[color])
        return
    try:
        file.write_text(click.unstyle(text), encoding="utf-8", newline="\n")
    except OSError as error:
        _fail(f"{file}: can't be written: {error.strerror}")


def _complain(discovery: Discovery) -> None:
    for path in discovery.missing:
        click.echo(f"tilelint: {path}: no such file or folder", err=True)
    for path in discovery.empty:
        click.echo(
            f"tilelint: {path}: holds no integration; expected a folder with manifest.json",
            err=True,
        )
    if not discovery.integrations and discovery.outside:
        click.echo("tilelint: no file of an integration is named; nothing to check", err=True)


def _exit_code(report: Report, discovery: Discovery, fail_on: str) -> int:
    if report.internal_errors or discovery.missing:
        return WRONG
    if any(finding.level.rank <= _FAIL_ON[fail_on] for finding in report.findings):
        return FINDINGS
    return NOTHING if discovery.empty else CLEAN


def _fail(message: str) -> NoReturn:
    click.echo(f"tilelint: {message}", err=True)
    sys.exit(WRONG)


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
    from validator import rules
    from validator.reporters import catalogue

    try:
        listed = rules.load()
    except DefinitionError as error:
        _fail(str(error))
    click.echo(
        catalogue.table_json(listed) if format_ == "json" else catalogue.table(listed, _width()),
        nl=False,
    )


@main.command(short_help="Explain a rule.")
@click.argument("rule")
def explain(rule: str) -> None:
    """Say what a RULE asks for, why, how to meet it, and what the requirement rests on."""
    from validator import rules
    from validator.reporters import catalogue

    try:
        text = catalogue.explain(rules.find(rule, rules.load()), _width())
    except DefinitionError as error:
        _fail(str(error))
    click.echo(text, nl=False)
