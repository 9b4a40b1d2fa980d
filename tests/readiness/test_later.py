"""What a round plans for later, from its start to its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.readiness import later
from bot.readiness.later import CHASE, CLOSE, POST, TELL, Trouble, Wave
from bot.readiness.rounds import PARENT, RESULTS
from bot.readiness.times import Occasion
from bot.scheduler.actions import LENGTHS, Action, Changes
from tests.readiness.examples import DEADLINE, MINUTE, NOON, a_round

DAY = timedelta(days=1)


def chased(changes: Changes) -> list[tuple[Occasion, timedelta]]:
    return [(later.wave(one).occasion, one.due_at - NOON) for one in changes.new if one.kind == CHASE]


def test_a_start_plans_its_first_message_its_close_and_two_reminders() -> None:
    changes = later.on_start(a_round())
    assert changes.new[:2] == (Action(POST, "r1", NOON, PARENT), Action(CLOSE, "r1", DEADLINE))
    assert chased(changes) == [(Occasion.HALF_TIME, 1.5 * DAY), (Occasion.LAST_CALL, 2 * DAY)]
    assert (changes.moved, changes.dropped) == ((), ())


def test_an_extension_moves_the_close_and_plans_another_last_call() -> None:
    longer = a_round(deadline=DEADLINE + 2 * DAY)
    changes = later.on_extension(longer, NOON + 2.5 * DAY, last_chased=NOON + 2 * DAY)
    assert changes.moved == (Action(CLOSE, "r1", DEADLINE + 2 * DAY),)
    assert changes.dropped == ((CHASE, "r1"),)
    assert chased(changes) == [(Occasion.LAST_CALL, 4 * DAY)]


def test_an_extension_in_the_middle_of_reminders_lets_the_rest_go_out_and_repeats_none() -> None:
    longer, now = a_round(deadline=DEADLINE + 2 * DAY), NOON + 1.5 * DAY + MINUTE
    half = later.wave(later.on_start(a_round()).new[2])
    changes = later.on_extension(longer, now, None, half)
    assert chased(changes) == [
        (Occasion.HALF_TIME, now + later.GOES_ON - NOON),
        (Occasion.LAST_CALL, 4 * DAY),
    ]
    rest = later.wave(changes.new[0])
    assert rest.number == half.number
    assert rest.batch > 1_000_000  # of a name that no batch so far has had


def test_a_wave_lacks_those_it_was_not_sent_to_and_those_of_whom_nobody_knows() -> None:
    half = Wave(Occasion.HALF_TIME, 30, 1)
    assert [half.lacks(mark) for mark in (0, 20, -20, -30)] == [True] * 4
    assert [half.lacks(mark) for mark in (30, 40, -40)] == [False] * 3  # a later wave says it better


def test_waves_of_reminders_have_growing_numbers() -> None:
    first, second = (later.wave(one).number for one in later.on_start(a_round()).new[2:])
    changes = later.on_extension(a_round(deadline=DEADLINE + 2 * DAY), NOON + 2.5 * DAY, NOON + 2 * DAY)
    assert first < second < later.wave(changes.new[0]).number


def test_the_batches_of_a_wave_have_its_number_and_names_of_their_own() -> None:
    first = later.on_start(a_round()).new[2]
    second = later.wave(first).next(first, NOON + DAY)
    third = later.wave(second).next(second, NOON + DAY)
    assert [later.wave(one).batch for one in (first, second, third)] == [1, 2, 3]
    assert len({later.wave(one).number for one in (first, second, third)}) == 1
    assert len({one.name for one in (first, second, third)}) == 3


@pytest.mark.parametrize("early", [True, False])
def test_a_close_plans_the_results_and_nothing_else(early: bool) -> None:
    changes = later.on_close(a_round(), DEADLINE, early=early)
    assert changes.new == (Action(POST, "r1", DEADLINE, RESULTS),)
    assert ((CLOSE, "r1") in changes.dropped) is early
    assert {(CHASE, "r1"), (POST, "r1")} <= set(changes.dropped)


def test_a_cancelled_round_plans_nothing_any_more() -> None:
    assert later.on_cancel(a_round()) == Changes(dropped=((CHASE, "r1"), (CLOSE, "r1"), (POST, "r1")))


@pytest.mark.parametrize("what", Trouble)
def test_each_trouble_is_told_under_a_name_of_its_own(what: Trouble) -> None:
    assert later.trouble(a_round(), what, NOON) == Action(TELL, "r1", NOON, what)


def test_the_names_fit_into_the_schedule() -> None:
    for action in later.on_start(a_round()).new:
        assert all(len(getattr(action, part)) <= longest for part, longest in LENGTHS.items())
