"""Keys that only a secret connects with people, the order of votes, and counting them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.ballots import Ballot, count, order_mark, order_mark_at, receipt_key, receipt_of, voter_key, voters
from bot.readiness.checks import Answer
from bot.readiness.tally import Tally
from tests.readiness.examples import CHECK, NO, NOON, UNHURRIED, YES, people

SECRET, OTHER = b"s" * 32, b"t" * 32
ASKED = people(1, 2, 3)
VOTES = st.dictionaries(
    st.tuples(st.sampled_from(ASKED), st.sampled_from([statement.id for statement in CHECK.statements])),
    st.sampled_from(Answer),
)


def test_a_person_has_one_key_a_round_and_another_in_every_other() -> None:
    assert voter_key(SECRET, "U1") == voter_key(SECRET, "U1")
    assert (
        len({voter_key(SECRET, "U1"), voter_key(OTHER, "U1"), voter_key(SECRET, "U2"), receipt_key(SECRET, "U1")}) == 4
    )


def test_a_key_does_not_show_the_person() -> None:
    assert b"U1" not in voter_key(SECRET, "U1" * 40)


def test_receipts_differ_by_the_person_the_modal_and_every_vote_but_not_by_their_order() -> None:
    both = {"direction": YES, "metrics": NO}
    receipt = receipt_of("V1", "U1", both)
    assert receipt == receipt_of("V1", "U1", dict(reversed(both.items())))
    others = [receipt_of("V2", "U1", both), receipt_of("V1", "U2", both), receipt_of("V1", "U1", {"direction": YES})]
    assert len({receipt, *others, receipt_of("V1", "U1", {**both, "metrics": YES})}) == 5


def test_a_stored_receipt_lets_nobody_without_the_secret_guess_the_votes() -> None:
    guess = receipt_of("V1", "U1", {"direction": YES})
    assert receipt_key(SECRET, guess) != receipt_key(OTHER, guess)
    assert receipt_key(SECRET, guess) not in {sha256(guess.encode()).digest(), guess.encode()}


@pytest.mark.parametrize(
    ("action_ts", "expected"),
    [("1700000000.123456", 1_700_000_000_123_456), ("1700000000.5", 1_700_000_000_500_000), ("7", 7_000_000)],
)
def test_slack_s_time_becomes_microseconds(action_ts: str, expected: int) -> None:
    assert order_mark(action_ts) == expected


@pytest.mark.parametrize("action_ts", ["", "soon", "1.1.1", "-1", "1.1234567", "٣", "1700000000.12\n"])
def test_what_is_no_time_of_slack_s_is_refused(action_ts: str) -> None:
    with pytest.raises(ValueError, match="not a time as Slack gives it"):
        order_mark(action_ts)


def test_a_modal_s_mark_is_comparable_with_a_button_s() -> None:
    at = NOON + timedelta(microseconds=7)
    assert order_mark_at(at) == order_mark(f"{int(NOON.timestamp())}.000007")


@UNHURRIED
@given(VOTES)
def test_every_vote_of_those_asked_is_counted_once(votes: dict[tuple[str, str], Answer]) -> None:
    ballots = [Ballot(voter_key(SECRET, user_id), name, answer) for (user_id, name), answer in votes.items()]
    counted = count(CHECK, ballots, voters(SECRET, ASKED))
    assert {name: tally.respondents for name, tally in counted.tallies.items()} == {
        statement.id: sum(name == statement.id for _, name in votes) for statement in CHECK.statements
    }
    assert counted.respondents == {
        statement.id: {user_id for user_id, name in votes if name == statement.id} for statement in CHECK.statements
    }
    assert counted.voters == {user_id for user_id, _ in votes}


def test_what_nobody_could_have_voted_is_left_out() -> None:
    asked, stranger = voter_key(SECRET, ASKED[0]), voter_key(SECRET, "U9999")
    ballots = [Ballot(asked, "nowhere", YES), Ballot(stranger, "metrics", NO), Ballot(asked, "metrics", YES)]
    counted = count(CHECK, ballots, voters(SECRET, ASKED))
    assert counted.tallies == {"direction": Tally(), "metrics": Tally(yes=1)}


def test_a_count_does_not_tell_who_voted_what_when_it_is_printed() -> None:
    counted = count(CHECK, [Ballot(voter_key(SECRET, ASKED[0]), "metrics", YES)], voters(SECRET, ASKED))
    assert ASKED[0] not in repr(counted)
