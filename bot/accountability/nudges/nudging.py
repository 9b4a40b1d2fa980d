"""When somebody is reminded of what they promised, and when not: never in their quiet hours, at most once a day.

Reminders are planned at 9:00 in the owner's zone: three working days before, on the day, the day after, then weekly.
One that falls where nobody may be written to waits for the next moment that is allowed; what comes to the same moment
is one reminder of a commitment, and one message for all of a person's. After three that nobody answered once it was
overdue the reminders stop, which the third one says, and it is for the next session to talk about. Whatever is done
about a commitment is an answer.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, takewhile

from bot.accountability.calendar.wall import moment_of
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges.people import Person, Volume

MORNING = time(9)
DAYS_AHEAD = 3  # working days
MOST_UNANSWERED = 3
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LATE = timedelta(hours=1)  # from then on a reminder says that it is late


class Occasion(StrEnum):
    """What of the plan a reminder is."""

    AHEAD = "ahead"
    DUE_DAY = "due_day"
    NEXT_DAY = "next_day"
    DAILY = "daily"
    WEEKLY = "weekly"
    SNOOZED = "snoozed"  # they asked for it then


class Move(StrEnum):
    """Why a reminder comes later than planned."""

    PAUSED = "paused"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    QUIET_HOURS = "quiet_hours"
    DAY_TAKEN = "day_taken"  # they had a message that day
    LATE = "late"  # we were


class Because(StrEnum):
    """Why somebody is reminded of a commitment at all."""

    PROMISED = "promised"
    ASKED = "asked"
    HANDED_OVER = "handed_over"


class Silence(StrEnum):
    """Why there is no reminder."""

    ENDED = "ended"  # done or dropped
    MUTED = "muted"
    GIVEN_UP = "given_up"  # too many without an answer: it is for the next session


@dataclass(frozen=True)
class Nudge:
    """A reminder of one commitment. `unanswered` is how many went out before it since it was overdue."""

    commitment: Commitment
    at: datetime
    occasion: Occasion
    planned: datetime
    moved: tuple[Move, ...] = ()
    unanswered: int = 0

    @property
    def because(self) -> Because:
        reasons = {State.PROPOSED: Because.ASKED, State.HANDED_OVER: Because.HANDED_OVER}
        return reasons.get(self.commitment.state, Because.PROMISED)

    @property
    def is_overdue(self) -> bool:
        return self.at > self.commitment.due

    @property
    def is_last(self) -> bool:
        """Does it say that no more follow, and that the next session talks about it?"""
        return self.is_overdue and self.unanswered + 1 >= MOST_UNANSWERED


@dataclass(frozen=True)
class Silent:
    """The decision to say nothing."""

    commitment: Commitment
    why: Silence


Decision = Nudge | Silent


@dataclass(frozen=True)
class Sent:
    """A reminder that went out, as it was decided. `due` is the date it named."""

    commitment_id: str
    user_id: str
    at: datetime
    occasion: Occasion
    planned: datetime
    due: datetime
    moved: tuple[Move, ...] = ()
    unanswered: int = 0

    def nudge(self, of: Commitment) -> Nudge:
        """The decision behind it."""
        then = replace(of, due=self.due)
        return Nudge(then, self.at, self.occasion, self.planned, self.moved, self.unanswered)


@dataclass(frozen=True)
class Case:
    """A commitment and the reminders of it that went out."""

    commitment: Commitment
    history: tuple[Sent, ...] = ()


@dataclass(frozen=True)
class Digest:
    """The one message of a day: all that somebody is to be reminded of then, the longest overdue first."""

    at: datetime
    day: date
    nudges: tuple[Nudge, ...]


@dataclass(frozen=True)
class Message:
    """The message of a person's day, and how far its posting has come.

    `tries` counts how often posting was begun, `unanswered` how often of these Slack did not answer; `sent_at` is empty
    until it is known to be there.
    """

    day: date
    tries: int
    begun_at: datetime
    ts: str = ""
    sent_at: datetime | None = None
    unanswered: int = 0

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None


@dataclass(frozen=True)
class Upcoming:
    """A message to come, if nothing is done about anything meanwhile."""

    digest: Digest
    clock_changed: bool  # since the message before it, or since now

    @property
    def has_holiday(self) -> bool:
        return any(Move.HOLIDAY in nudge.moved for nudge in self.digest.nudges)


# One commitment


def decide(case: Case, person: Person, now: datetime, taken: Collection[date] = ()) -> Decision:
    """What comes next of a commitment. `taken` are the days on which its owner had, or has, a message already."""
    of = case.commitment
    unanswered = _unanswered(case)
    if why := _silence(of, person, unanswered):
        return Silent(of, why)
    first = next(_open_slots(case, person))
    at = free_from(max(first.at, _resumes(person, now), now), person, taken)
    *_, last = takewhile(lambda one: one.at <= at, _open_slots(case, person))
    planned, moved = last.at, _moves(last.at, at, person, taken)
    if Move.LATE in _moves(first.at, at, person, taken):  # nobody was there when the first of those was due
        planned, moved = first.at, tuple(dict.fromkeys([*moved, Move.LATE]))
    return Nudge(of, at, last.occasion, planned, moved, unanswered)


# One person


def next_message(cases: Iterable[Case], person: Person, now: datetime, taken: Collection[date] = ()) -> Digest | None:
    """The next message to somebody; it is due when its time has come. None when there is nothing to remind them of."""
    known = tuple(cases)
    found = _nudges(known, person, now, taken)
    first = min((nudge.at for nudge in found), default=None)
    if first is None:
        return None
    if first > now:  # by then more may have come to the same moment
        found = _nudges(known, person, first, taken)
    return digest((nudge for nudge in found if nudge.at <= first), person)


def digest(nudges: Iterable[Nudge], person: Person) -> Digest:
    """Reminders that go out together, as the latest of them may."""
    ordered = tuple(sorted(nudges, key=lambda nudge: (nudge.commitment.due, nudge.commitment.id)))
    at = max(nudge.at for nudge in ordered)
    return Digest(at, person.day_of(at), ordered)


def sent(message: Digest, person: Person, at: datetime) -> tuple[Sent, ...]:
    """What is remembered of a message that went out at that time."""
    return tuple(
        Sent(of.id, person.id, at, nudge.occasion, nudge.planned, of.due, nudge.moved, nudge.unanswered)
        for nudge in message.nudges
        for of in (nudge.commitment,)
    )


def following(cases: Iterable[Case], message: Digest, person: Person, taken: Collection[date] = ()) -> Digest | None:
    """The message after this one, if nothing is done about anything meanwhile."""
    return next_message(_after(cases, message, person), person, message.at, {*taken, message.day})


def upcoming(
    cases: Sequence[Case], person: Person, now: datetime, limit: int = 12, taken: Collection[date] = ()
) -> tuple[Upcoming, ...]:
    """The next messages, if nothing is done about anything meanwhile."""
    found: list[Upcoming] = []
    known, days, last = tuple(cases), set(taken), now
    while len(found) < limit and (message := next_message(known, person, last, days)):
        found.append(Upcoming(message, _offset(last, person) != _offset(message.at, person)))
        known, last = _after(known, message, person), message.at
        days.add(message.day)
    return tuple(found)


def _nudges(cases: Iterable[Case], person: Person, now: datetime, taken: Collection[date]) -> list[Nudge]:
    decisions = (decide(case, person, now, taken) for case in cases)
    return [decision for decision in decisions if isinstance(decision, Nudge)]


def _after(cases: Iterable[Case], message: Digest, person: Person) -> tuple[Case, ...]:
    new = {one.commitment_id: one for one in sent(message, person, message.at)}
    return tuple(
        replace(case, history=(*case.history, new[case.commitment.id])) if case.commitment.id in new else case
        for case in cases
    )


def _offset(at: datetime, person: Person) -> timedelta | None:
    return at.astimezone(person.zone).utcoffset()


# When


@dataclass(frozen=True)
class _Slot:
    at: datetime
    occasion: Occasion


def _silence(of: Commitment, person: Person, unanswered: int) -> Silence | None:
    if not of.is_live:
        return Silence.ENDED
    if person.settings.muted:
        return Silence.MUTED
    return Silence.GIVEN_UP if unanswered >= MOST_UNANSWERED else None


def _unanswered(case: Case) -> int:
    return sum(one.at > case.commitment.due for one in _since_changed(case))


def _since_changed(case: Case) -> Iterator[Sent]:
    """The reminders to whoever owns it now, since something was last done about it."""
    of = case.commitment
    return (one for one in case.history if one.user_id == of.owner and one.at >= of.changed_at)


def _open_slots(case: Case, person: Person) -> Iterator[_Slot]:
    """What is planned after the last reminder or answer, in the order of time, without an end."""
    of = case.commitment
    since = max((one.at for one in _since_changed(case)), default=of.changed_at)
    if of.snoozed_until is not None and of.snoozed_until > since:
        yield _Slot(of.snoozed_until, Occasion.SNOOZED)
        since = of.snoozed_until
    yield from (slot for slot in _slots(of, person) if slot.at > since)


def _slots(of: Commitment, person: Person) -> Iterator[_Slot]:
    due_day, volume = person.day_of(of.due), person.settings.volume
    last_chance = _last_morning(of, person)
    if volume is not Volume.LIGHT:
        yield _slot(person.workdays.back(last_chance, DAYS_AHEAD), Occasion.AHEAD, person)
    yield _slot(last_chance, Occasion.DUE_DAY, person)
    first, pause = due_day + DAY, WEEK
    if volume is Volume.LIGHT:
        first = due_day + WEEK
    else:
        yield _slot(first, Occasion.NEXT_DAY, person)
        pause = DAY if volume is Volume.ACTIVE else WEEK
        first += pause
    again = Occasion.DAILY if pause == DAY else Occasion.WEEKLY
    yield from (_slot(first + number * pause, again, person) for number in count())


def _last_morning(of: Commitment, person: Person) -> date:
    """The day it is due or, where its morning would be too late or is no working day's, the working day before."""
    day = person.day_of(of.due)
    is_late = _slot(day, Occasion.DUE_DAY, person).at >= of.due
    return day if person.workdays.is_working(day) and not is_late else person.workdays.back(day, 1)


