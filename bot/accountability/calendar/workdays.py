"""When people may be written to: working days of a country, working hours, and the quiet hours of a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays

from bot.accountability.calendar.wall import END_OF_WORK, START_OF_WORK, moment_of
from bot.errors import Refusal

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_REST = 366  # days; no country keeps more in a row, and a search must end


class Calendar(Protocol):
    """What the rest of the wing needs to know of working days."""

    def is_working(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Workdays:
    """Monday to Friday but for the public holidays of a country, an ISO 3166 code such as “DE”; “” keeps none."""

    country: str = ""

    def __post_init__(self) -> None:
        if self.country and self.country not in holidays.list_supported_countries(include_aliases=False):
            raise Refusal(
                f"“{self.country[:20]}” is no country I know holidays of. Give two letters, such as DE or US."
            )

    def holiday(self, day: date) -> str:
        """The name of the public holiday; empty on any other day."""
        return _holidays(self.country, day.year).get(day, "") if self.country else ""

    def is_working(self, day: date) -> bool:
        return day.weekday() < SATURDAY and not self.holiday(day)

    def next_working(self, day: date) -> date:
        """The first working day after this one."""
        return self._step(day, DAY)

    def back(self, day: date, count: int) -> date:
        """As many working days before this one; whether it is one itself does not matter."""
        for _ in range(count):
            day = self._step(day, -DAY)
        return day

    def _step(self, day: date, by: timedelta) -> date:
        return next(one for number in range(1, LONGEST_REST) if self.is_working(one := day + number * by))


@lru_cache(maxsize=1_000)
def _holidays(country: str, year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays(country, years=year, expand=False, language="en_US"))


@dataclass(frozen=True)
class Quiet:
    """A window of each day in which a person wants no messages; it may span midnight, as 18:00 to 8:00 does."""

    starts: time
    ends: time

    def __post_init__(self) -> None:
        if self.starts == self.ends:
            raise Refusal(f"Quiet hours from {self.starts:%H:%M} to {self.ends:%H:%M} have no end. Give two times.")
        if not any(True for _ in _openings(self)):
            raise Refusal(
                f"Quiet hours from {self.starts:%H:%M} to {self.ends:%H:%M} leave no time for a message. "
                f"Leave some of the working hours, {START_OF_WORK:%H:%M} to {END_OF_WORK:%H:%M}, free."
            )

    def covers(self, at: time) -> bool:
        if self.starts < self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


def is_allowed(moment: datetime, zone: ZoneInfo, quiet: Quiet | None, calendar: Calendar) -> bool:
    """Is it working hours of a working day on the wall of the zone, and outside the quiet hours?"""
    local = moment.astimezone(zone)
    return calendar.is_working(local.date()) and _is_open(local.time(), quiet)


def allowed_from(moment: datetime, zone: ZoneInfo, quiet: Quiet | None, calendar: Calendar) -> datetime:
    """The first moment, not before this one, at which a message may go out."""
    if is_allowed(moment, zone, quiet, calendar):
        return moment.astimezone(UTC)
    chances = _chances(moment.astimezone(zone).date(), zone, quiet)
    return next(one for one in chances if one >= moment and is_allowed(one, zone, quiet, calendar))


def _chances(first: date, zone: ZoneInfo, quiet: Quiet | None) -> Iterator[datetime]:
    for number in range(LONGEST_REST):
        yield from (moment_of(first + number * DAY, at, zone) for at in _openings(quiet))


def _openings(quiet: Quiet | None) -> Iterator[time]:
    """The times of a day at which messages begin to be allowed."""
    starts = {START_OF_WORK, quiet.ends} if quiet else {START_OF_WORK}
    return (at for at in sorted(starts) if _is_open(at, quiet))


def _is_open(at: time, quiet: Quiet | None) -> bool:
    return START_OF_WORK <= at < END_OF_WORK and not (quiet and quiet.covers(at))
