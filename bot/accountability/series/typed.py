"""What people fill into the forms of a series, read whole: one that can be held, or what to change about each field.

A draft keeps what was typed and is read again when it is saved, so that nothing is saved that was not shown.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.accountability.calendar.cadences import CODES
from bot.accountability.calendar.recurrence import LONGEST, SHORTEST, Series, begin, change_from, occurrences
from bot.accountability.calendar.rules import Rule
from bot.accountability.calendar.wall import in_words
from bot.accountability.calendar.zones import read_zone
from bot.accountability.sessions.session import About, SessionSeries, about_problems, found
from bot.errors import Refusal
from bot.workdays import Workdays

COMPARED = 60  # days of two rhythms that are compared
FARTHEST = timedelta(days=731)
UTC = ZoneInfo("UTC")

Value = TypeVar("Value")
Problems = dict[str, str]  # a sentence by the field that is to change


class Cadence(StrEnum):
    """How often, as the form offers it. The first day says on which weekday, or which one of the month."""

    WEEKLY = "weekly"
    TWO_WEEKS = "two_weeks"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    WRITTEN = "written"
    KEPT = "kept"  # as it is, where a series is changed


@dataclass(frozen=True)
class TypedTimes:
    """When the sessions are, as typed: a day in ISO form, a time of the picker, all else free text."""

    cadence: str
    written: str
    first_day: str
    at: str
    zone: str
    minutes: str


@dataclass(frozen=True)
class TypedSeries:
    """A new series as typed; `by` is who fills it in."""

    by: str
    channel_id: str
    about: About
    times: TypedTimes
    country: str = ""


@dataclass(frozen=True)
class Plan:
    """A series that can be held."""

    series: SessionSeries
    times: Series


@dataclass
class Sheet:
    """Reads a form field by field and notes what has to change about each."""

    problems: Problems = field(default_factory=dict)

    def read(self, name: str, reading: Callable[[], Value]) -> Value | None:
        """None for a field that can't be read."""
        try:
            return reading()
        except Refusal as refusal:
            self.problems.setdefault(name, str(refusal))
            return None


def read_series(typed: TypedSeries, new_id: str, now: datetime) -> tuple[Plan | None, Problems]:
    """The series that is meant; None with what has to change where it can't be held."""
    sheet = Sheet(about_problems(typed.about))
    if not typed.channel_id:
        sheet.problems["channel_id"] = "Choose the channel in which the sessions are held."
    country = sheet.read("country", lambda: read_country(typed.country))
    times = _read_times(sheet, typed.times, new_id, now)
    if sheet.problems or times is None or country is None:
        return None, sheet.problems
    about = vars(typed.about)
    wanted = SessionSeries(new_id, typed.channel_id, made_by=typed.by, made_at=now, country=country, **about)
    return Plan(found(wanted), times), {}


def read_country(text: str) -> str:
    return Workdays("".join(text.split()).upper()).country


def read_change(
    typed: TypedTimes, of: Series, new_id: str, now: datetime
) -> tuple[tuple[Series, Series] | None, Problems]:
    """The series before and after it, `of` being its last times; None with what has to change where it can't be."""
    sheet = Sheet()
    parts = _read_parts(sheet, typed, now)
    rule = sheet.read("written", lambda: _rule(typed, parts.first, of.rule))
    if not sheet.problems and parts.first < of.starts_on:
        other = in_words(of.starts_on)
        sheet.problems["first_day"] = f"From {other} on other times are set already. Choose that day or a later one."
    if sheet.problems:
        return None, sheet.problems
    another = None if typed.cadence == Cadence.KEPT else rule
    pair = sheet.read("written" if another else "first_day", lambda: _changed(of, parts, another, new_id))
    if pair is not None and _is_same(of, pair[1]):
        sheet.problems["cadence"] = "Nothing would change. Choose another rhythm, time, zone or length, or close this."
    elif pair is not None:
        sheet.read("first_day", lambda: _to_come(pair[1], now))
    return (None if sheet.problems else pair), sheet.problems


