"""Commitments with all of it real but Slack and the clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.store import CommitmentStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import DAN, DAY, MONDAY, OURS, made
from tests.accountability.surroundings import Scene, Time

Keep = Callable[[Commitment], Commitment]


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database, Time(MONDAY + DAY))


@pytest.fixture
def store(database: Database) -> CommitmentStore:
    return CommitmentStore(database)


@pytest.fixture
def service(scene: Scene) -> CommitmentService:
    """Dan looks after the bot."""
    return scene.commitments(admins=[DAN])


@pytest.fixture
def keep(store: CommitmentStore) -> Keep:
    """Has a commitment in the database."""

    def save(of: Commitment) -> Commitment:
        assert store.add(OURS, of, made(of))
        return of

    return save
