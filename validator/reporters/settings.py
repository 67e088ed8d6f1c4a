"""The effective settings of an integration, and where each comes from."""

from __future__ import annotations

import json

from validator.integration import Integration

_DEFAULTS = {"fail-on": "error"}


def render(integration: Integration) -> str:
    """Return one line for each setting: key, value, and ``path:line:column`` or ``default``."""
    settings = integration.settings
    lines = [f"{integration.path}:"]
    for key, setting in sorted(settings.settings.items()):
        lines.append(f"  {key} = {json.dumps(setting.value)}  ({setting.location.words})")
    for key, value in _DEFAULTS.items():
        if key not in settings.settings:
            lines.append(f"  {key} = {json.dumps(value)}  (default)")
    for override in settings.overrides:
        lines.append(
            f"  overrides: {_dump(override.setting.value)}  ({override.setting.location.words})"
        )
    for suppression in settings.suppressions:
        setting = suppression.setting
        lines.append(f"  suppressions: {_dump(setting.value)}  ({setting.location.words})")
    return "\n".join(lines) + "\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
