"""The thread that waits for what is due, and the workers that do it."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from bot.errors import Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Due
from bot.scheduler.runner import Runner

log = logging.getLogger(__name__)

WORKERS = 4  # one slow send doesn't keep a round from closing in time
LONGEST_SLEEP = 1.0  # seconds: another process may have planned something
SHORTEST_SLEEP = 0.02  # seconds: what is due may be locked by another process for a moment


class Ticker:
    """Does what is due, at its time, for as long as it runs. Any number of processes may have one."""

    def __init__(self, runner: Runner, workers: int = WORKERS, longest_sleep: float = LONGEST_SLEEP) -> None:
        self._runner = runner
        self._workers = workers
        self._longest_sleep = longest_sleep
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="due")
        self._thread = threading.Thread(target=self._serve, name="ticker", daemon=True)
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._held: dict[str, datetime] = {}  # the leases of what is being done here, and since when it was due
        self._let_go = threading.Condition()
        self._is_troubled = False

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look at once: something was planned here, or the clock was moved. May be called from any thread."""
        self._woken.set()

    def next_due(self) -> datetime | None:
        """When something is to be done next, in any workspace: where a demo's clock jumps to."""
        return self._runner.next_due()

    def under_way(self) -> datetime | None:
        """Since when what is being done here was due; None while nothing is."""
        with self._let_go:
            return min(self._held.values(), default=None)

    def stop(self, seconds: float) -> bool:
        """Begin nothing more, and wait for what was begun. False when that takes longer.

        What is then cut off is begun again elsewhere, or after the next start, when its lease has ended.
        """
        until = time.monotonic() + seconds
        self._stopping.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(seconds)
        with self._let_go:
            is_idle = self._let_go.wait_for(lambda: not self._held, max(0.0, until - time.monotonic()))
        if self._thread.is_alive():  # it may be claiming still, and needs the workers for that
            return False
        self._pool.shutdown(wait=False)
        return is_idle

    def _serve(self) -> None:
        while True:
            self._woken.clear()
            if self._stopping.is_set():
                return
            self._woken.wait(self._look())

    def _look(self) -> float:
        """Begin what is due. Returns after how many seconds it is worth looking again."""
        try:
            seconds = 0.0 if self._begin() else self._until_next()
        except Exception as error:  # the ticker itself must live
            self._report(error)
            return self._longest_sleep
        self._is_troubled = False
        return seconds

    def _begin(self) -> bool:
        """Claim as much as there are free workers, so that no lease runs while its action waits."""
        with self._let_go:
            held = frozenset(self._held)
        free = self._workers - len(held)
        claimed = self._runner.claim(free, held) if free else []
        with self._let_go:
            self._held |= {due.lease: due.action.due_at for _, due in claimed}
        for key, due in claimed:
            self._pool.submit(self._work, key, due)
        return bool(claimed)

    def _until_next(self) -> float:
        with self._let_go:
            if len(self._held) >= self._workers:  # the first that is free again wakes us
                return self._longest_sleep
        return max(SHORTEST_SLEEP, self._runner.seconds_until_next(self._longest_sleep))

    def _work(self, key: WorkspaceKey, due: Due) -> None:
        try:
            self._runner.run(key, due)
        except Exception as error:  # nobody looks at the future, so it would vanish
            log.warning("%s: what became of it could not be saved; it is done again: %s", due.action, error)
        finally:
            with self._let_go:
                self._held.pop(due.lease, None)
                self._let_go.notify_all()
            self.wake()

    def _report(self, error: Exception) -> None:
        """Once for each spell of trouble, not at every look."""
        if not self._is_troubled:
            level = logging.WARNING if isinstance(error, Unavailable) else logging.ERROR
            log.log(level, "could not look for what is due; trying again: %s", error, exc_info=error)
        self._is_troubled = True
