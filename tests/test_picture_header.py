"""A picture's size is read from its first bytes, and whatever else it is has a name."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.documents.image import PREFIX, Picture, parse_header, read_picture
from validator.sources.trees import Directory

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\xa0\0\0\x03\x2a\x08\x02\0\0\0\0\0\0\0"
FRAME = b"\xff\xc2\0\x11\x08\x03\x2a\x05\xa0\x03"


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + FRAME


def segment(marker: int, length: int) -> bytes:
    return bytes((0xFF, marker)) + length.to_bytes(2, "big") + bytes(length - 2)


@pytest.mark.parametrize(
    ("data", "picture"),
    [
        (PNG, Picture("PNG", (1440, 810))),
        (jpeg(), Picture("JPEG", (1440, 810))),
        (jpeg(segment(0xE0, 16), segment(0xC4, 40), b"\xff"), Picture("JPEG", (1440, 810))),
        (jpeg(segment(0xE1, 60_000), segment(0xFE, 2)), Picture("JPEG", (1440, 810))),
        (b"GIF89a", Picture("GIF")),
        (b"RIFF\0\0\0\0WEBPVP8 ", Picture("WebP")),
        (b"\0\0\0\x18ftypisom", Picture("MP4")),
        (b"\0\0\0\x18ftypavif", Picture("AVIF")),
        (b"\n<?xml version='1.0'?><svg xmlns=''/>", Picture("SVG")),
        (b"<!DOCTYPE HTML>", Picture("HTML")),
        (b"version https://git-lfs.github.com/spec/v1", Picture("a Git LFS pointer")),
        (b"", Picture(None)),
        (b"Hello", Picture(None)),
    ],
)
def test_format_and_size(data: bytes, picture: Picture) -> None:
    assert parse_header(data) == picture


@pytest.mark.parametrize("data", [PNG, jpeg(segment(0xE0, 16))])
def test_a_header_that_is_broken_off_has_no_size(data: bytes) -> None:
    for end in range(8, len(data) - 2):
        assert parse_header(data[:end]).size is None


def test_a_size_of_nothing_is_none() -> None:
    assert parse_header(PNG.replace(b"\x05\xa0", b"\0\0")) == Picture("PNG")


def test_a_size_behind_a_long_profile_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(*[segment(0xE2, 60_000)] * 3) + bytes(PREFIX))
    picture = read_picture(Directory(tmp_path), PurePosixPath("a.jpg"))
    assert picture == Picture("JPEG", (1440, 810))


@given(st.sampled_from([b"", PNG[:8], PNG[:16], b"\xff\xd8", b"\xff\xd8\xff\xe0"]), st.binary())
def test_no_bytes_break_the_reader(start: bytes, rest: bytes) -> None:
    parse_header(start + rest)
