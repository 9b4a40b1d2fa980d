"""Remembers how far the first year of a channel's Chief Customer Officer has come."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, String, Table, Text, and_, delete, select

from bot.accountability.yearone.steps import Reached
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import Also, insert_or_replace, nothing

YEARS = Table(
    "first_years",
    metadata,
    *workspace_columns(),
    Column("channel_id", String(32), primary_key=True),
    Column("begun_on", Date, nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

STEPS = Table(
    "first_year_steps",
    metadata,
    *workspace_columns(),
    Column("channel_id", String(32), primary_key=True),
    Column("step_id", String(32), primary_key=True),
    Column("on", Date, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


class YearOneStore:
    """The first year a channel follows, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begin = insert_or_replace(database, YEARS)
        self._save = insert_or_replace(database, STEPS)

    def begin(self, key: WorkspaceKey, channel_id: str, on: date, by: str, now: datetime, also: Also = nothing) -> None:
        """Say on which day the year began, in place of what was said before."""
        row = {**workspace_values(key), "channel_id": channel_id, "begun_on": on, "by": by, "at": now}
        with self._database.write() as connection:
            connection.execute(self._begin, row)
            also(connection)

    def begun_on(self, key: WorkspaceKey, channel_id: str) -> date | None:
        """None where nobody said so."""
        query = select(YEARS.c.begun_on).where(_of_channel(YEARS, key, channel_id))
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def save(self, key: WorkspaceKey, channel_id: str, reached: Reached, also: Also = nothing) -> None:
        """Save when a step was reached and what shows it, in place of what was said of it before."""
        row: dict[str, Any] = {**workspace_values(key), "channel_id": channel_id, **vars(reached)}
        with self._database.write() as connection:
            connection.execute(self._save, row)
            also(connection)

    def take_back(self, key: WorkspaceKey, channel_id: str, step_id: str, also: Also = nothing) -> bool:
        """Forget that a step was reached. False when it was not."""
        step = and_(_of_channel(STEPS, key, channel_id), STEPS.c.step_id == step_id)
        with self._database.write() as connection:
            if connection.execute(delete(STEPS).where(step)).rowcount != 1:
                return False
            also(connection)
        return True

    def reached(self, key: WorkspaceKey, channel_id: str) -> list[Reached]:
        query = select(STEPS).where(_of_channel(STEPS, key, channel_id)).order_by(STEPS.c.on, STEPS.c.step_id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Reached(**{name: row[name] for name in Reached.__dataclass_fields__}) for row in rows]


def _of_channel(table: Table, key: WorkspaceKey, channel_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(table, key), table.c.channel_id == channel_id)
