"""What goes to the standard output, to files and to stderr; nothing of it holds a credential."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator import delivery
from validator.model import as_shown
from validator.report import InternalError, Report

if TYPE_CHECKING:
    from validator.mask import Mask
    from validator.session import Outcome, Request

_MASK: ContextVar[Mask | None] = ContextVar("mask", default=None)
"""What knows the credentials of the run, as soon as its documents are read."""


def forget() -> None:
    """Forget the credentials of an earlier run."""
    _MASK.set(None)


def answered(outcome: Outcome) -> Outcome:
    """Return an outcome; from now on the credentials of its run are hidden in all that is said."""
    _MASK.set(outcome.mask)
    return outcome


def say(*lines: str) -> None:
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


def write(text: str, file: Path | None = None, color: str = "auto") -> None:
    """Write a text to a file or to the standard output. Raises NotDelivered."""
    if file is None:
        import os

        automatic = None if not os.environ.get("NO_COLOR") else False
        colored = {"auto": automatic, "always": True, "never": False}[color]
        delivery.to_stdout(text, color=colored)
    else:
        delivery.to_file(click.unstyle(text), file)


def width() -> int:
    """Return how many columns to fill: the terminal's within reason, 80 elsewhere."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 80
    from shutil import get_terminal_size

    return min(max(get_terminal_size().columns, 60), 120)


def complain(outcome: Outcome, request: Request) -> None:
    """Say what was not found, what could not be done as it was asked, and why nothing was judged."""
    not_found = outcome.not_found
    for notice in outcome.notices:
        say(f"tilelint: {notice}")
    for path in not_found.missing:
        say(f"tilelint: {path}: no such file or folder")
    for path, reason in not_found.unreadable:
        say(f"tilelint: {as_shown(path)}: can't be listed: {reason}")
    for path in not_found.empty:
        say(f"tilelint: {path}: holds no integration; expected a folder with manifest.json")
    for gone in outcome.gone:
        say(f"tilelint: {gone}: the change takes the integration away; nothing of it to check")
    if outcome.report.integrations:
        return
    if not_found.outside:
        say("tilelint: no file of an integration is named; nothing to check")
    elif request.staged:
        say("tilelint: nothing of an integration is staged; nothing to check")
    elif request.base:
        say(f"tilelint: no integration differs from {request.base}; nothing to check")


def show_internal_errors(errors: Iterable[InternalError]) -> None:
    """Show each defect once, where it showed first: one line of ours mostly fails everywhere."""
    mask = _mask()
    defects: dict[tuple[str, str], list[InternalError]] = {}
    for error in errors:
        kind = error.message.partition(":")[0]
        defects.setdefault((kind, error.place or error.where), []).append(error)
    for first, *others in defects.values():
        where = f"{first.where} on {first.integration}" if first.integration else first.where
        more = f" and {len(others)} more" if others else ""
        say(
            f"tilelint: internal error in {where}{more}: this is a defect of tilelint, please report it "
            "with these lines:",
            *(f"  {line}" for line in mask.traceback(first.traceback.rstrip("\n")).split("\n")),
        )


def show_usage_error(error: click.ClickException) -> None:
    """Show what click has to say, each line of it safe for a terminal."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        say(context.get_usage())
        say(f"Try `{context.command_path} --help` for help.")
    say(f"Error: {error.format_message()}")


def show_timings(report: Report) -> None:
    """Show how long each rule took, the longest first."""
    total = sum(report.timings.values()) or 1.0
    for id_, seconds in sorted(report.timings.items(), key=lambda timing: -timing[1]):
        say(f"{seconds * 1000:9.1f} ms {seconds / total:6.1%}  {id_}")
