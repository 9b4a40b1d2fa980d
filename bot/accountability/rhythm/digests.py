"""What a digest tells: the week of a channel's commitments, or the month of them for a sponsor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.kept import KeptRate, was_kept
from bot.accountability.commitments.rates import counted
from bot.accountability.yearone.steps import Progress

LISTED = 10  # of a kind; the rest is counted


@dataclass(frozen=True)
class Some:
    """The first few of so many."""

    commitments: tuple[Commitment, ...] = ()
    total: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.commitments)


@dataclass(frozen=True)
class Week:
    """Of a channel: what is overdue, what is due before the week ends, what was done since the last one began."""

    overdue: Some
    due: Some
    done: Some
    since: datetime
    next_session: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """A session alone is told of by its agenda."""
        return not (self.overdue.total or self.due.total or self.done.total)


@dataclass(frozen=True)
class Month:
    """For a sponsor: what became of what was due in a month, what needs help now, and how far the first year is.

    Without a rate nothing is told of what was kept and missed, which anybody could count; `open` is told instead.
    """

    begins: date
    kept: Some = Some()
    missed: Some = Some()
    help: Some = Some()
    open: Some = Some()
    rate: KeptRate | None = None
    year_one: Progress | None = None

    @property
    def is_empty(self) -> bool:
        became = self.kept.total + self.missed.total if self.rate else self.open.total
        return not (became or self.help.total)


def some(commitments: Iterable[Commitment]) -> Some:
    found = tuple(commitments)
    return Some(found[:LISTED], len(found))


def kept_and_missed(commitments: Iterable[Commitment], month: date, now: datetime) -> tuple[Some, Some]:
    """What of a month was kept and what was missed, whosever it was."""
    settled = counted(commitments, month, now)
    return some(one for one in settled if was_kept(one, now)), some(one for one in settled if not was_kept(one, now))
