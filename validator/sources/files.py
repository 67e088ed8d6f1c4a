"""Reading files that somebody names: regular ones only, and no more than anybody would write."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from validator.model import DefinitionError


def read_regular(file: Path, most: int) -> bytes:
    """Return what a regular file of at most so many bytes holds.

    A stranger may have put a pipe or a device in its place, which never ends. Raises OSError when it
    isn't there or can't be read, DefinitionError for what is no file, or too large.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except ValueError as error:  # a name that no file can have
        raise DefinitionError(f"{file}: can't be read: {error}") from None
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DefinitionError(f"{file}: can't be read: it is no file")
        if status.st_size > most:
            raise DefinitionError(
                f"{file}: has {status.st_size:,} bytes; expected at most {most:,}"
            )
        return stream.read()
