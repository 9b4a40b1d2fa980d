"""The two stores of rounds, on either engine."""

from __future__ import annotations

import pytest

from bot.readiness.ballot_store import BallotStore
from bot.readiness.store import RoundStore
from bot.storage.database import Database


@pytest.fixture
def rounds(database: Database) -> RoundStore:
    return RoundStore(database)


@pytest.fixture
def ballots(database: Database) -> BallotStore:
    return BallotStore(database)
