"""Every way of asking, and what an answer looks like."""

from __future__ import annotations

import pytest

from bot.workspace.records import Channel, Person
from tests.scenarios.stage import PATIENCE, Stage, buttons, cards, feedback, texts

QUESTION = "where should the CCO report?"


def test_a_mention_is_answered_in_its_own_thread(stage: Stage, ana: Person, room: Channel) -> None:
    message = stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
    answer = stage.reply_to(message)
    assert answer["thread_ts"] == message["ts"]
    assert cards(answer) == ["officer-status", "choose-a-structure", "own-a-function"]
    assert stage.said(room.id) == []


def test_a_mention_inside_a_thread_is_answered_there(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    parent = stage.workspace.say(ben.id, room.id, "What do we make of the reorganisation?")
    answer = stage.mention(ana, room, QUESTION, parent["ts"])
    assert answer["thread_ts"] == parent["ts"]


def test_a_direct_message_is_answered_in_the_direct_message(stage: Stage, ana: Person) -> None:
    answer = stage.write(ana, QUESTION)
    assert "thread_ts" not in answer
    assert "officer-status" in cards(answer)


def test_a_command_is_answered_to_the_asker_alone(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    assert f"You asked: {QUESTION}" in texts(answer)
    assert stage.workspace.ephemerals(ben.id) == []
    assert stage.said(room.id) == []


def test_a_command_needs_no_bot_in_the_channel(stage: Stage, ana: Person) -> None:
    elsewhere = stage.room(f"{ana.name}-elsewhere", ana, with_bot=False)
    assert "Share in channel" in texts(stage.command(ana, elsewhere, f"ask {QUESTION}"))


def test_an_answer_has_all_its_parts(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, QUESTION)
    first, *rest = [block["text"]["text"] for block in answer["blocks"] if block["type"] == "section"]
    title, direct = first.split("\n")
    assert title.startswith("*")
    assert 20 < len(direct) <= 280
    assert rest[0].count("•") >= 3
    assert any(part.startswith("*Watch out*") for part in rest)
    assert "Our summary of “" in texts(answer)
    assert "compared with its source on " in texts(answer)
    assert 2 <= len(cards(answer)) <= 3
    assert feedback(answer, "up").startswith("up:")
    assert title.strip("*") in answer["text"]
    assert direct in answer["text"]


def test_only_a_private_answer_offers_to_be_shared(stage: Stage, ana: Person, room: Channel) -> None:
    assert "share_answer" in [action for action, *_ in buttons(stage.command(ana, room, f"ask {QUESTION}"))]
    assert "share_answer" not in [action for action, *_ in buttons(stage.mention(ana, room, QUESTION))]


def test_a_suggestion_button_leads_to_its_card(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, QUESTION)
    thread = answer["thread_ts"]
    card = stage.posted(room.id, lambda: stage.press(ana, answer, "open_card", "officer-status"), thread)
    assert "Our summary of “" in texts(card)
    assert "officer-status" not in cards(card)


def test_a_suggestion_on_a_private_answer_is_answered_privately(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    card = stage.shown(ana, lambda: stage.press(ana, answer, "open_card", "officer-status"))
    assert "share_answer" in [action for action, *_ in buttons(card)]
    assert stage.said(room.id) == []


def test_a_starting_question_of_app_home_is_answered_in_messages(stage: Stage, ana: Person) -> None:
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    starter = cards(home)[0]
    answer = stage.posted(stage.dm(ana), lambda: stage.press(ana, home, "open_card", starter))
    assert "Our summary of “" in texts(answer)


def test_a_follow_up_button_in_a_thread_answers_there_with_the_question(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    answer = stage.mention(ana, room, "what is option 4?")
    thread = answer["thread_ts"]
    form = stage.opened(ben, lambda: stage.press(ben, answer, "ask_follow_up"))
    reply = stage.posted(
        room.id, lambda: stage.workspace.submit(ben.id, form["id"], {"follow_up_text": "and the cons?"}), thread
    )
    assert f"<@{ben.id}> asked: and the cons?" in texts(reply)
    assert ": cons*" in texts(reply)


def test_a_follow_up_to_a_private_answer_is_shown_in_the_modal(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, "ask what is option 4?")
    form = stage.opened(ana, lambda: stage.press(ana, answer, "ask_follow_up"))
    stage.workspace.submit(ana.id, form["id"], {"follow_up_text": "and the cons?"})
    (shown,) = stage.workspace.views(ana.id)
    assert "You asked: and the cons?" in texts(shown)
    assert ": cons*" in texts(shown)
    assert "Only you see this." in texts(shown)
    assert stage.said(room.id) == []


def test_a_greeting_as_a_private_follow_up_gets_its_own_reply(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, "ask what is option 4?")
    form = stage.opened(ana, lambda: stage.press(ana, answer, "ask_follow_up"))
    stage.workspace.submit(ana.id, form["id"], {"follow_up_text": "hello"})
    assert "Hello. Ask me anything" in texts(stage.workspace.views(ana.id)[0])


def test_more_detail_opens_the_whole_card(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, QUESTION)
    modal = stage.opened(ana, lambda: stage.press(ana, answer, "more_detail"))
    assert "*More detail*" in texts(modal)


def test_share_posts_the_answer_for_everybody(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    shared = stage.posted(room.id, lambda: stage.press(ana, answer, "share_answer"))
    assert f"Shared by <@{ana.id}>" in texts(shared)
    assert f"Asked: {QUESTION}" in texts(shared)
    assert "share_answer" not in [action for action, *_ in buttons(shared)]


def test_share_works_where_the_bot_is_no_member(stage: Stage, ana: Person) -> None:
    elsewhere = stage.room(f"{ana.name}-private", ana, with_bot=False)
    answer = stage.command(ana, elsewhere, f"ask {QUESTION}")
    shared = stage.posted(elsewhere.id, lambda: stage.press(ana, answer, "share_answer"))
    assert f"Shared by <@{ana.id}>" in texts(shared)


def test_share_posts_once_even_when_clicked_twice(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, f"ask {QUESTION}")
    stage.posted(room.id, lambda: stage.press(ana, answer, "share_answer"))
    refusal = stage.shown(ana, lambda: stage.press(ana, answer, "share_answer"))
    assert "shared already" in refusal["text"]
    assert len(stage.said(room.id)) == 1


@pytest.mark.parametrize("text", ["aks where should the CCO report?", "asks where should the CCO report?"])
def test_a_mistyped_sub_command_is_read_as_the_nearest(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    answer = stage.command(ana, room, text)
    assert f"I read “{text.split()[0]}” as “ask”." in texts(answer)
    assert "officer-status" in cards(answer)


@pytest.mark.parametrize("text", ["hlep", "help", "", "HELP", "ask"])
def test_help_is_shown_for_help_and_what_comes_near(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    assert "Ask me about the Chief Customer Officer" in texts(stage.command(ana, room, text))


def test_a_question_without_a_sub_command_is_answered(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, "where should it report")
    assert "You asked: where should it report" in texts(answer)
    assert "officer-status" in cards(answer)


def test_a_mention_of_nothing_shows_the_help(stage: Stage, ana: Person, room: Channel) -> None:
    assert "Ask me about the Chief Customer Officer" in texts(stage.mention(ana, room, ""))


def test_help_can_be_asked_for_directly(stage: Stage, ana: Person) -> None:
    assert "Ask me about the Chief Customer Officer" in texts(stage.write(ana, "help"))


def test_home_says_how_to_ask_and_what_is_kept(stage: Stage, ana: Person) -> None:
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    assert "from 60 curated cards" in texts(home)
    assert "kept for at most 90 days" in texts(home)
    assert "Of yours, none is kept now." in texts(home)
