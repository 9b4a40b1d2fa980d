"""The advisor over the shipped knowledge, compiled once a run, and small knowledge folders to break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answers.advisor import Advice, Advisor, open_advisor
from bot.answers.cards import Library
from bot.answers.evaluation import Row, read_rows
from bot.answers.index import build, path_for
from bot.answers.library import read_library
from bot.resources import KNOWLEDGE

GOLDEN = Path(__file__).parent / "golden.csv"

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of the shipped knowledge is kept; for the processes that a test starts, too."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def shipped() -> Library:
    return read_library(KNOWLEDGE)


@pytest.fixture(scope="session")
def advisor(shipped: Library, cache: Path) -> Advisor:
    build(shipped, path_for(cache, shipped.content_hash))
    return open_advisor(KNOWLEDGE, (), cache)[0]


@pytest.fixture(scope="session")
def golden(advisor: Advisor) -> list[tuple[Row, Advice]]:
    """Every golden question with what the advisor makes of it."""
    return [(row, advisor.ask(row.question)) for row in read_rows(GOLDEN)]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files (name to text) into a folder of that name and returns it."""

    def write_files(folder: str, files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / folder

    return write_files
