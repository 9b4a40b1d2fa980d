"""Classes at their exact borders, and when an arrow is earned."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.checks import Thresholds
from bot.readiness.consensus import (
    Consensus,
    Direction,
    Movement,
    Overlap,
    consensus_of,
    movement,
)
from bot.readiness.tally import Tally
from tests.readiness.examples import UNHURRIED

USUAL = Thresholds()
SPLIT, GAP, TOO_FEW, STRONG = Consensus
COUNTS = st.integers(0, 3_000)
TALLIES = st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS)
STEADY = Overlap(17, 17, 17)


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(yes=75, no=25), STRONG),
        (Tally(yes=749, no=251), SPLIT),
        (Tally(yes=25, no=75), GAP),
        (Tally(yes=251, no=749), SPLIT),
        (Tally(yes=3, not_sure=1, no=1), SPLIT),
        (Tally(yes=6, not_sure=2), STRONG),
        (Tally(no=5), GAP),
        (Tally(not_sure=5), GAP),
        (Tally(yes=5), STRONG),
        (Tally(yes=4), TOO_FEW),
        (Tally(yes=4, not_my_area=50), TOO_FEW),
        (Tally(), TOO_FEW),
    ],
)
def test_a_statement_is_of_the_class_that_its_share_says(tally: Tally, expected: Consensus) -> None:
    assert consensus_of(tally, USUAL, fewest=5) is expected


def test_seven_of_ten_reach_a_threshold_of_seven_tenths() -> None:
    """As binary numbers they would not always."""
    exact = Thresholds(strong=Fraction(7, 10), gap=Fraction(3, 10))
    assert all(consensus_of(Tally(yes=7 * n, no=3 * n), exact, 1) is STRONG for n in range(1, 200))
    assert all(consensus_of(Tally(yes=3 * n, no=7 * n), exact, 1) is GAP for n in range(1, 200))


@UNHURRIED
@given(TALLIES)
def test_the_classes_are_those_of_whole_numbers(tally: Tally) -> None:
    """Counted another way: three quarters are reached when four times the Yes are three times the opinions."""
    found = consensus_of(tally, USUAL, fewest=5)
    assert (found is TOO_FEW) == (tally.opinions < 5)
    if found is not TOO_FEW:
        assert (found is STRONG) == (4 * tally.yes >= 3 * tally.opinions)
        assert (found is GAP) == (4 * tally.yes <= tally.opinions)


@UNHURRIED
@given(TALLIES)
def test_one_more_yes_never_makes_a_class_weaker(tally: Tally) -> None:
    more = Tally(tally.yes + 1, tally.no, tally.not_sure, tally.not_my_area)
    strength = [GAP, SPLIT, STRONG]
    before, after = (consensus_of(one, USUAL, fewest=1) for one in (tally, more))
    assert before is TOO_FEW or strength.index(after) >= strength.index(before)


# Movement


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        (Tally(yes=8, no=8), Tally(yes=9, no=7), Direction.UP),
        (Tally(yes=8, no=8), Tally(yes=7, no=9), Direction.DOWN),
        (Tally(yes=8, no=8), Tally(yes=9, no=9), Direction.SAME),
        (Tally(yes=8, no=8), Tally(yes=8, not_sure=8, not_my_area=3), Direction.SAME),
    ],
)
def test_an_arrow_follows_the_share_of_yes(earlier: Tally, later: Tally, expected: Direction) -> None:
    found = movement(earlier, later, STEADY, fewest=5)
    assert found.direction is expected
    assert found.change is not None
    assert found.change == (later.share or 0) - (earlier.share or 0)


@pytest.mark.parametrize(
    ("overlap", "comparable"),
    [
        (Overlap(17, 17, 14), True),
        (Overlap(15, 15, 10), True),
        (Overlap(15, 15, 9), False),  # more than a third are others
        (Overlap(10, 16, 10), False),  # so many joined
        (Overlap(16, 10, 10), False),  # so many left
        (Overlap(4, 4, 4), False),  # too few
        (Overlap(0, 0, 0), False),
    ],
)
def test_rounds_compare_when_two_thirds_of_either_were_in_both(overlap: Overlap, comparable: bool) -> None:
    assert overlap.is_comparable(fewest=5) is comparable
    moved = movement(Tally(yes=8, no=8), Tally(yes=9, no=7), overlap, fewest=5)
    assert (moved.direction is not Direction.UNCLEAR) is comparable


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (None, Tally(yes=9)),
        (Tally(yes=9), None),
        (Tally(yes=4), Tally(yes=9)),  # too few opinions
        (Tally(yes=9, not_my_area=8), Tally(yes=17)),  # many more have one
        (Tally(yes=17), Tally(yes=9, not_my_area=8)),
    ],
)
def test_there_is_no_arrow_for_a_statement_that_others_answered(earlier: Tally | None, later: Tally | None) -> None:
    assert movement(earlier, later, STEADY, fewest=5) == Movement(Direction.UNCLEAR)


@UNHURRIED
@given(TALLIES, TALLIES, st.integers(0, 3_000), st.integers(0, 9))
def test_the_way_back_has_the_opposite_arrow(one: Tally, other: Tally, both: int, fewest: int) -> None:
    opposite = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}
    there = movement(one, other, Overlap(3_000, 2_500, both), fewest)
    back = movement(other, one, Overlap(2_500, 3_000, both), fewest)
    assert back.direction is opposite.get(there.direction, there.direction)
    assert there.change is None if back.change is None else there.change == -back.change
