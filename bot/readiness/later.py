"""What a round has to happen later, as changes to the schedule. Each is saved with the fact that causes it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.readiness.rounds import PARENT, RESULTS, Round
from bot.readiness.times import Chase, Occasion, chases
from bot.scheduler.actions import Action, Changes

POST = "post_round"  # the next message of a round that is not posted; occurrence: which
CLOSE = "close_round"
CHASE = "chase_round"  # occurrence: why, in which wave, which batch of it
TELL = "tell_starter"  # occurrence: the trouble


class Trouble(StrEnum):
    """What the starter is told of a round, once each."""

    CHANNEL_CLOSED = "channel_closed"  # archived, gone, or the bot is no member any more
    NOT_STARTED = "not_started"  # the channel took not even the first message
    PARENT_GONE = "parent_gone"
    STATEMENT_GONE = "statement_gone"
    NO_RESULTS = "no_results"  # the results could not be posted
    REFUSED = "refused"  # Slack did not take a message


def on_start(of: Round) -> Changes:
    now = of.opened_at
    return Changes(new=(Action(POST, of.id, now, PARENT), Action(CLOSE, of.id, of.deadline), *_chases(of, now)))


def on_extension(of: Round, now: datetime, last_chased: datetime | None) -> Changes:
    """`of` has its new deadline already."""
    return Changes(
        moved=(Action(CLOSE, of.id, of.deadline),), dropped=((CHASE, of.id),), new=_chases(of, now, last_chased)
    )


def on_close(of: Round, now: datetime, *, early: bool) -> Changes:
    """A close in time is what is being done just now: the schedule marks it itself."""
    over = ((CHASE, of.id), (POST, of.id), *(((CLOSE, of.id),) if early else ()))
    return Changes(dropped=over, new=(Action(POST, of.id, now, RESULTS),))


def on_cancel(of: Round, *told: Action) -> Changes:
    return Changes(dropped=((CHASE, of.id), (CLOSE, of.id), (POST, of.id)), new=told)


def trouble(of: Round, what: Trouble, now: datetime) -> Action:
    return Action(TELL, of.id, now, what)


@dataclass(frozen=True)
class Wave:
    """Reminders that go out for one reason at one time, in batches. `number` grows from wave to wave of a round."""

    occasion: Occasion
    number: int
    batch: int

    def next(self, chase: Action, at: datetime) -> Action:
        """The next batch of it."""
        return Action(CHASE, chase.subject, at, f"{self.occasion} {self.number} {self.batch + 1}")


def wave(chase: Action) -> Wave:
    occasion, number, batch = chase.occurrence.split()
    return Wave(Occasion(occasion), int(number), int(batch))


def _chases(of: Round, now: datetime, last_chased: datetime | None = None) -> tuple[Action, ...]:
    sent = (Chase(Occasion.HALF_TIME, last_chased),) if last_chased else ()
    planned = chases(of.opened_at, of.deadline, now=now, sent=sent)
    return tuple(Action(CHASE, of.id, one.at, f"{one.occasion} {int(one.at.timestamp()) // 60} 1") for one in planned)
