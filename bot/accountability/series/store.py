"""Remembers what is about to be changed of a series until it is confirmed, and the links to its calendar."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    update,
)

from bot.accountability.series.links import Link
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata

DRAFTS = Table(
    "series_drafts",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("by", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("content", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

LINKS = Table(
    "calendar_links",
    metadata,
    *workspace_columns(),
    Column("digest", String(64), primary_key=True),  # of its token, which nobody keeps
    Column("series_id", String(32), nullable=False),
    Column("made_by", String(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("etag", String(64), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index("calendar_links_digest", "digest", unique=True),
    Index("calendar_links_series", "enterprise_id", "team_id", "series_id"),
)


@dataclass(frozen=True)
class Draft:
    """What somebody is about to save; `kind` tells which form it came from."""

    id: str
    by: str
    kind: str
    content: str


class SeriesDraftStore:
    """What waits for a confirmation, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, key: WorkspaceKey, draft: Draft, now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(insert(DRAFTS), {**workspace_values(key), **vars(draft), "made_at": now})

    def get(self, key: WorkspaceKey, draft_id: str) -> Draft | None:
        found = and_(of_workspace(DRAFTS, key), DRAFTS.c.id == draft_id)
        with self._database.read() as connection:
            row = connection.execute(select(DRAFTS).where(found)).mappings().first()
        return Draft(**{name: row[name] for name in Draft.__dataclass_fields__}) if row else None

    def clean(self, before: datetime) -> int:
        """Forget those of all workspaces that were made before that time."""
        with self._database.write() as connection:
            return connection.execute(delete(DRAFTS).where(DRAFTS.c.made_at < before)).rowcount


class CalendarLinkStore:
    """Links to calendar files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: WorkspaceKey, new: Link) -> None:
        with self._database.write() as connection:
            connection.execute(insert(LINKS), {**workspace_values(key), **vars(new)})

    def live(self, key: WorkspaceKey, series_id: str) -> list[Link]:
        """Those of a series that still work, the oldest first."""
        found = and_(of_workspace(LINKS, key), LINKS.c.series_id == series_id, LINKS.c.revoked_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(select(LINKS).where(found).order_by(LINKS.c.made_at, LINKS.c.digest)).mappings()
            return [_link(row) for row in rows]

    def get(self, key: WorkspaceKey, digest: str) -> Link | None:
        with self._database.read() as connection:
            row = connection.execute(select(LINKS).where(_one(key, digest))).mappings().first()
        return _link(row) if row else None

    def named(self, digest: str) -> tuple[WorkspaceKey, Link] | None:
        """The one that works, of all workspaces: whoever fetches a calendar names none."""
        found = and_(LINKS.c.digest == digest, LINKS.c.revoked_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(select(LINKS).where(found)).mappings().first()
        return (WorkspaceKey(row["enterprise_id"], row["team_id"]), _link(row)) if row else None

    def revoke(self, key: WorkspaceKey, digest: str, now: datetime) -> bool:
        """False when there is none that works."""
        works = and_(_one(key, digest), LINKS.c.revoked_at.is_(None))
        with self._database.write() as connection:
            return connection.execute(update(LINKS).where(works).values(revoked_at=now)).rowcount == 1

    def note(self, key: WorkspaceKey, digest: str, etag: str, now: datetime) -> None:
        """Remember that the file says something else from now on."""
        with self._database.write() as connection:
            connection.execute(update(LINKS).where(_one(key, digest)).values(etag=etag, changed_at=now))


def _one(key: WorkspaceKey, digest: str) -> ColumnElement[bool]:
    return and_(of_workspace(LINKS, key), LINKS.c.digest == digest)


def _link(row: RowMapping) -> Link:
    return Link(**{name: row[name] for name in Link.__dataclass_fields__})
