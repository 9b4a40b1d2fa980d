"""Remembers how far a trouble has been taken towards a sponsor, and when each sponsor was last asked."""

from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    String,
    Table,
    and_,
    delete,
    select,
    update,
)

from bot.accountability.aircover.escalation import Escalation
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import Also, insert_if_new, nothing

ESCALATIONS = Table(
    "escalations",
    metadata,
    *workspace_columns(),
    Column("commitment_id", String(32), primary_key=True),
    Column("occasion", String(64), primary_key=True),  # see escalation.py
    Column("warned_at", UtcDateTime),
    Column("called_off_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("tries", Integer, nullable=False),  # how often asking the sponsor was begun
    Column("ts", String(32), nullable=False),  # of the message to the sponsor
)

SPONSORS = Table(
    "sponsors_asked",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("told_at", UtcDateTime, nullable=False),  # the last time, about whatever it was
)


class _TooSoon(Exception):
    """The sponsor was asked lately: nothing of what was begun is kept."""


class EscalationStore:
    """Escalations, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_if_new(database, ESCALATIONS)
        self._ask_first = insert_if_new(database, SPONSORS)

    def so_far(self, key: WorkspaceKey, commitment_id: str) -> list[Escalation]:
        """All of a commitment, of troubles that are over as well."""
        query = select(ESCALATIONS).where(of_workspace(ESCALATIONS, key), ESCALATIONS.c.commitment_id == commitment_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(ESCALATIONS.c.occasion)).mappings().all()
        return [_escalation(row) for row in rows]

    def begin_warning(self, key: WorkspaceKey, seen: Escalation, now: datetime, also: Also = nothing) -> bool:
        """Claim telling the owner. False when that was done since it was `seen`, or the sponsor was asked."""
        is_as_seen = _same(ESCALATIONS.c.warned_at, seen.warned_at)
        with self._database.write() as connection:
            connection.execute(self._add, _row(key, seen))
            free = and_(_one(key, seen), is_as_seen, ESCALATIONS.c.told_at.is_(None))
            if connection.execute(update(ESCALATIONS).where(free).values(warned_at=now)).rowcount != 1:
                return False
            also(connection)
        return True

    def not_warned(self, key: WorkspaceKey, seen: Escalation, claimed_at: datetime) -> None:
        """Take a claim back: Slack certainly did not post it. `seen` is how it stood before."""
        ours = and_(_one(key, seen), ESCALATIONS.c.warned_at == claimed_at)
        with self._database.write() as connection:
            connection.execute(update(ESCALATIONS).where(ours).values(warned_at=seen.warned_at))

    def call_off(
        self, key: WorkspaceKey, commitment_id: str, occasion: str, now: datetime, also: Also = nothing
    ) -> bool:
        """The owner has got it. False when it is too late, the sponsor having been asked."""
        free = and_(_one(key, Escalation(commitment_id, occasion)), ESCALATIONS.c.told_at.is_(None))
        with self._database.write() as connection:
            if connection.execute(update(ESCALATIONS).where(free).values(called_off_at=now)).rowcount != 1:
                return False
            also(connection)
        return True

    def begin_asking(
        self, key: WorkspaceKey, seen: Escalation, sponsor_id: str, rested_since: datetime, now: datetime
    ) -> bool:
        """Claim asking the sponsor, tried so often as `seen`, for one more try.

        False when another process was quicker, the owner called it off meanwhile, or the sponsor was asked about
        anything after `rested_since`.
        """
        try:
            with self._database.write() as connection:
                connection.execute(self._add, _row(key, seen))
                if not self._claim(connection, key, seen, now):
                    return False
                if seen.tries == 0:
                    self._take_turn(connection, key, sponsor_id, rested_since, now)
        except _TooSoon:
            return False
        return True

    def asked(self, key: WorkspaceKey, seen: Escalation, ts: str) -> None:
        """Remember that the message to the sponsor is there, and where."""
        with self._database.write() as connection:
            connection.execute(update(ESCALATIONS).where(_one(key, seen)).values(ts=ts))

    def not_asked(self, key: WorkspaceKey, seen: Escalation, sponsor_id: str, last: datetime | None) -> None:
        """Take a claim back: Slack certainly did not post it. `last` is when the sponsor was asked before."""
        ours = and_(_one(key, seen), ESCALATIONS.c.tries == seen.tries + 1, ESCALATIONS.c.ts == "")
        with self._database.write() as connection:
            back = update(ESCALATIONS).where(ours).values(told_at=seen.told_at, tries=seen.tries)
            if connection.execute(back).rowcount != 1 or seen.tries:
                return
            if last is None:
                connection.execute(delete(SPONSORS).where(_sponsor(key, sponsor_id)))
            else:
                connection.execute(update(SPONSORS).where(_sponsor(key, sponsor_id)).values(told_at=last))

    def last_asked(self, key: WorkspaceKey, sponsor_id: str) -> datetime | None:
        """When a sponsor was last asked, about whatever it was."""
        with self._database.read() as connection:
            return connection.execute(select(SPONSORS.c.told_at).where(_sponsor(key, sponsor_id))).scalar()

    def _claim(self, connection: Connection, key: WorkspaceKey, seen: Escalation, now: datetime) -> bool:
        free = and_(
            _one(key, seen),
            ESCALATIONS.c.tries == seen.tries,
            ESCALATIONS.c.ts == "",
            _same(ESCALATIONS.c.called_off_at, seen.called_off_at),
        )
        claim = update(ESCALATIONS).where(free).values(tries=seen.tries + 1, told_at=seen.told_at or now)
        return connection.execute(claim).rowcount == 1

    def _take_turn(
        self, connection: Connection, key: WorkspaceKey, sponsor_id: str, rested_since: datetime, now: datetime
    ) -> None:
        row = {**workspace_values(key), "user_id": sponsor_id, "told_at": now}
        if connection.execute(self._ask_first, row).rowcount == 1:
            return
        rested = and_(_sponsor(key, sponsor_id), SPONSORS.c.told_at <= rested_since)
        if connection.execute(update(SPONSORS).where(rested).values(told_at=now)).rowcount != 1:
            raise _TooSoon


def _one(key: WorkspaceKey, of: Escalation) -> ColumnElement[bool]:
    named = and_(ESCALATIONS.c.commitment_id == of.commitment_id, ESCALATIONS.c.occasion == of.occasion)
    return and_(of_workspace(ESCALATIONS, key), named)


def _sponsor(key: WorkspaceKey, sponsor_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(SPONSORS, key), SPONSORS.c.user_id == sponsor_id)


def _same(column: ColumnElement[datetime | None], value: datetime | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _row(key: WorkspaceKey, new: Escalation) -> dict[str, object]:
    blank = Escalation(new.commitment_id, new.occasion)
    return {**workspace_values(key), **vars(blank)}


def _escalation(row: RowMapping) -> Escalation:
    return Escalation(**{name: row[name] for name in Escalation.__dataclass_fields__})
