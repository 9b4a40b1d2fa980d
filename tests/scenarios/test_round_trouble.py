"""When Slack stumbles or says no in the middle of a round, or somebody takes away what the round needs."""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.keys import WorkspaceKey
from bot.slack.budget import EDIT_HELD
from bot.workspace.records import Fault
from tests.scenarios.poll import Poll, kill, process
from tests.scenarios.stage import PATIENCE, MovableClock, Stage, buttons, texts

pytestmark = pytest.mark.soak  # crashes and time-outs take their time

POST, EDIT = "chat.postMessage", "chat.update"
STUMBLES = {
    "limited": (Fault("", status=429, retry_after=2), "ratelimited"),
    "failed": (Fault("", status=503), "internal_error"),
    "failed-after-all": (Fault("", status=500, after_effect=True), "internal_error"),
    "no-answer": (Fault("", error="request_timeout", delay_after_effect=math.inf), "request_timeout"),
    "no-answer-after-all": (Fault("", delay_after_effect=math.inf), ""),
}
QUICK = pytest.mark.parametrize("stumble", list(STUMBLES)[:3], indirect=True)  # an answer that never comes takes long
UNREADABLE = pytest.mark.parametrize("stage_options", [{"optional_scopes": False}], ids=["unreadable"])


@pytest.fixture
def stage(fresh_stage: Stage) -> Stage:
    """A stage of its own, with one bot on it."""
    fresh_stage.start_bot()
    return fresh_stage


@pytest.fixture
def poll(stage: Stage, clock: MovableClock) -> Poll:
    return Poll(stage, clock)


@pytest.fixture(params=STUMBLES)
def stumble(request: pytest.FixtureRequest, stage: Stage, refusals: set[str]) -> Callable[..., None]:
    """Slack stumbles at a call of this method, after so many that go well."""
    fault, word = STUMBLES[request.param]

    def arrange(method: str, after: int = 0) -> None:
        refusals.update({word} - {""})
        if after:
            stage.workspace.faults.append(Fault(method, times=after))
        stage.workspace.faults.append(replace(fault, method=method))

    return arrange


def troubles(poll: Poll) -> list[str]:
    """What the starter was told that went wrong; the rest of what they got are reminders."""
    return [words for words in poll.told(poll.starter) if "haven't answered" not in words]


def draw(poll: Poll) -> None:
    """Has every bot look at all its rounds, as it does each minute."""
    for bot in poll.stage.bots:
        bot.readiness.drawer.want_all()


# Slack stumbles


def test_the_first_message_is_posted_once_though_slack_stumbles(poll: Poll, stumble: Callable[..., None]) -> None:
    stumble(POST)
    poll.start()
    poll.settle()
    assert (len(poll.stage.said(poll.room.id)), len(poll.thread)) == (1, 3)
    assert troubles(poll) == []


@QUICK
def test_a_statement_is_posted_once_though_slack_stumbles(poll: Poll, stumble: Callable[..., None]) -> None:
    stumble(POST, after=2)
    poll.start()
    poll.settle()
    assert (len(poll.stage.said(poll.room.id)), len(poll.thread)) == (1, 3)
    assert len(set(poll.titles)) == 3
    assert troubles(poll) == []


def test_the_turnout_is_drawn_though_slack_stumbles(poll: Poll, stumble: Callable[..., None]) -> None:
    poll.start()
    stumble(EDIT)
    poll.vote(poll.people[1])
    poll.vote(poll.people[2])
    poll.until(lambda: poll.turnout() == "2 of 6* have answered")
    assert troubles(poll) == []


@QUICK
def test_the_results_are_posted_once_though_slack_stumbles(poll: Poll, stumble: Callable[..., None]) -> None:
    poll.start()
    poll.everybody_votes()
    stumble(POST)
    poll.close()
    poll.settle()
    assert len(poll.results) == 1
    assert troubles(poll) == []


