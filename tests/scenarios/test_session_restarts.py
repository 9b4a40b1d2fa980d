"""A bot that stops between two steps of a session, or in the middle of one: all goes on, nothing is told twice."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.app import build
from bot.workspace.records import Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.meetings import DAY, HOUR, MINUTE, Table, move, move_to, pressable
from tests.scenarios.poll import LONG, process
from tests.scenarios.rounds import hasten
from tests.scenarios.stage import PATIENCE, Stage, texts
from tests.scenarios.standing import promise

NEVER = 600.0  # seconds: an answer that the dying bot does not live to see
MATH = "Publish the customer math"


_numbers = count(1)


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    """Its last bot does what is due."""
    return moving_stage


@pytest.fixture
def host(stage: Stage) -> Person:
    return stage.person(f"host{next(_numbers)}", "Hanna Host")


@pytest.fixture
def owner(stage: Stage) -> Person:
    return stage.person(f"owner{next(_numbers)}", "Otto Owner")


@pytest.fixture
def table(stage: Stage, host: Person, owner: Person) -> Table:
    made = Table(stage, host, (owner,))
    for number in range(3):
        until_then = (made.first.starts_at - stage.clock()) / DAY
        promise(stage, owner, made.room, f"Promise {number}", days=until_then + 1 + number / 100)
    return made


def down(stage: Stage) -> None:
    """Nothing that is due is done any more."""
    for bot in stage.bots:
        bot.ticker.stop(PATIENCE)


def up(stage: Stage) -> None:
    """Another bot does it, which knows nothing but what is stored. What people press is heard by the first still."""
    stage.bots.append(build(stage.settings, stage.clock))
    stage.bots[-1].ticker.start()


def posted(table: Table) -> list[str]:
    """The first line of all that was ever posted there."""
    return [str(one["text"]).splitlines()[0] for one in table.stage.workspace.everything_in(table.room.id)]


def assert_once(table: Table, count: int) -> None:
    table.settle()
    assert len(posted(table)) == len(set(posted(table))) == count, posted(table)


# Between two steps


def test_in_each_phase_another_bot_goes_on_where_the_last_one_stopped(
    stage: Stage, table: Table, host: Person, owner: Person
) -> None:
    agenda = table.agenda()
    down(stage)
    table.give_update(owner, agenda, "Half of it is out.")
    up(stage)
    table.until(agenda, "“Half of it is out.”")
    down(stage)
    move_to(stage, table.coming().starts_at)
    up(stage)
    opening = table.opening(3, table.first)
    first, second, _ = table.thread(opening)
    down(stage)
    table.press(owner, first, "commitment_done")
    table.press(host, second, "session_missed")
    up(stage)
    table.until(first, "*Done.*")
    table.until(second, "*Missed.*")
    down(stage)
    move(stage, 45 * MINUTE)
    up(stage)
    summary = table.next_message()
    assert "Kept *1* · missed *1*" in texts(summary)
    assert_once(table, 7)  # agenda, opening, three items, summary, and a line in the thread
    move_to(stage, table.agenda_at(table.coming()))
    again = texts(table.next_message())
    assert "Promise 1" in again
    assert "Promise 0" not in again.replace("Done since", "")


# After a longer downtime


def test_an_agenda_that_comes_hours_late_says_so(stage: Stage, table: Table) -> None:
    down(stage)
    move_to(stage, table.agenda_at(table.first) + 3 * HOUR)
    up(stage)
    assert "This agenda comes late" in texts(table.next_message())
    assert_once(table, 1)


def test_a_session_that_opens_late_says_so_takes_its_time_and_needs_no_agenda(stage: Stage, table: Table) -> None:
    down(stage)
    move_to(stage, table.first.starts_at + 20 * MINUTE)
    up(stage)
    opening = table.next_message()
    assert "It opens late" in texts(opening)
    hasten(stage, lambda: len(table.thread(opening)) == 3)
    assert_once(table, 4)
    move_to(stage, table.first.ends_at + 10 * MINUTE)
    table.settle()
    assert table.fresh() == []
    move(stage, 10 * MINUTE)
    assert "what came of it" in texts(table.next_message())


def test_a_late_summary_says_so(stage: Stage, table: Table) -> None:
    table.agenda()
    table.opening(3)
    down(stage)
    move_to(stage, table.first.ends_at + 5 * HOUR)
    up(stage)
    assert "This summary comes late" in texts(table.next_message())


def test_after_weeks_the_channel_hears_one_thing_only(stage: Stage, table: Table) -> None:
    agenda = table.agenda()
    opening = table.opening(3)
    down(stage)
    third = table.coming(1)
    move_to(stage, table.agenda_at(third) + 2 * HOUR)
    up(stage)
    late = table.next_message()
    assert "This agenda comes late" in texts(late)
    assert f"Not held since the last one: {table.first.day + 7 * DAY:%a}" in texts(late)
    summary = hasten(stage, lambda: table.thread(opening)[3:])[0]
    assert "what came of it" in texts(summary)
    table.settle()
    assert table.fresh() == []
    assert agenda["ts"] != late["ts"]


# In the middle of a step: what a death leaves in the database


def forget(table: Table, part: str, kind: str, *, tries: int = 1) -> None:
    """The database as a death right after Slack's OK leaves it: claimed and not marked, the action not done."""
    stage = table.stage
    message = f"update session_messages set ts = '', drawn = '', tries = {tries} where series_id = ? and part = ?"
    stage.put(message, table.series.id, part)
    undone = "update due_actions set state = 'planned', lease = null, ended_at = null, next_at = due_at"
    stage.put(f"{undone} where subject = ? and kind = ? and occurrence = ?", table.series.id, kind, table.first.id)


