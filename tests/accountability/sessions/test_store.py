"""What the store of sessions promises, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.accountability.calendar.recurrence import change_from
from bot.accountability.sessions.items import Entry, Item, Kind, Status, entries_of, settle
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import AGENDA, OPENING, Message, close, open_, with_agenda
from bot.accountability.sessions.session import skip as skipped
from bot.accountability.sessions.store import SessionStore
from bot.keys import WorkspaceKey
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, SAME_TEAM_ELSEWHERE, THEIRS
from tests.accountability.sessions.examples import (
    BEFORE,
    FOUNDED,
    GUEST,
    HOST,
    LENGTH,
    SERIES,
    SESSION,
    START,
    TIMES,
    a_session,
    a_topic,
    an_update,
    changed,
    hold,
    refuse,
)

END = START + LENGTH
DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)
PROMISE = Item(Kind.COMMITMENT, "c1", "Publish the customer math")
TOPIC = a_topic().item
CLOSED = close(open_(SESSION, START), END)


def test_a_session_of_an_occurrence_is_there_once(sessions: SessionStore) -> None:
    assert sessions.get(OURS, "s1", "2026-12-01") is None
    assert sessions.plan(OURS, SESSION)
    assert not sessions.plan(OURS, replace(SESSION, starts_at=BEFORE))
    assert sessions.get(OURS, "s1", "2026-12-01") == SESSION


def test_a_session_goes_from_its_agenda_to_its_summary(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    announced = with_agenda(SESSION, "customer-math", is_late=True)
    assert sessions.post_agenda(OURS, announced)
    assert not sessions.post_agenda(OURS, announced, also=refuse)
    running = open_(announced, START)
    assert not sessions.close(OURS, close(running, END), also=refuse)
    assert sessions.open(OURS, running, [PROMISE, TOPIC])
    assert sessions.get(OURS, "s1", "2026-12-01") == running
    assert sessions.close(OURS, close(running, END))
    assert not sessions.close(OURS, close(running, END + MINUTE), also=refuse)
    assert sessions.last_closed(OURS, "s1") == close(running, END)


def test_of_openings_at_once_one_comes_about(sessions: SessionStore, database_url: str) -> None:
    sessions.plan(OURS, SESSION)
    together = Barrier(4)

    def start(number: int) -> bool:
        with closing(Database(database_url)) as database:
            together.wait()
            return SessionStore(database).open(OURS, open_(SESSION, START + number * MINUTE), [PROMISE])

    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(start, range(4)))
    assert sorted(opened) == [False, False, False, True]
    assert sessions.get(OURS, "s1", "2026-12-01") == open_(SESSION, START + opened.index(True) * MINUTE)
    assert sessions.entries(OURS, SESSION) == [Entry(PROMISE, 0)]


def test_what_belongs_to_an_opening_fails_with_it(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    with pytest.raises(InterruptedError):
        sessions.open(OURS, open_(SESSION, START), [PROMISE], also=refuse)
    assert sessions.get(OURS, "s1", "2026-12-01") == SESSION
    assert sessions.entries(OURS, SESSION) == []


def test_the_sessions_of_a_series_come_the_latest_first(sessions: SessionStore) -> None:
    for number in range(3):
        starts_at = START + number * WEEK
        hold(sessions, a_session(f"2026-12-{number + 1:02}", starts_at=starts_at, ends_at=starts_at + LENGTH))
    assert [one.occurrence for one in sessions.of_series(OURS, "s1", 2)] == ["2026-12-03", "2026-12-02"]
    last = sessions.last_closed(OURS, "s1")
    assert last is not None
    assert last.occurrence == "2026-12-03"
    before = sessions.last_closed(OURS, "s1", last.closed_at)
    assert before is not None
    assert before.occurrence == "2026-12-02"


def test_the_session_that_closed_last_is_the_last_wherever_it_was_moved(sessions: SessionStore) -> None:
    for name, starts_at, length in (("2026-12-01", START, 4 * LENGTH), ("2026-12-02", START + MINUTE, LENGTH)):
        hold(sessions, a_session(name, starts_at=starts_at, ends_at=starts_at + length))
    last = sessions.last_closed(OURS, "s1")
    assert last is not None
    assert last.occurrence == "2026-12-01"
    before = sessions.last_closed(OURS, "s1", last.closed_at)
    assert before is not None
    assert before.occurrence == "2026-12-02"


def test_what_is_told_of_an_item_is_no_news_once_somebody_ticked_it_since(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    running = open_(SESSION, START)
    sessions.open(OURS, running, [PROMISE])
    told = Entry(PROMISE, 0, Status.RENEGOTIATED, GUEST, START + MINUTE)
    ticked = Entry(PROMISE, 0, Status.MISSED, HOST, START + 2 * MINUTE)
    assert sessions.settle(OURS, running, told, END, unless_newer=True)
    assert sessions.settle(OURS, running, ticked, END)
    assert not sessions.settle(OURS, running, told, END, unless_newer=True)
    assert sessions.entries(OURS, SESSION) == [ticked]
    sessions.settle(OURS, running, replace(ticked, by=""), END)  # as the close leaves what nobody ticked
    assert sessions.settle(OURS, running, told, END, unless_newer=True)


def test_what_nobody_ticked_is_as_it_is_told_otherwise_at_the_close(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    running = open_(SESSION, START)
    third = Item(Kind.COMMITMENT, "c3", "Call ten lost customers")
    sessions.open(OURS, running, [PROMISE, TOPIC, third])
    sessions.settle(OURS, running, Entry(PROMISE, 0, Status.MISSED, HOST, START), START)
    told = [Entry(PROMISE, 0, Status.KEPT), Entry(third, 2, Status.RENEGOTIATED)]
    assert sessions.close(OURS, close(running, END), told)
    assert sessions.entries(OURS, running) == [
        Entry(PROMISE, 0, Status.MISSED, HOST, START),
        Entry(TOPIC, 1, Status.NOT_REACHED, at=END),
        Entry(third, 2, Status.RENEGOTIATED, at=END),
    ]


def test_only_sessions_with_messages_that_may_change_are_drawn(sessions: SessionStore) -> None:
    for number, state in enumerate(("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22")):
        starts_at = START + number * WEEK
        sessions.plan(OURS, a_session(state, starts_at=starts_at, ends_at=starts_at + LENGTH))
    hold(sessions, SESSION)
    assert sessions.shown(OURS, "s1", START) == []
    for name in ("2026-12-01", "2026-12-08", "2026-12-15"):
        sessions.begin_posting(OURS, a_session(name), AGENDA, 0, START)
    for name in ("2026-12-01", "2026-12-08"):
        sessions.posted(OURS, a_session(name), AGENDA, "1.1")
    assert [one.occurrence for one in sessions.shown(OURS, "s1", START)] == ["2026-12-08", "2026-12-01"]
    assert [one.occurrence for one in sessions.shown(OURS, "s1", END)] == ["2026-12-08"]
    assert sessions.shown(OURS, "s1", START + WEEK + LENGTH) == []
    assert sessions.shown(THEIRS, "s1", START) == []


def test_the_sessions_before_one_are_told_without_those_that_come(sessions: SessionStore) -> None:
    for number in range(3):
        starts_at = START + number * WEEK
        sessions.plan(OURS, a_session(f"2026-12-{number + 1:02}", starts_at=starts_at, ends_at=starts_at + LENGTH))
    before = sessions.of_series(OURS, "s1", before=START + 2 * WEEK)
    assert [one.occurrence for one in before] == ["2026-12-02", "2026-12-01"]


# Its list


def test_what_came_of_an_item_is_remembered(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    running = open_(SESSION, START)
    sessions.open(OURS, running, [PROMISE, TOPIC])
    said = settle(entries_of([PROMISE])[0], running, Status.MISSED, HOST, START + MINUTE, "By Friday")
    assert sessions.settle(OURS, running, said, START + MINUTE)
    assert sessions.entries(OURS, SESSION) == [said, Entry(TOPIC, 1)]


def test_more_comes_at_the_end_of_the_list_and_once(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    assert not sessions.add_items(OURS, SESSION, [TOPIC], also=refuse)
    sessions.open(OURS, open_(SESSION, START), [])
    for _ in range(2):
        assert sessions.add_items(OURS, SESSION, [TOPIC])
    assert sessions.add_items(OURS, SESSION, [PROMISE])
    assert [entry.item for entry in sessions.entries(OURS, SESSION)] == [TOPIC, PROMISE]


def test_what_nobody_ticked_was_not_reached(sessions: SessionStore) -> None:
    hold(sessions, SESSION, (PROMISE, Status.WAITING), (TOPIC, Status.DISCUSSED))
    statuses = [(entry.status, entry.by) for entry in sessions.entries(OURS, SESSION)]
    assert statuses == [(Status.NOT_REACHED, ""), (Status.DISCUSSED, HOST)]


def test_after_the_close_a_slip_can_be_put_right_for_a_day(sessions: SessionStore) -> None:
    hold(sessions, SESSION, (PROMISE, Status.WAITING))
    kept = Entry(PROMISE, 0, Status.KEPT, HOST, END)
    assert sessions.settle(OURS, CLOSED, kept, END + DAY - MINUTE)
    assert not sessions.settle(OURS, CLOSED, replace(kept, status=Status.MISSED), END + DAY, also=refuse)
    assert not sessions.settle(OURS, CLOSED, Entry(TOPIC, 0, Status.DISCUSSED), END, also=refuse)
    assert [entry.status for entry in sessions.entries(OURS, SESSION)] == [Status.KEPT]


def test_what_sessions_leave_is_carried_until_one_finishes_it(sessions: SessionStore) -> None:
    outcomes = [
        {PROMISE: Status.WAITING, TOPIC: Status.WAITING},
        {PROMISE: Status.MISSED, TOPIC: Status.DISCUSSED},
    ]
    for number, came_out in enumerate(outcomes):
        starts_at = START + number * WEEK
        session = a_session(f"2026-12-{number + 1:02}", starts_at=starts_at, ends_at=starts_at + LENGTH)
        hold(sessions, session, *came_out.items())
    assert sessions.carried(OURS, "s1", [PROMISE.id, TOPIC.id]) == {PROMISE.id: 2}
    assert sessions.carried(OURS, "s1", []) == {}
    last = sessions.last_closed(OURS, "s1")
    assert last is not None
    assert sessions.carried(OURS, "s1", [PROMISE.id], last.closed_at) == {PROMISE.id: 1}


def test_what_an_open_session_has_yet_to_reach_is_not_carried(sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    sessions.open(OURS, open_(SESSION, START), [PROMISE])
    assert sessions.carried(OURS, "s1", [PROMISE.id]) == {}


# What people put on it


def test_a_topic_is_on_lists_until_it_was_discussed(sessions: SessionStore) -> None:
    assert sessions.add_topic(OURS, "s1", a_topic())
    assert not sessions.add_topic(OURS, "s1", a_topic(), also=refuse)
    hold(sessions, SESSION, (TOPIC, Status.NOT_REACHED))
    assert sessions.topics(OURS, "s1") == [a_topic()]
    sessions.settle(OURS, CLOSED, Entry(TOPIC, 0, Status.DISCUSSED, HOST, END), END)
    assert sessions.topics(OURS, "s1") == []


def test_a_withdrawn_topic_is_on_no_list(sessions: SessionStore) -> None:
    for number in (2, 1):
        sessions.add_topic(OURS, "s1", a_topic(f"t{number}", at=BEFORE + number * MINUTE))
    assert [topic.id for topic in sessions.topics(OURS, "s1")] == ["t1", "t2"]
    assert sessions.withdraw_topic(OURS, "s1", "t1", BEFORE)
    assert not sessions.withdraw_topic(OURS, "s1", "t1", BEFORE)
    assert [topic.id for topic in sessions.topics(OURS, "s1")] == ["t2"]


def test_the_last_update_of_somebody_counts(sessions: SessionStore) -> None:
    first, again = an_update(PROMISE.id, GUEST, "Started."), an_update(PROMISE.id, GUEST, "Done.", BEFORE + MINUTE)
    others = an_update(PROMISE.id, HOST)
    for given in (first, others, again):
        sessions.give_updates(OURS, "s1", [given])
    assert sessions.updates(OURS, "s1", since=BEFORE - MINUTE) == [others, again]
    assert sessions.updates(OURS, "s1", since=BEFORE + MINUTE) == []


def test_what_somebody_said_is_taken_back_and_nothing_else(sessions: SessionStore) -> None:
    mine, others = an_update(PROMISE.id, GUEST), an_update(PROMISE.id, HOST)
    sessions.give_updates(OURS, "s1", [mine, others])
    sessions.give_updates(OURS, "s1", [replace(mine, text="")])
    assert sessions.updates(OURS, "s1", since=BEFORE - MINUTE) == [others]


def test_what_somebody_says_of_several_items_is_saved_whole_or_not_at_all(sessions: SessionStore) -> None:
    said, other = an_update(PROMISE.id, GUEST), an_update(TOPIC.id, GUEST)
    sessions.give_updates(OURS, "s1", [said])
    with pytest.raises(InterruptedError):
        sessions.give_updates(OURS, "s1", [replace(said, text=""), other], also=refuse)
    assert sessions.updates(OURS, "s1", since=BEFORE - MINUTE) == [said]


def test_topics_are_found_by_their_ids_discussed_or_not(sessions: SessionStore) -> None:
    topic, other = a_topic(), a_topic("t2")
    for one in (topic, other):
        sessions.add_topic(OURS, "s1", one)
    hold(sessions, SESSION, (TOPIC, Status.DISCUSSED))
    assert sessions.named_topics(OURS, "s1", ["t1", "t9"]) == {"t1": topic}
    assert sessions.named_topics(OURS, "s1", []) == {}


# Messages


def test_a_message_is_posted_by_whoever_claims_it_first(sessions: SessionStore) -> None:
    assert sessions.begin_posting(OURS, SESSION, AGENDA, 0, BEFORE)
    assert not sessions.begin_posting(OURS, SESSION, AGENDA, 0, BEFORE)
    sessions.not_posted(OURS, SESSION, Message(AGENDA))
    assert sessions.begin_posting(OURS, SESSION, AGENDA, 0, BEFORE + MINUTE)
    sessions.posted(OURS, SESSION, AGENDA, "1.1", "digest")
    assert not sessions.begin_posting(OURS, SESSION, AGENDA, 1, START)
    assert sessions.messages(OURS, SESSION) == [Message(AGENDA, 1, BEFORE + MINUTE, "1.1", "digest")]


def test_what_a_message_shows_is_remembered(sessions: SessionStore) -> None:
    for part, now in ((OPENING, START), (AGENDA, BEFORE), (PROMISE.id, START)):
        sessions.begin_posting(OURS, SESSION, part, 0, now)
        sessions.posted(OURS, SESSION, part, "1.1")
    sessions.drawn(OURS, SESSION, AGENDA, "digest", START)
    sessions.lose(OURS, SESSION, OPENING)
    shown = sessions.messages(OURS, SESSION)
    assert [message.part for message in shown] == [AGENDA, OPENING, PROMISE.id]
    assert (shown[0].drawn, shown[0].drawn_at, shown[1].gone) == ("digest", START, True)


# Workspaces


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_see_or_change_each_other(
    series: SeriesStore, sessions: SessionStore, other: WorkspaceKey
) -> None:
    sessions.plan(OURS, SESSION)
    sessions.open(OURS, open_(SESSION, START), [PROMISE])
    sessions.add_topic(OURS, "s1", a_topic())
    sessions.give_updates(OURS, "s1", [an_update(PROMISE.id, GUEST)])
    sessions.begin_posting(OURS, SESSION, OPENING, 0, START)
    before = everything(series, sessions, OURS)
    assert everything(series, sessions, other) == (None, [], (), [], [], {}, [], [], [])
    assert not series.save(other, changed(SERIES, name="Hour"))
    assert not series.end(other, "s1", START)
    assert not series.skip(other, skipped(SESSION))
    assert not series.change_times(other, "s1", *change_from(TIMES, date(2026, 12, 1), new_id="x", at=time(14)))
    assert not sessions.close(other, CLOSED)
    assert not sessions.settle(other, SESSION, Entry(PROMISE, 0, Status.KEPT), START)
    assert not sessions.withdraw_topic(other, "s1", "t1", START)
    sessions.posted(other, SESSION, OPENING, "2.2")
    sessions.lose(other, SESSION, OPENING)
    assert everything(series, sessions, OURS) == before


def everything(series: SeriesStore, sessions: SessionStore, key: WorkspaceKey) -> tuple[Any, ...]:
    long_ago: datetime = FOUNDED
    return (
        series.get(key, "s1"),
        series.of_channel(key, "C1"),
        series.times(key, "s1"),
        sessions.of_series(key, "s1"),
        sessions.entries(key, SESSION),
        sessions.carried(key, "s1", [PROMISE.id]),
        sessions.topics(key, "s1"),
        sessions.updates(key, "s1", long_ago),
        sessions.messages(key, SESSION),
    )