def _changed(of: Series, parts: "_Parts", rule: Rule | None, new_id: str) -> tuple[Series, Series]:
    return change_from(of, parts.first, new_id=new_id, rule=rule, at=parts.at, minutes=parts.minutes, zone=parts.zone)


def _is_same(old: Series, new: Series) -> bool:
    """Does the new one go on as the old one would?"""
    if (old.at, old.minutes, old.zone, old.exceptions) != (new.at, new.minutes, new.zone, new.exceptions):
        return False
    return list(islice(old.days(new.starts_on), COMPARED)) == list(islice(new.days(), COMPARED))


@dataclass(frozen=True)
class _Parts:
    first: date
    at: time
    zone: ZoneInfo
    minutes: int


def _read_parts(sheet: Sheet, typed: TypedTimes, now: datetime) -> _Parts:
    """Where a part can't be read, something stands in for it: the sheet has noted it."""
    zone = sheet.read("zone", lambda: read_zone(typed.zone)) or UTC
    at = sheet.read("at", lambda: _time(typed.at)) or time()
    minutes = sheet.read("minutes", lambda: _minutes(typed.minutes)) or SHORTEST
    today = now.astimezone(zone).date()
    return _Parts(sheet.read("first_day", lambda: _first_day(typed.first_day, today)) or today, at, zone, minutes)


def _read_times(sheet: Sheet, typed: TypedTimes, new_id: str, now: datetime) -> Series | None:
    parts = _read_parts(sheet, typed, now)
    rule = sheet.read("written", lambda: _rule(typed, parts.first))
    if sheet.problems or rule is None:
        return None
    times = Series(new_id, parts.first, parts.at, parts.minutes, parts.zone, rule)
    sheet.read("written" if typed.cadence == Cadence.WRITTEN else "first_day", lambda: begin(times))
    if not sheet.problems:
        sheet.read("first_day", lambda: _to_come(times, now))
    return times


def _to_come(times: Series, now: datetime) -> Series:
    if not occurrences(times, now, 1):
        raise Refusal("All its sessions would be over. Choose a later day, or a rhythm that goes on.")
    return times


def _rule(typed: TypedTimes, first: date, kept: Rule | None = None) -> Rule:
    """The rule that was chosen, or written where that was chosen; `kept` is the one that a series has."""
    written = typed.written.strip()
    if typed.cadence == Cadence.WRITTEN:
        if not written:
            raise Refusal("Write the rhythm here, such as “every 3 weeks on Thursday”, or choose one above.")
        return Rule.read(written)
    if written:
        raise Refusal("Above another rhythm is chosen. Choose “As I write it” there, or leave this empty.")
    if typed.cadence == Cadence.KEPT and kept is not None:
        return kept
    if typed.cadence == Cadence.WEEKLY:
        return Rule("FREQ=WEEKLY")
    if typed.cadence == Cadence.TWO_WEEKS:
        return Rule("FREQ=WEEKLY;INTERVAL=2")
    interval = "INTERVAL=3;" if typed.cadence == Cadence.QUARTERLY else ""
    return Rule(f"FREQ=MONTHLY;{interval}BYDAY={_nth_weekday(first)}")


def _nth_weekday(day: date) -> str:
    """“1TU” for a first Tuesday; the fifth is the last, as not every month has one."""
    number = (day.day - 1) // 7 + 1
    return f"{number if number < 5 else -1}{CODES[day.weekday()]}"


def _first_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("Choose a day.") from None
    if day < today:
        raise Refusal(f"{in_words(day)} is over. Choose today or a day to come.")
    if day > today + FARTHEST:
        raise Refusal(f"{in_words(day)} is more than two years off, which is probably a slip. Choose a nearer day.")
    return day


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Refusal("Choose a time, such as 10:00.") from None


def _minutes(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    if not SHORTEST <= number <= LONGEST:
        raise Refusal(f"A session takes {SHORTEST} to {LONGEST} minutes. Give a whole number of them.")
    return number


# What is kept until it is confirmed


def written(typed: TypedSeries) -> str:
    return json.dumps(asdict(typed))


def read_written(text: str) -> TypedSeries:
    fields = json.loads(text)
    return TypedSeries(**{**fields, "about": About(**fields["about"]), "times": TypedTimes(**fields["times"])})
