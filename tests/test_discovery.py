"""Whatever path is named, the integrations it belongs to are found, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.discovery import Discovery, discover
from validator.model import DefinitionError


@pytest.fixture(autouse=True)
def in_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(path: str, text: str = "{}") -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


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
