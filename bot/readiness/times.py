"""The times of a round: the deadline that is offered, when to chase those who have not answered, and spans in words.

What a clock on the wall says is worked out in the zone of whoever starts the round; all that is returned is UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import zip_longest
from zoneinfo import ZoneInfo

from bot.workdays import Workdays

WORKING_DAYS = 3
END_OF_WORK = time(17)
SHORT_ROUND = timedelta(days=2)
BEFORE_DEADLINE = timedelta(hours=24)
BEFORE_SHORT_DEADLINE = timedelta(hours=2)
BETWEEN_CHASES = timedelta(hours=1)
UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def default_deadline(now: datetime, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """The third working day after today at 17:00, today and 17:00 being those of the zone."""
    day = now.astimezone(zone).date()
    for _ in range(WORKING_DAYS):
        day = workdays.next_working(day)
    return datetime.combine(day, END_OF_WORK, zone).astimezone(UTC)


class Occasion(StrEnum):
    """Why people are chased."""

    HALF_TIME = "half_time"
    LAST_CALL = "last_call"


@dataclass(frozen=True)
class Chase:
    """One reminder to all who have not answered by then."""

    occasion: Occasion
    at: datetime


def chases(opened_at: datetime, deadline: datetime, *, now: datetime, sent: Iterable[Chase] = ()) -> tuple[Chase, ...]:
    """What to plan from now on, at the start of a round and again each time it is extended.

    `sent` is what went out before. After an extension half time is that of the whole round and is not repeated. The
    last call is: the one that was sent named another deadline. What would have been due before now is left out: nobody
    is chased at once because a round was extended. Of two within an hour the later is kept, and none comes within an
    hour of one that was sent.
    """
    before = tuple(sent)
    wanted = [Chase(Occasion.HALF_TIME, half_time(opened_at, deadline))] if not before else []
    wanted.append(Chase(Occasion.LAST_CALL, last_call(opened_at, deadline)))
    due = sorted((one for one in wanted if now < one.at < deadline), key=lambda one: (one.at, one.occasion))
    apart = [one for one, after in zip_longest(due, due[1:]) if after is None or _apart(one, after)]
    return tuple(one for one in apart if all(_apart(past, one) for past in before))


def half_time(opened_at: datetime, deadline: datetime) -> datetime:
    return opened_at + (deadline - opened_at) / 2


def last_call(opened_at: datetime, deadline: datetime) -> datetime:
    """When the last reminder is due. In a round of less than four hours that would be before half time: it has none."""
    return deadline - _notice(deadline - opened_at)


def may_chase(now: datetime, deadline: datetime, last_chased: datetime | None) -> bool:
    """May a reminder still go out? One that was planned may come late, after downtime."""
    return now < deadline and (last_chased is None or now - last_chased >= BETWEEN_CHASES)


def _notice(length: timedelta) -> timedelta:
    return BEFORE_SHORT_DEADLINE if length < SHORT_ROUND else BEFORE_DEADLINE


def _apart(one: Chase, after: Chase) -> bool:
    return after.at - one.at >= BETWEEN_CHASES


def span(length: timedelta) -> str:
    """A length of time in words, its two largest units, rounded down: “2 days 4 hours”."""
    words = []
    for name, unit in UNITS:
        count, length = divmod(max(length, timedelta()), unit)
        words.append(f"{count} {name}{'' if count == 1 else 's'}" if count else "")
    first = next((place for place, word in enumerate(words) if word), None)
    return "less than a minute" if first is None else " ".join(filter(None, words[first : first + 2]))


def on_the_wall(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a clock and a calendar in the zone show it, with the zone's name."""
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({zone.key})"
