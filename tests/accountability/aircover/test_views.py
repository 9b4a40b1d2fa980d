"""Messages about air cover as Slack gets them, and in the words that were promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot.accountability.aircover import presenting
from bot.accountability.aircover.escalation import OVERDUE_FOR
from bot.accountability.aircover.views import TalkForm
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import LONGEST_TEXT, Change, Deed, State
from bot.accountability.commitments.origins import NOWHERE, Subject, written
from bot.accountability.outside import no_guidance
from bot.accountability.sessions.guidance_piece import Piece
from bot.resources import TEMPLATES
from bot.slack.render import Renderer, View
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    DAN,
    DAY,
    DUE,
    FEW,
    MONDAY,
    WEEK,
    a_commitment,
    asked_of,
    made,
)
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of
from tests.accountability.sessions.examples import SERIES

LINK = "https://example.slack.com/archives/C1/p1"
KNOWN = (ANA, DAN, "C1", LINK)
LATER = DUE + 3 * WEEK


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def every_view(text: str = "Publish the customer math") -> Iterator[View]:
    of = a_commitment(what=text, link=LINK)
    crying, cry = deeds.need_help(of, ANA, MONDAY, text[:LONGEST_TEXT])
    series, told = replace(SERIES, name=text[:80]), Piece(text[:150] or "x", text or "x", "")
    for sponsor in (DAN, ""):
        for called_off in (False, True):
            yield presenting.warning(of, sponsor, LATER, OVERDUE_FOR, called_off=called_off)
    for guidance in (no_guidance, lambda _: told):
        for answer in ("", *sorted(presenting.ANSWERS)):
            yield presenting.ask(of, [made(of)], series, guidance, LATER, answer=answer)
            yield presenting.ask(replace(of, state=State.PROPOSED), [made(of)], series, guidance, LATER, answer=answer)
            yield presenting.ask(crying, [made(of), cry], series, guidance, LATER, answer=answer)
    yield TalkForm(text, ANA, LONGEST_TEXT, written(Subject("c1", NOWHERE)))


@pytest.mark.parametrize("text", WORST)
def test_the_worst_texts_can_be_sent(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


@given(TEXTS)
@FEW
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


def test_every_template_is_filled_here() -> None:
    folder = TEMPLATES / "accountability/aircover"
    assert {view.template for view in every_view()} == {
        f"accountability/aircover/{one.name}" for one in folder.glob("*")
    }


def asked(renderer: Renderer, *changes: Change, answer: str = "") -> str:
    history = [made(a_commitment()), *changes]
    return words_of(renderer.render(presenting.ask(a_commitment(), history, SERIES, no_guidance, LATER, answer=answer)))


def a_change(deed: Deed, reason: str = "") -> Change:
    return replace(made(a_commitment()), deed=deed, reason=reason)


def test_the_sponsor_reads_what_stalled_since_when_and_what_was_tried(renderer: Renderer) -> None:
    words = asked(renderer, a_change(Deed.NEW_DATE, "Legal takes longer."), a_change(Deed.NEW_DATE))
    assert "“Publish the customer math” in <#C1>, which is with <@U0ANA>, has been stuck for 3 weeks." in words
    assert "*What was tried:* Legal takes longer." in words
    assert "Its date has been moved 2 times." in words


def test_nobody_is_said_to_have_what_they_never_took_on(renderer: Renderer) -> None:
    of = asked_of(BEN)
    words = words_of(renderer.render(presenting.ask(of, [made(of)], SERIES, no_guidance, LATER)))
    assert "was put to <@U0BEN>, who has not taken it on yet. It has been stuck for 3 weeks." in words
    assert "which is with" not in words


def test_the_owner_s_own_words_come_before_other_reasons_and_a_sponsor_s_are_none(renderer: Renderer) -> None:
    cry, other = a_change(Deed.NEED_HELP, "Two meetings."), a_change(Deed.NEW_DATE, "Later.")
    assert "*What was tried:* Two meetings." in asked(renderer, cry, other)
    assert "nobody has said yet" in asked(renderer, a_change(Deed.TALK, "Come and see me."))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(hours=3), "less than a day"),
        (DAY, "a day"),
        (5 * DAY, "5 days"),
        (13 * DAY, "13 days"),
        (2 * WEEK, "2 weeks"),
        (10 * WEEK + DAY, "10 weeks"),
    ],
)
def test_spans_are_told_as_people_do(span: timedelta, words: str) -> None:
    assert presenting.how_long(span) == words


@pytest.mark.parametrize(
    ("answer", "left"),
    [("", 3), ("talk", 1), ("not_now", 2), ("step_in", 1)],
)
def test_what_was_said_is_no_button_any_more_and_may_be_thought_over(
    renderer: Renderer, answer: str, left: int
) -> None:
    assert asked(renderer, answer=answer).count('"air_cover_') == left
