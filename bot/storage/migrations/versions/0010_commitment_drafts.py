"""What somebody is about to save."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "commitment_drafts",
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("draft", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
    )
    op.create_index("commitment_drafts_made", "commitment_drafts", ["made_at"])
