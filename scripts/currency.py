"""`make currency`: print what was looked up more than 180 days ago, and so may have changed since.

Everything with an opinion is dated: policies, what rules rest on, what was judged on published tiles, and the
guides. Nothing is asked over a network; whoever looks again writes the new day where they looked.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from scripts.build_docs import DOCS
from validator.definitions import policies, rules
from validator.wording import amount

LONGEST = dt.timedelta(days=180)
"""How long what was looked up is trusted."""

_READ = re.compile(r"\((?:read|looked up|checked) on (\d{4}-\d{2}-\d{2})\)")


class Dated(NamedTuple):
    """Something that somebody looked up on a day: where it stands, and what was read."""

    day: dt.date
    place: str
    what: str


def everything() -> Iterator[Dated]:
    """Yield whatever has a day, in no order."""
    for type_ in policies.types():
        checked = policies.load(type_).checked
        yield Dated(_day(checked), f"rules/policies/{policies.name_of(type_)}.yaml", "the policy")
    for rule in rules.load():
        place = f"rules/{rule.id}.yaml"
        for reference in rule.references:
            yield Dated(_day(reference.checked), place, reference.url)
        if rule.seen is not None:
            yield Dated(_day(rule.seen.checked), place, "seen on published tiles")
    for page in sorted(DOCS.glob("*.md")):
        for day in _READ.findall(page.read_text(encoding="utf-8")):
            yield Dated(_day(day), f"docs/{page.name}", "the page that it follows")


def outdated(today: dt.date) -> list[Dated]:
    """Return what was looked up longer ago than is trusted, the oldest first."""
    return sorted(one for one in everything() if today - one.day > LONGEST)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def main() -> int:
    """Print what is outdated, one a line, and a total; return 1 where there is something."""
    found = outdated(dt.date.today())  # noqa: DTZ011 (the user's day)
    for one in found:
        sys.stdout.write(f"{one.day}  {one.place}  {one.what}\n")
    total = sum(1 for _ in everything())
    old = amount(len(found), "date")
    sys.stdout.write(f"{old} of {total:,} older than {LONGEST.days} days\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
