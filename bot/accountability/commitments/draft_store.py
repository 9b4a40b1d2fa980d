"""Remembers what somebody is about to save, for a day."""

from datetime import datetime

from sqlalchemy import Column, Index, String, Table, Text, delete, select

from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import insert_or_replace

DRAFTS = Table(
    "commitment_drafts",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("draft", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index("commitment_drafts_made", "made_at"),
)


class DraftStore:
    """Drafts as texts, always within one workspace; only cleaning looks at all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._replace = insert_or_replace(database, DRAFTS)

    def save(self, key: WorkspaceKey, draft_id: str, draft: str, now: datetime) -> None:
        row = {**workspace_values(key), "id": draft_id, "draft": draft, "made_at": now}
        with self._database.write() as connection:
            connection.execute(self._replace, row)

    def get(self, key: WorkspaceKey, draft_id: str) -> str | None:
        query = select(DRAFTS.c.draft).where(of_workspace(DRAFTS, key), DRAFTS.c.id == draft_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def clean(self, before: datetime) -> int:
        """Forget the drafts of all workspaces that are older."""
        with self._database.write() as connection:
            return connection.execute(delete(DRAFTS).where(DRAFTS.c.made_at < before)).rowcount
