"""Say how many small faults in a module its tests notice: `make mutants MODULE=checks.oauth_urls`.

Each mutant is the module with one thing changed: a comparison, `and` for `or`, a condition dropped, a number one
off, `continue` for `break`, a finding, a related place or a fix that is not told. It is judged by the fixtures of
the rules that the module's checks serve, and by the test files that import the module. Mutation testers of the
registry either start a process for each mutant (cosmic-ray) or wrap each function (mutmut), which hides the
parameters that a rule is bound by; here a process that has imported everything else is forked.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
MOST_SECONDS = 120
"""Seconds after which the tests of one mutant are stopped: it doesn't end, which is noticed, too."""

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


class Mutant(NamedTuple):
    """A module with one thing changed, and what that is, by its line; 0 where nothing is."""

    line: int
    change: str
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source, in the order of its nodes."""
    original = ast.parse(source)
    for index, node in enumerate(ast.walk(original)):
        for number, change in enumerate(_changes(node)):
            tree = copy.deepcopy(original)
            own = next(each for at, each in enumerate(ast.walk(tree)) if at == index)
            _apply(own, number, tree)
            yield Mutant(getattr(node, "lineno", 0), change, ast.fix_missing_locations(tree))


def _changes(node: ast.AST) -> list[str]:
    """Return what may be changed about a node; ``_apply`` does it by the number."""
    if isinstance(node, ast.Compare):
        return [f"{type(node.ops[0]).__name__} reversed or moved by one"]
    if isinstance(node, ast.BoolOp):
        return ["and/or exchanged", *(f"{ast.unparse(part)} dropped" for part in node.values)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ["not dropped"]
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return [f"{node.value} + 1"]
    if isinstance(node, (ast.Continue, ast.Break)):
        return ["continue/break exchanged"]
    if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Yield, ast.YieldFrom)):
        return ["yield dropped"]
    if isinstance(node, ast.Call):
        return [f"{word.arg} dropped" for word in node.keywords if word.arg in ("related", "fix")]
    return []


def _apply(node: ast.AST, number: int, tree: ast.Module) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = _COMPARISONS[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        if number:
            del node.values[number - 1]
        else:
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp):
        _exchange(tree, node, node.operand)
    elif isinstance(node, ast.Constant):
        node.value += 1  # type: ignore[operator]
    elif isinstance(node, (ast.Continue, ast.Break)):
        _exchange(tree, node, ast.Break() if isinstance(node, ast.Continue) else ast.Continue())
    elif isinstance(node, ast.Expr):
        node.value = ast.IfExp(ast.Constant(value=True), ast.Constant(value=None), node.value)
    elif isinstance(node, ast.Call):
        words = [word for word in node.keywords if word.arg in ("related", "fix")]
        node.keywords.remove(words[number])


def _exchange(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(each is old for each in value):
                value[:] = [new if each is old else each for each in value]


class _Mutated(MetaPathFinder, Loader):
    """Imports one module from a tree in place of its file."""

    def __init__(self, name: str, file: Path, tree: ast.Module) -> None:
        self._name, self._file, self._tree = name, file, tree

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return spec_from_loader(fullname, self, origin=str(self._file))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._file)
        exec(compile(self._tree, self._file, "exec"), module.__dict__)  # noqa: S102 (what it is for)


def related_tests(module: str) -> list[str]:
    """Return the arguments for pytest that choose what should notice a fault in a module.

    Those are the fixtures of its rules, and the test files that have its name or import it, or a module of its
    room that does.
    """
    room, _, name = module.rpartition(".")
    bound = room if room and room != "checks" else name
    pattern = re.compile(rf"^check: {re.escape(bound)}\.", re.MULTILINE)
    rules = [
        file.stem
        for file in sorted((ROOT / "rules").glob("*.yaml"))
        if pattern.search(file.read_text(encoding="utf-8"))
    ]
    callers = [
        f"{room}.{file.stem}"
        for file in sorted((ROOT / "validator" / room.replace(".", "/")).glob("*.py"))
        if _names(module).search(file.read_text(encoding="utf-8"))
    ]
    named = [_names(each) for each in (module, *callers)]
    files = [
        str(file)
        for file in sorted((ROOT / "tests").glob("test_*.py"))
        if file.stem == f"test_{name}"
        or any(each.search(file.read_text(encoding="utf-8")) for each in named)
    ]
    fixtures = [
        f"{ROOT / 'tests' / 'test_fixtures.py'}::{test}[{rule}/{case.name}]"
        for rule in rules
        for test, prefix in (
            ("test_bad_fixture_gives_exactly_its_expected_output", "bad"),
            ("test_good_fixture_is_silent_and_judged", "good"),
        )
        for case in sorted((ROOT / "fixtures" / rule).glob(f"{prefix}*"))
        if case.is_dir()
    ]
    return [*fixtures, *files]


def _names(module: str) -> re.Pattern[str]:
    """Match what imports a module."""
    room, _, name = map(re.escape, module.rpartition("."))
    return re.compile(
        rf"validator\.{re.escape(module)}\b|from validator\.{room} import .*\b{name}\b"
    )


def _start(module: str, file: Path, mutant: Mutant, tests: list[str]) -> int:
    """Run the tests against a mutant in a process of its own; return its number."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    code = 1
    try:
        for name in [one for one in sys.modules if one.partition(".")[0] == "validator"]:
            del sys.modules[name]  # imported anew, from the mutant
        sys.meta_path.insert(0, _Mutated(f"validator.{module}", file, mutant.tree))
        import pytest

        code = int(pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests]))
    finally:
        os._exit(code)


def survivors(module: str, file: Path, every: list[Mutant], tests: list[str]) -> list[Mutant]:
    """Return the mutants that no test notices."""
    waiting, running, found = list(reversed(every)), dict[int, tuple[Mutant, float]](), []
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            running[_start(module, file, mutant, tests)] = (mutant, time.monotonic())
        child, status = os.waitpid(-1, os.WNOHANG)
        if child in running:
            mutant, _ = running.pop(child)
            if status == 0:
                found.append(mutant)
                if mutant.line:
                    sys.stdout.write(f"{file.name}:{mutant.line}: {mutant.change}\n")
                    sys.stdout.flush()
            continue
        for number, (_, since) in running.items():
            if time.monotonic() - since > MOST_SECONDS:
                os.killpg(number, signal.SIGKILL)
        time.sleep(0.02)
    return found


def main() -> None:
    """Print the mutants of a module that survive, and how many were noticed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("module", help="such as checks.oauth_urls or scopes.needs")
    module = parser.parse_args().module
    file = ROOT / "validator" / f"{module.replace('.', '/')}.py"
    tests = related_tests(module)
    if not tests:
        sys.exit(f"no test is related to {module}")
    import click.testing  # noqa: F401 (what tests import is imported once, before forking)
    import hypothesis  # noqa: F401 (imported before it forks)
    import jsonschema  # noqa: F401 (imported before it forks)
    import markdown_it  # noqa: F401 (imported before it forks)
    import pytest  # noqa: F401 (imported before it forks)
    import yaml  # noqa: F401 (imported before it forks)

    every = list(mutants(file.read_text(encoding="utf-8")))
    whole = Mutant(0, "nothing", ast.parse(file.read_text(encoding="utf-8")))
    if not survivors(module, file, [whole], tests):
        sys.exit(f"the tests of {module} fail without any change")
    left = len(survivors(module, file, every, tests))
    share = (len(every) - left) / len(every) if every else 1
    sys.stdout.write(f"{module}: {len(every) - left} of {len(every)} noticed, {share:.0%}\n")


if __name__ == "__main__":
    main()
