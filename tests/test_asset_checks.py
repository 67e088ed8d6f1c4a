"""Whatever the assets of an integration hold, every rule about them is judged or skipped."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import Memory

from validator import engine
from validator.definitions import rules
from validator.integration import Integration

SUBJECTS = {
    *("changelog", "dashboards", "dataflows", "files", "logs", "metadata", "monitors"),
    *("saved_views", "service_checks"),
}
RULES = [rule for rule in rules.load() if rule.check.partition(".")[0] in SUBJECTS]

WORDS = (
    *(
        "(cloned)",
        "[WIP]",
        "{{host.name}}",
        "data:image/png;base64,AA",
        "https://a:b/x.png",
        "![x](//)",
    ),
    *(
        "a.b{*}",
        "a.",
        "1.0.0",
        "assets/dashboards/a.json",
        "../x",
        "/metadata.csv",
        "stream",
        "logs",
    ),
    *("ok", "source:a-b", "events", "metrics", "image", "group", "note", "\ud800", " "),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)


def objects(keys: str, **inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects with the keys, of any value; ``inner`` says more of some, which may be left out."""
    required: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(
        keys.split(), st.sampled_from(WORDS) | VALUES
    )
    return st.fixed_dictionaries(required, optional=inner)


def arrays(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(items | VALUES, min_size=1, max_size=3)


QUERIES = arrays(objects("data_source query"))
REQUESTS = arrays(objects("q", queries=QUERIES)) | objects("", x=objects("q"))
LEAF = objects("app_id banner_img content title type url url_dark_theme", requests=REQUESTS)
WIDGETS = arrays(objects("layout", definition=LEAF))
GROUPS = arrays(objects("layout", definition=objects("title type", widgets=WIDGETS) | LEAF))
FILES = {
    "manifest.json": objects(
        "app_id app_uuid",
        author=objects("name"),
        legal_terms=objects("eula"),
        tile=objects("changelog classifier_tags title"),
        assets=objects(
            "dashboards monitors saved_views",
            logs=objects("source"),
            integration=objects(
                "source_type_name",
                events=objects("creates_events"),
                metrics=objects("metadata_path prefix"),
                service_checks=objects("metadata_path"),
            ),
        ),
    ),
    "assets/dashboards/a.json": objects(
        "author_name board_title description graphs id layout_type title", widgets=GROUPS
    ),
    "assets/monitors/a.json": objects(
        "description message query tags title", definition=objects("id message name query type")
    ),
    "assets/saved_views/a.json": objects(
        "name options page query type visible_facets", timerange=objects("interval_ms")
    ),
    "assets/service_checks.json": arrays(
        objects("agent_version check description groups integration name statuses")
    ),
    "assets/dataflows.yaml": objects(
        "uses", provides=arrays(objects("always_on data_type direction granular id"))
    ),
    "assets/logs/a.yaml": objects("id metric_id", pipeline=objects("x", filter=objects("query"))),
    "assets/logs/a_tests.yaml": objects("id", tests=arrays(objects("result sample"))),
}


CELLS = st.sampled_from(
    ["a.b", "a-b", "gauge", "0", "", "bytes", "second", '"a, b"', "x|y", "é", '"']
) | (st.text(max_size=3))


def write(path: str, value: Any) -> bytes:
    if path.endswith(".yaml"):
        text = yaml.safe_dump(json.loads(json.dumps(value)), allow_unicode=True)
        return text.encode("utf-8", "replace")
    return json.dumps(value).encode()


@given(
    st.fixed_dictionaries(FILES),
    st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=4).map("\n".join),
    st.text(alphabet="#* 1.0/-\n", max_size=30),
)
def test_no_value_of_an_asset_breaks_a_check(
    assets: dict[str, Any], table: str, changelog: str
) -> None:
    header = "metric_name,metric_type,description,integration,unit_name,per_unit_name,short_name\n"
    files = {PurePosixPath(path): write(path, value) for path, value in assets.items()}
    files[PurePosixPath("metadata.csv")] = (header + table).encode("utf-8", "replace")
    files[PurePosixPath("CHANGELOG.md")] = changelog.encode()
    integration = Integration(Memory(files), PurePosixPath("acme"), "acme")
    report = engine.run((integration,), RULES)
    assert report.internal_errors == ()
    for finding in report.findings:
        assert finding.message
        assert finding.location.path in files
