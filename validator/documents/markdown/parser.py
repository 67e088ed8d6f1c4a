"""The tokens of Markdown, as CommonMark and GitHub read it, with where they are written."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from validator.documents.markdown.html import Html
from validator.documents.markdown.values import CODE
from validator.documents.text import LINE_END

# A heading of a section, or the definition of a link, at the beginning of a line.
_HIDDEN = re.compile(r"#{2,6} +\S| {0,3}\[[^\]\n]+\]:[ \t]*\S")
_SPANNED = ("link_open", "image", "html_inline")
_LINK_TAG = re.compile(r"</?a\b", re.IGNORECASE)


@dataclass(slots=True)
class Notes:
    """What is known of a token besides, each worked out once.

    ``span`` are the offsets in the content of its block at which an inline token is written, ``unlinked``
    those of the block's brackets that are no link. ``column`` is where a table's cell begins in its line,
    ``columns`` where each line of the content begins in the line (from 0) of the source. ``starts`` are the
    offsets of the content's lines, ``pieces`` those of its plain text, ``html`` is what HTML holds.
    """

    span: tuple[int, int] | None = None
    unlinked: list[tuple[int, int]] = field(default_factory=list)
    column: int | None = None
    columns: dict[int, int] = field(default_factory=dict)
    starts: list[int] | None = None
    pieces: list[Piece] | None = None
    html: Html | None = None


_NOTES = "tilelint"
"""The key under which notes lie on a token: its ``meta`` is where the parser keeps what is not its own."""


def notes(token: Token) -> Notes:
    """Return the notes on a token, empty ones at first."""
    found = token.meta.get(_NOTES)
    if found is None:
        found = Notes()
        token.meta = {**token.meta, _NOTES: found}
    known: Notes = found
    return known


def span_of(token: Token) -> tuple[int, int] | None:
    """Return the offsets in its block's content at which an inline token is written, if they are known."""
    found: Notes | None = token.meta.get(_NOTES) if token.meta else None
    return found.span if found else None


@dataclass(slots=True)
class _Reading:
    """What is known while a document is parsed: the last closing bracket of a text, brackets that are no link."""

    closing: tuple[str, int] = ("", -1)
    unlinked: list[tuple[list[Token], int, int]] = field(default_factory=list)


def _reading(env: Any) -> _Reading:
    known: _Reading = env.setdefault(_NOTES, _Reading())
    return known


def parse(text: str) -> tuple[list[Token], dict[str, Any]]:
    """Return the tokens of a text, and what the parser says of its link reference definitions."""
    env: dict[str, Any] = {}
    return _parser().parse(text, env), env


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"store_labels": True}).enable("table")
    # Nothing is rendered here: every link is kept, as it is written.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    for name in ("link", "image", "autolink", "html_inline"):
        _record_spans(parser, name)
    parser.core.ruler.after("inline", "unlinked", _keep_unlinked)
    return parser


def _record_spans(parser: MarkdownIt, name: str) -> None:
    """Let an inline rule leave the offsets of what it read on the token that it made."""
    rules = parser.inline.ruler.getRules("")
    names = parser.inline.ruler.get_active_rules()
    original = rules[names.index(name)]

    def recording(state: StateInline, silent: bool) -> bool:
        start, made = state.pos, len(state.tokens)
        if name in ("link", "image") and _lastclosing(state) < start:
            return False  # nothing closes what may begin here: no need to read all that follows
        if not original(state, silent):
            if name == "link" and not silent and state.src[start] == "[":
                _remember_unlinked(state, start)
            return False
        opened = [token for token in state.tokens[made:] if token.type in _SPANNED]
        if opened and not silent:
            notes(opened[0]).span = (start, state.pos)
        return True

    parser.inline.ruler.at(name, recording)


def _lastclosing(state: StateInline) -> int:
    """Return the offset of the last closing bracket of a block, looked for once."""
    reading = _reading(state.env)
    if reading.closing[0] is not state.src:
        reading.closing = (state.src, state.src.rfind("]"))
    return reading.closing[1]


def _remember_unlinked(state: StateInline, start: int) -> None:
    """Keep the offsets of brackets that are no link until the tokens of their block are known."""
    end = state.md.helpers.parseLinkLabel(state, start, disableNested=True)
    if end >= 0:
        _reading(state.env).unlinked.append((state.tokens, start, end + 1))


def _keep_unlinked(state: StateCore) -> None:
    """Leave on each block the offsets of its brackets that are no link."""
    blocks = {id(token.children): token for token in state.tokens if token.children is not None}
    for tokens, start, end in _reading(state.env).unlinked:
        block = blocks.get(id(tokens))
        if block is not None:  # otherwise the text of an image
            notes(block).unlinked.append((start, end))


