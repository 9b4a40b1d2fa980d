"""Reminders reach everybody, once, whatever Slack says; and many of them don't keep the database busy."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest

from bot.clock import MovableClock
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.ballot_store import BallotStore
from bot.readiness.chasing import AT_ONCE, Chasing
from bot.readiness.drawing import Drawer
from bot.readiness.planning import Policy
from bot.readiness.presenting import Presenter
from bot.readiness.running import Change, Running
from bot.readiness.store import RoundStore
from bot.scheduler.runner import Runner
from bot.scheduler.store import ScheduleStore, saving
from bot.slack.budget import Budget
from bot.slack.gateway import ChannelClosed, Gateway, Mark, Posted, RateLimited, SlackRefused, TokenDead, UnknownOutcome
from bot.slack.lane_store import LaneStore
from bot.slack.looking import LOOK_AGAIN
from bot.storage.database import Database
from tests.readiness.examples import NOON, OURS, a_round, people

HALF_TIME, LAST_CALL = NOON + timedelta(days=1, hours=12), NOON + timedelta(days=2)
LIMITED, SILENT = RateLimited("chat.postMessage", 7), UnknownOutcome("chat.postMessage", "HTTP 503")
GONE, DEAD = ChannelClosed("chat.postMessage", "user_disabled"), TokenDead("auth", "token_revoked")
UNREADABLE, LOOK_FAILED = SlackRefused("conversations.open", "missing_scope"), UnknownOutcome("im", "HTTP 503")


@dataclass
class Inboxes:
    """Slack as far as reminders go: `answers` are to the next posts, `looks` to the next looks; an error is raised.

    `takes_effect` says whether a post that nobody answered arrives.
    """

    answers: list[Exception | None] = field(default_factory=list)
    looks: list[Exception | None] = field(default_factory=list)
    takes_effect: bool = False
    got: list[tuple[str, Mark]] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)

    def post(self, user_id: str, view: object, *, mark: Mark) -> Posted:
        del view
        self.tried[user_id] += 1
        error = self.answers.pop(0) if self.answers else None
        if error is None or (error is SILENT and self.takes_effect):
            self.got.append((user_id, mark))
        if error:
            raise error
        return Posted(f"D{user_id}", "1.1")

    def direct_message(self, user_id: str) -> str:
        error = self.looks.pop(0) if self.looks else None
        if error:
            raise error
        return f"D{user_id}"

    def posted(self, channel: str, thread_ts: str, mark: Mark, since_ts: str) -> str | None:
        del thread_ts, since_ts
        return "1.1" if (channel.removeprefix("D"), mark) in self.got else None

    @property
    def reached(self) -> Counter[str]:
        return Counter(user_id for user_id, _ in self.got)


class Undrawn:
    """Nothing here is drawn."""

    def want(self, key: WorkspaceKey, round_id: str) -> None:
        del key, round_id


class CountingBallots(BallotStore):
    loads = 0

    def missing(self, key: WorkspaceKey, round_id: str) -> dict[str, int]:
        self.loads += 1
        return super().missing(key, round_id)


@dataclass
class Scene:
    """An open round whose reminders are due."""

    clock: MovableClock
    inboxes: Inboxes
    rounds: RoundStore
    ballots: CountingBallots
    schedule: ScheduleStore
    runner: Runner
    slept: list[float] = field(default_factory=list)

    def begin(self, *asked: str) -> None:
        of = a_round()
        self.rounds.add(OURS, of, asked, also=saving(OURS, later.on_start(of)))
        self.clock.move_to(HALF_TIME)

    def extend(self, by: timedelta) -> None:
        of = self.rounds.get(OURS, "r1")
        assert of
        drawer, gateway = cast(Drawer, Undrawn()), cast(Gateway, self.inboxes)
        running = Running(self.rounds, self.ballots, Presenter({}), drawer, gateway, Policy(), self.clock)
        running.change(OURS, of.starter, of.id, Change(of.deadline + by, of.starter))

    def go_on(self) -> None:
        """Until nothing of this wave is left to do, as time passes."""
        while (at := self.runner.next_due()) and at < LAST_CALL:
            self.clock.move_to(at)
            self.runner.run_due()


@pytest.fixture
def engine() -> str:
    """Nothing here differs between the engines."""
    return "sqlite"


@pytest.fixture
def scene(database: Database) -> Scene:
    clock, inboxes = MovableClock(lambda: NOON), Inboxes()
    rounds, ballots, schedule = RoundStore(database), CountingBallots(database), ScheduleStore(database)
    made = Scene(clock, inboxes, rounds, ballots, schedule, Runner(schedule, clock))

    def sleep(seconds: float) -> None:
        made.slept.append(seconds)
        clock.move(timedelta(seconds=seconds))

    budget = Budget(LaneStore(database), clock)
    chasing = Chasing(rounds, ballots, Presenter({}), cast(Gateway, inboxes), budget, clock, sleep)
    made.runner.register(later.CHASE, chasing.chase)
    return made


def test_everybody_is_reminded_once(scene: Scene) -> None:
    scene.begin(*people(1, 2, 3))
    scene.go_on()
    assert scene.inboxes.reached == Counter(people(1, 2, 3))


def test_who_is_left_is_worked_out_once_for_many_reminders(scene: Scene) -> None:
    crowd = people(*range(4 * AT_ONCE))
    scene.begin(*crowd)
    scene.go_on()
    assert scene.inboxes.reached == Counter(crowd)
    assert scene.ballots.loads == 4
    assert max(scene.slept) < 1.0


def test_a_long_wait_is_left_to_the_schedule(scene: Scene) -> None:
    scene.inboxes.answers = [None, LIMITED]
    scene.begin(*people(1, 2, 3))
    scene.go_on()
    assert scene.inboxes.reached == Counter(people(1, 2, 3))
    assert max(scene.slept) < 1.0


@pytest.mark.parametrize("takes_effect", [True, False])
@pytest.mark.parametrize("times", [1, 3])
def test_after_no_answer_it_looks_and_sends_again_what_is_not_there(
    scene: Scene, takes_effect: bool, times: int
) -> None:
    scene.inboxes.answers, scene.inboxes.takes_effect = [None, *[SILENT] * times], takes_effect
    scene.begin(*people(1, 2, 3))
    scene.go_on()
    assert scene.inboxes.reached == Counter(people(1, 2, 3))


def test_an_outage_in_which_it_can_t_even_look_is_waited_for(scene: Scene) -> None:
    scene.inboxes.answers, scene.inboxes.looks = [SILENT], [LOOK_FAILED] * 50
    scene.begin(*people(1, 2))
    began = scene.clock()
    scene.go_on()
    assert scene.inboxes.reached == Counter(people(1, 2))
    assert scene.inboxes.tried == {"U0001": 2, "U0002": 1}
    assert scene.clock() - began > timedelta(seconds=50 * LOOK_AGAIN)


@pytest.mark.parametrize("takes_effect", [True, False])
def test_where_it_may_not_look_it_sends_once_more_and_no_third_time(scene: Scene, takes_effect: bool) -> None:
    scene.inboxes.answers, scene.inboxes.takes_effect = [SILENT] * 2, takes_effect
    scene.inboxes.looks = [UNREADABLE] * 2
    scene.begin(*people(1, 2))
    scene.go_on()
    assert scene.inboxes.tried == {"U0001": 2, "U0002": 1}
    assert scene.inboxes.reached["U0002"] == 1


def test_who_takes_no_messages_is_passed_over(scene: Scene) -> None:
    scene.inboxes.answers = [GONE]
    scene.begin(*people(1, 2))
    scene.go_on()
    assert scene.inboxes.tried == {"U0001": 1, "U0002": 1}


def test_a_dead_token_loses_nobody_their_reminder(scene: Scene) -> None:
    scene.inboxes.answers = [DEAD]
    scene.begin(*people(1, 2))
    scene.go_on()
    assert scene.inboxes.reached == Counter(people(1, 2))


def test_what_is_logged_tells_of_nobody(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    scene.inboxes.answers, scene.inboxes.looks = [SILENT, GONE, SILENT, LIMITED, DEAD], [UNREADABLE, LOOK_FAILED]
    scene.begin(*people(1, 2, 3, 4))
    scene.go_on()
    said = [(record.getMessage(), str(record.exc_info)) for record in caplog.records]
    assert [words for words, _ in said if "a reminder" in words]
    assert not [line for line in said for one in people(1, 2, 3, 4) if one in str(line)]


def test_an_extension_in_the_middle_of_a_wave_drops_nobody(scene: Scene) -> None:
    crowd = people(*range(AT_ONCE + 10))
    scene.begin(*crowd)
    ((key, due),) = scene.runner.claim(1)
    scene.runner.run(key, due)
    assert scene.inboxes.reached.total() == AT_ONCE
    scene.extend(timedelta(days=1))
    scene.go_on()
    assert scene.inboxes.reached == Counter(crowd)
