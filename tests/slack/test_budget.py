"""Slack's limits as several processes share them: in turn, and told when it is not one's turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import NoReturn

import pytest

from bot.clock import MovableClock
from bot.errors import Queued, TryLater
from bot.keys import WorkspaceKey
from bot.slack.budget import EDIT_HELD, EDITS, EVERY, SAME_MESSAGE, TURN_LASTS, Budget, MessageBusy
from bot.slack.gateway import RateLimited, UnknownOutcome
from bot.slack.lane_store import LaneStore
from bot.storage.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")
MINUTE = timedelta(minutes=1)

Make = Callable[[Budget, str], str]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(lambda: NOON)


@pytest.fixture
def budget(database: Database, clock: MovableClock) -> Budget:
    return Budget(LaneStore(database), clock)


@pytest.fixture
def another(database_url: str, database: Database, clock: MovableClock) -> Iterator[Budget]:
    """The same budget in another process."""
    assert database.name
    with closing(Database(database_url)) as own:
        yield Budget(LaneStore(own), clock)


def edit(budget: Budget, ts: str = "1.1", key: WorkspaceKey = OURS) -> str:
    return budget.edit(key, "C1", ts, lambda: "done")


def post(budget: Budget, channel: str = "C1", key: WorkspaceKey = OURS) -> str:
    return budget.post(key, channel, lambda: "done")


def whisper(budget: Budget, person: str = "p1", key: WorkspaceKey = OURS) -> str:
    return budget.whisper(key, person, lambda: "done")


def wait(make: Callable[[], str]) -> float:
    """How many seconds it is to wait; 0 when it was done."""
    try:
        assert make() == "done"
    except TryLater as later:
        return later.retry_after
    return 0


def fail(error: Exception) -> Callable[[], NoReturn]:
    def do() -> NoReturn:
        raise error

    return do


def never() -> NoReturn:
    raise AssertionError("it was not its turn")


# In turn


@pytest.mark.parametrize(("make", "same", "other"), [(post, 1, 0.2), (whisper, 30, 0.6)], ids=["post", "whisper"])
def test_calls_go_out_in_turn(budget: Budget, clock: MovableClock, make: Make, same: float, other: float) -> None:
    assert wait(lambda: make(budget, "1")) == 0
    assert wait(lambda: make(budget, "1")) == same
    assert wait(lambda: make(budget, "2")) == other
    clock.move(timedelta(seconds=other))
    assert wait(lambda: make(budget, "2")) == 0
    assert wait(lambda: make(budget, "1")) == pytest.approx(same - other)
    clock.move(timedelta(seconds=same))
    assert wait(lambda: make(budget, "1")) == 0


def test_edits_go_out_in_turn(budget: Budget, clock: MovableClock) -> None:
    assert wait(lambda: edit(budget, "1")) == 0
    assert wait(lambda: edit(budget, "1")) == wait(lambda: edit(budget, "2")) == 1.2
    clock.move(timedelta(seconds=1.2))
    assert wait(lambda: edit(budget, "1")) == pytest.approx(3 - 1.2)
    assert wait(lambda: edit(budget, "2")) == 0
    clock.move(timedelta(seconds=3))
    assert wait(lambda: edit(budget, "1")) == 0


@pytest.mark.parametrize("make", [edit, post, whisper])
def test_another_process_waits_as_well(budget: Budget, another: Budget, make: Callable[[Budget], str]) -> None:
    assert wait(lambda: make(budget)) == 0
    assert wait(lambda: make(another)) > 0


@pytest.mark.parametrize("make", [edit, post, whisper])
def test_another_workspace_does_not_wait(budget: Budget, make: Callable[..., str]) -> None:
    make(budget)
    assert wait(lambda: make(budget, key=THEIRS)) == 0


def test_what_must_wait_is_not_done(budget: Budget) -> None:
    edit(budget)
    with pytest.raises(TryLater, match=r"^chat\.update: its turn comes in 1\.2 s$"):
        budget.edit(OURS, "C1", "2.2", never)


def test_the_twelve_messages_of_a_round_are_edited_within_fifteen_seconds(budget: Budget, clock: MovableClock) -> None:
    left = [f"1.{number}" for number in range(12)]
    while left:
        while seconds := wait(lambda: edit(budget, left[0])):
            clock.move(timedelta(seconds=seconds))
        left.pop(0)
    assert clock() - NOON <= timedelta(seconds=15)


def test_no_more_edits_go_out_in_a_minute_than_slack_takes(budget: Budget, clock: MovableClock) -> None:
    done: list[str] = []
    while clock() - NOON < MINUTE:
        seconds = wait(lambda: edit(budget, f"1.{len(done)}"))
        if not seconds:
            done.append("one more")
        clock.move(timedelta(seconds=seconds))
    assert len(done) == 50


# One editor at a time


def test_while_a_message_is_edited_nobody_else_edits_it(budget: Budget, another: Budget, clock: MovableClock) -> None:
    def slow() -> float:
        clock.move(timedelta(seconds=10))
        return wait(lambda: edit(another))

    assert budget.edit(OURS, "C1", "1.1", slow) == EDIT_HELD.total_seconds() - 10
    assert wait(lambda: edit(another)) == 0  # it took longer than the pause between two edits


def test_another_message_may_be_edited_meanwhile(budget: Budget, another: Budget, clock: MovableClock) -> None:
    def slow() -> float:
        clock.move(timedelta(seconds=10))
        return wait(lambda: edit(another, "2.2"))

    assert budget.edit(OURS, "C1", "1.1", slow) == 0


def test_a_message_that_is_held_and_a_full_lane_only_mean_to_wait_for_the_lane(
    budget: Budget, another: Budget, clock: MovableClock, database: Database
) -> None:
    """So that whoever draws comes back for the others then."""
    LaneStore(database).take(OURS, {"edit C1 1.1": EDIT_HELD}, clock())
    edit(budget, "2.2")
    with pytest.raises(TryLater) as both:
        edit(another)
    assert not isinstance(both.value, MessageBusy)
    assert both.value.retry_after == EVERY[EDITS].total_seconds()
    clock.move(EVERY[EDITS])
    with pytest.raises(MessageBusy) as busy:
        edit(another)
    assert busy.value.retry_after == (EDIT_HELD - EVERY[EDITS]).total_seconds()


def test_a_process_that_dies_over_an_edit_lets_go_after_a_while(
    database: Database, another: Budget, clock: MovableClock
) -> None:
    LaneStore(database).take(OURS, {"edit C1 1.1": EDIT_HELD}, clock())  # and the process ends
    assert wait(lambda: edit(another)) == EDIT_HELD.total_seconds()
    clock.move(EDIT_HELD)
    assert wait(lambda: edit(another)) == 0


@pytest.mark.usefixtures("database")
def test_of_many_processes_at_once_exactly_one_edits_a_message(database_url: str, clock: MovableClock) -> None:
    start = Barrier(4)

    def race(_number: int) -> float:
        with closing(Database(database_url)) as own:
            start.wait()
            return wait(lambda: edit(Budget(LaneStore(own), clock)))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(bool(seconds) for seconds in pool.map(race, range(4))) == [False, True, True, True]


# What goes wrong


def test_what_slack_says_of_edits_holds_for_all_messages(budget: Budget, another: Budget, clock: MovableClock) -> None:
    with pytest.raises(RateLimited):
        budget.edit(OURS, "C1", "1.1", fail(RateLimited("chat.update", 7)))
    assert wait(lambda: edit(another, "2.2")) == 7
    assert wait(lambda: edit(another, "1.1")) == 7
    clock.move(timedelta(seconds=7))
    assert wait(lambda: edit(another, "1.1")) == 0


def test_what_slack_says_of_posts_holds_for_all_channels(budget: Budget, another: Budget, clock: MovableClock) -> None:
    with pytest.raises(RateLimited):
        budget.post(OURS, "C1", fail(RateLimited("chat.postMessage", 7)))
    clock.move(timedelta(seconds=0.2))
    assert wait(lambda: post(another, "C1")) == 6.8
    assert wait(lambda: post(another, "C2")) == 6.8


def test_what_slack_says_of_whispers_holds_for_all_people(budget: Budget, another: Budget) -> None:
    with pytest.raises(RateLimited):
        budget.whisper(OURS, "p1", fail(RateLimited("chat.postEphemeral", 7)))
    assert wait(lambda: whisper(another, "p2")) == 7


@pytest.mark.parametrize("error", [UnknownOutcome("chat.update", "TimeoutError"), RuntimeError("a bug")], ids=repr)
def test_a_message_is_let_go_whatever_happens(
    budget: Budget, another: Budget, clock: MovableClock, error: Exception
) -> None:
    with pytest.raises(type(error)):
        budget.edit(OURS, "C1", "1.1", fail(error))
    clock.move(EVERY[EDITS])
    assert wait(lambda: edit(another)) == (SAME_MESSAGE - EVERY[EDITS]).total_seconds()


def test_the_longest_ids_have_room(budget: Budget) -> None:
    assert budget.edit(OURS, "C" * 32, "1" * 32, lambda: "done") == "done"
    assert whisper(budget, "p" * 64) == "done"


# In turn


def in_turn(budget: Budget, channel: str, turn: datetime | None = None) -> str:
    return budget.post_in_turn(OURS, channel, turn, lambda: "done")


def queued(budget: Budget, channel: str) -> datetime:
    with pytest.raises(Queued) as found:
        in_turn(budget, channel)
    return found.value.turn_at


def test_many_that_queue_at_once_each_get_a_turn_of_their_own(budget: Budget, clock: MovableClock) -> None:
    assert in_turn(budget, "D0") == "done"
    turns = [queued(budget, f"D{number}") for number in range(1, 6)]
    assert [(turn - NOON).total_seconds() for turn in turns] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    for number, turn in enumerate(turns, 1):
        clock.move(turn - clock())
        assert in_turn(budget, f"D{number}", turn) == "done"


def test_turns_are_kept_for_all_processes_together(budget: Budget, another: Budget) -> None:
    in_turn(budget, "D0")
    assert queued(budget, "D1") < queued(another, "D2") < queued(budget, "D3")


def test_a_channel_that_is_not_free_holds_up_nobody_else(budget: Budget, clock: MovableClock) -> None:
    in_turn(budget, "D0")
    clock.move(timedelta(seconds=0.5))
    with pytest.raises(TryLater) as busy:
        in_turn(budget, "D0")
    assert not isinstance(busy.value, Queued)
    assert busy.value.retry_after == pytest.approx(0.5)
    assert in_turn(budget, "D1") == "done"


def test_a_turn_that_is_long_over_has_to_queue_anew(budget: Budget, clock: MovableClock) -> None:
    in_turn(budget, "D0")
    turn = queued(budget, "D1")
    clock.move(TURN_LASTS + timedelta(seconds=1))
    in_turn(budget, "D2")
    with pytest.raises(Queued):
        in_turn(budget, "D1", turn)
