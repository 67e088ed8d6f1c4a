"""Options that several commands have, and how a command gets its options as one value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def file_option(name: str, help_: str) -> Callable[[F], F]:
    """Return an option that names a file."""
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option(name, type=kind, metavar="FILE", help=help_)


POLICY = file_option("--policy", "Judge scopes by this policy of an organisation, too.")
CONFIG = file_option("--config", "Read settings from this file only.")
ISOLATED = click.option("--isolated", is_flag=True, help="Read no .tilelint.yaml.")
COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto: on a terminal, unless NO_COLOR is set.",
)


def gathered(type_: type[Any], name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hand those options that are fields of a dataclass to a command as one value of this name."""
    fields = {field.name for field in dataclasses.fields(type_)}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**given: Any) -> None:
            own = {key: given.pop(key) for key in fields & given.keys()}
            command(**{name: type_(**own)}, **given)

        return called

    return decorate


def refuse_both(config: Path | None, *, isolated: bool) -> None:
    """Raise UsageError where one file of settings is named, and none is to be read."""
    if config is not None and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
