"""The pictures of a README: good ones come before bad ones, and what another rule tells is not told again."""

from __future__ import annotations

import pytest
from support import Tile

from validator.model import Finding

RAW = "https://raw.githubusercontent.com/DataDog/integrations-extras/master/nimbus_deploy"
PAGE = "https://github.com/DataDog/integrations-extras/blob/master/nimbus_deploy"
GOOD = f"![Connected]({RAW}/images/connect.png)\n"
SETUP = "# Nimbus Deploy\n\n## Setup\n\n"


def told(
    rule: str, text: str, *, kind: str = "oauth", files: tuple[str, ...] = ()
) -> list[Finding]:
    """Judge a README that shows a good picture before anything else."""
    tile = Tile(kind)
    tile.write("README.md", f"{SETUP}{GOOD}\n{text}\n")
    for file in files:
        tile.write(file, b"")
    report = tile.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def picture(*hrefs: str) -> str:
    return "\n\n".join(f"![Seen](<{href}>)" for href in hrefs)


FOREIGN = [
    "https://cdn.example.com/images/other.png",
    "//cdn.example.com/images/other.png",
    "data:image/png;base64,iVBORw0KGgo",
    "#other.png",
    "?other.png",
    f"{RAW.replace('/master/', '/8e1f20c94b7d/')}/images/other.png",
    f"{RAW.replace('/master/', '/my-branch/')}/images/other.png",
    "https://raw.githubusercontent.com/DataDog/integrations-core/master/nimbus_deploy/other.png",
    "https://raw.githubusercontent.com/DataDog/integrations-extras/master/quarry/images/other.png",
]
"""Where `images/other.png` is nothing that this integration must have."""


def test_a_picture_that_is_not_there_is_told_behind_those_of_others() -> None:
    found = told(
        "missing-image", picture(*FOREIGN, "images/connect.png", f"{RAW}/images/hydraulics.png")
    )
    [finding] = found
    assert finding.message == (
        "`images/hydraulics.png` is not in the integration; expected a file in `images/`"
    )
    assert finding.about == f"{RAW}/images/hydraulics.png"
    region = finding.location.region
    assert region is not None
    line = f"![Seen](<{RAW}/images/hydraulics.png>)"
    assert line[region.start_column - 1 : region.end_column - 1] == "images/hydraulics.png"


@pytest.mark.parametrize(
    ("href", "message"),
    [
        ("images/deployment.png", "; did you mean `images/deployments.png`?"),
        (f"{PAGE}/images/deployment.png", "; did you mean `images/deployments.png`?"),
        ("media/connect.png", "; did you mean `images/connect.png`?"),
        ("media/Guide.PNG", "; did you mean `docs/guide.png`?"),
        ("/images/hydraulics.png", "; expected a file in `images/`"),
        (".\\images\\hydraulics.png", "; expected a file in `images/`"),
        ("images/the%20plan.png", "; did you mean `images/the plans.png`?"),
        ("images/hydraulics.jpg", "; expected a file in `images/`"),
        ("images/connects.svg", "; did you mean `images/connect.png`?"),
        ("images/guides.png", "; did you mean `docs/guide.png`?"),
        ("x/hydraulics-by-hand.txt", "; expected a file in `images/`"),
    ],
)
def test_what_was_meant_is_a_picture_of_that_name_or_a_like_one(href: str, message: str) -> None:
    others = (
        "docs/guide.png",
        "media/guide.png",
        "images/the plans.png",
        "docs/hydraulics-by-hand.txt",
    )
    [finding] = told("missing-image", picture(href), files=others)
    assert finding.message.endswith(f" is not in the integration{message}")


@pytest.mark.parametrize("href", ["images/connect.png", "/images/connect.png", "./images/a b.png"])
@pytest.mark.parametrize("rule", ["missing-image", "relative-image"])
def test_what_is_there_is_not_missing_but_relative(rule: str, href: str) -> None:
    found = told(rule, picture(*FOREIGN, "images/gone.txt", href), files=("images/a b.png",))
    expected = "images/gone.txt" if rule == "missing-image" else href
    assert [each.about for each in found] == [expected]
    if rule == "relative-image":
        name = href.rpartition("/")[2]
        assert found[0].message.endswith(
            f"can't be shown on a tile; expected `{RAW}/images/{name}`"
        )


def test_a_picture_that_the_manifest_names_is_told_there() -> None:
    tile = Tile()
    media = tile.integration().manifest.get(("tile", "media"))
    named = media[0]["image_url"]
    tile.remove(named)
    tile.write("README.md", f"{SETUP}{picture(named, 'images/gone.png')}\n")
    assert [each.about for each in tile.judge("missing-image").findings] == ["images/gone.png"]


def test_on_the_marketplace_relative_pictures_are_right() -> None:
    tile = Tile("marketplace")
    path = next(path for path in tile.files if path.suffix == ".png")
    tile.write("README.md", f"{SETUP}{picture(str(path))}\n")
    assert tile.judge("relative-image").findings == ()
    assert tile.judge("missing-image").findings == ()


@pytest.mark.parametrize(
    ("href", "message"),
    [
        ("images/connect.png", None),
        ("", None),
        (f"{RAW}/images/gone.png", None),
        (f"{PAGE}/images/gone.png?raw=true", None),
        ("https://raw.githubusercontent.com/DataDog/marketplace/master/quarry/a.png", None),
        (
            f"{PAGE}/images/gone.png",
            f"`{PAGE.partition('nimbus')[0]}…` is a page about the picture; expected `{RAW}/images/gone.png`",
        ),
        (
            "https://cdn.example.com/a.png",
            "the picture comes from `cdn.example.com`; expected a file in `images/`",
        ),
        (
            "//cdn.example.com/a.png",
            "the picture comes from `cdn.example.com`; expected a file in `images/`",
        ),
        (
            "DATA:image/png;base64,iVBORw0KGgo",
            "the picture is written into a `data:` URL; expected a file in `images/`",
        ),
    ],
)
def test_where_pictures_are_kept(href: str, message: str | None) -> None:
    last = "https://pictures.example.com/last.png"
    found = told("foreign-image-host", f"[linked]({last})\n\n{picture(href, last)}")
    assert found.pop().about == last
    assert [each.message for each in found] == ([message] if message else [])
    assert [each.about for each in found] == ([href] if message else [])


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("images/connect.png", "connect.png"),
        ("connect.png", "connect.png"),
        ("images/my%20plan.png?raw=true", "my plan.png"),
        (f"images/{'a' * 60}.png", "a" * 60),
    ],
)
def test_pictures_without_words(href: str, name: str) -> None:
    text = f"[](https://www.example.com)\n\n![Plan]({href})\n\n![]({href})\n\n![ ]({href})"
    found = told("missing-alt-text", text)
    assert [each.location.region and each.location.region.start_line for each in found] == [11, 13]
    for finding in found:
        assert finding.message == (
            f"`{name}` has no alternative text; expected what the picture shows"
        )


def test_only_pictures_in_the_overview_are_for_the_gallery() -> None:
    tile = Tile("marketplace")
    tile.write(
        "README.md",
        "# Quarry\n\n![Logo](images/logo.png)\n\n##  OVERVIEW\n\n[Quarry](https://quarry.example.com) digs."
        "\n\n![Map](images/map.png)\n\n### More\n\n![Pit](images/pit.png)\n\n## Setup\n\n"
        "![Step](images/step.png)\n",
    )
    found = tile.judge("overview-screenshot").findings
    assert [each.about for each in found] == ["images/map.png", "images/pit.png"]
