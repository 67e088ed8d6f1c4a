"""Reporters: a report in, text out, nothing else."""

from __future__ import annotations

from importlib import import_module

from validator.report import Report

FORMATS = ("text", "sarif", "json", "github", "markdown", "report")


def render(report: Report, format_: str, **options: object) -> str:
    """Return a report in one of FORMATS; only that reporter is imported, ``options`` are its own."""
    reporter = import_module(f"validator.reporters.{format_}")
    text: str = reporter.render(report, **options)
    return text
