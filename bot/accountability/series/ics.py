"""Series of sessions as an iCalendar file (RFC 5545): what was left out and moved, and when the clocks change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unicodedata import category

from icalendar import Calendar, Event

from bot.accountability.calendar.recurrence import Series, end
from bot.accountability.calendar.rfc5545 import fields_of
from bot.accountability.calendar.rules import DAY
from bot.accountability.calendar.wall import moment_of
from bot.accountability.sessions.session import SessionSeries

PRODUCT = "-//CCO Advisor//Sessions//EN"
READ_AGAIN = timedelta(hours=6)  # a calendar program that subscribes to it
YEARS_OF_CLOCK_CHANGES = 10  # calendars that know the zone need none of them; a file is written anew now and then


@dataclass(frozen=True)
class Entry:
    """A series as its calendar entry shows it. `version` counts its changes, so that calendars take the newest."""

    series: Series
    name: str
    purpose: str = ""
    version: int = 0


def entries_of(of: SessionSeries, times: Iterable[Series]) -> tuple[Entry, ...]:
    """A series as calendars show it, one entry for each stretch of its times. Once it has ended, so have they."""
    stretches = times if of.ended_at is None else [_ended(one, of.ended_at) for one in times]
    return tuple(Entry(one, of.name, of.purpose, of.version) for one in stretches)


def _ended(times: Series, at: datetime) -> Series:
    """Without the sessions that would have begun since."""
    day = at.astimezone(times.zone).date()
    last = day if moment_of(day, times.at, times.zone) <= at else day - DAY
    changed = {one: to if to is not None and to <= at else None for one, to in times.exceptions.items()}
    return end(replace(times, exceptions=changed), last)


def calendar_file(entries: Iterable[Entry], now: datetime, stamp: datetime | None = None) -> bytes:
    """The file; what ended before it had a session is left out of it. `stamp` is since when it has said so."""
    entries = [one for one in entries if next(one.series.days(), None) is not None]
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", READ_AGAIN)
    for entry in entries:
        calendar.add_component(_whole(entry, stamp or now))
        for day, to in entry.series.exceptions.items():
            if to is not None and entry.series.has(day):
                calendar.add_component(_moved(entry, day, to, stamp or now))
    if entries:
        years = [one.series.starts_on.year for one in entries] + [now.year]
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + YEARS_OF_CLOCK_CHANGES, 1, 1))
    return bytes(calendar.to_ical())


def _whole(entry: Entry, now: datetime) -> Event:
    series = entry.series
    event = _event(entry, _on_the_wall(series, next(series.days())), now)
    event.add("rrule", _rule(series))
    left_out = [day for day, to in series.exceptions.items() if to is None and series.has(day)]
    if left_out:
        event.add("exdate", [_on_the_wall(series, day) for day in sorted(left_out)])
    return event


def _moved(entry: Entry, day: date, to: datetime, now: datetime) -> Event:
    event = _event(entry, to.astimezone(UTC), now)
    event.add("recurrence-id", _on_the_wall(entry.series, day))
    return event


def _event(entry: Entry, starts: datetime, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.series.id}@cco-advisor")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("duration", timedelta(minutes=entry.series.minutes))
    event.add("sequence", entry.version)
    event.add("summary", _clean(entry.name))
    if entry.purpose:
        event.add("description", _clean(entry.purpose))
    return event


def _on_the_wall(series: Series, day: date) -> datetime:
    return datetime.combine(day, series.at, series.zone)


def _rule(series: Series) -> Mapping[str, Any]:
    """Its parts as icalendar takes them. Of a counted series that ends early, those left are counted."""
    fields: dict[str, Any] = {name: value.split(",") for name, value in fields_of(series.rule.text).items()}
    last = min((day for day in (series.ends_on, series.rule.until) if day is not None), default=None)
    if "COUNT" in fields:
        return fields | {"COUNT": sum(1 for _ in series.days())}
    return fields if last is None else fields | {"UNTIL": moment_of(last, series.at, series.zone)}


def _clean(text: str) -> str:
    """Without what a calendar file must not have: controls, and halves of characters."""
    lines = "\n".join(text.splitlines())
    return "".join(letter for letter in lines if letter == "\n" or category(letter) not in {"Cc", "Cs"})
