"""What stores share when they write: what else belongs into a transaction, and inserting what may be there already."""

from collections.abc import Callable

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.database import Database

Also = Callable[[Connection], object]  # what else belongs into a transaction: an action to plan, to move or to drop


def nothing(connection: Connection) -> None:
    """What the store does by itself is all there is."""
    del connection


def together(*parts: Also) -> Also:
    """All of these in one transaction, in their order."""

    def save(connection: Connection) -> None:
        for part in parts:
            part(connection)

    return save


def insert_if_new(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that does nothing where the row is there already; its row count tells."""
    return _insert(database, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_or_replace(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that replaces what the row has beyond its key."""
    statement, key = _insert(database, table), list(table.primary_key)
    changed = {column.name: statement.excluded[column.name] for column in table.c if column not in set(key)}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _insert(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)
