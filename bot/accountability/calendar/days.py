"""The grammar of days as people write them: which day words mean, seen from today, or which two they can mean."""

import re
from calendar import isleap
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.errors import Refusal

Days = tuple[date, ...]
Fields = Mapping[str, str]  # what a pattern found, by name, and all of it as “words”
Reader = Callable[[Fields, date], Days]

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
FRIDAY = 4
LARGEST_COUNT = 1_000  # what lies farther is refused all the same
INSTEAD = "write the date as “Friday 3pm”, “14 Dec” or “in two weeks”"


class Unreadable(Refusal):
    """A date that is not one, or can't be meant. The text says which words, and what to write instead."""


class NotUnderstood(Unreadable):
    """Words that the grammar does not know: perhaps they were not meant as a date."""


# The words

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(
    "january february march april may june july august september october november december".split(),
)
MOST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SHORT_ENDS = {"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"}


def _numbered(names: Iterable[str], first: int) -> dict[str, int]:
    """Each name and its first three letters, with or without a dot, with its number."""
    return {form: n for n, name in enumerate(names, first) for form in (name, name[:3], f"{name[:3]}.")}


WEEKDAY_NUMBERS = _numbered(WEEKDAYS, 0) | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
MONTH_NUMBERS = _numbered(MONTHS, 1) | {"sept": 9, "sept.": 9}
COUNT_NUMBERS = {name: number for number, name in enumerate(COUNTS, 1)} | {"a": 1, "an": 1}
OTHERS = """today tomorrow yesterday day days after before this next coming last past ago the of end in on at by
    from now time week weeks fortnight fortnights month months quarter quarters year years noon midday am pm
    eod eob cob"""
VOCABULARY = {*WEEKDAY_NUMBERS, *MONTH_NUMBERS, *COUNT_NUMBERS, *SHORT_ENDS, *OTHERS.split()}
NUMERAL = re.compile("[0-9][0-9.:/-]*(?:st|nd|rd|th|am|pm)?", re.IGNORECASE)


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def days(words: str, today: date) -> Days:
    """The days that the words can mean. What is over is among them: whoever knows the time decides."""
    plain = words.lower()
    for pattern, read in GRAMMAR:
        if found := pattern.fullmatch(plain):
            return read({**found.groupdict(""), "words": plain}, today)
    raise NotUnderstood(_strange(words))


