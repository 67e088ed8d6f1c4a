"""Bringing a report to where it should go, or saying that it could not be brought there."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path

from validator.model import TilelintError
from validator.sources.trees import top_level

_DEVICES = ("/dev/", "/proc/")
"""Where the system keeps links to open files, such as /dev/stdout."""


class NotDelivered(TilelintError):
    """A text could not be written to where it should go; the message names the place and the reason."""


def to_file(text: str, file: Path) -> None:
    """Write a text to a file in one step: whoever reads it meets the old text or the new one.

    A stranger's pull request may have put a link in the file's place, so a link that leads to another
    folder, or a folder that leads out of the repository, is refused. Raises NotDelivered.
    """
    try:
        if file.name in ("", "..") or file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if str(file).startswith(_DEVICES) or _is_special(file):
            with file.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        else:
            _replace(_target(file), text)
    except OSError as error:
        raise NotDelivered(f"{file}: can't be written: {error.strerror}") from None
    except ValueError as error:  # a name that no file can have
        raise NotDelivered(f"{file}: can't be written: {error}") from None


def _is_special(file: Path) -> bool:
    """Whether a file is a pipe or a device that the user names, such as a shell's `>(command)`."""
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode))


def _target(file: Path) -> Path:
    """Return the path to write to. Raises NotDelivered when a link leads elsewhere."""
    named, folder = Path(os.path.abspath(file)), Path(os.path.realpath(file.parent))
    for step in reversed(named.parents):
        top = top_level(step.parent) if step.is_symlink() else None
        if top is not None and not _is_below(folder, Path(os.path.realpath(top))):
            raise NotDelivered(
                f"{file}: its folder is a link to {folder}; expected a folder of the repository"
            )
    target = folder / named.name
    if target.is_symlink():
        linked = Path(os.path.realpath(target))
        if linked.parent != folder:
            raise NotDelivered(
                f"{file}: is a link to {linked}; expected a file, or a link to one beside it"
            )
        target = linked
    return target


def _is_below(folder: Path, top: Path) -> bool:
    """Whether a folder is one of the repository's, and none that git keeps for itself."""
    return folder.is_relative_to(top) and ".git" not in folder.relative_to(top).parts


def _replace(target: Path, text: str) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    descriptor, draft = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(draft).chmod(_mode(target))
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """Return the permissions that a file has, or that a new one gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def to_stdout(text: str, *, color: bool | None = None) -> None:
    """Write a text to the standard output and make sure that it arrived.

    ``color`` keeps terminal colours (True), takes them out (False) or decides by the terminal (None).
    Where the reader went away (`| head`) there is nobody to tell. Raises NotDelivered.
    """
    if sys.stdout is None:  # closed by whoever started us
        raise NotDelivered("the standard output is closed; the report could not be written")
    import click

    try:
        click.echo(text, nl=False, color=color)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_the_rest()
    except OSError as error:
        _discard_the_rest()
        raise NotDelivered(
            f"the report could not be written to the standard output: {error.strerror}"
        ) from None


def _discard_the_rest() -> None:
    """Let what is left in the buffer go nowhere, or Python complains of it when it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # no descriptor below, as in a test
        return
