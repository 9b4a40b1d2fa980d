"""The ticker: at the time, at once when woken, never twice, and to the end of what was begun."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import Queue
from threading import Event
from typing import Any

import pytest

from bot.clock import Clock, MovableClock, system_clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Due
from bot.scheduler.runner import Runner
from bot.scheduler.store import ScheduleStore
from bot.scheduler.ticker import Ticker
from bot.storage.database import Database, DatabaseUnavailable
from tests.scheduler.examples import CLOSE, HOUR, LEASE, MINUTE, NOON, PATIENCE, SECOND, plan, rows

TOO_LONG = 10 * PATIENCE  # seconds of sleep: only what wakes the ticker ends it
SLOW = replace(CLOSE, kind="slow", due_at=NOON - MINUTE)


class Line:
    """Handlers that report: one is quick, the other waits to be released."""

    def __init__(self) -> None:
        self.begun: Queue[str] = Queue()
        self.release = Event()

    def quick(self, _key: WorkspaceKey, due: Due) -> None:
        self.begun.put(due.action.subject)

    def slow(self, _key: WorkspaceKey, due: Due) -> None:
        self.begun.put(due.action.subject)
        assert self.release.wait(PATIENCE)

    def next(self) -> str:
        return self.begun.get(timeout=PATIENCE)


class Stumbling(ScheduleStore):
    """A database that is away for a while."""

    def __init__(self, database: Database, error: Exception, times: int) -> None:
        super().__init__(database)
        self.error, self.times = error, times

    def is_due(self, *given: Any, **named: Any) -> bool:
        self._stumble()
        return super().is_due(*given, **named)

    def _stumble(self) -> None:
        self.times -= 1
        if self.times >= 0:
            raise self.error


class Forgetful(Stumbling):
    """A database that is away when something was done."""

    is_due = ScheduleStore.is_due

    def done(self, *given: Any, **named: Any) -> bool:
        self._stumble()
        return super().done(*given, **named)


Start = Callable[..., Ticker]


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(lambda: NOON)


@pytest.fixture
def start(database: Database, clock: MovableClock, line: Line) -> Iterator[Start]:
    """Starts tickers, and stops them when the test ends."""
    started: list[Ticker] = []

    def begin(
        store: ScheduleStore | None = None, own_clock: Clock = clock, workers: int = 2, sleep: float = TOO_LONG
    ) -> Ticker:
        runner = Runner(store or ScheduleStore(database), own_clock, LEASE)
        runner.register("close", line.quick)
        runner.register("slow", line.slow)
        started.append(Ticker(runner, workers, sleep))
        started[-1].start()
        return started[-1]

    yield begin
    line.release.set()
    assert [ticker.stop(PATIENCE) for ticker in started] == [True] * len(started)


def test_what_is_overdue_at_the_start_is_done(database: Database, start: Start, line: Line) -> None:
    plan(database, CLOSE)
    start()
    assert line.next() == "r1"


def test_a_new_action_is_done_at_once_when_the_ticker_is_woken(database: Database, start: Start, line: Line) -> None:
    plan(database, CLOSE)
    ticker = start()
    line.next()
    plan(database, replace(CLOSE, subject="r2"))
    ticker.wake()
    assert line.next() == "r2"


def test_a_clock_that_is_moved_wakes_it(database: Database, start: Start, line: Line, clock: MovableClock) -> None:
    plan(database, CLOSE, replace(CLOSE, subject="r2", due_at=NOON + HOUR))
    ticker = start()
    clock.on_move.append(ticker.wake)
    line.next()
    clock.move(HOUR)
    assert line.next() == "r2"


def test_a_clock_jumps_from_one_due_time_to_the_next(
    database: Database, start: Start, line: Line, clock: MovableClock
) -> None:
    plan(database, *(replace(CLOSE, subject=f"r{hours}", due_at=NOON + hours * HOUR) for hours in (3, 1, 2)))
    ticker = start()
    clock.on_move.append(ticker.wake)
    done = []
    for _ in range(3):
        next_due = ticker.next_due()
        assert next_due
        clock.move_to(next_due)
        done.append((line.next(), clock()))
    assert done == [("r1", NOON + HOUR), ("r2", NOON + 2 * HOUR), ("r3", NOON + 3 * HOUR)]


def test_what_is_being_done_is_due_until_it_is_done(database: Database, start: Start, line: Line) -> None:
    plan(database, SLOW)
    ticker = start()
    assert line.next() == "r1"
    assert (ticker.under_way(), ticker.next_due()) == (SLOW.due_at, None)
    line.release.set()
    assert ticker.stop(PATIENCE)
    assert ticker.under_way() is None


def test_it_sleeps_until_the_next_is_due(database: Database, start: Start, line: Line) -> None:
    plan(database, replace(CLOSE, due_at=system_clock() + SECOND / 5))
    start(own_clock=system_clock)
    assert line.next() == "r1"


def test_what_another_process_plans_is_found_without_being_told(database: Database, start: Start, line: Line) -> None:
    plan(database, CLOSE)
    start(sleep=0.05)
    line.next()
    plan(database, replace(CLOSE, subject="r2"))
    assert line.next() == "r2"


def test_two_tickers_do_everything_once(database: Database, database_url: str, start: Start, line: Line) -> None:
    plan(database, *(replace(CLOSE, subject=f"r{number}") for number in range(40)))
    another = Database(database_url)
    tickers = [start(sleep=0.05), start(ScheduleStore(another), sleep=0.05)]
    done = [line.next() for _ in range(40)]
    assert [ticker.stop(PATIENCE) for ticker in tickers] == [True, True]
    another.close()
    assert sorted(done) == sorted(f"r{number}" for number in range(40))
    assert line.begun.empty()
    assert {state for (state,) in rows(database, "state")} == {"done"}


def test_a_slow_action_does_not_hold_up_another(database: Database, start: Start, line: Line) -> None:
    plan(database, SLOW, replace(CLOSE, subject="r2"))
    start()
    assert {line.next(), line.next()} == {"r1", "r2"}


def test_what_no_worker_is_free_for_is_not_claimed(database: Database, start: Start, line: Line) -> None:
    plan(database, SLOW, replace(CLOSE, subject="r2"))
    start(workers=1)
    assert line.next() == "r1"
    assert rows(database, "subject", "tries") == [("r1", 1), ("r2", 0)]
    line.release.set()
    assert line.next() == "r2"


def test_an_action_under_way_is_not_begun_again_when_the_clock_jumps_past_its_lease(
    database: Database, start: Start, line: Line, clock: MovableClock
) -> None:
    plan(database, SLOW, replace(CLOSE, subject="r2", due_at=NOON + 2 * LEASE))
    ticker = start(workers=3)
    assert line.next() == "r1"
    clock.move(2 * LEASE)
    ticker.wake()
    assert line.next() == "r2"  # the older one would have come before
    line.release.set()
    assert ticker.stop(PATIENCE)
    assert rows(database, "subject", "state", "tries") == [("r1", "done", 1), ("r2", "done", 1)]


# Trouble


@pytest.mark.parametrize(
    ("error", "level"), [(DatabaseUnavailable("away"), logging.WARNING), (RuntimeError("a bug"), logging.ERROR)]
)
def test_it_outlives_a_database_that_is_away_and_says_so_once(
    database: Database,
    start: Start,
    line: Line,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    level: int,
) -> None:
    plan(database, CLOSE)
    start(Stumbling(database, error, 3), sleep=0.01)
    assert line.next() == "r1"
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (level, f"could not look for what is due; trying again: {error}")
    ]


def test_what_could_not_be_marked_as_done_is_done_again_after_its_lease(
    database: Database, start: Start, line: Line, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    plan(database, CLOSE)
    ticker = start(Forgetful(database, DatabaseUnavailable("away"), 1), sleep=0.01)
    assert line.next() == "r1"
    clock.move(LEASE)
    assert line.next() == "r1"
    assert ticker.stop(PATIENCE)
    assert "close r1: what became of it could not be saved; it is done again: away" in caplog.text
    assert rows(database, "state", "tries") == [("done", 2)]


# Stopping


def test_stopping_waits_for_what_was_begun(database: Database, start: Start, line: Line) -> None:
    plan(database, SLOW)
    ticker = start()
    line.next()
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(ticker.stop, PATIENCE)
        line.release.set()
        assert stopping.result()
    assert rows(database, "state") == [("done",)]


def test_stopping_does_not_wait_for_ever(database: Database, start: Start, line: Line) -> None:
    plan(database, SLOW)
    ticker = start()
    line.next()
    assert not ticker.stop(0.05)
    assert rows(database, "state", "tries") == [("planned", 1)]


def test_nothing_is_begun_once_it_is_stopping(database: Database, start: Start, line: Line) -> None:
    plan(database, SLOW, replace(CLOSE, subject="r2"))
    ticker = start(workers=1)
    line.next()
    assert not ticker.stop(0.05)
    line.release.set()
    assert ticker.stop(PATIENCE)
    assert line.begun.empty()
    assert rows(database, "subject", "state", "tries") == [("r1", "done", 1), ("r2", "planned", 0)]


def test_a_ticker_that_never_started_stops_at_once(database: Database, clock: MovableClock) -> None:
    assert Ticker(Runner(ScheduleStore(database), clock)).stop(0)
