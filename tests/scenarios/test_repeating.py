"""A check that repeats: a quarter passes and the next round starts by itself, or whoever runs it is told why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.accountability.commitments import commitment as deeds
from bot.clock import MovableClock
from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import (
    Poll,
    channel,
    filled_in,
    hasten,
    people,
    start,
    start_form,
    told,
    written_to,
)
from tests.scenarios.stage import Stage, buttons, texts
from tests.scenarios.standing import done_to, promise
from tests.scenarios.test_results import vote
from tests.scenarios.test_starting_a_round import chosen_channel


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 6)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def planned(stage: Stage, kind: str, room: Channel) -> datetime:
    """When this is due next of what repeats in the channel."""
    (due,) = stage.rows(
        "select next_at from due_actions join round_repeats on id = subject"
        " where kind = ? and state = 'planned' and channel_id = ? and occurrence = cast(number as text)",
        kind,
        room.id,
    )
    return datetime.fromisoformat(due[0]).replace(tzinfo=UTC)


def reach(stage: Stage, kind: str, room: Channel) -> None:
    """Time passes until it is due."""
    stage.pass_to(planned(stage, kind, room))


def next_round(stage: Stage, room: Channel, before: Poll) -> Poll:
    """The round that started by itself, with all its messages."""
    reach(stage, "repeat_round", room)

    def found() -> list[Json]:
        return [one for one in stage.said(room.id) if one["ts"] > before.ts and "vote_all" in str(one["blocks"])]

    parent = hasten(stage, found)[0]
    round_id = next(value for action, value, _ in buttons(parent) if action == "vote_all")
    poll = Poll(stage, room, parent["ts"], round_id)
    hasten(stage, lambda: len(poll.statements) == len(before.statements))
    return poll


def announced(stage: Stage, person: Person, room: Channel) -> Json:
    """What whoever runs it is told before the next start."""
    reach(stage, "announce_repeat", room)
    return hasten(stage, lambda: directly(stage, person, "and the next one starts"))[-1]


def directly(stage: Stage, person: Person, words: str) -> list[Json]:
    return [message for message in written_to(stage, person) if words in texts(message)]


def begin(stage: Stage, team: list[Person], room: Channel, **values: Any) -> Poll:
    """A first round that repeats each quarter."""
    return start(stage, team[0], room, repeat="quarter", **values)


def repeats(stage: Stage, room: Channel) -> list[Any]:
    return stage.rows("select number, every from round_repeats where channel_id = ?", room.id)


def test_after_a_quarter_the_next_round_starts_by_itself_and_opens_with_what_moved(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    first = begin(stage, team, room)
    vote(first, team, "NNNNNN", "YYYYYY", "YYYNNN")
    first.close(team[0])
    assert "repeats each quarter" in texts(announced(stage, team[0], room))
    (newcomer,) = people(stage, 1)
    stage.workspace.join(newcomer.id, room)
    second = next_round(stage, room, first)
    assert stage.clock().weekday() < 5
    assert "for *7 people*" in texts(second.parent)
    assert "Since last time" not in texts(second.parent)  # there was one round, and nothing was promised
    vote(second, team, "YYYYNN", "YYYNNN", "NNNYYY")
    second.close(team[0])
    assert "6 of 6 also voted last time." in texts(second.movement())
    promises = [promise(stage, owner, room, days=45) for owner in team[:5]]
    for of in promises[1:]:
        done_to(stage, deeds.finish(of, of.owner, stage.clock()))
    third = next_round(stage, room, second)
    opening = texts(third.parent)
    assert "*Since last time*, which closed" in opening
    assert "beside those before it: 1 statement up, 1 down, 1 the same" in opening
    assert "Of 5 commitments that came due here in the whole months since, as far as it may be told: 4 kept" in opening
    third.press_in_form(team[0], "cancel_round")


def test_the_form_says_so_before_it_starts_and_repeats_nothing_but_everybody(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    form = start_form(stage, team[0], room)
    chosen = {"start_repeat": "year", "start_audience": "chosen", "start_people": [one.id for one in team[:5]]}
    answer = stage.workspace.submit(team[0].id, form["id"], chosen) or {}
    assert "asks everybody in the channel each time" in answer["errors"]["start_repeat"]
    stage.workspace.close_view(team[0].id)
    confirmation = filled_in(stage, team[0], room, repeat="half_year")
    assert "Repeats each half year: starts again" in texts(confirmation)
    assert repeats(stage, room) == []
    stage.workspace.close_view(team[0].id)


def test_those_who_run_it_skip_a_start_and_stop_it_and_nobody_else_does(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    begin(stage, team, room).press_in_form(team[0], "cancel_round")
    notice = announced(stage, team[0], room)
    before = planned(stage, "repeat_round", room)
    stage.press(team[0], notice, "skip_repeat")
    hasten(stage, lambda: directly(stage, team[0], "skips this one"))
    assert 80 < (planned(stage, "repeat_round", room) - before).days < 100
    for other in team[:2]:
        listed = stage.command(other, room, "results")
        assert "Repeats each quarter, next" in texts(listed)
        assert ("stop_repeat" in [action for action, *_ in buttons(listed)]) is (other is team[0])
    stage.press(team[0], listed := stage.command(team[0], room, "results"), "stop_repeat")
    told(stage, team[0], "doesn't repeat any more")
    assert repeats(stage, room) == []
    late = stage.press(team[0], listed, "stop_repeat")
    told(stage, team[0], "sets it up anew")
    assert late.failure == ""
    assert stage.said(room.id)[1:] == []  # no other round came of it


@pytest.mark.parametrize("refusals", [{"internal_error"}])
def test_an_announcement_of_which_slack_did_not_say_that_it_took_it_comes_once(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    begin(stage, team, room).press_in_form(team[0], "cancel_round")
    stage.workspace.faults.append(Fault("chat.postMessage", status=500, after_effect=True))
    announced(stage, team[0], room)
    done = "select 1 from due_actions join round_repeats on id = subject where kind = ? and state = 'done'"
    hasten(stage, lambda: stage.rows(f"{done} and channel_id = ?", "announce_repeat", room.id))
    assert len(directly(stage, team[0], "and the next one starts")) == 1


def test_where_none_can_start_it_is_told_once_with_the_reason_and_the_next_start_stands(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    begin(stage, team, room).press_in_form(team[0], "cancel_round")
    announced(stage, team[0], room)
    between = start(stage, team[1], room)
    reach(stage, "repeat_round", room)
    hasten(stage, lambda: directly(stage, team[0], "the one before it is still open"))
    between.press_in_form(team[1], "cancel_round")
    stage.workspace.remove_bot(room)
    reach(stage, "repeat_round", room)
    hasten(stage, lambda: directly(stage, team[0], "I'm not in the channel any more"))
    stage.workspace.invite_bot(room)
    for person in team[1:]:
        stage.workspace.leave(person.id, room)
    reach(stage, "repeat_round", room)
    hasten(stage, lambda: directly(stage, team[0], "fewer than 5 people in the channel"))
    assert len(directly(stage, team[0], "The next start stands")) == 3
    assert repeats(stage, room) == [(4, "quarter")]
    assert len(stage.said(room.id)) == 2


def test_one_that_is_late_starts_on_the_next_working_morning_and_once(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    assert isinstance(stage.clock, MovableClock)
    first = begin(stage, team, room)
    first.press_in_form(team[0], "cancel_round")
    start_of_it = planned(stage, "repeat_round", room)
    saturday = start_of_it + timedelta(days=7 + (5 - start_of_it.weekday()))
    stage.pass_to(saturday)
    hasten(stage, lambda: planned(stage, "repeat_round", room) > saturday + timedelta(hours=1))
    assert len(stage.said(room.id)) == 1
    second = next_round(stage, room, first)
    opened = stage.clock().astimezone(ZoneInfo("Europe/Berlin"))
    assert (opened.weekday(), opened.hour) == (0, 9)
    assert repeats(stage, room) == [(2, "quarter")]
    assert directly(stage, team[0], "and the next one starts") == []  # its time was over when it could be said
    second.press_in_form(team[0], "cancel_round")


def test_whoever_runs_the_last_one_runs_the_next_and_when_all_have_left_it_ends(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    first = begin(stage, team, room)
    first.manage(team[0], starter=team[5].id, co_facilitator=team[1].id)
    first.press_in_form(team[5], "cancel_round")
    stage.workspace.deactivate(team[5].id)
    announced(stage, team[1], room)
    second = next_round(stage, room, first)
    assert f"run by <@{team[1].id}>\n" in texts(second.parent) + "\n"
    second.press_in_form(team[1], "cancel_round")
    stage.workspace.deactivate(team[1].id)
    reach(stage, "repeat_round", room)
    hasten(stage, lambda: not repeats(stage, room))
    assert len(stage.said(room.id)) == 2


def test_administrators_are_told_once_that_a_check_ends_whose_runners_have_left(new_stage: NewStage) -> None:
    stage = new_stage()
    team = people(stage, 8)
    admins, gone = team[5:7], team[7]
    stage.settings = stage.settings.model_copy(update={"cco_admins": tuple(one.id for one in (*admins, gone))})
    stage.start_bot()
    room = channel(stage, *team)
    begin(stage, team, room).press_in_form(team[0], "cancel_round")
    for one in (team[0], gone):
        stage.workspace.deactivate(one.id)
    reach(stage, "repeat_round", room)
    hasten(stage, lambda: not repeats(stage, room))
    ended = "select 1 from due_actions where kind = ? and state = 'planned'"
    hasten(stage, lambda: not stage.rows(ended, "tell_of_repeat_s_end"))
    for admin in admins:
        (message,) = directly(stage, admin, "doesn't repeat any more")
        assert [(action, value) for action, value, _ in buttons(message)] == [("set_up_check", room.id)]
    assert directly(stage, gone, "doesn't repeat any more") == []
    form = stage.opened(admins[1], lambda: stage.press(admins[1], message, "set_up_check"))
    assert (form["callback_id"], chosen_channel(form)) == ("start_form", room.id)
