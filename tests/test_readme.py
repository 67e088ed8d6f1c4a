"""The README shows what the tool really prints."""

from __future__ import annotations

import pytest
from conftest import ROOT
from support import tilelint

from validator.documents.yaml import load


def test_the_sample_is_part_of_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, after = readme.partition("<!-- sample -->\n```text\n")
    sample = after.partition("```")[0]
    output = tilelint("check", "fixtures/demo").stdout
    assert len(sample.splitlines()) > 20
    for part in sample.split("[…]\n"):
        assert part.strip("\n") in output


def test_the_configuration_of_the_documentation_is_valid(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from validator.configuration import Configuration

    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert load(example)["kind"] == "oauth"
    folder = tmp_path_factory.mktemp("acme")
    (folder / ".tilelint.yaml").write_text(example, encoding="utf-8")
    settings = Configuration().settings(folder)
    assert settings.get("fail-on") == "warning"
    assert len(settings.suppressions) == len(settings.overrides) == 1
