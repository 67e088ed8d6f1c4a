"""How metadata.csv names things."""

from __future__ import annotations

import re


def normalised_integration(name: str) -> str:
    """Return an integration's name as metadata.csv has it: letters, digits, dashes, underscores."""
    return re.sub("_+", "_", re.sub("[^0-9A-Za-z-]", "_", name)).strip("_").lower()
