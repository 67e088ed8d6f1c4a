"""Rules about a repository see all integrations, tell each of them, and read nothing outside of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support import judged
from test_globs import ignored

from validator import engine
from validator.definitions import rules
from validator.discovery import discover
from validator.engine import Subjects

RULES = {rule.id: rule for rule in rules.load()}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "outer" / "repository"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def integrate(folder: Path, manifest: str = "{}") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(manifest)


def own(folder: Path, text: str) -> None:
    (folder / ".github").mkdir(parents=True, exist_ok=True)
    (folder / ".github" / "CODEOWNERS").write_text(text)


def without_owner(folder: Path) -> list[str]:
    report = judged(folder, [RULES["missing-codeowner"]])
    assert report.gaps == ()
    return [finding.location.integration.name for finding in report.findings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/acme/ @acme", []),
        ("acme/ @acme", []),
        ("acme @acme", []),
        ("/acme/** @acme", []),
        ("/ac*/ support@acme-cloud.io", []),
        ("* @acme", []),
        ("/acme/ @acme # ours", []),
        ("", ["acme"]),
        ("# /acme/ @acme", ["acme"]),
        ("/acme/", ["acme"]),
        ("/acme/ # nobody", ["acme"]),
        ("/acme/ @acme\n/acme/", ["acme"]),
        ("/acme/\n/acme/ @acme", []),
        ("!/acme/ @acme", ["acme"]),
        ("/acme_jobs/ @acme", ["acme"]),
        ("/Acme/ @acme", ["acme"]),
        ("/tools/acme/ @acme", ["acme"]),
        ("**/manifest.json @docs\n/acme/metadata.csv @docs", ["acme"]),
        ("/acme/assets/logs/ @logs", ["acme"]),
    ],
)
def test_the_last_line_that_means_the_folder_decides(
    repository: Path, text: str, found: list[str]
) -> None:
    integrate(repository / "acme")
    own(repository, text)
    assert without_owner(repository) == found


def test_an_integration_in_a_deeper_folder_is_owned_by_its_path(repository: Path) -> None:
    integrate(repository / "tiles" / "acme")
    own(repository, "/tiles/acme/ @acme")
    assert without_owner(repository) == []
    own(repository, "/acme/ @acme")
    assert without_owner(repository) == ["acme"]


def test_a_repository_that_is_one_integration_is_owned_as_a_whole(repository: Path) -> None:
    integrate(repository)
    own(repository, "* @acme")
    assert without_owner(repository) == []
    own(repository, "/docs/ @acme")
    assert len(without_owner(repository)) == 1


def test_owners_outside_of_the_repository_are_not_read(repository: Path) -> None:
    integrate(repository / "acme")
    own(repository.parent, "/other/ @acme")
    assert without_owner(repository) == []


def test_without_git_only_the_folder_right_above_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    integrate(tmp_path / "tiles" / "acme")
    own(tmp_path, "/other/ @acme")
    assert without_owner(tmp_path / "tiles") == []
    own(tmp_path / "tiles", "/other/ @acme")
    assert without_owner(tmp_path / "tiles") == ["acme"]


def test_owners_behind_a_link_out_of_the_repository_are_not_read(
    repository: Path, tmp_path: Path
) -> None:
    integrate(repository / "acme")
    (tmp_path / "secret").write_text("/other/ @acme")
    (repository / ".github").mkdir()
    (repository / ".github" / "CODEOWNERS").symlink_to(tmp_path / "secret")
    assert without_owner(repository) == []


@pytest.mark.parametrize("changed", ["acme", "nimbus"])
def test_a_duplicate_is_told_to_the_side_that_changed(repository: Path, changed: str) -> None:
    for name in ("acme", "nimbus", "other"):
        integrate(repository / name, f'{{"app_id": "{"other" if name == "other" else "same"}"}}')
    found = {integration.name: integration for integration in discover([repository]).integrations}
    others = tuple(integration for name, integration in found.items() if name != changed)
    report = engine.run(Subjects((found[changed],), others), [RULES["duplicate-identity"]])
    [finding] = report.findings
    assert finding.location.integration.name == changed
    [related] = finding.related
    assert related.location.integration.name == ({"acme", "nimbus"} - {changed}).pop()


def test_a_manifest_that_cannot_be_read_hides_no_duplicate(repository: Path) -> None:
    integrate(repository / "acme", '{"app_id": "same"}')
    integrate(repository / "broken", "{")
    integrate(repository / "nimbus", '{"app_id": "same"}')
    report = judged(repository, [RULES["duplicate-identity"]])
    assert [str(finding.location.integration) for finding in report.findings] == ["acme", "nimbus"]


def test_patterns_of_code_owners_mean_what_gitignore_says(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.mktemp("git")
    subprocess.run(["git", "init", "--quiet", str(scratch)], check=True)
    integrate(repository / "tiles" / "acme")
    plain = [
        "/tiles/acme/",
        "tiles/acme",
        "/tiles",
        "tiles/",
        "acme",
        "acme/",
        "/acme",
        "/tiles/ac",
    ]
    plain += ["any\\ file", "other", "/tiles/acme/manifest.json"]
    wild = [
        "/tiles/*",
        "**/acme",
        "*",
        "/*",
        "til?s/",
        "/tiles/**/x",
        "**/manifest.json",
        "[a-c]cme",
    ]
    for pattern in (*plain, *wild):
        own(repository, f"{pattern} @acme")
        is_meant = ignored(scratch, pattern, ["tiles/acme/any file"])
        expected = [] if is_meant else ["acme"]
        assert without_owner(repository) == expected, pattern


def test_of_many_copies_each_relates_to_ten_and_counts_the_rest(repository: Path) -> None:
    names = [f"copy_{index:02}" for index in range(40)]
    for name in names:
        integrate(repository / name, '{"app_id": "acme"}')
    report = judged(repository, [RULES["duplicate-identity"]])
    assert [finding.location.integration.name for finding in report.findings] == names
    for finding, name in zip(report.findings, names, strict=True):
        assert len(finding.related) == 10
        assert f"`{name}`" not in finding.message
        assert "`copy_08`" in finding.message or name == "copy_08"
        assert "and 29 more, too" in finding.message
