"""Questions that go on from the one before, and topics that stay where they belong."""

from __future__ import annotations

import pytest

from bot.workspace.records import Channel, Person
from tests.scenarios.stage import PATIENCE, Stage, texts

OPTION_4 = "what is option 4, the line leader with a dispersed team?"
NO_TOPIC = "I've lost which topic you mean"


def test_the_cons_of_an_option_follow_in_its_thread(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, OPTION_4)
    assert "Option 4" in texts(answer)
    cons = stage.mention(ana, room, "and the cons?", answer["thread_ts"])
    assert "*Option 4: line leader with a dispersed team: cons*" in texts(cons)
    assert "Our summary of" in texts(cons)


def test_why_follows_in_a_direct_message(stage: Stage, ana: Person) -> None:
    stage.write(ana, "what is political air cover?")
    assert ": why it matters*" in texts(stage.write(ana, "why?"))


def test_another_option_can_be_asked_for_by_number(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, "what are the four structures?")
    reply = stage.mention(ana, room, "what about option 4", answer["thread_ts"])
    assert "*Option 4: line leader with a dispersed team*" in texts(reply)


def test_more_gives_the_detail(stage: Stage, ana: Person) -> None:
    stage.write(ana, "what is customer math?")
    assert ": more detail*" in texts(stage.write(ana, "more"))


def test_a_missing_aspect_is_said_before_the_card_is_shown_again(stage: Stage, ana: Person) -> None:
    stage.write(ana, OPTION_4)
    assert "gives no reasons of their own here. This is all it says:" in texts(stage.write(ana, "why?"))


def test_a_follow_up_goes_on_from_a_card_chosen_by_button(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, "what is option 3, the line leader with a dedicated team?")
    thread = answer["thread_ts"]
    stage.posted(room.id, lambda: stage.press(ana, answer, "open_card", "option-4-line-dispersed"), thread)
    assert "Option 4" in texts(stage.mention(ana, room, "and the cons?", thread))


def test_a_follow_up_goes_on_from_a_starter_of_app_home(stage: Stage, ana: Person) -> None:
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    stage.posted(stage.dm(ana), lambda: stage.press(ana, home, "open_card", "need-cco-decision"))
    assert ": why it matters*" in texts(stage.write(ana, "why?"))


def test_another_person_may_follow_up_in_the_same_thread(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, OPTION_4)
    assert ": cons*" in texts(stage.mention(ben, room, "and the cons?", answer["thread_ts"]))


def test_a_topic_stays_in_its_thread(stage: Stage, ana: Person, room: Channel) -> None:
    stage.mention(ana, room, OPTION_4)
    assert NO_TOPIC in texts(stage.mention(ana, room, "and the cons?"))


def test_a_topic_stays_in_its_channel(stage: Stage, ana: Person, room: Channel) -> None:
    elsewhere = stage.room(f"{ana.name}-elsewhere", ana)
    answer = stage.mention(ana, room, OPTION_4)
    message = stage.workspace.say(ana.id, elsewhere.id, "something else")
    assert answer["thread_ts"] != message["ts"]
    assert NO_TOPIC in texts(stage.mention(ana, elsewhere, "and the cons?", message["ts"]))


def test_a_topic_stays_in_the_direct_message_of_its_person(stage: Stage, ana: Person, ben: Person) -> None:
    stage.write(ana, OPTION_4)
    assert NO_TOPIC in texts(stage.write(ben, "and the cons?"))


def test_a_command_starts_afresh(stage: Stage, ana: Person, room: Channel) -> None:
    stage.command(ana, room, f"ask {OPTION_4}")
    assert NO_TOPIC in texts(stage.command(ana, room, "ask and the cons?"))


def test_a_topic_stays_in_its_workspace(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, OPTION_4)
    thread = answer["thread_ts"]
    mention = stage.delivery("app_mention")
    event = {**mention.payload["event"], "text": "<@U0BOT0001> and the cons?", "ts": stage.workspace.next_ts()}
    event |= {"thread_ts": thread, "team": "T0OTHER01"}
    mention.payload = {**mention.payload, "event": event, "event_id": "Ev-other", "team_id": "T0OTHER01"}
    reply = stage.posted(room.id, lambda: stage.again(mention), thread)
    assert NO_TOPIC in texts(reply)


@pytest.mark.parametrize("place", ["thread", "direct message"])
def test_a_follow_up_of_a_follow_up_stays_on_topic(stage: Stage, ana: Person, room: Channel, place: str) -> None:
    if place == "thread":
        thread = stage.mention(ana, room, OPTION_4)["thread_ts"]
        stage.mention(ana, room, "and the cons?", thread)
        reply = stage.mention(ana, room, "and the pros?", thread)
    else:
        stage.write(ana, OPTION_4)
        stage.write(ana, "and the cons?")
        reply = stage.write(ana, "and the pros?")
    assert "*Option 4: line leader with a dispersed team: pros*" in texts(reply)


def test_a_thread_under_an_answer_in_a_direct_message_goes_on_from_it(stage: Stage, ana: Person) -> None:
    answer = stage.write(ana, OPTION_4)
    assert ": cons*" in texts(stage.write(ana, "and the cons?", answer["ts"]))


def test_a_shared_answer_can_be_followed_up_in_its_thread(stage: Stage, ana: Person, ben: Person) -> None:
    room = stage.room("board", ana, ben)
    private = stage.command(ana, room, f"ask {OPTION_4}")
    shared = stage.posted(room.id, lambda: stage.press(ana, private, "share_answer"))
    reply = stage.mention(ben, room, "and the cons?", shared["ts"])
    assert "*Option 4: line leader with a dispersed team: cons*" in texts(reply)


def test_what_one_person_asked_alone_is_not_the_topic_of_the_channel(stage: Stage, ana: Person, ben: Person) -> None:
    room = stage.room("sales", ana, ben)
    stage.command(ana, room, f"ask {OPTION_4}")
    assert NO_TOPIC in texts(stage.mention(ben, room, "and the cons?"))


def test_the_follow_up_button_of_a_posted_answer_means_that_answer(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, OPTION_4)
    thread = answer["thread_ts"]
    stage.mention(ana, room, "what is option 3, the line leader with a dedicated team?", thread)
    form = stage.opened(ana, lambda: stage.press(ana, answer, "ask_follow_up"))
    values = {"follow_up_text": "and the cons?"}
    reply = stage.posted(room.id, lambda: stage.workspace.submit(ana.id, form["id"], values), thread)
    assert "*Option 4: line leader with a dispersed team: cons*" in texts(reply)


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_a_direct_message_of_any_kind_that_people_write_is_answered(stage: Stage, ana: Person, subtype: str) -> None:
    stage.write(ana, OPTION_4)
    event = {
        **stage.delivery("message").payload["event"],
        "user": ana.id,
        "channel": stage.dm(ana),
        "text": "where should the CCO report?",
        "subtype": subtype,
        "ts": stage.workspace.next_ts(),
    }
    for name in ("bot_id", "blocks", "thread_ts"):
        event.pop(name, None)
    reply = stage.posted(stage.dm(ana), lambda: stage.workspace.emit("message.im", event, stage.dm(ana)))
    assert "Where the CCO should report" in texts(reply)
