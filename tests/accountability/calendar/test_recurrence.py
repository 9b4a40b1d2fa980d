"""Sessions keep their wall-clock time over every clock change there is, and no month goes without its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.calendar.recurrence import (
    Series,
    begin,
    change_from,
    end,
    move,
    occurrences,
    restore,
    skip,
)
from bot.accountability.calendar.rules import Rule
from bot.errors import Refusal
from tests.accountability.calendar.examples import (
    BERLIN,
    DAY,
    DAYS,
    EVERY_ZONE,
    MOMENTS,
    TIMES,
    UNHURRIED,
    ZONES,
    local,
)

NOON = local(2026, 11, 24, 12)  # a Tuesday
CADENCES = st.sampled_from(
    [
        *("weekly on Tuesday", "every two weeks", "monthly on the first Tuesday", "quarterly", "daily", "monthly"),
        *("last working day of the month", "FREQ=YEARLY", "FREQ=WEEKLY;COUNT=30", "FREQ=MONTHLY;UNTIL=20300630"),
    ]
).map(Rule.read)


def a_series(cadence: str = "weekly on Tuesday", start: date = date(2026, 11, 3), **fields: Any) -> Series:
    return Series(
        **{"id": "S", "starts_on": start, "at": time(9), "minutes": 45, "zone": BERLIN}
        | fields
        | {"rule": Rule.read(cadence)}
    )


def ids(series: Series, after: datetime = NOON, limit: int = 4) -> list[str]:
    return [one.id for one in occurrences(series, after, limit)]


def walls(series: Series, after: datetime, limit: int) -> list[str]:
    return [f"{one.starts_at.astimezone(series.zone):%m-%d %H:%M}" for one in occurrences(series, after, limit)]


# When


def test_the_next_sessions_begin_after_the_moment_given() -> None:
    assert ids(a_series()) == ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"]
    assert ids(a_series(), local(2026, 12, 1, 8, 59), 1) == ["2026-12-01"]
    assert ids(a_series(), local(2026, 12, 1, 9), 1) == ["2026-12-08"]


def test_none_comes_before_the_first_day_or_after_the_last() -> None:
    assert ids(a_series(), local(2020, 1, 1), 1) == ["2026-11-03"]
    assert ids(a_series(ends_on=date(2026, 12, 8))) == ["2026-12-01", "2026-12-08"]
    assert ids(a_series("FREQ=WEEKLY;BYDAY=TU;COUNT=6")) == ["2026-12-01", "2026-12-08"]
    assert ids(a_series("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261208")) == ["2026-12-01", "2026-12-08"]


def test_the_rhythm_is_counted_from_the_first_day() -> None:
    assert ids(a_series("every two weeks", date(2020, 1, 7)), limit=2) == ["2026-12-01", "2026-12-15"]
    assert ids(a_series("every two weeks", date(2020, 1, 14)), limit=2) == ["2026-12-08", "2026-12-22"]
    assert ids(a_series("quarterly on the first Tuesday", date(2020, 2, 1)), limit=2) == ["2027-02-02", "2027-05-04"]


def test_nine_stays_nine_when_the_clocks_change() -> None:
    spring = walls(a_series("daily"), local(2027, 3, 27, 12), 2)
    autumn = walls(a_series("daily"), local(2027, 10, 30, 12), 2)
    assert (spring, autumn) == (["03-28 09:00", "03-29 09:00"], ["10-31 09:00", "11-01 09:00"])


def test_a_time_that_does_not_exist_moves_forward() -> None:
    assert walls(a_series("daily", at=time(2, 30)), local(2027, 3, 27, 12), 2) == ["03-28 03:30", "03-29 02:30"]


def test_a_time_that_exists_twice_happens_once() -> None:
    series = a_series("daily", at=time(2, 30))
    first, after = occurrences(series, local(2027, 10, 30, 12), 2)
    assert first.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert after.starts_at - first.starts_at == timedelta(hours=25)


def test_no_month_goes_without_its_session() -> None:
    last = ids(a_series("monthly", date(2027, 10, 31)), local(2027, 11, 1), 5)
    assert last == ["2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]


def test_no_year_goes_without_its_session() -> None:
    assert ids(a_series("FREQ=YEARLY", date(2024, 2, 29)), limit=3) == ["2027-02-28", "2028-02-29", "2029-02-28"]


def test_what_only_leap_years_have_waits_for_them() -> None:
    series = a_series("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2026, 1, 1))
    assert ids(series, limit=3) == ["2028-02-29", "2032-02-29", "2036-02-29"]


def test_a_zone_with_other_rules_is_followed() -> None:
    """What is kept is the wall clock: the moments come out otherwise as soon as the zone's rules do."""
    series = a_series("weekly on Tuesday")
    moved = replace(series, zone=ZoneInfo("Africa/Lagos"))  # Berlin without summer time
    assert walls(series, local(2027, 6, 1, 12), 3) == walls(moved, local(2027, 6, 1, 12), 3)
    assert occurrences(series, NOON, 1)[0].starts_at == occurrences(moved, NOON, 1)[0].starts_at
    summer = local(2027, 6, 1, 12)
    assert occurrences(series, summer, 1)[0].starts_at != occurrences(moved, summer, 1)[0].starts_at


