"""What came of a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.accountability.commitments.commitment import Change, Commitment, Deed, State
from bot.accountability.sessions.agenda import item_of
from bot.accountability.sessions.items import Entry, Item, Kind, Status
from bot.accountability.sessions.session import close, open_
from bot.accountability.sessions.summing_up import Summary, summary, told_by_deeds
from tests.accountability.commitments.examples import ANA, BEN, a_commitment
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


def test_what_came_of_a_session_is_no_other_because_of_what_was_done_long_after_it() -> None:
    done_since = replace(OLD, id="done", state=State.DONE, ended_at=END + 7 * DAY)
    dropped_since = replace(OLD, id="dropped", state=State.DROPPED, ended_at=END + 7 * DAY)
    made = sum_up([ticked(done_since, Status.NOT_REACHED)], [done_since, dropped_since], new_dates=["dropped"])
    assert (made.kept, refs(made.not_reached), refs(made.renegotiated)) == ((), ["done"], ["dropped"])


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
    dropped_since = replace(withdrawn, ended_at=END + DAY)
    assert sum_up([], [dropped_since]).new == (dropped_since,)
    assert sum_up([], [], is_late=True).is_late


# What was done meanwhile by other ways than a tick

MINUTE = timedelta(minutes=1)
OPENED = open_(SESSION, START)


def done(deed: Deed, minutes: int, by: str = ANA) -> Change:
    return Change(START + minutes * MINUTE, by, deed, State.OPEN, END, ANA)


def told(entry: Entry, *changes: Change) -> tuple[Status, str]:
    found = told_by_deeds(entry, OPENED, changes)
    return found.status, found.by


def test_a_deed_in_the_session_ticks_its_item() -> None:
    waiting = ticked(OLD, Status.WAITING)
    assert told(waiting, done(Deed.FINISH, 5)) == (Status.KEPT, ANA)
    for deed in (Deed.NEW_DATE, Deed.ACCEPT_DATE, Deed.HAND_OVER, Deed.DROP):
        assert told(waiting, done(deed, 5)) == (Status.RENEGOTIATED, ANA)
    assert told(waiting, done(Deed.NEW_DATE, 5), done(Deed.FINISH, 6, BEN)) == (Status.KEPT, BEN)


def test_what_changes_nothing_or_was_before_the_session_ticks_nothing() -> None:
    waiting = ticked(OLD, Status.WAITING)
    for change in (done(Deed.NEED_HELP, 5), done(Deed.PROPOSE_DATE, 5), done(Deed.NEW_DATE, -5)):
        assert told_by_deeds(waiting, OPENED, [change]) == waiting


def test_whichever_was_said_last_is_right_the_tick_or_the_deed() -> None:
    missed = replace(ticked(OLD, Status.MISSED), by=BEN, at=START + 5 * MINUTE)
    assert told(missed, done(Deed.NEW_DATE, 3)) == (Status.MISSED, BEN)
    assert told(missed, done(Deed.NEW_DATE, 7)) == (Status.RENEGOTIATED, ANA)


def test_what_a_close_said_counts_less_than_what_is_done_after_it() -> None:
    left = replace(ticked(OLD, Status.NOT_REACHED), at=END)
    assert told(left, done(Deed.FINISH, 50)) == (Status.KEPT, ANA)
