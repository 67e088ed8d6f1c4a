"""The user's settings: .tilelint.yaml."""

from __future__ import annotations

from validator.integration import CONFIGURATION, Tree
from validator.model import DefinitionError, DocumentError, Location


def read_kind(tree: Tree, shown: Location) -> str | None:
    """Return the ``kind`` that a folder's ``.tilelint.yaml`` declares; None without one.

    ``shown`` is the file as messages name it. Raises DefinitionError, with file, line and column, when
    the file can't be read or breaks ``schemas/config.schema.json``.
    """
    if not tree.has(CONFIGURATION):
        return None
    from validator import schemas
    from validator.documents.yaml import YamlDocument

    try:
        document = YamlDocument(shown.integration, shown.path, tree.read(CONFIGURATION))
    except DocumentError as error:
        raise DefinitionError(f"{_place(error.location)}: {error.reason}") from None
    except OSError as error:
        raise DefinitionError(f"{shown.shown}: can't be read: {error.strerror}") from None
    for violation in schemas.violations(document, "config"):
        raise DefinitionError(f"{_place(violation.location)}: {violation.message}")
    kind: str | None = document.value.get("kind")
    return kind


def _place(location: Location) -> str:
    region = location.region
    return (
        f"{location.shown}:{region.start_line}:{region.start_column}"
        if region
        else str(location.shown)
    )
