"""Whatever path is named, the integrations it belongs to are found, each once."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import COMPLETE, tilelint, write

from validator.discovery import Discovery, discover
from validator.model import DefinitionError


@pytest.fixture(autouse=True)
def in_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def names(*paths: str) -> list[str]:
    return [str(integration.path) for integration in found(*paths).integrations]


def found(*paths: str) -> Discovery:
    return discover([Path(path) for path in paths])


def test_an_integration_a_folder_of_some_and_a_file_inside_one() -> None:
    write("acme/manifest.json")
    write("acme/assets/dashboards/one.json")
    write("birch/manifest.json")
    assert names("acme") == ["acme"]
    assert names(".") == ["acme", "birch"]
    assert names("acme/assets/dashboards/one.json") == ["acme"]
    assert names("acme/assets") == ["acme"]
    assert names("acme", "acme/manifest.json", ".") == ["acme", "birch"]


def test_the_current_folder_inside_an_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    write("acme/manifest.json")
    write("acme/assets/a.json")
    monkeypatch.chdir("acme/assets")
    [integration] = found(".").integrations
    assert (str(integration.path), integration.name) == ("..", "acme")


def test_what_makes_a_folder_an_integration() -> None:
    write("declared/.tilelint.yaml", "kind: oauth\n")
    write("readme_and_assets/README.md", "# A")
    write("readme_and_assets/assets/a.json")
    write("readme_and_check/README.md", "# A")
    write("readme_and_check/datadog_checks/a/check.py", "")
    write("readme_alone/README.md", "# A")
    write("assets_alone/assets/a.json")
    write("settings_alone/.tilelint.yaml", "{}")
    assert names(".") == ["declared", "readme_and_assets", "readme_and_check"]


def test_a_readme_beside_assets_above_integrations_is_the_repository() -> None:
    write("README.md", "# Integrations")
    write("assets/logo.svg", "<svg/>")
    write("acme/manifest.json")
    assert names(".") == ["acme"]
    assert names("acme/manifest.json") == ["acme"]
    assert found("README.md").integrations == []


def test_a_manifest_inside_an_integration_is_no_integration() -> None:
    write("acme/manifest.json")
    write("acme/tests/data/manifest.json")
    assert names(".") == ["acme"]
    assert names("acme/tests/data/manifest.json") == ["acme"]


def test_hidden_and_installed_folders_are_passed_over() -> None:
    write(".cache/acme/manifest.json")
    write("web/node_modules/thing/manifest.json")
    assert found(".").empty == [Path()]


def test_paths_without_an_integration_are_told_apart() -> None:
    write("docs/page.md")
    discovery = found("docs", "docs/page.md", "gone")
    assert discovery.empty == [Path("docs")]
    assert discovery.outside == [Path("docs/page.md")]
    assert discovery.missing == [Path("gone")]


def test_a_folder_that_links_to_itself_is_walked_once() -> None:
    write("acme/manifest.json")
    Path("again").symlink_to(Path.cwd(), target_is_directory=True)
    assert names(".") == ["acme"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind: tile\n", ".tilelint.yaml:1:7"),
        ("kind: oauth\nlevels: 1\n", ".tilelint.yaml:2:9"),
        ("kind: [\n", ".tilelint.yaml:2:1"),
        ("- kind\n", ".tilelint.yaml:1:1"),
    ],
)
def test_a_broken_configuration_is_refused_with_its_place(text: str, place: str) -> None:
    write("acme/manifest.json")
    write("acme/.tilelint.yaml", text)
    with pytest.raises(DefinitionError, match="acme/" + place.replace(".", r"\.")):
        found("acme")


SIGNS = {
    "assets/oauth_clients.json": "{}",
    "assets/service_checks.json": "[]",
    "assets/dataflows.yaml": "provides: []\n",
    "assets/dashboards/one.json": "{}",
    "assets/monitors/one.json": "{}",
    "assets/saved_views/one.json": "{}",
    "assets/logs/acme.yaml": "id: acme\n",
    "datadog_checks/acme/check.py": "",
    "metadata.csv": "metric_name,metric_type\n",
}


@pytest.mark.parametrize(("path", "text"), SIGNS.items())
def test_an_asset_that_only_a_tile_has_makes_an_integration(path: str, text: str) -> None:
    write(f"acme/{path}", text)
    write("docs/README.md", "# Documentation")
    assert names("acme") == ["acme"]
    assert names(".") == ["acme"]
    assert names(f"acme/{path}") == ["acme"]


def test_what_may_lie_anywhere_makes_none() -> None:
    write("data/metadata.csv", "title,year\n")
    write("site/assets/logo.png", "")
    write("site/assets/css/site.css", "")
    write("site/README.md.txt", "")
    write(".github/assets/oauth_clients.json")
    write("node_modules/x/assets/oauth_clients.json")
    assert names(".") == []
    assert names("data", "site") == []


def test_a_lone_asset_inside_an_integration_or_among_tests_is_none() -> None:
    write("acme/README.md", "# Acme")
    write("acme/assets/dashboards/one.json")
    write("acme/tests/fixtures/metadata.csv", "metric_name\n")
    write("acme/example/assets/oauth_clients.json")
    write("tool/tests/data/metadata.csv", "metric_name\n")
    assert names(".") == ["acme"]
    assert names("acme/tests/fixtures") == ["acme"]
    assert names("tool/tests/data") == ["tool/tests/data"]  # it is named


def test_a_folder_above_integrations_is_none_whatever_it_holds() -> None:
    write("acme/manifest.json")
    write("birch/assets/oauth_clients.json")
    write("assets/dashboards/one.json")
    write("metadata.csv", "metric_name\n")
    assert names(".") == ["acme", "birch"]


def test_a_tile_that_lost_manifest_and_readme_is_one_with_all_it_holds() -> None:
    write("acme/assets/oauth_clients.json")
    write("acme/assets/dashboards/one.json")
    write("acme/sub/metadata.csv", "metric_name\n")
    assert names(".") == ["acme"]
    assert names("acme/sub") == ["acme"]


@pytest.mark.parametrize(
    "name", ["Manifest.json", "MANIFEST.JSON", "manifest.jsonc", "manifest.yaml", "manifest"]
)
def test_a_misnamed_manifest_is_an_error_however_it_is_reached(name: str) -> None:
    write(f"acme/{name}")
    write("acme/README.md", "# Acme")
    write("acme/assets/oauth_clients.json")
    for path in ("acme", "."):
        result = tilelint("check", path, "--select", "misnamed-manifest")
        assert result.exit_code == 1
        assert f"`{name}` is not read as the manifest" in " ".join(result.stdout.split())


def _folder(path: Path) -> None:
    path.mkdir()


def _dead_link(path: Path) -> None:
    path.symlink_to("gone")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _into_git(path: Path) -> None:
    top = path
    while not (top / ".git").is_dir():
        top = top.parent
    (top / ".git" / "config").write_text("token: precious")
    path.symlink_to(top / ".git" / "config")


def _out(path: Path) -> None:
    path.symlink_to("/etc/hostname")


OBSTACLES = {
    "is a folder": _folder,
    "is a symbolic link that leads to nothing": _dead_link,
    "is a symbolic link that leads to nothing ": _loop,
    "is a symbolic link that leads out of the integration": _into_git,
    "is a symbolic link that leads out of the integration ": _out,
    "is a pipe": os.mkfifo,
}
DOCUMENTS = [
    "manifest.json",
    "README.md",
    "assets/oauth_clients.json",
    "metadata.csv",
    "CHANGELOG.md",
    "assets/dataflows.yaml",
]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(("words", "put"), OBSTACLES.items())
def test_what_is_no_file_is_told_and_never_opened(
    words: str, put: Callable[[Path], None], document: str
) -> None:
    shutil.copytree(COMPLETE, "nimbus_deploy")
    file = Path("nimbus_deploy", document).absolute()
    file.unlink(missing_ok=True)
    put(file)
    for path in ("nimbus_deploy", "."):
        result = tilelint("check", path, "--format", "json")
        assert result.exit_code == 1, result.output
        found = json.loads(result.stdout)["findings"]
        grave = [each for each in found if each["level"] != "note"]
        assert [each["rule"] for each in grave] == ["unreadable-document"]
        assert grave[0]["message"] == f"`{document}` {words.strip()}; expected a file"
        assert "precious" not in result.output


def test_what_git_keeps_is_no_part_of_an_integration_at_the_top() -> None:
    """A checkout in CI keeps its token in `.git/config`."""
    write("manifest.json", json.dumps({"assets": {"dashboards": {"x": ".git/config"}}}))
    write(".git/config", "token: precious")
    Path("README.md").symlink_to(".git/config")
    Path("assets").symlink_to(".git", target_is_directory=True)
    for format_ in ("text", "json", "sarif"):
        result = tilelint("check", "--format", format_)
        assert result.exit_code == 1
        assert "precious" not in result.output
    assert "leads into git's own folder" in result.output


def test_a_folder_that_cannot_be_listed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    write("acme/manifest.json")
    write("acme/images/a.png", "")
    write("closed/birch/manifest.json")
    scandir = os.scandir

    def scandir_open_ones(path: Path) -> Any:
        if Path(path).name in ("images", "closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scandir_open_ones)
    result = tilelint("check")
    assert result.exit_code == 2
    assert "tilelint: closed: can't be listed: Permission denied" in result.stderr
    result = tilelint("check", "acme", "--select", "unreadable-document")
    assert result.exit_code == 1
    assert "the folder `images` can't be listed: Permission denied" in " ".join(
        result.stdout.split()
    )


def test_a_folder_may_be_named_by_a_link() -> None:
    write("acme/manifest.json")
    Path("link").symlink_to("acme", target_is_directory=True)
    assert names("link") == ["link"]
    assert names(".") == ["acme"]


def test_what_is_a_link_in_a_files_place_is_the_integrations_own() -> None:
    """A hook names the files that changed, a link among them."""
    write("acme/manifest.json")
    Path("acme/README.md").symlink_to("../.git/config")
    Path("acme/gone.md").symlink_to("nowhere")
    assert names("acme/README.md") == names("acme/gone.md") == ["acme"]


def test_many_folders_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        write(f"a/b{number}/c/d.txt", "")
    listed: Counter[str] = Counter()
    scandir = os.scandir

    def counting(path: Path) -> Any:
        listed[str(path)] += 1
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counting)
    assert names(".") == []
    assert max(listed.values()) == 1


@pytest.mark.parametrize("name", ["Manifest.json", "manifest.jsonc", "folder", "link"])
def test_what_was_meant_as_the_manifest_makes_an_integration_of_a_readme(name: str) -> None:
    write("acme/README.md", "# Acme")
    if name == "folder":
        Path("acme/manifest.json").mkdir()
    elif name == "link":
        Path("acme/manifest.json").symlink_to("gone.json")
    else:
        write(f"acme/{name}")
    for path in ("acme", "."):
        assert tilelint("check", path).exit_code == 1
