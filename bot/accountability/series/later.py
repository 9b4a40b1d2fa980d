"""What a series has people told of, as changes to the schedule, beside what its sessions plan themselves.

A message says how things stand when it goes out: one whose reason is gone by then is left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.accountability.calendar.recurrence import Series, move, restore, skip
from bot.accountability.calendar.wall import moment_of
from bot.accountability.later import AIR_COVER, DRAW_SESSIONS, look
from bot.accountability.rhythm import later as digests
from bot.accountability.sessions import later
from bot.accountability.sessions.session import Session, SessionSeries, State
from bot.scheduler.actions import Action, Changes

ASK_SPONSOR = "ask_sponsor"  # subject: the series; occurrence: who is asked, and by which change of it
TELL_LEADER = "tell_leader"  # the same for whoever leads it from now on
ANNOUNCE = "announce_series"  # subject: the series; occurrence: see News


class Event(StrEnum):
    """What the channel of a series is told."""

    STARTED = "started"
    SKIPPED = "skipped"
    MOVED = "moved"
    MOVED_BACK = "own_time"  # to when it was first meant to be
    BROUGHT_BACK = "back"
    RETIMED = "times"
    ENDED = "ended"


@dataclass(frozen=True)
class News:
    """What is announced, of which session if it is about one, and when it came about."""

    event: Event
    occurrence: str
    at: datetime

    @property
    def name(self) -> str:
        return f"{self.event}/{self.occurrence}/{int(self.at.timestamp() * 1000)}"

    @classmethod
    def named(cls, name: str, at: datetime) -> "News":
        event, occurrence, _ = name.split("/")
        return cls(Event(event), occurrence, at)


def person_named(occurrence: str) -> str:
    """Who is asked or told."""
    return occurrence.rpartition("/")[0]


def on_set_up(new: SessionSeries, times: Series, now: datetime) -> Changes:
    """The first agenda and openings, and who is to hear of it beside whoever sets it up."""
    return _together(
        later.on_start(new, [times], now),
        _announced(new, Event.STARTED, now),
        on_new_people(new, ("", ""), now, new.made_by),
    )


def on_new_people(of: SessionSeries, before: tuple[str, str], now: datetime, by: str) -> Changes:
    """`before` are who led and who sponsored it. Whoever names themselves knows it."""
    new = []
    if of.facilitator not in {before[0], by}:
        new.append(Action(TELL_LEADER, of.id, now, f"{of.facilitator}/{of.version}"))
    if of.sponsor not in {"", before[1]} and not of.sponsor_agreed:
        new.append(Action(ASK_SPONSOR, of.id, now, f"{of.sponsor}/{of.version}"))
    if of.sponsor != before[1]:
        new.append(look(AIR_COVER, of.channel_id, now))
    return Changes(new=(*new, look(DRAW_SESSIONS, of.channel_id, now), *digests.on_series(of, now).new))


def on_answer(of: SessionSeries, now: datetime) -> Changes:
    """After the sponsor agreed, or took it back."""
    looks = (look(AIR_COVER, of.channel_id, now), look(DRAW_SESSIONS, of.channel_id, now))
    return Changes(new=(*looks, *digests.on_series(of, now).new))


def on_changed_session(
    of: SessionSeries, times: Iterable[Series], session: Session, event: Event, now: datetime
) -> Changes:
    """After one was skipped, moved or brought back; `times` are as they were."""
    return _together(
        later.on_change(of, as_changed(times, session), now), _announced(of, event, now, session.occurrence)
    )


def as_changed(times: Iterable[Series], session: Session) -> tuple[Series, ...]:
    """The times of a series once this session of it is saved."""
    times, day = tuple(times), date.fromisoformat(session.occurrence)
    holder = later.holding(times, day)
    changed = _changed(holder, day, session)
    return tuple(changed if one is holder else one for one in times)


def _changed(times: Series, day: date, session: Session) -> Series:
    if session.state is State.SKIPPED:
        return skip(times, day)
    is_regular = session.starts_at == moment_of(day, times.at, times.zone)
    return restore(times, day) if is_regular else move(times, day, session.starts_at)


def on_new_times(of: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    return _together(later.on_change(of, times, now), _announced(of, Event.RETIMED, now))


def on_end(of: SessionSeries, times: Iterable[Series], now: datetime) -> Changes:
    air_cover = Changes(new=(look(AIR_COVER, of.channel_id, now),))
    return _together(later.on_end(of, times, now), _announced(of, Event.ENDED, now), air_cover)


def _announced(of: SessionSeries, event: Event, now: datetime, occurrence: str = "") -> Changes:
    told = Action(ANNOUNCE, of.id, now, News(event, occurrence, now).name)
    return Changes(new=(told, look(DRAW_SESSIONS, of.channel_id, now)))


def _together(*changes: Changes) -> Changes:
    """What is dropped, by whichever of them, is dropped first."""
    return Changes(
        moved=tuple(action for one in changes for action in one.moved),
        dropped=tuple(name for one in changes for name in one.dropped),
        new=tuple(action for one in changes for action in one.new),
    )
