"""Steps of a session whose time changed in the very moment that they came up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.accountability.sessions.later import OPEN
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.service import SessionService
from bot.accountability.sessions.session import State, move
from bot.accountability.sessions.store import SessionStore
from bot.errors import TryLater
from bot.scheduler.actions import Action, Due
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS
from tests.accountability.sessions.examples import BEFORE, SERIES, SESSION, START, TIMES
from tests.accountability.surroundings import Scene, Time

HOUR = timedelta(hours=1)
OPENING = Due(Action(OPEN, "s1", START, SESSION.occurrence), "lease", START, 1)


@pytest.fixture
def scene(database: Database) -> Scene:
    SeriesStore(database).add(OURS, SERIES, TIMES)
    return Scene(database, Time(START))


def open_due(scene: Scene) -> None:
    service = SessionService(
        scene.around,
        scene.sender,
        rights=scene.commitments().rights,
        is_admin=lambda *_: False,
        tell_facilitator=lambda *_: None,
        guidance=lambda _: None,
        findings=lambda *_: (),
        year_one=lambda *_: None,
        team_rate=lambda *_: None,
    )
    service.handlers[OPEN](OURS, OPENING)


def test_a_session_that_was_moved_while_its_opening_came_up_opens_at_its_new_time(scene: Scene) -> None:
    assert SeriesStore(scene.database).move(OURS, move(SESSION, START + HOUR, BEFORE))
    with pytest.raises(TryLater) as later:
        open_due(scene)
    assert HOUR.total_seconds() - 1 < later.value.retry_after < HOUR.total_seconds()
    scene.time.now = START + HOUR
    open_due(scene)
    session = SessionStore(scene.database).get(OURS, "s1", SESSION.occurrence)
    assert session is not None
    assert session.state is State.OPEN
