"""The golden questions that benchmarks ask."""

from itertools import cycle, islice
from pathlib import Path

from bot.answers.evaluation import Row, read_rows

GOLDEN = Path(__file__).parent.parent / "tests" / "answers" / "golden.csv"


def golden() -> list[Row]:
    return read_rows(GOLDEN)


def golden_questions(count: int) -> list[str]:
    """As many questions as wanted, from the start again when they run out."""
    return list(islice(cycle(row.question for row in golden()), count))
