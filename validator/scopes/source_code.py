"""The calls of Datadog's API that a partner's own source code makes, as far as they can be seen.

Two things are looked for in every text file: string literals with a path below ``/api/v1/`` or
``/api/v2/``, with the HTTP method that stands near them, and the methods of the official Python client.
What is put together elsewhere stays unseen, so that nothing found is no proof that nothing is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from validator.documents.text import TextDocument
from validator.model import DocumentError, Location, as_shown
from validator.scopes.api_operations import METHODS, Match, operations
from validator.scopes.calls import ApiCall, resolve
from validator.scopes.client_code import client_calls
from validator.scopes.python_client import newer_operations
from validator.sources.trees import Directory

LARGEST = 1_000_000
"""Bytes beyond which a file is passed over: it was not written by hand."""

_PASSED_OVER = {"__pycache__", "bower_components", "node_modules", "site-packages", "vendor"}
_PROSE = {".adoc", ".lock", ".md", ".mdx", ".rst", ".svg", ".txt"}
_NEAR = 4
"""Lines before and after a path in which its HTTP method is looked for."""

_WIDE = 300
"""Characters of a line before and after a path that are looked at: lines may be as long as files."""

_MOST_PATHS, _MOST_NAMES, _MOST_USES = 2_000, 100, 100
"""Paths in one file that are read, names of paths whose uses are looked for, and uses of one name."""

_MOST_JOINTS = 10
"""Pieces from which a path may be joined."""

_SHORTEST = 3
"""Segments of a path that names something: ``/api/v1`` alone is the base of others."""

_VERBS = "|".join(METHODS)
_PATH = re.compile(r"(?:/|(?<=[\"'`]))api/v[12](?![\w.-])")
_METHOD = re.compile(
    rf"\b(?P<word>{_VERBS})\b"
    rf"|Method(?P<member>{_VERBS.title()})\b"
    r"|(?<!environ)(?<!headers)(?<!params)(?<!config)(?<!settings)(?<!options)(?<!args)"
    rf"(?:\.|->|::|\s)(?P<call>(?i:{_VERBS}))"
    r"(?:_json|JSON|Json|Async|For[A-Z]\w*|ing)?\s*(?:<[^<>()]*>)?(?:\s*\(|\s+[\"'`]|\s+$)"
    rf"|\bmethod[\"']?\s*(?:[:=]|=>)\s*[.\"'`]?(?P<option>(?i:{_VERBS}))\b"
    rf"|(?:-X\s*|--request[\s=])[\"']?(?P<flag>{_VERBS})\b"
)
_ASSIGNED = re.compile(r"(\w+)(?:\s*:[\w<>\[\]., |&'*]{1,40})?\s*(?::=|=>|=|:)\s*[\w&$@]{0,3}$")
# What stands before a path on its line: a literal that holds nothing else but a method and a host, or
# a bare address of Datadog, as in a shell script.
_LITERAL = re.compile(
    rf"(?P<quote>[\"'`])(?:(?P<method>{_VERBS})\s+)?(?P<host>(?:[^\s\"'`{{}}]|\{{[^{{}}]*\}})*)$"
)
_URL = re.compile(r"(?P<host>https?://[^\s\"'`]*(?:datadog|ddog|\$)[^\s\"'`]*)$", re.IGNORECASE)
_COMMENT = re.compile(
    r"^\s*(?://|#(?!define\b)|\*|--\s|;|<!--|/\*|\"\"\"|\'\'\')|(?:^|[^:\"'`\w])//\s|\s#\s"
)
# The program's own routes.
_ROUTE = re.compile(
    r"@\w+\.\w+\s*\($|@\w*Mapping\b|\bRoute\b|\b[Hh]andle(?:Func)?\s*\($|(?<![.\w])(?:re_)?path\s*\($"
    r"|\b(?:app|blueprint|bp|fastify|mux|router|server)\.\w+\s*\($"
)
_JOINED = re.compile(r"\s*(?:\+|\.\.|\s\.(?=\s)|\.(?=\s*\$)|<>|&)\s*")
_EXPRESSION = re.compile(r"[\w$.\[\]>:-]+(?:\([^()\n]*\))?")
_SHORT_PLACEHOLDER = re.compile(r"%[sdivq]\b|:\w+|\$\w+")
_BRACKET = re.compile(r"(?:[$#%\\]?\{|[%\\]\(|\$\(|<)")
_QUOTES = ("'", '"', "`")
_OPENING = {"{": "}", "(": ")", "<": ">"}
_DATADOG = re.compile(r"datadog|ddog", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundCalls:
    """What source code shows: calls, and places that name the API without saying what is called.

    ``files`` is how many files were read.
    """

    calls: tuple[ApiCall, ...]
    bases: tuple[Location, ...]
    files: int


def read(folder: Path) -> FoundCalls:
    """Find the calls in the files below a folder, in the order of their places.

    Binary and very large files, prose, hidden folders and the code of others are passed over, and no
    link is followed out of the folder.
    """
    tree = Directory(folder)
    documents = list(_documents(tree, as_shown(folder.absolute())))
    calls: list[ApiCall] = []
    bases: list[Location] = []
    for document in documents:
        for place, path, method in _Literals(document).calls():
            if path is None:
                bases.append(place)
            else:
                calls.append(_call(place, path, method))
    calls += client_calls(documents)
    return FoundCalls(
        tuple(sorted(calls, key=lambda call: (call.location.sort_key, call.text))),
        tuple(sorted(bases, key=lambda place: place.sort_key)),
        len(documents),
    )


def _documents(tree: Directory, shown: PurePosixPath) -> Iterator[TextDocument]:
    """Yield the text files of a tree that may hold a call."""
    for path in _files(tree):
        try:
            if tree.size(path) > LARGEST:
                continue
            data = tree.read(path)
            if b"\0" not in data:
                yield TextDocument(shown, path, data)
        except (OSError, DocumentError):  # not for us to judge: another file, not a document
            continue


def _files(tree: Directory) -> Iterator[PurePosixPath]:
    """Yield the files that may be code, sorted, however deep they lie."""
    waiting = [(PurePosixPath(), True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            if path.suffix.lower() not in _PROSE:
                yield path
            continue
        waiting += [
            (path / name, inner)
            for name, inner in reversed(list(tree.entries(path).items()))
            if not (inner and (name.startswith(".") or name in _PASSED_OVER))
        ]


def _call(place: Location, path: str, method: str | None) -> ApiCall:
    """Return the call of a path; by every method that the path knows if it isn't clear by which."""
    if method is not None:
        return resolve(f"{method} {path}", place, guess=False)
    found = operations().by_path(path) or newer_operations().by_path(path)
    if len({operation.alternatives for operation in found}) == 1:
        return ApiCall(path, place, Match(found[0]))
    return ApiCall(path, place, Match(None, found, is_ambiguous=bool(found)))


