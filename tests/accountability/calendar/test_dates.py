"""Dates as people write them: what is understood, what is asked back, what is refused and how."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.calendar.dates import Ambiguous, NotUnderstood, Unreadable, When, read_when
from bot.accountability.calendar.days import VOCABULARY
from tests.accountability.calendar.examples import BERLIN, DAYS, MOMENTS, TIMES, UNHURRIED, ZONES, local

NOW = local(2026, 11, 24, 10)  # a Tuesday
WORDS = st.sampled_from(
    [*sorted(VOCABULARY), "14", "14th", "32nd", "3pm", "15:00", "03/04", "14.12.", "2026", "?", "0"]
)

UNDERSTOOD = {
    # weekdays
    "Friday": "2026-11-27",
    "fri": "2026-11-27",
    "Fri.": "2026-11-27",
    "on Friday": "2026-11-27",
    "by Friday!": "2026-11-27",
    "this Friday": "2026-11-27",
    "coming Friday": "2026-11-27",
    "Monday": "2026-11-30",
    "next Tuesday": "2026-12-01",
    "next Monday": "2026-11-30",
    "Friday next week": "2026-12-04",
    "Friday of next week": "2026-12-04",
    "next week on Friday": "2026-12-04",
    "Thursday this week": "2026-11-26",
    "Friday 3pm": "2026-11-27 15:00",
    "Friday, 3 pm": "2026-11-27 15:00",
    "Friday at 3:30 p.m.": "2026-11-27 15:30",
    "Friday 15:00": "2026-11-27 15:00",
    "3pm on Friday": "2026-11-27 15:00",
    "Friday at 15": "2026-11-27 15:00",
    "Friday noon": "2026-11-27 12:00",
    "by noon on Friday": "2026-11-27 12:00",
    "Friday eod": "2026-11-27 17:00",
    "end of day Friday": "2026-11-27 17:00",
    "Tuesday 9am": "2026-12-01 09:00",  # today's is over
    # near days
    "today": "2026-11-24",
    "TODAY  17:00": "2026-11-24 17:00",
    "tomorrow": "2026-11-25",
    "tomorrow 12am": "2026-11-25 00:00",
    "tomorrow 12pm": "2026-11-25 12:00",
    "the day after tomorrow": "2026-11-26",
    "noon": "2026-11-24 12:00",
    "3pm": "2026-11-24 15:00",
    "eod": "2026-11-24 17:00",
    "end of day": "2026-11-24 17:00",
    # ends
    "end of week": "2026-11-27",
    "end of the week": "2026-11-27",
    "end of next week": "2026-12-04",
    "end of month": "2026-11-30",
    "by the end of the month": "2026-11-30",
    "end of next month": "2026-12-31",
    "end of quarter": "2026-12-31",
    "end of next quarter": "2027-03-31",
    "end of year": "2026-12-31",
    "end of next year": "2027-12-31",
    "EOW": "2026-11-27",
    "eom": "2026-11-30",
    "eoq": "2026-12-31",
    "eoy 3pm": "2026-12-31 15:00",
    # spans
    "in two weeks": "2026-12-08",
    "in 10 days": "2026-12-04",
    "in a week": "2026-12-01",
    "in a fortnight": "2026-12-08",
    "in 3 months": "2027-02-24",
    "in one quarter": "2027-02-24",
    "in a year": "2027-11-24",
    "two weeks from now": "2026-12-08",
    "in two weeks 9:00": "2026-12-08 09:00",
    # dates
    "14 Dec": "2026-12-14",
    "14 dec.": "2026-12-14",
    "14th December": "2026-12-14",
    "the 14th of December": "2026-12-14",
    "Dec 14": "2026-12-14",
    "Dec 14th": "2026-12-14",
    "December 14, 2026": "2026-12-14",
    "14 December 2026": "2026-12-14",
    "Monday 14 December 2026, 15:00": "2026-12-14 15:00",
    "Mon, Dec 14": "2026-12-14",
    "14.12.": "2026-12-14",
    "14. 12.": "2026-12-14",
    "by 14.12.": "2026-12-14",
    "14.12.2026": "2026-12-14",
    "14.12.26": "2026-12-14",
    "14.12. 15:00": "2026-12-14 15:00",
    "2026-12-14": "2026-12-14",
    "2026/12/14": "2026-12-14",
    "14/12": "2026-12-14",
    "12/14": "2026-12-14",
    "12/12": "2026-12-12",
    "14/12/2026": "2026-12-14",
    "14-12-2026": "2026-12-14",
    "the 14th": "2026-12-14",
    "the 30th": "2026-11-30",
    "Monday the 14th": "2026-12-14",
    "24 Nov": "2026-11-24",
    "23 Nov": "2027-11-23",  # the next to come
    "1 Jan": "2027-01-01",
    "29 Feb": "2028-02-29",
    "24 Nov 2028": "2028-11-24",
    "01/12/2026": "2026-12-01",  # the twelfth of January is over
    "Thu 03/04": "2027-03-04",  # the third of April is a Saturday
}
AMBIGUOUS = {
    "03/04": ("2027-03-04", "2027-04-03"),
    "by 3/4": ("2027-03-04", "2027-04-03"),
    "03/04/2027 9am": ("2027-03-04 09:00", "2027-04-03 09:00"),
    "Tuesday": ("2026-11-24", "2026-12-01"),
    "Tuesday 3pm": ("2026-11-24 15:00", "2026-12-01 15:00"),
    "next Friday": ("2026-11-27", "2026-12-04"),
}
REFUSED = {
    "by the 32nd": "No month has 32 days",
    "32 Dec": "No month has 32 days",
    "31.11.": "November has no day 31",
    "30 Feb": "February has no day 30",
    "29 Feb 2027": "February 2027 has no day 29",
    "the 31st": "November has no day 31",
    "0 Dec": "December has no day 0",
    "14.13.": "There is no month 13",
    "2026-13-01": "There is no month 13",
    "99/99": "No month has 99 days",
    "00/00": "There is no month 0",
    "yesterday": "“yesterday” is over, as it is Tuesday 24 November 2026, 10:00 now",
    "last Friday": "“last Friday” is over",
    "two weeks ago": "is over",
    "Monday this week": "is over",
    "today 9am": "“today 9am” is over",
    "today 10:00": "is over",
    "9:00": "is over",
    "2025-12-14": "is over",
    "0000-01-01": "is over",
    "14 Dec 2036": "more than two years off, which is probably a slip",
    "25 Nov 2028": "more than two years off",
    "in ten years": "more than two years off",
    "in 99999999999999999999 weeks": "more than two years off",
    "9999-12-31": "more than two years off",
    "Friday 14 December": "14 December 2026 is a Monday, not a Friday",
    "Mon 03/04": "is a Thursday, not a Monday",
    "Friday 25:00": "No clock shows “25:00”",
    "Friday 15:75": "No clock shows “15:75”",
    "Friday 13pm": "No clock shows “13pm”",
    "Friday 0am": "No clock shows “0am”",
    "Friday at 5": "“at 5” can be in the morning or in the afternoon; write 5am or 5pm",
    "next week": "“next week” names no day",
    "December": "“december” names no day",
    "March 2027": "names no day",
}
NOT_UNDERSTOOD = {
    "": "There is no date yet",
    " \n\t ": "There is no date yet",
    "Friday maybe": "I don't understand “maybe” in “Friday maybe”",
    "14 Dec or so": "I don't understand “or so”",
    "Friday 3pm CET": "I don't understand “CET”",
    "asap": "I don't understand “asap” as a date",
    "Friday Monday": "I don't understand “Friday Monday” as a date",
    "3pm 5pm": "I don't understand",
    "in 2 hours": "I don't understand “hours”",
    "in a month's time": "I don't understand “month's”",
    "in -3 days": "I don't understand “-3”",
    "in 3.5 days": "I don't understand",
    "14.12": "“14.12” can be a day or a time; write “14.12.” for the day or “14:12” for the time",
    "2026": "I don't understand “2026”",
    "١٤ Dec": "I don't understand “١٤”",
    "Fri\u202eday": "I don't understand “Fri day” as a date",
    "by": "I don't understand “by”",
    "x" * 5_000: "is too long for a date",
    "Friday <!channel>": "I don't understand “<!channel>”",
}


def written(when: When) -> str:
    return f"{when.day}" + (f" {when.at:%H:%M}" if when.at is not None else "")


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD.items())
def test_it_is_understood(text: str, expected: str) -> None:
    assert written(read_when(text, NOW, BERLIN)) == expected


@pytest.mark.parametrize(("text", "expected"), AMBIGUOUS.items())
def test_what_can_mean_two_dates_is_asked_back(text: str, expected: tuple[str, str]) -> None:
    with pytest.raises(Ambiguous, match=r"can mean .+ or .+; say which") as caught:
        read_when(text, NOW, BERLIN)
    assert tuple(map(written, caught.value.readings)) == expected


@pytest.mark.parametrize(("text", "expected"), REFUSED.items())
def test_a_date_that_can_not_be_meant_is_refused_and_why(text: str, expected: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_when(text, NOW, BERLIN)
    assert expected in str(caught.value)
    assert not isinstance(caught.value, NotUnderstood | Ambiguous)
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize(("text", "expected"), NOT_UNDERSTOOD.items())
def test_what_is_not_understood_is_named_not_guessed(text: str, expected: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read_when(text, NOW, BERLIN)
    assert expected in str(caught.value)
    assert is_one_sentence(str(caught.value))


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 250


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        (local(2026, 11, 27, 18), "Friday", "2026-12-04"),  # today's end of work is over
        (local(2026, 11, 28, 9), "end of week", "2026-12-04"),  # a Saturday
        (local(2026, 11, 28, 9), "end of next week", "2026-12-04"),
        (local(2026, 11, 29, 9), "next Tuesday", "2026-12-01"),  # a Sunday
        (local(2026, 11, 29, 9), "this Sunday", "2026-11-29"),
        (local(2026, 12, 31, 9), "end of month", "2026-12-31"),
        (local(2026, 12, 31, 9), "end of next month", "2027-01-31"),
        (local(2027, 1, 31, 9), "in a month", "2027-02-28"),
        (local(2027, 12, 31, 9), "in two months", "2028-02-29"),
        (local(2028, 2, 29, 9), "in a year", "2029-02-28"),
        (local(2027, 12, 20, 9), "the 14th", "2028-01-14"),
        (local(2026, 11, 24, 18), "today 20:00", "2026-11-24 20:00"),
    ],
)
def test_it_depends_on_the_day(now: datetime, text: str, expected: str) -> None:
    assert written(read_when(text, now, BERLIN)) == expected


def test_today_is_today_where_the_writer_is() -> None:
    late = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert read_when("tomorrow", late, ZoneInfo("Pacific/Auckland")).day == date(2026, 11, 26)
    assert read_when("tomorrow", late, ZoneInfo("America/New_York")).day == date(2026, 11, 25)


def test_a_day_without_a_time_is_due_when_work_ends() -> None:
    when = When(date(2026, 12, 4), None, BERLIN)
    assert when.moment == local(2026, 12, 4, 17)
    assert when.words == "Friday 4 December 2026 (Europe/Berlin)"


def test_midnight_is_a_time() -> None:
    assert When(date(2026, 12, 4), time(0), BERLIN).moment == local(2026, 12, 4)


def test_a_date_is_echoed_in_words() -> None:
    assert read_when("14 Dec 3pm", NOW, BERLIN).words == "Monday 14 December 2026, 15:00 (Europe/Berlin)"


def test_a_time_left_out_by_the_clocks_is_echoed_as_the_one_it_moves_to() -> None:
    when = read_when("28 March 2:30am", NOW, BERLIN)
    assert when.words == "Sunday 28 March 2027, 03:30 (Europe/Berlin)"
    assert when.moment == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_show_twice_is_the_first() -> None:
    assert read_when("31 Oct 2027 2:30am", NOW, BERLIN).moment == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@UNHURRIED
@given(MOMENTS, DAYS, st.none() | TIMES, ZONES)
def test_a_full_date_means_itself_in_every_zone_or_is_refused(
    now: datetime, day: date, at: time | None, zone: ZoneInfo
) -> None:
    text = f"{day.isoformat()} {at:%H:%M}" if at is not None else day.isoformat()
    wanted = When(day, at, zone)
    try:
        assert read_when(text, now, zone) == wanted
    except Unreadable:
        assert wanted.moment <= now or wanted.moment > now + timedelta(days=729)
    else:
        assert now < wanted.moment < now + timedelta(days=733)


@UNHURRIED
@given(MOMENTS, ZONES, DAYS.map(lambda day: f"{day.day} {day:%B}") | st.sampled_from(sorted(UNDERSTOOD)))
def test_what_is_read_is_always_to_come(now: datetime, zone: ZoneInfo, text: str) -> None:
    assert all(one.moment > now for one in readings(text, now, zone))


@UNHURRIED
@given(MOMENTS, ZONES, st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=90))
def test_whatever_is_written_is_read_or_refused_in_a_sentence(now: datetime, zone: ZoneInfo, text: str) -> None:
    assert len(readings(text, now, zone)) in {0, 1, 2}


def readings(text: str, now: datetime, zone: ZoneInfo) -> tuple[When, ...]:
    """All that the text can mean. Whatever is refused is refused in a sentence."""
    try:
        return (read_when(text, now, zone),)
    except Unreadable as found:
        refusal = found
    assert is_one_sentence(str(refusal))
    return refusal.readings if isinstance(refusal, Ambiguous) else ()
