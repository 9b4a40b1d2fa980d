"""How often sending the message of an action was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("due_actions", sa.Column("sends", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE due_actions SET sends = tries")  # one that is under way may have sent it
