"""Dates as people write them: one day to come, perhaps with a time. What is not understood is refused, not guessed."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.accountability.calendar.days import INSTEAD, NotUnderstood, Unreadable, days, shown, spaced
from bot.accountability.calendar.wall import END_OF_WORK, in_words, moment_of

__all__ = ["Ambiguous", "NotUnderstood", "Unreadable", "When", "read_when"]

LONGEST = 80  # characters of a date
FARTHEST = relativedelta(years=2)

END_OF_DAY = "eod|eob|cob|end of (?:the )?(?:business |working )?day|close of business"
CLOCK = "|".join(
    (
        r"[0-9]{1,2}:[0-9]{2}(?: ?[ap]\.?m\.?)?",
        r"[0-9]{1,2} ?[ap]\.?m\.?",
        "at [0-9]{1,2}",
        "noon|midday",
        END_OF_DAY,
    )
)
LEADING = re.compile("^(?:(?:due|no later than|on or before|by|until|till|before|on) )*(?:the )?", re.IGNORECASE)
TIME_LAST = re.compile(f"(?:(?P<day>.+?),? )??(?:(?:at|by|before|until) )?(?P<at>{CLOCK})", re.IGNORECASE)
TIME_FIRST = re.compile(f"(?:at )?(?P<at>{CLOCK}),?(?: on| of)? (?P<day>.+)", re.IGNORECASE)
HOURS = re.compile("(?:at )?(?P<hour>[0-9]+)(?::(?P<minute>[0-9]+))? ?(?P<half>[ap]?)[.m]*")
ENDS_WITH_ORDINAL = re.compile(r"(?:^|.* )(?:[0-9]{1,2}\.){1,2}")  # whose dot belongs to it: “14.12.”


@dataclass(frozen=True)
class When:
    """A day on the calendar of a zone, perhaps with a time of its clocks."""

    day: date
    at: time | None
    zone: ZoneInfo

    @property
    def moment(self) -> datetime:
        """When it is due, in UTC: a day without a time is over when work is."""
        return moment_of(self.day, END_OF_WORK if self.at is None else self.at, self.zone)

    @property
    def words(self) -> str:
        """As clocks will show it: a time that a change of clocks leaves out is written as the one it moves to."""
        if self.at is None:
            return f"{in_words(self.day)} ({self.zone})"
        local = self.moment.astimezone(self.zone)
        return f"{in_words(local.date())}, {local:%H:%M} ({self.zone})"


class Ambiguous(Unreadable):
    """Two dates may be meant: the person decides between the `readings`."""

    def __init__(self, text: str, readings: tuple[When, ...]) -> None:
        super().__init__(text)
        self.readings = readings


def read_when(text: str, now: datetime, zone: ZoneInfo) -> When:
    """The one day to come that the text can mean, with its time if it has one. Raises Unreadable or Ambiguous."""
    words = _plain(text)
    if not words:
        raise NotUnderstood(f"There is no date yet; {INSTEAD}.")
    if len(words) > LONGEST:
        raise NotUnderstood(f"“{shown(words)}” is too long for a date; {INSTEAD}.")
    rest, at = _without_time(LEADING.sub("", words))
    found = days(rest, now.astimezone(zone).date())
    return _only([When(day, at, zone) for day in found], words, now)


def _plain(text: str) -> str:
    words = spaced(text).rstrip("!?,; ")
    return words if ENDS_WITH_ORDINAL.fullmatch(words) else words.removesuffix(".")


def _only(readings: list[When], words: str, now: datetime) -> When:
    """The reading that can be meant; two are for the person to decide."""
    wrongs = [_wrong_with(one, words, now) for one in readings]
    possible = tuple(one for one, wrong in zip(readings, wrongs, strict=True) if not wrong)
    if not possible:
        raise Unreadable(wrongs[0])
    if len(possible) > 1:
        either = " or ".join(one.words for one in possible)
        raise Ambiguous(f"“{shown(words)}” can mean {either}; say which.", possible)
    return possible[0]


def _wrong_with(one: When, words: str, now: datetime) -> str:
    local = now.astimezone(one.zone)
    if one.moment <= now:
        clock = f"{in_words(local.date())}, {local:%H:%M}"
        return f"“{shown(words)}” is over, as it is {clock} now; write a day or time to come, such as “tomorrow 3pm”."
    if one.day > local.date() + FARTHEST:
        return f"“{shown(words)}” is more than two years off, which is probably a slip; write a nearer date."
    return ""


def _without_time(words: str) -> tuple[str, time | None]:
    found = TIME_LAST.fullmatch(words) or TIME_FIRST.fullmatch(words)
    return ((found["day"] or "today"), _clock(found["at"].lower())) if found else (words, None)


def _clock(words: str) -> time:
    found = HOURS.fullmatch(words)
    if found is None:
        return END_OF_WORK if re.fullmatch(END_OF_DAY, words) else time(12)
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if not half and not found["minute"] and 1 <= hour <= 12:
        raise Unreadable(f"“{words}” can be in the morning or in the afternoon; write {hour}am or {hour}pm.")
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Unreadable(f"No clock shows “{words}”; write a time such as 3pm or 15:00.")
    return time(hour % 12 + (12 if half == "p" else 0), minute) if half else time(hour, minute)
