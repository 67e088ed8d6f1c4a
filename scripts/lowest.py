"""Print the lowest version of each dependency that pyproject.toml allows, as constraints for pip."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
_LOWEST = re.compile(r'^    "(?P<name>[\w.-]+)>=(?P<version>[\w.]+)', re.MULTILINE)


def constraints(project: str) -> list[str]:
    """Return ``name==version`` for each dependency of a pyproject.toml's text, in its order."""
    # With tomllib, which Python 3.10 lacks, there would be the same strings to take apart.
    block = project.partition("\ndependencies = [\n")[2].partition("\n]\n")[0]
    found = [f"{match['name']}=={match['version']}" for match in _LOWEST.finditer(block)]
    if not found:
        raise ValueError("pyproject.toml: no dependency has a lowest version")
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(constraints((ROOT / "pyproject.toml").read_text("utf-8"))) + "\n")
