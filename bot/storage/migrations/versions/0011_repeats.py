"""Checks that repeat, and what a repeated round opens with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("since_last", sa.Text))
    op.create_table(
        "round_repeats",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("channel_id", sa.String(32), primary_key=True),
        sa.Column("check_id", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("every", sa.String(16), nullable=False),
        sa.Column("round_id", sa.String(32), nullable=False),
        sa.Column("begun_on", sa.Date, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("closes_at", sa.Time, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
