"""Working days of a country, and the moments at which somebody may be written to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.accountability.calendar.workdays import Quiet, Workdays, allowed_from, is_allowed
from bot.errors import Refusal
from tests.accountability.calendar.examples import DAYS, MOMENTS, TIMES, UNHURRIED, ZONES, local

ANYWHERE, GERMANY = Workdays(), Workdays("DE")
NIGHT = Quiet(time(18), time(8))
COUNTRIES = st.sampled_from(["", "DE", "US", "JP", "IN", "BR"])


def test_weekends_are_no_working_days() -> None:
    week = [date(2026, 11, day) for day in range(23, 30)]
    assert [ANYWHERE.is_working(day) for day in week] == [True] * 5 + [False] * 2


def test_holidays_are_those_of_the_country() -> None:
    assert not GERMANY.is_working(date(2026, 12, 25))
    assert ANYWHERE.is_working(date(2026, 12, 25))
    assert Workdays("US").holiday(date(2026, 11, 26)) == "Thanksgiving Day"
    assert GERMANY.holiday(date(2026, 11, 26)) == ""


def test_a_day_off_in_place_of_a_holiday_at_the_weekend_is_one() -> None:
    assert not Workdays("US").is_working(date(2027, 12, 31))  # New Year's Day 2028 is a Saturday


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    assert GERMANY.next_working(date(2026, 12, 24)) == date(2026, 12, 28)
    assert GERMANY.back(date(2026, 12, 28), 3) == date(2026, 12, 22)
    assert ANYWHERE.back(date(2026, 12, 28), 3) == date(2026, 12, 23)
    assert ANYWHERE.back(date(2026, 11, 22), 1) == date(2026, 11, 20)  # from a Sunday
    assert ANYWHERE.back(date(2026, 11, 22), 0) == date(2026, 11, 22)


@pytest.mark.parametrize("country", ["XX", "de", "Germany", "D" * 5_000, "DE\n"])
def test_an_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(Refusal, match=r"no country I know holidays of\. Give two letters"):
        Workdays(country)


@UNHURRIED
@given(DAYS, st.integers(0, 15), COUNTRIES)
def test_as_many_working_days_lie_between(day: date, count: int, country: str) -> None:
    calendar = Workdays(country)
    start = calendar.back(day, count)
    between = [start + timedelta(days=number) for number in range((day - start).days)]
    assert sum(map(calendar.is_working, between)) == count
    assert count == 0 or calendar.is_working(start)


# Quiet hours


def test_quiet_hours_may_span_midnight() -> None:
    assert [NIGHT.covers(time(hour)) for hour in (17, 18, 23, 0, 7, 8)] == [False, True, True, True, True, False]
    lunch = Quiet(time(12), time(13))
    assert [lunch.covers(time(hour)) for hour in (11, 12, 13)] == [False, True, False]


@pytest.mark.parametrize(("starts", "ends"), [(8, 18), (9, 17), (9, 9), (17, 16)])
def test_quiet_hours_that_leave_no_time_are_refused(starts: int, ends: int) -> None:
    if (starts, ends) == (17, 16):
        assert Quiet(time(starts), time(ends))  # an hour is left
    else:
        with pytest.raises(Refusal, match=r"have no end|leave no time"):
            Quiet(time(starts), time(ends))


@pytest.mark.parametrize(
    ("moment", "quiet", "expected"),
    [
        (local(2026, 11, 24, 10, 5), None, local(2026, 11, 24, 10, 5)),
        (local(2026, 11, 24, 7), None, local(2026, 11, 24, 9)),
        (local(2026, 11, 24, 17), None, local(2026, 11, 25, 9)),
        (local(2026, 11, 27, 18), None, local(2026, 11, 30, 9)),  # over the weekend
        (local(2026, 12, 24, 18), None, local(2026, 12, 28, 9)),  # over Christmas
        (local(2026, 11, 24, 7), Quiet(time(20), time(10, 30)), local(2026, 11, 24, 10, 30)),
        (local(2026, 11, 24, 12, 30), Quiet(time(12), time(13)), local(2026, 11, 24, 13)),
        (local(2026, 11, 24, 16), Quiet(time(15), time(8)), local(2026, 11, 25, 9)),
        (local(2026, 3, 28, 12), None, local(2026, 3, 30, 9)),  # over a change of clocks
    ],
)
def test_a_message_waits_for_the_next_moment_allowed(moment: datetime, quiet: Quiet | None, expected: datetime) -> None:
    assert allowed_from(moment, ZoneInfo("Europe/Berlin"), quiet, GERMANY) == expected


@UNHURRIED
@given(MOMENTS, ZONES, st.none() | st.tuples(TIMES, TIMES), COUNTRIES, st.floats(0, 1))
def test_the_moment_is_allowed_and_none_before_it_is(
    moment: datetime, zone: ZoneInfo, window: tuple[time, time] | None, country: str, part: float
) -> None:
    quiet, calendar = quiet_of(window), Workdays(country)
    found = allowed_from(moment, zone, quiet, calendar)
    assert found >= moment
    assert found.tzinfo is UTC
    assert is_allowed(found, zone, quiet, calendar)
    before = moment + (found - moment) * part
    assert before >= found or not is_allowed(before, zone, quiet, calendar)


def quiet_of(window: tuple[time, time] | None) -> Quiet | None:
    try:
        return Quiet(*window) if window else None
    except Refusal:
        assume(False)
        return None
