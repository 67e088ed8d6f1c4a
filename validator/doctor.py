"""What tilelint finds around it: versions, git, the repository, settings, and how old its catalogues are."""

from __future__ import annotations

import datetime as dt
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from validator import __version__, hooks, session
from validator.model import TilelintError
from validator.session import ExitCode, Request
from validator.wording import amount, enumerated

_MOST_FILES = 3
"""Files of settings that are named."""


class Remark(NamedTuple):
    """What was found of something; ``is_wrong`` where tilelint can't do its work because of it."""

    subject: str
    text: str
    is_wrong: bool = False


def examine(folder: Path, today: dt.date) -> Iterator[Remark]:
    """Yield what is found in a folder (absolute) and on the machine, in a fixed order; nothing is judged."""
    from validator.sources import git
    from validator.sources.trees import top_level

    yield Remark("tilelint", f"{__version__}, in {Path(__file__).parent}")
    yield Remark("Python", f"{platform.python_version()}, {sys.executable}")
    yield Remark("packages", ", ".join(_packages()))
    version = git.version()
    yield Remark("git", version or "not installed; --base and --staged need it", not version)
    top = top_level(folder)
    if top is None:
        yield Remark("repository", "none; --base, --staged and hooks need one")
    elif version:
        yield _repository(top)
    yield _settings(folder)
    if top is not None:
        yield from _automatic(top)
    yield from _catalogues(today)


def _packages() -> Iterator[str]:
    """Yield the packages that tilelint stands on, with their versions."""
    import re
    from importlib import metadata

    try:
        needed = metadata.requires("tilelint") or []
    except metadata.PackageNotFoundError:  # run from its sources, without an installation
        needed = []
    for line in needed:
        if "extra ==" not in line:
            name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
            yield f"{name} {metadata.version(name)}"


def _repository(top: Path) -> Remark:
    from contextlib import closing

    from validator.sources.git import Repository

    with closing(Repository(top)) as repository:
        try:
            branch, is_shallow = repository.default_branch, repository.is_shallow
        except TilelintError as error:
            return Remark("repository", f"{top}: {error}", is_wrong=True)
    words = f"{top}; compare with `--base {branch or 'origin/main'}`"
    return Remark("repository", f"{words}, after `git fetch --unshallow`" if is_shallow else words)


def _settings(folder: Path) -> Remark:
    try:
        outcome = session.settings(Request((folder,)))
    except TilelintError as error:
        return Remark("settings", str(error), is_wrong=True)
    found = outcome.settings
    if not found:
        return Remark("settings", "no integration here, so none count")
    sources = {source for one in found for _, source in (*one.given, *one.collected)}
    files = sorted({source.rsplit(":", 2)[0] for source in sources})
    more = [amount(len(files) - _MOST_FILES, "more file")] if len(files) > _MOST_FILES else []
    named = enumerated([*files[:_MOST_FILES], *more], "and") if files else "no file, all defaults"
    return Remark("settings", f"{amount(len(found), 'integration')}; {named}")


def _automatic(top: Path) -> Iterator[Remark]:
    """Yield whether tilelint runs by itself before a commit and in a pull request."""
    yield Remark("pre-commit", _whether(hooks.has_entry, top))
    yield Remark("workflow", _whether(hooks.has_workflow, top))


def _whether(is_there: Callable[[Path], bool], top: Path) -> str:
    try:
        return "runs tilelint" if is_there(top) else "no; `tilelint hook --install` adds it"
    except TilelintError as error:
        return str(error)


def _catalogues(today: dt.date) -> Iterator[Remark]:
    from validator.definitions import policies
    from validator.scopes.catalogue import age_line, catalogue

    yield Remark("scopes", age_line(today) or f"the catalogue is of {catalogue().date}")
    checked = sorted(policies.load(type_).checked for type_ in policies.types())
    yield Remark("policies", f"{len(checked)}, looked up between {checked[0]} and {checked[-1]}")


def exit_code(remarks: list[Remark]) -> ExitCode:
    """Return what the command ends with."""
    return ExitCode.WRONG if any(remark.is_wrong for remark in remarks) else ExitCode.CLEAN