def test_an_outage_that_lasts_loses_no_message_where_the_bot_may_read(poll: Poll, refusals: set[str]) -> None:
    refusals.add("internal_error")
    poll.workspace.faults += [Fault(POST, times=2), Fault(POST, status=503, times=4)]
    poll.start()
    poll.settle()
    assert (len(poll.thread), len(set(poll.titles))) == (3, 3)
    assert troubles(poll) == []


@UNREADABLE
def test_where_it_may_not_read_it_gives_a_statement_up_after_two_tries_and_says_so(
    poll: Poll, refusals: set[str]
) -> None:
    refusals |= {"internal_error", "missing_scope"}
    poll.workspace.faults += [Fault(POST, times=2), Fault(POST, status=503, times=2)]
    poll.confirm(poll.draft())
    (words,) = poll.until(lambda: troubles(poll))
    poll.settle()
    assert "Slack did not take one of its messages" in words
    assert [title.split(",")[0] for title in poll.titles] == ["1 of 3", "3 of 3"]


@UNREADABLE
def test_a_round_whose_first_message_never_arrives_is_cancelled_and_can_be_started_again(
    poll: Poll, refusals: set[str]
) -> None:
    refusals |= {"internal_error", "missing_scope"}
    poll.workspace.faults.append(Fault(POST, status=503, times=2))
    poll.confirm(poll.draft())
    (words,) = poll.until(lambda: troubles(poll))
    assert "could not start" in words
    poll.workspace.modals.clear()
    poll.start()
    assert len(poll.thread) == 3


@UNREADABLE
def test_results_that_never_arrive_are_offered_to_the_starter(poll: Poll, refusals: set[str]) -> None:
    refusals |= {"internal_error", "missing_scope"}
    poll.start()
    poll.everybody_votes()
    poll.workspace.faults.append(Fault(POST, status=503, times=2))
    poll.pass_by(timedelta(days=7))
    poll.until(lambda: troubles(poll))
    poll.settle()
    assert len(troubles(poll)) == 1
    assert poll.results == []


def days_pass(poll: Poll, found: Callable[[], Any]) -> None:
    """Hour by hour, with all that is tried in each."""
    for _ in range(60):
        if found():
            return
        poll.pass_by(timedelta(hours=1))
        poll.settle()
    raise AssertionError(poll.workspace.transcript())


