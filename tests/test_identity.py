"""Which finding is which: text and lists may move, another value is another finding."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import RULES, Tile, judge, judged, shown

from validator import baseline, comparison
from validator.configuration import Configuration
from validator.discovery import discover
from validator.mask import Mask
from validator.model import Finding
from validator.report import Report
from validator.reporters import sarif

CLIENT, MANIFEST, README = "assets/oauth_clients.json", "manifest.json", "README.md"
OVERVIEW = "assets/dashboards/nimbus_deploy_overview.json"
Put = Callable[[Tile, list[int]], None]
"""Puts items into a list of a tile: the odd ones have a fault, each another one."""


def name(number: int) -> str:
    """Return a word for a number that is in no other one's, nor like it."""
    return ["amber", "birch", "cedar", "dogwood", "elder", "fir", "gorse", "hazel"][number]


def scopes(tile: Tile, items: list[int]) -> None:
    own = [f"xx_{name(item)}_zz" if item % 2 else f"{SCOPES[item // 2]}" for item in items]
    tile.change(CLIENT, lambda value: value["integration"].__setitem__("scopes", own))


SCOPES = ("events_read", "api_keys_write", "dashboards_read", "monitors_read")


def redirect_uris(tile: Tile, items: list[int]) -> None:
    own = [f"http{'s' * (item % 2 == 0)}://{name(item)}.nimbus-deploy.io/cb" for item in items]
    tile.change(CLIENT, lambda value: value["integration"].__setitem__("redirect_uris", own))