def test_a_session_lasts_as_long_over_a_change_of_clocks() -> None:
    [one] = occurrences(a_series("daily", at=time(1, 45)), local(2027, 3, 27, 12), 1)
    assert one.ends_at - one.starts_at == timedelta(minutes=45)


def test_in_every_zone_nine_is_nine_for_eleven_years() -> None:
    for zone in EVERY_ZONE:
        series = a_series("every 9 weeks on Sunday", date(2024, 1, 7), zone=zone)
        found = occurrences(series, datetime(2024, 1, 1, tzinfo=UTC), 63)
        assert found[-1].day.year == 2034
        assert {one.starts_at.astimezone(zone).time() for one in found} == {time(9)}, zone


@UNHURRIED
@given(DAYS, TIMES, ZONES, CADENCES, MOMENTS)
def test_in_every_zone_sessions_fall_on_their_days_and_once(
    start: date, at: time, zone: ZoneInfo, rule: Rule, after: datetime
) -> None:
    series = Series("S", start, at, 30, zone, rule)
    found = occurrences(series, after, 8)
    assert [one.starts_at for one in found] == sorted({one.starts_at for one in found})
    assert all(one.starts_at > after and one.starts_at.tzinfo is UTC for one in found)
    assert [one.day for one in found] == sorted({one.day for one in found})
    for one in found:
        shown = one.starts_at.astimezone(zone)
        wanted = datetime.combine(one.day, at)
        assert shown.replace(tzinfo=None, fold=0) >= wanted
        assert one.day >= start
        assert series.has(one.day)


@UNHURRIED
@given(DAYS, TIMES, ZONES, CADENCES, MOMENTS)
def test_asking_from_one_session_to_the_next_leaves_none_out(
    start: date, at: time, zone: ZoneInfo, rule: Rule, after: datetime
) -> None:
    series = Series("S", start, at, 30, zone, rule)
    found = occurrences(series, after, 6)
    for one, later in pairwise(found):
        assert occurrences(series, one.starts_at, 1) == (later,)
    assert found[:1] == occurrences(series, after, 1)


# Exceptions


def test_a_skipped_session_is_left_out() -> None:
    series = skip(a_series(), date(2026, 12, 8))
    assert ids(series, limit=2) == ["2026-12-01", "2026-12-15"]
    assert ids(restore(series, date(2026, 12, 8)), limit=2) == ["2026-12-01", "2026-12-08"]


def test_a_moved_session_keeps_its_id_and_takes_its_new_place() -> None:
    series = move(a_series(), date(2026, 12, 1), local(2026, 12, 9, 15))
    assert ids(series, limit=3) == ["2026-12-08", "2026-12-01", "2026-12-15"]
    moved = occurrences(series, NOON, 2)[1]
    assert (moved.starts_at, moved.is_moved) == (local(2026, 12, 9, 15), True)


def test_a_session_moved_from_the_past_or_the_far_future_is_not_lost() -> None:
    series = move(a_series(), date(2026, 11, 3), local(2026, 11, 25, 15))
    series = move(series, date(2027, 11, 30), local(2026, 11, 26, 15))
    assert ids(series, limit=3) == ["2026-11-03", "2027-11-30", "2026-12-01"]


def test_a_session_moved_into_the_past_is_over() -> None:
    assert ids(move(a_series(), date(2026, 12, 1), local(2026, 11, 20, 9)), limit=1) == ["2026-12-08"]


