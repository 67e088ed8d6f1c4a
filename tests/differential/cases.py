"""Inputs of our own that provoke each message that ddev's validators can give for a tile.

A case is a whole tile with one change. ``peer`` is the validator that is asked: a command of ``ddev validate``,
``check_partials`` or ``manifest``, the last offline validation of manifests. The tile without a change is every
case's clean twin.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support import Tile

OWNERS = ".github/CODEOWNERS"
"""Stands beside the tile; in a case's files it has this name."""

MANIFEST, README, METRICS, CHANGELOG = "manifest.json", "README.md", "metadata.csv", "CHANGELOG.md"
OVERVIEW = "assets/dashboards/nimbus_deploy_overview.json"
CHECKS = "assets/service_checks.json"
MARKETPLACE = "larkfield_cost_report"


@dataclass(frozen=True)
class Case:
    """A change to a clean tile, and the validator that is asked of it.

    ``recorded`` is the verdict of a validator that can't be installed.
    """

    name: str
    peer: str
    change: Callable[[Tile], object]
    kind: str = "oauth"
    recorded: bool | None = None

    def tile(self) -> Tile:
        """Return the tile with its change, the repository's owners among its files."""
        tile = Tile(self.kind)
        tile.write(OWNERS, f"/{tile.name}/ @nimbus-io support@nimbus-deploy.io\n")
        self.change(tile)
        return tile


def _owners(text: str) -> Callable[[Tile], object]:
    return lambda tile: tile.write(OWNERS, text.replace("TILE", tile.name))


def _put(path: str, old: str, new: str) -> Callable[[Tile], object]:
    return lambda tile: tile.edit(path, old, new)


def _row(text: str) -> Callable[[Tile], object]:
    return lambda tile: tile.append(METRICS, text + "\n")


def _json(
    path: str, *steps: str | int, to: Any = None, gone: bool = False
) -> Callable[[Tile], object]:
    def change(tile: Tile) -> None:
        value = json.loads(tile.text(path))
        inner = value
        for step in steps[:-1]:
            inner = inner[step]
        if gone:
            del inner[steps[-1]]
        else:
            inner[steps[-1]] = to
        tile.write(path, json.dumps(value, indent=2) + "\n")

    return change


def _added(path: str, text: str) -> Callable[[Tile], object]:
    return lambda tile: tile.append(path, f"\n{text}\n")


def _without_column(name: str) -> Callable[[Tile], object]:
    def change(tile: Tile) -> None:
        rows = [line.split(",") for line in tile.text(METRICS).splitlines()]
        index = rows[0].index(name)
        tile.write(
            METRICS, "".join(",".join(row[:index] + row[index + 1 :]) + "\n" for row in rows)
        )

    return change


def _picture(size: int) -> Callable[[Tile], object]:
    return lambda tile: tile.write(
        "images/connect.png",
        tile.files[next(path for path in tile.files if path.name == "connect.png")] + bytes(size),
    )


def _renamed_picture(tile: Tile) -> None:
    old, new = "images/connect.png", "images/connect.jpeg"
    tile.move(old, new)
    tile.write(MANIFEST, tile.text(MANIFEST).replace(old, new))


def _clean(_: Tile) -> None:
    """Change nothing."""


METRIC_CHECK = ("assets", "integration", "metrics", "check")
_ROW = "nimbus_deploy.steps,gauge,,,,Steps that wait,0,nimbus_deploy,steps,,"

