"""Being reminded, and choosing how: a promise whose days pass, with a restart in the middle."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.workspace.records import Channel, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.promises import MATH, Promised, commit, labels
from tests.scenarios.rounds import heard, pass_time, people, written_to
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def ana(stage: Stage) -> Person:
    return people(stage, 1)[0]


@pytest.fixture
def room(stage: Stage, ana: Person) -> Channel:
    return stage.room(f"reminders-{ana.name}", ana)


def promise(stage: Stage, person: Person, room: Channel, text: str) -> Promised:
    """Makes one, and waits for the word that it is saved: soon time will have passed for that."""
    before = len(heard(stage, person, "*Saved.*"))
    made = commit(stage, person, room, text)
    stage.workspace.wait_for(lambda: len(heard(stage, person, "*Saved.*")) > before, PATIENCE)
    return made


def reminders(stage: Stage, person: Person) -> list[Json]:
    return [one for one in written_to(stage, person) if "Next: " in texts(one)]


def settle(stage: Stage) -> None:
    """All that is due by now is done."""
    busy = "select 1 from due_actions where kind = 'nudge' and state = 'planned' and (lease is not null or due_at <= ?)"
    until = time.monotonic() + PATIENCE
    while stage.rows(busy, stage.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")):
        assert time.monotonic() < until, stage.workspace.transcript()[-4000:]
        with stage.workspace.lock:
            stage.workspace.changed.wait(0.02)


def reminded(stage: Stage, person: Person, after: int = 0) -> Json:
    """Time passes, from one thing that is due to the next, until a reminder; so many were there `after` the others."""
    for _ in range(60):
        settle(stage)
        if found := reminders(stage, person)[after:]:
            return found[0]
        at = stage.bots[0].ticker.next_due()
        assert at is not None
        stage.pass_to(at)
    raise AssertionError(stage.workspace.transcript()[-4000:])


def hour(message: Json) -> int:
    at = datetime.fromtimestamp(float(message["ts"]), UTC)
    return at.astimezone(ZoneInfo("Europe/Berlin")).hour


def form(stage: Stage, person: Person, room: Channel, text: str = "reminders") -> Json:
    return stage.opened(person, lambda: stage.workspace.command(person.id, room.id, "/cco", text))


def fill(stage: Stage, person: Person, view: Json, **values: Any) -> Json | None:
    return stage.workspace.submit(person.id, view["id"], {f"in_{name}": value for name, value in values.items()})


def test_a_promise_is_reminded_of_and_its_reminder_shows_what_became_of_it(
    stage: Stage, ana: Person, room: Channel
) -> None:
    promised = promise(stage, ana, room, f"{MATH} in 8 days")
    first = reminded(stage, ana)
    assert f"*{MATH}* is due" in texts(first)
    assert f"in <#{room.id}>" in texts(first)
    assert hour(first) == 9
    assert labels(first)[:6] == ["Done", "New date", "Hand over", "I need help", "Drop it", "Snooze until …"]
    second = reminded(stage, ana, after=1)
    promised.press(ana, second, "Done")
    done = promised.redrawn(second, "is done.")
    assert labels(done) == ["Reminder settings"]
    pass_time(stage, days=21)
    settle(stage)
    assert len(reminders(stage, ana)) == 2


def test_commands_and_the_form_change_how_and_say_what_it_comes_to(stage: Stage, ana: Person, room: Channel) -> None:
    promise(stage, ana, room, f"{MATH} in 20 days")
    assert "*Paused until" in texts(stage.command(ana, room, "pause for two weeks"))
    assert "*Your pause is over.* Next reminder: " in texts(stage.command(ana, room, "pause off"))
    assert "No reminders until you write" in texts(stage.command(ana, room, "quiet"))
    assert "*Reminders come again.*" in texts(stage.command(ana, room, "quiet off"))
    assert "*Quiet hours 12:00 to 14:00.*" in texts(stage.command(ana, room, "quiet 12:00-14:00"))
    assert "No month has 32 days" in stage.command(ana, room, "pause until the 32nd")["text"]

    view = form(stage, ana, room)
    refused = fill(stage, ana, view, volume="light", country="Germany", zone="Mars/Olympus", quiet="", paused_until="x")
    assert (refused or {})["errors"].keys() == {"in_country", "in_zone", "in_paused_until"}
    saved = fill(stage, ana, view, volume="light", country="DE", zone="tokyo", quiet="", paused_until="")
    assert (saved or {}).get("response_action") == "update"
    shown = texts(stage.workspace.views(ana.id)[-1])
    assert "Volume light" in shown
    assert "Times are those of Asia/Tokyo, as you chose." in shown
    stage.workspace.close_view(ana.id)

    assert "“publish the customer math”" in texts(stage.command(ana, room, "upcoming"))
    assert "you promised “publish the customer math”" in texts(stage.command(ana, room, "why"))
    assert form(stage, ana, room, "pause")["callback_id"] == "reminders_form"
    stage.workspace.close_view(ana.id)


def test_home_says_how_many_are_open_and_leads_to_them_and_to_the_settings(
    stage: Stage, ana: Person, room: Channel
) -> None:
    (ben,) = people(stage, 1)
    assert "None is open." in texts(stage.workspace.open_home(ben.id, timeout=PATIENCE))
    promise(stage, ana, room, f"{MATH} in 20 days")
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    assert "*1* open." in texts(home)
    listed = stage.posted(stage.dm(ana), lambda: stage.press(ana, home, "list_commitments"))
    assert MATH in texts(listed)
    view = stage.opened(ana, lambda: stage.press(ana, home, "open_reminders"))
    assert view["callback_id"] == "reminders_form"
    stage.workspace.close_view(ana.id)


def test_after_a_week_without_the_bot_one_message_says_that_it_is_late(new_stage: NewStage) -> None:
    stage = new_stage()
    stage.start_bot()
    (ana,) = people(stage, 1)
    room = stage.room("late", ana)
    for number in range(2):
        promise(stage, ana, room, f"{MATH} {number} in {number + 2} weeks")
    stage.bots.pop().close()
    pass_time(stage, days=20)
    stage.start_bot()
    late = reminded(stage, ana)
    assert "This is late: it was planned for" in texts(late)
    assert len(reminders(stage, ana)) == 1
    first, second = (Promised(stage, value) for value in values(late))
    stage.press(ana, late, "commitment_done:1")
    assert "is done." in texts(first.redrawn(late, "is done."))
    assert second.state == "open"


def values(message: Json) -> list[str]:
    return [value for action, value, _ in buttons(message) if action.startswith("commitment_done")]
