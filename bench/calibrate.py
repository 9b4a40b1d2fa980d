"""Fits the decision (bot/answers/decision.py) to the golden questions and cross-validates it.

Run `python -m bench.calibrate`; it prints the numbers to put into CALIBRATION and what they are worth on questions
that were left out of the fit.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answers.decision import CALIBRATION, Calibration, decide, logistic, signals
from bot.answers.evaluation import Reply, Result, read_rows, report
from bot.answers.index import Index, build
from bot.answers.library import read_library
from bot.answers.matching import Matcher
from bot.resources import KNOWLEDGE

GOLDEN = Path(__file__).parent.parent / "tests" / "answers" / "golden.csv"
FOLDS = 10
RIDGE = 1.0  # keeps the weights small where the questions don't decide


def main(path: Path = GOLDEN) -> None:
    rows = read_rows(path)
    with tempfile.TemporaryDirectory() as folder:
        build(read_library(KNOWLEDGE), Path(folder) / "knowledge.db")
        matcher = Matcher(Index(Path(folder) / "knowledge.db"))
        matches = [matcher.match(row.question) for row in rows]
    values = np.array([signals(match) for match in matches])
    right = np.array([bool(m.cards and m.cards[0].id in row.accept) for m, row in zip(matches, rows, strict=True)])
    fitted = fit(values, right)
    print(f"intercept={fitted.intercept:.3f}, weights=({', '.join(f'{w:.3f}' for w in fitted.weights)})")
    folds = np.random.default_rng(1).permutation(len(rows)) % FOLDS
    results: list[Result] = []
    for fold in range(FOLDS):
        model = fit(values[folds != fold], right[folds != fold])
        for at in np.flatnonzero(folds == fold):
            cards = tuple(card.id for card in matches[at].cards[:5])
            chance = round(logistic(model, signals(matches[at])), 3)
            results.append(Result(rows[at], Reply(decide(matches[at], model), cards, chance)))
    figures = report(results)
    print(f"{FOLDS}-fold cross-validation on {path.name}")
    print("right and confident, of covered:  ", figures.covered_right)
    print("wrong and confident, of covered:  ", figures.covered_wrong)
    print("held back, of not covered:        ", figures.not_covered_held_back)
    print("outcomes:", figures.outcomes)
    for part in figures.reliability:
        print(
            f"  {part.low:.1f}-{part.high:.1f}: {part.count:4d}  believed {part.believed:.3f}  right {part.right:.3f}"
        )


def fit(values: NDArray[np.float64], right: NDArray[np.bool_]) -> Calibration:
    """Logistic regression by Newton's method, on standardised values, told back in the original ones."""
    middle, spread = values.mean(axis=0), values.std(axis=0)
    design = np.column_stack([np.ones(len(values)), (values - middle) / spread])
    penalty = np.diag([0.0, *[RIDGE] * values.shape[1]])
    weights = np.zeros(design.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (chance - right) + penalty @ weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        weights -= np.linalg.solve(curvature, gradient)
    scaled = weights[1:] / spread
    return Calibration(
        intercept=float(weights[0] - scaled @ middle),
        weights=tuple(map(float, scaled)),
        answer_from=CALIBRATION.answer_from,
        suggest_from=CALIBRATION.suggest_from,
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
