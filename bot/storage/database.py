"""The engine and its units of work, the same on SQLite and PostgreSQL."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import Refusal, Unavailable

metadata = MetaData()

PATIENCE = 2.0  # seconds that anything waits for the database: Slack wants its ack within three


_EXAMPLES = "sqlite:///some-file.db or postgres://user:password@host:5432/name"


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
        self._writing = threading.RLock() if self.is_sqlite else None

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
            self._turn(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def forget_erased(self) -> bool:
        """Let go of what was erased: SQLite's write-ahead log would hold it until it is written over.

        False when somebody was reading for so long that it has to be tried again.
        """
        if not self.is_sqlite:
            return True
        with _translated(), self.engine.connect().execution_options(begins=False) as connection:
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        return not busy

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._writing is None:
            yield
            return
        if not self._writing.acquire(timeout=PATIENCE):
            raise DatabaseUnavailable("the database did not answer: others have been writing for too long")
        try:
            yield
        finally:
            self._writing.release()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        _hide_values(error)
        if _is_unavailable(error):
            raise DatabaseUnavailable(f"the database did not answer: {' '.join(str(error.orig).split())}") from error
        raise
    except PoolTimeout as error:
        raise DatabaseUnavailable(f"the database did not answer: {error}") from error


def _is_unavailable(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return False
    # The base class itself is what SQLite says of a file that is damaged or no database at all; an error without
    # a statement came while connecting.
    is_from_outside = isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
    return is_from_outside or error.statement is None


def _hide_values(error: DBAPIError) -> None:
    """Cut off PostgreSQL's details, which quote the row: what somebody asked, and who it was."""
    primary = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    if error.orig is not None and primary:
        error.orig.args = (primary,)
        error.args = (f"({type(error.orig).__name__}) {primary}",)


def _engine(url: str) -> Engine:
    address = _address(url)
    try:
        return _postgresql(address) if address.get_backend_name() == "postgresql" else _sqlite(address)
    except NoSuchModuleError:
        raise Refusal(f"DATABASE_URL names a driver that doesn't exist; give {_EXAMPLES}.") from None
    except ImportError as error:
        raise Refusal(
            f"The driver for the database in DATABASE_URL is missing ({error}); install the bot again with all it "
            "needs: pip install --force-reinstall cco-advisor."
        ) from error


def _postgresql(address: URL) -> Engine:
    return create_engine(
        address, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=PATIENCE, hide_parameters=True
    )


def _sqlite(address: URL) -> Engine:
    if not address.database or ":memory:" in address.database or address.query.get("mode") == "memory":
        raise Refusal(
            "DATABASE_URL names a database in memory, which would forget everything at the end; give a file, such as "
            "sqlite:///cco-advisor.db."
        )
    engine = create_engine(
        address,
        connect_args={"timeout": PATIENCE},
        pool_size=10,
        max_overflow=40,
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _address(url: str) -> URL:
    try:
        return make_url(_with_driver(url))
    except (ArgumentError, ValueError):  # what they say may quote a part of the password
        raise DatabaseUnavailable(
            f"DATABASE_URL can't be read as an address; give {_EXAMPLES}, "
            "with / @ and : in the password written as %2F %40 and %3A."
        ) from None


def _with_driver(url: str) -> str:
    """Hosts hand out postgres:// or name a driver of other programs; SQLAlchemy wants the one that we have."""
    scheme, separator, rest = url.partition("://")
    is_postgresql = scheme.partition("+")[0] in {"postgres", "postgresql"}
    return f"postgresql+psycopg{separator}{rest}" if is_postgresql else url


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3's own BEGIN is deferred; _begin_sqlite sends the right one
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # else an erased text stays readable in the file


def _use_write_ahead_log(connection: Any) -> None:
    """Two that open a new file at once get in each other's way here, and SQLite fails at once instead of waiting."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once with "database is locked",
    # whatever the busy timeout; taking the write lock first makes it wait instead.
    options = connection.get_execution_options()
    if options.get("begins", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
