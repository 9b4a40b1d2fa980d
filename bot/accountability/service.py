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
        self._around, self.admins = around, admins
        self.statement_of, self.findings, self._guidance = statement_of, findings, guidance
        self._people, self._stored = PeopleStore(around.database), CommitmentStore(around.database)
        self._series_store = SeriesStore(around.database)
        self.acquaintances = Acquaintances(self._people, around.gateway, around.clock, country)
        self.sender = Sender(around.gateway, around.budget, around.schedule)
        self.troubles = self._troubles()
        self.year_one = self._year_one()
        self.commitments = self._commitments()
        self.reminders = self._reminders()
        self.commitments.redraws += [self.troubles.redraw, self.reminders.redraw]
        rates = TeamRates(self._stored, RateStore(around.database), around.clock)
        self.rhythm = self._rhythm(rates)
        self.sessions = self._sessions(rates)
        self.series = SeriesService(around, self.acquaintances, self.sender, self.troubles, admins, country, public_url)
        self.air_cover = AirCover(
            around, self.commitments, self.acquaintances, self.sender, self.troubles, air_cover_after, guidance
        )

    # The themes

    def _troubles(self) -> Troubles:
        around = self._around
        return Troubles(
            self._stored,
            self._series_store,
            TroubleStore(around.database),
            self.acquaintances,
            self.sender,
            around.schedule,
            self.admins,
            around.clock,
        )

    def _year_one(self) -> YearOne:
        around = self._around
        years, leading = YearOneStore(around.database), Leading(around.database)
        return YearOne(years, leading, self.acquaintances, around.gateway, self.admins, around.clock)

    def _commitments(self) -> CommitmentService:
        around, given = self._around, (self.acquaintances, self.sender, self.troubles.tell, self.admins)
        return CommitmentService(around, *given, self.statement_of, Leading(around.database).in_session)

    def _reminders(self) -> ReminderService:
        series = self._series_store
        return ReminderService(
            self._stored,
            self._people,
            self.acquaintances,
            self.sender,
            ReminderPresenter(lambda key, channel_id: bool(series.of_channel(key, channel_id)), self.statement_of),
            self.troubles.tell,
            self._around.schedule,
            self._around.clock,
        )

    def _rhythm(self, rates: TeamRates) -> Rhythm:
        return Rhythm(
            self._series_store,
            self._stored,
            self.year_one,
            rates,
            self.acquaintances,
            self.sender,
            self.troubles,
            self.admins,
            self._around.clock,
        )

    def _sessions(self, rates: TeamRates) -> SessionService:
        return SessionService(
            self._around,
            self.sender,
            rights=self.commitments.rights,
            is_admin=lambda key, user_id: user_id in self.admins or self.acquaintances.is_admin(key, user_id),
            tell_facilitator=self.troubles.tell,
            guidance=self._guidance,
            findings=self.findings,
            year_one=self.year_one.progress,
            team_rate=rates.of_month,
        )

    # What is due

    def _handlers(self) -> dict[str, Handler]:
        telling = self.commitments.telling
        return {
            later.TELL_FACILITATOR: self.troubles.tell_now,
            later.TELL_OF_COMMITMENT: telling.tell_due,
            later.TELL_OF_SILENCE: telling.tell_of_silence,
            later.NUDGE: self.reminders.remind,
            WEEKLY: self.rhythm.weekly_due,
            MONTHLY: self.rhythm.monthly_due,
            **self.sessions.handlers,
            POST_AGENDA: self._agenda_due,
            **self.series.handlers,
            **self.air_cover.handlers,
        }

    def _given_up(self) -> dict[str, GivenUp]:
        return {
            **dict.fromkeys(OF_A_SERIES, self.troubles.given_up),
            **dict.fromkeys(self.air_cover.handlers, self.air_cover.given_up),
            later.NUDGE: self.reminders.given_up,
        }

    def register(self, runner: Runner) -> None:
        """Have what is planned for later done."""
        given_up = self._given_up()
        for kind, handler in self._handlers().items():
            runner.register(kind, self._watched(handler), on_given_up=given_up.get(kind))

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
                self._around.on_dead_token(error)
                raise

        return handle
