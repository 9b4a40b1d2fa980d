"""Times in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

from bot.accountability.calendar.recurrence import Series, change_from
from bot.accountability.calendar.rules import Rule
from bot.accountability.series.wording import OVER, day_and_time, rhythm, rhythms
from tests.accountability.calendar.examples import BERLIN, local

TUESDAYS = Series("s1", date(2026, 11, 3), time(9, 5), 45, BERLIN, Rule.read("every two weeks on Tuesday"))
NOW = local(2026, 11, 24, 12)
ALONE = "Every two weeks on Tuesday at 09:05 (Europe/Berlin), 45 minutes"


def test_a_rhythm_says_how_often_when_where_and_how_long() -> None:
    assert rhythm(TUESDAYS) == ALONE


def test_times_that_come_are_told_from_their_first_session_on() -> None:
    ended, new = change_from(TUESDAYS, date(2027, 1, 1), new_id="s1-02", rule=Rule.read("monthly on the first Tuesday"))
    assert rhythms((ended, new), NOW) == (
        ALONE,
        "From Tuesday 5 January 2027 on: every month on the first Tuesday at 09:05 (Europe/Berlin), 45 minutes",
    )
    assert rhythms((ended, new), local(2027, 1, 6))[0].startswith("Every month on the first Tuesday")


def test_a_series_without_a_session_to_come_says_so() -> None:
    assert rhythms((replace(TUESDAYS, ends_on=date(2026, 11, 20)),), NOW) == (OVER,)


def test_a_moment_is_told_as_the_wall_of_its_zone_shows_it() -> None:
    assert day_and_time(NOW, ZoneInfo("America/New_York")) == "Tuesday 24 November 2026, 06:00 (America/New_York)"
