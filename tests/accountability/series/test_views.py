"""Every view about series as Slack gets it: within its limits, inert, and in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given

from bot.accountability.calendar.recurrence import change_from, move, occurrences
from bot.accountability.calendar.rules import Rule
from bot.accountability.series import presenting, views
from bot.accountability.series.later import Event
from bot.accountability.series.merging import NAMES, marks_of
from bot.accountability.series.views import (
    AirCoverView,
    CalendarView,
    LeaderView,
    LinkLine,
    LinkView,
    MoveConfirmation,
    MoveForm,
    RefusalView,
    Refused,
    SetUpForm,
    SponsorState,
    SponsorView,
    TimesConfirmation,
)
from bot.accountability.series.wording import from_then_on
from bot.accountability.sessions.later import coming, session_of
from bot.accountability.sessions.session import LONGEST_NAME, LONGEST_PURPOSE, skip
from bot.resources import TEMPLATES
from bot.slack.moments import moment
from bot.slack.render import Renderer, View
from tests.accountability.calendar.examples import BERLIN
from tests.accountability.commitments.examples import FEW
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of
from tests.accountability.series.examples import NOW, a_plan
from tests.accountability.sessions.examples import HOST, SPONSOR

PLAN = a_plan()
KNOWN = (HOST, SPONSOR, "C1", "U0NEXT")
ACK_LIMIT = 60_000  # bytes that an ack may carry over Socket Mode
VIEWS = {
    kind
    for kind in vars(views).values()
    if is_dataclass(kind) and kind.__module__ == views.__name__ and "template" in {one.name for one in fields(kind)}
}


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def every_view(text: str = "To see what moved") -> Iterator[View]:
    """Every view, in every state that looks different."""
    name, purpose = " ".join(text[:LONGEST_NAME].split()) or "x", " ".join(text[:LONGEST_PURPOSE].split())
    of = replace(PLAN.series, name=name, purpose=purpose)
    ended, new = change_from(
        move(PLAN.times, date(2026, 12, 8), NOW + timedelta(days=15)),
        date(2027, 1, 1),
        new_id="s1-002",
        rule=Rule.read("FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11;BYDAY=1MO,-1FR,2TU,3WE,4TH;BYSETPOS=1,2,3,4,5,-1"),
    )
    times = (ended, new)
    sessions = [session_of(of, one) for one in occurrences(ended, NOW, 2)]
    cards = [presenting.card(one, times, NOW) for one in (of, replace(of, sponsor=""), replace(of, ended_at=NOW))]
    for digests in ({"weekly_digest": True}, {"monthly_digest": True}, {"weekly_digest": True, "monthly_digest": True}):
        cards.append(presenting.card(replace(of, sponsor_agreed=True, **digests), times, NOW))
    for card, reader in product(cards, (HOST, SPONSOR)):
        yield presenting.overview("C1", [card], reader)
    yield presenting.overview("C1", cards * 3, SPONSOR)
    offered = presenting.new_times(date(2026, 12, 1), PLAN.times.at, BERLIN, 45)
    for channel, country in product(("C1", ""), ("DE", "")):
        yield SetUpForm(channel, HOST, country, offered)
    for series in (of, replace(of, sponsor="", country=""), replace(of, sponsor_agreed=True)):
        yield presenting.set_up_confirmation("d1", replace(PLAN, series=series), NOW)
    yield from forms(of, times, sessions, text)
    for what, whole, for_channel in product(Event, cards[1:3], (True, False)):
        session = sessions[0] if what in {Event.SKIPPED, Event.MOVED, Event.MOVED_BACK, Event.BROUGHT_BACK} else None
        words = from_then_on(new) if what is Event.RETIMED else presenting.shown_session(sessions[1], times).words
        yield presenting.event(what, whole, times, session, words=words, for_channel=for_channel)
    for card in cards[:4]:
        for state, asked_by in product(SponsorState, (HOST, "")):
            yield SponsorView(card, state, asked_by)
        yield AirCoverView(card)
        yield LeaderView(card)
        for can_send, many in ((True, 0), (True, 1), (False, 10)):
            link = LinkLine("a" * 64, HOST, moment(NOW, BERLIN))
            yield CalendarView(card, can_send, bool(many), (link,) * many, more=many // 2)
        yield CalendarView(card, has_address=True, more=1)
    yield LinkView(name, f"https://cco.example.com/calendar/{'x' * 43}.ics", "a" * 64)
    for reason, channel, shown in product(Refused, ("C1", ""), (name, "")):
        yield RefusalView(reason, channel, HOST, shown)


def forms(of, times, sessions, text) -> Iterator[View]:  # type: ignore[no-untyped-def]
    left_out = skip(sessions[1])
    for typed, changed in ((of.about, ()), (replace(of.about, sponsor="", purpose="", facilitator="U0NEXT"), NAMES)):
        for weekly, monthly in ((True, False), (False, True), (True, True)):
            stands = replace(typed, weekly_digest=weekly, monthly_digest=monthly)
            yield presenting.manage_form(
                of, times, [left_out], NOW, typed=stands, changed=changed, marks=marks_of(of.about), note=text
            )
    over = (replace(times[0], ends_on=date(2026, 11, 20)),)
    yield presenting.manage_form(of, over, [], NOW, typed=of.about, changed=NAMES, marks=marks_of(of.about))
    card = presenting.card(of, times, NOW)
    yield presenting.times_form(card, times[1], date(2027, 1, 5))
    before, after = (presenting.shown_session(one, times) for one in sessions)
    for forgotten in (0, 1, 3):
        yield TimesConfirmation("d1", card, from_then_on(times[1]), (before, after, before), forgotten)
    yield MoveForm(of.name, before, BERLIN.key)
    yield MoveConfirmation("d1", of.name, before, after)


@pytest.mark.parametrize("text", WORST)
def test_the_worst_texts_can_be_sent(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert len(words_of(assert_sendable(renderer, view, *KNOWN)).encode()) < ACK_LIMIT


@given(TEXTS)
@FEW
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


def test_every_view_and_every_template_is_filled_here() -> None:
    filled = {view.template for view in every_view()}
    assert {kind.template for kind in VIEWS} == filled
    drawn = {path.name for path in (TEMPLATES / "accountability/series").glob("*.json.j2")}
    assert filled == {f"accountability/series/{name}" for name in drawn}


def test_nothing_of_an_ordinary_series_is_cut_short(renderer: Renderer) -> None:
    for view in every_view("To see what moved for our customers, and to move the rest together. " * 7):
        if not isinstance(view, presenting.OverviewView):  # its note is no longer than a name
            assert "…" not in words_of(renderer.render(view)).replace("To see what moved for our customers, and…", "")


def test_only_the_sponsor_is_offered_to_change_their_air_cover(renderer: Renderer) -> None:
    card = presenting.card(PLAN.series, [PLAN.times], NOW)
    for reader, is_offered in ((SPONSOR, True), (HOST, False)):
        assert ("give_air_cover" in words_of(renderer.render(presenting.overview("C1", [card], reader)))) == is_offered


def test_more_series_than_a_message_holds_are_counted(renderer: Renderer) -> None:
    card = presenting.card(PLAN.series, [PLAN.times], NOW)
    rendered = assert_sendable(renderer, presenting.overview("C1", [card] * 20, HOST), *KNOWN)
    assert "And 9 more" in words_of(rendered)


def test_a_form_that_is_drawn_again_does_not_keep_what_stood_in_it_before(renderer: Renderer) -> None:
    """Slack keeps what was typed into an input of the same id, whatever its new value is."""
    of = PLAN.series
    drawn = [
        renderer.render(
            presenting.manage_form(one, [PLAN.times], [], NOW, typed=one.about, changed=(), marks=marks_of(one.about))
        )
        for one in (of, replace(of, version=2))
    ]
    first, second = ({block["block_id"] for block in view["blocks"] if "block_id" in block} for view in drawn)
    assert not first & second


def test_however_many_sessions_are_skipped_the_next_of_them_can_be_brought_back(renderer: Renderer) -> None:
    of, coming_up = PLAN.series, coming([PLAN.times], NOW, 60)
    skipped = [skip(session_of(of, one)) for one in reversed(coming_up)]
    view = presenting.manage_form(
        of, [PLAN.times], skipped, NOW, typed=of.about, changed=NAMES, marks=marks_of(of.about), note="Skipped."
    )
    assert_sendable(renderer, view, *KNOWN)
    left_out = [one.session for one in view.coming if one.is_skipped]
    assert left_out == [f"{of.id}/{one.id}" for one in coming_up[: presenting.SKIPPED]]
