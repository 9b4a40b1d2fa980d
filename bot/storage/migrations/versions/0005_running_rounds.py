"""What running a round takes: drafts, what its messages show, when people were last reminded, groups by subject."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.String(27)


def upgrade() -> None:
    op.add_column("rounds", sa.Column("zone", sa.String(64), nullable=False, server_default="UTC"))
    op.add_column("rounds", sa.Column("chased_at", TIME))
    op.add_column("round_messages", sa.Column("drawn", sa.String(32), nullable=False, server_default=""))
    op.add_column("round_messages", sa.Column("drawn_at", TIME))
    op.add_column("round_messages", sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("rounds_ended", "rounds", ["closed_at"])
    op.create_table(
        "round_drafts",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
    )
    op.create_index("round_drafts_made", "round_drafts", ["made_at"])
    op.drop_table("published_groups")  # it was by check; no round could be run yet
    op.create_table(
        "published_groups",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("groups", sa.Text, nullable=False),
    )
