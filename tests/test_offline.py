"""A run opens no network: Python itself would tell of the first socket."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import COMPLETE, DEMO, commit, git, write

WATCHED = """
import os, sys

def refuse(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.")):
        print("opened a network:", event, arguments, file=sys.stderr)
        os._exit(77)
    if event == "subprocess.Popen" and os.path.basename(arguments[0]) not in ("git", "git.exe"):
        print("started", arguments, file=sys.stderr)
        os._exit(78)

sys.addaudithook(refuse)
"""


def watched(code: str, *arguments: object) -> int:
    """Run Python where a network can't be used unnoticed, and return how it ends."""
    command = [sys.executable, "-c", WATCHED + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode


COMMANDS = {
    "text": (("check", DEMO), 1),
    "SARIF": (("check", DEMO, "--format", "sarif"), 1),
    "JSON, Markdown and commands": (
        ("check", DEMO, "--format=json", "--format=markdown=a.md", "--format=github=a.txt"),
        1,
    ),
    "the scopes of code": (("scopes", COMPLETE, "--code", COMPLETE), 1),
    "the rules": (("rules",), 0),
    "one rule": (("explain", "near-miss-host"), 0),
    "the settings": (("config", COMPLETE), 0),
    "a comparison": (("check", "--base", "HEAD"), 0),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_opens_a_network(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    write("acme/manifest.json", "{}")
    commit()
    arguments, code = COMMANDS[name]
    assert watched("from validator.cli import main; main()", *arguments) == code


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("import socket; socket.socket()", 77),
        ("import socket; socket.getaddrinfo('localhost', 80)", 77),
        ("import urllib.request as r; r.urlopen('http://localhost:9/')", 77),
        ("import subprocess; subprocess.run(['curl', '--version'])", 78),
    ],
)
def test_a_network_would_be_noticed(code: str, ends: int) -> None:
    assert watched(code) == ends
