"""`tilelint rules` and `tilelint explain`: what is asked for, and why."""

from __future__ import annotations

import click

from validator.cli.output import width, write


@click.command("rules", short_help="List the rules.")
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
    write(catalogue.table_json(listed) if format_ == "json" else catalogue.table(listed, width()))


@click.command(short_help="Explain a rule.")
@click.argument("rule")
def explain(rule: str) -> None:
    """Say what a RULE asks for, why, how to meet it, and what the requirement rests on."""
    from validator.definitions import examples, rules
    from validator.reporters import catalogue

    found = rules.find(rule, rules.load())
    write(catalogue.explain(found, examples.of(found), width()))
