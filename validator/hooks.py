"""What makes a repository run tilelint by itself: the entry for pre-commit, and the workflow for GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from validator import REPOSITORY, __version__, delivery
from validator.model import TilelintError

_TEMPLATES = Path(__file__).parent / "definitions" / "templates"
_ACTION = REPOSITORY.removeprefix("https://github.com/")
_CONFIGURATION = ".pre-commit-config.yaml"
_WORKFLOWS = ".github/workflows"


class NotAdded(TilelintError):
    """A file is of a form that nothing is added to; the message says what to add by hand."""


class Part(NamedTuple):
    """A file of a repository, by its path below the top level, and what belongs into it."""

    file: str
    text: str


def entry() -> Part:
    """Return the configuration of pre-commit that has nothing but tilelint's hook."""
    return Part(_CONFIGURATION, _filled("pre-commit.yaml"))


def workflow() -> Part:
    """Return the workflow that judges what a pull request brings in."""
    return Part(f"{_WORKFLOWS}/tilelint.yml", _filled("workflow.yml"))


def _filled(template: str) -> str:
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    for word, value in (("REPOSITORY", REPOSITORY), ("ACTION", _ACTION), ("VERSION", __version__)):
        text = text.replace(word, value)
    return text


def has_entry(top: Path) -> bool:
    """Tell whether pre-commit runs tilelint in a repository. Raises NotAdded for a file that can't be read."""
    text = _read(top / _CONFIGURATION)
    return any(map(_is_own, _repositories(_value(text))))


def has_workflow(top: Path) -> bool:
    """Tell whether a workflow of a repository uses tilelint's action, whoever keeps a copy of it."""
    folder = top / _WORKFLOWS
    files = [*folder.glob("*.yml"), *folder.glob("*.yaml")]
    return any("/tilelint@" in _read(file) for file in files)


def install(top: Path) -> Iterator[str]:
    """Add both parts where they are not there yet; yield a sentence for each.

    Whatever else the files hold stays as it is. Raises NotAdded for a configuration that the entry can't be
    added to, and NotDelivered for a file that can't be written.
    """
    if has_entry(top):
        yield f"{_CONFIGURATION}: the hook is there already"
    else:
        delivery.to_file(_with_entry(_read(top / _CONFIGURATION)), top / _CONFIGURATION)
        yield f"{_CONFIGURATION}: the hook is added; `pre-commit install` switches it on"
    part = workflow()
    if has_workflow(top):
        yield f"{_WORKFLOWS}: a workflow runs tilelint already"
    elif (top / part.file).exists():
        raise NotAdded(f"{part.file}: is something else already; name the workflow differently")
    else:
        (top / _WORKFLOWS).mkdir(parents=True, exist_ok=True)
        delivery.to_file(part.text, top / part.file)
        yield f"{part.file}: the workflow is added"


def _with_entry(text: str) -> str:
    """Return a configuration of pre-commit with the entry as its last repository. Raises NotAdded."""
    import yaml

    own = entry().text
    value = _value(text)
    if value is None:
        return f"{text}{own}"
    expected = {**value, "repos": [*_repositories(value), *_value(own)["repos"]]}
    root = yaml.compose(text, yaml.SafeLoader)
    pairs = root.value if root is not None else ()
    node = next((under for key, under in pairs if key.value == "repos"), None)
    if node is not None and node.value and not node.flow_style:
        lines = text.splitlines(keepends=True)
        end = node.end_mark.line + (node.end_mark.column > 0)
        while (
            not lines[end - 1].split("#")[0].strip()
        ):  # what stands behind belongs to what follows
            end -= 1
        margin = " " * node.start_mark.column
        ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
        items = own.splitlines()[1:]
        added = "".join(f"{margin}{line[2:]}{ending}" for line in items)
        before = "".join(lines[:end])
        before += "" if before.endswith("\n") else ending
        told = before + added + "".join(lines[end:])
        if _value(told) == expected:
            return told
    raise NotAdded(f"{_CONFIGURATION}: can't be added to; add under `repos` by hand:\n{own}")


def _read(file: Path) -> str:
    """Return the text of a file, an empty one if it isn't there. Raises NotAdded."""
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is no text in UTF-8"
        raise NotAdded(f"{file.name}: can't be read: {reason}") from None


def _value(text: str) -> Any:
    import yaml

    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        raise NotAdded(f"{_CONFIGURATION}: is no YAML; mend it first") from None
    if value is not None and not isinstance(value, dict):
        raise NotAdded(f"{_CONFIGURATION}: is no object; pre-commit expects one with `repos`")
    return value


def _repositories(value: Any) -> list[Any]:
    found = value.get("repos") if value else None
    return found if isinstance(found, list) else []


def _is_own(repository: Any) -> bool:
    """Tell whether a repository's hooks have one of tilelint, wherever it comes from."""
    hooks = repository.get("hooks") if isinstance(repository, dict) else None
    return isinstance(hooks, list) and any(
        isinstance(hook, dict) and str(hook.get("id")).startswith("tilelint") for hook in hooks
    )
