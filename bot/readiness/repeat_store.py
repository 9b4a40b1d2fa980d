"""Remembers which checks repeat in which channel: one row a check and channel, which the next setting-up replaces."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    RowMapping,
    String,
    Table,
    Time,
    and_,
    delete,
    select,
    update,
)

from bot.keys import WorkspaceKey
from bot.readiness.repeats import Every, Repeat
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, metadata
from bot.storage.writing import Also, insert_or_replace, nothing

REPEATS = Table(
    "round_repeats",
    metadata,
    *workspace_columns(),
    Column("channel_id", String(32), primary_key=True),
    Column("check_id", String(64), primary_key=True),
    Column("id", String(32), nullable=False),
    Column("every", String(16), nullable=False),
    Column("round_id", String(32), nullable=False),  # the last one it started
    Column("begun_on", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("closes_at", Time, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("number", Integer, nullable=False),  # the start that comes next
)


class Overtaken(Exception):
    """Somebody else decided about the next start meanwhile: nothing of what was begun is kept."""


class RepeatStore:
    """Repeats, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._save = insert_or_replace(database, REPEATS)

    def saving(self, key: WorkspaceKey, new: Repeat) -> Callable[[Connection], None]:
        """Within the transaction that saves its first round; what was set up there before ends."""

        def save(connection: Connection) -> None:
            connection.execute(self._save, {**workspace_values(key), **vars(new)})

        return save

    def get(self, key: WorkspaceKey, repeat_id: str) -> Repeat | None:
        return next(iter(self._found(key, REPEATS.c.id == repeat_id)), None)

    def of_channel(self, key: WorkspaceKey, channel_id: str) -> list[Repeat]:
        return self._found(key, REPEATS.c.channel_id == channel_id)

    def advancing(self, key: WorkspaceKey, changed: Repeat) -> Callable[[Connection], None]:
        """Within a transaction that settles a start. Raises Overtaken where it was settled, or the repeat is over."""
        before = and_(_named(key, changed.id), REPEATS.c.number == changed.number - 1)
        values = {name: getattr(changed, name) for name in ("number", "round_id", "zone")}

        def save(connection: Connection) -> None:
            if connection.execute(update(REPEATS).where(before).values(**values)).rowcount != 1:
                raise Overtaken

        return save

    def advance(self, key: WorkspaceKey, changed: Repeat, also: Also = nothing) -> bool:
        """Settle a start of which no round came. False when it is settled, or the repeat is over."""
        try:
            with self._database.write() as connection:
                self.advancing(key, changed)(connection)
                also(connection)
        except Overtaken:
            return False
        return True

    def end(self, key: WorkspaceKey, repeat_id: str, also: Also = nothing) -> bool:
        """Start no round by itself any more. False when it is over already."""
        with self._database.write() as connection:
            if connection.execute(delete(REPEATS).where(_named(key, repeat_id))).rowcount != 1:
                return False
            also(connection)
        return True

    def _found(self, key: WorkspaceKey, condition: ColumnElement[bool]) -> list[Repeat]:
        query = select(REPEATS).where(of_workspace(REPEATS, key), condition).order_by(REPEATS.c.check_id)
        with self._database.read() as connection:
            return [_repeat(row) for row in connection.execute(query).mappings()]


def _named(key: WorkspaceKey, repeat_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(REPEATS, key), REPEATS.c.id == repeat_id)


def _repeat(row: RowMapping) -> Repeat:
    fields: dict[str, Any] = {name: row[name] for name in Repeat.__dataclass_fields__}
    return Repeat(**{**fields, "every": Every(row["every"])})
