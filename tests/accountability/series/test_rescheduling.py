"""Which session can't be moved or brought back, where waiting for it on a stage would take too long."""

from __future__ import annotations

import pytest

from bot.accountability.series.finding import Finder
from bot.accountability.series.later import ANNOUNCE, Event, News
from bot.accountability.series.rescheduling import OVER, Named, Rescheduling
from bot.accountability.series.store import SeriesDraftStore
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import State
from bot.accountability.sessions.store import SessionStore
from bot.errors import Refusal
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS
from tests.accountability.sessions.examples import BEFORE, HOST, LENGTH, NEXT, SERIES, SESSION, START, TIMES
from tests.accountability.surroundings import Scene, Time

FIRST, SECOND = Named("s1", "2026-12-01"), Named("s1", "2027-01-05")


@pytest.fixture
def scene(database: Database) -> Scene:
    SeriesStore(database).add(OURS, SERIES, TIMES)
    return Scene(database, Time(BEFORE))


@pytest.fixture
def rescheduling(scene: Scene) -> Rescheduling:
    series, sessions = SeriesStore(scene.database), SessionStore(scene.database)
    finder = Finder(series, sessions, scene.acquaintances, ())
    return Rescheduling(series, SeriesDraftStore(scene.database), finder, scene.time)


def test_one_that_passed_unheld_can_be_neither_skipped_nor_moved(scene: Scene, rescheduling: Rescheduling) -> None:
    SessionStore(scene.database).plan(OURS, SESSION)
    drafted = rescheduling.draft_move(OURS, HOST, FIRST, "4 Dec 15:00")
    scene.time.now = START + LENGTH
    for late in (
        lambda: rescheduling.skip(OURS, HOST, FIRST),
        lambda: rescheduling.move_form(OURS, HOST, FIRST),
        lambda: rescheduling.draft_move(OURS, HOST, FIRST, "4 Dec 15:00"),
        lambda: rescheduling.move(OURS, HOST, drafted.draft_id),
    ):
        with pytest.raises(Refusal, match="time is over") as refused:
            late()
        assert str(refused.value) == OVER
    assert SessionStore(scene.database).get(OURS, *FIRST) == SESSION


def test_one_is_not_brought_back_into_another_that_was_moved_there(scene: Scene, rescheduling: Rescheduling) -> None:
    rescheduling.skip(OURS, HOST, FIRST)
    moved = rescheduling.draft_move(OURS, HOST, SECOND, "1 Dec 10:30")
    rescheduling.move(OURS, HOST, moved.draft_id)
    with pytest.raises(Refusal, match=r"Tuesday 1 December 2026, 10:30 .* Move or skip that one first"):
        rescheduling.bring_back(OURS, HOST, FIRST)
    back = rescheduling.draft_move(OURS, HOST, SECOND, "5 Jan 10:00")
    assert rescheduling.move(OURS, HOST, back.draft_id).event is Event.MOVED_BACK
    rescheduling.bring_back(OURS, HOST, FIRST)
    found = [SessionStore(scene.database).get(OURS, *one) for one in (FIRST, SECOND)]
    assert [(one.state, one.starts_at) for one in found if one] == [(State.PLANNED, START), (State.PLANNED, NEXT)]


def test_one_that_is_moved_back_is_as_if_it_had_never_been_moved(scene: Scene, rescheduling: Rescheduling) -> None:
    for words, event in (("2 Dec 15:00", Event.MOVED), ("1 Dec 10:00", Event.MOVED_BACK)):
        drafted = rescheduling.draft_move(OURS, HOST, FIRST, words)
        for _ in range(2):
            assert rescheduling.move(OURS, HOST, drafted.draft_id).event is event
    assert SeriesStore(scene.database).times(OURS, "s1") == (TIMES,)
    told = [News.named(action.occurrence, action.due_at).event for action in scene.due(ANNOUNCE)]
    assert told == [Event.MOVED, Event.MOVED_BACK]
