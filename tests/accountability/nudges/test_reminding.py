"""Reminders as people get them: one message a day, at its time, whatever breaks in between. On both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.accountability import later
from bot.accountability.calendar.workdays import Quiet
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import State
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.nudges.wishes import read_pause
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import ScheduleStore
from bot.workspace.records import Fault, Person
from tests.accountability.commitments.examples import BEN, BERLIN, DAY, DUE, HOUR, MINUTE, WEEK, on
from tests.accountability.nudges.desk import SILENT_ROOM, Death, Desk, Process, actions, words

POST = "chat.postMessage"
LONG_AFTER = DUE + 10 * WEEK
AHEAD = on(date(2026, 12, 8), 9)
PLAN = ["Tue 08 Dec 09:00", "Fri 11 Dec 09:00", "Mon 14 Dec 09:00", "Mon 21 Dec 09:00", "Mon 28 Dec 09:00"]


@pytest.fixture
def ana(desk: Desk) -> Person:
    return desk.person()


def history_asked(desk: Desk) -> int:
    return sum(call.method == "conversations.history" for call in desk.workspace.calls)


def silences(desk: Desk) -> list[str]:
    """Of which commitments somebody is to be told that nobody answered."""
    waiting = [one.action for _, one in ScheduleStore(desk.process.database).waiting(999)]
    return [action.subject for action in waiting if action.kind == later.TELL_OF_SILENCE]


# When they come


def test_they_come_at_nine_on_working_days_until_three_had_no_answer(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(LONG_AFTER)
    assert desk.times(ana) == PLAN
    last = words(desk.got(ana)[-1])
    assert "This is the last reminder" in last
    assert "Next: none" in last
    assert desk.looks(ana) == 0


@pytest.mark.parametrize(("channel", "is_told"), [("", True), (SILENT_ROOM, True), ("C1", False)])
def test_where_no_session_talks_about_it_whoever_asked_is_told_with_the_last(
    desk: Desk, ana: Person, channel: str, is_told: bool
) -> None:
    asked = desk.promise(ana, DUE, channel_id=channel, assigner=BEN, state=State.PROPOSED)
    desk.promise(ana, DUE, channel_id=channel)
    desk.until(LONG_AFTER - 8 * WEEK - DAY)
    assert silences(desk) == []
    desk.until(LONG_AFTER)
    assert silences(desk) == [asked.id] * is_told
    hears = f"<@{BEN}> hears of it" in words(desk.got(ana)[-1])
    assert hears == is_told


def test_what_is_due_on_one_day_is_one_message_and_an_answer_ends_it(desk: Desk, ana: Person) -> None:
    first = desk.promise(ana, DUE)
    desk.promise(ana, DUE, what="Agree owners")
    desk.until(AHEAD)
    (both,) = desk.got(ana)
    assert "Publish the customer math" in words(both)
    assert "Agree owners" in words(both)
    assert {"commitment_done:1", "commitment_done:2"} <= set(actions(both))
    desk.does(deeds.finish, first)
    desk.until(DUE)
    assert "Publish the customer math" not in words(desk.got(ana)[-1])
    assert "commitment_done" in actions(desk.got(ana)[-1])


def test_nine_o_clock_stays_nine_o_clock_over_a_change_of_clocks_and_holidays_are_left_out(
    desk: Desk, start: Callable[..., Process]
) -> None:
    desk.process = start(country="US")
    joe = desk.person("America/New_York")
    new_york = "America/New_York"
    desk.until(on(date(2027, 3, 1), 12))
    desk.promise(joe, datetime.fromisoformat("2027-03-11T22:00Z"), zone=new_york)  # the clocks change on the 14th
    desk.promise(joe, datetime.fromisoformat("2027-05-31T22:00Z"), zone=new_york)  # Memorial Day
    desk.until(on(date(2027, 6, 5), 9))
    assert desk.times(joe) == [
        "Mon 08 Mar 09:00",
        "Thu 11 Mar 09:00",
        "Fri 12 Mar 09:00",
        "Fri 19 Mar 09:00",
        "Fri 26 Mar 09:00",
        "Tue 25 May 09:00",
        "Fri 28 May 09:00",
        "Tue 01 Jun 09:00",
    ]


def test_whoever_moves_zone_is_reminded_at_nine_where_they_are(desk: Desk, ana: Person) -> None:
    """Due on Friday at 17:00 in Berlin, which is 8:00 in Los Angeles: the last morning before is Thursday's."""
    desk.promise(ana, DUE)
    desk.until(AHEAD)
    workspace = desk.workspace
    workspace.people[ana.id] = replace(workspace.person(ana.id), tz="America/Los_Angeles")
    desk.until(LONG_AFTER)
    there = desk.times(workspace.person(ana.id))
    assert desk.times(ana)[0] == PLAN[0]
    assert there[1:] == ["Thu 10 Dec 09:00", *PLAN[2:]]


