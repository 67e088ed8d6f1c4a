"""Users' patterns mean what they mean to git, and cost in proportion to their length."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validator.sources import globs

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "*",
        "?",
        "**",
        "/",
        "[ab]",
        "[!a]",
        "[a-c]",
        "[]a]",
        "\\*",
        "\\b",
        ".",
        "[[:digit:]]",
        "1",
    ]
)
PATTERN = st.lists(PIECES, min_size=1, max_size=7).map("".join)
PATH = st.lists(
    st.text("abc1.*", min_size=1, max_size=3).filter(lambda name: name.strip(".") != ""),
    min_size=1,
    max_size=4,
).map("/".join)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("globs")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


def ignored(repository: Path, pattern: str, paths: list[str]) -> set[str]:
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").write_text(pattern + "\n")
    command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    result = subprocess.run(
        command, input="\0".join(paths).encode(), capture_output=True, cwd=repository, check=False
    )
    return {path for path in result.stdout.decode().split("\0") if path}


def tidy(pattern: str) -> bool:
    """Whether git and we are asked for the same: no stars within a step, no empty steps."""
    steps = pattern.strip("/").split("/")
    return "//" not in pattern and all("**" not in step or step == "**" for step in steps)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(PATTERN.filter(tidy), st.lists(PATH, min_size=1, max_size=8, unique=True))
def test_a_pattern_means_what_it_means_to_git(
    repository: Path, pattern: str, paths: list[str]
) -> None:
    glob = globs.compiled(pattern)
    if glob is None:
        assert globs.fault(pattern)
        return
    found = {path for path in paths if glob.matches(path)}
    assert found == ignored(repository, pattern, paths)


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("README.md", "acme/README.md", True),
        ("/README.md", "acme/README.md", False),
        ("acme/", "acme/README.md", True),
        ("acme/", "acme", False),
        ("acme/**", "acme/a/b", True),
        ("acme/**", "acme", False),
        ("**/b", "a/a/b", True),
        ("a/**/b", "a/b", True),
        ("a/*", "a/b/c", True),  # what lies in a folder that is meant is meant, too
        ("*.md", "docs/a.MD", False),
        ("[z-a]", "b", False),
        ("a\\ ", "a ", True),
        ("a ", "a", True),
    ],
)
def test_what_patterns_mean(pattern: str, path: str, meant: bool) -> None:
    glob = globs.compiled(pattern)
    assert glob is not None
    assert glob.matches(path) is meant


@pytest.mark.parametrize(
    "pattern", ["", " ", "/", "!a", "#a", "a\0b", "[a", "a\\", "[[:no:]]", "x" * 2000]
)
def test_what_cannot_be_meant_is_refused_with_a_reason(pattern: str) -> None:
    assert globs.compiled(pattern) is None
    assert "; expected" in globs.fault(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 40 + "[b]",
        "**/" * 30 + "x",
        "[!a]*" * 20 + "z",
        "?*" * 40 + "z",
        "/" + "*/" * 40 + "x",
        "a*" * 200 + "b",
    ],
)
def test_a_match_takes_as_many_steps_as_pattern_and_path_are_long(pattern: str) -> None:
    """Counted, not timed: each test of a character is one step."""
    steps = 0

    def counting(test: object, character: str) -> bool:
        nonlocal steps
        steps += 1
        return test(character) if callable(test) else False

    glob = globs.compiled(pattern)
    assert glob is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(globs, "_passes", counting)
        for path in ("a" * 120, "/".join(["a" * 20] * 30), "a" * 3000):
            steps = 0
            assert not glob.matches(path)
            assert steps <= 2 * len(pattern) * len(path)
