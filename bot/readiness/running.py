"""Runs rounds that are open: extending, handing over, closing, cancelling."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.ballot_store import BallotStore
from bot.readiness.drawing import Drawer
from bot.readiness.finding import can_run, existing
from bot.readiness.later import Wave
from bot.readiness.planning import Policy, deadline_problem
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.times import Occasion, half_time
from bot.readiness.views import ManageForm, Refused
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import saving
from bot.slack.gateway import Gateway
from bot.slack.messages import Declined

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """What somebody wants of a round from now on."""

    deadline: datetime
    starter: str
    co_facilitator: str = ""


class Running:
    """Only those who run a round may; everybody else is told whom to ask."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        presenter: Presenter,
        drawer: Drawer,
        gateway: Gateway,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._presenter = presenter
        self._drawer = drawer
        self._gateway = gateway
        self._policy = policy
        self._clock = clock

    def form(self, key: WorkspaceKey, user_id: str, round_id: str) -> ManageForm:
        of = self._allowed(key, user_id, round_id)
        return self._presenter.manage_form(of, self._ballots.turnout(key, of.id))

    def problems(self, key: WorkspaceKey, user_id: str, round_id: str, wanted: Change) -> dict[str, str]:
        """What has to change: a sentence by the field of what is wanted."""
        of = self._allowed(key, user_id, round_id)
        found = {
            "deadline": self._deadline_problem(of, wanted.deadline),
            "starter": self._person_problem(key, wanted.starter, of.starter),
            "co_facilitator": self._person_problem(key, wanted.co_facilitator, of.co_facilitator),
        }
        return {field: sentence for field, sentence in found.items() if sentence}

    def change(self, key: WorkspaceKey, user_id: str, round_id: str, wanted: Change) -> None:
        """Extend it or hand it over. Raises Declined."""
        of = self._allowed(key, user_id, round_id)
        is_saved = True
        if wanted.deadline > of.deadline and _minute(wanted.deadline) != _minute(of.deadline):
            is_saved = self._extend(key, of, wanted.deadline)
        if (wanted.starter, wanted.co_facilitator) != (of.starter, of.co_facilitator):
            is_saved &= self._rounds.hand_over(key, of.id, wanted.starter, wanted.co_facilitator)
        if not is_saved:
            raise _closed_already(of)
        self._drawer.want(key, of.id)

    def close_early(self, key: WorkspaceKey, user_id: str, round_id: str) -> Round:
        of = self._allowed(key, user_id, round_id)
        if not self._close(key, of, early=True):  # somebody else has closed or cancelled it meanwhile
            raise _closed_already(of)
        return of

    def cancel(self, key: WorkspaceKey, user_id: str, round_id: str) -> Round:
        of = self._allowed(key, user_id, round_id)
        if not self._ballots.cancel(key, of.id, self._clock(), also=saving(key, later.on_cancel(of))):
            raise _closed_already(of)
        self._drawer.want(key, of.id)
        return of

    def close_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due at the deadline. One that was moved meanwhile is due again at its new time."""
        of = self._rounds.get(key, due.action.subject)
        if of and of.is_open:
            self._close(key, of)
        return None

    def _deadline_problem(self, of: Round, wanted: datetime) -> str:
        if _minute(wanted) == _minute(of.deadline):
            return ""
        if wanted < of.deadline:
            return "A deadline can only move to later. To end sooner, press Close it now below."
        return deadline_problem(wanted, self._clock())

    def _person_problem(self, key: WorkspaceKey, wanted: str, now: str) -> str:
        """A round run by nobody who can act would be run by nobody."""
        try:
            if wanted in {"", now} or can_run(self._gateway, key, wanted, at_once=True):
                return ""
        except Unavailable as error:
            log.info("can't tell who a round is handed to: %s", error)
            return "Slack doesn't tell me just now who that is. Press Save again in a moment."
        return "They can't run it: it takes somebody of this workspace who is active. Choose somebody else."

    def _close(self, key: WorkspaceKey, of: Round, *, early: bool = False) -> bool:
        now = self._clock()
        results = saving(key, later.on_close(of, now, early=early))
        is_closed = self._ballots.close(key, of.id, now, early=early, also=results)
        self._drawer.want(key, of.id)
        return is_closed

    def _extend(self, key: WorkspaceKey, of: Round, deadline: datetime) -> bool:
        chased = self._rounds.last_chased(key, of.id)
        longer = replace(of, deadline=deadline)
        changes = later.on_extension(longer, self._clock(), chased, self._under_way(key, of))
        return self._rounds.extend(key, of.id, deadline, also=saving(key, changes))

    def _under_way(self, key: WorkspaceKey, of: Round) -> Wave | None:
        """The reminders of half time, where some have gone out and some have not."""
        wave = Wave.at(Occasion.HALF_TIME, half_time(of.opened_at, of.deadline))
        has_begun = self._rounds.has_chased(key, of.id, wave.number)
        return wave if has_begun and any(map(wave.lacks, self._ballots.missing(key, of.id).values())) else None

    def _allowed(self, key: WorkspaceKey, user_id: str, round_id: str) -> Round:
        of = existing(self._rounds, key, round_id)
        if not self._policy.may_run(of, user_id):
            raise Declined(self._presenter.refusal(Refused.NOT_YOURS, of))
        if not of.is_open:
            raise _closed_already(of)
        return of


def _closed_already(of: Round) -> Refusal:
    return Refusal(f"“{of.name}” is closed already.")


def _minute(moment: datetime) -> datetime:
    """Slack's picker knows no seconds."""
    return moment.replace(second=0, microsecond=0)
