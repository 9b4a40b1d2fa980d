"""What the tests of the schedule have in common: workspaces, times, and a look into the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action
from bot.scheduler.store import DUE_ACTIONS, schedule
from bot.storage.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
TICK = timedelta(microseconds=1)
OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")
SAME_TEAM_ELSEWHERE = WorkspaceKey("E1", "T1")
CLOSE = Action("close", "r1", NOON)
LEASE = 5 * MINUTE
PATIENCE = 60.0  # seconds until a test gives up


def plan(database: Database, *actions: Action, key: WorkspaceKey = OURS) -> None:
    with database.write() as connection:
        for action in actions:
            schedule(connection, key, action)


def rows(database: Database, *columns: str) -> list[tuple[Any, ...]]:
    """The table, the oldest first."""
    wanted = [DUE_ACTIONS.c[column] for column in columns]
    query = select(*wanted).order_by(DUE_ACTIONS.c.due_at, DUE_ACTIONS.c.team_id, DUE_ACTIONS.c.subject)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]
