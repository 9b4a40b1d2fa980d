"""What is on a list, how each item comes out, and what people say before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.accountability.sessions.items import (
    OFFERED,
    Entry,
    Item,
    Kind,
    Status,
    add_topic,
    carried,
    entries_of,
    give_update,
    settle,
)
from bot.accountability.sessions.session import Session, close, open_, skip
from bot.errors import Refusal
from tests.accountability.sessions.examples import BEFORE, GUEST, HOST, LENGTH, SESSION, START, a_topic, an_update

END = START + LENGTH
OPEN = open_(SESSION, START)
PROMISE = Item(Kind.COMMITMENT, "c1", "Publish the customer math")
TOPIC = Item(Kind.TOPIC, "t1", "Hand-offs")


def test_the_list_has_each_item_once_in_its_order() -> None:
    assert entries_of([PROMISE, TOPIC, PROMISE]) == (Entry(PROMISE, 0), Entry(TOPIC, 1))
    assert entries_of([TOPIC], first=7)[0].position == 7


@pytest.mark.parametrize(
    ("kind", "status"), [(kind, status) for kind, offered in OFFERED.items() for status in offered]
)
def test_what_is_offered_can_be_said(kind: Kind, status: Status) -> None:
    entry = settle(Entry(Item(kind, "1", "It"), 0), OPEN, status, HOST, START, " by  Friday ")
    assert (entry.status, entry.by, entry.at, entry.note) == (status, HOST, START, "by Friday")


def test_a_topic_is_neither_kept_nor_missed() -> None:
    with pytest.raises(ValueError, match="topic can't be kept"):
        settle(Entry(TOPIC, 0), OPEN, Status.KEPT, HOST, START)


def test_what_is_not_finished_is_carried_over() -> None:
    assert set(carried((status, status) for status in Status)) == {Status.WAITING, Status.MISSED, Status.NOT_REACHED}


def test_a_slip_can_be_put_right_for_a_day_after_the_close() -> None:
    closed = close(OPEN, END)
    assert settle(Entry(PROMISE, 0), closed, Status.KEPT, HOST, END + timedelta(hours=23)).status is Status.KEPT
    for session, now in ((closed, END + timedelta(days=1)), (SESSION, START), (skip(SESSION), START)):
        with pytest.raises(Refusal, match="isn't open"):
            settle(Entry(PROMISE, 0), session, Status.KEPT, HOST, now)


# What people say before it


def test_a_topic_and_an_update_need_words_and_not_too_many() -> None:
    assert add_topic(a_topic(text=" one\n two ")).text == "one two"
    for text, told in (("  ", "is empty"), ("x" * 5_000, "5000 characters")):
        with pytest.raises(Refusal, match=told):
            add_topic(a_topic(text=text))
        with pytest.raises(Refusal, match=told):
            give_update(an_update(PROMISE.id, GUEST, text), SESSION, BEFORE)


@pytest.mark.parametrize("session", [close(OPEN, END), skip(SESSION), SESSION])
def test_an_update_is_not_given_for_a_session_that_is_over(session: Session) -> None:
    with pytest.raises(Refusal, match="over or skipped"):
        give_update(an_update(PROMISE.id, GUEST), session, END)


def test_the_sessions_in_a_row_that_left_an_item_unfinished_are_counted() -> None:
    outcomes = [("a", Status.NOT_REACHED), ("b", Status.MISSED), ("a", Status.DISCUSSED), ("b", Status.NOT_REACHED)]
    assert carried(outcomes) == {"b": 2}
    assert carried([*outcomes, ("a", Status.NOT_REACHED), ("b", Status.KEPT)]) == {"a": 1}
