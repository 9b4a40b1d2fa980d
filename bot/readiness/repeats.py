"""A check that repeats: when it starts again, until when it then runs, and what is planned for that.

It lives on the wall of its starter's zone: it starts at 9:00 of the day that is so many months after the first one or,
where that is no working day, of the next that is. Who runs it and how it is set up is as in its last round.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.readiness.planning import SHORTEST
from bot.readiness.rounds import Round
from bot.readiness.times import END_OF_WORK
from bot.scheduler.actions import Action, Changes
from bot.workdays import Workdays

REPEAT = "repeat_round"  # subject: the repeat; occurrence: which start of it
ANNOUNCE = "announce_repeat"  # the same
TELL_OF_REPEAT = "tell_of_repeat"  # occurrence: which start, and why there was none
TELL_OF_END = "tell_of_repeat_s_end"  # subject: its last round; occurrence: the administrator to be told

MORNING = time(9)
NOTICE = 2  # working days
DAY = timedelta(days=1)


class Every(StrEnum):
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


MONTHS = {Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


@dataclass(frozen=True)
class Repeat:
    """`id` is that of the round it began with, on the day `begun_on`; `round_id` is the last one it started.

    `number` is the start that comes next, skipped ones counted. A round closes so many `days` after its start.
    """

    id: str
    check_id: str
    channel_id: str
    every: Every
    round_id: str
    begun_on: date
    days: int
    closes_at: time
    zone: str
    number: int = 1

    @property
    def name(self) -> str:
        """The start that comes next, as a button names it."""
        return f"{self.id}/{self.number}"


def repeating(first: Round, every: Every, zone: ZoneInfo) -> Repeat:
    """Rounds that follow this one."""
    begins, ends = first.opened_at.astimezone(zone), first.deadline.astimezone(zone)
    days = (ends.date() - begins.date()).days
    at = ends.time().replace(tzinfo=None, fold=0)
    return Repeat(first.id, first.check.id, first.channel_id, every, first.id, begins.date(), days, at, first.zone)


def after(of: Repeat, started: Round | None = None) -> Repeat:
    """The repeat once its next start is over; `started` is the round that came of it, if one did."""
    following = replace(of, number=of.number + 1)
    return replace(following, round_id=started.id, zone=started.zone) if started else following


def starts_at(of: Repeat, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """When it starts next."""
    return _on_the_wall(_start_day(of, workdays), MORNING, zone)


def announced_at(of: Repeat, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """When whoever runs it is told of the next start."""
    return _on_the_wall(workdays.back(_start_day(of, workdays), NOTICE), MORNING, zone)


def deadline(of: Repeat, now: datetime, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """Until when a round runs that starts now: for as many days as the first did, to a working day."""
    day = now.astimezone(zone).date() + of.days * DAY
    while not workdays.is_working(day) or _on_the_wall(day, of.closes_at, zone) < now + SHORTEST:
        day = workdays.next_working(day)
    return _on_the_wall(day, of.closes_at, zone)


def may_start_from(now: datetime, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """The first moment from now on at which people are at work: a start that is late waits for it."""
    local = now.astimezone(zone)
    if not workdays.is_working(local.date()) or local.time() >= END_OF_WORK:
        return _on_the_wall(workdays.next_working(local.date()), MORNING, zone)
    return max(now, _on_the_wall(local.date(), MORNING, zone))


def planned(of: Repeat, zone: ZoneInfo, workdays: Workdays) -> Changes:
    """What the next start has to happen."""
    number = str(of.number)
    announcing = Action(ANNOUNCE, of.id, announced_at(of, zone, workdays), number)
    return Changes(new=(announcing, Action(REPEAT, of.id, starts_at(of, zone, workdays), number)))


def ended(last: Round, admins: Iterable[str], now: datetime) -> Changes:
    """Whoever ran the last round has left: each administrator is told."""
    return Changes(new=tuple(Action(TELL_OF_END, last.id, now, admin) for admin in sorted(set(admins))))


def is_next(of: Repeat, planned: Action) -> bool:
    """Is the start that was planned still the one that comes next?"""
    return planned.occurrence == str(of.number)


def _start_day(of: Repeat, workdays: Workdays) -> date:
    """Counted from the first day, so that one at the end of a month does not creep towards its beginning."""
    day = of.begun_on + relativedelta(months=MONTHS[of.every] * of.number)
    return day if workdays.is_working(day) else workdays.next_working(day)


def _on_the_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time that a change of clocks leaves out moves forward; one that it repeats is the first of the two."""
    return datetime.combine(day, at, zone).astimezone(UTC)
