"""What somebody writes costs in proportion to its size, however it is made.

Nothing is timed against a clock: twice the size may take at most 2.3 times the processor time, what a run
takes without it left out. A machine that others use, too, disturbs the measure, so the best of several
counts, and before a test fails it tries larger sizes.
"""

from __future__ import annotations

import gc
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import COMPLETE, commit, git, tilelint

MOST = 2.3
ENOUGH = 0.03
"""Seconds above those of an empty run that can be measured."""
LARGEST = 240_000
"""Characters of which twice as many are still judged, in a README."""

Build = Callable[[Path, int], None]
"""Adds about so many characters to an integration."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


EMPTY: dict[str, float] = {}
"""What a run takes in which nothing grows, for each kind of run."""


def seconds(*arguments: str) -> float:
    """Return the processor time of a run that ends as a run should."""
    gc.collect()
    gc.disable()  # when it runs is chance
    start = time.process_time()
    result = tilelint("check", *arguments)
    spent = time.process_time() - start
    gc.enable()
    assert result.exit_code in (0, 1), result.output[-2000:]
    return spent


def judged(build: Build | None, size: int, *arguments: str) -> float:
    folder = Path("nimbus_deploy")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(COMPLETE, folder)
    if build is not None:
        build(folder, size)
    return seconds(str(folder), *arguments)


def grows_in_line(measure: Callable[[int], float], size: int, kind: str = "") -> None:
    """Hold to it that twice the size takes at most so much more."""
    if kind not in EMPTY:
        EMPTY[kind] = min(measure(0) for _ in range(4))
    empty = EMPTY[kind]

    def measured(size: int, times: int) -> float:
        return min(measure(size) for _ in range(times)) - empty

    single = measured(size, 1)
    while single < ENOUGH and 2 * size <= LARGEST:
        size *= 2
        single = measured(size, 1)
    told = []
    for times in (1, 2, 3, 3):
        double = measured(2 * size, times)
        told.append(f"{single:.3f} s for {size:,}, {double:.3f} s for twice that")
        # What is too small to be measured counts as the least that can be.
        if double <= MOST * max(single, ENOUGH):
            return
        if times > 1 and 2 * size <= LARGEST:  # small sizes are disturbed more easily
            size *= 2
        single = measured(size, times)
    raise AssertionError("; ".join(told))


def appended(text: Callable[[int], str]) -> Build:
    def build(folder: Path, size: int) -> None:
        if size:
            with (folder / "README.md").open("a", encoding="utf-8") as file:
                file.write("\n\n" + text(size) + "\n")

    return build


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit))


def numbered(unit: str) -> Callable[[int], str]:
    """Return a text of a unit in which `#` stands for another number each time."""
    return lambda size: "".join(
        unit.replace("#", str(number)) for number in range(size // (len(unit) + 4))
    )


CREDENTIAL = "b2a1836d5e9f7a0b3c8d1e24"

README: dict[str, tuple[Callable[[int], str], int]] = {
    "words before a credential": (repeated("password bearer "), 103_000),
    "names of credentials": (repeated("client_secret name= "), 58_000),
    "names without a value": (repeated("password="), 32_000),
    "credentials on one line": (numbered(f"api_key=1000#0{CREDENTIAL} "), 7_000),
    "places where credentials are cut off": (
        lambda size: f"api_key=10000{CREDENTIAL}000 http://x.io " + "a1000…" * (size // 6),
        60_000,
    ),
    "a long line beside a credential": (
        lambda size: f"api_key=10000{CREDENTIAL}000 http://x.io … " + "a" * size,
        400_000,
    ),
    "openings of CDATA": (repeated("<![CDATA["), 116_000),
    "openings of CDATA, closed as tags": (repeated("<![CDATA[>"), 200_000),
    "processing instructions": (repeated("<?"), 100_000),
    "processing instructions in a block": (lambda size: "<div>" + "<?" * (size // 2), 100_000),
    "declarations": (repeated("<!A"), 113_000),
    "end tags": (lambda size: "<div>" + "</" * (size // 2), 100_000),
    "start tags": (lambda size: "<div>" + "<a " * (size // 3), 60_000),
    "open attributes": (lambda size: "<div>" + "<a b='" * (size // 6), 60_000),
    "anchors": (lambda size: "<div>" + "<a href=x>" * (size // 10), 16_000),
    "inline tags": (repeated("a <b>"), 4_000),
    "a long text in HTML": (
        lambda size: "<div>\n" + numbered("TODO # http://a.io/# ")(size),
        18_000,
    ),
    "links": (repeated("[x](y) "), 7_000),
    "links on lines": (numbered("[x](https://x.io/#)\n"), 18_000),
    "pictures": (repeated("![x](y) "), 4_000),
    "brackets": (repeated("["), 4_000),
    "empty brackets": (repeated("[]"), 6_000),
    "closing brackets": (repeated("]"), 24_000),
    "open links": (repeated("[a]("), 5_000),
    "brackets and blanks": (lambda size: "[a]" + " " * size + "x", 127_000),
    "nested brackets": (lambda size: "[" * (size // 2) + "]" * (size // 2), 4_000),
    "nested links": (lambda size: "[" * (size // 6) + "x" + "](y)" * (size // 6), 13_000),
    "definitions": (numbered("[r#]: https://x.io/#\n"), 40_000),
    "definitions that are used": (numbered("[r#]\n\n[r#]: https://x.io/#\n\n"), 19_000),
    "an open definition": (lambda size: "[a]: b '\n" + "a\n" * (size // 2), 5_000),
    "quotes": (repeated("> a\n"), 14_000),
    "deep quotes": (repeated(">"), 200_000),
    "deep lists": (
        lambda size: "".join("  " * (n % 60) + "- x\n" for n in range(size // 64)),
        60_000,
    ),
    "list markers": (repeated("- "), 200_000),
    "emphasis": (repeated("*a_ "), 11_000),
    "open emphasis": (repeated("a**b"), 12_000),
    "delimiters": (repeated("*_"), 10_000),
    "backticks": (lambda size: " ".join("`" * n for n in range(int((2 * size) ** 0.5))), 100_000),
    "entities": (repeated("&amp;&#"), 30_000),
    "autolinks": (repeated("<http://a>"), 6_000),
    "open autolinks": (repeated("<http://a"), 18_000),
    "a table": (lambda size: "|a|b|\n|-|-|\n" + "|x|http://y.io|\n" * (size // 15), 6_000),
    "a wide table": (
        lambda size: "\n".join(unit * (size // 16) + "|" for unit in ("|a", "|-", "|x\\|y")),
        12_000,
    ),
    "headings": (numbered("## A heading #\n\n"), 40_000),
    "headings alike": (repeated("## Setup\n\n"), 5_000),
    "links to headings": (numbered("## H#\n\n[x](#h-#)\n\n"), 7_000),
    "suppressions": (
        repeated("<!-- tilelint: suppress[bare-url] x -->\n\nhttp://x.io/\n\n"),
        19_000,
    ),
    "suppressions on a line": (
        lambda size: "<!-- tilelint: suppress[bare-url] x -->" * (size // 80) + "\n" * (size // 2),
        60_000,
    ),
    "suppressions of names": (
        lambda size: f"<!-- tilelint: suppress[{numbered('rule-#,')(size)}] x -->\n\nx",
        120_000,
    ),
    "suppressions and findings": (
        lambda size: (
            "<!-- tilelint: suppress[bare-url] x -->\n\nx\n\n" * (size // 90)
            + "http://x.io/ \n\n" * (size // 32)
        ),
        13_000,
    ),
    "a long line": (repeated("a"), 127_000),
    "a long address": (lambda size: "https://x.io/" + "a/" * (size // 2), 57_000),
    "a long host": (lambda size: "[x](https://" + "a." * (size // 2) + ")", 107_000),
    "a long insecure host": (lambda size: "[x](http://" + "a." * (size // 2) + "io)", 40_000),
    "backslashes": (repeated("\\"), 26_000),
    "line ends": (repeated("\n"), 90_000),
}


def test_a_document_that_nobody_reads_is_refused_and_said_to_be() -> None:
    for file, most in (("README.md", 250_000), ("assets/dataflows.yaml", 1_000_000)):
        shutil.rmtree("nimbus_deploy", ignore_errors=True)
        shutil.copytree(COMPLETE, "nimbus_deploy")
        (Path("nimbus_deploy") / file).write_text("- x\n" * (most // 4) + "\n")
        result = tilelint("check", "nimbus_deploy")
        assert result.exit_code == 1
        found = " ".join(result.stdout.split())
        assert f"{file} has {most + 1:,} bytes; expected at most {most:,}" in found


def test_a_file_of_a_gigabyte_is_not_read_and_said_not_to_be() -> None:
    shutil.copytree(COMPLETE, "nimbus_deploy")
    (Path("nimbus_deploy") / "images" / "unused.png").write_bytes(b"x")
    for file in ("assets/big.json", "images/huge.png", "assets/big.bin"):
        with (Path("nimbus_deploy") / file).open("wb") as sparse:
            sparse.truncate(1 << 30)
    result = tilelint("check", "nimbus_deploy")
    assert result.exit_code == 0
    assert "assets/big.json has 1,073,741,824 bytes" in " ".join(result.stdout.split())
    assert "nimbus_deploy: not judged" in result.stdout


@pytest.mark.parametrize("name", README)
def test_a_readme_costs_in_proportion(name: str) -> None:
    text, size = README[name]
    build = appended(text)
    grows_in_line(lambda size: judged(build, size), size)


def changed(file: str, change: Callable[[Any, int], None]) -> Build:
    def build(folder: Path, size: int) -> None:
        value = json.loads((folder / file).read_text(encoding="utf-8"))
        change(value, size)
        (folder / file).write_text(json.dumps(value), encoding="utf-8")

    return build


def written(file: str, text: Callable[[int], str]) -> Build:
    def build(folder: Path, size: int) -> None:
        (folder / file).write_text(text(size), encoding="utf-8")

    return build


def rows(row: str) -> Build:
    """Return what adds rows to metadata.csv, in which `#` stands for another number each time."""

    def build(folder: Path, size: int) -> None:
        with (folder / "metadata.csv").open("a", encoding="utf-8") as file:
            file.write(numbered(row + "\n")(size))

    return build


def pictures(folder: Path, size: int) -> None:
    """Add pictures, and names of others to the manifest that are like theirs."""
    for number in range(size // 200):
        (folder / f"images/picture_{number}.png").write_bytes(b"x")

    def name(manifest: Any, size: int) -> None:
        manifest["tile"]["media"] += [
            {"media_type": "image", "caption": f"c{number}", "image_url": f"images/p{number}.png"}
            for number in range(size // 200)
        ]

    changed("manifest.json", name)(folder, size)


def dashboard(query: Callable[[int], str]) -> Build:
    request = {"type": "timeseries", "title": "A", "requests": [{"q": ""}]}

    def add(value: Any, size: int) -> None:
        value["widgets"].append({"definition": {**request, "requests": [{"q": query(size)}]}})

    return changed("assets/dashboards/nimbus_deploy_overview.json", add)


FILES: dict[str, tuple[Build, int]] = {
    "keys of the manifest": (
        changed(
            "manifest.json",
            lambda v, n: v["tile"].update({f"wrong_{i}": i for i in range(n // 20)}),
        ),
        11_000,
    ),
    "keys like known ones": (
        changed(
            "manifest.json", lambda v, n: v["tile"].update({f"titl{i}": i for i in range(n // 16)})
        ),
        11_000,
    ),
    "tags": (
        changed(
            "manifest.json",
            lambda v, n: v["tile"]["classifier_tags"].extend(
                f"Category::X{i}" for i in range(n // 20)
            ),
        ),
        10_000,
    ),
    "rows with credentials": (
        rows(f"dd_api_key=1000#0{CREDENTIAL},gauge,,,,X,0,nimbus,X,,"),
        40_000,
    ),
    "keys given twice": (
        written("manifest.json", lambda n: "{" + '"a": 1, ' * (n // 8) + '"a": 2}'),
        20_000,
    ),
    "names like those of files": (pictures, 60_000),
    "scopes": (
        changed(
            "assets/oauth_clients.json",
            lambda v, n: v["integration"]["scopes"].extend(
                f"metrics_rea{i}" for i in range(n // 16)
            ),
        ),
        20_000,
    ),
    "redirect addresses": (
        changed(
            "assets/oauth_clients.json",
            lambda v, n: v["integration"]["redirect_uris"].extend(
                f"http://x{i}.io/" for i in range(n // 20)
            ),
        ),
        4_000,
    ),
    "a long redirect address": (
        changed(
            "assets/oauth_clients.json",
            lambda v, n: v["integration"]["redirect_uris"].append(
                "https://x.io/" + "a/" * (n // 2)
            ),
        ),
        7_000,
    ),
    "one metric over and over": (
        rows("nimbus_deploy.deploys,gauge,,,,Deploys,0,nimbus_deploy,deploys,,"),
        60_000,
    ),
    "metrics that are there twice": (rows("nimbus_deploy.#\nnimbus_deploy.#"), 40_000),
    "names of metrics": (rows("__ #__,gauge,,,,Deploys #,0,nimbus_deploy,deploys,,"), 40_000),
    "a long name of a metric": (
        lambda folder, n: rows("a" + "_" * n + ",gauge,,,,D,0,nimbus_deploy,d,,")(folder, n + 60),
        200_000,
    ),
    "units": (rows("nimbus_deploy.#,gauge,,byt#,,Deploys #,0,nimbus_deploy,deploys,,"), 40_000),
    "columns": (
        written("metadata.csv", lambda n: "metric_name" + ",a" * (n // 2) + "\n"),
        10_000,
    ),
    "service checks": (
        written("assets/service_checks.json", lambda n: f"[{', '.join(['{}'] * (n // 4))}]"),
        4_000,
    ),
    "keys of service checks": (
        written(
            "assets/service_checks.json",
            lambda n: json.dumps([{f"nam{i}": 1} for i in range(n // 14)]),
        ),
        6_000,
    ),
    "metrics in one query": (
        dashboard(numbered("avg:nimbus_deploy.x# + ")),
        60_000,
    ),
    "widgets": (
        changed(
            "assets/dashboards/nimbus_deploy_overview.json",
            lambda v, n: v["widgets"].extend({} for _ in range(n // 4)),
        ),
        8_000,
    ),
    "data flows": (
        written("assets/dataflows.yaml", lambda n: "provides:\n" + numbered("  - w#: f\n")(n)),
        20_000,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_costs_in_proportion(name: str) -> None:
    build, size = FILES[name]
    grows_in_line(lambda size: judged(build, size), size)


@pytest.mark.parametrize("format_", ["sarif", "json"])
def test_every_format_costs_in_proportion(format_: str) -> None:
    build = appended(numbered("http://x.io/# [here](http://a.io/#) "))
    grows_in_line(lambda size: judged(build, size, "--format", format_), 15_000, format_)


def test_suppressions_and_overrides_cost_in_proportion() -> None:
    def configure(folder: Path, size: int) -> None:
        number = range(size // 60)
        (folder / ".tilelint.yaml").write_text(
            "suppressions:\n"
            + "".join(f"  - {{rule: bare-url, path: README.md, reason: r{i}}}\n" for i in number)
            + "overrides:\n"
            + "".join(f"  - {{paths: [x{i}.md], ignore: [bare-url]}}\n" for i in number)
            if number
            else "{}"
        )
        appended(repeated("http://x.io/\n\n"))(folder, size)

    grows_in_line(lambda size: judged(configure, size), 4_000)


def test_a_change_costs_in_proportion() -> None:
    """Many names of assets are others than before, and many redirect addresses, too."""

    def compared(size: int) -> float:
        shutil.rmtree("nimbus_deploy", ignore_errors=True)
        shutil.rmtree(".git", ignore_errors=True)
        shutil.copytree(COMPLETE, "nimbus_deploy")
        git("init", "--quiet")
        for side in ("a", "b"):

            def rename(value: Any, size: int, side: str = side) -> None:
                value["assets"]["dashboards"].update(
                    {f"{side}{i}": f"assets/dashboards/{i}.json" for i in range(size // 40)}
                )

            def move(value: Any, size: int, side: str = side) -> None:
                value["integration"]["redirect_uris"] += [
                    f"https://{side}{i}.io/cb" for i in range(size // 40)
                ]

            changed("manifest.json", rename)(Path("nimbus_deploy"), size)
            changed("assets/oauth_clients.json", move)(Path("nimbus_deploy"), size)
            if side == "a":
                commit()
        return seconds("--base", "HEAD")

    grows_in_line(compared, 2_000, "base")


def test_copies_cost_in_proportion() -> None:
    def copies(number: int) -> float:
        shutil.rmtree("all", ignore_errors=True)
        for index in range(number or 1):
            folder = Path("all") / f"copy_{index}"
            folder.mkdir(parents=True)
            shutil.copy(COMPLETE / "manifest.json", folder)
        select = "duplicate-identity,duplicate-short-name"
        return seconds("all", "--select", select)

    grows_in_line(copies, 40, "copies")
