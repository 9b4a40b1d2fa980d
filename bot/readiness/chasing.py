"""Reminds those who have not answered: at half time, and once before the deadline. Nobody is told who they are.

Beside each of those asked stands the last wave of reminders that was sent to them, negative until it is known that it
arrived. A wave stops at the first reminder of which nobody knows; the schedule goes on with it later. That one is then
looked for in the direct message, where the bot may open it, and sent again when it is not there. Where it may not, it
is sent once more, whatever becomes of it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.ballot_store import BallotStore
from bot.readiness.later import Wave
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.times import BETWEEN_CHASES, Occasion, half_time, last_call, may_chase
from bot.readiness.views import ChaseView
from bot.scheduler.actions import Action, Due
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway, Mark, SlackRefused, TokenDead
from bot.slack.ids import ROUND_EVENT
from bot.slack.looking import has_arrived

log = logging.getLogger(__name__)

AT_ONCE = 25  # people a run: who is left is worked out anew for each
RUN = timedelta(seconds=10)  # for which a run begins with the next one; the end of the bot waits for it
PAUSE = timedelta(seconds=1)
WAITED_OUT = 1.0  # seconds: who is to wait for less waits here, all others in the schedule
WAITS = 3  # for one reminder: others send as well


@dataclass(frozen=True)
class Batch:
    """Reminders that go out in one run."""

    key: WorkspaceKey
    round_id: str
    wave: Wave
    view: ChaseView
    until: datetime

    @property
    def mark(self) -> Mark:
        """By which a reminder is found in the direct message of whoever got it, and nowhere else."""
        return Mark(ROUND_EVENT, f"{self.round_id}:{self.wave.number}")


class Chasing:
    """Sends reminders, some people at a time."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._clock = clock
        self._sleep = sleep

    def chase(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due; returns the same for those whose turn has not come.

        Raises TryLater when it is nobody's turn just now, and UnknownOutcome after a reminder of which nobody knows.
        """
        of, now = self._rounds.get(key, due.action.subject), self._clock()
        wave = later.wave(due.action)
        if of is None or not of.takes_votes(now) or not self._may_go_out(key, of, wave):
            return None
        batch = Batch(key, of.id, wave, self._view(of, wave), now + RUN)
        left = _left(self._ballots.missing(key, of.id), wave)
        done = 0
        while done < min(len(left), AT_ONCE) and self._clock() <= batch.until:
            self._remind(batch, *left[done])
            done += 1
        return wave.next(due.action, self._clock() + PAUSE) if done < len(left) else None

    def _view(self, of: Round, wave: Wave) -> ChaseView:
        is_last = wave.occasion is Occasion.LAST_CALL or not _has_last_call(of)
        is_half = self._clock() >= half_time(of.opened_at, of.deadline)  # not of one extended in the middle of a wave
        return self._presenter.chase(of, last=is_last, half=is_half and not is_last)

    def _may_go_out(self, key: WorkspaceKey, of: Round, wave: Wave) -> bool:
        """One that is late may have come too close to the one before or after it. One that has begun goes on."""
        if self._rounds.has_chased(key, of.id, wave.number):
            return True
        now = self._clock()
        is_close = now + BETWEEN_CHASES > last_call(of.opened_at, of.deadline)
        if wave.occasion is Occasion.HALF_TIME and _has_last_call(of) and is_close:
            return False  # it says that another one comes
        return may_chase(now, of.deadline, self._rounds.last_chased(key, of.id))

    def _remind(self, batch: Batch, user_id: str, before: int) -> None:
        """`before` is what stands beside them: the wave that reached them last, or this one, negative."""
        begun = unknown = -batch.wave.number
        if before == unknown:
            is_there = has_arrived(self._gateway, user_id, batch.mark, batch.wave.planned_at)
            if is_there:
                self._rounds.mark_chased(batch.key, batch.round_id, user_id, unknown, batch.wave.number)
                return
            log.info("round %s: sending a reminder again, as nobody knows whether it arrived", batch.round_id)
            begun = batch.wave.number if is_there is None else unknown
        self._in_turn(batch, user_id, lambda: self._send(batch, user_id, before, begun))

    def _in_turn(self, batch: Batch, user_id: str, send: Callable[[], None]) -> None:
        """Send when the budget lets us: leaving each time would mean to work out each time who is left."""
        pseudonym = self._ballots.pseudonym(batch.key, batch.round_id, user_id)
        for _ in range(WAITS):
            try:
                return self._budget.post(batch.key, pseudonym, send)
            except TryLater as busy:
                if busy.retry_after >= WAITED_OUT:
                    raise
                self._sleep(busy.retry_after)
        return self._budget.post(batch.key, pseudonym, send)

    def _send(self, batch: Batch, user_id: str, before: int, begun: int) -> None:
        """What stands beside them is `begun` from now on until it is known what came of it."""

        def mark(old: int, new: int) -> bool:
            return self._rounds.mark_chased(batch.key, batch.round_id, user_id, old, new)

        if not mark(before, begun):
            return
        try:
            self._gateway.post(user_id, batch.view, mark=batch.mark)
        except (TryLater, TokenDead):  # certainly not sent
            mark(begun, before)
            raise
        except SlackRefused as error:  # who it is says who has not answered: not for the log
            log.info("round %s: a reminder did not arrive: %s", batch.round_id, type(error).__name__)
        else:
            self._rounds.chase(batch.key, batch.round_id, self._clock())
        mark(begun, batch.wave.number)


def _left(missing: Mapping[str, int], wave: Wave) -> list[tuple[str, int]]:
    """Whom this wave lacks; first those of whom nobody knows, who wait already."""
    found = [(user_id, mark) for user_id, mark in missing.items() if wave.lacks(mark)]
    return sorted(found, key=lambda one: (one[1] != -wave.number, one[0]))


def _has_last_call(of: Round) -> bool:
    """Does another reminder follow that of half time?"""
    return half_time(of.opened_at, of.deadline) < last_call(of.opened_at, of.deadline)
