"""Rules as RFC 5545 and as people write them, and the rules that no series can have."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from time import process_time

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.accountability.calendar.rules import Rule
from bot.errors import Refusal
from tests.accountability.calendar.examples import DAYS, UNHURRIED

CADENCES = {
    "weekly on Tuesday": ("FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
    "Weekly, Tuesdays": ("FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
    "every Tuesday": ("FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
    "Tuesdays and Thursdays": ("FREQ=WEEKLY;BYDAY=TU,TH", "every week on Tuesday and Thursday"),
    "weekly on Thursday, Tue and Mon": ("FREQ=WEEKLY;BYDAY=MO,TU,TH", "every week on Monday, Tuesday and Thursday"),
    "weekly": ("FREQ=WEEKLY", "every week"),
    "every two weeks": ("FREQ=WEEKLY;INTERVAL=2", "every two weeks"),
    "two-weekly on Friday": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every two weeks on Friday"),
    "every other Friday": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every two weeks on Friday"),
    "every 6 weeks on Monday": ("FREQ=WEEKLY;INTERVAL=6;BYDAY=MO", "every six weeks on Monday"),
    "every working day": (
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "every week on Monday, Tuesday, Wednesday, Thursday and Friday",
    ),
    "daily": ("FREQ=DAILY", "every day"),
    "every 3 days": ("FREQ=DAILY;INTERVAL=3", "every three days"),
    "monthly": ("FREQ=MONTHLY", "every month"),
    "monthly on the first Tuesday": ("FREQ=MONTHLY;BYDAY=1TU", "every month on the first Tuesday"),
    "first Tuesday of the month": ("FREQ=MONTHLY;BYDAY=1TU", "every month on the first Tuesday"),
    "every second Tuesday of the month": ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
    "monthly on the last Friday": ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
    "monthly on the 14th": ("FREQ=MONTHLY;BYMONTHDAY=14", "every month on the 14th"),
    "monthly on the 30th": ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "every month on the 30th"),
    "monthly on the last day": ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
    "last working day of the month": (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "every month on the last working day",
    ),
    "quarterly": ("FREQ=MONTHLY;INTERVAL=3", "every three months"),
    "every quarter on the first Monday": (
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO",
        "every three months on the first Monday",
    ),
    "half-yearly": ("FREQ=MONTHLY;INTERVAL=6", "every six months"),
    "yearly": ("FREQ=MONTHLY;INTERVAL=12", "every year"),
    "every two years": ("FREQ=MONTHLY;INTERVAL=24", "every two years"),
}
RFC_5545 = {
    "FREQ=WEEKLY;BYDAY=TU": "every week on Tuesday",
    "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;": "every week on Tuesday",
    "freq=monthly; byday=2TU; count=5": "every month on the second Tuesday, 5 times",
    "FREQ=WEEKLY;UNTIL=20281231": "every week, until Sunday 31 December 2028",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29": "by the rule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO": "by the rule FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13": "by the rule FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO": "every two weeks on Sunday and Monday",
}
REFUSED = {
    "FREQ=SECONDLY": "one session a day at most",
    "FREQ=MINUTELY;INTERVAL=90": "one session a day at most",
    "FREQ=HOURLY": "one session a day at most",
    "FREQ=DAILY;BYHOUR=9,17": "one session a day at most",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": "never comes",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30": "never comes",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO": "never comes, or once and not again in 12 years",
    "FREQ=MONTHLY;BYDAY=6MO": "never comes",
    "FREQ=MONTHLY;BYSETPOS=2": "never comes",
    "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1": "never comes",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=31;BYSETPOS=1": "never comes",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1": "never comes",
    "FREQ=WEEKLY;UNTIL=20200101": "before the series starts",
    "FREQ=WEEKLY;UNTIL=20281331": "is no day",
    "FREQ=WEEKLY;UNTIL=20281231T000000Z": "without a time",
    "FREQ=WEEKLY;UNTIL=20281231;COUNT=3": "COUNT or UNTIL, not both",
    "FREQ=WEEKLY;COUNT=0": "out of range",
    "FREQ=WEEKLY;COUNT=9999": "out of range",
    "FREQ=WEEKLY;INTERVAL=0": "out of range",
    "FREQ=YEARLY;INTERVAL=1000": "out of range",
    "FREQ=WEEKLY;INTERVAL=-1": "makes no sense",
    "FREQ=WEEKLY;BYDAY=2TU": "counts weekdays of a month",
    "FREQ=WEEKLY;BYDAY=XX": "makes no sense",
    "FREQ=WEEKLY;BYDAY=": "makes no sense",
    "FREQ=MONTHLY;BYMONTHDAY=32": "makes no sense",
    "FREQ=MONTHLY;BYMONTHDAY=0": "makes no sense",
    "FREQ=YEARLY;BYMONTH=13": "makes no sense",
    "FREQ=WEEKLY;BYEASTER=0": "no part of a rule",
    "FREQ=WEEKLY\nDTSTART=20260101": "makes no sense",
    "FREQ=WEEKLY;FREQ=DAILY": "twice",
    "FREQ=FORTNIGHTLY": "has no frequency",
    "INTERVAL=2": "has no frequency",
    "=": "no part of a rule",
    "FREQ=WEEKLY;BYDAY=" + ",".join(["TU"] * 2_000): "200 characters at most",
    "": "I don't understand",
    "sometimes": "I don't understand “sometimes” as a cadence",
    "every second": "I don't understand",
    "biweekly": "twice as often or half as often",
    "monthly on Tuesday": "leaves open which one",
    "weekly on the 14th": "I don't understand",
    "monthly on the 32nd": "No month has a day 32",
    "every 0 weeks": "out of range",
    "every 99 months": "out of range",
}
FREQUENCIES = st.sampled_from("FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY".split())
PARTS = st.sampled_from(
    """INTERVAL=2 INTERVAL=7 COUNT=3 UNTIL=20300101 BYMONTH=2
    BYMONTH=2,12 BYWEEKNO=53 BYYEARDAY=366 BYYEARDAY=-1 BYMONTHDAY=31 BYMONTHDAY=-31,1 BYMONTHDAY=29 BYDAY=TU
    BYDAY=MO,FR BYDAY=5MO BYDAY=-1SU BYSETPOS=1 BYSETPOS=-2 BYSETPOS=366 WKST=SU""".split()
)


@pytest.mark.parametrize(("words", "rule", "echo"), [(words, *both) for words, both in CADENCES.items()])
def test_a_cadence_in_words_is_a_rule_and_back(words: str, rule: str, echo: str) -> None:
    found = Rule.read(words)
    assert (found.text, found.words) == (rule, echo)
    assert Rule.read(found.words) == found


@pytest.mark.parametrize(("text", "words"), RFC_5545.items())
def test_a_rule_as_the_standard_writes_it_is_understood(text: str, words: str) -> None:
    found = Rule.read(text)
    assert found.words == words
    assert Rule.read(found.text) == found


@pytest.mark.parametrize(("text", "expected"), REFUSED.items())
def test_a_rule_that_no_series_can_have_is_refused_and_why(text: str, expected: str) -> None:
    with pytest.raises(Refusal) as caught:
        Rule.read(text)
    assert expected in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_rule_that_never_comes_is_found_out_quickly() -> None:
    """Left to itself, dateutil looks through eight thousand years."""
    started = process_time()
    with pytest.raises(Refusal, match="never comes"):
        Rule.read("FREQ=DAILY;BYMONTH=11;BYMONTHDAY=31")
    assert process_time() - started < 1


@settings(UNHURRIED)
@given(FREQUENCIES, st.lists(PARTS, max_size=4, unique_by=lambda part: part.partition("=")[0]), DAYS)
def test_any_rule_is_refused_or_means_what_the_standard_says(frequency: str, parts: list[str], start: date) -> None:
    try:
        rule = Rule.read(";".join([frequency, *parts]))
        rule.check(start)
    except Refusal:
        return
    since, anchored = start + timedelta(days=400), rule.anchored(start)
    assume("BYSETPOS" not in anchored.text or "WEEKLY" not in anchored.text)  # dateutil cuts the first week short
    expected = [day for day in standard(anchored.text, start) if day >= since]
    assert list(islice(anchored.days(start, since), len(expected))) == expected


def standard(text: str, start: date) -> list[date]:
    """The days of twelve years; most rules have the next one soon after."""
    found = rrulestr(text, dtstart=datetime.combine(start, time()))
    return [one.date() for one in takewhile(lambda one: one.year <= start.year + 12, found)]


# The day that a rule leaves open


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("weekly", date(2026, 11, 24), "FREQ=WEEKLY;BYDAY=TU"),
        ("monthly", date(2026, 11, 24), "FREQ=MONTHLY;BYMONTHDAY=24"),
        ("quarterly", date(2027, 1, 30), "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("FREQ=YEARLY", date(2028, 2, 29), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        ("FREQ=YEARLY;BYMONTH=1,7", date(2027, 1, 31), "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=31"),
        ("FREQ=DAILY;INTERVAL=3", date(2026, 11, 24), "FREQ=DAILY;INTERVAL=3"),
        ("monthly on the first Tuesday", date(2026, 11, 24), "FREQ=MONTHLY;BYDAY=1TU"),
    ],
)
def test_it_is_that_of_the_first_session(rule: str, start: date, expected: str) -> None:
    anchored = Rule.read(rule).anchored(start)
    assert anchored.text == expected
    assert anchored.anchored(start + timedelta(days=1)) == anchored
