"""Rebuild the common misspellings of rules/policies/misspellings.yaml from the dictionary of codespell.

`python -m scripts.build_misspellings CORPUS` reads the dictionary of the installed codespell (the extra `maintain`)
and the READMEs of a checkout of integrations-extras. Of some 60,000 entries those are taken that are of use and
certain: one correction only, letters alone, a correction that READMEs use, and a misspelling that none of them uses
as a word or a name.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

POLICY = Path(__file__).resolve().parent.parent / "rules" / "policies" / "misspellings.yaml"
MARKER = (
    "# ---- Rebuilt from codespell by `python -m scripts.build_misspellings`; don't edit below ----"
)
_SHORTEST = 5
"""Letters from which on a word is no abbreviation."""
_USED = 10
"""Times that READMEs use a correction."""

_NO_TEXTS = ("false", "no", "null", "off", "on", "true", "yes")
"""What YAML takes for something else than a text."""


def entries(dictionary: str, texts: list[str]) -> Iterator[tuple[str, str]]:
    """Yield misspellings, each with its correction, in the dictionary's order."""
    used = Counter(word for text in texts for word in re.findall(r"[a-z]+", text.lower()))
    for line in dictionary.splitlines():
        wrong, _, right = line.strip().partition("->")
        is_certain = re.fullmatch(rf"[a-z]{{{_SHORTEST},}}", wrong) and re.fullmatch(
            "[a-z]+", right
        )
        if right not in _NO_TEXTS and is_certain and used[right] >= _USED and not used[wrong]:
            yield wrong, right


def main(corpus: str) -> None:
    """Write the part of the policy below the marker anew."""
    dictionary = resources.files("codespell_lib").joinpath("data", "dictionary.txt")
    texts = [
        file.read_text(encoding="utf-8", errors="replace")
        for file in Path(corpus).glob("*/README.md")
    ]
    head, _, _ = POLICY.read_text(encoding="utf-8").partition(MARKER)
    lines = [
        f"  {wrong}: {right}"
        for wrong, right in entries(dictionary.read_text(encoding="utf-8"), texts)
    ]
    POLICY.write_text("\n".join([f"{head}{MARKER}", "common:", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
