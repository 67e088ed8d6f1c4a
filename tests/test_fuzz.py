"""A fixed slice of the fuzzer; `make fuzz` runs it for as long as somebody wants."""

from __future__ import annotations

import fuzz
import pytest
from support import Tile


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_mutated_tiles_break_no_promise(first: int) -> None:
    for seed in range(first, first + 20):
        fuzz.check(seed)


def test_the_fuzzer_sees_what_it_looks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validator.checks.documents.duplicate_key", lambda *_: 1 / 0)
    with pytest.raises(fuzz.Fault, match="duplicate-key"):
        fuzz.check(1)


def test_a_credential_that_is_shown_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    tile = Tile()
    tile.edit(
        "README.md",
        "### Validation",
        f"Open http://acme.io/?dd_api_key={fuzz.KEY} now.\n\n### Validation",
    )
    fuzz._hold(tile)  # noqa: SLF001 (one tile of our own)
    monkeypatch.setattr("validator.mask.Mask.text", lambda _, text: text)
    with pytest.raises(fuzz.Fault, match="shows a part of a credential"):
        fuzz._hold(tile)  # noqa: SLF001 (the same tile, unmasked)
