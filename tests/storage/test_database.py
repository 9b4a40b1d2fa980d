"""The engine and its units of work, on both engines where it matters."""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Timer
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, InterfaceError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import Refusal, Unavailable
from bot.storage.database import Database, DatabaseUnavailable, UtcDateTime

OWN = MetaData()
NOTES = Table(
    "notes",
    OWN,
    Column("id", Integer, primary_key=True),
    Column("count", Integer),
    Column("at", UtcDateTime),
    Column("word", String(9)),
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def notes(empty_database: Database) -> Database:
    with empty_database.write() as connection:
        OWN.create_all(connection)
        connection.execute(insert(NOTES).values(id=1, count=0))
    return empty_database


def count_up(database_url: str, both_have_read: Barrier) -> None:
    """Reads, then writes, in one unit. Two that could both read first would get in each other's way.

    Each with a database of its own, as processes have it: the threads of one process take turns anyway.
    """
    with closing(Database(database_url)) as database, database.write() as connection:
        row = select(NOTES.c.count).where(NOTES.c.id == 1).with_for_update()
        seen = connection.execute(row).scalar_one()
        with suppress(BrokenBarrierError):  # as it must be: the other one waits outside
            both_have_read.wait(0.2)
        connection.execute(update(NOTES).values(count=seen + 1))


def stored_time(database: Database, value: datetime | None) -> datetime | None:
    with database.write() as connection:
        connection.execute(update(NOTES).values(at=value))
    with database.read() as connection:
        return connection.execute(select(NOTES.c.at)).scalar()


def test_units_that_read_and_then_write_wait_for_each_other(notes: Database, database_url: str) -> None:
    both_have_read = Barrier(2)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(count_up, database_url, both_have_read) for _ in range(8)]:
            done.result()
    assert both_have_read.broken
    with notes.read() as connection:
        assert connection.execute(select(NOTES.c.count)).scalar() == 8


def test_a_unit_that_fails_leaves_nothing_behind(notes: Database) -> None:
    def fail() -> None:
        with notes.write() as connection:
            connection.execute(insert(NOTES).values(id=2))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with notes.read() as connection:
        assert connection.execute(select(NOTES.c.id)).scalars().all() == [1]


@pytest.mark.parametrize("driver", ["", "+psycopg", "+psycopg2", "+asyncpg"])
@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_addresses_as_hosts_hand_them_out_get_our_driver(scheme: str, driver: str) -> None:
    database = Database(f"{scheme}{driver}://u:p@h:5432/n")
    assert database.engine.url.drivername == "postgresql+psycopg"
    assert (database.engine.url.host, database.engine.url.database) == ("h", "n")
    assert not database.is_sqlite


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///x?mode=memory"]
)
def test_a_database_in_memory_is_refused_with_what_to_give(address: str) -> None:
    with pytest.raises(Refusal, match=r"give a file, such as sqlite:///cco-advisor.db"):
        Database(address)


def test_a_missing_driver_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refusal, match="driver for the database in DATABASE_URL is missing"):
        Database("sqlite+pysqlcipher:///cco.db")


def test_a_driver_that_does_not_exist_is_refused_with_an_address_that_works() -> None:
    with pytest.raises(Refusal, match=r"give sqlite:///some-file.db or postgres://"):
        Database("sqlite+nonsense:///cco.db")


def test_an_address_with_an_option_of_another_driver_is_unavailable() -> None:
    with pytest.raises(DatabaseUnavailable), Database("postgresql+asyncpg://127.0.0.1:1/n?ssl=require").read():
        pass


@pytest.mark.parametrize("address", ["postgres://u:s3cret@h:port/n", "nonsense s3cret"])
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Unavailable, match="DATABASE_URL") as refused:
        Database(address)
    assert "s3" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_database_is_named_without_its_password() -> None:
    name = Database("postgres://user:s3cret@host:5432/cco?password=s3cret").name
    assert "host" in name
    assert "cco" in name
    assert "s3cret" not in name


def test_times_come_back_aware_and_in_utc(notes: Database) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    found = stored_time(notes, elsewhere)
    assert found == NOON
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_no_time_stays_no_time(notes: Database) -> None:
    assert stored_time(notes, None) is None


