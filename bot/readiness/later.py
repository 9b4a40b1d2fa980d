"""What a round has to happen later, as changes to the schedule. Each is saved with the fact that causes it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.readiness.rounds import PARENT, RESULTS, Round
from bot.readiness.times import Chase, Occasion, chases
from bot.scheduler.actions import Action, Changes

POST = "post_round"  # the next message of a round that is not posted; occurrence: which
CLOSE = "close_round"
CHASE = "chase_round"  # occurrence: why, in which wave, which batch of it
TELL = "tell_starter"  # occurrence: the trouble

GOES_ON = timedelta(minutes=5)  # later than any reminder that is on its way when a round is extended


class Trouble(StrEnum):
    """What the starter is told of a round, once each."""

    CHANNEL_CLOSED = "channel_closed"  # archived, gone, or the bot is no member any more
    NOT_STARTED = "not_started"  # the channel took not even the first message
    PARENT_GONE = "parent_gone"
    STATEMENT_GONE = "statement_gone"
    UNCHANGEABLE = "unchangeable"  # a message is there, but Slack lets nobody change it any more
    NO_RESULTS = "no_results"  # the results could not be posted
    REFUSED = "refused"  # Slack did not take a message


@dataclass(frozen=True)
class Wave:
    """Reminders that go out for one reason at one time, in batches. `number` grows from wave to wave of a round."""

    occasion: Occasion
    number: int  # minutes since 1970, at which it was planned
    batch: int

    @classmethod
    def at(cls, occasion: Occasion, moment: datetime, batch: int = 1) -> "Wave":
        return cls(occasion, int(moment.timestamp()) // 60, batch)

    def lacks(self, mark: int) -> bool:
        """Has it not certainly reached somebody beside whom this stands, see RoundStore.mark_chased?"""
        return mark == -self.number or abs(mark) < self.number

    @property
    def planned_at(self) -> datetime:
        return datetime.fromtimestamp(self.number * 60, UTC)

    def action(self, round_id: str, at: datetime) -> Action:
        return Action(CHASE, round_id, at, f"{self.occasion} {self.number} {self.batch}")

    def next(self, chase: Action, at: datetime) -> Action:
        """The next batch of it."""
        return replace(self, batch=self.batch + 1).action(chase.subject, at)


def on_start(of: Round) -> Changes:
    now = of.opened_at
    return Changes(new=(Action(POST, of.id, now, PARENT), Action(CLOSE, of.id, of.deadline), *_chases(of, now)))


def on_extension(of: Round, now: datetime, last_chased: datetime | None, under_way: Wave | None = None) -> Changes:
    """`of` has its new deadline already. Reminders of half time that are `under_way` go on: they are not repeated."""
    rest = (replace(under_way, batch=int(now.timestamp())).action(of.id, now + GOES_ON),) if under_way else ()
    last_chased = now + GOES_ON if under_way else last_chased
    return Changes(
        moved=(Action(CLOSE, of.id, of.deadline),),
        dropped=((CHASE, of.id),),
        new=(*rest, *_chases(of, now, last_chased)),
    )


def on_close(of: Round, now: datetime, *, early: bool) -> Changes:
    """A close in time is what is being done just now: the schedule marks it itself."""
    over = ((CHASE, of.id), (POST, of.id), *(((CLOSE, of.id),) if early else ()))
    return Changes(dropped=over, new=(Action(POST, of.id, now, RESULTS),))


def on_cancel(of: Round, *told: Action) -> Changes:
    return Changes(dropped=((CHASE, of.id), (CLOSE, of.id), (POST, of.id)), new=told)


def trouble(of: Round, what: Trouble, now: datetime) -> Action:
    return Action(TELL, of.id, now, what)


def wave(chase: Action) -> Wave:
    occasion, number, batch = chase.occurrence.split()
    return Wave(Occasion(occasion), int(number), int(batch))


def _chases(of: Round, now: datetime, last_chased: datetime | None = None) -> tuple[Action, ...]:
    sent = (Chase(Occasion.HALF_TIME, last_chased),) if last_chased else ()
    planned = chases(of.opened_at, of.deadline, now=now, sent=sent)
    return tuple(Wave.at(one.occasion, one.at).action(of.id, one.at) for one in planned)