@pytest.mark.parametrize("day", [date(2026, 12, 2), date(2026, 10, 27), date(2030, 12, 3)])
def test_only_a_session_that_there_is_can_be_changed(day: date) -> None:
    series = a_series(ends_on=date(2028, 1, 1))
    with pytest.raises(Refusal, match="has no session on"):
        skip(series, day)
    with pytest.raises(Refusal, match="has no session on"):
        move(series, day, NOON)


# Changes from now on


def test_a_series_ends() -> None:
    assert ids(end(a_series(), date(2026, 12, 5))) == ["2026-12-01"]
    assert end(end(a_series(), date(2026, 12, 5)), date(2027, 1, 1)).ends_on == date(2026, 12, 5)


def test_a_change_from_now_on_ends_the_series_and_begins_another() -> None:
    old, new = change_from(a_series(), date(2026, 12, 5), new_id="S2", rule=Rule.read("weekly on Friday"), minutes=30)
    assert ids(old) == ["2026-12-01"]
    assert ids(new, limit=2) == ["2026-12-11", "2026-12-18"]
    assert (new.id, new.minutes, new.at) == ("S2", 30, time(9))


def test_another_time_keeps_rhythm_and_exceptions() -> None:
    series = a_series("every two weeks", date(2026, 11, 3))
    series = skip(skip(series, date(2026, 11, 17)), date(2026, 12, 15))
    old, new = change_from(series, date(2026, 12, 3), new_id="S2", at=time(14))
    assert ids(old) == ["2026-12-01"]
    assert walls(new, NOON, 2) == ["12-29 14:00", "01-12 14:00"]
    assert list(new.exceptions) == [date(2026, 12, 15)]


def test_a_counted_series_goes_on_counting() -> None:
    old, new = change_from(a_series("FREQ=WEEKLY;BYDAY=TU;COUNT=6"), date(2026, 12, 3), new_id="S2", at=time(14))
    assert (ids(old), ids(new)) == (["2026-12-01"], ["2026-12-08"])


def test_another_zone_keeps_the_time_on_the_wall() -> None:
    _, new = change_from(a_series(), date(2026, 12, 3), new_id="S2", zone=ZoneInfo("Asia/Tokyo"))
    assert walls(new, NOON, 1) == ["12-08 09:00"]


def test_a_series_that_is_over_is_not_changed() -> None:
    with pytest.raises(Refusal, match="no session left"):
        change_from(a_series(ends_on=date(2026, 12, 1)), date(2026, 12, 2), new_id="S2", at=time(14))


@UNHURRIED
@given(DAYS, ZONES, CADENCES, st.integers(1, 900), TIMES)
def test_a_change_of_time_loses_and_doubles_no_session(
    start: date, zone: ZoneInfo, rule: Rule, later: int, at: time
) -> None:
    series, day = Series("S", start, time(9), 30, zone, rule), start + later * DAY
    if not any(True for _ in series.days(day)):
        return
    old, new = change_from(series, day, new_id="S2", at=at)
    before = datetime.combine(start - 2 * DAY, time(), UTC)
    parted = [one.day for part in (old, new) for one in occurrences(part, before, 40)][:40]
    assert sorted(parted)[:20] == [one.day for one in occurrences(series, before, 20)]


# What can't be held


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ends_on": date(2026, 11, 2)}, "would end on Monday 2 November 2026, before it starts on"),
        (
            {"ends_on": date(2026, 12, 1), "start": date(2026, 11, 25), "cadence": "monthly on the first Friday"},
            "No sess",
        ),
        ({"cadence": "FREQ=WEEKLY;UNTIL=20261102"}, "ends on Monday 2 November 2026, before the series starts"),
        ({"minutes": 0}, "5 to 480 minutes, not 0"),
        ({"minutes": 10_000}, "5 to 480 minutes, not 10000"),
        ({"cadence": "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "start": date(2027, 1, 1)}, "never comes"),
    ],
)
def test_a_series_that_can_not_be_held_is_refused_and_why(fields: dict[str, Any], expected: str) -> None:
    with pytest.raises(Refusal, match=expected):
        begin(a_series(**fields))


def test_a_series_that_can_be_held_begins() -> None:
    series = a_series(ends_on=date(2026, 11, 3))
    assert begin(series) == series
