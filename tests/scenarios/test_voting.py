"""Voting in a readiness check: by buttons and in the modal, twice, late, out of order, and by those not asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.keys import WorkspaceKey
from bot.slack.budget import WHISPERS
from bot.workspace.records import Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import (
    LONG,
    NO,
    NOT_MY_AREA,
    NOT_SURE,
    YES,
    Poll,
    channel,
    filled,
    hasten,
    heard,
    pass_time,
    people,
    resend,
    settled,
    start,
    told,
)
from tests.scenarios.stage import PATIENCE, Stage, texts

VOTERS = 40


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@dataclass(frozen=True)
class Open:
    """A round that stays open for all scenes, and those asked who have not voted yet."""

    poll: Poll
    fresh: Iterator[Person]


@pytest.fixture(scope="module")
def opened(shared_moving_stage: Stage) -> Open:
    stage = shared_moving_stage
    everybody = people(stage, VOTERS)
    far = int(stage.clock().timestamp()) + 80 * 86_400
    poll = start(stage, everybody[0], channel(stage, *everybody), check=LONG, deadline=far)
    return Open(poll, iter(everybody))


@pytest.fixture
def poll(stage: Stage, opened: Open) -> Poll:  # noqa: ARG001
    return opened.poll


@pytest.fixture
def ana(opened: Open) -> Person:
    return next(opened.fresh)


@pytest.fixture
def ben(opened: Open) -> Person:
    return next(opened.fresh)


@pytest.fixture
def small(stage: Stage) -> tuple[Poll, list[Person]]:
    """A round of its own, with five people."""
    team = people(stage, 5)
    return start(stage, team[0], channel(stage, *team)), team


# Saved


def test_a_button_saves_an_answer_and_says_so_to_the_voter_alone(
    stage: Stage, poll: Poll, ana: Person, ben: Person
) -> None:
    poll.vote(ana, 2, NOT_MY_AREA)
    confirmation = told(stage, ana, "Saved")
    assert "2 · Alignment: Not my area" in texts(confirmation)
    assert "1 of 11 answered" in texts(confirmation)
    assert confirmation["thread_ts"] == poll.ts
    assert poll.answers(ana) == {2: NOT_MY_AREA}
    assert stage.workspace.ephemerals(ben.id) == []
    assert poll.answers(ben) == {}


def test_the_last_of_several_answers_counts(poll: Poll, ana: Person) -> None:
    for answer in (YES, NO, NOT_SURE):
        poll.vote(ana, 1, answer)
    assert poll.answers(ana) == {1: NOT_SURE}


def test_the_modal_holds_all_eleven_as_they_were_answered(poll: Poll, ana: Person) -> None:
    poll.vote(ana, 3, NO)
    assert filled(poll.form(ana)) == {3: NO}
    poll.stage.workspace.close_view(ana.id)
    given = [YES, NO, NOT_SURE, NOT_MY_AREA] * 2 + [YES, NO, YES]
    poll.answer(ana, *given)
    assert poll.answers(ana) == dict(enumerate(given, 1))


def test_the_modal_answers_with_what_is_saved(poll: Poll, ana: Person) -> None:
    poll.vote(ana, 5, NO)
    shown = texts(poll.answer(ana, YES, "", NOT_SURE))
    assert "Your answers are saved.* 3 of 11 answered" in shown
    for line in (
        "1 · Direction: Yes",
        "2 · Alignment: not answered yet",
        "3 · Road map: Not sure",
        "5 · Roles and responsibilities: No",
    ):
        assert line in shown


def test_a_modal_saved_as_it_was_says_what_is_saved(poll: Poll, ana: Person) -> None:
    assert "0 of 11 answered" in texts(poll.answer(ana))
    assert poll.answers(ana) == {}


def test_my_answers_are_shown_to_their_giver_alone(stage: Stage, poll: Poll, ana: Person, ben: Person) -> None:
    poll.vote(ana, 1, YES)
    stage.press(ana, poll.parent, "my_answers")
    shown = texts(told(stage, ana, "You have answered 1 of 11"))
    assert "1 · Direction: Yes" in shown
    assert "2 · Alignment: not answered yet" in shown
    assert stage.workspace.ephemerals(ben.id) == []


def test_the_turnout_follows_and_nothing_else_is_shown(stage: Stage, small: tuple[Poll, list[Person]]) -> None:
    poll, team = small
    for voter in team[:3]:
        poll.vote(voter, 1, YES)
    poll.answer(team[3], NO)
    hasten(stage, lambda: "4 of 5" in texts(poll.parent))
    shown = texts(poll.parent) + "".join(map(texts, poll.statements))
    assert "So far" not in shown
    assert not any(f"<@{voter.id}>" in shown for voter in team[1:])


# Twice, late and out of order


def test_a_double_click_counts_once(stage: Stage, small: tuple[Poll, list[Person]]) -> None:
    poll, team = small
    with stage.workspace.lock:
        clicks = [poll.click(team[1], 1, YES) for _ in range(2)]
    for click in clicks:
        settled(stage, click)
    assert poll.answers(team[1]) == {1: YES}
    hasten(stage, lambda: "1 of 5" in texts(poll.parent))


def test_a_click_that_slack_sends_again_takes_back_nothing(stage: Stage, poll: Poll, ana: Person) -> None:
    first = poll.vote(ana, 1, YES)
    poll.vote(ana, 1, NO)
    settled(stage, stage.again(first))
    assert poll.answers(ana) == {1: NO}


def test_an_older_click_that_arrives_later_loses(stage: Stage, poll: Poll, ana: Person) -> None:
    older = poll.vote(ana, 2, YES)
    newer = poll.vote(ana, 1, NO)

    def delayed(payload: Json) -> None:
        payload["message"] = newer.payload["message"]
        payload["container"] = newer.payload["container"]
        payload["actions"][0]["value"] = newer.payload["actions"][0]["value"].replace(NO, YES)

    resend(stage, older, delayed)
    assert poll.answers(ana) == {1: NO, 2: YES}


def test_a_modal_takes_back_nothing_that_was_answered_elsewhere_meanwhile(poll: Poll, ana: Person) -> None:
    poll.vote(ana, 1, YES)
    form = poll.form(ana)
    poll.vote(ana, 1, NO)
    poll.vote(ana, 2, NO)
    poll.submit(ana, form, "", "", NOT_SURE)
    poll.stage.workspace.close_view(ana.id)
    assert poll.answers(ana) == {1: NO, 2: NO, 3: NOT_SURE}


def test_what_was_touched_in_a_modal_counts_from_when_it_is_sent(poll: Poll, ana: Person) -> None:
    form = poll.form(ana)
    poll.vote(ana, 1, NO)
    poll.submit(ana, form, YES)
    poll.stage.workspace.close_view(ana.id)
    assert poll.answers(ana) == {1: YES}


def test_a_modal_that_slack_sends_again_takes_back_nothing(stage: Stage, poll: Poll, ana: Person) -> None:
    form = poll.form(ana)
    poll.submit(ana, form, YES, YES)
    sent = stage.delivery("view_submission")
    poll.vote(ana, 1, NO)
    repeated = settled(stage, stage.again(sent))
    assert "2 of 11 answered" in texts((repeated.answer or {})["view"])
    stage.workspace.close_view(ana.id)
    assert poll.answers(ana) == {1: NO, 2: YES}


def test_a_modal_sent_again_with_other_answers_counts_as_it_was_sent_last(
    stage: Stage, poll: Poll, ana: Person
) -> None:
    """Its first answer was saved, but did not arrive in time: the person sees an error, and changes one more."""
    form = poll.form(ana)
    poll.submit(ana, form, YES, YES)
    first = stage.delivery("view_submission")

    def changed(payload: Json) -> None:
        entry = payload["view"]["state"]["values"]["vote_statement:direction"]["input"]
        entry["selected_option"] = {"text": {"type": "plain_text", "text": NO}, "value": NO}

    second = resend(stage, first, changed)
    assert "1 · Direction: No" in texts((second.answer or {})["view"])
    repeated = settled(stage, stage.again(first))
    assert "1 · Direction: No" in texts((repeated.answer or {})["view"])
    stage.workspace.close_view(ana.id)
    assert poll.answers(ana) == {1: NO, 2: YES}


# Who is not asked


def test_somebody_who_was_not_asked_is_told_whom_to_ask(stage: Stage, small: tuple[Poll, list[Person]]) -> None:
    poll, team = small
    (late,) = people(stage, 1)
    stage.workspace.join(late.id, poll.room)
    poll.vote(late, 1, YES)
    refusal = texts(told(stage, late, "you aren't among them"))
    assert f"<@{team[0].id}>, who runs it" in refusal
    stage.press(late, poll.parent, "vote_all")
    stage.workspace.wait_for(lambda: len(heard(stage, late, "you aren't among them")) == 2, PATIENCE)
    assert stage.workspace.views(late.id) == []
    assert stage.rows("select 1 from ballots where round_id = ?", poll.id) == []


def test_a_guest_who_is_asked_votes_like_everybody(stage: Stage) -> None:
    guests = people(stage, 5, is_guest=True)
    (host,) = people(stage, 1)
    poll = start(stage, host, channel(stage, host, *guests))
    poll.vote(guests[0], 1, YES)
    assert poll.answers(guests[0]) == {1: YES}


@pytest.mark.parametrize("was_asked", [True, False])
def test_a_vote_from_another_company_does_not_count(
    stage: Stage, small: tuple[Poll, list[Person]], was_asked: bool
) -> None:
    """Not even of somebody who has an id that was asked: ids are only known to be a company's own."""
    poll, team = small
    (eve,) = people(stage, 1, team_id="T0THEIRS1")
    stage.workspace.share(poll.room, eve.id)
    poll.vote(team[1], 2, NO)
    click = poll.vote(eve, 1, YES)
    told(stage, eve, "you aren't among them")
    if was_asked:
        resend(stage, click, lambda payload: payload["user"].update(id=team[1].id))
    stage.press(eve, poll.parent, "vote_all")
    stage.workspace.wait_for(lambda: len(heard(stage, eve, "you aren't among them")) == 2, PATIENCE)
    assert len(stage.rows("select 1 from ballots where round_id = ?", poll.id)) == 1


