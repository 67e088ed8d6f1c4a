"""What tests share: the command, git, files to write, tiles that are only in memory, and judging them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import ROOT
from markdown_it import MarkdownIt
from markdown_it.token import Token

from validator import __version__, engine, presentation
from validator.cli import main
from validator.definitions import rules
from validator.discovery import discover
from validator.documents.text import TextDocument
from validator.integration import Integration
from validator.model import Edit, Finding, Rule
from validator.report import Report, ReportedIntegration
from validator.sources.trees import Tree

FIXTURES = ROOT / "fixtures"
COMPLETE = FIXTURES / "complete-oauth" / "nimbus_deploy"
"""A tile that has no fault."""

DEMO = FIXTURES / "demo"
"""A folder with a tile that has a dozen."""


def tilelint(*arguments: object, **options: Any) -> Result:
    """Run the command in this process; what is no text becomes one."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


def told(*arguments: object) -> Any:
    """Return the JSON that ``tilelint check`` prints."""
    return json.loads(tilelint("check", *arguments, "--format", "json").stdout)


def git(*arguments: str, cwd: Path | str | None = None) -> str:
    """Run git as somebody, without anybody's settings, and return what it prints."""
    identity = ("-c", "user.name=Acme", "-c", "user.email=dev@acme.io")
    safe = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=master")
    result = subprocess.run(
        ["git", *identity, *safe, *arguments],
        cwd=cwd,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        check=True,
    )
    return result.stdout.decode().strip()


def own_files() -> list[str]:
    """Return the files of this repository as they are, those included that are yet to be committed."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def copy_own(names: Iterable[str], folder: Path) -> Path:
    """Copy files of this repository, as another checkout of it has them."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


SDIST, WHEEL = f"tilelint-{__version__}.tar.gz", f"tilelint-{__version__}-py3-none-any.whl"


def build(source: Path, target: Path, *options: str, **environment: str) -> Path:
    """Build a checkout of this repository as `make package` does, and return where the files lie."""
    pytest.importorskip("hatchling", reason="hatchling is of the extra `test`")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(target), *options],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000", **environment},
        capture_output=True,
        check=True,
    )
    return target


def commit(message: str = "change") -> None:
    """Commit everything in the work tree."""
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", message)


def write(file: Path | str, content: Any = "{}") -> Path:
    """Write a file, its folders too: bytes and texts as they are, anything else as JSON."""
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, str | bytes):
        content = json.dumps(content, indent=2)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def write_all(folder: Path | str, files: Mapping[str, Any]) -> Path:
    """Write files below a folder; their names may be paths."""
    for name, content in files.items():
        write(Path(folder) / name, content)
    return Path(folder)


def edit(file: Path | str, old: str, new: str) -> None:
    """Replace a text that a file has."""
    text = Path(file).read_text(encoding="utf-8")
    assert old in text, f"{file} lacks {old!r}"
    Path(file).write_text(text.replace(old, new), encoding="utf-8")


def opened(folder: Path | str) -> Integration:
    """Return the one integration in a folder."""
    [integration] = discover([Path(folder)]).integrations
    return integration


def judged(folder: Path | str, rules: Iterable[Rule] = (), **options: Any) -> Report:
    """Judge what is in a folder by rules, by all without any."""
    found = discover([Path(folder)]).integrations
    return engine.run(found, tuple(rules) or RULES.values(), **options)


TILES = {
    "oauth": COMPLETE,
    "agent": next(
        path for path in (ROOT / "fixtures" / "complete-agent").iterdir() if path.is_dir()
    ),
    "marketplace": next(
        path for path in (ROOT / "fixtures" / "complete-marketplace").iterdir() if path.is_dir()
    ),
}

RULES = {rule.id: rule for rule in rules.load()}


class Memory(Tree):
    """A tree of files that are only in memory."""

    def __init__(self, files: Mapping[PurePosixPath, bytes]) -> None:
        self.files_ = files

    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        depth = len(folder.parts)
        return {
            path.parts[depth]: len(path.parts) > depth + 1
            for path in sorted(self.files_)
            if path.parts[:depth] == folder.parts and len(path.parts) > depth
        }

    def below(self, folder: PurePosixPath) -> Memory:
        inside = {path for path in self.files_ if path.is_relative_to(folder)}
        return Memory({path.relative_to(folder): self.files_[path] for path in inside})

    def size(self, path: PurePosixPath) -> int:
        return len(self.files_[path])

    def read(self, path: PurePosixPath, most: int = -1) -> bytes:
        return self.files_[path][: most if most >= 0 else None]


