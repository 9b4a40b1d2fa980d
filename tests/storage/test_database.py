"""The engine and its units of work, on both engines where it matters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from bot.errors import Unavailable
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


def test_addresses_as_hosts_hand_them_out_get_our_driver() -> None:
    for address in ("postgres://u:p@h:5432/n", "postgresql://u:p@h:5432/n"):
        database = Database(address)
        assert database.engine.url.drivername == "postgresql+psycopg"
        assert (database.engine.url.host, database.engine.url.database) == ("h", "n")
        assert not database.is_sqlite


def test_a_named_driver_is_left_alone() -> None:
    assert Database("postgresql+psycopg://h/n").engine.url.drivername == "postgresql+psycopg"


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


def test_a_mistake_of_ours_is_not_called_unavailable(notes: Database) -> None:
    with pytest.raises(IntegrityError), notes.write() as connection:
        connection.execute(insert(NOTES).values(id=1))
