"""How people say how they want to be reminded: pauses, quiet hours, zones and countries as they write them.

What is not understood is refused, with what to write instead.
"""

import re
from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.accountability.calendar.dates import NotUnderstood, When, read_when
from bot.accountability.calendar.days import shown
from bot.accountability.calendar.wall import START_OF_WORK, moment_of
from bot.accountability.calendar.workdays import Quiet
from bot.accountability.calendar.zones import read_zone
from bot.accountability.nudges.people import NO_COUNTRY
from bot.errors import Refusal
from bot.workdays import Workdays

DAY = timedelta(days=1)
OFF = frozenset({"off", "end", "stop"})
NONE = frozenset({"none", "-", "–"})  # “no” is Norway

BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b)\s*")
CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?\s?(?P<half>[ap])?\.?(?:m\.?)?(?:\s?h)?", re.IGNORECASE
)
FOR_TODAY = re.compile(r"(?:for |until the end of )?(?:today|the day|the rest of the day)", re.IGNORECASE)
QUIET_INSTEAD = "Write two times, such as “18:00-8:00” or “6pm to 8am”."


def means_off(words: str) -> bool:
    return words.strip().lower() in OFF


def read_pause(words: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When reminders may come again: on a day without a time, when work begins. Raises Unreadable or Ambiguous."""
    plain = words.strip().rstrip(".!")
    if FOR_TODAY.fullmatch(plain):
        return moment_of(now.astimezone(zone).date() + DAY, START_OF_WORK, zone)
    when = _read(plain, now, zone)
    begin = moment_of(when.day, START_OF_WORK if when.at is None else when.at, zone)
    if begin <= now:
        raise Refusal(f"That is over already. Write a day or time to come: `/cco pause until {_tomorrow(now, zone)}`.")
    return begin


def _read(words: str, now: datetime, zone: ZoneInfo) -> When:
    """People pause until a day, or for a time: “for two weeks”, “2 weeks”."""
    try:
        return read_when(re.sub("^for ", "in ", words, flags=re.IGNORECASE), now, zone)
    except NotUnderstood:
        with suppress(NotUnderstood):
            return read_when(f"in {words}", now, zone)
        raise


def _tomorrow(now: datetime, zone: ZoneInfo) -> str:
    return f"{now.astimezone(zone) + DAY:%A}"


def read_quiet(words: str) -> Quiet:
    """Two times of the day, the second perhaps on the next one. Raises Refusal."""
    plain = re.sub("^(?:from|between) ", "", words.strip().lower())
    parts = BETWEEN.split(plain)
    found = [CLOCK.fullmatch(part) for part in parts]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise Refusal(f"I can't read “{shown(words)}” as quiet hours. {QUIET_INSTEAD}")
    starts, ends = found[0], found[1]
    by_24 = any(int(one["hour"]) > 12 or one["minute"] for one in (starts, ends))
    return Quiet(_clock(starts, by_24=by_24), _clock(ends, by_24=by_24))


def _clock(found: "re.Match[str]", *, by_24: bool) -> time:
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if not half and not by_24:
        raise Refusal(f"“{found[0]}” can be in the morning or in the afternoon. {QUIET_INSTEAD}")
    if minute > 59 or hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise Refusal(f"No clock shows “{found[0]}”. {QUIET_INSTEAD}")
    return time(hour % 12 + (12 if half == "p" else 0), minute) if half else time(hour % 24, minute)


def read_zone_name(words: str) -> str:
    """The name of the zone that is meant; empty stays empty."""
    return read_zone(words).key if words.strip() else ""


def read_country(words: str) -> str:
    """Whose public holidays count, in two letters; nobody's for “none”; empty stays empty."""
    plain = words.strip()
    if plain.lower() in NONE:
        return NO_COUNTRY
    code = plain.upper()
    if code and not re.fullmatch("[A-Z]{2}", code):
        raise Refusal(f"“{shown(plain)}” is no country in two letters. Write one such as DE or US, or “none”.")
    return Workdays(code).country
