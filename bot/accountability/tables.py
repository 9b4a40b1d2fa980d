"""The tables of commitments, of how people are reminded, and of what they were reminded of."""

from collections.abc import Callable

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    Time,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.columns import workspace_columns
from bot.storage.database import Database, UtcDateTime, metadata

COMMITMENTS = Table(
    "commitments",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("what", Text, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("assigner", String(32), nullable=False),
    Column("previous_owner", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),  # its last change; whoever changes it must have seen that one
    Column("made_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("proposed_due", UtcDateTime),
    Column("needs_help_since", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("link", Text, nullable=False),
    Column("round_id", String(32), nullable=False),
    Column("statement_id", String(140), nullable=False),
    Column("series_id", String(32), nullable=False),
    Index("commitments_owner", "enterprise_id", "team_id", "owner", "state", "due"),
    Index("commitments_assigner", "enterprise_id", "team_id", "assigner", "state", "due"),
    Index("commitments_channel", "enterprise_id", "team_id", "channel_id", "state", "due"),
    Index("commitments_series", "enterprise_id", "team_id", "series_id", "state", "due"),
)

CHANGES = Table(
    "commitment_changes",
    metadata,
    *workspace_columns(),
    Column("commitment_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),  # the version that it made
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(32), nullable=False),
    Column("deed", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("reason", Text, nullable=False),
)

PEOPLE = Table(
    "people",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("zone", String(64), nullable=False),
    Column("country", String(8), nullable=False),
    Column("volume", String(16), nullable=False),
    Column("quiet_from", Time),
    Column("quiet_until", Time),
    Column("muted", Boolean, nullable=False),
    Column("paused_until", UtcDateTime),
)

DIGESTS = Table(
    "nudge_messages",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("day", Date, primary_key=True),  # on the wall of the person; one message for each
    Column("tries", Integer, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ts", String(32), nullable=False),
    Column("sent_at", UtcDateTime),
    Index("nudge_messages_begun", "begun_at"),
)

NUDGES = Table(
    "nudges",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("commitment_id", String(32), primary_key=True),
    Column("occasion", String(16), nullable=False),
    Column("planned", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),  # the date it named
    Column("moved", String(140), nullable=False),  # why it came later than planned, with spaces between
    Column("unanswered", Integer, nullable=False),
    Index("nudges_commitment", "enterprise_id", "team_id", "commitment_id"),
)

ESCALATIONS = Table(
    "escalations",
    metadata,
    *workspace_columns(),
    Column("commitment_id", String(32), primary_key=True),
    Column("occasion", String(64), primary_key=True),  # see bot/accountability/aircover.py
    Column("warned_at", UtcDateTime),
    Column("called_off_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("tries", Integer, nullable=False),  # how often asking the sponsor was begun
    Column("ts", String(32), nullable=False),  # of the message to the sponsor
)

SPONSORS = Table(
    "sponsors_asked",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("told_at", UtcDateTime, nullable=False),  # the last time, about whatever it was
)

Also = Callable[[Connection], object]  # what else belongs into a transaction: an action to plan, to move or to drop


def nothing(connection: Connection) -> None:
    """What the store does by itself is all there is."""
    del connection


def insert_if_new(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that does nothing where the row is there already; its row count tells."""
    return _insert(database, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_or_replace(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that replaces what the row has beyond its key."""
    statement, key = _insert(database, table), list(table.primary_key)
    changed = {column.name: statement.excluded[column.name] for column in table.c if column not in set(key)}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _insert(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)
