"""Which digests a series has, what is about to be changed of one, and the links to its calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TIME = sa.String(27)


def upgrade() -> None:
    for name in ("weekly_digest", "monthly_digest"):
        op.add_column("session_series", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "series_drafts",
        *_workspace(),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
    )
    op.create_table(
        "calendar_links",
        *_workspace(),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("series_id", sa.String(32), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("calendar_links_digest", "calendar_links", ["digest"], unique=True)
    op.create_index("calendar_links_series", "calendar_links", ["enterprise_id", "team_id", "series_id"])


def _workspace() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
    )
