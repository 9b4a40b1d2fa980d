"""A promise in one sentence, taken apart: who does what by when, as in “@colleague publish the math by 14 Dec”."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.accountability.calendar.dates import Ambiguous, NotUnderstood, Unreadable, When, read_when
from bot.accountability.calendar.days import MONTH_NUMBERS, WEEKDAY_NUMBERS, one_of, shown
from bot.errors import Refusal

LONGEST = 500  # characters
LONGEST_DATE = 10  # words, the one before it included

CONNECTORS = frozenset("by until till due before on".split())
# A day after one of these belongs to what is to be done: “plan the week of 14 Dec”
LEADING_ON = frozenset("a an the for of from since to after about with in and or at this next last end as than".split())

SOMEBODY = r"<(?:@[UW][A-Z0-9]+|!(?:subteam\^[A-Z0-9]+|channel|here|everyone))(?:\|[^>]*)?>"
PEOPLE = rf"{SOMEBODY}(?:(?:\s|,|&amp;|&|\band\b)*{SOMEBODY})*"
OWNERS_FIRST = re.compile(rf"(?:for\s+)?(?P<people>{PEOPLE})(?!['’]s)[\s,:–—-]*(?:(?:to|will)\s+)?", re.IGNORECASE)
OWNERS_LAST = re.compile(rf"\s+for\s+(?P<people>{PEOPLE})[\s.!]*$", re.IGNORECASE)
PERSON = re.compile(r"<@([UW][A-Z0-9]+)")
NAME = re.compile(r"@\S+")  # that Slack did not recognise
DATE_WORDS = {*WEEKDAY_NUMBERS, *MONTH_NUMBERS, *"today tomorrow yesterday noon eod eow eom eoq eoy".split()}
DATE_BEGINS = re.compile(
    rf"(?:(?:the|this|next|last|end|of|in) )*(?:(?:{one_of(DATE_WORDS)})\b|[0-9]+(?:st|nd|rd|th)\b"
    r"|(?:end|next)\b"
    rf"|[0-9]{{1,4}}[./-][0-9]{{1,2}}(?:[./-]|$)|[0-9]+(?:\. ?| )(?:{one_of(MONTH_NUMBERS)})\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Promise:
    """`owners` is empty where nobody was named, else one person's id; `when` is None where no date was given."""

    owners: tuple[str, ...]
    what: str
    when: When | None


class AmbiguousPromise(Ambiguous):
    """The sentence is clear but for its date: `promises` are what it says with either."""

    def __init__(self, found: Ambiguous, promises: tuple[Promise, ...]) -> None:
        super().__init__(str(found), found.readings)
        self.promises = promises


def split_promise(text: str, now: datetime, zone: ZoneInfo) -> Promise:
    """Takes apart what Slack sends. Raises a Refusal that says what to change; AmbiguousPromise asks for the date."""
    people, sentence = without_people(text.strip(), first=True)
    owners = _owners(people)
    if len(sentence) > LONGEST:
        raise Refusal(f"That is {len(sentence):,} characters long; say what is promised in {LONGEST} at most.")
    what, readings, doubt = _without_date(sentence, now, zone)
    if not people:
        people, what = without_people(what, first=False)
        owners = _owners(people)
    what = _finished(what)
    promises = tuple(Promise(owners, what, when) for when in readings)
    if doubt:
        raise AmbiguousPromise(doubt, promises)
    return promises[0]


# Who


def without_people(sentence: str, *, first: bool) -> tuple[str, str]:
    """Whoever is named at the start or, after “for”, at the end; and the sentence without them."""
    found = OWNERS_FIRST.match(sentence) if first else None
    if found:
        return found["people"], sentence[found.end() :]
    if found := OWNERS_LAST.search(sentence):
        return found["people"], sentence[: found.start()]
    if first and (name := NAME.match(sentence)):
        raise Refusal(
            f"I can't tell who “{shown(name[0])}” is; choose the person from the list that Slack offers at @."
        )
    return "", sentence


def _owners(people: str) -> tuple[str, ...]:
    if "<!" in people:
        raise Refusal("A group can't keep a promise; name the one person of it who will.")
    owners = tuple(dict.fromkeys(PERSON.findall(people.upper())))
    if len(owners) > 1:
        raise Refusal(f"A promise has one owner, and here are {len(owners)}; name one, or make a promise for each.")
    return owners


# When


def date_at_end(words: list[str], now: datetime, zone: ZoneInfo) -> tuple[int, When | Unreadable] | None:
    """Where the date begins that a sentence ends with, and which it is or what is wrong with it. None without one.

    It is the longest end that reads as a date.
    """
    for place in range(max(0, len(words) - LONGEST_DATE), len(words)):
        found: When | Unreadable
        try:
            found = read_when(" ".join(words[place:]), now, zone)
        except NotUnderstood:
            continue
        except Unreadable as wrong:
            found = wrong
        if words[place].lower() not in CONNECTORS and _leads_on(words[:place]):
            break
        return place, found
    return _remainder(words, now, zone)


def _without_date(
    sentence: str, now: datetime, zone: ZoneInfo
) -> tuple[str, tuple[When | None, ...], Ambiguous | None]:
    """What is promised, and the date that the sentence ends with."""
    words = sentence.split()
    place, found = date_at_end(words, now, zone) or (len(words), None)
    before = " ".join(words[:place])
    if isinstance(found, Ambiguous):
        return before, found.readings, found
    if isinstance(found, Unreadable):
        raise found
    return before, (found,), None


def _leads_on(before: list[str]) -> bool:
    return bool(before) and before[-1].lower() in LEADING_ON


def _remainder(words: list[str], now: datetime, zone: ZoneInfo) -> tuple[int, Unreadable] | None:
    """“By Friday maybe” was meant as a date and is none. “On Friday's figures” need not be: “on” introduces much."""
    place = max((number for number, word in enumerate(words) if word.lower() in CONNECTORS), default=None)
    if place is None or words[place].lower() == "on":
        return None
    end = " ".join(words[place + 1 :])
    if DATE_BEGINS.match(end):
        try:
            read_when(end, now, zone)
        except Unreadable as wrong:
            return place, wrong
    return None


# What


def _finished(what: str) -> str:
    finished = what.strip().rstrip(",;:–—- ").strip()
    if not any(letter.isalnum() for letter in finished):
        raise Refusal("That doesn't say what is promised; write it between the person and the date.")
    return finished
