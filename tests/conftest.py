"""Fixtures that several folders share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.postgres import NEITHER, Cluster, binaries, running_cluster

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL server for all tests. Without one they are skipped, on CI they fail."""
    folder = binaries()
    if folder is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NEITHER)
        pytest.skip(NEITHER)
    with running_cluster(folder) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: every test runs on both engines."""
    if request.param == "sqlite":
        address = nullcontext(f"sqlite:///{tmp_path / 'cco.db'}")
    else:
        address = request.getfixturevalue("cluster").fresh_database()
    with address as url:
        yield url


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """A database without tables."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database with the newest schema."""
    migrate(empty_database)
    return empty_database


@pytest.fixture
def cluster_url(cluster: Cluster) -> Iterator[str]:
    """The address of an empty PostgreSQL database, for what concerns that engine alone."""
    with cluster.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the search index of the shipped knowledge is built, once for all tests that start a bot."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process. On CI a missing one is a failure."""
    from tests.browser import CHROMIUM, NO_CHROMIUM, running_browser  # most tests need none

    if CHROMIUM is None:
        pytest.fail(NO_CHROMIUM)
    with running_browser() as launched:
        yield launched
