"""Following a first year in a channel: the eight steps, what shows them, and who may say so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.workspace.records import Channel, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import channel, people, told
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts
from tests.scenarios.standing import key_of, series


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 4)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def shown(stage: Stage, person: Person, room: Channel) -> Json:
    return stage.command(person, room, "year-one")


def form(stage: Stage, person: Person, message: Json, action: str) -> Json:
    return stage.opened(person, lambda: stage.press(person, message, action))


def reach(stage: Stage, person: Person, room: Channel, **values: Any) -> Json | None:
    """Fills in the form; the answer to it."""
    opened = form(stage, person, shown(stage, person, room), "year_one_step")
    given = {"in_year_one_evidence": "The board minuted it.", **{f"in_year_one_{k}": v for k, v in values.items()}}
    return stage.workspace.submit(person.id, opened["id"], given)


def modal(stage: Stage, person: Person, words: str) -> Json:
    """The modal as soon as it says so, closed."""

    def says() -> list[Json]:
        return [view for view in stage.workspace.views(person.id)[-1:] if words in texts(view)]

    found = stage.workspace.wait_for(says, PATIENCE)[0]
    stage.workspace.close_view(person.id)
    return found


def saved_steps(stage: Stage, room: Channel) -> list[tuple[str, str, str]]:
    return stage.rows('select step_id, evidence, "by" from first_year_steps where channel_id = ?', room.id)


def test_at_first_all_steps_are_ahead_and_the_first_has_guidance(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    message = shown(stage, team[0], room)
    assert "0 of 8 steps are reached" in texts(message)
    assert "Nobody has said yet when this year began" in texts(message)
    card = form(stage, team[0], message, "more_detail")
    assert "diagnose" in stage.delivery("block_actions").payload["actions"][0]["value"]
    assert card["type"] == "modal"
    stage.workspace.close_view(team[0].id)
    assert stage.bots[-1].accountability.year_one.progress(key_of(stage), room.id) is None


def test_a_step_is_said_by_a_member_told_in_words_and_shown_in_the_channel(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    answer = reach(stage, team[0], room, day="2026-03-04", evidence=" The <board> \n minuted it. ")
    assert (answer or {})["response_action"] == "update"
    said = modal(stage, team[0], "was reached on Wednesday 4 March 2026")
    assert "What shows it: The &lt;board&gt; minuted it." in texts(said)
    assert "Next: 2 · The issues are agreed on" in texts(said)
    message = shown(stage, team[1], room)
    assert "1 of 8 steps are reached" in texts(message)
    assert "4 March 2026, in month 1" in texts(message)
    assert f"<@{team[0].id}>" in texts(message)
    public = stage.posted(room.id, lambda: stage.press(team[1], message, "year_one_show"))
    assert f"<@{team[1].id}> shows you where it stands" in texts(public)
    assert [action for action, _, _ in buttons(public)] == ["more_detail"]
    found = stage.bots[-1].accountability.year_one.progress(key_of(stage), room.id)
    assert found is not None
    assert (found.begun_on, found.count) == (date(2026, 3, 4), 1)


def test_the_channel_can_be_shown_it_from_the_modal_too(stage: Stage, team: list[Person], room: Channel) -> None:
    reach(stage, team[0], room)
    said = stage.workspace.wait_for(
        lambda: [one for one in stage.workspace.views(team[0].id) if "What shows it" in texts(one)], PATIENCE
    )[0]
    public = stage.posted(room.id, lambda: stage.press(team[0], said, "year_one_show"))
    assert "1 of 8 steps are reached" in texts(public)
    modal(stage, team[0], "It stands in the channel now")


def test_a_step_said_again_is_put_right_and_the_next_one_is_offered_first(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    for evidence in ("First.", "Better."):
        reach(stage, team[0], room, step="admitted", evidence=evidence)
        modal(stage, team[0], evidence)
    assert saved_steps(stage, room) == [("admitted", "Better.", team[0].id)]
    opened = form(stage, team[0], shown(stage, team[0], room), "year_one_step")
    assert opened["blocks"][0]["element"]["initial_option"]["value"] == "agreed"
    stage.workspace.close_view(team[0].id)


def test_a_step_is_taken_back_where_it_stands(stage: Stage, team: list[Person], room: Channel) -> None:
    reach(stage, team[0], room)
    modal(stage, team[0], "What shows it")
    message = shown(stage, team[1], room)
    stage.press(team[1], message, "year_one_take_back")
    told(stage, team[1], "Step 1, “The problem is admitted”, is no longer marked as reached.")
    assert saved_steps(stage, room) == []
    looks = "select 1 from due_actions where kind = 'draw_sessions' and subject = ?"
    assert len(stage.rows(looks, room.id)) == 2  # agendas follow both changes


def test_the_start_is_set_and_changed(stage: Stage, team: list[Person], room: Channel) -> None:
    day = stage.clock().date() - timedelta(days=100)
    opened = form(stage, team[0], shown(stage, team[0], room), "year_one_begin")
    stage.workspace.submit(team[0].id, opened["id"], {"in_year_one_begun": day.isoformat()})
    modal(stage, team[0], "Year one begins on")
    message = shown(stage, team[0], room)
    assert "3 of 12 months have passed since" in texts(message)
    assert [words for _, _, words in buttons(message)][-3] == "Change the start"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("day", "2999-01-01", "is still to come"),
        ("day", "1999-01-01", "more than five years ago"),
        ("evidence", " ", "Say in one sentence what shows"),
        ("evidence", "x" * 501, "say it in 500 or fewer"),
    ],
)
def test_what_can_t_be_is_said_at_its_field(
    stage: Stage, team: list[Person], room: Channel, field: str, value: str, words: str
) -> None:
    answer = reach(stage, team[0], room, **{field: value}) or {}
    assert words in answer["errors"][f"in_year_one_{field}"]
    stage.workspace.close_view(team[0].id)


@pytest.mark.parametrize(("day", "words"), [("2999-01-01", "more than a year off"), ("1999-01-01", "five years ago")])
def test_a_start_that_can_t_be_is_said_at_its_field(
    stage: Stage, team: list[Person], room: Channel, day: str, words: str
) -> None:
    opened = form(stage, team[0], shown(stage, team[0], room), "year_one_begin")
    answer = stage.workspace.submit(team[0].id, opened["id"], {"in_year_one_begun": day}) or {}
    assert words in answer["errors"]["in_year_one_begun"]
    stage.workspace.close_view(team[0].id)


# Who may


def test_with_a_series_its_facilitator_and_sponsor_may_and_others_are_told_whom_to_ask(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, sponsor, other, _ = team
    series(stage, room, host, sponsor=sponsor.id)
    for allowed in (host, sponsor):
        assert (reach(stage, allowed, room) or {})["response_action"] == "update"
        modal(stage, allowed, "What shows it")
    for action in ("year_one_step", "year_one_begin", "year_one_take_back"):
        message = shown(stage, other, room)
        refusal = stage.shown(other, lambda: stage.press(other, message, action))  # noqa: B023  # it is called here
        assert "Those who lead the sessions there" in texts(refusal)
        assert f"<@{host.id}>, <@{sponsor.id}>" in texts(refusal)
    assert stage.workspace.views(other.id) == []
    assert len(saved_steps(stage, room)) == 2


def test_a_form_of_somebody_who_may_no_longer_saves_nothing(stage: Stage, team: list[Person], room: Channel) -> None:
    opened = form(stage, team[2], shown(stage, team[2], room), "year_one_step")
    series(stage, room, team[0])
    answer = stage.workspace.submit(team[2].id, opened["id"], {"in_year_one_evidence": "Ours."}) or {}
    assert "Those who lead the sessions there" in texts(answer["view"])
    assert saved_steps(stage, room) == []


def test_an_admin_of_the_settings_may_everywhere(new_stage: NewStage) -> None:
    stage = new_stage()
    host, admin = people(stage, 2)
    stage.settings = stage.settings.model_copy(update={"cco_admins": (admin.id,)})
    stage.start_bot()
    room = channel(stage, host, admin)
    series(stage, room, host)
    reach(stage, admin, room)
    assert saved_steps(stage, room) == [("admitted", "The board minuted it.", admin.id)]


def test_a_workspace_admin_may_too(stage: Stage, team: list[Person], room: Channel) -> None:
    (admin,) = people(stage, 1, is_admin=True)
    stage.workspace.join(admin.id, room)
    series(stage, room, team[0])
    reach(stage, admin, room)
    modal(stage, admin, "What shows it")


def test_who_has_left_the_channel_is_told_so_and_nothing_is_saved(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    opened = form(stage, team[3], shown(stage, team[3], room), "year_one_step")
    stage.workspace.leave(team[3].id, room)
    stage.workspace.submit(team[3].id, opened["id"], {"in_year_one_evidence": "Ours."})
    modal(stage, team[3], "Join it, then try again")
    assert saved_steps(stage, room) == []


@pytest.mark.parametrize("refusals", [{"channel_not_found"}])
def test_in_a_private_channel_without_the_bot_it_says_why_it_can_t_know(stage: Stage, team: list[Person]) -> None:
    room = stage.workspace.add_channel("closed-circle", [one.id for one in team], private=True)
    reach(stage, team[0], room)
    modal(stage, team[0], "I can't see who is in it")
    assert saved_steps(stage, room) == []


def test_in_a_direct_message_it_says_where_to_type_it(stage: Stage, team: list[Person]) -> None:
    answer = stage.command(team[0], stage.dm(team[0]), "year-one")
    assert "followed in a channel" in texts(answer)
