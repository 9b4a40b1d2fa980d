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
from bot.slack.gateway import Gateway, Mark, SlackRefused, TokenDead
from bot.slack.ids import ROUND_EVENT
from bot.slack.looking import has_arrived

log = logging.getLogger(__name__)

MOST_TRIES = 2  # of which nobody knows, nor can look, what became


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
        """Do what is due. After an unknown outcome it is looked for, and told again: rather twice than never."""
        of = self._rounds.get(key, due.action.subject)
        if of is None or (due.tries > 1 and self._is_told(of, due)):
            return None
        view, mark = self._presenter.trouble(of, Trouble(due.action.occurrence)), _mark(due)
        try:
            self._budget.post(key, of.starter, lambda: self._gateway.post(of.starter, view, mark=mark))
        except TokenDead:
            raise
        except SlackRefused as error:  # they have left, or take no messages: nobody else is to know
            log.warning("round %s: its starter could not be told of %s: %s", of.id, due.action.occurrence, error)
        return None

    def _is_told(self, of: Round, due: Due) -> bool:
        """Did an earlier try arrive? Where nobody may look, it has been told as often as it may be after two."""
        is_there = has_arrived(self._gateway, of.starter, _mark(due), due.action.due_at)
        if is_there is None and due.tries > MOST_TRIES:
            log.warning("round %s: its starter may not have been told of %s", of.id, due.action.occurrence)
            return True
        return bool(is_there)


def _mark(due: Due) -> Mark:
    return Mark(ROUND_EVENT, f"{due.action.subject}:{due.action.occurrence}")
