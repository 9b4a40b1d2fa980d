"""What a series plans, and what is left to do after downtime."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.accountability.calendar.recurrence import Series, change_from, move, skip
from bot.accountability.calendar.rules import Rule
from bot.accountability.later import DRAW_SESSIONS, look
from bot.accountability.sessions.later import (
    AHEAD,
    CLOSE,
    LIST_TOPIC,
    OPEN,
    POST_AGENDA,
    Turn,
    agenda_at,
    agenda_turn,
    closed_late,
    closes_at,
    coming,
    missed,
    named,
    next_agenda_at,
    on_change,
    on_close,
    on_end,
    on_opening,
    on_start,
    on_step,
    on_topic,
    opened_late,
    opening_turn,
    retimed,
    session_named,
    session_of,
    summary_turn,
)
from bot.accountability.sessions.session import Session, State, close, open_, with_agenda
from bot.accountability.sessions.session import skip as skipped
from bot.scheduler.actions import Action, Changes
from bot.workdays import Workdays
from tests.accountability.sessions.examples import SERIES, a_topic

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAYS = Series("s1", date(2026, 10, 6), time(10), 45, BERLIN, Rule.read("weekly on Tuesday"))
MINUTE, HOUR, DAY, WEEK = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days", "weeks"))
SUNDAY = datetime(2026, 10, 18, 12, tzinfo=UTC)  # a week before the clocks change
FIRST = datetime(2026, 10, 20, 8, tzinfo=UTC)  # Tuesday 10:00 in Berlin, in summer
AGENDA = datetime(2026, 10, 19, 7, tzinfo=UTC)  # Monday 9:00
SESSION = Session("s1", "2026-10-20", FIRST, FIRST + 45 * MINUTE)


def dues(changes: Changes, kind: str) -> dict[str, datetime]:
    return {action.occurrence: action.due_at for action in changes.new if action.kind == kind}


# What is planned


def test_the_next_few_sessions_are_planned_by_the_clock_on_the_wall() -> None:
    planned = on_start(SERIES, [TUESDAYS], SUNDAY)
    opens = [FIRST, FIRST + WEEK + HOUR, FIRST + 2 * WEEK + HOUR]
    assert dues(planned, OPEN) == dict(zip(["2026-10-20", "2026-10-27", "2026-11-03"], opens, strict=True))
    agendas = [AGENDA, AGENDA + WEEK + HOUR, AGENDA + 2 * WEEK + HOUR]
    assert list(dues(planned, POST_AGENDA).values()) == agendas


def test_an_agenda_comes_one_working_day_before() -> None:
    monday = Series("s1", date(2026, 12, 28), time(8), 30, BERLIN, Rule.read("weekly on Monday"))
    occurrence = coming([monday], SUNDAY, 1)[0]
    assert agenda_at(occurrence, BERLIN, Workdays()) == datetime(2026, 12, 25, 8, tzinfo=UTC)
    assert agenda_at(occurrence, BERLIN, Workdays("DE")) == datetime(2026, 12, 24, 8, tzinfo=UTC)


def test_an_agenda_whose_time_has_passed_is_due_at_once_at_the_start_of_a_series() -> None:
    now = AGENDA + HOUR
    assert dues(on_start(SERIES, [TUESDAYS], now), POST_AGENDA)["2026-10-20"] == now
    assert dues(on_step(SERIES, [TUESDAYS], now), POST_AGENDA)["2026-10-20"] == AGENDA


def test_a_session_under_way_is_planned_still() -> None:
    assert next(iter(dues(on_step(SERIES, [TUESDAYS], FIRST + MINUTE), OPEN))) == "2026-10-20"
    assert next(iter(dues(on_step(SERIES, [TUESDAYS], FIRST + HOUR), OPEN))) == "2026-10-27"


def test_a_change_replaces_what_was_planned() -> None:
    changed = move(skip(TUESDAYS, date(2026, 10, 20)), date(2026, 10, 27), FIRST + 8 * DAY)
    planned = on_change(SERIES, [changed], SUNDAY)
    assert planned.dropped == ((POST_AGENDA, "s1"), (OPEN, "s1"))
    assert dues(planned, OPEN)["2026-10-27"] == FIRST + 8 * DAY
    assert "2026-10-20" not in dues(planned, OPEN)


def test_a_series_is_planned_over_a_change_of_its_times() -> None:
    stretches = change_from(TUESDAYS, date(2026, 10, 26), new_id="s1.2", at=time(14))
    planned = dues(on_change(SERIES, stretches, SUNDAY), OPEN)
    assert list(planned.values())[:2] == [FIRST, FIRST + WEEK + 5 * HOUR]


def test_sessions_to_come_follow_their_new_times_or_are_skipped() -> None:
    _, new = change_from(TUESDAYS, date(2026, 10, 26), new_id="s1.2", at=time(14))
    later = Session("s1", "2026-10-27", FIRST + WEEK, FIRST + WEEK + HOUR)
    gone = Session("s1", "2026-10-28", FIRST + 8 * DAY, FIRST + 8 * DAY + HOUR)
    changed = retimed([SESSION, later, gone, skipped(gone)], new, SUNDAY)
    assert [(one.occurrence, one.state) for one in changed] == [
        ("2026-10-27", State.PLANNED),
        ("2026-10-28", State.SKIPPED),
    ]
    assert changed[0].starts_at == FIRST + WEEK + 5 * HOUR


def test_a_session_closes_when_it_should_and_a_late_one_takes_as_long() -> None:
    for now, ends in ((FIRST, SESSION.ends_at), (FIRST + 30 * MINUTE, FIRST + 75 * MINUTE)):
        closing = on_opening(open_(SESSION, now), SERIES, [TUESDAYS], now).new[0]
        assert (closing.kind, closing.due_at) == (CLOSE, ends)
        assert session_named(closing.subject) == ("s1", "2026-10-20")


def test_an_early_close_has_its_summary_told_now_and_each_close_changes_the_next_agenda() -> None:
    early, in_time = (on_close(SESSION, "C1", FIRST, early=early) for early in (True, False))
    assert early.moved == (Action(CLOSE, "s1/2026-10-20", FIRST),)
    assert in_time.moved == ()
    assert early.new == in_time.new == tuple(look(DRAW_SESSIONS, "C1", at) for at in (FIRST, FIRST + DAY))


def test_a_topic_that_comes_late_is_listed_by_the_session_it_is_for() -> None:
    planned = on_topic(a_topic(), SESSION, "C1", FIRST)
    assert [(one.kind, one.subject, one.due_at) for one in planned.new] == [
        (LIST_TOPIC, "s1/2026-10-20", FIRST),
        (DRAW_SESSIONS, "C1", FIRST),
    ]


def test_an_occurrence_is_found_by_its_day_wherever_its_zone_is() -> None:
    daily = Series("s1", date(2026, 10, 6), time(23, 30), 45, ZoneInfo("Pacific/Kiritimati"), Rule.read("daily"))
    for times in (TUESDAYS, daily):
        found = named([times], "2026-10-20")
        assert found is not None
        assert found.day == date(2026, 10, 20)
    for name in ("2026-10-21", "2026-09-29", "Tuesday", ""):
        assert named([TUESDAYS], name) is None


def test_what_opened_or_closed_late_can_be_told() -> None:
    assert not opened_late(open_(SESSION, FIRST + 10 * MINUTE))
    late = open_(SESSION, FIRST + 30 * MINUTE)
    assert opened_late(late)
    assert closes_at(late) == FIRST + 75 * MINUTE
    assert not closed_late(close(late, FIRST + 80 * MINUTE))
    assert closed_late(close(late, FIRST + 90 * MINUTE))
    assert closed_late(close(open_(SESSION, FIRST), FIRST + 56 * MINUTE))
    assert not closed_late(late)


def test_after_the_end_of_a_series_nothing_begins() -> None:
    dropped = ((POST_AGENDA, "s1"), (OPEN, "s1"))
    assert on_end(SERIES, [TUESDAYS], SUNDAY) == Changes(dropped=dropped)
    assert on_end(SERIES, [TUESDAYS], FIRST + 45 * MINUTE) == Changes(dropped=dropped)


def test_what_an_open_session_still_has_to_post_is_posted_also_after_the_end_of_its_series() -> None:
    going_on = Action(OPEN, "s1", FIRST, "2026-10-20")
    assert on_end(SERIES, [TUESDAYS], FIRST + MINUTE).new == (going_on,)


# What is left to do


@pytest.mark.parametrize(
    ("after", "turn"),
    [(timedelta(), Turn.IN_TIME), (HOUR, Turn.IN_TIME), (2 * HOUR, Turn.LATE), (FIRST - AGENDA, Turn.LEAVE)],
)
def test_an_agenda_goes_out_until_the_session_begins(after: timedelta, turn: Turn) -> None:
    assert agenda_turn(SESSION, [TUESDAYS], AGENDA, AGENDA + after) is turn


def test_an_agenda_is_left_when_it_is_out_or_another_session_comes_first() -> None:
    assert agenda_turn(with_agenda(SESSION), [TUESDAYS], AGENDA, AGENDA) is Turn.LEAVE
    assert agenda_turn(skipped(SESSION), [TUESDAYS], AGENDA, AGENDA) is Turn.LEAVE
    daily = Series("s1", date(2026, 10, 6), time(10), 45, BERLIN, Rule.read("every working day"))
    second = Session("s1", "2026-10-21", FIRST + DAY, FIRST + DAY + HOUR)
    assert agenda_turn(second, [daily], AGENDA, AGENDA + 3 * HOUR) is Turn.LEAVE


@pytest.mark.parametrize(
    ("after", "turn"),
    [(timedelta(), Turn.IN_TIME), (11 * MINUTE, Turn.LATE), (45 * MINUTE, Turn.LEAVE), (5 * WEEK, Turn.LEAVE)],
)
def test_a_session_opens_until_it_is_over(after: timedelta, turn: Turn) -> None:
    assert opening_turn(SESSION, FIRST + after) is turn


def test_what_is_open_or_skipped_does_not_open() -> None:
    assert opening_turn(open_(SESSION, FIRST), FIRST) is Turn.LEAVE
    assert opening_turn(skipped(SESSION), FIRST) is Turn.LEAVE


def test_a_late_summary_leaves_the_channel_to_an_agenda_that_is_due_as_well() -> None:
    session, end = open_(SESSION, FIRST), SESSION.ends_at
    later = AGENDA + WEEK
    assert summary_turn(session, later, end, end) is Turn.IN_TIME
    assert summary_turn(session, later, end, end + DAY) is Turn.LATE
    assert summary_turn(session, None, end, end + DAY) is Turn.LATE
    assert summary_turn(session, later, end, later) is Turn.LEAVE
    assert summary_turn(close(session, end), later, end, end) is Turn.IN_TIME
    assert summary_turn(SESSION, later, end, end) is Turn.LEAVE


def test_the_next_agenda_is_that_of_what_comes_next_or_is_under_way() -> None:
    session = open_(SESSION, FIRST)
    assert next_agenda_at(SERIES, [TUESDAYS], session, FIRST + MINUTE) == AGENDA + WEEK + HOUR
    assert next_agenda_at(SERIES, [TUESDAYS], session, FIRST + WEEK + HOUR + MINUTE) == AGENDA + WEEK + HOUR
    assert next_agenda_at(SERIES, [TUESDAYS], session, FIRST + WEEK + 2 * HOUR) == AGENDA + 2 * WEEK + HOUR
    ended = replace(TUESDAYS, ends_on=date(2026, 10, 20))
    assert next_agenda_at(SERIES, [ended], session, FIRST + MINUTE) is None
    assert next_agenda_at(replace(SERIES, ended_at=FIRST), [TUESDAYS], session, FIRST + MINUTE) is None


def test_what_passed_unopened_was_missed_and_what_was_skipped_was_not() -> None:
    held = close(open_(SESSION, FIRST), FIRST + HOUR)
    left_out = Session("s1", "2026-10-27", FIRST + WEEK, FIRST + WEEK + HOUR, State.SKIPPED)
    announced = Session("s1", "2026-11-03", FIRST + 2 * WEEK, FIRST + 2 * WEEK + HOUR, State.AGENDA_POSTED)
    found = missed([TUESDAYS], [held, left_out, announced], SUNDAY, FIRST + 4 * WEEK)
    assert found == ("2026-11-03", "2026-11-10")


# A season of sessions, with the bot down in between


@dataclass
class Season:
    """Does what is due, when it is due or when the bot is back, as a service would; keeps what the channel sees."""

    times: tuple[Series, ...]
    planned: dict[tuple[str, str, str], Action] = field(default_factory=dict)
    done: set[tuple[str, str, str]] = field(default_factory=set)
    sessions: dict[str, Session] = field(default_factory=dict)
    seen: list[tuple[datetime, str, str, Turn]] = field(default_factory=list)
    now: datetime = SUNDAY

    def change(self, changes: Changes) -> None:
        dropped = {name for name in self.planned if name[:2] in changes.dropped}
        self.planned = {name: action for name, action in self.planned.items() if name not in dropped}
        new = {action.name: action for action in changes.new if action.name not in self.done}
        self.planned = new | self.planned

    def play(self, until: datetime, down: tuple[datetime, datetime]) -> None:
        while self.planned and (action := min(self.planned.values(), key=lambda one: one.due_at)).due_at < until:
            self.now = max(self.now, action.due_at)
            if down[0] <= self.now < down[1]:
                self.now = down[1]
            self.do(self.planned.pop(action.name), self.now)

    def do(self, action: Action, now: datetime) -> None:
        self.done.add(action.name)
        name = action.occurrence or session_named(action.subject)[1]
        known = {one.id: session_of(SERIES, one) for one in coming(self.times, action.due_at - WEEK, 30)}
        session = self.sessions.get(name) or known[name]
        doing: dict[str, Any] = {POST_AGENDA: self.announce, OPEN: self.open, CLOSE: self.close}
        turn = doing[action.kind](session, action, now)
        self.change(on_step(SERIES, self.times, now))
        if turn is not Turn.LEAVE:
            self.seen.append((now, action.kind, name, turn))

    def announce(self, session: Session, action: Action, now: datetime) -> Turn:
        turn = agenda_turn(session, self.times, action.due_at, now)
        if turn is not Turn.LEAVE:
            self.sessions[session.occurrence] = with_agenda(session)
        return turn

    def open(self, session: Session, action: Action, now: datetime) -> Turn:
        del action
        if (turn := opening_turn(session, now)) is not Turn.LEAVE:
            opened = self.sessions[session.occurrence] = open_(session, now)
            self.change(on_opening(opened, SERIES, self.times, now))
        return turn

    def close(self, session: Session, action: Action, now: datetime) -> Turn:
        turn = summary_turn(session, next_agenda_at(SERIES, self.times, session, now), action.due_at, now)
        self.sessions[session.occurrence] = close(session, now)
        return turn


@pytest.mark.parametrize("rule", ["weekly on Tuesday", "every working day", "monthly on the first Tuesday"])
@pytest.mark.parametrize("down_for", [timedelta(), 3 * HOUR, DAY, 9 * DAY, 40 * DAY])
@pytest.mark.parametrize("down_from", [AGENDA - HOUR, FIRST - HOUR, FIRST + 20 * MINUTE, FIRST + 2 * HOUR])
def test_after_downtime_a_series_says_one_thing_and_goes_on(
    rule: str, down_for: timedelta, down_from: datetime
) -> None:
    season = Season((Series("s1", date(2026, 10, 6), time(10), 45, BERLIN, Rule.read(rule)),))
    season.change(on_start(SERIES, season.times, SUNDAY))
    back, end = down_from + down_for, SUNDAY + 100 * DAY
    season.play(end, (down_from, back))
    at_once = [kind for at, kind, _, turn in season.seen if at == back and turn is Turn.LATE]
    assert len(at_once) <= 1
    assert len({(kind, name) for _, kind, name, _ in season.seen}) == len(season.seen)
    expected = [one.id for one in coming(season.times, back, 200) if one.ends_at < end - 2 * DAY]
    for kind in (OPEN, CLOSE):
        assert set(expected) <= {name for _, what, name, _ in season.seen if what == kind}
    assert len(season.planned) <= 2 * (AHEAD + 1)


def test_a_session_is_found_by_its_name_wherever_it_was_moved() -> None:
    moved = move(TUESDAYS, date(2026, 10, 20), FIRST + DAY)
    ended, new = change_from(moved, date(2026, 11, 1), new_id="s1-02", at=time(14))
    found = [named((ended, new), name) for name in ("2026-10-20", "2026-11-03", "2026-11-04")]
    assert [one and (one.starts_at, one.is_moved) for one in found] == [
        (FIRST + DAY, True),
        (datetime(2026, 11, 3, 13, tzinfo=UTC), False),
        None,
    ]
    assert named([skip(TUESDAYS, date(2026, 10, 20))], "2026-10-20") is None


def test_a_skipped_session_that_other_times_have_is_held_after_all() -> None:
    _, new = change_from(TUESDAYS, date(2026, 10, 20), new_id="s1-02", rule=Rule.read("weekly on Tuesday"), at=time(14))
    left_out = skipped(SESSION)
    assert retimed([left_out], new, SUNDAY) == (
        replace(SESSION, starts_at=FIRST + 4 * HOUR, ends_at=FIRST + 4 * HOUR + 45 * MINUTE),
    )
    assert retimed([left_out], skip(new, date(2026, 10, 20)), SUNDAY) == ()