def lines_of(token: Token) -> tuple[int, int]:
    """Return the first line of a block, from 0, and the line after its last."""
    assert token.map is not None
    return token.map[0], token.map[1]


def line_starts(token: Token) -> list[int]:
    """Return the offsets at which the lines of a token's content begin, worked out once."""
    own = notes(token)
    if own.starts is None:
        lengths = (len(line) + 1 for line in token.content.split("\n")[:-1])
        own.starts = list(itertools.accumulate(lengths, initial=0))
    return own.starts


def closing(children: list[Token], index: int) -> int:
    """Return the index of the token that closes the link opened at an index."""
    depth = 0
    for position in range(index, len(children)):
        depth += children[position].nesting
        if depth == 0:
            return position
    return len(children)


def plain(children: list[Token], *, code: bool = True) -> str:
    """Return the text that a reader sees of inline tokens; pictures and tags have none.

    Without ``code``, each character of inline code is ``CODE``.
    """
    return "".join(shown(child, code=code) for child in children)


def shown(child: Token, *, code: bool = True) -> str:
    """Return the text that a reader sees of one inline token; without ``code`` that of code as ``CODE``."""
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    if child.type == "code_inline":
        return child.content if code else CODE * len(child.content)
    return child.content if child.type in ("text", "text_special") else ""


def source_span(token: Token, start: int, end: int) -> tuple[int, int] | None:
    """Return the offsets in an inline token's content of a slice of its plain text."""
    pieces = _pieces(token)
    first: int | None = None
    for index in range(bisect_right(pieces, start, key=_last_read), len(pieces)):
        piece = pieces[index]
        if piece.found < 0:
            if first is None:
                return None
            continue
        if first is None:
            first = piece.found + start - piece.read
        if end <= _last_read(piece):
            return first, piece.found + end - piece.read
    return None


class Piece(NamedTuple):
    """A piece of an inline token's plain text: its offset in it, its length, its offset in the content.

    The latter is -1 for what is written otherwise than it reads: an escape or an entity.
    """

    read: int
    length: int
    found: int


def _last_read(piece: Piece) -> int:
    return piece.read + piece.length


def _pieces(token: Token) -> list[Piece]:
    """Return the pieces of an inline token's plain text, worked out once.

    Each is found again after the one before it; what a link leads to is passed over.
    """
    own = notes(token)
    if own.pieces is not None:
        return own.pieces
    pieces: list[Piece] = []
    read = cursor = 0
    skipped: list[int] = []
    for child in token.children or []:
        if child.type == "link_open":
            span = span_of(child)
            skipped.append(span[1] if span else cursor)
        elif child.type == "link_close":
            cursor = max(cursor, skipped.pop() if skipped else cursor)
        elif child.type in ("image", "html_inline"):
            cursor = max(cursor, (span_of(child) or (0, 0))[1])
        text = shown(child)
        if text:
            found = token.content.find(text, cursor)
            pieces.append(Piece(read, len(text), found))
            cursor = found + len(text) if found >= 0 else cursor
            read += len(text)
    own.pieces = pieces
    return pieces


def fences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first line of each closed code block of a text, and the line after it, from 0 on."""
    lines = LINE_END.split(text)
    for token in _parser().parse(text):
        if token.type == "fence" and is_closed(token, lines):
            yield lines_of(token)


def is_closed(token: Token, lines: list[str]) -> bool:
    """Tell whether a code block ends in a fence of its own."""
    first, end = lines_of(token)
    last = lines[end - 1].strip(" \t>")
    return end - 1 > first and len(last) >= len(token.markup) and not last.strip(token.markup[0])


def is_open(token: Token, lines: list[str]) -> bool:
    """Tell whether a code block at the top level hides what was meant as Markdown.

    What it holds tells: headings and link definitions, up to the end of the document or up to the fence
    of another block with the name of a language, which can't be the end of this one.
    """
    inside = token.content.split("\n")
    if is_closed(token, lines):
        marks = re.compile(rf" {{0,3}}{re.escape(token.markup)}+[ \t]*[\w{{]")
        last = next((number for number, line in enumerate(inside) if marks.match(line)), None)
        if last is None:
            return False
        inside = inside[:last]
    return any(map(_HIDDEN.match, inside))


def until_tag(children: list[Token]) -> list[Token]:
    """Return what stands before the next tag of a link in HTML."""
    is_tag = (child.type == "html_inline" and _LINK_TAG.match(child.content) for child in children)
    end = next((index for index, found in enumerate(is_tag) if found), len(children))
    return children[:end]


def html_of(token: Token) -> Html:
    """Return what a token of HTML holds, worked out once."""
    own = notes(token)
    if own.html is None:
        own.html = Html(token.content)
    return own.html
