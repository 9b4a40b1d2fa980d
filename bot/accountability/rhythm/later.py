"""When digests are due. Each plans the next; saving a series has it looked at whether there is one to plan.

A digest is named by the week or month it is for, so there is one of each. After downtime the one that was due goes out
late, and says so; with the next as near as the next time at which it may go out, it gives way to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.accountability.calendar.wall import START_OF_WORK, moment_of
from bot.accountability.calendar.workdays import Calendar
from bot.accountability.commitments.rates import next_month
from bot.accountability.later import look
from bot.accountability.sessions.session import SessionSeries
from bot.scheduler.actions import Action, Changes

WEEKLY = "weekly_digest"  # subject: the series; occurrence: a look, or the week's first day
MONTHLY = "monthly_digest"  # the same, by month
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LATE = timedelta(hours=1)  # from then on it says that it is late
LOOKS_AHEAD = 60  # weeks or months; no country rests that long


@dataclass(frozen=True)
class Slot:
    """When the digest of the week, or month, that begins on that day is due."""

    begins: date
    at: datetime

    def action(self, kind: str, series_id: str) -> Action:
        return Action(kind, series_id, self.at, self.begins.isoformat())


def on_series(series: SessionSeries, now: datetime) -> Changes:
    """After a series was set up or changed: to be saved with it. What is switched off ends by itself."""
    wanted = {WEEKLY: series.weekly_digest, MONTHLY: series.monthly_digest}
    kinds = [kind for kind, is_on in wanted.items() if is_on and series.is_running]
    return Changes(new=tuple(look(kind, series.id, now) for kind in kinds))


def slot_day(action: Action) -> date | None:
    """Which week or month it is for; None for a look."""
    return None if "T" in action.occurrence else date.fromisoformat(action.occurrence)


def week_slot(day: date, zone: ZoneInfo, calendar: Calendar) -> Slot | None:
    """On the first working day of the week that has this day; None in a week without one."""
    monday = day - day.weekday() * DAY
    working = (one for one in (monday + number * DAY for number in range(7)) if calendar.is_working(one))
    first = next(working, None)
    return Slot(monday, moment_of(first, START_OF_WORK, zone)) if first else None


def month_slot(day: date, zone: ZoneInfo, calendar: Calendar) -> Slot | None:
    """The same for a month."""
    first = day.replace(day=1)
    days = (first + number * DAY for number in range((next_month(first) - first).days))
    working = next((one for one in days if calendar.is_working(one)), None)
    return Slot(first, moment_of(working, START_OF_WORK, zone)) if working else None


def next_week(now: datetime, zone: ZoneInfo, calendar: Calendar) -> Slot:
    """The first that is due after now."""
    today = now.astimezone(zone).date()
    return _first(now, (week_slot(today + number * WEEK, zone, calendar) for number in range(LOOKS_AHEAD)))


def next_month_slot(now: datetime, zone: ZoneInfo, calendar: Calendar) -> Slot:
    months = _months(now.astimezone(zone).date().replace(day=1))
    return _first(now, (month_slot(month, zone, calendar) for month in months))


def start_of_week(now: datetime, zone: ZoneInfo, weeks: int = 0) -> datetime:
    """Midnight before the Monday of this week, or of so many weeks from it."""
    today = now.astimezone(zone).date()
    return moment_of(today - today.weekday() * DAY + weeks * WEEK, time(), zone)


def _months(month: date) -> Iterator[date]:
    for _ in range(LOOKS_AHEAD):
        yield month
        month = next_month(month)


def _first(now: datetime, slots: Iterator[Slot | None]) -> Slot:
    return next(slot for slot in slots if slot is not None and slot.at > now)
