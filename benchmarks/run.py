"""How long tilelint takes, as multiples of a bare Python start in the same run.

Run it with ``make benchmark``. Each command is a process of its own; runs of all commands take turns, so
that a change in the machine's speed hits them alike. The least processor time of each is compared.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ONE = ROOT / "fixtures" / "complete-oauth" / "nimbus_deploy"


def measure(command: list[str]) -> float:
    """Return the processor time (seconds) of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 (its own commands)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print the multiples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", help="a folder of integrations")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    check = [sys.executable, "-m", "validator", "check"]
    commands = {
        "bare start": [sys.executable, "-c", "pass"],
        "one integration": [*check, str(ONE)],
        "one integration, SARIF": [*check, str(ONE), "--format", "sarif"],
    }
    if arguments.corpus is not None:
        commands["all integrations"] = [*check, str(arguments.corpus)]
    least: dict[str, float] = {}
    for _ in range(arguments.runs + 1):  # the first fills the caches and does not count
        times = {name: measure(command) for name, command in commands.items()}
        if least:
            least = {name: min(least[name], times[name]) for name in times}
        else:
            least = dict.fromkeys(times, float("inf"))
    for name, seconds in least.items():
        sys.stdout.write(f"{seconds / least['bare start']:8.1f} x bare start  {name}\n")


if __name__ == "__main__":
    main()