def _slot(day: date, occasion: Occasion, person: Person) -> _Slot:
    return _Slot(moment_of(day, MORNING, person.zone), occasion)


def _resumes(person: Person, now: datetime) -> datetime:
    return person.settings.paused_until or now


def free_from(begin: datetime, person: Person, taken: Collection[date]) -> datetime:
    """The first allowed moment from then on of a day on which they had no message."""
    allowed = person.allowed_from(begin)
    while (day := person.day_of(allowed)) in taken:
        midnight = moment_of(day + DAY, time(), person.zone)
        allowed = person.allowed_from(midnight)
    return allowed


def _moves(planned: datetime, at: datetime, person: Person, taken: Collection[date]) -> tuple[Move, ...]:
    """Why a reminder that was planned for one time comes at another."""
    moves, resumes = [], _resumes(person, planned)
    if planned < resumes <= at:
        moves.append(Move.PAUSED)
    begin = max(planned, min(resumes, at))
    allowed = person.allowed_from(begin)
    moves += _not_allowed(begin, allowed, person)
    if person.day_of(allowed) in taken:
        moves.append(Move.DAY_TAKEN)
    elif at - allowed > LATE:
        moves.append(Move.LATE)
    return tuple(moves)


def _not_allowed(begin: datetime, allowed: datetime, person: Person) -> list[Move]:
    """Why somebody may not be written to before `allowed`."""
    first, last = person.day_of(begin), person.day_of(allowed)
    days = (first + number * DAY for number in range((last - first).days))
    closed = [day for day in days if not person.workdays.is_working(day)]
    if allowed == begin:
        return []
    weekend = [Move.WEEKEND] if any(day.weekday() >= 5 for day in closed) else []
    holiday = [Move.HOLIDAY] if any(day.weekday() < 5 for day in closed) else []
    return weekend + holiday or [Move.QUIET_HOURS]
