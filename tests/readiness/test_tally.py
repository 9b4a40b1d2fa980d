"""Counting answers."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.checks import Answer
from bot.readiness.tally import Tally, tally_of
from tests.readiness.examples import NO, NOT_MY_AREA, NOT_SURE, UNHURRIED, YES

ANSWERS = st.lists(st.sampled_from(Answer), max_size=60)


def test_answers_are_counted_by_kind() -> None:
    assert tally_of([YES, NO, YES, NOT_MY_AREA, NOT_SURE, YES]) == Tally(yes=3, no=1, not_sure=1, not_my_area=1)


def test_the_share_is_that_of_yes_among_opinions() -> None:
    assert Tally(yes=1, no=1, not_sure=1, not_my_area=7).share == Fraction(1, 3)


def test_without_an_opinion_there_is_no_share() -> None:
    assert Tally(not_my_area=9).share is None


@UNHURRIED
@given(ANSWERS)
def test_everybody_who_answered_is_counted_once(answers: list[Answer]) -> None:
    tally = tally_of(answers)
    assert tally.respondents == len(answers)
    assert tally.opinions == len(answers) - answers.count(NOT_MY_AREA)


@UNHURRIED
@given(ANSWERS, st.randoms())
def test_the_order_of_votes_does_not_matter(answers: list[Answer], random: Random) -> None:
    mixed = list(answers)
    random.shuffle(mixed)
    assert tally_of(mixed) == tally_of(answers)


@UNHURRIED
@given(ANSWERS)
def test_not_my_area_never_changes_the_share(answers: list[Answer]) -> None:
    assert tally_of([*answers, NOT_MY_AREA]).share == tally_of(answers).share
