"""What a README says: a good sentence comes before a bad one, and a name or a line of code is no fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support import Tile

from validator.model import Finding

FILES = "https://github.com/DataDog/integrations-extras/blob/master"


def tile(*parts: str, kind: str = "oauth") -> Tile:
    """Return a tile whose README has these parts in odd lines, the first of them in line 1."""
    own = Tile(kind)
    own.write("README.md", "\n\n".join(parts) + "\n")
    return own


def judged(own: Tile, rule: str) -> list[Finding]:
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def marked(own: Tile, finding: Finding) -> str:
    """Return what a finding in the README marks, which lies in one line."""
    region = finding.location.region
    assert region is not None
    assert region.start_line == region.end_line
    line = own.text("README.md").split("\n")[region.start_line - 1]
    return line[region.start_column - 1 : region.end_column - 1]


def told(rule: str, *parts: str, kind: str = "oauth") -> list[str]:
    """Return what a rule marks in a README."""
    own = tile(*parts, kind=kind)
    return [marked(own, each) for each in judged(own, rule)]


def messages(rule: str, *parts: str, kind: str = "oauth") -> list[str]:
    return [each.message for each in judged(tile(*parts, kind=kind), rule)]


# Leftovers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TODO", ["TODO"]),
        ("**TODO** …", ["TODO"]),
        ("TODO: how it digs", ["TODO"]),
        ("! TODO : how it digs", ["TODO"]),
        ("How it digs (TBD).", ["TBD"]),
        ("How it digs [TODO: words]", ["TODO"]),
        ("How it {FIXME} digs, and [TBD] sinks", ["FIXME", "TBD"]),
        ("Open the TODO list.", []),
        ("Open the TODO: it has pits.", []),
        ("TODO lists: pits and shafts", []),
        ("(TODO list)", []),
        ("Pits (a TODO) and shafts", []),
        ("\\_TODO: pits", []),
        ("-TODO", []),
        ("(/TODO)", []),
        ("(TODO/)", []),
        ("(TODO-)", []),
        ("TODO\\_: pits", []),
        ("TODOs: pits", []),
        ("1TODO: pits", []),
        ("ATODO: pits", []),
        ("todo: pits", []),
        ("`TODO`", []),
        ("```\nTODO\n```", []),
        ("See PITS: here is none, (SHAFTS) neither.", []),
    ],
)
def test_markers_of_an_unfinished_place(text: str, found: list[str]) -> None:
    own = tile("# Quarry", "It digs.", text, "CHANGEME")
    every = judged(own, "placeholder-text")
    assert [marked(own, each) for each in every] == [*found, "CHANGEME"]
    for finding, name in zip(every, [*found, "CHANGEME"], strict=True):
        assert finding.message == f"`{name}` marks an unfinished place; expected the text itself"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lorem Ipsum dolor", ["Lorem Ipsum"]),
        ("It is lorem ipsum.", ["lorem ipsum"]),
        ("Set it up at Link_to_integration_site and dig.", ["Link_to_integration_site"]),
        ("`lorem ipsum`", []),
        ("Enter <INSERT YOUR NAME> there.", ["<INSERT YOUR NAME>"]),
        ("Enter <TBD> there.", ["<TBD>"]),
        ("Enter <INSERTED> or <ADDRESS> there.", []),
        ("Enter \\<INSERTED> or \\<your name> there.", []),
        ("<p>It digs.</p>", []),
        ("Do <Steps to dig> first.", ["<Steps to dig>"]),
        ("What will customers get from\nthis integration?", None),
    ],
)
def test_what_a_template_leaves(text: str, found: list[str] | None) -> None:
    own = tile("# Quarry", "It digs.", text, "See lorem ipsum.")
    every = judged(own, "placeholder-text")
    assert marked(own, every.pop()) == "lorem ipsum"
    assert all("expected the text itself" in each.message for each in every)
    assert [marked(own, each) for each in every] == (found or [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INSERT YOUR NAME", ["`<INSERT YOUR NAME>` is left over"]),
        ("List of steps", ["`<List of steps>` is left over"]),
        ("TODO_name", ["`<TODO_name>` is left over"]),
        ("FILL IN: it", ["`<FILL IN: it>` is left over"]),
        (" TBD ", ["`< TBD >` is left over"]),
        ("TBD", ["`TBD` marks an unfinished place"]),
        ("TODO: a name", ["`TODO` marks an unfinished place"]),
        ("FIXME", ["`FIXME` marks an unfinished place"]),
        ("INSERTED", []),
        ("your name", []),
    ],
)
def test_what_stands_in_brackets_is_told_once(text: str, found: list[str]) -> None:
    parts = ["# Quarry", f"Enter \\<{text}> there, \\<a name> and \\<INSERT A PIT>."]
    every = messages("placeholder-text", *parts)
    expected = [f"{words}; expected the text itself" for words in found]
    assert sorted(every) == sorted(
        [*expected, "`<INSERT A PIT>` is left over; expected the text itself"]
    )


def test_a_sentence_of_the_template_is_told_whatever_blanks_it_is_broken_with() -> None:
    text = "Well: what  value will customers get from this integration?"
    [message] = messages("placeholder-text", "# Quarry", "It digs.", text)
    assert message == (
        "`what value will customers get from this integration` is a sentence of the README template; "
        "expected your own text"
    )


@pytest.mark.parametrize(
    ("href", "is_told"),
    [
        ("https://quarry.example.com", False),
        ("https://quarry.example.com/TODO", False),
        ("LINK_TO_INTEGRATION_SITE", True),
        ("https://link_to_integration_site.example", True),
        ("TODO", True),
        ("*TBD*!", True),
        ("todo", False),
        ("<INSERT URL>", False),
        ("\\<INSERT_URL\\>", True),
        ("\\<quarry\\>", False),
        ("\\<INSERT_URL", False),
        ("INSERT_URL\\>", False),
    ],
)
def test_links_that_were_never_filled_in(href: str, is_told: bool) -> None:
    good = "[Quarry](https://quarry.example.com)"
    found = messages("placeholder-text", "# Quarry", f"{good} [Map]({href}) [Pit](TBD)")
    assert found.pop() == "the link leads to `TBD`; expected a URL"
    assert len(found) == is_told
    assert all(message.startswith("the link leads to ") for message in found)


WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        ([f"{WORDS}."], None),
        ([WORDS.removesuffix(" fifteen") + "."], 14),
        (["Digs."], 1),
        (["It digs", "and sinks."], 4),
        (["It digs. It sinks."], None),
        (["It digs.\nIt sinks!"], None),
        (["It digs 1.5 m, no more."], 6),
        (["It digs.", "```\ndig\n```"], None),
        (["It digs `pits`."], 3),
        ([], None),
    ],
)
def test_an_overview_of_few_words(parts: list[str], count: int | None) -> None:
    own = tile("# Quarry", "##  OVERVIEW", *parts, "## Setup", "Run.", "## Overview", "It digs.")
    found = [each.message for each in judged(own, "short-overview")]
    assert found.pop().startswith("the overview has 2 words; expected two sentences or more")
    assert [message.split(" words")[0] for message in found] == (
        [f"the overview has {count}"] if count else []
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Go to <host> first.", ["<host>"]),
        ("Go to `<host>`, \\<host> or &lt;host&gt;.", []),
        ("```\n<host>\n```", []),
        ("<b>Go</b> <BR> there", []),
        ("Go to <my-host> or <INSERT host>.", []),
        ("Go to <b>, <PORT number> or <host>.", ["<PORT number>", "<host>"]),
    ],
)
def test_names_that_vanish(text: str, found: list[str]) -> None:
    every = told("vanishing-text", "# Quarry", "It <i>digs</i>.", text, "Set <last>.")
    assert every == [*found, "<last>"]


# What a tile can't show


@pytest.mark.parametrize(
    ("text", "refused", "unfamiliar"),
    [
        ("{{< tabs >}}", ["{{< tabs >}}"], []),
        ('It {{% tab "Host" %}} digs', ['{{% tab "Host" %}}'], []),
        ("{{< /tab >}}{{% /tabs %}}", [], []),
        ("{{%tab%}} and {{< tabs >}}", ["{{%tab%}}", "{{< tabs >}}"], []),
        ('{{< code-block lang="shell" >}}', ['{{< code-block lang="shell" >}}'], []),
        ('{{< site-region region="us" >}}', ['{{< site-region region="us" >}}'], []),
        ("It has {{< tabs and no end", ["{{< tabs"], []),
        ("`{{< tabs >}}`", ["{{< tabs >}}"], []),
        ("```\n{{< tabs >}}\n```", ["{{< tabs >}}"], []),
        ("`{{< img >}}`", [], []),
        ("It has {{< img src=a.png >}} there", [], ["{{< img src=a.png >}}"]),
        ("{{< img", [], ["{{< img"]),
        ("{{< /img >}} {{< img >}}", [], ["{{< img >}}"]),
        ("{{< region-param key=a >}} {{ tabs }} {tabs}", [], []),
        ("<!-- {{< tabs >}} {{< img >}} -->", [], []),
    ],
)
def test_shortcodes(text: str, refused: list[str], unfamiliar: list[str]) -> None:
    parts = ["# Quarry", "It digs.", text, "{{< region-param >}} {{< tab >}} {{< last >}}"]
    assert told("unsupported-shortcode", *parts) == [*refused, "{{< tab >}}"]
    assert told("unfamiliar-shortcode", *parts) == [*unfamiliar, "{{< last >}}"]


def test_what_a_shortcode_should_be() -> None:
    names = ["tabs", "tab", "code-block", "site-region"]
    found = messages("unsupported-shortcode", *(f"{{{{< {name} >}}}}" for name in names))
    assert [message.partition("; ")[2] for message in found] == [
        "expected `<!-- xxx tabs xxx -->` and its kind",
        "expected `<!-- xxx tabs xxx -->` and its kind",
        "expected a fenced code block",
        "expected `<!-- partial` around it",
    ]
    [message] = messages("unfamiliar-shortcode", "{{< img >}}")
    assert message == "`{{< img >}}` is shown as it is written; expected Markdown in its place"


@pytest.mark.parametrize(("letters", "end"), [(52, " >}}"), (53, " >…")])
def test_sixty_characters_are_shown(letters: int, end: str) -> None:
    name = "a" * letters
    [message] = messages("unfamiliar-shortcode", "# Quarry", f"{{{{< {name} >}}}}")
    assert message.startswith(f"`{{{{< {name}{end}` is shown as it is written")


MALFORMED = 'is malformed; expected such as `<!-- xxx tab "Host" xxx -->`'


@pytest.mark.parametrize(
    ("comments", "found"),
    [
        ('xxx tabs xxx|xxx tab "A" xxx|xxz tab xxx|xxz tabs xxx', []),
        ('xxx tabs xxx|note|xxx tab "A" xxx|xxz  tab xxx|xxz tabs xxx', []),
        ("note|xxxy|xxx|a xxx b", []),
        ('xxz tab "A" xxx', ["`<!-- xxz tab xxx -->` closes what is not open"]),
        ("xxx tab xxx|xxx tab xxx", [f"`<!-- xxx tab xxx -->` {MALFORMED}"]),
        ('xxx tabs "A" xxx', [f'`<!-- xxx tabs "A" xxx -->` {MALFORMED}']),
        ("note|xxx tabs", [f"`<!-- xxx tabs -->` {MALFORMED}"]),
        ("xxz tabs", [f"`<!-- xxz tabs -->` {MALFORMED}"]),
        ("tabs xxx", [f"`<!-- tabs xxx -->` {MALFORMED}"]),
        ("tabs xxz", [f"`<!-- tabs xxz -->` {MALFORMED}"]),
        ("xxx table xxx|xxx tabs xxx", [f"`<!-- xxx table xxx -->` {MALFORMED}"]),
        (
            "xxz tabs xxx|xxz tab xxx",
            ["`<!-- xxz tabs xxx -->` closes what is not open; expected `<!-- xxx tabs` before it"],
        ),
        (
            'xxx tabs xxx|xxx tab "A" xxx|xxz tabs xxx',
            [
                "`<!-- xxz tabs xxx -->` closes what is not open; expected `<!-- xxz tab xxx -->` first"
            ],
        ),
        (
            'xxx tabs xxx|xxx tab "A" xxx',
            [
                "the tabs that begins here never ends; expected `<!-- xxz tabs xxx -->`",
                "the tab that begins here never ends; expected `<!-- xxz tab xxx -->`",
            ],
        ),
    ],
)
def test_comments_that_make_tabs(comments: str, found: list[str]) -> None:
    parts = [f"<!-- {comment} -->" for comment in comments.split("|")]
    every = messages("unsupported-shortcode", "# Quarry", *parts)
    assert len(every) == len(found)
    assert all(message.startswith(words) for message, words in zip(every, found, strict=True))


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("Café Ā", None, None),
        ("Cafā", 4, "found `ā` (U+0101, latin small letter a with macron); expected plain ASCII"),
        ("It’s", 3, "found `’` (U+2019, right single quotation mark); expected `'`"),
        (
            "“It” – it’s “it”",
            1,
            (
                "found `“` (U+201C, left double quotation mark), `”` (U+201D, right double quotation mark), "
                "`–` (U+2013, en dash) and 1 more; expected plain ASCII"
            ),
        ),
        (
            "“It” – it",
            1,
            (
                "found `“` (U+201C, left double quotation mark), `”` (U+201D, right double quotation mark), "
                '`–` (U+2013, en dash); expected `"`, `"`, `-`'
            ),
        ),
        ("It\u2009digs", 3, "found U+2009 (thin space); expected a plain blank"),
        (
            "It\u2009\u200adigs",
            3,
            "found U+2009 (thin space), U+200A (hair space); expected plain ASCII",
        ),
        (
            "It’s ā",
            3,
            (
                "found `’` (U+2019, right single quotation mark), "
                "`ā` (U+0101, latin small letter a with macron); expected plain ASCII"
            ),
        ),
        ("It\ue000digs", 3, "found U+E000 (unnamed); expected plain ASCII"),
    ],
)
def test_characters_that_the_repository_refuses(
    line: str, column: int | None, message: str | None
) -> None:
    own = tile("# Quarry", "It digs.", f"```\n{line}\n```", "Last…")
    found = judged(own, "non-ascii-prose")
    assert found.pop().message == "found `…` (U+2026, horizontal ellipsis); expected `...`"
    assert [each.message for each in found] == ([message] if message else [])
    for finding in found:
        region = finding.location.region
        assert region is not None
        assert (region.start_line, region.start_column) == (6, column)
        assert region.end_column - region.start_column == 1
    assert told("non-ascii-prose", line, kind="marketplace") == []


# Whom it sends for help

CONTACT, DATADOG_ONLY = "support-without-contact", "support-is-datadog-only"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Ask [Quarry](https://help.quarry.example).", None),
        ("Ask [Quarry](mailto:Help@Quarry.example).", None),
        ("Ask help@quarry.example.", None),
        ("Look at https://help.quarry.example/pits.", None),
        ("Look at www.quarry.example.", None),
        ("Look at quarry.example/help.", None),
        ("Ask [Datadog](https://docs.datadoghq.com) or help@quarry.example.", None),
        ("Ask [Quarry][9].", None),
        ("![Us](https://quarry.example/us.png) [Quarry](https://help.quarry.example)", None),
        ("", None),
        ("Ask us.", CONTACT),
        ("Look at quarry.example.", CONTACT),
        ("Ask us at `help@quarry.example`.", CONTACT),
        ("Ask us. ![Us](https://quarry.example/us.png)", CONTACT),
        ("![Us](https://quarry.example/us.png)", CONTACT),
        ("Look [above](#setup).", CONTACT),
        ("Ask [Datadog](https://docs.datadoghq.com/help).", DATADOG_ONLY),
        ("Ask [Datadog](mailto:support@datadoghq.com).", DATADOG_ONLY),
        ("Ask support@datadoghq.eu.", DATADOG_ONLY),
        ("Ask [Datadog](/help).", DATADOG_ONLY),
        ("Ask DATADOG Support.", DATADOG_ONLY),
        ("[](/help)", DATADOG_ONLY),
    ],
)
def test_whom_a_section_on_support_names(text: str, rule: str | None) -> None:
    for name in (CONTACT, DATADOG_ONLY):
        found = judged(tile("# Quarry", "See [Map][8].", "## Support", text, "## Pit [8][9]"), name)
        words = {
            CONTACT: "`Support` names no contact; expected Nimbus",
            DATADOG_ONLY: "`Support` sends customers to Datadog only; expected Nimbus",
        }[name]
        assert len(found) == (name == rule)
        assert all(each.message.startswith(words) for each in found)


@pytest.mark.parametrize(
    ("author", "is_told"),
    [("Quarry", True), ("Datadog", False), (" Community ", False), (7, False), ("", False)],
)
def test_only_a_partner_has_support_of_its_own(author: Any, is_told: bool) -> None:
    for rule, text in ((CONTACT, "Ask us."), (DATADOG_ONLY, "Ask Datadog support.")):
        own = tile("# Quarry", "## Support", text)
        own.change("manifest.json", lambda manifest: manifest["author"].update(name=author))
        assert len(judged(own, rule)) == is_told


def test_several_sections_on_support_count_as_one() -> None:
    parts = ["# Quarry", "## Troubleshooting", "Look at the log.", "## Support"]
    [found] = judged(tile(*parts, "Ask us."), CONTACT)
    assert found.location.anchor == "support"
    assert judged(tile(*parts, "Ask help@quarry.example."), CONTACT) == []
    parts[2] = "Ask help@quarry.example."
    assert judged(tile(*parts, "Ask us."), CONTACT) == []


# What it contradicts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Edit `nimbus_deploy.d/conf.yaml`.", []),
        ("Edit `nimbus.d/conf.yaml` and `nimbus-deploy-jobs.d/conf.yaml`.", []),
        ("Edit `postgres.d/conf.yaml` and `Redisdb.d/auto_conf.yaml`.", []),
        ("Edit `conf.d/conf.yaml.example` or `quarry.d/other.yaml`.", []),
        ("Edit `nimbus.d/conf.yaml`, then `quarry.d/conf.yaml`.", ["quarry"]),
        (
            "Edit `quarry.d/conf.yaml`, `Quarry.d/metrics.yaml` and `q_uarry.d/conf.yml`.",
            ["quarry"],
        ),
        (
            "Edit `postgres.d/conf.yaml`, `quarry.d/conf.yaml`, `shaft.d/conf.yml`",
            ["quarry", "shaft"],
        ),
        ("```\nagent integration install -t datadog-quarry==1.0.0\n```", ["quarry"]),
        ("```\nagent integration install -t datadog-nimbus_deploy==1.0.0\n```", []),
        ("```\npip install quarry==1.0.0\n```", []),
    ],
)
def test_names_of_other_integrations(text: str, found: list[str]) -> None:
    last = "Edit `last_one.d/conf.yaml`."
    assert told("copied-integration-name", "# Quarry", "It digs.", text, last) == [
        *found,
        "last_one",
    ]


def test_the_name_of_an_own_check_is_no_other_integrations() -> None:
    parts = ["# Quarry", "Edit `pit.d/conf.yaml` and `shaft.d/conf.yaml`."]
    own = tile(*parts, kind="agent")
    own.write("datadog_checks/pit/__init__.py", "")
    own.write("datadog_checks/shaft.py", "")
    [found] = judged(own, "copied-integration-name")
    assert found.message == "`shaft` is another integration's name; expected `tidegauge`"


@pytest.mark.parametrize(
    ("arguments", "is_told"),
    [
        ("datadog-tidegauge==1.0.0", True),
        ("-r datadog-tide-gauge==1.0.0", True),
        ("-r tidegauge==1.0.0", True),
        ("--upgrade datadog-pit==1.0.0", True),
        ("-t datadog-tidegauge==1.0.0", False),
        ("-rt datadog-tidegauge==1.0.0", False),
        ("datadog-tidegauge==1.0.0 -w", False),
        ("--third-party datadog-tidegauge==1.0.0", False),
        ("--local-wheel datadog-tidegauge==1.0.0", False),
        ("--trust datadog-tidegauge==1.0.0", True),
        ("datadog-postgres==1.0.0", False),
        ("datadog_tidegauge.whl", False),
        ("", False),
    ],
)
def test_commands_that_install_a_package(arguments: str, is_told: bool) -> None:
    command = f"integration install {arguments}".strip()
    last = "integration install datadog-tidegauge==2.0.0"
    own = tile("# Tidegauge", "It digs.", f"```\nagent {command}\nagent {last}\n```", kind="agent")
    own.write("datadog_checks/pit/__init__.py", "")
    found = judged(own, "install-without-third-party-flag")
    assert [marked(own, each) for each in found] == [*([command] if is_told else []), last]
    assert found[-1].message == f"`{last}` finds Datadog's own packages only; expected `-t`"


DENIED = "data-collected-contradiction"
LINKED = f"[metadata.csv]({FILES}/nimbus_deploy/metadata.csv)"
CHECKS = f"[service_checks.json]({FILES}/nimbus_deploy/assets/service_checks.json)"


def submits(
    *parts: str,
    metrics: int = 0,
    events: bool = False,
    logs: bool = False,
    checks: Any = (),
) -> Tile:
    """Return a tile of which nothing but this says that data is submitted."""
    own = tile(*parts)
    header = own.text("metadata.csv").partition("\n")[0]
    rows = [f"nimbus.m{number},gauge,,,,,0,nimbus_deploy," for number in range(metrics)]
    own.write("metadata.csv", "\n".join([header, *rows]) + "\n")
    own.write("assets/service_checks.json", json.dumps(checks))

    def change(manifest: dict[str, Any]) -> None:
        tags = ["Submitted Data Type::Logs"] if logs else []
        manifest["tile"]["classifier_tags"] = tags
        manifest["assets"].pop("logs", None)
        manifest["assets"]["integration"]["events"] = {"creates_events": events}

    own.change("manifest.json", change)
    return own


CHECK = {"check": "nimbus.up"}


@pytest.mark.parametrize(
    ("text", "has", "found", "related"),
    [
        ("It does not include any events.", {}, [], ""),
        ("It does not include any logs.", {"logs": True}, [], ""),
        ("It does include any events.", {"events": True}, [], ""),
        ("```\nIt does not include any events.\n```", {"events": True}, [], ""),
        ("It does not include any events by default.", {"events": True}, [], ""),
        ("It does not include any metrics.", {"events": True, "checks": [CHECK]}, [], ""),
        (
            "It does not include any events.",
            {"events": True},
            ["does not include any events"],
            "the manifest says that events are created",
        ),
        (
            "It doesn't send Datadog events currently. They do not send any metrics.",
            {"events": True},
            ["doesn't send Datadog events"],
            "the manifest says that events are created",
        ),
        (
            "They do not send any logs. They do not send any metrics, or more.",
            {"metrics": 2},
            ["do not send any metrics"],
            "the first of 2 metrics that are described here",
        ),
        (
            "It does not collect a service check. It does not collect any service checks.",
            {"checks": [CHECK]},
            ["does not collect any service checks"],
            "a service check is described here",
        ),
        (
            "It does not collect any service checks.",
            {"checks": [CHECK, CHECK]},
            ["does not collect any service checks"],
            "the first of 2 service checks that are described here",
        ),
        ("It does not collect any service checks.", {"checks": []}, [], ""),
        ("It does not collect any service checks.", {"checks": {"a": 1}}, [], ""),
    ],
)
def test_what_the_files_say_against_a_denial(
    text: str, has: dict[str, Any], found: list[str], related: str
) -> None:
    own = submits("# Quarry", "It is not large.", text, **has)
    every = judged(own, DENIED)
    assert [marked(own, each) for each in every] == found
    for finding in every:
        assert finding.message.endswith(f"says otherwise: {related}; expected both to agree")
        assert [each.message for each in finding.related] == [related]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["## Metrics", "It does not include any metrics.", f"See {LINKED}."], 1),
        (["##  METRICS", f"See {LINKED}. It does not include any metrics."], 1),
        (["## Service Checks", "It does not include any service checks.", f"See {CHECKS}."], 1),
        (["## Metrics", "It does not include any service checks.", f"See {CHECKS}."], 0),
        (["## Metrics", "It does not include any metrics.", f"See {CHECKS}."], 0),
        (["## Metrics", "It does not include any metrics.", "## Map", f"See {LINKED}."], 0),
        (["## Metrics", "It does not include any metrics.", "[Map](https://a.example/map)"], 0),
        (["## Events", "It does not include any events.", f"See {LINKED}."], 0),
        (["It does not include any metrics.", "## Metrics", f"See {LINKED}."], 0),
    ],
)
def test_the_template_links_a_list_and_denies_it(parts: list[str], found: int) -> None:
    own = tile(*parts)
    for path in ("metadata.csv", "assets/service_checks.json"):
        own.remove(path)
    own.change("manifest.json", lambda manifest: manifest["tile"].update(classifier_tags=[]))
    own.change("manifest.json", lambda manifest: manifest["assets"].pop("integration"))
    every = judged(own, DENIED)
    assert len(every) == found
    for finding in every:
        assert (
            "contradicts the list that is linked; expected the one or the other" in finding.message
        )
        [related] = finding.related
        assert related.message == "the README links the list all the same"
        assert related.location.region is not None


@pytest.mark.parametrize(
    ("link", "has", "is_told"),
    [
        (LINKED, {}, True),
        (LINKED, {"metrics": 1}, False),
        (LINKED.replace("/nimbus_deploy/", "/quarry/"), {}, False),
        (CHECKS, {"checks": []}, True),
        (CHECKS, {"checks": [CHECK]}, False),
        (CHECKS, {"checks": {}}, True),
        (CHECKS.replace("/nimbus_deploy/", "/quarry/"), {"checks": []}, False),
        ("[Map](https://a.example/nimbus_deploy/map.json)", {}, False),
    ],
)
def test_links_to_lists_that_are_empty(link: str, has: dict[str, Any], is_told: bool) -> None:
    own = submits("# Quarry", f"See {link}.", **has)
    name = "metadata.csv" if "metadata" in link else "service_checks.json"
    assert [each.message for each in judged(own, DENIED)] == (
        [f"the README links `{name}`, but the list is empty; expected an entry, or no link"]
        if is_told
        else []
    )


def test_lists_that_are_not_there_are_told_as_missing() -> None:
    own = submits("# Quarry", f"See {LINKED} and {CHECKS}, and {LINKED}.")
    own.remove("assets/service_checks.json")
    assert len(judged(own, DENIED)) == 2
    own.remove("metadata.csv")
    assert judged(own, DENIED) == []
    own = submits("# Quarry", f"See {CHECKS} and {LINKED}.")
    own.remove("assets/service_checks.json")
    assert len(judged(own, DENIED)) == 1, "the link behind one to nothing is read, too"


@pytest.mark.parametrize(
    ("parts", "metrics", "anchor"),
    [
        (["## Data Collected", "### Metrics", "Some."], 2, "metrics"),
        (["## Metrics", "Some.", "## Data Collected"], 2, "metrics"),
        (["## DATA Collected ", "Some."], 2, "data-collected"),
        (["## Metrics", "It does not include any events."], 2, "metrics"),
        (
            ["## Metrics", "It is not large.", "[Map](https://a.example/my-metadata.csv)"],
            2,
            "metrics",
        ),
        (["## Metrics", "Some."], 0, None),
        (["## Map", "Some."], 2, None),
        (["## Metrics", "It is not large.", "It doesn't send any metrics."], 2, None),
        (["## Metrics", f"See {LINKED}."], 2, None),
        (["## Metrics", f"[Map](#map) {LINKED.replace('.csv)', '.csv#L2)')}"], 2, None),
        (["## Metrics", LINKED.replace("/nimbus_deploy/", "/quarry/")], 2, None),
        (["## Metrics", LINKED.replace("/metadata.csv", "/metadata%2Ecsv")], 2, None),
    ],
)
def test_a_list_of_metrics_that_nobody_links(
    parts: list[str], metrics: int, anchor: str | None
) -> None:
    found = judged(submits("# Quarry", *parts, metrics=metrics), "metadata-not-linked")
    assert [each.location.anchor for each in found] == ([anchor] if anchor else [])


@pytest.mark.parametrize(("metrics", "amount"), [(1, "1 metric"), (1200, "1,200 metrics")])
def test_how_many_metrics_nobody_links(metrics: int, amount: str) -> None:
    [found] = judged(submits("# Quarry", "## Metrics", metrics=metrics), "metadata-not-linked")
    assert found.message == (
        f"the README doesn't link `metadata.csv`, which lists {amount}; expected a link"
    )


# Style


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It digs in the US, and E.G. is a name.", []),
        ("`It will dig`", []),
        ("```\nIt will dig.\n```", []),
        ("Look at goodwill, will-o, a/will and will@quarry.example.", []),
        ("It Will dig in the US, and tell us.", ["Will", "us"]),
        ("You just click on it.", ["just", "click on"]),
        ("Pits, shafts, etc.", ["etc."]),
    ],
)
def test_words_that_reviewers_replace(text: str, found: list[str]) -> None:
    assert told("prose-style", "# Quarry", "It digs.", text, "It is ours.") == [*found, "ours"]


def test_what_to_write_in_their_place() -> None:
    assert messages("prose-style", "It WON'T dig, it Will sink.", "Login to it.") == [
        "found `Will`; expected the present tense",
        "found `Login to`; expected `log in to`",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Enter the Adress, accross.", ["Adress", "accross"]),
        ("Enter `adress` there.", []),
        ("Enter it at https://quarry.example/adress, adress@quarry.example or my-adress.", []),
        ("Enter the adresses and addresses.", []),
    ],
)
def test_misspelt_words(text: str, found: list[str]) -> None:
    parts = ["# Quarry", "It digs.", text, "It is availible."]
    assert told("misspelt-word", *parts) == [*found, "availible"]
    assert messages("misspelt-word", *parts)[-1] == (
        "`availible` is misspelt; expected `available`"
    )
    assert told("misspelt-word", *parts[:2]) == []


# Language


@pytest.mark.parametrize(
    ("text", "is_foreign"),
    [
        ("ジョブを実行します。", True),
        ("Acme はジョブを実行します。", True),
        ("Запускает задания.", True),
        ("Εκτελεί εργασίες.", True),
        ("작업을 실행합니다.", True),
        ("تشغيل المهام", True),
        ("Runs the jobs of 北京采石场 for you.", False),
        ("Führt Aufträge für Łódź, Đà Nẵng und Çeşme aus.", False),
        ("Waits 5 µs → 10 ms ✓", False),
        ("`ジョブを実行します`", False),
        ("", False),
    ],
)
def test_a_passage_in_another_script_is_told_once(text: str, is_foreign: bool) -> None:
    own = tile("# Quarry", "It digs.", text, "It is large.", text)
    found = judged(own, "foreign-language-readme")
    assert [each.message for each in found] == (
        [
            f"the README has 2 passages such as `{text}`; expected English, in which tiles are published"
        ]
        if is_foreign
        else []
    )
    if is_foreign:
        assert judged(own, "non-ascii-prose") == []
