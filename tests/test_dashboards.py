"""Dashboards: every one is looked at, the good ones before the bad ones, and nothing that is no fault is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support import RULES, judged, mended, write, write_all

from validator.documents.json import JsonDocument
from validator.model import Finding

UUID = "6b1f3c58-7e42-4d0a-9f1c-2a5d8e3b7c94"
OTHER = "0d9e8f7a-6b5c-4d3e-8f2a-1b0c9d8e7f6a"
METADATA = (
    "metric_name,metric_type,interval,unit_name,per_unit_name,description,orientation,integration,"
    "short_name\n"
)


def widget(type_: Any = "timeseries", title: Any = "Load", **more: Any) -> dict[str, Any]:
    return {"definition": {"type": type_, "title": title, **more}}


def board(*widgets: Any, **more: Any) -> dict[str, Any]:
    return {
        "title": "Quarry Overview",
        "description": "What the quarry does.",
        "layout_type": "ordered",
        "widgets": list(widgets) or [widget()],
        **more,
    }


GOOD = board()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def findings(rule: str, *boards: Any, metrics: str = "", **manifest: Any) -> list[Finding]:
    """Judge dashboards, in this order, by a rule."""
    shutil.rmtree("quarry", ignore_errors=True)
    names = {f"board_{number}": f"assets/dashboards/{number}.json" for number in range(len(boards))}
    integration: dict[str, Any] = {}
    if metrics:
        integration = {"metrics": {"prefix": "quarry.", "metadata_path": "metadata.csv"}}
        rows = "".join(f"{name},gauge,,,,,0,quarry,\n" for name in metrics.split())
        write("quarry/metadata.csv", METADATA + rows)
    value = {
        "manifest_version": "2.0.0",
        "app_uuid": UUID,
        "tile": {"title": "Quarry"},
        "assets": {"dashboards": names, "integration": integration},
        **manifest,
    }
    write_all("quarry", {"manifest.json": value})
    for path, content in zip(names.values(), boards, strict=True):
        write(Path("quarry", path), content)
    report = judged("quarry", [RULES[rule]])
    assert report.internal_errors == ()
    return list(report.findings)


def told(found: list[Finding]) -> list[tuple[str, str]]:
    """Return the dashboard's number and the first words of each finding."""
    return [(each.location.path.stem, each.message.partition(";")[0]) for each in found]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (board(title=""), "`title` is empty"),
        (board(layout_type="grid"), "`layout_type` is `grid`"),
        ({"dash": GOOD}, None),
        ({"board_title": "Old", "widgets": []}, None),
        (board({}), "`widgets[0]` has no `definition`"),
        (board(widget(), widget(type_="")), "`widgets[1]` has no type"),
    ],
)
def test_a_broken_one_is_told_behind_a_good_one(bad: Any, message: str | None) -> None:
    found = findings("invalid-dashboard", GOOD, bad, GOOD, bad)
    assert {path for path, _ in told(found)} == {"1", "3"}
    if message:
        assert any(words.startswith(message) for _, words in told(found))


def test_a_wrapped_dashboard_is_one_mistake() -> None:
    for wrapped in ({"data": GOOD}, {"dashboard": {**GOOD, "title": ""}}):
        found = findings("invalid-dashboard", GOOD, wrapped)
        assert len({each.location.path for each in found}) == 1
    assert findings("invalid-dashboard", {**GOOD, "extra": {"widgets": []}}) == []
    assert findings("invalid-dashboard", {**GOOD, "extra": {"other": 1}}) == []


@pytest.mark.parametrize(
    ("bad", "key", "words"),
    [
        ({"dash": GOOD}, "dash", "`dash` belongs to a timeboard"),
        ({"layout_type": "ordered", "graphs": []}, "graphs", "`graphs` belongs to a timeboard"),
        ({"widgets": [widget()], "board_title": "A"}, "board_title", "`board_title` belongs to a"),
        ({"data": GOOD}, "data", "the dashboard stands under `data`"),
        ({"at": 7, "data": GOOD}, "data", "the dashboard stands under `data`"),
        ({"layout_type": "ordered", "data": GOOD}, "data", "the dashboard stands under `data`"),
        (board(board_title="Old", dash={"widgets": []}), "", ""),
    ],
)
def test_another_format_is_told_by_the_key_that_shows_it(bad: Any, key: str, words: str) -> None:
    found = findings("invalid-dashboard", GOOD, bad)
    assert [each.location.pointer for each in found] == ([(key,)] if key else [])
    assert all(each.message.startswith(words) for each in found)


