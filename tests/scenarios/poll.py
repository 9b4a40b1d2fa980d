"""A round of a check on a stage, from its form to its results. Time runs as fast as what is waited for allows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import IO, Any, TypeVar

from bot.settings import FIXES
from bot.workspace.records import Call, Delivery, Json, Person
from tests.scenarios.stage import PATIENCE, MovableClock, Stage, texts

STEP = 0.25  # seconds of the stage's time that pass in each real LOOK
LOOK = 0.02  # seconds
LONG = 60.0  # seconds: a dozen messages, each in its turn, on a machine that does much else besides

Found = TypeVar("Found")

# A bot as a process of its own, ahead of the real time by so many seconds.
AHEAD = """
import sys
from datetime import timedelta
from bot.app import build
from bot.cli import _log_to_stderr
from bot.clock import MovableClock
from bot.settings import load_settings
clock = MovableClock()
clock.move(timedelta(seconds=float(sys.argv[1])))
_log_to_stderr(sys.argv[2])
build(load_settings(slack=True), clock).run()
"""


class Poll:
    """A round in a channel of `size` people, run by the first of them; `entries` are put into the form.

    Without a `clock` to move, time runs as it does. One `after` another is in its channel, with its people.
    """

    def __init__(
        self,
        stage: Stage,
        clock: MovableClock | None = None,
        size: int = 6,
        check: str = "reality-check",
        after: Poll | None = None,
        **entries: Any,
    ) -> None:
        self.stage, self.clock, self.workspace = stage, clock, stage.workspace
        if after:
            self.people, self.room = after.people, after.room
        else:
            self.people = [stage.person(f"person{number}", f"Person {number}") for number in range(size)]
            self.room = stage.room("leadership", *self.people)
        self.starter = self.people[0]
        self._before = len(stage.said(self.room.id))
        self.deadline = (stage.clock() + timedelta(days=6)).replace(second=0, microsecond=0)
        self.entries = {"start_check": check, "start_deadline": int(self.deadline.timestamp()), **entries}
        self.statements = {"reality-check": 3, "ownership": 3, "well-oiled": 7, "readiness": 11}.get(check, 0)

    # Starting

    def draft(self) -> Json:
        """The modal that says what the round will be."""
        starter = self.starter.id
        form = self.stage.opened(self.starter, lambda: self.workspace.command(starter, self.room.id, "/cco", "check"))
        answer = self.workspace.submit(starter, form["id"], self.entries)
        assert answer is not None
        assert answer["response_action"] == "push", answer
        return self.workspace.wait_for(self.drafts, PATIENCE)[0]

    def confirm(self, draft: Json) -> None:
        self.workspace.submit(self.starter.id, draft["id"], {})

    def start(self) -> Poll:
        """Returns once every message is posted."""
        self.confirm(self.draft())
        self.until(lambda: self.is_posted)
        return self

    def drafts(self) -> list[Json]:
        """The modals that say what a round will be."""
        return [one for one in self.workspace.views(self.starter.id) if one["callback_id"] == "start_confirmation"]

    # What is there to be seen

    @property
    def parent(self) -> Json:
        return self._said[0]

    @property
    def _said(self) -> list[Json]:
        """In the channel's own timeline, since this round."""
        return self.stage.said(self.room.id)[self._before :]

    @property
    def thread(self) -> list[Json]:
        """The statements, in the order in which they came."""
        return [one for one in self.stage.said(self.room.id, self.parent["ts"]) if one["ts"] != self.parent["ts"]]

    @property
    def is_posted(self) -> bool:
        return bool(self._said) and len(self.thread) >= self.statements

    @property
    def results(self) -> list[Json]:
        """What came into the channel after the round's first message."""
        return self._said[1:]

    @property
    def titles(self) -> list[str]:
        """Which statement each message in the thread is about."""
        return [str(one["text"]).split(": ")[0] for one in self.thread]

    def turnout(self) -> str:
        words = texts(self.parent)
        return next(line for line in words.splitlines() if "answered" in line).split("·")[-1].strip(" *")

    def told(self, person: Person) -> list[str]:
        """What the bot wrote to somebody directly."""
        return [texts(one) for one in self.stage.said(self.stage.dm(person))]

    def reminded(self) -> Counter[str]:
        """How many reminders each person got."""
        return Counter({one.id: sum("haven't answered" in words for words in self.told(one)) for one in self.people})

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.workspace.calls if call.method == method]

    # What people do

    def vote(self, person: Person, number: int = 1, answer: int = 1) -> Delivery:
        """Presses a button of a statement, and waits until it is acknowledged."""
        delivery = self.stage.press(person, self.thread[number - 1], f"vote:{answer}")
        self.workspace.wait_for(lambda: delivery.is_settled, PATIENCE)
        return delivery

    def vote_unawaited(self, person: Person) -> Delivery:
        return self.stage.press(person, self.thread[0], "vote:1")

    def vote_in_modal(self, person: Person) -> None:
        """Answers every statement at once."""
        form = self.stage.opened(person, lambda: self.stage.press(person, self.parent, "vote_all"))
        inputs = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
        self.workspace.submit(person.id, form["id"], {name: {"input": "No"} for name in inputs})
        self.workspace.close_view(person.id)

    def everybody_votes_in_modals(self) -> None:
        for person in self.people:
            self.vote_in_modal(person)

    def everybody_votes(self, *, but: int = 0, answer: int = 1) -> None:
        """All but the last so many answer every statement."""
        for person in self.people[: len(self.people) - but]:
            for number in range(1, self.statements + 1):
                self.vote(person, number, answer)

    # Time

    def until(self, found: Callable[[], Found], seconds: float = LONG) -> Found:
        """Lets time pass, quicker than it does, until there is something."""
        give_up = time.monotonic() + seconds
        while not (there := self._look(found)):
            assert time.monotonic() < give_up, self.workspace.transcript()
            self._step()
        return there

    def _look(self, found: Callable[[], Found]) -> Found:
        with self.workspace.lock:
            if not (there := found()):
                self.workspace.changed.wait(LOOK)
                there = found()
            return there

    def _step(self) -> None:
        if self.clock:
            self.pass_by(timedelta(seconds=STEP))

    def pass_by(self, span: timedelta) -> None:
        """At once."""
        assert self.clock is not None
        self.clock.advance(seconds=span.total_seconds())
        for bot in self.stage.bots:
            bot.ticker.wake()

    def settle(self) -> None:
        """Until nothing that is due is left undone, and for a while longer."""
        quiet_since = len(self.workspace.calls)
        still = 0
        while still < 40:
            self._step()
            with self.workspace.lock:
                self.workspace.changed.wait(LOOK)
            still = still + 1 if len(self.workspace.calls) == quiet_since else 0
            quiet_since = len(self.workspace.calls)

    def close(self) -> Json:
        """Lets the deadline pass and returns the results."""
        self.pass_by(self.deadline - self.stage.clock() + timedelta(seconds=1))
        return self.until(lambda: self.results)[0]


