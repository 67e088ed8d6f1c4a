"""How the manifest breaks its schema."""

from __future__ import annotations

from validator.definitions import schemas
from validator.definitions.schemas import Violation
from validator.integration import Integration, once
from validator.model import Pointer
from validator.spelling import nearest


@once
def violations_of(integration: Integration) -> tuple[Violation, ...]:
    """Return what breaks the manifest's schema."""
    manifest = integration.manifest
    found = {violation.pointer: violation for violation in schemas.violations(manifest, "manifest")}
    if integration.declared_kind == "marketplace":
        for violation in schemas.violations(manifest, "manifest", "marketplace"):
            found.setdefault(violation.pointer, violation)
    return tuple(found.values())


def is_misnamed(integration: Integration, pointer: Pointer) -> bool:
    """Tell whether a key that the manifest lacks is there under a name or at a place that is refused."""
    *parent, key = pointer
    for violation in violations_of(integration):
        *home, found = violation.pointer
        if violation.kind != "unknown":
            continue
        if home == parent and nearest(str(found), [str(key)], most=1):
            return True
        if found == key and violation.home == tuple(parent):
            return True
    return False