class _Literals:
    """Finds paths of the API in the string literals of one text, whatever its language."""

    def __init__(self, document: TextDocument) -> None:
        self._document = document
        self._text = document.text
        self._lines = document.lines
        self._places = [match.start() for match in islice(_PATH.finditer(self._text), _MOST_PATHS)]
        self._names = 0

    def calls(self) -> Iterator[tuple[Location, str | None, str | None]]:
        """Yield place, path and method of each call; no path where only the API's base is named."""
        for start in self._places:
            line = self._document.region(start, start).start_line
            column = start - self._document.offset(line, 1)
            before = self._lines[line - 1][max(column - _WIDE, 0) : column]
            literal = _LITERAL.search(before) or _URL.search(before)
            if literal is None or _is_elsewhere(before[: literal.start()], literal["host"]):
                continue
            quote = literal.groupdict().get("quote") or "\n"
            path, end = _scan(self._text, start, quote)
            place = Location(
                self._document.integration,
                self._document.path,
                self._document.region(start, max(end, start + 1)),
            )
            if len([segment for segment in path.split("/") if segment]) < _SHORTEST:
                yield place, None, None
                continue
            written = literal.groupdict().get("method")
            found = [written] if written else self._methods(line, before[: literal.start()], end)
            for method in found or [None]:
                yield place, path, method

    def _methods(self, line: int, before: str, end: int) -> list[str]:
        """Return the HTTP methods that a path on a line is used with; none that can be told.

        ``before`` is what stands on the line before the literal, ``end`` the offset where the path ends.
        """
        rest = self._text[end : end + _WIDE].split("\n", 1)[0]
        if here := _last(before) or _first(rest):
            return [here]
        if re.search(r"\bcurl\b", before):
            return ["POST" if re.search(r"\s(?:-d|--data)", before + rest) else "GET"]
        name = _ASSIGNED.search(before)
        if name and (used := self._used_with(name[1], line)):
            return used
        continued = line > 1 and self._lines[line - 2].rstrip().endswith(("(", ",", "\\"))
        after, earlier = self._following(line), self._preceding(line)
        method = (earlier or after) if continued else (after or earlier)
        if method is None and re.search(r"\bfetch\s*\(\s*$", before):
            method = "GET"
        return [method] if method else []

    def _used_with(self, name: str, line: int) -> list[str]:
        """Return the methods on the lines that use a name to which a path was given."""
        self._names += 1
        if self._names > _MOST_NAMES:
            return []
        found: dict[str, None] = {}
        uses = re.compile(rf"\b{re.escape(name)}\b").finditer(self._text)
        for use in islice(uses, _MOST_USES):
            number = self._document.region(use.start(), use.start()).start_line
            if number == line:
                continue
            text = self._lines[number - 1]
            column = use.start() - self._document.offset(number, 1)
            before = text[max(column - _WIDE, 0) : column]
            method = _last(before) or _first(text[column : column + _WIDE])
            if method is None and not before.strip() and number > 1:
                method = _last(self._lines[number - 2][-_WIDE:])
            if method:
                found[method] = None
        return list(found)

    def _following(self, line: int) -> str | None:
        for text in self._lines[line : line + _NEAR]:
            if not text.strip() or _PATH.search(text[:_WIDE]):
                return None
            if method := _first(text[:_WIDE]):
                return method
        return None

    def _preceding(self, line: int) -> str | None:
        for text in reversed(self._lines[max(line - 1 - _NEAR, 0) : line - 1]):
            code = text[-_WIDE:].rstrip()
            if not code or _PATH.search(code) or code.endswith(";"):
                return None
            if method := _last(code):
                return method
        return None


