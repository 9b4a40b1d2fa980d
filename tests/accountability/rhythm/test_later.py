"""When digests are due: on the first working day of a week or month, at nine on the wall, whatever the clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.rhythm import later
from bot.accountability.rhythm.later import MONTHLY, WEEKLY, Slot
from bot.accountability.series import later as series_later
from bot.scheduler.actions import Action
from bot.workdays import Workdays
from tests.accountability.commitments.examples import BERLIN, DAY, FEW, MINUTE, MONDAY, WEEK, on
from tests.accountability.sessions.examples import SERIES, TIMES

PLAIN, GERMAN = Workdays(), Workdays("DE")
ZONES = st.sampled_from([BERLIN, *(ZoneInfo(name) for name in ("Pacific/Auckland", "America/Los_Angeles", "UTC"))])
MOMENTS = st.integers(0, 11 * 366 * 24 * 60).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE)


def test_a_week_s_is_due_on_its_monday_at_nine() -> None:
    assert later.week_slot(date(2026, 12, 10), BERLIN, GERMAN) == Slot(date(2026, 12, 7), on(date(2026, 12, 7), 9))


def test_a_holiday_monday_leaves_it_to_the_tuesday() -> None:
    easter_monday = date(2027, 3, 29)
    assert later.week_slot(easter_monday, BERLIN, GERMAN) == Slot(easter_monday, on(date(2027, 3, 30), 9))
    assert later.week_slot(easter_monday, BERLIN, PLAIN) == Slot(easter_monday, on(easter_monday, 9))


def test_nine_stays_nine_when_the_clocks_change() -> None:
    before, after = (later.week_slot(date(2027, 3, day), BERLIN, PLAIN) for day in (22, 29))
    assert before is not None
    assert after is not None
    assert after.at - before.at == WEEK - timedelta(hours=1)
    assert (before.at.hour, after.at.hour) == (8, 7)


def test_a_month_s_is_due_on_its_first_working_day() -> None:
    new_year = later.month_slot(date(2027, 1, 20), BERLIN, GERMAN)  # the 1st is a holiday, then comes a weekend
    assert new_year == Slot(date(2027, 1, 1), on(date(2027, 1, 4), 9))


def test_a_week_without_a_working_day_has_none() -> None:
    class Closed:
        def is_working(self, day: date) -> bool:
            return day >= date(2026, 12, 14)

    assert later.week_slot(date(2026, 12, 7), BERLIN, Closed()) is None
    assert later.next_week(on(date(2026, 12, 7), 8), BERLIN, Closed()).begins == date(2026, 12, 14)


@given(MOMENTS, ZONES)
@FEW
def test_the_next_is_on_a_working_morning_and_no_week_or_month_is_left_out(now: datetime, zone: ZoneInfo) -> None:
    for following, longest in ((later.next_week, 2 * WEEK), (later.next_month_slot, 40 * DAY)):
        slot = following(now, zone, GERMAN)
        local = slot.at.astimezone(zone)
        assert now < slot.at <= now + longest
        assert local.time() == time(9)
        assert GERMAN.is_working(local.date())
        after = following(slot.at, zone, GERMAN)
        assert slot.begins < after.begins
        assert following(slot.at - MINUTE, zone, GERMAN) == slot


@given(MOMENTS, ZONES)
@FEW
def test_a_week_goes_from_monday_to_monday(now: datetime, zone: ZoneInfo) -> None:
    begins, ends = (later.start_of_week(now, zone, weeks) for weeks in (0, 1))
    assert begins <= now < ends
    for moment in (begins, ends):
        assert (moment.astimezone(zone).weekday(), moment.astimezone(zone).time()) == (0, time())


@pytest.mark.parametrize(
    ("switches", "kinds"),
    [
        ({}, []),
        ({"weekly_digest": True}, [WEEKLY]),
        ({"monthly_digest": True}, [MONTHLY]),
        ({"weekly_digest": True, "monthly_digest": True}, [WEEKLY, MONTHLY]),
        ({"weekly_digest": True, "ended_at": MONDAY}, []),
    ],
)
def test_what_is_switched_on_is_looked_at_when_a_series_is_saved(switches: dict[str, object], kinds: list[str]) -> None:
    planned = later.on_series(replace(SERIES, **switches), MONDAY)  # type: ignore[arg-type]
    assert [(one.kind, one.subject, one.due_at) for one in planned.new] == [(kind, "s1", MONDAY) for kind in kinds]
    assert (planned.moved, planned.dropped) == ((), ())
    assert all(later.slot_day(action) is None for action in planned.new)


def test_a_digest_is_named_by_its_week_so_that_there_is_one() -> None:
    slot = later.next_week(MONDAY, BERLIN, PLAIN)
    action = slot.action(WEEKLY, "s1")
    assert action == Action(WEEKLY, "s1", slot.at, "2026-11-09")
    assert later.slot_day(action) == date(2026, 11, 9)


def test_setting_up_a_series_changing_it_and_its_sponsor_s_answer_have_it_looked_at() -> None:
    of = replace(SERIES, weekly_digest=True, monthly_digest=True)
    saved = (
        series_later.on_set_up(of, TIMES, MONDAY),
        series_later.on_new_people(of, (of.facilitator, of.sponsor), MONDAY, of.facilitator),
        series_later.on_answer(of, MONDAY),
    )
    for changes in saved:
        assert {WEEKLY, MONTHLY} <= {action.kind for action in changes.new}
