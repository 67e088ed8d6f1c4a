"""Rules and policies are read as they are written, kept or not."""

from __future__ import annotations

import dataclasses
import json
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

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


REFERENCE = {
    "requirement": "documented",
    "title": "A page",
    "url": "https://docs.datadoghq.com/",
    "checked": "2026-11-23",
}
SEEN = {"checked": "2026-11-23", "correct": 0, "wrong": 0, "arguable": 0}


def write_rule(folder: Path, **fields: object) -> None:
    rule = {
        "id": "bad-thing",
        "title": "A thing is bad",
        "level": "error",
        "enforced_by": "platform",
        "check": "readme.missing",
        "rationale": "Somebody suffers.",
        "remediation": "Mend it.",
        "references": [REFERENCE],
        "seen": SEEN,
        **fields,
    }
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "bad-thing.yaml").write_text(json.dumps(rule))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": "other"}, "`id` is `other`; expected the file's name, `bad-thing`"),
        ({"level": "fatal"}, "`level` is `fatal`; expected `error`, `warning` or `note`"),
        ({"level": "warn"}, "did you mean `warning`?"),
        ({"titel": "x"}, "`titel` is unknown; did you mean `title`?"),
        ({"applies_too": "all"}, "`applies_too` is unknown; did you mean `applies_to`?"),
        ({"zzz": 1}, "`zzz` is unknown; expected `id`, `title`"),
        ({"applies_to": "some"}, "`applies_to` is `some`; expected `all`, `oauth`"),
        ({"subject": "file"}, "`subject` is `file`; expected `integration`, `repository`"),
        ({"enforced_by": "reviewers"}, "did you mean `reviewer`?"),
        ({"enforced_by": "reviewer"}, "`level` is `error`, which `reviewer` enforces; expected"),
        ({"enforced_by": "nobody"}, "`level` is `error`, which `nobody` enforces; expected"),
        ({"enforced_by": "extras-ci", "level": "note"}, "`level` is `note`; expected `error`"),
        ({"endangers": "robots"}, "`endangers` is `robots`; expected `customer` or `partner`"),
        ({"stage": "beta"}, "`stage` is `beta`; expected `preview`"),
        ({"settable": ["most"]}, "`settable` names `most`, which is no parameter"),
        ({"settable": "fields"}, "`settable` is `fields`; expected a list"),
        ({"check": "nowhere.at_all"}, "`check` is `nowhere.at_all`; expected module.function"),
        ({"check": "readme.nothing"}, "`check` is `readme.nothing`, which is no function"),
        ({"check": "readme.missin"}, "did you mean `missing`?"),
        ({"check": "readme.Finding"}, "which is no function"),
        ({"check": "readme.Iterator"}, "which is no function"),
        ({"check": 3}, "`check` is `3`; expected a text"),
        ({"parameters": {"colour": 1}}, "'colour' is unknown"),
        ({"parameters": ["x"]}, "expected a mapping"),
        (
            {"check": "manifest.missing_field", "parameters": {"only": 3}},
            "`parameters.only` is `3`; expected a list",
        ),
        (
            {"check": "dashboards.unknown_metrics", "parameters": {"most": "3"}},
            "`parameters.most` is `3`; expected a whole number",
        ),
        ({"references": "foo"}, "`references` is `foo`; expected a list"),
        ({"references": []}, "`references` is empty"),
        ({"references": [{**REFERENCE, "urll": "x"}]}, "`references[0].urll` is unknown"),
        ({"references": [{**REFERENCE, "requirement": "documentd"}]}, "did you mean `documented`?"),
        ({"references": [{**REFERENCE, "checked": "yesterday"}]}, "expected a day"),
        ({"references": [{"requirement": "documented"}]}, "`references[0].title` is missing"),
        ({"seen": {**SEEN, "corect": 1}}, "`seen.corect` is unknown; did you mean `correct`?"),
        ({"seen": {**SEEN, "correct": "1"}}, "`seen.correct` is `1`; expected a whole number"),
        ({"seen": {**SEEN, "checked": "soon"}}, "`seen.checked` is `soon`; expected a day"),
        ({"since": "soon"}, "`since` is `soon`; expected a version"),
        ({"default": "no"}, "`default` is `no`; expected `true` or `false`"),
        ({"security_severity": "high"}, "`security_severity` is `high`; expected"),
        ({"title": " "}, "`title` is blank"),
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


