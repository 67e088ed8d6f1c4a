"""The order of the rooms: each knows only what stands before it, and nothing goes in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

LAYERS = (
    ("model", "spelling"),
    ("wording",),
    ("report",),
    ("scope_report",),
    ("serialization",),
    ("reporters",),
    ("sources",),
    ("settings",),
    ("documents",),
    ("definitions",),
    ("reading",),
    ("scopes",),
    ("evidence",),
    ("integration",),
    ("facts",),
    ("fixes",),
    ("identity", "mask", "line_hashes", "roots"),
    ("excerpts", "limits", "effective_settings"),
    ("presentation",),
    ("suppressions",),
    ("checks",),
    ("selection", "engine", "configuration", "baseline"),
    ("discovery",),
    ("comparison", "delivery"),
    ("session", "hooks"),
    ("doctor",),
    ("cli",),
    ("__main__",),
)
"""Rooms and modules of ``validator``, the lowest first; those of one layer don't know each other."""

Arrow = tuple[str, str]


def modules(package: Path) -> dict[str, Path]:
    """Return the modules of a package by their name below it, such as ``facts.assets``."""
    names = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package).with_suffix("").parts
        if name := ".".join(part for part in parts if part != "__init__"):
            names[name] = file
    return names


def arrows(package: Path) -> Iterator[Arrow]:
    """Yield who imports whom, wherever it stands: in functions and for types, too."""
    known = modules(package)
    for name, file in known.items():
        for path in imported(ast.parse(file.read_bytes()), package.name):
            target = path
            while target and target not in known:  # a name in a module, or one of another package
                target = target.rpartition(".")[0]
            if target and target != name:
                yield name, target


def imported(tree: ast.Module, package: str) -> Iterator[str]:
    prefix = f"{package}."
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            for alias in node.names:
                yield f"{node.module}.{alias.name}".removeprefix(prefix)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.removeprefix(prefix)


def room(module: str) -> str:
    return module.partition(".")[0]


def climbing(found: Iterable[Arrow]) -> list[Arrow]:
    """Return the arrows that lead up, or aside within a layer; inside of a room they may lead anywhere."""
    height = {name: index for index, layer in enumerate(LAYERS) for name in layer}
    return [
        (source, target)
        for source, target in found
        if room(source) != room(target) and height[room(source)] <= height[room(target)]
    ]


ARROWS = sorted(set(arrows(ROOT / "validator")))


def test_every_module_has_its_layer() -> None:
    named = [name for layer in LAYERS for name in layer]
    assert sorted(named) == sorted({room(name) for name in modules(ROOT / "validator")})


def test_each_room_knows_only_those_below() -> None:
    assert climbing(ARROWS) == []


def test_nothing_goes_in_a_circle() -> None:
    assert circle(ARROWS) == []


def test_no_check_knows_another() -> None:
    aside = [each for each in ARROWS if {room(each[0]), room(each[1])} == {"checks"}]
    assert aside == []


def test_the_engine_for_scopes_knows_no_integration() -> None:
    known = {target for source, target in ARROWS if room(source) in ("scopes", "reading")}
    assert known.isdisjoint({"integration", "facts", "report"})


def test_a_reporter_knows_reports_alone() -> None:
    known = {room(target) for source, target in ARROWS if room(source) == "reporters"}
    assert known <= {"reporters", "report", "scope_report", "serialization", "model", "wording"}


def circle(found: Iterable[Arrow]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target in found:
        sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize(
    "text",
    [
        "from validator.cli import main",
        "from validator import cli",
        "import validator.cli",
        "def late():\n    from validator.cli import main",
        "if TYPE_CHECKING:\n    from validator import cli as front",
    ],
)
def test_an_arrow_is_seen_wherever_it_stands(tmp_path: Path, text: str) -> None:
    package = tmp_path / "validator"
    package.mkdir()
    (package / "cli.py").write_text("from validator import model\n", encoding="utf-8")
    (package / "model.py").write_text(text + "\n", encoding="utf-8")
    found = sorted(set(arrows(package)))
    assert found == [("cli", "model"), ("model", "cli")]
    assert climbing(found) == [("model", "cli")]
    assert set(circle(found)) == {"cli", "model"}


@pytest.mark.parametrize("name", sorted(modules(ROOT / "validator")))
def test_nothing_executes_what_it_has_read(name: str) -> None:
    source = modules(ROOT / "validator")[name].read_text(encoding="utf-8")
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called.isdisjoint({"exec", "eval", "compile"})
    assert {"pickle", "marshal", "shelve"}.isdisjoint(imported(ast.parse(source), "validator"))
