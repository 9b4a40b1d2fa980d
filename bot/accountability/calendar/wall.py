"""The clock on a wall: from what it shows in a zone to a moment, which is always UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

START_OF_WORK = time(9)
END_OF_WORK = time(17)


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time that a change of clocks leaves out moves forward; one that it repeats is the first of the two."""
    return datetime.combine(day, at.replace(fold=0) if at.fold else at, zone).astimezone(UTC)


def in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
