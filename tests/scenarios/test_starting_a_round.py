"""Starting a readiness check: who, where, with whom, and what has to change first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.workspace.records import Channel, Delivery, Fault, Json, NotAllowed, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import (
    LONG,
    channel,
    confirm,
    filled_in,
    hasten,
    heard,
    people,
    resend,
    start,
    start_form,
    told,
)
from tests.scenarios.stage import PATIENCE, Stage, texts

LONG_WAIT = 6  # seconds: twice as long as Slack waits for an ack


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 7)


@pytest.fixture
def ana(team: list[Person]) -> Person:
    return team[0]


@pytest.fixture
def ben(team: list[Person]) -> Person:
    return team[1]


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def chosen_channel(form: Json) -> str:
    select = next(block["element"] for block in form["blocks"] if block.get("block_id") == "start_channel")
    return str(select.get("initial_conversation") or "")


def deadline_offered(form: Json) -> datetime:
    picker = next(block["element"] for block in form["blocks"] if block.get("block_id") == "start_deadline")
    return datetime.fromtimestamp(picker["initial_date_time"], UTC)


def at(stage: Stage, **span: float) -> int:
    return int((stage.clock() + timedelta(**span)).timestamp())


def rounds_in(stage: Stage, room: Channel) -> list[Any]:
    return stage.rows("select id, asked from rounds where channel_id = ?", room.id)


def submitted(stage: Stage) -> Delivery:
    return stage.delivery("view_submission")


# How


def test_the_command_opens_the_form_for_its_channel(stage: Stage, ana: Person, room: Channel) -> None:
    form = start_form(stage, ana, room)
    assert (form["callback_id"], chosen_channel(form)) == ("start_form", room.id)


def test_the_command_in_a_direct_message_leaves_the_channel_open(stage: Stage, ana: Person) -> None:
    form = stage.opened(ana, lambda: stage.workspace.command(ana.id, stage.dm(ana), "/cco", "check"))
    assert (form["callback_id"], chosen_channel(form)) == ("start_form", "")


def test_the_global_shortcut_leaves_the_channel_open(stage: Stage, ana: Person) -> None:
    form = stage.opened(ana, lambda: stage.workspace.shortcut(ana.id, "run_check"))
    assert (form["callback_id"], chosen_channel(form)) == ("start_form", "")


def test_the_shortcut_on_a_message_opens_the_form_for_its_channel(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    message = stage.workspace.say(ben.id, room.id, "Do we need a CCO?")
    form = stage.opened(ana, lambda: stage.workspace.shortcut(ana.id, "run_check_here", message))
    assert (form["callback_id"], chosen_channel(form)) == ("start_form", room.id)


def test_a_mention_is_answered_in_the_thread_with_a_button(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    offer = stage.mention(ana, room, "run the readiness check")
    form = stage.opened(ben, lambda: stage.press(ben, offer, "set_up_check"))
    assert (form["callback_id"], chosen_channel(form)) == ("start_form", room.id)


def test_the_deadline_offered_is_at_five_in_the_starter_s_own_zone(stage: Stage, ana: Person, room: Channel) -> None:
    form = start_form(stage, ana, room)
    offered = deadline_offered(form)
    assert offered.hour in (15, 16)  # in Berlin 17:00
    assert timedelta(days=2) < offered - stage.clock() < timedelta(days=7)


def test_a_public_holiday_of_the_country_in_the_settings_is_no_working_day(new_stage: NewStage) -> None:
    stage = new_stage()
    stage.settings = stage.settings.model_copy(update={"cco_country": "DE"})
    now = stage.clock()
    eve = datetime(now.year + (now.month == 12), 12, 23, 12, tzinfo=UTC)
    assert isinstance(stage.clock, MovableClock)
    stage.clock.move_to(eve)
    stage.start_bot()
    ana, *others = people(stage, 5)
    offered = deadline_offered(start_form(stage, ana, channel(stage, ana, *others)))
    days = [(eve + timedelta(days=n)).date() for n in range(1, (offered.date() - eve.date()).days + 1)]
    christmas = {(12, 25), (12, 26)}
    assert sum(day.weekday() < 5 and (day.month, day.day) not in christmas | {(1, 1)} for day in days) == 3


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_the_form_opens_in_time_though_slack_tells_nothing_of_who_opens_it(
    stage: Stage, ana: Person, room: Channel
) -> None:
    stage.workspace.faults.append(Fault("users.info", status=429, retry_after=LONG_WAIT))
    form = start_form(stage, ana, room)
    assert form["callback_id"] == "start_form"
    assert deadline_offered(form).hour == 17  # in UTC


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_an_admin_of_whom_slack_tells_nothing_just_now_is_asked_to_try_again(new_stage: NewStage) -> None:
    stage = new_stage()
    stage.settings = stage.settings.model_copy(update={"cco_check_starters": ("admins",)})
    stage.start_bot()
    (ana,) = people(stage, 1, is_admin=True)
    room = channel(stage, ana)
    stage.workspace.faults.append(Fault("users.info", status=429, retry_after=LONG_WAIT))
    refusal = stage.shown(ana, lambda: stage.workspace.command(ana.id, room.id, "/cco", "check"))
    assert "Try again in a moment" in texts(refusal)
    assert "Only some people" not in texts(refusal)
    assert start_form(stage, ana, room)["callback_id"] == "start_form"


# What has to change first


@pytest.mark.parametrize(
    ("span", "values", "field", "words"),
    [
        ({"minutes": -5}, {}, "start_deadline", "That is over"),
        ({"minutes": 2}, {}, "start_deadline", "almost"),
        ({"days": 91}, {}, "start_deadline", "too far away"),
        ({"days": 3}, {"smallest": "2"}, "start_smallest", "3 or more"),
        ({"days": 3}, {"smallest": "2.5"}, "start_smallest", "whole number"),
        ({"days": 3}, {"smallest": "five"}, "start_smallest", "enter a number"),
        ({"days": 3}, {"smallest": "100000"}, "start_smallest", "whole number from 3 to"),
        ({"days": 3}, {"anonymity": "anonymous", "shown": "live"}, "start_shown", "a round with names"),
        ({"days": 3}, {"audience": "chosen", "people": []}, "start_people", "Choose who is asked"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_that_was_typed_stays(
    stage: Stage, ana: Person, room: Channel, span: dict[str, float], values: Json, field: str, words: str
) -> None:
    form = start_form(stage, ana, room)
    given = {f"start_{name}": value for name, value in values.items()}
    answer = stage.workspace.submit(ana.id, form["id"], {"start_deadline": at(stage, **span), **given}) or {}
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == [field]
    assert words in answer["errors"][field]
    assert stage.workspace.views(ana.id) == [form]


@pytest.mark.parametrize("typed", ["2", "0", "-5", "five", "3.5", "", None, "9" * 40])
def test_a_client_that_checks_no_number_gets_the_same_answer(
    stage: Stage, ana: Person, room: Channel, typed: str | None
) -> None:
    filled_in(stage, ana, room)

    def mistyped(payload: Json) -> None:
        payload["view"]["state"]["values"]["start_smallest"]["input"]["value"] = typed

    answer = resend(stage, submitted(stage), mistyped).answer or {}
    assert list(answer["errors"]) == ["start_smallest"]


def test_a_form_without_a_deadline_or_a_channel_says_so(stage: Stage, ana: Person, room: Channel) -> None:
    filled_in(stage, ana, room)

    def emptied(payload: Json) -> None:
        values = payload["view"]["state"]["values"]
        values["start_deadline"]["input"]["selected_date_time"] = None
        values["start_channel"]["input"]["selected_conversation"] = None

    answer = resend(stage, submitted(stage), emptied).answer or {}
    assert sorted(answer["errors"]) == ["start_channel", "start_deadline"]


def test_the_confirmation_says_how_many_people_and_messages(stage: Stage, ana: Person, room: Channel) -> None:
    confirmation = filled_in(stage, ana, room, check=LONG)
    assert "asks *7 people* and posts *12 messages*" in texts(confirmation)
    assert stage.said(room.id) == []
    assert rounds_in(stage, room) == []


def test_going_back_leads_to_the_form_as_it_was(stage: Stage, ana: Person, room: Channel) -> None:
    filled_in(stage, ana, room)
    stage.workspace.close_view(ana.id)
    (form,) = stage.workspace.views(ana.id)
    assert form["callback_id"] == "start_form"


def test_too_few_people_for_an_anonymous_round_are_told_with_what_to_do(stage: Stage, team: list[Person]) -> None:
    small = channel(stage, *team[:4])
    refusal = texts(filled_in(stage, team[0], small))
    assert "This would ask 4 people, and an anonymous result takes at least 5." in refusal
    assert stage.workspace.views(team[0].id)[0]["callback_id"] == "start_form"


@pytest.mark.parametrize("values", [{"smallest": "4"}, {"anonymity": "named"}])
def test_few_people_are_enough_for_a_smaller_group_or_with_names(
    stage: Stage, team: list[Person], values: Json
) -> None:
    small = channel(stage, *team[:4])
    assert "asks *4 people*" in texts(filled_in(stage, team[0], small, **values))


def test_a_channel_without_the_bot_says_to_invite_it(stage: Stage, team: list[Person]) -> None:
    elsewhere = channel(stage, *team, with_bot=False)
    assert "invite" in texts(filled_in(stage, team[0], elsewhere)).lower()


@pytest.mark.parametrize("refusals", [{"channel_not_found"}])
def test_a_private_channel_without_the_bot_says_to_invite_it(stage: Stage, team: list[Person], room: Channel) -> None:
    hidden = stage.workspace.add_channel("board", [one.id for one in team], private=True)
    assert "invite" in texts(filled_in(stage, team[0], room, channel=hidden.id)).lower()


def test_an_archived_channel_takes_no_round(stage: Stage, team: list[Person], room: Channel) -> None:
    closed = channel(stage, *team)
    stage.workspace.archive(closed)
    refusal = filled_in(stage, team[0], room, channel=closed.id)
    assert refusal["callback_id"] != "start_confirmation"
    assert f"<#{closed.id}>" in texts(refusal)


def test_somebody_outside_the_channel_is_told_to_join_first(stage: Stage, team: list[Person], room: Channel) -> None:
    theirs = channel(stage, *team[1:])
    assert "You aren't in" in texts(filled_in(stage, team[0], room, channel=theirs.id))


# Once


def test_a_second_start_points_to_the_first(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    poll = start(stage, ana, room)
    refusal = texts(filled_in(stage, ben, room))
    assert "is open" in refusal
    assert f"/p{poll.ts.replace('.', '')}" in refusal


def test_another_check_may_run_beside_it(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    start(stage, ana, room)
    assert "asks *7 people*" in texts(filled_in(stage, ben, room, check="well-oiled"))


def test_of_two_who_start_at_once_one_does(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    drafts = {one: filled_in(stage, one, room) for one in (ana, ben)}
    answers = [confirm(stage, one, draft) or {} for one, draft in drafts.items()]
    assert [answer["response_action"] for answer in answers] == ["clear", "push"]
    assert "is open" in texts(answers[1]["view"])
    assert len(rounds_in(stage, room)) == 1
    hasten(stage, lambda: len(stage.said(room.id)) == 1)


def test_of_two_who_press_start_at_the_very_same_time_one_does(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    drafts = {one: filled_in(stage, one, room) for one in (ana, ben)}
    together = Barrier(2)

    def press(one: Person) -> Json:
        together.wait(PATIENCE)
        return confirm(stage, one, drafts[one]) or {}

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, drafts))
    assert sorted(answer["response_action"] for answer in answers) == ["clear", "push"]
    (refused,) = [answer for answer in answers if answer["response_action"] == "push"]
    assert "is open" in texts(refused["view"])
    assert len(rounds_in(stage, room)) == 1
    hasten(stage, lambda: len(stage.said(room.id)) == 1)


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_a_second_start_is_refused_in_time_though_slack_gives_no_link_to_the_first(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    draft = filled_in(stage, ben, room)
    start(stage, ana, room)
    stage.workspace.faults.append(Fault("chat.getPermalink", status=429, retry_after=LONG_WAIT))
    answer = confirm(stage, ben, draft) or {}
    assert "is open" in texts(answer["view"])
    assert "Go to it" not in texts(answer["view"])


def test_start_pressed_on_two_devices_at_the_same_moment_makes_one_round(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    drafts = [filled_in(stage, one, room) for one in (ana, ben)]
    confirm(stage, ana, drafts[0])
    press = submitted(stage)
    with stage.workspace.lock:
        copies = [stage.again(press) for _ in range(3)]
    stage.workspace.wait_for(lambda: all(one.is_settled for one in copies), PATIENCE)
    assert [(one.answer or {}).get("response_action") for one in copies] == ["clear"] * 3
    assert len(rounds_in(stage, room)) == 1


def test_the_draft_of_somebody_else_can_t_be_started(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    of_ana, of_ben = filled_in(stage, ana, room), filled_in(stage, ben, room)
    stage.workspace.modals[ben.id][-1]["private_metadata"] = of_ana["private_metadata"]
    answer = confirm(stage, ben, of_ben) or {}
    assert "too old" in texts(answer["view"])
    assert rounds_in(stage, room) == []


# Who may


@pytest.mark.parametrize("starters", [("admins",), "ids"])
def test_only_those_who_may_start_a_round_get_the_form(new_stage: NewStage, starters: Any) -> None:
    stage = new_stage()
    (ana,), (ben,) = people(stage, 1, is_admin=True), people(stage, 1)
    named = (ana.id,) if starters == "ids" else starters
    stage.settings = stage.settings.model_copy(update={"cco_check_starters": named})
    stage.start_bot()
    room = channel(stage, ana, ben)
    assert start_form(stage, ana, room)["callback_id"] == "start_form"
    refusal = stage.shown(ben, lambda: stage.workspace.command(ben.id, room.id, "/cco", "check"))
    assert "Only some people here may start a check" in texts(refusal)
    assert stage.workspace.views(ben.id) == []


def test_a_workspace_admin_is_nobody_special_where_people_are_named(new_stage: NewStage) -> None:
    stage = new_stage()
    (ana,), (ben,) = people(stage, 1, is_admin=True), people(stage, 1)
    stage.settings = stage.settings.model_copy(update={"cco_check_starters": (ben.id,)})
    stage.start_bot()
    room = channel(stage, ana, ben)
    stage.workspace.command(ana.id, room.id, "/cco", "check")
    assert "Only some people here may start a check" in texts(told(stage, ana, "Only some people"))


def test_another_company_s_person_has_no_way_to_start_one(stage: Stage, ana: Person, room: Channel) -> None:
    (eve,) = people(stage, 1, team_id="T0THEIRS1")
    stage.workspace.share(room, eve.id)
    with pytest.raises(NotAllowed):
        stage.workspace.command(eve.id, room.id, "/cco", "check")
    offer = stage.mention(ana, room, "run the readiness check")
    stage.press(eve, offer, "set_up_check")
    told(stage, eve, "Only some people here may start a check")
    assert stage.workspace.views(eve.id) == []


# Whom it asks


def test_bots_those_who_left_and_other_companies_are_left_out_and_guests_asked(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    (robot,), (gone, guest), (eve,) = (
        people(stage, 1, is_bot=True),
        people(stage, 2, is_guest=True),
        people(stage, 1, team_id="T0THEIRS1"),
    )
    for one in (robot, gone, guest):
        stage.workspace.join(one.id, room)
    stage.workspace.share(room, eve.id)
    stage.workspace.deactivate(gone.id)
    poll = start(stage, team[0], room)
    asked = {user for (user,) in stage.rows("select user_id from round_audience where round_id = ?", poll.id)}
    assert asked == {one.id for one in team} | {guest.id}


def test_of_those_chosen_only_who_can_be_asked_is_and_the_rest_is_told(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    (outside,) = people(stage, 1)
    chosen = [one.id for one in team[:5]]
    confirmation = texts(filled_in(stage, team[0], room, audience="chosen", people=[*chosen, outside.id]))
    assert "asks *5 people*" in confirmation
    assert "1 of those you chose can't be asked and is left out" in confirmation


def test_a_starter_need_not_be_asked(stage: Stage, team: list[Person], room: Channel) -> None:
    chosen = [one.id for one in team[1:]]
    assert "asks *6 people*" in texts(filled_in(stage, team[0], room, audience="chosen", people=chosen))


def test_who_joins_later_is_not_asked(stage: Stage, ana: Person, room: Channel) -> None:
    poll = start(stage, ana, room)
    (late,) = people(stage, 1)
    stage.workspace.join(late.id, room)
    poll.vote(late, 1, "Yes")
    told(stage, late, "you aren't among them")
    assert heard(stage, late, "Saved") == []


def test_a_channel_of_five_thousand_is_asked_within_slack_s_limits(new_stage: NewStage) -> None:
    stage = new_stage(rate_limits=True)
    stage.start_bot()
    crowd = people(stage, 5_000)
    room = channel(stage, *crowd)
    before = len(stage.workspace.calls)
    confirmation = filled_in(stage, crowd[0], room)
    assert "asks *5000 people*" in texts(confirmation)
    made = [call.method for call in stage.workspace.calls[before:]]
    assert {name: made.count(name) for name in ("conversations.members", "users.list")} == {
        "conversations.members": 26,  # the bot is a member, too
        "users.list": 11,
    }
    assert made.count("users.info") <= 2
    confirm(stage, crowd[0], confirmation)
    assert [asked for _, asked in rounds_in(stage, room)] == [5_000]
