"""`make differential`: tilelint side by side with the validators that ddev released.

Both releases are installed from the registry into environments of their own (half a gigabyte), each with the Python
that it needs. Every case of tests/differential is judged by its validator and by tilelint; what they disagree on must
stand in tests/differential/accepted.yaml with its reason, and what stands there must still be so. The table goes to
docs/differential.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

if TYPE_CHECKING:
    from differential.cases import Case

FOLDER = ROOT / ".differential"
PAGE = ROOT / "docs" / "differential.md"
ACCEPTED = ROOT / "tests" / "differential" / "accepted.yaml"
DDEV, OLD = "ddev==20.1.0", "datadog-checks-dev[cli]==31.0.0"
PER_TILE = ("metadata", "readmes")
"""Commands of ``ddev validate`` that take the name of a tile."""
IN_CI = ("codeowners", "readmes", "metadata", "check_partials")
"""The validators for tiles that integrations-extras runs on each pull request."""

_MANIFEST = """
import sys
from datadog_checks.dev.tooling.constants import set_root
set_root(sys.argv[1])
from datadog_checks.dev.tooling.commands.validate.manifest import manifest
manifest.main(["--ignore-schema", sys.argv[2]], obj={"repo_choice": "extras", "repo_name": "extras"})
"""


_PREAMBLE = f"""Of {{today}}, with {DDEV} and {OLD}; `make differential` writes it anew. Each case is a clean tile with
one change of our own. What the CI of integrations-extras runs is compared with what tilelint says turns it red, the
other validators with its errors. `check_partials` is a script of integrations-extras that no registry has: its
verdicts are read from it. Validators of Agent code (ci, config, imports, models, package and their like) stay
ddev's."""


class Outcome(NamedTuple):
    """What a validator and tilelint make of a case: whether each refuses it."""

    case: Case
    peer: bool
    own: bool


def verdict(report: Mapping[str, dict[str, int]], peer: str) -> bool:
    """Tell whether a report of `tilelint check` refuses a tile as a validator would.

    What the CI of integrations-extras runs is compared with what tilelint says turns it red, anything else with
    all errors.
    """
    return report["summary"]["extras_ci" if peer in IN_CI else "errors"] > 0


def _run(command: Sequence[str | Path], **options: Any) -> int:
    """Run one of our own commands, and return its exit code."""
    return subprocess.run(command, check=False, **options).returncode  # noqa: S603 (our own command)


def install(python: str, package: str, name: str) -> Path:
    """Return where the programs of a package are, installed unless they are there. Raises OSError if it fails."""
    folder = FOLDER / name
    if not (folder / "ready").exists():
        pip: list[str | Path] = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            package,
        ]
        if _run([python, "-m", "venv", "--clear", folder]) or _run(pip):
            raise OSError(f"{package} can't be installed with {python}")
        (folder / "ready").touch()
    return folder / "bin"


def repository(case: Case, folder: Path) -> Path:
    """Write a case as a repository of its own, as the validators want one, and return its folder."""
    from differential.cases import OWNERS

    tile = case.tile()
    root = folder / ("marketplace" if case.kind == "marketplace" else "integrations-extras")
    for path, data in tile.files.items():
        file = root / path if path.as_posix() == OWNERS else root / tile.name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    for command in (
        ("init", "--quiet", "--initial-branch=master"),
        ("add", "--all"),
        ("-c", "user.name=x", "-c", "user.email=x@acme.io", "commit", "--quiet", "--message=x"),
        ("update-ref", "refs/remotes/origin/master", "HEAD"),
    ):
        _run(["git", "-C", root, *command])
    return root


def peer_refuses(case: Case, root: Path, ddev: Path, old: Path) -> bool:
    """Ask the validator of a case. ``check_partials``, which no registry has, is answered by the case itself."""
    if case.recorded is not None:
        return case.recorded
    name = case.tile().name
    if case.peer == "manifest":
        command: list[str | Path] = [old / "python", "-c", _MANIFEST, root, name]
    else:
        command = [ddev / "ddev", "--here", "validate", case.peer]
        command += [name] if case.peer in PER_TILE else []
    home = {**os.environ, "HOME": str(FOLDER / "home"), "GITHUB_ACTIONS": "", "NO_COLOR": "1"}
    return _run(command, cwd=root, env=home, capture_output=True) != 0


def compare(ddev_python: str, old_python: str) -> list[Outcome]:
    """Judge every case by both sides."""
    from differential.cases import CASES
    from support import told

    (FOLDER / "home").mkdir(parents=True, exist_ok=True)
    ddev, old = install(ddev_python, DDEV, "ddev"), install(old_python, OLD, "old")
    outcomes = []
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = repository(case, Path(folder))
            peer = peer_refuses(case, root, ddev, old)
            outcomes.append(Outcome(case, peer, verdict(told(root), case.peer)))
    return outcomes


def page(outcomes: list[Outcome], reasons: Mapping[str, str], today: dt.date) -> str:
    """Return the table of all cases as Markdown."""
    words = {True: "refused", False: "passed"}
    lines = [
        "# tilelint and ddev, side by side",
        "",
        _PREAMBLE.format(today=today),
        "",
        "| validator | case | ddev | tilelint | |",
        "|---|---|---|---|---|",
    ]
    for case, peer, own in outcomes:
        note = "" if peer == own else reasons.get(key(case), "not accepted")
        lines.append(f"| {case.peer} | {case.name} | {words[peer]} | {words[own]} | {note} |")
    agreed = sum(peer == own for _, peer, own in outcomes)
    return "\n".join([*lines, "", f"{agreed} of {len(outcomes)} agree.", ""])


def key(case: Case) -> str:
    """Return what a case is called where differences are accepted."""
    return f"{case.peer}: {case.name}"


def main(arguments: list[str] | None = None) -> int:
    """Compare, write the page, and return 1 where a difference is new or an accepted one is gone."""
    from validator.documents.yaml import load

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--ddev-python", default="python3.13")
    parser.add_argument("--old-python", default="python3.11")
    given = parser.parse_args(arguments)
    outcomes = compare(given.ddev_python, given.old_python)
    accepted: dict[str, str] = load(ACCEPTED.read_text(encoding="utf-8")) or {}
    text = page(outcomes, accepted, dt.date.today())  # noqa: DTZ011 (the user's day)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    differing = {key(case) for case, peer, own in outcomes if peer != own}
    for name in sorted(differing ^ accepted.keys()):
        state = "is new" if name in differing else "is accepted, but gone"
        sys.stdout.write(f"the difference `{name}` {state}\n")
    return 0 if differing == accepted.keys() else 1


if __name__ == "__main__":
    sys.exit(main())
