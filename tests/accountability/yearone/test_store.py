"""What the store of first years promises, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from bot.accountability.yearone.steps import Reached
from bot.accountability.yearone.store import YearOneStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, THEIRS

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
MARCH, MAY = date(2026, 3, 1), date(2026, 5, 4)
ADMITTED = Reached("admitted", MAY, "The board's minutes.", "U1", NOW)


@pytest.fixture
def years(database: Database) -> YearOneStore:
    return YearOneStore(database)


def test_the_day_a_year_began_is_the_one_that_was_said_last(years: YearOneStore) -> None:
    assert years.begun_on(OURS, "C1") is None
    for day in (MAY, MARCH):
        years.begin(OURS, "C1", day, "U1", NOW)
    assert years.begun_on(OURS, "C1") == MARCH
    assert years.begun_on(OURS, "C2") is None
    assert years.begun_on(THEIRS, "C1") is None


def test_a_step_is_as_it_was_said_last_until_it_is_taken_back(years: YearOneStore) -> None:
    better = Reached("admitted", MARCH, "The chief executive's letter.", "U2", NOW)
    years.save(OURS, "C1", ADMITTED)
    years.save(OURS, "C1", better)
    assert years.reached(OURS, "C1") == [better]
    assert not years.take_back(THEIRS, "C1", "admitted")
    assert years.take_back(OURS, "C1", "admitted")
    assert not years.take_back(OURS, "C1", "admitted")
    assert years.reached(OURS, "C1") == []


def test_steps_come_in_the_order_they_were_reached_in_each_in_its_channel(years: YearOneStore) -> None:
    years.save(OURS, "C1", ADMITTED)
    years.save(OURS, "C1", Reached("aligned", MARCH, "Signed.", "U1", NOW))
    years.save(OURS, "C2", ADMITTED)
    assert [one.step_id for one in years.reached(OURS, "C1")] == ["aligned", "admitted"]
    assert years.reached(THEIRS, "C1") == []


def test_what_belongs_to_a_change_fails_with_it(years: YearOneStore) -> None:
    def refuse(connection: Connection) -> None:
        del connection
        raise InterruptedError

    with pytest.raises(InterruptedError):
        years.save(OURS, "C1", ADMITTED, also=refuse)
    assert years.reached(OURS, "C1") == []
    with pytest.raises(InterruptedError):
        years.begin(OURS, "C1", MARCH, "U1", NOW, also=refuse)
    assert years.begun_on(OURS, "C1") is None
    years.save(OURS, "C1", ADMITTED)
    with pytest.raises(InterruptedError):
        years.take_back(OURS, "C1", "admitted", also=refuse)
    assert years.reached(OURS, "C1") == [ADMITTED]
