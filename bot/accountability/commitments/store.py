"""Remembers commitments and every change of them."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.accountability.commitments.commitment import LIVE, Change, Commitment, Deed, State
from bot.accountability.commitments.listing import PAGE_SIZE, Page, Wanted, Which
from bot.keys import WorkspaceKey
from bot.scheduler.store import DUE_ACTIONS, PLANNED
from bot.storage.columns import (
    given_workspace,
    in_given_workspace,
    of_workspace,
    workspace_columns,
    workspace_values,
)
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import Also, insert_if_new, nothing

COMMITMENTS = Table(
    "commitments",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("what", Text, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("assigner", String(32), nullable=False),
    Column("previous_owner", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),  # its last change; whoever changes it must have seen that one
    Column("made_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("proposed_due", UtcDateTime),
    Column("needs_help_since", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("link", Text, nullable=False),
    Column("round_id", String(32), nullable=False),
    Column("statement_id", String(140), nullable=False),
    Column("series_id", String(32), nullable=False),
    Index("commitments_owner", "enterprise_id", "team_id", "owner", "state", "due"),
    Index("commitments_assigner", "enterprise_id", "team_id", "assigner", "state", "due"),
    Index("commitments_channel", "enterprise_id", "team_id", "channel_id", "state", "due"),
    Index("commitments_series", "enterprise_id", "team_id", "series_id", "state", "due"),
)

CHANGES = Table(
    "commitment_changes",
    metadata,
    *workspace_columns(),
    Column("commitment_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),  # the version that it made
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(32), nullable=False),
    Column("deed", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("reason", Text, nullable=False),
)

IS_LIVE = COMMITMENTS.c.state.in_(sorted(LIVE))
IS_ENDED = COMMITMENTS.c.state.not_in(sorted(LIVE))
LIVE_OF = (
    select(COMMITMENTS)
    .where(in_given_workspace(COMMITMENTS), COMMITMENTS.c.owner == bindparam("given_owner"), IS_LIVE)
    .order_by(COMMITMENTS.c.due, COMMITMENTS.c.id)
)
IN_ORDER = (
    case((IS_LIVE, 0), else_=1),
    case((IS_LIVE, COMMITMENTS.c.due)),  # nothing else has an order by its date
    COMMITMENTS.c.ended_at.desc(),
    COMMITMENTS.c.id,
)


class Quicker(Exception):
    """Somebody changed it meanwhile: nothing of the transaction is kept."""


class CommitmentStore:
    """Commitments, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_if_new(database, COMMITMENTS)

    def add(self, key: WorkspaceKey, new: Commitment, change: Change, also: Also = nothing) -> bool:
        """Save a new commitment. False when it is there already: what made it came twice."""
        with self._database.write() as connection:
            if connection.execute(self._add, {**workspace_values(key), **vars(new)}).rowcount != 1:
                return False
            connection.execute(insert(CHANGES), _change_row(key, new, change))
            also(connection)
        return True

    def save(self, key: WorkspaceKey, changed: Commitment, change: Change, also: Also = nothing) -> bool:
        """Save what a deed made of a commitment. False when somebody was quicker: read it again and decide anew."""
        try:
            with self._database.write() as connection:
                self.saving(key, changed, change)(connection)
                also(connection)
        except Quicker:
            return False
        return True

    def saving(self, key: WorkspaceKey, changed: Commitment, change: Change) -> Also:
        """The same within the transaction of another fact. Raises Quicker, which undoes that."""
        seen = and_(_named(key, changed.id), COMMITMENTS.c.version == changed.version - 1)
        values = {name: value for name, value in vars(changed).items() if name != "id"}

        def save(connection: Connection) -> None:
            if connection.execute(update(COMMITMENTS).where(seen).values(**values)).rowcount != 1:
                raise Quicker
            connection.execute(insert(CHANGES), _change_row(key, changed, change))

        return save

    def get(self, key: WorkspaceKey, commitment_id: str) -> Commitment | None:
        with self._database.read() as connection:
            row = connection.execute(select(COMMITMENTS).where(_named(key, commitment_id))).mappings().first()
        return _commitment(row) if row else None

    def some(self, key: WorkspaceKey, commitment_ids: Collection[str]) -> dict[str, Commitment]:
        """Those of the ids that there are, by id."""
        query = select(COMMITMENTS).where(of_workspace(COMMITMENTS, key), COMMITMENTS.c.id.in_(list(commitment_ids)))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return {row["id"]: _commitment(row) for row in rows}

    def changes(self, key: WorkspaceKey, commitment_id: str) -> list[Change]:
        """All that was done to it, the first first."""
        query = select(CHANGES).where(of_workspace(CHANGES, key), CHANGES.c.commitment_id == commitment_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(CHANGES.c.number)).mappings().all()
        return [_change(row) for row in rows]

    def changes_in(
        self, key: WorkspaceKey, channel_id: str, deeds: Collection[Deed], since: datetime
    ) -> list[tuple[str, Change]]:
        """What of this was done since a moment about the commitments of a channel, with their ids, the first first."""
        query = (
            select(CHANGES)
            .join(COMMITMENTS, and_(of_workspace(COMMITMENTS, key), COMMITMENTS.c.id == CHANGES.c.commitment_id))
            .where(of_workspace(CHANGES, key), COMMITMENTS.c.channel_id == channel_id)
            .where(CHANGES.c.deed.in_(sorted(deeds)), CHANGES.c.at > since)
            .order_by(CHANGES.c.at, CHANGES.c.commitment_id, CHANGES.c.number)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [(row["commitment_id"], _change(row)) for row in rows]

    def live_of(self, key: WorkspaceKey, owner: str) -> list[Commitment]:
        """All that somebody may have to be reminded of, the first to be due first."""
        with self._database.read() as connection:
            rows = connection.execute(LIVE_OF, {**given_workspace(key), "given_owner": owner}).mappings().all()
        return [_commitment(row) for row in rows]

    def of_round(self, key: WorkspaceKey, channel_id: str, round_id: str) -> list[Commitment]:
        """All that a readiness round in this channel has led to, the first to be due first."""
        found = and_(COMMITMENTS.c.channel_id == channel_id, COMMITMENTS.c.round_id == round_id)
        query = select(COMMITMENTS).where(of_workspace(COMMITMENTS, key), found)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(COMMITMENTS.c.due, COMMITMENTS.c.id)).mappings().all()
        return [_commitment(row) for row in rows]

    def workspaces_of(self, owner: str) -> list[WorkspaceKey]:
        """Of all workspaces, those in which somebody owns something that is live."""
        columns = (COMMITMENTS.c.enterprise_id, COMMITMENTS.c.team_id)
        query = select(*columns).where(COMMITMENTS.c.owner == owner, IS_LIVE).distinct().order_by(*columns)
        with self._database.read() as connection:
            return [WorkspaceKey(*row) for row in connection.execute(query)]

    def owners_without(self, kind: str) -> list[tuple[WorkspaceKey, str]]:
        """The owners of what is live, in all workspaces, about whom no action of that kind is planned."""
        same = [DUE_ACTIONS.c[name] == COMMITMENTS.c[name] for name in ("enterprise_id", "team_id")]
        planned = and_(
            *same,
            DUE_ACTIONS.c.kind == kind,
            DUE_ACTIONS.c.subject == COMMITMENTS.c.owner,
            DUE_ACTIONS.c.state == PLANNED,
        )
        columns = (COMMITMENTS.c.enterprise_id, COMMITMENTS.c.team_id, COMMITMENTS.c.owner)
        query = select(*columns).where(IS_LIVE, ~exists().where(planned)).distinct()
        with self._database.read() as connection:
            return [(WorkspaceKey(*row[:2]), row[2]) for row in connection.execute(query)]

    def due_between(
        self, key: WorkspaceKey, channel_id: str, since: datetime, until: datetime
    ) -> tuple[Commitment, ...]:
        """All of a channel that were, or are, due from one moment on and before another, the first first."""
        in_time = and_(COMMITMENTS.c.due >= since, COMMITMENTS.c.due < until)
        query = select(COMMITMENTS).where(
            of_workspace(COMMITMENTS, key), COMMITMENTS.c.channel_id == channel_id, in_time
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(COMMITMENTS.c.due, COMMITMENTS.c.id)).mappings().all()
        return tuple(_commitment(row) for row in rows)

    def find(self, key: WorkspaceKey, wanted: Wanted, now: datetime, page: int = 1, size: int = PAGE_SIZE) -> Page:
        """A page of what is wanted; the last one where there are not so many."""
        found = and_(of_workspace(COMMITMENTS, key), *_conditions(wanted, now))
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(COMMITMENTS).where(found)).scalar_one()
            pages = max(1, -(-total // size))
            number = min(max(page, 1), pages)
            query = select(COMMITMENTS).where(found).order_by(*IN_ORDER).limit(size).offset((number - 1) * size)
            rows = connection.execute(query).mappings().all()
        return Page(tuple(map(_commitment, rows)), number, pages, total)


def _conditions(wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    column = COMMITMENTS.c
    if wanted.mine:
        yield or_(column.owner == wanted.mine, and_(column.previous_owner == wanted.mine, IS_LIVE))
    for name in ("assigner", "channel_id", "series_id"):
        if value := getattr(wanted, name):
            yield column[name] == value
    if wanted.needs_help:
        yield column.needs_help_since.is_not(None)
    if wanted.due_before is not None:
        yield column.due < wanted.due_before
    if wanted.ended_since is not None:
        yield column.ended_at >= wanted.ended_since
    if wanted.which is not Which.ALL:
        yield _which(wanted.which, now)


def _which(which: Which, now: datetime) -> ColumnElement[bool]:
    conditions = {
        Which.OPEN: IS_LIVE,
        Which.OVERDUE: and_(IS_LIVE, COMMITMENTS.c.due < now),
        Which.DONE: COMMITMENTS.c.state == State.DONE,
        Which.ENDED: IS_ENDED,
    }
    return conditions[which]


def _named(key: WorkspaceKey, commitment_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(COMMITMENTS, key), COMMITMENTS.c.id == commitment_id)


def _change_row(key: WorkspaceKey, of: Commitment, change: Change) -> dict[str, Any]:
    return {**workspace_values(key), "commitment_id": of.id, "number": of.version, **vars(change)}


def _commitment(row: RowMapping) -> Commitment:
    fields = {name: row[name] for name in Commitment.__dataclass_fields__}
    return Commitment(**{**fields, "state": State(row["state"])})


def _change(row: RowMapping) -> Change:
    fields = {name: row[name] for name in Change.__dataclass_fields__}
    return Change(**{**fields, "deed": Deed(row["deed"]), "state": State(row["state"])})