def test_a_time_without_a_zone_is_refused(notes: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        stored_time(notes, NOON.replace(tzinfo=None))


def test_times_sort_as_they_passed(notes: Database) -> None:
    times = [NOON + timedelta(microseconds=step) for step in (1, 0, 1_000_000, 999_999)]
    with notes.write() as connection:
        rows = [{"id": number, "at": time} for number, time in enumerate(times, start=10)]
        connection.execute(insert(NOTES), rows)
    with notes.read() as connection:
        query = select(NOTES.c.at).where(NOTES.c.id >= 10).order_by(NOTES.c.at)
        assert connection.execute(query).scalars().all() == sorted(times)


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(DatabaseUnavailable) as error, database.read():
        pass
    assert error.value.__cause__ is not None


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    database = Database("postgres://user:s3cret@127.0.0.1:1/cco")
    with pytest.raises(DatabaseUnavailable) as error, database.read():
        pass
    assert "s3cret" not in str(error.value)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear reader, " * 100)
    database = Database(f"sqlite:///{tmp_path / 'letter.db'}")
    with pytest.raises(DatabaseUnavailable), database.read() as connection:
        connection.execute(text("SELECT 1 FROM sqlite_master"))
    database.close()


def test_a_table_that_is_gone_tells_no_value_to_the_log(notes: Database, caplog: pytest.LogCaptureFixture) -> None:
    with notes.write() as connection:
        connection.execute(text("ALTER TABLE notes RENAME TO others"))
    assert "notes" in logged_failure(notes, caplog, id=7, word="s3cret")
    assert "s3cret" not in caplog.text


def test_a_row_that_is_refused_tells_no_value_to_the_log(notes: Database, caplog: pytest.LogCaptureFixture) -> None:
    with notes.write() as connection:
        OWN.drop_all(connection)
        connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, word VARCHAR(9), count INTEGER NOT NULL)"))
    assert "IntegrityError" in logged_failure(notes, caplog, id=7, count=None, word="s3cret")
    assert "s3cret" not in caplog.text


def logged_failure(database: Database, caplog: pytest.LogCaptureFixture, **row: object) -> str:
    """What the log has, with every cause, of a row that can't be written."""
    try:
        with database.write() as connection:
            connection.execute(insert(NOTES).values(**row))
    except Exception:
        logging.getLogger("test").exception("could not write")
    return caplog.text


@pytest.mark.parametrize(
    "found", [InterfaceError("SELECT 1", {}, sqlite3.InterfaceError("misuse")), PoolTimeout("none is free")]
)
def test_what_stands_between_us_and_the_database_makes_it_unavailable(notes: Database, found: Exception) -> None:
    with pytest.raises(DatabaseUnavailable), notes.read():
        raise found


def test_a_thread_that_waits_too_long_for_its_turn_finds_the_database_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cco.db'}")
    with ThreadPoolExecutor(1) as pool, database.write():
        another = pool.submit(write_nothing, database)
        with pytest.raises(DatabaseUnavailable):
            another.result(timeout=10)
    write_nothing(database)
    database.close()


def test_a_process_that_waits_too_long_for_its_turn_finds_the_database_unavailable(tmp_path: Path) -> None:
    """Sooner than Slack gives an ack up, which it does after three seconds."""
    first, second = (Database(f"sqlite:///{tmp_path / 'cco.db'}") for _ in range(2))
    with first.write(), pytest.raises(DatabaseUnavailable, match="locked"), second.write():
        pass
    with second.read() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 2_000
    for database in (first, second):
        database.close()


def test_a_new_file_that_another_process_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    another = sqlite3.connect(tmp_path / "cco.db", isolation_level=None, check_same_thread=False)
    another.execute("BEGIN IMMEDIATE")
    done = Timer(0.2, another.rollback)
    done.start()
    database = Database(f"sqlite:///{tmp_path / 'cco.db'}")
    write_nothing(database)
    database.close()
    done.join()
    another.close()


def write_nothing(database: Database) -> None:
    with database.write():
        pass


def test_erased_text_does_not_stay_in_the_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cco.db'}")
    event.listen(database.engine, "connect", leave_erased_text, insert=True)
    write_and_erase(database, "s3cret")
    database.close()
    assert b"s3cret" not in (tmp_path / "cco.db").read_bytes()


def leave_erased_text(connection: Any, _record: object) -> None:
    """As most builds of SQLite do by themselves."""
    connection.execute("PRAGMA secure_delete=OFF")


def test_erased_text_does_not_stay_in_the_write_ahead_log(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cco.db'}")
    write_and_erase(database, "s3cret")
    log = tmp_path / "cco.db-wal"
    assert b"s3cret" in log.read_bytes()
    database.forget_erased()
    assert b"s3cret" not in log.read_bytes()
    assert b"s3cret" not in (tmp_path / "cco.db").read_bytes()
    database.close()


def write_and_erase(database: Database, word: str) -> None:
    with database.write() as connection:
        OWN.create_all(connection)
        connection.execute(insert(NOTES).values(id=1, word=word * 20))  # long, so that nothing else covers it
    with database.write() as connection:
        connection.execute(update(NOTES).values(word=None))


def test_forgetting_what_was_erased_works_on_both_engines(notes: Database) -> None:
    notes.forget_erased()
    write_nothing(notes)


def test_a_mistake_of_ours_is_not_called_unavailable(notes: Database) -> None:
    with pytest.raises(IntegrityError), notes.write() as connection:
        connection.execute(insert(NOTES).values(id=1))