CASES = (
    *(Case(f"clean tile: {peer}", peer, _clean) for peer in ("codeowners", "readmes", "metadata")),
    *(
        Case(f"clean tile: {peer}", peer, _clean)
        for peer in ("dashboards", "service-checks", "manifest")
    ),
    Case("clean Marketplace tile", "readmes", _clean, "marketplace"),
    # codeowners
    Case("no line", "codeowners", _owners("/other/ @x\n")),
    Case("no owner", "codeowners", _owners("/TILE/\n")),
    Case("mailbox first", "codeowners", _owners("/TILE/ support@nimbus-deploy.io @nimbus-io\n")),
    Case("owner without @", "codeowners", _owners("/TILE/ nimbus-io\n")),
    Case("no slash behind", "codeowners", _owners("/TILE @nimbus-io\n")),
    Case("no slash before", "codeowners", _owners("TILE/ @nimbus-io\n")),
    Case("star behind", "codeowners", _owners("/TILE/* @nimbus-io\n")),
    Case("everything", "codeowners", _owners("* @nimbus-io\n")),
    Case("tab", "codeowners", _owners("/TILE/\t@nimbus-io\n")),
    Case("other case", "codeowners", _owners("/Nimbus_Deploy/ @nimbus-io\n")),
    Case("last line empty", "codeowners", _owners("/TILE/ @nimbus-io\n/TILE/\n")),
    Case("comment behind", "codeowners", _owners("/TILE/ @nimbus-io # us\n")),
    Case("comment for an owner", "codeowners", _owners("/TILE/ # us\n")),
    Case(
        "log pipeline without its reviewers",
        "codeowners",
        lambda tile: tile.write("assets/logs/nimbus_deploy.yaml", "id: nimbus-deploy\n"),
    ),
    # readmes
    Case("curly quote", "readmes", _put(README, "rolls", "\N{RIGHT SINGLE QUOTATION MARK}rolls")),
    Case("dash", "readmes", _put(README, "rolls", "\N{EM DASH} rolls")),
    Case(
        "letter of Latin-1",
        "readmes",
        _put(README, "rolls", "\N{LATIN SMALL LETTER E WITH ACUTE} rolls"),
    ),
    Case("U+0100", "readmes", _put(README, "rolls", "\u0100 rolls")),
    Case("no Overview", "readmes", _put(README, "## Overview", "## About")),
    Case("no Setup", "readmes", _put(README, "## Setup", "## Steps")),
    Case("overview in another case", "readmes", _put(README, "## Overview", "## overview")),
    Case("Setup of level 3", "readmes", _put(README, "## Setup", "### Setup")),
    Case("empty Overview", "readmes", lambda tile: tile.write(README, _emptied(tile.text(README)))),
    Case(
        "picture that isn't there",
        "readmes",
        _put(
            README,
            "## Uninstallation",
            "![Steps](https://raw.githubusercontent.com/DataDog/integrations-extras/master/nimbus_deploy/images/none.png)"
            "\n\n## Uninstallation",
        ),
    ),
    Case(
        "no Support on the Marketplace",
        "readmes",
        _put(README, "## Support", "## Help"),
        "marketplace",
    ),
    Case(
        "no Uninstallation on the Marketplace",
        "readmes",
        _put(README, "## Uninstallation", "## Remove"),
        "marketplace",
    ),
    Case(
        "picture in Uninstallation on the Marketplace",
        "readmes",
        _put(
            README, "## Uninstallation\n", "## Uninstallation\n\n![Remove it](images/report.png)\n"
        ),
        "marketplace",
    ),
    Case(
        "dash on the Marketplace",
        "readmes",
        _put(README, "## Setup\n", "## Setup\n\n\N{EM DASH}\n"),
        "marketplace",
    ),
    # metadata
    Case(
        "metric twice",
        "metadata",
        lambda tile: tile.append(METRICS, tile.text(METRICS).splitlines()[1] + "\n"),
    ),
    Case("unknown type", "metadata", _row(_ROW.replace("gauge", "histogramme"))),
    Case("unknown unit", "metadata", _row(_ROW.replace("gauge,,,", "gauge,,steppe,"))),
    Case("unknown unit per", "metadata", _row(_ROW.replace("gauge,,,,", "gauge,,job,steppe,"))),
    Case("time per time", "metadata", _row(_ROW.replace("gauge,,,,", "gauge,,second,minute,"))),
    Case("orientation in words", "metadata", _row(_ROW.replace(",0,", ",up,"))),
    Case("interval in words", "metadata", _row(_ROW.replace("gauge,,", "gauge,ten,"))),
    Case("other integration", "metadata", _row(_ROW.replace(",nimbus_deploy,", ",nimbus,"))),
    Case("another metric", "metadata", _row(_ROW)),
    Case("other prefix", "metadata", _row(_ROW.replace("nimbus_deploy.steps", "nimbus.steps"))),
    Case("shared prefix", "metadata", _row(_ROW.replace("nimbus_deploy.steps", "jvm.steps"))),
    Case(
        "name that is stored differently", "metadata", _row(_ROW.replace(".steps", ".steps-left"))
    ),
    Case("no type", "metadata", _row(_ROW.replace("gauge", ""))),
    Case("pipe in a description", "metadata", _row(_ROW.replace("Steps", "Steps|jobs"))),
    Case(
        "curly quote in a description",
        "metadata",
        _row(_ROW.replace("Steps", "\N{LEFT DOUBLE QUOTATION MARK}Steps")),
    ),
    Case("long description", "metadata", _row(_ROW.replace("Steps", "S" * 401))),
    Case("unknown curation", "metadata", _row(_ROW.replace("steps,,", "steps,disk,"))),
    Case("curation twice", "metadata", _row(_ROW.replace("steps,,", "steps,cpu|cpu,"))),
    Case("too few cells", "metadata", _row("nimbus_deploy.steps,gauge")),
    Case("unknown column", "metadata", _put(METRICS, "curated_metric", "curated_metric,owner")),
    Case("column in another case", "metadata", _put(METRICS, "metric_name", "Metric_name")),
    Case("no curated_metric", "metadata", _without_column("curated_metric")),
    Case("no short_name", "metadata", _without_column("short_name")),
    Case(
        "no header",
        "metadata",
        lambda tile: tile.write(METRICS, tile.text(METRICS).partition("\n")[2]),
    ),
    Case("empty file", "metadata", lambda tile: tile.write(METRICS, "")),
    Case(
        "no prefix",
        "metadata",
        _json(MANIFEST, "assets", "integration", "metrics", "prefix", gone=True),
    ),
    # check_partials.py
    *(
        Case(name, "check_partials", _added(path, text), recorded=refused)
        for name, path, text, refused in (
            ("nothing added", README, "", False),
            ("tabs", README, "{{< tabs >}}", True),
            ("code block", README, "{{< code-block lang=x >}}", True),
            ("tabs in the changelog", CHANGELOG, "{{< tabs >}}", True),
            ("site region", README, '{{< site-region region="us" >}}', True),
            (
                "site region in a partial",
                README,
                '<!-- partial\n{{< site-region region="us" >}}\nus\n{{< /site-region >}}\npartial -->',
                False,
            ),
        )
    ),
    # dashboards, service-checks: the same validators, but not in the CI of integrations-extras
    Case("no description", "dashboards", _json(OVERVIEW, "description", gone=True)),
    Case("no template variables", "dashboards", _json(OVERVIEW, "template_variables", gone=True)),
    Case("no widgets", "dashboards", _json(OVERVIEW, "widgets", gone=True)),
    Case("old format", "dashboards", _json(OVERVIEW, "board_title", to="x")),
    Case("broken dashboard", "dashboards", lambda tile: tile.write(OVERVIEW, "{")),
    Case("broken checks", "service-checks", lambda tile: tile.write(CHECKS, "["), "agent"),
    Case("check without a name", "service-checks", _json(CHECKS, 0, "name", gone=True), "agent"),
    Case("check without groups", "service-checks", _json(CHECKS, 0, "groups", gone=True), "agent"),
    Case("unknown status", "service-checks", _json(CHECKS, 0, "statuses", to=["fine"]), "agent"),
    Case(
        "check of another integration",
        "service-checks",
        _json(CHECKS, 0, "integration", to="Other"),
        "agent",
    ),
    Case("clean Agent tile", "service-checks", _clean, "agent"),
    # manifest
    Case("version 1", "manifest", _json(MANIFEST, "manifest_version", to="1.0.0")),
    Case(
        "metadata that nobody names",
        "manifest",
        _json(MANIFEST, "assets", "integration", "metrics", "metadata_path", gone=True),
    ),
    Case("metadata that isn't there", "manifest", lambda tile: tile.remove(METRICS)),
    Case(
        "check that isn't described",
        "manifest",
        _json(MANIFEST, *METRIC_CHECK, to="nimbus_deploy.none"),
    ),
    Case("no check", "manifest", _json(MANIFEST, *METRIC_CHECK, to="")),
    Case("empty list of checks", "manifest", _json(MANIFEST, *METRIC_CHECK, to=[])),
    Case("visibility in words", "manifest", _json(MANIFEST, "display_on_public_website", to="yes")),
    Case("hidden", "manifest", _json(MANIFEST, "display_on_public_website", to=False)),
    Case(
        "long description of the tile",
        "manifest",
        _json(MANIFEST, "tile", "description", to="x" * 81),
    ),
    Case(
        "nine pictures",
        "manifest",
        lambda tile: tile.change(
            MANIFEST, lambda value: value["tile"].__setitem__("media", value["tile"]["media"] * 3)
        ),
    ),
    Case(
        "medium of another type",
        "manifest",
        _json(MANIFEST, "tile", "media", 0, "media_type", to="audio"),
    ),
    Case(
        "picture without a caption",
        "manifest",
        _json(MANIFEST, "tile", "media", 0, "caption", gone=True),
    ),
    Case(
        "picture that is no picture",
        "manifest",
        _json(MANIFEST, "tile", "media", 0, "image_url", to="images/connect.gif"),
    ),
    Case(
        "picture as .jpeg",
        "manifest",
        _renamed_picture,
    ),
    Case("long caption", "manifest", _json(MANIFEST, "tile", "media", 0, "caption", to="x" * 301)),
    Case("picture that is missing", "manifest", lambda tile: tile.remove("images/connect.png")),
    Case("large picture", "manifest", _picture(1_000_001)),
    Case("no changelog", "manifest", lambda tile: tile.remove(CHANGELOG)),
    Case(
        "logs without their category",
        "manifest",
        lambda tile: tile.append(README, "\n### Log collection\n\nLogs are sent.\n"),
    ),
    Case(
        "mailbox beyond ASCII",
        "manifest",
        _json(
            MANIFEST,
            "author",
            "support_email",
            to="h\N{LATIN SMALL LETTER E WITH ACUTE}lp@nimbus-deploy.io",
        ),
    ),
)


def _emptied(text: str) -> str:
    """Return a README whose overview says nothing."""
    head, _, rest = text.partition("## Overview\n")
    return f"{head}## Overview\n\n## Setup{rest.partition('## Setup')[2]}"