@pytest.mark.parametrize(("part", "kind"), [("#agenda", "post_agenda"), ("#opening", "open_session")])
def test_what_slack_took_before_the_death_is_found_and_not_posted_again(
    stage: Stage, table: Table, part: str, kind: str
) -> None:
    agenda = table.agenda()
    if part == "#opening":
        table.opening(3)
    table.settle()
    before = posted(table)
    down(stage)
    forget(table, part, kind)
    move(stage, 2 * MINUTE)
    up(stage)
    hasten(
        stage, lambda: not stage.rows("select 1 from session_messages where series_id = ? and ts = ''", table.series.id)
    )
    assert posted(table) == before
    assert agenda["ts"] in {ts for (ts,) in stage.rows("select ts from session_messages")}


class TestUnreadable:
    @pytest.fixture
    def stage(self, new_stage: NewStage) -> Stage:
        made = new_stage(optional_scopes=False)
        made.start_bot()
        return made

    def test_where_the_bot_may_not_look_it_is_posted_once_more_and_never_a_third_time(
        self, stage: Stage, table: Table, refusals: set[str]
    ) -> None:
        refusals.add("missing_scope")
        table.agenda()
        down(stage)
        forget(table, "#agenda", "post_agenda")
        move(stage, 2 * MINUTE)
        up(stage)
        hasten(stage, lambda: len(posted(table)) == 2)
        table.settle()
        down(stage)
        forget(table, "#agenda", "post_agenda", tries=2)
        move(stage, 2 * MINUTE)
        up(stage)
        hasten(stage, lambda: stage.rows("select 1 from session_messages where gone"))
        assert len(posted(table)) == 2


# Two at once


class TestTwoProcesses:
    @pytest.fixture
    def stage(self, new_stage: NewStage, own_database_url: str) -> Stage:
        made = new_stage(database_url=own_database_url)
        made.start_bot()
        made.start_bot()
        return made

    def test_two_bots_tell_each_thing_once(self, stage: Stage, table: Table, host: Person, owner: Person) -> None:
        agenda = table.agenda()
        table.add_item(host, agenda, "Who speaks for billing?")
        opening = table.opening(4)
        for item in table.thread(opening)[:3]:
            table.press(owner, item, "session_missed")
        table.add_item(owner, opening, "A fifth thing")
        hasten(stage, lambda: len(table.thread(opening)) == 5)
        for item in table.thread(opening)[:3]:
            table.until(item, "*Missed.*")
        summary = table.summary()
        table.until(summary, "Missed *3*")
        hasten(stage, lambda: len(table.thread(opening)) == 6)
        move(stage, HOUR)
        table.until(opening, "is closed")
        assert len(posted(table)) == len(set(posted(table))) == 9
        drawn = [(c.args["ts"], str(c.args["blocks"])) for c in stage.workspace.calls if c.method == "chat.update"]
        assert len(drawn) == len(set(drawn))


# When Slack says no


