"""What the store of rates, and whoever works them out with it, promise, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.kept import KeptRate
from bot.accountability.commitments.listing import Wanted
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.rhythm.rating import TeamRates
from bot.accountability.rhythm.store import RateStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import DAY, DUE, MONDAY, OURS, THEIRS, WEEK, a_commitment, made

DEC, JAN = date(2026, 12, 1), date(2027, 1, 1)
NEW_YEAR = datetime(2027, 1, 4, 8, tzinfo=UTC)


@pytest.fixture
def rates(database: Database) -> RateStore:
    return RateStore(database)


@pytest.fixture
def commitments(database: Database) -> CommitmentStore:
    """Five people have something due in December."""
    store = CommitmentStore(database)
    for number in range(5):
        of = a_commitment(f"c{number}", owner=f"U{number}", assigner=f"U{number}", due=DUE + number * DAY)
        assert store.add(OURS, of, made(of))
    return store


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def test_what_was_kept_first_stays(rates: RateStore) -> None:
    assert rates.known(OURS, "C1", DEC) == (False, None)
    assert rates.keep(OURS, "C1", DEC, KeptRate(4, 1, 5)) == KeptRate(4, 1, 5)
    assert rates.keep(OURS, "C1", DEC, KeptRate(5, 0, 5)) == KeptRate(4, 1, 5)
    assert rates.known(OURS, "C1", DEC) == (True, KeptRate(4, 1, 5))
    for key, channel_id, month in ((THEIRS, "C1", DEC), (OURS, "C2", DEC), (OURS, "C1", JAN)):
        assert rates.known(key, channel_id, month) == (False, None)


def test_what_is_withheld_stays_withheld(rates: RateStore) -> None:
    assert rates.keep(OURS, "C1", DEC, None) is None
    assert rates.keep(OURS, "C1", DEC, KeptRate(4, 1, 5)) is None
    assert rates.known(OURS, "C1", DEC) == (True, None)


def test_a_month_is_worked_out_once_whatever_becomes_of_its_promises(
    commitments: CommitmentStore, rates: RateStore
) -> None:
    clock = Clock(datetime(2026, 12, 31, 9, tzinfo=UTC))
    team = TeamRates(commitments, rates, clock)
    assert team.of_month(OURS, "C1", DEC) is None  # it is not over
    clock.now = NEW_YEAR
    assert team.of_month(OURS, "C1", DEC) == KeptRate(0, 5, 5)
    of = commitments.get(OURS, "c0")
    assert of is not None
    assert commitments.save(OURS, *deeds.new_date(of, of.owner, NEW_YEAR + WEEK, NEW_YEAR))
    assert team.of_month(OURS, "C1", DEC) == KeptRate(0, 5, 5)
    assert team.of_month(THEIRS, "C1", DEC) is None
    assert team.since(OURS, "C1", datetime(2026, 11, 30, tzinfo=UTC)) == KeptRate(0, 5, 5)
    assert team.since(OURS, "C1", datetime(2026, 12, 2, tzinfo=UTC)) is None


def test_of_several_months_those_of_too_few_are_left_out(commitments: CommitmentStore, rates: RateStore) -> None:
    alone = a_commitment("alone", due=NEW_YEAR + WEEK)
    assert commitments.add(OURS, alone, made(alone))
    team = TeamRates(commitments, rates, Clock(NEW_YEAR + 31 * DAY))
    assert team.since(OURS, "C1", datetime(2026, 11, 30, tzinfo=UTC)) == KeptRate(0, 5, 5)
    assert rates.known(OURS, "C1", JAN) == (True, None)


def test_what_is_due_in_a_stretch_of_time_is_found_in_its_channel(commitments: CommitmentStore) -> None:
    elsewhere = a_commitment("elsewhere", channel_id="C2")
    assert commitments.add(OURS, elsewhere, made(elsewhere))
    found = commitments.due_between(OURS, "C1", DUE + DAY, DUE + 3 * DAY)
    assert [of.id for of in found] == ["c1", "c2"]
    assert commitments.due_between(THEIRS, "C1", DUE, DUE + WEEK) == ()


def test_what_needs_help_can_be_asked_for(commitments: CommitmentStore) -> None:
    stuck = replace(a_commitment("stuck"), needs_help_since=MONDAY + timedelta(hours=1))
    assert commitments.add(OURS, stuck, made(stuck))
    assert [of.id for of in commitments.find(OURS, Wanted(needs_help=True), MONDAY).commitments] == ["stuck"]