class Tile:
    """The files of a complete integration, to be changed; paths are inside of it."""

    def __init__(self, kind: str = "oauth") -> None:
        source = TILES[kind]
        self.name = source.name
        self.files = {
            PurePosixPath(path.relative_to(source).as_posix()): path.read_bytes()
            for path in sorted(source.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }

    def text(self, path: str) -> str:
        return self.files[PurePosixPath(path)].decode()

    def write(self, path: str, text: str | bytes) -> None:
        self.files[PurePosixPath(path)] = text if isinstance(text, bytes) else text.encode()

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.text(path)
        assert old in text, f"{path} lacks {old!r}"
        self.write(path, text.replace(old, new, 1))

    def append(self, path: str, text: str) -> None:
        self.write(path, self.text(path) + text)

    def move(self, old: str, new: str) -> None:
        self.files[PurePosixPath(new)] = self.files.pop(PurePosixPath(old))

    def remove(self, path: str) -> None:
        del self.files[PurePosixPath(path)]

    def change(self, path: str, change: Callable[[Any], object]) -> None:
        """Change the value of a JSON document."""
        value = json.loads(self.text(path))
        change(value)
        self.write(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def integration(self) -> Integration:
        return Integration(Memory(self.files), PurePosixPath(self.name), self.name)

    def judge(self, *ids: str) -> Report:
        """Judge the tile by rules of these ids, by all without any."""
        return judge([self.integration()], *ids)


def judge(integrations: Iterable[Integration], *ids: str) -> Report:
    return engine.run(integrations, [RULES[id_] for id_ in ids] or RULES.values())


def named(*integrations: Integration) -> tuple[ReportedIntegration, ...]:
    """Return integrations as a report has them."""
    return tuple(ReportedIntegration(one.path, one.name) for one in integrations)


def shown(
    report: Report, integrations: Iterable[Integration], others: Iterable[Integration] = ()
) -> Report:
    """Return a report as it may be shown, of integrations whose documents are still at hand."""
    integrations = tuple(integrations)
    mask = presentation.mask_of(report, integrations, others)
    return presentation.presented(report, integrations, mask)


def mended(files: Mapping[PurePosixPath, bytes], finding: Finding) -> dict[PurePosixPath, bytes]:
    """Return the files with the edits of a finding's fix applied, the last in the text first."""
    assert finding.fix is not None
    result = dict(files)
    by_path: dict[PurePosixPath, list[Edit]] = {}
    for edit in finding.fix.edits:
        by_path.setdefault(edit.location.path, []).append(edit)
    for path, edits in by_path.items():
        data = result[path]
        document = TextDocument(finding.location.integration, path, data)
        text = document.text
        for edit in sorted(edits, key=lambda edit: edit.location.sort_key, reverse=True):
            region = edit.location.region
            assert region is not None
            start = document.offset(region.start_line, region.start_column)
            end = document.offset(region.end_line, region.end_column)
            text = text[:start] + edit.text + text[end:]
        result[path] = (b"\xef\xbb\xbf" if document.has_bom else b"") + text.encode()
    return result


def files_of(folder: Path) -> dict[PurePosixPath, bytes]:
    """Return the files below a folder."""
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.name != "expected.txt"
    }


HOSTILE_MARKDOWN = (
    "<script>alert(1)</script>",
    "<!-- x",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "https://evil.example/x",
    "www.evil.example",
    "@octocat",
    "a@b.example",
    "#1",
    "\n# Title",
    "\n\n- item",
    "| a | b |",
    "```\ncode",
    "`open",
    "``a` b``",
    "**bold** __bold__ ~~gone~~",
    "&lt;b&gt; &amp;",
    "<https://evil.example>",
    "[a]: https://evil.example",
    "\\`x\\`",
    "a\r::error::b",
    "\x1b[31m",
    "$$x$$ :smile:",
    ":white_check_mark: ready :+1:",
    "_www.evil.example",
    "_GH-1 _0123456_",
    "__0123abc",
    "`<!-- another program's -->`",
    "$`x`$",
    "fixes acme/tile#1, GH-1",
    "mailto:a",
    "/approve",
    "- - 1. x",
)
"""What a stranger writes who wants a link, a mention, a picture, a command, or another shape."""

_OURS = {
    "bullet_list", "code_inline", "heading", "hardbreak", "inline", "list_item", "paragraph", "softbreak",
    "strong", "table", "tbody", "td", "text", "th", "thead", "tr",
}  # fmt: skip


def markdown_tokens(text: str) -> Iterator[Token]:
    """Yield what GitHub's reader makes of a text, as far as its parts are known here."""
    parser = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])
    for token in parser.parse(text):
        yield token
        yield from token.children or ()


