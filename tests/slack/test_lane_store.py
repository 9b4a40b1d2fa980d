"""What the store of lanes promises, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from bot.keys import WorkspaceKey
from bot.slack.lane_store import LANES, LaneStore
from bot.storage.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND, NOW = timedelta(seconds=1), timedelta()
OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")
AT_ONCE = 8


@pytest.fixture
def lanes(database: Database) -> LaneStore:
    return LaneStore(database)


def free_at(database: Database) -> dict[str, timedelta]:
    """When each lane is free, counted from noon."""
    with database.read() as connection:
        return {lane: at - NOON for lane, at in connection.execute(select(LANES.c.lane, LANES.c.free_at))}


# Taking


def test_a_lane_that_nobody_used_is_free(lanes: LaneStore) -> None:
    assert lanes.take(OURS, {"edit": SECOND}, NOON) == NOW


def test_a_lane_that_was_taken_is_free_after_its_time_and_not_before(lanes: LaneStore) -> None:
    lanes.take(OURS, {"edit": 3 * SECOND}, NOON)
    assert lanes.take(OURS, {"edit": SECOND}, NOON + SECOND) == 2 * SECOND
    assert lanes.take(OURS, {"edit": SECOND}, NOON + 3 * SECOND) == NOW
    assert lanes.take(OURS, {"edit": SECOND}, NOON + 3.5 * SECOND) == 0.5 * SECOND


def test_lanes_are_taken_together_each_for_its_time(lanes: LaneStore, database: Database) -> None:
    assert lanes.take(OURS, {"one": SECOND, "another": 20 * SECOND}, NOON) == NOW
    assert free_at(database) == {"one": SECOND, "another": 20 * SECOND}


def test_when_one_is_not_free_none_is_taken_and_the_longest_wait_is_told(lanes: LaneStore) -> None:
    lanes.take(OURS, {"a": 2 * SECOND}, NOON)
    lanes.take(OURS, {"c": 5 * SECOND}, NOON)
    assert lanes.take(OURS, {"c": SECOND, "b": SECOND, "a": SECOND}, NOON + SECOND) == 4 * SECOND
    assert lanes.take(OURS, {"b": SECOND}, NOON + SECOND) == NOW


def test_workspaces_have_their_own_lanes(lanes: LaneStore) -> None:
    lanes.take(OURS, {"edit": SECOND}, NOON)
    assert lanes.take(THEIRS, {"edit": SECOND}, NOON) == NOW
    assert lanes.take(WorkspaceKey("E1", "T1"), {"edit": SECOND}, NOON) == NOW


@pytest.mark.usefixtures("database")
def test_of_many_processes_at_once_exactly_one_takes_a_lane(database_url: str) -> None:
    waits = all_at_once(database_url, lambda number: {"shared": SECOND, f"own {number}": SECOND})
    assert sorted(waits) == [NOW] + [SECOND] * (AT_ONCE - 1)


@pytest.mark.usefixtures("database")
def test_processes_that_want_the_same_lanes_in_another_order_never_wait_for_each_other(database_url: str) -> None:
    names = [f"lane {number}" for number in range(5)]

    def wanted(number: int) -> dict[str, timedelta]:
        return dict.fromkeys(names if number % 2 else reversed(names), SECOND)

    for round_number in range(5):
        waits = all_at_once(database_url, wanted, NOON + 60 * round_number * SECOND)
        assert sorted(waits) == [NOW] + [SECOND] * (AT_ONCE - 1)


def test_a_lane_that_is_forgotten_meanwhile_is_still_taken_once(database: Database, database_url: str) -> None:
    """The clean-up takes away the row that a process is about to lock."""
    for minute in range(10):
        at = NOON + 60 * minute * SECOND
        with ThreadPoolExecutor(1) as pool:
            cleaning = pool.submit(LaneStore(database).clean, at)
            waits = all_at_once(database_url, lambda _: {"shared": SECOND}, at)
            cleaning.result()
        assert sorted(waits) == [NOW] + [SECOND] * (AT_ONCE - 1)


def all_at_once(url: str, wanted: Callable[[int], Mapping[str, timedelta]], at: datetime = NOON) -> list[timedelta]:
    start = Barrier(AT_ONCE)

    def take(number: int) -> timedelta:
        with closing(Database(url)) as own:  # as a process of its own has it
            start.wait()
            return LaneStore(own).take(OURS, wanted(number), at)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(take, range(AT_ONCE)))


# Holding and releasing


def test_a_held_lane_is_closed_until_then(lanes: LaneStore) -> None:
    lanes.hold(OURS, "edit", NOON + 30 * SECOND)
    assert lanes.take(OURS, {"edit": SECOND}, NOON) == 30 * SECOND
    assert lanes.take(THEIRS, {"edit": SECOND}, NOON) == NOW


def test_a_hold_never_opens_a_lane_earlier(lanes: LaneStore) -> None:
    lanes.take(OURS, {"edit": 20 * SECOND}, NOON)
    lanes.hold(OURS, "edit", NOON + 5 * SECOND)
    assert lanes.take(OURS, {"edit": SECOND}, NOON) == 20 * SECOND
    lanes.hold(OURS, "edit", NOON + 40 * SECOND)
    assert lanes.take(OURS, {"edit": SECOND}, NOON) == 40 * SECOND


def test_a_released_lane_is_free_at_exactly_that_time(lanes: LaneStore) -> None:
    lanes.take(OURS, {"edit": 20 * SECOND}, NOON)
    lanes.release(OURS, "edit", NOON + 3 * SECOND)
    assert lanes.take(OURS, {"edit": SECOND}, NOON + 2 * SECOND) == SECOND
    lanes.release(OURS, "unheard of", NOON + 3 * SECOND)
    assert lanes.take(OURS, {"unheard of": SECOND}, NOON) == 3 * SECOND


# Forgetting


def test_the_clean_up_forgets_lanes_long_free_in_all_workspaces(lanes: LaneStore, database: Database) -> None:
    lanes.take(OURS, {"old": SECOND}, NOON)
    lanes.take(THEIRS, {"old": SECOND}, NOON)
    lanes.take(OURS, {"new": SECOND}, NOON + 60 * SECOND)
    assert lanes.clean(NOON + 60 * SECOND) == 2
    assert free_at(database) == {"new": 61 * SECOND}


def test_the_longest_names_have_room(lanes: LaneStore) -> None:
    assert lanes.take(OURS, {"x" * 160: SECOND}, NOON) == NOW
