"""An integration is read on demand, once, and never left."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from validator.integration import Integration
from validator.model import DocumentError, Location
from validator.settings import FILE, Setting, Settings
from validator.sources.trees import Directory


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "acme" / "assets").mkdir(parents=True)
    return tmp_path / "acme"


def open_(root: Path, kind: str | None = None) -> Integration:
    place = Location(PurePosixPath("acme"), PurePosixPath(FILE))
    settings = Settings({"kind": Setting(kind, place, root)} if kind else {})
    return Integration(Directory(root), PurePosixPath("acme"), "acme", settings)


def test_names_are_compared_with_their_case(root: Path) -> None:
    (root / "README.md").write_text("# A")
    tree = Directory(root)
    assert tree.has(PurePosixPath("README.md"))
    assert not tree.has(PurePosixPath("readme.md"))
    assert tree.has_folder(PurePosixPath("assets"))
    assert not tree.has(PurePosixPath("assets"))


@pytest.mark.parametrize(
    "path", ["../secret.json", "/etc/hostname", "assets/../../secret.json", ""]
)
def test_nothing_outside_is_part_of_the_tree(root: Path, path: str) -> None:
    (root.parent / "secret.json").write_text("{}")
    assert not Directory(root).has(PurePosixPath(path))


def test_a_link_out_of_the_integration_is_not_followed(root: Path) -> None:
    (root.parent / "secret.json").write_text("{}")
    (root / "manifest.json").symlink_to(root.parent / "secret.json")
    (root / "up").symlink_to(root.parent, target_is_directory=True)
    (root / "assets" / "a.json").write_text("{}")
    (root / "inside.json").symlink_to(root / "assets" / "a.json")
    tree = Directory(root)
    assert sorted(str(path) for path in tree.files()) == ["assets/a.json", "inside.json"]
    with pytest.raises(DocumentError, match="leads out of the integration"):
        open_(root).json(PurePosixPath("manifest.json"))


def test_a_document_is_read_once(root: Path) -> None:
    file = root / "manifest.json"
    file.write_text('{"a": 1}')
    integration = open_(root)
    first = integration.manifest
    file.write_text('{"a": 2}')
    assert integration.manifest is first


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty; expected a JSON value"),
        (b" \n", "is empty; expected a JSON value"),
        (b"\xff\xfe{\x00}\x00", "is UTF-16; expected UTF-8"),
        (b'{"a": "\xe9"}', "is not UTF-8: found the byte 0xe9"),
        (b"[]", "holds an array; expected a JSON object"),
        (b"null", "holds null; expected a JSON object"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(root: Path, data: bytes, reason: str) -> None:
    (root / "manifest.json").write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        _ = open_(root).manifest
    assert caught.value.reason == reason


def test_a_huge_document_is_refused_unread(root: Path) -> None:
    with (root / "manifest.json").open("wb") as file:
        file.truncate(20_000_000)
    with pytest.raises(DocumentError, match="has 20,000,000 bytes"):
        _ = open_(root).manifest


def test_kinds(root: Path) -> None:
    def kinds(manifest: str) -> set[str]:
        (root / "manifest.json").write_text(manifest)
        return set(open_(root).kinds)

    assert kinds("{}") == {"api"}
    assert kinds('{"assets": {"oauth": "assets/oauth_clients.json"}}') == {"api", "oauth"}
    assert kinds('{"oauth": {}}') == {"api"}
    assert kinds('{"pricing": [], "author": {"vendor_id": "acme"}}') == {"api"}
    assert kinds('{"pricing": [{"billing_type": "free"}]}') == {"api", "marketplace"}
    assert kinds('{"legal_terms": {"eula": "eula.pdf"}}') == {"api", "marketplace"}
    assert kinds("no JSON") == {"api"}
    (root / "assets" / "oauth_clients.json").write_text("{}")
    assert kinds("no JSON") == {"api", "oauth"}
    (root / "datadog_checks").mkdir()
    assert kinds("{}") == {"agent", "oauth"}
    assert open_(root, "marketplace").kinds == {"agent", "oauth", "marketplace"}
