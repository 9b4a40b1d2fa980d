"""The bands: what speaks for a card, and where each band begins."""

from __future__ import annotations

import math

import pytest

from bot.answers.decision import CALIBRATION, Calibration, Outcome, confidence, decide, logistic, signals
from bot.answers.matching import Match, Ranked

SCORE_ALONE = Calibration(intercept=-5, weights=(10, 0, 0, 0), answer_from=0.5, suggest_from=0.2)


def match(*scores: float, outside: float = 0.0, words: int = 4) -> Match:
    boundaries = (Ranked("pay", outside),) if outside else ()
    return Match(tuple(Ranked(f"card-{at}", score) for at, score in enumerate(scores)), boundaries, words)


def test_the_signals_are_score_lead_lead_over_what_is_outside_and_length() -> None:
    assert signals(match(0.9, 0.5, 0.1, outside=0.6, words=7)) == pytest.approx((0.9, 0.4, 0.3, math.log(8)))


def test_a_single_card_leads_by_all_of_its_score() -> None:
    assert signals(match(0.9))[:3] == pytest.approx((0.9, 0.9, 0.9))


def test_the_chance_is_a_half_where_the_evidence_balances() -> None:
    assert logistic(SCORE_ALONE, (0.5, 0, 0, 0)) == 0.5


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        (0.9, Outcome.ANSWER),
        (0.5, Outcome.ANSWER),
        (0.49, Outcome.SUGGEST),
        (0.37, Outcome.SUGGEST),
        (0.35, Outcome.NOT_COVERED),
        (0.0, Outcome.NOT_COVERED),
    ],
)
def test_a_band_begins_where_the_calibration_says(score: float, outcome: Outcome) -> None:
    assert decide(match(score), SCORE_ALONE) is outcome


def test_nothing_found_is_not_covered() -> None:
    assert (confidence(match()), decide(match())) == (0.0, Outcome.NOT_COVERED)


def test_the_chance_is_rounded_so_that_every_machine_agrees() -> None:
    assert confidence(match(0.4), SCORE_ALONE) == 0.269


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (match(0.8, 0.3), match(0.5, 0.3)),
        (match(0.6, 0.1), match(0.6, 0.5)),
        (match(0.6), match(0.6, outside=0.5)),
        (match(0.6, words=9), match(0.6, words=2)),
    ],
)
def test_more_evidence_gives_more_confidence(better: Match, worse: Match) -> None:
    assert confidence(better) > confidence(worse)


def test_the_bands_of_the_shipped_calibration_are_in_order() -> None:
    assert 0 < CALIBRATION.suggest_from < CALIBRATION.answer_from < 1