def test_the_answers_of_somebody_who_has_left_stay(stage: Stage, small: tuple[Poll, list[Person]]) -> None:
    poll, team = small
    for voter in team:
        poll.vote(voter, 1, YES)
    stage.workspace.deactivate(team[4].id)
    (results, *_) = poll.close(team[0])
    assert "5 of 5 people" in texts(results)
    assert "5 yes · 0 no" in texts(results)


def test_a_click_that_was_on_its_way_when_its_person_was_deactivated_counts(
    stage: Stage, small: tuple[Poll, list[Person]]
) -> None:
    """They were asked, and answered."""
    poll, team = small
    click = poll.vote(team[1], 1, YES)
    stage.workspace.deactivate(team[4].id)
    resend(stage, click, lambda payload: payload["user"].update(id=team[4].id))
    hasten(stage, lambda: "2 of 5" in texts(poll.parent))


def test_a_click_of_a_bot_or_of_somebody_who_had_left_before_does_not_count(stage: Stage) -> None:
    (robot,), (gone,) = people(stage, 1, is_bot=True), people(stage, 1)
    room = channel(stage, *(team := people(stage, 5)), robot, gone)
    stage.workspace.deactivate(gone.id)
    poll = start(stage, team[0], room)
    click = poll.vote(robot, 1, YES)
    told(stage, robot, "you aren't among them")
    resend(stage, click, lambda payload: payload["user"].update(id=gone.id))
    stage.press(robot, poll.parent, "vote_all")
    stage.workspace.wait_for(lambda: len(heard(stage, robot, "you aren't among them")) >= 2, PATIENCE)
    assert stage.workspace.views(robot.id) == []
    assert stage.rows("select 1 from ballots where round_id = ?", poll.id) == []


