"""The first year of a Chief Customer Officer: the eight steps it is rated on, when each was reached and what shows it.

Source: “Chief Customer Officer – What You Should Be Evaluated On In Year One”. The order is the source's; that a later
step is reached while an earlier one is not is told as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.accountability.calendar.wall import in_words
from bot.errors import Refusal

LONGEST_EVIDENCE = 500
LONG_AGO = timedelta(days=5 * 366)  # before that a date is a slip
FAR_AHEAD = timedelta(days=366)  # after that the beginning is one


@dataclass(frozen=True)
class Step:
    """`number` counts from 1; `card` is the guidance that helps to get there."""

    id: str
    number: int
    title: str
    meaning: str
    card: str


_STEPS = (
    ("admitted", "The problem is admitted", "The company says that it has one.", "diagnose-the-cause"),
    ("agreed", "The issues are agreed on", "People name the same ones.", "consensus-first"),
    ("aligned", "Everybody is aligned on the way forward", "The road ahead is the same for all.", "straw-man-roadmap"),
    ("resourced", "Resources are committed", "What the work takes is promised.", "statement-07-resources"),
    ("started", "The process has started", "The company takes part in it.", "tom-sawyer-formula"),
    ("accountable", "Accountability is in place", "What is promised is followed up.", "accountability-sessions"),
    ("metrics", "Guerrilla metrics are in place", "The customers themselves are counted.", "guerrilla-metrics"),
    ("results", "First results are in", "They are achieved and reported.", "statement-10-marketing-results"),
)
STEPS = tuple(
    Step(step_id, number, title, meaning, card) for number, (step_id, title, meaning, card) in enumerate(_STEPS, 1)
)
BY_ID = {step.id: step for step in STEPS}


@dataclass(frozen=True)
class Reached:
    """A step that was reached on a day, what shows it, who said so and when."""

    step_id: str
    on: date
    evidence: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Progress:
    """How far a first year has come."""

    begun_on: date
    reached: tuple[Reached, ...] = ()

    @property
    def count(self) -> int:
        return len({one.step_id for one in self.reached})

    @property
    def next_step(self) -> Step | None:
        """The first that is not reached; None when all are."""
        done = {one.step_id for one in self.reached}
        return next((step for step in STEPS if step.id not in done), None)


def reach(wanted: Reached, today: date) -> Reached:
    """A step as it is to be saved: a known one, on a day that has been, with something to show for it."""
    if wanted.step_id not in BY_ID:
        raise ValueError(f"there is no step {wanted.step_id!r}")
    evidence = _one_line(wanted.evidence)
    if not evidence:
        raise Refusal("Say in one sentence what shows that this step is reached: a decision, a date, a document.")
    if len(evidence) > LONGEST_EVIDENCE:
        raise Refusal(f"That evidence has {len(evidence)} characters; say it in {LONGEST_EVIDENCE} or fewer.")
    demand_past(wanted.on, today)
    return Reached(wanted.step_id, wanted.on, evidence, wanted.by, wanted.at)


def _one_line(text: str) -> str:
    """As both databases take it: no null character, no half of a surrogate pair."""
    return " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split())


def demand_past(on: date, today: date) -> None:
    """Refuse a day that is still to come, or so long ago that it is a slip."""
    if on > today:
        raise Refusal(f"{in_words(on)} is still to come. Give the day on which it was reached.")
    if on < today - LONG_AGO:
        raise Refusal(f"{in_words(on)} is more than five years ago. Check the year.")


def demand_beginning(on: date, today: date) -> None:
    """Refuse a day that no first year of somebody here can have begun on, or is soon to."""
    if on > today + FAR_AHEAD:
        raise Refusal(f"{in_words(on)} is more than a year off. Check the year.")
    if on < today - LONG_AGO:
        raise Refusal(f"{in_words(on)} is more than five years ago. Check the year.")


# The timeline


class Standing(StrEnum):
    REACHED = "reached"
    NEXT = "next"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Mark:
    """A step on the timeline. `place` is how much of the year had passed when it was reached; after it, more than 1."""

    step: Step
    standing: Standing
    reached: Reached | None = None
    place: Fraction | None = None

    @property
    def month(self) -> int:
        """In which month of the year it was reached, from 1 on; 0 where that was after the year, or it wasn't."""
        return int(self.place * 12) + 1 if self.place is not None and self.place < 1 else 0


@dataclass(frozen=True)
class Timeline:
    """The eight steps in their order, and where in the year today is."""

    begins: date
    ends: date
    today: Fraction
    marks: tuple[Mark, ...]

    @property
    def is_over(self) -> bool:
        return self.today >= 1

    @property
    def months(self) -> int:
        """How many of the twelve have passed."""
        return min(int(self.today * 12), 12)

    @property
    def reached(self) -> int:
        return sum(mark.standing is Standing.REACHED for mark in self.marks)


def progress(begun_on: date | None, reached: Iterable[Reached], today: date) -> Progress:
    """Where nobody said when the year began, it is the day of the first step; before there is one, today."""
    known = tuple(sorted(reached, key=lambda one: BY_ID[one.step_id].number))
    return Progress(begun_on or min((one.on for one in known), default=today), known)


def timeline(of: Progress, today: date) -> Timeline:
    ends = a_year_after(of.begun_on)
    known = {one.step_id: one for one in of.reached}
    upcoming = of.next_step
    marks = (_mark(step, known.get(step.id), of.begun_on, ends, is_next=step == upcoming) for step in STEPS)
    return Timeline(of.begun_on, ends, place_of(today, of.begun_on, ends), tuple(marks))


def place_of(day: date, begins: date, ends: date) -> Fraction:
    """0 at the beginning of the year, or before it, and 1 at its end."""
    return max(Fraction((day - begins).days, (ends - begins).days), Fraction(0))


def a_year_after(day: date) -> date:
    """A year that began on 29 February is over on 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _mark(step: Step, reached: Reached | None, begins: date, ends: date, *, is_next: bool) -> Mark:
    if reached is None:
        return Mark(step, Standing.NEXT if is_next else Standing.AHEAD)
    return Mark(step, Standing.REACHED, reached, place_of(reached.on, begins, ends))
