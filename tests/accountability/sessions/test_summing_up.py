"""What came of a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.sessions.agenda import item_of
from bot.accountability.sessions.items import Entry, Item, Kind, Status
from bot.accountability.sessions.session import close, open_
from bot.accountability.sessions.summing_up import Summary, summary
from tests.accountability.commitments.examples import a_commitment
from tests.accountability.sessions.examples import LAST, LENGTH, SESSION, START

DAY = timedelta(days=1)
END = START + LENGTH
CLOSED = close(open_(SESSION, START), END)
OLD = a_commitment("old", made_at=LAST - DAY)
TOPIC = Item(Kind.TOPIC, "t1", "Hand-offs")


def ticked(of: Commitment, status: Status) -> Entry:
    return Entry(item_of(of), 0, status)


def sum_up(entries: list[Entry], commitments: list[Commitment], **told: Any) -> Summary:
    return summary(CLOSED, entries, commitments, END, since=LAST, **told)


def refs(items: tuple[Item, ...]) -> list[str]:
    return [item.ref for item in items]


def test_each_item_is_where_it_was_ticked() -> None:
    statuses = (Status.KEPT, Status.MISSED, Status.RENEGOTIATED, Status.NOT_REACHED)
    promises = [replace(OLD, id=status) for status in statuses]
    entries = [ticked(one, status) for one, status in zip(promises, statuses, strict=True)]
    made = sum_up([*entries, Entry(TOPIC, 9, Status.DISCUSSED)], promises)
    parts = [made.kept, made.missed, made.renegotiated, made.not_reached, made.discussed]
    assert [refs(part) for part in parts] == [["kept"], ["missed"], ["renegotiated"], ["not_reached"], ["t1"]]


def test_what_was_done_between_two_sessions_was_kept() -> None:
    done = replace(OLD, state=State.DONE, ended_at=LAST + DAY)
    long_ago = replace(done, id="before", ended_at=LAST - DAY)
    assert refs(sum_up([], [done, long_ago]).kept) == ["old"]


def test_what_got_another_date_between_two_sessions_was_renegotiated() -> None:
    made = sum_up([], [OLD, replace(OLD, id="ended", state=State.DROPPED)], new_dates=["old", "ended"])
    assert refs(made.renegotiated) == ["old"]


def test_what_nobody_ticked_is_told_by_its_commitment() -> None:
    done = replace(OLD, id="done", state=State.DONE, ended_at=START)
    entries = [ticked(one, Status.WAITING) for one in (OLD, done, replace(OLD, id="later"))]
    made = sum_up(entries, [OLD, done, replace(OLD, id="later")], new_dates=["later"])
    assert [refs(part) for part in (made.kept, made.renegotiated, made.not_reached)] == [["done"], ["later"], ["old"]]


def test_what_was_ticked_counts_more_than_what_else_is_known() -> None:
    done = replace(OLD, state=State.DONE, ended_at=START)
    made = sum_up([ticked(done, Status.MISSED)], [done])
    assert (refs(made.missed), made.kept) == (["old"], ())


def test_a_topic_nobody_ticked_was_not_reached() -> None:
    assert refs(sum_up([Entry(TOPIC, 0)], []).not_reached) == ["t1"]


def test_what_was_promised_since_the_last_session_is_new() -> None:
    new = a_commitment("new", made_at=LAST + DAY)
    withdrawn = replace(new, id="withdrawn", state=State.DROPPED)
    later = replace(new, id="later", made_at=END + DAY)
    assert sum_up([], [OLD, new, withdrawn, later], is_late=True).new == (new,)
    assert sum_up([], [], is_late=True).is_late
