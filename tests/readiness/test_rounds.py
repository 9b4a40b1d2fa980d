"""What a round allows."""

from __future__ import annotations

import pytest

from tests.readiness.examples import DEADLINE, MINUTE, NOON, a_round


def test_votes_are_taken_until_the_deadline_however_late_the_close_is() -> None:
    assert a_round().takes_votes(DEADLINE - MINUTE)
    assert not a_round().takes_votes(DEADLINE)


def test_a_closed_round_takes_no_votes() -> None:
    assert not a_round(closed_at=NOON).takes_votes(NOON)


@pytest.mark.parametrize("smallest", [-1, 0, 2])
def test_a_smallest_group_under_three_is_refused(smallest: int) -> None:
    with pytest.raises(ValueError, match=f"3 at least, not {smallest}"):
        a_round(smallest_group=smallest)


def test_an_anonymous_round_is_never_live() -> None:
    with pytest.raises(ValueError, match="no results before its close"):
        a_round(live=True)
    assert a_round(live=True, anonymous=False).shows_live
    assert not a_round(live=True, anonymous=False, closed_at=NOON).shows_live


def test_the_starter_and_the_co_facilitator_run_a_round() -> None:
    assert a_round().is_run_by("U0001")
    assert a_round(co_facilitator="U2").is_run_by("U2")
    assert not a_round().is_run_by("U2")
    assert not a_round().is_run_by("")
