"""Whether the agenda of a session had to say that it comes late."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("agenda_late", sa.Boolean, nullable=False, server_default=sa.false()))
