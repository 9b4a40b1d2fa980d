"""Counts the answers to a statement."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from bot.readiness.checks import Answer


@dataclass(frozen=True)
class Tally:
    """How many gave each answer to a statement."""

    yes: int = 0
    no: int = 0
    not_sure: int = 0
    not_my_area: int = 0

    @property
    def respondents(self) -> int:
        """All who answered, whatever they said."""
        return self.opinions + self.not_my_area

    @property
    def opinions(self) -> int:
        """Those whose answer says something of the statement: Not my area is counted apart."""
        return self.yes + self.no + self.not_sure

    @property
    def share(self) -> Fraction | None:
        """The share of Yes among the opinions; None when there are none."""
        return Fraction(self.yes, self.opinions) if self.opinions else None


def tally_of(answers: Iterable[Answer]) -> Tally:
    count = Counter(answers)
    return Tally(count[Answer.YES], count[Answer.NO], count[Answer.NOT_SURE], count[Answer.NOT_MY_AREA])
