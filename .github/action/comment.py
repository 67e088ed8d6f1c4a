"""Show the report of a pull request's run in one comment, in a run that may write and executes nothing of it.

The event of `workflow_run` says which run it was, of which commit and branch; GitHub wrote it. The artifact
of that run may hold anything, for a pull request may change the workflow that made it: it is read up to a
size, as a value, and shown by the reporter for Markdown, in which nothing of a stranger has a meaning.
docs/pull-request-comments.md says what stops which attack.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from validator import serialization
from validator.definitions import rules
from validator.model import Level
from validator.report import Report
from validator.reporters import markdown
from validator.reporters.terminal import inert, printable
from validator.serialization import UnreadableReport
from validator.wording import brief

NAME = "tilelint-report.json"
"""The one file of the artifact, as judge.py calls it."""

MOST_PACKED, MOST_UNPACKED = 5_000_000, 10_000_000
"""Bytes of the artifact and of its file; a report on 160 integrations has 2,500,000."""

MOST_COMMENT = 65_536
"""Characters of a comment on GitHub. Bytes are counted here, and no text has fewer of them."""

SECONDS = 30
"""How long to wait for GitHub to say something."""

_PAGE, _MOST_PAGES = 100, 50
_PERMISSIONS = "expected a token with the permissions actions: read and pull-requests: write"


class Failed(Exception):
    """GitHub didn't do what it was asked for, or an input has no meaning; the message holds no secret."""


class Refused(Exception):
    """An artifact that is no report of this version of tilelint."""


@dataclass(frozen=True)
class Run:
    """The run of a pull request's workflow, as the event of `workflow_run` has it."""

    id: int
    event: str
    commit: str
    repository: str
    """Owner and name of where the branch lies: a fork, or the repository itself; empty where it is gone."""
    branch: str

    @classmethod
    def of(cls, event: Any) -> Run:
        """Return what an event says. Raises Failed where it is another one."""
        try:
            run = event["workflow_run"]
            source = run["head_repository"]
            return cls(
                int(run["id"]),
                str(run["event"]),
                str(run["head_sha"]),
                str(source["full_name"]) if source else "",
                str(run["head_branch"] or ""),
            )
        except (LookupError, TypeError, ValueError):
            raise Failed("the event is no workflow_run") from None


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: a token goes to nobody but GitHub's API."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no request."""


class Api:
    """GitHub's API for one repository. Each method raises Failed where GitHub refuses or doesn't answer."""

    def __init__(self, address: str, repository: str, token: str) -> None:
        self._repository = f"{address}/repos/{repository}"
        self._is_plain = address.startswith("http://")
        self._token = token
        self._opener = urllib.request.build_opener(_Staying)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON that answers a request."""
        try:
            with self._open(method, path, body) as answer:
                return json.loads(answer.read())
        except (ValueError, RecursionError):
            raise Failed(f"{_asked(method, path)}: the answer is no JSON") from None
        except (OSError, HTTPException) as error:
            raise Failed(f"{_asked(method, path)}: {_reason(error)}") from None

    def listed(self, path: str, key: str = "", **query: object) -> Iterator[Any]:
        """Yield the items of a list, page by page; ``key`` is where an answer has them."""
        for page in range(1, _MOST_PAGES + 1):
            asked = {**query, "per_page": _PAGE, "page": page}
            words = urllib.parse.urlencode(asked, errors="replace")
            answer = self.ask("GET", f"{path}?{words}")
            items = answer.get(key) if key and isinstance(answer, dict) else answer
            if not isinstance(items, list):
                raise Failed(f"{_asked('GET', path)}: the answer is no list")
            yield from items
            if len(items) < _PAGE:
                return

    def download(self, path: str) -> bytes:
        """Return a file, which GitHub keeps elsewhere: the token stays here. Raises Refused for a large one."""
        try:
            try:
                with self._open("GET", path) as answer:
                    return _few(answer, MOST_PACKED)
            except urllib.error.HTTPError as error:
                place = error.headers.get("Location", "")
                wanted = ("https://", "http://") if self._is_plain else ("https://",)
                if error.code not in (301, 302, 303, 307, 308) or not place.startswith(wanted):
                    raise
            with self._opener.open(place, timeout=SECONDS) as answer:
                return _few(answer, MOST_PACKED)
        except (OSError, ValueError, HTTPException) as error:
            raise Failed(f"{_asked('GET', path)}: {_reason(error)}") from None

    def _open(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 (the runner names the address)
            f"{self._repository}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "tilelint",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        return self._opener.open(request, timeout=SECONDS)


def _asked(method: str, path: str) -> str:
    return f"{method} {path.partition('?')[0]}"


def _reason(error: Exception) -> str:
    """Return what went wrong, by nothing that a server wrote."""
    if isinstance(error, urllib.error.HTTPError):
        if _is_limited(error):
            return f"HTTP {error.code}; the token may ask again later: run it again then"
        hint = f"; {_PERMISSIONS}" if error.code in (401, 403, 404) else ""
        return f"HTTP {error.code}{hint}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return "no answer in time" if isinstance(cause, TimeoutError) else type(cause).__name__


def _is_limited(error: urllib.error.HTTPError) -> bool:
    """Whether GitHub refused because it was asked too often.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    said = error.headers
    return error.code == 429 or (
        error.code == 403 and ("Retry-After" in said or said.get("X-RateLimit-Remaining") == "0")
    )


