"""The program: its commands, and how it ends whatever happens."""

from __future__ import annotations

import io
import sys
from typing import Any, NoReturn

import click

from validator import __version__
from validator.cli import output
from validator.cli.check import check
from validator.cli.doctor import doctor
from validator.cli.hook import hook
from validator.cli.rules import explain, list_rules
from validator.cli.scopes import scopes
from validator.cli.settings import show_settings
from validator.model import TilelintError
from validator.report import InternalError
from validator.session import ExitCode

INTERRUPTED = 130
"""The exit code of a run that the user ended, as a shell has it: 1 would say that there are findings."""


class _Program(click.Group):
    """The command line: whatever happens, the exit code says what it says in the README."""

    def main(self, *arguments: Any, **extra: Any) -> NoReturn:
        """Run a command and exit.

        What nobody expected is a defect of tilelint: one line asks for a report of it, and the exit code is
        2, never Python's 1, which would say that the integration has faults.
        """
        output.forget()
        try:
            sys.exit(
                super().main(*arguments, **{**extra, "standalone_mode": False}) or ExitCode.CLEAN
            )
        except click.Abort:
            sys.exit(INTERRUPTED)
        except click.exceptions.NoArgsIsHelpError as error:
            output.say(*error.format_message().splitlines())
        except click.ClickException as error:
            output.show_usage_error(error)
        except TilelintError as error:
            output.say(f"tilelint: {error}")
        except Exception as error:  # noqa: BLE001 (the last handler)
            if isinstance(error, OSError) and error.filename is None and error.errno is not None:
                output.say(f"tilelint: the system refused: {error.strerror}")
            else:
                output.show_internal_errors([InternalError.of(error, "tilelint")])
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


for command in (check, scopes, list_rules, explain, show_settings, hook, doctor):
    main.add_command(command)
