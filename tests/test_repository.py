"""Rules about a repository see all integrations, tell each of them, and read nothing outside of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support import RULES, judged
from test_globs import ignored

from validator import engine
from validator.discovery import discover
from validator.engine import Subjects
from validator.model import Finding


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
        ("acme/ @acme", ["acme"]),
        ("acme @acme", ["acme"]),
        ("/acme/** @acme", ["acme"]),
        ("/ac*/ support@acme-cloud.io", ["acme"]),
        ("* @acme", ["acme"]),
        ("/acme/\t@acme", ["acme"]),
        ("/acme/ support@acme-cloud.io @acme", ["acme"]),
        ("/acme/ acme", ["acme"]),
        ("/acme/ @acme support@acme-cloud.io", []),
        ("  /acme/    @acme", []),
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
def test_the_last_entry_of_the_folder_alone_decides(
    repository: Path, text: str, found: list[str]
) -> None:
    integrate(repository / "acme")
    own(repository, text)
    assert without_owner(repository) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tiles/acme/ @acme", []),
        ("acme @acme", []),
        ("/tiles/** @acme", []),
        ("/tiles/ac*/ support@acme-cloud.io", []),
        ("* @acme", []),
        ("* @acme\n/tiles/acme/", ["acme"]),
        ("/other/ @acme", ["acme"]),
    ],
)
def test_in_another_repository_any_line_gives_an_owner(
    repository: Path, text: str, found: list[str]
) -> None:
    integrate(repository / "tiles" / "acme")
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/other/ @acme\n", "has no line for"),
        ("* @acme\n/tiles/acme/\n", "names nobody in line 2 for"),
    ],
)
def test_what_is_told_of_a_missing_owner(repository: Path, text: str, words: str) -> None:
    integrate(repository / "tiles" / "acme")
    own(repository, text)
    [finding] = judged(repository, [RULES["missing-codeowner"]]).findings
    assert finding.location.path.name == "manifest.json"
    assert finding.message == (
        f"`.github/CODEOWNERS` {words} this integration; expected a line such as "
        "`/tiles/acme/ @your-github-name`"
    )


def test_owners_are_asked_for_behind_an_integration_whose_owners_nobody_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    integrate(tmp_path / "first" / "acme")
    integrate(tmp_path / "last" / "acme")
    own(tmp_path / "last", "/other/ @acme")
    found = discover([tmp_path / "first" / "acme", tmp_path / "last" / "acme"]).integrations
    report = engine.run(found, [RULES["missing-codeowner"]])
    assert [str(each.location.integration) for each in report.findings] == ["last/acme"]


def test_without_a_manifest_nobody_asks_for_an_owner(repository: Path) -> None:
    folder = repository / "acme"
    (folder / "assets").mkdir(parents=True)
    (folder / "README.md").write_text("# Acme\n")
    (folder / "metadata.csv").write_text("")
    own(repository, "* @acme\n/acme/\n")
    assert judged(folder, [RULES["missing-codeowner"]]).findings == ()


def shared(repository: Path, rule: str, *manifests: Any) -> list[Finding]:
    """Judge integrations `tile_0`, `tile_1`, … with these manifests."""
    for number, manifest in enumerate(manifests):
        integrate(repository / f"tile_{number}", json.dumps(manifest))
    report = judged(repository, [RULES[rule]])
    assert report.internal_errors == ()
    return list(report.findings)


def places(found: list[Finding]) -> list[tuple[str, tuple[str | int, ...] | None]]:
    return [(each.location.integration.name, each.location.pointer) for each in found]


@pytest.mark.parametrize("nothing", ["", "  ", 0, None, True, 7.5, ["acme"], {"a": 1}])
def test_what_is_no_identifier_is_shared_by_nobody(repository: Path, nothing: Any) -> None:
    same = {"app_id": nothing}
    found = shared(repository, "duplicate-identity", same, same, {"app_id": "a"}, {"app_id": "a"})
    assert places(found) == [("tile_2", ("app_id",)), ("tile_3", ("app_id",))]


def test_neither_case_nor_blanks_tell_identifiers_apart(repository: Path) -> None:
    manifests = [{"app_id": value} for value in ("acme", "nimbus", " Acme ", "acme-jobs", "1", 1)]
    found = shared(repository, "duplicate-identity", *manifests)
    assert places(found) == [("tile_0", ("app_id",)), ("tile_2", ("app_id",))]
    first, second = found
    assert first.message == (
        "`app_id` is that of `tile_2`, too; expected one that no other integration has"
    )
    for finding, other in ((first, "tile_2"), (second, "tile_0")):
        [related] = finding.related
        assert related.message == f"the same value in `{other}`"
        assert (related.location.integration.name, related.location.pointer) == (other, ("app_id",))


def test_each_field_is_compared_with_itself_only(repository: Path) -> None:
    def manifest(app: str, uuid: str) -> dict[str, str]:
        return {"app_id": app, "app_uuid": uuid}

    found = shared(
        repository, "duplicate-identity", manifest("a", "b"), manifest("b", "c"), manifest("d", "c")
    )
    assert places(found) == [("tile_1", ("app_uuid",)), ("tile_2", ("app_uuid",))]


def test_short_names_of_one_kind_are_compared_across_integrations(repository: Path) -> None:
    def manifest(**kinds: Any) -> dict[str, Any]:
        return {"assets": kinds}

    found = shared(
        repository,
        "duplicate-short-name",
        manifest(dashboards=["overview"], monitors="overview", saved_views=7),
        manifest(dashboards={"overview": "a.json", " overview": "b.json", "jobs": "c.json"}),
        manifest(dashboards={"queues": "a.json"}, monitors={"overview": "a.json", "jobs": "b"}),
        {"assets": ["overview"]},
        manifest(dashboards={"Jobs": "a.json", "queues": "b.json"}),
    )
    assert places(found) == [
        ("tile_2", ("assets", "dashboards", "queues")),
        ("tile_4", ("assets", "dashboards", "queues")),
    ]
    assert found[0].message == (
        "the short name `queues` in `assets.dashboards` is that of an asset of `tile_4`, too; "
        "expected one that no other integration has"
    )
    [related] = found[0].related
    assert related.message == "the same short name in `tile_4`"
    for place in (found[0].location, related.location):
        assert place.region is not None
        marked = place.region.end_column - place.region.start_column
        assert marked == len('"queues"'), "the key is the place, not the path behind it"


def test_who_has_a_name_twice_relates_to_the_others_only(repository: Path) -> None:
    twice = {"assets": {"monitors": {"jobs": "a.json", "jobs ": "b.json"}}}
    once = {"assets": {"monitors": {"jobs": "a.json"}}}
    found = shared(repository, "duplicate-short-name", twice, once)
    assert [name for name, _ in places(found)] == ["tile_0", "tile_0", "tile_1"]
    others = [[related.location.integration.name for related in each.related] for each in found]
    assert others == [["tile_1"], ["tile_1"], ["tile_0"]]


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
    related = [[each.location.integration.name for each in one.related] for one in report.findings]
    assert related[0] == names[1:11]
    assert related[5] == [*names[:5], *names[6:11]]
    assert related[-1] == names[:10]
    for finding, name in zip(report.findings, names, strict=True):
        assert len(finding.related) == 10
        assert f"`{name}`" not in finding.message
        assert "`copy_08`" in finding.message or name == "copy_08"
        assert "and 29 more, too" in finding.message
