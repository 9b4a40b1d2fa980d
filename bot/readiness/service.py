"""The readiness check, put together: what its listeners call, and what the scheduler does for it."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.archive import Archive, Promises, nothing_promised
from bot.readiness.ballot_store import BallotStore
from bot.readiness.catalogue import Catalogue
from bot.readiness.chasing import Chasing
from bot.readiness.checks import Check
from bot.readiness.confirming import Confirmations
from bot.readiness.drawing import Drawer
from bot.readiness.finding import is_outsider
from bot.readiness.history import History
from bot.readiness.planning import Policy
from bot.readiness.posting import RoundPoster
from bot.readiness.presenting import Presenter
from bot.readiness.reality import OF, Weakness
from bot.readiness.recalling import KeptSince, Recalling, nothing_kept
from bot.readiness.repeat_store import RepeatStore
from bot.readiness.repeating import Repeating
from bot.readiness.repeats import ANNOUNCE, REPEAT, TELL_OF_END, TELL_OF_REPEAT
from bot.readiness.report import BoardPage, Guidance
from bot.readiness.running import Running
from bot.readiness.starting import Starting
from bot.readiness.store import RoundStore
from bot.readiness.troubles import Troubles
from bot.readiness.views import Refused, RoundsView, StartForm
from bot.readiness.voting import Voting
from bot.scheduler.actions import Action, Due
from bot.scheduler.runner import Handler, Runner
from bot.slack.gateway import TokenDead
from bot.slack.messages import Declined
from bot.surroundings import Surroundings
from bot.workdays import Workdays

log = logging.getLogger(__name__)

WHO_IS_IT = "Slack doesn't tell me just now whether you are one of us. Press it again in a moment."
QUICK = timedelta(minutes=1)  # the lease of what makes a call or two; reminders may wait for Slack in between
LEASES = dict.fromkeys((later.POST, later.CLOSE, later.TELL), QUICK)
FOR_EVER = {later.CLOSE, later.CHASE}  # a close is owed to all who voted; reminders end with the round


class ReadinessService:
    """The use cases by theme: `starting`, `voting`, `running`, `history`."""

    def __init__(
        self,
        around: Surroundings,
        checks: Mapping[str, Check],
        guidance: Mapping[str, Guidance],
        page: BoardPage,
        policy: Policy,
        workdays: Workdays,
        promised: Promises = nothing_promised,
        kept_since: KeptSince = nothing_kept,
    ) -> None:
        rounds, ballots = RoundStore(around.database), BallotStore(around.database)
        repeat_store = RepeatStore(around.database)
        gateway, budget, clock = around.gateway, around.budget, around.clock
        cards = {statement.card for check in checks.values() for statement in check.statements}
        presenter = Presenter({card: guidance[card].short for card in cards if card in guidance})
        catalogue = Catalogue(checks, rounds, ballots)
        archive = Archive(rounds, ballots, page, guidance, clock, promised)
        troubles = Troubles(rounds, around.schedule, presenter, gateway, budget, clock)
        self._ballots, self._clock, self._policy, self._presenter = ballots, clock, policy, presenter
        self.wake, self._gateway = around.wake, gateway
        self.drawer = Drawer(rounds, ballots, presenter, gateway, budget, troubles, clock, around.on_dead_token)
        self.starting = Starting(catalogue, rounds, presenter, gateway, policy, clock, workdays, repeat_store)
        self.voting = Voting(rounds, ballots, presenter, clock)
        self.confirmations = Confirmations(rounds, ballots, presenter, gateway, budget, around.after, clock)
        self.running = Running(rounds, ballots, presenter, self.drawer, gateway, policy, clock)
        recalling = Recalling(rounds, ballots, archive, kept_since)
        self.repeating = Repeating(
            repeat_store, rounds, self.starting, recalling, presenter, gateway, budget, policy, clock, workdays
        )
        self.history = History(rounds, ballots, archive, presenter, gateway, policy)
        poster = RoundPoster(rounds, ballots, archive, catalogue, presenter, gateway, budget, troubles, clock)
        chasing = Chasing(rounds, ballots, presenter, gateway, budget, clock)
        self._handlers: dict[str, Handler] = {
            later.POST: poster.post_next,
            later.CLOSE: self.running.close_due,
            later.CHASE: chasing.chase,
            later.TELL: troubles.tell_now,
            REPEAT: self.repeating.start_due,
            ANNOUNCE: self.repeating.announce_due,
            TELL_OF_REPEAT: self.repeating.tell_due,
            TELL_OF_END: self.repeating.tell_of_end_due,
        }
        self._given_up = {later.POST: poster.given_up}
        self._on_dead_token = around.on_dead_token

    def register(self, runner: Runner) -> None:
        """Have what rounds plan for later done."""
        for kind, handler in self._handlers.items():
            runner.register(
                kind,
                self._watched(handler),
                LEASES.get(kind),
                for_ever=kind in FOR_EVER,
                on_given_up=self._given_up.get(kind),
            )

    def start(self, key: WorkspaceKey, draft_id: str, user_id: str) -> None:
        """Open a round; its first message follows at once."""
        self.starting.start(key, draft_id, user_id)
        self.wake()

    def reality_check_form(self, key: WorkspaceKey, user_id: str, round_id: str) -> StartForm:
        """What to fill in for the reality check of a round. Raises Declined for those who don't run it."""
        of = self.history.round_over(key, round_id)
        if not self._policy.may_run(of, user_id):
            raise Declined(self._presenter.refusal(Refused.NOT_YOUR_REALITY_CHECK, of))
        return self.starting.form(key, user_id, of.channel_id, f"{OF}{of.id}")

    def rounds(self, key: WorkspaceKey, channel_id: str, user_id: str) -> RoundsView:
        """The rounds of a channel and what repeats there, as somebody sees them."""
        return self.history.rounds(key, channel_id, self.repeating.lines(key, channel_id, user_id))

    def statement_title(self, key: WorkspaceKey, round_id: str, statement_id: str) -> str | None:
        return self.history.statement_title(key, round_id, statement_id)

    def findings(self, key: WorkspaceKey, channel_id: str) -> tuple[Weakness, ...]:
        """What a channel's last readiness round found missing or split, as far as that was shown."""
        return self.history.weaknesses(key, channel_id)

    def refuse_outsider(self, key: WorkspaceKey, user_id: str, round_id: str) -> None:
        """What a round found is our own company's. Raises Declined, and Refusal where Slack doesn't say who it is."""
        try:
            outside = is_outsider(self._gateway, key, user_id)
        except Unavailable as error:
            log.info("can't tell whether somebody may see results: %s", error)
            raise Refusal(WHO_IS_IT) from None
        if outside:
            raise self.voting.not_asked(key, round_id)

    def voted(self, voter: tuple[WorkspaceKey, str, str], statement_id: str, channel_id: str, thread_ts: str) -> None:
        """What a saved click entails; none of it is waited for."""
        self.drawer.want(voter[0], voter[1])
        self.confirmations.note(voter, statement_id, channel_id, thread_ts)

    def erase(self) -> int:
        """Wipe what closed rounds left in the files; a close does so itself, unless it was interrupted."""
        return self._ballots.erase(self._clock())

    def clean(self) -> int:
        return self.starting.clean()

    def _watched(self, handler: Handler) -> Handler:
        """A dead token ends the bot, whoever meets it first."""

        def handle(key: WorkspaceKey, due: Due) -> Action | None:
            try:
                return handler(key, due)
            except TokenDead as error:
                self._on_dead_token(error)
                raise

        return handle