def tags(tile: Tile, items: list[int]) -> None:
    own = [f"Category::{name(item)}" if item % 2 else GOOD_TAGS[item // 2] for item in items]
    tile.change(MANIFEST, lambda value: value["tile"].__setitem__("classifier_tags", own))


GOOD_TAGS = ("Category::Cloud", "Category::Network", "Category::Security", "Category::Caching")


def unknown_fields(tile: Tile, items: list[int]) -> None:
    def put(value: dict[str, dict[str, object]]) -> None:
        rest = dict(value["tile"])
        value["tile"].clear()
        value["tile"].update({f"xx{name(item)}": "x" for item in items if item % 2})
        value["tile"].update(rest)

    tile.change(MANIFEST, put)


def pictures(tile: Tile, items: list[int]) -> None:
    for item in items:
        if item % 2 == 0:
            tile.write(f"images/{name(item)}.png", tile.files[PurePosixPath("images/connect.png")])
    own = [
        {
            "media_type": "image",
            "caption": f"What the view {item} shows of a day.",
            "image_url": f"images/{name(item)}.png",
        }
        for item in items
    ]
    tile.change(MANIFEST, lambda value: value["tile"].__setitem__("media", own))


def captions(tile: Tile, items: list[int]) -> None:
    own = [
        {
            "media_type": "image",
            "caption": name(item) + " shows" * (60 if item % 2 else 1),
            "image_url": "images/connect.png",
        }
        for item in items
    ]
    tile.change(MANIFEST, lambda value: value["tile"].__setitem__("media", own))


def dataflows(tile: Tile, items: list[int]) -> None:
    lines = ["provides:"]
    for item in items:
        data = name(item) if item % 2 else "events"
        lines += [f"  - id: {name(item)}", f"    data_type: {data}", "    direction: inbound"]
        lines += ["    always_on: true", "    granular: false"]
    tile.write("assets/dataflows.yaml", "\n".join(lines) + "\n" if items else "provides: []\n")


def metadata(tile: Tile, items: list[int]) -> None:
    header = tile.text("metadata.csv").splitlines()[0]
    rows = [
        f"nimbus_deploy.{name(item)},{'gouge' if item % 2 else 'gauge'},,,,A value,0,nimbus_deploy,V,,"
        for item in items
    ]
    tile.write("metadata.csv", "\n".join([header, *rows]) + "\n")


def statuses(tile: Tile, items: list[int]) -> None:
    own = [
        {
            "agent_version": "7.0.0",
            "integration": "Nimbus Deploy",
            "check": f"nimbus_deploy.{name(item)}",
            "statuses": ["ok", name(item) if item % 2 else "critical"],
            "groups": ["host"],
            "name": f"The {name(item)} check",
            "description": "Returns CRITICAL if Nimbus Deploy is unreachable.",
        }
        for item in items
    ]
    tile.write("assets/service_checks.json", json.dumps(own))


def service_check_names(tile: Tile, items: list[int]) -> None:
    own = [{"check": f"nimbus_deploy.{name(item)}{'-x' * (item % 2)}"} for item in items]
    tile.write("assets/service_checks.json", json.dumps(own))


def widgets(tile: Tile, items: list[int]) -> None:
    own = [
        {
            "id": 10 + number,
            "definition": {"type": "image", "url": LOGO[item % 2].format(name(item))},
            "layout": {"x": 0, "y": number, "width": 2, "height": 2},
        }
        for number, item in enumerate(items)
    ]
    tile.change(OVERVIEW, lambda value: value.__setitem__("widgets", own))


LOGO = ("/static/images/{}.png", "https://{}.other.example/logo.png")


def untitled_widgets(tile: Tile, items: list[int]) -> None:
    own = [
        {
            "id": 10 + number,
            "definition": {
                "type": "timeseries",
                **({} if item % 2 else {"title": name(item)}),
                "requests": [{"q": f"avg:nimbus_deploy.{name(item)}{{*}}"}],
            },
            "layout": {"x": 0, "y": number, "width": 2, "height": 2},
        }
        for number, item in enumerate(items)
    ]
    tile.change(OVERVIEW, lambda value: value.__setitem__("widgets", own))


def queried_metrics(tile: Tile, items: list[int]) -> None:
    metadata(tile, [0, 2, 4, 6])
    own = [
        {
            "id": 10 + number,
            "definition": {
                "type": "timeseries",
                "title": f"View {number}",
                "requests": [{"q": f"avg:nimbus_deploy.{name(item)}{{*}}"}],
            },
            "layout": {"x": 0, "y": number, "width": 2, "height": 2},
        }
        for number, item in enumerate(items)
    ]
    tile.change(OVERVIEW, lambda value: value.__setitem__("widgets", own))


def links(tile: Tile, items: list[int]) -> None:
    text = "".join(
        f"See the [guide](http{'s' * (item % 2 == 0)}://{name(item)}.io/a).\n\n" for item in items
    )
    tile.edit(README, "### Validation", f"{text}### Validation")


def definitions(tile: Tile, items: list[int]) -> None:
    text = "".join(
        f"See the [guide {item}][{50 + number}].\n\n" for number, item in enumerate(items)
    )
    tile.edit(README, "### Validation", f"{text}### Validation")
    tile.append(
        README,
        "".join(
            f"[{50 + number}]: http{'s' * (item % 2 == 0)}://{name(item)}.io/a\n"
            for number, item in enumerate(items)
        ),
    )


def headings(tile: Tile, items: list[int]) -> None:
    text = "".join(f"### Your {name(item)}{':' * (item % 2)}\n\nText.\n\n" for item in items)
    tile.edit(README, "### Validation", f"{text}### Validation")


def readme_pictures(tile: Tile, items: list[int]) -> None:
    text = "".join(
        f"![{'' if item % 2 else 'The view'}](https://acme.io/{name(item)}.png)\n\n"
        for item in items
    )
    tile.edit(README, "### Validation", f"{text}### Validation")


def links_to_one_branch(tile: Tile, items: list[int]) -> None:
    at = "https://github.com/DataDog/integrations-extras/blob"
    text = "".join(
        f"See the [guide]({at}/{'topic' if item % 2 else 'master'}/nimbus_deploy/{name(item)}.md).\n\n"
        for item in items
    )
    tile.edit(README, "### Validation", f"{text}### Validation")


def short_names(tile: Tile, items: list[int]) -> None:
    own = {
        name(item): f"assets/dashboards/{name(item)}.json" if item % 2 else OVERVIEW
        for item in items
    }
    tile.change(MANIFEST, lambda value: value["assets"].__setitem__("dashboards", own))


LISTS: dict[str, tuple[Put, str]] = {
    "scopes": (scopes, "unknown-oauth-scope"),
    "redirect URIs": (redirect_uris, "insecure-oauth-url"),
    "tags": (tags, "unknown-classifier-tag"),
    "unknown fields": (unknown_fields, "unknown-manifest-field"),
    "pictures": (pictures, "broken-manifest-path"),
    "captions": (captions, "long-media-caption"),
    "dataflows": (dataflows, "invalid-dataflow"),
    "metadata rows": (metadata, "metadata-value"),
    "statuses": (statuses, "invalid-service-check"),
    "service check names": (service_check_names, "invalid-service-check"),
    "widgets": (widgets, "dashboard-foreign-logo"),
    "untitled widgets": (untitled_widgets, "untitled-widget"),
    "queried metrics": (queried_metrics, "dashboard-unknown-metric"),
    "links": (links, "insecure-link"),
    "link definitions": (definitions, "insecure-link"),
    "headings": (headings, "heading-punctuation"),
    "pictures of the README": (readme_pictures, "missing-alt-text"),
    "links to a branch": (links_to_one_branch, "repository-branch-link"),
    "short names": (short_names, "broken-manifest-path"),
}
MEMBERS = {"service check names": "check", "dataflows": "data_type"}
SILENT = {"captions", "untitled widgets", "links to a branch", "metadata rows"}
"""Lists of which the message doesn't name the item: the place is all there is to say."""
KEYED = {"unknown fields", "short names", "scopes", "redirect URIs", "widgets", "queried metrics"}
"""Lists and objects of which a name that stands twice is told once."""


def report_of(kind: str, items: list[int]) -> Report:
    put, rule = LISTS[kind]
    tile = Tile()
    put(tile, items)
    report = tile.judge(rule)
    if kind in MEMBERS:  # what else is wrong with an item is another matter
        kept = tuple(
            found for found in report.findings if MEMBERS[kind] in (found.location.pointer or ())
        )
        report = Report(report.rules, report.integrations, kept, report.skips)
    assert report.internal_errors == ()
    return report


def faults(kind: str, items: list[int]) -> Counter[int]:
    odd = [item for item in items if item % 2]
    return Counter(set(odd) if kind in KEYED else odd)


items = st.lists(st.integers(0, 7), max_size=5)
property_ = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("kind", LISTS)
@property_
@given(before=items, after=items)
def test_what_is_new_is_what_was_put_in(
    kind: str, before: list[int], after: list[int], tmp_path: Path
) -> None:
    """Any edit of a list is one of these: insert, delete, permute and replace."""
    was, is_ = report_of(kind, before), report_of(kind, after)
    assert len(was.findings) == faults(kind, before).total()
    expected = faults(kind, after) - faults(kind, before)
    gone = faults(kind, before) - faults(kind, after)
    compared = comparison.set_known_apart(is_, was)
    assert len(compared.findings) == expected.total()
    named(kind, compared.findings, expected)
    file = tmp_path / "baseline.json"
    file.write_text(
        baseline.render([entry for entry, _ in baseline.entries(was, file, Mask()).values()])
    )
    accepted, stale = baseline.apply(is_, file, Mask())
    assert len(accepted.findings) == expected.total()
    named(kind, accepted.findings, expected)
    assert len(stale) == gone.total()
    old, new = prints(was), prints(is_)
    assert (len(new - old), len(old - new)) == (expected.total(), gone.total())


def named(kind: str, findings: tuple[Finding, ...], expected: Counter[int]) -> None:
    """Assert that messages name what is new, and nothing else."""
    if kind not in SILENT:
        told = Counter(
            item for item in range(8) for found in findings if f"{name(item)}" in found.message
        )
        assert told >= expected  # a message may offer what was meant


def shared_captions(tile: Tile, items: list[int]) -> None:
    pictures(tile, [2 * item for item in items])

    def share(value: dict[str, dict[str, list[dict[str, str]]]]) -> None:
        for item in value["tile"]["media"]:
            item["caption"] = "What a view shows of a day."

    tile.change(MANIFEST, share)


def like_rows(tile: Tile, items: list[int]) -> None:
    header = tile.text("metadata.csv").splitlines()[0]
    rows = [f"nimbus_deploy.{name(item)},gauge,,,,,0,nimbus_deploy,Value,," for item in items]
    tile.write("metadata.csv", "\n".join([header, *rows]) + "\n")
    manifest = json.loads(tile.text("manifest.json"))
    manifest["author"]["name"] = "Datadog"
    tile.write("manifest.json", json.dumps(manifest, indent=2))


@pytest.mark.parametrize(
    ("put", "rule"),
    [
        (shared_captions, "duplicate-caption"),
        (like_rows, "duplicate-metric-short-name"),
        (like_rows, "metadata-description"),
        (like_rows, "missing-dataflows"),
    ],
)
def test_of_several_things_that_a_finding_is_about_any_may_be_the_first(
    put: Put, rule: str
) -> None:
    reports = []
    for order in ([0, 1, 2], [2, 1, 0]):
        tile = Tile()
        put(tile, order)
        reports.append(tile.judge(rule))
        assert reports[-1].findings
    assert comparison.set_known_apart(reports[1], reports[0]).findings == ()


def prints(report: Report) -> set[str]:
    [run] = json.loads(sarif.render(shown(report, ())))["runs"]
    return {result["partialFingerprints"]["tilelint/v1"] for result in run["results"]}


def bad_fixtures() -> list[Path]:
    return sorted(
        case
        for case in (ROOT / "fixtures").glob("*/bad*")
        if case.parent.name in RULES and not (case / "after").exists()
    )


@pytest.mark.parametrize("case", bad_fixtures(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_two_things_that_are_said_have_two_identities(case: Path) -> None:
    """Where the value at a place doesn't tell which thing is meant, the check must say it (``about``)."""
    report = judged(case, RULES.values())
    said: dict[tuple[object, str], str] = {}
    for finding in report.findings:
        key = (finding.location.integration, finding.identity)
        assert said.setdefault(key, finding.message) == finding.message


@pytest.mark.parametrize("case", bad_fixtures(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_moving_text_and_members_makes_no_finding_new(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = case.parent.name
    shutil.copytree(case, tmp_path / case.name)
    monkeypatch.chdir(tmp_path)
    chosen = [RULES[rule]] if RULES[rule].subject != "suppression" else RULES.values()
    was = judged(Path(case.name), chosen)
    moved = Path(case.name)
    for readme in moved.rglob("README.md"):
        text = readme.read_bytes()
        title, end, rest = text.partition(b"\n")
        if not text.startswith((b"<!--", b"\xff\xfe", b"\xef\xbb\xbf")) and title.startswith(b"# "):
            readme.write_bytes(title + end + b"\nOne more line.\n\n" + rest)
    for document in moved.rglob("*.json"):
        try:
            value = json.loads(document.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if "duplicate-key" not in rule and isinstance(value, dict):
            document.write_text(json.dumps(value, indent=7), encoding="utf-8")
    is_ = judged(Path(case.name), chosen)
    new = comparison.set_known_apart(is_, was).findings
    assert [found.message for found in new] == []


def test_findings_in_settings_are_told_by_their_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tile(Path("acme"))

    def found(*calls: str) -> Report:
        Path("acme/.tilelint.yaml").write_text(f"oauth:\n  api_calls: {json.dumps(calls)}\n")
        integrations = discover([Path("acme")], Configuration()).integrations
        return judge(integrations, "unknown-declared-call")

    was = found("GET /api/v1/nonsense", "GET /api/v1/monitor")
    assert len(was.findings) == 1
    moved = found("GET /api/v1/monitor", "GET /api/v1/events", "GET /api/v1/nonsense")
    assert comparison.set_known_apart(moved, was).findings == ()
    [new] = comparison.set_known_apart(found("GET /api/v1/gibberish"), was).findings
    assert "gibberish" in new.message


def write_tile(folder: Path) -> None:
    for path, data in Tile().files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def test_a_run_that_could_not_tell_findings_apart_passes_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tile = Tile()
    tags(tile, [1])
    was = tile.judge("unknown-classifier-tag")
    monkeypatch.setattr("validator.engine.identified", lambda *_: 1 / 0)
    is_ = tile.judge("unknown-classifier-tag")
    assert is_.internal_errors
    assert len(comparison.set_known_apart(is_, was).findings) == 1
    assert len(comparison.set_known_apart(is_, is_).findings) == 1
