"""When Slack repeats itself, stumbles or says no."""

from __future__ import annotations

import logging
from threading import Thread

import pytest

from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.stage import PATIENCE, MovableClock, Stage, texts

QUESTION = "where should the CCO report?"


@pytest.fixture
def stage(fresh_stage: Stage) -> Stage:
    """A stage of its own, with one bot on it."""
    fresh_stage.start_bot()
    return fresh_stage


def posts(stage: Stage) -> list[Json]:
    return [call.args for call in stage.workspace.calls if call.method == "chat.postMessage"]


# Slack repeats itself


def test_one_event_over_two_sockets_is_answered_once(stage: Stage, ana: Person, room: Channel) -> None:
    stage.start_bot()
    answer = stage.mention(ana, room, QUESTION)
    event = stage.delivery("app_mention")
    for _ in range(4):
        stage.again(event)
    stage.finish()
    assert stage.said(room.id, answer["thread_ts"]) == [answer]


def test_two_copies_at_the_same_moment_are_answered_once(stage: Stage, ana: Person, room: Channel) -> None:
    stage.start_bot()
    with stage.workspace.lock:  # both are on their way before either is looked at
        message = stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
        stage.again(stage.delivery("app_mention"))
    stage.reply_to(message)
    stage.finish()
    assert len(stage.said(room.id, message["ts"])) == 1


def test_one_click_that_comes_twice_is_answered_once(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, QUESTION)
    thread = answer["thread_ts"]
    stage.posted(room.id, lambda: stage.press(ana, answer, "open_card", "officer-status"), thread)
    stage.again(stage.delivery("block_actions"))
    stage.finish()
    assert len(stage.said(room.id, thread)) == 2
    assert stage.workspace.ephemerals(ana.id) == []


def test_one_command_that_comes_twice_is_answered_once(stage: Stage, ana: Person, room: Channel) -> None:
    stage.command(ana, room, f"ask {QUESTION}")
    stage.again(stage.delivery("/cco"))
    stage.finish()
    assert len(stage.workspace.ephemerals(ana.id)) == 1


def test_two_quick_clicks_on_share_post_once(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    with stage.workspace.lock:
        stage.press(ana, answer, "share_answer")
        stage.press(ana, answer, "share_answer")
    stage.finish()
    assert len(stage.said(room.id)) == 1


def test_two_quick_clicks_on_dont_keep_leave_the_answer_readable(stage: Stage, ana: Person, room: Channel) -> None:
    reply = stage.command(ana, room, "ask what does a CCO earn?")
    with stage.workspace.lock:
        stage.press(ana, reply, "dont_keep")
        stage.press(ana, reply, "dont_keep")
    stage.finish()
    first, *_ = shown = [texts(message) for message in stage.workspace.ephemerals(ana.id)]
    assert "The guidance doesn't cover what a CCO earns." in first
    assert not any("find a question" in words for words in shown)


# Slack stumbles


def test_a_rate_limit_is_waited_out(stage: Stage, ana: Person, room: Channel, refusals: set[str]) -> None:
    refusals.add("ratelimited")
    stage.workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=1))
    answer = stage.mention(ana, room, QUESTION)
    assert len(posts(stage)) == 2
    assert stage.said(room.id, answer["thread_ts"]) == [answer]


