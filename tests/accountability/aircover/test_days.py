"""A warning is the one message of its owner's day, beside their reminders; on both engines."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.accountability import later
from bot.accountability.aircover.views import AskView, WarningView
from bot.accountability.nudges.people import Settings
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.nudges.views import NudgeView
from bot.slack.render import View
from bot.storage.database import Database
from tests.accountability.aircover.stalled import Stalled
from tests.accountability.aircover.test_service import ASKED, MUCH_LATER, WARNED
from tests.accountability.commitments.examples import ANA, DAN, DAY, OURS, on

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stalled(database: Database) -> Stalled:
    """Reminders go out as well, and everybody's messages have their time."""
    return Stalled(database, reminds=True)


def days(stalled: Stalled, user_id: str = ANA) -> list[tuple[date, type[View]]]:
    """The day of each message that somebody got, played minute by minute around those that matter."""
    return [(at.date(), type(view)) for at, channel, view in stalled.sent_at if channel == user_id]


def test_a_warning_waits_for_the_day_after_the_last_reminder(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(MUCH_LATER)
    got = days(stalled)
    assert max(Counter(day for day, _ in got).values()) == 1
    assert got[-2:] == [(date(2026, 12, 28), NudgeView), (date(2026, 12, 29), WarningView)]
    assert days(stalled, DAN) == [(date(2026, 12, 30), AskView)]


def test_a_reminder_waits_for_the_day_after_a_warning(stalled: Stalled) -> None:
    stalled.promise()
    stalled.promise("c2", due=on(date(2026, 12, 30), 17))  # due on the day after the warning
    stalled.play(on(date(2026, 12, 31), 10))
    got = days(stalled)
    assert max(Counter(day for day, _ in got).values()) == 1
    assert got[-3:] == [
        (date(2026, 12, 29), WarningView),
        (date(2026, 12, 30), NudgeView),
        (date(2026, 12, 31), NudgeView),
    ]


@pytest.mark.parametrize("stumble", ["before", "after"])
def test_a_warning_of_unclear_outcome_is_one_message_of_one_day(stalled: Stalled, stumble: str) -> None:
    stalled.promise()
    stalled.play(on(date(2026, 12, 29), 8))
    stalled.slack.stumbles.append(stumble)
    stalled.play(MUCH_LATER)
    got = days(stalled)
    assert [kind for _, kind in got].count(WarningView) == 1
    assert max(Counter(day for day, _ in got).values()) == 1
    assert len(stalled.asked) == 1


def test_a_warning_that_died_on_its_way_takes_no_reminder_s_place_for_ever(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(on(date(2026, 12, 29), 8))
    stalled.sleep(on(date(2026, 12, 29), 9, 1))
    for _ in range(3):
        stalled.die_at(later.WARN_OF_AIR_COVER)
    stalled.play(MUCH_LATER)
    assert [kind for _, kind in days(stalled)].count(WarningView) == 1
    assert len(stalled.asked) == 1


def test_nobody_is_warned_or_asked_during_a_pause(database: Database) -> None:
    stalled = Stalled(database)
    people = PeopleStore(database)
    people.save_settings(OURS, ANA, Settings(paused_until=WARNED + 7 * DAY))
    people.save_settings(OURS, DAN, Settings(paused_until=ASKED + 21 * DAY))
    stalled.promise()
    stalled.play(WARNED + 7 * DAY - MINUTE)
    assert stalled.slack.posts == []
    stalled.play(MUCH_LATER)
    assert [day for day, _ in days(stalled)] == [date(2027, 1, 18)]  # a working day before he is back
    assert [day for day, _ in days(stalled, DAN)] == [date(2027, 1, 19)]
