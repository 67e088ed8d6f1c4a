"""Links of the README: each kind of place where a link leads, good ones before bad ones, and brackets that are none."""

from __future__ import annotations

import pytest
from support import Tile

from validator.model import Finding

EXTRAS = "https://github.com/DataDog/integrations-extras/blob/master"
CORE = "https://github.com/DataDog/integrations-core/blob/master"
LONG = "x" * 200
CONTINUES = (
    "`[{}]:` continues the paragraph above and defines nothing; expected a blank line before it"
)


def told(text: str, rule: str, *files: str, kind: str = "oauth") -> list[Finding]:
    own = Tile(kind)
    own.write("README.md", f"# Nimbus\n\n## Overview\n\n{text}\n")
    for file in files:
        own.write(file, "x")
    report = own.judge(rule)
    assert report.internal_errors == ()
    return list(report.findings)


def messages(text: str, rule: str, *files: str) -> list[str]:
    return [each.message for each in told(text, rule, *files)]


# --- what was meant for a definition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [a][1].\n\n[1]: https://a.example/", []),
        ("[1]:", ["`[1]:` has no target; expected a URL after the colon"]),
        ("[1]: a b c", []),
        ("[1]: a b", ["`[1]:` defines nothing; expected one URL without blanks"]),
        (
            "[1]: https://a.example/ b c d",
            ["`[1]:` defines nothing; expected one URL without blanks"],
        ),
        (
            "[a]: https://a.example/ b c d",
            ["`[a]:` defines nothing; expected one URL without blanks"],
        ),
        ("[a]: b c", []),
        ("[1] https://a.example/", ["`[1]` defines nothing; expected a colon after it"]),
        ("[a] https://a.example/", []),
        ("[1] nothing", []),
        ("Words [1]: https://a.example/ b", []),
        ("[ ]: https://a.example/ b", []),
        (
            "Words\n[1]: https://a.example/",
            [CONTINUES.format(1)],
        ),
        (
            "Words\n[1]: https://a.example/\n[2]: https://b.example/\n\nWords\n[3]: https://c.example/",
            [
                CONTINUES.format(1),
                CONTINUES.format(3),
            ],
        ),
        ("See [a][1].\n\n[1]:", ["`[1]:` has no target; expected a URL after the colon"]),
    ],
)
def test_what_was_meant_for_a_definition(text: str, expected: list[str]) -> None:
    assert messages(text, "undefined-link-reference") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://a.example/) and [b]()", ["the link `b` leads nowhere; expected a target"]),
        ("[a](#) and [b](#x)", ["the link `a` leads nowhere; expected a target"]),
        ("![a]()", []),
        ("[a][1]\n\n[1]: #", []),
        (f"[{LONG}]()", [f"the link `{'x' * 39}…` leads nowhere; expected a target"]),
    ],
)
def test_a_link_that_leads_nowhere(text: str, expected: list[str]) -> None:
    assert messages(text, "undefined-link-reference") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("values[0]", None),
        ("a[0][1]", None),
        ("[a][0][1]", None),
        ("_[a][b]", None),
        ("$[a][b]", None),
        ("[][b]", None),
        ("[words]", None),
        ("(a)[words]", None),
        (
            "(a)[https://a.example/]",
            "`[https://a.example/]` is no link; expected `[text]` first, then its target",
        ),
        ("[words](a remark)", None),
        ("[words] (a remark)", None),
        (
            "[words] (https://a.example/)",
            "`[words] (https://a.example/)` is no link; expected no blank after `]`",
        ),
        (
            "[words](https://a.example/ b)",
            "`[words]` is no link: it has a blank in its URL; expected one URL, then `)`",
        ),
        (
            "[words](https://a.example/",
            "`[words]` is no link: it has an unfinished target; expected one URL, then `)`",
        ),
        (
            "[words][https://a.example/]",
            (
                "`[words][https://a.example/]` is no link; expected a label in the second brackets, "
                "such as `[1]`"
            ),
        ),
        (
            "[words][a@b.example]",
            (
                "`[words][a@b.example]` is no link; expected a label in the second brackets, such as "
                "`[1]`"
            ),
        ),
        ("[words] [more words]", None),
        ("[x] [1]", None),
        ("[X] [1]", None),
        (
            "[words] [1]\n\n[1]: https://a.example/",
            "`[words] [1]` is no link; expected no blank after `]`",
        ),
        ("[words] [1]", "`[words] [1]` has no definition; expected `[1]: URL`"),
        ("[words][1]", "`[words][1]` has no definition; expected a line `[1]: URL`"),
        ("[10:30][1]", None),
        ("[2026-11-27][main]", None),
        ("[0][1]", None),
        ("[ERROR][worker]", None),
        ("[main][INFO]", None),
        ("[a-z][a-z]", None),
        (
            "[a few words][label]",
            "`[a few words][label]` has no definition; expected a line `[label]: URL`",
        ),
        ("[word][label]\n\n[1]: https://a.example/", None),
        (
            "[word][label]\n\n[other]: https://a.example/",
            "`[word][label]` has no definition; expected a line `[label]: URL`",
        ),
        ("[label][]", "`[label][]` has no definition; expected a line `[label]: URL`"),
        (
            f"[a few words][{'y' * 80}z 1]",
            f"`[a few words][{'y' * 58}…` has no definition; expected a line `[{'y' * 80}z 1]: URL`",
        ),
    ],
)
def test_brackets_that_are_no_link(text: str, message: str | None) -> None:
    assert messages(f"Good: [a](https://a.example/). {text}", "undefined-link-reference") == (
        [message] if message else []
    )


