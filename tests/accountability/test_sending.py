"""What is due arrives once, twice only where nobody can know, and late rather than never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.accountability.sending import Attempt, Outcome, Sender
from bot.clock import MovableClock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.resources import MANIFEST, TEMPLATES
from bot.scheduler.actions import Action, Due
from bot.slack.budget import Budget
from bot.slack.gateway import LOOKED_AT, Gateway, UnknownOutcome
from bot.slack.lane_store import LaneStore
from bot.slack.messages import Notice
from bot.slack.render import Renderer
from bot.storage.database import Database
from bot.workspace.records import Channel, Fault, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside

OURS = WorkspaceKey("", "T1")
HELLO = Notice("Hello")
POST = "chat.postMessage"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def server(clock: MovableClock, aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(json.loads(MANIFEST.read_text("utf-8")), rate_limits=False, clock=clock)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def engine() -> str:
    """Nothing here differs between the engines."""
    return "sqlite"


@pytest.fixture
def sender(server: WorkspaceServer, database: Database, clock: MovableClock) -> Sender:
    gateway = Gateway.connect(server.bot_token, server.api_url, Renderer(TEMPLATES))
    return Sender(gateway, Budget(LaneStore(database), clock), clock)


@pytest.fixture
def ana(server: WorkspaceServer) -> Person:
    return server.workspace.add_person("ana", "Ana Weber")


@pytest.fixture
def room(server: WorkspaceServer, ana: Person) -> Channel:
    channel = server.workspace.add_channel("leadership", [ana.id])
    server.workspace.invite_bot(channel)
    return channel


def first(clock: MovableClock) -> Attempt:
    now = clock()
    return Attempt.of(Due(Action("tell", "s1", now), "lease", now, 1))


def again(attempt: Attempt, clock: MovableClock) -> Attempt:
    """The next try of the same."""
    clock.move(timedelta(minutes=5))
    return replace(attempt, number=attempt.number + 1, until=clock())


def test_a_message_that_arrived_though_nobody_heard_so_is_found_and_not_sent_again(
    sender: Sender, server: WorkspaceServer, clock: MovableClock, room: Channel, ana: Person
) -> None:
    attempt = first(clock)
    server.workspace.faults.append(Fault(POST, status=500, after_effect=True))
    with pytest.raises(UnknownOutcome):
        sender.post(OURS, room.id, HELLO, attempt)
    second = again(attempt, clock)
    clock.move(timedelta(hours=1))  # it is looked for late, and much was said after it
    for number in range(6 * LOOKED_AT):
        server.workspace.say(ana.id, room.id, f"And {number}?")
    sent = sender.post(OURS, room.id, HELLO, second)
    ours = [one for one in server.workspace.messages(room.id) if one["user"] == server.workspace.team.bot_user]
    assert [one["ts"] for one in ours] == [sent.ts]
    assert sent.is_there


def test_one_that_did_not_arrive_is_sent_once_more_and_never_a_third_time(
    sender: Sender, server: WorkspaceServer, clock: MovableClock, ana: Person
) -> None:
    attempt = first(clock)
    server.workspace.faults.append(Fault(POST, status=503, times=2))
    for _ in range(2):
        with pytest.raises(UnknownOutcome):
            sender.direct(OURS, ana.id, HELLO, attempt)
        attempt = again(attempt, clock)
    assert sender.direct(OURS, ana.id, HELLO, attempt).outcome is Outcome.UNKNOWN
    assert server.workspace.messages(server.workspace.dm_of(ana.id).id) == []


def test_where_nobody_can_look_just_now_the_look_is_no_try(
    sender: Sender, server: WorkspaceServer, clock: MovableClock, ana: Person
) -> None:
    attempt = first(clock)
    server.workspace.faults.append(Fault(POST, status=503))
    with pytest.raises(UnknownOutcome):
        sender.direct(OURS, ana.id, HELLO, attempt)
    second = again(attempt, clock)
    server.workspace.faults.append(Fault("conversations.open", status=503))
    with pytest.raises(TryLater):
        sender.direct(OURS, ana.id, HELLO, second)
    assert sender.direct(OURS, ana.id, HELLO, second).is_there
