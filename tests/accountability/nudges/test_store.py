"""What is remembered of people: their settings, and one message a day, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, time
from threading import Barrier

import pytest
from sqlalchemy import Connection

from bot.accountability.calendar.workdays import Quiet
from bot.accountability.nudges.nudging import Case, Message, Move, Nudge, Occasion, Sent, next_message
from bot.accountability.nudges.people import Settings, Volume, ZoneSeen
from bot.accountability.nudges.store import PeopleStore
from bot.keys import WorkspaceKey
from bot.storage.database import Database
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    DAY,
    DUE,
    MINUTE,
    MONDAY,
    OURS,
    SAME_TEAM_ELSEWHERE,
    THEIRS,
    a_commitment,
    somebody,
)

TODAY, TOMORROW = date(2026, 12, 11), date(2026, 12, 12)
NINE = datetime.fromisoformat("2026-12-11T08:00:00Z")
MOVED = Nudge(a_commitment("b"), NINE, Occasion.DUE_DAY, NINE - DAY, (Move.WEEKEND, Move.HOLIDAY), 2)
NUDGES = [Nudge(a_commitment("a"), NINE, Occasion.DUE_DAY, NINE), MOVED]


@pytest.fixture
def people(database: Database) -> PeopleStore:
    return PeopleStore(database)


def refuse(connection: Connection) -> None:
    del connection
    raise InterruptedError


def send(people: PeopleStore, user_id: str = ANA, day: date = TODAY, at: datetime = NINE) -> None:
    assert people.begin_message(OURS, user_id, day, 0, NUDGES, at)
    people.sent(OURS, user_id, day, "1.1", at + MINUTE)


# Settings


def test_whoever_chose_nothing_has_the_defaults(people: PeopleStore) -> None:
    assert people.settings(OURS, ANA) == Settings()


def test_settings_come_back_as_they_were_chosen_and_can_be_chosen_anew(people: PeopleStore) -> None:
    first = Settings("Asia/Tokyo", "JP", Volume.ACTIVE, Quiet(time(18), time(8, 30)), True, DUE)
    people.save_settings(OURS, ANA, first)
    assert people.settings(OURS, ANA) == first
    people.save_settings(OURS, ANA, Settings(volume=Volume.LIGHT))
    assert people.settings(OURS, ANA) == Settings(volume=Volume.LIGHT)
    assert people.settings(OURS, BEN) == people.settings(THEIRS, ANA) == Settings()


def test_settings_are_saved_with_what_follows_from_them_or_not_at_all(people: PeopleStore) -> None:
    with pytest.raises(InterruptedError):
        people.save_settings(OURS, ANA, Settings(muted=True), also=refuse)
    assert people.settings(OURS, ANA) == Settings()


def test_the_zone_that_slack_told_is_kept_for_each_person_and_forgotten_in_time(people: PeopleStore) -> None:
    seen = ZoneSeen("Asia/Tokyo", NINE)
    people.note_zone(OURS, ANA, ZoneSeen("Europe/Berlin", NINE - DAY))
    people.note_zone(OURS, ANA, seen)
    assert people.known(OURS, ANA) == (Settings(), seen)
    assert people.known(OURS, BEN) == people.known(THEIRS, ANA) == (Settings(), None)
    assert people.clean(NINE) == 0
    assert people.clean(NINE + MINUTE) == 1
    assert people.known(OURS, ANA) == (Settings(), None)


# The message of a day


def about(people: PeopleStore, user_id: str = ANA, day: date = TODAY) -> list[str]:
    return [one.commitment_id for one in people.said(OURS, user_id, day)]


def test_a_message_is_sent_by_whoever_claims_it_first(people: PeopleStore) -> None:
    assert people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    assert not people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 1, NINE),)
    assert about(people) == ["a", "b"]
    people.sent(OURS, ANA, TODAY, "1.1", NINE + MINUTE)
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 1, NINE, "1.1", NINE + MINUTE),)
    assert not people.begin_message(OURS, ANA, TODAY, 1, NUDGES, NINE)


def test_of_many_processes_one_sends(people: PeopleStore, database_url: str) -> None:
    together = Barrier(4)

    def claim(_number: int) -> bool:
        with closing(Database(database_url)) as database:
            together.wait()
            return PeopleStore(database).begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [False, False, False, True]
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 1, NINE),)
    assert about(people) == ["a", "b"]


def test_a_further_try_says_the_same(people: PeopleStore) -> None:
    people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    assert people.begin_message(OURS, ANA, TODAY, 1, [], NINE + MINUTE)
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 2, NINE + MINUTE),)
    assert about(people) == ["a", "b"]


def test_what_it_says_is_known_before_it_is_there_and_after(people: PeopleStore) -> None:
    people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    plain, moved = people.said(OURS, ANA, TODAY)
    assert plain.nudge(a_commitment("a")) == NUDGES[0]
    assert moved.nudge(a_commitment("b")) == MOVED
    people.sent(OURS, ANA, TODAY, "1.1", NINE + MINUTE)
    assert [one.at for one in people.said(OURS, ANA, TODAY)] == [NINE + MINUTE] * 2
    assert people.said(OURS, ANA, TOMORROW) == ()


def test_what_slack_certainly_did_not_post_was_not_begun(people: PeopleStore) -> None:
    people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    people.not_sent(OURS, ANA, TODAY, 0)
    assert people.messages(OURS, ANA, TODAY) == ()
    assert people.begin_message(OURS, ANA, TODAY, 0, NUDGES[:1], NINE)
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 1, NINE),)
    assert about(people) == ["a"]


def test_a_message_that_is_dropped_was_not_begun_and_its_day_is_free(people: PeopleStore) -> None:
    people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    people.begin_message(OURS, ANA, TODAY, 1, [], NINE)
    people.drop(OURS, ANA, TODAY, 1)
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 2, NINE),)  # somebody tried it once more meanwhile
    people.drop(OURS, ANA, TODAY, 2)
    assert people.messages(OURS, ANA, TODAY) == ()


def test_a_claim_is_not_taken_back_after_somebody_else_s_or_after_it_was_sent(people: PeopleStore) -> None:
    people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    people.begin_message(OURS, ANA, TODAY, 1, NUDGES, NINE)
    people.not_sent(OURS, ANA, TODAY, 0)
    people.sent(OURS, ANA, TODAY, "1.1", NINE)
    people.not_sent(OURS, ANA, TODAY, 1)
    assert people.messages(OURS, ANA, TODAY) == (Message(TODAY, 2, NINE, "1.1", NINE),)


def test_messages_are_found_by_their_days_and_by_where_they_are(people: PeopleStore) -> None:
    send(people)
    people.begin_message(OURS, ANA, TOMORROW, 0, NUDGES, NINE + DAY)
    people.begin_message(OURS, BEN, TODAY, 0, NUDGES, NINE)
    assert [one.day for one in people.messages(OURS, ANA, TODAY)] == [TODAY, TOMORROW]
    assert [one.day for one in people.messages(OURS, ANA, TOMORROW)] == [TOMORROW]
    found = people.message_at(OURS, ANA, "1.1")
    assert found is not None
    assert found.day == TODAY
    assert people.message_at(OURS, BEN, "1.1") is None
    assert people.message_at(OURS, ANA, "") is None


# What people were reminded of


def test_what_went_out_is_the_history_of_each_commitment(people: PeopleStore) -> None:
    send(people)
    first = Sent("a", ANA, NINE + MINUTE, Occasion.DUE_DAY, NINE, DUE)
    second = Sent("b", ANA, NINE + MINUTE, Occasion.DUE_DAY, NINE - DAY, DUE, (Move.WEEKEND, Move.HOLIDAY), 2)
    assert people.history(OURS, ["a", "b", "c"]) == {"a": (first,), "b": (second,)}
    assert people.history(OURS, []) == {}
    send(people, day=TOMORROW, at=NINE + DAY)
    assert [one.at for one in people.history(OURS, ["a"])["a"]] == [NINE + MINUTE, NINE + MINUTE + DAY]
    assert [one.commitment_id for one in people.last_sent(OURS, ANA)] == ["a", "b", "a", "b"]
    assert len(people.last_sent(OURS, ANA, limit=1)) == 1


def test_what_is_not_known_to_be_there_is_no_history(people: PeopleStore) -> None:
    people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
    assert people.history(OURS, ["a", "b"]) == {}
    assert people.last_sent(OURS, ANA) == []


def test_what_is_remembered_leads_to_the_same_next_message(people: PeopleStore) -> None:
    who, of = somebody(), a_commitment()
    message = next_message([Case(of)], who, MONDAY)
    assert message is not None
    people.begin_message(OURS, ANA, message.day, 0, message.nudges, message.at)
    people.sent(OURS, ANA, message.day, "1.1", message.at)
    known = Case(of, people.history(OURS, [of.id])[of.id])
    following = next_message([known], who, message.at, {message.day})
    assert following is not None
    assert following.nudges[0].occasion is Occasion.DUE_DAY


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_see_or_change_each_other(people: PeopleStore, other: WorkspaceKey) -> None:
    send(people)
    before = people.messages(OURS, ANA, TODAY)
    assert people.messages(other, ANA, TODAY) == ()
    assert people.said(other, ANA, TODAY) == ()
    assert people.message_at(other, ANA, "1.1") is None
    assert people.history(other, ["a"]) == {}
    assert people.last_sent(other, ANA) == []
    assert people.begin_message(other, ANA, TODAY, 0, [], NINE)
    people.sent(other, ANA, TODAY, "2.2", NINE)
    people.not_sent(other, ANA, TODAY, 0)
    people.drop(other, ANA, TODAY, 1)
    assert people.messages(OURS, ANA, TODAY) == before


def test_old_messages_of_all_workspaces_are_forgotten_with_what_they_were_about(people: PeopleStore) -> None:
    send(people)
    send(people, day=TOMORROW, at=NINE + DAY)
    people.begin_message(THEIRS, ANA, TODAY, 0, NUDGES, NINE)
    assert people.clean(NINE + MINUTE) == 2
    assert people.messages(THEIRS, ANA, TODAY) == ()
    assert len(people.history(OURS, ["a"])["a"]) == 1
    assert people.begin_message(OURS, ANA, TODAY, 0, NUDGES, NINE)
