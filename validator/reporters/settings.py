"""The effective settings of an integration, and where each comes from."""

from __future__ import annotations

import json

from validator.integration import Integration
from validator.mask import Mask
from validator.reporters.terminal import page, printable

_DEFAULTS = {"fail-on": "error"}


def render(integration: Integration, mask: Mask) -> str:
    """Return one line for each setting: key, value, and ``path:line:column`` or ``default``."""
    settings = integration.settings
    lines = [f"{integration.path}:"]
    lines += [
        f"  {key} = {_dump(setting.value)}  ({setting.location.words})"
        for key, setting in sorted(settings.settings.items())
    ]
    lines += [
        f"  {key} = {_dump(value)}  (default)"
        for key, value in _DEFAULTS.items()
        if key not in settings.settings
    ]
    collected = [("overrides", override.setting) for override in settings.overrides]
    collected += [("suppressions", each.setting) for each in settings.suppressions]
    lines += [
        f"  {key}: {_dump(setting.value)}  ({setting.location.words})" for key, setting in collected
    ]
    return page(printable(mask.text(line)) for line in lines)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
