"""Commitments between people: from one sentence to done, and all that may happen on the way."""

from __future__ import annotations

import pytest

from bot.workspace.records import Channel, Person
from tests.scenarios.promises import MATH, commit, labels, typed
from tests.scenarios.rounds import people, told
from tests.scenarios.stage import Stage, texts


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 3)


@pytest.fixture
def ana(team: list[Person]) -> Person:
    return team[0]


@pytest.fixture
def ben(team: list[Person]) -> Person:
    return team[1]


@pytest.fixture
def cleo(team: list[Person]) -> Person:
    return team[2]


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return stage.room(f"promises-{team[0].name}", *team)


# From one sentence to done


def test_one_sentence_is_said_back_saved_asked_accepted_and_done(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    echo = typed(stage, ana, room, f"@{ben.name} {MATH} in two weeks")
    words = texts(echo)
    assert f"*{MATH}*" in words
    assert f"<@{ben.id}>, who is asked first" in words
    assert "17:00 (your time, Europe/Berlin)" in words
    assert labels(echo) == ["Save", "Change", "Cancel"]
    assert stage.rows("select count(*) from commitments where owner = ?", ben.id) == [(0,)]

    promised = commit(stage, ana, room, f"@{ben.name} {MATH} in two weeks")
    assert "I'm asking" in texts(told(stage, ana, "*Saved.*"))
    asked = promised.told(ben, f"<@{ana.id}> asks you to take this on:")
    assert labels(asked) == ["I'll take it", "Propose another date", "Decline", "History"]

    promised.press(ben, asked, "I'll take it")
    taken = promised.redrawn(asked, "You took this on:")
    assert labels(taken)[:6] == ["Done", "New date", "Hand over", "I need help", "Drop it", "Snooze until …"]
    promised.told(ana, f"<@{ben.id}> took this on:")

    promised.press(ben, taken, "Done")
    assert labels(promised.redrawn(asked, "You marked this as done:")) == ["History"]
    promised.told(ana, f"<@{ben.id}> marked this as done:")
    assert (promised.state, promised.deeds) == ("done", ["make", "accept", "finish"])