def refused(table: Table) -> int:
    """How often Slack took no message there."""
    calls = [one for one in table.stage.workspace.calls if one.method == "chat.postMessage"]
    return len([one for one in calls if one.args["channel"] == table.room.id and not one.answer.get("ok")])


def waiting(table: Table) -> int:
    """Agendas that were due, and are not being posted at this moment."""
    query = (
        "select 1 from due_actions where kind = 'post_agenda' and state = 'planned' and lease is null and due_at <= ?"
    )
    return len(table.stage.rows(query, f"{table.stage.clock():%Y-%m-%dT%H:%M:%S.%fZ}"))


def told(stage: Stage, person: Person, words: str) -> list[Json]:
    return [one for one in stage.said(stage.dm(person)) if words in texts(one)]


@pytest.mark.parametrize("how", ["archived", "removed"])
def test_a_channel_that_takes_nothing_is_told_of_once_and_gets_its_agenda_when_it_does_again(
    stage: Stage, table: Table, host: Person, refusals: set[str], how: str
) -> None:
    refusals.add({"archived": "is_archived", "removed": "not_in_channel"}[how])
    (stage.workspace.archive if how == "archived" else stage.workspace.remove_bot)(table.room)
    move_to(stage, table.agenda_at(table.first))
    hasten(stage, lambda: told(stage, host, "Session"))
    for tried in range(1, 4):
        hasten(stage, lambda tried=tried: (refused(table), waiting(table)) == (tried, 1))  # type: ignore[misc]
        move(stage, HOUR)
    hasten(stage, lambda: (refused(table), waiting(table)) == (4, 1))
    assert len(told(stage, host, "Session")) == 1
    if how == "archived":
        table.room.is_archived = False
    else:
        stage.workspace.invite_bot(table.room)
    move(stage, HOUR)
    assert "Promise 0" in texts(table.next_message())


def test_a_session_whose_channel_stays_closed_is_left_and_the_series_goes_on(
    stage: Stage, table: Table, host: Person, refusals: set[str]
) -> None:
    refusals.add("is_archived")
    stage.workspace.archive(table.room)
    move_to(stage, table.first.starts_at)
    hasten(stage, lambda: told(stage, host, "Session"))
    move_to(stage, table.first.ends_at + MINUTE)
    hasten(stage, lambda: table.stored(table.first.id).closed_at)
    table.settle()
    table.room.is_archived = False
    move(stage, 2 * DAY)
    table.settle()
    assert posted(table) == []
    assert "Promise 0" in texts(table.agenda())


# A death in the middle


Start = Callable[[], subprocess.Popen[bytes]]


@pytest.mark.soak
class TestDeaths:
    """The bot is a process of its own and is killed while it posts."""

    @pytest.fixture
    def stage(self, new_stage: NewStage) -> Stage:
        made = new_stage()
        made.start_bot()
        return made

    @pytest.fixture
    def doomed(self, stage: Stage, tmp_path: Path) -> Iterator[Start]:
        started: list[subprocess.Popen[bytes]] = []

        def start() -> subprocess.Popen[bytes]:
            down(stage)
            started.append(process(stage, tmp_path))
            return started[-1]

        yield start
        for each in started:
            each.kill()
            each.wait()

    @pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
    @pytest.mark.parametrize("well", [0, 1, 2], ids=["opening", "first-item", "second-item"])
    def test_killed_while_it_opens_a_session_it_is_all_there_once(
        self, stage: Stage, table: Table, doomed: Start, refusals: set[str], well: int, taken: bool
    ) -> None:
        refusals |= set() if taken else {"request_timeout"}
        table.agenda()
        move_to(stage, table.first.starts_at)
        sent = [call for call in stage.workspace.calls if call.method == "chat.postMessage"]
        if well:
            stage.workspace.faults.append(Fault("chat.postMessage", times=well))
        error = "" if taken else "request_timeout"
        stage.workspace.faults.append(Fault("chat.postMessage", error=error, delay_after_effect=NEVER))
        dying = doomed()
        stage.workspace.wait_for(
            lambda: len([c for c in stage.workspace.calls if c.method == "chat.postMessage"]) > len(sent) + well, LONG
        )
        dying.kill()
        dying.wait()
        stage.workspace.faults.clear()
        move(stage, timedelta(minutes=10))
        up(stage)
        opening = table.next_message()
        hasten(stage, lambda: len(table.thread(opening)) == 3)
        assert_once(table, 5)
        assert pressable(table.thread(opening)[0])[0] == "Done"
