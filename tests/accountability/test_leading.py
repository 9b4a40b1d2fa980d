"""What is asked about the sessions of a channel, and what is kept of them with a promise; on both engines."""

from __future__ import annotations

import pytest

from bot.accountability.commitments.making.service import Filled
from bot.accountability.leading import Leading
from bot.accountability.service import AccountabilityService
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import close, open_
from bot.accountability.sessions.store import SessionStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import ANA, MONDAY, OURS
from tests.accountability.sessions.examples import SERIES, SESSION
from tests.accountability.sessions.test_store import TIMES
from tests.accountability.surroundings import Scene, Time


@pytest.mark.parametrize("is_open", [True, False])
def test_a_promise_made_while_a_session_is_open_belongs_to_it(database: Database, is_open: bool) -> None:
    assert SeriesStore(database).add(OURS, SERIES, TIMES)
    sessions, running = SessionStore(database), open_(SESSION, SESSION.starts_at)
    sessions.plan(OURS, SESSION)
    assert sessions.open(OURS, running, [])
    if not is_open:
        assert sessions.close(OURS, close(running, SESSION.ends_at))
    assert Leading(database).in_session(OURS, "C1") == ("s1" if is_open else "")
    assert Leading(database).in_session(OURS, "") == ""
    making = AccountabilityService(Scene(database, Time(MONDAY)).around).commitments.making
    said = making.fill(OURS, ANA, "", Filled(ANA, "Publish the math", "in two weeks", channel_id="C1"))
    assert making.save(OURS, ANA, said.echo.draft_id).series_id == ("s1" if is_open else "")
