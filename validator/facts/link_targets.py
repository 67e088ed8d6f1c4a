"""Where the links of the README lead."""

from __future__ import annotations

from dataclasses import dataclass

from validator.integration import Integration, once
from validator.model import Location


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, told once: at its definition, or where the link itself stands."""

    href: str
    location: Location
    is_image: bool


@once
def targets(integration: Integration) -> tuple[Target, ...]:
    """Return where the links of the README lead, each used definition once.

    A definition that only pictures use is a picture's.
    """
    readme = integration.readme
    used: dict[str, bool] = {}
    found = []
    for link in readme.links:
        if link.label is not None:
            used[link.label] = used.get(link.label, True) and link.is_image
        else:
            found.append(Target(link.href, link.location, link.is_image))
    seen: set[str] = set()
    for definition in readme.definitions:
        if definition.label in used and definition.label not in seen:
            seen.add(definition.label)
            is_image = used[definition.label]
            found.append(Target(definition.href, definition.location, is_image))
    return tuple(sorted(found, key=lambda target: target.location.sort_key))