# Over


def test_a_vote_after_the_close_is_not_counted_and_told_so(stage: Stage, small: tuple[Poll, list[Person]]) -> None:
    poll, team = small
    for voter in team:
        poll.vote(voter, 1, YES)
    form, last = poll.form(team[1]), poll.vote(team[2], 1, YES)
    (results, *_) = poll.close(team[0])
    resend(stage, last, lambda payload: payload["actions"][0].update(action_ts=stage.workspace.next_ts()))
    told(stage, team[2], "is closed. What you had saved before counts")
    answer = poll.submit(team[1], form, NO) or {}
    assert "is closed. What you had saved before counts" in str(answer)
    assert poll.results()[0]["blocks"] == results["blocks"]


def test_a_vote_after_the_deadline_is_not_counted_even_if_nobody_has_closed_it_yet(
    stage: Stage, small: tuple[Poll, list[Person]]
) -> None:
    poll, team = small
    poll.vote(team[1], 1, YES)
    with stage.workspace.lock:  # the ticker may look before it arrives, or after
        late = poll.click(team[1], 1, NO)
        pass_time(stage, days=10)
    settled(stage, late)
    told(stage, team[1], "is closed. What you had saved before counts")


def test_my_answers_are_gone_after_the_close_of_an_anonymous_round(
    stage: Stage, small: tuple[Poll, list[Person]]
) -> None:
    poll, team = small
    poll.vote(team[1], 1, YES)
    press = stage.press(team[1], poll.parent, "my_answers")
    told(stage, team[1], "You have answered 1 of 3")
    poll.close(team[0])
    resend(stage, press, lambda payload: payload["actions"][0].update(action_ts=stage.workspace.next_ts()))
    told(stage, team[1], "who answered what is deleted")


