"""Pauses, quiet hours, zones and countries as people write them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from bot.accountability.calendar.workdays import Quiet
from bot.accountability.nudges.people import NO_COUNTRY, Settings, person
from bot.accountability.nudges.wishes import means_off, read_country, read_pause, read_quiet, read_zone_name
from bot.errors import Refusal
from bot.workdays import Workdays
from tests.accountability.commitments.examples import ANA, BERLIN, MONDAY, on


@pytest.mark.parametrize(
    ("words", "begin"),
    [
        ("until Friday", on(date(2026, 11, 6), 9)),
        ("tomorrow", on(date(2026, 11, 3), 9)),
        ("until 14 Dec", on(date(2026, 12, 14), 9)),
        ("until tomorrow 2pm", on(date(2026, 11, 3), 14)),
        ("for two weeks", on(date(2026, 11, 16), 9)),
        ("2 weeks", on(date(2026, 11, 16), 9)),
        ("a month", on(date(2026, 12, 2), 9)),
        ("for 3 days.", on(date(2026, 11, 5), 9)),
        ("today", on(date(2026, 11, 3), 9)),
        ("for the rest of the day", on(date(2026, 11, 3), 9)),
        ("2026-12-14", on(date(2026, 12, 14), 9)),
        ("2026-12-14 15:00", on(date(2026, 12, 14), 15)),
    ],
)
def test_a_pause_lasts_until_a_day_begins_or_a_time_comes(words: str, begin: datetime) -> None:
    assert read_pause(words, MONDAY, BERLIN) == begin


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("until the 32nd", "No month has 32 days"),
        ("until yesterday", "is over"),
        ("maybe", "I don't understand “maybe”"),
        ("until 03/04", "can mean"),
        ("until 14 Dec 2036", "more than two years off"),
        ("until 2 Nov", "That is over already. Write a day or time to come: `/cco pause until Tuesday`"),
    ],
)
def test_a_pause_that_can_t_be_read_is_refused_with_what_to_write(words: str, answer: str) -> None:
    with pytest.raises(Refusal, match=answer.replace("(", r"\(")):
        read_pause(words, MONDAY, BERLIN)


@pytest.mark.parametrize(
    ("words", "starts", "ends"),
    [
        ("18:00-8:00", time(18), time(8)),
        ("18:00 – 08:30", time(18), time(8, 30)),
        ("6pm to 8am", time(18), time(8)),
        ("from 6 PM until 8 a.m.", time(18), time(8)),
        ("18-8", time(18), time(8)),
        ("12pm-2pm", time(12), time(14)),
        ("12am to 10am", time(0), time(10)),
        ("15:30-24:00", time(15, 30), time(0)),
        ("between 12:00 to 14:00", time(12), time(14)),
    ],
)
def test_quiet_hours_are_two_times_perhaps_over_midnight(words: str, starts: time, ends: time) -> None:
    assert read_quiet(words) == Quiet(starts, ends)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("6-8", "“6” can be in the morning or in the afternoon"),
        ("25:00-8:00", "No clock shows “25:00”"),
        ("18:70-8:00", "No clock shows “18:70”"),
        ("13pm-8am", "No clock shows “13pm”"),
        ("in the evening", "I can't read “in the evening” as quiet hours"),
        ("18:00", "I can't read “18:00” as quiet hours"),
        ("8:00-12:00-14:00", "I can't read"),
        ("9:00-9:00", "have no end"),
        ("8:00-18:00", "leave no time for a message"),
        ("x" * 5_000, "I can't read “xxx"),
    ],
)
def test_quiet_hours_that_can_t_be_read_are_refused_with_what_to_write(words: str, answer: str) -> None:
    with pytest.raises(Refusal, match=answer) as found:
        read_quiet(words)
    assert len(str(found.value)) < 200


def test_a_zone_is_known_by_its_name_or_its_city_and_nothing_is_no_zone() -> None:
    assert read_zone_name(" europe/berlin ") == read_zone_name("Berlin") == "Europe/Berlin"
    assert read_zone_name(" ") == ""


@pytest.mark.parametrize(
    ("words", "code"), [("de", "DE"), (" US ", "US"), ("none", NO_COUNTRY), ("no", "NO"), ("", "")]
)
def test_a_country_is_two_letters_or_none(words: str, code: str) -> None:
    assert read_country(words) == code


@pytest.mark.parametrize("words", ["Germany", "D", "D1", "<!channel>", "XX"])
def test_what_is_no_country_is_refused(words: str) -> None:
    with pytest.raises(Refusal, match="two letters"):
        read_country(words)


def test_whoever_wants_no_holidays_has_none_whatever_is_set_for_everybody() -> None:
    assert person(ANA, Settings(country=NO_COUNTRY), BERLIN, "DE").workdays == Workdays("")
    assert person(ANA, Settings(), BERLIN, "DE").workdays == Workdays("DE")
    assert person(ANA, Settings(country="US"), BERLIN, "DE").workdays == Workdays("US")


def test_off_is_off() -> None:
    assert means_off(" OFF ")
    assert not means_off("offline")
