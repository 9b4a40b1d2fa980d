"""The project's own questions: none that is answered right today may be lost unnoticed.

`golden_misses.txt` names those that miss: covered ones whose right card is not first, and ones outside the guidance
that get a confident answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.answers.advisor import LISTED, Advice
from bot.answers.cards import Library
from bot.answers.evaluation import Reply, Report, Result, Row, report

MISSES = Path(__file__).parent / "golden_misses.txt"


@pytest.fixture(scope="module")
def results(golden: list[tuple[Row, Advice]]) -> list[Result]:
    return [Result(row, reply_of(advice)) for row, advice in golden]


@pytest.fixture(scope="module")
def figures(results: list[Result]) -> Report:
    return report(results)


def reply_of(advice: Advice) -> Reply:
    return Reply(advice.outcome, tuple(item.id for item in advice.ranked[:LISTED]), advice.confidence)


def reason(result: Result) -> str:
    """Why a question misses; empty when it doesn't."""
    first = result.reply.cards[0] if result.reply.cards else "nothing"
    if not result.row.accept:
        return f"not covered, but answered with {first}" if result.confident else ""
    return "" if result.top1 else f"{first} comes before {' or '.join(sorted(result.row.accept))}"


def listed() -> list[str]:
    """The ids of the misses that are known, in the file's order."""
    lines = (line.partition("#")[0].strip() for line in MISSES.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def as_lines(results: Iterable[Result]) -> str:
    return "\n".join(f"{result.row.id}  # {reason(result)}" for result in results)


def test_no_question_is_lost(results: list[Result]) -> None:
    known = set(listed())
    lost = [result for result in results if reason(result) and result.row.id not in known]
    assert not lost, f"a card lost these questions (see golden.csv):\n{as_lines(lost)}"


def test_no_question_is_listed_as_a_miss_that_is_hit_now(results: list[Result]) -> None:
    missing = {result.row.id for result in results if reason(result)}
    assert [name for name in listed() if name not in missing] == [], f"take these off {MISSES.name}"


def test_the_list_of_misses_is_sorted_without_repeats() -> None:
    assert listed() == sorted(set(listed()))


def test_every_accepted_card_exists(results: list[Result], shipped: Library) -> None:
    assert {name for result in results for name in result.row.accept} - set(shipped.cards) == set()


def test_every_question_has_its_own_id(results: list[Result]) -> None:
    ids = [result.row.id for result in results]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("figure", "bar"),
    [("top1", 0.80), ("top3", 0.92), ("not_covered_held_back", 0.85), ("covered_right", 0.72)],
)
def test_a_figure_does_not_fall_under_its_bar(figures: Report, figure: str, bar: float) -> None:
    share = getattr(figures, figure)
    assert share.value >= bar, f"{figure} is {share}"


def test_wrong_confident_answers_stay_few(figures: Report) -> None:
    assert figures.covered_wrong.value <= 0.08, str(figures.covered_wrong)
