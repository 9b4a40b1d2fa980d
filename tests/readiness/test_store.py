"""What the store of rounds promises, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.checks import Thresholds
from bot.readiness.rounds import PARENT, RESULTS, Message
from bot.readiness.store import RoundStore
from bot.storage.database import Database
from tests.readiness.examples import CHECK, DEADLINE, MINUTE, NOON, OURS, THEIRS, a_round, people

SAME_TEAM_ELSEWHERE = WorkspaceKey("E1", "T1")
DAY = timedelta(days=1)
ASKED = people(1, 2, 3)


def refuse(connection: Connection) -> None:
    del connection
    raise InterruptedError


# Starting


def test_a_round_comes_back_as_it_was_saved(rounds: RoundStore) -> None:
    check = replace(CHECK, thresholds=Thresholds(Fraction(2, 3), Fraction(1, 10)))
    new = a_round(check=check, anonymous=False, live=True, smallest_group=3, co_facilitator="U2")
    assert rounds.add(OURS, new, ASKED)
    assert rounds.get(OURS, "r1") == replace(new, asked=3)


def test_a_round_that_was_never_started_is_not_found(rounds: RoundStore) -> None:
    assert rounds.get(OURS, "r1") is None
    assert rounds.open_in(OURS, "C1", "readiness") is None
    assert rounds.messages(OURS, "r1") == []


def test_the_last_closed_round_is_one_with_results(rounds: RoundStore, ballots: BallotStore) -> None:
    assert rounds.last_closed(OURS, "C1", "readiness") is None
    for number, end in enumerate(("close", "cancel", "")):
        opened = NOON + number * DAY
        assert rounds.add(OURS, a_round(f"r{number}", opened_at=opened, deadline=opened + DAY), ASKED)
        if end:
            assert getattr(ballots, end)(OURS, f"r{number}", opened + DAY)
    found = rounds.last_closed(OURS, "C1", "readiness")
    assert found is not None
    assert found.id == "r0"
    assert rounds.last_closed(OURS, "C2", "readiness") is None
    assert rounds.last_closed(THEIRS, "C1", "readiness") is None


def test_nobody_is_asked_twice(rounds: RoundStore, ballots: BallotStore) -> None:
    rounds.add(OURS, a_round(), ["U1", "U2", "U1"])
    assert ballots.turnout(OURS, "r1").asked == 2
    assert rounds.is_asked(OURS, "r1", "U1")
    assert not rounds.is_asked(OURS, "r1", "U3")


def test_a_check_has_one_open_round_a_channel(rounds: RoundStore) -> None:
    assert rounds.add(OURS, a_round("r1"), ASKED)
    assert not rounds.add(OURS, a_round("r2"), ASKED)
    assert rounds.get(OURS, "r2") is None
    found = rounds.open_in(OURS, "C1", "readiness")
    assert found is not None
    assert found.id == "r1"


def test_another_check_channel_or_workspace_has_its_own(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round("r1"), ASKED)
    assert rounds.add(OURS, a_round("r2", channel_id="C2"), ASKED)
    assert rounds.add(OURS, a_round("r3", check=replace(CHECK, id="well-oiled")), ASKED)
    assert rounds.add(THEIRS, a_round("r1"), ASKED)
    assert rounds.add(SAME_TEAM_ELSEWHERE, a_round("r1"), ASKED)


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_a_next_round_may_start_after_the_end_of_the_first(rounds: RoundStore, ballots: BallotStore, end: str) -> None:
    rounds.add(OURS, a_round("r1"), ASKED)
    getattr(ballots, end)(OURS, "r1", DEADLINE)
    assert rounds.add(OURS, a_round("r2"), ASKED)


def test_of_starts_at_once_one_round_comes_about(rounds: RoundStore, database_url: str) -> None:
    together = Barrier(4)

    def start(number: int) -> bool:
        with closing(Database(database_url)) as database:
            together.wait()
            return RoundStore(database).add(OURS, a_round(f"r{number}"), ASKED)

    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(start, range(4)))
    assert sorted(started) == [False, False, False, True]
    found = rounds.open_in(OURS, "C1", "readiness")
    assert found is not None
    assert found.id == f"r{started.index(True)}"


def test_what_belongs_to_the_start_fails_with_it(rounds: RoundStore) -> None:
    with pytest.raises(InterruptedError):
        rounds.add(OURS, a_round(), ASKED, also=refuse)
    assert rounds.get(OURS, "r1") is None
    assert rounds.add(OURS, a_round(), ASKED)


def test_what_belongs_to_the_start_is_saved_with_it_and_only_then(rounds: RoundStore, database: Database) -> None:
    def note(connection: Connection) -> None:
        connection.execute(text("INSERT INTO deliveries VALUES ('', 'T1', 'planned', '')"))

    rounds.add(OURS, a_round("r1"), ASKED, also=note)
    rounds.add(OURS, a_round("r2"), ASKED, also=refuse)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar() == 1


# Running


def test_a_deadline_moves_later_and_never_earlier(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.extend(OURS, "r1", DEADLINE + DAY)
    assert not rounds.extend(OURS, "r1", DEADLINE + DAY, also=refuse)
    assert not rounds.extend(OURS, "r1", DEADLINE)
    found = rounds.get(OURS, "r1")
    assert found is not None
    assert found.deadline == DEADLINE + DAY


def test_an_extension_fails_with_what_belongs_to_it(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    with pytest.raises(InterruptedError):
        rounds.extend(OURS, "r1", DEADLINE + DAY, also=refuse)
    found = rounds.get(OURS, "r1")
    assert found is not None
    assert found.deadline == DEADLINE


def test_a_closed_round_is_neither_extended_nor_handed_over(rounds: RoundStore, ballots: BallotStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    ballots.close(OURS, "r1", DEADLINE)
    assert not rounds.extend(OURS, "r1", DEADLINE + DAY)
    assert not rounds.hand_over(OURS, "r1", "U3")


def test_a_round_handed_over_is_run_by_others(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(co_facilitator="U2"), ASKED)
    assert rounds.hand_over(OURS, "r1", "U3", "U4")
    found = rounds.get(OURS, "r1")
    assert found is not None
    assert [found.is_run_by(user_id) for user_id in ("U0001", "U2", "U3", "U4")] == [False, False, True, True]


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_see_or_change_each_other(rounds: RoundStore, other: WorkspaceKey) -> None:
    rounds.add(OURS, a_round(), ASKED)
    rounds.posted(OURS, "r1", PARENT, "1.1")
    before = rounds.get(OURS, "r1"), rounds.messages(OURS, "r1")
    assert rounds.get(other, "r1") is None
    assert rounds.of_channel(other, "C1") == []
    assert not rounds.is_asked(other, "r1", ASKED[0])
    assert not rounds.extend(other, "r1", DEADLINE + DAY)
    assert not rounds.hand_over(other, "r1", "U9")
    assert not rounds.opt_out(other, "r1", ASKED[0])
    assert not rounds.mark_chased(other, "r1", ASKED[0], 0, 1)
    assert not rounds.chase(other, "r1", NOON)
    rounds.posted(other, "r1", PARENT, "2.2")
    rounds.drawn(other, "r1", PARENT, "digest", NOON)
    rounds.lose(other, "r1", PARENT)
    assert (rounds.get(OURS, "r1"), rounds.messages(OURS, "r1")) == before


# Finding


def test_a_channel_s_rounds_are_found_newest_first_without_the_cancelled(
    rounds: RoundStore, ballots: BallotStore
) -> None:
    for number in range(4):
        rounds.add(OURS, a_round(f"r{number}", opened_at=NOON + number * DAY), ASKED)
        end = ballots.cancel if number == 1 else ballots.close
        end(OURS, f"r{number}", DEADLINE + number * DAY)
    rounds.add(OURS, a_round("open", opened_at=NOON + 9 * DAY), ASKED)
    rounds.add(OURS, a_round("elsewhere", channel_id="C2"), ASKED)
    assert [found.id for found in rounds.of_channel(OURS, "C1")] == ["open", "r3", "r2", "r0"]
    assert [found.id for found in rounds.of_channel(OURS, "C1", limit=2)] == ["open", "r3"]


def test_the_previous_round_is_the_last_with_a_result_in_the_same_channel(
    rounds: RoundStore, ballots: BallotStore
) -> None:
    for number, end in enumerate((ballots.close, ballots.close, ballots.cancel)):
        rounds.add(OURS, a_round(f"r{number}", opened_at=NOON + number * DAY), ASKED)
        end(OURS, f"r{number}", NOON + number * DAY + MINUTE, **({} if end == ballots.cancel else {"early": True}))
    rounds.add(OURS, a_round("other", channel_id="C2", opened_at=NOON), ASKED)
    new = a_round("new", opened_at=NOON + 3 * DAY)
    rounds.add(OURS, new, ASKED)
    found = rounds.previous(OURS, new)
    assert found is not None
    assert found.id == "r1"
    assert rounds.previous(OURS, a_round("r0")) is None


# Messages


def test_a_round_needs_its_parent_and_then_a_message_a_statement(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.messages(OURS, "r1") == [Message(PARENT), Message("direction"), Message("metrics")]


def test_a_message_is_posted_by_whoever_claims_it_first(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.begin_posting(OURS, "r1", PARENT, 0, NOON)
    assert not rounds.begin_posting(OURS, "r1", PARENT, 0, NOON)
    assert rounds.begin_posting(OURS, "r1", PARENT, 1, NOON + MINUTE)
    rounds.posted(OURS, "r1", PARENT, "1.1")
    assert not rounds.begin_posting(OURS, "r1", PARENT, 2, NOON)
    assert rounds.messages(OURS, "r1")[0] == Message(PARENT, 2, NOON + MINUTE, "1.1")


def test_a_try_that_slack_refused_does_not_count(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    rounds.begin_posting(OURS, "r1", "metrics", 0, NOON)
    rounds.not_posted(OURS, "r1", "metrics", 0)
    assert rounds.begin_posting(OURS, "r1", "metrics", 0, NOON)


def test_what_a_message_shows_is_remembered(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    rounds.posted(OURS, "r1", "metrics", "1.1", "before")
    rounds.drawn(OURS, "r1", "metrics", "after", NOON)
    rounds.lose(OURS, "r1", "metrics")
    shown = rounds.messages(OURS, "r1")[2]
    assert (shown.ts, shown.drawn, shown.drawn_at, shown.gone) == ("1.1", "after", NOON, True)


def test_open_rounds_and_those_closed_lately_may_have_to_change(rounds: RoundStore, ballots: BallotStore) -> None:
    for name, channel in (("old", "C1"), ("late", "C2"), ("open", "C3")):
        rounds.add(OURS, a_round(name, channel_id=channel), ASKED)
    ballots.cancel(OURS, "old", NOON)
    ballots.cancel(OURS, "late", NOON + DAY)
    rounds.add(THEIRS, a_round("theirs"), ASKED)
    found = rounds.drawable(closed_since=NOON + MINUTE)
    assert sorted(round_id for _, round_id in found) == ["late", "open", "theirs"]
    assert (THEIRS, "theirs") in found


def test_the_results_are_one_more_message_claimed_once(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.begin_posting(OURS, "r1", RESULTS, 0, NOON)
    assert not rounds.begin_posting(OURS, "r1", RESULTS, 0, NOON)
    assert [message.part for message in rounds.messages(OURS, "r1")] == [PARENT, "direction", "metrics", RESULTS]


# Drafts


def test_a_draft_is_kept_within_its_workspace_until_it_is_old(rounds: RoundStore) -> None:
    rounds.save_draft(OURS, "d1", "a plan", NOON)
    assert rounds.draft(OURS, "d1") == "a plan"
    assert rounds.draft(THEIRS, "d1") is None
    assert rounds.clean(NOON) == 0
    assert rounds.clean(NOON + MINUTE) == 1
    assert rounds.draft(OURS, "d1") is None


# Chasing


def test_of_two_who_begin_to_chase_a_person_one_does(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.mark_chased(OURS, "r1", ASKED[0], 0, -7)
    assert not rounds.mark_chased(OURS, "r1", ASKED[0], 0, -7)
    assert rounds.mark_chased(OURS, "r1", ASKED[0], -7, 7)
    assert rounds.mark_chased(OURS, "r1", ASKED[0], 7, -8)
    assert not rounds.mark_chased(OURS, "r1", "U9999", 0, -8)


def test_a_round_that_is_started_leaves_no_draft_that_names_whom_it_asks(rounds: RoundStore) -> None:
    rounds.save_draft(OURS, "r1", "a plan", NOON)
    rounds.save_draft(THEIRS, "r1", "a plan", NOON)
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.draft(OURS, "r1") is None
    assert rounds.draft(THEIRS, "r1") == "a plan"


@pytest.mark.parametrize("mark", [-7, 7])
def test_a_wave_has_begun_when_it_was_sent_to_somebody_whether_it_arrived_or_not(rounds: RoundStore, mark: int) -> None:
    rounds.add(OURS, a_round(), ASKED)
    rounds.mark_chased(OURS, "r1", ASKED[1], 0, -3)
    assert not rounds.has_chased(OURS, "r1", 7)
    rounds.mark_chased(OURS, "r1", ASKED[0], 0, mark)
    assert rounds.has_chased(OURS, "r1", 7)
    assert not rounds.has_chased(THEIRS, "r1", 7)


def test_when_people_were_last_chased_is_remembered_of_open_rounds(rounds: RoundStore, ballots: BallotStore) -> None:
    rounds.add(OURS, a_round(), ASKED)
    assert rounds.last_chased(OURS, "r1") is None
    assert rounds.chase(OURS, "r1", NOON + DAY)
    ballots.cancel(OURS, "r1", NOON + DAY)
    assert not rounds.chase(OURS, "r1", NOON + 2 * DAY)
    assert rounds.last_chased(OURS, "r1") == NOON + DAY


def test_whoever_opted_out_is_not_chased_in_this_round(rounds: RoundStore) -> None:
    rounds.add(OURS, a_round("r1"), ASKED)
    rounds.add(OURS, a_round("r2", channel_id="C2"), ASKED)
    assert rounds.opt_out(OURS, "r1", ASKED[0])
    assert not rounds.mark_chased(OURS, "r1", ASKED[0], 0, -7)
    assert rounds.mark_chased(OURS, "r2", ASKED[0], 0, -7)
    assert not rounds.opt_out(OURS, "r1", "U9999")


# For whoever runs the bot


def test_the_rounds_of_all_workspaces_come_the_newest_first(rounds: RoundStore, ballots: BallotStore) -> None:
    assert rounds.everywhere() == []
    for number, (key, name) in enumerate([(OURS, "old"), (THEIRS, "theirs"), (SAME_TEAM_ELSEWHERE, "new")]):
        rounds.add(key, a_round(name, opened_at=NOON + number * MINUTE), ASKED)
    ballots.cancel(THEIRS, "theirs", NOON + DAY)
    found = rounds.everywhere()
    assert [(key, one.id) for key, one in found] == [(SAME_TEAM_ELSEWHERE, "new"), (THEIRS, "theirs"), (OURS, "old")]
    assert [one for _, one in found] == [rounds.get(key, one.id) for key, one in found]


def test_closed_rounds_are_counted_until_their_votes_are_erased(
    rounds: RoundStore, ballots: BallotStore, database: Database
) -> None:
    for key in (OURS, THEIRS):
        rounds.add(key, a_round("over"), ASKED)
        ballots.close(key, "over", DEADLINE)
    rounds.add(OURS, a_round("open"), ASKED)
    assert rounds.unerased(DEADLINE + DAY) == 0
    with database.write() as connection:
        connection.execute(text("UPDATE rounds SET erased_at = NULL"))
    assert rounds.unerased(DEADLINE) == 0
    assert rounds.unerased(DEADLINE + MINUTE) == 2
    ballots.erase(DEADLINE + DAY)
    assert rounds.unerased(DEADLINE + MINUTE) == 0
