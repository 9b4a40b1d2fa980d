"""Asking a sponsor is an action of the schedule, which counts its tries itself; where messages about troubles are."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.drop_column("escalations", "tries")
    op.drop_column("escalations", "ts")
    op.create_table(
        "trouble_messages",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("channel_id", sa.String(32), primary_key=True),
        sa.Column("ts", sa.String(32), primary_key=True),
        sa.Column("of_channel", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("leads", sa.Boolean, nullable=False),
        sa.Column("sent_at", sa.String(27), nullable=False),
    )
    op.create_index("trouble_messages_sent", "trouble_messages", ["sent_at"])
