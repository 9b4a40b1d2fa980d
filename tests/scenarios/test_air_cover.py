"""Air cover in Slack: the owner's “I've got it”, and each thing that a sponsor may say."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.accountability.calendar.wall import START_OF_WORK, moment_of
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Commitment, Deed
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.nudges.people import Settings
from bot.accountability.nudges.store import PeopleStore
from bot.clock import MovableClock
from bot.workspace.records import Channel, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import channel, hasten, people, settled, written_to
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts
from tests.scenarios.standing import done_to, key_of, now_is, promise, series

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    """On a Monday morning, a week later each time."""
    assert isinstance(moving_stage.clock, MovableClock)
    move_to(moving_stage, working(moving_stage, weekday=0))
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    """Who leads, an owner, the sponsor."""
    return people(stage, 3)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    made = channel(stage, *team)
    series(stage, made, team[0], sponsor=team[2].id, sponsor_agreed=True)
    return made


def working(stage: Stage, weekday: int) -> datetime:
    """Ten o'clock in Berlin on the next such day of the week."""
    today = stage.clock().astimezone(BERLIN).date()
    days = (weekday - today.weekday()) % 7 or 7
    return moment_of(today + timedelta(days=days), START_OF_WORK.replace(hour=10), BERLIN)


def move_to(stage: Stage, at: datetime) -> None:
    stage.pass_to(at)


def message(stage: Stage, person: Person, words: str) -> Json:
    """The bot's direct message to somebody that says so, as soon as it is there."""
    return hasten(stage, lambda: [one for one in written_to(stage, person) if words in texts(one) + one["text"]])[-1]


def overdue(stage: Stage, owner: Person, room: Channel) -> tuple[Commitment, Json]:
    """Something that is about to be overdue for two weeks, and the warning.

    Its owner wants no reminders, whose place in their day it would have to wait for.
    """
    PeopleStore(stage.bots[-1].database).save_settings(key_of(stage), owner.id, Settings(muted=True))
    of = promise(stage, owner, room, days=1)
    move_to(stage, of.due + timedelta(weeks=2))
    warning = message(stage, owner, "about to ask")
    remembered = "select 1 from escalations where commitment_id = ? and warned_at is not null"
    hasten(stage, lambda: stage.rows(remembered, of.id))
    return of, warning


def question(stage: Stage, team: list[Person], room: Channel) -> tuple[Commitment, Json]:
    """A cry for help, and what the sponsor gets."""
    of = promise(stage, team[1], room, what="Agree owners for billing hand-offs")
    of = done_to(stage, deeds.need_help(of, of.owner, stage.clock(), "Two meetings with billing."))
    return of, message(stage, team[2], "One thing needs you")


def history(stage: Stage, of: Commitment) -> list[Deed]:
    return [one.deed for one in CommitmentStore(stage.bots[-1].database).changes(key_of(stage), of.id)]


def shows(stage: Stage, person: Person, ts: str, words: str) -> Json:
    return hasten(stage, lambda: [one for one in written_to(stage, person) if one["ts"] == ts and words in texts(one)])[
        0
    ]


def test_an_owner_who_has_got_it_calls_it_off(stage: Stage, team: list[Person], room: Channel) -> None:
    _, warning = overdue(stage, team[1], room)
    assert f"<@{team[2].id}>" in texts(warning)
    settled(stage, stage.press(team[1], warning, "call_off_air_cover"))
    shows(stage, team[1], warning["ts"], "Called off: it's yours")
    move_to(stage, stage.clock() + timedelta(hours=26))  # a working day later
    hasten(stage, lambda: not stage.bots[-1].schedule.is_due(["air_cover", "warn_of_air_cover"], stage.clock()))
    assert not [one for one in written_to(stage, team[2]) if "One thing needs you" in texts(one)]


def test_who_is_too_late_to_call_it_off_is_told_so(stage: Stage, team: list[Person], room: Channel) -> None:
    _, warning = overdue(stage, team[1], room)
    move_to(stage, stage.clock() + timedelta(hours=26))  # a working day later
    message(stage, team[2], "has been stuck for 2 weeks")
    refusal = stage.shown(team[1], lambda: stage.press(team[1], warning, "call_off_air_cover"))
    assert "asked already" in texts(refusal)


def test_what_is_done_needs_no_cover(stage: Stage, team: list[Person], room: Channel) -> None:
    of, warning = overdue(stage, team[1], room)
    settled(stage, stage.press(team[1], warning, "commitment_done"))
    shows(stage, team[1], warning["ts"], "marked this as done")
    assert not now_is(stage, of).is_live


