"""The generated pages are those that the rules give today."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts import build_docs
from validator.definitions import rules
from validator.model import Level


def test_the_pages_are_up_to_date() -> None:
    pages = build_docs.pages()
    written = {
        file.relative_to(build_docs.DOCS).as_posix(): file.read_text(encoding="utf-8")
        for name in ("rules/*.md", "published-tiles.md")
        for file in build_docs.DOCS.glob(name)
    }
    assert written == pages, "run `make docs`"


def test_every_rule_has_a_page_with_an_example() -> None:
    pages = build_docs.pages()
    for name, text in pages.items():
        if name.startswith("rules/") and name != "rules/README.md":
            assert "## Bad" in text, name
            assert "## Good" in text, name


def test_the_changelog_names_every_rule_at_its_level() -> None:
    """A pinned user reads there what an upgrade brings."""
    written = build_docs.CHANGELOG.read_text(encoding="utf-8")
    assert written == build_docs.changelog(written), "run `make docs`"
    text = " ".join(written.split())
    for rule in rules.load():
        before, _, _ = text.partition(f"`{rule.id}`")
        assert before != text, rule.id
        levels = [before.rfind(f"- {level.value}: ") for level in Level]
        assert levels.index(max(levels)) == rule.level.rank, rule.id


def test_a_rule_stands_in_the_list_of_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    old, *_, new = rules.load()
    catalogue = (old, replace(new, since="0.2.0"))
    monkeypatch.setattr(rules, "load", lambda: catalogue)
    places = "<!-- rules of {}, written -->\nstale\n<!-- end of rules -->\n"
    text = build_docs.changelog(f"{places.format('0.2.0')}kept\n{places.format('0.1.0')}")
    later, first = text.split("kept")
    assert f"`{new.id}`" in later
    assert f"`{old.id}`" in first
    assert "stale" not in text
    assert build_docs.changelog(text) == text
    with pytest.raises(ValueError, match=rf"no place for the rules of 0\.2\.0, such as {new.id}"):
        build_docs.changelog(places.format("0.1.0"))
