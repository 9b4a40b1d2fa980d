"""What the store of series and their times promises, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.accountability.calendar.recurrence import change_from, skip
from bot.accountability.calendar.rules import Rule
from bot.accountability.sessions.items import Item, Kind
from bot.accountability.sessions.later import OPEN, coming, on_change, on_start, retimed
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import State, answer_as_sponsor, bring_back, move, open_, with_agenda
from bot.accountability.sessions.session import skip as skipped
from bot.accountability.sessions.store import SessionStore
from bot.scheduler.store import ScheduleStore, saving
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, THEIRS
from tests.accountability.sessions.examples import (
    BEFORE,
    FOUNDED,
    LENGTH,
    NEXT,
    SERIES,
    SESSION,
    SPONSOR,
    START,
    TIMES,
    a_session,
    a_topic,
    changed,
    hold,
    refuse,
)

END = START + LENGTH
DAY = timedelta(days=1)
PROMISE = Item(Kind.COMMITMENT, "c1", "Publish the customer math")


def test_a_series_and_its_times_come_back_as_they_were_saved(series: SeriesStore) -> None:
    moved = {date(2026, 12, 1): START + DAY, date(2027, 1, 5): None}
    new = replace(SERIES, id="s2", purpose="To track progress", sponsor_agreed=True, country="DE")
    times = replace(TIMES, id="s2", exceptions=moved, ends_on=date(2027, 12, 31))
    assert series.add(OURS, new, times)
    assert series.get(OURS, "s2") == new
    assert series.times(OURS, "s2") == (times,)
    assert series.times(OURS, "s1") == (TIMES,)


def test_a_series_is_made_once(series: SeriesStore) -> None:
    assert not series.add(OURS, replace(SERIES, name="Again"), TIMES, also=refuse)
    assert series.get(OURS, "s1") == SERIES


def test_the_channel_s_series_that_run_come_the_oldest_first(series: SeriesStore) -> None:
    for name, channel in (("s0", "C1"), ("s2", "C1"), ("s3", "C2")):
        earlier = timedelta(days=name == "s0")
        series.add(
            OURS, replace(SERIES, id=name, channel_id=channel, made_at=FOUNDED - earlier), replace(TIMES, id=name)
        )
    series.end(OURS, "s2", START)
    assert [one.id for one in series.of_channel(OURS, "C1")] == ["s0", "s1"]
    assert [one.id for one in series.of_channel(OURS, "C1", START - DAY)] == ["s0", "s1", "s2"]
    assert [one.id for one in series.of_channel(OURS, "C1", START)] == ["s0", "s1"]


def test_a_change_does_not_overwrite_another(series: SeriesStore) -> None:
    agreed, reworded = answer_as_sponsor(SERIES, SPONSOR, agrees=True), changed(SERIES, name="Hour")
    assert series.save(OURS, agreed)
    assert not series.save(OURS, reworded, also=refuse)
    assert series.get(OURS, "s1") == agreed


def test_an_ended_series_does_not_change_any_more(series: SeriesStore) -> None:
    assert series.end(OURS, "s1", START)
    assert not series.end(OURS, "s1", START, also=refuse)
    found = series.get(OURS, "s1")
    assert found is not None
    assert found.ended_at == START
    assert not series.save(OURS, changed(found, name="Hour"))
    assert not series.skip(OURS, skipped(SESSION))
    assert not series.change_times(OURS, "s1", *change_from(TIMES, date(2026, 12, 1), new_id="s1.2", at=time(14)))


def test_what_belongs_to_a_change_fails_with_it(series: SeriesStore, sessions: SessionStore) -> None:
    changes: list[Callable[[], Any]] = [
        lambda: series.save(OURS, changed(SERIES, name="Hour"), also=refuse),
        lambda: series.end(OURS, "s1", START, also=refuse),
        lambda: series.skip(OURS, skipped(SESSION), also=refuse),
    ]
    for change in changes:
        with pytest.raises(InterruptedError):
            change()
    assert series.get(OURS, "s1") == SERIES
    assert series.times(OURS, "s1") == (TIMES,)
    assert sessions.get(OURS, "s1", "2026-12-01") is None


def test_what_a_series_plans_is_saved_with_it(series: SeriesStore, database: Database) -> None:
    series.add(OURS, replace(SERIES, id="s2"), TIMES, also=saving(OURS, on_start(SERIES, [TIMES], FOUNDED)))
    schedule = ScheduleStore(database)
    assert schedule.next_due([OPEN]) == coming([TIMES], FOUNDED, 1)[0].starts_at
    left_out = skip(TIMES, date(2026, 10, 6))
    session = a_session("2026-10-06", starts_at=FOUNDED + 5 * DAY, ends_at=FOUNDED + 6 * DAY)
    series.skip(OURS, skipped(session), also=saving(OURS, on_change(SERIES, [left_out], FOUNDED)))
    assert schedule.next_due([OPEN]) == coming([left_out], FOUNDED, 1)[0].starts_at


# Skipping, moving, other times


def test_a_skipped_session_is_no_occurrence_until_it_is_brought_back(
    series: SeriesStore, sessions: SessionStore
) -> None:
    assert series.skip(OURS, skipped(SESSION))
    assert not series.skip(OURS, skipped(SESSION), also=refuse)
    assert [one.id for one in coming(series.times(OURS, "s1"), BEFORE, 1)] == ["2027-01-05"]
    assert sessions.get(OURS, "s1", "2026-12-01") == skipped(SESSION)
    assert series.bring_back(OURS, bring_back(skipped(SESSION), START, BEFORE))
    assert series.times(OURS, "s1") == (TIMES,)
    assert sessions.get(OURS, "s1", "2026-12-01") == SESSION


def test_a_moved_session_is_the_same_at_another_time(series: SeriesStore, sessions: SessionStore) -> None:
    sessions.plan(OURS, with_agenda(SESSION, "customer-math"))
    for days in (1, 2):
        assert series.move(OURS, move(with_agenda(SESSION, "customer-math"), START + days * DAY, BEFORE))
    occurrence = coming(series.times(OURS, "s1"), BEFORE, 1)[0]
    assert (occurrence.id, occurrence.starts_at) == ("2026-12-01", START + 2 * DAY)
    kept = sessions.get(OURS, "s1", "2026-12-01")
    assert kept is not None
    assert (kept.starts_at, kept.state, kept.card) == (START + 2 * DAY, State.AGENDA_POSTED, "customer-math")


def test_a_session_that_has_begun_is_neither_skipped_nor_moved(series: SeriesStore, sessions: SessionStore) -> None:
    hold(sessions, SESSION)
    assert not series.skip(OURS, skipped(SESSION), also=refuse)
    assert not series.move(OURS, move(SESSION, START + DAY, BEFORE), also=refuse)
    assert series.times(OURS, "s1") == (TIMES,)


def test_a_step_by_somebody_who_did_not_see_the_move_is_not_taken(series: SeriesStore, sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    later = move(SESSION, START + DAY, BEFORE)
    assert series.move(OURS, later)
    assert not sessions.post_agenda(OURS, with_agenda(SESSION), also=refuse)
    assert not sessions.open(OURS, open_(SESSION, START), [PROMISE], also=refuse)
    assert not series.skip(OURS, skipped(SESSION), also=refuse)
    assert sessions.get(OURS, "s1", "2026-12-01") == later


def test_a_move_by_somebody_who_did_not_see_the_agenda_keeps_it(series: SeriesStore, sessions: SessionStore) -> None:
    sessions.plan(OURS, SESSION)
    sessions.post_agenda(OURS, with_agenda(SESSION, "customer-math"))
    assert series.move(OURS, move(SESSION, START + DAY, BEFORE))
    assert sessions.get(OURS, "s1", "2026-12-01") == move(with_agenda(SESSION, "customer-math"), START + DAY, BEFORE)


def test_other_times_hold_from_a_day_on(series: SeriesStore, sessions: SessionStore) -> None:
    later = a_session("2027-01-05", starts_at=NEXT, ends_at=NEXT + LENGTH)
    for session in (SESSION, later):
        sessions.plan(OURS, session)
    sessions.add_topic(OURS, "s1", a_topic(occurrence="2027-01-05"))
    series.skip(OURS, skipped(a_session("2027-02-02", starts_at=NEXT + 28 * DAY, ends_at=NEXT + 29 * DAY)))
    (old,) = series.times(OURS, "s1")
    ended, new = change_from(old, date(2026, 12, 2), new_id="s1.2", rule=Rule.read("weekly on Wednesday"))
    changed = retimed([SESSION, later], new, BEFORE)
    assert series.change_times(OURS, "s1", ended, new, changed)
    assert series.times(OURS, "s1") == (replace(ended, exceptions={}), new)
    states = {one.occurrence: one.state for one in sessions.of_series(OURS, "s1")}
    assert (states["2026-12-01"], states["2027-01-05"]) == (State.PLANNED, State.SKIPPED)
    assert [topic.occurrence for topic in sessions.topics(OURS, "s1")] == ["2026-12-02"]


def test_a_session_skipped_before_is_held_when_the_new_times_have_it(
    series: SeriesStore, sessions: SessionStore
) -> None:
    series.skip(OURS, skipped(SESSION))
    (old,) = series.times(OURS, "s1")
    ended, new = change_from(old, date(2026, 12, 1), new_id="s1.2", rule=Rule.read("weekly on Tuesday"), at=time(14))
    assert series.change_times(OURS, "s1", ended, new, retimed([skipped(SESSION)], new, BEFORE))
    hour = timedelta(hours=4)
    assert sessions.get(OURS, "s1", "2026-12-01") == a_session(starts_at=START + hour, ends_at=END + hour)


def test_other_times_are_refused_to_whoever_did_not_see_the_last_change(series: SeriesStore) -> None:
    first = series.get(OURS, "s1")
    assert first is not None
    ended, new = change_from(TIMES, date(2026, 12, 1), new_id="s1.2", at=time(14))
    series.skip(OURS, skipped(a_session("2027-01-05", starts_at=NEXT, ends_at=NEXT + LENGTH)))
    assert not series.change_times(OURS, "s1", ended, new, also=refuse, seen=first.version)
    ended, new = change_from(series.times(OURS, "s1")[0], date(2026, 12, 1), new_id="s1.2", at=time(14))
    assert series.change_times(OURS, "s1", ended, new, seen=first.version + 1)
    assert new.exceptions == {date(2027, 1, 5): None}


def test_each_change_of_its_times_is_counted(series: SeriesStore) -> None:
    assert not series.skip(THEIRS, skipped(SESSION))
    series.skip(OURS, skipped(SESSION))
    series.skip(OURS, skipped(SESSION))
    series.bring_back(OURS, bring_back(skipped(SESSION), START, BEFORE))
    series.move(OURS, move(SESSION, START + DAY, BEFORE))
    series.change_times(OURS, "s1", *change_from(TIMES, date(2027, 1, 1), new_id="s1.2", at=time(14)))
    counted = series.get(OURS, "s1")
    assert counted is not None
    assert counted.version == SERIES.version + 4


def test_whoever_runs_the_bot_sees_the_series_of_all_workspaces(series: SeriesStore) -> None:
    series.add(THEIRS, replace(SERIES, made_at=FOUNDED + DAY, weekly_digest=True), TIMES)
    series.end(OURS, "s1", START)
    assert [(key, one.weekly_digest, one.is_running) for key, one in series.everywhere()] == [
        (THEIRS, True, True),
        (OURS, False, False),
    ]


def test_other_times_keep_what_was_changed_about_their_days(series: SeriesStore) -> None:
    january = a_session("2027-01-05", starts_at=NEXT, ends_at=NEXT + LENGTH)
    series.skip(OURS, skipped(SESSION))
    series.move(OURS, move(january, NEXT + DAY, BEFORE))
    (old,) = series.times(OURS, "s1")
    ended, new = change_from(old, date(2027, 1, 1), new_id="s1.2", at=time(14))
    assert series.change_times(OURS, "s1", ended, new)
    first, second = series.times(OURS, "s1")
    assert first.exceptions == {date(2026, 12, 1): None}
    assert second == new
    assert second.exceptions == {date(2027, 1, 5): NEXT + DAY}


def test_of_two_who_change_the_times_one_does(series: SeriesStore) -> None:
    ended, new = change_from(TIMES, date(2026, 12, 1), new_id="s1.2", at=time(14))
    assert series.change_times(OURS, "s1", ended, new)
    assert not series.change_times(OURS, "s1", ended, replace(new, at=time(16)), also=refuse)
    assert series.times(OURS, "s1") == (ended, new)
