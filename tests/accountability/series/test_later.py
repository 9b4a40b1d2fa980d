"""Whom a series has told of what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.accountability import later as shared
from bot.accountability.series.later import (
    ANNOUNCE,
    ASK_SPONSOR,
    TELL_LEADER,
    Event,
    News,
    as_changed,
    on_answer,
    on_changed_session,
    on_end,
    on_new_people,
    on_new_times,
    on_set_up,
    person_named,
)
from bot.accountability.sessions.later import OPEN, POST_AGENDA, coming, session_of
from bot.accountability.sessions.session import move, skip
from bot.scheduler.actions import Action, Changes
from tests.accountability.series.examples import NOW, a_plan
from tests.accountability.sessions.examples import HOST, SPONSOR, changed

PLAN = a_plan()
HOUR = timedelta(hours=1)
LONGEST_ID = "x" * 32


def kinds(changes: Changes) -> set[str]:
    return {action.kind for action in changes.new}


def occurrences_of(changes: Changes, kind: str) -> list[str]:
    return [action.occurrence for action in changes.new if action.kind == kind]


def test_setting_up_plans_the_sessions_and_has_the_channel_and_the_sponsor_told() -> None:
    changes = on_set_up(PLAN.series, PLAN.times, NOW)
    assert {POST_AGENDA, OPEN, ANNOUNCE, ASK_SPONSOR} <= kinds(changes)
    assert TELL_LEADER not in kinds(changes)
    (asked,) = occurrences_of(changes, ASK_SPONSOR)
    assert person_named(asked) == SPONSOR


def test_whoever_leads_is_told_unless_they_chose_it_themselves() -> None:
    for_another = a_plan(facilitator="U0OTHER", sponsor=HOST)
    changes = on_set_up(for_another.series, for_another.times, NOW)
    assert [person_named(one) for one in occurrences_of(changes, TELL_LEADER)] == ["U0OTHER"]
    assert ASK_SPONSOR not in kinds(changes)


def test_only_those_who_are_new_are_told() -> None:
    before = (HOST, SPONSOR)
    assert kinds(on_new_people(changed(PLAN.series, name="Hour"), before, NOW, HOST)) == {shared.DRAW_SESSIONS}
    handed_over = on_new_people(changed(PLAN.series, facilitator="U0NEXT"), before, NOW, HOST)
    assert kinds(handed_over) == {shared.DRAW_SESSIONS, TELL_LEADER}
    another = on_new_people(changed(PLAN.series, sponsor="U0NEXT"), before, NOW, HOST)
    assert kinds(another) == {shared.DRAW_SESSIONS, shared.AIR_COVER, ASK_SPONSOR}
    nobody = on_new_people(changed(PLAN.series, sponsor=""), before, NOW, HOST)
    assert kinds(nobody) == {shared.DRAW_SESSIONS, shared.AIR_COVER}


def test_a_sponsor_who_is_named_again_is_asked_again() -> None:
    without = changed(PLAN.series, sponsor="")
    again = changed(without, sponsor=SPONSOR)
    first = occurrences_of(on_set_up(PLAN.series, PLAN.times, NOW), ASK_SPONSOR)
    assert occurrences_of(on_new_people(again, (HOST, ""), NOW, HOST), ASK_SPONSOR) != first


def test_an_answer_has_air_cover_looked_at() -> None:
    assert kinds(on_answer(PLAN.series, NOW)) == {shared.AIR_COVER, shared.DRAW_SESSIONS}


def test_a_changed_session_is_announced_and_the_rest_planned_anew() -> None:
    session = skip(session_of(PLAN.series, coming([PLAN.times], NOW, 1)[0]))
    changes = on_changed_session(PLAN.series, [PLAN.times], session, Event.SKIPPED, NOW)
    assert (POST_AGENDA, "s1") in changes.dropped
    assert {POST_AGENDA, OPEN, ANNOUNCE} <= kinds(changes)
    (name,) = occurrences_of(changes, ANNOUNCE)
    assert News.named(name, NOW) == News(Event.SKIPPED, "2026-12-01", NOW)


def test_times_are_known_as_they_will_be_once_a_session_is_saved() -> None:
    first, second = coming([PLAN.times], NOW, 2)
    session = session_of(PLAN.series, first)
    (without,) = as_changed([PLAN.times], skip(session))
    assert coming([without], NOW, 1) == (second,)
    (moved,) = as_changed([without], move(session, first.starts_at + HOUR, NOW))
    assert coming([moved], NOW, 1)[0].starts_at == first.starts_at + HOUR
    assert as_changed([moved], session) == (PLAN.times,)


def test_other_times_and_an_end_are_announced() -> None:
    assert {OPEN, ANNOUNCE} <= kinds(on_new_times(PLAN.series, [PLAN.times], NOW))
    ended = on_end(PLAN.series, [PLAN.times], NOW)
    assert kinds(ended) == {ANNOUNCE, shared.DRAW_SESSIONS, shared.AIR_COVER}
    assert (OPEN, "s1") in ended.dropped


def test_the_longest_names_fit_into_the_schedule() -> None:
    of = replace(PLAN.series, id=LONGEST_ID, facilitator="U" * 32, sponsor="W" * 32, version=10**9)
    for changes in (on_new_people(of, ("", ""), NOW, HOST), on_end(of, [PLAN.times], NOW)):
        assert all(isinstance(action, Action) for action in changes.new)
