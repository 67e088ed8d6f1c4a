"""`tilelint hook`: what makes a repository run tilelint by itself."""

from __future__ import annotations

from pathlib import Path

import click

from validator.cli.output import write


@click.command(short_help="Show or add the pre-commit hook and the workflow.")
@click.option(
    "--install", is_flag=True, help="Add both to the repository, where they are not there."
)
def hook(install: bool) -> None:
    """Show the entry for pre-commit and the workflow for GitHub, or add them to this repository.

    What else the files hold stays as it is; what can't be added is said, and nothing is overwritten.
    """
    from validator import hooks
    from validator.reporters.terminal import page, printable
    from validator.sources.trees import top_level

    if not install:
        parts = (hooks.entry(), hooks.workflow())
        write("\n".join(f"# {part.file}\n{part.text}" for part in parts))
        return
    top = top_level(Path.cwd())
    if top is None:
        raise click.UsageError("--install: the current folder is in no git repository")
    for sentence in hooks.install(top):
        write(page([printable(sentence)]))