def shown(text: str, most: int = 40) -> str:
    """Somebody's words as an error quotes them: no line breaks or other controls, and not many."""
    line = spaced(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def spaced(text: str) -> str:
    """In one line, with single spaces, and without what can't be seen."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _strange(words: str) -> str:
    """Names the words that no date has. Where each is known, it is their order that makes no sense."""
    every = [word.strip(",") for word in words.split()]
    odd = [word for word in every if word.lower() not in VOCABULARY and not NUMERAL.fullmatch(word)]
    if odd and len(odd) < len(every):
        return f"I don't understand “{shown(' '.join(odd))}” in “{shown(words)}”; {INSTEAD}."
    return f"I don't understand “{shown(words)}” as a date; {INSTEAD}."


# What each pattern means


def _today(_fields: Fields, today: date) -> Days:
    return (today,)


def _tomorrow(fields: Fields, today: date) -> Days:
    return (today + (2 if fields["after"] else 1) * DAY,)


def _past(_fields: Fields, today: date) -> Days:
    return (today - DAY,)


def _weekday(fields: Fields, today: date) -> Days:
    """On a Friday “Friday” may be today. Before it “next Friday” may be that of this week or of the next."""
    this_week = today + (WEEKDAY_NUMBERS[fields["weekday"]] - today.weekday()) * DAY
    next_week = this_week + WEEK
    if this_week < today:
        return (next_week,)
    if fields["which"] == "next":
        return (this_week, next_week) if this_week > today else (next_week,)
    return (this_week,) if this_week > today else (this_week, next_week)


def _weekday_of_week(fields: Fields, today: date) -> Days:
    monday = today - today.weekday() * DAY + (WEEK if fields["week"] == "next" else 0 * DAY)
    return (monday + WEEKDAY_NUMBERS[fields["weekday"]] * DAY,)


def _end(fields: Fields, today: date) -> Days:
    """A week ends with Friday; on a weekend it is that of the week to come."""
    period = fields["period"] or SHORT_ENDS[fields["words"]]
    ahead = 1 if fields["next"] else 0
    if period == "week":
        ahead = 1 if today.weekday() > FRIDAY else ahead
        return (today + (FRIDAY - today.weekday()) * DAY + ahead * WEEK,)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    return (first + relativedelta(months=months * (ahead + 1)) - DAY,)


def _later(fields: Fields, today: date) -> Days:
    count = fields["count"]
    number = COUNT_NUMBERS.get(count) or min(int(count), LARGEST_COUNT)
    steps = {
        "day": relativedelta(days=number),
        "week": relativedelta(weeks=number),
        "fortnight": relativedelta(weeks=2 * number),
        "month": relativedelta(months=number),
        "quarter": relativedelta(months=3 * number),
        "year": relativedelta(years=number),
    }
    return (today + steps[fields["unit"]],)


def _written(fields: Fields, today: date) -> Days:
    """A day by its number and the name or number of its month."""
    month = MONTH_NUMBERS.get(fields["month"]) or int(fields["month"])
    return _fitting((_day(fields["year"], month, int(fields["day"]), today),), fields["weekday"])


def _slashed(fields: Fields, today: date) -> Days:
    """3/4 is written in some countries for the third of April, in others for the fourth of March."""
    one, other = int(fields["one"]), int(fields["other"])
    found = set()
    for month, number in ((other, one), (one, other)):
        with suppress(Unreadable):
            found.add(_day(fields["year"], month, number, today))
    return _fitting(tuple(sorted(found)) or (_day(fields["year"], other, one, today),), fields["weekday"])


def _nth(fields: Fields, today: date) -> Days:
    """The 14th is that of this month or, once it is over, of the next."""
    number = int(fields["day"])
    month = today if number >= today.day else today + relativedelta(months=1)
    return _fitting((_day(str(month.year), month.month, number, today),), fields["weekday"])


def _no_day(fields: Fields, _today: date) -> Days:
    raise Unreadable(f"“{fields['words']}” names no day; write one, as in “next Tuesday” or “end of next month”.")


def _no_sign(fields: Fields, _today: date) -> Days:
    one, other = fields["one"], fields["other"]
    raise NotUnderstood(
        f"“{one}.{other}” can be a day or a time; write “{one}.{other}.” for the day or “{one}:{other}” for the time."
    )


def _fitting(found: Days, weekday: str) -> Days:
    """Those that are the weekday written beside them."""
    fitting = tuple(day for day in found if not weekday or day.weekday() == WEEKDAY_NUMBERS[weekday])
    if not fitting:
        day, name = found[0], WEEKDAYS[WEEKDAY_NUMBERS[weekday]].capitalize()
        raise Unreadable(f"{day.day} {day:%B %Y} is a {day:%A}, not a {name}; leave out whichever is wrong.")
    return fitting


def _day(year: str, month: int, number: int, today: date) -> date:
    """That day of the year or, if none is given, the next one to come."""
    _check(month, number)
    if not year:
        years = range(today.year, today.year + 9)  # no more than eight without a 29 February
        return next(day for one in years if (day := _perhaps(one, month, number)) and day >= today)
    full = max(int(year) + (2000 if len(year) == 2 else 0), 1)
    if found := _perhaps(full, month, number):
        return found
    raise Unreadable(f"{MONTHS[month - 1].capitalize()} {full} has no day {number}; give one that it has.")


def _perhaps(year: int, month: int, number: int) -> date | None:
    return None if (month, number) == (2, 29) and not isleap(year) else date(year, month, number)


def _check(month: int, number: int) -> None:
    if number > max(MOST_DAYS):
        raise Unreadable(f"No month has {number} days; give a day from 1 to 31.")
    if not 1 <= month <= 12:
        raise Unreadable(f"There is no month {month}; write the month by its name, as in “14 Dec”.")
    name, most = MONTHS[month - 1].capitalize(), MOST_DAYS[month - 1]
    if not 1 <= number <= most:
        raise Unreadable(f"{name} has no day {number}; give one from 1 to {most}.")


# The patterns

WEEKDAY = f"(?P<weekday>{one_of(WEEKDAY_NUMBERS)})"
WITH_WEEKDAY = f"(?:{WEEKDAY},? (?:the )?)?"
MONTH = f"(?P<month>{one_of(MONTH_NUMBERS)})"
NUMBER = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
YEAR = "(?P<year>[0-9]{4})"
SHORT_YEAR = "(?P<year>[0-9]{4}|[0-9]{2})"
PERIOD = "week|month|quarter|year"
SPAN = f"(?P<count>[0-9]+|{one_of(COUNT_NUMBERS)}) (?P<unit>day|fortnight|{PERIOD})s?"

RULES: tuple[tuple[str, Reader], ...] = (
    ("today", _today),
    ("(?P<after>day after )?tomorrow", _tomorrow),
    ("(?:day before )?yesterday", _past),
    (f"(?:last|past) (?:{one_of(WEEKDAY_NUMBERS)}|{PERIOD})|{SPAN} ago", _past),
    (f"(?:(?P<which>next|coming) )?{WEEKDAY}", _weekday),
    (f"(?P<week>this) {WEEKDAY}", _weekday_of_week),
    (f"{WEEKDAY},? (?:of )?(?P<week>this|next) week", _weekday_of_week),
    (f"(?P<week>this|next) week,? (?:on )?{WEEKDAY}", _weekday_of_week),
    (f"end of (?:the |this |(?P<next>next ))?(?P<period>{PERIOD})", _end),
    (f"(?P<period>)(?P<next>)(?:{one_of(SHORT_ENDS)})", _end),
    (f"in {SPAN}(?: time)?", _later),
    (f"{SPAN} from (?:now|today)", _later),
    (rf"{WITH_WEEKDAY}{YEAR}(?P<sign>[-/.])(?P<month>[0-9]{{1,2}})(?P=sign)(?P<day>[0-9]{{1,2}})", _written),
    (rf"{WITH_WEEKDAY}(?P<day>[0-9]{{1,2}})\. ?(?P<month>[0-9]{{1,2}})\.(?: ?{SHORT_YEAR})?", _written),
    (f"{WITH_WEEKDAY}{NUMBER} ?(?:of )?{MONTH}(?:,? {YEAR})?", _written),
    (f"{WITH_WEEKDAY}{MONTH} (?:the )?{NUMBER}(?:,? {YEAR})?", _written),
    (f"{WITH_WEEKDAY}(?P<one>[0-9]{{1,2}})(?P<sign>[-/])(?P<other>[0-9]{{1,2}})(?:(?P=sign){SHORT_YEAR})?", _slashed),
    (f"{WITH_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)", _nth),
    (f"(?:this|next) (?:{PERIOD})|{MONTH}(?: {YEAR})?", _no_day),
    (r"(?P<one>[0-9]{1,2})\.(?P<other>[0-9]{2})", _no_sign),
)
GRAMMAR = tuple((re.compile(pattern), read) for pattern, read in RULES)
