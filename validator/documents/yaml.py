"""YAML that knows the place of every value."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, ClassVar

import yaml

from validator.documents.text import TextDocument
from validator.model import DocumentError, Location, Pointer, Region
from validator.wording import shortened

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]


_TAG = "tag:yaml.org,2002:"
_PLAIN = ("str", "int", "float", "bool", "null", "map", "seq")
_LONGEST_NUMBER = 300
"""Digits beyond which a number stays the text that was written: nothing that counts has as many."""


class _Loader(SafeLoader):
    """Reads values as JSON has them: texts, numbers, booleans, null, lists and objects with names.

    What is no tag of these stays the text that was written: days, times in sixties, ``<<`` and ``=``. The
    words for booleans (``yes``, ``on``) and what makes a fraction are those of YAML 1.1, because that is what
    the files' readers at Datadog go by. A key that is given twice is refused.
    """

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is no plain value", key_node.start_mark
                )
            key = self.construct_object(key_node)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key}` is given twice", key_node.start_mark
                )
            seen.add(key)
        return {
            self.construct_object(key): self.construct_object(value, deep=deep)
            for key, value in node.value
        }

    def construct_number(self, node: Any) -> Any:
        """Return a whole number or a fraction; the text where it is too long for one."""
        text = str(node.value)
        plain = text.replace("_", "").lower()
        if len(plain) > _LONGEST_NUMBER:
            return text
        try:
            if node.tag.endswith(":int"):
                return int(plain, 0) if "x" in plain or "o" in plain or "b" in plain else int(plain)
            return float(plain.replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            kind = "whole number" if node.tag.endswith(":int") else "number"
            raise yaml.constructor.ConstructorError(
                None, None, f"`{text[:60]}` is no {kind}", node.start_mark
            ) from None


_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F]+|0o[0-7]+)")
_FRACTION = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in (f"{_TAG}bool", f"{_TAG}null")]
    for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    f"{_TAG}int", re.compile(rf"(?:{_WHOLE.pattern})\Z"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    f"{_TAG}float", re.compile(rf"(?:{_FRACTION.pattern})\Z"), list("-+.0123456789")
)
_Loader.add_constructor(f"{_TAG}int", _Loader.construct_number)
_Loader.add_constructor(f"{_TAG}float", _Loader.construct_number)

DEEPEST = 100
"""Levels of nesting beyond which a document is refused: the C composer recurses without a guard."""


def load(text: str) -> Any:
    """Return the value of a YAML text of our own. Raises yaml.YAMLError."""
    return yaml.load(text, _Loader)  # noqa: S506 (_Loader in C)


class YamlDocument(TextDocument):
    """One YAML document and its value.

    Raises DocumentError, with the place, when the text is not YAML, is nested too deeply, or uses
    aliases, which published assets never do and which can blow a document up.
    """

    LARGEST: ClassVar[int] = 1_000_000

    def __init__(self, integration: PurePosixPath, path: PurePosixPath, data: bytes) -> None:
        super().__init__(integration, path, data)
        try:
            self._guard()
            self.value: Any = load(self.text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            reason = f"is not YAML: {error.problem or error.context}"
            raise DocumentError(self._mark(mark) if mark else self.whole, reason) from None
        except yaml.reader.ReaderError as error:
            place = self._location(self.region(error.position, error.position + 1))
            reason = f"has the character U+{error.character:04X}, which YAML doesn't allow"
            raise DocumentError(place, reason) from None
        except (yaml.YAMLError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise DocumentError(self.whole, f"is not YAML: {reason}") from None

    def _guard(self) -> None:
        depth = 0
        for event in yaml.parse(self.text, _Loader):
            if isinstance(event, yaml.AliasEvent):
                raise DocumentError(
                    self._mark(event.start_mark), "has an alias; expected plain values"
                )
            tag: str | None = getattr(event, "tag", None)
            if tag is not None and tag not in ("!", *(f"{_TAG}{name}" for name in _PLAIN)):
                shown = shortened(tag.replace(_TAG, "!!"))
                raise DocumentError(
                    self._mark(event.start_mark), f"has the tag `{shown}`; expected plain values"
                )
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    raise DocumentError(
                        self._mark(event.start_mark), f"is nested deeper than {DEEPEST} levels"
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def _mark(self, mark: Any) -> Location:
        line = min(mark.line + 1, len(self.lines))
        column = min(mark.column, len(self.lines[line - 1])) + 1
        end = min(column, len(self.lines[line - 1])) + 1
        return self._location(Region(line, column, line, end))

    @cached_property
    def _nodes(self) -> dict[Pointer, tuple[yaml.Node | None, yaml.Node]]:
        """The key node (None in a sequence and at the root) and the value node of each pointer."""
        found: dict[Pointer, tuple[yaml.Node | None, yaml.Node]] = {}
        root = yaml.compose(self.text, _Loader)
        keys = _Loader("")
        waiting: list[tuple[Pointer, yaml.Node | None, yaml.Node]] = []
        if root is not None:
            waiting.append(((), None, root))
        while waiting:
            pointer, key, node = waiting.pop()
            found[pointer] = (key, node)
            if isinstance(node, yaml.MappingNode):
                waiting.extend(
                    ((*pointer, keys.construct_object(name)), name, value)
                    for name, value in node.value
                )
            elif isinstance(node, yaml.SequenceNode):
                waiting.extend(
                    ((*pointer, index), None, value) for index, value in enumerate(node.value)
                )
        return found

    def locate(self, pointer: Pointer) -> Location:
        """Return the place to show for a value: itself if it stands on one line, else its key.

        A value of which nothing is written is shown at its key, too. A missing value is shown at its nearest existing parent's key, and keeps its own pointer.
        """
        known = pointer
        while known not in self._nodes and known:
            known = known[:-1]
        key, value = self._nodes.get(known, (None, None))
        if value is None:
            return Location(self.integration, self.path, None, pointer)
        region = self._region(value)
        is_blank = (region.start_line, region.start_column) == (region.end_line, region.end_column)
        if known != pointer or is_blank or region.start_line != region.end_line:
            return self._node(key or value, pointer)
        return self._node(value, pointer)

    def locate_key(self, pointer: Pointer) -> Location:
        """Return the place of a member's key; of its value where it has no key."""
        key, _ = self._nodes.get(pointer, (None, None))
        return self._node(key, pointer) if key is not None else self.locate(pointer)

    def removal(self, pointer: Pointer) -> Location | None:
        """Return the lines to delete to take an item out of a block sequence.

        With the last item goes the key of the sequence. None when the item is written in flow style.
        """
        _, parent = self._nodes[pointer[:-1]]
        _, item = self._nodes[pointer]
        if not isinstance(parent, yaml.SequenceNode) or parent.flow_style:
            return None
        first, last = item.start_mark.line, item.end_mark.line
        if item.end_mark.column and last == first:
            last += 1
        key = self._nodes[pointer[:-1]][0]
        if len(parent.value) == 1 and key is not None:
            first = key.start_mark.line
        while last > first + 1 and not self.lines[last - 1].strip():
            last -= 1
        end = (last + 1, 1) if last < len(self.lines) else (last, len(self.lines[last - 1]) + 1)
        return Location(self.integration, self.path, Region(first + 1, 1, *end), pointer)

    def _region(self, node: yaml.Node) -> Region:
        # By offset, because a mark counts lines that only YAML knows, such as U+2028 begins.
        return self.region(node.start_mark.index, node.end_mark.index)

    def _node(self, node: yaml.Node, pointer: Pointer) -> Location:
        """Return the place of a node; of its first line when it has several."""
        region = self._region(node)
        if region.start_line != region.end_line:
            line = region.start_line
            end = max(len(self.lines[line - 1].rstrip()) + 1, region.start_column)
            region = Region(line, region.start_column, line, end)
        return Location(self.integration, self.path, region, pointer)