@pytest.mark.parametrize(
    ("missing", "more"),
    [
        ("widgets", {"title": "The widgets of a quarry"}),
        ("widgets", {"title": "Quarry", "notes": {"shown": True}}),
        ("layout_type", {"title": "Quarry", "notes": {"widgets": []}}),
    ],
)
def test_words_and_objects_that_hold_no_dashboard_are_no_wrapper(missing: str, more: Any) -> None:
    bad = {**GOOD, **more}
    del bad[missing]
    [found] = findings("invalid-dashboard", GOOD, bad)
    assert found.message.startswith(f"`{missing}` is missing")


@pytest.mark.parametrize("rule", ["cloned-dashboard", "dashboard-export-leftover"])
def test_the_fix_leaves_nothing_to_tell(rule: str) -> None:
    bad = board(title="Quarry (cloned) (copy) (cloned) (copy)", author_name="A", id="abc")
    found = findings(rule, GOOD, bad)
    files = {each.location.path: Path("quarry", each.location.path).read_bytes() for each in found}
    [first, *_] = found
    text = mended(files, first)[first.location.path]
    Path("quarry", first.location.path).write_bytes(text)
    again = judged("quarry", [RULES[rule]]).findings
    if rule == "cloned-dashboard":
        assert JsonDocument(first.location.integration, first.location.path, text).get(
            ("title",)
        ) == ("Quarry (copy)")
    assert len(again) < len(found) or rule == "cloned-dashboard"


def test_only_widgets_of_another_app_are_told() -> None:
    bad = board(widget(app_id=UUID), widget(app_id=7), widget(app_id=""), widget(app_id=OTHER))
    [found] = findings("dashboard-app-id", GOOD, bad)
    assert found.location.pointer == ("widgets", 3, "definition", "app_id")
    assert [each.message for each in found.related] == ["the app of this integration"]
    for uuid in ("", 7):
        assert findings("dashboard-app-id", bad, app_uuid=uuid) == []


def note(text: str) -> dict[str, Any]:
    return widget("note", None, content=text)


def test_pictures_are_looked_for_in_the_first_twenty_of_a_note() -> None:
    kept = "![a](/static/images/a.png) "
    foreign = "![b](https://pictures.example.com/b.png)"
    assert told(findings("dashboard-foreign-logo", GOOD, board(note(kept * 19 + foreign)))) == [
        ("1", "the picture is kept on `pictures.example.com`")
    ]
    assert findings("dashboard-foreign-logo", board(note(kept * 20 + foreign))) == []


def test_the_place_of_a_picture_is_at_most_two_hundred_characters() -> None:
    for length, marked in ((150, 150), (199, 199), (200, 200), (5000, 200)):
        address = "data:image/png;base64," + "A" * (length - 22)
        [found] = findings(
            "dashboard-inline-image", GOOD, board(widget("image", None, url=address))
        )
        region = found.location.region
        assert region is not None
        assert region.end_column - region.start_column == marked
        assert f"{length:,} characters" in found.message


@pytest.mark.parametrize(
    ("title", "is_told"),
    [
        ("Quarry Overview", False),
        (7, False),
        ("Quarry test", True),
        ("[WIP] Quarry", True),
        ("Test dashboard", True),
        ("My Dashboard", True),
    ],
)
def test_titles_of_a_trial(title: Any, is_told: bool) -> None:
    found = findings("dashboard-test-title", GOOD, board(title=title), board(title="Demo"))
    assert [path for path, _ in told(found)] == (["1", "2"] if is_told else ["2"])


@pytest.mark.parametrize("name", ["", "  ", 7, None])
def test_without_a_title_the_folder_names_the_integration(name: Any) -> None:
    [found] = findings("dashboard-test-title", board(title="Demo"), tile={"title": name})
    assert found.message.endswith("such as `quarry Overview`")


def test_widgets_that_need_a_title() -> None:
    silent = [
        widget("note", None),
        widget("group", None, banner_img="/static/a.png"),
        widget(7, None),
        widget("timeseries", 7),
        widget("timeseries", "Load"),
    ]
    bad = board(*silent, widget("timeseries", None), widget("query_value", "  "))
    found = findings("untitled-widget", GOOD, bad, board(widget("toplist", None)))
    assert [each.location.pointer for each in found] == [
        ("widgets", 5, "definition", "type"),
        ("widgets", 6, "definition", "type"),
        ("widgets", 0, "definition", "type"),
    ]


def graph(*queries: str, **more: Any) -> dict[str, Any]:
    requests = [{"queries": [{"query": f"avg:{query}{{*}}", **more}]} for query in queries]
    return widget(requests=requests)


KNOWN = "quarry.load quarry.disk.* quarry.trucks."


