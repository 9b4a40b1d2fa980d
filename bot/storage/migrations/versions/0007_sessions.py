"""Series of sessions, their times, each session with its list and messages, and the steps of first years."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TIME = sa.String(27)


def upgrade() -> None:
    _series()
    _sessions()
    _lists()
    _first_years()


def _series() -> None:
    op.create_table(
        "session_series",
        *_workspace(),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("facilitator", sa.String(32), nullable=False),
        sa.Column("sponsor", sa.String(32), nullable=False),
        sa.Column("sponsor_agreed", sa.Boolean, nullable=False),
        sa.Column("country", sa.String(8), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_index("session_series_channel", "session_series", ["enterprise_id", "team_id", "channel_id"])
    op.create_table(
        "session_times",
        *_of_series(),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("at", sa.Time, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("ends_on", sa.Date),
    )
    op.create_table(
        "session_exceptions",
        *_of_series(),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("moved_to", TIME),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        *_session(),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", TIME),
        sa.Column("closed_at", TIME),
        sa.Column("card", sa.String(64), nullable=False),
    )
    op.create_index("sessions_start", "sessions", ["enterprise_id", "team_id", "series_id", "starts_at"])
    op.create_table(
        "session_messages",
        *_session(),
        sa.Column("part", sa.String(190), primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("begun_at", TIME),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("drawn", sa.String(32), nullable=False),
        sa.Column("drawn_at", TIME),
        sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def _lists() -> None:
    op.create_table(
        "session_entries",
        *_session(),
        sa.Column("item_id", sa.String(190), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ref", sa.String(174), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", TIME),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("session_entries_item", "session_entries", ["enterprise_id", "team_id", "series_id", "item_id"])
    op.create_table(
        "session_topics",
        *_of_series(),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("occurrence", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", TIME),
    )
    op.create_table(
        "session_updates",
        *_of_series(),
        sa.Column("item_id", sa.String(190), primary_key=True),
        sa.Column("by", sa.String(32), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )


def _first_years() -> None:
    op.create_table(
        "first_years",
        *_workspace(),
        sa.Column("channel_id", sa.String(32), primary_key=True),
        sa.Column("begun_on", sa.Date, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "first_year_steps",
        *_workspace(),
        sa.Column("channel_id", sa.String(32), primary_key=True),
        sa.Column("step_id", sa.String(32), primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )


def _workspace() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
    )


def _of_series() -> tuple[sa.Column[str], ...]:
    return (*_workspace(), sa.Column("series_id", sa.String(32), primary_key=True))


def _session() -> tuple[sa.Column[str], ...]:
    return (*_of_series(), sa.Column("occurrence", sa.String(32), primary_key=True))
