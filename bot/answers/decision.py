"""Which band an answer falls into, by a calibrated chance that the best card is the right one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.answers.matching import Match


class Outcome(StrEnum):
    """The three bands. There is no fourth: the bot never stays silent."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True)
class Calibration:
    """A logistic model of “the best card is right”, and where the bands begin.

    Fitted on the golden questions by `python -m bench.calibrate`, which prints these numbers and cross-validates them.
    """

    intercept: float
    weights: tuple[float, ...]
    answer_from: float
    suggest_from: float


CALIBRATION = Calibration(intercept=-5.461, weights=(1.735, 5.946, 9.167, 1.221), answer_from=0.45, suggest_from=0.12)


def signals(match: Match) -> tuple[float, ...]:
    """What the decision looks at.

    The best card's score, its lead over the second card, its lead over the nearest topic known to lie outside,
    and how much was asked (a long question says more than its score shows).
    """
    scores = [card.score for card in match.cards[:2]] + [0.0, 0.0]
    outside = match.boundaries[0].score if match.boundaries else 0.0
    return scores[0], scores[0] - scores[1], scores[0] - outside, math.log1p(match.words)


def confidence(match: Match, calibration: Calibration = CALIBRATION) -> float:
    """The chance that the best card is right, from 0 to 1, rounded so that every machine agrees."""
    if not match.cards:
        return 0.0
    return round(logistic(calibration, signals(match)), 3)


def logistic(calibration: Calibration, values: Sequence[float]) -> float:
    total = calibration.intercept + math.fsum(w * v for w, v in zip(calibration.weights, values, strict=True))
    return 1 / (1 + math.exp(-total))


def decide(match: Match, calibration: Calibration = CALIBRATION) -> Outcome:
    """The band of a match."""
    chance = confidence(match, calibration)
    if chance >= calibration.answer_from:
        return Outcome.ANSWER
    return Outcome.SUGGEST if chance >= calibration.suggest_from else Outcome.NOT_COVERED