def test_where_slack_doesn_t_tell_the_zone_the_last_one_known_is_as_good(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - DAY)
    desk.workspace.faults.append(Fault("users.info", status=503, times=99))
    desk.until(AHEAD)
    assert desk.times(ana) == PLAN[:1]


def test_after_a_week_of_downtime_one_message_says_that_it_is_late(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.promise(ana, DUE + DAY)
    desk.sleep(on(date(2026, 12, 16), 13))
    desk.until(on(date(2026, 12, 16), 14))
    (message,) = desk.got(ana)
    assert "This is late: it was planned for Tuesday 8 December, 09:00, and I was down or busy." in words(message)
    assert desk.times(ana) == ["Wed 16 Dec 13:00"]
    assert desk.looks(ana) == 1


# What they asked for


def test_a_pause_quiet_hours_and_a_snooze_are_kept(desk: Desk, ana: Person) -> None:
    of = desk.promise(ana, DUE)
    desk.chooses(ana, paused_until=read_pause("until 10 Dec", desk.now, BERLIN))
    desk.until(on(date(2026, 12, 10), 18))
    assert desk.times(ana) == ["Thu 10 Dec 09:00"]
    assert "later than planned because of your pause" in words(desk.got(ana)[0])
    desk.chooses(ana, quiet=Quiet(time(8), time(11, 30)))
    desk.until(on(date(2026, 12, 11), 18))
    assert desk.times(ana)[1:] == ["Fri 11 Dec 11:30"]
    desk.does(deeds.snooze, of, on(date(2026, 12, 16), 14))
    desk.until(on(date(2026, 12, 17), 18))
    assert desk.times(ana)[2:] == ["Wed 16 Dec 14:00"]
    desk.chooses(ana, muted=True)
    desk.until(LONG_AFTER)
    assert len(desk.got(ana)) == 3
    desk.chooses(ana, muted=False)
    desk.until(LONG_AFTER + WEEK)
    assert len(desk.got(ana)) == 4


def test_unpausing_brings_what_was_held_back_at_once(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.chooses(ana, paused_until=DUE + WEEK)
    desk.until(on(date(2026, 12, 9), 10))
    assert desk.got(ana) == []
    desk.chooses(ana, paused_until=None)
    desk.until(on(date(2026, 12, 9), 11))
    assert desk.times(ana) == ["Wed 09 Dec 10:00"]


# The chain of looks


def test_however_often_something_changes_looks_do_not_multiply(desk: Desk, ana: Person) -> None:
    of = desk.promise(ana, DUE)
    for number in range(12):
        of = desk.does(deeds.new_date, of, DUE + number % 3 * DAY + HOUR)
        desk.until(desk.now + MINUTE)
    assert desk.looks(ana) <= 3
    desk.until(DUE + WEEK)
    assert desk.looks(ana) == 1
    assert len(set(desk.times(ana))) == len(desk.times(ana))


def test_a_look_that_was_given_up_is_taken_up_again(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - HOUR)
    desk.sleep(AHEAD + HOUR)
    with desk.process.database.write() as connection:
        connection.exec_driver_sql("update due_actions set state = 'failed' where state = 'planned'")
    assert desk.process.reminders.resume() == 1
    assert desk.process.reminders.resume() == 0
    desk.until(LONG_AFTER)
    assert desk.times(ana) == ["Tue 08 Dec 10:00", *PLAN[1:]]


def test_a_slack_that_is_away_makes_it_late_and_not_lost(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - HOUR)
    desk.workspace.faults.append(Fault("*", status=503, times=100_000))
    desk.until(AHEAD + 20 * MINUTE)
    desk.sleep(AHEAD + 2 * DAY + HOUR)
    desk.workspace.faults.clear()
    desk.until(LONG_AFTER)
    assert desk.times(ana)[:2] == ["Thu 10 Dec 10:00", PLAN[1]]
    assert "This is late" in words(desk.got(ana)[0])


# A death at each line


class DiesBeforeClaim(PeopleStore):
    def begin_message(self, *_given: Any) -> bool:
        raise Death


class DiesAfterClaim(PeopleStore):
    def begin_message(self, key: WorkspaceKey, user_id: str, day: date, tried: int, nudges: Any, now: datetime) -> bool:
        assert super().begin_message(key, user_id, day, tried, nudges, now)
        raise Death


class DiesBeforeMark(PeopleStore):
    def sent(self, *_given: Any, **_more: Any) -> None:
        raise Death


class DiesAfterMark(PeopleStore):
    def sent(self, key: WorkspaceKey, user_id: str, day: date, ts: str, now: datetime, also: Any = None) -> None:
        del also
        super().sent(key, user_id, day, ts, now)
        raise Death


class DiesBeforePlanning(ScheduleStore):
    def done(self, key: WorkspaceKey, due: Due, now: datetime, following: Action | None = None) -> bool:
        if now >= AHEAD:
            raise Death
        return super().done(key, due, now, following)


DEATHS: dict[str, dict[str, Any]] = {
    "before it is claimed": {"people": DiesBeforeClaim},
    "claimed and not sent": {"people": DiesAfterClaim},
    "sent and not marked": {"people": DiesBeforeMark},
    "marked": {"people": DiesAfterMark},
    "marked and the next one not planned": {"schedule": DiesBeforePlanning},
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_death_at_any_line_costs_a_lease_and_no_message(
    desk: Desk, ana: Person, start: Callable[..., Process], death: str
) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    assert not start(**DEATHS[death]).do()
    assert start().do()  # the lease lasts: nobody else touches it
    desk.after_lease()
    desk.until(AHEAD + HOUR)
    assert len(desk.got(ana)) == 1
    desk.until(LONG_AFTER)
    assert desk.times(ana)[1:] == PLAN[1:]


def test_however_often_it_dies_over_a_claim_the_message_comes_once(
    desk: Desk, ana: Person, start: Callable[..., Process]
) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    for _ in range(4):
        assert not start(people=DiesAfterClaim).do()
        desk.after_lease()
    desk.until(LONG_AFTER)
    assert [one[:10] for one in desk.times(ana)] == [one[:10] for one in PLAN]


def test_a_claim_that_was_left_over_midnight_goes_into_the_next_message(
    desk: Desk, ana: Person, start: Callable[..., Process]
) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    assert not start(people=DiesAfterClaim).do()
    desk.sleep(AHEAD + DAY)
    desk.until(AHEAD + DAY + HOUR)
    assert desk.times(ana) == ["Wed 09 Dec 09:00"]
    assert "This is late" in words(desk.got(ana)[0])


def test_one_that_arrived_before_midnight_is_found_after_it(
    desk: Desk, ana: Person, start: Callable[..., Process]
) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    assert not start(people=DiesBeforeMark).do()
    desk.sleep(AHEAD + DAY)
    desk.until(LONG_AFTER)
    assert desk.times(ana) == PLAN


def test_what_was_done_about_it_meanwhile_is_shown_when_it_is_sent_again(
    desk: Desk, ana: Person, start: Callable[..., Process]
) -> None:
    done = desk.promise(ana, DUE)
    desk.promise(ana, DUE, what="Agree owners")
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    assert not start(people=DiesAfterClaim).do()
    desk.does(deeds.finish, done)
    desk.after_lease()
    desk.until(AHEAD + HOUR)
    (message,) = desk.got(ana)
    assert "*Publish the customer math* is done." in words(message)
    assert "commitment_done:1" not in actions(message)


def test_another_look_leaves_a_claim_alone_that_somebody_may_be_at(
    desk: Desk, ana: Person, start: Callable[..., Process]
) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    assert not start(people=DiesAfterClaim).do()
    desk.clock.move(timedelta(seconds=1))
    desk.chooses(ana, country="DE")  # has them looked at now
    desk.until(AHEAD + timedelta(seconds=30))
    assert desk.got(ana) == []
    desk.until(AHEAD + 2 * MINUTE)
    assert len(desk.got(ana)) == 1
    desk.after_lease()
    desk.until(AHEAD + HOUR)
    assert len(desk.got(ana)) == 1


# What Slack does


@pytest.mark.parametrize("arrived", [True, False])
def test_after_an_unknown_outcome_there_is_one_look_and_at_most_one_message_more(
    desk: Desk, ana: Person, arrived: bool
) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.workspace.faults.append(Fault(POST, status=500, after_effect=arrived))
    desk.until(AHEAD + HOUR)
    assert len(desk.got(ana)) == 1
    assert history_asked(desk) == 1
    desk.until(LONG_AFTER)
    assert desk.times(ana)[1:] == PLAN[1:]


def test_one_that_nobody_knows_of_after_two_tries_is_left(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.workspace.faults.append(Fault(POST, status=500, times=2))
    desk.until(LONG_AFTER)
    assert desk.times(ana) == PLAN[1:]


def test_a_refusal_for_the_rate_is_no_try(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(AHEAD - MINUTE)
    desk.workspace.faults.append(Fault(POST, status=429, error="ratelimited", times=3))
    desk.until(AHEAD + HOUR)
    assert len(desk.got(ana)) == 1
    assert history_asked(desk) == 0


def test_whoever_has_left_is_told_of_once_a_channel_and_not_tried_for_ever(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE, channel_id="C1")
    desk.promise(ana, DUE, channel_id="C1")
    desk.promise(ana, DUE, channel_id="C2")
    desk.until(AHEAD - MINUTE)
    desk.workspace.deactivate(ana.id)
    desk.until(AHEAD)
    assert Counter(trouble for _, trouble, _ in desk.process.told) == {"owner_gone": 2}
    assert {channel for channel, _, _ in desk.process.told} == {"C1", "C2"}
    desk.until(LONG_AFTER)
    assert desk.got(ana) == []
    posts = [call for call in desk.workspace.calls if call.method == POST]
    assert len(posts) == len(PLAN)
    assert desk.looks(ana) == 0


def test_whoever_takes_no_messages_is_told_of_as_such(desk: Desk, ana: Person) -> None:
    of = desk.promise(ana, DUE, channel_id="C1")
    desk.until(AHEAD - MINUTE)
    desk.workspace.faults.append(Fault(POST, error="channel_not_found"))
    desk.until(AHEAD)
    assert desk.process.told == [("C1", "dm_refused", of.id)]
    desk.until(DUE)
    assert desk.times(ana) == PLAN[1:2]  # they do again


# Many


def test_sixty_at_once_are_one_message_that_slack_takes(desk: Desk, ana: Person) -> None:
    for number in range(60):
        desk.promise(ana, DUE, what=f"Thing {number} <!channel> & {'x' * 400}", link="https://x.slack.com/a?b&c")
    desk.until(AHEAD)
    (message,) = desk.got(ana)
    for number in range(60):
        assert f"Thing {number} &lt;!channel&gt;" in words(message)
    assert len(message["blocks"]) <= 50


def test_of_two_processes_at_once_one_sends_each_message(desk: Desk, start: Callable[..., Process]) -> None:
    people = [desk.person() for _ in range(8)]
    for person in people:
        desk.promise(person, DUE)
    desk.until(AHEAD - MINUTE)
    desk.clock.move_to(AHEAD)
    for person in people:  # a second look at the same time
        desk.chooses(person, country="DE")
    together, processes = Barrier(2), [start(), start()]

    def work(process: Process) -> None:
        together.wait()
        for _ in range(40):
            assert process.do()
            desk.clock.move(timedelta(seconds=1))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, process) for process in processes]:
            done.result()
    assert [len(desk.got(person)) for person in people] == [1] * 8
    assert [desk.looks(person) for person in people] == [1] * 8
