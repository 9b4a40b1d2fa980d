"""Keeps the messages of rounds up to date, within what Slack allows.

Nothing is queued: what a message should show is worked out when its turn has come, and compared with what it shows. So
votes are never waited for, many of them cost one redraw, the last one is always followed by another look, and after a
crash the next look at all rounds finds what was left undone.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.clock import Clock
from bot.errors import TryLater, Unavailable
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.later import Trouble
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import PARENT, Message, Round
from bot.readiness.store import RoundStore
from bot.readiness.troubles import Troubles
from bot.slack.budget import Budget, MessageBusy
from bot.slack.gateway import ChannelClosed, Gateway, MessageGone, SlackRefused, TokenDead, UnknownOutcome
from bot.slack.render import View

log = logging.getLogger(__name__)

LOOK_AT_ALL = 60.0  # seconds between two looks at all rounds
AFTER_TROUBLE = 5.0  # seconds
BETWEEN_LOOKS = 1.0  # seconds: each vote asks for a look, and looking takes longer than saving some of them
STILL_DRAWN = timedelta(days=1)  # how long after its close a round is still brought up to date
NEVER = datetime.min.replace(tzinfo=UTC)

Wanted = tuple[WorkspaceKey, str]


def digest(view: View) -> str:
    """What a view shows, as a short text to compare."""
    return sha256(repr(view).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Stale:
    """A message that shows something else than it should."""

    key: WorkspaceKey
    round: Round
    message: Message


@dataclass(frozen=True)
class Rest:
    """For how long there is nothing to draw: until then for any round, or unless another one wants it."""

    seconds: float
    concerns_all: bool = False
    first: Stale | None = None  # what is next then


class Drawer:
    """One thread that draws. Any number of processes may have one: the budget keeps them from each other's messages."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        troubles: Troubles,
        clock: Clock,
        on_dead_token: Callable[[TokenDead], None],
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._troubles = troubles
        self._clock = clock
        self._on_dead_token = on_dead_token
        self._wanted: set[Wanted] = set()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._moved = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="drawer", daemon=True)

    def want(self, key: WorkspaceKey, round_id: str) -> None:
        """Have a round brought up to date. To be called after what changed is saved; it never waits."""
        with self._lock:
            self._wanted.add((key, round_id))
        self._woken.set()

    def want_all(self) -> None:
        """The same for every round that may have to change."""
        for key, round_id in self._rounds.drawable(self._clock() - STILL_DRAWN):
            self.want(key, round_id)

    def wake(self) -> None:
        """Look at once: the clock was moved. May be called from any thread."""
        self._moved.set()
        self._woken.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Let go; what is not drawn is drawn after the next start. False when an edit takes longer."""
        self._stopping.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def draw(self, first: Stale | None = None) -> Rest:
        """Draw what there is budget for. Returns when it is worth looking again.

        What waits for its turn alone is to be given as the `first` next time: looking for what else there is takes its
        time, and is done while the next turn is waited for.
        """
        wanted = self._take()
        closed: set[str] = set()
        waits: list[float] = []
        for stale in self._in_turn(first, wanted):
            if self._stopping.is_set():
                break
            if stale.round.channel_id in closed:
                continue
            try:
                if not self._draw(stale):
                    closed.add(stale.round.channel_id)
            except MessageBusy as busy:  # it has its turn; the others need not wait for it
                self._put_back({(stale.key, stale.round.id)})
                waits.append(busy.retry_after)
            except TryLater as later:
                self._put_back(wanted)
                return Rest(later.retry_after, concerns_all=True, first=stale)
            except UnknownOutcome as error:  # the others get their turn first
                log.warning("round %s: a message may not be up to date; trying again: %s", stale.round.id, error)
                self._put_back({(stale.key, stale.round.id)})
                waits.append(AFTER_TROUBLE)
        return Rest(min(waits, default=LOOK_AT_ALL))

    def _in_turn(self, first: Stale | None, wanted: set[Wanted]) -> Iterator[Stale]:
        if first:
            yield first
        yield from self._stale(wanted)

    def _serve(self) -> None:
        look_at, first = 0.0, None
        while not self._stopping.is_set():
            now = self._clock().timestamp()
            try:
                if now >= look_at:
                    look_at = now + LOOK_AT_ALL
                    self.want_all()
                rest = self.draw(first)
            except Unavailable as error:
                log.warning("could not draw; trying again: %s", error)
                rest, look_at = Rest(AFTER_TROUBLE, concerns_all=True), 0.0
            except Exception:  # the thread itself must live
                log.exception("could not draw; trying again")
                rest, look_at = Rest(AFTER_TROUBLE, concerns_all=True), 0.0
            first = rest.first
            self._rest(rest, looked_at=now)

    def _rest(self, rest: Rest, looked_at: float) -> None:
        """Whatever is wanted next ends it, though not within a second of the last look."""
        if rest.concerns_all:
            self._pause(rest.seconds)
            return
        self._woken.wait(rest.seconds)
        self._woken.clear()
        passed = max(0.0, self._clock().timestamp() - looked_at)
        self._pause(max(0.0, BETWEEN_LOOKS - passed))

    def _pause(self, seconds: float) -> None:
        """Whatever is wanted meanwhile waits; a clock that is moved, or the end, does not."""
        self._moved.wait(seconds)
        self._moved.clear()

    def _take(self) -> set[Wanted]:
        """Before anything is read: what changes from now on is wanted again."""
        with self._lock:
            wanted, self._wanted = self._wanted, set()
        return wanted

    def _put_back(self, wanted: set[Wanted]) -> None:
        with self._lock:
            self._wanted |= wanted

    def _stale(self, wanted: set[Wanted]) -> list[Stale]:
        """Where people vote comes first, then the first messages of what is over, which still offer to vote.

        Beyond that the longest untouched, so that every message gets its turn.
        """
        found = [stale for key, round_id in wanted for stale in self._stale_of(key, round_id)]
        return sorted(found, key=lambda one: (_rank(one), one.message.drawn_at or NEVER))

    def _stale_of(self, key: WorkspaceKey, round_id: str) -> Iterator[Stale]:
        of = self._rounds.get(key, round_id)
        if of is None:
            return
        views = self._views(key, of)
        for message in self._rounds.messages(key, round_id):
            view = views.get(message.part)
            if view and message.ts and not message.gone and message.drawn != digest(view):
                yield Stale(key, of, message)

    def _views(self, key: WorkspaceKey, of: Round) -> dict[str, View]:
        live = self._ballots.live(key, of.id) if of.shows_live else {}
        views: dict[str, View] = {PARENT: self._presenter.parent(of, self._ballots.turnout(key, of.id))}
        return views | {
            statement.id: self._presenter.statement(of, statement.id, live.get(statement.id))
            for statement in of.check.statements
        }

    def _draw(self, stale: Stale) -> bool:
        """False where the channel takes no edits at all."""
        key, of, message = stale.key, stale.round, stale.message
        try:
            self._budget.edit(key, of.channel_id, message.ts, lambda: self._edit(key, of.id, message))
        except MessageGone as error:
            self._tell_of_open(key, of, _loss(message, error))
            self._rounds.lose(key, of.id, message.part)
        except ChannelClosed as error:
            log.warning("round %s: its messages can't be changed: %s", of.id, error)
            self._tell_of_open(key, of, Trouble.CHANNEL_CLOSED)
            return False
        except TokenDead as error:
            self._on_dead_token(error)
            return False
        except SlackRefused as error:  # the next look at all rounds tries again; the others must not wait for it
            log.warning("round %s: a message can't be changed: %s", of.id, error)
        return True

    def _edit(self, key: WorkspaceKey, round_id: str, message: Message) -> None:
        """Nobody else edits this message now, so what is read here is newer than all it has shown."""
        of = self._rounds.get(key, round_id)
        shown = {one.part: one.drawn for one in self._rounds.messages(key, round_id)}
        if of is None:
            return
        view = self._views(key, of)[message.part]
        if shown[message.part] == digest(view):  # another process was quicker
            return
        self._gateway.edit(of.channel_id, message.ts, view)
        self._rounds.drawn(key, round_id, message.part, digest(view), self._clock())

    def _tell_of_open(self, key: WorkspaceKey, of: Round, what: Trouble) -> None:
        """What concerns an open round only; it may have been closed since it was found to be out of date."""
        now = self._rounds.get(key, of.id)
        if now and now.is_open:
            self._troubles.tell(key, now, what)


def _loss(message: Message, error: MessageGone) -> Trouble:
    if not error.is_deleted:
        return Trouble.UNCHANGEABLE
    return Trouble.PARENT_GONE if message.part == PARENT else Trouble.STATEMENT_GONE


def _rank(stale: Stale) -> int:
    if stale.round.is_open:
        return 0
    return 1 if stale.message.part == PARENT else 2
