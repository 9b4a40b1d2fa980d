"""The first year as Slack gets it: within its limits, inert, and in words a phone can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from bot.accountability.yearone import presenting
from bot.accountability.yearone.steps import LONGEST_EVIDENCE, STEPS, Progress, Reached
from bot.accountability.yearone.views import BeginForm, NotYoursView, StepForm, WaitingView
from bot.resources import TEMPLATES
from bot.slack.render import Renderer, View
from tests.accountability.commitments.examples import ANA, BEN, FEW
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of

TODAY, BEGUN = date(2026, 12, 1), date(2026, 3, 1)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def reached(step_id: str, on: date = TODAY, evidence: str = "The board's minutes.") -> Reached:
    return Reached(step_id, on, evidence, ANA, NOW)


def every_view(evidence: str = "The board's minutes.") -> Iterator[View]:
    evidence = evidence[:LONGEST_EVIDENCE]
    some = Progress(BEGUN, (reached("admitted", evidence=evidence), reached("metrics", evidence=evidence)))
    everything = Progress(BEGUN, tuple(reached(step.id, evidence=evidence) for step in STEPS))
    change = presenting.reached_words(some.reached[0])
    for of in (None, Progress(BEGUN), some, everything, replace(some, begun_on=date(2027, 1, 4))):
        for today in (TODAY, date(2027, 6, 1)):
            yield presenting.year_one("C1", of, today)
            yield presenting.year_one("C1", of, today, change=change)
            yield presenting.year_one("C1", of, today, shown_by=BEN)
    for each in (some, everything):
        yield presenting.saved("C1", each, change)
    yield StepForm("C1", presenting.unreached(presenting.year_one("C1", some, TODAY)), TODAY, LONGEST_EVIDENCE)
    yield BeginForm("C1", BEGUN)
    yield WaitingView("e1", "C1")
    for leaders, unseen in (((ANA,), False), ((ANA, BEN), False), ((), False), ((), True)):
        yield NotYoursView("C1", leaders, unseen)


@pytest.mark.parametrize("text", WORST)
def test_the_worst_evidence_can_be_shown(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, ANA, BEN, "C1")


@given(TEXTS)
@FEW
def test_no_evidence_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    for view in every_view(text or "x"):
        assert_sendable(renderer, view, ANA, BEN, "C1")


def test_every_template_is_filled_here() -> None:
    templates = {f"accountability/yearone/{path.name}" for path in (TEMPLATES / "accountability/yearone").glob("*.j2")}
    assert {view.template for view in every_view()} == templates


def test_the_bars_say_what_the_words_beside_them_say(renderer: Renderer) -> None:
    view = presenting.year_one("C1", Progress(BEGUN, (reached("admitted"), reached("agreed"))), TODAY)
    words = words_of(renderer.render(view))
    assert "■■□□□□□□  2 of 8 steps are reached" in words
    assert "■■■■■■■■■□□□  9 of 12 months have passed since Sunday 1 March 2026" in words


def test_the_text_that_is_read_aloud_says_where_each_step_stands(renderer: Renderer) -> None:
    text = renderer.render(presenting.year_one("C1", Progress(BEGUN, (reached("admitted", BEGUN),)), TODAY))["text"]
    assert "1 · The problem is admitted: reached 1 March 2026, in month 1" in text
    assert "2 · The issues are agreed on: next" in text
    assert "8 · First results are in: ahead" in text


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2027, 3, 1), "The year was over on Monday 1 March 2027"),
        (date(2026, 2, 1), "It begins on Sunday 1 March 2026"),
        (BEGUN, "0 of 12 months have passed"),
    ],
)
def test_the_year_is_told_before_in_and_after_it(today: date, words: str) -> None:
    assert words in presenting.year_one("C1", Progress(BEGUN), today).year


def test_a_step_reached_after_the_year_is_said_to_be(renderer: Renderer) -> None:
    late = Progress(BEGUN, (reached("admitted", date(2027, 5, 4)),))
    assert "4 May 2027, after the year" in words_of(renderer.render(presenting.year_one("C1", late, date(2027, 6, 1))))


def test_the_form_offers_the_next_step_first_and_what_is_reached_last() -> None:
    some = Progress(BEGUN, (reached("admitted"), reached("metrics")))
    offered = [step.number for step in presenting.unreached(presenting.year_one("C1", some, TODAY))]
    assert offered == [2, 3, 4, 5, 6, 8, 1, 7]
