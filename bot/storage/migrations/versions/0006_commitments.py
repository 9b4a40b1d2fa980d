"""Commitments, their changes, how people are reminded, what they were reminded of, and what sponsors were asked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TIME = sa.String(27)


def upgrade() -> None:
    _commitments()
    _people()
    _escalations()


def _commitments() -> None:
    op.create_table(
        "commitments",
        *_workspace(),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("assigner", sa.String(32), nullable=False),
        sa.Column("previous_owner", sa.String(32), nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("proposed_due", TIME),
        sa.Column("needs_help_since", TIME),
        sa.Column("snoozed_until", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("round_id", sa.String(32), nullable=False),
        sa.Column("statement_id", sa.String(140), nullable=False),
        sa.Column("series_id", sa.String(32), nullable=False),
    )
    for name, column in (("owner",) * 2, ("assigner",) * 2, ("channel", "channel_id"), ("series", "series_id")):
        op.create_index(f"commitments_{name}", "commitments", ["enterprise_id", "team_id", column, "state", "due"])
    op.create_table(
        "commitment_changes",
        *_workspace(),
        sa.Column("commitment_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "people",
        *_person(),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("country", sa.String(8), nullable=False),
        sa.Column("volume", sa.String(16), nullable=False),
        sa.Column("quiet_from", sa.Time),
        sa.Column("quiet_until", sa.Time),
        sa.Column("muted", sa.Boolean, nullable=False),
        sa.Column("paused_until", TIME),
    )
    op.create_table(
        "nudge_messages",
        *_person(),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("sent_at", TIME),
    )
    op.create_index("nudge_messages_begun", "nudge_messages", ["begun_at"])
    op.create_table(
        "nudges",
        *_person(),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("commitment_id", sa.String(32), primary_key=True),
        sa.Column("occasion", sa.String(16), nullable=False),
        sa.Column("planned", TIME, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("moved", sa.String(140), nullable=False),
        sa.Column("unanswered", sa.Integer, nullable=False),
    )
    op.create_index("nudges_commitment", "nudges", ["enterprise_id", "team_id", "commitment_id"])


def _escalations() -> None:
    op.create_table(
        "escalations",
        *_workspace(),
        sa.Column("commitment_id", sa.String(32), primary_key=True),
        sa.Column("occasion", sa.String(64), primary_key=True),
        sa.Column("warned_at", TIME),
        sa.Column("called_off_at", TIME),
        sa.Column("told_at", TIME),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
    )
    op.create_table("sponsors_asked", *_person(), sa.Column("told_at", TIME, nullable=False))


def _workspace() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
    )


def _person() -> tuple[sa.Column[str], ...]:
    return (*_workspace(), sa.Column("user_id", sa.String(32), primary_key=True))
