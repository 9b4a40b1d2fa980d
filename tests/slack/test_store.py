"""What the delivery store promises, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from bot.keys import WorkspaceKey
from bot.slack.store import DeliveryStore
from bot.storage.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")


@pytest.fixture
def store(database: Database) -> DeliveryStore:
    return DeliveryStore(database)


def test_a_delivery_is_new_once(store: DeliveryStore) -> None:
    assert [store.is_new(OURS, "event:Ev1", NOON) for _ in range(3)] == [True, False, False]


def test_different_deliveries_are_each_new(store: DeliveryStore) -> None:
    assert store.is_new(OURS, "event:Ev1", NOON)
    assert store.is_new(OURS, "event:Ev2", NOON)


def test_workspaces_have_their_own_deliveries(store: DeliveryStore) -> None:
    assert store.is_new(OURS, "event:Ev1", NOON)
    assert store.is_new(THEIRS, "event:Ev1", NOON)


@pytest.mark.usefixtures("database")
def test_of_many_processes_at_once_exactly_one_takes_a_delivery(database_url: str) -> None:
    start = Barrier(8)

    def take(_number: int) -> bool:
        with closing(Database(database_url)) as own:  # as a process of its own has it
            start.wait()
            return DeliveryStore(own).is_new(OURS, "event:Ev1", NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_a_very_long_delivery_key_is_recognised_as_well(store: DeliveryStore) -> None:
    name = "action:U1:1.1:1.2:" + "x" * 300
    assert store.is_new(OURS, name, NOON)
    assert not store.is_new(OURS, name, NOON)


def test_the_clean_up_forgets_old_deliveries_in_all_workspaces(store: DeliveryStore) -> None:
    store.is_new(OURS, "event:Ev1", NOON)
    store.is_new(THEIRS, "event:Ev1", NOON)
    store.is_new(OURS, "event:Ev2", NOON + timedelta(days=2))
    assert store.clean(NOON + timedelta(days=1)) == 2
    assert store.is_new(OURS, "event:Ev1", NOON)
    assert not store.is_new(OURS, "event:Ev2", NOON)
