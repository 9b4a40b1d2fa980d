"""What a series of sessions has to happen later, as changes to the schedule, and what is left to do when it is late.

The next few sessions are planned each time anything happens in a series: what is planned already stays as it is, so
that no single failure breaks the chain. After downtime people get one message a series. An agenda gives way to the
opening when the session has begun, and both to the next session when it is over.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.accountability.calendar.recurrence import LONGEST, Occurrence, Series, occurrence_on, occurrences
from bot.accountability.calendar.wall import START_OF_WORK, moment_of
from bot.accountability.later import DRAW_SESSIONS, look
from bot.accountability.sessions.items import Topic
from bot.accountability.sessions.session import AMENDS, Session, SessionSeries, State, skip
from bot.scheduler.actions import Action, Changes
from bot.workdays import Workdays

POST_AGENDA = "post_agenda"  # subject: the series; occurrence: the session
OPEN = "open_session"  # the same
CLOSE = "close_session"  # subject: the one session
LIST_TOPIC = "list_topic"  # subject: the one session; occurrence: a topic that is for its list

AHEAD = 3  # sessions that are planned
UNDER_WAY = 5  # of a series at once, at most: more than one only where some were moved
LATE_AGENDA = timedelta(hours=1)  # from then on it says that it is late
LATE = timedelta(minutes=10)
AT_MOST = 60  # sessions that may have been missed
LONGEST_SESSION = timedelta(minutes=LONGEST)


class Turn(StrEnum):
    """What to do when an action's time has come."""

    IN_TIME = "in_time"
    LATE = "late"  # do it and say so
    LEAVE = "leave"


def coming(times: Iterable[Series], after: datetime, limit: int = AHEAD) -> tuple[Occurrence, ...]:
    """The next occurrences of a series, whichever of its times they are by."""
    found = (one for stretch in times for one in occurrences(stretch, after, limit))
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.id))[:limit])


def named(times: Iterable[Series], occurrence: str) -> Occurrence | None:
    """The session of this name, where it is now. None where there is none, or it is skipped."""
    try:
        day = date.fromisoformat(occurrence)
    except ValueError:
        return None
    return next((one for one in (occurrence_on(stretch, day) for stretch in times) if one), None)


def holding(times: Iterable[Series], day: date) -> Series:
    """The times that hold on a day; before the first of them, those."""
    first, *later = times
    return next((one for one in reversed(later) if one.starts_on <= day), first)


def session_of(series: SessionSeries, occurrence: Occurrence) -> Session:
    return Session(series.id, occurrence.id, occurrence.starts_at, occurrence.ends_at)


