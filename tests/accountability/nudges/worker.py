"""A process of its own for the tests: `python -m tests.accountability.nudges.worker TOKEN API_URL SECONDS_AHEAD`.

It reminds people of what is due in DATABASE_URL until its input ends or it is killed. Right after a message was claimed
it says `begun`, right after it was marked `settled`, and who the person is.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any

from bot.accountability.nudges.store import PeopleStore
from bot.clock import system_clock
from bot.keys import WorkspaceKey
from bot.scheduler.ticker import Ticker
from bot.storage.database import Database
from tests.accountability.nudges.desk import Process

LEASE = timedelta(seconds=3)
LOOKS = 0.1  # seconds between two looks for what is due


class Telling(PeopleStore):
    """Says what it did to a message, in one write, so that no two lines are mixed."""

    def begin_message(self, key: WorkspaceKey, user_id: str, day: date, tried: int, nudges: Any, now: datetime) -> bool:
        is_ours = super().begin_message(key, user_id, day, tried, nudges, now)
        if is_ours:
            say(f"begun {user_id}")
        return is_ours

    def sent(self, key: WorkspaceKey, user_id: str, *given: Any, **more: Any) -> None:
        super().sent(key, user_id, *given, **more)
        say(f"settled {user_id}")


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())


def serve(token: str, api_url: str, ahead: timedelta) -> None:
    with closing(Database(os.environ["DATABASE_URL"])) as database:
        process = Process.start(database, token, api_url, lambda: system_clock() + ahead, people=Telling, lease=LEASE)
        ticker = Ticker(process.runner, longest_sleep=LOOKS)
        ticker.start()
        sys.stdin.read()
        ticker.stop(60)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], timedelta(seconds=float(sys.argv[3])))
