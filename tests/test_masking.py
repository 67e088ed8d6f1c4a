"""No output holds more than four characters of a credential, whatever is judged and however it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import named, shown, tilelint
from test_secrets import API, APP, AWS, GITHUB, KEY_BODY, RANDOM, SECRET, SLACK, WEB_TOKEN

from validator import baseline, engine, presentation
from validator.definitions import rules
from validator.discovery import discover
from validator.identity import fingerprints
from validator.integration import OAUTH_CLIENTS
from validator.reading.secret_pieces import Pieces
from validator.report import HIDDEN, Report
from validator.reporters import render
from validator.selection import Selection

# --- pieces


def hidden(text: str, *secrets: str) -> str:
    for start, end in reversed(Pieces(secrets).find(text)):
        text = f"{text[:start]}*{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"`{API}` is", "`*` is"),
        (f"{API[:8]}", "*"),
        (f"a {API[9:20]} b", "a * b"),
        (f"{API[:7]}…", "*…"),
        (f"{API[:5]}…", "*…"),
        (f"{API[:4]}…", f"{API[:4]}…"),
        (f"…{API[-6:]} b", "…* b"),
        (f"x{API}y", "x*y"),
        (f"https://{API}.acme.io/x-{API}.png?{API}", "https://*.acme.io/x-*.png?*"),
        (API.upper(), "*"),
        (f"{API[:16]}\n    {API[16:]}", "*"),
        (f"{API[:16]}`-`{API[16:]}", "*"),
        ("".join(f"\\u{ord(one):04x}" for one in API), "*"),
        ("".join(f"%{ord(one):02X}" for one in API), "*"),
        ("".join(f"&#{ord(one)};" for one in API), "*"),
        (f"\\n{API}\\n", "\\n*\\n"),
        ("İ" + API, "İ*"),
    ],
)
def test_a_piece_is_found_however_a_message_shows_it(text: str, shown: str) -> None:
    assert hidden(text, API) == shown


def test_a_slug_and_a_word_between_signs_are_found() -> None:
    token = "Jd83+kq0/ZmvPx-71Lw=Te5R9"
    assert hidden("#the-jd83kq0zmvpx-71lwte5r9", token) == "#the-*"
    assert hidden("the word 71Lw9 and 8fd-2kq1z-x", "81cb7-2kq1z-0d") == (
        "the word 71Lw9 and 8fd-*-x"
    )


@pytest.mark.parametrize(
    "secret", ["integration1", "correct-horse-battery", "acme-version2-x7q", "Datadog-Integration"]
)
def test_words_that_a_secret_is_made_of_are_shown(secret: str) -> None:
    text = "the integration's horse of version 2, a `Datadog` battery in `integration`: correct"
    assert hidden(text, secret) == text
    assert hidden(f"`{secret}` is", secret) == "`*` is"


def test_a_secret_that_is_a_word_is_found_as_a_value_only() -> None:
    assert hidden("`letmeinplease` and letmeinplease", "letmeinplease") == "`*` and letmeinplease"


# --- every kind, in every place, in every output

PASSWORD = "v8Kq2RtZx5LmW1nB"
KINDS = {
    "Datadog API key": ("DD_API_KEY={}", API),
    "Datadog application key": ("DD_APP_KEY={}", APP),
    "Datadog access token": ("{}", "ddpat" + "_9sK2mVq7XzR4tLw8BnPc"),
    "client secret": ("client_secret={}", SECRET),
    "refresh token": ("refresh_token={}", RANDOM),
    "bearer token": ("Authorization: Bearer {}", RANDOM),
    "AWS": ("{}", AWS),
    "GitHub": ("{}", GITHUB),
    "Slack": ("{}", SLACK),
    "web token": ("{}", WEB_TOKEN),
    "URL": ("https://acme:{}@db.acme.io/x", PASSWORD),
    "private key": ("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", KEY_BODY),
}

Plant = Callable[[Path, str, str], object]
"""Puts a credential into an integration: the text that it stands in, and the value alone."""


def manifest(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads((root / "manifest.json").read_text())
    change(value)
    (root / "manifest.json").write_text(json.dumps(value, indent=1))


def client(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    value: dict[str, Any] = {"integration": {"scopes": ["events_read"], "redirect_uris": []}}
    change(value["integration"])
    (root / "assets" / "oauth_clients.json").write_text(json.dumps(value))


def readme(root: Path, text: str) -> None:
    with (root / "README.md").open("a") as file:
        file.write(f"\n{text}\n")


def dashboard(root: Path, text: str) -> None:
    manifest(root, lambda all_: all_.update(assets={"dashboards": {"A": "assets/a.json"}}))
    (root / "assets" / "a.json").write_text(text)


def settings(root: Path, value: object) -> None:
    (root / ".tilelint.yaml").write_text(json.dumps(value))


def one_line(text: str) -> str:
    return text.replace("\n", " ")


PLACES: dict[str, Plant] = {
    "prose": lambda root, text, _: readme(root, f"Open {text} now, at http://acme.io/x."),
    "link": lambda root, text, value: readme(
        root, f"{text}\n\n[here](http://acme.io/{one_line(value)}) or http://{value[:40]}.acme.io/x"
    ),
    "link with a query": lambda root, text, _: readme(
        root, f"[click here](http://acme.io/?{one_line(text).replace(' ', '%20')})"
    ),
    "picture": lambda root, text, value: readme(
        root, f"![{text}](images/{value[:50]}.png)\n{text}"
    ),
    "code": lambda root, text, value: readme(
        root, f"```\n{text}\n```\n\nHere http://acme.io/{value[:60]}"
    ),
    "heading": lambda root, text, value: readme(
        root,
        f"## {one_line(text)}\n\nhttp://acme.io\n\n## Setup\n\n### {one_line(value)}\n\n[a](#x)",
    ),
    "table": lambda root, text, value: readme(
        root, f"| Key | B |\n|---|---|\n| {one_line(text)} | http://a.io/{value[:20]} |"
    ),
    "HTML": lambda root, text, _: readme(
        root, f'<a href="http://acme.io/{one_line(text)}">here</a>'
    ),
    "suppression": lambda root, text, value: readme(
        root,
        f"<!-- tilelint: suppress[bare-url, {value[:40]}] {one_line(text)} -->\nhttp://acme.io/a",
    ),
    "manifest value": lambda root, text, _: manifest(
        root, lambda all_: all_["tile"].update(description=text, title=f"A title {text}")
    ),
    "manifest version": lambda root, text, _: manifest(
        root, lambda all_: all_.update(manifest_version=text)
    ),
    "manifest key": lambda root, text, _: manifest(
        root, lambda all_: all_["tile"].update({text: "x", "media": [{text: 1}]})
    ),
    "tag": lambda root, text, value: manifest(
        root, lambda all_: all_["tile"].update(classifier_tags=[text, f"Category::{value}", text])
    ),
    "path": lambda root, text, value: manifest(
        root,
        lambda all_: all_.update(x=text, assets={"dashboards": {text: f"assets/{value}.json"}}),
    ),
    "redirect URI": lambda root, text, value: client(
        root, lambda own: own.update(redirect_uris=[f"http://x.io/?{text}", f"http://{value}.io"])
    ),
    "scope": lambda root, text, value: client(
        root, lambda own: own.update(scopes=[text, f"{value}_read", text])
    ),
    "client key": lambda root, text, _: client(root, lambda own: own.update({text: 1, "a": text})),
    "secret of the client": lambda root, _, value: client(
        root, lambda own: own.update(secret=value, id=value, scopes=[value])
    ),
    "CSV cell": lambda root, text, value: (root / "metadata.csv").write_text(
        f"metric_name,metric_type\n{json.dumps(text)},{value[:40]}\n{json.dumps(text)},gauge\n"
    ),
    "CSV header": lambda root, text, value: (root / "metadata.csv").write_text(
        f"{one_line(text)},{value[:40]}\nacme.x,gauge\n"
    ),
    "YAML value": lambda root, text, value: (root / "assets" / "dataflows.yaml").write_text(
        f"provides:\n- id: {json.dumps(text)}\n  data_type: {json.dumps(value)}\n  {value[:30]}: 1\n"
    ),
    "broken YAML": lambda root, text, _: (root / "assets" / "dataflows.yaml").write_text(
        f"provides: [{one_line(text)}: {{\n"
    ),
    "broken JSON": lambda root, text, _: dashboard(root, f'{{"note": {json.dumps(text)} "x"'),
    "dashboard": lambda root, text, value: dashboard(
        root, json.dumps({"title": text, "widgets": [{"definition": {"type": value}}], text: 1})
    ),
    "changelog": lambda root, text, value: (root / "CHANGELOG.md").write_text(
        f"# {one_line(text)}\n\n## {one_line(text)} / 2026-1-1\n\n* {value[:50]} http://acme.io\n"
    ),
    "reason of a suppression": lambda root, text, _: settings(
        root, {"suppressions": [{"rule": "bare-url", "path": "**", "reason": text}]}
    ),
    "settings": lambda root, text, value: settings(
        root, {"oauth": {"scopes": {text: value, "events_read": text}}}
    ),
    "file name": lambda root, text, value: (
        (root / "assets" / f"{one_line(text).replace('/', '_')[:150]}.json").write_text("{")
        and (root / "images" / f"{one_line(value).replace('/', '')[:100]}.png").write_text("x")
    ),
}


def build(root: Path) -> None:
    for folder in ("assets", "images"):
        (root / folder).mkdir(parents=True)
    (root / "manifest.json").write_text('{"manifest_version": "2.0.0", "tile": {"title": "Acme"}}')
    (root / "README.md").write_text("# Acme\n\n## Overview\n\nActs at http://acme.io/x.\n")
    client(root, lambda own: own)


FINGERPRINT = re.compile(
    r'("(?:fingerprint|identity|line_hash|tilelint/v1|primaryLocationLineHash)": ")[0-9a-f:]*'
)


def pieces(text: str) -> set[str]:
    """Return what stands in a text of five characters, blanks and ends of lines left out."""
    text = "".join(text.split())
    return {text[start : start + 5] for start in range(len(text) - 4)}


def given_away(output: str, secret: str) -> list[str]:
    """Return the pieces of a secret that an output holds, hashes left out."""
    return sorted(pieces(FINGERPRINT.sub(r"\1", output)) & pieces(secret))


ALL = rules.load()
SELECTIONS = (
    Selection.of([], []),
    Selection.of([], ["committed-secret", "possible-secret"]),
    Selection.of(
        [rule.id for rule in ALL if rule.id not in ("committed-secret", "possible-secret")][::2], []
    ),
)


def outputs(root: Path, selection: Selection) -> Iterator[tuple[str, str]]:
    found = discover([root]).integrations
    judged = engine.run(found, ALL, choose=selection.choose)
    mask = presentation.mask_of(judged, found)
    report = presentation.presented(judged, found, mask)
    assert API not in repr(report)
    yield "text", render(report, "text", show_suppressed=True, show_known=True)
    yield "narrow", render(report, "text", width=60, show_suppressed=True)
    yield "json", render(report, "json")
    yield "report", render(report, "report")
    yield "sarif", render(report, "sarif", show_suppressed=True)
    accepted = baseline.entries(judged, Path("baseline.json"), mask).values()
    yield "baseline", baseline.render(entry for entry, _ in accepted)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_given_away(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kinds = dict(KINDS)
    if place == "secret of the client":
        del kinds["private key"]  # the lines of one without its heading are none
    if place == "file name":
        del kinds["URL"]  # no name has its slashes
    for number, (words, value) in enumerate(kinds.values()):
        root = Path(f"acme-{number}")
        build(root)
        PLACES[place](root, words.format(value), value)
    selection = SELECTIONS[list(PLACES).index(place) % len(SELECTIONS)]
    for format_, output in outputs(Path(), selection):
        shown = pieces(FINGERPRINT.sub(r"\1", output))
        assert {kind: shown & pieces(value) for kind, (_, value) in kinds.items()} == {
            kind: set() for kind in kinds
        }, format_


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "acme", "--show-timings", "--statistics", "--all"],
        ["check", "acme", "--quiet"],
        ["check", "acme", "--baseline", f"DD_API_KEY={API}"],
        ["check", "acme", "--select", f"DD_API_KEY={API}"],
        ["check", "acme", "--ignore", f"DD_API_KEY={API}"],
        ["check", "acme", "--base", f"client_secret={API}"],
        ["check", "acme", "--format", f"DD_API_KEY={API}"],
        ["check", f"DD_API_KEY={API}"],
        ["check", f"--DD_API_KEY={API}"],
        ["check", "acme", "--config", f"DD_API_KEY={API}"],
        ["check", "acme", "--output", f"gone/DD_API_KEY={API}"],
        ["explain", f"DD_API_KEY={API}"],
        ["scopes", "acme"],
        ["scopes", "acme", "--format", "json"],
        ["scopes", "acme", "--format", "markdown"],
        ["scopes", f"DD_API_KEY={API}"],
        ["config", "acme"],
    ],
)
def test_the_command_line_gives_nothing_away(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = Path("acme")
    build(root)
    client(root, lambda own: own.update(scopes=[f"DD_API_KEY={API}", API, "events_read"]))
    settings(root, {"oauth": {"scopes": {f"DD_API_KEY={API}": API}, "api_calls": [f"GET /{API}"]}})
    result = tilelint(*arguments)
    assert isinstance(result.exception, (SystemExit, type(None)))
    assert result.output
    assert given_away(result.output, API) == []


@pytest.mark.parametrize(
    "text",
    [
        f"levels: {{DD_API_KEY={API}: error}}",
        f"DD_API_KEY={API}: x",
        f"fail-on: DD_API_KEY={API}",
        f"ignore: [DD_API_KEY={API}]",
        f"a: [{API}\nDD_API_KEY={API}",
        f"policy: DD_API_KEY={API}",
    ],
)
def test_broken_settings_give_nothing_away(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(Path("acme"))
    Path("acme", ".tilelint.yaml").write_text(text)
    result = tilelint("check", "acme")
    assert result.exit_code == 2
    assert given_away(result.output, API) == []


def test_a_defect_of_ours_gives_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError(API, f"{SECRET}{RANDOM}")

    monkeypatch.chdir(tmp_path)
    build(Path("acme"))
    for broken in ("validator.checks.readme.missing", "validator.limits.abridged"):
        with monkeypatch.context() as patch:
            patch.setattr(broken, fails)
            for format_ in ("text", "json", "report", "sarif"):
                result = tilelint("check", "acme", "--format", format_)
                assert result.exit_code == 2
                assert "KeyError" in result.output
                assert given_away(result.output, API) == []
                assert given_away(result.output, SECRET + RANDOM) == []


# --- what stays


def report_of(*folders: str) -> tuple[Report, Report]:
    """Return the report on folders as the engine has it, and as it may be shown."""
    found = discover(map(Path, folders)).integrations
    report = engine.run(found, ALL)
    return report, shown(report, found)


def test_what_tells_findings_apart_is_worked_out_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(Path("acme"))
    PLACES["manifest key"](Path("acme"), f"DD_API_KEY={API}", API)
    PLACES["tag"](Path("acme"), f"DD_API_KEY={API}", API)
    report, masked = report_of("acme")
    assert [one.fingerprint for one in masked.findings] == fingerprints(report.findings)
    assert masked.findings != report.findings
    assert [(one.rule, one.location.region) for one in masked.findings] == [
        (one.rule, one.location.region) for one in report.findings
    ]


def test_a_report_without_credentials_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(Path("acme"))
    report, masked = report_of("acme")
    assert [one.message for one in masked.findings] == [one.message for one in report.findings]
    assert HIDDEN not in render(masked, "text")


def test_two_folders_that_differ_in_a_credential_only_stay_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = [f"DD_API_KEY={API}", f"DD_API_KEY={API[::-1]}", "acme"]
    for folder in folders:
        build(Path(folder))
    told = json.loads(render(report_of(*folders)[1], "json"))
    assert [one["path"] for one in told["integrations"]] == [
        "DD_API_KEY=****",
        "DD_API_KEY=****-2",
        "acme",
    ]
    text = render(report_of(*folders)[1], "text", quiet=True)
    assert text.startswith("DD_API_KEY=****: ")
    assert "\nDD_API_KEY=****-2: " in text


def test_what_the_base_has_is_hidden_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before, after = Path("old", "acme"), Path("acme")
    for folder in (before, after):
        build(folder)
    client(before, lambda own: own.update(client_id=SECRET, a=f"client_secret={SECRET}"))
    client(after, lambda own: own.update(client_id="a"))
    old, new = (discover([folder]).integrations[0] for folder in (before, after))
    finding = ALL[0].finding(new.location(OAUTH_CLIENTS), f"was `{SECRET}`")
    old.oauth_clients  # noqa: B018 (opens it)
    report = Report((ALL[0],), named(new), (finding,))
    assert shown(report, (new,), (old,)).findings[0].message == "was `****`"
