"""The three bands, and what the guidance does not say, said honestly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.advisor import open_advisor
from bot.answers.decision import Outcome
from bot.resources import KNOWLEDGE
from bot.workspace.records import Channel, Person
from tests.scenarios.stage import Stage, buttons, cards, texts

VAGUE = ("budget for the team", "is it worth the trouble", "when is it done?", "who decides")
OUTSIDE = "what does a CCO earn?"


@pytest.fixture
def unsure(cache: Path) -> str:
    """A question that the cards of today leave in doubt: which one it is moves a little with every card."""
    advisor, _ = open_advisor(KNOWLEDGE, (), cache)
    return next(question for question in VAGUE if advisor.ask(question).outcome is Outcome.SUGGEST)


def test_when_sure_it_answers(stage: Stage, ana: Person, room: Channel) -> None:
    assert "Our summary of “" in texts(stage.mention(ana, room, "what is customer math?"))


def test_when_unsure_it_asks_which_was_meant(stage: Stage, ana: Person, room: Channel, unsure: str) -> None:
    reply = stage.mention(ana, room, unsure)
    assert "I may have misread you. Did you mean one of these?" in texts(reply)
    assert 2 <= len(cards(reply)) <= 3
    assert all(words.endswith("?") for action, _, words in buttons(reply) if action.startswith("open_card"))
    assert "I've kept your question" in texts(reply)


def test_a_choice_after_the_question_back_is_answered(stage: Stage, ana: Person, room: Channel, unsure: str) -> None:
    reply = stage.mention(ana, room, unsure)
    answer = stage.posted(room.id, lambda: stage.press(ana, reply, "open_card:2"), reply["thread_ts"])
    assert "Our summary of “" in texts(answer)


@pytest.mark.parametrize("question", [OUTSIDE, "salary"])
def test_pay_is_not_covered_and_the_nearest_is_offered(stage: Stage, ana: Person, room: Channel, question: str) -> None:
    reply = stage.command(ana, room, question)
    assert "The guidance doesn't cover what a CCO earns." in texts(reply)
    assert "year-one-credit-agreement" in cards(reply)
    assert "I've kept your question" in texts(reply)
    assert "Our summary of" not in texts(reply)


@pytest.mark.parametrize("question", ["pass mark", "is there a pass mark?"])
def test_there_is_no_pass_mark_and_it_says_so_first(stage: Stage, ana: Person, room: Channel, question: str) -> None:
    title, first = stage.mention(ana, room, question)["blocks"][0]["text"]["text"].split("\n")
    assert title
    assert first.startswith("There is no pass mark")


@pytest.mark.parametrize("question", ["90-day plan", "do you have a 90-day plan?"])
def test_there_is_no_90_day_plan_and_it_says_so(stage: Stage, ana: Person, room: Channel, question: str) -> None:
    words = texts(stage.mention(ana, room, question))
    assert "*Not in the guidance*" in words
    assert "A 90-day plan" in words


@pytest.mark.parametrize("greeting", ["hello", "hi", "Good morning"])
def test_a_greeting_gets_its_own_reply_and_is_not_kept(stage: Stage, ana: Person, greeting: str) -> None:
    reply = stage.write(ana, greeting)
    assert "Hello. Ask me anything" in texts(reply)
    assert "kept" not in texts(reply)
    assert stage.rows("select kept_as from questions where user_id = ?", ana.id) == [(None,)]


def test_what_is_not_covered_is_kept_and_says_so(stage: Stage, ana: Person) -> None:
    reply = stage.write(ana, OUTSIDE)
    assert "I've kept your question" in texts(reply)
    assert stage.rows("select text, kept_as from questions where user_id = ?", ana.id) == [(OUTSIDE, "not_covered")]


def test_what_was_answered_is_not_kept(stage: Stage, ana: Person) -> None:
    assert "kept" not in texts(stage.write(ana, "what is customer math?"))
    assert stage.rows("select kept_as from questions where user_id = ?", ana.id) == [(None,)]
