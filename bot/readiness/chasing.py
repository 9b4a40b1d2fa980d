"""Reminds those who have not answered: at half time, and once before the deadline. Nobody is told who they are."""

import logging
from datetime import timedelta

from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.ballot_store import BallotStore
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.times import Occasion, may_chase
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
        if of is None or not of.takes_votes(self._clock()) or not self._begin(key, of, due):
            return None
        wave = later.wave(due.action)
        left = [user for user, chased in sorted(self._ballots.missing(key, of.id).items()) if chased < wave.number]
        view = self._presenter.chase(of, last=wave.occasion is Occasion.LAST_CALL)
        for user_id in left[:AT_ONCE]:
            self._remind(key, of, user_id, wave.number, view)
        return wave.next(due.action, self._clock() + PAUSE) if len(left) > AT_ONCE else None

    def _begin(self, key: WorkspaceKey, of: Round, due: Due) -> bool:
        """May this wave go out? One that was late may have come too close to the one before."""
        if not later.wave(due.action).is_first:
            return True
        now, last = self._clock(), self._rounds.last_chased(key, of.id)
        if due.tries == 1 and not may_chase(now, of.deadline, last):
            return False  # from the second try on, the last one may be this one
        return self._rounds.chase(key, of.id, now)

    def _remind(self, key: WorkspaceKey, of: Round, user_id: str, wave: int, view: ChaseView) -> None:
        def remind() -> None:
            if self._rounds.begin_chasing(key, of.id, user_id, wave):
                self._gateway.post(user_id, view)

        try:
            self._budget.post(key, user_id, remind)
        except TokenDead:
            raise
        except (SlackRefused, UnknownOutcome) as error:  # who it is says who has not answered: not for the log
            log.info("round %s: a reminder did not arrive: %s", of.id, type(error).__name__)
