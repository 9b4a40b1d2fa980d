"""A workspace of an organisation: colleagues of its other workspaces are ours, people of other companies are not."""

from __future__ import annotations

import pytest

from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import YES, Poll, channel, people, resend, start, told
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts

OURS = "E0LOCAL01"


@pytest.fixture
def stage(new_stage: NewStage) -> Stage:
    stage = new_stage(enterprise_id=OURS)
    stage.start_bot()
    return stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 5)


@pytest.fixture
def colleague(stage: Stage) -> Person:
    return people(stage, 1, team_id="T0SIBLING", enterprise_id=OURS)[0]


@pytest.fixture
def stranger(stage: Stage) -> Person:
    return people(stage, 1, team_id="T0THEIRS1")[0]


@pytest.fixture
def room(stage: Stage, team: list[Person], colleague: Person, stranger: Person) -> Channel:
    room = channel(stage, *team)
    stage.workspace.join(colleague.id, room)
    stage.workspace.share(room, stranger.id)
    return room


def named_round(stage: Stage, team: list[Person], room: Channel) -> tuple[Poll, Json]:
    """One that is over, and its results."""
    poll = start(stage, team[0], room, anonymity="named")
    for voter in team:
        poll.vote(voter, 1, YES)
    return poll, poll.close(team[0])[0]


def test_colleagues_see_who_said_what_and_people_of_other_companies_do_not(
    stage: Stage, team: list[Person], colleague: Person, stranger: Person, room: Channel
) -> None:
    _, results = named_round(stage, team, room)
    shown = stage.opened(colleague, lambda: stage.press(colleague, results, "show_names"))
    assert f"<@{team[0].id}>" in texts(shown)
    stage.press(stranger, results, "show_names")
    told(stage, stranger, "you aren't among them")
    assert stage.workspace.views(stranger.id) == []


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_while_slack_does_not_say_who_somebody_is_they_see_nothing(
    stage: Stage, team: list[Person], colleague: Person, room: Channel
) -> None:
    _, results = named_round(stage, team, room)
    stage.workspace.faults.append(Fault("users.info", status=429, retry_after=6))
    stage.press(colleague, results, "show_names")
    told(stage, colleague, "Press it again in a moment")
    assert stage.workspace.views(colleague.id) == []


def test_results_are_shown_to_colleagues_alone(
    stage: Stage, team: list[Person], colleague: Person, stranger: Person, room: Channel
) -> None:
    poll, _ = named_round(stage, team, room)
    listed = stage.command(colleague, room, "results")
    assert "show_results" in str(buttons(listed))
    press = stage.press(colleague, listed, "show_results", poll.id)
    told(stage, colleague, "5 of 6 people")

    def of_a_stranger(payload: Json) -> None:
        payload["user"] |= {"id": stranger.id, "team_id": stranger.team_id}
        payload["actions"][0]["action_ts"] = stage.workspace.next_ts()

    before = len(stage.workspace.ephemerals(colleague.id))
    resend(stage, press, of_a_stranger)
    stage.workspace.wait_for(lambda: len(stage.workspace.ephemerals(colleague.id)) > before, PATIENCE)
    assert "you aren't among them" in texts(stage.workspace.ephemerals(colleague.id)[-1])  # where the press came from


def test_colleagues_may_start_a_round_and_are_asked_and_people_of_other_companies_are_not(
    stage: Stage, team: list[Person], colleague: Person, stranger: Person, room: Channel
) -> None:
    offer = stage.mention(team[0], room, "run the readiness check")
    stage.press(stranger, offer, "set_up_check")
    told(stage, stranger, "Only some people here may start a check")
    assert stage.workspace.views(stranger.id) == []
    poll = start(stage, colleague, room)
    asked = {user for (user,) in stage.rows("select user_id from round_audience where round_id = ?", poll.id)}
    assert asked == {colleague.id, *(one.id for one in team)}
