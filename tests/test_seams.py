"""Where the readiness check and accountability meet."""

from __future__ import annotations

import pytest

from bot.accountability.commitments.commitment import State
from bot.accountability.commitments.store import CommitmentStore
from bot.seams import promises_in
from bot.storage.database import Database
from tests.accountability.commitments.examples import DUE, HOUR, OURS, a_commitment, made
from tests.readiness.examples import a_closed_round


@pytest.mark.parametrize("state", State)
def test_a_board_reads_what_was_promised_and_how_it_stands(database: Database, state: State) -> None:
    of = a_commitment(state=state, round_id="r1", statement_id="metrics")
    assert CommitmentStore(database).add(OURS, of, made(of))
    for now, is_late in ((DUE - HOUR, False), (DUE + HOUR, of.is_live)):
        (told,) = promises_in(database, iter([now]).__next__)(OURS, a_closed_round())
        assert (told.statement_id, told.what, told.due) == ("metrics", of.what, DUE)
        assert told.standing.endswith("overdue") == is_late
        assert of.owner not in repr(told)
