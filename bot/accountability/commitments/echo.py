"""A date in words, as it is said back to whoever wrote it before anything is saved."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.accountability.calendar.wall import in_words


def echoed(moment: datetime, zone: ZoneInfo, *, is_theirs: bool) -> str:
    """With its weekday and its zone. `is_theirs` is False where nobody could say which zone the writer is in."""
    there = moment.astimezone(zone)
    whose = f"your time, {zone.key}" if is_theirs else f"{zone.key}, as Slack didn't tell me your time zone"
    return f"{in_words(there.date())}, {there:%H:%M} ({whose})"
