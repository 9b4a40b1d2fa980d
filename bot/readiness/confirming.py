"""Tells voters what was saved of their clicks: once in half a minute at most, and then all of it at once.

What is to be told is in memory only. It is a courtesy: the vote is saved already, and *My answers* always shows it.
"""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.errors import TryLater, Unavailable
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.presenting import Presenter
from bot.readiness.store import RoundStore
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway
from bot.surroundings import After

log = logging.getLogger(__name__)

WORTH_TELLING = 120.0  # seconds: later than that it only confuses
SHORTEST_REST = 0.2  # seconds

Voter = tuple[WorkspaceKey, str, str]  # workspace, round, person


@dataclass
class Untold:
    """What somebody has not been told yet, where, and from when on it may be."""

    channel_id: str
    thread_ts: str
    since: float
    not_before: float
    statements: set[str] = field(default_factory=set)


class Confirmations:
    """Whispers to voters. `after` does something after so many seconds, on a thread that may wait for Slack."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        after: After,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._after = after
        self._clock = clock
        self._untold: OrderedDict[Voter, Untold] = OrderedDict()
        self._lock = threading.Lock()
        self._is_telling = False

    def note(self, voter: Voter, statement_id: str, channel_id: str, thread_ts: str) -> None:
        """Have somebody told, soon, that their answer to a statement is saved. Never waits."""
        now = self._now()
        with self._lock:
            untold = self._untold.setdefault(voter, Untold(channel_id, thread_ts, since=now, not_before=now))
            untold.statements.add(statement_id)
            is_first, self._is_telling = not self._is_telling, True
        if is_first:
            self._after(0.0, self._tell)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _tell(self) -> None:
        """Tell whose turn it is, one after the other; come again for the rest."""
        rest = self._tell_one()
        with self._lock:
            if not self._untold:
                self._is_telling = False
                return
        self._after(max(rest, SHORTEST_REST), self._tell)

    def _tell_one(self) -> float:
        """Returns for how many seconds nobody else can be told."""
        found = self._take()
        if found is None:
            return 1.0
        voter, untold = found
        try:
            self._whisper(voter, untold)
        except TryLater as later:
            self._put_back(voter, untold, self._now() + later.retry_after)
            return min(later.retry_after, 0.6)  # the next voter may have to wait for less
        except Unavailable as error:
            log.info("round %s: a confirmation could not be shown: %s", voter[1], error)
        except Exception:  # what is left is to be told still
            log.exception("round %s: a confirmation could not be shown", voter[1])
        return 0.0

    def _take(self) -> tuple[Voter, Untold] | None:
        """The first whose time has come; those who have waited for too long are let go."""
        now = self._now()
        with self._lock:
            for voter in [one for one, it in self._untold.items() if now - it.since > WORTH_TELLING]:
                del self._untold[voter]
            ready = next((one for one, it in self._untold.items() if it.not_before <= now), None)
            return None if ready is None else (ready, self._untold.pop(ready))

    def _put_back(self, voter: Voter, untold: Untold, not_before: float) -> None:
        with self._lock:
            newer = self._untold.get(voter)
            untold.statements |= newer.statements if newer else set()
            untold.not_before = not_before
            self._untold[voter] = untold

    def _whisper(self, voter: Voter, untold: Untold) -> None:
        key, round_id, user_id = voter
        of = self._rounds.get(key, round_id)
        pseudonym = self._ballots.pseudonym(key, round_id, user_id)
        if of is None or not pseudonym:  # closed meanwhile
            return
        answers = self._ballots.answers(key, round_id, user_id)
        view = self._presenter.confirmation(of, answers, untold.statements)

        def tell() -> None:
            self._gateway.tell(untold.channel_id, user_id, view, untold.thread_ts, at_once=True)

        self._budget.whisper(key, pseudonym, tell)
