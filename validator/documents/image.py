"""What the first bytes of a picture say: its format and its size in pixels. Nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.sources.trees import Tree

PREFIX = 65_536
"""Bytes that are read first; a JPEG with a long profile in front of its size needs more."""
MOST = 4_194_304
"""Bytes that are read at most."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"\x1aE\xdf\xa3", "WebM"),
    (b"version https://git-lfs", "a Git LFS pointer"),
)
_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF", b"qt  ": "QuickTime"}
# Frame headers of JPEG: SOF0 to SOF15 but for DHT, JPG and DAC, which share their range.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as its header describes it.

    ``format`` is None when the first bytes are of no known kind, and ``size`` (width, height) when
    the header is cut off or broken. Of other formats than PNG and JPEG the size is never read.
    """

    format: str | None
    size: tuple[int, int] | None = None


def read_picture(tree: Tree, path: PurePosixPath) -> Picture:
    """Return what the header of a file says. Raises OSError."""
    data = tree.read(path, PREFIX)
    picture = parse_header(data)
    if picture.format == "JPEG" and picture.size is None and len(data) == PREFIX:
        picture = parse_header(tree.read(path, MOST))
    return picture


def parse_header(data: bytes) -> Picture:
    """Return what the first bytes of a file say."""
    format_ = _format(data)
    if format_ == "PNG":
        return Picture(format_, _png_size(data))
    if format_ == "JPEG":
        return Picture(format_, _jpeg_size(data))
    return Picture(format_)


def _format(data: bytes) -> str | None:
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "MP4")
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if text.startswith(b"<") and b"<svg" in text:
        return "SVG"
    return None


def _png_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 33 or data[8:16] != b"\0\0\0\rIHDR":
        return None
    return _filled(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk from marker to marker until the one that begins the frame."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a byte that only fills
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            frame = data[at + 5 : at + 9]
            if len(frame) < 4:
                return None
            return _filled(int.from_bytes(frame[2:], "big"), int.from_bytes(frame[:2], "big"))
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return None


def _filled(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width and height else None
