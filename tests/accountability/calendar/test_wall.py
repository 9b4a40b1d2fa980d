"""What a wall clock shows, and the moment that is meant by it, in every zone there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from bot.accountability.calendar.wall import in_words, moment_of
from tests.accountability.calendar.examples import BERLIN, DAY, DAYS, EVERY_ZONE, FIRST, LAST, TIMES, UNHURRIED, ZONES

QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 11, 24), time(9), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (date(2026, 7, 24), time(9), datetime(2026, 7, 24, 7, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # left out: 3:30
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2026, 10, 25), time(2, 30, fold=1), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_on_the_wall_is_one_moment(day: date, at: time, expected: datetime) -> None:
    assert moment_of(day, at, BERLIN) == expected


@UNHURRIED
@given(DAYS, TIMES, ZONES)
def test_in_every_zone_the_clock_shows_the_time_or_it_moves_forward(day: date, at: time, zone: ZoneInfo) -> None:
    assert_right(day, at, zone)


def test_this_holds_on_every_day_on_which_a_clock_changes() -> None:
    changes = [(zone, day) for zone in EVERY_ZONE for day in clock_changes(zone)]
    assert len(changes) > 1_000
    for zone, day in changes:
        for at in QUARTERS[:20]:  # clocks change at night
            assert_right(day, at, zone)


def assert_right(day: date, at: time, zone: ZoneInfo) -> None:
    moment, wanted = moment_of(day, at, zone), datetime.combine(day, at)
    shown = moment.astimezone(zone)
    if shown.replace(tzinfo=None, fold=0) == wanted:
        assert shown.fold == 0
    else:
        later = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC).astimezone(zone)
        assert later.replace(tzinfo=None) != wanted, "there was such a time"
        assert shown.replace(tzinfo=None, fold=0) > wanted


def clock_changes(zone: ZoneInfo) -> Iterator[date]:
    """Days at whose end the clock differs from what it was at their start."""
    weeks = [FIRST + number * 7 * DAY for number in range((LAST - FIRST) // (7 * DAY))]
    for one, after in pairwise(weeks):
        if offset(one, zone) != offset(after, zone):
            days = [one + number * DAY for number in range(8)]
            yield from (day for day, next_day in pairwise(days) if offset(day, zone) != offset(next_day, zone))


def offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), zone).utcoffset()


def test_a_day_is_written_out() -> None:
    assert in_words(date(2026, 12, 4)) == "Friday 4 December 2026"
