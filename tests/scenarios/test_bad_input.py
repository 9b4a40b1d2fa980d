"""Whatever people and machines type gets a friendly reply or a quiet drop; nothing crashes and nobody is pinged."""

from __future__ import annotations

import pytest

from bot.workspace.records import Channel, Json, Person
from tests.scenarios.stage import Stage, cards, mrkdwn_of, texts

NO_QUESTION = "I couldn't make out a question in that"
HELP = "Ask me about the Chief Customer Officer"
HOSTILE = {
    "a ping of everybody": "<!channel> <!here> <!everyone> who earns what?",
    "a fake mention": "<@U0BOSS001> and <#C0SECRET1|secret> and <https://evil.example|a card>, what do they earn?",
    "Markdown": "*bold* _it_ ~gone~ `code` ```fence``` > quote \n• list [a](b) what does a CCO earn?",
    "JSON": '"}], "blocks": [{"type": "section"}]} what does a CCO earn? \\ \\u0000 \\n {"a": ',
    "Jinja": "{{ 7 * 7 }} {% include 'x' %} {# no #} what does a CCO earn?",
    "SQL": "'; DROP TABLE questions; -- what does a CCO earn?",
    "FTS operators": '" OR NEAR * what does a CCO earn? AND (title: NOT ^ "',
    "null characters": "what does\0 a CCO\0 earn?\x01\x02\x1b[31m",
    "lone surrogates": "what does a CCO earn? \ud83d",
    "directions": "\u202ewhat does a CCO earn?\u202c\u200b\ufeff",
    "a very long word": "a" * 4_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_answered_privately_and_stays_text(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    reply = stage.command(ana, room, f"ask {text}")
    assert reply["blocks"]
    for words in mrkdwn_of(reply):
        assert "<@U0BOSS001>" not in words
        assert "<https://evil.example" not in words


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_answered_in_a_thread(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    assert stage.mention(ana, room, text)["blocks"]


def test_an_ampersand_is_shown_as_it_was_typed(stage: Stage, ana: Person, room: Channel) -> None:
    assert "You asked: does R&D <still> report?" in texts(stage.command(ana, room, "ask does R&D <still> report?"))


def test_hostile_text_stays_text_when_it_is_shared(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.command(ana, room, "ask what is customer math? <!channel> <@U0BOSS001> *bold*")
    shared = stage.posted(room.id, lambda: stage.press(ana, answer, "share_answer"))
    assert "Asked: what is customer math? &lt;!channel&gt; &lt;@U0BOSS001&gt; *bold*" in texts(shared)
    assert all("<!" not in words and "<@U0BOSS001>" not in words for words in mrkdwn_of(shared))


def test_hostile_text_stays_text_when_a_follow_up_is_quoted(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, "what is customer math?")
    form = stage.opened(ana, lambda: stage.press(ana, answer, "ask_follow_up"))
    values = {"follow_up_text": "<!channel> <@U0BOSS001> R&D <b> asks: what about guerrilla metrics?"}
    thread = answer["thread_ts"]
    reply = stage.posted(room.id, lambda: stage.workspace.submit(ana.id, form["id"], values), thread)
    assert f"<@{ana.id}> asked: R&amp;D &lt;b&gt; asks: what about" in texts(reply)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_at_all_shows_the_help(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    assert HELP in texts(stage.command(ana, room, text))
    assert HELP in texts(stage.mention(ana, room, text))


@pytest.mark.parametrize("text", [":tada: :+1:", "🎉🎉", "???", "...", "why?"])
def test_what_holds_no_question_gets_questions_to_start_with(
    stage: Stage, ana: Person, room: Channel, text: str
) -> None:
    reply = stage.mention(ana, room, text)
    assert reply["blocks"]
    assert cards(reply)


@pytest.mark.parametrize("text", ["日本の役員はどこに報告すべきですか", "أين يجب أن يقدم المدير تقاريره؟"])
def test_other_scripts_get_a_reply(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    assert stage.mention(ana, room, text)["blocks"]
    assert stage.command(ana, room, text)["blocks"]


@pytest.mark.parametrize("word", ["ownership", "salary", "cco", "asdfgh"])
def test_one_word_gets_a_reply(stage: Stage, ana: Person, room: Channel, word: str) -> None:
    assert stage.command(ana, room, word)["blocks"]


@pytest.mark.parametrize("text", ["what does a CCO earn? " * 900, "x" * 20_000, "🎉" * 10_000, "& < > " * 3_400])
def test_twenty_thousand_characters_get_a_reply(stage: Stage, ana: Person, room: Channel, text: str) -> None:
    assert len(stage.mention(ana, room, text)["text"]) < 4_000
    assert len(texts(stage.command(ana, room, f"ask {text}"))) < 4_000
    assert stage.write(ana, text)["blocks"]


def test_the_bots_own_messages_are_not_answered(stage: Stage, ana: Person) -> None:
    stage.write(ana, "what is customer math?")
    stage.write(ana, "what is political air cover?")
    stage.workspace.wait_for(lambda: all(item.is_settled for item in stage.workspace.deliveries))
    assert stage.rows("select count(*) from questions where channel_id = ?", stage.dm(ana)) == [(2,)]


def test_another_bots_mention_is_not_answered(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, "what is customer math?")
    theirs = forged(stage, bot_id="B0JIRA001", user="U0JIRA001", text="<@U0BOT0001> what is customer math?")
    stage.workspace.wait_for(lambda: stage.delivery("app_mention").is_settled)
    assert stage.rows("select count(*) from questions where user_id = ?", theirs["user"]) == [(0,)]
    assert stage.said(room.id, answer["thread_ts"]) == [answer]


@pytest.mark.parametrize("subtype", ["message_changed", "message_deleted", "channel_join", "bot_message"])
def test_events_that_ask_nothing_are_dropped(stage: Stage, ana: Person, subtype: str) -> None:
    stage.write(ana, "what is customer math?")
    forged(stage, kind="message", subtype=subtype, channel=stage.dm(ana), channel_type="im", user=ana.id)
    stage.workspace.wait_for(lambda: stage.delivery("message").is_settled)
    assert stage.rows("select count(*) from questions where user_id = ?", ana.id) == [(1,)]


def forged(stage: Stage, kind: str = "app_mention", **event: str) -> Json:
    """An event as Slack sends it, with other insides."""
    delivery = stage.delivery("app_mention" if kind == "app_mention" else "message")
    forgery: Json = {**delivery.payload["event"], "type": kind, "ts": stage.workspace.next_ts(), **event}
    delivery.payload = {**delivery.payload, "event": forgery, "event_id": stage.workspace.next_id("Ev")}
    stage.again(delivery)
    return forgery
