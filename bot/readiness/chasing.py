"""Reminds those who have not answered: at half time, and once before the deadline. Nobody is told who they are."""

import logging
from datetime import timedelta

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
from bot.slack.gateway import Gateway, SlackRefused, TokenDead, UnknownOutcome

log = logging.getLogger(__name__)

AT_ONCE = 20  # people a run, so that it ends well before its lease
PAUSE = timedelta(seconds=1)


class Chasing:
    """Sends reminders, a few people at a time. Each person is claimed first: after a crash nobody gets it twice."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._clock = clock

    def chase(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due; returns the same for those whose turn has not come."""
        of = self._rounds.get(key, due.action.subject)
        wave = later.wave(due.action)
        if of is None or not of.takes_votes(self._clock()) or not self._may_go_out(key, of, wave):
            return None
        left = [one for one in sorted(self._ballots.missing(key, of.id).items()) if one[1] < wave.number]
        view = self._presenter.chase(of, last=wave.occasion is Occasion.LAST_CALL or not _has_last_call(of))
        for user_id, before in left[:AT_ONCE]:
            self._remind(key, of, user_id, before, wave.number, view)
        return wave.next(due.action, self._clock() + PAUSE) if len(left) > AT_ONCE else None

    def _may_go_out(self, key: WorkspaceKey, of: Round, wave: Wave) -> bool:
        """One that is late may have come too close to the one before or after it. One that has begun goes on."""
        if self._rounds.has_chased(key, of.id, wave.number):
            return True
        now = self._clock()
        is_close = now + BETWEEN_CHASES > last_call(of.opened_at, of.deadline)
        if wave.occasion is Occasion.HALF_TIME and _has_last_call(of) and is_close:
            return False  # it says that another one comes
        return may_chase(now, of.deadline, self._rounds.last_chased(key, of.id))

    def _remind(self, key: WorkspaceKey, of: Round, user_id: str, before: int, wave: int, view: ChaseView) -> None:
        """Raises TryLater when it is nobody's turn just now. `before` is the wave that reached them last."""

        def remind() -> None:
            if not self._rounds.begin_chasing(key, of.id, user_id, wave):
                return
            try:
                self._gateway.post(user_id, view)
            except TryLater:  # certainly not sent
                self._rounds.not_chased(key, of.id, user_id, wave, before)
                raise
            self._rounds.chase(key, of.id, self._clock())

        try:
            self._budget.post(key, self._ballots.pseudonym(key, of.id, user_id), remind)
        except TokenDead:
            raise
        except (SlackRefused, UnknownOutcome) as error:  # who it is says who has not answered: not for the log
            log.info("round %s: a reminder did not arrive: %s", of.id, type(error).__name__)


def _has_last_call(of: Round) -> bool:
    """Does another reminder follow that of half time?"""
    return half_time(of.opened_at, of.deadline) < last_call(of.opened_at, of.deadline)
