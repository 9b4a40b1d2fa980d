"""A bot that ends between a commitment and the message about it: the next one tells, and tells once."""

from __future__ import annotations

import pytest

from bot.app import Bot
from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.promises import MATH, saved_by, typed
from tests.scenarios.rounds import hasten, pass_time, people, written_to
from tests.scenarios.stage import PATIENCE, Stage, texts


@pytest.fixture
def stage(new_stage: NewStage) -> Stage:
    return new_stage()


@pytest.fixture
def first(stage: Stage) -> Bot:
    return stage.start_bot()


@pytest.fixture
def ana(stage: Stage) -> Person:
    return people(stage, 1)[0]


@pytest.fixture
def ben(stage: Stage) -> Person:
    return people(stage, 1)[0]


@pytest.fixture
def room(stage: Stage, ana: Person, ben: Person) -> Channel:
    return stage.room("promises", ana, ben)


def end(bot: Bot) -> None:
    """It does nothing by itself any more. Its connection stays: closing one takes seconds."""
    bot.ticker.stop(PATIENCE)


def questions(stage: Stage, person: Person) -> list[Json]:
    return [one for one in written_to(stage, person) if "asks you to take this on" in texts(one)]


def posts(stage: Stage) -> int:
    return len([call for call in stage.workspace.calls if call.method == "chat.postMessage"])


def test_what_was_saved_before_the_end_is_told_after_it_once(
    stage: Stage,
    first: Bot,
    ana: Person,
    ben: Person,
    room: Channel,
    refusals: set[str],
) -> None:
    refusals.add("ratelimited")
    stage.workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=600))
    promised = saved_by(stage, ana, typed(stage, ana, room, f"@{ben.name} {MATH} in two weeks"))
    stage.workspace.wait_for(lambda: posts(stage) == 1, PATIENCE)
    end(first)
    assert questions(stage, ben) == []
    stage.start_bot()
    pass_time(stage, minutes=11)
    question = promised.told(ben, "asks you to take this on")
    stage.start_bot()
    pass_time(stage, hours=1)
    promised.press(ben, question, "I'll take it")
    promised.told(ana, "took this on")
    assert [one["ts"] for one in written_to(stage, ben)] == [question["ts"]]
    assert promised.deeds == ["make", "accept"]


def test_a_question_that_arrived_without_an_answer_is_not_asked_twice(
    stage: Stage,
    first: Bot,
    ana: Person,
    ben: Person,
    room: Channel,
    refusals: set[str],
) -> None:
    refusals.add("internal_error")
    stage.workspace.faults.append(Fault("chat.postMessage", error="internal_error", after_effect=True))
    saved_by(stage, ana, typed(stage, ana, room, f"@{ben.name} {MATH} in two weeks"))
    hasten(stage, lambda: posts(stage) == 1)
    end(first)
    stage.start_bot()
    pass_time(stage, minutes=10)
    told = "select state from due_actions where kind = 'tell_of_commitment'"
    hasten(stage, lambda: stage.rows(told) == [("done",)])
    assert len(questions(stage, ben)) == 1
