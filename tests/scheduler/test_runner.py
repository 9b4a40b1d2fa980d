"""What becomes of an action that is due: done, tried again, given up."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.clock import MovableClock
from bot.errors import Queued, Refusal, TryLater, Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import MOST_TRIES, Action, Due, Failure, pause_after
from bot.scheduler.runner import Runner
from bot.scheduler.store import ScheduleStore, cancel, move
from bot.storage.database import Database
from tests.scheduler.examples import CLOSE, DAY, HOUR, LEASE, MINUTE, NOON, OURS, SECOND, THEIRS, plan, rows

DAILY = Action("daily", "s1", NOON, "2026-11-21")


class Doer:
    """Takes down what it is given to do. It fails as often as it is told to."""

    def __init__(self, error: Exception | None = None, failures: int = 0) -> None:
        self.seen: list[tuple[WorkspaceKey, Due]] = []
        self.error, self.failures = error, failures

    def __call__(self, key: WorkspaceKey, due: Due) -> Action | None:
        self.seen.append((key, due))
        if self.error and len(self.seen) <= self.failures:
            raise self.error
        return None

    @property
    def subjects(self) -> list[str]:
        return [due.action.subject for _, due in self.seen]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(lambda: NOON)


@pytest.fixture
def store(database: Database) -> ScheduleStore:
    return ScheduleStore(database)


@pytest.fixture
def runner(store: ScheduleStore, clock: MovableClock) -> Runner:
    return Runner(store, clock, LEASE)


def run_to_the_end(runner: Runner, clock: MovableClock) -> list[datetime]:
    """When it ran, jumping from one due time to the next."""
    times = []
    while next_due := runner.next_due():
        clock.move_to(next_due)
        times.append(clock())
        assert runner.run_due() == 1
    return times


# Doing


def test_what_is_due_is_done_once(runner: Runner, database: Database) -> None:
    doer = Doer()
    runner.register("close", doer)
    plan(database, CLOSE, key=THEIRS)
    assert (runner.run_due(), runner.run_due()) == (1, 0)
    ((key, due),) = doer.seen
    assert (key, due.action, due.tries, due.late) == (THEIRS, CLOSE, 1, timedelta())


def test_what_is_not_due_is_left(runner: Runner, database: Database) -> None:
    runner.register("close", Doer())
    plan(database, replace(CLOSE, due_at=NOON + SECOND))
    assert runner.run_due() == 0


def test_looking_when_nothing_is_due_waits_for_nobody_who_writes(
    runner: Runner, database: Database, database_url: str
) -> None:
    runner.register("close", Doer())
    plan(database, replace(CLOSE, due_at=NOON + SECOND))
    with closing(Database(database_url)) as another, another.write():
        assert runner.claim(1) == []


def test_a_kind_that_nobody_does_is_left_for_a_process_that_knows_it(runner: Runner, database: Database) -> None:
    plan(database, CLOSE)
    runner.register("daily", Doer())
    assert runner.run_due() == 0
    assert runner.next_due() is None
    assert rows(database, "state", "tries") == [("planned", 0)]


def test_a_kind_has_one_handler(runner: Runner) -> None:
    runner.register("close", Doer())
    with pytest.raises(ValueError, match="there is a handler for close already"):
        runner.register("close", Doer())


def test_a_handler_runs_outside_any_transaction(runner: Runner, database: Database, database_url: str) -> None:
    def write(_key: WorkspaceKey, _due: Due) -> None:
        with closing(Database(database_url)) as another:  # a transaction of ours would keep it waiting, and fail it
            plan(another, replace(CLOSE, subject="r2", due_at=NOON + DAY))

    runner.register("close", write)
    plan(database, CLOSE)
    runner.run_due()
    assert rows(database, "subject", "state") == [("r1", "done"), ("r2", "planned")]


# Late


def test_what_is_overdue_is_done_late_the_oldest_first_and_told_how_late(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    doer = Doer()
    runner.register("close", doer)
    plan(database, *(replace(CLOSE, subject=f"r{hours}", due_at=NOON + hours * HOUR) for hours in (2, 0, 3, 1)))
    clock.move(3 * DAY)
    assert runner.run_due() == 4
    assert doer.subjects == ["r0", "r1", "r2", "r3"]
    assert [due.late for _, due in doer.seen] == [3 * DAY - hours * HOUR for hours in range(4)]


# Series


def daily(clock: MovableClock, done_at: list[datetime]) -> Action | None:
    """The handler's part: the next occurrence is the first after now."""
    done_at.append(clock())
    days = (clock() - NOON) // DAY + 1
    at = NOON + days * DAY
    return replace(DAILY, due_at=at, occurrence=f"{at:%Y-%m-%d}")


