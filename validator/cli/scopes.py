"""`tilelint scopes`: which OAuth scopes an integration needs, and why."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from validator import session
from validator.cli import options
from validator.cli.output import answered, complain, say, show_internal_errors, width, write
from validator.session import Request


@click.command(short_help="Show which OAuth scopes an integration needs, and why.")
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
@options.POLICY
@options.CONFIG
@options.ISOLATED
@options.COLOR
@options.gathered(Request, "request")
def scopes(request: Request, path: Path, format_: str, color: str) -> None:
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
    from dataclasses import replace

    from validator.reporters import scopes as reporter

    options.refuse_both(request.config, isolated=request.isolated)
    request = replace(request, paths=(path,))
    outcome = answered(session.scopes(request))
    complain(outcome, request)
    show_internal_errors(outcome.report.internal_errors)
    for reason in outcome.unread:
        say(f"tilelint: {reason}")
    if outcome.report.integrations and outcome.scopes is not None:
        write(reporter.render(outcome.scopes, format_, width=width()), None, color)
    elif not (
        outcome.not_found.missing or outcome.not_found.empty or outcome.report.internal_errors
    ):
        say("tilelint: no OAuth client; nothing to show")
    sys.exit(outcome.exit_code)
