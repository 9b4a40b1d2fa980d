"""Rounds of a check, their ballots while they are open, and what they published."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.String(27)
OPEN = sa.text("closed_at IS NULL")

# PostgreSQL's ANALYZE copies samples of a column into its statistics, where no erasing of ours reaches them.
NEVER_SAMPLED = {
    "round_secrets": ("secret",),
    "ballots": ("voter", "answer", "mark"),
    "vote_receipts": ("receipt",),
}


def upgrade() -> None:
    _rounds()
    _open_rounds()
    _closed_rounds()
    if op.get_context().dialect.name == "postgresql":
        for table, columns in NEVER_SAMPLED.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def _rounds() -> None:
    op.create_table(
        "rounds",
        *_workspace(),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("check_id", sa.String(64), nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("starter", sa.String(32), nullable=False),
        sa.Column("co_facilitator", sa.String(32), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("smallest_group", sa.Integer, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("deadline", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("voters", sa.Integer),
        sa.Column("erased_at", TIME),
    )
    place = ["enterprise_id", "team_id", "channel_id"]
    op.create_index(
        "rounds_open", "rounds", [*place, "check_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("rounds_channel", "rounds", [*place, "opened_at"])
    op.create_index("rounds_unerased", "rounds", ["erased_at"])
    op.create_table(
        "round_audience",
        *_round(),
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("opted_out", sa.Boolean, nullable=False),
        sa.Column("chased", sa.Integer, nullable=False),
    )
    op.create_table(
        "round_messages",
        *_round(),
        sa.Column("part", sa.String(140), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("begun_at", TIME),
        sa.Column("ts", sa.String(32), nullable=False),
    )
    op.create_index("round_messages_ts", "round_messages", ["enterprise_id", "team_id", "ts"])


def _open_rounds() -> None:
    op.create_table(
        "round_secrets", *_round(), sa.Column("secret", sa.LargeBinary, nullable=False), sqlite_with_rowid=False
    )
    op.create_table(
        "ballots",
        *_round(),
        sa.Column("voter", sa.LargeBinary, primary_key=True),
        sa.Column("statement_id", sa.String(140), primary_key=True),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vote_receipts", *_round(), sa.Column("receipt", sa.LargeBinary, primary_key=True), sqlite_with_rowid=False
    )


def _closed_rounds() -> None:
    op.create_table(
        "round_tallies",
        *_round(),
        sa.Column("statement_id", sa.String(140), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("yes", sa.Integer),
        sa.Column("no", sa.Integer),
        sa.Column("not_sure", sa.Integer),
        sa.Column("not_my_area", sa.Integer),
        sa.Column("withheld", sa.String(16)),
    )
    op.create_table("round_participants", *_round(), sa.Column("user_ids", sa.Text, nullable=False))
    op.create_table(
        "named_votes",
        *_round(),
        sa.Column("statement_id", sa.String(140), primary_key=True),
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("answer", sa.String(16), nullable=False),
    )
    op.create_table(
        "published_groups",
        *_workspace(),
        sa.Column("check_id", sa.String(64), primary_key=True),
        sa.Column("statement_id", sa.String(140), primary_key=True),
        sa.Column("groups", sa.Text, nullable=False),
    )


def _workspace() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), primary_key=True),
    )


def _round() -> tuple[sa.Column[str], ...]:
    return (*_workspace(), sa.Column("round_id", sa.String(32), primary_key=True))
