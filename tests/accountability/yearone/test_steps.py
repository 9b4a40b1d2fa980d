"""The eight steps of the first year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accountability.yearone.steps import (
    STEPS,
    Reached,
    Standing,
    a_year_after,
    demand_beginning,
    progress,
    reach,
    timeline,
)
from bot.errors import Refusal

TODAY = date(2026, 12, 1)
BEGUN = date(2026, 3, 1)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
CARDS = Path(__file__).parents[3] / "knowledge" / "cards"


def reached(step_id: str, on: date = TODAY, evidence: str = "The board's minutes say so.") -> Reached:
    return Reached(step_id, on, evidence, "U1", NOW)


def test_there_are_eight_steps_in_their_order() -> None:
    assert [step.number for step in STEPS] == list(range(1, 9))
    assert [step.id for step in STEPS] == [
        "admitted", "agreed", "aligned", "resourced", "started", "accountable", "metrics", "results",
    ]  # fmt: skip


def test_each_step_has_a_card_that_helps() -> None:
    assert [step.card for step in STEPS if not (CARDS / f"{step.card}.md").exists()] == []


def test_the_next_step_is_the_first_that_is_not_reached() -> None:
    assert progress(BEGUN, [], TODAY).next_step == STEPS[0]
    some = progress(BEGUN, [reached("agreed"), reached("admitted"), reached("metrics")], TODAY)
    assert (some.next_step, some.count) == (STEPS[2], 3)
    assert progress(BEGUN, [reached(step.id) for step in STEPS], TODAY).next_step is None


def test_where_nobody_said_when_the_year_began_it_is_the_day_of_the_first_step() -> None:
    assert progress(None, [], TODAY).begun_on == TODAY
    assert progress(None, [reached("agreed", TODAY), reached("admitted", BEGUN)], TODAY).begun_on == BEGUN


def test_a_step_is_saved_with_its_evidence_tidied() -> None:
    assert reach(reached("agreed", evidence=" See \n the minutes "), TODAY).evidence == "See the minutes"
    assert reach(reached("agreed", evidence="a\0b \ud800"), TODAY).evidence == "ab ?"


@pytest.mark.parametrize(
    ("day", "words"), [(date(2028, 1, 1), "more than a year off"), (date(2020, 1, 1), "five years")]
)
def test_a_beginning_that_is_a_slip_is_refused(day: date, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        demand_beginning(day, TODAY)
    demand_beginning(TODAY + timedelta(days=90), TODAY)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (reached("agreed", evidence=" "), "what shows"),
        (reached("agreed", evidence="x" * 501), "501 characters"),
        (reached("agreed", TODAY + timedelta(days=1)), "Wednesday 2 December 2026 is still to come"),
        (reached("agreed", date(2016, 12, 1)), "Check the year"),
    ],
)
def test_a_step_that_can_not_be_is_refused(wanted: Reached, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        reach(wanted, TODAY)


def test_an_unknown_step_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no step"):
        reach(reached("ninth"), TODAY)


def test_the_timeline_shows_what_is_reached_what_is_next_and_what_is_ahead() -> None:
    shown = timeline(progress(BEGUN, [reached("admitted", date(2026, 5, 13))], TODAY), TODAY)
    assert [mark.standing for mark in shown.marks[:3]] == [Standing.REACHED, Standing.NEXT, Standing.AHEAD]
    assert shown.marks[0].place == Fraction(73, 365)
    assert shown.marks[1].place is None
    assert (shown.reached, shown.today, shown.ends) == (1, Fraction(275, 365), date(2027, 3, 1))
    assert not shown.is_over


def test_what_comes_after_the_year_is_after_it_and_what_comes_before_is_at_its_beginning() -> None:
    late = timeline(progress(BEGUN, [reached("admitted", date(2026, 1, 1))], TODAY), date(2027, 3, 1))
    assert late.is_over
    assert late.marks[0].place == 0


def test_a_year_from_29_february_is_over_on_1_march() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 3, 1)
    assert a_year_after(date(2027, 2, 28)) == date(2028, 2, 28)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(STEPS), unique=True), st.dates(date(2024, 1, 1), date(2034, 12, 31)))
def test_whatever_is_reached_each_step_is_on_the_timeline_once(steps: list[object], begun: date) -> None:
    done = [reached(step.id, begun) for step in STEPS if step in steps]
    shown = timeline(progress(begun, done, begun), begun)
    assert [mark.step for mark in shown.marks] == list(STEPS)
    assert sum(mark.standing is Standing.NEXT for mark in shown.marks) == (len(done) < len(STEPS))
    assert all((mark.place is None) == (mark.reached is None) for mark in shown.marks)
