"""Puts the parts together, once, and starts and stops them. The only place that knows every part."""

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.accountability.listeners import AccountabilityListeners
from bot.accountability.service import AccountabilityService
from bot.answers.advisor import Advisor, open_advisor
from bot.answers.listeners import AnswerListeners
from bot.answers.posting import Poster
from bot.answers.service import AnswerService
from bot.answers.store import AnswerStore
from bot.clock import Clock, system_clock
from bot.errors import CcoError, Unavailable
from bot.guidance import guidance_of, pieces_of
from bot.keys import WorkspaceKey
from bot.public import PublicServer
from bot.readiness.checks import read_check
from bot.readiness.listeners import ReadinessListeners
from bot.readiness.planning import Policy
from bot.readiness.report import BoardPage
from bot.readiness.service import ReadinessService
from bot.resources import KNOWLEDGE, TEMPLATES
from bot.scheduler.runner import Runner
from bot.scheduler.store import ScheduleStore
from bot.scheduler.ticker import Ticker
from bot.seams import findings_of, kept_since_in, promises_in
from bot.settings import Settings
from bot.slack.bolt import Guard, bolt_app, register_catch_alls
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway, SlackRefused, TokenDead
from bot.slack.incoming import Incoming
from bot.slack.lane_store import LaneStore
from bot.slack.pacing import Pacer
from bot.slack.render import Renderer
from bot.slack.store import DeliveryStore
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.surroundings import After, Surroundings
from bot.tuning import RECEIVED_AT_ONCE
from bot.variables import unwritable_cache
from bot.workdays import Workdays

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds between two looks at the connection
RECONNECT_AFTER = timedelta(seconds=60)
CLEAN_EVERY = timedelta(days=1)
DONE_KEPT = timedelta(days=180)  # longer than the longest round: what was done once is not done again
LANES_KEPT = timedelta(hours=1)
DELIVERIES_KEPT = timedelta(days=2)  # Slack repeats a delivery for at most a day
CLOSE_SECONDS = 5.0
DRAIN_SECONDS = 15.0

BOT_TOKEN_DEAD = (
    "Slack does not accept the bot token ({code}). Copy the current one (xoxb-…) from your Slack app's page, "
    "OAuth & Permissions, into SLACK_BOT_TOKEN and start again."
)
APP_TOKEN_DEAD = (
    "Slack does not accept the app-level token ({code}). Create one with the scope connections:write under "
    "Basic Information, put it into SLACK_APP_TOKEN and start again."
)
NO_PORT = "Port {port}, for links to calendars, can't be opened ({error}); set CCO_PORT to another one."
UNREACHABLE = "Slack can't be reached ({error}); check the network and SLACK_API_URL."
APP_TOKEN_CODES = {  # what Slack says of an app-level token; all else is a trouble that may pass
    "invalid_auth",
    "not_authed",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "not_allowed_token_type",
}


Wings = tuple[AnswerService, ReadinessService, AccountabilityService]


class CannotRun(CcoError):
    """The bot can't work until somebody acts. The text is one sentence for that person."""


