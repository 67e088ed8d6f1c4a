"""No line of any output is a command to a terminal or to the runner of a CI job."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tilelint

from validator.reporters.json import dumps
from validator.reporters.terminal import harmless

COMMANDS = ("::error::x", "::add-mask::x", "##[group]x", "##vso[task.complete]x", "##VSO[x]")
STEERING = ("\x1b]0;x\x07", "\x1b[31m", "\x9b31m", "\u202e", "\u2028", "\r", "\x0b", "\x85")
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def assert_harmless(output: str) -> None:
    assert not RAW.search(output), output
    for line in output.split("\n"):
        assert not line.strip().startswith("::"), output
        assert not re.search(r"##(vso)?\[", line, re.IGNORECASE), output


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x/manifest.json:1:1 error", "./::error::x/manifest.json:1:1 error"),
        ("    ::error::x", "    \\::error::x"),
        ("\u00a0::error::x", "\u00a0\\::error::x"),
        ("a ::error::x", "a ::error::x"),
        ("Category::Bogus", "Category::Bogus"),
        ("a ##[group]x", "a ##\\[group]x"),
        ("##vso[task.complete]", "##vso\\[task.complete]"),
        ("## [link](x)", "## [link](x)"),
        (f"{click.style('::error', bold=True)}", f"\x1b[1m./::error{click.style('')}"),
    ],
)
def test_a_command_is_shown_as_text(line: str, shown: str) -> None:
    assert harmless(line) == shown
    assert harmless(shown) == shown


def test_a_command_in_json_reads_the_same() -> None:
    text = dumps({"##[x]": ["a ##vso[x]", "## [x]"]}, 2)
    assert_harmless(text)
    assert json.loads(text) == {"##[x]": ["a ##vso[x]", "## [x]"]}


PIECE = st.sampled_from([*COMMANDS, *STEERING, " ", "\n", "word", "http://x.io/a", "`", "é" * 30])
TEXT = st.lists(PIECE, min_size=1, max_size=8).map("".join)


def outputs(folder: Path, text: str) -> Iterator[str]:
    """Yield everything that the command line says where a text stands in every place that it can."""
    name = "".join(text.replace("/", "").replace("\n", "").split())[:60] or "acme"
    root = folder / name
    (root / "assets").mkdir(parents=True)
    manifest = {"manifest_version": text, "tile": {"title": text, text: 1, "media": [{text: text}]}}
    manifest["tile"]["classifier_tags"] = [f"Category::{text}", text]  # type: ignore[index]
    (root / "manifest.json").write_text(json.dumps(manifest))
    (root / "README.md").write_text(f"# {text}\n\n{text}\n\n## {text}\n\n[{text}]({text})\n")
    (root / "CHANGELOG.md").write_text(f"{text}\n# {text}\n")
    (root / "metadata.csv").write_text(f"{text},{text}\n{text},gauge\n")
    client = {"integration": {"scopes": [text], "redirect_uris": [text], text: text}}
    (root / "assets" / "oauth_clients.json").write_text(json.dumps(client))
    settings = {"suppressions": [{"rule": "bare-url", "path": "**", "reason": f"because {text}"}]}
    (root / ".tilelint.yaml").write_text(json.dumps(settings))
    file = folder / "report.txt"
    for arguments in (
        ["check", str(root)],
        ["check", name],
        ["check", name, "--quiet"],
        ["check", name, "--statistics"],
        ["check", name, "--show-suppressed", "--all"],
        ["check", name, "--format", "json"],
        ["check", name, "--format", "sarif"],
        ["check", name, "--output", str(file)],
        ["check", "--", text],
        ["check", f"--{text}"],
        ["check", name, "--select", text],
        ["check", name, "--format", text],
        ["check", name, "--config", text],
        ["check", name, "--base", text],
        ["scopes", name],
        ["scopes", name, "--format", "json"],
        ["scopes", name, "--format", "markdown"],
        ["config", name],
        ["explain", "--", text],
        [text],
    ):
        result = tilelint(*arguments)
        assert isinstance(result.exception, (SystemExit, type(None)))
        yield result.output
    yield file.read_text()


@settings(max_examples=10, deadline=None)
@given(TEXT)
def test_nothing_that_somebody_wrote_is_a_command(text: str) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GITHUB_ACTIONS", "true")
        for output in outputs(Path(folder), text):
            assert_harmless(output)


def test_colours_hide_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("::error::x", "##[group]x"):
        Path(name).mkdir()
        Path(name, "manifest.json").write_text("{}")
    result = tilelint("check", ".", "--color", "always", color=True)
    assert "\x1b[" in result.stdout
    assert_harmless(click.unstyle(result.stdout))
    assert "./::error::x/manifest.json" in click.unstyle(result.stdout)
