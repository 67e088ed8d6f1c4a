"""Who stands behind an integration: a partner, or Datadog and its community."""

from __future__ import annotations

from validator.definitions import policies
from validator.facts.assets import manifest_value
from validator.integration import Integration, once

_NAME = ("author", "name")


@once
def partner(integration: Integration) -> str:
    """Return the partner's name as the manifest has it; an empty one where Datadog or its community is the author.

    Without an author in the manifest nobody is known. Raises DocumentError when the manifest can't be read.
    """
    name = integration.manifest.get(_NAME)
    ours = policies.load(policies.Readme).supported_by_datadog
    return name if isinstance(name, str) and name.strip().casefold() not in ("", *ours) else ""


def is_by_datadog(integration: Integration) -> bool:
    """Tell whether the manifest names Datadog or its community as the author."""
    return isinstance(manifest_value(integration, _NAME), str) and not partner(integration)
