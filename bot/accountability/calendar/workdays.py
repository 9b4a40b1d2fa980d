"""When people may be written to: working hours of working days, and outside the quiet hours of a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.accountability.calendar.wall import END_OF_WORK, START_OF_WORK, moment_of
from bot.errors import Refusal
from bot.workdays import DAY, LONGEST_REST


class Calendar(Protocol):
    """What the rest of the wing needs to know of working days."""

    def is_working(self, day: date) -> bool: ...


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
