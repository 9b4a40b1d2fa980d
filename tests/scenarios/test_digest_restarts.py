"""A bot that dies between taking up a digest and knowing that it is there: the next one sends what is missing, once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.accountability.rhythm import later
from bot.clock import MovableClock
from bot.workspace.records import Channel, Fault, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.poll import kill, process
from tests.scenarios.rounds import channel, hasten, people, written_to
from tests.scenarios.stage import Stage
from tests.scenarios.standing import key_of, promise, series

pytestmark = pytest.mark.soak  # crashes take their time

NEVER = 600.0  # seconds: an answer that the dying bot does not live to see
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def stage(new_stage: NewStage) -> Stage:
    return new_stage()


@pytest.fixture
def doomed(stage: Stage, tmp_path: Path) -> Iterator[Start]:
    """Starts a bot that is about to die."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(process(stage, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()


@pytest.mark.parametrize("kind", [later.WEEKLY, later.MONTHLY])
@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
def test_a_digest_that_was_on_its_way_at_the_death_is_there_once_afterwards(
    stage: Stage, doomed: Start, kind: str, taken: bool, refusals: set[str]
) -> None:
    refusals |= set() if taken else {"request_timeout"}
    host, sponsor, owner = people(stage, 3)
    room = channel(stage, host, sponsor, owner)
    begin(stage, room, kind, host, sponsor, owner)
    assert isinstance(stage.clock, MovableClock)
    stage.clock.move_to(due(stage, kind)[0] + timedelta(seconds=1))
    error = "" if taken else "request_timeout"
    stage.workspace.faults.append(Fault("chat.postMessage", error=error, delay_after_effect=NEVER))
    dying = doomed()
    hasten(stage, lambda: any(call.method == "chat.postMessage" for call in stage.workspace.calls))
    kill(stage, dying)
    stage.workspace.faults.clear()
    stage.clock.move(timedelta(minutes=10))  # nobody can be at it any more
    stage.start_bot()
    hasten(stage, lambda: due(stage, kind) and due(stage, kind)[0] > stage.clock())
    said = [*stage.said(room.id), *written_to(stage, sponsor)]
    assert sum("Stop this digest" in str(one["blocks"]) for one in said) == 1


def begin(stage: Stage, room: Channel, kind: str, host: Person, sponsor: Person, owner: Person) -> None:
    """A series whose digest is planned, by a bot that is there no more."""
    bot = stage.start_bot()
    of = series(stage, room, host, weekly_digest=True, monthly_digest=True, sponsor=sponsor.id, sponsor_agreed=True)
    promise(stage, owner, room, days=0.01)
    (look,) = (one for one in later.on_series(of, stage.clock()).new if one.kind == kind)
    assert bot.schedule.plan(key_of(stage), look)
    hasten(stage, lambda: due(stage, kind))
    bot.close()
    stage.bots.remove(bot)
    stage.put("delete from due_actions where kind <> ?", kind)  # reminders are scenes of their own


def due(stage: Stage, kind: str) -> list[datetime]:
    """When the next digest is due."""
    planned = "select due_at from due_actions where kind = ? and state = 'planned' and occurrence not like '%T%'"
    return [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in stage.rows(planned, kind)]
