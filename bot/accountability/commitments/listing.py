"""Which commitments somebody wants to see, and a page of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.accountability.commitments.commitment import Commitment

PAGE_SIZE = 10


class Which(StrEnum):
    OPEN = "open"  # whatever is live, overdue or not
    OVERDUE = "overdue"
    DONE = "done"
    ENDED = "ended"  # done or dropped
    ALL = "all"


@dataclass(frozen=True)
class Wanted:
    """A filter; what is empty does not matter. `mine` is whose they are, those they handed over and wait for included.

    `due_before` and `ended_since` are for agendas: what comes up, what was done since the last session.
    """

    mine: str = ""
    assigner: str = ""
    channel_id: str = ""
    series_id: str = ""
    which: Which = Which.OPEN
    needs_help: bool = False
    due_before: datetime | None = None
    ended_since: datetime | None = None


@dataclass(frozen=True)
class Page:
    """A part of what was found, the first to be due first, what has ended at the end, the latest first."""

    commitments: tuple[Commitment, ...]
    number: int
    pages: int
    total: int
