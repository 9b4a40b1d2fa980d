"""Weeks and months of digests: on working mornings, once, with nothing where there is nothing to say, until stopped."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.accountability.commitments import commitment as deeds
from bot.accountability.rhythm import later
from bot.accountability.sessions.session import SessionSeries
from bot.workdays import Workdays
from bot.workspace.records import Channel, Json, Person
from tests.scenarios.rounds import channel, hasten, people, told, written_to
from tests.scenarios.stage import Stage, texts
from tests.scenarios.standing import done_to, key_of, now_is, promise, series

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
GERMAN = Workdays("DE")


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    """Who leads, and five who promise things."""
    return people(stage, 6)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def digested(stage: Stage, room: Channel, host: Person, **fields: Any) -> SessionSeries:
    """A series whose digests are planned as when it is saved."""
    of = series(stage, room, host, **fields)
    for action in later.on_series(of, stage.clock()).new:
        assert stage.bots[-1].schedule.plan(key_of(stage), action)
    stage.bots[-1].ticker.wake()
    return of


def planned(stage: Stage, kind: str, of: SessionSeries) -> datetime | None:
    """When the next digest may go out; None before one is planned."""
    rows = stage.rows(
        "select next_at from due_actions where kind = ? and subject = ? and state = 'planned' and lease is null",
        kind,
        of.id,
    )
    return datetime.fromisoformat(rows[0][0]).replace(tzinfo=UTC) if rows else None


def settled(stage: Stage, kind: str, of: SessionSeries) -> datetime:
    """The same, once all that is due by now is done."""

    def to_come() -> datetime | None:
        at = planned(stage, kind, of)
        is_to_come = at is not None and at > stage.clock() + timedelta(seconds=30)
        return at.replace(microsecond=0) if is_to_come else None  # waiting is counted in parts of a second

    return hasten(stage, to_come)  # type: ignore[return-value]


def go_to(stage: Stage, at: datetime) -> None:
    stage.pass_to(at)


def on(day: date, at: time = time(12), zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def today(stage: Stage, zone: ZoneInfo = BERLIN) -> date:
    return stage.clock().astimezone(zone).date()


def monday_after(day: date) -> date:
    return day + (7 - day.weekday()) * DAY


def week_s(stage: Stage, room: Channel) -> list[str]:
    """What the channel was told week by week."""
    return [texts(one) for one in stage.said(room.id) if "*The week of" in texts(one)]


def month_s(stage: Stage, person: Person) -> list[str]:
    return [texts(one) for one in written_to(stage, person) if "sponsor these sessions" in texts(one)]


# For the channel


def test_a_week_begins_with_what_is_overdue_due_and_done_and_an_empty_one_with_nothing(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of = digested(stage, room, team[0], weekly_digest=True)
    first = settled(stage, later.WEEKLY, of)
    ahead = (first - stage.clock()) / DAY
    promise(stage, team[1], room, "Late since Friday", days=ahead - 0.5)
    promise(stage, team[2], room, "Due on Thursday", days=ahead + 3)
    promise(stage, team[2], room, "Due after that week", days=ahead + 9)
    done_to(
        stage, deeds.finish(done := promise(stage, team[3], room, "Done already", days=30), team[3].id, stage.clock())
    )
    promise(stage, team[1], channel(stage, *team), "Of another channel", days=ahead + 1)
    go_to(stage, first)
    words = hasten(stage, lambda: week_s(stage, room))[0]
    assert f"*Overdue*\n• Late since Friday – <@{team[1].id}>" in words
    assert f"*Due this week*\n• Due on Thursday – <@{team[2].id}>" in words
    assert f"• Done already – <@{team[3].id}>" in words
    assert "*Next session*" in words
    assert "Due after that week" not in words
    assert "Of another channel" not in words
    assert "comes late" not in words
    assert now_is(stage, done).state == "done"
    for wanted in ("Late since Friday", "Due on Thursday", "Due after that week"):
        finish(stage, team, wanted)
    go_to(stage, settled(stage, later.WEEKLY, of))
    hasten(stage, lambda: len(week_s(stage, room)) == 2)  # what was done
    go_to(stage, settled(stage, later.WEEKLY, of))
    settled(stage, later.WEEKLY, of)
    assert len(week_s(stage, room)) == 2


def finish(stage: Stage, team: list[Person], what: str) -> None:
    (row,) = stage.rows(
        "select id, owner from commitments where what = ? and owner in (?, ?, ?) and state = 'open'",
        what,
        *(one.id for one in team[1:4]),
    )
    of = stage.bots[-1].accountability.commitments.get(key_of(stage), row[0])
    done_to(stage, deeds.finish(of, row[1], stage.clock()))


def test_a_holiday_leaves_it_to_the_tuesday_and_nine_stays_nine_when_the_clocks_change(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of = digested(stage, room, team[0], weekly_digest=True, country="DE")
    settled(stage, later.WEEKLY, of)
    promise(stage, team[1], room, "Still open", days=1)
    start = monday_after(today(stage) + WEEK)
    mondays = [start + number * WEEK for number in range(110)]
    holiday = next(day for day in mondays if GERMAN.holiday(day) and GERMAN.is_working(day + DAY))
    go_to(stage, on(holiday - DAY, time(20)))  # after weeks of downtime, and nobody is at work before Tuesday
    assert settled(stage, later.WEEKLY, of) == on(holiday + DAY, time(9))
    assert week_s(stage, room) == []
    go_to(stage, on(holiday + DAY, time(9)))
    assert "comes late" not in hasten(stage, lambda: week_s(stage, room))[0]
    changed = next(
        day for day in mondays if day > holiday and offset(day) != offset(day - WEEK) and GERMAN.is_working(day)
    )
    go_to(stage, on(changed - 6 * DAY, time(12)))
    settled(stage, later.WEEKLY, of)
    before = len(week_s(stage, room))
    assert settled(stage, later.WEEKLY, of) == on(changed, time(9))
    go_to(stage, on(changed, time(9)))
    hasten(stage, lambda: len(week_s(stage, room)) == before + 1)


def offset(day: date) -> timedelta | None:
    return on(day).astimezone(BERLIN).utcoffset()


def test_after_downtime_there_is_one_in_working_hours_and_it_says_that_it_is_late(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of = digested(stage, room, team[0], weekly_digest=True)
    settled(stage, later.WEEKLY, of)
    promise(stage, team[1], room, "Still open", days=1)
    back = monday_after(today(stage)) + 3 * WEEK + 2 * DAY  # a Wednesday
    go_to(stage, on(back, time(19)))
    assert settled(stage, later.WEEKLY, of) == on(back + DAY, time(9))
    go_to(stage, on(back + DAY, time(9)))
    assert "This was due" in hasten(stage, lambda: week_s(stage, room))[0]
    assert settled(stage, later.WEEKLY, of) == on(back + 5 * DAY, time(9))
    assert len(week_s(stage, room)) == 1


def test_those_who_may_stop_it_and_nobody_else(stage: Stage, team: list[Person], room: Channel) -> None:
    of = digested(stage, room, team[0], weekly_digest=True, sponsor=team[5].id, sponsor_agreed=True)
    promise(stage, team[1], room, "Still open", days=1)
    go_to(stage, settled(stage, later.WEEKLY, of))
    message = hasten(stage, lambda: [one for one in stage.said(room.id) if "*The week of" in texts(one)])[0]
    stage.press(team[1], message, "stop_weekly_digest")
    told(stage, team[1], f"Only <@{team[0].id}>, who leads these sessions")
    settled(stage, later.WEEKLY, of)
    stage.press(team[5], message, "stop_weekly_digest")
    told(stage, team[5], "is off from now on")
    (admin,) = people(stage, 1, is_admin=True)
    stage.workspace.join(admin.id, room)
    for other in (team[0], admin):  # once more
        stage.press(other, message, "stop_weekly_digest")
        told(stage, other, "is off from now on")
    go_to(stage, stage.clock() + 3 * WEEK)
    hasten(stage, lambda: planned(stage, later.WEEKLY, of) is None)
    assert len(week_s(stage, room)) == 1


# For the sponsor


@pytest.fixture
def sponsor(stage: Stage) -> Person:
    return stage.workspace.add_person(f"sponsor{len(stage.workspace.everyone())}", "The Sponsor", "Pacific/Auckland")


def in_month(stage: Stage, months: int, day: int = 10) -> date:
    first = later.next_month(today(stage).replace(day=1))
    for _ in range(months - 1):
        first = later.next_month(first)
    return first.replace(day=day)


def due_on(stage: Stage, owner: Person, room: Channel, what: str, day: date) -> Any:
    return promise(stage, owner, room, what, days=(on(day, time(17)) - stage.clock()) / DAY)


def test_a_month_is_told_to_a_sponsor_who_agreed_with_the_rate_of_five_people_or_more(
    stage: Stage, team: list[Person], room: Channel, sponsor: Person
) -> None:
    stage.workspace.join(sponsor.id, room)
    of = digested(stage, room, team[0], monthly_digest=True, sponsor=sponsor.id, sponsor_agreed=True)
    elsewhere = channel(stage, *team)
    unasked = digested(stage, elsewhere, team[0], monthly_digest=True, sponsor=team[5].id)
    settled(stage, later.MONTHLY, of)
    for owner in team[:5]:
        kept = due_on(stage, owner, room, f"Kept by {owner.name}", in_month(stage, 1))
        done_to(stage, deeds.finish(kept, owner.id, stage.clock()))
        due_on(stage, owner, elsewhere, "Elsewhere", in_month(stage, 1))
    missed = due_on(stage, team[4], room, "Missed in the first month", in_month(stage, 1, 12))
    for owner in team[:4]:
        due_on(stage, owner, room, "Missed in the second month", in_month(stage, 2))
    go_to(stage, on(in_month(stage, 2, 1), time(0, 30), AUCKLAND))
    at = settled(stage, later.MONTHLY, of)
    assert (at.astimezone(AUCKLAND).time(), Workdays().is_working(at.astimezone(AUCKLAND).date())) == (time(9), True)
    done_to(stage, deeds.need_help(missed, team[4].id, stage.clock(), "I asked twice"))
    go_to(stage, at)
    words = hasten(stage, lambda: month_s(stage, sponsor))[0]
    assert "Together, 5 people kept 5 of 6 commitments." in words
    assert f"*Needs help now*\n• Missed in the first month – <@{team[4].id}>" in words
    assert f"• Kept by {team[0].name}, due" in words
    assert "comes late" not in words
    assert "Elsewhere" not in words
    go_to(stage, settled(stage, later.MONTHLY, of))
    words = hasten(stage, lambda: month_s(stage, sponsor)[1:])[0]
    assert "• Missed in the second month" in words
    assert "*Open, what is due first*" in words
    assert "Together," not in words
    assert "*Missed*" not in words
    assert "*Kept*" not in words
    assert "told only where at least 5 people" in words
    hasten(stage, lambda: settled(stage, later.MONTHLY, unasked))
    assert month_s(stage, team[5]) == []
    message = [one for one in written_to(stage, sponsor) if "sponsor these sessions" in texts(one)][-1]
    stage.press(sponsor, message, "stop_monthly_digest")
    told(stage, sponsor, "is off from now on")


def test_whoever_leads_is_told_once_where_neither_channel_nor_sponsor_takes_a_digest(
    stage: Stage, team: list[Person], room: Channel, sponsor: Person, refusals: set[str]
) -> None:
    refusals |= {"is_archived", "user_disabled"}
    of = digested(
        stage, room, team[0], weekly_digest=True, monthly_digest=True, sponsor=sponsor.id, sponsor_agreed=True
    )
    due_on(stage, team[1], room, "Missed", in_month(stage, 1))
    settled(stage, later.MONTHLY, of)
    go_to(stage, on(in_month(stage, 1, 20)))
    settled(stage, later.WEEKLY, of)
    stage.workspace.archive(room)
    stage.workspace.deactivate(sponsor.id)
    for _ in range(2):
        for kind in (later.WEEKLY, later.MONTHLY):
            go_to(stage, settled(stage, kind, of))
            settled(stage, kind, of)
    hasten(stage, lambda: len(troubles(stage, team[0])) == 2)
    assert any("I can't post there any more" in words for words in troubles(stage, team[0]))
    assert any("its sponsor, can't be reached any more" in words for words in troubles(stage, team[0]))


def troubles(stage: Stage, person: Person) -> list[str]:
    found: list[Json] = [one for one in written_to(stage, person) if "You get this once" in texts(one)]
    return [texts(one) for one in found]
