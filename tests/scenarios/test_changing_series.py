"""Changing a series of sessions: one session of it, its times, what it is about, its end; and two who do so at once."""

from __future__ import annotations

import pytest

from bot.accountability.calendar.recurrence import Occurrence
from bot.accountability.sessions.later import OPEN, coming
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries, State
from bot.accountability.sessions.store import SessionStore
from bot.workspace.records import Channel, Delivery, Json, Person
from tests.scenarios.rounds import channel, hasten, pass_time, people, settled, told, written_to
from tests.scenarios.series import (
    announced,
    confirmation,
    managed,
    now_is,
    on_top,
    overview,
    pressed,
    redrawn,
    saved,
    set_up,
    submitted,
)
from tests.scenarios.stage import Stage, buttons, texts
from tests.scenarios.standing import key_of


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


@pytest.fixture
def of(stage: Stage, team: list[Person], room: Channel) -> SessionSeries:
    return set_up(stage, team[0], room)


def next_ones(stage: Stage, of: SessionSeries, many: int = 3) -> list[Occurrence]:
    return list(coming(SeriesStore(stage.bots[-1].database).times(key_of(stage), of.id), stage.clock(), many))


def opens(stage: Stage, of: SessionSeries) -> list[tuple[str, str]]:
    """Which sessions are to be opened, and at what time in UTC."""
    rows = stage.rows(
        "select occurrence, due_at from due_actions where subject = ? and kind = ? and state = 'planned'", of.id, OPEN
    )
    return sorted((name, due_at[:16]) for name, due_at in rows)


def state_of(stage: Stage, of: SessionSeries, occurrence: str) -> State | None:
    found = SessionStore(stage.bots[-1].database).get(key_of(stage), of.id, occurrence)
    return found.state if found else None


def last_submission(stage: Stage) -> Delivery:
    return next(one for one in reversed(stage.workspace.deliveries) if one.payload.get("type") == "view_submission")


def move_form(stage: Stage, person: Person, room: Channel, occurrence: Occurrence, of: SessionSeries) -> Json:
    opened = managed(stage, person, room)
    return on_top(stage, person, opened, "move_session", f"{of.id}/{occurrence.id}")


def to_when(stage: Stage, person: Person, opened: Json, words: str) -> Json | None:
    return stage.workspace.submit(person.id, opened["id"], {"in_session_date": words})


# One session


