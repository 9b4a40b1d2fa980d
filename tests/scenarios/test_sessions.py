"""A series of sessions from one agenda to the next: what the channel sees, and what people do there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from bot import clock as clocks
from bot.accountability.commitments.commitment import State
from bot.workspace.records import Json, Person
from tests.conftest import Aside
from tests.scenarios.meetings import DAY, HOUR, Table, move, move_to, pressable, submission
from tests.scenarios.rounds import hasten, resend
from tests.scenarios.stage import Stage, texts
from tests.scenarios.standing import now_is, promise

BEGINS = datetime(2027, 3, 25, 8, tzinfo=UTC)  # the Thursday before the clocks change in Berlin
HOSTILE = '<!channel> <@U1> & <https://example.com|click> *bold* {{ 7 * 7 }} \\ " 🙂'

TUESDAY, WEDNESDAY = 1, 2

_numbers = count(1)


@pytest.fixture(scope="module")
def shared_moving_stage(tmp_path_factory: pytest.TempPathFactory, cache: Path, aside: Aside) -> Iterator[Stage]:
    begun = datetime.now(UTC)
    clock = clocks.MovableClock(lambda: BEGINS + (datetime.now(UTC) - begun))
    stage = Stage(tmp_path_factory.mktemp("sessions"), cache, clock)
    stage.start_bot()
    yield stage
    stage.leave(aside)


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def host(stage: Stage) -> Person:
    return stage.person(f"host{next(_numbers)}", "Hanna Host")


@pytest.fixture
def owner(stage: Stage) -> Person:
    return stage.person(f"owner{next(_numbers)}", "Otto Owner")


@pytest.fixture
def guest(stage: Stage) -> Person:
    return stage.person(f"guest{next(_numbers)}", "Gita Guest")


@pytest.fixture
def table(stage: Stage, host: Person, owner: Person, guest: Person) -> Table:
    return Table(stage, host, (owner, guest))


def test_from_one_agenda_to_the_next_over_a_change_of_clocks(stage: Stage, host: Person, owner: Person) -> None:
    table = Table(stage, host, (owner,), rule="weekly on Monday")
    first = table.coming()
    assert (table.agenda_at(first), first.starts_at) == (
        datetime(2027, 3, 26, 8, tzinfo=UTC),  # Friday 9:00, in winter
        datetime(2027, 3, 29, 8, tzinfo=UTC),  # Monday 10:00, in summer
    )
    late = promise(stage, owner, table.room, "Publish the customer math", days=0.5)
    soon = promise(stage, owner, table.room, "Agree owners for hand-offs", days=6)
    third = promise(stage, owner, table.room, "Call ten lost customers", days=7)

    agenda = table.agenda(first)
    assert "Due before next time (2)" in texts(agenda)
    assert "Overdue (1)" in texts(agenda)
    assert f"Still to say how theirs stands: <@{owner.id}>" in texts(agenda)
    assert "Our summary of" in texts(agenda)

    assert table.give_update(owner, agenda, "Half of it is out.", "Two of five agreed.", "") is None
    table.until(agenda, "“Half of it is out.”", "“Two of five agreed.”")
    assert table.add_item(host, agenda, "Who speaks for billing?") is None
    table.until(agenda, "Put on the list (1)", "Who speaks for billing?")

    opening = table.opening(4, first)
    assert [texts(one).splitlines()[0] for one in table.thread(opening)] == [
        "*1 · Publish the customer math*",
        "*2 · Agree owners for hand-offs*",
        "*3 · Call ten lost customers*",
        "*4 · Who speaks for billing?*",
    ]
    math, owners, calls, billing = (table.thread(opening)[number] for number in range(4))
    assert f"<@{owner.id}>: “Half of it is out.”" in texts(math)

    table.press(owner, math, "commitment_done")
    assert pressable(table.until(math, "*Done.*", f"Ticked by <@{owner.id}>")) == []
    assert now_is(stage, late).state is State.DONE
    table.new_date(owner, owners, "in three weeks")
    table.until(owners, "*Renegotiated*", f"Ticked by <@{owner.id}>")
    table.press(host, calls, "session_missed")
    table.until(calls, "*Missed.* It comes up next time.", f"Ticked by <@{host.id}>")
    table.press(host, billing, "session_discussed")
    table.until(billing, "*Talked about.*")

    assert table.add_item(owner, opening, "A fifth thing") is None
    hasten(stage, lambda: len(table.thread(opening)) == 5)
    assert pressable(table.item(opening, "A fifth thing")) == ["Talked about", "Not today"]

    summary = table.summary()
    words = texts(summary)
    for told in ("Kept (1)", "Missed (1)", "Renegotiated (1)", "Talked about (1)", "Not reached (1)"):
        assert told in words
    assert "Kept *1* · missed *1* · renegotiated *1* · newly promised *3* · talked about *1* · not reached *1*" in words
    assert "its summary is in the channel" in texts(hasten(stage, lambda: table.thread(opening)[5:])[0])
    assert pressable(table.until(opening, "is closed")) == []

    second = table.coming()
    assert second.starts_at == datetime(2027, 4, 5, 8, tzinfo=UTC)
    again = texts(table.agenda(second))
    assert "Call ten lost customers" in again
    assert "left open last time" in again
    assert "A fifth thing" in again
    assert "Who speaks for billing?" not in again
    assert "Publish the customer math" not in again
    assert third.id != soon.id


def test_a_slip_is_put_right_for_a_day_and_the_summary_follows(table: Table, host: Person) -> None:
    mine = promise(table.stage, host, table.room, "Name the sponsor", days=2)
    table.agenda()
    opening = table.opening(1)
    (item,) = table.thread(opening)
    table.press(host, item, "session_missed")
    summary = table.summary()
    assert "Missed (1)" in texts(summary)
    move(table.stage, 3 * HOUR)
    table.press(host, item, "commitment_done")
    table.until(summary, "Kept (1)")
    assert "Missed" not in texts(table.now(summary))
    assert now_is(table.stage, mine).state is State.DONE


def test_after_a_day_nothing_is_offered_any_more(table: Table, host: Person) -> None:
    promise(table.stage, host, table.room, "Name the sponsor", days=2)
    table.agenda()
    (item,) = table.thread(table.opening(1))
    pressed = table.press(host, item, "session_missed")
    table.summary()
    assert "Done" in pressable(table.now(item))
    move(table.stage, DAY)
    hasten(table.stage, lambda: pressable(table.now(item)) == [])
    told = table.stage.shown(host, lambda: resend(table.stage, pressed, lambda _: None))
    assert "nothing can be ticked off" in told["text"]


def test_what_a_session_leaves_is_on_the_next_agenda_that_was_made_before(
    stage: Stage, host: Person, owner: Person
) -> None:
    table = Table(stage, host, (owner,), rule="daily")
    promise(stage, owner, table.room, "Publish the customer math", days=1)
    today = next(one for one in map(table.coming, range(7)) if one.day.weekday() in (TUESDAY, WEDNESDAY))
    move_to(stage, today.starts_at - HOUR / 2)
    table.settle()
    tomorrow = f"– {today.day + DAY:%a} {(today.day + DAY).day} "
    tomorrows = next(one for one in table.look_at_all() if tomorrow in one["text"])
    opening = table.opening(1, today)
    assert "left open last time" not in texts(tomorrows)
    table.press(owner, table.thread(opening)[0], "session_missed")
    table.summary()
    table.until(tomorrows, "Publish the customer math", "left open last time")


def test_a_session_that_nobody_came_to_says_so_without_blame(table: Table, owner: Person) -> None:
    promise(table.stage, owner, table.room, "Publish the customer math", days=1)
    table.agenda()
    table.opening(1)
    summary = texts(table.summary())
    assert "Nothing was ticked this time. All of it stays on the list, nothing is lost." in summary
    assert "Not reached (1)" in summary
    assert "comes up again" in summary


def test_an_empty_session_opens_and_closes_all_the_same(table: Table) -> None:
    assert "Nothing is open." in texts(table.agenda())
    assert "Nothing is on the list yet." in texts(table.opening(0))
    assert "Nothing was on the list." in texts(table.summary())


def test_whoever_leads_closes_early_and_nobody_else(table: Table, host: Person, owner: Person) -> None:
    promise(table.stage, owner, table.room, "Publish the customer math", days=1)
    table.agenda()
    opening = table.opening(1)
    told = table.refused(owner, opening, "close_session")
    assert f"Only <@{host.id}>, who leads these sessions" in told
    pressed = table.press(host, opening, "close_session")
    summary = table.next_message()
    assert "Not reached (1)" in texts(summary)
    assert table.stored(table.first.id).closed_at is not None
    told = table.stage.shown(host, lambda: resend(table.stage, pressed, lambda _: None))
    assert "is closed, and its summary is in the channel" in told["text"]
    table.settle()
    assert table.fresh() == []


def test_others_get_a_friendly_refusal(table: Table, host: Person, owner: Person, guest: Person) -> None:
    promise(table.stage, owner, table.room, "Publish the customer math", days=1)
    agenda = table.agenda()
    assert table.add_item(owner, agenda, "Who speaks for billing?") is None
    opening = table.opening(2)
    math, billing = table.thread(opening)
    told = table.refused(guest, math, "session_missed")
    assert told.startswith(f"Only <@{owner.id}>, whose commitment it is")
    told = table.refused(guest, billing, "session_discussed")
    assert told.startswith(f"Only <@{owner.id}>, who put it on the list, <@{host.id}>, who leads these sessions")
    assert "Ticked by" not in texts(table.now(math)) + texts(table.now(billing))
    table.press(owner, billing, "session_not_today")
    table.until(billing, "*Not today.*")


def test_an_administrator_of_the_workspace_may_do_what_whoever_leads_may(table: Table, owner: Person) -> None:
    admin = table.stage.workspace.add_person(f"admin{next(_numbers)}", "Ada Admin", is_admin=True)
    table.stage.workspace.join(admin.id, table.room.id)
    promise(table.stage, owner, table.room, "Publish the customer math", days=1)
    table.agenda()
    opening = table.opening(1)
    (math,) = table.thread(opening)
    table.press(admin, math, "session_missed")
    table.until(math, f"Ticked by <@{admin.id}>")
    table.press(admin, opening, "close_session")
    assert "missed *1*" in texts(table.next_message()).lower()


def test_people_of_another_company_are_told_whom_to_ask(table: Table, owner: Person) -> None:
    promise(table.stage, owner, table.room, "Publish the customer math", days=1)
    table.agenda()
    opening = table.opening(1)
    delivery = table.press(owner, table.thread(opening)[0], "session_missed")

    def from_elsewhere(payload: Json) -> None:
        payload["user"]["team_id"] = "T0ELSEWHERE"
        payload["actions"][0]["action_ts"] = "1.2"

    told = table.stage.shown(owner, lambda: resend(table.stage, delivery, from_elsewhere))
    assert "people of this workspace" in told["text"]


def test_an_update_that_is_too_long_is_refused_where_it_stands_and_one_that_is_emptied_is_taken_back(
    table: Table, owner: Person, guest: Person
) -> None:
    stage = table.stage
    promise(stage, owner, table.room, "Publish the customer math", days=1)
    promise(stage, owner, table.room, "Agree owners", days=1)
    agenda = table.agenda()
    assert "None of the commitments on this list is yours" in table.refused(guest, agenda, "give_update")
    table.give_update(owner, agenda, "Half of it.", "None of it.")
    table.until(agenda, "“Half of it.”", "“None of it.”")
    sent = submission(stage)
    second = sent.payload["view"]["blocks"][2]["block_id"]

    def far_too_long(payload: Json) -> None:
        payload["view"]["state"]["values"][second]["input"]["value"] = "x" * 501

    answer = resend(stage, sent, far_too_long).answer
    assert answer == {
        "response_action": "errors",
        "errors": {second: "That update has 501 characters; say it in 500 or fewer."},
    }
    table.give_update(owner, agenda, "", "Some of it.")
    table.until(agenda, "“Some of it.”")
    assert "Half of it." not in texts(table.now(agenda))


def test_the_same_item_sent_twice_is_one_and_after_the_session_it_is_for_the_next(table: Table, guest: Person) -> None:
    agenda = table.agenda()
    assert table.add_item(guest, agenda, "Who speaks for billing?") is None
    delivery = submission(table.stage)
    table.stage.again(delivery)
    opening = table.opening(1)
    table.settle()
    assert len(table.thread(opening)) == 1
    table.summary()
    assert table.add_item(guest, agenda, "And who for claims?") is None
    again = texts(table.agenda())
    assert "Put on the list (2)" in again
    assert "And who for claims?" in again


def test_sixty_items_are_shown_in_part_on_request_all_and_each_once_in_the_thread(
    table: Table, host: Person, owner: Person
) -> None:
    stage = table.stage
    until_then = (table.first.starts_at - stage.clock()) / DAY
    for number in range(60):
        promise(stage, owner, table.room, f"Promise {number:02}", days=until_then + number / 1_000)
    agenda = table.agenda()
    assert "and 55 more" in texts(agenda)
    whole = stage.opened(host, lambda: table.press(host, agenda, "show_agenda"))
    assert [f"*Promise {number:02}*" in texts(whole) for number in range(60)] == [True] * 60
    stage.workspace.close_view(host.id)
    opening = table.opening(60)
    titles = [texts(one).splitlines()[0] for one in table.thread(opening)]
    assert titles == [f"*{number + 1} · Promise {number:02}*" for number in range(60)]
    summary = table.summary()
    assert "Not reached (60)" in texts(summary)
    whole = stage.opened(host, lambda: table.press(host, summary, "show_summary"))
    assert "Promise 59" in texts(whole)


def test_no_text_of_people_pings_links_or_breaks_a_message(table: Table, host: Person, owner: Person) -> None:
    promise(table.stage, owner, table.room, HOSTILE, days=1)
    agenda = table.agenda()
    table.give_update(owner, agenda, HOSTILE)
    table.add_item(host, agenda, HOSTILE)
    table.until(agenda, "Put on the list (1)", "“&lt;!channel&gt;")
    opening = table.opening(2)
    for item in table.thread(opening):
        assert "&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;https://example.com|click&gt;" in texts(item)
    assert "&lt;!channel&gt;" in texts(table.summary())


def test_a_skipped_session_is_struck_from_its_agenda_and_does_not_open(table: Table) -> None:
    agenda, of = table.agenda(), table.coming()
    table.skip(of)
    assert pressable(table.until(agenda, "*Skipped.*")) == ["Read the guidance", "Manage"]
    move_to(table.stage, of.ends_at)
    table.settle()
    assert table.fresh() == []


def test_a_message_that_somebody_deleted_is_not_posted_again(
    table: Table, host: Person, owner: Person, refusals: set[str]
) -> None:
    refusals.add("message_not_found")
    promise(table.stage, owner, table.room, "Publish the customer math", days=1)
    promise(table.stage, host, table.room, "Name the sponsor", days=1)
    table.agenda()
    opening = table.opening(2)
    gone, kept = table.thread(opening)
    with table.stage.workspace.lock:  # before anything can be drawn
        table.stage.press(owner, gone, "session_missed")
        table.stage.workspace.delete_message(table.room.id, gone["ts"])
    table.press(host, kept, "session_missed")
    table.until(kept, "*Missed.*")
    table.summary()
    assert [one["ts"] for one in table.thread(opening)][:1] == [kept["ts"]]