def test_results_that_slack_takes_for_a_day_from_nobody_are_offered_to_the_starter_and_the_round_is_closed(
    poll: Poll, refusals: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    refusals.add("internal_error")
    poll.start()
    poll.everybody_votes()
    outage = Fault(POST, status=503, times=10_000)
    poll.workspace.faults.append(outage)
    poll.pass_by(timedelta(days=7))
    days_pass(poll, lambda: poll.stage.rows("select 1 from due_actions where state = 'failed'"))
    assert poll.stage.rows("select closed_at is not null from rounds") == [(1,)]
    assert troubles(poll) == []
    poll.workspace.faults.remove(outage)
    days_pass(poll, lambda: troubles(poll))
    assert len(troubles(poll)) == 1
    offered = [name for name, _, _ in buttons(poll.stage.said(poll.stage.dm(poll.starter))[-1])]
    assert offered == ["show_results", "send_files"]
    assert [words for words in caplog.messages if "given up" in words]
    caplog.clear()  # what was given up is an error, for whoever runs the bot


def test_a_message_that_slack_never_lets_change_keeps_no_other_from_being_drawn(
    poll: Poll, clock: MovableClock, refusals: set[str]
) -> None:
    refusals.add("team_access_not_granted")
    poll.start()
    poll.workspace.faults.append(Fault(EDIT, error="team_access_not_granted", times=1))
    poll.vote(poll.people[1])
    poll.until(lambda: poll.calls(EDIT))
    other = Poll(poll.stage, clock)
    other.start()
    other.vote(other.people[1])
    other.until(lambda: other.turnout() == "1 of 6* has answered")


def test_a_message_that_a_dead_process_holds_keeps_no_other_round_from_being_drawn(
    poll: Poll, stage: Stage, clock: MovableClock
) -> None:
    poll.start()
    other = Poll(stage, clock).start()
    key, lane = WorkspaceKey("", stage.workspace.team.id), f"edit {poll.room.id} {poll.parent['ts']}"
    stage.bots[0].lanes.hold(key, lane, clock() + EDIT_HELD)
    poll.vote(poll.people[1])
    poll.pass_by(timedelta(seconds=2))
    edits = len(poll.calls(EDIT))
    other.vote(other.people[1])
    stage.workspace.wait_for(lambda: other.turnout() == "1 of 6* has answered", EDIT_HELD.total_seconds() / 2)
    assert poll.turnout() == "0 of 6* have answered"
    assert len(poll.calls(EDIT)) == edits + 1
    poll.until(lambda: poll.turnout() == "1 of 6* has answered")


# What the round needs is taken away


def test_without_its_first_message_a_round_goes_on_and_the_starter_is_told_once(poll: Poll, refusals: set[str]) -> None:
    refusals.add("message_not_found")
    poll.start()
    parent, thread = poll.parent["ts"], poll.thread
    poll.workspace.delete_message(poll.room.id, parent)
    poll.stage.press(poll.people[1], thread[0], "vote:1")
    (words,) = poll.until(lambda: troubles(poll))
    for person in poll.people[1:]:
        for statement in thread:
            poll.stage.press(person, statement, "vote:1")
    poll.settle()
    assert "deleted its first message" in words
    assert len(troubles(poll)) == 1
    poll.pass_by(timedelta(days=7))
    results = poll.until(lambda: poll.stage.said(poll.room.id))[-1]
    assert "5 of 6 people" in texts(results)


@QUICK
def test_the_starter_is_told_once_though_slack_stumbles(
    poll: Poll, refusals: set[str], stumble: Callable[..., None]
) -> None:
    refusals.add("message_not_found")
    poll.start()
    thread = poll.thread
    poll.workspace.delete_message(poll.room.id, poll.parent["ts"])
    stumble(POST)
    poll.stage.press(poll.people[1], thread[0], "vote:1")
    poll.until(lambda: troubles(poll))
    poll.pass_by(timedelta(minutes=2))
    poll.settle()
    assert len(troubles(poll)) == 1


def test_without_a_statement_a_round_goes_on_and_the_starter_is_told_once(poll: Poll, refusals: set[str]) -> None:
    refusals.add("message_not_found")
    poll.start()
    statement = poll.thread[1]
    poll.workspace.delete_message(poll.room.id, statement["ts"])
    poll.everybody_votes_in_modals()
    poll.close()
    poll.until(lambda: any(not call.answer["ok"] for call in poll.calls(EDIT)))
    poll.settle()
    assert troubles(poll) == []  # nobody had to change it while the round was open
    assert "6 of 6 people" in texts(poll.results[0])


def test_a_statement_deleted_in_a_live_round_is_told_of_once(
    stage: Stage, clock: MovableClock, refusals: set[str]
) -> None:
    refusals.add("message_not_found")
    poll = Poll(stage, clock, start_anonymity="named", start_shown="live")
    poll.start()
    poll.workspace.delete_message(poll.room.id, poll.thread[1]["ts"])
    for person in poll.people:
        poll.vote_in_modal(person)
    (words,) = poll.until(lambda: troubles(poll))
    draw(poll)
    poll.settle()
    assert "deleted one of its statements" in words
    assert len(troubles(poll)) == 1


def test_a_message_that_may_not_be_changed_any_more_is_not_called_deleted(poll: Poll, refusals: set[str]) -> None:
    refusals.add("edit_window_closed")
    poll.start()
    poll.workspace.faults.append(Fault(EDIT, error="edit_window_closed", times=100))
    poll.vote(poll.people[1])
    (words,) = poll.until(lambda: troubles(poll))
    poll.settle()
    assert "may be out of date" in words
    assert "deleted" not in words
    assert len(poll.calls(EDIT)) == 1
    assert len(troubles(poll)) == 1
    poll.close()


@pytest.mark.parametrize("bots", [1, 2])
def test_a_channel_archived_while_the_round_is_open_is_told_of_once_and_heals(
    poll: Poll, refusals: set[str], bots: int
) -> None:
    refusals |= {"is_inactive", "is_archived"}  # the edit, and the confirmation
    if bots == 2:
        poll.stage.start_bot()
    poll.start()
    with poll.workspace.lock:
        poll.vote_unawaited(poll.people[1])
        poll.workspace.archive(poll.room)
    (words,) = poll.until(lambda: troubles(poll))
    draw(poll)
    poll.settle()
    assert "I can't post there any more" in words
    assert [name for name, _, _ in buttons(poll.stage.said(poll.stage.dm(poll.starter))[0])] == ["manage_round"]
    assert len(troubles(poll)) == 1
    poll.room.is_archived = False
    draw(poll)
    poll.until(lambda: poll.turnout() == "1 of 6* has answered")
    poll.close()


def test_a_bot_that_was_removed_while_the_round_is_open_goes_on_and_posts_once_it_is_back(
    poll: Poll, refusals: set[str]
) -> None:
    refusals.add("not_in_channel")  # Slack lets it change its messages, not post
    poll.start()
    poll.workspace.remove_bot(poll.room)
    poll.vote(poll.people[1])
    poll.until(lambda: poll.turnout() == "1 of 6* has answered")
    poll.settle()
    poll.workspace.invite_bot(poll.room)
    assert troubles(poll) == []
    poll.everybody_votes()
    poll.close()


def close(poll: Poll, how: str) -> None:
    (poll.workspace.archive if how == "archived" else poll.workspace.remove_bot)(poll.room)


def reopen(poll: Poll, how: str) -> None:
    if how == "archived":
        poll.room.is_archived = False
    else:
        poll.workspace.invite_bot(poll.room)


@pytest.mark.parametrize("how", ["archived", "removed"])
def test_a_round_whose_channel_closes_while_it_is_posted_gets_the_rest_when_it_opens_again(
    poll: Poll, refusals: set[str], how: str
) -> None:
    refusals.add({"archived": "is_archived", "removed": "not_in_channel"}[how])
    poll.confirm(poll.draft())
    poll.until(lambda: poll.stage.said(poll.room.id) and len(poll.thread) == 1)
    close(poll, how)
    poll.until(lambda: troubles(poll))
    poll.settle()
    assert len(poll.thread) == 1
    reopen(poll, how)
    poll.until(lambda: poll.is_posted)
    poll.settle()
    assert [title.split(",")[0] for title in poll.titles] == ["1 of 3", "2 of 3", "3 of 3"]
    assert len(troubles(poll)) == 1


@pytest.mark.parametrize("bots", [1, 2])
@pytest.mark.parametrize("how", ["archived", "removed"])
def test_results_that_no_channel_takes_are_shown_to_the_starter_on_request(
    poll: Poll, refusals: set[str], how: str, bots: int
) -> None:
    refusals |= {"archived": {"is_archived", "is_inactive"}, "removed": {"not_in_channel"}}[how]
    if bots == 2:
        poll.stage.start_bot()
    poll.start()
    poll.everybody_votes()
    poll.until(lambda: poll.turnout() == "6 of 6* have answered")
    close(poll, how)
    poll.pass_by(timedelta(days=7))
    poll.until(lambda: troubles(poll))
    edits = len(poll.calls(EDIT))
    draw(poll)
    poll.until(lambda: len(poll.calls(EDIT)) > edits)
    poll.settle()
    assert len(troubles(poll)) == 1
    told = poll.stage.said(poll.stage.dm(poll.starter))[-1]
    shown = poll.stage.shown(poll.starter, lambda: poll.stage.press(poll.starter, told, "show_results"))
    assert "6 of 6 people" in texts(shown)


def test_a_round_does_not_notice_that_its_channel_is_renamed(poll: Poll) -> None:
    poll.start()
    poll.room.name = "the-board"
    poll.vote(poll.people[1])
    poll.until(lambda: poll.turnout() == "1 of 6* has answered")
    poll.close()
    assert troubles(poll) == []


def test_when_the_starter_was_deactivated_nothing_breaks(poll: Poll, refusals: set[str]) -> None:
    refusals |= {"user_disabled", "message_not_found"}
    poll.start()
    thread, parent = poll.thread, poll.parent
    poll.workspace.people[poll.starter.id] = replace(poll.starter, is_deleted=True)
    poll.workspace.delete_message(poll.room.id, parent["ts"])
    for person in poll.people[1:]:
        for statement in thread:
            poll.stage.press(person, statement, "vote:1")
    poll.until(lambda: any(call.answer.get("error") == "user_disabled" for call in poll.calls(POST)))
    poll.pass_by(timedelta(days=7))
    results = poll.until(lambda: poll.stage.said(poll.room.id))[-1]
    poll.settle()
    assert "5 of 6 people" in texts(results)
    assert poll.told(poll.starter) == []


def test_a_token_revoked_while_a_round_is_posted_ends_the_bot_and_the_next_one_goes_on(
    poll: Poll, refusals: set[str]
) -> None:
    refusals.add("token_revoked")
    bot = poll.stage.bots[0]
    poll.confirm(poll.draft())
    poll.until(lambda: poll.stage.said(poll.room.id))
    poll.workspace.revoke_token()
    poll.until(bot.stopping.is_set)
    assert bot.reason.startswith("Slack does not accept the bot token (token_revoked).")
    bot.close()
    poll.stage.bots.clear()
    poll.workspace.install()
    poll.pass_by(timedelta(minutes=10))
    poll.stage.start_bot()
    poll.until(lambda: poll.is_posted)
    poll.settle()
    assert (len(poll.thread), len(set(poll.titles))) == (3, 3)


# Reminders


@pytest.mark.parametrize("kind", STUMBLES)
def test_reminders_reach_everybody_once_though_slack_stumbles(poll: Poll, refusals: set[str], kind: str) -> None:
    fault, word = STUMBLES[kind]
    refusals |= {word} - {""}
    poll.start()
    poll.vote(poll.people[1])
    poll.workspace.faults += [replace(fault, method=POST), Fault(POST, times=2), replace(fault, method=POST)]
    poll.pass_by(timedelta(days=3, hours=1))
    poll.until(lambda: poll.reminded().total() >= 5)
    poll.settle()
    assert sorted(poll.reminded().values()) == [0, 1, 1, 1, 1, 1]


@UNREADABLE
@pytest.mark.parametrize("kind", ["failed", "failed-after-all"])
def test_where_it_may_not_look_whether_a_reminder_arrived_it_sends_it_once_more(
    poll: Poll, refusals: set[str], kind: str
) -> None:
    fault, word = STUMBLES[kind]
    refusals |= {word, "missing_scope"}
    poll.start()
    poll.workspace.faults.append(replace(fault, method=POST))
    poll.pass_by(timedelta(days=3, hours=1))
    poll.until(lambda: len(poll.reminded()) == 6 and min(poll.reminded().values()) == 1)
    poll.settle()
    twice = {"failed": [], "failed-after-all": [2]}[kind]
    assert sorted(poll.reminded().values()) == [1] * (6 - len(twice)) + twice


def test_an_outage_of_slack_s_delays_reminders_and_loses_none(poll: Poll, refusals: set[str]) -> None:
    refusals.add("internal_error")
    poll.start()
    outage = Fault("*", status=503, times=1_000)
    poll.workspace.faults.append(outage)
    poll.pass_by(timedelta(days=3, hours=1))
    before = len(poll.workspace.calls)
    poll.until(lambda: len(poll.workspace.calls) > before + 2)
    assert poll.reminded().total() == 0
    poll.workspace.faults.remove(outage)
    poll.until(lambda: poll.reminded().total() >= 6)
    poll.settle()
    assert set(poll.reminded().values()) == {1}


def test_many_reminders_go_out_one_after_the_other(stage: Stage, clock: MovableClock) -> None:
    poll = Poll(stage, clock, size=25)
    poll.start()
    poll.pass_by(timedelta(days=3, hours=1))
    poll.until(lambda: poll.reminded().total() >= 25)
    poll.settle()
    assert set(poll.reminded().values()) == {1}


# Drawing


def seconds_apart(poll: Poll) -> dict[str, list[float]]:
    """Between two edits of each message."""
    times: dict[str, list[float]] = {}
    for call in poll.calls(EDIT):
        times.setdefault(str(call.args["ts"]), []).append(call.at.timestamp())
    return {ts: [after - before for before, after in pairwise(found)] for ts, found in times.items()}


def test_two_hundred_votes_cost_few_edits_and_the_last_shows_all_of_them(new_stage: Callable[..., Stage]) -> None:
    stage = new_stage(rate_limits=True)
    poll = Poll(stage, size=23, start_anonymity="named", start_shown="live")
    stage.start_bot()
    poll.start()
    for round_of_votes in range(3):
        for person in poll.people:
            for number in (1, 2, 3):
                poll.stage.press(person, poll.thread[number - 1], f"vote:{1 + (round_of_votes + number) % 3}")
    stage.workspace.wait_for(lambda: all(one.is_settled for one in stage.workspace.deliveries), PATIENCE)
    tallies = ["So far: 23 yes · 0 no", "So far: 0 yes · 23 no", "So far: 0 yes · 0 no · 23 not sure"]
    poll.until(lambda: [texts(one).splitlines()[-1] for one in poll.thread] == tallies)
    poll.until(lambda: poll.turnout() == "23 of 23* have answered")
    assert len(poll.calls(EDIT)) <= 40
    assert min(min(apart, default=99.0) for apart in seconds_apart(poll).values()) >= 2.9
    assert all(call.status != 429 for call in stage.workspace.calls)


# Nobody is named with a vote


def test_nothing_that_is_logged_or_said_in_a_whole_round_names_a_voter_with_a_vote(
    poll: Poll, caplog: pytest.LogCaptureFixture, refusals: set[str]
) -> None:
    """Though a confirmation is refused and a reminder's outcome unknown, of which the log tells."""
    refusals |= {"user_not_in_channel", "internal_error"}
    caplog.set_level("DEBUG", "bot")
    poll.start()
    poll.workspace.faults.append(Fault("chat.postEphemeral", error="user_not_in_channel"))
    poll.everybody_votes(but=1)
    missing = poll.people[-1]
    poll.until(lambda: poll.workspace.ephemerals(poll.people[1].id))
    poll.workspace.faults.append(Fault(POST, status=500, after_effect=True))
    poll.pass_by(timedelta(days=3, hours=1))
    poll.until(lambda: poll.reminded()[missing.id])
    results = poll.close()
    poll.stage.press(poll.starter, results, "send_files")
    poll.workspace.wait_for(lambda: len(poll.workspace.uploads) == 2, PATIENCE)
    poll.settle()
    logged = [record.getMessage() for record in caplog.records if record.name.split(".")[0] == "bot"]
    public = [json.dumps(one) for one in poll.workspace.everything_in(poll.room.id)]
    files = [str(upload.content, "utf-8") for upload in poll.workspace.uploads.values() if upload.content]
    assert [words for words in logged if "confirmation" in words]
    assert [words for words in logged if "chase_round" in words]
    assert len(files) == 2
    for person in poll.people[1:]:
        for text in [*logged, *public, *files]:
            assert person.id not in text
            assert person.real_name not in text


def test_whatever_the_bot_can_be_made_to_log_names_nobody_who_is_missing_and_no_voter(
    fresh_stage: Stage, clock: MovableClock, tmp_path: Path, refusals: set[str]
) -> None:
    """Of all libraries, at debug, set up as `cco run` does; with a reminder and a confirmation that go wrong."""
    refusals |= {"internal_error", "ratelimited", "user_not_in_channel"}
    poll, stage = Poll(fresh_stage, clock), fresh_stage
    missing = poll.people[-1]
    with (tmp_path / "log").open("wb") as log, closing_each() as running:
        running.append(process(stage, tmp_path, log))
        poll.start()
        stage.workspace.faults.append(Fault("chat.postEphemeral", error="user_not_in_channel"))
        poll.everybody_votes(but=2)
        poll.vote_in_modal(poll.people[4])
        kill(stage, running[-1])
        poll.pass_by(timedelta(days=3, hours=1))
        stage.workspace.faults += [Fault(POST, status=429, retry_after=2), Fault(POST, status=503)]
        running.append(process(stage, tmp_path, log))
        poll.until(lambda: poll.reminded()[missing.id])
        kill(stage, running[-1])
        poll.pass_by(timedelta(days=4))
        running.append(process(stage, tmp_path, log))
        poll.until(lambda: poll.results)
        kill(stage, running[-1])
    logged = (tmp_path / "log").read_text("utf-8")
    for words in ("DEBUG bot.", "a reminder", "confirmation", "chase_round"):
        assert words in logged
    for person in poll.people[1:]:
        for name in (person.id, person.name, person.real_name, stage.dm(person)):
            assert not re.search(rf"\b{name}\b", logged)


@contextmanager
def closing_each() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that end with the scene."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        yield running
    finally:
        for each in running:
            each.kill()
            each.wait()


def test_what_a_closed_round_leaves_in_its_files_joins_nobody_with_a_vote(poll: Poll) -> None:
    poll.start()
    poll.everybody_votes(but=1)
    poll.vote_in_modal(poll.people[2])
    poll.pass_by(timedelta(days=3, hours=1))
    poll.until(lambda: poll.reminded()[poll.people[-1].id])
    sought = secrets_of(poll.stage)
    assert found(poll.stage, sought) == sought
    poll.close()
    poll.settle()
    assert found(poll.stage, sought) == set()
    kept = {table for table in tables(poll.stage) if any(poll.people[1].id in str(row) for row in rows(poll, table))}
    assert kept <= {"round_participants", "published_groups", "deliveries"}
    assert not any(one.id in str(rows(poll, "lanes") + rows(poll, "due_actions")) for one in poll.people[1:])
    assert poll.people[-1].id not in str([rows(poll, table) for table in tables(poll.stage)])


def secrets_of(stage: Stage) -> set[bytes]:
    """The secret, the voters' keys and the receipts of an open round, as they are in the file."""
    of_tables = ("select secret from round_secrets", "select voter from ballots", "select receipt from vote_receipts")
    sought = {bytes(value) for query in of_tables for (value,) in stage.rows(query)}
    assert len(sought) == 1 + 5 + 1
    return sought


def found(stage: Stage, sought: set[bytes]) -> set[bytes]:
    files = stage.database.parent.glob(f"{stage.database.name}*")
    content = b"\0".join(path.read_bytes() for path in files)
    return {value for value in sought if value in content}


def tables(stage: Stage) -> list[str]:
    return [name for (name,) in stage.rows("select name from sqlite_master where type = 'table'")]


def rows(poll: Poll, table: str) -> list[Any]:
    return poll.stage.rows(f"select * from {table}")
