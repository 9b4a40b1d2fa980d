"""The two stores of these tests; the series is saved in them."""

from __future__ import annotations

import pytest

from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.store import SessionStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS
from tests.accountability.sessions.examples import SERIES, TIMES


@pytest.fixture
def series(database: Database) -> SeriesStore:
    store = SeriesStore(database)
    store.add(OURS, SERIES, TIMES)
    return store


@pytest.fixture
def sessions(database: Database, series: SeriesStore) -> SessionStore:
    del series  # it has saved the one that these are of
    return SessionStore(database)
