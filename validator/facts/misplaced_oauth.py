"""Keys of the manifest that hold information on OAuth and belong elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from validator.integration import Integration, once
from validator.model import Pointer
from validator.spelling import squashed

REFERENCE: Pointer = ("assets", "oauth")


_NAMED_ASSETS = ("dashboards", "monitors", "saved_views")


FIELDS = (
    "client_id",
    "client_role",
    "onboarding_url",
    "published_client_id",
    "redirect_uris",
    "scopes",
)
"""Fields of a client that no other part of a manifest has."""


@once
def misplaced(integration: Integration) -> tuple[Pointer, ...]:
    """Return every key of the manifest, but `assets.oauth`, that holds information on OAuth.

    The empty `oauth` at the root has a rule of its own and is not among them.
    """
    return tuple(_informing(integration.manifest.value, ()))


def _informing(value: Any, pointer: Pointer) -> Iterator[Pointer]:
    """Yield the outermost keys that hold information on OAuth."""
    named_asset = len(pointer) == 2 and pointer[0] == "assets" and pointer[1] in _NAMED_ASSETS
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _informing(item, (*pointer, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            own = (*pointer, key)
            if own == REFERENCE or (own == ("oauth",) and not item):
                continue
            says_so = not named_asset and ("oauth" in squashed(key) or key in FIELDS)
            if says_so or _names_client(item):
                yield own
            else:
                yield from _informing(item, own)


def _names_client(value: Any) -> bool:
    """Tell whether a value is a path of an OAuth client."""
    return (
        isinstance(value, str)
        and "://" not in value
        and squashed(value).endswith("oauthclientsjson")
    )
