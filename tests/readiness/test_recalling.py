"""What a repeated round opens with: what became of promises since the last one, and what moved in that."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from bot.keys import WorkspaceKey
from bot.readiness.archive import Archive
from bot.readiness.ballot_store import BallotStore
from bot.readiness.recalling import KeptSince, Recalling
from bot.readiness.report import BoardPage
from bot.readiness.rounds import SinceLast
from bot.readiness.store import RoundStore
from bot.resources import TEMPLATES
from tests.readiness.examples import DEADLINE, NO, NOON, OURS, YES, a_round
from tests.readiness.test_archive import WEEK, Hold

NEW = a_round("r2", opened_at=NOON + WEEK, deadline=DEADLINE + WEEK)


class Kept(NamedTuple):
    kept: int
    missed: int


def nothing(_key: WorkspaceKey, _channel_id: str, _since: datetime) -> Kept | None:
    return None


def four_of_five_since_the_close(_key: WorkspaceKey, channel_id: str, since: datetime) -> Kept | None:
    return Kept(4, 1) if (channel_id, since) == ("C1", DEADLINE) else None


def recalled(rounds: RoundStore, ballots: BallotStore, kept_since: KeptSince) -> SinceLast | None:
    archive = Archive(rounds, ballots, BoardPage(TEMPLATES), {}, lambda: DEADLINE)
    return Recalling(rounds, ballots, archive, kept_since).since_last(OURS, NEW)


def test_before_any_round_there_is_nothing_to_recall(rounds: RoundStore, ballots: BallotStore) -> None:
    assert recalled(rounds, ballots, four_of_five_since_the_close) is None


def test_after_one_round_it_is_what_became_of_promises_since(rounds: RoundStore, ballots: BallotStore) -> None:
    Hold(rounds, ballots).closed(YES, YES, NO, NO, NO, NO)
    assert recalled(rounds, ballots, four_of_five_since_the_close) == SinceLast(DEADLINE, kept=4, missed=1)
    assert recalled(rounds, ballots, nothing) is None


def test_after_two_it_is_also_what_moved_where_they_compare(rounds: RoundStore, ballots: BallotStore) -> None:
    hold = Hold(rounds, ballots)
    hold.week_before(NO, NO, NO, NO, NO, NO)
    hold.closed(YES, YES, YES, YES, NO, NO)  # to the other statement all said yes, both times
    assert recalled(rounds, ballots, nothing) == SinceLast(DEADLINE, up=1, down=0, same=1)


def test_rounds_of_others_have_moved_nothing(rounds: RoundStore, ballots: BallotStore) -> None:
    hold = Hold(rounds, ballots)
    hold.week_before(NO)
    hold.closed(YES, YES, YES, YES, YES, YES)
    assert recalled(rounds, ballots, nothing) is None