def agenda_at(of: Occurrence, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """One working day before, in the morning of the series' zone."""
    day = of.starts_at.astimezone(zone).date()
    return moment_of(workdays.back(day, 1), START_OF_WORK, zone)


# What is planned


def on_start(series: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    """An agenda whose time has passed already is due at once, and not late."""
    return Changes(new=_planned(series, tuple(times), now, from_now=True))


def on_change(series: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    """After a session was skipped, moved or brought back, or the times changed. `times` are as they are now."""
    dropped = ((POST_AGENDA, series.id), (OPEN, series.id))
    return Changes(dropped=dropped, new=_planned(series, tuple(times), now, from_now=True))


def on_step(series: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    """After an agenda went out, or something had to be left."""
    return Changes(new=_planned(series, tuple(times), now))


def on_opening(session: Session, series: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    """`session` is as it was opened."""
    return Changes(new=(Action(CLOSE, session.id, closes_at(session)), *on_step(series, times, now).new))


def on_close(session: Session, channel_id: str, now: datetime, *, early: bool) -> Changes:
    """An early close has the summary posted now; one in time is what is being done. Either changes the next agenda.

    When slips can't be put right any more, the messages stop to offer it.
    """
    moved = (Action(CLOSE, session.id, now),) if early else ()
    return Changes(moved=moved, new=tuple(look(DRAW_SESSIONS, channel_id, at) for at in (now, now + AMENDS)))


def on_topic(topic: Topic, session: Session, channel_id: str, now: datetime) -> Changes:
    """It is on agendas by itself; an open session has to put it on its list."""
    listing = Action(LIST_TOPIC, session.id, now, topic.id)
    return Changes(new=(listing, look(DRAW_SESSIONS, channel_id, now)))


def on_end(series: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    """A session that is open is held to its end; what its list still lacks is posted."""
    begun = (one for one in _not_over(times, now) if one.starts_at <= now)
    opening = tuple(Action(OPEN, series.id, one.starts_at, one.id) for one in begun)
    return Changes(dropped=((POST_AGENDA, series.id), (OPEN, series.id)), new=opening)


def session_named(subject: str) -> tuple[str, str]:
    """The series and the occurrence of a session by its id."""
    series_id, _, occurrence = subject.partition("/")
    return series_id, occurrence


def retimed(sessions: Iterable[Session], new: Series, now: datetime) -> tuple[Session, ...]:
    """The sessions not over that other times are made for, by these times; those without one there are skipped.

    One that was skipped, and is not by the new times, is held after all.
    """
    known = {one.id: one for one in occurrences(new, now, AT_MOST)}
    replaced = (one for one in sessions if one.occurrence >= new.starts_on.isoformat())
    found = (_retimed(one, known.get(one.occurrence)) for one in replaced)
    return tuple(one for one in found if one is not None)


# What is left to do when its time has come


def agenda_turn(session: Session, times: Iterable[Series], due_at: datetime, now: datetime) -> Turn:
    """A late one is for the session that comes first, or is under way: that of any other is shown when it opens."""
    if session.state is not State.PLANNED or now >= session.starts_at:
        return Turn.LEAVE
    if now - due_at <= LATE_AGENDA:
        return Turn.IN_TIME
    first = next(iter(_not_over(times, now)), None)
    return Turn.LATE if first is not None and first.id == session.occurrence else Turn.LEAVE


def opening_turn(session: Session, now: datetime) -> Turn:
    if not session.is_to_come or now >= session.ends_at:
        return Turn.LEAVE
    return Turn.LATE if _is_late(session, now) else Turn.IN_TIME


def summary_turn(session: Session, next_agenda_at: datetime | None, due_at: datetime, now: datetime) -> Turn:
    """LEAVE is: keep it, and show it in the thread alone, because the next agenda is due as well and tells the rest.

    One that is closed already has its summary told, or the rest of it.
    """
    if session.state not in {State.OPEN, State.CLOSED}:
        return Turn.LEAVE
    if now - due_at <= LATE:
        return Turn.IN_TIME
    return Turn.LEAVE if next_agenda_at is not None and next_agenda_at <= now else Turn.LATE


def next_agenda_at(series: SessionSeries, times: Iterable[Series], session: Session, now: datetime) -> datetime | None:
    """When the agenda of the session that comes next, or is under way, is due; None when none comes."""
    times = tuple(times)
    zones = {stretch.id: stretch.zone for stretch in times}
    following = next((one for one in _not_over(times, now) if one.id != session.occurrence), None)
    if following is None or not series.is_running:
        return None
    return agenda_at(following, zones[following.series_id], Workdays(series.country))


def missed(times: Iterable[Series], sessions: Iterable[Session], since: datetime, now: datetime) -> tuple[str, ...]:
    """The sessions after a moment that passed without being opened, skipped ones left out."""
    known = {one.occurrence: one for one in sessions}
    passed = (one.id for one in coming(times, since, AT_MOST) if one.ends_at <= now)
    return tuple(name for name in passed if name not in known or known[name].was_missed(now))


def _planned(
    series: SessionSeries, times: tuple[Series, ...], now: datetime, *, from_now: bool = False
) -> tuple[Action, ...]:
    """The agendas and openings of the next sessions, one that is under way included."""
    zones = {stretch.id: stretch.zone for stretch in times}
    workdays, actions = Workdays(series.country), []
    for one in _not_over(times, now)[:AHEAD]:
        at = agenda_at(one, zones[one.series_id], workdays)
        agenda = Action(POST_AGENDA, series.id, max(at, now) if from_now else at, one.id)
        actions += [agenda, Action(OPEN, series.id, one.starts_at, one.id)]
    return tuple(actions)


def _not_over(times: Iterable[Series], now: datetime) -> tuple[Occurrence, ...]:
    """What is under way and what comes next."""
    found = coming(times, now - LONGEST_SESSION, AHEAD + UNDER_WAY)
    return tuple(one for one in found if one.ends_at > now)


def opened_late(session: Session) -> bool:
    return session.opened_at is not None and _is_late(session, session.opened_at)


def closes_at(session: Session) -> datetime:
    """When it ends by itself; one that opened late takes as long as it was to."""
    if session.opened_at is None or not opened_late(session):
        return session.ends_at
    return session.opened_at + (session.ends_at - session.starts_at)


def closed_late(session: Session) -> bool:
    return session.closed_at is not None and session.closed_at - closes_at(session) > LATE


def _is_late(session: Session, now: datetime) -> bool:
    return now - session.starts_at > LATE


def _retimed(session: Session, by: Occurrence | None) -> Session | None:
    """None for one that other times don't change."""
    if session.is_to_come:
        return skip(session) if by is None else replace(session, starts_at=by.starts_at, ends_at=by.ends_at)
    if session.state is State.SKIPPED and by is not None:
        return replace(session, state=State.PLANNED, starts_at=by.starts_at, ends_at=by.ends_at)
    return None