def test_a_series_goes_on(runner: Runner, database: Database, clock: MovableClock) -> None:
    done_at: list[datetime] = []
    runner.register("daily", lambda _key, _due: daily(clock, done_at))
    plan(database, DAILY)
    for _ in range(3):
        assert runner.run_due() == 1
        clock.move(DAY)
    assert done_at == [NOON, NOON + DAY, NOON + 2 * DAY]
    assert runner.next_due() == NOON + 3 * DAY


def test_a_series_runs_once_after_a_long_downtime(runner: Runner, database: Database, clock: MovableClock) -> None:
    done_at: list[datetime] = []
    runner.register("daily", lambda _key, _due: daily(clock, done_at))
    plan(database, DAILY)
    clock.move(30 * DAY + HOUR)
    assert runner.run_due() == 1
    assert runner.next_due() == NOON + 31 * DAY


def test_a_series_that_a_crash_ran_twice_has_one_next_occurrence(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    done_at: list[datetime] = []
    runner.register("daily", lambda _key, _due: daily(clock, done_at))
    plan(database, DAILY)
    ((key, due),) = runner.claim(1)
    clock.move(LEASE)
    runner.run_due()
    runner.run(key, due)  # the one that was thought dead
    assert rows(database, "occurrence", "state") == [("2026-11-21", "done"), ("2026-11-22", "planned")]


def test_the_next_occurrence_needs_a_name_of_its_own(
    runner: Runner, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    runner.register("daily", lambda _key, due: replace(due.action, due_at=NOON + DAY))
    plan(database, DAILY)
    runner.run_due()
    assert "the next occurrence of daily s1 2026-11-21 has the same name" in caplog.text
    assert rows(database, "state") == [("planned",)]


def test_what_is_cancelled_while_it_is_done_does_not_go_on(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    def cancel_meanwhile(_key: WorkspaceKey, _due: Due) -> Action | None:
        with database.write() as connection:
            cancel(connection, OURS, "daily", "s1")
        return daily(clock, [])

    runner.register("daily", cancel_meanwhile)
    plan(database, DAILY)
    runner.run_due()
    assert rows(database, "kind") == []


def test_what_is_moved_while_it_is_done_is_done_again_then(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    def extend_meanwhile(_key: WorkspaceKey, due: Due) -> None:
        if not due.late:
            with database.write() as connection:
                move(connection, OURS, replace(CLOSE, due_at=NOON + MINUTE))
            clock.move(HOUR)

    runner.register("close", extend_meanwhile)
    plan(database, CLOSE)
    assert runner.run_due() == 2
    assert rows(database, "due_at", "state", "tries") == [(NOON + MINUTE, "done", 1)]


# Failing


@pytest.mark.parametrize("error", [Unavailable("Slack is away"), RuntimeError("a bug"), Refusal("no")], ids=repr)
def test_a_failure_is_tried_again_after_growing_pauses(
    runner: Runner, database: Database, clock: MovableClock, error: Exception
) -> None:
    doer = Doer(error, failures=3)
    runner.register("close", doer)
    plan(database, CLOSE)
    times = run_to_the_end(runner, clock)
    assert [due.tries for _, due in doer.seen] == [1, 2, 3, 4]
    assert [later - earlier for earlier, later in pairwise(times)] == [5 * SECOND, 10 * SECOND, 20 * SECOND]
    assert rows(database, "state") == [("done",)]


def test_a_failure_does_not_stop_the_others(runner: Runner, database: Database) -> None:
    doer = Doer(RuntimeError("a bug"), failures=1)
    runner.register("close", doer)
    plan(database, CLOSE, replace(CLOSE, subject="r2", due_at=NOON))
    assert runner.run_due() == 2
    assert sorted(rows(database, "state", "tries")) == [("done", 1), ("planned", 1)]


def test_trouble_outside_is_no_error_in_the_log(
    runner: Runner, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    runner.register("close", Doer(Unavailable("Slack is away"), failures=1))
    plan(database, CLOSE)
    runner.run_due()
    assert caplog.record_tuples == [("bot.scheduler.runner", logging.INFO, "close r1: try 1 failed: Slack is away")]


def test_an_unexpected_error_is_logged_with_where_it_happened(
    runner: Runner, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    runner.register("close", Doer(RuntimeError("a bug"), failures=1))
    plan(database, CLOSE)
    runner.run_due()
    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "close r1: try 1 failed")
    assert record.exc_info


def test_what_fails_for_too_long_is_given_up_logged_once_and_stays_visible(
    runner: Runner, store: ScheduleStore, database: Database, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    doer = Doer(Unavailable("Slack is away"), failures=MOST_TRIES + 1)
    runner.register("close", doer)
    plan(database, CLOSE)
    times = run_to_the_end(runner, clock)
    assert len(doer.seen) == MOST_TRIES
    assert times[-1] - NOON == sum((pause_after(tries) for tries in range(1, MOST_TRIES)), timedelta())
    ((key, failure),) = store.failures()
    assert (key, failure) == (OURS, Failure(CLOSE, MOST_TRIES, clock(), "Slack is away"))
    assert [(record.levelno, record.message) for record in caplog.records if record.levelno > logging.INFO] == [
        (logging.ERROR, f"close r1: given up after {MOST_TRIES} tries; it was due at 2026-11-21 12:00:00+00:00")
    ]


@pytest.mark.parametrize("words", ["Anna promised it", "x" * 1_000])
def test_of_an_unexpected_error_its_kind_is_kept_as_the_reason_and_none_of_its_words(
    runner: Runner, store: ScheduleStore, database: Database, clock: MovableClock, words: str
) -> None:
    runner.register("close", Doer(RuntimeError(words), failures=MOST_TRIES))
    plan(database, CLOSE)
    run_to_the_end(runner, clock)
    assert [one.reason for _, one in store.failures()] == ["RuntimeError"]


def test_what_is_tried_for_ever_is_tried_hourly_until_it_is_done(
    runner: Runner, store: ScheduleStore, database: Database, clock: MovableClock
) -> None:
    doer = Doer(Unavailable("Slack is away"), failures=3 * MOST_TRIES)
    runner.register("close", doer, for_ever=True)
    plan(database, CLOSE)
    times = run_to_the_end(runner, clock)
    assert len(doer.seen) == 3 * MOST_TRIES + 1
    assert times[-1] - times[-2] == HOUR
    assert (rows(database, "state"), store.failures()) == ([("done",)], [])


def test_what_ends_the_process_at_every_try_is_tried_for_ever_as_well(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    doer = Doer()
    runner.register("close", doer, for_ever=True)
    plan(database, CLOSE)
    for _ in range(MOST_TRIES + 1):
        assert len(runner.claim(1)) == 1  # and the process ends
        clock.move(LEASE)
    runner.run_due()
    assert len(doer.seen) == 1


def test_giving_up_is_told_before_it_is_done(
    runner: Runner, store: ScheduleStore, database: Database, clock: MovableClock
) -> None:
    told: list[tuple[WorkspaceKey, Due]] = []

    def tell(key: WorkspaceKey, due: Due) -> None:
        assert store.failures() == []
        told.append((key, due))

    runner.register("close", Doer(Unavailable("Slack is away"), failures=MOST_TRIES), on_given_up=tell)
    plan(database, CLOSE)
    run_to_the_end(runner, clock)
    ((key, due),) = told
    assert (key, due.action, due.tries) == (OURS, CLOSE, MOST_TRIES)
    assert len(store.failures()) == 1


def test_what_can_t_tell_that_it_is_given_up_is_given_up_still(
    runner: Runner, store: ScheduleStore, database: Database, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_key: WorkspaceKey, _due: Due) -> None:
        raise RuntimeError("a bug")

    runner.register("close", Doer(Unavailable("Slack is away"), failures=MOST_TRIES), on_given_up=fail)
    plan(database, CLOSE)
    run_to_the_end(runner, clock)
    assert "close r1: could not tell that it is given up" in caplog.messages
    assert len(store.failures()) == 1


def test_what_is_to_be_tried_later_is_tried_exactly_then_and_counts_as_not_tried(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    doer = Doer(TryLater("not now", 1.5), failures=2)
    runner.register("close", doer)
    plan(database, CLOSE)
    times = run_to_the_end(runner, clock)
    assert [time - NOON for time in times] == [0 * SECOND, 1.5 * SECOND, 3 * SECOND]
    assert [due.tries for _, due in doer.seen] == [1, 1, 1]
    assert rows(database, "state", "tries") == [("done", 1)]


def test_what_is_to_be_tried_later_is_never_given_up(
    runner: Runner, database: Database, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    doer = Doer(TryLater("not now", 60), failures=2 * MOST_TRIES)
    runner.register("close", doer)
    plan(database, CLOSE)
    run_to_the_end(runner, clock)
    assert len(doer.seen) == 2 * MOST_TRIES + 1
    assert rows(database, "state") == [("done",)]
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


def test_what_queued_is_done_at_its_turn_knows_it_and_counts_as_not_tried_before(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    turn = NOON + 40 * SECOND
    doer = Doer(Queued("not now", turn, NOON), failures=1)
    runner.register("close", doer)
    plan(database, CLOSE)
    assert run_to_the_end(runner, clock) == [NOON, turn]
    assert [(due.tries, due.turn) for _, due in doer.seen] == [(1, None), (1, turn)]


def test_a_turn_that_was_missed_for_another_reason_is_not_kept(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    doer = Doer(Queued("not now", NOON + SECOND, NOON), failures=1)
    runner.register("close", doer)
    plan(database, CLOSE)
    runner.run_due()
    clock.move(SECOND)
    doer.error, doer.failures = TryLater("Slack says so", 5), 2
    run_to_the_end(runner, clock)
    assert [due.turn for _, due in doer.seen] == [None, NOON + SECOND, None]


def test_a_try_that_a_crash_ended_still_counts_after_one_that_was_put_off(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    doer = Doer(TryLater("not now", 1), failures=1)
    runner.register("close", doer)
    plan(database, CLOSE)
    runner.claim(1)  # and the process ends
    clock.move(LEASE)
    runner.run_due()
    run_to_the_end(runner, clock)
    assert [due.tries for _, due in doer.seen] == [2, 2]


def test_what_ends_the_process_at_every_try_is_given_up_as_well(
    runner: Runner, store: ScheduleStore, database: Database, clock: MovableClock
) -> None:
    doer = Doer()
    runner.register("close", doer)
    plan(database, CLOSE)
    for _ in range(MOST_TRIES):
        assert runner.claim(1)  # and the process ends
        clock.move(LEASE)
    runner.run_due()
    assert doer.seen == []
    assert [failure.action for _, failure in store.failures()] == [CLOSE]


def test_a_kind_with_a_lease_of_its_own_is_begun_again_sooner_after_a_crash(
    runner: Runner, database: Database, clock: MovableClock
) -> None:
    doer = Doer()
    runner.register("close", doer)
    runner.register("remind", doer, LEASE / 5)
    plan(database, CLOSE, Action("remind", "r2", NOON))
    assert len(runner.claim(9)) == 2  # and the process ends
    clock.move(LEASE / 5)
    assert runner.run_due() == 1
    clock.move(LEASE)
    assert runner.run_due() == 1
    assert doer.subjects == ["r2", "r1"]
