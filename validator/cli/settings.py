"""`tilelint config`: which settings count, and where each comes from."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from validator import session
from validator.cli import options
from validator.cli.output import answered, say, show_internal_errors, write
from validator.session import Request


@click.command("config", short_help="Show the settings of an integration.")
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=Path())
@options.CONFIG
@options.ISOLATED
def show_settings(path: Path, config: Path | None, isolated: bool) -> None:
    """Show the effective settings of the integration at PATH, and where each comes from."""
    from validator.reporters import settings

    options.refuse_both(config, isolated=isolated)
    outcome = answered(session.settings(Request((path,), config=config, isolated=isolated)))
    show_internal_errors(outcome.report.internal_errors)
    if not outcome.settings and not outcome.report.internal_errors:
        say(f"tilelint: {path}: holds no integration")
    for one in outcome.settings:
        write(settings.render(one))
    sys.exit(outcome.exit_code)
