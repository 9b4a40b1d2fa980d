"""What may be told of a statement, in which order, and what of it compares with the round before."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.checks import Check, Statement
from bot.readiness.consensus import Consensus, Direction, Movement, Overlap
from bot.readiness.disclosure import Withheld
from bot.readiness.findings import Earlier, Line, by_class, lines_of, percent, turnout
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally
from tests.readiness.examples import CHECK, NOON, RESULTS, UNHURRIED, a_closed_round, a_round, a_round_before

SMALL = st.integers(0, 9)
NAMED_TALLIES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.builds(Tally, SMALL, SMALL, SMALL, SMALL))


def lines_with(tallies: dict[str, Tally]) -> tuple[Line, ...]:
    """Those of a named round, which shows all."""
    check: Check = replace(CHECK, statements=tuple(Statement(name, name, name, "") for name in tallies))
    results = [Result(name, tally) for name, tally in tallies.items()]
    return lines_of(a_closed_round(check=check, anonymous=False), results)


def in_order(lines: tuple[Line, ...]) -> list[Line]:
    return [line for found in by_class(lines).values() for line in found]


def test_a_statement_has_its_tally_and_class() -> None:
    first, second = lines_of(a_closed_round(), RESULTS)
    assert (first.number, first.tally, first.consensus) == (1, Tally(6, 2, 2, 1), Consensus.SPLIT)
    assert (second.number, second.tally, second.consensus) == (2, Tally(9, 1, 0, 1), Consensus.STRONG)
    assert first.withheld == second.withheld == ""


@pytest.mark.parametrize(
    ("of", "result", "reason"),
    [
        (a_closed_round(), Result("direction", None, Withheld.TOO_FEW), "Fewer than 5 people"),
        (a_closed_round(), Result("direction", None, Withheld.TOO_CLOSE), "Beside an earlier result"),
        (a_closed_round(), Result("direction", Tally(yes=4)), "Fewer than 5 people"),
        (a_closed_round(), Result("direction", Tally(yes=9), Withheld.TOO_CLOSE), "Beside an earlier result"),
        (a_closed_round(), Result("another", Tally(yes=9)), "no result"),
        (a_closed_round(cancelled=True), Result("direction", Tally(yes=9)), "cancelled"),
        (a_round(), Result("direction", Tally(yes=9)), "at the close"),
        (a_round(anonymous=False), Result("direction", Tally(yes=9)), "at the close"),
    ],
)
def test_what_may_not_be_shown_has_a_reason_and_no_tally(of: Round, result: Result, reason: str) -> None:
    line = lines_of(of, [result])[0]
    assert line.tally is None
    assert reason in line.withheld


def test_a_group_below_the_smallest_is_too_few_and_one_beside_another_of_no_class() -> None:
    few, close = lines_of(
        a_closed_round(), [Result("direction", None, Withheld.TOO_FEW), Result("metrics", None, Withheld.TOO_CLOSE)]
    )
    assert few.consensus is Consensus.TOO_FEW
    assert close.consensus is None


def test_a_named_round_is_shown_however_few_voted_and_live_if_it_is_live() -> None:
    assert lines_of(a_closed_round(anonymous=False), [Result("direction", Tally(yes=1))])[0].tally == Tally(yes=1)
    assert lines_of(a_round(anonymous=False, live=True), RESULTS)[0].tally == Tally(6, 2, 2, 1)


def test_movement_is_told_since_the_round_a_round_before() -> None:
    line = lines_of(a_closed_round(), RESULTS, a_round_before(Result("direction", Tally(4, 6, 0, 1))))[0]
    assert line.moved == Movement(Direction.UP, Fraction(1, 5))


@pytest.mark.parametrize(
    "earlier",
    [
        None,
        a_round_before(),
        a_round_before(Result("direction", None, Withheld.TOO_FEW)),
        a_round_before(Result("direction", Tally(yes=4, no=6)), cancelled=True),
        a_round_before(Result("direction", Tally(yes=4, no=6)), smallest_group=12),
        a_round_before(Result("direction", Tally(yes=4, no=6)), smallest_group=12, anonymous=False),
        a_round_before(Result("direction", Tally(yes=4, no=6)), check=replace(CHECK, statements=CHECK.statements[1:])),
        a_round_before(
            Result("direction", Tally(yes=4, no=6)),
            check=replace(CHECK, statements=(replace(CHECK.statements[0], text="Somebody else knows it."),)),
        ),
        replace(a_round_before(Result("direction", Tally(yes=4, no=6))), overlap=Overlap(30, 11, 11)),
    ],
)
def test_there_is_no_movement_where_nothing_compares(earlier: Earlier | None) -> None:
    assert lines_of(a_closed_round(), RESULTS, earlier)[0].moved == Movement(Direction.UNCLEAR)


def test_the_tally_of_the_round_before_is_given_where_it_may_be_told() -> None:
    told = a_round_before(Result("direction", Tally(4, 6, 0, 1)), Result("metrics", None, Withheld.TOO_FEW))
    assert [line.before for line in lines_of(a_closed_round(), RESULTS, told)] == [Tally(4, 6, 0, 1), None]


# Order


def test_what_to_talk_about_comes_first_and_the_weaker_before_the_stronger() -> None:
    tallies = {
        "strong": Tally(yes=9),
        "strong-but-less": Tally(yes=8, no=2),
        "few": Tally(yes=1),
        "nobody-could-say": Tally(not_my_area=9),
        "gap": Tally(yes=1, no=9),
        "worse-gap": Tally(no=9),
        "split": Tally(yes=6, no=4),
        "weaker-split": Tally(yes=4, no=6),
        "split-as-well": Tally(yes=3, no=2),
    }
    assert [line.statement.id for line in in_order(lines_with(tallies))] == [
        "weaker-split",
        "split",
        "split-as-well",
        "worse-gap",
        "gap",
        "nobody-could-say",
        "few",
        "strong-but-less",
        "strong",
    ]


def test_what_is_withheld_comes_after_what_has_numbers_and_what_has_no_class_last() -> None:
    results = [Result("direction", None, Withheld.TOO_CLOSE), Result("metrics", None, Withheld.TOO_FEW)]
    assert [line.statement.id for line in in_order(lines_of(a_closed_round(), results))] == ["metrics", "direction"]
    results = [Result("direction", None, Withheld.TOO_FEW), Result("metrics", Tally(yes=4, not_my_area=9))]
    assert [line.statement.id for line in in_order(lines_of(a_closed_round(), results))] == ["metrics", "direction"]


@UNHURRIED
@given(NAMED_TALLIES)
def test_every_statement_stands_somewhere_once(tallies: dict[str, Tally]) -> None:
    lines = lines_with(tallies)
    assert list(by_class(lines)) == [*Consensus, None]
    assert sorted(line.statement.id for line in in_order(lines)) == sorted(tallies)


@UNHURRIED
@given(NAMED_TALLIES)
def test_classes_and_shares_never_go_back_on_the_way_down_the_list(tallies: dict[str, Tally]) -> None:
    for one, after in pairwise(in_order(lines_with(tallies))):
        assert one.consensus is not None
        assert after.consensus is not None
        assert list(Consensus).index(one.consensus) <= list(Consensus).index(after.consensus)
        assert one.tally is not None
        assert after.tally is not None
        if one.consensus is after.consensus and one.tally.share is not None:
            assert after.tally.share is not None
            assert one.tally.share <= after.tally.share


# Words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(0), "0"),
        (Fraction(1), "100"),
        (Fraction(3, 4), "75"),
        (Fraction(1, 3), "33.3"),
        (Fraction(38, 51), "74.5"),
        (Fraction(7499, 10000), "74.99"),
        (Fraction(1, 40), "2.5"),
    ],
)
def test_a_share_just_below_a_threshold_does_not_look_like_it(share: Fraction, words: str) -> None:
    assert percent(share) == words


def test_turnout_is_told_once_it_is_known() -> None:
    assert turnout(a_closed_round()) == "11 of 14"
    assert turnout(a_round(asked=14)) == "14 asked, still open"
    assert turnout(a_round(asked=14, closed_at=NOON, cancelled=True)) == "14 asked"
