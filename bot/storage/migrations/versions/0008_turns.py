"""The turn that is kept for an action that has to queue."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("due_actions", sa.Column("turn", sa.String(27)))
