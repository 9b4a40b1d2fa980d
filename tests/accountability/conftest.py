"""One database of each engine for all tests of this wing, emptied after each: migrating took longer than testing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext

import pytest
from sqlalchemy import delete

from bot.storage.database import Database, metadata
from bot.storage.migrate import migrate


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with the newest schema."""
    if request.param == "sqlite":
        address = nullcontext(f"sqlite:///{tmp_path_factory.mktemp('accountability') / 'cco.db'}")
    else:
        address = request.getfixturevalue("cluster").fresh_database()
    with address as url:
        with closing(Database(url)) as database:
            migrate(database)
        yield url


@pytest.fixture
def database_url(migrated_url: str) -> str:
    return migrated_url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with the newest schema."""
    with closing(Database(database_url)) as opened:
        yield opened
        with opened.write() as connection:
            for table in metadata.sorted_tables:
                connection.execute(delete(table))
