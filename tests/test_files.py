"""Files that differ in case: in memory, since not every file system can hold them."""

from __future__ import annotations

import pytest
from support import Tile

RULE = "names-differ-in-case"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["docs/steps.md"], []),
        (["docs/a.md", "docs/b.md"], []),
        (["docs/steps.md", "other/steps.md"], []),
        (["docs/Steps.md", "docs/steps.md"], [("docs/steps.md", "docs/Steps.md")]),
        (["Docs/a.md", "docs/A.md"], [("docs/A.md", "Docs/a.md")]),
        (
            ["images/A.png", "images/a.PNG", "images/a.png", "images/b.png"],
            [("images/a.PNG", "images/A.png"), ("images/a.png", "images/A.png")],
        ),
    ],
)
def test_files_that_differ_in_case(names: list[str], found: list[tuple[str, str]]) -> None:
    tile = Tile()
    for name in names:
        tile.write(name, "x")
    report = tile.judge(RULE)
    told = [
        (str(each.location.path), str(each.related[0].location.path)) for each in report.findings
    ]
    assert told == found
    for each, (name, other) in zip(report.findings, found, strict=True):
        assert each.message.startswith(f"`{name}` differs from `{other}` in case only; expected")
