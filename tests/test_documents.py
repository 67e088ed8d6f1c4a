"""Documents as such: each is read whatever those before it are, and one that is no document is told once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import pytest
from support import Memory, Tile, judge

from validator.checks import documents
from validator.integration import Integration
from validator.model import Finding

CONFLICT = "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n"


class Broken(Memory):
    """A tree with folders that can't be listed, which is known once somebody asks, and unreadable files."""

    def __init__(self, tile: Tile, *names: str) -> None:
        super().__init__(tile.files)
        self.names = names
        self.asked: dict[PurePosixPath, str] = {}

    @property
    def unreadable(self) -> Mapping[PurePosixPath, str]:
        return self.asked

    def entries(self, folder: PurePosixPath = PurePosixPath()) -> Mapping[str, bool]:
        if str(folder) not in self.names:
            return super().entries(folder)
        self.asked[folder] = "Permission denied"
        return {}

    def size(self, path: PurePosixPath) -> int:
        if str(path) in self.names:
            raise OSError(5, "Input/output error")
        return super().size(path)


def found(own: Tile | Memory, rule: str) -> list[Finding]:
    name = "nimbus_deploy"
    tree = Memory(own.files) if isinstance(own, Tile) else own
    report = judge([Integration(tree, PurePosixPath(name), name)], rule)
    assert report.internal_errors == ()
    return list(report.findings)


def told(own: Tile | Memory, rule: str) -> list[tuple[str, str]]:
    return [(str(each.location.path), each.message) for each in found(own, rule)]


MONITOR = "assets/monitors/deployment_duration.json"


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("manifest.json", "{", "ends while the `{` of line 1 is open"),
        ("manifest.json", "[]", "holds an array; expected a JSON object"),
        ("manifest.json", CONFLICT.format("{}", "{}"), None),
        ("manifest.json", '\ufeff{"tile": {}}', "begins with a byte order mark"),
        ("README.md", "", "is empty"),
        ("README.md", "\ufeff# Nimbus\n", None),
        ("README.md", CONFLICT.format("One", "Two"), None),
        ("CHANGELOG.md", "", "is empty"),
        ("metadata.csv", '"', "is not CSV"),
        ("metadata.csv", "\ufeffmetric_name\n", None),
        ("assets/oauth_clients.json", "7", "holds a number"),
        ("assets/dataflows.yaml", "[", "is not YAML"),
        ("assets/service_checks.json", "[]", None),
        ("assets/service_checks.json", "{}", None),
        ("assets/service_checks.json", '{"a": 1}', "holds an object; expected a JSON array"),
        ("assets/service_checks.json", "null", "holds null; expected a JSON array"),
        ("assets/dashboards/nimbus_deploy_overview.json", "[]", "holds an array"),
        (MONITOR, "[]", "holds an array"),
        ("assets/saved_views/a.json", "[]", "holds an array"),
        ("assets/logs/nimbus.yaml", "[", "is not YAML"),
        ("assets/logs/nimbus.txt", "[", None),
        ("assets/other.json", "[", None),
    ],
)
def test_a_document_that_cannot_be_read(path: str, text: str, message: str | None) -> None:
    own = Tile()
    assert told(own, "unreadable-document") == []
    own.write("assets/logs/zzz.yaml", "{")
    own.write(path, text)
    each = dict(told(own, "unreadable-document"))
    assert "is not YAML" in each.pop("assets/logs/zzz.yaml")
    assert list(each) == ([path] if message else [])
    for one in each.values():
        assert message is not None
        assert one.startswith(f"`{path}` {message}")


def test_a_byte_order_mark_is_told_at_its_place() -> None:
    own = Tile()
    own.write(MONITOR, "\ufeff" + own.text(MONITOR))
    [each] = found(own, "unreadable-document")
    assert each.location.words.endswith(f"{MONITOR}:1:1")


@pytest.mark.parametrize("path", ["manifest.json", "README.md", "metadata.csv", "CHANGELOG.md"])
def test_a_folder_where_a_document_belongs(path: str) -> None:
    own = Tile()
    own.move(path, f"{path}/it.txt")
    assert told(own, "unreadable-document") == [(path, f"`{path}` is a folder; expected a file")]


def test_every_folder_that_cannot_be_listed() -> None:
    own = Tile()
    own.write("src/zzz/a.py", "")
    own.write("src/aaa/a.py", "")
    assert told(Broken(own, "src/zzz", "src/aaa", "elsewhere"), "unreadable-document") == [
        ("src/aaa", "the folder `src/aaa` can't be listed: Permission denied"),
        ("src/zzz", "the folder `src/zzz` can't be listed: Permission denied"),
    ]


