"""What is typed into a form of a series: what it means, and the sentence where it can't be meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.accountability.calendar.recurrence import Series, move, occurrences, skip
from bot.accountability.calendar.rules import Rule
from bot.accountability.series.typed import Plan, read_change, read_series, read_written, written
from bot.accountability.sessions.session import SessionSeries
from tests.accountability.calendar.examples import BERLIN, local
from tests.accountability.series.examples import NOW, TIMES, TYPED, a_plan, typed
from tests.accountability.sessions.examples import HOST, SPONSOR


def days(plan: Plan, many: int = 3) -> list[str]:
    return [one.id for one in occurrences(plan.times, NOW, many)]


def problems(**fields: Any) -> dict[str, str]:
    plan, found = read_series(typed(**fields), "s1", NOW)
    assert (plan is None) == bool(found)
    return found


# A new series


def test_what_was_typed_is_a_series_that_can_be_held() -> None:
    plan = a_plan()
    assert plan.series == SessionSeries(
        "s1", "C1", "Customer session", HOST, HOST, NOW, "To move on", SPONSOR, country="DE"
    )
    assert plan.times == Series("s1", date(2026, 12, 1), time(10), 45, BERLIN, Rule("FREQ=WEEKLY"))


@pytest.mark.parametrize(
    ("cadence", "first_day", "expected"),
    [
        ("weekly", "2026-12-01", ["2026-12-01", "2026-12-08", "2026-12-15"]),
        ("two_weeks", "2026-12-01", ["2026-12-01", "2026-12-15", "2026-12-29"]),
        ("monthly", "2026-12-01", ["2026-12-01", "2027-01-05", "2027-02-02"]),
        ("monthly", "2026-12-23", ["2026-12-23", "2027-01-27", "2027-02-24"]),
        ("monthly", "2026-12-29", ["2026-12-29", "2027-01-26", "2027-02-23"]),
        ("quarterly", "2026-12-01", ["2026-12-01", "2027-03-02", "2027-06-01"]),
    ],
)
def test_the_first_day_says_which_day_a_cadence_means(cadence: str, first_day: str, expected: list[str]) -> None:
    assert days(a_plan(cadence=cadence, first_day=first_day)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("every 3 weeks on Thursday", ["2026-12-03", "2026-12-24", "2027-01-14"]),
        ("monthly on the last working day", ["2026-12-31", "2027-01-29", "2027-02-26"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,FR", ["2026-12-04", "2026-12-07", "2026-12-11"]),
        ("FREQ=DAILY;COUNT=2", ["2026-12-01", "2026-12-02"]),
    ],
)
def test_a_rhythm_can_be_written_in_words_or_as_a_rule(words: str, expected: list[str]) -> None:
    assert days(a_plan(cadence="written", written=words)) == expected


def test_a_zone_and_a_country_are_taken_as_people_write_them() -> None:
    plan = a_plan(zone="new york", country=" de ")
    assert (plan.times.zone, plan.series.country) == (ZoneInfo("America/New_York"), "DE")
    assert a_plan(country="").series.country == ""


def test_whoever_names_themselves_as_sponsor_has_agreed() -> None:
    assert a_plan(facilitator="U0OTHER", sponsor=HOST).series.asks == HOST
    assert a_plan().series.asks == ""


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": " \n "}, "name", "has no name"),
        ({"name": "x" * 81}, "name", "81 characters; say it in 80"),
        ({"purpose": "x" * 5_000}, "purpose", "5000 characters; say it in 500"),
        ({"facilitator": ""}, "facilitator", "Choose a facilitator"),
        ({"sponsor": HOST}, "sponsor", "Choose two people"),
        ({"sponsor": "", "monthly_digest": True}, "monthly_digest", "Choose a sponsor"),
        ({"channel_id": ""}, "channel_id", "Choose the channel"),
        ({"country": "Germany"}, "country", "Give two letters, such as DE"),
        ({"zone": "Berlin/Europe"}, "zone", "There is no time zone"),
        ({"zone": ""}, "zone", "There is no time zone"),
        ({"minutes": "4"}, "minutes", "5 to 480 minutes"),
        ({"minutes": "481"}, "minutes", "5 to 480 minutes"),
        ({"minutes": "45.5"}, "minutes", "5 to 480 minutes"),
        ({"minutes": "-45"}, "minutes", "5 to 480 minutes"),
        ({"minutes": "9" * 5_000}, "minutes", "5 to 480 minutes"),
        ({"minutes": "²"}, "minutes", "5 to 480 minutes"),
        ({"at": ""}, "at", "Choose a time"),
        ({"first_day": ""}, "first_day", "Choose a day"),
        ({"first_day": "2026-11-23"}, "first_day", "Monday 23 November 2026 is over"),
        ({"first_day": "2028-11-25"}, "first_day", "more than two years off"),
        ({"cadence": "written", "written": ""}, "written", "Write the rhythm here"),
        ({"cadence": "weekly", "written": "every 3 weeks"}, "written", "Above another rhythm is chosen"),
        ({"cadence": "written", "written": "biweekly"}, "written", "twice as often or half as often"),
        ({"cadence": "written", "written": "now and then"}, "written", "I don't understand"),
        ({"cadence": "written", "written": "FREQ=SECONDLY"}, "written", "one session a day at most"),
        ({"cadence": "written", "written": "FREQ=DAILY;BYSECOND=1"}, "written", "one session a day at most"),
        ({"cadence": "written", "written": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "written", "never comes"),
        ({"cadence": "written", "written": "FREQ=WEEKLY;UNTIL=20261130"}, "written", "before the series starts"),
        ({"cadence": "written", "written": "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261203"}, "written", "choose a later end"),
        ({"cadence": "written", "written": "x" * 300}, "written", "200 characters at most"),
        ({"first_day": "2026-11-24", "at": "09:00", "cadence": "written", "written": "FREQ=DAILY;COUNT=1"},
         "first_day", "would be over"),
    ],
)  # fmt: skip
def test_what_can_not_be_held_says_what_to_change(fields: dict[str, Any], field: str, sentence: str) -> None:
    found = problems(**fields)
    assert found.keys() == {field}
    assert sentence in found[field]


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = problems(name="", minutes="0", zone="Mars", first_day="2026-01-01", country="XX", sponsor=HOST)
    assert found.keys() == {"name", "minutes", "zone", "first_day", "country", "sponsor"}


def test_today_counts_as_it_is_in_the_zone_of_the_series() -> None:
    late = local(2026, 11, 24, 23)
    plan, found = read_series(typed(first_day="2026-11-24", zone="Pacific/Auckland"), "s1", late)
    assert plan is None
    assert "is over" in found["first_day"]


def test_a_draft_is_read_again_as_it_was_written() -> None:
    assert read_written(written(TYPED)) == TYPED


# Other times from a day on


OLD = Series("s1", date(2026, 11, 3), time(10), 45, BERLIN, Rule.read("weekly on Tuesday"))
KEPT = replace(TIMES, cadence="kept", first_day="2026-12-08")


def changed(of: Series = OLD, **fields: str) -> tuple[Series, Series]:
    pair, found = read_change(replace(KEPT, **fields), of, "s1-02", NOW)
    assert pair is not None, found
    return pair


def wrong(of: Series = OLD, **fields: str) -> dict[str, str]:
    pair, found = read_change(replace(KEPT, **fields), of, "s1-02", NOW)
    assert pair is None
    return found


def test_another_time_keeps_the_rhythm_and_what_was_changed_about_single_sessions() -> None:
    before = move(skip(OLD, date(2026, 12, 15)), date(2026, 12, 22), local(2026, 12, 23, 16))
    ended, new = changed(before, at="14:00", minutes="30")
    assert (ended.ends_on, new.starts_on, new.at, new.minutes) == (date(2026, 12, 7), date(2026, 12, 8), time(14), 30)
    assert new.exceptions == before.exceptions
    assert new.id == "s1-02"


def test_another_rhythm_begins_with_the_day_that_was_chosen() -> None:
    _, new = changed(cadence="two_weeks", first_day="2026-12-10")
    assert [one.id for one in occurrences(new, NOW, 2)] == ["2026-12-10", "2026-12-24"]


def test_the_same_rhythm_in_other_weeks_is_a_change() -> None:
    fortnightly = replace(OLD, rule=Rule.read("every two weeks on Tuesday"))  # on 1 and 15 December
    _, new = changed(fortnightly, cadence="two_weeks", first_day="2026-12-08")
    assert [one.id for one in occurrences(new, NOW, 2)] == ["2026-12-08", "2026-12-22"]


@pytest.mark.parametrize("fields", [{}, {"cadence": "weekly"}, {"cadence": "written", "written": "every Tuesday"}])
def test_what_would_change_nothing_is_no_change(fields: dict[str, str]) -> None:
    assert "Nothing would change" in wrong(**fields)["cadence"]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"first_day": "2026-11-20"}, "first_day", "is over"),
        ({"cadence": "kept", "written": "every 3 weeks"}, "written", "Above another rhythm is chosen"),
        ({"minutes": "0", "at": "11:00"}, "minutes", "5 to 480"),
        ({"cadence": "written", "written": "FREQ=WEEKLY;UNTIL=20261201"}, "written", "before the series starts"),
    ],
)
def test_other_times_that_can_not_be_held_say_what_to_change(fields: dict[str, str], field: str, sentence: str) -> None:
    assert sentence in wrong(**fields)[field]


def test_a_day_before_the_last_change_is_refused_but_that_day_is_not() -> None:
    planned = replace(OLD, starts_on=date(2027, 1, 5))
    assert "From Tuesday 5 January 2027 on other times are set already" in wrong(planned, at="14:00")["first_day"]
    ended, new = changed(planned, first_day="2027-01-05", at="14:00")
    assert list(ended.days()) == []
    assert new.starts_on == date(2027, 1, 5)


def test_a_series_that_is_over_by_its_rule_has_nothing_left_to_change() -> None:
    over = replace(OLD, rule=Rule("FREQ=WEEKLY;BYDAY=TU;COUNT=2"))
    assert "no session left from Tuesday 8 December 2026 on" in wrong(over, at="14:00")["first_day"]
