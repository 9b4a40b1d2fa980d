"""Setting up a series of sessions, looking at it, and what becomes of its sponsor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.accountability.sessions.later import OPEN, POST_AGENDA
from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import channel, hasten, people, settled, told, written_to
from tests.scenarios.series import (
    announced,
    confirmation,
    form,
    in_days,
    made,
    managed,
    now_is,
    overview,
    pressed,
    saved,
    set_up,
    submitted,
)
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts

STARTS = "sessions for the customer agenda"


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    """Who leads, the sponsor, and two more."""
    return people(stage, 4)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def planned(stage: Stage, series_id: str, kind: str) -> list[str]:
    rows = stage.rows("select occurrence from due_actions where subject = ? and kind = ?", series_id, kind)
    return sorted(row[0] for row in rows)


def series_in(stage: Stage, room: Channel) -> list[str]:
    return [row[0] for row in stage.rows("select id from session_series where channel_id = ?", room.id)]


def all_done(stage: Stage, series_id: str) -> bool:
    """Has everybody been told who is to be?"""
    told = "kind in ('ask_sponsor', 'tell_leader', 'announce_series')"
    return not stage.rows(f"select 1 from due_actions where state = 'planned' and subject = ? and {told}", series_id)


def asked(stage: Stage, sponsor: Person) -> Json:
    """The question whether they give air cover, as it stands now."""
    return hasten(stage, lambda: written_to(stage, sponsor))[-1]


# Setting it up


def test_it_is_said_in_words_what_it_will_be_before_anything_is_saved(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, sponsor = team[:2]
    day = in_days(stage, 3)
    confirmed = confirmation(
        stage, host, form(stage, host, room), purpose="To move on", cadence="two_weeks", day=day, time="09:30",
        zone="berlin", minutes="30", sponsor=sponsor.id, digests=["weekly", "monthly"], country="de",
    )  # fmt: skip
    words = texts(confirmed)
    assert "Every two weeks on " in words
    assert "at 09:30 (Europe/Berlin), 30 minutes" in words
    assert words.count("• <!date^") == 3
    assert f"<@{sponsor.id}> is asked whether they agree" in words
    assert "public holidays of DE don't count" in words
    assert series_in(stage, room) == []
    of = made(stage, host, confirmed)
    assert (of.name, of.purpose, of.country) == ("Customer accountability session", "To move on", "DE")
    assert (of.weekly_digest, of.monthly_digest, of.sponsor_agreed) == (True, True, False)
    assert planned(stage, of.id, OPEN)[0] == day
    assert planned(stage, of.id, OPEN) == planned(stage, of.id, POST_AGENDA)
    assert f"led by <@{host.id}>" in texts(announced(stage, room, STARTS))


def test_whoever_asks_sees_the_series_of_the_channel(stage: Stage, team: list[Person], room: Channel) -> None:
    of = set_up(stage, team[0], room, name="Customer hour", sponsor=team[1].id)
    shown = overview(stage, team[2], room)
    words = texts(shown)
    assert "*Customer hour*" in words
    assert "Every week on Tuesday at 10:00 (Europe/Berlin), 45 minutes" in words
    assert words.count("• <!date^") == 3
    assert f"Led by <@{team[0].id}>; sponsor <@{team[1].id}>, who hasn't agreed" in words
    assert [pressable[2] for pressable in buttons(shown)] == ["Manage", "Skip the next", "Calendar", "New series"]
    assert dict(pressable[:2] for pressable in buttons(shown))["manage_series"] == of.id


def test_a_channel_may_have_several(stage: Stage, team: list[Person], room: Channel) -> None:
    set_up(stage, team[0], room, name="Customer hour")
    shown = overview(stage, team[2], room)
    opened = stage.opened(team[2], lambda: stage.press(team[2], shown, "new_series"))
    saved(stage, team[2], confirmation(stage, team[2], opened, name="Board review", cadence="quarterly"))
    words = texts(overview(stage, team[0], room))
    assert words.index("*Customer hour*") < words.index("*Board review*")


def test_saving_twice_makes_one(stage: Stage, team: list[Person], room: Channel) -> None:
    confirmed = confirmation(stage, team[0], form(stage, team[0], room), sponsor=team[1].id)
    made(stage, team[0], confirmed)
    submission = next(one for one in reversed(stage.workspace.deliveries) if one.payload.get("view"))
    for copy in [stage.again(submission) for _ in range(2)]:
        assert settled(stage, copy).answer["view"]["title"]["text"] == "Saved"  # type: ignore[index]
    assert len(series_in(stage, room)) == 1
    announced(stage, room, STARTS)
    asked(stage, team[1])
    hasten(stage, lambda: all_done(stage, confirmed["private_metadata"]))
    assert len([one for one in stage.said(room.id) if STARTS in texts(one)]) == 1
    assert len(written_to(stage, team[1])) == 1


def test_what_is_to_be_told_of_a_saved_series_is_told_after_a_restart(new_stage: NewStage) -> None:
    stage = new_stage()
    stage.start_bot().ticker.stop(PATIENCE)  # it dies with the series saved and nothing said
    host, sponsor = people(stage, 2)
    room = channel(stage, host, sponsor)
    of = made(stage, host, confirmation(stage, host, form(stage, host, room), sponsor=sponsor.id))
    assert stage.said(room.id) == written_to(stage, sponsor) == []
    stage.start_bot()
    announced(stage, room, STARTS)
    asked(stage, sponsor)
    hasten(stage, lambda: all_done(stage, of.id))
    assert (len(stage.said(room.id)), len(written_to(stage, sponsor))) == (1, 1)


def test_all_that_is_wrong_is_said_where_it_stands_and_what_was_typed_is_kept(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    (guest,) = people(stage, 1, is_guest=True)
    opened = form(stage, team[0], room)
    answer = submitted(
        stage, team[0], opened, cadence="written", rhythm="FREQ=SECONDLY", day="2020-01-07", zone="Mars/Olympus",
        minutes="45", country="Narnia", facilitator=guest.id, sponsor=stage.workspace.team.bot_user,
        digests=[],
    )  # fmt: skip
    errors = (answer or {})["errors"]
    assert {name: sentence.split(".")[0] for name, sentence in errors.items()} == {
        "in_series_rhythm": "A series has one session a day at most, at a time of its own; write FREQ=WEEKLY, say",
        "in_series_day": "Tuesday 7 January 2020 is over",
        "in_series_zone": "There is no time zone “Mars/Olympus”; write one such as Europe/Berlin or America/New_York",
        "in_series_country": "“NARNIA” is no country I know holidays of",
        "in_series_facilitator": "They are a guest here, so they can't lead",
        "in_series_sponsor": "That is an app, and to sponsor takes a person",
    }
    assert stage.workspace.views(team[0].id)[-1]["id"] == opened["id"]
    assert series_in(stage, room) == []


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"is_deleted": True}, "They have left this workspace"),
        ({"team_id": "T0OTHER"}, "They are of another company"),
        ({"is_guest": True}, "They are a guest here"),
    ],
)
def test_somebody_who_can_t_lead_or_sponsor_is_named_at_the_field(
    stage: Stage, team: list[Person], room: Channel, flags: dict[str, object], words: str
) -> None:
    (other,) = people(stage, 1, **flags)
    opened = form(stage, team[0], room)
    answer = submitted(stage, team[0], opened, sponsor=other.id)
    assert words in (answer or {})["errors"]["in_series_sponsor"]
    answer = submitted(stage, team[0], opened, facilitator=other.id)
    assert words in (answer or {})["errors"]["in_series_facilitator"]


@pytest.mark.parametrize("refusals", [{"internal_error"}])
def test_where_slack_does_not_say_who_somebody_is_next_can_be_pressed_again(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    opened = form(stage, team[0], room)
    stage.workspace.faults.append(Fault("users.info", status=500, error="internal_error"))
    answer = submitted(stage, team[0], opened, sponsor=team[1].id)
    assert "Slack didn't tell me who that is" in (answer or {})["errors"]["in_series_sponsor"]
    assert (submitted(stage, team[0], opened, sponsor=team[1].id) or {})["response_action"] == "push"


def test_without_the_bot_in_the_channel_it_says_how_to_invite_it(stage: Stage, team: list[Person]) -> None:
    elsewhere = channel(stage, *team, with_bot=False)
    stage.workspace.command(team[0].id, elsewhere.id, "/cco", "session")
    assert "/invite" in texts(told(stage, team[0], "I'm not in"))
    assert stage.workspace.views(team[0].id) == []


def test_the_shortcut_asks_for_the_channel_and_takes_one_where_both_are(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    without_bot, without_host = channel(stage, team[0], with_bot=False), channel(stage, team[1])
    opened = stage.opened(team[0], lambda: stage.workspace.shortcut(team[0].id, "set_up_sessions"))
    for chosen, words in ((without_bot, "Invite me there"), (without_host, "You aren't in that channel yourself")):
        answer = submitted(stage, team[0], opened, channel=chosen.id)
        assert words in (answer or {})["errors"]["in_series_channel"]
    saved(stage, team[0], confirmation(stage, team[0], opened, channel=room.id))
    assert len(series_in(stage, room)) == 1


def test_in_a_direct_message_it_asks_for_the_channel_too(stage: Stage, team: list[Person]) -> None:
    dm = stage.dm(team[0])
    opened = stage.opened(team[0], lambda: stage.workspace.command(team[0].id, dm, "/cco", "session"))
    assert "in_series_channel" in str(opened["blocks"])


# The sponsor


def test_a_sponsor_is_asked_agrees_and_may_take_it_back(stage: Stage, team: list[Person], room: Channel) -> None:
    host, sponsor = team[:2]
    of = set_up(stage, host, room, sponsor=sponsor.id)
    question = asked(stage, sponsor)
    assert f"<@{host.id}> would like you to be" in texts(question)
    assert "at most once a week" in texts(question)
    pressed(stage, sponsor, question, "sponsor_agrees")
    assert now_is(stage, of.id).asks == sponsor.id
    hasten(stage, lambda: "You give air cover" in texts(asked(stage, sponsor)))
    assert "who has agreed to give air cover" in texts(overview(stage, host, room))
    shown = overview(stage, sponsor, room)
    pressed(stage, sponsor, shown, "stop_air_cover")
    told(stage, sponsor, "You no longer give air cover")
    assert now_is(stage, of.id).asks == ""
    pressed(stage, sponsor, told(stage, sponsor, "You no longer give air cover"), "give_air_cover")
    assert now_is(stage, of.id).asks == sponsor.id


def test_a_sponsor_who_says_not_now_is_asked_for_nothing_and_may_agree_later(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of = set_up(stage, team[0], room, sponsor=team[1].id)
    press = pressed(stage, team[1], asked(stage, team[1]), "sponsor_not_now")
    settled(stage, stage.again(press))
    hasten(stage, lambda: "I ask you for nothing" in texts(asked(stage, team[1])))
    assert now_is(stage, of.id).version == 1
    pressed(stage, team[1], asked(stage, team[1]), "sponsor_agrees")
    assert now_is(stage, of.id).asks == team[1].id


def test_nobody_answers_for_the_sponsor(stage: Stage, team: list[Person], room: Channel) -> None:
    of = set_up(stage, team[0], room, sponsor=team[1].id)
    press = stage.press(team[1], overview(stage, team[1], room), "give_air_cover")
    settled(stage, press)
    made_up = {**press.payload, "user": {**press.payload["user"], "id": team[2].id}}
    made_up["actions"] = [{**press.payload["actions"][0], "action_id": "stop_air_cover"}]
    stage.again(replace(press, payload=made_up))
    told(stage, team[1], "Only the sponsor can agree")
    assert now_is(stage, of.id).asks == team[1].id


def test_whoever_names_themselves_is_not_asked(stage: Stage, team: list[Person], room: Channel) -> None:
    of = set_up(stage, team[0], room, facilitator=team[1].id, sponsor=team[0].id)
    assert of.asks == team[0].id
    hasten(stage, lambda: [one for one in written_to(stage, team[1]) if "You lead" in texts(one)])
    assert written_to(stage, team[0]) == []


@pytest.mark.parametrize("refusals", [{"cannot_dm_bot"}])
def test_a_sponsor_who_takes_no_messages_stays_unasked(stage: Stage, team: list[Person], room: Channel) -> None:
    stage.workspace.faults.append(Fault("chat.postMessage", error="cannot_dm_bot"))
    of = made(stage, team[0], confirmation(stage, team[0], form(stage, team[0], room), sponsor=team[1].id))
    hasten(stage, lambda: all_done(stage, of.id))
    assert now_is(stage, of.id).asks == ""


# Who may


def test_others_are_told_whom_to_ask(stage: Stage, team: list[Person], room: Channel) -> None:
    set_up(stage, team[0], room)
    shown = overview(stage, team[2], room)
    for action in ("manage_series", "skip_session"):
        stage.press(team[2], shown, action)
        assert f"<@{team[0].id}>, who leads it" in texts(told(stage, team[2], "is for"))
        stage.workspace.ephemerals(team[2].id).clear()
    assert stage.workspace.views(team[2].id) == []


def test_administrators_may_of_the_settings_and_of_slack(new_stage: NewStage) -> None:
    stage = new_stage()
    host, named, other = people(stage, 3)
    (admin,) = people(stage, 1, is_admin=True)
    stage.settings = stage.settings.model_copy(update={"cco_admins": (named.id,)})
    stage.start_bot()
    room = channel(stage, host, named, other, admin)
    set_up(stage, host, room)
    for person in (named, admin):
        assert managed(stage, person, room)["callback_id"] == "manage_series_form"