@pytest.mark.parametrize(
    ("path", "text", "is_told"),
    [
        ("a.md", "A merge\n=======\n\nTwo lines.\n", False),
        ("a.md", CONFLICT, True),
        ("a.MD", CONFLICT, True),
        ("a/b.py", CONFLICT, True),
        ("a.patch", CONFLICT, False),
        ("a", CONFLICT, False),
        ("tests/a.md", CONFLICT, False),
        ("a/tests/a.md", CONFLICT, True),
    ],
)
def test_a_merge_that_nobody_finished(path: str, text: str, is_told: bool) -> None:
    own = Tile()
    own.write(path, text)
    own.write("zzz.md", f"Zzz.\n\n{CONFLICT}")
    *each, last = found(own, "conflict-marker")
    assert last.location.words.endswith("zzz.md:3:1")
    assert [str(one.location.path) for one in each] == [path] * is_told
    assert all(one.message.startswith(f"`{path.rpartition('/')[2]}` holds both") for one in each)


def test_every_merge_of_a_file_is_told() -> None:
    own = Tile()
    own.write("a.md", CONFLICT * 2)
    lines = [
        one.location.region and one.location.region.start_line
        for one in found(own, "conflict-marker")
    ]
    assert lines == [1, 6]


def test_a_file_that_cannot_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Tile()
    for name in ("a.md", "b.md", "c.md"):
        own.write(name, CONFLICT + " " * (name == "b.md"))
    assert [path for path, _ in told(Broken(own, "a.md"), "conflict-marker")] == ["b.md", "c.md"]
    monkeypatch.setattr(documents, "LARGEST", len(CONFLICT))
    assert [path for path, _ in told(own, "conflict-marker")] == ["a.md", "c.md"]


def test_a_key_that_is_given_twice() -> None:
    own = Tile()
    paths = [
        "manifest.json",
        "assets/oauth_clients.json",
        "assets/dashboards/zzz.json",
        "assets/monitors/zzz.json",
        "assets/saved_views/zzz.json",
        "assets/service_checks.json",
    ]
    for path in paths:
        own.write(path, '{"a": 1, "b": [{"c": 1, "c": 2}], "a": 2, "d": 3}')
    own.write("assets/other.json", '{"a": 1, "a": 2}')
    own.write(MONITOR, "[")
    each = found(own, "duplicate-key")
    assert [str(one.location.path) for one in each] == sorted([*paths, *paths])
    for one in each:
        name, line = ("a", 1) if "`a`" in one.message else ("b[0].c", 1)
        assert one.message.startswith(f"`{name}` is given twice; expected once")
        [related] = one.related
        assert related.message == "first given here"
        region, first = one.location.region, related.location.region
        assert region is not None
        assert first is not None
        assert first.start_line == region.start_line == line
        assert first.start_column < region.start_column


NAMES = "expected the name `manifest.json`"


@pytest.mark.parametrize(
    ("names", "missing", "misnamed"),
    [
        (["manifest.json"], None, []),
        (["manifest.json", "manifest.yaml", "Manifest.json"], None, []),
        (["manifest.json/a.txt"], None, []),
        (["manifest.json/a.txt", "manifest.yaml"], None, []),
        ([], "`manifest.json` is not here", []),
        (["manifest.json5/a.json", "manifest/a"], "`manifest.json` is not here", []),
        (["package.json", "manifest.py", "my_manifest.md"], "`manifest.json` is not here", []),
        (["old_Manifest.JSON/a"], "`manifest.json` is not here", []),
        (["old_Manifest.JSON"], f"`old_Manifest.JSON` is not read as a manifest; {NAMES}", []),
        (
            ["a.json", "b_manifest.json"],
            f"`b_manifest.json` is not read as a manifest; {NAMES}",
            [],
        ),
        (["Manifest.json"], None, ["Manifest.json"]),
        (["manifest"], None, ["manifest"]),
        (["manifest.jsonc", "manifest.yml"], None, ["manifest.jsonc", "manifest.yml"]),
        (["MANIFEST.json.txt", "old_manifest.json"], None, ["MANIFEST.json.txt"]),
    ],
)
def test_where_the_manifest_is(names: list[str], missing: str | None, misnamed: list[str]) -> None:
    own = Tile()
    text = own.text("manifest.json")
    own.remove("manifest.json")
    for name in names:
        own.write(name, text)
    each = told(own, "missing-manifest")
    assert len(each) == (missing is not None)
    for path, message in each:
        assert missing is not None
        assert path == "manifest.json"
        assert message.startswith(missing)
    assert told(own, "misnamed-manifest") == [
        (name, f"`{name}` is not read as the manifest; {NAMES}, case included") for name in misnamed
    ]
