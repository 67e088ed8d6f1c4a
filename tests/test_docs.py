"""The generated pages are those that the rules give today."""

from __future__ import annotations

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
    text = " ".join((build_docs.DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8").split())
    for rule in rules.load():
        before, _, _ = text.partition(f"`{rule.id}`")
        assert before != text, rule.id
        levels = [before.rfind(f"- {level.value}: ") for level in Level]
        assert levels.index(max(levels)) == rule.level.rank, rule.id
