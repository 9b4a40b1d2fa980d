"""The times of a series in words: its rhythm, and the days and times of its sessions on the wall of its zone."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.accountability.calendar.recurrence import Series
from bot.accountability.calendar.wall import in_words

OVER = "No session is left by its rhythm"


def rhythms(times: Iterable[Series], now: datetime) -> tuple[str, ...]:
    """How the series goes from now on; where other times come, each with its day."""
    held = [one for one in times if next(one.days(now.astimezone(one.zone).date()), None) is not None]
    if not held:
        return (OVER,)
    return (rhythm(held[0]), *(from_then_on(one) for one in held[1:]))


def rhythm(times: Series) -> str:
    words = times.rule.words
    return f"{words[:1].upper()}{words[1:]} at {times.at:%H:%M} ({times.zone.key}), {times.minutes} minutes"


def from_then_on(times: Series) -> str:
    """From which session on it goes so."""
    words = rhythm(times)
    first = next(times.days(), times.starts_on)
    return f"From {in_words(first)} on: {words[:1].lower()}{words[1:]}"


def day_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """As a calendar and a clock there show it, for where Slack can't show each reader their own."""
    local = moment.astimezone(zone)
    return f"{in_words(local.date())}, {local:%H:%M} ({zone.key})"
