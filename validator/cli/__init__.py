"""The command line: arguments in, text and an exit code out; it decides nothing."""

from validator.cli.program import main

__all__ = ["main"]