@contextmanager
def _reading(method: str, path: str) -> Iterator[None]:
    """Raise Failed where what is read of an answer isn't there, or is of another type."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError):
        raise Failed(f"{_asked(method, path)}: the answer has another shape") from None


def _few(stream: Any, most: int) -> bytes:
    """Return what a stream holds. Raises Refused where that is more than so many bytes."""
    data: bytes = stream.read(most + 1)
    if len(data) > most:
        raise Refused(f"the artifact is too large; expected at most {most:,} bytes")
    return data


def main() -> int:
    """Comment, and return the exit code: 0, or 1 where GitHub refused."""
    try:
        return _commented()
    except Failed as failed:
        _say("error", str(failed))
        return 1
    except Refused as refused:  # no fault of the repository's, so its run doesn't fail
        _say("warning", f"no comment: {refused}")
        return 0


def _commented() -> int:
    name, marker = (
        _input("ARTIFACT", r"[\w.-]+"),
        marker_of(_input("CATEGORY", r"[\w.]+([ -][\w.]+)*")),
    )
    bot, token = _input("BOT", r"[\w-]+(\[bot\])?"), _input("TOKEN", r"\S+")
    run = Run.of(json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8")))
    repository = os.environ["GITHUB_REPOSITORY"]
    api = Api(os.environ["GITHUB_API_URL"], repository, token)
    if run.event != "pull_request":
        _say("notice", "no comment: the run was not of a pull request")
        return 0
    numbers = pull_requests(api, run)
    if not numbers:
        _say("notice", "no comment: no open pull request has this commit as its head any more")
        return 0
    data = artifact(api, run, name)
    if data is None:
        _say("notice", "no comment: the run left no report")
        return 0
    report = report_of(data)
    link = f"{os.environ['GITHUB_SERVER_URL']}/{repository}/actions/runs/{run.id}"
    body = body_of(report, marker, run.commit, link)
    sticky = Sticky(api, bot, marker, body, is_needed=is_telling(report))
    return max([_told(sticky, number) for number in numbers])


def _told(sticky: Sticky, number: int) -> int:
    """Bring the comment to one pull request; where that fails, the others still get theirs."""
    try:
        _say("notice", f"pull request {number}: {sticky.put(number)}")
    except Failed as failed:
        _say("error", f"pull request {number}: {failed}")
        return 1
    return 0


def pull_requests(api: Api, run: Run) -> list[int]:
    """Return the numbers of the open pull requests whose head is the commit of a run.

    An older run, whose commit is the head no more, finds none.
    """
    if not run.repository:
        return []
    head = f"{run.repository.partition('/')[0]}:{run.branch}"
    with _reading("GET", "/pulls"):
        return [
            int(found["number"])
            for found in api.listed("/pulls", state="open", head=head)
            if found["head"]["sha"] == run.commit
            and (found["head"]["repo"] or {}).get("full_name") == run.repository
        ]


def artifact(api: Api, run: Run, name: str) -> bytes | None:
    """Return the newest artifact of a run by a name, None where there is none. Raises Refused."""
    path = f"/actions/runs/{run.id}/artifacts"
    with _reading("GET", path):
        found = [
            (int(each["id"]), int(each["size_in_bytes"]))
            for each in api.listed(path, "artifacts", name=name)
            if each["name"] == name and not each["expired"]
        ]
    if not found:
        return None
    newest, size = max(found)
    if size > MOST_PACKED:
        raise Refused(f"the artifact is too large; expected at most {MOST_PACKED:,} bytes")
    return api.download(f"/actions/artifacts/{newest}/zip")


def report_of(data: bytes) -> Report:
    """Return the report in an artifact, its rules replaced by ours. Raises Refused.

    Nothing is written to a disk, and nothing in it names a file that is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if [entry.filename for entry in entries] != [NAME]:
                raise Refused(f"the artifact holds other files; expected `{NAME}` alone")
            if entries[0].file_size > MOST_UNPACKED:
                raise Refused(
                    f"the artifact is too large; expected at most {MOST_UNPACKED:,} bytes"
                )
            # The other methods may ask for gigabytes before the first byte.
            if entries[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused("the artifact is compressed in another way; expected deflate")
            with archive.open(entries[0]) as stream:
                text = _few(stream, MOST_UNPACKED).decode("utf-8")
        return serialization.loads(text, {rule.id: rule for rule in rules.load()})
    except UnreadableReport as error:
        raise Refused(str(error)) from None
    except (
        ArithmeticError,
        EOFError,
        OSError,
        ValueError,
        LookupError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
    ):
        raise Refused("the artifact can't be read") from None


def marker_of(category: str) -> str:
    """Return the first line of a comment, which nobody sees."""
    return f"<!-- tilelint{'' if category == 'tilelint' else f': {category}'} -->"


def body_of(report: Report, marker: str, commit: str, link: str) -> str:
    """Return the comment: the marker, where the report comes from, and the report. Raises Refused."""
    head = (
        f"{marker}\n> What the [run of this pull request]({link}) reports on `{commit[:12]}`. "
        "A pull request that changes its workflow may let it report anything.\n\n"
    )
    try:
        return head + markdown.render(report, most=MOST_COMMENT - len(head.encode()))
    except (ValueError, ArithmeticError):  # a number that is too large to be written
        raise Refused("the report can't be shown") from None


def is_telling(report: Report) -> bool:
    """Whether a report is worth the first comment: something counts, or could not be judged."""
    return any(map(report.count, Level)) or bool(report.new_skips or report.internal_errors)


@dataclass(frozen=True)
class Sticky:
    """The one comment of a category on a pull request: by a bot, with a marker as its first line."""

    api: Api
    bot: str
    marker: str
    body: str
    is_needed: bool
    """Whether the first one is to be written, too."""

    def put(self, number: int) -> str:
        """Bring the comment of a pull request up to date, and return what was done. Raises Failed."""
        path = f"/issues/{number}/comments"
        with _reading("GET", path):
            ours = next(filter(self._is_ours, self.api.listed(path)), None)
            own = f"/issues/comments/{int(ours['id'])}" if ours else ""
        if ours:
            if ours["body"] == self.body:
                return "the comment is up to date"
            self.api.ask("PATCH", own, {"body": self.body})
            return "the comment was brought up to date"
        if not self.is_needed:
            return "nothing to comment on"
        written = self.api.ask("POST", path, {"body": self.body})
        with _reading("POST", path):
            login = written["user"]["login"]
            if not self._is_bot(login):  # the next run would not find it, and write another one
                raise Failed(
                    f"the comment was written by {login}; expected the input bot to name it"
                )
        return "the comment was written"

    def _is_ours(self, comment: Any) -> bool:
        # Anybody may write the marker, or quote it.
        is_by_us = self._is_bot((comment["user"] or {}).get("login") or "")
        return is_by_us and (comment["body"] or "").splitlines()[:1] == [self.marker]

    def _is_bot(self, login: str) -> bool:
        return login.casefold() == self.bot.casefold()  # as GitHub compares logins


def _input(name: str, pattern: str) -> str:
    """Return an input. Raises Failed where it is not of a pattern; the token is not repeated."""
    value = os.environ.get(f"INPUT_{name}", "").strip()
    if not re.fullmatch(pattern, value, re.ASCII):
        raise Failed(f"the input {name.lower()} is empty, or has characters that it can't have")
    return value


def _say(kind: str, text: str) -> None:
    shown = inert(printable(brief(text, 300))).replace("%", "%25")
    sys.stdout.buffer.write(f"::{kind} title=tilelint::{shown}\n".encode())  # whatever the locale
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
