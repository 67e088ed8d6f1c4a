"""Rules and policies are read as they are written, kept or not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from validator.definitions import policies, resources, rules
from validator.documents.yaml import load
from validator.model import DefinitionError

FILES = sorted(resources.folder("rules").rglob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_definition_is_the_same_when_it_was_kept(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "PACKAGE", tmp_path)
    value = load(file.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(value)) == value
    assert resources.read_yaml(f"test-{file.stem}", [file]) == {file.stem: value}


def test_a_kept_value_is_used_until_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "PACKAGE", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "a.yaml"
    file.write_text("a: 1")
    assert resources.read_yaml("kept", [file]) == {"a": {"a": 1}}
    [kept] = (tmp_path / "__pycache__").iterdir()
    key, _ = json.loads(kept.read_text())
    kept.write_text(json.dumps([key, {"a": "kept"}]))
    assert resources.read_yaml("kept", [file]) == {"a": "kept"}
    file.write_text("a: 22")
    assert resources.read_yaml("kept", [file]) == {"a": {"a": 22}}
    kept.write_text("[[]")
    assert resources.read_yaml("kept", [file]) == {"a": {"a": 22}}


def test_a_read_only_installation_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "no" / "such" / "folder")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "a.yaml"
    file.write_text("a: 1")
    assert resources.read_yaml("kept", [file]) == {"a": {"a": 1}}


def write_rule(folder: Path, **fields: object) -> None:
    rule = {
        "id": "bad-thing",
        "title": "A thing is bad",
        "level": "error",
        "check": "readme.missing",
        "rationale": "Somebody suffers.",
        "remediation": "Mend it.",
        "references": [],
        **fields,
    }
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "bad-thing.yaml").write_text(json.dumps(rule))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": "other"}, "expected the file's name"),
        ({"level": "fatal"}, "'fatal'"),
        ({"titel": "x"}, "`titel` is unknown"),
        ({"applies_to": "some"}, "expected one of all, oauth"),
        ({"subject": "file"}, "expected one of integration, repository"),
        ({"stage": "beta"}, "expected one of preview"),
        ({"settable": ["most"]}, "no parameter"),
        ({"check": "nowhere.at_all"}, "nowhere"),
        ({"check": "readme.nothing"}, "nothing"),
        ({"parameters": {"colour": 1}}, "'colour' is unknown"),
    ],
)
def test_a_wrong_rule_names_its_file(
    fields: dict[str, object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "folder", lambda name: tmp_path / name)
    write_rule(tmp_path, **fields)
    with pytest.raises(DefinitionError, match=r"bad-thing\.yaml") as caught:
        rules.bind(rules.load.__wrapped__()[0])
    assert words in str(caught.value)


def test_no_rule_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(resources, "folder", lambda name: tmp_path / name)
    with pytest.raises(DefinitionError, match="holds no rule"):
        rules.load.__wrapped__()


def test_a_policy_without_a_day_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules" / "policies").mkdir(parents=True)
    (tmp_path / "rules" / "policies" / "hosts.yaml").write_text("hosts: []\n")
    monkeypatch.setattr(resources, "folder", lambda name: tmp_path / name)
    with pytest.raises(DefinitionError, match=r"hosts\.yaml: expected a mapping with `checked`"):
        policies.load.__wrapped__("hosts")
