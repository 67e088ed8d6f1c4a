"""The calls that Python source code makes through Datadog's official client.

A method is known by the class that it is called on, as far as a reader of one module could tell: by an
assignment, an annotation, or a class that the module imports.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from validator.documents.text import TextDocument
from validator.model import Location, Region
from validator.scopes.api_operations import Match, Operation, operations
from validator.scopes.calls import ApiCall
from validator.scopes.python_client import methods, newer_operations

CLIENT = "datadog_api_client"

_LIKE_A_CLIENT = re.compile(r"api|client|datadog|(?:^|_)dd(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Module:
    """A Python module: its text, its tree, and the classes of the client by the module's own names."""

    document: TextDocument
    tree: ast.Module
    classes: Mapping[str, str]


def client_calls(documents: Iterable[TextDocument]) -> Iterator[ApiCall]:
    """Yield the calls through the client that Python modules of one program make."""
    sources = [document for document in documents if document.path.suffix in (".py", ".pyw")]
    if not any(CLIENT in document.text for document in sources):
        return
    modules = [
        _Module(document, tree, _classes(tree))
        for document in sources
        if (tree := _parse(document.text)) is not None
    ]
    everywhere = frozenset(name for module in modules for name in module.classes.values())
    for module in modules:
        yield from _calls(module, everywhere)


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the partner's own escapes are not ours to judge
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


MOST_PARTS = 16
"""Parts beyond which a dotted name is nobody's: each of its parts is asked for its own name."""


def _dotted(node: ast.AST | None) -> str:
    """Return a name such as ``self.api``; an empty string for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < MOST_PARTS:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _classes(tree: ast.Module) -> dict[str, str]:
    """Return the classes that a module names, such as ``v1.MonitorsApi``, by its own name for each."""
    found: dict[str, str] = {}
    versions: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                if parts[0] == CLIENT and len(parts) > 1:
                    versions[alias.asname or alias.name] = parts[1]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == CLIENT:
            steps = (node.module or "").split(".")[1:]
            for alias in node.names:
                own = alias.asname or alias.name
                version = (*steps, alias.name)[0]
                versions[own] = version
                if f"{version}.{alias.name}" in methods():
                    found[own] = f"{version}.{alias.name}"
    for node in ast.walk(tree) if versions else ():
        if isinstance(node, ast.Attribute):
            own = _dotted(node.value)
            name = f"{versions.get(own) or versions.get(own.partition('.')[0], '')}.{node.attr}"
            if name in methods():
                found[_dotted(node)] = name
    return found


def _objects(module: _Module) -> dict[str, str]:
    """Return the names that a module gives to objects of the client's classes."""
    found: dict[str, str] = {}
    for node in ast.walk(module.tree):
        targets: list[ast.AST] = []
        made: ast.AST | None = None
        if isinstance(node, ast.Assign):
            targets, made = [*node.targets], node.value
        elif isinstance(node, ast.AnnAssign):
            targets, made = [node.target], node.annotation
        elif isinstance(node, ast.arg):
            if class_ := module.classes.get(_dotted(node.annotation)):
                found[node.arg] = class_
        elif isinstance(node, ast.NamedExpr):
            targets, made = [node.target], node.value
        class_ = module.classes.get(_dotted(made.func if isinstance(made, ast.Call) else made))
        if class_:
            found.update((_dotted(target), class_) for target in targets)
    found.pop("", None)
    return found


def _calls(module: _Module, everywhere: frozenset[str]) -> Iterator[ApiCall]:
    """Yield the calls of a module; ``everywhere`` are the classes that any module of the program names."""
    objects = _objects(module)
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        receiver = node.func.value
        name = _dotted(receiver)
        if name in ("self", "cls"):
            continue
        made = (
            module.classes.get(_dotted(receiver.func)) if isinstance(receiver, ast.Call) else None
        )
        known = objects.get(name) or made
        if known:
            candidates: Iterable[str] = (known,)
        elif module.classes:
            candidates = module.classes.values()
        else:
            last = _dotted(receiver.func if isinstance(receiver, ast.Call) else receiver)
            candidates = everywhere if _LIKE_A_CLIENT.search(last.rpartition(".")[2]) else ()
        method = node.func.attr.removesuffix("_with_pagination")
        owners = sorted({name for name in candidates if method in methods()[name]})
        if owners:
            yield _call(module.document, node.func, method, owners)


def _call(
    document: TextDocument, function: ast.Attribute, method: str, owners: list[str]
) -> ApiCall:
    found = [operation for owner in owners if (operation := _operation(methods()[owner][method]))]
    is_clear = len({operation.alternatives for operation in found}) == 1
    match = Match(found[0]) if is_clear else Match(None, tuple(found), is_ambiguous=True)
    return ApiCall(f"{owners[0].partition('.')[2]}.{method}", _place(document, function), match)


def _operation(call: str) -> Operation | None:
    method, _, path = call.partition(" ")
    return operations().find(method, path) or newer_operations().find(method, path)


def _place(document: TextDocument, function: ast.Attribute) -> Location:
    """Return where the name of a method stands; Python counts its columns in bytes."""
    line = function.end_lineno
    assert line is not None
    before = document.lines[line - 1].encode()[: function.end_col_offset]
    end = len(before.decode("utf-8", "replace")) + 1
    start = max(end - len(function.attr), 1)
    return Location(document.integration, document.path, Region(line, start, line, end))