def test_a_sponsor_who_steps_in_is_known_to_the_owner_and_the_facilitator(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of, asked = question(stage, team, room)
    assert "*What was tried:* Two meetings with billing." in texts(asked)
    assert "From the guidance: Political air cover" in texts(asked)
    settled(stage, stage.press(team[2], asked, "air_cover_step_in"))
    shows(stage, team[2], asked["ts"], "*You step in.*")
    for person in team[:2]:
        assert f"<@{team[2].id}> steps in where this is stuck" in texts(message(stage, person, "steps in"))
    assert history(stage, of)[-1] is Deed.STEP_IN


def test_a_sponsor_who_would_like_to_talk_writes_a_word_to_the_owner(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of, asked = question(stage, team, room)
    form = stage.opened(team[2], lambda: stage.press(team[2], asked, "air_cover_talk"))
    stage.workspace.submit(team[2].id, form["id"], {"in_air_cover_note": "Come & see me <!here>."})
    shows(stage, team[2], asked["ts"], "You'd like to talk about it")
    told = message(stage, team[1], "would like to talk with you")
    assert "Come &amp; see me &lt;!here&gt;." in texts(told)
    assert history(stage, of)[-1] is Deed.TALK


def test_a_word_that_is_too_long_is_refused_where_it_was_typed(stage: Stage, team: list[Person], room: Channel) -> None:
    _, asked = question(stage, team, room)
    form = stage.opened(team[2], lambda: stage.press(team[2], asked, "air_cover_talk"))
    answer = stage.workspace.submit(team[2].id, form["id"], {"in_air_cover_note": "x" * 501}) or {}
    assert "501 characters" in answer["errors"]["in_air_cover_note"]
    stage.workspace.close_view(team[2].id)


def test_not_now_is_told_to_the_owner_without_a_why_and_may_be_thought_over(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of, asked = question(stage, team, room)
    settled(stage, stage.press(team[2], asked, "air_cover_not_now"))
    rested = shows(stage, team[2], asked["ts"], "*You leave it for now.*")
    told = message(stage, team[1], "can't step in just now")
    assert "*Why:*" not in texts(told)
    settled(stage, stage.press(team[2], rested, "air_cover_step_in"))
    shows(stage, team[2], asked["ts"], "*You step in.*")
    assert history(stage, of)[-2:] == [Deed.NOT_NOW, Deed.STEP_IN]


def test_a_sponsor_takes_their_agreement_back_on_the_question_itself(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    _, asked = question(stage, team, room)
    told = stage.shown(team[2], lambda: stage.press(team[2], asked, "stop_air_cover"))
    assert "You no longer give air cover" in texts(told)
    assert stage.bots[-1].accountability.air_cover.asks(key_of(stage), room.id) == ""


def test_what_has_ended_meanwhile_needs_no_answer(stage: Stage, team: list[Person], room: Channel) -> None:
    of, asked = question(stage, team, room)
    done_to(stage, deeds.finish(of, of.owner, stage.clock()))
    refusal = stage.shown(team[2], lambda: stage.press(team[2], asked, "air_cover_step_in"))
    assert "done already" in texts(refusal)


def test_the_guidance_and_the_history_are_a_button_away(stage: Stage, team: list[Person], room: Channel) -> None:
    _, asked = question(stage, team, room)
    assert {words for _, _, words in buttons(asked)} >= {"I'll step in", "Talk to me", "Not now", "History", "Read on"}
    for action, words in (("more_detail", "Political air cover"), ("show_commitment", "asked for help")):
        shown = stage.opened(team[2], lambda action=action: stage.press(team[2], asked, action))  # type: ignore[misc]
        assert words in texts(shown) + str(shown["title"])
        stage.workspace.close_view(team[2].id)


def test_several_processes_of_which_one_dies_warn_once_and_ask_once(new_stage: NewStage) -> None:
    stage = new_stage()
    for _ in range(2):
        stage.start_bot()
    move_to(stage, working(stage, weekday=0))
    team = people(stage, 3)
    room = channel(stage, *team)
    series(stage, room, team[0], sponsor=team[2].id, sponsor_agreed=True)
    overdue(stage, team[1], room)
    stage.bots[0].ticker.stop(PATIENCE)
    stage.start_bot()
    move_to(stage, stage.clock() + timedelta(hours=26))
    message(stage, team[2], "has been stuck for 2 weeks")
    move_to(stage, stage.clock() + timedelta(weeks=4))
    nothing_due = ["air_cover", "warn_of_air_cover", "ask_for_air_cover"]
    hasten(stage, lambda: not stage.bots[-1].schedule.is_due(nothing_due, stage.clock()))
    for person, words in ((team[1], "about to ask"), (team[2], "One thing needs you")):
        assert sum(words in texts(one) for one in written_to(stage, person)) == 1