def test_the_next_session_is_skipped_and_brought_back(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    first, second, *_ = next_ones(stage, of)
    press = pressed(stage, team[0], overview(stage, team[0], room), "skip_session")
    skipped = told(stage, team[0], "is skipped")
    assert "The next one is <!date^" in texts(skipped)
    announced(stage, room, "is skipped; what is open comes up the time after")
    assert next_ones(stage, of, 1)[0].id == second.id
    assert first.id not in dict(opens(stage, of))
    settled(stage, stage.again(press))  # says the same once more
    assert state_of(stage, of, first.id) is State.SKIPPED
    pressed(stage, team[0], skipped, "bring_back_session")
    announced(stage, room, "is held after all")
    assert next_ones(stage, of, 1)[0].id == first.id
    assert first.id in dict(opens(stage, of))
    hasten(stage, lambda: len([one for one in stage.said(room.id) if "is skipped;" in texts(one)]) == 1)


def test_in_the_form_the_list_is_up_to_date_and_what_was_typed_stays(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    first = next_ones(stage, of, 1)[0]
    opened, name = managed(stage, team[0], room), f"{of.id}/{first.id}"
    stage.workspace.click(team[0].id, opened["id"], "skip_session", name, values={"in_series_name:1": "Half typed"})
    drawn = redrawn(stage, team[0], opened)
    assert "Skipped. The channel is told." in texts(drawn)
    assert ("bring_back_session", name, "Bring it back") in buttons(drawn)
    assert "Half typed" in str(drawn["blocks"])
    stage.press(team[0], drawn, "bring_back_session", name)
    assert "It is held after all" in texts(redrawn(stage, team[0], drawn))
    assert now_is(stage, of.id).name == of.name


def test_a_session_that_is_over_or_open_is_not_skipped(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    first, second, *_ = next_ones(stage, of)
    shown = overview(stage, team[0], room)
    opened = managed(stage, team[0], room)
    pass_time(stage, seconds=(first.starts_at - stage.clock()).total_seconds() + 1)
    hasten(stage, lambda: state_of(stage, of, first.id) is State.OPEN)
    stage.press(team[0], opened, "skip_session", f"{of.id}/{first.id}")
    assert "This session is open" in texts(redrawn(stage, team[0], opened))
    stage.press(team[0], shown, "skip_session")
    told(stage, team[0], "This session is open")
    assert next_ones(stage, of, 1)[0].id == second.id


def test_a_session_is_moved_after_it_was_said_to_when(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    second = next_ones(stage, of)[1]
    opened = move_form(stage, team[0], room, second, of)
    answer = to_when(stage, team[0], opened, f"{second.day:%d %b} 15:30")
    assert (answer or {}).get("response_action") == "push", answer
    confirmed = stage.workspace.views(team[0].id)[-1]
    assert "15:30 (Europe/Berlin)* instead" in texts(confirmed)
    assert next_ones(stage, of)[1].starts_at == second.starts_at
    words = saved(stage, team[0], confirmed)
    assert "is held at another time" in words
    moved = next_ones(stage, of)[1]
    assert (moved.id, moved.is_moved, (moved.starts_at - second.starts_at).total_seconds()) == (
        second.id,
        True,
        5.5 * 3600,
    )
    assert dict(opens(stage, of))[second.id] == moved.starts_at.isoformat()[:16]
    announced(stage, room, "is held at another time")
    assert settled(stage, stage.again(last_submission(stage))).answer["view"]["title"]["text"] == "Saved"  # type: ignore[index]
    assert "(moved)" in texts(overview(stage, team[1], room))
    to_when(stage, team[0], move_form(stage, team[0], room, second, of), f"{second.day:%d %b} 10:00")
    saved(stage, team[0], stage.workspace.views(team[0].id)[-1])
    announced(stage, room, "is held when it was first meant to be")
    assert next_ones(stage, of)[1] == second


def test_a_date_that_can_t_be_meant_is_told_at_the_field(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    first, second, *_ = next_ones(stage, of)
    opened = move_form(stage, team[0], room, first, of)
    for words, sentence in (
        ("by the 32nd", "No month has 32 days"),
        ("yesterday", "is over"),
        ("in three years", "more than two years off"),
        (f"{first.day:%d %b}", "That is when it is now"),
        (f"{second.day:%d %b} 10:15", "There is a session of this series at that time already"),
        ("x" * 150, "too long"),
    ):
        answer = to_when(stage, team[0], opened, words)
        assert sentence in (answer or {})["errors"]["in_session_date"], words
    assert next_ones(stage, of)[0] == first


# Its times


def times_form(stage: Stage, person: Person, room: Channel) -> Json:
    return on_top(stage, person, managed(stage, person, room), "change_series_times")


def test_other_times_hold_from_a_day_on_and_are_told_in_words(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    _, second, third = next_ones(stage, of)
    pressed(stage, team[0], overview(stage, team[0], room), "skip_session")
    form = times_form(stage, team[0], room)
    assert submitted(stage, team[0], form, day="2020-01-01") is not None
    confirmed = confirmation(
        stage, team[0], form, cadence="two_weeks", day=third.day.isoformat(), time="14:00", minutes="30"
    )
    assert f"From {third.day:%A} {third.day.day} {third.day:%B %Y} on: every two weeks on Tuesday" in texts(confirmed)
    assert next_ones(stage, of) != []
    words = saved(stage, team[0], confirmed)
    assert "at 14:00 (Europe/Berlin), 30 minutes" in words
    after = next_ones(stage, of)
    assert [one.id for one in after[:2]] == [second.id, third.id]
    assert (after[2].day - third.day).days == 14
    assert (after[1].ends_at - after[1].starts_at).total_seconds() == 1_800
    assert [name for name, _ in opens(stage, of)] == [one.id for one in after]
    announced(stage, room, "every two weeks on Tuesday at 14:00")
    again = settled(stage, stage.again(last_submission(stage)))
    assert again.answer["view"]["title"]["text"] == "Saved"  # type: ignore[index]
    assert len(SeriesStore(stage.bots[-1].database).times(key_of(stage), of.id)) == 2
    assert "From " in texts(overview(stage, team[2], room))


def test_a_skipped_session_that_other_times_do_without_can_t_be_brought_back(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    first = next_ones(stage, of, 1)[0]
    pressed(stage, team[0], overview(stage, team[0], room), "skip_session")
    skipped = told(stage, team[0], "is skipped")
    form = times_form(stage, team[0], room)
    given = {"cadence": "written", "rhythm": "weekly on Thursday", "day": first.day.isoformat()}
    confirmed = confirmation(stage, team[0], form, **given)
    assert "one session that was skipped or moved will be as the new rhythm has it" in texts(confirmed)
    saved(stage, team[0], confirmed)
    assert {one.day.strftime("%A") for one in next_ones(stage, of)} == {"Thursday"}
    stage.press(team[0], skipped, "bring_back_session")
    told(stage, team[0], "there is no session then any more")
    assert buttons(managed(stage, team[0], room))[0][0] == "move_session"


def test_what_would_change_nothing_or_can_t_be_held_is_told_at_the_field(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    form, before = times_form(stage, team[0], room), next_ones(stage, of)
    assert "Nothing would change" in str(submitted(stage, team[0], form))
    answer = submitted(stage, team[0], form, cadence="written", rhythm="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    assert "never comes" in (answer or {})["errors"]["in_series_rhythm"]
    assert next_ones(stage, of) == before


# Two at once


@pytest.fixture
def two(stage: Stage, team: list[Person], room: Channel, of: SessionSeries) -> list[Person]:
    """Who leads, and an administrator, who may as well."""
    del of
    (admin,) = people(stage, 1, is_admin=True)
    room.members.append(admin.id)
    return [team[0], admin]


def test_the_second_of_two_is_told_what_the_first_changed_and_loses_nothing(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries, two: list[Person]
) -> None:
    first, second = two
    forms = [managed(stage, person, room) for person in two]
    submitted(stage, first, forms[0], name="Customer hour", facilitator=team[1].id)
    stage.workspace.close_view(first.id)
    assert (now_is(stage, of.id).name, now_is(stage, of.id).facilitator) == ("Customer hour", team[1].id)
    submitted(stage, second, forms[1], purpose="To move on", digests=["weekly"])
    shown = redrawn(stage, second, forms[1])
    words = texts(shown)
    assert "Somebody changed this series while you had it open" in words
    assert "• name: “Customer hour”" in words
    assert f"• who leads: <@{team[1].id}>" in words
    assert now_is(stage, of.id).purpose == ""
    submitted(stage, second, shown)
    result = now_is(stage, of.id)
    assert (result.name, result.purpose, result.facilitator) == ("Customer hour", "To move on", team[1].id)
    assert result.weekly_digest
    assert "Saved." in texts(redrawn(stage, second, shown))
    again = settled(stage, stage.again(last_submission(stage)))
    assert "Saved." in texts((again.answer or {})["view"])
    assert now_is(stage, of.id) == result
    hasten(stage, lambda: [one for one in written_to(stage, team[1]) if "You lead" in texts(one)])


def test_of_two_who_change_the_times_the_second_is_told(
    stage: Stage, room: Channel, of: SessionSeries, two: list[Person]
) -> None:
    confirmed = [confirmation(stage, person, times_form(stage, person, room), time="14:00") for person in two]
    saved(stage, two[0], confirmed[0])
    stage.workspace.submit(two[1].id, confirmed[1]["id"])
    refused = stage.workspace.views(two[1].id)[-1]
    assert refused["title"]["text"] == "Not saved"
    assert "were changed meanwhile" in texts(refused)
    stage.workspace.close_view(two[1].id)
    assert stage.workspace.views(two[1].id)[-1]["callback_id"] == "series_times_form"
    assert len(SeriesStore(stage.bots[-1].database).times(key_of(stage), of.id)) == 2


def test_of_two_who_move_and_skip_a_session_the_second_is_told(
    stage: Stage, room: Channel, of: SessionSeries, two: list[Person]
) -> None:
    first = next_ones(stage, of, 1)[0]
    opened = move_form(stage, two[0], room, first, of)
    to_when(stage, two[0], opened, "in 3 months")
    confirmed = stage.workspace.views(two[0].id)[-1]
    pressed(stage, two[1], overview(stage, two[1], room), "skip_session")
    stage.workspace.submit(two[0].id, confirmed["id"])
    refused = stage.workspace.views(two[0].id)[-1]
    assert refused["title"]["text"] == "Not saved"
    assert "This session is skipped" in texts(refused)
    assert state_of(stage, of, first.id) is State.SKIPPED


def test_somebody_who_leads_no_more_changes_nothing_any_more(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    form, other = managed(stage, team[0], room), people(stage, 1, is_admin=True)[0]
    room.members.append(other.id)
    submitted(stage, other, managed(stage, other, room), facilitator=team[2].id)
    submitted(stage, team[0], form, name="Mine")
    assert f"<@{team[2].id}>, who leads it" in texts(stage.workspace.views(team[0].id)[-1])
    assert now_is(stage, of.id).name == of.name


# What it is about, and its end


def test_another_sponsor_is_asked_and_whom_slack_knows_as_unable_is_refused(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    form = managed(stage, team[0], room)
    bot = stage.workspace.team.bot_user
    answer = submitted(stage, team[0], form, sponsor=bot)
    assert "That is an app" in (answer or {})["errors"]["in_series_sponsor:1"]
    answer = submitted(stage, team[0], form, sponsor=team[0].id)
    assert "Choose two people" in (answer or {})["errors"]["in_series_sponsor:1"]
    answer = submitted(stage, team[0], form, digests=["monthly"])
    assert "Choose a sponsor" in (answer or {})["errors"]["in_series_digests:1"]
    submitted(stage, team[0], form, sponsor=team[1].id)
    hasten(stage, lambda: [one for one in written_to(stage, team[1]) if "Do you agree" in texts(one)])
    assert not now_is(stage, of.id).sponsor_agreed


def test_an_ended_series_has_no_session_any_more_and_says_so_once(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    opened = managed(stage, team[0], room)
    press = pressed(stage, team[0], opened, "end_series")
    assert "no session comes any more" in texts(redrawn(stage, team[0], opened))
    settled(stage, stage.again(press))
    announced(stage, room, "has ended")
    assert not now_is(stage, of.id).is_running
    assert opens(stage, of) == []
    stage.workspace.close_view(team[0].id)
    form = stage.opened(team[0], lambda: stage.workspace.command(team[0].id, room.id, "/cco", "session"))
    assert form["callback_id"] == "series_form"
    hasten(stage, lambda: len([one for one in stage.said(room.id) if "has ended" in texts(one)]) == 1)


def test_an_agenda_in_the_channel_shows_what_became_of_its_session(
    stage: Stage, team: list[Person], room: Channel, of: SessionSeries
) -> None:
    first, second, *_ = next_ones(stage, of)

    def agenda() -> Json:
        return [one for one in stage.said(room.id) if "Add an item" in texts(one) or "Skipped" in texts(one)][-1]

    pass_time(stage, seconds=(first.starts_at - stage.clock()).total_seconds() - 3_600)
    hasten(stage, lambda: [one for one in stage.said(room.id) if "Add an item" in texts(one)])
    pressed(stage, team[0], overview(stage, team[0], room), "skip_session")
    hasten(stage, lambda: "*Skipped.*" in texts(agenda()))
    pressed(stage, team[0], told(stage, team[0], "is skipped"), "bring_back_session")
    hasten(stage, lambda: "*Skipped.*" not in texts(agenda()))
    form = move_form(stage, team[0], room, first, of)
    to_when(stage, team[0], form, f"{first.day:%d %b} 17:45")
    saved(stage, team[0], stage.workspace.views(team[0].id)[-1])
    hasten(stage, lambda: "17:45" in texts(agenda()))
    assert second.id in dict(opens(stage, of))
    pressed(stage, team[0], managed(stage, team[0], room), "end_series")
    hasten(stage, lambda: "*Skipped.*" in texts(agenda()))
