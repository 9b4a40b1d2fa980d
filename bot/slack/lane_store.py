"""Remembers when each of Slack's limits lets the next call through, for all processes together."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, String, Table, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.keys import WorkspaceKey
from bot.storage.columns import (
    given_workspace,
    in_given_workspace,
    of_workspace,
    workspace_columns,
    workspace_values,
)
from bot.storage.database import Database, UtcDateTime, metadata

LANES = Table(
    "lanes",
    metadata,
    *workspace_columns(),
    Column("lane", String(160), primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
    Index("lanes_free", "free_at"),
)


NAME = ("enterprise_id", "team_id", "lane")

# Built once: building them anew took longer than running them.
LOCK = {
    name: insert(LANES)
    .on_conflict_do_update(index_elements=NAME, set_={"free_at": LANES.c.free_at})
    .returning(LANES.c.free_at)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
MOVE = update(LANES).where(in_given_workspace(LANES), LANES.c.lane == bindparam("given_lane"))


class LaneStore:
    """A lane lets one call through at a time and is free again at a time; one never used is free."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, key: WorkspaceKey, wanted: Mapping[str, timedelta], now: datetime) -> timedelta:
        """Take all lanes, each for its time, or none: then returns how long until all are free."""
        with self._database.write() as connection:
            free_at = max(_locked(connection, key, wanted, now).values())
            if free_at > now:
                return free_at - now
            _move(connection, key, {lane: now + spacing for lane, spacing in wanted.items()})
        return timedelta()

    def queue(
        self, key: WorkspaceKey, lane: str, spacing: timedelta, own: Mapping[str, timedelta], now: datetime
    ) -> tuple[timedelta, bool]:
        """Take the next turn in a lane where turns are kept, and `own` lanes with it, each for its time from then on.

        Returns how long until that turn, and whether it is kept: it is not while one of the `own` is not free.
        """
        with self._database.write() as connection:
            free_at = _locked(connection, key, {lane: spacing, **own}, now)
            turn = max(free_at.pop(lane), now)
            if (own_at := max(free_at.values(), default=now)) > now:
                return own_at - now, False
            _move(connection, key, {name: turn + span for name, span in {lane: spacing, **own}.items()})
        return turn - now, True

    def wait(self, key: WorkspaceKey, lane: str, now: datetime) -> timedelta:
        """How long until a lane is free."""
        query = select(LANES.c.free_at).where(_named(key, lane))
        with self._database.read() as connection:
            free_at = connection.execute(query).scalar()
        return max(free_at - now, timedelta()) if free_at else timedelta()

    def hold(self, key: WorkspaceKey, lane: str, until: datetime) -> None:
        """Close a lane until then; one that is closed for longer stays so."""
        with self._database.write() as connection:
            row = _insert(connection, key, {lane: until})
            is_later = LANES.c.free_at < row.excluded.free_at
            connection.execute(
                row.on_conflict_do_update(index_elements=NAME, set_={"free_at": row.excluded.free_at}, where=is_later)
            )

    def release(self, key: WorkspaceKey, lane: str, at: datetime) -> None:
        """Let a lane be free at exactly that time."""
        with self._database.write() as connection:
            row = _insert(connection, key, {lane: at})
            connection.execute(row.on_conflict_do_update(index_elements=NAME, set_={"free_at": row.excluded.free_at}))

    def clean(self, before: datetime) -> int:
        """Forget the lanes that have been free since before that time, in all workspaces."""
        with self._database.write() as connection:
            return connection.execute(delete(LANES).where(LANES.c.free_at < before)).rowcount


def _locked(
    connection: Connection, key: WorkspaceKey, wanted: Mapping[str, timedelta], now: datetime
) -> dict[str, datetime]:
    """When each lane is free; whoever else wants one of them waits for the end of this transaction.

    The update changes nothing: on PostgreSQL it locks the row, as a plain insert would not, and the order of the names
    keeps two that want the same lanes from waiting for each other.
    """
    given, lock = {**workspace_values(key), "free_at": now}, LOCK[connection.dialect.name]
    return {lane: connection.execute(lock, {**given, "lane": lane}).scalar_one() for lane in sorted(wanted)}


def _move(connection: Connection, key: WorkspaceKey, free_at: Mapping[str, datetime]) -> None:
    given = given_workspace(key)
    connection.execute(MOVE, [{**given, "given_lane": lane, "free_at": at} for lane, at in free_at.items()])


def _insert(connection: Connection, key: WorkspaceKey, free_at: Mapping[str, datetime]) -> Any:
    """The start of a statement that inserts lanes; what happens to one that is there is for the caller to add."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    rows = [{**workspace_values(key), "lane": lane, "free_at": at} for lane, at in free_at.items()]
    return dialect.insert(LANES).values(rows)


def _named(key: WorkspaceKey, lane: str) -> Any:
    return and_(of_workspace(LANES, key), LANES.c.lane == lane)
