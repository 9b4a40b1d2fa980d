"""What the store of commitments promises, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Connection

from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Commitment, Deed, State
from bot.accountability.commitments.listing import Wanted, Which
from bot.accountability.commitments.store import CommitmentStore
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Changes
from bot.scheduler.store import ScheduleStore, saving
from bot.storage.database import Database
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    CLEO,
    DAY,
    DUE,
    MONDAY,
    OURS,
    SAME_TEAM_ELSEWHERE,
    THEIRS,
    WEEK,
    a_commitment,
    asked_of,
    handed_to,
    made,
)


@pytest.fixture
def store(database: Database) -> CommitmentStore:
    return CommitmentStore(database)


def keep(store: CommitmentStore, *commitments: Commitment, key: WorkspaceKey = OURS) -> None:
    for of in commitments:
        assert store.add(key, of, made(of))


def refuse(connection: Connection) -> None:
    del connection
    raise InterruptedError


def found(store: CommitmentStore, wanted: Wanted) -> list[str]:
    return [of.id for of in store.find(OURS, wanted, DUE + DAY, size=99).commitments]


def test_what_was_done_in_a_channel_since_a_moment_is_told_in_its_order(store: CommitmentStore) -> None:
    mine, others = a_commitment("c1"), a_commitment("c2", channel_id="C2")
    keep(store, mine, others)
    keep(store, mine, key=THEIRS)
    later, change = deeds.new_date(mine, ANA, DUE + WEEK, MONDAY + DAY)
    store.save(OURS, later, change)
    store.save(OURS, *deeds.finish(later, BEN, MONDAY + 2 * DAY))
    store.save(OURS, *deeds.finish(others, ANA, MONDAY + DAY))
    wanted = [Deed.FINISH, Deed.NEW_DATE]
    told = store.changes_in(OURS, "C1", wanted, MONDAY)
    assert [(name, one.deed, one.by) for name, one in told] == [("c1", "new_date", ANA), ("c1", "finish", BEN)]
    assert [one.deed for _, one in store.changes_in(OURS, "C1", wanted, MONDAY + DAY)] == [Deed.FINISH]
    assert store.changes_in(OURS, "C1", [Deed.DROP], MONDAY) == []
    assert store.changes_in(SAME_TEAM_ELSEWHERE, "C1", wanted, MONDAY) == []


def test_a_commitment_comes_back_as_it_was_saved(store: CommitmentStore) -> None:
    full = a_commitment(
        owner=BEN,
        state=State.HANDED_OVER,
        previous_owner=CLEO,
        proposed_due=DUE + DAY,
        needs_help_since=MONDAY,
        snoozed_until=MONDAY + DAY,
        link="https://example.com/p1",
        round_id="r1",
        statement_id="metrics",
        series_id="s1",
    )
    keep(store, full)
    assert store.get(OURS, "c1") == full
    assert store.changes(OURS, "c1") == [made(full)]


def test_what_comes_twice_is_saved_once(store: CommitmentStore) -> None:
    keep(store, a_commitment())
    again = a_commitment(what="Something else")
    assert not store.add(OURS, again, made(again), also=refuse)
    assert store.get(OURS, "c1") == a_commitment()
    assert len(store.changes(OURS, "c1")) == 1


def test_each_change_is_kept_with_who_when_and_why(store: CommitmentStore) -> None:
    asked = asked_of(BEN)
    keep(store, asked)
    accepted, first = deeds.accept(asked, BEN, MONDAY + DAY)
    moved, second = deeds.new_date(accepted, BEN, DUE + WEEK, MONDAY + 2 * DAY, "data came late")
    assert store.save(OURS, accepted, first)
    assert store.save(OURS, moved, second)
    assert store.get(OURS, "c1") == moved
    assert store.changes(OURS, "c1") == [made(asked), first, second]


def test_of_two_changes_at_once_the_second_has_to_look_again(store: CommitmentStore) -> None:
    keep(store, a_commitment())
    done = deeds.finish(a_commitment(), ANA, MONDAY)
    dropped = deeds.drop(a_commitment(), ANA, "superseded", MONDAY)
    assert store.save(OURS, *done)
    assert not store.save(OURS, *dropped, also=refuse)
    assert [change.deed for change in store.changes(OURS, "c1")] == [Deed.MAKE, Deed.FINISH]


def test_of_many_at_once_one_change_is_kept(store: CommitmentStore, database_url: str) -> None:
    keep(store, a_commitment())
    together = Barrier(4)

    def change(number: int) -> bool:
        with closing(Database(database_url)) as database:
            moved = deeds.new_date(a_commitment(), ANA, DUE + (number + 1) * DAY, MONDAY)
            together.wait()
            return CommitmentStore(database).save(OURS, *moved)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(4))) == [False, False, False, True]
    assert len(store.changes(OURS, "c1")) == 2


def test_what_follows_from_it_is_planned_with_it_or_not_at_all(store: CommitmentStore, database: Database) -> None:
    def plan(subject: str) -> Changes:
        return Changes(new=(Action("nudge", subject, DUE),))

    schedule = ScheduleStore(database)
    store.add(OURS, a_commitment(), made(a_commitment()), also=saving(OURS, plan("c1")))
    assert schedule.next_due(["nudge"]) == DUE
    done = deeds.finish(a_commitment(), ANA, MONDAY)
    with pytest.raises(InterruptedError):
        store.save(OURS, *done, also=refuse)
    assert store.get(OURS, "c1") == a_commitment()
    assert store.save(OURS, *done, also=saving(OURS, Changes(dropped=(("nudge", "c1"),))))
    assert schedule.next_due(["nudge"]) is None


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_see_or_change_each_other(store: CommitmentStore, other: WorkspaceKey) -> None:
    keep(store, a_commitment())
    assert store.get(other, "c1") is None
    assert store.changes(other, "c1") == []
    assert store.live_of(other, ANA) == []
    assert store.find(other, Wanted(), MONDAY).total == 0
    assert not store.save(other, *deeds.finish(a_commitment(), ANA, MONDAY))
    keep(store, a_commitment(what="Another's"), key=other)
    assert store.get(OURS, "c1") == a_commitment()


# Finding


def test_what_somebody_may_have_to_be_reminded_of_is_all_that_lives(store: CommitmentStore) -> None:
    keep(store, a_commitment("late", due=DUE + DAY), a_commitment("soon"))
    keep(store, a_commitment("asked", state=State.PROPOSED, due=DUE - DAY), handed_to(ANA, commitment_id="handed"))
    keep(store, a_commitment("done", state=State.DONE), a_commitment("dropped", state=State.DROPPED))
    keep(store, a_commitment("ben", owner=BEN))
    assert [of.id for of in store.live_of(OURS, ANA)] == ["asked", "handed", "soon", "late"]


def test_filters_find_what_they_say(store: CommitmentStore) -> None:
    keep(store, a_commitment("open", due=DUE + WEEK, channel_id="C2"), a_commitment("overdue", series_id="s1"))
    keep(store, a_commitment("done", state=State.DONE, ended_at=DUE, series_id="s1"))
    keep(store, a_commitment("dropped", state=State.DROPPED, ended_at=DUE + DAY))
    keep(store, asked_of(BEN, commitment_id="asked"), handed_to(BEN, commitment_id="handed", assigner=CLEO))
    assert found(store, Wanted()) == ["asked", "handed", "overdue", "open"]
    assert found(store, Wanted(which=Which.OVERDUE)) == ["asked", "handed", "overdue"]
    assert found(store, Wanted(which=Which.DONE)) == ["done"]
    assert found(store, Wanted(which=Which.ENDED)) == ["dropped", "done"]
    assert found(store, Wanted(which=Which.ALL)) == ["asked", "handed", "overdue", "open", "dropped", "done"]
    assert found(store, Wanted(mine=ANA)) == ["handed", "overdue", "open"]
    assert found(store, Wanted(mine=BEN)) == ["asked", "handed"]
    assert found(store, Wanted(assigner=CLEO)) == ["handed"]
    assert found(store, Wanted(channel_id="C2")) == ["open"]
    assert found(store, Wanted(series_id="s1", which=Which.ALL)) == ["overdue", "done"]
    assert found(store, Wanted(due_before=DUE + DAY)) == ["asked", "handed", "overdue"]
    assert found(store, Wanted(which=Which.ENDED, ended_since=DUE + DAY)) == ["dropped"]


def test_what_a_round_led_to_is_what_was_promised_in_its_channel(store: CommitmentStore) -> None:
    keep(
        store,
        a_commitment("later", round_id="r1", due=DUE + DAY),
        a_commitment("done", round_id="r1", state=State.DONE),
    )
    keep(store, a_commitment("elsewhere", round_id="r1", channel_id="C2"), a_commitment("other", round_id="r2"))
    keep(store, a_commitment("theirs", round_id="r1"), key=THEIRS)
    assert [of.id for of in store.of_round(OURS, "C1", "r1")] == ["done", "later"]


def test_pages_come_one_after_the_other_and_the_last_stays_the_last(store: CommitmentStore) -> None:
    keep(store, *(a_commitment(f"c{number}", due=DUE + number * DAY) for number in range(5)))
    pages = [store.find(OURS, Wanted(), MONDAY, page=number, size=2) for number in (1, 2, 3, 4, 0)]
    assert [[of.id for of in page.commitments] for page in pages] == [
        ["c0", "c1"],
        ["c2", "c3"],
        ["c4"],
        ["c4"],
        ["c0", "c1"],
    ]
    assert [(page.number, page.pages, page.total) for page in pages] == [
        (1, 3, 5),
        (2, 3, 5),
        (3, 3, 5),
        (3, 3, 5),
        (1, 3, 5),
    ]


def test_a_page_of_nothing_is_empty(store: CommitmentStore) -> None:
    page = store.find(OURS, Wanted(mine=CLEO), MONDAY)
    assert (page.commitments, page.number, page.pages, page.total) == ((), 1, 1, 0)


def test_hostile_texts_are_kept_as_they_are(store: CommitmentStore) -> None:
    hostile, change = deeds.make(a_commitment(what="<!channel> '; DROP TABLE commitments; -- \0 \udc00 🎈"), MONDAY)
    assert store.add(OURS, hostile, change)
    kept = store.get(OURS, "c1")
    assert kept == hostile == replace(hostile, what="<!channel> '; DROP TABLE commitments; -- ? 🎈")
