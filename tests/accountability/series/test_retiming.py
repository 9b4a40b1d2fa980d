"""Other times for a series, where waiting for its sessions on a stage would take too long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.accountability.series.finding import Finder
from bot.accountability.series.rescheduling import Named, Rescheduling
from bot.accountability.series.retiming import Retiming
from bot.accountability.series.store import SeriesDraftStore
from bot.accountability.series.typed import TypedTimes
from bot.accountability.sessions.later import OPEN, coming
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import close, open_
from bot.accountability.sessions.store import SessionStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS
from tests.accountability.sessions.examples import BEFORE, HOST, SERIES, TIMES
from tests.accountability.surroundings import Scene, Time

NEW_TIMES = TypedTimes("written", "weekly on Tuesday", "2026-11-28", "14:00", "Europe/Berlin", "30")


@pytest.fixture
def scene(database: Database) -> Scene:
    SeriesStore(database).add(OURS, SERIES, TIMES)
    return Scene(database, Time(BEFORE - timedelta(days=6)))  # a Tuesday


def test_a_session_that_was_held_before_its_day_is_not_held_again_by_other_times(scene: Scene) -> None:
    series, sessions, drafts = (
        SeriesStore(scene.database),
        SessionStore(scene.database),
        SeriesDraftStore(scene.database),
    )
    finder = Finder(series, sessions, scene.acquaintances, ())
    rescheduling = Rescheduling(series, drafts, finder, scene.time)
    moved = rescheduling.draft_move(OURS, HOST, Named("s1", "2026-12-01"), "25 Nov 10:00")
    rescheduling.move(OURS, HOST, moved.draft_id)
    session = sessions.get(OURS, "s1", "2026-12-01")
    assert session is not None
    running = open_(session, session.starts_at)
    assert sessions.open(OURS, running, [])
    assert sessions.close(OURS, close(running, session.ends_at))
    scene.time.now = session.ends_at
    retiming = Retiming(series, sessions, drafts, finder, scene.time)
    drafted = retiming.draft(OURS, HOST, "s1", NEW_TIMES)
    assert (drafted.coming[0].session, drafted.forgotten) == ("s1/2026-12-08", 0)
    retiming.save(OURS, HOST, drafted.draft_id)
    assert coming(series.times(OURS, "s1"), scene.time.now, 1)[0].id == "2026-12-08"
    assert scene.due(OPEN)[0].occurrence == "2026-12-08"
