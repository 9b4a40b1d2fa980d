"""The calendar file says to a calendar what the series says to us, whatever was skipped or moved."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.accountability.calendar.recurrence import Series, end, move, occurrences, skip
from bot.accountability.calendar.rules import Rule
from bot.accountability.sessions.ics import Entry, calendar_file
from tests.accountability.calendar.examples import BERLIN, DAY, DAYS, TIMES, UNHURRIED, ZONES, local
from tests.accountability.calendar.test_recurrence import CADENCES, a_series

NOW = local(2026, 11, 24, 12)
CHANGED = move(skip(a_series(), date(2026, 12, 1)), date(2026, 12, 8), local(2026, 12, 9, 14))


def events(written: bytes) -> list[Event]:
    return [part for part in Calendar.from_ical(written).walk("VEVENT") if isinstance(part, Event)]


def test_a_series_is_one_entry_with_what_was_left_out_and_moved() -> None:
    whole, moved = events(calendar_file([Entry(CHANGED, "Sessions", "To move on", version=3)], NOW))
    assert (whole["summary"], whole["description"], whole["sequence"]) == ("Sessions", "To move on", 3)
    assert whole["uid"] == moved["uid"] == "S@cco-advisor"
    assert whole["dtstart"].dt == datetime(2026, 11, 3, 9, tzinfo=BERLIN)
    assert whole["exdate"].dts[0].dt == datetime(2026, 12, 1, 9, tzinfo=BERLIN)
    assert moved["recurrence-id"].dt == datetime(2026, 12, 8, 9, tzinfo=BERLIN)
    assert moved["dtstart"].dt == local(2026, 12, 9, 14)
    assert whole["duration"].dt == timedelta(minutes=45)


def test_it_is_the_same_file_each_time() -> None:
    entry = Entry(CHANGED, "Sessions")
    assert calendar_file([entry], NOW) == calendar_file([entry], NOW)


def test_several_series_share_a_file_and_their_zones() -> None:
    other = Series("T", date(2026, 11, 5), time(9), 30, BERLIN, Rule.read("weekly"))
    written = calendar_file([Entry(CHANGED, "One"), Entry(other, "Two")], NOW)
    assert {str(event["uid"]) for event in events(written)} == {"S@cco-advisor", "T@cco-advisor"}
    assert written.count(b"BEGIN:VTIMEZONE") == 1


def test_a_series_that_never_met_is_left_out() -> None:
    over = end(a_series(), date(2026, 11, 2))
    assert events(calendar_file([Entry(over, "Over")], NOW)) == []


def test_a_series_that_ends_ends_in_the_calendar() -> None:
    [whole] = events(calendar_file([Entry(end(a_series(), date(2026, 12, 5)), "Sessions")], NOW))
    assert whole["rrule"]["UNTIL"] == [local(2026, 12, 5, 9)]
    [counted] = events(calendar_file([Entry(end(a_series("FREQ=WEEKLY;COUNT=9"), date(2026, 11, 20)), "Few")], NOW))
    assert (counted["rrule"]["COUNT"], "UNTIL" in counted["rrule"]) == ([3], False)


def test_in_utc_no_zone_is_needed() -> None:
    written = calendar_file([Entry(a_series(zone=ZoneInfo("UTC")), "Sessions")], NOW)
    assert b"DTSTART:20261103T090000Z" in written
    assert b"VTIMEZONE" not in written


@UNHURRIED
@given(
    st.text(max_size=200) | st.sampled_from(['a;b,c\\d"e', "x\r\nEND:VEVENT\r\nBEGIN:VEVENT", "\u2028\x00\ud800\t\r"])
)
def test_no_text_breaks_the_file(text: str) -> None:
    [event] = events(calendar_file([Entry(a_series(), text, f"x{text}")], NOW))
    kept = "".join(letter for letter in "\n".join(text.splitlines()) if letter == "\n" or is_kept(letter))
    assert str(event["summary"]) == kept
    assert str(event["description"]) == f"x{kept}" or text[:1] in "\n\r"


def is_kept(letter: str) -> bool:
    return not re.match("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", letter)


@UNHURRIED
@given(DAYS, TIMES, ZONES, CADENCES, st.sets(st.integers(0, 9), max_size=4), st.sets(st.integers(0, 9), max_size=4))
def test_a_calendar_finds_the_same_sessions(
    start: date, at: time, zone: ZoneInfo, rule: Rule, skipped: set[int], moved: set[int]
) -> None:
    series = Series("S", start, at, 30, zone, rule)
    days = list(islice(series.days(), 10))
    for number in skipped & set(range(len(days))):
        series = skip(series, days[number])
    for number in moved & set(range(len(days))) - skipped:
        series = move(series, days[number], datetime.combine(days[number] + DAY, time(4, 1), UTC))
    if days:
        ours = [one.starts_at for one in occurrences(series, datetime(2023, 1, 1, tzinfo=UTC), 14)]
        assert theirs(calendar_file([Entry(series, "Sessions")], NOW), zone)[: len(ours)] == ours


def theirs(written: bytes, zone: ZoneInfo) -> list[datetime]:
    """The sessions as a calendar makes them out, which knows nothing of ours but the file."""
    whole, *instead = events(written)
    rule = whole["rrule"].to_ical().decode()
    rule = re.sub(r";?UNTIL=[0-9TZ]+", "", rule)
    until = whole["rrule"].get("UNTIL", [datetime.max.replace(tzinfo=UTC)])[0]
    start = whole["dtstart"].dt.replace(tzinfo=None)
    walls = islice(rrulestr(rule, dtstart=start), 30)
    left_out = {stamp.dt.replace(tzinfo=None) for stamp in whole["exdate"].dts} if "exdate" in whole else set()
    left_out |= {event["recurrence-id"].dt.replace(tzinfo=None) for event in instead}
    kept = [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls if wall not in left_out]
    return sorted([one for one in kept if one <= until] + [event["dtstart"].dt for event in instead])


@settings(UNHURRIED, max_examples=40)
@given(ZONES, DAYS)
def test_the_file_tells_a_stranger_when_the_clocks_change(zone: ZoneInfo, start: date) -> None:
    series = Series("S", start, time(12), 30, zone, Rule.read("every 3 weeks"))
    written = calendar_file([Entry(series, "Sessions")], NOW).decode()
    unknown = written.replace(f"TZID:{zone.key}", f"TZID:Unknown/{zone.key}")  # so that what it says is all there is
    for part in Calendar.from_ical(unknown).walk("VTIMEZONE"):
        stranger = part.to_tz()
        for one in occurrences(series, datetime(2023, 1, 1, tzinfo=UTC), 20):
            wall = datetime.combine(one.day, time(12))
            assert wall.replace(tzinfo=stranger).utcoffset() == wall.replace(tzinfo=zone).utcoffset()
