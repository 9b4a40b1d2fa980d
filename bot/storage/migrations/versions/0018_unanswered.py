"""How often Slack did not answer when it was asked to post a reminder."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("nudge_messages", sa.Column("unanswered", sa.Integer, nullable=False, server_default="0"))
