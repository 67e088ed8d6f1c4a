"""A URL of a file in a repository of integrations is mapped to the file."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from validator.reading.repositories import RepositoryFile, is_lasting, repository_file

EXTRAS = "https://github.com/DataDog/integrations-extras"
RAW = "https://raw.githubusercontent.com/DataDog/integrations-extras"


def read(url: str) -> RepositoryFile | None:
    return repository_file(url, "acme")


@pytest.mark.parametrize(
    ("url", "branch", "path"),
    [
        (f"{EXTRAS}/blob/master/acme/metadata.csv", "master", "acme/metadata.csv"),
        (f"{EXTRAS}/tree/main/acme", "main", "acme"),
        (
            f"{EXTRAS}/blob/master/acme/images/late%20jobs.png",
            "master",
            "acme/images/late jobs.png",
        ),
        (f"{EXTRAS}/blob/master//acme/a.csv?raw=true#L3", "master", "acme/a.csv"),
        ("https://www.github.com/datadog/Integrations-Extras/raw/master/a/b", "master", "a/b"),
        (f"{RAW}/master/acme/images/a.png", "master", "acme/images/a.png"),
        (f"{RAW}/refs/heads/master/acme/a.png", "master", "acme/a.png"),
        (f"{EXTRAS}/blob/57e9d599d/acme/a.csv", None, "acme/a.csv"),
        (f"{EXTRAS}/blob/fix/acme/acme/a.csv", "fix/acme", "acme/a.csv"),
        (f"{EXTRAS}/blob/acme/first/acme/a.csv", "acme/first", "acme/a.csv"),
        (f"{EXTRAS}/blob/draft/nimbus/a.csv", "draft", "nimbus/a.csv"),
        ("https://github.com/DataDog/marketplace/blob/master/acme/a.csv", "master", "acme/a.csv"),
    ],
)
def test_files_of_a_repository(url: str, branch: str | None, path: str) -> None:
    file = read(url)
    assert file is not None
    assert (file.branch, file.path) == (branch, PurePosixPath(path))
    assert is_lasting(file.branch) == (branch in {None, "main", "master"})


@pytest.mark.parametrize(
    "url",
    [
        EXTRAS,
        f"{EXTRAS}.git",
        f"{EXTRAS}/issues/540",
        f"{EXTRAS}/blob/master",
        f"{EXTRAS}/blob/master/../../secrets",
        "https://github.com/acme/integrations-extras/blob/master/acme/a.csv",
        "https://gitlab.com/DataDog/integrations-extras/blob/master/acme/a.csv",
        "https://[::1/blob/master/acme/a.csv",
        "acme/a.csv",
        "",
    ],
)
def test_urls_that_lead_elsewhere(url: str) -> None:
    assert read(url) is None


def test_a_file_at_the_root_belongs_to_no_integration() -> None:
    file = read(f"{EXTRAS}/blob/master/README.md")
    assert file is not None
    assert file.directory == ""


def test_only_some_urls_give_the_file_itself() -> None:
    assert [
        file.is_raw
        for file in map(
            read,
            (
                f"{RAW}/master/acme/a.png",
                f"{EXTRAS}/raw/master/acme/a.png",
                f"{EXTRAS}/blob/master/acme/a.png?raw=true",
                f"{EXTRAS}/blob/master/acme/a.png",
            ),
        )
        if file
    ] == [True, True, True, False]