def test_a_burst_in_one_channel_is_answered_to_the_last_question(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("ratelimited")
    stage.workspace.faults.append(Fault("chat.postMessage", status=429, times=2))
    asked = [stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}") for _ in range(3)]
    answers = [stage.reply_to(message) for message in asked]
    stage.finish()
    assert len({answer["ts"] for answer in answers}) == len(asked)
    assert all(len(stage.said(room.id, message["ts"])) == 1 for message in asked)


def test_a_post_that_failed_after_all_is_found_in_the_direct_message(
    stage: Stage, ana: Person, refusals: set[str]
) -> None:
    refusals.add("internal_error")
    stage.workspace.faults.append(Fault("chat.postMessage", status=500, after_effect=True))
    answer = stage.write(ana, QUESTION)
    stage.finish()
    assert stage.said(stage.dm(ana)) == [answer]
    assert len(posts(stage)) == 1
    assert stage.rows("select posted_at is not null from questions") == [(1,)]


def test_a_post_that_failed_is_posted_once_more_in_the_direct_message(
    stage: Stage, ana: Person, refusals: set[str]
) -> None:
    refusals.add("internal_error")
    stage.workspace.faults.append(Fault("chat.postMessage", status=500))
    answer = stage.write(ana, QUESTION)
    stage.finish()
    assert stage.said(stage.dm(ana)) == [answer]
    assert len(posts(stage)) == 2


def test_a_post_of_unknown_outcome_in_a_channel_is_tried_once_more_and_no_further(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("internal_error")
    stage.workspace.faults.append(Fault("chat.postMessage", status=500, times=9))
    stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
    stage.workspace.wait_for(lambda: stage.workspace.ephemerals(ana.id), PATIENCE)
    stage.finish()
    assert len(posts(stage)) == 2
    (apology,) = stage.workspace.ephemerals(ana.id)
    assert "Something went wrong on my side" in apology["text"]
    assert "internal_error" not in texts(apology)


# What was there is gone


def test_a_question_deleted_meanwhile_breaks_nothing(stage: Stage, ana: Person, room: Channel) -> None:
    with stage.workspace.lock:
        message = stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
        stage.workspace.delete_message(room.id, message["ts"])
    assert "Our summary of" in texts(stage.mention(ana, room, QUESTION))


def test_an_answer_deleted_while_its_button_is_pressed_breaks_nothing(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("message_not_found")
    reply = stage.mention(ana, room, "what does a CCO earn?")
    with stage.workspace.lock:
        stage.press(ana, reply, "dont_keep")
        stage.workspace.delete_message(room.id, reply["ts"])
    stage.finish()
    assert stage.said(room.id, reply["thread_ts"]) == []
    assert stage.rows("select text from questions") == [(None,)]


@pytest.mark.parametrize("how", ["archived", "removed"])
def test_a_channel_closed_meanwhile_is_logged_and_nothing_more(
    stage: Stage, ana: Person, room: Channel, refusals: set[str], caplog: pytest.LogCaptureFixture, how: str
) -> None:
    refusals.add({"archived": "is_archived", "removed": "not_in_channel"}[how])
    with stage.workspace.lock:
        stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
        (stage.workspace.archive if how == "archived" else stage.workspace.remove_bot)(room)
    stage.workspace.wait_for(lambda: posts(stage), PATIENCE)
    stage.finish()
    assert stage.said(room.id) == []
    assert "can't post there" in caplog.text


def test_a_button_in_a_channel_the_bot_has_left_is_still_answered_to_the_one_who_pressed(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("not_in_channel")
    answer = stage.mention(ana, room, QUESTION)
    stage.workspace.remove_bot(room)
    told = stage.shown(ana, lambda: stage.press(ana, answer, "open_card", "officer-status"))
    assert "can't post" in told["text"]


@pytest.mark.parametrize("action", ["open_card", "more_detail"])
def test_a_card_that_no_longer_exists_is_said_to_be_gone(stage: Stage, ana: Person, room: Channel, action: str) -> None:
    answer = stage.mention(ana, room, QUESTION)
    old = stage.workspace.find(room.id, answer["ts"])
    assert old is not None
    for block in old["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id", "").startswith(("open_card", "more_detail")):
                element["value"] = "a-card-of-last-year"
    told = stage.shown(ana, lambda: stage.press(ana, old, action))
    assert told["text"].startswith("That card is no longer part of the guidance.")


@pytest.mark.parametrize("action", ["share_answer", "ask_follow_up"])
def test_a_button_of_an_answer_long_forgotten_asks_to_ask_again(
    stage: Stage, clock: MovableClock, ana: Person, room: Channel, action: str
) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    clock.advance(days=91)
    stage.bots[0].clean()
    told = stage.shown(ana, lambda: stage.press(ana, answer, action))
    assert told["text"] == "That answer is too old for this button. Ask me again and I'll answer afresh."


def test_a_form_sent_after_its_question_was_forgotten_says_so(
    stage: Stage, clock: MovableClock, ana: Person, room: Channel
) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    form = stage.opened(ana, lambda: stage.press(ana, answer, "ask_follow_up"))
    clock.advance(days=91)
    stage.bots[0].clean()
    refused = stage.workspace.submit(ana.id, form["id"], {"follow_up_text": "why?"})
    assert refused is not None
    assert "too old" in refused["errors"]["follow_up_text"]


# The bot ends


def test_a_token_revoked_while_running_ends_it_with_one_sentence(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("token_revoked")
    bot = stage.bots[0]
    stage.workspace.revoke_token()
    stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
    assert bot.stopping.wait(PATIENCE)
    assert bot.reason.startswith("Slack does not accept the bot token (token_revoked).")
    assert "SLACK_BOT_TOKEN" in bot.reason


def test_closing_ends_though_a_thread_of_the_client_never_does(
    stage: Stage, ana: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "slack_sdk")
    stage.write(ana, QUESTION)
    stage.finish()
    client = stage.bots[0].socket.client
    running = client.current_session_state
    client.current_session_state = type(running)()  # as if the client had connected while its thread looked
    stage.bots[0].close_seconds = 0.2
    closing = Thread(target=stage.bots[0].close)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    running.terminated = True
