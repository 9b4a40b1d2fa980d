"""Names, times and pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scheduler.actions import FIRST_PAUSE, LENGTHS, LONGEST_PAUSE, MOST_TRIES, Due, pause_after
from tests.scheduler.examples import CLOSE, DAY, HOUR, MINUTE, NOON


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="close r1 is due at a time without a zone"):
        replace(CLOSE, due_at=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("part", LENGTHS)
def test_a_name_that_the_table_has_no_room_for_is_refused(part: str) -> None:
    replace(CLOSE, **{part: "x" * LENGTHS[part]})
    with pytest.raises(ValueError, match=f"the {part} of .* is longer than {LENGTHS[part]} characters"):
        replace(CLOSE, **{part: "x" * (LENGTHS[part] + 1)})


def test_an_action_shows_what_names_it() -> None:
    assert str(CLOSE) == "close r1"
    assert str(replace(CLOSE, occurrence="2026-11-21")) == "close r1 2026-11-21"


def test_late_is_counted_from_when_it_was_due() -> None:
    assert Due(CLOSE, "l", NOON + HOUR, 1).late == HOUR


@given(st.integers(1, 10_000))
def test_pauses_never_shrink_and_never_pass_the_longest(tries: int) -> None:
    assert FIRST_PAUSE <= pause_after(tries) <= pause_after(tries + 1) <= LONGEST_PAUSE


def test_the_first_pauses_double() -> None:
    assert [pause_after(tries).total_seconds() for tries in (1, 2, 3, 4)] == [5, 10, 20, 40]


def test_all_tries_together_outlast_an_outage_of_most_of_a_day() -> None:
    total = sum((pause_after(tries) for tries in range(1, MOST_TRIES)), timedelta())
    assert 22 * HOUR < total < DAY + 2 * HOUR
    assert total > 10 * MINUTE
