"""When each of Slack's limits lets the next call through."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("lane", sa.String(160), primary_key=True),
        sa.Column("free_at", sa.String(27), nullable=False),
    )
    op.create_index("lanes_free", "lanes", ["free_at"])
