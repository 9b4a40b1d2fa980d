"""Why an action was given up."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("due_actions", sa.Column("reason", sa.String(200), nullable=False, server_default=""))