def test_text_comes_before_a_fault_and_a_fault_before_the_next() -> None:
    text = "values[0], [a few words][one], [ERROR][worker], [a few words][two]"
    assert len(messages(text, "undefined-link-reference")) == 2


# --- how a link is written


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("mailto:a@b.example", None),
        ("https://a.example/", None),
        ("a@b.example", "a@b.example"),
        ("a@b.example?subject=x", "a@b.example?subject=x"),
        ("https://support@acme.example", "support@acme.example"),
        ("https://support@acme.example/", "support@acme.example"),
        ("https://support@acme.example/page", None),
        ("https://support@acme.example?x=1", None),
        ("ssh://git@acme.example", None),
        (f"{'a' * 80}@b.example", f"{'a' * 59}…"),
    ],
)
def test_an_address_that_a_browser_takes_for_a_page(href: str, address: str | None) -> None:
    found = messages(f"[good](https://a.example/) [a]({href}) [b](b@b.example)", "missing-mailto")
    assert found[-1] == "`b@b.example` is no URL; expected `mailto:b@b.example`"
    assert len(found) == 1 + bool(address)
    if address:
        shown = href if len(href) <= 60 else f"{href[:59]}…"
        assert found[0] == f"`{shown}` is no URL; expected `mailto:{address}`"


def test_inline_links() -> None:
    text = "[a][1] ![b](https://a.example/x.png) [c]() [d](#x) [e](https://a.example/)\n\n[1]: https://a.example/"
    [message] = messages(text, "inline-link")
    assert message.startswith("`e` is an inline link")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://acme.io/a) `https://acme.io/b` https://acme.io/c", ["https://acme.io/c"]),
        ("<mailto:a@acme.io> <https://acme.io/a>", ["https://acme.io/a"]),
        ("[https://acme.io/a](https://acme.io/a) https://acme.io/b", ["https://acme.io/b"]),
        ("http://localhost:80/ http://127.0.0.1/ https://acme.io/a.", ["https://acme.io/a"]),
        ("https://<host>.acme.io/a https://a.example.com/ https://a.local/", []),
        (f"https://acme.io/{LONG}", [f"https://acme.io/{'x' * 43}…"]),
        (f"<https://acme.io/{LONG}>", [f"https://acme.io/{'x' * 43}…"]),
    ],
)
def test_urls_that_stand_in_the_text(text: str, expected: list[str]) -> None:
    found = messages(text, "bare-url")
    assert [message.split("`")[1] for message in found] == expected


@pytest.mark.parametrize(
    ("href", "is_told"),
    [
        ("https://acme.io/", False),
        ("http://acme.io/", True),
        ("HTTP://acme.io/", True),
        ("http:", False),
        ("http://server/", False),
        ("http://10.0.0.1/", False),
        ("http://[host]/", False),
        ("http://a.local/", False),
        ("http://example.com/", False),
        ("acme.io", False),
        (f"http://acme.io/{LONG}", True),
    ],
)
def test_a_link_that_is_not_encrypted(href: str, is_told: bool) -> None:
    found = messages(f"[good](https://a.example/) [a](<{href}>) [b](http://b.io/)", "insecure-link")
    shown = href if len(href) <= 60 else f"{href[:59]}…"
    expected = [f"`{shown}` is not encrypted; expected `https://`"] if is_told else []
    assert found == [*expected, "`http://b.io/` is not encrypted; expected `https://`"]


# --- where a link leads


