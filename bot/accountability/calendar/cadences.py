"""Cadences in words, “monthly on the first Tuesday”, to RFC 5545 rules and back."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from bot.accountability.calendar.days import COUNT_NUMBERS, COUNTS, WEEKDAY_NUMBERS, WEEKDAYS, one_of, shown
from bot.accountability.calendar.wall import in_words
from bot.errors import Refusal

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING_DAYS = "MO,TU,WE,TH,FR"
ORDINALS = ("first", "second", "third", "fourth")
PLACES = {name: number for number, name in enumerate(ORDINALS, 1)} | {
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "last": -1,
}
INSTEAD = "write one such as “weekly on Tuesday”, “every two weeks”, “monthly on the first Tuesday” or “quarterly”"

ADVERBS = {
    "daily": (1, "day"),
    "weekly": (1, "week"),
    "fortnightly": (2, "week"),
    "two-weekly": (2, "week"),
    "monthly": (1, "month"),
    "quarterly": (3, "month"),
    "half-yearly": (6, "month"),
    "yearly": (12, "month"),
    "annually": (12, "month"),
}
UNITS = {"day": (1, "day"), "week": (1, "week"), "month": (1, "month"), "quarter": (3, "month"), "year": (12, "month")}
FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}

DAY_NAME = f"(?:{one_of(WEEKDAY_NUMBERS)})s?"
COUNT = f"(?P<count>other|second|[0-9]{{1,2}}|{one_of(COUNT_NUMBERS)})"
PERIOD = f"(?P<adverb>{one_of(ADVERBS)})|every (?:{COUNT} )?(?P<unit>{one_of(UNITS)})s?"
PERIOD_AND_DAY = re.compile(f"(?:{PERIOD})(?:(?:,? on|,)? (?:the )?(?P<day>.+))?")
EACH_WEEKDAY = re.compile(f"(?:every )?(?P<days>{DAY_NAME}(?:(?:, | and |, and ){DAY_NAME})*)")
EVERY_NTH = re.compile(f"every {COUNT} (?P<days>{DAY_NAME})")
NTH_WEEKDAY = re.compile(f"(?P<place>{one_of(PLACES)}) (?P<days>{DAY_NAME})")
NTH_WORKING_DAY = re.compile("(?P<place>first|last) (?:working|business) day")
NTH_DAY = re.compile("(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?|(?P<last>last) day")
OF_THE_MONTH = re.compile(" (?:of|in) (?:the|each|every) month$")


def read_cadence(text: str) -> str:
    """The rule that the words mean; refused where they are not understood."""
    words = " ".join(text.lower().rstrip(".!").split())
    if re.match("bi-?(weekly|monthly)", words):
        raise Refusal(f"“{shown(text)}” can mean twice as often or half as often; write “every two weeks”, say.")
    if words in {"every working day", "every weekday", "every business day", "weekdays"}:
        return f"FREQ=WEEKLY;BYDAY={WORKING_DAYS}"
    if found := EVERY_NTH.fullmatch(words):
        return _rule(_number(found["count"]), "week", f"BYDAY={_codes(found['days'])}")
    return _read_parts(words, text)


def _read_parts(words: str, text: str) -> str:
    """A period, then perhaps the day of it; or a day that says by itself what its period is."""
    if not (found := PERIOD_AND_DAY.fullmatch(words)):
        alone = OF_THE_MONTH.sub("", words.removeprefix("every ").removeprefix("on ").removeprefix("the "))
        unit = "week" if EACH_WEEKDAY.fullmatch(alone) else "month"
        return _rule(1, unit, _day(alone, unit, text))
    factor, unit = ADVERBS[found["adverb"]] if found["adverb"] else UNITS[found["unit"]]
    number = factor * _number(found["count"] or "1")
    return _rule(number, unit, _day(OF_THE_MONTH.sub("", found["day"]), unit, text) if found["day"] else "")


def _number(word: str) -> int:
    return 2 if word in {"other", "second"} else COUNT_NUMBERS.get(word) or int(word)


def _day(words: str, unit: str, text: str) -> str:
    if unit == "week" and (found := EACH_WEEKDAY.fullmatch(words)):
        return f"BYDAY={_codes(found['days'])}"
    for pattern, written in OF_A_MONTH if unit == "month" else ():
        if found := pattern.fullmatch(words):
            return written(found)
    if unit == "month" and EACH_WEEKDAY.fullmatch(words):
        raise Refusal(f"“{shown(text)}” leaves open which one; write “monthly on the first {words.capitalize()}”, say.")
    raise Refusal(f"I don't understand “{shown(text)}” as a cadence; {INSTEAD}.")


def _codes(words: str) -> str:
    names = re.split(", and |, | and ", words)
    numbers = {WEEKDAY_NUMBERS.get(name, WEEKDAY_NUMBERS.get(name.removesuffix("s"), 0)) for name in names}
    return ",".join(CODES[number] for number in sorted(numbers))


def _nth_weekday(found: re.Match[str]) -> str:
    return f"BYDAY={PLACES[found['place']]}{_codes(found['days'])}"


def _nth_working_day(found: re.Match[str]) -> str:
    return f"BYDAY={WORKING_DAYS};BYSETPOS={PLACES[found['place']]}"


def _nth_day(found: re.Match[str]) -> str:
    """The 31st is the last day of a shorter month."""
    number = -1 if found["last"] else int(found["day"])
    if not number or number > 31:
        raise Refusal(f"No month has a day {number}; write one from 1 to 31, or “last day”.")
    if number <= 28:
        return f"BYMONTHDAY={number}"
    return f"BYMONTHDAY={','.join(map(str, range(28, number + 1)))};BYSETPOS=-1"


OF_A_MONTH: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (NTH_WEEKDAY, _nth_weekday),
    (NTH_WORKING_DAY, _nth_working_day),
    (NTH_DAY, _nth_day),
)


def _rule(number: int, unit: str, day: str) -> str:
    interval = f"INTERVAL={number}" if number != 1 else ""
    return ";".join(filter(None, (f"FREQ={FREQUENCIES[unit]}", interval, day)))


# Back into words


def words_of(fields: Mapping[str, str]) -> str:
    """What the rule says; one with rarer parts is quoted as it is."""
    frequency = next((unit for unit, name in FREQUENCIES.items() if name == fields["FREQ"]), "year")
    every = _every(int(fields.get("INTERVAL", "1")), frequency)
    day = _day_words(fields)
    rare = fields.keys() & {"BYMONTH", "BYWEEKNO", "BYYEARDAY"} or (frequency == "year" and "BYDAY" in fields)
    if rare or day is None:
        return "by the rule " + ";".join(f"{name}={value}" for name, value in fields.items())
    return f"{every}{day}{_ending(fields)}"


def _every(number: int, unit: str) -> str:
    if unit == "month" and number % 12 == 0:
        number, unit = number // 12, "year"
    if number == 1:
        return f"every {unit}"
    return f"every {COUNTS[number - 1] if number <= len(COUNTS) else number} {unit}s"


def _day_words(fields: Mapping[str, str]) -> str | None:
    match fields.get("BYDAY", ""), fields.get("BYMONTHDAY", ""), fields.get("BYSETPOS", ""):
        case "", "", "":
            return ""
        case days, "", "" if re.fullmatch("[A-Z,]+", days) and fields["FREQ"] == "WEEKLY":
            return f" on {_listed([WEEKDAYS[CODES.index(code)].capitalize() for code in days.split(',')])}"
        case day, "", "" if found := re.fullmatch("([1-4]|-1)([A-Z]{2})", day):
            return f" on the {_place(int(found[1]))} {WEEKDAYS[CODES.index(found[2])].capitalize()}"
        case "MO,TU,WE,TH,FR", "", ("1" | "-1") as place:
            return f" on the {_place(int(place))} working day"
        case "", "-1", "":
            return " on the last day"
        case "", number, "" if re.fullmatch("[0-9]+", number):
            return f" on the {_ordinal(int(number))}"
        case "", ("28,29" | "28,29,30" | "28,29,30,31") as numbers, "-1":
            return f" on the {_ordinal(int(numbers[-2:]))}"
    return None


def _place(number: int) -> str:
    return "last" if number < 0 else ORDINALS[number - 1]


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _ending(fields: Mapping[str, str]) -> str:
    if "COUNT" in fields:
        return ", once" if fields["COUNT"] == "1" else f", {fields['COUNT']} times"
    return f", until {in_words(date.fromisoformat(fields['UNTIL']))}" if "UNTIL" in fields else ""
