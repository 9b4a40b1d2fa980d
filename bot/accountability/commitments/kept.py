"""How much of what was promised was kept: told to its owner alone, and of a team only where it singles nobody out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.accountability.commitments.commitment import Commitment, State

SMALLEST_GROUP = 5  # the default
SMALLEST_POSSIBLE = 3  # among two, each knows the other's


@dataclass(frozen=True)
class KeptRate:
    """What was kept and what was missed. `people` is how many owners it is about."""

    kept: int
    missed: int
    people: int

    @property
    def share(self) -> Fraction | None:
        """None where nothing was due."""
        return Fraction(self.kept, self.kept + self.missed) if self.kept + self.missed else None


def own_rate(commitments: Iterable[Commitment], owner: str, asked_by: str, now: datetime) -> KeptRate | None:
    """An owner's own; None for anybody else who asks, whoever they are."""
    if asked_by != owner:
        return None
    return _rate([one for one in commitments if one.owner == owner], now)


def team_rate(
    commitments: Iterable[Commitment], now: datetime, smallest_group: int = SMALLEST_GROUP
) -> KeptRate | None:
    """That of all together; None where fewer people had something due than the smallest group."""
    rate = _rate(list(commitments), now)
    return rate if rate.people >= max(smallest_group, SMALLEST_POSSIBLE) else None


def was_kept(of: Commitment, now: datetime) -> bool | None:
    """Was it done on the day it was due, or before? None while that is open, and for what ended or waited untaken.

    What was dropped before it was due was neither kept nor missed. The last agreed date counts.
    """
    ended = of.ended_at if of.ended_at is not None and not of.is_live else None
    if of.state is State.DONE and ended is not None:
        return not _is_after_the_day(ended, of)
    is_late = _is_after_the_day(ended or now, of)
    return False if is_late and not of.awaits_answer else None


def _is_after_the_day(moment: datetime, of: Commitment) -> bool:
    zone = ZoneInfo(of.zone)
    return moment.astimezone(zone).date() > of.due.astimezone(zone).date()


def _rate(commitments: list[Commitment], now: datetime) -> KeptRate:
    found = [(one.owner, was_kept(one, now)) for one in commitments]
    told = [(owner, kept) for owner, kept in found if kept is not None]
    kept = len([owner for owner, is_kept in told if is_kept])
    return KeptRate(kept, len(told) - kept, len({owner for owner, _ in told}))
