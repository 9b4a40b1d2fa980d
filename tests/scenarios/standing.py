"""Commitments and series that stand in the database already, for scenes about what becomes of them."""

from __future__ import annotations

from datetime import time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability import later
from bot.accountability.calendar.recurrence import Series
from bot.accountability.calendar.rules import Rule
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Change, Commitment, State
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.keys import WorkspaceKey
from bot.scheduler.store import saving
from bot.workspace.records import Channel, Person
from tests.scenarios.stage import Stage

_numbers = count(1)


def key_of(stage: Stage) -> WorkspaceKey:
    return WorkspaceKey("", stage.workspace.team.id)


def promise(
    stage: Stage, owner: Person, room: Channel, what: str = "Publish the customer math", days: float = 7, **fields: Any
) -> Commitment:
    """Something that is due in so many days, open; `assigner` is the owner if nothing else is said."""
    now, store = stage.clock(), CommitmentStore(stage.bots[-1].database)
    wanted = Commitment(
        id=f"promise{next(_numbers)}",
        what=what,
        owner=owner.id,
        assigner=fields.pop("assigner", owner.id),
        channel_id=room.id,
        due=now + timedelta(days=days),
        zone="Europe/Berlin",
        state=State.OPEN,
        made_at=now,
        changed_at=now,
        **fields,
    )
    change = Change(now, wanted.assigner, deeds.Deed.MAKE, wanted.state, wanted.due, wanted.owner)
    assert store.add(key_of(stage), wanted, change, also=saving(key_of(stage), later.on_change(wanted, now)))
    return wanted


def done_to(stage: Stage, step: deeds.Step) -> Commitment:
    """Saves what a deed made of a commitment, as its use cases do."""
    of, change = step
    also = saving(key_of(stage), later.on_change(of, change.at))
    assert CommitmentStore(stage.bots[-1].database).save(key_of(stage), of, change, also=also)
    stage.bots[-1].ticker.wake()
    return of


def now_is(stage: Stage, of: Commitment) -> Commitment:
    found = CommitmentStore(stage.bots[-1].database).get(key_of(stage), of.id)
    assert found is not None
    return found


def series(stage: Stage, room: Channel, host: Person, **fields: Any) -> SessionSeries:
    """Sessions on each Tuesday; nothing is planned for them."""
    now, number = stage.clock(), next(_numbers)
    of = SessionSeries(f"series{number}", room.id, "Customer session", host.id, fields.pop("made_by", host.id), now)
    of = SessionSeries(**{**vars(of), **fields})
    times = Series(of.id, now.date(), time(10), 45, ZoneInfo("Europe/Berlin"), Rule("FREQ=WEEKLY;BYDAY=TU"))
    assert SeriesStore(stage.bots[-1].database).add(key_of(stage), of, times)
    return of
