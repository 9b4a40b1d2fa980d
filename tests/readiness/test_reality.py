"""The reality check of a round: the same three questions, about what is missing or split in it."""

from __future__ import annotations

from dataclasses import replace

from bot.readiness.checks import Check, Statement
from bot.readiness.disclosure import Withheld
from bot.readiness.findings import lines_of
from bot.readiness.reality import Weakness, reality_check, round_behind, weaknesses
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally
from tests.readiness.examples import CHECK, a_closed_round

BASE = Check("reality-check", "The reality check", "Three questions.", "paper", CHECK.statements[:1])
STRONG, GAP, SPLIT = Tally(9, 1), Tally(1, 9), Tally(5, 5)


def of_tallies(*tallies: Tally) -> tuple[Round, list[Result]]:
    statements = tuple(Statement(f"s{n}", f"Title {n}", "Text.", "card-1") for n in range(1, len(tallies) + 1))
    check = replace(CHECK, statements=statements)
    return a_closed_round(check=check), [Result(f"s{n}", tally) for n, tally in enumerate(tallies, 1)]


def test_it_names_what_is_split_first_and_then_what_is_missing() -> None:
    of, results = of_tallies(STRONG, GAP, SPLIT)
    made = reality_check(BASE, of, lines_of(of, results))
    assert made is not None
    assert made.intro.startswith("These actions are the ones behind what we called missing or saw differently: ")
    assert "3 · Title 3; 2 · Title 2." in made.intro
    assert made.intro.endswith("Three questions.")
    assert (made.statements, made.title) == (BASE.statements, BASE.title)


def test_it_is_a_check_of_its_own_for_each_round() -> None:
    of, results = of_tallies(GAP)
    made = reality_check(BASE, of, lines_of(of, results))
    assert made is not None
    assert round_behind(made.id) == of.id
    assert round_behind("readiness") == round_behind("reality-check") == ""


def test_there_is_none_where_all_is_in_place() -> None:
    of, results = of_tallies(STRONG, STRONG)
    assert reality_check(BASE, of, lines_of(of, results)) is None


def test_its_weaknesses_are_its_splits_and_then_its_gaps_with_nothing_of_the_votes() -> None:
    of, results = of_tallies(STRONG, GAP, SPLIT)
    assert weaknesses(of, lines_of(of, results)) == (
        Weakness(of.id, "s3", "Title 3", True, "card-1"),
        Weakness(of.id, "s2", "Title 2", False, "card-1"),
    )


def test_what_is_withheld_or_too_small_is_no_weakness_of_which_anybody_hears() -> None:
    of, results = of_tallies(GAP, Tally(1, 1, 1), Tally(0, 1, 0, 9))
    withheld = [Result("s1", None, Withheld.TOO_CLOSE), *results[1:]]
    assert weaknesses(of, lines_of(of, withheld)) == ()
