"""How much was kept, and who is told."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.commitments.kept import KeptRate, own_rate, team_rate, was_kept
from tests.accountability.commitments.examples import ANA, BEN, DUE, a_commitment, handed_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = DUE + timedelta(weeks=2)
KEPT = a_commitment("kept", state=State.DONE, ended_at=DUE - DAY)
MISSED = a_commitment("missed")


@pytest.mark.parametrize(
    ("commitment", "kept"),
    [
        (KEPT, True),
        (a_commitment(state=State.DONE, ended_at=DUE + 6 * HOUR), True),  # the same day
        (a_commitment(state=State.DONE, ended_at=DUE + 8 * HOUR), False),
        (MISSED, False),
        (a_commitment(due=NOW + DAY), None),
        (a_commitment(state=State.DROPPED, ended_at=DUE - DAY), None),
        (a_commitment(state=State.DROPPED, ended_at=DUE + DAY), False),
        (handed_to(BEN), None),
    ],
)
def test_what_counts_as_kept(commitment: Commitment, kept: bool | None) -> None:
    assert was_kept(commitment, NOW) is kept


def test_somebody_sees_their_own_rate() -> None:
    others = a_commitment("others", owner=BEN)
    rate = own_rate([KEPT, MISSED, others], ANA, ANA, NOW)
    assert rate == KeptRate(1, 1, 1)
    assert rate.share == Fraction(1, 2)


def test_nobody_else_sees_it() -> None:
    assert own_rate([KEPT], ANA, BEN, NOW) is None


def test_without_anything_due_there_is_no_share() -> None:
    rate = own_rate([], ANA, ANA, NOW)
    assert rate is not None
    assert rate.share is None


@pytest.mark.parametrize(("owners", "smallest", "is_told"), [(5, 5, True), (4, 5, False), (3, 3, True), (2, 1, False)])
def test_a_team_s_rate_singles_nobody_out(owners: int, smallest: int, is_told: bool) -> None:
    promises = [a_commitment(f"c{number}", owner=f"U{number}") for number in range(owners)]
    not_due = [a_commitment(f"d{number}", owner=f"V{number}", due=NOW + DAY) for number in range(9)]
    rate = team_rate([*promises, *not_due], NOW, smallest)
    assert rate == (KeptRate(0, owners, owners) if is_told else None)
