"""Reads the tallies of a round: on what people agree, what to talk about first, what moved since the last round."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.readiness.checks import Thresholds
from bot.readiness.tally import Tally

# Two rounds are compared when so large a part of either was there in the other.
STAYED = Fraction(2, 3)


class Consensus(StrEnum):
    """How far people agree on a statement, in the order in which to talk about it."""

    SPLIT = "split"
    GAP = "gap"
    TOO_FEW = "too_few"
    STRONG = "strong"


def consensus_of(tally: Tally, thresholds: Thresholds, fewest: int) -> Consensus:
    """`fewest` is how many opinions it takes to speak of agreement at all."""
    share = tally.share
    if share is None or tally.opinions < fewest:
        return Consensus.TOO_FEW
    if share >= thresholds.strong:
        return Consensus.STRONG
    return Consensus.GAP if share <= thresholds.gap else Consensus.SPLIT


class Direction(StrEnum):
    """Where a statement moved. UNCLEAR shows no arrow: others answered, so the difference says little."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Overlap:
    """How many voted in the earlier of two rounds, in the later, and in both."""

    earlier: int
    later: int
    both: int

    def is_comparable(self, fewest: int) -> bool:
        return self.both >= fewest and self.both >= STAYED * max(self.earlier, self.later)


@dataclass(frozen=True)
class Movement:
    """How the share of Yes of a statement changed; `change` is None when there is nothing to compare."""

    direction: Direction
    change: Fraction | None = None


def movement(earlier: Tally | None, later: Tally | None, overlap: Overlap, fewest: int) -> Movement:
    """None stands for a tally that was withheld, or a statement that the other round did not have."""
    if earlier is None or later is None or not overlap.is_comparable(fewest) or not _alike(earlier, later, fewest):
        return Movement(Direction.UNCLEAR)
    change = Fraction(later.yes, later.opinions) - Fraction(earlier.yes, earlier.opinions)
    if change == 0:
        return Movement(Direction.SAME, change)
    return Movement(Direction.UP if change > 0 else Direction.DOWN, change)


def _alike(earlier: Tally, later: Tally, fewest: int) -> bool:
    """The same rule for those who have an opinion on this one statement; who they were is not kept."""
    smaller, larger = sorted((earlier.opinions, later.opinions))
    return smaller >= max(fewest, 1) and smaller >= STAYED * larger
