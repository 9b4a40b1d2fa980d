"""Migrations: once, twice, two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import bot.answers.store
import bot.scheduler.store
import bot.slack.store  # noqa: F401  # whose tables the metadata has
from bot.errors import Refusal
from bot.storage.database import Database, metadata
from bot.storage.migrate import SCRIPTS, migrate, migrate_apart, newest, pending


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_the_newest_revision_by_file_name_is_the_head_that_alembic_sees() -> None:
    assert newest() == ScriptDirectory(str(SCRIPTS)).get_current_head()


def test_an_empty_database_is_behind_until_it_is_migrated(empty_database: Database) -> None:
    assert pending(empty_database)
    migrate(empty_database)
    assert not pending(empty_database)


def test_looking_whether_it_is_behind_changes_nothing(empty_database: Database) -> None:
    pending(empty_database)
    assert tables(empty_database) == set()


def test_migrating_makes_every_table(database: Database) -> None:
    assert tables(database) == {*metadata.tables, "alembic_version"}


def test_migrating_a_second_time_changes_nothing(database: Database) -> None:
    before = tables(database)
    migrate(database)
    assert tables(database) == before
    assert not pending(database)


def test_a_database_of_a_newer_version_is_refused_and_says_so(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refusal, match="schema 9999, which this version of CCO Advisor does not know"):
        migrate(database)


def test_two_processes_may_migrate_at_once(database_url: str) -> None:
    databases = [Database(database_url), Database(database_url)]
    start = Barrier(len(databases))

    def run(database: Database) -> None:
        start.wait()
        migrate(database)

    with ThreadPoolExecutor(len(databases)) as pool:
        for done in [pool.submit(run, database) for database in databases]:
            done.result()
    assert not pending(databases[0])
    for database in databases:
        database.close()


def test_a_process_of_its_own_can_migrate_too(database_url: str) -> None:
    migrate_apart(database_url)
    database = Database(database_url)
    assert not pending(database)
    database.close()


def test_a_process_that_fails_to_migrate_leaves_it_to_the_next_that_tries(
    empty_database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    migrate_apart(database_url)
    assert pending(empty_database)
