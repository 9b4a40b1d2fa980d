"""The text of an RFC 5545 rule: its parts, which of them a series can have, and in which order they are kept."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from bot.errors import Refusal

LARGEST_INTERVALS = {"DAILY": 731, "WEEKLY": 104, "MONTHLY": 24, "YEARLY": 2}  # two years
MOST_TIMES = 1_000

WEEKDAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
VALUES = {  # what a rule may have, in the order in which it is kept
    "FREQ": re.compile("[A-Z]+"),
    "INTERVAL": re.compile("[0-9]{1,4}"),
    "COUNT": re.compile("[0-9]{1,4}"),
    "UNTIL": re.compile("[0-9]{8}"),
    "BYMONTH": re.compile("[0-9]{1,2}(?:,[0-9]{1,2})*"),
    "BYWEEKNO": re.compile("[+-]?[0-9]{1,2}(?:,[+-]?[0-9]{1,2})*"),
    "BYYEARDAY": re.compile("[+-]?[0-9]{1,3}(?:,[+-]?[0-9]{1,3})*"),
    "BYMONTHDAY": re.compile("[+-]?[0-9]{1,2}(?:,[+-]?[0-9]{1,2})*"),
    "BYDAY": re.compile(f"(?:[+-]?[0-9]{{1,2}})?{WEEKDAY}(?:,(?:[+-]?[0-9]{{1,2}})?{WEEKDAY})*"),
    "BYSETPOS": re.compile("[+-]?[0-9]{1,3}(?:,[+-]?[0-9]{1,3})*"),
    "WKST": re.compile(WEEKDAY),
}
LARGEST = {"BYMONTH": 12, "BYWEEKNO": 53, "BYYEARDAY": 366, "BYMONTHDAY": 31, "BYDAY": 53, "BYSETPOS": 366}
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY", "BYHOUR", "BYMINUTE", "BYSECOND"}


@lru_cache(maxsize=4_096)
def fields_of(text: str) -> Mapping[str, str]:
    return dict(part.split("=") for part in text.split(";"))


def text_of(fields: Mapping[str, str]) -> str:
    return ";".join(f"{name}={fields[name]}" for name in VALUES if name in fields)


def checked(text: str) -> str:
    """The text in our order, if each part is one that a series can have."""
    fields: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").strip("; ").split(";"):
        name, _, value = (word.strip() for word in part.partition("="))
        _check_part(name, value)
        if name in fields:
            raise Refusal(f"The rule says {name} twice; leave one out.")
        fields[name] = value
    _check_whole(fields)
    if fields.get("INTERVAL") == "1":
        del fields["INTERVAL"]
    return text_of(fields)


def _check_part(name: str, value: str) -> None:
    if name in TOO_OFTEN or value in TOO_OFTEN:
        raise Refusal("A series has one session a day at most, at a time of its own; write FREQ=WEEKLY, say.")
    if name not in VALUES:
        raise Refusal(f"“{name[:20]}” is no part of a rule; write one such as FREQ=WEEKLY;BYDAY=TU.")
    if name == "UNTIL" and not _is_day(value):
        raise Refusal(f"“UNTIL={value[:20]}” is no day; write it as UNTIL=20271231, without a time.")
    numbers = [int(number) for number in re.findall("[0-9]+", value)]
    largest = LARGEST.get(name)
    if not VALUES[name].fullmatch(value) or (largest and any(not 1 <= number <= largest for number in numbers)):
        raise Refusal(f"“{name}={value[:20]}” makes no sense in a rule; write one such as FREQ=WEEKLY;BYDAY=TU.")


def _is_day(value: str) -> bool:
    try:
        return bool(VALUES["UNTIL"].fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def _check_whole(fields: Mapping[str, str]) -> None:
    largest = LARGEST_INTERVALS.get(fields.get("FREQ", ""))
    if largest is None:
        raise Refusal("The rule has no frequency; write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    if not 1 <= int(fields.get("INTERVAL", "1")) <= largest:
        raise Refusal(f"“INTERVAL={fields['INTERVAL']}” is out of range; a series comes once in two years at least.")
    if not 1 <= int(fields.get("COUNT", "1")) <= MOST_TIMES:
        raise Refusal(f"“COUNT={fields['COUNT']}” is out of range; a series comes once to {MOST_TIMES:,} times.")
    if "COUNT" in fields and "UNTIL" in fields:
        raise Refusal("A rule has COUNT or UNTIL, not both; leave one out.")
    if fields["FREQ"] in {"DAILY", "WEEKLY"} and re.search("[0-9]", fields.get("BYDAY", "")):
        raise Refusal(f"“BYDAY={fields['BYDAY'][:20]}” counts weekdays of a month; write it with FREQ=MONTHLY.")
