"""A series of sessions: its rule, the days it falls on, and when each session begins.

A series lives on the wall of its zone: 9:00 stays 9:00 when the clocks change. Only days are worked out from the rule;
the moment of each is asked of the zone each time, so that new rules of a zone are followed without a word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from bot.accountability.calendar.rules import DAY, Rule
from bot.accountability.calendar.wall import in_words, moment_of
from bot.errors import Refusal

SHORTEST, LONGEST = 5, 8 * 60  # minutes of a session
MOST_IN_ALL = 1_000  # occurrences that one question may ask for


@dataclass(frozen=True)
class Series:
    """`exceptions` are, by the day on which a session would have been, when it is instead, or None if it is left out.

    `ends_on` is the last day on which a session may fall. The rule is made whole by the first day: see Rule.anchored.
    """

    id: str
    starts_on: date
    at: time
    minutes: int
    zone: ZoneInfo
    rule: Rule
    exceptions: Mapping[date, datetime | None] = field(default_factory=dict, hash=False)
    ends_on: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", self.rule.anchored(self.starts_on))

    def days(self, since: date = date.min) -> Iterator[date]:
        """The days of its rule, in order and however they were changed since."""
        days = self.rule.days(self.starts_on, max(since, self.starts_on))
        return days if self.ends_on is None else takewhile(lambda day: day <= (self.ends_on or day), days)

    def has(self, day: date) -> bool:
        """Does the rule have a session on this day, changed or not?"""
        return next(self.days(day), None) == day


@dataclass(frozen=True)
class Occurrence:
    """One session. Its id stays, wherever it is moved: the day on which the rule has it."""

    series_id: str
    day: date
    starts_at: datetime
    ends_at: datetime
    is_moved: bool = False

    @property
    def id(self) -> str:
        return self.day.isoformat()


def begin(series: Series) -> Series:
    """The series, if it can be held: what somebody has to change about it is refused."""
    if series.ends_on is not None and series.ends_on < series.starts_on:
        last, first = in_words(series.ends_on), in_words(series.starts_on)
        raise Refusal(f"The series would end on {last}, before it starts on {first}; choose a later end.")
    if not SHORTEST <= series.minutes <= LONGEST:
        raise Refusal(f"A session takes {SHORTEST} to {LONGEST} minutes, not {series.minutes}; choose another length.")
    series.rule.check(series.starts_on)
    if next(series.days(), None) is None:
        raise Refusal(f"No session would fall before the series ends on {in_words(_last(series))}; choose a later end.")
    return series


def _last(series: Series) -> date:
    return min(day for day in (series.ends_on, series.rule.until) if day is not None)


def occurrences(series: Series, after: datetime, limit: int) -> tuple[Occurrence, ...]:
    """The next sessions that begin after this moment, in the order in which they begin."""
    limit = min(limit, MOST_IN_ALL)
    regular = islice(_regular(series, after), limit)
    moved = [one for one in _moved(series) if one.starts_at > after]
    return tuple(sorted([*regular, *moved], key=_order)[:limit])


def occurrence_on(series: Series, day: date) -> Occurrence | None:
    """The session that the rule has on this day, wherever it was moved. None where it has none, or leaves it out."""
    starts = series.exceptions.get(day, moment_of(day, series.at, series.zone))
    if starts is None or not series.has(day):
        return None
    ends = starts + timedelta(minutes=series.minutes)
    return Occurrence(series.id, day, starts, ends, is_moved=day in series.exceptions)


def _order(one: Occurrence) -> tuple[datetime, date]:
    return one.starts_at, one.day


def _regular(series: Series, after: datetime) -> Iterator[Occurrence]:
    since = after.astimezone(series.zone).date() - DAY  # a time left out by the clocks may move past midnight
    length = timedelta(minutes=series.minutes)
    for day in series.days(since):
        if day not in series.exceptions and (starts := moment_of(day, series.at, series.zone)) > after:
            yield Occurrence(series.id, day, starts, starts + length)


def _moved(series: Series) -> Iterator[Occurrence]:
    length = timedelta(minutes=series.minutes)
    for day, starts in series.exceptions.items():
        if starts is not None and series.has(day):
            yield Occurrence(series.id, day, starts, starts + length, is_moved=True)


# Changes


def skip(series: Series, day: date) -> Series:
    """Leaves out the session that the rule has on this day, moved or not."""
    return _except(series, day, None)


def move(series: Series, day: date, to: datetime) -> Series:
    """Holds the session that the rule has on this day at another time."""
    return _except(series, day, to)


def restore(series: Series, day: date) -> Series:
    """Takes back what was changed about the session of this day."""
    return replace(series, exceptions={one: to for one, to in series.exceptions.items() if one != day})


def _except(series: Series, day: date, to: datetime | None) -> Series:
    if not series.has(day):
        raise Refusal(f"The series has no session on {in_words(day)}; choose a day on which it has one.")
    return replace(series, exceptions={**series.exceptions, day: to})


def end(series: Series, last: date) -> Series:
    """No session falls after this day."""
    return replace(series, ends_on=min(last, series.ends_on or last))


def change_from(
    series: Series,
    day: date,
    *,
    new_id: str,
    rule: Rule | None = None,
    at: time | None = None,
    minutes: int | None = None,
    zone: ZoneInfo | None = None,
) -> tuple[Series, Series]:
    """Ends the series before this day and begins another. While the rule stays, its rhythm and exceptions stay too."""
    rest = series.rule.rest(series.starts_on, day)
    first = next(series.days(day), None)
    if first is None:
        raise Refusal(f"The series has no session left from {in_words(day)} on; choose an earlier day.")
    kept = {} if rule else {one: to for one, to in series.exceptions.items() if one >= first}
    new = Series(
        id=new_id,
        starts_on=max(day, series.starts_on) if rule else first,
        at=series.at if at is None else at,
        minutes=series.minutes if minutes is None else minutes,
        zone=zone or series.zone,
        rule=rule or rest,
        exceptions=kept,
        ends_on=series.ends_on,
    )
    return end(series, day - DAY), begin(new)
