"""Remembers deliveries, because Slack sends some of them twice."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Column, Index, String, Table, and_, delete, insert
from sqlalchemy.exc import IntegrityError

from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata

DELIVERIES = Table(
    "deliveries",
    metadata,
    *workspace_columns(),
    Column("key", String(255), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("deliveries_seen", "seen_at"),
)


class DeliveryStore:
    """Each delivery once, whichever process it came to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_new(self, key: WorkspaceKey, delivery: str, now: datetime) -> bool:
        """Take a delivery down. False when it was seen before; the database decides, not the order of arrival."""
        row = {**workspace_values(key), "key": _digest(delivery), "seen_at": now}
        try:
            with self._database.write() as connection:
                connection.execute(insert(DELIVERIES).values(**row))
        except IntegrityError:
            return False
        return True

    def forget(self, key: WorkspaceKey, delivery: str) -> None:
        """Let a delivery count as new again: it had no effect."""
        with self._database.write() as connection:
            matching = and_(of_workspace(DELIVERIES, key), DELIVERIES.c.key == _digest(delivery))
            connection.execute(delete(DELIVERIES).where(matching))

    def clean(self, before: datetime) -> int:
        """Forget deliveries too old to come again, in all workspaces."""
        with self._database.write() as connection:
            return connection.execute(delete(DELIVERIES).where(DELIVERIES.c.seen_at < before)).rowcount


def _digest(delivery: str) -> str:
    """It names who pressed what, which is nobody's business in a table."""
    return sha256(delivery.encode()).hexdigest()
