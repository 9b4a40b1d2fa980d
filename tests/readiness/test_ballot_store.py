"""What becomes of a vote, and of a round at its close, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import Connection, text

from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.ballots import Outcome, Turnout
from bot.readiness.checks import Answer, Check
from bot.readiness.consensus import Overlap
from bot.readiness.disclosure import Withheld
from bot.readiness.rounds import Result, Round
from bot.readiness.store import RoundStore
from bot.readiness.tally import Tally
from bot.storage.database import Database
from tests.readiness.examples import (
    CHECK,
    DEADLINE,
    MINUTE,
    NO,
    NOON,
    NOT_MY_AREA,
    OURS,
    THEIRS,
    YES,
    a_round,
    people,
)

DAY = timedelta(days=1)
SIX = people(*range(6))


def start(rounds: RoundStore, name: str = "r1", asked: list[str] = SIX, **fields: object) -> Round:
    new = a_round(name, **fields)
    assert rounds.add(OURS, new, asked)
    return new


def vote(
    ballots: BallotStore,
    user_id: str,
    answer: Answer = YES,
    *statements: str,
    round_id: str = "r1",
    key: WorkspaceKey = OURS,
    mark: int = 1,
    **more: object,
) -> Outcome:
    votes = dict.fromkeys(statements or ("direction", "metrics"), answer)
    return ballots.cast(key, round_id, user_id, votes, mark=mark, **{"now": NOON, **more})  # type: ignore[arg-type]


def results(ballots: BallotStore, round_id: str = "r1") -> dict[str, Tally | Withheld | None]:
    return {one.statement_id: one.tally or one.withheld for one in ballots.results(OURS, round_id)}


def refuse(connection: Connection) -> None:
    del connection
    raise InterruptedError


# Casting


def test_votes_are_saved_and_can_be_changed(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    assert vote(ballots, SIX[0], YES) is Outcome.SAVED
    assert vote(ballots, SIX[0], NO, "metrics", mark=2) is Outcome.SAVED
    assert ballots.answers(OURS, "r1", SIX[0]) == {"direction": YES, "metrics": NO}
    assert ballots.answers(OURS, "r1", SIX[1]) == {}


def test_a_click_that_comes_twice_counts_once(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    assert vote(ballots, SIX[0], YES) is Outcome.SAVED
    assert vote(ballots, SIX[0], YES) is Outcome.NOTHING_NEW
    assert ballots.turnout(OURS, "r1") == Turnout(voted=1, asked=6)


@pytest.mark.parametrize("order", list(permutations([(1, YES), (2, NO), (3, NOT_MY_AREA)])))
def test_the_latest_vote_wins_in_whatever_order_they_arrive(
    rounds: RoundStore, ballots: BallotStore, order: tuple[tuple[int, Answer], ...]
) -> None:
    start(rounds)
    for mark, answer in order:
        vote(ballots, SIX[0], answer, mark=mark)
    assert set(ballots.answers(OURS, "r1", SIX[0]).values()) == {NOT_MY_AREA}


@pytest.mark.parametrize("order", list(permutations([YES, NO])))
def test_of_two_votes_at_the_same_moment_the_same_one_stays(
    rounds: RoundStore, ballots: BallotStore, order: tuple[Answer, ...]
) -> None:
    start(rounds)
    for answer in order:
        vote(ballots, SIX[0], answer)
    assert set(ballots.answers(OURS, "r1", SIX[0]).values()) == {YES}


def test_a_modal_submitted_twice_does_not_undo_what_was_clicked_in_between(
    rounds: RoundStore, ballots: BallotStore
) -> None:
    start(rounds)
    assert vote(ballots, SIX[0], YES, mark=1, receipt="V1 hash") is Outcome.SAVED
    assert vote(ballots, SIX[0], NO, "metrics", mark=2) is Outcome.SAVED
    assert vote(ballots, SIX[0], YES, mark=3, receipt="V1 hash") is Outcome.NOTHING_NEW
    assert ballots.answers(OURS, "r1", SIX[0]) == {"direction": YES, "metrics": NO}
    assert vote(ballots, SIX[1], YES, receipt="V1 hash") is Outcome.SAVED  # a receipt is a person's own


def test_a_modal_sent_again_with_another_answer_is_no_repeat(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    assert vote(ballots, SIX[0], YES, mark=1, receipt="V1 hash") is Outcome.SAVED
    assert vote(ballots, SIX[0], NO, mark=2, receipt="V1 hash") is Outcome.SAVED
    assert vote(ballots, SIX[0], YES, mark=3, receipt="V1 hash") is Outcome.NOTHING_NEW
    assert set(ballots.answers(OURS, "r1", SIX[0]).values()) == {NO}


def test_a_modal_with_one_older_answer_saves_the_others(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    vote(ballots, SIX[0], NO, "metrics", mark=5)
    assert vote(ballots, SIX[0], YES, mark=4) is Outcome.SAVED
    assert ballots.answers(OURS, "r1", SIX[0]) == {"direction": YES, "metrics": NO}


def test_a_modal_without_an_answer_saves_nothing(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    assert ballots.cast(OURS, "r1", SIX[0], {}, mark=1, now=NOON) is Outcome.NOTHING_NEW
    assert ballots.turnout(OURS, "r1").voted == 0


def test_whoever_is_not_asked_can_t_vote(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    assert vote(ballots, "U9999") is Outcome.NOT_ASKED
    assert vote(ballots, SIX[0], key=THEIRS) is Outcome.CLOSED
    assert ballots.turnout(OURS, "r1").voted == 0


def test_a_vote_after_the_deadline_is_refused_though_nobody_closed_the_round(
    rounds: RoundStore, ballots: BallotStore
) -> None:
    start(rounds)
    assert vote(ballots, SIX[0], now=DEADLINE - MINUTE) is Outcome.SAVED
    assert vote(ballots, SIX[1], now=DEADLINE) is Outcome.CLOSED
    rounds.extend(OURS, "r1", DEADLINE + DAY)
    assert vote(ballots, SIX[1], now=DEADLINE) is Outcome.SAVED


@pytest.mark.parametrize("anonymous", [True, False])
@pytest.mark.parametrize("end", ["close", "cancel"])
def test_a_vote_after_the_end_is_refused(rounds: RoundStore, ballots: BallotStore, end: str, anonymous: bool) -> None:
    start(rounds, anonymous=anonymous)
    getattr(ballots, end)(OURS, "r1", DEADLINE)
    assert vote(ballots, SIX[0]) is Outcome.CLOSED
    assert vote(ballots, SIX[0], round_id="never") is Outcome.CLOSED


# While it is open


def test_turnout_counts_people_not_answers(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    vote(ballots, SIX[0])
    vote(ballots, SIX[1], NO, "metrics")
    assert ballots.turnout(OURS, "r1") == Turnout(voted=2, asked=6)
    assert ballots.turnout(OURS, "never") == Turnout(0, 0)


def test_those_who_answered_nothing_yet_are_missing(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds, asked=people(1, 2, 3, 4))
    vote(ballots, "U0001", NO, "metrics")
    rounds.opt_out(OURS, "r1", "U0002")
    rounds.mark_chased(OURS, "r1", "U0003", 0, -7)
    assert ballots.missing(OURS, "r1") == {"U0003": -7, "U0004": 0}
    ballots.close(OURS, "r1", DEADLINE)
    assert ballots.missing(OURS, "r1") == {}


def test_only_a_live_round_shows_tallies_before_its_close(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds, "live", anonymous=False, live=True)
    start(rounds, "named", anonymous=False, channel_id="C2")
    start(rounds, "anonymous", channel_id="C3")
    for name in ("live", "named", "anonymous"):
        vote(ballots, SIX[0], YES, round_id=name)
        vote(ballots, SIX[1], NO, "metrics", round_id=name)
        assert ballots.results(OURS, name) == []
    assert ballots.live(OURS, "live") == {"direction": Tally(yes=1), "metrics": Tally(yes=1, no=1)}
    assert ballots.live(OURS, "named") == ballots.live(OURS, "anonymous") == {}
    ballots.close(OURS, "live", DEADLINE)
    assert ballots.live(OURS, "live") == {}


# Closing


def test_a_close_publishes_the_tallies_in_the_check_s_order(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    for user_id in SIX[:4]:
        vote(ballots, user_id, YES)
    vote(ballots, SIX[4], NO)
    assert ballots.close(OURS, "r1", DEADLINE)
    assert ballots.results(OURS, "r1") == [
        Result("direction", Tally(yes=4, no=1)),
        Result("metrics", Tally(yes=4, no=1)),
    ]
    assert ballots.turnout(OURS, "r1") == Turnout(voted=5, asked=6)
    found = rounds.get(OURS, "r1")
    assert found is not None
    assert (found.closed_at, found.voters, found.cancelled) == (DEADLINE, 5, False)


def test_a_round_closes_once(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    assert ballots.close(OURS, "r1", DEADLINE)
    assert not ballots.close(OURS, "r1", DEADLINE, also=refuse)
    assert not ballots.cancel(OURS, "r1", DEADLINE, also=refuse)
    assert not ballots.close(OURS, "never", DEADLINE)


def test_a_close_that_is_due_waits_for_a_deadline_that_was_moved(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    rounds.extend(OURS, "r1", DEADLINE + DAY)
    assert not ballots.close(OURS, "r1", DEADLINE, also=refuse)
    assert ballots.close(OURS, "r1", DEADLINE, early=True)


def test_a_close_that_fails_leaves_the_round_open_with_all_its_votes(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    vote(ballots, SIX[0])
    with pytest.raises(InterruptedError):
        ballots.close(OURS, "r1", DEADLINE, also=refuse)
    assert ballots.results(OURS, "r1") == []
    assert ballots.answers(OURS, "r1", SIX[0]) == {"direction": YES, "metrics": YES}
    assert vote(ballots, SIX[1]) is Outcome.SAVED


def test_a_cancelled_round_has_no_result(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    for user_id in SIX:
        vote(ballots, user_id)
    assert ballots.cancel(OURS, "r1", NOON)
    assert ballots.results(OURS, "r1") == []
    assert ballots.answers(OURS, "r1", SIX[0]) == {}
    assert ballots.turnout(OURS, "r1").voted == 0
    start(rounds, "r2", SIX[:5])
    for user_id in SIX[:5]:
        vote(ballots, user_id, round_id="r2")
    ballots.close(OURS, "r2", DEADLINE)
    assert results(ballots, "r2") == {"direction": Tally(yes=5), "metrics": Tally(yes=5)}


def test_a_round_nobody_voted_in_closes_without_a_result(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds, asked=[])
    assert ballots.close(OURS, "r1", DEADLINE)
    assert results(ballots) == {"direction": Withheld.TOO_FEW, "metrics": Withheld.TOO_FEW}


def test_nothing_is_left_of_a_statement_that_too_few_answered(
    rounds: RoundStore, ballots: BallotStore, database: Database
) -> None:
    start(rounds)
    for user_id in SIX[:5]:
        vote(ballots, user_id, YES, "direction")
    vote(ballots, SIX[0], NO, "metrics", mark=2)
    ballots.close(OURS, "r1", DEADLINE)
    assert results(ballots) == {"direction": Tally(yes=5), "metrics": Withheld.TOO_FEW}
    query = text("SELECT yes, no, not_sure, not_my_area FROM round_tallies WHERE statement_id = 'metrics'")
    with database.read() as connection:
        assert connection.execute(query).one() == (None, None, None, None)


def test_a_later_result_that_would_single_somebody_out_is_withheld(rounds: RoundStore, ballots: BallotStore) -> None:
    for name, voters, channel in (("r1", SIX[:5], "C1"), ("r2", SIX, "C2"), ("r3", SIX[:5], "C1")):
        start(rounds, name, SIX, channel_id=channel)
        for user_id in voters:
            vote(ballots, user_id, YES, round_id=name)
        ballots.close(OURS, name, DEADLINE)
    shown = {"direction": Tally(yes=5), "metrics": Tally(yes=5)}
    assert results(ballots, "r1") == results(ballots, "r3") == shown
    assert results(ballots, "r2") == dict.fromkeys(shown, Withheld.TOO_CLOSE)


def close_two(rounds: RoundStore, ballots: BallotStore, first: Check, second: Check) -> None:
    """Five vote in a round of the first check, they and one more in one of the second."""
    start(rounds, "r1", check=first)
    start(rounds, "r2", check=second, channel_id="C2")
    for user_id in SIX[:5]:
        vote(ballots, user_id, round_id="r1")
    for user_id in SIX:
        vote(ballots, user_id, round_id="r2")
    for name in ("r1", "r2"):
        ballots.close(OURS, name, DEADLINE)


def test_another_workspace_has_published_nothing_of_this_one(rounds: RoundStore, ballots: BallotStore) -> None:
    assert rounds.add(THEIRS, a_round("r1"), SIX)
    start(rounds, "r1")
    for user_id in SIX[:5]:
        vote(ballots, user_id, round_id="r1", key=THEIRS)
    for user_id in SIX:
        vote(ballots, user_id, round_id="r1")
    ballots.close(THEIRS, "r1", DEADLINE)
    ballots.close(OURS, "r1", DEADLINE)
    assert results(ballots, "r1") == {"direction": Tally(yes=6), "metrics": Tally(yes=6)}


def test_the_same_words_in_another_check_are_the_same_subject(rounds: RoundStore, ballots: BallotStore) -> None:
    renamed = tuple(replace(one, id=f"our-{one.id}", text=f" {one.text.upper()} ") for one in CHECK.statements)
    ours = replace(CHECK, id="ours", statements=renamed)
    start(rounds, "r1", check=ours)
    start(rounds, "r2")
    for user_id in SIX[:5]:
        vote(ballots, user_id, YES, "our-direction", round_id="r1")
    for user_id in SIX:
        vote(ballots, user_id, round_id="r2")
    for name in ("r1", "r2"):
        ballots.close(OURS, name, DEADLINE)
    assert results(ballots, "r2")["direction"] is Withheld.TOO_CLOSE


def test_other_words_or_the_same_about_something_else_are_another_subject(
    rounds: RoundStore, ballots: BallotStore
) -> None:
    close_two(rounds, ballots, replace(CHECK, id="reality-check:r7", about="r7"), replace(CHECK, about="r8"))
    assert results(ballots, "r2") == {"direction": Tally(yes=6), "metrics": Tally(yes=6)}


def test_two_rounds_that_close_at_once_know_of_each_other(
    rounds: RoundStore, ballots: BallotStore, database_url: str
) -> None:
    start(rounds, "r1", channel_id="C1")
    start(rounds, "r2", channel_id="C2")
    for name, voters in (("r1", SIX[:5]), ("r2", SIX)):
        for user_id in voters:
            vote(ballots, user_id, round_id=name)

    def close(name: str) -> bool:
        with closing(Database(database_url)) as database:
            return BallotStore(database).close(OURS, name, DEADLINE)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(close, ("r1", "r2"))) == [True, True]
    withheld = [set(results(ballots, name).values()) == {Withheld.TOO_CLOSE} for name in ("r1", "r2")]
    assert sorted(withheld) == [False, True]


def test_how_many_voted_in_both_rounds_is_known_afterwards(rounds: RoundStore, ballots: BallotStore) -> None:
    for name, voters in (("r1", SIX[:5]), ("r2", SIX[2:])):
        start(rounds, name)
        for user_id in voters:
            vote(ballots, user_id, round_id=name)
        ballots.close(OURS, name, DEADLINE)
    assert ballots.overlap(OURS, "r1", "r2") == Overlap(earlier=5, later=4, both=3)
    assert ballots.overlap(OURS, "r1", "never") == Overlap(5, 0, 0)


# Named rounds


def test_a_named_round_shows_small_groups_and_keeps_who_voted_what(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds, anonymous=False)
    vote(ballots, SIX[0], YES)
    vote(ballots, SIX[1], NO, "metrics")
    ballots.close(OURS, "r1", DEADLINE)
    assert results(ballots) == {"direction": Tally(yes=1), "metrics": Tally(yes=1, no=1)}
    assert ballots.named_votes(OURS, "r1") == {SIX[0]: {"direction": YES, "metrics": YES}, SIX[1]: {"metrics": NO}}
    assert ballots.answers(OURS, "r1", SIX[1]) == {"metrics": NO}


@pytest.mark.parametrize("live", [True, False])
def test_a_cancelled_named_round_gives_no_cover_if_its_votes_were_seen(
    rounds: RoundStore, ballots: BallotStore, live: bool
) -> None:
    start(rounds, "r1", anonymous=False, live=live)
    for user_id in SIX[:5]:
        vote(ballots, user_id)
    ballots.cancel(OURS, "r1", NOON)
    assert ballots.named_votes(OURS, "r1") == {}
    start(rounds, "r2")
    for user_id in SIX:
        vote(ballots, user_id, round_id="r2")
    ballots.close(OURS, "r2", DEADLINE)
    assert (set(results(ballots, "r2").values()) == {Withheld.TOO_CLOSE}) is live


def test_an_anonymous_round_has_no_votes_with_names(rounds: RoundStore, ballots: BallotStore) -> None:
    start(rounds)
    for user_id in SIX:
        vote(ballots, user_id)
    assert ballots.named_votes(OURS, "r1") == {}
    ballots.close(OURS, "r1", DEADLINE)
    assert ballots.named_votes(OURS, "r1") == {}
    assert ballots.answers(OURS, "r1", SIX[0]) == {}


# Several at once


def test_a_vote_that_races_the_close_is_counted_or_refused(
    rounds: RoundStore, ballots: BallotStore, database_url: str
) -> None:
    """Each process with its own database; some vote for the first time, some change what they had said."""
    asked = people(*range(40))
    start(rounds, asked=asked)
    for user_id in asked[:10]:
        vote(ballots, user_id, NO, "metrics")
    databases = [Database(database_url) for _ in range(4)]

    def cast(number: int) -> Outcome:
        return vote(BallotStore(databases[number % 4]), asked[number], YES, "metrics", mark=2)

    with ThreadPoolExecutor(4) as pool:
        outcomes = [pool.submit(cast, number) for number in range(20)]
        closed = pool.submit(ballots.close, OURS, "r1", NOON, early=True)
        outcomes += [pool.submit(cast, number) for number in range(20, 40)]
        assert closed.result()
        found = [outcome.result() for outcome in outcomes]
    for database in databases:
        database.close()
    assert set(found) <= {Outcome.SAVED, Outcome.CLOSED}
    unchanged = found[:10].count(Outcome.CLOSED)
    assert results(ballots)["metrics"] == Tally(yes=found.count(Outcome.SAVED), no=unchanged)


def test_two_devices_of_one_person_never_wait_for_each_other_in_a_circle(
    rounds: RoundStore, ballots: BallotStore, database_url: str
) -> None:
    start(rounds)
    databases = [Database(database_url) for _ in range(2)]
    orders = [{"direction": YES, "metrics": YES}, {"metrics": NO, "direction": NO}]

    def cast(mark: int) -> Outcome:
        store = BallotStore(databases[mark % 2])
        return store.cast(OURS, "r1", SIX[0], orders[mark % 2], mark=mark, now=NOON)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(cast, range(1, 40)))
    for database in databases:
        database.close()
    assert set(ballots.answers(OURS, "r1", SIX[0]).values()) == {NO}
