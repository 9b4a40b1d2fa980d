"""Whoever leads is told once that somebody or something is missing, with a button that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.accountability.sessions.later import POST_AGENDA
from bot.accountability.sessions.series_store import SeriesStore
from bot.scheduler.actions import Action
from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import channel, hasten, pass_time, people, written_to
from tests.scenarios.stage import Stage, buttons, texts
from tests.scenarios.standing import key_of, promise, series


@pytest.fixture
def stage(moving_stage: Stage) -> Iterator[Stage]:
    """What a scene leaves open would be reminded of in a later one, where time passes nine o'clock."""
    yield moving_stage
    moving_stage.put("update commitments set state = 'dropped'")


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    """Who leads, an owner, the sponsor, and one more."""
    return people(stage, 4)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def tell(stage: Stage, room: Channel, what: str, about: str) -> None:
    stage.bots[-1].accountability.troubles.tell(key_of(stage), room.id, what, about)
    settle(stage)


def settle(stage: Stage) -> None:
    """All that is due by now is done."""
    pass_time(stage, minutes=11)  # by then it is asked anew who is there
    due = "(kind = 'tell_facilitator' or (kind = 'post_agenda' and due_at < ?))"
    left = f"select 1 from due_actions where state = 'planned' and {due}"
    hasten(stage, lambda: not stage.rows(left, stage.clock().isoformat()))


def told(stage: Stage, person: Person) -> list[Json]:
    return [one for one in written_to(stage, person) if "You get this once" in texts(one)]


def pressable(message: Json) -> list[tuple[str, str]]:
    return [(words, value) for _, value, words in buttons(message)]


# Somebody's commitments


