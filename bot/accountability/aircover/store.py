"""Remembers how far a trouble has been taken towards a sponsor, and when each sponsor was last asked."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
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

    def so_far_of(self, key: WorkspaceKey, commitment_ids: Collection[str]) -> dict[str, list[Escalation]]:
        """The same for many; those with none are left out."""
        wanted = ESCALATIONS.c.commitment_id.in_(list(commitment_ids))
        query = select(ESCALATIONS).where(of_workspace(ESCALATIONS, key), wanted)
        found: dict[str, list[Escalation]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(ESCALATIONS.c.occasion)).mappings():
                found.setdefault(row["commitment_id"], []).append(_escalation(row))
        return found

    def warned(self, key: WorkspaceKey, seen: Escalation, now: datetime, also: Also = nothing) -> bool:
        """Remember that the owner was told. False when that was done since it was `seen`, or the sponsor was asked."""
        return self._advance(key, seen, also, warned_at=now)

    def give_up(self, key: WorkspaceKey, seen: Escalation, now: datetime, also: Also = nothing) -> bool:
        """Take this trouble no further: its owner can't be told. False as with `warned`."""
        return self._advance(key, seen, also, told_at=now)

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
        self,
        key: WorkspaceKey,
        seen: Escalation,
        sponsor_id: str,
        rested_since: datetime,
        now: datetime,
        also: Also = nothing,
    ) -> bool:
        """Claim asking the sponsor.

        False when another process was quicker, the owner called it off meanwhile, or the sponsor was asked about
        anything after `rested_since`.
        """
        free = and_(_one(key, seen), ESCALATIONS.c.told_at.is_(None), _called_off_as(seen))
        try:
            with self._database.write() as connection:
                connection.execute(self._add, _row(key, seen))
                if connection.execute(update(ESCALATIONS).where(free).values(told_at=now)).rowcount != 1:
                    return False
                self._take_turn(connection, key, sponsor_id, rested_since, now)
                also(connection)
        except _TooSoon:
            return False
        return True

    def asked(self, key: WorkspaceKey, begun: Escalation, now: datetime) -> None:
        """Remember when the sponsor really was, which may be long after it was `begun`."""
        with self._database.write() as connection:
            connection.execute(update(SPONSORS).where(_turn(key, begun)).values(told_at=now))
            connection.execute(update(ESCALATIONS).where(_claim(key, begun)).values(told_at=now))

    def not_asked(self, key: WorkspaceKey, begun: Escalation) -> None:
        """Take a claim back: the sponsor certainly did not hear of it, and had been left in peace for a week before."""
        with self._database.write() as connection:
            connection.execute(delete(SPONSORS).where(_turn(key, begun)))
            connection.execute(update(ESCALATIONS).where(_claim(key, begun)).values(told_at=None))

    def last_asked(self, key: WorkspaceKey, sponsor_id: str) -> datetime | None:
        """When a sponsor was last asked, about whatever it was."""
        with self._database.read() as connection:
            return connection.execute(select(SPONSORS.c.told_at).where(_sponsor(key, sponsor_id))).scalar()

    def _advance(self, key: WorkspaceKey, seen: Escalation, also: Also, **values: datetime) -> bool:
        is_as_seen = and_(_same(ESCALATIONS.c.warned_at, seen.warned_at), _called_off_as(seen))
        with self._database.write() as connection:
            connection.execute(self._add, _row(key, seen))
            free = and_(_one(key, seen), is_as_seen, ESCALATIONS.c.told_at.is_(None))
            if connection.execute(update(ESCALATIONS).where(free).values(**values)).rowcount != 1:
                return False
            also(connection)
        return True

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


def _claim(key: WorkspaceKey, begun: Escalation) -> ColumnElement[bool]:
    return and_(_one(key, begun), ESCALATIONS.c.told_at == begun.told_at)


def _turn(key: WorkspaceKey, begun: Escalation) -> ColumnElement[bool]:
    """The turn that was taken with a claim, whoever is the sponsor now: both are of the same moment."""
    return and_(of_workspace(SPONSORS, key), SPONSORS.c.told_at == begun.told_at)


def _called_off_as(seen: Escalation) -> ColumnElement[bool]:
    return _same(ESCALATIONS.c.called_off_at, seen.called_off_at)


def _sponsor(key: WorkspaceKey, sponsor_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(SPONSORS, key), SPONSORS.c.user_id == sponsor_id)


def _same(column: ColumnElement[datetime | None], value: datetime | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _row(key: WorkspaceKey, new: Escalation) -> dict[str, object]:
    blank = Escalation(new.commitment_id, new.occasion)
    return {**workspace_values(key), **vars(blank)}


def _escalation(row: RowMapping) -> Escalation:
    return Escalation(**{name: row[name] for name in Escalation.__dataclass_fields__})
