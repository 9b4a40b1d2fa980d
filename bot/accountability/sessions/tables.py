"""The tables of series and of their sessions, and what their stores read and write alike."""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    Time,
    and_,
    false,
    select,
    update,
)

from bot.accountability.sessions.items import Topic, Update
from bot.accountability.sessions.session import Message, Session, SessionSeries, State
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import UtcDateTime, metadata

SERIES = Table(
    "session_series",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("channel_id", String(32), nullable=False),
    Column("name", String(80), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("facilitator", String(32), nullable=False),
    Column("sponsor", String(32), nullable=False),
    Column("sponsor_agreed", Boolean, nullable=False),
    Column("country", String(8), nullable=False),
    Column("weekly_digest", Boolean, nullable=False, server_default=false()),
    Column("monthly_digest", Boolean, nullable=False, server_default=false()),
    Column("made_by", String(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),  # its last change; whoever changes it must have seen that one
    Column("ended_at", UtcDateTime),
    Index("session_series_channel", "enterprise_id", "team_id", "channel_id"),
)

TIMES = Table(  # the stretches of a series' times, as recurrence.py has them
    "session_times",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("starts_on", Date, nullable=False),
    Column("at", Time, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("rule", Text, nullable=False),
    Column("ends_on", Date),
)

EXCEPTIONS = Table(
    "session_exceptions",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("day", Date, primary_key=True),  # on which the rule has it
    Column("moved_to", UtcDateTime),  # none where it is left out
)

SESSIONS = Table(
    "sessions",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("occurrence", String(32), primary_key=True),  # the date it was first meant for
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("card", String(64), nullable=False),
    Column("agenda_late", Boolean, nullable=False, server_default=false()),
    Index("sessions_start", "enterprise_id", "team_id", "series_id", "starts_at"),
)

ENTRIES = Table(
    "session_entries",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("occurrence", String(32), primary_key=True),
    Column("item_id", String(190), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("ref", String(174), nullable=False),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime),
    Column("note", Text, nullable=False),
    Index("session_entries_item", "enterprise_id", "team_id", "series_id", "item_id"),
)

MESSAGES = Table(
    "session_messages",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("occurrence", String(32), primary_key=True),
    Column("part", String(190), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("begun_at", UtcDateTime),
    Column("ts", String(32), nullable=False),
    Column("drawn", String(32), nullable=False),
    Column("drawn_at", UtcDateTime),
    Column("gone", Boolean, nullable=False, server_default=false()),
)

TOPICS = Table(
    "session_topics",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("occurrence", String(32), nullable=False),  # the first session that it is for
    Column("withdrawn_at", UtcDateTime),
)

UPDATES = Table(
    "session_updates",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("item_id", String(190), primary_key=True),
    Column("by", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

STATE, TIME = ("state",), ("starts_at", "ends_at")  # what a step changes of a session; others may change the rest

Kept = TypeVar("Kept", SessionSeries, Topic, Update, Message)  # values whose fields are columns


def advance(
    connection: Connection, key: WorkspaceKey, session: Session, before: Collection[State], changed: Collection[str]
) -> bool:
    """Save what changed of a session that was in one of these states. False when it wasn't, or was moved meanwhile."""
    was = and_(in_session(key, session, SESSIONS), SESSIONS.c.state.in_(sorted(before)))
    if "starts_at" not in changed:
        was = and_(was, SESSIONS.c.starts_at == session.starts_at)
    values = {name: getattr(session, name) for name in changed}
    return connection.execute(update(SESSIONS).where(was).values(**values)).rowcount == 1


def in_series(key: WorkspaceKey, series_id: str, table: Table) -> ColumnElement[bool]:
    return and_(of_workspace(table, key), table.c.series_id == series_id)


def rows_of_series(key: WorkspaceKey, series_id: str, table: Table) -> Any:
    return select(table).where(in_series(key, series_id, table))


def in_session(key: WorkspaceKey, session: Session, table: Table) -> ColumnElement[bool]:
    return and_(in_series(key, session.series_id, table), table.c.occurrence == session.occurrence)


def series_values(key: WorkspaceKey, series_id: str) -> dict[str, Any]:
    return {**workspace_values(key), "series_id": series_id}


def session_values(key: WorkspaceKey, session: Session) -> dict[str, Any]:
    return {**workspace_values(key), **vars(session)}


def read_row(kind: type[Kept], row: RowMapping) -> Kept:
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})
