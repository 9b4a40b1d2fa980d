"""What is to happen later, the same once it is claimed, and how long to pause after a failure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LENGTHS = {"kind": 32, "subject": 64, "occurrence": 64}  # as long as the columns are

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 32  # with these pauses they last about a day: longer than an outage of Slack


@dataclass(frozen=True)
class Action:
    """Something due at a time. Kind, subject and occurrence name it: what was done under a name is not done again.

    `kind` says who does it ("close_round"), `subject` is the id of what it is done to; both are logged, so neither may
    tell who did what. `occurrence` tells the repetitions of a series apart: the date each was meant for, say.
    """

    kind: str
    subject: str
    due_at: datetime
    occurrence: str = ""

    def __post_init__(self) -> None:
        if self.due_at.tzinfo is None:
            raise ValueError(f"{self} is due at a time without a zone; make it aware first")
        for part, longest in LENGTHS.items():
            if len(getattr(self, part)) > longest:
                raise ValueError(f"the {part} of {self} is longer than {longest} characters; give a shorter one")

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.subject, self.occurrence)))

    @property
    def name(self) -> tuple[str, str, str]:
        return self.kind, self.subject, self.occurrence


@dataclass(frozen=True)
class Changes:
    """What a fact changes in the schedule: saved with it, so that both are there or neither is.

    `dropped` are kinds and subjects, of which every occurrence that is not done is forgotten; `new` comes after them.
    """

    moved: tuple[Action, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    new: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Due:
    """An action that was claimed and is to be done now, by whoever holds the lease.

    `turn` is the time that was kept for it where it had to queue: it has waited and need not again. `sends` is how
    often an earlier try came as far as sending its message, see ScheduleStore.sending.
    """

    action: Action
    lease: str
    claimed_at: datetime
    tries: int  # this one included: from the second on, an earlier one may have taken effect
    turn: datetime | None = None
    sends: int = 0

    @property
    def late(self) -> timedelta:
        """How long after its time it is done."""
        return self.claimed_at - self.action.due_at


@dataclass(frozen=True)
class Waiting:
    """An action that is not done. `next_at` is when it may be begun, or when the lease it is done under ends."""

    action: Action
    next_at: datetime
    tries: int
    is_begun: bool


@dataclass(frozen=True)
class Failure:
    """An action that was given up after too many tries. `reason` is what the last one failed of, as far as we know."""

    action: Action
    tries: int
    failed_at: datetime
    reason: str = ""


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, up to the longest."""
    doublings = min(tries - 1, 32)  # far beyond the longest pause, and still a number that a timedelta holds
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
