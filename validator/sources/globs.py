"""Patterns of users for paths, as in .gitignore, matched in time that their lengths bound.

A stranger's pull request brings patterns (``.tilelint.yaml``, CODEOWNERS) and names of files. What turns a
pattern into a regular expression can be made to run for ever by `*a*a*a*b`; here each `*` is tried once for
every place, so a match takes at most pattern times path. Git's own matcher is what the tests compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 1000
"""Characters of a pattern beyond which it is refused."""

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "blank": lambda character: character in " \t",
    "cntrl": lambda character: ord(character) < 32 or ord(character) == 127,
    "digit": lambda character: character in "0123456789",
    "graph": lambda character: 32 < ord(character) < 127,
    "lower": str.islower,
    "print": lambda character: 32 <= ord(character) < 127,
    "punct": lambda character: 32 < ord(character) < 127 and not character.isalnum(),
    "space": str.isspace,
    "upper": str.isupper,
    "xdigit": lambda character: character in "0123456789abcdefABCDEF",
}

Test = Callable[[str], bool]
_STAR = "*"
"""Stands for any characters among the tests of single ones."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern ready to be matched.

    ``steps`` are the tests of each step of a path; None stands for any number of steps. ``folders_only``
    tells that the pattern ends with a slash.
    """

    steps: tuple[tuple[Test | str, ...] | None, ...]
    folders_only: bool

    def matches(self, path: str) -> bool:
        """Tell whether a file (a path with forward slashes, relative) or a folder that it lies in is meant."""
        names = path.split("/")
        reached = _skip_any({0}, self.steps)
        for number, name in enumerate(names, 1):
            reached = _after(reached, self.steps, name)
            is_folder = number < len(names)
            if len(self.steps) in reached and (is_folder or not self.folders_only):
                return True
            if not reached:
                return False
        return False


def _skip_any(reached: set[int], steps: tuple[tuple[Test | str, ...] | None, ...]) -> set[int]:
    """Return the steps that may come next, where any number of names may also be none."""
    found = set(reached)
    for first in reached:
        index = first
        while index < len(steps) - 1 and steps[index] is None:
            index += 1
            found.add(index)
    return found


def _after(
    reached: set[int], steps: tuple[tuple[Test | str, ...] | None, ...], name: str
) -> set[int]:
    """Return the steps that may come next after a name."""
    found = set()
    for index in reached:
        if index == len(steps):
            continue
        step = steps[index]
        if step is None:
            found |= {index, *([index + 1] if index == len(steps) - 1 else [])}
        elif _fits(name, step):
            found.add(index + 1)
    return _skip_any(found, steps)


def _fits(name: str, tests: tuple[Test | str, ...]) -> bool:
    """Tell whether a name passes the tests, each `*` taking as little as it can."""
    at = test = 0
    star, resume = -1, 0
    while at < len(name):
        if test < len(tests) and tests[test] == _STAR:
            star, resume = test, at
            test += 1
        elif test < len(tests) and _passes(tests[test], name[at]):
            at, test = at + 1, test + 1
        elif star >= 0:
            resume += 1
            at, test = resume, star + 1
        else:
            return False
    return all(rest == _STAR for rest in tests[test:])


def _passes(test: Test | str, character: str) -> bool:
    return test(character) if callable(test) else False


@lru_cache(maxsize=10_000)
def compiled(pattern: str) -> Glob | None:
    """Return a pattern ready to be matched; None for one that means nothing (see ``fault``)."""
    if fault(pattern):
        return None
    text = _without_trailing_blanks(pattern)
    anchored = "/" in text.rstrip("/")
    folders_only = text.endswith("/")
    steps: list[tuple[Test | str, ...] | None] = []
    for part in _split(text.strip("/") if not text.endswith("\\/") else text.lstrip("/")):
        if part == "**":
            if not steps or steps[-1] is not None:
                steps.append(None)
        else:
            tests = _tests(part)
            if tests is None:
                return None
            steps.append(tests)
    if not anchored and (not steps or steps[0] is not None):
        steps.insert(0, None)
    return Glob(tuple(steps), folders_only)


def fault(pattern: str) -> str:
    """Return why a pattern can't be meant, as a clause; nothing for one that can be matched."""
    text = _without_trailing_blanks(pattern)
    if len(pattern) > LONGEST:
        return f"has {len(pattern):,} characters; expected at most {LONGEST:,}"
    if "\0" in pattern:
        return "has a NUL character; expected none"
    if not text.strip("/"):
        return "names nothing; expected a path or a pattern"
    if text.startswith("!"):
        return "begins with `!`, which takes back nothing here; expected a pattern of what is meant"
    if text.startswith("#"):
        return "begins with `#`, as a comment does; expected `\\#` for a name that does"
    if any(_tests(part) is None for part in _split(text)):
        return "has a `[` or a `\\` that nothing follows as it should; expected `\\[` or `\\\\`"
    return ""


def _without_trailing_blanks(pattern: str) -> str:
    text = pattern.rstrip(" ")
    escapes = len(text) - len(text.rstrip("\\"))
    return text + " " if escapes % 2 and len(text) < len(pattern) else text


def _split(text: str) -> list[str]:
    """Return the steps of a pattern; a slash within brackets parts them, too, as no name has one."""
    return [part for part in text.split("/") if part]


def _tests(part: str) -> tuple[Test | str, ...] | None:
    """Return the tests of one step; None where a bracket or a backslash is left open."""
    tests: list[Test | str] = []
    at = 0
    while at < len(part):
        character = part[at]
        at += 1
        if character == "*":
            if not tests or tests[-1] != _STAR:
                tests.append(_STAR)
        elif character == "?":
            tests.append(_anything)
        elif character == "[":
            found = _bracket(part, at)
            if found is None:
                return None
            test, at = found
            tests.append(test)
        else:
            if character == "\\":
                if at == len(part):
                    return None
                character = part[at]
                at += 1
            tests.append(character.__eq__)
    return tuple(tests)


def _anything(_: str) -> bool:
    return True


def _bracket(part: str, at: int) -> tuple[Test, int] | None:
    """Return the test of a bracket that opens before an offset, and the offset behind it."""
    is_negated = part[at : at + 1] in ("!", "^")
    at += is_negated
    tests: list[Test] = []
    first = True
    while at < len(part) and (first or part[at] != "]"):
        first = False
        if part.startswith("[:", at) and (end := part.find(":]", at + 2)) >= 0:
            if part[at + 2 : end] not in _CLASSES:
                return None
            tests.append(_CLASSES[part[at + 2 : end]])
            at = end + 2
            continue
        low, at = _letter(part, at)
        if part[at : at + 1] == "-" and part[at + 1 : at + 2] not in ("", "]"):
            high, at = _letter(part, at + 1)
            tests.append(lambda own, low=low, high=high: low <= own <= high)  # type: ignore[misc]
        else:
            tests.append(low.__eq__)
    if at >= len(part):
        return None
    return (lambda own: any(test(own) for test in tests) is not is_negated), at + 1


def _letter(part: str, at: int) -> tuple[str, int]:
    at += part[at] == "\\" and at + 1 < len(part)
    return part[at], at + 1
