"""What the schedule promises, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from threading import Barrier
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due, Failure
from bot.scheduler.store import DONE, DUE_ACTIONS, ScheduleStore, cancel, move, schedule
from bot.storage.database import Database
from tests.scheduler.examples import (
    CLOSE,
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NOON,
    OURS,
    PATIENCE,
    SAME_TEAM_ELSEWHERE,
    SECOND,
    THEIRS,
    TICK,
    plan,
    rows,
)

KINDS = ("close", "remind")
LEASES = dict.fromkeys(KINDS, LEASE)
OTHERS = pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])


@pytest.fixture
def store(database: Database) -> ScheduleStore:
    return ScheduleStore(database)


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Database]:
    """Where several may write at once; SQLite lets them in one by one."""
    with closing(Database(postgresql_url)) as database:
        yield database


def claimed(store: ScheduleStore, now: datetime = NOON, at_most: int = 99) -> list[Due]:
    return [due for _, due in store.claim(LEASES, now, at_most)]


def claim_one(store: ScheduleStore, now: datetime = NOON) -> Due:
    (due,) = claimed(store, now)
    return due


def moved(database: Database, action: Action, key: WorkspaceKey = OURS) -> bool:
    with database.write() as connection:
        return move(connection, key, action)


def cancelled(database: Database, subject: str = "r1", occurrence: str | None = None) -> int:
    with database.write() as connection:
        return cancel(connection, OURS, "close", subject, occurrence)


# Planning


def test_the_same_action_twice_is_one_row_and_stays_as_it_was(database: Database) -> None:
    with database.write() as connection:
        assert schedule(connection, OURS, CLOSE)
        assert not schedule(connection, OURS, replace(CLOSE, due_at=NOON + HOUR))
    assert rows(database, "kind", "subject", "occurrence", "due_at", "state") == [("close", "r1", "", NOON, "planned")]


@pytest.mark.parametrize("other", [{"kind": "remind"}, {"subject": "r2"}, {"occurrence": "2026-11-21"}])
def test_kind_subject_and_occurrence_tell_actions_apart(database: Database, other: dict[str, str]) -> None:
    plan(database, CLOSE, replace(CLOSE, **other))  # type: ignore[arg-type]
    assert len(rows(database, "kind")) == 2


@OTHERS
def test_workspaces_plan_apart(database: Database, other: WorkspaceKey) -> None:
    plan(database, CLOSE)
    plan(database, replace(CLOSE, due_at=NOON + HOUR), key=other)
    assert rows(database, "enterprise_id", "team_id", "due_at") == [
        ("", "T1", NOON),
        (other.enterprise_id, other.team_id, NOON + HOUR),
    ]


def test_what_was_done_is_not_planned_again(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    store.done(OURS, claim_one(store), NOON)
    with database.write() as connection:
        assert not schedule(connection, OURS, CLOSE)
    assert claimed(store, NOON + DAY) == []


def test_what_came_to_nothing_is_forgotten_by_who_is_at_it_and_planned_anew(store: ScheduleStore) -> None:
    store.plan(OURS, CLOSE)
    due = claim_one(store)
    assert not store.forget(OURS, replace(due, lease="another"))
    assert store.forget(OURS, due)
    assert not store.done(OURS, due, NOON)
    assert store.plan(OURS, CLOSE)


def test_a_fact_that_is_rolled_back_plans_nothing(store: ScheduleStore, database: Database) -> None:
    with suppress(InterruptedError), database.write() as connection:
        assert schedule(connection, OURS, CLOSE)
        raise InterruptedError
    assert rows(database, "kind") == []
    assert not store.is_due(KINDS, NOON)


def test_a_fact_that_is_rolled_back_cancels_and_moves_nothing(database: Database) -> None:
    plan(database, CLOSE, replace(CLOSE, subject="r2"))
    with suppress(InterruptedError), database.write() as connection:
        assert cancel(connection, OURS, "close", "r1") == 1
        assert move(connection, OURS, replace(CLOSE, subject="r2", due_at=NOON + HOUR))
        raise InterruptedError
    assert rows(database, "subject", "due_at") == [("r1", NOON), ("r2", NOON)]


def test_planning_what_another_is_planning_waits_for_how_that_ends(on_postgresql: Database) -> None:
    def planned_too() -> bool:
        with on_postgresql.write() as connection:
            return schedule(connection, OURS, CLOSE)

    with ThreadPoolExecutor(1) as pool:
        with on_postgresql.write() as connection:
            schedule(connection, OURS, CLOSE)
            second = pool.submit(planned_too)
            wait_until_somebody_waits(on_postgresql)
        assert not second.result()


# Cancelling


def test_what_was_cancelled_is_not_done(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    assert cancelled(database) == 1
    assert claimed(store) == []


def test_all_occurrences_are_cancelled_unless_one_is_named(database: Database) -> None:
    plan(database, *(replace(CLOSE, occurrence=name) for name in ("", "a", "b")))
    assert cancelled(database, occurrence="a") == 1
    assert cancelled(database, occurrence="") == 1
    assert rows(database, "occurrence") == [("b",)]
    plan(database, CLOSE)
    assert cancelled(database) == 2


def test_cancelling_leaves_other_kinds_subjects_and_workspaces(database: Database) -> None:
    plan(database, CLOSE, replace(CLOSE, kind="remind"), replace(CLOSE, subject="r2"))
    plan(database, CLOSE, key=THEIRS)
    plan(database, CLOSE, key=SAME_TEAM_ELSEWHERE)
    assert cancelled(database) == 1
    assert sorted(rows(database, "kind", "subject", "enterprise_id", "team_id")) == [
        ("close", "r1", "", "T2"),
        ("close", "r1", "E1", "T1"),
        ("close", "r2", "", "T1"),
        ("remind", "r1", "", "T1"),
    ]


def test_cancelling_does_not_forget_what_was_done(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    store.done(OURS, claim_one(store), NOON)
    assert cancelled(database) == 0
    assert rows(database, "state") == [("done",)]


def test_what_is_cancelled_while_it_is_done_has_no_next_occurrence(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    due = claim_one(store)
    cancelled(database)
    assert not store.done(OURS, due, NOON, replace(CLOSE, occurrence="2", due_at=NOON + DAY))
    assert rows(database, "kind") == []


def test_what_is_planned_anew_is_not_done_by_a_run_from_before(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    due = claim_one(store)
    cancelled(database)
    plan(database, replace(CLOSE, due_at=NOON + HOUR))
    assert not store.done(OURS, due, NOON)
    assert claim_one(store, NOON + HOUR).tries == 1


def test_cancelling_takes_the_next_occurrence_that_is_being_planned_meanwhile(on_postgresql: Database) -> None:
    plan(on_postgresql, CLOSE)
    with ThreadPoolExecutor(1) as pool:
        with on_postgresql.write() as connection:  # as `done` does it, but slowly
            connection.execute(update(DUE_ACTIONS).values(state=DONE))
            schedule(connection, OURS, replace(CLOSE, occurrence="2"))
            cancelling = pool.submit(cancelled, on_postgresql)
            wait_until_somebody_waits(on_postgresql)
        assert cancelling.result() == 1
    assert rows(on_postgresql, "occurrence", "state") == [("", "done")]


def wait_until_somebody_waits(database: Database) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%due_actions%'"
    until = monotonic() + PATIENCE
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as observer:
        while not observer.execute(text(waiting)).scalar():
            assert monotonic() < until, "nobody waits for the lock"


# Moving


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_what_was_moved_is_done_at_its_new_time(store: ScheduleStore, database: Database, by: timedelta) -> None:
    plan(database, CLOSE)
    assert moved(database, replace(CLOSE, due_at=NOON + by))
    assert claimed(store, NOON + by - TICK) == []
    assert claim_one(store, NOON + by).action.due_at == NOON + by


def test_what_is_not_planned_or_is_done_can_not_be_moved(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    assert not moved(database, replace(CLOSE, subject="r2"))
    assert not moved(database, CLOSE, key=THEIRS)
    assert not moved(database, CLOSE, key=SAME_TEAM_ELSEWHERE)
    store.done(OURS, claim_one(store), NOON)
    assert not moved(database, CLOSE)


def test_what_is_moved_while_it_is_done_is_done_again_at_its_new_time(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    due = claim_one(store)
    moved(database, replace(CLOSE, due_at=NOON + HOUR))
    assert not store.done(OURS, due, NOON)
    assert claimed(store, NOON + HOUR - TICK) == []
    assert claim_one(store, NOON + HOUR).tries == 1


def test_what_was_given_up_is_tried_again_when_it_is_moved(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    store.give_up(OURS, claim_one(store), NOON)
    assert moved(database, replace(CLOSE, due_at=NOON + HOUR))
    assert store.failures() == []
    assert claim_one(store, NOON + HOUR).tries == 1


# Claiming


def test_nothing_is_claimed_before_its_time(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    assert not store.is_due(KINDS, NOON - TICK)
    assert claimed(store, NOON - TICK) == []
    assert store.is_due(KINDS, NOON)
    assert claim_one(store).action == CLOSE


def test_the_oldest_of_all_workspaces_come_first_and_no_more_than_wanted(
    store: ScheduleStore, database: Database
) -> None:
    plan(database, replace(CLOSE, due_at=NOON), replace(CLOSE, subject="r2", due_at=NOON - 2 * MINUTE))
    plan(database, replace(CLOSE, due_at=NOON - MINUTE), key=THEIRS)
    found = store.claim(LEASES, NOON, 2)
    assert [(key, due.action.subject) for key, due in found] == [(OURS, "r2"), (THEIRS, "r1")]


def test_kinds_that_nobody_here_does_are_left_alone(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    assert not store.is_due(["remind"], NOON)
    assert store.claim({"remind": LEASE}, NOON, 9) == []
    assert store.next_due(["remind"]) is None
    assert store.claim({}, NOON, 9) == []


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    first = claim_one(store)
    assert not store.is_due(KINDS, NOON + LEASE - TICK)
    assert claimed(store, NOON + LEASE - TICK) == []
    second = claim_one(store, NOON + LEASE)
    assert (first.tries, second.tries) == (1, 2)
    assert first.lease != second.lease


def test_what_the_caller_is_still_at_is_left_alone_even_after_its_lease(
    store: ScheduleStore, database: Database
) -> None:
    plan(database, CLOSE, replace(CLOSE, subject="r2", due_at=NOON + LEASE))
    held = [claim_one(store).lease]
    assert store.is_due(KINDS, NOON + LEASE, held)
    ((_, due),) = store.claim(LEASES, NOON + LEASE, 9, held)
    assert due.action.subject == "r2"
    assert not store.is_due(KINDS, NOON + LEASE, held)
    assert store.is_due(KINDS, NOON + LEASE)


def test_who_is_slower_than_the_lease_may_finish_what_nobody_took_over(
    store: ScheduleStore, database: Database
) -> None:
    plan(database, CLOSE)
    assert store.done(OURS, claim_one(store), NOON + DAY)


def test_who_was_overtaken_changes_nothing(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    slow = claim_one(store)
    quick = claim_one(store, NOON + LEASE)
    after = replace(CLOSE, occurrence="2", due_at=NOON + DAY)
    assert not store.done(OURS, slow, NOON + LEASE, after)
    assert not store.put_off(OURS, slow, NOON)
    assert not store.give_up(OURS, slow, NOON)
    assert rows(database, "occurrence", "state", "lease") == [("", "planned", quick.lease)]
    assert store.done(OURS, quick, NOON + LEASE)


@OTHERS
def test_a_lease_is_no_key_to_another_workspace(store: ScheduleStore, database: Database, other: WorkspaceKey) -> None:
    plan(database, CLOSE)
    assert not store.done(other, claim_one(store), NOON)


def test_racing_claimers_share_out_everything_once(database: Database, database_url: str) -> None:
    plan(database, *(replace(CLOSE, subject=f"r{number}") for number in range(60)))
    start = Barrier(4)

    def take() -> list[str]:
        with closing(Database(database_url)) as own:  # as a process of its own has it
            store, taken = ScheduleStore(own), []
            start.wait()
            while found := claimed(store, at_most=3):
                taken += [due.action.subject for due in found]
            return taken

    with ThreadPoolExecutor(4) as pool:
        shares = [taking.result() for taking in [pool.submit(take) for _ in range(4)]]
    assert sorted(chain.from_iterable(shares)) == sorted(f"r{number}" for number in range(60))


def test_what_another_is_claiming_is_skipped_and_not_waited_for(on_postgresql: Database) -> None:
    plan(on_postgresql, CLOSE, replace(CLOSE, subject="r2"))
    with ThreadPoolExecutor(1) as pool, on_postgresql.write() as connection:
        connection.execute(select(DUE_ACTIONS).where(DUE_ACTIONS.c.subject == "r1").with_for_update()).all()
        claiming = pool.submit(claim_one, ScheduleStore(on_postgresql))
        assert claiming.result(PATIENCE).action.subject == "r2"


# What became of it


def test_the_next_occurrence_is_planned_when_this_one_is_done(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    tomorrow = replace(CLOSE, occurrence="2", due_at=NOON + DAY)
    assert store.done(OURS, claim_one(store), NOON + SECOND, tomorrow)
    assert rows(database, "occurrence", "state", "ended_at") == [("", "done", NOON + SECOND), ("2", "planned", None)]
    assert claim_one(store, NOON + DAY).action == tomorrow


def test_a_next_occurrence_that_is_planned_already_stays(store: ScheduleStore, database: Database) -> None:
    tomorrow = replace(CLOSE, occurrence="2", due_at=NOON + DAY)
    plan(database, CLOSE, tomorrow)
    assert store.done(OURS, claim_one(store), NOON, replace(tomorrow, due_at=NOON + HOUR))
    assert rows(database, "occurrence", "due_at") == [("", NOON), ("2", NOON + DAY)]


def test_what_is_put_off_keeps_the_time_it_was_due(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    assert store.put_off(OURS, claim_one(store), NOON + MINUTE)
    assert claimed(store, NOON + MINUTE - TICK) == []
    due = claim_one(store, NOON + MINUTE)
    assert (due.action, due.late, due.tries) == (CLOSE, MINUTE, 2)


def test_what_was_put_off_takes_its_place_by_the_time_that_it_was_put_off_to(
    store: ScheduleStore, database: Database
) -> None:
    """By when it was first due it would be found sooner, but only among all those that are not to be done yet."""
    plan(database, replace(CLOSE, due_at=NOON - HOUR))
    store.put_off(OURS, claim_one(store), NOON - MINUTE)
    plan(database, replace(CLOSE, subject="r2", due_at=NOON - 2 * MINUTE), replace(CLOSE, subject="r3"))
    assert [claim_one_of_many(store) for _ in range(3)] == ["r2", "r1", "r3"]


def claim_one_of_many(store: ScheduleStore) -> str:
    (due,) = claimed(store, at_most=1)
    return due.action.subject


def test_what_is_given_up_is_not_tried_again_and_stays_to_be_seen(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    plan(database, CLOSE, key=THEIRS)
    both = dict(store.claim(LEASES, NOON, 9))
    for minutes, (key, due) in enumerate([(THEIRS, both[THEIRS]), (OURS, both[OURS])]):
        store.give_up(key, due, NOON + minutes * MINUTE)
    assert claimed(store, NOON + DAY) == []
    found = store.failures()
    assert found == [(THEIRS, Failure(CLOSE, 1, NOON)), (OURS, Failure(CLOSE, 1, NOON + MINUTE))]


# When next


def test_nothing_is_next_in_an_empty_schedule(store: ScheduleStore) -> None:
    assert store.next_due(KINDS) is None


def test_the_next_of_all_workspaces_is_the_earliest(store: ScheduleStore, database: Database) -> None:
    plan(database, replace(CLOSE, due_at=NOON + HOUR))
    plan(database, replace(CLOSE, due_at=NOON + MINUTE), key=THEIRS)
    assert store.next_due(KINDS) == NOON + MINUTE


def test_what_is_being_done_or_is_done_is_not_next(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE, replace(CLOSE, subject="r2", due_at=NOON + HOUR))
    due = claim_one(store)
    assert store.next_due(KINDS) == NOON + HOUR
    store.done(OURS, due, NOON)
    assert store.next_due(KINDS) == NOON + HOUR
    store.give_up(OURS, claim_one(store, NOON + HOUR), NOON)
    assert store.next_due(KINDS) is None


def test_what_was_put_off_is_next_when_its_pause_ends(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE)
    store.put_off(OURS, claim_one(store), NOON + MINUTE)
    assert store.next_due(KINDS) == NOON + MINUTE


# Cleaning


def test_the_clean_up_forgets_what_ended_before_in_all_workspaces(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE, replace(CLOSE, subject="r2"))
    plan(database, CLOSE, key=THEIRS)
    for key, due in store.claim(LEASES, NOON, 9):
        (store.done if due.action.subject == "r1" else store.give_up)(key, due, NOON)
    assert store.clean(NOON) == 0
    assert store.clean(NOON + TICK) == 3
    assert rows(database, "kind") == []


def test_the_clean_up_leaves_what_is_planned_however_overdue(store: ScheduleStore, database: Database) -> None:
    plan(database, CLOSE, replace(CLOSE, subject="r2", due_at=NOON + TICK))
    claim_one(store)
    assert store.clean(NOON + 365 * DAY) == 0


# Whatever order things happen in


@dataclass
class Play:
    """Claimers and people do things to one schedule; the play knows who may hold what."""

    database: Database
    now: datetime = NOON
    live: dict[str, tuple[datetime, Due]] = field(default_factory=dict)  # by subject: until when it is whose
    stale: list[Due] = field(default_factory=list)  # claims that lost their hold by moving, cancelling, overtaking
    completed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.store = ScheduleStore(self.database)

    def claim(self, subject: str) -> None:
        del subject
        for due in claimed(self.store, self.now, at_most=2):
            found = due.action.subject
            assert found not in self.completed, "done, and done again"
            if found in self.live:
                until, overtaken = self.live[found]
                assert self.now >= until, "claimed by two at once"
                self.stale.append(overtaken)
            self.live[found] = (self.now + LEASE, due)

    def finish(self, subject: str) -> None:
        if subject in self.live:
            _, due = self.live.pop(subject)
            assert self.store.done(OURS, due, self.now), "the holder could not finish"
            self.completed.add(subject)

    def fail(self, subject: str) -> None:
        if subject in self.live:
            _, due = self.live.pop(subject)
            assert self.store.put_off(OURS, due, self.now + SECOND)

    def finish_late(self, subject: str) -> None:
        del subject
        for due in self.stale:
            assert not self.store.done(OURS, due, self.now), "somebody else's was finished"

    def move(self, subject: str) -> None:
        can = moved(self.database, replace(CLOSE, subject=subject, due_at=self.now + MINUTE))
        assert not (can and subject in self.completed), "done, and planned again"
        self._lose(subject)

    def cancel(self, subject: str) -> None:
        cancelled(self.database, subject)
        self._lose(subject)

    def plan(self, subject: str) -> None:
        plan(self.database, replace(CLOSE, subject=subject, due_at=self.now))

    def wait(self, subject: str) -> None:
        self.now += LEASE if subject == "r1" else MINUTE

    def _lose(self, subject: str) -> None:
        if subject in self.live:
            self.stale.append(self.live.pop(subject)[1])


DEEDS: dict[str, Callable[[Play, str], None]] = {
    name: getattr(Play, name) for name in ("claim", "finish", "fail", "finish_late", "move", "cancel", "plan", "wait")
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(["r1", "r2", "r3"])), max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_nothing_is_held_by_two_or_done_twice_whatever_happens_in_whatever_order(
    database: Database, steps: list[tuple[str, str]]
) -> None:
    with database.write() as connection:
        connection.execute(delete(DUE_ACTIONS))
    play = Play(database)
    for subject in ("r1", "r2", "r3"):
        play.plan(subject)
    for deed, subject in steps:
        DEEDS[deed](play, subject)
