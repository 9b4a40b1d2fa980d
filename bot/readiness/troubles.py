"""Tells the starter of a round, once and directly, what went wrong with its messages."""

import logging

from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.later import Trouble
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import ScheduleStore
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway, SlackRefused, TokenDead, UnknownOutcome

log = logging.getLogger(__name__)

MOST_TRIES = 2  # of which nobody knows what became


class Troubles:
    """The schedule remembers what was told: an action is done once."""

    def __init__(
        self,
        rounds: RoundStore,
        schedule: ScheduleStore,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._schedule = schedule
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._clock = clock

    def tell(self, key: WorkspaceKey, of: Round, what: Trouble) -> None:
        """Have the starter told, unless they were told that already."""
        self._schedule.plan(key, later.trouble(of, what, self._clock()))

    def tell_now(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due. After an unknown outcome it is told once more: rather twice than never."""
        of = self._rounds.get(key, due.action.subject)
        if of is None:
            return None
        view = self._presenter.trouble(of, Trouble(due.action.occurrence))
        try:
            self._budget.post(key, of.starter, lambda: self._gateway.post(of.starter, view))
        except TokenDead:
            raise
        except SlackRefused as error:  # they have left, or take no messages: nobody else is to know
            log.warning("round %s: its starter could not be told of %s: %s", of.id, due.action.occurrence, error)
        except UnknownOutcome as error:
            if due.tries < MOST_TRIES:
                raise
            log.warning("round %s: its starter may not have been told of %s: %s", of.id, due.action.occurrence, error)
        return None
