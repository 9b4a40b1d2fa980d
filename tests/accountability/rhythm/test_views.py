"""The two digests as Slack gets them: within its limits, inert, and naming nobody beside what they kept or missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.kept import KeptRate
from bot.accountability.rhythm import presenting
from bot.accountability.rhythm.digests import Month, Some, Week, some
from bot.accountability.rhythm.views import MonthlyView, NotYoursView, WeeklyView
from bot.accountability.yearone.steps import STEPS, Progress, Reached
from bot.resources import TEMPLATES
from bot.slack.render import Renderer, View
from bot.workspace.blocks import elements_of
from tests.accountability.commitments.examples import ANA, BERLIN, DUE, MONDAY, a_commitment, asked_of
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of
from tests.accountability.sessions.examples import SERIES

BEGUN = date(2026, 10, 1)
KNOWN = (ANA, "U0BEN", "C1")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def weekly(week: Week, name: str = "Ours", late: datetime | None = None) -> WeeklyView:
    return presenting.weekly(replace(SERIES, name=name[:80] or "x"), week, BERLIN, late)


def monthly(month: Month, name: str = "Ours", late: datetime | None = None) -> MonthlyView:
    return presenting.monthly(replace(SERIES, name=name[:80] or "x"), month, BERLIN, late)


def listed(what: str, zone: str = "America/Argentina/ComodRivadavia") -> Some:
    """More than fit, in the zone with the longest name."""
    return some([a_commitment(f"c{number}", what=what, zone=zone) for number in range(12)])


def every_view(what: str) -> Iterator[View]:
    full, none = listed(what), Some()
    yield weekly(Week(full, full, full, MONDAY, DUE), what, late=DUE)
    yield weekly(Week(none, some([asked_of(what=what)]), none, MONDAY))
    for rate in (None, KeptRate(1, 0, 5), KeptRate(9, 3, 7)):
        yield monthly(Month(BEGUN, full, full, full, full, rate, Progress(BEGUN)), what, late=DUE)
    yield monthly(Month(BEGUN, help=full))
    yield monthly(Month(BEGUN, open=full))
    yield NotYoursView(ANA)
    yield NotYoursView(ANA, "U0BEN")


def test_every_template_has_its_view_and_is_filled_here() -> None:
    templates = {
        f"accountability/rhythm/{path.name}" for path in (TEMPLATES / "accountability/rhythm").glob("*.json.j2")
    }
    assert {view.template for view in every_view("x")} == templates


@pytest.mark.parametrize("what", WORST)
def test_the_worst_texts_can_be_sent(renderer: Renderer, what: str) -> None:
    for view in every_view(what):
        assert_sendable(renderer, view, *KNOWN)


@given(TEXTS)
@example("<!channel> & friends")
@settings(max_examples=25)
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, what: str) -> None:
    for view in every_view(what):
        assert_sendable(renderer, view, *KNOWN)


def test_the_week_is_told_with_who_has_it_and_what_nobody_took_on_yet(renderer: Renderer) -> None:
    week = Week(some([a_commitment(what="Publish it")]), some([asked_of(what="Ask Ben")]), Some(), MONDAY, DUE)
    rendered = renderer.render(weekly(week))
    words = words_of(rendered)
    assert "*Overdue*\\n• Publish it – <@U0ANA>, due <!date^" in words
    assert re.search(r"• Ask Ben – <@U0BEN>, due [^,]*, not taken on yet", words.replace(", 17:00", ""))
    assert "Done since" not in words
    assert "*Next session*" in words
    assert "comes late" not in words
    assert [one["value"] for block in rendered["blocks"] for one in elements_of(block)] == [SERIES.id]


def test_what_does_not_fit_is_counted(renderer: Renderer) -> None:
    words = words_of(renderer.render(weekly(Week(listed("Publish it"), Some(), Some(), MONDAY))))
    assert words.count("• Publish it") == 10
    assert "_And 2 more._" in words


def test_one_that_is_late_says_so(renderer: Renderer) -> None:
    week = Week(listed("Publish it"), Some(), Some(), MONDAY)
    assert "and comes late." in words_of(renderer.render(weekly(week, late=MONDAY)))
    month = Month(BEGUN, open=listed("Publish it"))
    assert "and comes late." in words_of(renderer.render(monthly(month, late=MONDAY)))


def test_the_month_names_nobody_but_those_who_asked_for_help(renderer: Renderer) -> None:
    kept, missed = some([a_commitment(what="Kept it")]), some([a_commitment(what="Missed it")])
    month = Month(BEGUN, kept, missed, rate=KeptRate(4, 1, 5))
    words = words_of(renderer.render(monthly(month)))
    assert "• Kept it" in words
    assert "• Missed it" in words
    assert ANA not in words
    stuck = replace(month, help=some([a_commitment(what="Stuck")]))
    assert f"• Stuck – <@{ANA}>" in words_of(renderer.render(monthly(stuck)))


def test_the_rate_is_told_where_it_may_be_and_else_when_it_would_be(renderer: Renderer) -> None:
    month = Month(BEGUN, some([a_commitment()]))
    assert "told only where at least 5 people" in words_of(renderer.render(monthly(month)))
    told = words_of(renderer.render(monthly(replace(month, rate=KeptRate(9, 3, 7)))))
    assert "Together, 7 people kept 9 of 12 commitments." in told
    assert "told only where" not in told


def test_where_the_rate_is_withheld_nothing_is_there_that_it_could_be_counted_from(renderer: Renderer) -> None:
    kept, missed = some([a_commitment(what="Kept it")] * 12), some([a_commitment(what="Missed it")] * 12)
    still = some([a_commitment(what="Still open")])
    words = words_of(renderer.render(monthly(Month(BEGUN, kept, missed, still, still))))
    assert f"*Needs help now*\\n• Still open – <@{ANA}>" in words
    assert "*Open, what is due first*\\n• Still open, due" in words
    assert "so that nobody's own part can be counted" in words
    for told in ("*Kept*", "*Missed*", "Kept it", "Missed it", "2 more"):
        assert told not in words


def test_the_year_is_told_by_its_next_step(renderer: Renderer) -> None:
    def told(*reached: int) -> str:
        steps = tuple(Reached(STEPS[number].id, BEGUN, "x", ANA, MONDAY) for number in reached)
        month = Month(BEGUN, some([a_commitment()]), year_one=Progress(BEGUN, steps))
        return words_of(renderer.render(monthly(month)))

    assert "*Year one* 1 of 8 steps reached; next is step 2, the issues are agreed on." in told(0)
    assert "*Year one* all 8 steps reached." in told(*range(8))


def test_a_week_with_nothing_but_a_session_is_empty() -> None:
    assert Week(Some(), Some(), Some(), MONDAY, DUE).is_empty
    assert not Week(Some(), Some(), some([a_commitment()]), MONDAY).is_empty


def test_a_month_is_empty_where_nothing_of_it_may_be_told() -> None:
    one = some([a_commitment()])
    assert Month(BEGUN, rate=KeptRate(1, 1, 5)).is_empty
    assert Month(BEGUN, kept=one, missed=one).is_empty
    assert not Month(BEGUN, kept=one, rate=KeptRate(1, 1, 5)).is_empty
    assert not Month(BEGUN, open=one).is_empty
    assert not Month(BEGUN, help=one).is_empty


def test_times_are_those_of_what_was_promised() -> None:
    (line,) = weekly(Week(some(tokyo()), Some(), Some(), MONDAY)).sections[0].lines
    assert "(Asia/Tokyo)" in line.due.words


def tokyo() -> list[Commitment]:
    return [a_commitment(zone="Asia/Tokyo", due=datetime(2026, 12, 11, 8, tzinfo=UTC))]
