"""Accountability, put together: what its listeners call, and what the scheduler does for it."""

import logging
from collections.abc import Collection
from datetime import timedelta

from bot.accountability import later
from bot.accountability.aircover.service import OVERDUE_FOR, AirCover
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.leading import Leading
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.accountability.nudges.service import ReminderService
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.outside import Findings, Guidance, StatementOf, no_findings, no_guidance, no_statement
from bot.accountability.rhythm.later import MONTHLY, WEEKLY
from bot.accountability.rhythm.rating import TeamRates
from bot.accountability.rhythm.service import Rhythm
from bot.accountability.rhythm.store import RateStore
from bot.accountability.sending import Sender
from bot.accountability.series.later import ANNOUNCE, ASK_SPONSOR, TELL_LEADER
from bot.accountability.series.service import SeriesService
from bot.accountability.sessions.later import CLOSE, LIST_TOPIC, OPEN, POST_AGENDA
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.service import SessionService
from bot.accountability.troubles.service import Troubles
from bot.accountability.troubles.store import TroubleStore
from bot.accountability.yearone.service import YearOne
from bot.accountability.yearone.store import YearOneStore
from bot.errors import Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.runner import GivenUp, Handler, Runner
from bot.slack.gateway import TokenDead
from bot.surroundings import Surroundings

log = logging.getLogger(__name__)

OF_A_SERIES = frozenset(
    {POST_AGENDA, OPEN, CLOSE, LIST_TOPIC, ANNOUNCE, ASK_SPONSOR, TELL_LEADER, WEEKLY, MONTHLY}
)  # whose subject is a series or a session of it: whoever leads is told when one is given up


class AccountabilityService:
    """The use cases by theme. `admins` are people's ids who may change whatever others made.

    `statement_of` and `findings` tell of readiness checks, `guidance` what a card says: see outside.py. `public_url` is
    the bot's address, if it has one.
    """

    def __init__(
        self,
        around: Surroundings,
        admins: Collection[str] = (),
        country: str = "",
        statement_of: StatementOf = no_statement,
        findings: Findings = no_findings,
        guidance: Guidance = no_guidance,
        public_url: str = "",
        air_cover_after: timedelta = OVERDUE_FOR,
    ) -> None:
        people = PeopleStore(around.database)
        self.acquaintances = Acquaintances(people, around.gateway, around.clock, country)
        self.sender = Sender(around.gateway, around.budget, around.schedule)
        self.admins = admins
        self.statement_of, self.findings = statement_of, findings
        commitments, series = CommitmentStore(around.database), SeriesStore(around.database)
        self.troubles = Troubles(
            commitments,
            series,
            TroubleStore(around.database),
            self.acquaintances,
            self.sender,
            around.schedule,
            admins,
            around.clock,
        )
        self.year_one = YearOne(
            YearOneStore(around.database),
            Leading(around.database),
            self.acquaintances,
            around.gateway,
            admins,
            around.clock,
        )
        self._handlers: dict[str, Handler] = {later.TELL_FACILITATOR: self.troubles.tell_now}
        self.commitments = CommitmentService(
            around, self.acquaintances, self.sender, self.troubles.tell, admins, statement_of
        )
        self._handlers[later.TELL_OF_COMMITMENT] = self.commitments.telling.tell_due
        self._handlers[later.TELL_OF_SILENCE] = self.commitments.telling.tell_of_silence
        self.commitments.redraws.append(self.troubles.redraw)
        self.reminders = ReminderService(
            commitments,
            people,
            self.acquaintances,
            self.sender,
            ReminderPresenter(lambda key, channel_id: bool(series.of_channel(key, channel_id)), statement_of),
            self.troubles.tell,
            around.schedule,
            around.clock,
        )
        self._handlers[later.NUDGE] = self.reminders.remind
        self.commitments.redraws.append(self.reminders.redraw)
        rates = TeamRates(commitments, RateStore(around.database), around.clock)
        self.rhythm = Rhythm(
            series,
            commitments,
            self.year_one,
            rates,
            self.acquaintances,
            self.sender,
            self.troubles,
            admins,
            around.clock,
        )
        self._handlers |= {WEEKLY: self.rhythm.weekly_due, MONTHLY: self.rhythm.monthly_due}
        self.sessions = SessionService(
            around,
            self.sender,
            rights=self.commitments.rights,
            is_admin=lambda key, user_id: user_id in admins or self.acquaintances.is_admin(key, user_id),
            tell_facilitator=self.troubles.tell,
            guidance=guidance,
            findings=findings,
            year_one=self.year_one.progress,
            team_rate=rates.of_month,
        )
        self._handlers |= self.sessions.handlers | {POST_AGENDA: self._agenda_due}
        self.series = SeriesService(around, self.acquaintances, self.sender, self.troubles, admins, country, public_url)
        self._handlers |= self.series.handlers
        self.air_cover = AirCover(
            around,
            self.commitments,
            self.acquaintances,
            self.sender,
            self.troubles,
            air_cover_after,
            guidance,
        )
        self._handlers |= self.air_cover.handlers
        self._given_up: dict[str, GivenUp] = {
            **dict.fromkeys(OF_A_SERIES, self.troubles.given_up),
            **dict.fromkeys(self.air_cover.handlers, self.air_cover.given_up),
            later.NUDGE: self.reminders.given_up,
        }
        self._on_dead_token = around.on_dead_token

    def register(self, runner: Runner) -> None:
        """Have what is planned for later done."""
        for kind, handler in self._handlers.items():
            runner.register(kind, self._watched(handler), on_given_up=self._given_up.get(kind))

    def resume(self) -> None:
        """Take up what was given up, where it has to go on by itself."""
        self.reminders.resume()

    def clean(self) -> int:
        """Forget what is past its time."""
        return self.commitments.clean() + self.troubles.clean() + self.reminders.clean() + self.series.clean()

    def _agenda_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Before each session it is looked whether those are still there without whom it goes to sleep."""
        following = self.sessions.handlers[POST_AGENDA](key, due)
        try:
            self.troubles.look_after(key, due.action.subject)
        except TokenDead:
            raise
        except Unavailable as error:  # the agenda is out, and the next one must follow whatever Slack says of people
            log.warning("who leads and who sponsors could not be looked after: %s", error)
        return following

    def _watched(self, handler: Handler) -> Handler:
        """A dead token ends the bot, whoever meets it first."""

        def handle(key: WorkspaceKey, due: Due) -> Action | None:
            try:
                return handler(key, due)
            except TokenDead as error:
                self._on_dead_token(error)
                raise

        return handle
