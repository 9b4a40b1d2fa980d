"""The clock that a demo moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock, system_clock

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(lambda: NOON)


def test_the_system_clock_is_aware() -> None:
    assert system_clock().utcoffset() == timedelta(0)


def test_it_can_be_moved_ahead(clock: MovableClock) -> None:
    assert clock.move(HOUR) == NOON + HOUR
    assert clock.move(HOUR) == clock() == NOON + 2 * HOUR


def test_it_never_goes_back(clock: MovableClock) -> None:
    with pytest.raises(ValueError, match="only be moved ahead"):
        clock.move(-HOUR)
    assert clock.move_to(NOON - HOUR) == NOON


def test_it_can_be_moved_to_a_time(clock: MovableClock) -> None:
    assert clock.move_to(NOON + HOUR) == NOON + HOUR


def test_those_who_wait_hear_of_a_move(clock: MovableClock) -> None:
    heard: list[datetime] = []
    clock.on_move.append(lambda: heard.append(clock()))
    clock.move(HOUR)
    assert heard == [NOON + HOUR]
