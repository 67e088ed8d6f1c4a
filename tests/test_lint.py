"""The linter's settings are honest: what is passed over is there, and says why."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from conftest import ROOT

SETTINGS = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
_IGNORED = re.compile(r'^    ((?:"[A-Z0-9]+", *)*"[A-Z0-9]+"),\s+# ([\d,]+): (\S.*)$', re.MULTILINE)


def codes() -> list[str]:
    """Return the codes of the rules that are passed over everywhere."""
    block = SETTINGS.partition("\nignore = [\n")[2].partition("\n]\n")[0]
    entries = _IGNORED.findall(block)
    assert len(entries) == len(block.splitlines()), "each line: codes, hits, reason"
    return [code for names, _, _ in entries for code in re.findall(r'"(\w+)"', names)]


@pytest.fixture(scope="module", autouse=True)
def _ruff() -> None:
    pytest.importorskip("ruff", reason="ruff is of the extra `lint`")


@pytest.mark.parametrize("code", codes())
def test_a_rule_that_is_passed_over_would_be_broken(code: str) -> None:
    arguments = [
        "check",
        "--no-cache",
        "--quiet",
        "--config",
        "lint.ignore=[]",
        "--select",
        code,
        ".",
    ]
    command = [sys.executable, "-m", "ruff", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1, f"nothing breaks {code} any more: take it out of pyproject.toml"
    assert code in result.stdout


def test_every_exception_in_the_code_says_why() -> None:
    bare = [
        f"{file.relative_to(ROOT)}:{number}"
        for folder in ("validator", "tests", "scripts", "benchmarks")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "acceptors" not in file.parts
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*noqa\b(?!: [A-Z0-9, ]+ \(\S)", line)
    ]
    assert bare == []
