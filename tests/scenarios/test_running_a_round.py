"""Running a readiness check: extending, handing over, closing, cancelling, and reminding who has not answered."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.workspace.records import Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import (
    YES,
    Poll,
    channel,
    hasten,
    pass_time,
    people,
    resend,
    start,
    told,
    written_to,
)
from tests.scenarios.stage import PATIENCE, Stage, texts

DAY = 86_400
HALF_TIME, LAST_CALL = "Half of its time has passed", "This is the last reminder"


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 6)


def begin(stage: Stage, team: list[Person], days: int = 4, **values: object) -> Poll:
    """A round that closes in so many days."""
    return start(stage, team[0], channel(stage, *team), deadline=in_days(stage, days), **values)


def in_days(stage: Stage, days: float) -> int:
    return int(stage.clock().timestamp() + days * DAY)


def state(poll: Poll) -> Json:
    found = poll.stage.rows(
        "select deadline, closed_at, cancelled, starter, co_facilitator from rounds where id = ?", poll.id
    )
    return dict(zip(("deadline", "closed_at", "cancelled", "starter", "co_facilitator"), found[0], strict=True))


def deadline(poll: Poll) -> int:
    return int(datetime.fromisoformat(state(poll)["deadline"]).replace(tzinfo=UTC).timestamp())


def reminders(stage: Stage, person: Person, words: str = "You haven't answered yet") -> list[Json]:
    return [message for message in written_to(stage, person) if words in texts(message)]


def settle(stage: Stage) -> None:
    """All that is due by now is done."""

    def nothing_due() -> bool:
        soon = (stage.clock() + timedelta(minutes=2)).isoformat()
        return not stage.rows("select 1 from due_actions where state = 'planned' and due_at < ?", soon)

    hasten(stage, nothing_due)


# Who may


def test_only_those_who_run_it_get_the_form_and_all_others_are_told_whom_to_ask(
    stage: Stage, team: list[Person]
) -> None:
    poll = begin(stage, team, co_facilitator=team[1].id)
    for allowed in team[:2]:
        assert poll.managed(allowed)["callback_id"] == "manage_form"
        stage.workspace.close_view(allowed.id)
    stage.press(team[2], poll.parent, "manage_round")
    refusal = texts(told(stage, team[2], "isn't yours to change"))
    assert f"<@{team[0].id}>" in refusal
    assert f"<@{team[1].id}>" in refusal
    assert stage.workspace.views(team[2].id) == []


@pytest.mark.parametrize("action", ["close_round", "cancel_round"])
def test_a_press_that_was_made_up_changes_nothing(stage: Stage, team: list[Person], action: str) -> None:
    poll = begin(stage, team)
    press = stage.press(team[0], poll.parent, "manage_round")

    def made_up(payload: Json) -> None:
        payload["user"]["id"] = team[1].id
        payload["actions"][0] |= {"action_id": action, "action_ts": stage.workspace.next_ts()}

    resend(stage, press, made_up)
    told(stage, team[0], "isn't yours to change")  # where the press came from
    assert state(poll)["closed_at"] is None


def test_a_form_of_somebody_who_runs_it_no_more_changes_nothing_any_more(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team, co_facilitator=team[1].id)
    form = poll.managed(team[1])
    poll.manage(team[0], starter=team[2].id, co_facilitator=None)
    handed_over = state(poll)
    answer = stage.workspace.submit(team[1].id, form["id"], {"manage_starter": team[1].id})
    assert "isn't yours to change" in str(answer)
    assert state(poll) == handed_over


def test_an_admin_of_the_settings_may_run_every_round(new_stage: NewStage) -> None:
    stage = new_stage()
    team = people(stage, 6)
    stage.settings = stage.settings.model_copy(update={"cco_admins": (team[5].id,)})
    stage.start_bot()
    poll = begin(stage, team)
    poll.press_in_form(team[5], "cancel_round")
    assert state(poll)["cancelled"]


# Extending, handing over, ending


def test_extending_moves_the_close_and_the_reminders(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team, days=4)
    wanted = in_days(stage, 10)
    assert poll.manage(team[0], deadline=wanted) is None
    assert deadline(poll) == wanted
    pass_time(stage, days=4.5)
    settle(stage)
    assert state(poll)["closed_at"] is None
    assert reminders(stage, team[1]) == []
    pass_time(stage, days=1)  # half of the whole time
    hasten(stage, lambda: all(reminders(stage, one, HALF_TIME) for one in team))
    settle(stage)
    pass_time(stage, days=5)
    assert "Nothing can be shown" in texts(poll.results()[0])


@pytest.mark.parametrize(("days", "words"), [(2, "can only move to later"), (100, "too far away")])
def test_a_deadline_that_can_t_be_is_said_at_its_field(stage: Stage, team: list[Person], days: int, words: str) -> None:
    poll = begin(stage, team)
    before = deadline(poll)
    answer = poll.manage(team[0], deadline=in_days(stage, days)) or {}
    assert words in answer["errors"]["manage_deadline"]
    assert deadline(poll) == before


def test_a_form_saved_as_it_was_changes_nothing(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    before = state(poll)
    assert poll.manage(team[0]) is None
    assert state(poll) == before


def test_who_it_is_handed_to_runs_it_and_nobody_else(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    poll.manage(team[0], starter=team[1].id, co_facilitator=team[2].id)
    assert (state(poll)["starter"], state(poll)["co_facilitator"]) == (team[1].id, team[2].id)
    hasten(stage, lambda: f"run by <@{team[1].id}> and <@{team[2].id}>" in texts(poll.parent))
    for allowed in team[1:3]:
        assert poll.managed(allowed)["callback_id"] == "manage_form"


@pytest.mark.parametrize("refusals", [{"ratelimited"}])
def test_handing_over_while_slack_tells_of_nobody_says_at_the_field_to_save_again(
    stage: Stage, team: list[Person]
) -> None:
    poll = begin(stage, team)
    form = poll.managed(team[0])
    stage.workspace.faults.append(Fault("users.info", status=429, retry_after=6))
    answer = stage.workspace.submit(team[0].id, form["id"], {"manage_starter": team[1].id}) or {}
    assert "Press Save again" in answer["errors"]["manage_starter"]
    assert state(poll)["starter"] == team[0].id
    assert stage.workspace.submit(team[0].id, form["id"], {"manage_starter": team[1].id}) is None
    assert state(poll)["starter"] == team[1].id


def test_closing_early_shows_the_results_and_takes_no_more_votes(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    for voter in team:
        poll.vote(voter, 1, YES)
    (results, *_) = poll.close(team[0])
    assert "6 of 6 people" in texts(results)
    hasten(stage, lambda: "*Closed*" in texts(poll.parent))
    hasten(stage, lambda: all("This round is closed" in texts(one) for one in poll.statements))
    pass_time(stage, days=5)
    settle(stage)
    assert len(poll.results()) == 1


def test_cancelling_deletes_all_answers_and_a_new_round_can_start(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    for voter in team:
        poll.vote(voter, 1, YES)
    poll.press_in_form(team[0], "cancel_round")
    assert state(poll)["cancelled"]
    tables = ("ballots", "round_tallies", "round_secrets", "round_audience", "round_participants", "vote_receipts")
    assert [len(stage.rows(f"select 1 from {table} where round_id = ?", poll.id)) for table in tables] == [0] * 6
    hasten(stage, lambda: "*Cancelled*" in texts(poll.parent))
    start(stage, team[1], poll.room)
    assert not any(" – what " in one["text"] for one in stage.said(poll.room.id))


def test_managing_is_over_after_the_close(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    form, press = poll.managed(team[0]), stage.delivery("block_actions")
    stage.workspace.click(team[0].id, form["id"], "close_round")
    poll.results()
    resend(stage, press, lambda payload: payload["actions"][0].update(action_ts=stage.workspace.next_ts()))
    told(stage, team[0], "is closed already")


@pytest.mark.parametrize("action", ["close_round", "cancel_round"])
def test_of_two_presses_at_once_one_counts_and_the_other_says_that_it_is_closed_already(
    stage: Stage, team: list[Person], action: str
) -> None:
    poll = begin(stage, team)
    poll.vote(team[0], 1, YES)
    form = poll.managed(team[0])
    with stage.workspace.lock:
        stage.workspace.click(team[0].id, form["id"], "close_round")
        stage.workspace.click(team[0].id, form["id"], action)
    stage.workspace.wait_for(lambda: written_to(stage, team[0]), PATIENCE)
    stage.workspace.wait_for(lambda: stage.workspace.views(team[0].id)[-1]["hash"] != form["hash"], PATIENCE)
    settle(stage)
    was_cancelled = bool(state(poll)["cancelled"])
    counted = "is cancelled. All answers are deleted" if was_cancelled else "Its results appear in the channel"
    assert counted in texts(stage.workspace.views(team[0].id)[-1])
    assert ["is closed already" in texts(message) for message in written_to(stage, team[0])] == [True]
    assert len([one for one in stage.said(poll.room.id) if " – what " in one["text"]]) == int(not was_cancelled)


# Reminding


def test_who_has_not_answered_gets_one_reminder_at_half_time_and_one_before_the_end(
    stage: Stage, team: list[Person]
) -> None:
    poll = begin(stage, team, days=4)
    poll.vote(team[0], 1, YES)
    pass_time(stage, days=2, minutes=1)
    hasten(stage, lambda: all(reminders(stage, one, HALF_TIME) for one in team[1:]))
    settle(stage)
    poll.vote(team[1], 1, YES)
    pass_time(stage, days=1)
    hasten(stage, lambda: all(reminders(stage, one, LAST_CALL) for one in team[2:]))
    pass_time(stage, hours=20)
    settle(stage)
    assert [len(written_to(stage, one)) for one in team] == [0, 1, 2, 2, 2, 2]


def test_where_both_reminders_are_late_only_the_last_goes_out(stage: Stage, team: list[Person]) -> None:
    begin(stage, team, days=4)
    pass_time(stage, days=3, hours=1)
    hasten(stage, lambda: all(reminders(stage, one, LAST_CALL) for one in team))
    settle(stage)
    assert [len(written_to(stage, one)) for one in team] == [1] * 6


def test_a_reminder_leads_straight_into_the_modal(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    pass_time(stage, days=2, minutes=1)
    reminder = hasten(stage, lambda: reminders(stage, team[1]))[0]
    form = stage.opened(team[1], lambda: stage.press(team[1], reminder, "vote_all"))
    poll.submit(team[1], form, YES)
    assert "1 of 3 answered" in texts(stage.workspace.views(team[1].id)[-1])


def test_who_opts_out_is_reminded_no_more_of_this_round_and_can_still_answer(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    pass_time(stage, days=2, minutes=1)
    hasten(stage, lambda: all(reminders(stage, one, HALF_TIME) for one in team))
    settle(stage)
    stage.press(team[1], written_to(stage, team[1])[0], "stop_chasing")
    stage.workspace.wait_for(lambda: "won't remind you" in texts(written_to(stage, team[1])[0]), PATIENCE)
    pass_time(stage, days=1)
    hasten(stage, lambda: reminders(stage, team[2], LAST_CALL))
    settle(stage)
    assert len(written_to(stage, team[1])) == 1
    form = stage.opened(team[1], lambda: stage.press(team[1], written_to(stage, team[1])[0], "vote_all"))
    assert form["callback_id"] == "vote_form"
    assert poll.id == form["private_metadata"]


def test_an_extension_brings_one_more_last_call_and_no_second_half_time(stage: Stage, team: list[Person]) -> None:
    poll = begin(stage, team)
    pass_time(stage, days=2, minutes=1)
    hasten(stage, lambda: all(reminders(stage, one, HALF_TIME) for one in team))
    settle(stage)
    pass_time(stage, days=1)
    hasten(stage, lambda: all(reminders(stage, one, LAST_CALL) for one in team))
    settle(stage)
    poll.manage(team[0], deadline=in_days(stage, 5))
    pass_time(stage, days=4, minutes=1)
    hasten(stage, lambda: all(len(reminders(stage, one, LAST_CALL)) == 2 for one in team))
    settle(stage)
    assert [len(reminders(stage, one, HALF_TIME)) for one in team] == [1] * 6


@pytest.mark.parametrize("refusals", [{"user_disabled"}])
def test_who_has_left_is_passed_over_and_the_others_are_reminded(stage: Stage, team: list[Person]) -> None:
    begin(stage, team)
    stage.workspace.deactivate(team[2].id)
    pass_time(stage, days=2, minutes=1)
    hasten(stage, lambda: all(reminders(stage, one) for one in [*team[:2], *team[3:]]))
    settle(stage)


def test_nobody_is_told_and_no_log_says_who_has_not_answered(
    stage: Stage, team: list[Person], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    caplog.set_level(logging.DEBUG, "slack_sdk")
    poll = begin(stage, team)
    caplog.clear()
    before = len(stage.workspace.calls)
    for voter in team[:4]:
        poll.vote(voter, 1, YES)
    for days in (2, 1, 1):
        pass_time(stage, days=days, minutes=1)
        settle(stage)
    poll.results()
    missing = team[4:]
    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert not [line for line in said if any(one.id in line or one.name in line for one in missing)]
    elsewhere = [call.args for call in stage.workspace.calls[before:] if call.args.get("channel") == poll.room.id]
    assert elsewhere
    assert not any(one.id in str(args) for args in elsewhere for one in missing)
    assert written_to(stage, team[0]) == []  # the starter is told nothing either


def test_a_round_that_lasts_an_hour_reminds_once_at_most(stage: Stage, team: list[Person]) -> None:
    room = channel(stage, *team)
    start(stage, team[0], room, deadline=int(stage.clock().timestamp()) + 3_600)
    for _ in range(6):
        pass_time(stage, minutes=10)
        settle(stage)
    assert [len(written_to(stage, one)) for one in team] == [1] * 6
