"""The engine and its units of work, the same on SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from bot.errors import Unavailable

metadata = MetaData()

BUSY_TIMEOUT_MS = 5_000


class DatabaseUnavailable(Unavailable):
    """The database can't be reached or is locked for too long."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in one text form that sorts by time: 2026-11-21T09:30:00.000000Z."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored; make it aware first")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Database:
    """Hands out connections, one unit of work each. One connection is never shared by two threads."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        # SQLite has one writer at a time, and one that finds it busy sleeps for up to 100 ms: threads take turns here.
        self._turn = threading.RLock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The engine and where it is, without the password."""
        return self.engine.url.set(query={}).render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A unit that only reads."""
        with _translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A unit that writes: committed at the end, rolled back on any error."""
        with (
            _translated(),
            self._turn,
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        # The base class itself is what SQLite says of a file that is damaged or no database at all.
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise DatabaseUnavailable(f"the database did not answer: {error.orig}") from error
        raise


def _engine(url: str) -> Engine:
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=10, max_overflow=40)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _address(url: str) -> URL:
    try:
        return make_url(_with_driver(url))
    except (ArgumentError, ValueError):  # what they say may quote a part of the password
        raise DatabaseUnavailable(
            "DATABASE_URL can't be read as an address; give postgres://user:password@host:5432/name, "
            "with / @ and : in the password written as %2F %40 and %3A."
        ) from None


def _with_driver(url: str) -> str:
    """Hosts hand out postgres://; SQLAlchemy wants the driver named as well."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgres", "postgresql"} else url


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3's own BEGIN is deferred; _begin_sqlite sends the right one
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once with "database is locked",
    # whatever the busy timeout; taking the write lock first makes it wait instead.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
