"""The settings that count for an integration, as a value that may be shown."""

from __future__ import annotations

import json

from validator.integration import Integration
from validator.mask import Mask
from validator.report import EffectiveSettings
from validator.settings import Setting

_DEFAULTS = {"fail-on": "error"}


def of(integration: Integration, mask: Mask) -> EffectiveSettings:
    """Return the settings of an integration, each with where it comes from, and without a credential."""
    settings = integration.settings

    def told(key: str, between: str, setting: Setting) -> tuple[str, str]:
        words = mask.text(f"{key}{between}{_dump(setting.value)}")
        return words, mask.text(setting.location.words)

    collected = [("overrides", override.setting) for override in settings.overrides]
    collected += [("suppressions", each.setting) for each in settings.suppressions]
    return EffectiveSettings(
        mask.path(integration.path),
        given=tuple(told(key, " = ", each) for key, each in sorted(settings.settings.items())),
        defaults=tuple(
            f"{key} = {_dump(value)}"
            for key, value in _DEFAULTS.items()
            if key not in settings.settings
        ),
        collected=tuple(told(key, ": ", each) for key, each in collected),
    )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
