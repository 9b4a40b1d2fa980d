"""What came of a session: what was kept, missed, renegotiated and not reached, and what was newly promised."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.accountability.commitments.commitment import Change, Commitment, Deed, State
from bot.accountability.sessions.agenda import done_between, item_of
from bot.accountability.sessions.items import Entry, Item, Kind, Status
from bot.accountability.sessions.session import Session

DATED = frozenset({Deed.NEW_DATE, Deed.ACCEPT_DATE})
TOLD_BY = {Deed.FINISH: Status.KEPT} | dict.fromkeys({*DATED, Deed.HAND_OVER, Deed.DROP}, Status.RENEGOTIATED)


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

    What was done, or got another date, between two sessions counts like what was ticked off in this one; what was done
    later than `now` is for the next.
    """
    known = {one.id: one for one in commitments}
    listed = {entry.item.id: (entry.item, came_out(entry, known, new_dates, now)) for entry in entries}
    between = [(item_of(one), Status.KEPT) for one in done_between(known.values(), since, now)]
    between += [
        (item_of(one), Status.RENEGOTIATED)
        for one in known.values()
        if one.id in new_dates and not _has_ended(one, now)
    ]
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


def came_out(entry: Entry, commitments: Mapping[str, Commitment], new_dates: Collection[str], now: datetime) -> Status:
    """What nobody ticked off was not reached, unless its commitment told otherwise by then."""
    if entry.status not in {Status.WAITING, Status.NOT_REACHED}:
        return entry.status
    of = commitments.get(entry.item.ref) if entry.item.kind is Kind.COMMITMENT else None
    if of is not None and of.state is State.DONE and _has_ended(of, now):
        return Status.KEPT
    return Status.RENEGOTIATED if of is not None and of.id in new_dates else Status.NOT_REACHED


def told_by_deeds(entry: Entry, session: Session, changes: Iterable[Change]) -> Entry:
    """The entry by what was done about its commitment since the session began, or since it was ticked by hand."""
    since = entry.at if entry.by else session.opened_at
    for change in changes:
        status = TOLD_BY.get(change.deed)
        if status is not None and since is not None and change.at > since:
            entry = replace(entry, status=status, by=change.by, at=change.at)
    return entry


def _new(commitments: Iterable[Commitment], since: datetime, now: datetime) -> tuple[Commitment, ...]:
    """What was promised since, also when it is done already; what was dropped again by then is left out."""
    made = (one for one in commitments if since < one.made_at <= now and not _was_dropped(one, now))
    return tuple(sorted(made, key=lambda one: (one.made_at, one.id)))


def _was_dropped(of: Commitment, now: datetime) -> bool:
    return of.state is State.DROPPED and _has_ended(of, now)


def _has_ended(of: Commitment, now: datetime) -> bool:
    """Had it by then? What has ended since was live still."""
    return not of.is_live and (of.ended_at is None or of.ended_at <= now)
