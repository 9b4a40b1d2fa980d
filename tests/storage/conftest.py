"""Databases of each test's own, and without tables: here they are what is tested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.migrate import migrate


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cco.db'}" if engine == "sqlite" else str(request.getfixturevalue("cluster_url"))


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as opened:
        yield opened


@pytest.fixture
def database(empty_database: Database) -> Database:
    """With the newest schema."""
    migrate(empty_database)
    return empty_database
