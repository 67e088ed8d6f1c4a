"""What is known of a listing: who writes its files, and whether it is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import opened, write

from validator.facts.listing import made_by_platform


@pytest.mark.parametrize(
    ("uuid", "expected"),
    [
        ("3f1d2c7e-8a45-4b69-9d0e-6c5b4a392817", False),
        ("0195a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b", True),
        (" 0195A1B2-3C4D-7E5F-8A6B-7C8D9E0F1A2B ", True),
        ("0195a1b2-3c4d-7e5f-8a6b", False),
        ("7", False),
        ("", False),
        (7, False),
        (None, False),
    ],
)
def test_the_version_of_the_id_tells_who_writes_the_files(
    tmp_path: Path, uuid: Any, expected: bool
) -> None:
    write(tmp_path / "acme" / "manifest.json", {"app_uuid": uuid})
    assert made_by_platform(opened(tmp_path)) is expected


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_manifest_that_says_nothing_is_nobodys(tmp_path: Path, content: str) -> None:
    write(tmp_path / "acme" / "manifest.json", content)
    assert not made_by_platform(opened(tmp_path))
