"""A report arrives whole where it should go, or the run says that it could not be brought there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ROOT
from support import DEMO

from validator.delivery import NotDelivered, to_file

CLEAN = ROOT / "fixtures" / "complete-oauth" / "nimbus_deploy"


def write(file: Path, text: str = "new\n") -> None:
    to_file(text, file)


def test_a_file_is_replaced_in_one_step_and_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("old\n")
    file.chmod(0o640)
    before = file.stat().st_ino
    write(file)
    assert file.read_text() == "new\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.stat().st_ino != before  # whoever has the old one open reads it to its end
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    write(tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_another_name_of_the_same_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious\n")
    (tmp_path / "out").hardlink_to(tmp_path / "precious")
    write(tmp_path / "out")
    assert (tmp_path / "precious").read_text() == "precious\n"


@pytest.mark.parametrize("target", ["../precious", "inner/precious", "../gone"])
def test_a_link_to_another_folder_is_refused(tmp_path: Path, target: str) -> None:
    root = tmp_path / "repository"
    (root / "inner").mkdir(parents=True)
    for place in (tmp_path, root / "inner"):
        (place / "precious").write_text("precious\n")
    (root / "out").symlink_to(target)
    with pytest.raises(NotDelivered, match="is a link to"):
        write(root / "out")
    assert (tmp_path / "precious").read_text() == "precious\n"
    assert (root / "inner" / "precious").read_text() == "precious\n"
    assert not (tmp_path / "gone").exists()


def test_a_link_beside_its_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old\n")
    (tmp_path / "out").symlink_to("real")
    write(tmp_path / "out")
    assert (tmp_path / "real").read_text() == "new\n"
    assert (tmp_path / "out").is_symlink()


@pytest.mark.parametrize("target", ["..", "../.git/hooks", ".git"])
def test_a_folder_of_a_repository_that_leads_elsewhere_is_refused(
    tmp_path: Path, target: str
) -> None:
    root = tmp_path / "repository"
    (root / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / ".git" / "hooks").mkdir(parents=True)
    (root / "reports").symlink_to(target)
    with pytest.raises(NotDelivered, match="its folder is a link"):
        write(root / "reports" / "post-checkout")


def test_a_folder_outside_of_a_repository_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "named").symlink_to("real")
    write(tmp_path / "named" / "out")
    assert (tmp_path / "real" / "out").read_text() == "new\n"


@pytest.mark.parametrize("name", [".", "a" * 300, "a\0b"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotDelivered, match="can't be written"):
        write(tmp_path / name)


def test_a_pipe_that_the_user_names_gets_the_text(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe)
    reader.join(10)
    assert read == ["new\n"]


def test_the_standard_output_may_be_named_as_a_file() -> None:
    process = run("check", str(CLEAN), "--output", "/dev/stdout")
    assert process.returncode == 0
    assert b": ready\n" in process.stdout


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from validator.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(command, env=environment, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(("integration", "code"), [(DEMO, 1), (CLEAN, 0)])
@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_a_reader_that_goes_away_does_not_turn_the_verdict(
    integration: Path, code: int, format_: str
) -> None:
    for _ in range(3):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as gone:
            process = run("check", str(integration), "--format", format_, stdout=gone)
        assert (process.returncode, process.stderr) == (code, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", str(CLEAN)],
        ["check", str(DEMO), "--format", "json"],
        ["rules"],
        ["explain", "missing-readme"],
        ["scopes", str(CLEAN)],
        ["config", str(CLEAN)],
        ["--help"],
        ["--version"],
    ],
)
def test_a_full_disk_is_one_line_and_exit_code_2(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        process = run(*arguments, stdout=full)
    assert process.returncode == 2
    [line] = process.stderr.splitlines()
    assert b"No space left on device" in line


def test_a_closed_standard_output_is_one_line_and_exit_code_2() -> None:
    command = (
        f"exec '{sys.executable}' -c 'from validator.cli import main; main()' check '{CLEAN}' >&-"
    )
    process = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert process.returncode == 2
    [line] = process.stderr.splitlines()
    assert b"could not be written" in line


def test_a_full_or_closed_stderr_changes_no_exit_code() -> None:
    with Path("/dev/full").open("wb") as full:
        assert run("check", "gone", stderr=full).returncode == 2
        assert run("check", str(DEMO), "--show-timings", stderr=full).returncode == 1


def test_one_target_that_fails_keeps_no_other_from_its_report(tmp_path: Path) -> None:
    good = tmp_path / "out.json"
    process = run(
        *("check", str(DEMO), "--format", "text", "--format", f"sarif={tmp_path}/no/x"),
        *("--format", f"json={good}"),
    )
    assert process.returncode == 2
    assert b"not ready" in process.stdout
    assert good.exists()
    assert b"no/x: can't be written" in process.stderr
