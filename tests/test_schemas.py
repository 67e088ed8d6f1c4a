"""Schemas are sound, describe our own data, and say in our own words what breaks them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support import judged

from validator.definitions import rules, schemas
from validator.documents.json import JsonDocument
from validator.documents.yaml import YamlDocument

SCHEMAS = sorted(file.name.removesuffix(".schema.json") for file in (ROOT / "schemas").iterdir())
COMPLETE = sorted((ROOT / "fixtures").glob("complete-*/*/manifest.json"))
SHAPE = ("missing-manifest-field", "unknown-manifest-field", "invalid-manifest-value")
"""The rules that a manifest's schema feeds."""


def schema(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())
    return value


def of_json(value: Any) -> JsonDocument:
    text = value if isinstance(value, str) else json.dumps(value, indent=2)
    return JsonDocument(PurePosixPath("acme"), PurePosixPath("manifest.json"), text.encode())


def of_yaml(text: str) -> YamlDocument:
    return YamlDocument(PurePosixPath("acme"), PurePosixPath(".tilelint.yaml"), text.encode())


def messages(document: JsonDocument | YamlDocument, name: str = "manifest") -> list[str]:
    return [violation.message for violation in schemas.violations(document, name)]


# --- the schemas ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema(name)["$id"] == f"urn:tilelint:schemas:{name}"


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema for a value, conditions left out."""
    yield path, node
    for key in ("properties", "$defs"):
        for name, child in node.get(key, {}).items():
            yield from nodes(child, f"{path}/{key}/{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(node.get(key), dict):
            yield from nodes(node[key], f"{path}/{key}")


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "config"])
def test_an_editor_finds_a_title_and_a_description_everywhere(name: str) -> None:
    for path, node in nodes(schema(name)):
        if path.startswith("/$defs/marketplace/") or set(node) == {"$ref"}:
            continue
        assert node.get("title"), path
        assert node.get("description", "").endswith("."), path


def test_every_field_of_the_manifest_says_what_is_expected() -> None:
    for path, node in nodes(schema("manifest")):
        if "marketplace" not in path and not node.get("deprecated"):
            referred = schema("manifest")["$defs"].get(node.get("$ref", "").rpartition("/")[2], {})
            assert node.get("errorMessage") or referred.get("errorMessage"), path


@pytest.mark.parametrize(
    "file", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda file: file.stem
)
def test_a_rule_obeys_its_schema(file: Path) -> None:
    assert messages(of_yaml(file.read_text(encoding="utf-8")), "rule") == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "rules" / "policies").glob("*.yaml")), ids=lambda file: file.stem
)
def test_a_policy_obeys_its_schema(file: Path) -> None:
    assert messages(of_yaml(file.read_text(encoding="utf-8")), "policy") == []


@pytest.mark.parametrize("file", COMPLETE, ids=lambda file: file.parent.name)
def test_a_complete_manifest_breaks_nothing(file: Path) -> None:
    assert messages(of_json(file.read_text(encoding="utf-8"))) == []


def test_published_manifests_lack_one_field_at_most(corpus: Path) -> None:
    found = {
        (file.parent.name, message)
        for file in corpus.glob("*/manifest.json")
        for message in messages(of_json(file.read_text(encoding="utf-8")))
    }
    missing = "`author.sales_email` is missing; expected an e-mail address such as "
    assert found <= {
        (name, missing + "sales@acme-cloud.io") for name in ("fauna", "embrace_mobile")
    }


def test_published_oauth_clients_break_nothing(corpus: Path) -> None:
    for file in corpus.glob("*/assets/oauth_clients.json"):
        assert messages(of_json(file.read_text(encoding="utf-8")), "oauth_clients") == []


# --- what is said ---------------------------------------------------------------------------------


@pytest.fixture
def manifest() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(COMPLETE[1].read_text())
    return value


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("tile", "x", ["`tile` is `x`, a string; expected an object with the texts of the tile"]),
        ("tile.media", None, ["`tile.media` is null; expected a list of pictures, or `[]`"]),
        (
            "assets.integration.source_type_id",
            True,
            ["`assets.integration.source_type_id` is `true`; expected a whole number: the number"],
        ),
        (
            "app_uuid",
            "c3a6d0f4-0f0b-4b0e-8a2c-7b1f9d2e6a55\n",
            [r"`app_uuid` is `c3a6d0f4-0f0b-4b0e-8a2c-7b1f9d2e6a55\n`; expected a UUID such as 4"],
        ),
        (
            "tile.title",
            "\u202f",
            ["`tile.title` is blank; expected the name of the offering"],
        ),
        (
            "assets.dashboards",
            {"": "a.json", "Acme Overview": 5},
            [
                "a key of `assets.dashboards` is empty; expected a short name such as `Acme Overview`",
                '`assets.dashboards["Acme Overview"]` is `5`, a number; expected a string: the path',
            ],
        ),
        (
            "suport_email",
            "a@b.io",
            ["`suport_email` is unknown; did you mean `author.support_email`?"],
        ),
        ("support_email", "a@b.io", ["`support_email` is unknown; it belongs in `author`"]),
        (
            "author.support",
            "a@b.io",
            ["`author.support` is unknown; did you mean `support_email`?"],
        ),
        ("tile.vimeo_id", 1, ["`tile.vimeo_id` is unknown; it belongs in `tile.media[]`"]),
        ("tile.titel", "Acme", ["`tile.titel` is unknown; did you mean `title`?"]),
        (
            "pricing",
            [],
            ["`pricing` is empty; expected at least one item: an object with `billing_type`"],
        ),
        (
            "legal_terms",
            {},
            ["`legal_terms.eula` is missing; expected the path of a PDF such as assets/eula.pdf"],
        ),
    ],
)
def test_a_violation_names_what_was_found_and_what_was_expected(
    manifest: dict[str, Any], path: str, value: Any, expected: list[str]
) -> None:
    *parents, name = path.split(".")
    parent = manifest
    for step in parents:
        parent = parent[step]
    if path == "legal_terms":
        manifest.setdefault("pricing", [{"billing_type": "free"}])
        manifest["author"]["vendor_id"] = "acme"
    if path == "pricing":
        manifest["legal_terms"] = {"eula": "assets/eula.pdf"}
        manifest["author"]["vendor_id"] = "acme"
    parent[name] = value
    found = messages(of_json(manifest))
    assert all(message.startswith(start) for message, start in zip(found, expected, strict=True))


def test_violations_come_in_the_order_of_the_document() -> None:
    document = of_json('{"tile": {"zebra": 1, "apple": 2}, "assets": [], "app_id": "A"}')
    found = list(schemas.violations(document, "manifest"))
    places = [violation.location.sort_key for violation in found]
    assert places == sorted(places)
    assert found[0].kind == "missing"
    assert [v.pointer for v in found if v.kind == "unknown"] == [
        ("tile", "zebra"),
        ("tile", "apple"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: oauth", []),
        ("kind: oauht", ["`kind` is `oauht`; expected `oauth`, `api`, `agent` or `marketplace`"]),
        ("kinds: api", ["`kinds` is unknown; did you mean `kind`?"]),
        ("- kind: api", ["the document is a list; expected a mapping"]),
        ("# nothing", ["the document is null; expected a mapping"]),
        ("? 1\n: api", ['`["1"]` is unknown; expected one of ']),
        ("yes: api", ["`true` is unknown; expected one of "]),
        ("kind: 2026-11-23", ["`kind` is `2026-11-23`; expected "]),
    ],
)
def test_yaml_is_judged_whatever_it_holds(text: str, expected: list[str]) -> None:
    found = messages(of_yaml(text), "config")
    assert len(found) == len(expected)
    assert all(message.startswith(start) for message, start in zip(found, expected, strict=True))


# --- hostile documents ----------------------------------------------------------------------------

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["\ud83d", "2.0.0", "assets/oauth_clients.json", "../x", "/", "README.md#"]),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=5,
)


def pointers(value: Any, pointer: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: Any = value.items() if isinstance(value, dict) else ()
    for step, child in enumerate(value) if isinstance(value, list) else items:
        yield (*pointer, step)
        yield from pointers(child, (*pointer, step))


COMPLETE_VALUE = json.loads(COMPLETE[1].read_text())


@settings(deadline=None)
@given(st.sampled_from(list(pointers(COMPLETE_VALUE))), anything)
def test_any_value_anywhere_is_judged_with_a_place(pointer: tuple[Any, ...], value: Any) -> None:
    manifest = json.loads(json.dumps(COMPLETE_VALUE))
    parent = manifest
    for step in pointer[:-1]:
        parent = parent[step]
    parent[pointer[-1]] = value
    document = of_json(manifest)
    for violation in schemas.violations(document, "manifest"):
        assert violation.location.region is not None
        assert violation.message.isprintable()


JUDGING = [
    rule
    for rule in rules.load()
    if rule.check.split(".")[0] in ("documents", "manifest", "oauth_client")
]


@settings(deadline=None)
@given(
    manifest=anything,
    client=anything,
    place=st.sampled_from([("tile",), ("assets",), ("assets", "oauth"), ("author",), ()]),
)
def test_no_check_fails_on_any_manifest_or_client(
    tmp_path_factory: pytest.TempPathFactory, manifest: Any, client: Any, place: tuple[str, ...]
) -> None:
    root = tmp_path_factory.mktemp("acme")
    (root / "assets").mkdir()
    value: Any = manifest
    for step in reversed(place):
        value = {step: value}
    (root / "manifest.json").write_text(json.dumps(value))
    (root / "assets" / "oauth_clients.json").write_text(json.dumps({"integration": client}))
    report = judged(root, JUDGING)
    assert report.internal_errors == ()


@pytest.mark.parametrize("character", [".", "a", "@", "-", " ", "/", "\u202f"])
def test_every_pattern_reads_a_hostile_string_to_its_end(character: str) -> None:
    """A pattern that tries again and again would not come back from a string of this length."""
    text = "a@b" + character * 200_000 + "\n"
    for name in SCHEMAS:
        for _, node in nodes(schema(name)):
            if "pattern" in node:
                judged = Draft202012Validator({"pattern": node["pattern"]}).is_valid(text)
                assert judged == (node["pattern"] == r"\S"), node["pattern"]


def test_a_wrong_parent_is_one_finding(tmp_path: Path) -> None:
    manifest = json.loads(COMPLETE[1].read_text())
    manifest.update(tile="README.md", author=[], assets="assets")
    (tmp_path / "manifest.json").write_text(json.dumps(manifest, indent=1))
    judging = [rule for rule in JUDGING if rule.id in SHAPE]
    report = judged(tmp_path, judging)
    assert [finding.location.pointer for finding in report.findings] == [
        ("tile",),
        ("assets",),
        ("author",),
    ]


@pytest.mark.parametrize(("name", "definition"), schemas.ACCEPTORS)
def test_what_was_compiled_is_of_the_schema_as_it_is(name: str, definition: str | None) -> None:
    module = import_module(
        f"validator.definitions.acceptors.{schemas.acceptor_name(name, definition)}"
    )
    assert schemas.digest(name) == module.SCHEMA, "run `python -m scripts.build_acceptors`"


@pytest.mark.parametrize(
    ("name", "definition"),
    [("manifest", None), ("manifest", "marketplace"), ("oauth_clients", None)],
)
def test_the_quick_answer_is_that_of_the_validator_that_explains(
    name: str, definition: str | None
) -> None:
    """Both say the same of every value that one step away from a good document."""
    path = {"manifest": "manifest.json", "oauth_clients": "assets/oauth_clients.json"}[name]
    good = [
        json.loads((folder / path).read_text(encoding="utf-8"))
        for folder in ROOT.glob("fixtures/complete-*/*")
        if (folder / path).is_file()
    ]
    values: list[object] = [None, True, 0, -1.5, "", "x\n", " ", "a@b.io", [], [""], {}, {"": 0}]
    explaining = schemas._validator(name, definition)  # noqa: SLF001 (the two that must agree)
    for document in good:
        for changed in _one_step_away(document, values):
            quick = schemas._accepts(name, definition, changed)  # noqa: SLF001 (both ways to the same answer)
            assert quick == explaining.is_valid(changed), changed


def _one_step_away(value: Any, others: list[object]) -> Iterator[Any]:
    """Yield copies of a JSON value, each with one part replaced, taken away, or added."""
    yield value
    yield from others
    if isinstance(value, dict):
        yield {**value, "unknown": 1}
        for key, child in value.items():
            yield {name: other for name, other in value.items() if name != key}
            for changed in _one_step_away(child, others):
                yield {**value, key: changed}
    elif isinstance(value, list):
        yield [*value, *value]
        for index, child in enumerate(value[:2]):
            for changed in _one_step_away(child, others):
                yield [*value[:index], changed, *value[index + 1 :]]
