"""What the manifest says of metrics, against the table that describes them."""

from __future__ import annotations

from typing import Any

import pytest
from support import Tile
from test_manifest import pointers, told

HEADER = (
    "metric_name,metric_type,interval,unit_name,per_unit_name,description,orientation,integration,"
    "short_name\n"
)


def metrics(prefix: Any, names: str, check: Any = "", **more: Any) -> Tile:
    own = Tile()

    def change(manifest: dict[str, Any]) -> None:
        manifest["assets"].setdefault("integration", {})["metrics"] = {
            "prefix": prefix,
            "check": check,
            "metadata_path": "metadata.csv",
        }
        manifest.update(more)

    own.change("manifest.json", change)
    rows = "".join(f"{name},gauge,,,,,0,nimbus,\n" for name in names.split())
    own.write("metadata.csv", HEADER + rows)
    return own


@pytest.mark.parametrize(
    ("prefix", "names", "expected"),
    [
        ("nimbus.", "nimbus.a nimbus.b", None),
        ("nimbus.", "other.a nimbus.b", None),
        ("nimbus.", "jvm.heap", None),
        ("nimbus.", "cloud.a cloud.b", "`cloud.`"),
        ("nimbus.", "cloud.x.a cloud.x.b", "`cloud.`"),
        ("nimbus.deploy.", "cloud.x.y.a cloud.x.y.b", "`cloud.x.`"),
        ("nimbus.deploy.", "cloud.x.a cloud.y.b", "`cloud.`"),
        ("nimbus", "cloud.x.a cloud.x.b", "`cloud.`"),
        ("nimbus.", "cloud.a sky.b", "what all of them begin with"),
        ("nimbus.", "cloud sky", "what all of them begin with"),
        ("", "cloud.a", None),
        ("  ", "cloud.a", None),
        (7, "cloud.a", None),
        ("nimbus.", "", None),
    ],
)
def test_a_prefix_that_no_metric_begins_with(prefix: Any, names: str, expected: str | None) -> None:
    found = told(metrics(prefix, names), "metric-prefix-mismatch")
    assert [each.message.partition("expected ")[2] for each in found] == (
        [expected] if expected else []
    )
    for each in found:
        [first] = each.related
        assert first.message == f"the first metric is `{names.split(maxsplit=1)[0]}`"
        assert first.location.words.startswith("nimbus_deploy/metadata.csv:2:1")


@pytest.mark.parametrize(
    ("check", "places"),
    [
        ("nimbus.a", []),
        ("nimbus.z", ["check"]),
        ("", []),
        ("  ", []),
        (["nimbus.a", "nimbus.b"], []),
        (["nimbus.a", "", 7, "nimbus.z", "nimbus.b", "nimbus.y"], ["check.3", "check.5"]),
        ("nimbus.billed", []),
    ],
)
def test_a_metric_that_shows_that_it_works_is_described(check: Any, places: list[str]) -> None:
    pricing = ["free", {"billing_type": "tag_count", "metric": 7}, {"metric": "nimbus.billed"}]
    own = metrics("nimbus.", "nimbus.a nimbus.b", check, pricing=pricing)
    assert pointers(told(own, "metric-check-not-in-metadata")) == [
        f"assets.integration.metrics.{place}" for place in places
    ]
