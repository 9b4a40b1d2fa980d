"""What is in the thread of a session whose list is longer than anybody talks about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.sessions.papers import MOST_POSTED, Meeting, Papers
from bot.accountability.sessions.presenting import Presenter
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import OPENING, open_
from bot.accountability.sessions.showing import Showing
from bot.accountability.sessions.store import SessionStore
from bot.accountability.sessions.views import ItemView, OpeningView
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, a_commitment, made
from tests.accountability.sessions.examples import BEFORE, SERIES, SESSION, START, TIMES, a_finding, a_topic

FINDING = a_finding()
EARLY, LATE = a_topic("early"), a_topic("late", at=START + timedelta(minutes=5))


@pytest.fixture
def papers(database: Database) -> Papers:
    series, sessions, commitments = SeriesStore(database), SessionStore(database), CommitmentStore(database)
    assert series.add(OURS, SERIES, TIMES)
    return Papers(series, sessions, commitments, lambda *_: [FINDING], lambda *_: None, lambda *_: None)


def opened(database: Database, papers: Papers, promised: int) -> Meeting:
    """A session with so many commitments, something that was put on the list before it, and something since."""
    for number in range(promised):
        due = BEFORE - timedelta(days=20) + timedelta(minutes=number)
        promise = replace(a_commitment(f"c{number:03}"), due=due)
        CommitmentStore(database).add(OURS, promise, made(promise))
    sessions, session = SessionStore(database), open_(SESSION, START)
    sessions.add_topic(OURS, SERIES.id, EARLY)
    sessions.plan(OURS, SESSION)
    assert sessions.open(OURS, session, papers.agenda(OURS, Meeting(SERIES, (TIMES,), SESSION), START).items)
    sessions.add_topic(OURS, SERIES.id, LATE)
    assert sessions.add_items(OURS, session, [LATE.item])
    return Meeting(SERIES, (TIMES,), session)


@pytest.mark.parametrize("more", [0, 3])
def test_the_first_commitments_are_in_the_thread_and_all_that_was_added_or_found(
    database: Database, papers: Papers, more: int
) -> None:
    of = opened(database, papers, MOST_POSTED + more)
    showing = Showing(papers, Presenter(lambda _: None), lambda: START + timedelta(minutes=10))
    views = showing.views(OURS, of)
    first = [f"commitment:c{number:03}" for number in range(MOST_POSTED)]
    assert list(views) == [OPENING, *first, EARLY.item.id, FINDING.item.id, LATE.item.id]
    opening, *items = views.values()
    assert isinstance(opening, OpeningView)
    assert (opening.count, opening.more) == (len(items), more)
    assert [item.number for item in items if isinstance(item, ItemView)] == list(range(1, len(items) + 1))
    assert len(papers.minutes(OURS, of, START).listed) == len(items) + more
