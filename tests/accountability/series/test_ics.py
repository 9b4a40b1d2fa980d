"""The calendar file says to a calendar what the series says to us, whatever was skipped or moved."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.accountability.calendar.recurrence import Series, change_from, end, move, occurrences, skip
from bot.accountability.calendar.rules import Rule
from bot.accountability.series.ics import Entry, calendar_file, entries_of
from bot.accountability.sessions.later import coming
from tests.accountability.calendar.examples import BERLIN, DAY, DAYS, TIMES, UNHURRIED, ZONES, local
from tests.accountability.calendar.test_recurrence import CADENCES, a_series
from tests.accountability.sessions.examples import SERIES

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


# A whole series, with the times that it had and has


def sessions_in(written: bytes, since: datetime, until: datetime) -> list[datetime]:
    """When a calendar has sessions, each entry read for itself."""
    by_entry: dict[str, list[Event]] = {}
    for event in events(written):
        by_entry.setdefault(str(event["uid"]), []).append(event)
    found = [one for entry in by_entry.values() for one in expanded(entry, until)]
    return sorted(one for one in found if since <= one < until)


def expanded(entry: list[Event], until: datetime) -> list[datetime]:
    """By dateutil, on the wall of the zone that the file names."""
    [whole] = [event for event in entry if "rrule" in event]
    moved = [event for event in entry if "recurrence-id" in event]
    start = whole["dtstart"].dt
    rules = rrulestr(f"RRULE:{whole['rrule'].to_ical().decode()}", dtstart=start, forceset=True)
    for stamp in [*(whole["exdate"].dts if "exdate" in whole else []), *(event["recurrence-id"] for event in moved)]:
        rules.exdate(stamp.dt)
    walls = takewhile(lambda wall: wall < until, rules)
    return [wall.astimezone(UTC) for wall in walls] + [event["dtstart"].dt for event in moved]


def test_a_calendar_has_the_sessions_that_are_planned_over_a_clock_change() -> None:
    first = Series("s1", date(2026, 9, 1), time(9), 45, BERLIN, Rule.read("weekly on Tuesday"))
    first = move(skip(first, date(2026, 10, 20)), date(2026, 10, 27), local(2026, 10, 28, 16))
    ended, second = change_from(first, date(2027, 3, 1), new_id="s1-02", rule=Rule.read("monthly on the first Friday"))
    times = (ended, replace(second, zone=ZoneInfo("America/New_York")))
    since, until = local(2026, 9, 1), local(2027, 8, 1)
    planned = [one.starts_at for one in coming(times, since, 60) if one.starts_at < until]
    assert len(planned) > 25
    assert sessions_in(calendar_file(entries_of(SERIES, times), NOW), since, until) == planned


def test_a_series_that_was_ended_has_no_session_since() -> None:
    whole = Series("s1", date(2026, 11, 3), time(9), 45, BERLIN, Rule.read("weekly on Tuesday"))
    times = (move(move(whole, date(2026, 11, 17), local(2026, 12, 3)), date(2026, 11, 10), local(2026, 11, 11)),)
    at_noon = replace(SERIES, ended_at=local(2026, 11, 24, 12))
    written = calendar_file(entries_of(at_noon, times), NOW)
    assert sessions_in(written, local(2026, 1, 1), local(2028, 1, 1)) == [
        local(2026, 11, 3, 9),
        local(2026, 11, 11),
        local(2026, 11, 24, 9),
    ]
    before_nine = calendar_file(entries_of(replace(at_noon, ended_at=local(2026, 11, 24, 8)), times), NOW)
    assert local(2026, 11, 24, 9) not in sessions_in(before_nine, local(2026, 1, 1), local(2028, 1, 1))


def test_each_change_of_a_series_makes_its_entry_newer() -> None:
    entry = entries_of(replace(SERIES, version=7), [a_series()])[0]
    [whole] = events(calendar_file([entry], NOW, stamp=local(2026, 11, 1)))
    assert (whole["sequence"], whole["dtstamp"].dt) == (7, local(2026, 11, 1))


def test_a_calendar_that_subscribes_is_told_when_to_read_again() -> None:
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in calendar_file([Entry(CHANGED, "Sessions")], NOW)
