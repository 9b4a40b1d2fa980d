"""What is due arrives once, twice only where nobody can know, and late rather than never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.accountability.sending import Attempt, Outcome, Sender
from bot.clock import MovableClock
from bot.errors import TryLater, Unavailable
from bot.keys import WorkspaceKey
from bot.resources import MANIFEST, TEMPLATES
from bot.scheduler.actions import MOST_TRIES, Action, Due
from bot.scheduler.runner import LEASE, Runner
from bot.scheduler.store import ScheduleStore
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
    return Sender(gateway, Budget(LaneStore(database), clock), ScheduleStore(database))


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
    return Attempt("tell s1", 1, now, None, now)


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


# A message that belongs to an action alone


@dataclass
class Telling:
    """Says hello to Ana, where Slack tells first that she is there."""

    sender: Sender
    store: ScheduleStore
    clock: MovableClock
    ana: Person
    breaks: int = 0
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runner = Runner(self.store, self.clock)
        self.runner.register("tell", self.tell)
        self.store.plan(OURS, Action("tell", "s1", self.clock()))

    def tell(self, key: WorkspaceKey, due: Due) -> None:
        if self.breaks:
            self.breaks -= 1
            raise Unavailable("who is there can't be asked")
        self.sent.append(self.sender.direct(key, self.ana.id, HELLO, Attempt.of(due)).outcome)

    def run(self, times: int = 1) -> None:
        for _ in range(times):
            self.runner.run_due()
            self.clock.move(timedelta(hours=1))


@pytest.fixture
def telling(sender: Sender, database: Database, clock: MovableClock, ana: Person) -> Telling:
    return Telling(sender, ScheduleStore(database), clock, ana)


def hellos(server: WorkspaceServer, ana: Person) -> int:
    return len(server.workspace.messages(server.workspace.dm_of(ana.id).id))


def test_tries_that_ended_before_it_was_sent_do_not_keep_it_from_being_sent(
    telling: Telling, server: WorkspaceServer, ana: Person
) -> None:
    telling.breaks = MOST_TRIES - 2
    telling.run(MOST_TRIES)
    assert (telling.sent, hellos(server, ana)) == ([Outcome.SENT], 1)


def test_a_process_that_is_killed_again_and_again_before_it_sends_keeps_it_from_nobody(
    telling: Telling, server: WorkspaceServer, clock: MovableClock, ana: Person
) -> None:
    for _ in range(5):
        assert telling.runner.claim(1)
        clock.move(LEASE)
    telling.run()
    assert (telling.sent, hellos(server, ana)) == ([Outcome.SENT], 1)


def test_of_tries_that_were_sent_there_are_two_whatever_failed_in_between(
    telling: Telling, server: WorkspaceServer, ana: Person
) -> None:
    server.workspace.faults.append(Fault(POST, status=503, times=3))
    telling.run()
    telling.breaks = 2
    telling.run(5)
    assert (telling.sent, hellos(server, ana)) == ([Outcome.UNKNOWN], 0)
    assert server.workspace.faults[0].times == 1


def test_what_slack_had_no_time_for_was_not_sent(telling: Telling, server: WorkspaceServer, ana: Person) -> None:
    server.workspace.faults.append(Fault(POST, status=429, times=4))
    telling.run(5)
    assert (telling.sent, hellos(server, ana)) == ([Outcome.SENT], 1)


def test_whoever_lost_the_lease_meanwhile_leaves_the_message_to_the_next(
    telling: Telling, server: WorkspaceServer, clock: MovableClock, ana: Person
) -> None:
    ((key, slow),) = telling.runner.claim(1)
    clock.move(LEASE)
    telling.run()
    with pytest.raises(TryLater):
        telling.tell(key, slow)
    assert hellos(server, ana) == 1