@dataclass
class Bot:
    """The running bot."""

    bolt: App
    socket: SocketModeHandler
    guard: Guard
    answers: AnswerService
    readiness: ReadinessService
    accountability: AccountabilityService
    ticker: Ticker
    schedule: ScheduleStore
    lanes: LaneStore
    deliveries: DeliveryStore
    database: Database
    clock: Clock
    public: PublicServer | None = None
    look_every: float = LOOK_EVERY
    close_seconds: float = CLOSE_SECONDS
    drain_seconds: float = DRAIN_SECONDS
    stopping: threading.Event = field(default_factory=threading.Event)
    reason: str = ""
    is_finished: bool = True  # False when `close` had to leave work undone
    resumed: frozenset[tuple[WorkspaceKey, str]] = frozenset()

    def start(self) -> None:
        """Connect, and finish what a crash left undone. Raises CannotRun when Slack does not let us."""
        self._open_public()
        try:
            self.socket.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise CannotRun(_why_not_connected(error)) from error
        except (OSError, HTTPException, ValueError, AttributeError) as error:  # the last two: no JSON object came
            raise CannotRun(UNREACHABLE.format(error=error)) from error
        self._attempt("cleaning", self.clean)
        self.resume_unanswered()
        self._attempt("resuming reminders", self.accountability.resume)
        self.ticker.start()
        self.readiness.drawer.start()

    def _open_public(self) -> None:
        if self.public is None:
            return
        try:
            self.public.start()
        except OSError as error:
            raise CannotRun(NO_PORT.format(port=self.public.port, error=error.strerror or error)) from error

    def run(self) -> None:
        """Serve until `stop` is called. Raises CannotRun when the token dies meanwhile."""
        self.start()
        log.info("connected; answering questions")
        self.serve()

    def serve(self) -> None:
        """The same for a bot that was started."""
        self._watch()
        self.close()
        if self.reason:
            raise CannotRun(self.reason)

    def wake(self) -> None:
        """Look at once for what is due: the clock was moved."""
        self.ticker.wake()
        self.readiness.drawer.wake()

    def stop(self, reason: str = "") -> None:
        self.reason = self.reason or reason
        self.stopping.set()

    def close(self) -> None:
        """Stop taking work, finish what was begun, let go of everything."""
        if self.public is not None:
            self.public.stop()
        # The client waits for a thread of its own that, started at an unlucky moment, never ends.
        closed = _within(self.close_seconds, self.socket.close)
        drained = _within(self.drain_seconds, self._finish)
        idle = self.ticker.stop(self.drain_seconds) & self.readiness.drawer.stop(self.drain_seconds)
        self.is_finished = closed and drained and idle
        self.database.close()

    def resume_unanswered(self) -> None:
        """Answer what a crash left behind, each question once: one that can't be answered is not tried for ever."""
        left = {(key, question.id): (key, question) for key, question in self.answers.unanswered()}
        for found in (found for name, found in left.items() if name not in self.resumed):
            self.guard.soon(lambda _, found=found: self.answers.resume(found), Incoming({}))  # type: ignore[misc]
        self.resumed = frozenset(left)

    def clean(self) -> None:
        """Enforce the retention times."""
        now = self.clock()
        gone = self.answers.clean() + self.readiness.clean() + self.accountability.clean()
        gone += self.deliveries.clean(now - DELIVERIES_KEPT)
        gone += self.schedule.clean(now - DONE_KEPT) + self.lanes.clean(now - LANES_KEPT)
        self.readiness.erase()
        self.database.forget_erased()
        log.info("retention: %d rows past their time are gone", gone)

    def _finish(self) -> None:
        self.bolt.listener_runner.listener_executor.shutdown(wait=True)
        self.guard.backlog.drain()

    def _watch(self) -> None:
        """Look after what is left to be answered, the connection and, once a day, the retention times.

        A new connection is opened where the client's own attempts have not helped. A crash is looked for at every
        look, not at the start alone: its last questions are then too young to tell from those being answered.
        """
        connected_at = cleaned_at = self.clock()
        while not self.stopping.wait(self.look_every):
            now = self.clock()
            if self.socket.client.is_connected():
                connected_at = now
            elif now - connected_at > RECONNECT_AFTER:
                connected_at = now
                self._attempt("reconnecting", lambda: self.socket.client.connect_to_new_endpoint(force=True))
            self._attempt("resuming", self.resume_unanswered)
            self._attempt("erasing", self.readiness.erase)
            if now - cleaned_at > CLEAN_EVERY:
                cleaned_at = now
                self._attempt("cleaning", self.clean)
                self._attempt("resuming reminders", self.accountability.resume)

    def _attempt(self, what: str, work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:  # the next look tries again; the loop itself must live
            log.exception("%s failed; trying again later", what)
            if isinstance(error, SlackApiError) and _code_of(error) in APP_TOKEN_CODES:
                self.stop(_why_not_connected(error))


def _code_of(error: SlackApiError) -> str:
    """Slack's word for what is wrong, or the status where there is none: a proxy's page, say."""
    answer = error.response
    data = answer if isinstance(answer, dict) else answer.data
    code = data.get("error") if isinstance(data, dict) else None
    return str(code or f"HTTP {getattr(answer, 'status_code', 'error')}")[:60]


def _why_not_connected(error: SlackApiError) -> str:
    code = _code_of(error)
    return APP_TOKEN_DEAD.format(code=code) if code in APP_TOKEN_CODES else UNREACHABLE.format(error=code)


def _within(seconds: float, work: Callable[[], Any]) -> bool:
    """Do the work, and go on without it when it takes longer. Returns whether it is done."""
    doing = threading.Thread(target=work, name="ending", daemon=True)
    doing.start()
    doing.join(seconds)
    return not doing.is_alive()


def build(settings: Settings, clock: Clock = system_clock) -> Bot:
    """Everything wired, nothing started. Raises CannotRun with one sentence when the bot token is refused."""
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise CannotRun("SLACK_BOT_TOKEN and SLACK_APP_TOKEN are needed; `cco doctor` tells how to get them.")
    token = settings.slack_bot_token.get_secret_value()
    gateway = Gateway.connect(token, settings.slack_api_url, Renderer(TEMPLATES))
    identity = _identity(gateway)
    database = Database(settings.database_url.get_secret_value())
    migrate(database)
    deliveries, schedule, lanes = DeliveryStore(database), ScheduleStore(database), LaneStore(database)
    guard = Guard(gateway, deliveries, clock, on_dead_token=lambda _: None)
    runner = Runner(schedule, clock)
    ticker = Ticker(runner)
    budget = Budget(lanes, clock)
    around = Surroundings(
        database, schedule, gateway, budget, clock, _after(guard), ticker.wake, lambda error: guard.on_dead_token(error)
    )
    wings = _wings(settings, around, guard)
    bolt = bolt_app(settings.slack_api_url, token, identity)
    _connect(bolt, runner, around, guard, wings)
    app_token = settings.slack_app_token.get_secret_value()
    socket = SocketModeHandler(bolt, app_token, receive_buffer_size=RECEIVED_AT_ONCE)
    public = _public(settings, wings[2])
    bot = Bot(bolt, socket, guard, *wings, ticker, schedule, lanes, deliveries, database, clock, public)
    guard.on_dead_token = lambda error: bot.stop(BOT_TOKEN_DEAD.format(code=error.code))
    return bot


def _connect(bolt: App, runner: Runner, around: Surroundings, guard: Guard, wings: Wings) -> None:
    """Have what Slack sends heard, and what is due done."""
    answers, readiness, accountability = wings
    readiness.register(runner)
    accountability.register(runner)
    ReadinessListeners(readiness, around.gateway, guard).register(bolt)
    AccountabilityListeners(accountability, around.gateway, guard).register(bolt)
    AnswerListeners(answers, around.gateway, guard, around.clock).register(bolt)
    register_catch_alls(bolt)


def _wings(settings: Settings, around: Surroundings, guard: Guard) -> Wings:
    advisor = _advisor(settings)
    readiness = _readiness(settings, advisor, around)
    accountability = AccountabilityService(
        around,
        settings.cco_admins,
        settings.cco_country,
        statement_of=readiness.statement_title,
        findings=findings_of(readiness),
        guidance=pieces_of(advisor),
        public_url=settings.cco_public_url,
        air_cover_after=timedelta(days=settings.cco_air_cover_days),
    )
    store = AnswerStore(around.database)
    pacer = Pacer(lambda work: guard.soon(lambda _: work(), Incoming({})))
    answers = AnswerService(
        advisor,
        store,
        Poster(store, around.gateway, pacer, around.clock),
        around.clock,
        contact=settings.cco_help_contact,
        retention=timedelta(days=settings.cco_retention_days),
        promised=accountability.reminders.outlook.count,
    )
    return answers, readiness, accountability


def _public(settings: Settings, accountability: AccountabilityService) -> PublicServer | None:
    """Nothing is served where no address is set."""
    feed = accountability.series.calendars.feed
    return PublicServer(settings.cco_port, feed) if settings.cco_public_url else None


def _readiness(settings: Settings, advisor: Advisor, around: Surroundings) -> ReadinessService:
    checks = {name: read_check(asdict(check)) for name, check in advisor.index.checks.items()}
    policy = Policy(settings.cco_check_starters, settings.cco_admins)
    page, workdays = BoardPage(TEMPLATES), Workdays(settings.cco_country)
    promised = promises_in(around.database, around.clock)
    kept_since = kept_since_in(around.database, around.clock)
    return ReadinessService(around, checks, guidance_of(advisor), page, policy, workdays, promised, kept_since)


def _after(guard: Guard) -> After:
    def after(seconds: float, work: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, guard.backlog.add, [work])
        timer.daemon = True  # a stop need not wait for it
        timer.start()

    return after


def _advisor(settings: Settings) -> Advisor:
    try:
        advisor, problems = open_advisor(KNOWLEDGE, settings.cco_knowledge_dir, settings.cco_cache_dir)
    except OSError as error:
        raise unwritable_cache(error) from error
    for problem in problems:
        log.warning("skipped in the knowledge: %s", problem)
    return advisor


def _identity(gateway: Gateway) -> dict[str, Any]:
    try:
        return gateway.identity()
    except TokenDead as error:
        raise CannotRun(BOT_TOKEN_DEAD.format(code=error.code)) from error
    except SlackRefused as error:
        raise CannotRun(f"Slack refused the first call ({error.code}); check SLACK_API_URL and the token.") from error
    except Unavailable as error:
        raise CannotRun(UNREACHABLE.format(error=error)) from error
