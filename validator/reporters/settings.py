"""The effective settings of an integration, and where each comes from."""

from __future__ import annotations

from validator.report import EffectiveSettings
from validator.reporters.terminal import page, printable


def render(settings: EffectiveSettings) -> str:
    """Return one line for each setting: key, value, and ``path:line:column`` or ``default``."""
    told = [
        *settings.given,
        *((words, "default") for words in settings.defaults),
        *settings.collected,
    ]
    lines = [f"{settings.integration}:", *(f"  {words}  ({source})" for words, source in told)]
    return page(map(printable, lines))