POLICIES = {policies.name_of(type_): type_ for type_ in policies.types()}


def written(name: str) -> Any:
    return load((ROOT / "rules" / "policies" / f"{name}.yaml").read_text(encoding="utf-8"))


def held(name: str, value: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load a policy from a value in place of its file."""
    file = folder / "rules" / "policies" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda name: folder / name)
    policies._loaded.cache_clear()  # noqa: SLF001 (what is loaded once)
    try:
        policies.load(POLICIES[name])
    finally:
        policies._loaded.cache_clear()  # noqa: SLF001 (what is loaded once)


def test_every_policy_has_a_type_and_every_type_its_file() -> None:
    files = {file.stem for file in (ROOT / "rules" / "policies").glob("*.yaml")}
    assert POLICIES.keys() == files
    for type_ in POLICIES.values():
        policies.load(type_)


Steps = tuple[str | int, ...]


def fields(type_: Any, value: Any, at: Steps = ()) -> Iterator[tuple[Steps, bool]]:
    """Yield where each key stands that a type names, and whether it must be there."""
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if dataclasses.is_dataclass(type_) and isinstance(value, dict):
        hints = typing.get_type_hints(type_)
        for field in dataclasses.fields(type_):
            if field.name in value:
                yield (*at, field.name), field.default is dataclasses.MISSING
                yield from fields(hints[field.name], value[field.name], (*at, field.name))
    elif origin is tuple and isinstance(value, list):
        for number, item in enumerate(value[:2]):
            yield from fields(arguments[0], item, (*at, number))
    elif origin is Mapping and isinstance(value, dict):
        for key, member in list(value.items())[:2]:
            yield from fields(arguments[1], member, (*at, key))
    else:
        for option in arguments:
            yield from fields(option, value, at)


def reached(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value


def places() -> list[tuple[str, Steps, bool]]:
    return [
        (name, steps, required)
        for name, type_ in POLICIES.items()
        for steps, required in fields(type_, written(name))
    ]


PLACES = places()


@pytest.mark.parametrize(("name", "steps", "required"), PLACES, ids=str)
def test_a_key_that_is_misspelt_or_missing_is_refused_when_a_policy_is_loaded(
    name: str, steps: Steps, required: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *above, key = steps
    value = written(name)
    reached(value, tuple(above))[f"{key}s_"] = reached(value, steps)
    with pytest.raises(
        DefinitionError, match=rf"{name}\.yaml: `.*{key}s_` is unknown; (expected|did you mean)"
    ):
        held(name, value, tmp_path, monkeypatch)
    value = written(name)
    del reached(value, tuple(above))[key]
    if required:
        with pytest.raises(DefinitionError, match=rf"{name}\.yaml: `.*{key}` is missing"):
            held(name, value, tmp_path, monkeypatch)
    else:
        held(name, value, tmp_path, monkeypatch)


@pytest.mark.parametrize(("name", "steps"), [place[:2] for place in PLACES], ids=str)
def test_a_value_of_another_type_is_refused_with_its_place(
    name: str, steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *above, key = steps
    value = written(name)
    reached(value, tuple(above))[key] = 1.5
    with pytest.raises(DefinitionError, match=rf"{name}\.yaml: `.*{key}` is `1.5`; expected "):
        held(name, value, tmp_path, monkeypatch)
    if isinstance(reached(written(name), steps), list):
        reached(value, tuple(above))[key] = ["a", {"b": 1.5}]
        with pytest.raises(DefinitionError, match=rf"{name}\.yaml: `.*{key}\[\d\]"):
            held(name, value, tmp_path, monkeypatch)


@pytest.mark.parametrize("value", [[], "a", None, {}])
def test_a_policy_without_its_keys_is_refused(
    value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DefinitionError, match=r"junk\.yaml: (the file is|`checked` is missing)"):
        held("junk", value, tmp_path, monkeypatch)


def test_a_word_that_yaml_takes_for_another_type_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In YAML 1.1 `on` is true: two policies had it in a list of words, where it meant nothing."""
    value = {**written("junk"), "names": ["a", True]}
    with pytest.raises(DefinitionError, match=r"`names\[1\]` is `true`; expected a text"):
        held("junk", value, tmp_path, monkeypatch)
