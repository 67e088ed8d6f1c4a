"""Whether a README is in English, as tiles are: told by its script alone."""

from __future__ import annotations

from validator.documents.markdown import Prose
from validator.integration import Integration, once

_LAST_LATIN = 0x24F
"""The last letter of Latin Extended-B."""
_LATIN_ADDITIONAL = range(0x1E00, 0x1F00)
_FEWEST = 2


@once
def foreign_blocks(integration: Integration) -> tuple[Prose, ...]:
    """Return the blocks of the README most of whose letters are of another script than Latin.

    A name in its own script within an English sentence makes none. Raises DocumentError.
    """
    readme = integration.readme
    if readme.text.isascii():
        return ()
    return tuple(block for block in readme.prose if not block.is_code and _is_foreign(block.words))


def _is_foreign(text: str) -> bool:
    letters = [ord(character) for character in text if character.isalpha()]
    foreign = sum(code > _LAST_LATIN and code not in _LATIN_ADDITIONAL for code in letters)
    return foreign >= max(_FEWEST, len(letters) / 2)


def is_foreign(integration: Integration) -> bool:
    """Tell whether a part of the README is in another script: what it says nobody can judge."""
    return bool(foreign_blocks(integration))
