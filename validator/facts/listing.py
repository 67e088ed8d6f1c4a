"""What is known of the listing that an integration becomes: who writes its files, and whether it is published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from validator.definitions import policies
from validator.facts.assets import manifest_value
from validator.integration import Integration, once
from validator.model import DocumentError

_PLATFORM_VERSION = 7
"""The version of the UUIDs that Datadog's publishing platform gives; whoever writes files by hand takes version 4."""


def _app_uuid(integration: Integration) -> str:
    """Return the app's UUID in lower case; an empty text without one, or where the manifest can't be read."""
    try:
        value: Any = manifest_value(integration, ("app_uuid",))
    except DocumentError:
        return ""
    return value.strip().lower() if isinstance(value, str) else ""


@once
def made_by_platform(integration: Integration) -> bool:
    """Tell whether Datadog's publishing platform writes the files: nobody can change what it always writes.

    It orders the manifest, keeps an empty `oauth` there, exports the dashboards, and gives the README the
    sections Overview, Setup, Uninstallation and Support alone. Seen on the 17 tiles of integrations-extras
    whose `app_uuid` is a UUID of version 7.
    """
    try:
        return UUID(_app_uuid(integration)).version == _PLATFORM_VERSION
    except ValueError:
        return False


@once
def is_new_listing(integration: Integration) -> bool:
    """Tell whether the integration is yet to be published.

    A base tells by not having it. Without one it is new unless a published one has its name or its app's UUID.
    """
    if integration.is_new is not None:
        return integration.is_new
    published = policies.load(policies.PublishedListings)
    return (
        integration.name not in published.names
        and _app_uuid(integration) not in published.app_uuids
    )
