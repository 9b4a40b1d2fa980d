"""Actions that are due in the future."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "due_actions",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("occurrence", sa.String(64), primary_key=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_index("due_actions_next", "due_actions", ["state", "next_at"])
    op.create_index("due_actions_ended", "due_actions", ["ended_at"])