def hold_inert(text: str, *more: str) -> None:
    """Hold to it that Markdown has the parts of a report alone, and ``more``, and mentions and links nothing."""
    for token in markdown_tokens(text):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        assert kind in _OURS or kind in more, kind
        # GitHub looks for these in the page, where an escape is gone.
        assert kind != "text" or not re.search(
            r"@|#\d|(\b|_)GH-\d|\$|www\.|://|:[\w+-]+:|(\b|_)[0-9a-f]{7,40}(\b|_)",
            token.content,
            re.IGNORECASE,
        )
    assert "<!--" not in text  # a bot finds its own comment by one, in code, too
    # A bot looks for commands at the start of a line.
    assert not re.search(r"^\s*/", text, re.MULTILINE)


def action(folder: Path) -> Any:
    """Return the action that lies in a folder."""
    return yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))


_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Runner:
    """What a runner does with the composite action of a folder: expressions, environment files, conditions."""

    def __init__(self, folder: Path, home: Path, workspace: Path, /, **inputs: str) -> None:
        self.home = home
        self.workspace = workspace
        self.folder = folder
        self.action = action(folder)
        self.inputs = {
            name: each.get("default", "") for name, each in self.action["inputs"].items()
        }
        self.inputs |= {name.replace("_", "-"): value for name, value in inputs.items()}
        self.pull_request_base = ""
        self.outputs: dict[str, dict[str, str]] = {}
        self.log = ""
        self.summary = ""

    def value(self, expression: str) -> str:
        """Return what the runner makes of an expression; those that the action uses are few."""
        for part in expression.split("||"):
            kind, _, rest = part.strip().partition(".")
            if kind == "inputs":
                found = str(self.inputs[rest])
            elif kind == "steps":
                step, _, name = rest.partition(".outputs.")
                found = self.outputs.get(step, {}).get(name, "")
            else:
                assert part.strip() == "github.event.pull_request.base.sha", part
                found = self.pull_request_base
            if found:
                return found
        return ""

    def run(self, name: str) -> int:
        """Run the step of a name by its shell, and read what it leaves for the runner."""
        [step] = [step for step in self.action["runs"]["steps"] if step["name"] == name]
        assert step["shell"] == "bash"
        files = {}
        for variable in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            files[variable] = self.home / variable
            files[variable].write_text("", encoding="utf-8")
        script = self.home / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        own = {
            key: _EXPRESSION.sub(lambda match: self.value(match[1]), str(value))
            for key, value in step.get("env", {}).items()
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **kept,
                **own,
                **{key: str(file) for key, file in files.items()},
                "RUNNER_TEMP": str(self.home / "temp"),
                "GITHUB_ACTION_PATH": str(self.folder),
                "GITHUB_ACTIONS": "true",
                "CI": "true",
            },
            capture_output=True,
            check=False,
        )
        self.log = result.stdout.decode() + result.stderr.decode()
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        self.outputs[step.get("id", name)] = dict(line.split("=", 1) for line in lines)
        return result.returncode

    def judge(self) -> dict[str, str]:
        """Judge, and end with the verdict; return the outputs of the action and its exit code."""
        assert self.run("Judge") == 0, self.log
        log, summary = self.log, self.summary
        code = self.run("Verdict")
        self.log, self.summary = log, summary
        found = {
            name: self.value(each["value"][3:-2].strip())
            for name, each in self.action["outputs"].items()
        }
        return {**found, "code": str(code)}
