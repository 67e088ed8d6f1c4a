"""The mutation tester changes one thing at a time, and notices what tests notice."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts.mutants import mutants, related_tests, survivors

SOURCE = """
def first(items, rule):
    for item in items:
        if item.a == 1 and not item.b:
            continue
        yield rule.finding(item, related=())
"""


def test_each_mutant_differs_in_one_thing() -> None:
    texts = [ast.unparse(mutant.tree) for mutant in mutants(SOURCE)]
    whole = ast.unparse(ast.parse(SOURCE)).split("\n")
    changed = [
        [(old, new) for old, new in zip(whole, text.split("\n"), strict=True) if old != new]
        for text in texts
    ]
    assert all(len(lines) == 1 for lines in changed)
    assert sorted(new.strip() for [(_, new)] in changed) == [
        "None if True else (yield rule.finding(item, related=()))",
        "break",
        "if item.a != 1 and (not item.b):",
        "if item.a == 1 and item.b:",
        "if item.a == 1 or not item.b:",
        "if item.a == 1:",
        "if item.a == 2 and (not item.b):",
        "if not item.b:",
        "yield rule.finding(item)",
    ]


def test_related_tests_are_the_fixtures_of_the_rules_and_the_files_that_import_it() -> None:
    related = related_tests("checks.oauth_urls")
    assert (
        any("[insecure-redirect-uri/bad]" in test for test in related)
        == (Path(__file__).parent.parent / "rules" / "insecure-redirect-uri.yaml").exists()
    )
    assert any("::test_bad_fixture" in test for test in related)
    assert not any("missing-readme" in test for test in related)
    assert any(test.endswith("test_scope_solver.py") for test in related_tests("scopes.solver"))


def test_a_fault_that_a_test_notices_does_not_survive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import validator.wording

    file = Path(validator.wording.__file__)
    test = tmp_path / "test_amount.py"
    test.write_text(
        "from validator.wording import dotted\n\n"
        "def test_it() -> None:\n    assert dotted(('tile', 'media', 2)) == 'tile.media[2]'\n",
        encoding="utf-8",
    )
    source = file.read_text(encoding="utf-8")
    every = list(mutants(source))
    left = survivors("wording", file, every, [str(test)])
    assert 0 < len(left) < len(every)
    assert "wording.py:" in capsys.readouterr().out
