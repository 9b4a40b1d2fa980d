"""A series of sessions in Ana's channel, sessions of it, and what is on their lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.accountability.calendar.recurrence import Series
from bot.accountability.calendar.rules import Rule
from bot.accountability.sessions.agenda import Agenda, Finding, Records, agenda
from bot.accountability.sessions.items import Entry, Item, Status, Topic, Update
from bot.accountability.sessions.session import Session, SessionSeries, change, close, open_
from bot.accountability.sessions.store import SessionStore
from tests.accountability.commitments.examples import OURS

HOST, SPONSOR, GUEST = "U0HOST", "U0SPON", "U0GUEST"
FOUNDED = datetime(2026, 10, 1, 8, tzinfo=UTC)
LAST = datetime(2026, 11, 3, 9, tzinfo=UTC)  # when the last session closed
START = datetime(2026, 12, 1, 9, tzinfo=UTC)  # a Tuesday, 10:00 in Berlin
NEXT = datetime(2027, 1, 5, 9, tzinfo=UTC)  # when the one after it starts
LENGTH = timedelta(minutes=45)
BEFORE = START - timedelta(days=1)  # when its agenda is made

SERIES = SessionSeries("s1", "C1", "Customer accountability session", HOST, HOST, FOUNDED, sponsor=SPONSOR)
SESSION = Session("s1", "2026-12-01", START, START + LENGTH)
TIMES = Series(
    "s1", date(2026, 10, 6), time(10), 45, ZoneInfo("Europe/Berlin"), Rule.read("monthly on the first Tuesday")
)


def changed(series: SessionSeries, by: str = HOST, **wanted: Any) -> SessionSeries:
    return change(series, replace(series.about, **wanted), by)


def a_session(occurrence: str = "2026-12-01", **fields: Any) -> Session:
    return replace(SESSION, occurrence=occurrence, **fields)


def a_topic(topic_id: str = "t1", occurrence: str = "2026-12-01", **fields: Any) -> Topic:
    made = Topic(topic_id, "Who owns billing hand-offs?", GUEST, BEFORE, occurrence)
    return replace(made, **fields)


def an_update(item_id: str, by: str, text: str = "Half of it is done.", at: datetime = BEFORE) -> Update:
    return Update(item_id, by, text, at)


def a_finding(statement_id: str = "resources", *, is_split: bool = False, card: str = "") -> Finding:
    return Finding("r1", statement_id, statement_id.title(), is_split, card)


def an_agenda(session: Session = SESSION, now: datetime = BEFORE, **records: Any) -> Agenda:
    return agenda(session, Records(**records), now, since=LAST, until=NEXT)


def refuse(connection: Connection) -> None:
    del connection
    raise InterruptedError


def hold(sessions: SessionStore, session: Session, *outcomes: tuple[Item, Status]) -> None:
    """Open and close a session with things on its list that came out so."""
    sessions.plan(OURS, session)
    running = open_(session, session.starts_at)
    sessions.open(OURS, running, [item for item, _ in outcomes])
    for item, status in outcomes:
        if status is not Status.WAITING:
            sessions.settle(OURS, running, Entry(item, 0, status, HOST, session.starts_at), session.starts_at)
    sessions.close(OURS, close(running, session.ends_at))
