"""Options and fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="write the expected.txt files of fixtures anew"
    )


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Published integrations to test against, or a skip that says how to provide them."""
    named = os.environ.get("TILELINT_CORPUS")
    folder = Path(named) if named else ROOT.parent / "shared" / "corpus" / "integrations-extras"
    if not folder.is_dir():
        pytest.skip(
            f"no corpus at {folder}: set TILELINT_CORPUS to a checkout of integrations-extras"
        )
    return folder
