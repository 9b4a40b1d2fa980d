"""Brings the database to the newest schema, under a lock, so that two processes may start together.

Alembic is imported only when there is something to do: it costs a tenth of the memory of a running bot.
`python -m bot.storage.migrate` migrates the database in DATABASE_URL.
"""

import os
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.apart import run_apart
from bot.errors import Refusal
from bot.storage.database import Database

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 0x0CC0  # any number, as long as every process takes the same


def migrate_apart(url: str) -> None:
    """Migrate in a process of its own, for one that will run for long.

    Where that fails, nothing is said: whoever calls `migrate` next finds out why.
    """
    database = Database(url)
    try:
        if pending(database):
            run_apart(__name__, DATABASE_URL=url)  # not as an argument: everybody on the machine can read those
    finally:
        database.close()


def migrate(database: Database) -> None:
    """Apply what is missing. The second of two processes waits, then finds nothing to do."""
    if not pending(database):
        return
    from alembic import command  # noqa: F401  # its import takes longer than others wait for the lock

    with database.write() as connection:  # on SQLite this takes the write lock
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _upgrade(connection)


def pending(database: Database) -> bool:
    """Is the database behind this program's schema? Raises Refusal when it is ahead of it."""
    found = _revision(database)
    if found and found not in _revisions():
        raise Refusal(
            f"The database has the schema {found}, which this version of CCO Advisor does not know: a newer one wrote "
            "it. Install that version, or give another database in DATABASE_URL."
        )
    return found != newest()


def newest() -> str:
    """The newest revision."""
    return max(_revisions())


def _revisions() -> set[str]:
    """All that this program knows: migrations are numbered, and their files begin with the number."""
    return {path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py")}


def _revision(database: Database) -> str:
    """The database's own; empty when it has none yet."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


if __name__ == "__main__":
    migrate(Database(os.environ["DATABASE_URL"]))
