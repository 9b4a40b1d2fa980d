"""Remembers what is due: the table, planning within the transaction of a fact, and claiming under a lease."""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
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
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.keys import WorkspaceKey
from bot.scheduler.actions import LENGTHS, Action, Changes, Due, Failure, Waiting
from bot.storage.columns import (
    given_workspace,
    in_given_workspace,
    of_workspace,
    workspace_columns,
    workspace_values,
)
from bot.storage.database import Database, UtcDateTime, metadata

PLANNED, DONE, FAILED = "planned", "done", "failed"
LONGEST_REASON = 200

DUE_ACTIONS = Table(
    "due_actions",
    metadata,
    *workspace_columns(),
    Column("kind", String(LENGTHS["kind"]), primary_key=True),
    Column("subject", String(LENGTHS["subject"]), primary_key=True),
    Column("occurrence", String(LENGTHS["occurrence"]), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("next_at", UtcDateTime, nullable=False),  # may be claimed from then: due, paused long enough, lease over
    Column("lease", String(32)),  # names the claim that it is done under
    Column("tries", Integer, nullable=False),  # how often doing it was begun
    Column("ended_at", UtcDateTime),  # done or given up
    Column("turn", UtcDateTime),  # kept for it where it had to queue
    Column("sends", Integer, nullable=False, server_default="0"),  # how often sending its message was begun
    Column("reason", String(LONGEST_REASON), nullable=False, server_default=""),  # why it was given up
    Index("due_actions_next", "state", "next_at"),
    Index("due_actions_ended", "ended_at"),
)


# The statements of every action, built once: building them anew took longer than running them.
IS_PLANNED = and_(DUE_ACTIONS.c.state == PLANNED, DUE_ACTIONS.c.kind.in_(bindparam("kinds", expanding=True)))
IS_NOT_HELD = or_(DUE_ACTIONS.c.lease.is_(None), DUE_ACTIONS.c.lease.not_in(bindparam("held", expanding=True)))
IS_FREE = and_(IS_PLANNED, DUE_ACTIONS.c.next_at <= bindparam("now"), IS_NOT_HELD)
IS_NAMED = and_(
    in_given_workspace(DUE_ACTIONS), *(DUE_ACTIONS.c[part] == bindparam(f"given_{part}") for part in LENGTHS)
)
IS_DUE = select(exists().where(IS_FREE))
FREE = select(DUE_ACTIONS).where(IS_FREE).order_by(DUE_ACTIONS.c.next_at).limit(bindparam("at_most"))
CLAIMABLE = FREE.with_for_update(skip_locked=True)
NEXT_DUE = select(func.min(DUE_ACTIONS.c.next_at)).where(IS_PLANNED, DUE_ACTIONS.c.lease.is_(None))
TAKE = update(DUE_ACTIONS).where(IS_NAMED)
OURS = update(DUE_ACTIONS).where(IS_NAMED, DUE_ACTIONS.c.lease == bindparam("given_lease"))
PLAN = {
    name: insert(DUE_ACTIONS).on_conflict_do_nothing().returning(DUE_ACTIONS.c.kind)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


# Planning: these take the connection of the transaction that writes the fact, so that both are there or neither is.


def schedule(connection: Connection, key: WorkspaceKey, action: Action) -> bool:
    """Plan an action. False when one of that name is planned, done or given up already: it stays as it is."""
    row = {**workspace_values(key), **_names(action), **_planned_for(action.due_at)}
    return connection.execute(PLAN[connection.dialect.name], row).first() is not None


def move(connection: Connection, key: WorkspaceKey, action: Action) -> bool:
    """Set another time for an action that is not done, given up or not. False when there is none.

    A run of it that is under way no longer counts as its last.
    """
    moved = update(DUE_ACTIONS).where(_named(key, action), DUE_ACTIONS.c.state != DONE)
    return connection.execute(moved.values(**_planned_for(action.due_at))).rowcount == 1


def cancel(connection: Connection, key: WorkspaceKey, kind: str, subject: str, occurrence: str | None = None) -> int:
    """Forget an action that is not done; without an occurrence, all of them. Returns how many they were.

    One that is being done meanwhile is not stopped, but has no next occurrence.
    """
    own = [of_workspace(DUE_ACTIONS, key), DUE_ACTIONS.c.kind == kind, DUE_ACTIONS.c.subject == subject]
    if occurrence is not None:
        own.append(DUE_ACTIONS.c.occurrence == occurrence)
    unfinished = and_(*own, DUE_ACTIONS.c.state != DONE)
    # Waits for whoever marks one as done at this moment; the deletion, a statement later, then sees the next one.
    connection.execute(select(DUE_ACTIONS.c.kind).where(unfinished).with_for_update()).all()
    return connection.execute(delete(DUE_ACTIONS).where(unfinished)).rowcount


def saving(key: WorkspaceKey, changes: Changes) -> Callable[[Connection], None]:
    """What is to be done within the transaction of the fact that changes the schedule."""

    def save(connection: Connection) -> None:
        for action in changes.moved:
            move(connection, key, action)
        for kind, subject in changes.dropped:
            cancel(connection, key, kind, subject)
        for action in changes.new:
            schedule(connection, key, action)

    return save


class ScheduleStore:
    """What is due in all workspaces: one ticker does it for all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, key: WorkspaceKey, action: Action) -> bool:
        """Plan an action that no other fact is saved with. False as with `schedule`."""
        with self._database.write() as connection:
            return schedule(connection, key, action)

    def is_due(self, kinds: Collection[str], now: datetime, held: Collection[str] = ()) -> bool:
        """Is there anything to claim in all workspaces? Looking takes no lock."""
        with self._database.read() as connection:
            free = {"kinds": list(kinds), "now": now, "held": list(held)}
            return bool(connection.execute(IS_DUE, free).scalar())

    def claim(
        self, leases: Mapping[str, timedelta], now: datetime, at_most: int, held: Collection[str] = ()
    ) -> list[tuple[WorkspaceKey, Due]]:
        """Take what is due in all workspaces, what could be done first at first, each for as long as its kind's lease.

        What is under one of the leases `held` is left alone even when they have ended: the caller is at it still.
        """
        free = {"kinds": list(leases), "now": now, "held": list(held), "at_most": at_most}
        with self._database.write() as connection:
            rows = connection.execute(CLAIMABLE, free).mappings().all()
            found = [(_key(row), _claimed(row, now)) for row in rows]
            if found:
                connection.execute(TAKE, [_taken(key, due, leases[due.action.kind]) for key, due in found])
        return found

    def done(self, key: WorkspaceKey, due: Due, now: datetime, following: Action | None = None) -> bool:
        """Mark an action as done and plan the next occurrence, if there is one.

        False, and nothing planned, when the lease is another's by now or the action was moved or cancelled.
        """
        with self._database.write() as connection:
            is_ours = _end(connection, key, due, state=DONE, ended_at=now)
            if is_ours and following is not None:
                schedule(connection, key, following)
        return is_ours

    def sending(self, key: WorkspaceKey, due: Due) -> bool:
        """Note that its message is sent now: only from here on may a try that ends have taken effect.

        False when the lease is another's by now, and so is the message.
        """
        with self._database.write() as connection:
            return _note(connection, key, due, sends=due.sends + 1)

    def put_off(self, key: WorkspaceKey, due: Due, until: datetime, *, tried: bool = True) -> bool:
        """Let go of an action that failed, to be tried again. False as with `done`.

        One that was not even `tried` counts as if it had not been begun.
        """
        counts = {} if tried else _not_begun(due)
        with self._database.write() as connection:
            return _end(connection, key, due, next_at=until, turn=None, **counts)

    def forget(self, key: WorkspaceKey, due: Due) -> bool:
        """Drop an action that came to nothing: one of its name may be planned again. False as with `done`."""
        ours = delete(DUE_ACTIONS).where(_named(key, due.action), DUE_ACTIONS.c.lease == due.lease)
        with self._database.write() as connection:
            return connection.execute(ours).rowcount == 1

    def queue(self, key: WorkspaceKey, due: Due, turn: datetime) -> bool:
        """Let go of an action until its turn, as if it had not been begun. False as with `done`."""
        with self._database.write() as connection:
            return _end(connection, key, due, next_at=turn, turn=turn, **_not_begun(due))

    def give_up(self, key: WorkspaceKey, due: Due, now: datetime, reason: str = "") -> bool:
        """Mark an action as failed for good, until somebody moves it. False as with `done`."""
        with self._database.write() as connection:
            return _end(connection, key, due, state=FAILED, ended_at=now, reason=reason[:LONGEST_REASON])

    def next_due(self, kinds: Collection[str]) -> datetime | None:
        """When something is to be done next in all workspaces; what is being done now doesn't count."""
        with self._database.read() as connection:
            return connection.execute(NEXT_DUE, {"kinds": list(kinds)}).scalar()

    def waiting(self, at_most: int) -> list[tuple[WorkspaceKey, Waiting]]:
        """What is planned or being done in all workspaces, the first to come first: for whoever runs the bot."""
        planned = select(DUE_ACTIONS).where(DUE_ACTIONS.c.state == PLANNED)
        with self._database.read() as connection:
            rows = connection.execute(planned.order_by(DUE_ACTIONS.c.next_at).limit(at_most)).mappings().all()
        return [
            (_key(row), Waiting(_action(row), row["next_at"], row["tries"], row["lease"] is not None)) for row in rows
        ]

    def overdue(self, now: datetime) -> int:
        """How many actions of all workspaces could have been begun before now."""
        free = and_(DUE_ACTIONS.c.state == PLANNED, DUE_ACTIONS.c.next_at < now)
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(DUE_ACTIONS).where(free)).scalar_one()

    def failures(self) -> list[tuple[WorkspaceKey, Failure]]:
        """What was given up in all workspaces, the oldest first: for whoever runs the bot."""
        query = select(DUE_ACTIONS).where(DUE_ACTIONS.c.state == FAILED).order_by(DUE_ACTIONS.c.ended_at)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [(_key(row), Failure(_action(row), row["tries"], row["ended_at"], row["reason"])) for row in rows]

    def clean(self, before: datetime) -> int:
        """Forget what was done or given up before that time, in all workspaces."""
        with self._database.write() as connection:
            return connection.execute(delete(DUE_ACTIONS).where(DUE_ACTIONS.c.ended_at < before)).rowcount


def _named(key: WorkspaceKey, action: Action) -> ColumnElement[bool]:
    return and_(of_workspace(DUE_ACTIONS, key), *(DUE_ACTIONS.c[part] == text for part, text in _names(action).items()))


def _names(action: Action) -> dict[str, str]:
    return dict(zip(LENGTHS, action.name, strict=True))


def _planned_for(due_at: datetime) -> dict[str, Any]:
    begun = {"lease": None, "tries": 0, "ended_at": None, "turn": None, "sends": 0, "reason": ""}
    return {"due_at": due_at, "state": PLANNED, "next_at": due_at, **begun}


def _claimed(row: RowMapping, now: datetime) -> Due:
    return Due(_action(row), secrets.token_hex(8), now, row["tries"] + 1, row["turn"], row["sends"])


def _taken(key: WorkspaceKey, due: Due, lease: timedelta) -> dict[str, Any]:
    return {**_given(key, due), "lease": due.lease, "next_at": due.claimed_at + lease, "tries": due.tries}


def _given(key: WorkspaceKey, due: Due) -> dict[str, str]:
    return {**given_workspace(key), **{f"given_{part}": text for part, text in _names(due.action).items()}}


def _end(connection: Connection, key: WorkspaceKey, due: Due, **values: Any) -> bool:
    """Let go of an action, if the lease is ours still."""
    return _note(connection, key, due, lease=None, **values)


def _note(connection: Connection, key: WorkspaceKey, due: Due, **values: Any) -> bool:
    ours = {**_given(key, due), "given_lease": due.lease, **values}
    return connection.execute(OURS, ours).rowcount == 1


def _not_begun(due: Due) -> dict[str, int]:
    """As it was before it was claimed."""
    return {"tries": due.tries - 1, "sends": due.sends}


def _key(row: RowMapping) -> WorkspaceKey:
    return WorkspaceKey(row["enterprise_id"], row["team_id"])


def _action(row: RowMapping) -> Action:
    return Action(row["kind"], row["subject"], row["due_at"], row["occurrence"])