@pytest.mark.parametrize(
    ("href", "told_by"),
    [
        (f"{EXTRAS}/nimbus_deploy/metadata.csv", None),
        (f"{EXTRAS}/nimbus_deploy/assets", None),
        (f"{EXTRAS}/nimbus_deploy/gone.csv", "broken-repository-link"),
        (f"{EXTRAS}/nimbus_deploy/images/Deployments.png", "broken-repository-link"),
        (f"{EXTRAS}/nimbus_deploy/datadog_checks/x.py", "broken-repository-link"),
        (f"{EXTRAS}/other/gone.csv", "other-integration-link"),
        (f"{EXTRAS}/other/metadata.csv", "other-integration-link"),
        (f"{EXTRAS}/README.md", None),
        (f"{CORE}/nimbus_deploy/gone.csv", "core-repository-link"),
        (f"{CORE}/other/gone.csv", None),
        (f"{CORE}/README.md", None),
        (EXTRAS.replace("master", "topic") + "/nimbus_deploy/gone.csv", "repository-branch-link"),
        (EXTRAS.replace("master", "topic") + "/other/gone.csv", "repository-branch-link"),
        ("https://github.com/acme/tool/blob/master/nimbus_deploy/gone.csv", None),
        ("https://github.com/DataDog", None),
        ("https://acme.io/nimbus_deploy/gone.csv", None),
    ],
)
@pytest.mark.parametrize(
    "rule",
    [
        "broken-repository-link",
        "other-integration-link",
        "core-repository-link",
        "repository-branch-link",
    ],
)
def test_a_file_of_a_repository_is_one_rules(href: str, told_by: str | None, rule: str) -> None:
    bad = {
        "broken-repository-link": f"{EXTRAS}/nimbus_deploy/last.csv",
        "other-integration-link": f"{EXTRAS}/another/last.csv",
        "core-repository-link": f"{CORE}/nimbus_deploy/last.csv",
        "repository-branch-link": EXTRAS.replace("master", "last") + "/nimbus_deploy/last.csv",
    }[rule]
    found = told(f"[a]({href}) [b]({bad})", rule)
    assert len(found) == 1 + (told_by == rule)
    assert all(each.location.region is not None for each in found)
    assert "last" in found[-1].message or "metadata" in found[-1].message


def test_code_that_is_not_checked_out_is_not_missed() -> None:
    link = f"[a]({EXTRAS}/nimbus_deploy/datadog_checks/nimbus/check.py)"
    assert told(link, "broken-repository-link", "datadog_checks/.gitkeep") == []
    assert len(told(link, "broken-repository-link", "datadog_checks/__init__.py")) == 1
    other = f"[a]({EXTRAS}/nimbus_deploy/docs/check.py)"
    assert len(told(other, "broken-repository-link", "datadog_checks/.gitkeep")) == 1


@pytest.mark.parametrize(
    ("href", "message"),
    [
        ("#overview", None),
        ("#Overview", None),
        ("#", None),
        (
            "#overviw",
            "`#overviw` is no heading of this README; expected the section's name in words",
        ),
        ("#zzz", "`#zzz` is no heading of this README; expected the section's name in words"),
        ("https://acme.io/#zzz", None),
        (f"{EXTRAS}/nimbus_deploy/README.md#overview", None),
        (f"{EXTRAS}/nimbus_deploy/README.md", None),
        (
            f"{EXTRAS}/nimbus_deploy/README.md#zzz",
            "`#zzz` is no heading of this README; expected the section's name in words",
        ),
        (f"{EXTRAS}/nimbus_deploy/CHANGELOG.md#zzz", None),
        (f"{EXTRAS}/other/README.md#zzz", None),
    ],
)
def test_a_fragment_that_is_no_heading(href: str, message: str | None) -> None:
    found = messages(f"[a]({href}) [b](#last)", "dead-fragment")
    assert found == [
        *([message] if message else []),
        "`#last` is no heading of this README; expected the section's name in words",
    ]


def test_links_into_the_page() -> None:
    text = "[a](https://a.example/) [b](#gone) [c](#overview) [d](#nimbus)"
    assert [each.split("`")[1] for each in messages(text, "in-page-link")] == [
        "#overview",
        "#nimbus",
    ]


def test_definitions() -> None:
    text = (
        "[a][1] [b][2] [c][3]\n\n[1]: https://a.example/\n[1]: https://a.example/\n[1]: https://b.example/\n"
        "[2]: https://a.example/\n[3]: https://c.example/\n[4]: https://c.example/\n[4]: https://d.example/"
    )
    twice = told(text, "duplicate-link-definition")
    assert [each.message.partition(";")[0] for each in twice] == [
        "`[1]` is defined twice, with the same target",
        "`[1]` is defined twice, and this target is ignored",
        "`[4]` is defined twice, and this target is ignored",
    ]
    assert {related.message for each in twice for related in each.related} == {"is the first"}
    again = told(text, "repeated-link-target")
    assert [each.message.partition(";")[0] for each in again] == ["`[2]` leads where `[1]` leads"]
    assert [related.message for each in again for related in each.related] == ["is the first"]
    unused = messages(text, "unused-link-definition")
    assert unused == ["no link uses `[4]`; expected a link, or no definition"]
    partial = text.replace("[a][1]", "<!-- partial\n{{< x >}} [d][4]\npartial -->\n\n[a][1]")
    assert messages(partial, "unused-link-definition") == []
