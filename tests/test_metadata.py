"""metadata.csv: every table and every row is judged, whatever those before are like."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from support import Tile

from validator.definitions import policies
from validator.model import Finding

REQUIRED = (
    "metric_name",
    "metric_type",
    "interval",
    "unit_name",
    "per_unit_name",
    "description",
    "orientation",
    "integration",
    "short_name",
)


def row(metric_name: str = "tide.level", **cells: str) -> list[str]:
    """Return a row without a fault, but for what is given."""
    filled = {
        "metric_name": metric_name,
        "metric_type": "gauge",
        "description": "How high it is",
        "orientation": "0",
        "integration": "tidegauge",
        **cells,
    }
    return [filled.get(column, "") for column in REQUIRED]


def table(*rows: Sequence[str], header: Sequence[str] = REQUIRED) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


GOOD = table(row())


def tile(last: str | bytes, *, first: str | bytes | None = None) -> Tile:
    """Return a tile with a table, and perhaps with one that is read before it."""
    own = Tile("agent")
    own.write("metadata.csv", last)
    if first is not None:
        own.write("first.csv", first)
        own.change("manifest.json", lambda manifest: metrics(manifest, metadata_path="first.csv"))
    return own


def metrics(manifest: dict[str, Any], **keys: Any) -> None:
    manifest["assets"]["integration"]["metrics"].update(keys)


def found(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def place(each: Finding) -> str:
    """Return the file, the line and the column of a finding; the name of the table is left out."""
    region = each.location.region
    assert region is not None
    name = each.location.path.name
    return (
        f"{'' if name == 'metadata.csv' else name + ':'}{region.start_line}:{region.start_column}"
    )


def told(own: Tile, rule: str) -> list[str]:
    return [f"{place(each)} {each.message}" for each in found(own, rule)]


def has(*names: str, without: Sequence[str] = ()) -> str:
    """Return a header with further columns, and without some."""
    return ",".join([*(name for name in REQUIRED if name not in without), *names]) + "\n"


NO_HEADER = f"`metadata.csv` begins with no header; expected `{','.join(REQUIRED)}`"
MANY = [f"x{number}" for number in range(12)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (has(), []),
        (has("curated_metric", "sample_tags"), []),
        (
            has(without=["interval", "metric_name"]),
            ["1:1 the column `metric_name` is missing", "1:1 the column `interval` is missing"],
        ),
        (has("interval"), ["1:105 the column `interval` is there twice"]),
        (
            has("interval", without=["short_name"]),
            ["1:94 the column `interval` is there twice; expected `short_name`"],
        ),
        (
            has("interval", "interval", without=["short_name"]),
            [
                "1:94 the column `interval` is there twice; expected `short_name`",
                "1:103 the column `interval` is there twice",
            ],
        ),
        (
            has("interval", without=["short_name", "orientation"]),
            [
                "1:82 the column `interval` is there twice",
                "1:1 the column `orientation` is missing",
                "1:1 the column `short_name` is missing",
            ],
        ),
        (
            has("sample_tag"),
            ["1:105 `sample_tag` is no column of metadata.csv; did you mean `sample_tags`?"],
        ),
        (
            has("short_names", without=["short_name"]),
            ["1:94 `short_names` is no column of metadata.csv; did you mean `short_name`?"],
        ),
        (
            has("sample_tag", without=["interval"]),
            [
                "1:96 `sample_tag` is no column of metadata.csv",
                "1:1 the column `interval` is missing",
            ],
        ),
        (
            has("x", "x"),
            [
                "1:105 `x` is no column of metadata.csv",
                "1:107 the column `x` is there twice",
            ],
        ),
        (
            f"metric_name,{','.join(MANY[:11])}\n",
            [f"1:{13 + 3 * at} `x{at}` is no column of metadata.csv" for at in range(11)]
            + [f"1:1 the column `{name}` is missing" for name in REQUIRED[1:]],
        ),
        (f"metric_name,{','.join(MANY)}\n", [f"1:1 {NO_HEADER}"]),
        ("tide.level,gauge\n", [f"1:1 {NO_HEADER}"]),
        ("\n\ntide;level\n", [f"3:1 {NO_HEADER}"]),
        (
            "\nmetric_name;unit\n",
            ["2:1 `metadata.csv` separates columns by semicolons; expected commas"],
        ),
        (
            "metric_name\tunit\n",
            ["1:1 `metadata.csv` separates columns by tabs; expected commas"],
        ),
        ("metric_name unit\n", [f"1:1 {NO_HEADER}"]),
    ],
)
def test_a_header(text: str, expected: list[str]) -> None:
    assert sorted(told(tile(text), "invalid-metadata-header")) == sorted(expected)
    both = tile(text, first="tide.level,gauge\n")
    assert len(told(both, "invalid-metadata-header")) == len(expected) + 1


LONG = [*row(), ""]
SHORT = row()[:-1]
HINT = "; put a text with a comma in double quotes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (table(row(), row()), []),
        (
            table(row(), LONG, SHORT),
            [f"3:1 the row has 10 cells; {{}}{HINT}", "4:1 the row has 8 cells; {}"],
        ),
        (table(LONG), [f"2:1 the row has 10 cells; {{}}{HINT}"]),
        (table(["tide.level"]), ["2:1 the row has 1 cell; {}"]),
        (table(SHORT, SHORT), ["1:1 all 2 rows have 8 cells; {}"]),
        (table(["a"], ["b"], ["c"]), ["1:1 all 3 rows have 1 cell; {}"]),
        (
            table(SHORT, SHORT, row()),
            ["2:1 the row has 8 cells; {}", "3:1 the row has 8 cells; {}"],
        ),
        (
            table(SHORT, LONG),
            ["2:1 the row has 8 cells; {}", f"3:1 the row has 10 cells; {{}}{HINT}"],
        ),
        (table(SHORT, header=REQUIRED[1:]), []),
        (table(LONG, header=REQUIRED[1:]), []),
    ],
)
def test_the_cells_of_a_row(text: str, expected: list[str]) -> None:
    expected = [each.format("expected 9, as the header has") for each in expected]
    assert told(tile(text), "metadata-column-count") == expected
    for first, more in ((table(LONG, header=REQUIRED[1:]), 0), (table(LONG, LONG), 1)):
        assert len(told(tile(text, first=first), "metadata-column-count")) == len(expected) + more


def test_text_behind_a_closing_quote() -> None:
    rows = [
        "a,gauge,,,,plain,0,t,",
        'b,gauge,,,,"with, comma",0,t,',
        'c,gauge,,,,in "quotes" here,0,t,',
        'd,gauge,,,,"quoted" twice,0,t,"short" name',
        "e,gauge,,,,plain,0,t,",
        '"f"x,gauge,,,,plain,0,t,',
    ]
    own = tile(has() + "\n".join(rows), first=GOOD)
    assert told(own, "metadata-quoting") == [
        "5:12 ` twice` stands after the closing quote; expected a comma",
        "5:31 ` name` stands after the closing quote; expected a comma",
        "7:1 `x` stands after the closing quote; expected a comma",
    ]


TYPES = "expected `count`, `gauge` or `rate`"
CURATED = "expected `cpu` or `memory`, joined by `|`"
TIME = "is time per time; expected the unit `fraction` and no `per_unit_name`"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"metric_type": "gauges"}, [f"`metric_type` is `gauges`; {TYPES}"]),
        (
            {"metric_type": " "},
            [
                "`metric_type` is empty; expected a value in every row",
            ],
        ),
        ({"metric_type": ""}, ["`metric_type` is empty; expected a value in every row"]),
        ({"orientation": "-1"}, []),
        ({"orientation": "2"}, ["`orientation` is `2`; expected `-1`, `0` or `1`"]),
        ({"interval": "15"}, []),
        ({"interval": "²"}, ["`interval` is `²`; expected a whole number of seconds"]),
        ({"interval": "1.5"}, ["`interval` is `1.5`; expected a whole number of seconds"]),
        ({"unit_name": "byte", "per_unit_name": "second"}, []),
        (
            {"unit_name": "ms"},
            ["`unit_name` is `ms`, which is no unit; did you mean `millisecond`?"],
        ),
        (
            {"per_unit_name": "secnd"},
            ["`per_unit_name` is `secnd`, which is no unit; did you mean `second`?"],
        ),
        ({"unit_name": "qqqqqq"}, ["`unit_name` is `qqqqqq`, which is no unit"]),
        ({"unit_name": "minute", "per_unit_name": "second"}, [f"`minute` per `second` {TIME}"]),
        ({"unit_name": "unix second", "per_unit_name": "second"}, []),
        ({"unit_name": "minute", "per_unit_name": "host"}, []),
        ({"per_unit_name": "second"}, []),
        ({"description": "x" * 400}, []),
        ({"description": "x" * 401}, ["`description` has 401 characters; expected at most 400"]),
        ({"description": "a | b"}, ["`description` has a `|`; expected none"]),
    ],
)
def test_the_value_of_a_cell(cells: dict[str, str], expected: list[str]) -> None:
    good = row(unit_name="byte", per_unit_name="second", interval="10")
    own = tile(table(good, row(**cells), row(metric_type="last")), first=GOOD)
    found = told(own, "metadata-value")
    last = f"4:12 `metric_type` is `last`; {TYPES}"
    assert [each.partition(" ")[2] for each in found if each != last] == expected
    assert last in found
    assert all(each.startswith("3:") for each in found if each != last)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", []),
        ("cpu", []),
        ("memory|cpu", []),
        ("cpu|disk", [f"`curated_metric` is `disk`; {CURATED}"]),
        ("disk|disk|cpu", [f"`curated_metric` is `disk`; {CURATED}"]),
        ("cpu|memory|cpu", ["`curated_metric` names `cpu` twice"]),
        ("|", [f"`curated_metric` is ``; {CURATED}"]),
    ],
)
def test_a_curated_metric(cell: str, expected: list[str]) -> None:
    header = [*REQUIRED, "curated_metric"]
    own = tile(table([*row(), "cpu"], [*row(), cell], header=header))
    found = told(own, "metadata-value")
    assert [each.partition(" ")[2] for each in found] == expected


def test_the_first_units_that_are_none_have_a_hint() -> None:
    known = [unit for units in policies.load(policies.Metrics).units.values() for unit in units]
    wrong = [f"{unit}q" for unit in known[:51]]
    own = tile(table(*(row(unit_name=unit) for unit in [*wrong, wrong[0]])))
    messages = [each.message for each in found(own, "metadata-value")]
    assert len(messages) == 52
    hints = ["did you mean" in message for message in messages]
    assert hints == [True] * 50 + [False, True]
    assert f"`{known[49]}`" in messages[49]
    assert messages[51] == messages[0]


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("tide.level", None),
        ("T1.level_2", None),
        ("tide level", "stores it as `tide_level`"),
        ("1tide", "stores it as `tide`"),
        ("tide._level_", "stores it as `tide.level`"),
        ("€", "expected letters, digits, `_` and `.`"),
    ],
)
def test_the_name_of_a_metric(name: str, stored: str | None) -> None:
    own = tile(table(row(), row(name), row("x-")), first=GOOD)
    *found, last = told(own, "metadata-metric-name")
    assert last.startswith("4:1 `x-` is no metric name")
    assert len(found) == (stored is not None)
    for each in found:
        assert stored is not None
        assert each.startswith(f"3:1 `{name}` is no metric name; ")
        assert each.endswith(stored)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b", "", ""], []),
        (["a", "b", "b"], ["4: `b` is the `{}` of line 3, too; expected one"]),
        (
            ["a", "a", "b", "a"],
            ["3: `a` is the `{}` of line 2, too; expected one; 1 more row like it"],
        ),
        (
            ["a", "a", "b", "a", "b", "a"],
            [
                "3: `a` is the `{}` of line 2, too; expected one; 2 more rows like it",
                "6: `b` is the `{}` of line 4, too; expected one",
            ],
        ),
    ],
)
def test_what_stands_in_two_rows(names: list[str], expected: list[str]) -> None:
    rules = {
        "metric_name": ("metadata-duplicate", "one row for each metric"),
        "short_name": ("duplicate-metric-short-name", "a short name of its own"),
    }
    if len(expected) > 1:
        short = rules.pop("short_name")[0]
        cells = [{"metric_name": "", "short_name": name} for name in names]
        [one] = found(tile(table(*(row(**each) for each in cells))), short)
        assert one.message.endswith(
            f"short name of its own; {len(expected)} values stand in several rows"
        )
    for column, (rule, wanted) in rules.items():
        cells = [{"metric_name": "", column: name} for name in names]
        own = tile(table(*(row(**each) for each in cells)), first=table(row(short_name="a")))
        each = found(own, rule)
        messages = [one.message for one in each]
        assert messages == [
            text.partition(" ")[2].format(column).replace("expected one", f"expected {wanted}")
            for text in expected
        ]
        for one, text in zip(each, expected, strict=True):
            assert place(one).startswith(text.partition(":")[0])
            [related] = one.related
            assert related.message == "it stands here first"
            assert related.location.region is not None
            assert f"of line {related.location.region.start_line}," in one.message


@pytest.mark.parametrize(
    ("prefix", "names", "expected"),
    [
        (
            "tide.",
            ["tide.level", "jvm.heap", "tidal.level"],
            ["4:1 the metric begins with `tidal.`"],
        ),
        ("tide.", ["tide.level", "tides"], ["3:1 the metric begins with `tides`"]),
        ("tide.", ["tidal.level", "moon.phase"], []),
        (
            "tide.",
            [" tide.level", "moon.phase"],
            ["2:1 the metric begins with ` tide.`", "3:1 the metric begins with `moon.`"],
        ),
        (" ", ["tide.level"], ["2:1 the metric begins with `tide.`"]),
        ("", ["tidal.level"], []),
        (7, ["tidal.level"], []),
    ],
)
def test_the_prefix_of_metrics(prefix: Any, names: list[str], expected: list[str]) -> None:
    own = tile(table(*(row(name) for name in names)), first=table(header=REQUIRED))
    own.change("manifest.json", lambda manifest: metrics(manifest, prefix=prefix))
    found = told(own, "metadata-prefix")
    assert [each.partition(";")[0] for each in found] == expected
    assert all(each.endswith(f"expected the prefix `{prefix}` of the manifest") for each in found)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["tidegauge", "tidegauge", ""], []),
        (["moon"], ["2:29 `integration` is `moon`; expected `tidegauge`"]),
        (
            ["moon", "tidegauge", "sun"],
            [
                "2:29 `integration` is `moon`; expected `tidegauge`",
                "4:29 `integration` is `sun`; expected `tidegauge`",
            ],
        ),
        (
            ["moon", "sun"],
            [
                "2:29 `integration` is `moon`; expected `tidegauge`",
                "3:29 `integration` is `sun`; expected `tidegauge`",
            ],
        ),
    ],
)
def test_the_integration_of_a_row(names: list[str], expected: list[str]) -> None:
    own = tile(table(*(row("a", integration=name) for name in names)))
    assert told(own, "metadata-integration-name") == expected
    for each in found(own, "metadata-integration-name"):
        [related] = each.related
        assert related.message == "the source type is `Tidegauge`"
        assert related.location.pointer == ("assets", "integration", "source_type_name")


def test_where_every_row_has_another_integration_the_source_type_may_be_wrong() -> None:
    wrong = [row("a", integration=""), row("a", integration="moon"), row("b", integration="moon")]
    own = tile(table(row("a", integration="sun")), first=table(*wrong))
    whole, other = found(own, "metadata-integration-name")
    assert other.message == "`integration` is `sun`; expected `tidegauge`"
    assert whole.location.pointer == ("assets", "integration", "source_type_name")
    assert whole.message == (
        "the source type is `Tidegauge`, but every row of `first.csv` has the `integration` `moon`; "
        "expected `tidegauge` there, or another source type"
    )
    [related] = whole.related
    assert related.message == "the first row is here"
    assert related.location.words.endswith("first.csv:3:29")


@pytest.mark.parametrize("name", [7, "", " ", None])
def test_without_a_source_type_no_integration_is_expected(name: Any) -> None:
    own = tile(table(row(integration="moon")))
    own.change(
        "manifest.json",
        lambda manifest: manifest["assets"]["integration"].update(source_type_name=name),
    )
    assert told(own, "metadata-integration-name") == []


ACUTE = (
    "`é` U+00E9 (latin small letter e with acute) is no ASCII character; expected one in its place"
)
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊ"


def described(texts: str | Sequence[str]) -> str:
    return table(*(row("a", description=text) for text in texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (described("ab"), []),
        (
            described(["é", "x", "—é", "é"]),
            [
                f"2:12 {ACUTE}; 2 more places like it",
                "4:12 `—` U+2014 (em dash) is no ASCII character; expected one in its place",
            ],
        ),
        (
            described(["\u200bé", "é"]),
            [
                "2:12 U+200B (zero width space) is no ASCII character; expected one in its place",
                f"2:13 {ACUTE}; 1 more place like it",
            ],
        ),
        (
            described("\ue000"),
            ["2:12 U+E000 is no ASCII character; expected one in its place"],
        ),
        (
            described(["x", LETTERS]),
            ["3:12 11 different characters are not ASCII; expected English in ASCII"],
        ),
        (
            "\ufeff" + described("x"),
            ["1:1 `metadata.csv` begins with a byte order mark; expected UTF-8 without one"],
        ),
    ],
)
def test_characters_beyond_ascii(text: str, expected: list[str]) -> None:
    assert told(tile(text), "metadata-encoding") == expected
    for first, more in ((GOOD, 0), (described(LETTERS), 1)):
        assert len(told(tile(text, first=first), "metadata-encoding")) == len(expected) + more


def test_ten_different_characters_are_told_one_by_one() -> None:
    assert len(told(tile(described(LETTERS[1:])), "metadata-encoding")) == 10


@pytest.mark.parametrize(
    ("texts", "message", "places"),
    [
        (["a", "b"], "", []),
        (["a", ""], "`description` is empty; expected what it measures", ["3:12"]),
        (
            ["", " "],
            "`description` is empty; expected what it measures; 1 more row like it",
            ["2:12", "3:12"],
        ),
        (
            ["a", "", "b", " ", ""],
            "`description` is empty; expected what it measures; 2 more rows like it",
            ["3:12", "5:12"],
        ),
    ],
)
def test_rows_without_a_description_are_told_once(
    texts: list[str], message: str, places: list[str]
) -> None:
    without = table(["tide.level"], header=["metric_name"])
    for first in (None, GOOD, without):
        each = found(tile(described(texts), first=first), "metadata-description")
        assert [one.message for one in each] == ([message] if places else [])
        for one in each:
            assert place(one) == places[0]
            assert [related.message for related in one.related] == ["the next one is here"] * (
                len(places) - 1
            )
            for related, where in zip(one.related, places[1:], strict=True):
                assert related.location.words.endswith(f"metadata.csv:{where}")
