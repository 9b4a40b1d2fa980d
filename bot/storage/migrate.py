"""Brings the database to the newest schema, under a lock, so that two processes may start together."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.storage.database import Database

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 0x0CC0  # any number, as long as every process takes the same


def migrate(database: Database) -> None:
    """Apply what is missing. The second of two processes waits, then finds nothing to do."""
    with database.write() as connection:  # on SQLite this takes the write lock
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(connection), "head")


def pending(database: Database) -> bool:
    """Is the database behind this program's schema?"""
    newest = ScriptDirectory(str(SCRIPTS)).get_current_head()
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() != newest


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
