"""The rule of a series: RFC 5545 text, written by itself or as a cadence in words, and the days that it names."""

from calendar import isleap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, dropwhile, islice

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from bot.accountability.calendar.cadences import CODES, read_cadence, words_of
from bot.accountability.calendar.rfc5545 import MOST_TIMES, checked, fields_of, text_of
from bot.accountability.calendar.wall import in_words
from bot.errors import Refusal

DAY = timedelta(days=1)
LONGEST = 200  # characters
HORIZON = 12  # years in which a series has to come a second time: 29 February may take eight
LEAP_YEAR = date(2024, 1, 1)
KEPT = 20  # days of a rhythm: twelve, and what of its first week is over

NAMES_DAYS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")


@dataclass(frozen=True)
class Rule:
    """On which days a series has its sessions. `text` is an RRULE without its name, such as “FREQ=WEEKLY;BYDAY=TU”."""

    text: str

    @classmethod
    def read(cls, text: str) -> "Rule":
        """A rule as RFC 5545 or as people write it; one that no series can have is refused."""
        written = " ".join(text.split())
        if len(written) > LONGEST:
            raise Refusal(f"A rule has {LONGEST} characters at most, not {len(written):,}; write a shorter one.")
        rule = cls(checked(written if "=" in written else read_cadence(written)))
        rule.check(LEAP_YEAR)
        return rule

    @property
    def words(self) -> str:
        return words_of(fields_of(self.text))

    @property
    def until(self) -> date | None:
        until = fields_of(self.text).get("UNTIL")
        return date.fromisoformat(until) if until else None

    def check(self, starts_on: date) -> None:
        """Refuses a rule that never comes, or once and not again in many years."""
        fields = fields_of(self.text)
        needed = min(2, int(fields.get("COUNT", "2")))
        if self.until and self.until < starts_on:
            raise Refusal(f"The rule ends on {in_words(self.until)}, before the series starts; choose a later end.")
        start = _as_late_as_can_be(starts_on)
        last = start + relativedelta(years=HORIZON)
        if sum(1 for day in islice(_all_days(self.text, start), 2) if day <= last) < needed:
            raise Refusal(f"The rule “{self.text}” never comes, or once and not again in {HORIZON} years; change it.")

    def anchored(self, starts_on: date) -> "Rule":
        """With the day of the first session where the rule leaves it open.

        The 31st is the last day in shorter months, and 29 February the 28th in other years, so that no month goes
        without its session; RFC 5545 would leave it out.
        """
        fields = fields_of(self.text)
        if fields["FREQ"] == "DAILY" or any(name in fields for name in NAMES_DAYS):
            return self
        if fields["FREQ"] == "WEEKLY":
            return Rule(text_of({**fields, "BYDAY": CODES[starts_on.weekday()]}))
        if fields["FREQ"] == "YEARLY":
            fields = {"BYMONTH": str(starts_on.month), **fields}
        is_short = "," in fields.get("BYMONTH", "")  # the last of several months would be the last of all
        days = range(starts_on.day if is_short else min(starts_on.day, 28), starts_on.day + 1)
        clamped = {"BYSETPOS": "-1"} if len(days) > 1 else {}
        return Rule(text_of({**clamped, **fields, "BYMONTHDAY": ",".join(map(str, days))}))

    def days(self, starts_on: date, since: date) -> Iterator[date]:
        """The days from `since` on, of a series that starts on `starts_on`; endless, or not."""
        first, until = max(starts_on, since), self.until
        found = _days(self.text, self._period_before(starts_on, first))
        for day in dropwhile(lambda one: one < first, found):
            if until is not None and day > until:
                return
            yield day

    def rest(self, starts_on: date, since: date) -> "Rule":
        """The rule for what is left of a series from this day on: fewer times, if they were counted."""
        fields = fields_of(self.text)
        if "COUNT" not in fields:
            return self
        past = sum(1 for day in self.days(starts_on, starts_on) if day < since)
        return Rule(text_of({**fields, "COUNT": str(int(fields["COUNT"]) - past)}))

    def _period_before(self, starts_on: date, day: date) -> date:
        """A day from which the rule can be asked without going through all that is past.

        It is the first of a week, month or year in the rule's rhythm, hence the same for many series: see `_days`.
        """
        fields = fields_of(self.text)
        if "COUNT" in fields:
            return starts_on
        interval = int(fields.get("INTERVAL", "1"))
        match fields["FREQ"]:
            case "DAILY":
                return _stepped(starts_on, day, interval)
            case "WEEKLY":
                return _stepped(_week_of(starts_on, fields.get("WKST", "MO")), day, 7 * interval)
            case "MONTHLY":
                months = (day.year - starts_on.year) * 12 + day.month - starts_on.month
                return starts_on.replace(day=1) + relativedelta(months=months - months % interval)
        years = day.year - starts_on.year
        return date(day.year - years % interval, 1, 1)


def _stepped(start: date, day: date, step: int) -> date:
    return start + (day - start).days // step * step * DAY


def _week_of(day: date, first_weekday: str) -> date:
    return day - (day.weekday() - "MO TU WE TH FR SA SU".split().index(first_weekday)) % 7 * DAY


def _days(text: str, start: date) -> Iterator[date]:
    """The first days are kept: ten thousand series have a few dozen rhythms among them."""
    first = _first_days(text, start)
    yield from first
    if len(first) == KEPT:
        yield from islice(_all_days(text, start), KEPT, None)


@lru_cache(maxsize=4_096)
def _first_days(text: str, start: date) -> tuple[date, ...]:
    return tuple(islice(_all_days(text, start), MOST_TIMES if "COUNT" in text else KEPT))


def _all_days(text: str, start: date) -> Iterator[date]:
    """The end is not told to dateutil: whoever asks stops there. Its own cache is not used: an error locks it for good.

    It stumbles over the end of the year 9999, up to where it looks for a rule's next day.
    """
    fields = {name: value for name, value in fields_of(text).items() if name != "UNTIL"}
    found = rrulestr(text_of(fields), dtstart=datetime.combine(start, time()))
    with suppress(ValueError):
        yield from (one.date() for one in found)


def _as_late_as_can_be(day: date) -> date:
    """The same day of a year with the same calendar, shortly before the end of time.

    dateutil looks for the next day until the year 9999, which takes seconds when there is none. Calendars repeat every
    28 years within a century, so the last years tell as much as ours.
    """
    latest = count(MAXYEAR - HORIZON - 1, -1)
    year = next(one for one in latest if _calendar(one) == _calendar(day.year) and one % 4 == day.year % 4)
    return day.replace(year=year)


def _calendar(year: int) -> tuple[int, bool]:
    return date(year, 1, 1).weekday(), isleap(year)
