"""What a summary is put together from, as far as it is not decided elsewhere: the rate of a month, once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.accountability.commitments.commitment import new_date
from bot.accountability.commitments.kept import KeptRate
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.sessions.papers import Meeting, Papers, Rated
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import Session, close, open_
from bot.accountability.sessions.store import SessionStore
from bot.keys import WorkspaceKey
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, a_commitment, made
from tests.accountability.sessions.examples import LENGTH, SERIES, START, TIMES, a_session

RATE = KeptRate(9, 3, 7)


def november_alone(_key: WorkspaceKey, _channel_id: str, month: date) -> KeptRate | None:
    return RATE if month == date(2026, 11, 1) else None


@pytest.fixture
def papers(database: Database) -> Papers:
    series, sessions, commitments = SeriesStore(database), SessionStore(database), CommitmentStore(database)
    series.add(OURS, SERIES, TIMES)
    return Papers(series, sessions, commitments, lambda *_: (), lambda *_: None, november_alone)


def held(database: Database, days: int) -> Meeting:
    """A session that was held so many days after the first of December."""
    start = START + timedelta(days=days)
    planned = a_session(start.date().isoformat(), starts_at=start, ends_at=start + LENGTH)
    store = SessionStore(database)
    assert store.plan(OURS, planned)
    opened = open_(planned, start)
    assert store.open(OURS, opened, ())
    closed: Session = close(opened, start + LENGTH)
    assert store.close(OURS, closed)
    return Meeting(SERIES, (TIMES,), closed)


def test_the_first_session_of_a_month_tells_of_the_month_before_and_no_other_does(
    database: Database, papers: Papers
) -> None:
    told = [papers.minutes(OURS, held(database, days), START).rated for days in (0, 7, 35)]
    assert told == [Rated(date(2026, 11, 1), RATE), None, None]


def test_another_date_that_is_agreed_on_after_a_session_is_for_the_next(database: Database, papers: Papers) -> None:
    commitments = CommitmentStore(database)
    for name, at in (("before", START), ("after", START + LENGTH + timedelta(minutes=1))):
        promise = a_commitment(name, due=START + timedelta(days=20))
        commitments.add(OURS, promise, made(promise))
        commitments.save(OURS, *new_date(promise, promise.owner, promise.due + timedelta(days=1), at))
    summed = papers.minutes(OURS, held(database, 0), START + timedelta(days=2)).summary
    assert [item.ref for item in summed.renegotiated] == ["before"]


def test_one_that_is_open_tells_of_none(database: Database, papers: Papers) -> None:
    of = held(database, 0)
    still_open = Meeting(SERIES, (TIMES,), open_(a_session(), START))
    assert papers.minutes(OURS, still_open, START).rated is None
    assert papers.minutes(OURS, of, START).rated is not None
