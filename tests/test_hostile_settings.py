"""Whatever stands in settings and in YAML of others, the run ends with words, a place and the right code."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import Tile, tilelint

from validator.documents.text import TextDocument
from validator.documents.yaml import YamlDocument
from validator.model import DocumentError

WRONG = [
    "<<: {ignore: []}\n",
    "=: 1\n",
    "ignore: [bare-url]\nignore: [thin-gallery]\n",
    "levels: {bare-url: note, bare-url: error}\n",
    "levels: 5\n",
    "levels: {bare-url: 5}\n",
    "parameters: 5\n",
    "parameters: {excessive-scopes: 5}\n",
    "parameters: {excessive-scopes: {limit: x}}\n",
    "parameters: {excessive-scopes: {limit: true}}\n",
    "parameters: {excessive-scopes: {limit: -1}}\n",
    "parameters: {excessive-scopes: {limit: 1.5}}\n",
    "parameters: {excessive-scopes: {limit: [1]}}\n",
    "parameters: {excessive-scopes: {limit: .nan}}\n",
    "parameters: {excessive-scopes: {limit: " + "9" * 5000 + "}}\n",
    "parameters: {excessive-scopes: {limit: 0x" + "f" * 5000 + "}}\n",
    "overrides: 5\n",
    "overrides: [5]\n",
    "overrides: [{paths: 'x', ignore: [bare-url]}]\n",
    *(
        f"overrides: [{{paths: ['{pattern}'], ignore: [bare-url]}}]\n"
        for pattern in ("!", "!x", "\\", "", " ", "/", "[a", "a" * 3000)
    ),
    'overrides: [{paths: ["a\\0b"], ignore: [bare-url]}]\n',
    "suppressions: [5]\n",
    "suppressions: [{rule: bare-url, path: '[', reason: because}]\n",
    "suppressions: [{rule: bare-url, path: x, reason: because, until: 2026-13-45}]\n",
    "suppressions: [{rule: bare-url, path: x, reason: because, until: 5}]\n",
    "x: 1:2:3:4:5\n",
    "ignore: !!binary x\n",
    "ignore: !!omap [a: 1]\n",
    "ignore: !!set {bare-url}\n",
    "ignore: !!python/object/apply:os.system ['touch ran']\n",
    "ignore: !own [bare-url]\n",
    "ignore: &a [*a]\n",
    "ignore: [&a bare-url, *a]\n",
    "policy: " + "a" * 5000 + "\n",
    "policy: .\n",
    'policy: "a\\0b"\n',
    "policy: ../../etc/passwd\n",
    "policy: /dev/zero\n",
    "oauth: {scopes: [1]}\n",
    "ignore: {a: b}\n",
    "- a\n",
    "\0",
    "fail-on: [error]\n",
    "fail-on: !!int x\n",
    "a: " + "[" * 20000 + "\n",
    "? [a]\n: b\n",
    "ignore: []\n---\nignore: []\n",
    "%YAML 9.9\n--- 5\n",
    "ignore:\n\t- bare-url\n",
    "kind: 5\n",
    "preview: 1\n",
    "ignore: [" + "9" * 6000 + "]\n",
]


@pytest.fixture(autouse=True)
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    for path, data in Tile().files.items():
        file = Path("nimbus_deploy") / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def check(*arguments: str) -> Result:
    return tilelint("check", "nimbus_deploy", *arguments)


@pytest.mark.parametrize("text", WRONG, ids=lambda text: ascii(text[:40]))
@pytest.mark.parametrize("file", [".tilelint.yaml", "nimbus_deploy/.tilelint.yaml"])
def test_wrong_settings_end_with_2_and_name_the_place(text: str, file: str) -> None:
    Path(file).write_text(text)
    result = check()
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"tilelint: {file}")
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 500
    assert not Path("ran").exists()


@pytest.mark.parametrize("text", ["preview: off\n", "ignore: [0x10, bare-url]\n", "{}\n"])
def test_what_looks_odd_but_is_plain_yaml_is_read(text: str) -> None:
    Path(".tilelint.yaml").write_text(text)
    assert check().exit_code in ((0,) if "0x10" not in text else (2,))


def _zero(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _device(file: Path) -> None:
    file.symlink_to("/dev/null")


def _huge(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(1 << 30)


SPECIAL: dict[str, Callable[[Path], object]] = {
    "zero": _zero,
    "null": _device,
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "huge": _huge,
}


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("use", ["found", "--config", "--policy", "policy"])
def test_what_is_no_file_is_never_waited_for(kind: str, use: str) -> None:
    file = Path(".tilelint.yaml" if use == "found" else "given")
    SPECIAL[kind](file)
    options = [use, "given"] if use.startswith("--") else []
    if use == "policy":
        Path(".tilelint.yaml").write_text("policy: given\n")
    result = check(*options)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert "internal error" not in result.output


DATAFLOWS = [
    "<<: *x\n",
    "provides:\n  - <<: {id: a}\n    data_type: events\n",
    "provides:\n  - =: 1\n",
    "provides:\n  - id: " + "1:" * 3000 + "1\n",
    "provides:\n  - id: 0x" + "f" * 5000 + "\n",
    "provides:\n  - id: .inf\n    data_type: .nan\n",
    "provides: !!set {a}\n",
    "provides: !!omap [a: 1]\n",
    "provides: !!binary aGFsbG8=\n",
    "provides: !!timestamp 2026-11-26\n",
    "provides: 2026-11-26\n",
    "provides: [{id: 1e999}]\n",
    "provides:\n  - {id: a, id: b}\n",
    "? [a]\n: b\n",
    "? {a: b}\n: b\n",
    "a: &a [x, x]\nb: [*a, *a]\n",
    "provides: [" + "{" * 5000 + "\n",
    "provides:\n\t- id: a\n",
    "\ufeffprovides: []\n",
    "--- a\n--- b\n",
    "!!int x",
    "0o9",
    "~",
    "",
]


@pytest.mark.parametrize("text", DATAFLOWS, ids=lambda text: ascii(text[:40]))
@pytest.mark.parametrize("path", ["assets/dataflows.yaml", "assets/logs/nimbus_deploy.yaml"])
def test_yaml_of_others_never_breaks_a_check(text: str, path: str) -> None:
    file = Path("nimbus_deploy", path)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    for format_ in ("text", "json", "sarif"):
        result = check("--format", format_)
        assert result.exit_code in (0, 1), result.output
        assert "internal error" not in result.output


WORD = st.sampled_from(
    ["a", "<<", "=", "1:2", "0x1f", ".nan", "~", "yes", "- ", ": ", "? ", "&a ", "*a", "!!set ", "!x ", "[", "]",
     "{", "}", ",", "\n", "  ", "\t", "'", '"', "|", ">", "%", "---\n", "#", "é", "\u2028", "1_000", "2026-11-26"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(WORD, max_size=14).map("".join))
def test_any_yaml_is_a_document_or_a_reason(text: str) -> None:
    reason = ""
    try:
        document = YamlDocument(PurePosixPath("a"), PurePosixPath("b.yaml"), text.encode())
    except DocumentError as error:
        reason = error.reason
    else:
        plain(document.value)
        document.locate(("a", 0))
    assert "\n" not in reason


def plain(value: object) -> None:
    assert value is None or isinstance(value, (str, int, float, bool, list, dict))
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        plain(inner)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from([b"a", b"\r", b"\n", b"\r\n", "é".encode(), b"\xff", b"\xe9", b"\0"])
    ).map(b"".join)
)
def test_the_place_of_what_is_not_utf_8_lies_in_the_file(data: bytes) -> None:
    try:
        TextDocument(PurePosixPath("a"), PurePosixPath("b.md"), data)
    except DocumentError as error:
        region = error.location.region
        if region is not None:
            shown = TextDocument(
                PurePosixPath("a"), PurePosixPath("b.md"), data.decode("utf-8", "replace").encode()
            )
            assert region.start_line <= len(shown.lines)
            assert region.end_column <= len(shown.lines[region.start_line - 1]) + 1


def test_code_in_very_deep_folders_is_read_as_far_as_names_reach() -> None:
    deep = Path("code")
    deep.mkdir()
    descriptor = os.open(deep, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    try:
        result = tilelint("scopes", "nimbus_deploy", "--code", "code")
    finally:  # whoever tidies up after tests walks by recursion
        subprocess.run(["rm", "-rf", "code"], check=True)
    assert result.exit_code in (0, 1), result.output


@pytest.mark.parametrize(
    "line",
    [
        "/[b-a]/ @x",
        "/*a*a*a*a*a*a*[b] @x",
        "/[a- @x",
        "\\ @x",
        "[ @x",
        "!x @y",
        "/" + "?*" * 40 + " @x",
    ],
)
def test_a_strange_line_in_codeowners_breaks_nothing(line: str) -> None:
    Path(".github").mkdir()
    Path(".github/CODEOWNERS").write_text(f"{line}\n/nimbus_deploy/ @nimbus\n")
    Path("nimbus_deploy/images/" + "a" * 120 + ".png").touch()
    result = check("--select", "missing-codeowner")
    assert result.exit_code == 0, result.output


def test_an_agreement_that_cannot_be_read_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    from validator.sources.trees import Directory

    file = Path("nimbus_deploy/manifest.json")
    file.write_text(
        file.read_text().replace(
            '"assets": {', '"legal_terms": {"eula": "assets/eula.pdf"}, "assets": {'
        )
    )
    Path("nimbus_deploy/assets/eula.pdf").write_bytes(b"%PDF-1.4")
    read = Directory.read

    def refuse(self: Directory, path: PurePosixPath, most: int = -1) -> bytes:
        if path.name == "eula.pdf":
            raise PermissionError(13, "Permission denied")
        return read(self, path, most)

    monkeypatch.setattr(Directory, "read", refuse)
    result = check()
    assert "internal error" not in result.output
    assert result.exit_code in (0, 1)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(WORD, max_size=10).map("".join))
def test_any_settings_are_read_or_refused(text: str) -> None:
    Path(".tilelint.yaml").write_text(text, encoding="utf-8")
    result = check("--select", "bare-url")
    assert result.exit_code in (0, 2), result.output
    assert "internal error" not in result.output
