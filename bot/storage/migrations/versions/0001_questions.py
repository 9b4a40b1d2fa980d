"""Questions asked, feedback given, deliveries seen."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("thread_ts", sa.String(32), nullable=False),
        sa.Column("reply_ts", sa.String(32), nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("sending", sa.Integer, nullable=False),
        sa.Column("sending_at", TIME),
        sa.Column("posted_at", TIME),
        sa.Column("outcome", sa.String(16)),
        sa.Column("card_id", sa.String(64)),
        sa.Column("kept_as", sa.String(16)),
    )
    op.create_index("questions_asked", "questions", ["asked_at"])
    op.create_index(
        "questions_thread", "questions", ["enterprise_id", "team_id", "channel_id", "thread_ts", "asked_at"]
    )
    op.create_table(
        "feedback",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("question_id", sa.String(32), primary_key=True),
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("card_id", sa.String(64), nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("comment", sa.Text),
        sa.Column("given_at", TIME, nullable=False),
    )
    op.create_index("feedback_given", "feedback", ["given_at"])
    op.create_table(
        "deliveries",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_index("deliveries_seen", "deliveries", ["seen_at"])
