"""The tables of rounds, a round as its row has it, and what the two databases say differently.

What is secret while a round is open (the secret, the ballots, the receipts) is in tables of its own. They hold open
rounds only, have no row ids that would record an order, and are wiped after each close; nothing else is ever
written in the transaction of a vote.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    false,
    or_,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.readiness.checks import read_snapshot, snapshot
from bot.readiness.rounds import Round, read_since_last, written_since_last
from bot.storage.columns import workspace_columns
from bot.storage.database import Database, UtcDateTime, metadata

ROUNDS = Table(
    "rounds",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("check_id", String(64), nullable=False),
    Column("snapshot", Text, nullable=False),  # the check as it was at the start
    Column("channel_id", String(32), nullable=False),
    Column("starter", String(32), nullable=False),
    Column("co_facilitator", String(32), nullable=False),
    Column("title", String(255), nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("smallest_group", Integer, nullable=False),
    Column("zone", String(64), nullable=False, server_default="UTC"),
    Column("asked", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("deadline", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("cancelled", Boolean, nullable=False),
    Column("voters", Integer),
    Column("chased_at", UtcDateTime),  # when reminders last began to go out
    Column("since_last", Text),  # what a repeated round opens with
    Column("erased_at", UtcDateTime),  # when the remains of its votes were gone from the files, too
    Index(
        "rounds_open",
        "enterprise_id",
        "team_id",
        "channel_id",
        "check_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("rounds_channel", "enterprise_id", "team_id", "channel_id", "opened_at"),
    Index("rounds_unerased", "erased_at"),
    Index("rounds_ended", "closed_at"),
)

AUDIENCE = Table(
    "round_audience",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Column("opted_out", Boolean, nullable=False),  # of being chased in this round
    Column("chased", Integer, nullable=False),  # the last wave of reminders; negative until it is known to have arrived
)

MESSAGES = Table(
    "round_messages",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("part", String(140), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("begun_at", UtcDateTime),
    Column("ts", String(32), nullable=False),
    Column("drawn", String(32), nullable=False, server_default=""),
    Column("drawn_at", UtcDateTime),
    Column("gone", Boolean, nullable=False, server_default=false()),
    Index("round_messages_ts", "enterprise_id", "team_id", "ts"),
)

DRAFTS = Table(
    "round_drafts",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("plan", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index("round_drafts_made", "made_at"),
)

SECRETS = Table(
    "round_secrets",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

BALLOTS = Table(
    "ballots",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("voter", LargeBinary, primary_key=True),  # see bot/readiness/ballots.py
    Column("statement_id", String(140), primary_key=True),
    Column("answer", String(16), nullable=False),
    Column("mark", BigInteger, nullable=False),  # the later of two votes wins, whichever arrives first
    sqlite_with_rowid=False,
)

RECEIPTS = Table(
    "vote_receipts",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("receipt", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

TALLIES = Table(
    "round_tallies",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("statement_id", String(140), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("yes", Integer),
    Column("no", Integer),
    Column("not_sure", Integer),
    Column("not_my_area", Integer),
    Column("withheld", String(16)),  # why there are no numbers
)

PARTICIPANTS = Table(
    "round_participants",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("user_ids", Text, nullable=False),  # all in one text, sorted, so that nothing records an order
)

NAMED_VOTES = Table(
    "named_votes",
    metadata,
    *workspace_columns(),
    Column("round_id", String(32), primary_key=True),
    Column("statement_id", String(140), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Column("answer", String(16), nullable=False),
)

PUBLISHED = Table(
    "published_groups",  # see bot/readiness/disclosure.py
    metadata,
    *workspace_columns(),
    Column("subject", String(64), primary_key=True),  # what was asked, in whatever check
    Column("groups", Text, nullable=False),
)

OPEN_ONLY = (SECRETS, BALLOTS, RECEIPTS)  # the tables that hold open rounds only, in the order they are locked in

Also = Callable[[Connection], object]  # what else belongs into a transaction: an action to plan, to move or to drop


def nothing(connection: Connection) -> None:
    """What the store does by itself is all there is."""
    del connection


def row_of(round_: Round) -> dict[str, Any]:
    kept = {name: value for name, value in vars(round_).items() if name not in {"check", "since_last"}}
    since_last = written_since_last(round_.since_last)
    return {**kept, "check_id": round_.check.id, "snapshot": snapshot(round_.check), "since_last": since_last}


def round_of(row: RowMapping) -> Round:
    fields = {name: row[name] for name in Round.__dataclass_fields__ if name not in {"check", "since_last"}}
    since_last = read_since_last(row["since_last"])
    return Round(**fields, check=read_snapshot(row["snapshot"]), since_last=since_last)


def insert_if_new(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that does nothing where the row is there already; its row count tells."""
    return _insert(database, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_or_replace(database: Database, table: Table, columns: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    """An insert that sets these columns where the row is there already."""
    statement = _insert(database, table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: statement.excluded[name] for name in columns}
    )


def save_later_vote(database: Database) -> sqlite.Insert | postgresql.Insert:
    """A vote replaces an earlier one of the same person; of two at the same moment the same one always stays."""
    statement = _insert(database, BALLOTS).execution_options(preserve_rowcount=True)
    new, old = statement.excluded, BALLOTS.c
    later = or_(new.mark > old.mark, and_(new.mark == old.mark, new.answer > old.answer))
    return statement.on_conflict_do_update(
        index_elements=list(BALLOTS.primary_key), set_={"answer": new.answer, "mark": new.mark}, where=later
    )


def _insert(database: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)
