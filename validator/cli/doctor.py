"""`tilelint doctor`: what tilelint found around it, for whoever wonders, and for a report of a defect."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from validator.cli.output import write


@click.command(short_help="Say what tilelint found: versions, git, settings, catalogues.")
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
def doctor(path: Path) -> None:
    """Say what counts for the integrations in PATH: versions, git, settings, and the age of catalogues.

    \b
    Exit codes:
      0  nothing keeps tilelint from its work
      2  something does; its line says what
    """  # noqa: D301 (click reads the backspace as: keep these lines)
    import datetime as dt

    from validator import doctor
    from validator.reporters.terminal import page, printable

    remarks = list(doctor.examine(path.absolute(), dt.date.today()))  # noqa: DTZ011 (the user's day)
    marks = {True: "✗", False: " "}
    write(
        page(printable(f"{marks[one.is_wrong]} {one.subject:<10}  {one.text}") for one in remarks)
    )
    sys.exit(doctor.exit_code(remarks))
