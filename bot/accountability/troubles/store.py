"""Remembers where the messages about somebody's commitments are, to bring them up to date when one is handed over."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Index, String, Table, and_, delete, select

from bot.accountability.troubles.trouble import Trouble
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import insert_if_new

MESSAGES = Table(
    "trouble_messages",
    metadata,
    *workspace_columns(),
    Column("channel_id", String(32), primary_key=True),  # the direct message's
    Column("ts", String(32), primary_key=True),
    Column("of_channel", String(32), nullable=False),  # the one that the commitments are of
    Column("what", String(16), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("leads", Boolean, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index("trouble_messages_sent", "sent_at"),
)


@dataclass(frozen=True)
class About:
    """What a message is about; `leads` says why its reader got it."""

    what: Trouble
    of_channel: str
    owner: str
    leads: bool


class TroubleStore:
    """Messages about troubles, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_if_new(database, MESSAGES)

    def remember(self, key: WorkspaceKey, channel_id: str, ts: str, about: About, now: datetime) -> None:
        row = {**workspace_values(key), "channel_id": channel_id, "ts": ts, **vars(about), "sent_at": now}
        with self._database.write() as connection:
            connection.execute(self._add, row)

    def about(self, key: WorkspaceKey, channel_id: str, ts: str) -> About | None:
        """None for a message that is none of these."""
        wanted = and_(of_workspace(MESSAGES, key), MESSAGES.c.channel_id == channel_id, MESSAGES.c.ts == ts)
        with self._database.read() as connection:
            row = connection.execute(select(MESSAGES).where(wanted)).mappings().first()
        return About(Trouble(row["what"]), row["of_channel"], row["owner"], row["leads"]) if row else None

    def clean(self, before: datetime) -> int:
        """Forget those that were sent before that time, in all workspaces."""
        with self._database.write() as connection:
            return connection.execute(delete(MESSAGES).where(MESSAGES.c.sent_at < before)).rowcount
