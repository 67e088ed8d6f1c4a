"""Install tilelint, of the checkout that this lies in, for a later step of an action.

Isolated and away from the workspace: nothing of a pull request is imported, let alone executed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).resolve().parents[2]


def main() -> int:
    """Make an environment in the runner's temporary folder; return the exit code of what failed, or 0."""
    home = Path(os.environ["RUNNER_TEMP"]) / "tilelint"
    home.mkdir(parents=True, exist_ok=True)
    python = home / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    install: list[str | Path] = [
        python,
        "-I",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
    ]
    locked = _SOURCE / ".github" / "action" / "requirements.txt"
    commands: list[list[str | Path]] = [
        [sys.executable, "-I", "-m", "venv", "venv"],
        [*install, "--require-hashes", "--only-binary", ":all:", "--requirement", locked],
        [*install, "--no-deps", "--no-build-isolation", _SOURCE],
    ]
    for command in commands:
        done = subprocess.run(command, cwd=home, check=False)  # noqa: S603 (our own words)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
