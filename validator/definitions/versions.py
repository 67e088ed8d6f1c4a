"""Versions of manifests: which one is published."""

from __future__ import annotations

from validator.definitions import policies
from validator.documents.json import JsonDocument
from validator.model import RefusedDocument

RULE = "unsupported-manifest-version"
"""The rule that tells of another version."""


def is_supported(manifest: JsonDocument) -> bool:
    """Tell whether an object is a manifest of the published version; without a version its keys tell."""
    versions = policies.load(policies.ManifestVersions)
    if "manifest_version" in manifest.value:
        return bool(manifest.value["manifest_version"] == versions.supported)
    return "tile" in manifest.value or not versions.successors.keys() & manifest.value.keys()


def refuse_others(manifest: JsonDocument) -> None:
    """Raise RefusedDocument for another version, in which nothing is where the published one has it."""
    if not is_supported(manifest):
        place = manifest.locate(("manifest_version",))
        raise RefusedDocument(place, "is of a version that is not published", RULE)
