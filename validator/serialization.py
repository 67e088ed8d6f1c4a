"""A report as JSON and back, without loss: to keep it, to send it, to show it elsewhere.

The report for programs, which promises a shape, is ``validator.reporters.json``; this one promises that
whoever has the same version of tilelint reads what was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from cattrs.errors import ForbiddenExtraKeysError
from cattrs.preconf.json import JsonConverter, make_converter

from validator import __version__
from validator.model import Rule, TilelintError
from validator.report import Report


class UnreadableReport(TilelintError):
    """A text is no report that this version of tilelint has written; the message says why."""


def dumps(report: Report) -> str:
    """Return a report as JSON of ASCII characters. Each rule is written once, however often it is named."""
    rules: list[Rule] = []
    numbers: dict[int, int] = {}

    def number(rule: Rule) -> int:
        if id(rule) not in numbers:
            if rule not in rules:
                rules.append(rule)
            numbers[id(rule)] = rules.index(rule)
        return numbers[id(rule)]

    told = _converter()
    told.register_unstructure_hook(Rule, number)
    body = told.unstructure(report)
    table = _converter().unstructure(rules)
    return json.dumps({"tilelint": __version__, "rules": table, "report": body})


def loads(text: str, catalogue: Mapping[str, Rule] | None = None) -> Report:
    """Return the report that a text was written from. Raises UnreadableReport.

    With a ``catalogue`` of rules by id, each rule is the one of that id there, whatever the text says of it:
    where a stranger may have written the text, its own words on a rule are worth nothing.
    """
    try:
        value = json.loads(text)
        if value["tilelint"] != __version__:
            raise UnreadableReport(
                f"the report is of tilelint {value['tilelint']}; expected {__version__}"
            )
        rules = _converter().structure(value["rules"], list[Rule])
        if catalogue is not None:
            rules = [catalogue[rule.id] for rule in rules]
        read = _converter()
        read.register_structure_hook(Rule, lambda number, _: rules[number])
        return read.structure(value["report"], Report)
    except (
        ArithmeticError,
        AttributeError,
        ForbiddenExtraKeysError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ):
        raise UnreadableReport("the text is no report of tilelint") from None


def _converter() -> JsonConverter:
    """Return what turns the values of a report into what JSON has, and back."""
    # The first fault is enough: a stranger's text may have millions of them, and each would be kept.
    converter = make_converter(forbid_extra_keys=True, detailed_validation=False)
    converter.register_unstructure_hook(PurePosixPath, str)
    converter.register_structure_hook(PurePosixPath, _path)
    return converter


def _path(value: Any, _: type[PurePosixPath]) -> PurePosixPath:
    return PurePosixPath(value)