def test_of_one_who_left_the_facilitator_is_told_once_with_all_that_is_still_open(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, owner = team[:2]
    series(stage, room, host)
    promises = [promise(stage, owner, room, what=f"Number {n}", days=n) for n in (1, 2)]
    promise(stage, owner, channel(stage, *team), what="Elsewhere")
    stage.workspace.deactivate(owner.id)
    for one in promises * 2:
        tell(stage, room, "owner_gone", one.id)
    (message,) = told(stage, host)
    assert f"<@{owner.id}> has left, and 2 things they took on in <#{room.id}> are still open" in texts(message)
    assert "Elsewhere" not in texts(message)
    assert pressable(message) == [("Hand over", one.id) for one in promises]


def test_one_who_left_is_told_of_once_whatever_it_was_noticed_by(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    series(stage, room, team[0])
    held = promise(stage, team[1], room)
    stage.workspace.deactivate(team[1].id)
    for what in ("dm_refused", "owner_gone"):
        tell(stage, room, what, held.id)
    (message,) = told(stage, team[0])
    assert "has left" in texts(message)


def test_of_one_who_is_there_nobody_is_told_that_they_left(stage: Stage, team: list[Person], room: Channel) -> None:
    series(stage, room, team[0])
    tell(stage, room, "owner_gone", promise(stage, team[1], room).id)
    assert told(stage, team[0]) == []


def test_one_of_whom_slack_said_too_early_that_they_left_is_told_of_when_they_do(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    series(stage, room, team[0])
    held = promise(stage, team[1], room)
    tell(stage, room, "owner_gone", held.id)
    assert told(stage, team[0]) == []
    stage.workspace.deactivate(team[1].id)
    for _ in range(2):
        tell(stage, room, "owner_gone", held.id)
    (message,) = told(stage, team[0])
    assert "has left" in texts(message)


def test_without_a_series_each_who_asked_for_something_is_told_of_that(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    ana, owner, ben, _ = team
    asked = [promise(stage, owner, room, assigner=one.id) for one in (ana, ben, ana)]
    promise(stage, owner, room, what="For myself")
    tell(stage, room, "dm_refused", asked[0].id)
    assert [pressable(one) for one in told(stage, ben)] == [[("Hand over", asked[1].id)]]
    (message,) = told(stage, ana)
    assert f"Slack lets me write nothing to <@{owner.id}>" in texts(message)
    assert "because you asked for it" in texts(message)
    assert pressable(message) == [("Hand over", asked[0].id), ("Hand over", asked[2].id)]
    assert told(stage, owner) == []


def test_where_the_facilitator_has_left_as_well_others_are_told_of_both(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, owner, asker, maker = team
    of = series(stage, room, host, made_by=maker.id)
    held = promise(stage, owner, room, assigner=asker.id)
    for gone in (host, owner):
        stage.workspace.deactivate(gone.id)
    for _ in range(2):
        tell(stage, room, "owner_gone", held.id)
    assert [pressable(one) for one in told(stage, asker)] == [[("Hand over", held.id)]]
    (message,) = told(stage, maker)
    assert f"<@{host.id}>, who leads it, can't be reached any more" in texts(message)
    assert pressable(message) == [("Manage", of.id)]
    form = stage.opened(maker, lambda: stage.press(maker, message, "manage_series"))
    assert form["callback_id"] == "manage_series_form"
    stage.workspace.close_view(maker.id)


def test_what_is_handed_over_goes_from_the_message_and_the_rest_stays(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, owner, ben, _ = team
    series(stage, room, host)
    promises = [promise(stage, owner, room, what=f"Number {n}", days=n) for n in (1, 2)]
    tell(stage, room, "dm_refused", promises[0].id)
    for left in (1, 0):
        form = stage.opened(host, lambda: stage.press(host, told(stage, host)[0], "commitment_hand_over"))
        stage.workspace.submit(host.id, form["id"], {"in_commitment_person": ben.id})
        hasten(stage, lambda left=left: len(pressable(told(stage, host)[0])) == left)  # type: ignore[misc]
    (message,) = told(stage, host)
    assert f"What <@{owner.id}> took on in <#{room.id}> is done, dropped or in other hands now" in texts(message)


# A series


@pytest.mark.parametrize(
    ("what", "words", "change"),
    [
        ("channel_closed", "I can't post there any more", "facilitator"),
        ("sponsor_gone", "its sponsor", "sponsor"),
    ],
)
def test_what_a_series_lacks_is_told_once_until_it_concerns_somebody_else(
    stage: Stage, team: list[Person], room: Channel, what: str, words: str, change: str
) -> None:
    host, other, sponsor, _ = team
    of = series(stage, room, host, sponsor=sponsor.id)
    stage.workspace.deactivate(sponsor.id)
    for about in (of.id, room.id):
        tell(stage, room, what, about)
    (message,) = told(stage, host)
    assert words in texts(message)
    assert pressable(message) == [("Manage", of.id)]
    changed = replace(of, version=2, **{change: other.id})
    assert SeriesStore(stage.bots[-1].database).save(key_of(stage), changed)
    tell(stage, room, what, of.id)
    assert len(told(stage, host)) + len(told(stage, other)) == 2


def test_before_each_session_it_is_looked_whether_who_leads_and_who_sponsors_are_still_there(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, maker, sponsor, _ = team
    of = series(stage, room, host, made_by=maker.id, sponsor=sponsor.id)
    for number in (1, 2):
        agenda = Action(POST_AGENDA, of.id, stage.clock(), f"2020-01-0{number}")  # long over
        stage.bots[-1].schedule.plan(key_of(stage), agenda)
        settle(stage)
        assert len(told(stage, maker)) == 2 * (number - 1)
        for one in (host, sponsor):
            stage.workspace.deactivate(one.id)
    words = "\n".join(texts(one) for one in told(stage, maker))
    assert f"<@{host.id}>, who leads it" in words
    assert f"<@{sponsor.id}>, its sponsor" in words
    assert SeriesStore(stage.bots[-1].database).end(key_of(stage), of.id, stage.clock())


def test_a_series_that_ended_or_there_never_was_is_no_trouble(stage: Stage, team: list[Person], room: Channel) -> None:
    of = series(stage, room, team[0])
    assert SeriesStore(stage.bots[-1].database).end(key_of(stage), of.id, stage.clock())
    tell(stage, room, "channel_closed", of.id)
    tell(stage, channel(stage), "channel_closed", "none")
    stage.bots[-1].accountability.troubles.look_after(key_of(stage), of.id)
    assert told(stage, team[0]) == []


@pytest.mark.parametrize("refusals", [{"cannot_dm_bot"}])
def test_a_facilitator_who_can_t_be_told_is_left_in_peace(
    stage: Stage, team: list[Person], room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    of = series(stage, room, team[0])
    stage.workspace.faults.append(Fault("chat.postMessage", error="cannot_dm_bot"))
    for _ in range(2):
        tell(stage, room, "channel_closed", of.id)
    assert told(stage, team[0]) == []
    assert [one.getMessage() for one in caplog.records if "could not be (closed)" in one.getMessage()] != []


def test_an_admin_of_the_settings_is_told_where_nobody_else_is_left(new_stage: NewStage) -> None:
    stage = new_stage()
    host, _, admin, _ = team = people(stage, 4)
    stage.settings = stage.settings.model_copy(update={"cco_admins": (admin.id,)})
    stage.start_bot()
    room = channel(stage, *team)
    of = series(stage, room, host)
    stage.workspace.deactivate(host.id)
    tell(stage, room, "facilitator_gone", of.id)
    assert [pressable(one) for one in told(stage, admin)] == [[("Manage", of.id)]]


@pytest.mark.parametrize("refusals", [{"internal_error"}])
def test_nobody_is_told_twice_whom_an_unclear_message_reached(stage: Stage, team: list[Person], room: Channel) -> None:
    of = series(stage, room, team[0])
    stage.workspace.faults.append(Fault("chat.postMessage", status=500, after_effect=True))
    tell(stage, room, "channel_closed", of.id)
    assert len(told(stage, team[0])) == 1
