"""Follow-ups: which section a bare one asks for, and which questions lean on what was said."""

from __future__ import annotations

import pytest

from bot.answers.cards import HEADINGS, MORE_DETAIL, WATCH_OUT
from bot.answers.followups import ASPECTS, aspects_of, leans_on_topic


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("and the cons?", "Cons"),
        ("What are the downsides of that?", "Cons"),
        ("advantages", "Pros"),
        ("why?", "Why it matters"),
        ("<@U0123ABCD> why?", "Why it matters"),
        ("how does it work?", "How it works"),
        ("any examples?", "Example"),
        ("what are the risks", WATCH_OUT),
        ("watch out?", WATCH_OUT),
        ("and what do we watch out", WATCH_OUT),
        ("what should we watch out for?", WATCH_OUT),
        ("tell me more", MORE_DETAIL),
        ("can you elaborate? more details please", MORE_DETAIL),
        ("the checkpoint?", "Checkpoint"),
        ("how do the cons work", "Cons"),
    ],
)
def test_a_bare_follow_up_asks_for_a_section(text: str, heading: str) -> None:
    assert aspects_of(text) == (heading,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "and then?",
        "why should marketing lead this?",
        "what are the cons of option 4?",
        "watch the board out there",
        "examples of customer metrics",
    ],
)
def test_a_question_that_says_anything_of_its_own_asks_for_no_section(text: str) -> None:
    assert aspects_of(text) == ()


def test_one_follow_up_may_ask_for_two_sections() -> None:
    assert aspects_of("pros and cons?") == ("Pros", "Cons")


def test_every_section_asked_for_is_one_that_a_card_can_have() -> None:
    assert set(ASPECTS) <= set(HEADINGS)


@pytest.mark.parametrize(
    "text", ["what about option 4", "And who pays?", "is it hard?", "who should they report to", "then what?"]
)
def test_a_short_question_leans_on_the_topic(text: str) -> None:
    assert leans_on_topic(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂",
        "where should a customer officer report",
        "and now for something else: where should our new officer report in future",
    ],
)
def test_other_questions_stand_on_their_own(text: str) -> None:
    assert not leans_on_topic(text)
