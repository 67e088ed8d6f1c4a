"""Every dependency has a lowest version, which continuous integration tries."""

from __future__ import annotations

import re

from conftest import ROOT

from scripts.lowest import constraints


def test_each_dependency_is_held_at_its_lowest_version() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("\ndependencies = [")[2].partition("\n]")[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    held = constraints(project)
    assert len(held) == len(lines) > 5
    for line, constraint in zip(lines, held, strict=True):
        assert re.fullmatch(r"[\w.-]+==[\w.]+", constraint)
        assert constraint.replace("==", ">=") in line
