"""What came of a session: what was kept, missed, renegotiated and not reached, and what was newly promised."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.sessions.agenda import done_between, item_of
from bot.accountability.sessions.items import Entry, Item, Kind, Status
from bot.accountability.sessions.session import Session


@dataclass(frozen=True)
class Summary:
    """Each item is in one of these only. What is `not_reached` comes up again, and so does what was `missed`."""

    session: Session
    kept: tuple[Item, ...]
    missed: tuple[Item, ...]
    renegotiated: tuple[Item, ...]
    discussed: tuple[Item, ...]
    not_reached: tuple[Item, ...]
    new: tuple[Commitment, ...]
    is_late: bool = False


def summary(
    session: Session,
    entries: Iterable[Entry],
    commitments: Iterable[Commitment],
    now: datetime,
    *,
    since: datetime,
    new_dates: Collection[str] = (),
    is_late: bool = False,
) -> Summary:
    """`since` is when the last session closed; `new_dates` are the commitments that have got another date since.

    What was done, or got another date, between two sessions counts like what was ticked off in this one.
    """
    known = {one.id: one for one in commitments}
    listed = {entry.item.id: (entry.item, _came_out(entry, known, new_dates)) for entry in entries}
    between = [(item_of(one), Status.KEPT) for one in done_between(known.values(), since, now)]
    between += [(item_of(one), Status.RENEGOTIATED) for one in known.values() if one.id in new_dates and one.is_live]
    all_of_it = {item.id: (item, status) for item, status in between} | listed
    sections: dict[Status, list[Item]] = {status: [] for status in Status}
    for item, status in all_of_it.values():
        sections[status].append(item)
    return Summary(
        session,
        kept=tuple(sections[Status.KEPT]),
        missed=tuple(sections[Status.MISSED]),
        renegotiated=tuple(sections[Status.RENEGOTIATED]),
        discussed=tuple(sections[Status.DISCUSSED]),
        not_reached=tuple(sections[Status.NOT_REACHED]),
        new=_new(known.values(), since, now),
        is_late=is_late,
    )


def _came_out(entry: Entry, commitments: dict[str, Commitment], new_dates: Collection[str]) -> Status:
    """What nobody ticked off was not reached, unless its commitment tells otherwise."""
    if entry.status not in {Status.WAITING, Status.NOT_REACHED}:
        return entry.status
    of = commitments.get(entry.item.ref) if entry.item.kind is Kind.COMMITMENT else None
    if of is not None and of.state is State.DONE:
        return Status.KEPT
    return Status.RENEGOTIATED if of is not None and of.id in new_dates else Status.NOT_REACHED


def _new(commitments: Iterable[Commitment], since: datetime, now: datetime) -> tuple[Commitment, ...]:
    """What was promised since, also when it is done already; what was dropped again is left out."""
    made = (one for one in commitments if since < one.made_at <= now and one.state is not State.DROPPED)
    return tuple(sorted(made, key=lambda one: (one.made_at, one.id)))