def test_metrics_that_nobody_describes() -> None:
    bad = board(
        graph("quarry.load", "system.cpu", "quarry.lode", "quarry.lode", "quarry.load.max"),
        graph("quarry.disk.used", "quarry.trucks.full", "quarrying.x", "quarry.shovels"),
        graph("quarry.logged", data_source="logs"),
        graph("quarry.plain", data_source=None),
        graph("quarry.explicit", data_source="metrics"),
    )
    found = findings("dashboard-unknown-metric", GOOD, bad, board(graph("quarry.a")), metrics=KNOWN)
    assert [each.message for each in found] == [
        "`metadata.csv` has no metric `quarry.lode`",
        "`metadata.csv` has no metric `quarry.shovels`",
        "`metadata.csv` has no metric `quarry.plain`",
        "`metadata.csv` has no metric `quarry.explicit`",
        "`metadata.csv` has no metric `quarry.a`",
    ]


@pytest.mark.parametrize(
    ("asked", "others", "meant"),
    [
        ("quarry.loads", [], "quarry.load"),
        ("quarry.Load", [], "quarry.load"),
        ("quarry.lo_ad", [], "quarry.load"),
        ("quarry.diskUsed", [], "quarry.disk_used"),
        ("quarry.disk.used", [], "quarry.disk_used"),
        ("quarry.disk_used_bytes", [], None),
        ("quarry.disk_use", [], None),
        ("quarry.loads", ["quarry.load"], None),
        ("quarry.loads", ["quarry.disk_used"], "quarry.load"),
    ],
)
def test_only_a_metric_that_differs_in_form_is_offered(
    asked: str, others: list[str], meant: str | None
) -> None:
    known = "quarry.load quarry.disk_used"
    [found] = findings("dashboard-unknown-metric", board(graph(asked, *others)), metrics=known)
    offered = f"; did you mean `{meant}`?" if meant else ""
    assert found.message == f"`metadata.csv` has no metric `{asked}`{offered}"


def test_the_first_place_of_a_metric_is_told_once() -> None:
    sums = widget(requests=[{"q": "avg:quarry.load{*} + avg:quarry.dust{*} + avg:quarry.dust{*}"}])
    [found] = findings("dashboard-unknown-metric", board(sums, graph("quarry.dust")), metrics=KNOWN)
    assert found.location.pointer == ("widgets", 0, "definition", "requests", 0, "q")
    region = found.location.region
    assert region is not None
    line = Path("quarry/assets/dashboards/0.json").read_text().splitlines()[region.start_line - 1]
    start = line.index("quarry.dust")
    assert (region.start_column - 1, region.end_column - 1) == (start, start + len("quarry.dust"))


def test_only_what_the_agent_derives_from_a_known_metric_is_known() -> None:
    bad = board(graph("quarry.load.max", "quarry.load.side", "quarry.dust.max"))
    found = findings("dashboard-unknown-metric", bad, metrics=KNOWN)
    assert [each.message.partition(";")[0] for each in found] == [
        "`metadata.csv` has no metric `quarry.load.side`",
        "`metadata.csv` has no metric `quarry.dust.max`",
    ]


def test_without_a_table_of_metrics_none_is_unknown() -> None:
    metrics = {"metrics": {"prefix": "quarry."}}
    assets = {"dashboards": {"a": "assets/dashboards/0.json"}, "integration": metrics}
    assert findings("dashboard-unknown-metric", board(graph("quarry.a")), assets=assets) == []


def test_many_of_them_are_one_finding_and_the_next_dashboard_is_still_read() -> None:
    most = RULES["dashboard-unknown-metric"].parameters["most"]
    names = [f"quarry.pit{number}" for number in range(most + 1)]
    few = findings("dashboard-unknown-metric", board(graph(*names[:most])), metrics=KNOWN)
    assert len(few) == most
    found = findings(
        "dashboard-unknown-metric", board(graph(*names)), board(graph("quarry.a")), metrics=KNOWN
    )
    many, one = [each.message for each in found]
    assert many.endswith(
        f"lacks {most + 1} metrics of this dashboard, such as `quarry.pit0`, `quarry.pit1` and `quarry.pit2`"
    )
    assert one == "`metadata.csv` has no metric `quarry.a`"


@pytest.mark.parametrize("prefix", ["", 7, None])
def test_without_a_prefix_no_metric_is_the_integrations_own(prefix: Any) -> None:
    metrics = {"metrics": {"prefix": prefix, "metadata_path": "metadata.csv"}}
    assets = {"dashboards": {"a": "assets/dashboards/0.json"}, "integration": metrics}
    bad = board(graph("quarry.a"))
    assert findings("dashboard-unknown-metric", bad, metrics=KNOWN, assets=assets) == []
