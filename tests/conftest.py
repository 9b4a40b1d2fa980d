"""Fixtures that several folders share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from bot.storage.database import Database, metadata
from bot.storage.migrate import migrate
from tests.postgres import NEITHER, Cluster, binaries, running_cluster

# How fast examples are made, and how many are thrown away, depends on the machine and on chance.
settings.register_profile(
    "calm", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("calm")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from bot.workspace.server import WorkspaceServer


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


@pytest.fixture
def cluster_url(cluster: Cluster) -> Iterator[str]:
    """The address of an empty PostgreSQL database, for what concerns that engine alone."""
    with cluster.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the newest schema, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "cco.db"
    with closing(Database(f"sqlite:///{path}")) as made:
        migrate(made)
    return path


@pytest.fixture(scope="session")
def migrated_schema(cluster: Cluster) -> Iterator[tuple[str, Database]]:
    """The same on PostgreSQL, to be emptied before each test; its address, and itself."""
    with cluster.fresh_database() as url, closing(Database(url)) as made:
        migrate(made)
        yield url, made


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a SQLite database with the newest schema and nothing in it."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'cco.db')}"


@pytest.fixture
def postgresql_url(migrated_schema: tuple[str, Database]) -> str:
    """The same on PostgreSQL. The next test gets the same one, so nothing may touch it any more then."""
    url, made = migrated_schema
    with made.write() as connection:
        tables = reversed(metadata.sorted_tables)
        connection.exec_driver_sql("; ".join(f"DELETE FROM {table.name}" for table in tables))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Every test with a database runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str) -> str:
    """The address of a database with the newest schema and nothing in it."""
    return str(request.getfixturevalue(f"{engine}_url"))


@pytest.fixture
def own_database_url(request: pytest.FixtureRequest, engine: str) -> str:
    """The same, but nobody's before or after: for who is killed in it, or looks into its files."""
    if engine == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = str(request.getfixturevalue("cluster_url"))
    with closing(Database(url)) as made:
        migrate(made)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database at that address."""
    with closing(Database(database_url)) as opened:
        yield opened


Aside = Callable[[Callable[[], object]], None]
Part = Callable[["WorkspaceServer", Any], None]


@pytest.fixture(scope="session")
def aside() -> Iterator[Aside]:
    """Ends what only takes its time to end in a thread of its own: servers, clients. All is over at the end."""
    endings: list[Thread] = []

    def end(deed: Callable[[], object]) -> None:
        endings.append(Thread(target=deed, daemon=True))
        endings[-1].start()

    yield end
    for ending in endings:
        ending.join(10)  # slack_sdk's close waits for a thread that, started at an unlucky moment, never ends


@pytest.fixture(scope="session")
def part(aside: Aside) -> Part:
    """Ends both sides: the server first, then the client, which sits out a second of its own."""

    def end(server: WorkspaceServer, client: Any) -> None:
        client.auto_reconnect_enabled = False
        aside(lambda: (server.stop(), client.close()))

    return end


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
