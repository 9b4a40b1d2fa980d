"""Does what is due: calls the handler of its kind, notes what became of it, plans the next occurrence."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import Queued, TryLater, Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import MOST_TRIES, Action, Due, pause_after
from bot.scheduler.store import ScheduleStore

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than the longest send: one call that waits out Slack's rate limit four times

ENDED_WITH_US = "the process ended over it each time"

Handler = Callable[[WorkspaceKey, Due], Action | None]
GivenUp = Callable[[WorkspaceKey, Due], None]


@dataclass(frozen=True)
class Doing:
    """How actions of a kind are done: see Runner.register."""

    handler: Handler
    lease: timedelta
    for_ever: bool
    on_given_up: GivenUp | None


class Runner:
    """Knows who does what.

    A handler looks first whether the action is still wanted, acts, and returns the next occurrence, if there is one:
    one after now, so that a long downtime makes one late run and not one for each miss.
    It runs outside any transaction, and again after a crash: `due.tries` and what it saved itself tell it how far the
    earlier try came. One that raises is called again after a pause, so only what may pass is worth raising; after a
    TryLater it is called again at its time, however often that happens: no try was made, so none is counted. After a
    Queued it is called again at its turn, with that in `due.turn`.
    """

    def __init__(self, store: ScheduleStore, clock: Clock, lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease
        self._doings: dict[str, Doing] = {}

    def register(
        self,
        kind: str,
        handler: Handler,
        lease: timedelta | None = None,
        *,
        for_ever: bool = False,
        on_given_up: GivenUp | None = None,
    ) -> None:
        """Have actions of this kind done by that handler. Those of a kind that nobody does are left where they are.

        A `lease` of its own is for a kind that is done sooner, so that after a crash it is begun again sooner. One
        that is tried `for_ever` is never given up; `on_given_up` is told of any other, and may be told twice.
        """
        if kind in self._doings:
            raise ValueError(f"there is a handler for {kind} already; a kind has one")
        self._doings[kind] = Doing(handler, lease or self._lease, for_ever, on_given_up)

    def claim(self, at_most: int, held: Collection[str] = ()) -> list[tuple[WorkspaceKey, Due]]:
        """Take what is due, the oldest first, but not what is under a lease `held` here."""
        now = self._clock()
        if not self._store.is_due(self._doings, now, held):  # claiming takes SQLite's one lock for writing
            return []
        leases = {kind: doing.lease for kind, doing in self._doings.items()}
        return self._store.claim(leases, now, at_most, held)

    def run(self, key: WorkspaceKey, due: Due) -> None:
        """Do a claimed action. Raises only when the database can't be told: its lease ends, and it runs again."""
        if due.tries > MOST_TRIES and not self._doing(due).for_ever:  # the last one ended with the process
            self._give_up(key, due, ENDED_WITH_US)
            return
        try:
            following = self._handle(key, due)
        except Queued as queued:
            self._store.queue(key, due, queued.turn_at)
        except TryLater as later:
            log.debug("%s: not now: %s", due.action, later)  # it waits for its turn, as many do
            self._store.put_off(key, due, self._clock() + timedelta(seconds=later.retry_after), tried=False)
        except Unavailable as error:
            log.info("%s: try %d failed: %s", due.action, due.tries, error)
            self._put_off(key, due, str(error))
        except Exception as error:  # one bad action never stops the others
            log.exception("%s: try %d failed", due.action, due.tries)
            self._put_off(key, due, type(error).__name__)  # its words may be people's
        else:
            self._done(key, due, following)

    def run_due(self) -> int:
        """Do all that is due, here and now, one after the other. Returns how many were begun."""
        count = 0
        while claimed := self.claim(1):
            for key, due in claimed:
                self.run(key, due)
                count += 1
        return count

    def next_due(self) -> datetime | None:
        """When something is to be done next, in any workspace."""
        return self._store.next_due(self._doings)

    def seconds_until_next(self, at_most: float) -> float:
        """Negative when something is overdue."""
        next_due = self.next_due()
        return at_most if next_due is None else min(at_most, (next_due - self._clock()).total_seconds())

    def _doing(self, due: Due) -> Doing:
        return self._doings[due.action.kind]

    def _handle(self, key: WorkspaceKey, due: Due) -> Action | None:
        following = self._doing(due).handler(key, due)
        if following is not None and following.name == due.action.name:
            raise ValueError(f"the next occurrence of {due.action} has the same name, so it would never be done")
        return following

    def _done(self, key: WorkspaceKey, due: Due, following: Action | None) -> None:
        if not self._store.done(key, due, self._clock(), following):
            log.info("%s: moved, cancelled or taken over while it was done; that decides what comes next", due.action)

    def _put_off(self, key: WorkspaceKey, due: Due, reason: str) -> None:
        if due.tries >= MOST_TRIES and not self._doing(due).for_ever:
            self._give_up(key, due, reason)
        else:
            self._store.put_off(key, due, self._clock() + pause_after(due.tries))

    def _give_up(self, key: WorkspaceKey, due: Due, reason: str) -> None:
        """Told first: a crash in between tells it twice, the other way round never."""
        if tell := self._doing(due).on_given_up:
            try:
                tell(key, due)
            except Unavailable:
                raise
            except Exception:  # a bug there must not keep it for ever
                log.exception("%s: could not tell that it is given up", due.action)
        if self._store.give_up(key, due, self._clock(), reason):
            log.error("%s: given up after %d tries; it was due at %s", due.action, MOST_TRIES, due.action.due_at)
