"""Several processes share the schedule, and some are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Timer

import pytest

from bot.storage.database import Database
from tests.scheduler.claimer import LEASE
from tests.scheduler.examples import CLOSE, NOON, PATIENCE, TICK, plan, rows

pytestmark = pytest.mark.soak  # more than a minute

ROOT = Path(__file__).parents[2]


class Process:
    """A claimer in a process of its own."""

    def __init__(self, url: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.scheduler.claimer", *arguments],
            env={**os.environ, "DATABASE_URL": url},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.guard = Timer(PATIENCE, self.process.kill)  # one that hangs would keep us reading for ever
        self.guard.start()

    def says(self) -> str:
        assert self.process.stdout
        word = self.process.stdout.readline().strip()
        assert word, "it ended, or had to be killed because it hung"
        return word

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """As `kill -9` does: nothing is finished, nothing is let go."""
        self.guard.cancel()
        self.process.kill()
        self.process.communicate()

    def ends(self) -> None:
        self.process.communicate()  # closes its input as well
        self.guard.cancel()
        assert self.process.returncode == 0


Launch = Callable[..., Process]


@pytest.fixture
def database_url(own_database_url: str) -> str:
    return own_database_url


@pytest.fixture
def sent(tmp_path: Path) -> Callable[[], list[str]]:
    """Every subject sent so far, by whichever process."""
    return lambda: (tmp_path / "sent").read_text().split()


@pytest.fixture
def launch(database_url: str, tmp_path: Path) -> Iterator[Launch]:
    """Starts a claimer and waits until it is ready."""
    with ExitStack() as ending:

        def begin(what: str, now: datetime | None = None, hangs_at: str = "") -> Process:
            time = now.isoformat() if now else "now"
            started = Process(database_url, what, time, str(tmp_path / "sent"), hangs_at)
            ending.callback(started.kill)
            assert started.says() == "ready"
            return started

        yield begin


def subjects(count: int) -> list[str]:
    return [f"r{number}" for number in range(count)]


def plan_many(database: Database, count: int) -> None:
    """Overdue by a little, each less than the one before."""
    since = NOON - count * TICK
    plan(database, *(replace(CLOSE, subject=name, due_at=since + n * TICK) for n, name in enumerate(subjects(count))))


def test_three_race_and_one_is_killed_holding_ten_which_are_done_after_its_lease_and_nothing_twice(
    database: Database, launch: Launch, sent: Callable[[], list[str]]
) -> None:
    plan_many(database, 200)
    victim, *others = launch("hold", NOON), launch("run", NOON), launch("run", NOON)
    for process in (victim, *others):
        process.go()
    assert victim.says() == "holding 10"
    victim.kill()
    for process in others:
        process.ends()
    assert (len(sent()), len(set(sent()))) == (190, 190)

    for now, count in ((NOON + LEASE - TICK, 190), (NOON + LEASE, 200)):
        heir = launch("run", now)
        heir.go()
        heir.ends()
        assert (len(sent()), len(set(sent()))) == (count, count)
    assert Counter(rows(database, "state", "tries")) == {("done", 1): 190, ("done", 2): 10}


def test_kill_after_kill_nothing_is_lost_and_only_what_was_under_way_may_come_twice(
    database: Database, launch: Launch, sent: Callable[[], list[str]]
) -> None:
    plan_many(database, 60)
    kills = 4
    for time in range(kills):
        process = launch("run", NOON + time * LEASE)
        process.go()
        for _ in range(5):
            process.says()
        process.kill()
    last = launch("run", NOON + kills * LEASE)
    last.go()
    last.ends()
    assert set(sent()) == set(subjects(60))
    assert len(sent()) <= 60 + kills
    assert {state for (state,) in rows(database, "state")} == {"done"}


def test_what_a_killed_ticker_was_at_another_ticker_does_after_the_lease(
    database: Database, launch: Launch, sent: Callable[[], list[str]]
) -> None:
    plan_many(database, 12)
    victim = launch("tick", hangs_at="r5")
    victim.go()
    assert [victim.says() for _ in range(6)] == ["r0", "r1", "r2", "r3", "r4", "hanging"]
    victim.kill()
    heir = launch("tick")
    heir.go()
    assert {heir.says() for _ in range(7)} == {"r5", "r6", "r7", "r8", "r9", "r10", "r11"}
    heir.ends()
    assert sorted(sent()) == sorted(subjects(12))
    assert Counter(rows(database, "state", "tries")) == {("done", 1): 11, ("done", 2): 1}
