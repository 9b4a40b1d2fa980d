"""Deadlines that people expect, reminders that don't pester, spans that read well."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.readiness.times import Chase, Occasion, chases, default_deadline, may_chase, on_the_wall, span
from bot.workdays import Workdays
from tests.readiness.examples import MINUTE, NOON, UNHURRIED

HALF_TIME, LAST_CALL = Occasion
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
).map(ZoneInfo)
MOMENTS = st.integers(0, 15 * 365 * 24 * 60).map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + minutes * MINUTE)
NO_HOLIDAYS = Workdays()
CALENDARS = st.sampled_from(["", "DE", "US", "JP", "IN", "BR"]).map(Workdays)
LENGTHS = st.timedeltas(MINUTE, timedelta(days=30))


def local(year: int, month: int, day: int, hour: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(year, month, day, hour, tzinfo=zone).astimezone(UTC)


# The deadline


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(2026, 11, 23, 9), local(2026, 11, 26, 17)),  # Monday
        (local(2026, 11, 25, 18), local(2026, 11, 30, 17)),  # Wednesday evening
        (local(2026, 11, 27, 9), local(2026, 12, 2, 17)),  # Friday
        (local(2026, 11, 28, 9), local(2026, 12, 2, 17)),  # Saturday
        (local(2026, 11, 29, 9), local(2026, 12, 2, 17)),  # Sunday
    ],
)
def test_the_deadline_offered_is_the_third_working_day_at_five(now: datetime, expected: datetime) -> None:
    assert default_deadline(now, BERLIN, NO_HOLIDAYS) == expected


def test_holidays_are_no_working_days() -> None:
    assert default_deadline(local(2026, 12, 23, 9), BERLIN, Workdays("DE")) == local(2026, 12, 29, 17)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local(2026, 3, 27, 9), datetime(2026, 4, 1, 15, tzinfo=UTC)),  # forward on Sunday the 29th
        (local(2026, 10, 23, 9), datetime(2026, 10, 28, 16, tzinfo=UTC)),  # back on Sunday the 25th
    ],
)
def test_it_is_five_after_the_clocks_have_changed(now: datetime, expected: datetime) -> None:
    assert default_deadline(now, BERLIN, NO_HOLIDAYS) == expected


def test_today_is_today_where_the_starter_is() -> None:
    """Late on Sunday in Greenwich it is Monday in Auckland, and still Sunday in New York."""
    now = datetime(2026, 11, 22, 20, tzinfo=UTC)
    auckland, new_york = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/New_York")
    assert default_deadline(now, auckland, NO_HOLIDAYS) == local(2026, 11, 26, 17, auckland)
    assert default_deadline(now, new_york, NO_HOLIDAYS) == local(2026, 11, 25, 17, new_york)


@UNHURRIED
@given(MOMENTS, ZONES, CALENDARS)
def test_three_working_days_end_with_the_deadline(now: datetime, zone: ZoneInfo, calendar: Workdays) -> None:
    deadline = default_deadline(now, zone, calendar)
    today, last = now.astimezone(zone).date(), deadline.astimezone(zone).date()
    days = [today + number * DAY for number in range(1, (last - today).days + 1)]
    assert deadline.tzinfo is UTC
    assert deadline.astimezone(zone).time() == time(17)
    assert sum(map(calendar.is_working, days)) == 3
    assert calendar.is_working(last)


# Chasing


def planned(length: timedelta) -> list[tuple[Occasion, timedelta]]:
    """The reminders of a new round, by the time since its start."""
    return [(one.occasion, one.at - NOON) for one in chases(NOON, NOON + length, now=NOON)]


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (4 * DAY, [(HALF_TIME, 2 * DAY), (LAST_CALL, 3 * DAY)]),
        (2 * DAY + 2 * HOUR, [(HALF_TIME, 25 * HOUR), (LAST_CALL, 26 * HOUR)]),
        (2 * DAY + HOUR, [(LAST_CALL, 25 * HOUR)]),
        (2 * DAY, [(LAST_CALL, DAY)]),
        (2 * DAY - 2 * MINUTE, [(HALF_TIME, DAY - MINUTE), (LAST_CALL, 46 * HOUR - 2 * MINUTE)]),
        (6 * HOUR, [(HALF_TIME, 3 * HOUR), (LAST_CALL, 4 * HOUR)]),
        (5 * HOUR, [(LAST_CALL, 3 * HOUR)]),
        (3 * HOUR, [(HALF_TIME, 1.5 * HOUR)]),
        (2 * HOUR, [(HALF_TIME, HOUR)]),
        (10 * MINUTE, [(HALF_TIME, 5 * MINUTE)]),
    ],
)
def test_people_are_chased_at_half_time_and_before_the_deadline(
    length: timedelta, expected: list[tuple[Occasion, timedelta]]
) -> None:
    assert planned(length) == expected


@UNHURRIED
@given(LENGTHS)
def test_every_round_chases_once_or_twice(length: timedelta) -> None:
    assert 1 <= len(planned(length)) <= 2


@UNHURRIED
@given(LENGTHS, st.timedeltas(timedelta(), timedelta(days=30)), st.timedeltas(MINUTE, timedelta(days=30)))
def test_whenever_a_round_is_extended_nobody_is_pestered(
    length: timedelta, until_extended: timedelta, longer: timedelta
) -> None:
    assume(until_extended < length)
    now, deadline = NOON + until_extended, NOON + length + longer
    sent = [one for one in chases(NOON, NOON + length, now=NOON) if one.at <= now]
    more = chases(NOON, deadline, now=now, sent=sent)
    every = [*sent, *more]
    assert all(now < one.at < deadline for one in more)
    assert all(after.at - one.at >= HOUR for one, after in pairwise(every))
    assert [one.occasion for one in every].count(HALF_TIME) <= 1


@UNHURRIED
@given(LENGTHS, st.timedeltas(timedelta(), timedelta(days=30)))
def test_planning_again_without_a_change_plans_what_was_left(length: timedelta, later: timedelta) -> None:
    plan, now = chases(NOON, NOON + length, now=NOON), NOON + later
    sent = [one for one in plan if one.at <= now]
    assert [*sent, *chases(NOON, NOON + length, now=now, sent=sent)] == list(plan)


def test_an_extension_brings_a_last_call_for_the_new_deadline() -> None:
    sent = chases(NOON, NOON + 4 * DAY, now=NOON)
    more = chases(NOON, NOON + 6 * DAY, now=NOON + 3.5 * DAY, sent=sent)
    assert more == (Chase(LAST_CALL, NOON + 5 * DAY),)


def test_an_extension_before_half_time_moves_it() -> None:
    more = chases(NOON, NOON + 8 * DAY, now=NOON + DAY)
    assert more == (Chase(HALF_TIME, NOON + 4 * DAY), Chase(LAST_CALL, NOON + 7 * DAY))


def test_a_short_extension_chases_nobody_at_once() -> None:
    sent = chases(NOON, NOON + 4 * DAY, now=NOON)
    assert chases(NOON, NOON + 4 * DAY + 3 * HOUR, now=NOON + 4 * DAY - HOUR, sent=sent) == ()


def test_who_was_chased_within_the_hour_is_not_chased_again() -> None:
    sent = chases(NOON, NOON + 2 * HOUR, now=NOON)
    assert [one.at for one in sent] == [NOON + HOUR]
    assert chases(NOON, NOON + 4 * HOUR - MINUTE, now=NOON + HOUR + MINUTE, sent=sent) == ()
    assert chases(NOON, NOON + 4 * HOUR, now=NOON + HOUR + MINUTE, sent=sent) != ()


def test_a_reminder_that_comes_late_respects_the_deadline_and_the_hour() -> None:
    assert may_chase(NOON - MINUTE, NOON, None)
    assert not may_chase(NOON, NOON, None)
    assert may_chase(NOON - MINUTE, NOON, NOON - MINUTE - HOUR)
    assert not may_chase(NOON - MINUTE, NOON, NOON - HOUR)


# In words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "less than a minute"),
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (MINUTE, "1 minute"),
        (HOUR - timedelta(seconds=1), "59 minutes"),
        (HOUR + 5 * MINUTE, "1 hour 5 minutes"),
        (2 * HOUR, "2 hours"),
        (DAY + HOUR + 5 * MINUTE, "1 day 1 hour"),
        (3 * DAY + 5 * MINUTE, "3 days"),
        (40 * DAY, "40 days"),
    ],
)
def test_a_span_reads_well(length: timedelta, words: str) -> None:
    assert span(length) == words


@UNHURRIED
@given(st.timedeltas(MINUTE, timedelta(days=400)))
def test_a_span_never_promises_more_than_there_is(length: timedelta) -> None:
    units = {"day": DAY, "hour": HOUR, "minute": MINUTE}
    said = [int(count) * units[unit] for count, unit in re.findall(r"(\d+) (day|hour|minute)", span(length))]
    assert 1 <= len(said) <= 2
    assert timedelta() <= length - sum(said, timedelta()) < (HOUR if length >= DAY else MINUTE)


def test_a_moment_is_told_with_its_zone() -> None:
    assert on_the_wall(NOON, BERLIN) == "Monday 23 November 2026, 13:00 (Europe/Berlin)"