def test_of_votes_that_race_the_close_each_is_counted_or_told_that_it_is_not(
    stage: Stage, small: tuple[Poll, list[Person]]
) -> None:
    poll, team = small
    for voter in team:
        poll.vote(voter, 1, YES)
    form = poll.managed(team[0])
    with stage.workspace.lock:
        clicks = [poll.click(voter, 1, NO) for voter in team[:2]]
        stage.workspace.click(team[0].id, form["id"], "close_round")
        clicks += [poll.click(voter, 1, NO) for voter in team[2:]]
    for click in clicks:
        settled(stage, click)

    def too_late() -> list[Person]:
        return [voter for voter in team if heard(stage, voter, "nothing is added any more")]

    result = texts(poll.results()[0])
    stage.workspace.wait_for(lambda: too_late() or "5 no" in result, PATIENCE)
    stage.workspace.wait_for(lambda: f"{len(too_late())} yes · {5 - len(too_late())} no" in result, PATIENCE)


# What nobody can press


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "not there any more"),
        ("x", "not there any more"),
        ("x:y:z", "not there any more"),
        ("{round}::Yes", "not there any more"),
        ("{round}:direction:Maybe", "no longer works"),
        ("{round}:nothing:Yes", "no longer works"),
    ],
)
def test_a_button_that_was_tampered_with_changes_nothing(
    stage: Stage, poll: Poll, ana: Person, value: str, words: str
) -> None:
    click = poll.vote(ana, 1, YES)
    resend(stage, click, lambda payload: payload["actions"][0].update(value=value.replace("{round}", poll.id)))
    told(stage, ana, words)
    assert poll.answers(ana) == {1: YES}


@pytest.mark.parametrize("action_ts", ["", "soon", "1.1234567", "-1.0", None])
def test_a_click_without_a_time_of_slack_s_changes_nothing(
    stage: Stage, poll: Poll, ana: Person, action_ts: str | None
) -> None:
    click = poll.vote(ana, 1, YES)

    def mistimed(payload: Json) -> None:
        payload["actions"][0].update(action_ts=action_ts, value=payload["actions"][0]["value"].replace(YES, NO))

    resend(stage, click, mistimed)
    told(stage, ana, "no longer works")
    assert poll.answers(ana) == {1: YES}


