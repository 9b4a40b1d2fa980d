"""Working days of a country."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.workdays import Workdays
from tests.accountability.calendar.examples import DAYS, UNHURRIED

ANYWHERE, GERMANY = Workdays(), Workdays("DE")
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
