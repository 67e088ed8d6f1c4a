"""What is released: the same bytes from the same files, what a run needs in it, and nothing else."""

from __future__ import annotations

import os
import tarfile
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from support import SDIST, WHEEL, build, copy_own, own_files

from validator import REPOSITORY, __version__

NAME = f"tilelint-{__version__}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    return build(copy_own(own_files(), folder / "one"), folder / "dist", PYTHONHASHSEED="1")


@pytest.fixture(scope="module")
def wheel(built: Path) -> ZipFile:
    return ZipFile(built / WHEEL)


def test_another_checkout_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    source = copy_own(reversed(own_files()), tmp_path / "deeper" / "folder of mine")
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    again = build(
        source, tmp_path / "dist", PYTHONHASHSEED="2", TZ="Asia/Kathmandu", LC_ALL="C", HOME="/"
    )
    assert sorted(file.name for file in again.iterdir()) == sorted([SDIST, WHEEL])
    for name in (SDIST, WHEEL):
        assert (again / name).read_bytes() == (built / name).read_bytes(), name


def test_the_sdist_gives_the_same_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(built / SDIST) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build(tmp_path / NAME, tmp_path / "dist", "--target", "wheel")
    assert (again / WHEEL).read_bytes() == (built / WHEEL).read_bytes()


def test_the_sdist_holds_the_repository(built: Path) -> None:
    with tarfile.open(built / SDIST) as archive:
        names = {file.name for file in archive.getmembers()}
    assert names == {f"{NAME}/{name}" for name in ("PKG-INFO", *own_files())}


def test_the_wheel_holds_what_a_run_needs_and_nothing_else(wheel: ZipFile) -> None:
    files = own_files()
    code = {name for name in files if name.startswith("validator/")}
    data = {f"validator/_data/{name}" for name in files if name.startswith(("rules/", "schemas/"))}
    about = (
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
        "licenses/NOTICE",
    )
    assert set(wheel.namelist()) == code | data | {f"{NAME}.dist-info/{name}" for name in about}
    assert "validator/py.typed" in code
    assert "validator/_data/rules/policies/scopes.yaml" in data
    assert "validator/_data/schemas/report.schema.json" in data


def test_what_the_package_says_of_itself(wheel: ZipFile) -> None:
    told = Parser().parsestr(wheel.read(f"{NAME}.dist-info/METADATA").decode())
    assert told["Version"] == __version__
    assert told["Metadata-Version"] == "2.4"
    assert told["License-Expression"] == "BSD-3-Clause"
    urls = dict(url.split(", ") for url in told.get_all("Project-URL", ()))
    assert urls["Repository"] == REPOSITORY
    assert urls["Changelog"] == f"{REPOSITORY}/blob/main/CHANGELOG.md"
    needed = [each for each in told.get_all("Requires-Dist", ()) if "extra ==" not in each]
    assert not any(each.startswith("rapidfuzz") for each in needed)
