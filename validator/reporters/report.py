"""The report itself, for the same version of tilelint to show elsewhere: ``validator.serialization`` reads it."""

from __future__ import annotations

from dataclasses import replace

from validator import serialization
from validator.report import Report
from validator.reporters.json import escaped


def render(report: Report) -> str:
    """Return the report as JSON of ASCII characters; the same findings give the same bytes.

    The seconds that rules took are left out, for they differ from run to run.
    """
    return escaped(serialization.dumps(replace(report, timings={}))) + "\n"