def test_a_modal_with_an_answer_that_was_never_offered_is_refused_whole(stage: Stage, poll: Poll, ana: Person) -> None:
    form = poll.form(ana)
    poll.submit(ana, form, YES)
    sent = stage.delivery("view_submission")

    def tampered(payload: Json) -> None:
        payload["view"]["hash"] = "another"
        entry = payload["view"]["state"]["values"]["vote_statement:alignment"]["input"]
        entry["selected_option"] = {"text": {"type": "plain_text", "text": "Maybe"}, "value": "Maybe"}

    assert "no longer works" in str(resend(stage, sent, tampered).answer)
    stage.workspace.close_view(ana.id)
    assert poll.answers(ana) == {1: YES}


# Told


def test_confirmations_come_at_once_and_then_together_after_half_a_minute(new_stage: NewStage) -> None:
    stage = new_stage()  # where nobody else is still to be told something
    stage.start_bot()
    ana, ben, *_ = team = people(stage, 5)
    poll = start(stage, ana, channel(stage, *team), check=LONG)
    poll.vote(ana, 1, YES)
    told(stage, ana, "1 · Direction: Yes")
    poll.vote(ana, 2, NO)
    poll.vote(ana, 3, NO)
    poll.vote(ana, 3, YES)
    pass_time(stage, seconds=20)
    poll.vote(ben, 1, YES)
    told(stage, ben, "Saved")  # by then Ana's turn would have come, if she had one
    assert len(heard(stage, ana, "Saved")) == 1
    pass_time(stage, seconds=11)
    second = texts(told(stage, ana, "3 of 11 answered"))
    assert "2 · Alignment: No" in second
    assert "3 · Road map: Yes" in second
    assert len(heard(stage, ana, "Saved")) == 2


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_when_slack_wants_no_more_confirmations_for_now_those_of_all_processes_wait(
    stage: Stage, poll: Poll, ana: Person
) -> None:
    stage.workspace.faults.append(Fault("chat.postEphemeral", status=429, retry_after=10))
    key, lanes = WorkspaceKey("", stage.workspace.team.id), stage.bots[0].lanes
    poll.vote(ana, 1, YES)
    stage.workspace.wait_for(lambda: not stage.workspace.faults, PATIENCE)
    stage.workspace.wait_for(lambda: lanes.wait(key, WHISPERS, stage.clock()) > timedelta(seconds=5), PATIENCE)
    assert heard(stage, ana, "Saved") == []
    pass_time(stage, seconds=10)
    hasten(stage, lambda: heard(stage, ana, "Saved"))


# When it can't be done


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Somebody else writes to the database, for long."""
    with closing(sqlite3.connect(stage.database, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        try:
            yield
        finally:
            connection.execute("rollback")


def test_a_vote_that_can_t_be_saved_fails_for_all_to_see_and_can_be_given_again(
    stage: Stage, poll: Poll, ana: Person
) -> None:
    with locked(stage):
        click = poll.vote(ana, 1, YES)
    assert click.failure
    stage.workspace.deliveries.remove(click)  # it is the point of this scene
    assert stage.workspace.notices(ana.id)
    assert poll.answers(ana) == {}
    poll.vote(ana, 1, YES)
    assert poll.answers(ana) == {1: YES}


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_a_modal_that_slack_opens_not_now_is_answered_with_a_friendly_word(
    stage: Stage, poll: Poll, ana: Person
) -> None:
    stage.workspace.faults.append(Fault("views.open", status=429, retry_after=30))
    stage.press(ana, poll.parent, "vote_all")
    told(stage, ana, "vote statement by statement in the thread")
    assert stage.workspace.views(ana.id) == []
    poll.vote(ana, 1, YES)
    assert poll.answers(ana) == {1: YES}
