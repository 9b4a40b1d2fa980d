"""The moments at which somebody may be written to."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.accountability.calendar.workdays import Quiet, allowed_from, is_allowed
from bot.errors import Refusal
from bot.workdays import Workdays
from tests.accountability.calendar.examples import MOMENTS, TIMES, UNHURRIED, ZONES, local

ANYWHERE, GERMANY = Workdays(), Workdays("DE")
NIGHT = Quiet(time(18), time(8))
COUNTRIES = st.sampled_from(["", "DE", "US", "JP", "IN", "BR"])


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
