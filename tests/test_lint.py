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


def test_what_several_tests_need_is_in_support() -> None:
    own = {
        file.name: re.findall(
            r"^def (tilelint|git|commit|write|write_all|opened)\(|\.invoke\(\s*main\b",
            file.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        for file in sorted((ROOT / "tests").glob("test_*.py"))
        if file.name not in SUBJECTS
    }
    assert {name: found for name, found in own.items() if found} == {}


SUBJECTS = {
    "test_delivery.py",  # `write` is what it tests
    "test_json_document.py",  # `write` makes JSON whose places are known
    "test_limits.py",  # `write` writes the README that it counts in
    "test_one_mistake.py",  # `write` is a defect
    "test_asset_checks.py",  # `write` makes an asset
    "test_lint.py",  # it names them
    "test_exit_codes.py",  # `tilelint` is a process of its own
}
"""Test files in which one of these names is something of their own."""