def process(stage: Stage, folder: Any, log: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Starts a bot that can be killed; its time is the stage's, and runs on from there as time does.

    What it logs is all that it can be made to log, as `cco run` would.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in FIXES}
    ours = {
        "SLACK_BOT_TOKEN": stage.server.bot_token,
        "SLACK_APP_TOKEN": stage.server.app_token,
        "SLACK_API_URL": stage.server.api_url,
        "DATABASE_URL": stage.settings.database_url.get_secret_value(),
        "CCO_CACHE_DIR": str(stage.settings.cco_cache_dir),
        "CCO_KNOWLEDGE_DIR": os.pathsep.join(map(str, stage.settings.cco_knowledge_dir)),
    }
    ahead = (stage.clock() - datetime.now(UTC)).total_seconds()
    command = [sys.executable, "-c", AHEAD, str(max(ahead, 0.0)), "DEBUG"]
    started = subprocess.Popen(command, cwd=folder, env={**inherited, **ours}, stderr=log)
    stage.workspace.wait_for(lambda: stage.workspace.sockets.is_connected, LONG)
    return started


def kill(stage: Stage, bot: subprocess.Popen[bytes]) -> None:
    """The death is sudden: nothing is tidied up, and what was on its way to it is never acknowledged."""
    bot.kill()
    bot.wait()
    stage.workspace.wait_for(lambda: not stage.workspace.sockets.is_connected, PATIENCE)
    with stage.workspace.lock:
        stage.workspace.deliveries[:] = [one for one in stage.workspace.deliveries if one.acked_at]
