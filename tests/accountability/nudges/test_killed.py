"""Who reminds is killed again and again right after it claimed a message: none is lost, hardly any doubled."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from random import Random
from threading import Event, Thread

import pytest

from bot.accountability import later
from bot.accountability.commitments.store import CommitmentStore
from bot.clock import system_clock
from bot.keys import WorkspaceKey
from bot.scheduler.store import saving
from bot.storage.database import Database
from bot.workspace.driver import Workspace
from bot.workspace.records import Fault, Person
from bot.workspace.server import WorkspaceServer
from tests.accountability.commitments.examples import BERLIN, HOUR, a_commitment, made

log = logging.getLogger(__name__)
pytestmark = pytest.mark.soak  # minutes

ROOT = Path(__file__).parents[3]
KILLS = 60
CLAIMS = (1, 6)  # seen before the next kill
LATER = 0.08  # seconds after the last of them, at most
SLOW = 0.05  # seconds that Slack takes to answer, after it took the message
NEW = 12  # people whose reminder is due, a life
SHARED = 3  # of them in a workspace
PATIENCE = 120.0
FRIDAY = 4


class Worker:
    """A process that reminds, and what it says."""

    def __init__(self, url: str, said: Queue[tuple[Worker, str]], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.accountability.nudges.worker", *arguments],
            env={**os.environ, "DATABASE_URL": url},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.under_way: set[str] = set()
        self._said = said
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            word, person = line.split()
            (self.under_way.add if word == "begun" else self.under_way.discard)(person)
            self._said.put((self, word))

    def kill(self) -> int:
        """As `kill -9` does. Returns how many messages it was at."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in filter(None, (self.process.stdin, self.process.stdout)):
            pipe.close()
        return len(self.under_way)


@dataclass
class Office:
    """Owners whose reminders come due, and the workers that send them."""

    workspace: Workspace
    database: Database
    launch: Callable[[], Worker]
    said: Queue[tuple[Worker, str]]
    clock: Callable[[], datetime]
    people: list[Person] = field(default_factory=list)

    def promise(self, many: int) -> None:
        """So many more people have to be reminded now."""
        for _ in range(many):
            number = len(self.people)
            self.people.append(self.workspace.add_person(f"owner{number}", f"Owner {number}", BERLIN.key))
            now, owner = self.clock(), self.people[-1].id
            days = {"due": now + HOUR, "made_at": now - 30 * HOUR, "changed_at": now - 30 * HOUR}
            of = a_commitment(f"c{number}", owner=owner, assigner=owner, channel_id="", **days)
            key = WorkspaceKey("", f"T{number // SHARED}")
            look = saving(key, later.on_change(of, now))
            assert CommitmentStore(self.database).add(key, of, made(of), also=look)

    def claimed(self, many: int) -> Worker:
        """Who made the last of so many claims from now on."""
        while not self.said.empty():
            self.said.get()
        while True:
            worker, word = self.said.get(timeout=PATIENCE)
            many -= word == "begun"
            if not many:
                return worker

    def settle(self) -> None:
        """Until nothing is due any more."""
        query = "select count(*) from due_actions where kind = 'nudge' and state = 'planned' and due_at <= '{}'"
        until = time.monotonic() + PATIENCE
        while True:
            now = self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            with self.database.read() as connection:
                if not connection.exec_driver_sql(query.format(now)).scalar():
                    return
            assert time.monotonic() < until
            with self.workspace.lock:
                self.workspace.changed.wait(0.1)

    def got(self) -> Counter[int]:
        """How many people got how many messages."""
        return Counter(len(self.workspace.messages(self.workspace.dm_of(one.id).id)) for one in self.people)


def friday_morning() -> timedelta:
    """How far it is to the next one, at nine."""
    local = datetime.now(BERLIN)
    day = local.date() + timedelta(days=(FRIDAY - local.weekday()) % 7 or 7)
    return datetime(day.year, day.month, day.day, 9, 0, 5, tzinfo=BERLIN) - local


@pytest.fixture
def database_url(own_database_url: str) -> str:
    return own_database_url


@pytest.fixture
def office(server: WorkspaceServer, workspace: Workspace, database: Database, database_url: str) -> Iterator[Office]:
    ahead = friday_morning()

    def clock() -> datetime:
        return system_clock() + ahead

    workspace.clock = clock
    said: Queue[tuple[Worker, str]] = Queue()
    with ExitStack() as ending:

        def launch() -> Worker:
            worker = Worker(database_url, said, workspace.bot_token, server.api_url, str(ahead.total_seconds()))
            ending.callback(worker.kill)
            return worker

        yield Office(workspace, database, launch, said, clock)


def test_killed_sixty_times_it_loses_no_reminder_and_doubles_no_more_than_were_under_way(
    office: Office, database: Database
) -> None:
    rng, in_flight = Random(60), 0
    workers = [office.launch() for _ in range(1 if database.is_sqlite else 2)]
    office.workspace.faults.append(Fault("chat.postMessage", delay_after_effect=SLOW, times=1_000_000))
    for _ in range(KILLS):
        office.promise(NEW)
        victim = office.claimed(rng.randint(*CLAIMS))
        Event().wait(rng.uniform(0, LATER))
        in_flight += victim.kill()
        workers[workers.index(victim)] = office.launch()
    office.settle()
    counts = office.got()
    twice = sum((times - 1) * people for times, people in counts.items() if times)
    log.info("%d people, %d messages under way at %d kills, %d came twice", len(office.people), in_flight, KILLS, twice)
    assert counts[0] == 0
    assert in_flight >= KILLS / 2  # it was killed at work
    assert twice <= in_flight