def _is_elsewhere(before: str, host: str) -> bool:
    """Tell whether a path on a line is none that the program calls at Datadog.

    It stands in a comment, is served by the program itself, or belongs to another host.
    """
    if _COMMENT.search(before) or _ROUTE.search(before):
        return True
    is_fixed = "://" in host and not re.search(r"[{<%$*\\(]", host)
    return is_fixed and not _DATADOG.search(host)


def _scan(text: str, start: int, quote: str) -> tuple[str, int]:
    """Return the path that begins at an offset, placeholders as ``{}``, and where it first ends.

    Expressions that are joined to the literal, as in ``"/api/v1/monitor/" + id``, are placeholders.
    """
    path, first, index = _literal(text, start, quote)
    for _ in range(_MOST_JOINTS):
        joint = _JOINED.match(text, index + 1) if text[index : index + 1] == quote else None
        if joint is None:
            break
        index = joint.end()
        if text[index : index + 1] not in _QUOTES:
            expression = _EXPRESSION.match(text, index)
            if expression is None or not path.endswith("/"):
                break
            path += "{}"
            joint = _JOINED.match(text, expression.end())
            if joint is None or text[joint.end() : joint.end() + 1] not in _QUOTES:
                break
            index = joint.end()
        quote = text[index]
        more, _, index = _literal(text, index + 1, quote)
        path += more
    return path, first


def _literal(text: str, start: int, quote: str) -> tuple[str, int, int]:
    """Return the path in a literal from an offset on, placeholders as ``{}``.

    With it come the offsets of the path's end and of the quote that ends the literal.
    """
    parts: list[str] = []
    index = start
    while index < len(text):
        character = text[index]
        placeholder = _placeholder(text, index)
        if placeholder is not None:
            parts.append("{}")
            index = placeholder
        elif character != quote and (character in "/.-_~%@+" or character.isalnum()):
            parts.append(character)
            index += 1
        else:
            break
    is_query = text[index : index + 1] in ("?", "#")
    return "".join(parts), index, _to_quote(text, index, quote) if is_query else index


def _to_quote(text: str, index: int, quote: str) -> int:
    """Return the offset of the quote that ends a literal; of the line's end where there is none."""
    ends = (found for mark in (quote, "\n") if (found := text.find(mark, index)) >= 0)
    return min(ends, default=len(text))


def _placeholder(text: str, index: int) -> int | None:
    r"""Return where the placeholder ends that begins at an offset, or None.

    ``{id}``, ``${id}``, ``#{id}``, ``\(id)``, ``%(id)s``, ``%s``, ``<id>``, ``:id`` and ``$id``.
    """
    if short := _SHORT_PLACEHOLDER.match(text, index):
        return short.end()
    bracket = _BRACKET.match(text, index)
    if bracket is None:
        return None
    opening = bracket.group()[-1]
    depth, end = 1, bracket.end()
    last = min(end + _WIDE, len(text))
    while end < last and text[end] != "\n" and depth:
        depth += (text[end] == opening) - (text[end] == _OPENING[opening])
        end += 1
    if depth:
        return None
    return end + (bracket.group() == "%(" and text[end : end + 1] in ("s", "d"))


def _method(match: re.Match[str]) -> str:
    word: str = next(filter(None, match.groups()))
    return word.upper()


def _first(text: str) -> str | None:
    """Return the first HTTP method that a piece of code names."""
    match = _METHOD.search(text)
    return _method(match) if match else None


def _last(text: str) -> str | None:
    """Return the last HTTP method that a piece of code names."""
    found = [_method(match) for match in _METHOD.finditer(text)]
    return found[-1] if found else None
