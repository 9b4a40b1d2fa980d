"""A round of a check: who asks whom, where, until when, and what of it may be seen while it is open."""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.readiness.checks import Check
from bot.readiness.disclosure import Withheld
from bot.readiness.tally import Tally

SMALLEST_GROUP = 5  # the default
SMALLEST_POSSIBLE = 3  # among two, each knows the other's vote

# Messages of a round that belong to no statement. No statement's id can look like this.
PARENT = "#parent"
RESULTS = "#results"
MOVEMENT = "#movement"


@dataclass(frozen=True)
class SinceLast:
    """What a repeated round opens with: what became of promises since the last one closed, and what moved in that one.

    `kept` is None where that may not be told, or nothing was due; `up` where the last two rounds don't compare.
    """

    closed_at: datetime
    kept: int | None = None
    missed: int | None = None
    up: int | None = None
    down: int | None = None
    same: int | None = None

    @property
    def is_empty(self) -> bool:
        return self.kept is None and self.up is None


@dataclass(frozen=True)
class Round:
    """One round. `check` is as it was at the start; `asked` is how many people are asked, `voters` how many did vote.

    `zone` is the starter's, in which times are written where each reader's own can't be.
    `cancelled` rounds are closed, too, but have no result.
    """

    id: str
    check: Check
    channel_id: str
    starter: str
    opened_at: datetime
    deadline: datetime
    title: str = ""
    anonymous: bool = True
    live: bool = False
    smallest_group: int = SMALLEST_GROUP
    co_facilitator: str = ""
    zone: str = "UTC"
    asked: int = 0
    closed_at: datetime | None = None
    cancelled: bool = False
    voters: int | None = None
    since_last: SinceLast | None = None  # of one that started by itself

    def __post_init__(self) -> None:
        if self.smallest_group < SMALLEST_POSSIBLE:
            raise ValueError(f"the smallest group is {SMALLEST_POSSIBLE} at least, not {self.smallest_group}")
        if self.live and self.anonymous:
            raise ValueError("an anonymous round shows no results before its close")

    @property
    def name(self) -> str:
        """Its own title or, when it has none, that of its check."""
        return self.title or self.check.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def shows_live(self) -> bool:
        return self.is_open and self.live

    def takes_votes(self, now: datetime) -> bool:
        """A round is over at its deadline, however late it gets closed."""
        return self.is_open and now < self.deadline

    def is_run_by(self, user_id: str) -> bool:
        """May they extend, close, cancel and hand over? Workspace admins may as well, but rounds don't know them."""
        return user_id in {self.starter, self.co_facilitator} - {""}


@dataclass(frozen=True)
class Result:
    """What the close of a round published of a statement: a tally, or why there is none."""

    statement_id: str
    tally: Tally | None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class Message:
    """A message of a round and how far its posting has come. `part` is a statement's id, PARENT or RESULTS.

    `tries` counts how often posting was begun; `ts` is empty until Slack has told it. `drawn` is a digest of what it
    shows, empty when that is not known. One that is `gone` was deleted, or is where we can't change it any more.
    """

    part: str
    tries: int = 0
    begun_at: datetime | None = None
    ts: str = ""
    drawn: str = ""
    drawn_at: datetime | None = None
    gone: bool = False


def written_since_last(since_last: SinceLast | None) -> str | None:
    if since_last is None:
        return None
    return json.dumps({**vars(since_last), "closed_at": since_last.closed_at.isoformat()})


def read_since_last(text: str | None) -> SinceLast | None:
    if text is None:
        return None
    fields = json.loads(text)
    return SinceLast(**{**fields, "closed_at": datetime.fromisoformat(fields["closed_at"])})
