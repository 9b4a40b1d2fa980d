"""When a check starts again: each quarter, half year or year, on a working day's morning, wherever it was set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness import repeats
from bot.readiness.planning import SHORTEST
from bot.readiness.repeats import MORNING, Every, Repeat
from bot.scheduler.actions import Action
from bot.workdays import Workdays
from tests.readiness.examples import DEADLINE, MINUTE, NOON, a_round

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
PLAIN, GERMAN = Workdays(), Workdays("DE")
DAY = timedelta(days=1)
ZONES = st.sampled_from([BERLIN, AUCKLAND, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Africa/Cairo"), ZoneInfo("UTC")])
REPEATS = st.builds(
    Repeat,
    st.just("r1"),
    st.just("readiness"),
    st.just("C1"),
    st.sampled_from(Every),
    st.just("r1"),
    st.dates(date(2024, 1, 1), date(2034, 12, 31)),
    st.integers(0, 90),
    st.times(),
    st.just("UTC"),
    st.integers(1, 12),
)
MOMENTS = st.integers(0, 11 * 366 * 24 * 60).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE)
UNHURRIED = settings(max_examples=60)


QUARTERLY = Repeat(
    "r1", "readiness", "C1", Every.QUARTER, "r1", date(2026, 11, 23), days=3, closes_at=time(17), zone="Europe/Berlin"
)


def a_repeat(**fields: Any) -> Repeat:
    return replace(QUARTERLY, **fields)


def wall(moment: datetime, zone: ZoneInfo = BERLIN) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


def test_it_follows_the_first_round_in_its_starter_s_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # the 24th in Berlin
    of = repeats.repeating(a_round(opened_at=late, deadline=DEADLINE, zone="Europe/Berlin"), Every.QUARTER, BERLIN)
    assert (of.begun_on, of.days, of.closes_at) == (date(2026, 11, 24), 2, time(13))
    assert (of.id, of.round_id, of.channel_id, of.check_id, of.number) == ("r1", "r1", "C1", "readiness", 1)


@pytest.mark.parametrize(
    ("every", "number", "shown"),
    [
        (Every.QUARTER, 1, "Tue 2027-02-23 09:00"),
        (Every.QUARTER, 2, "Mon 2027-05-24 09:00"),  # the 23rd is a Sunday
        (Every.HALF_YEAR, 1, "Mon 2027-05-24 09:00"),
        (Every.YEAR, 1, "Tue 2027-11-23 09:00"),
    ],
)
def test_it_starts_at_nine_so_many_months_later_or_on_the_working_day_after(
    every: Every, number: int, shown: str
) -> None:
    assert wall(repeats.starts_at(a_repeat(every=every, number=number), BERLIN, PLAIN)) == shown


def test_the_end_of_a_month_does_not_creep() -> None:
    starts = [repeats.starts_at(a_repeat(begun_on=date(2027, 8, 31), number=n), BERLIN, PLAIN) for n in (1, 2, 3, 4)]
    assert [wall(one)[:14] for one in starts] == [
        "Tue 2027-11-30",
        "Tue 2028-02-29",
        "Wed 2028-05-31",
        "Thu 2028-08-31",
    ]


def test_a_holiday_is_no_day_to_start_and_none_to_close() -> None:
    of = a_repeat(begun_on=date(2026, 9, 26), days=4)
    assert wall(repeats.starts_at(of, BERLIN, GERMAN)) == "Mon 2026-12-28 09:00"  # after Christmas and a weekend
    closes = repeats.deadline(of, repeats.starts_at(of, BERLIN, GERMAN), BERLIN, GERMAN)
    assert wall(closes) == "Mon 2027-01-04 17:00"  # 1 January is a Friday


def test_whoever_runs_it_is_told_two_working_days_before() -> None:
    of = a_repeat(begun_on=date(2026, 9, 26))
    assert wall(repeats.announced_at(of, BERLIN, GERMAN)) == "Wed 2026-12-23 09:00"


@given(REPEATS, ZONES)
@UNHURRIED
def test_each_start_is_on_a_working_morning_after_its_announcement_and_before_its_deadline(
    of: Repeat, zone: ZoneInfo
) -> None:
    at = repeats.starts_at(of, zone, GERMAN)
    assert at.utcoffset() == timedelta(0)
    assert GERMAN.is_working(at.astimezone(zone).date())
    assert at.astimezone(zone).time() == MORNING
    assert repeats.announced_at(of, zone, GERMAN) <= at - DAY
    assert repeats.may_start_from(at, zone, GERMAN) == at
    closes = repeats.deadline(of, at, zone, GERMAN)
    assert closes >= at + SHORTEST
    assert GERMAN.is_working(closes.astimezone(zone).date())
    assert at < repeats.starts_at(repeats.after(of), zone, GERMAN)


@given(MOMENTS, ZONES)
@UNHURRIED
def test_one_that_is_late_waits_until_people_are_at_work(now: datetime, zone: ZoneInfo) -> None:
    at = repeats.may_start_from(now, zone, GERMAN)
    assert now <= at
    local = at.astimezone(zone)
    assert GERMAN.is_working(local.date())
    assert MORNING <= local.time() < time(17)


def test_a_start_that_is_over_leads_to_the_next() -> None:
    of = a_repeat()
    assert repeats.after(of) == a_repeat(number=2)
    assert repeats.after(of, a_round("r2", zone="UTC")) == a_repeat(number=2, round_id="r2", zone="UTC")


def test_what_is_planned_names_the_start_so_that_each_is_made_once() -> None:
    of = a_repeat()
    announcing, starting = repeats.planned(of, BERLIN, PLAIN).new
    assert starting == Action(repeats.REPEAT, "r1", repeats.starts_at(of, BERLIN, PLAIN), "1")
    assert announcing == Action(repeats.ANNOUNCE, "r1", repeats.announced_at(of, BERLIN, PLAIN), "1")
    assert repeats.is_next(of, starting)
    assert not repeats.is_next(repeats.after(of), starting)
    assert of.name == "r1/1"


def test_a_short_round_that_starts_late_closes_on_the_next_working_day() -> None:
    of, friday = a_repeat(days=0), datetime(2027, 2, 26, 15, 58, tzinfo=UTC)  # 16:58 in Berlin
    assert wall(repeats.deadline(of, friday, BERLIN, PLAIN)) == "Mon 2027-03-01 17:00"
    assert wall(repeats.deadline(of, NOON, BERLIN, PLAIN)) == "Mon 2026-11-23 17:00"
