"""A process of its own for the tests: `python -m tests.scheduler.claimer WHAT NOW FILE`, the database in DATABASE_URL.

It says `ready` and waits for a line. Then it holds ten actions until it is killed (`hold`), does what is due one by
one (`run`), or has a ticker do it until its input ends (`tick`). What it did is a line in FILE.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import datetime, timedelta

from bot.clock import system_clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Due
from bot.scheduler.runner import Runner
from bot.scheduler.store import ScheduleStore
from bot.scheduler.ticker import Ticker
from bot.storage.database import Database

LEASE = timedelta(minutes=5)
SHORT_LEASE = timedelta(seconds=1)


class Sender:
    """Sends: writes a line. One subject makes it hang before it does, if it is told so."""

    def __init__(self, path: str, hangs_at: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.hangs_at = hangs_at

    def __call__(self, _key: WorkspaceKey, due: Due) -> None:
        if due.action.subject == self.hangs_at:
            say("hanging")
            sys.stdin.readline()
        os.write(self.file, f"{due.action.subject}\n".encode())
        say(due.action.subject)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def tick(runner: Runner) -> None:
    ticker = Ticker(runner, workers=1, longest_sleep=0.1)
    ticker.start()
    sys.stdin.read()
    ticker.stop(10)


def main(what: str, now: str, path: str, hangs_at: str = "") -> None:
    clock = system_clock if now == "now" else lambda: datetime.fromisoformat(now)
    with closing(Database(os.environ["DATABASE_URL"])) as database:
        runner = Runner(ScheduleStore(database), clock, SHORT_LEASE if what == "tick" else LEASE)
        runner.register("close", Sender(path, hangs_at))
        runner.next_due()  # connects, so that all that race begin at the same point
        say("ready")
        sys.stdin.readline()
        if what == "hold":
            say(f"holding {len(runner.claim(10))}")
            sys.stdin.readline()
        elif what == "run":
            runner.run_due()
        else:
            tick(runner)


if __name__ == "__main__":
    main(*sys.argv[1:])
