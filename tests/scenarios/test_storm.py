"""The bot is killed again and again while many vote: what it acknowledged counts, once, and the later vote stays.

It is killed twenty times, with Slack's rate limits on, while 40 people press the buttons of 11 statements at random,
30 votes under way at any time: 600 to 1,800 acknowledged votes, one in twenty delivered twice. That is a smaller storm
than the 2,000 people × 11 of `make bench`, which kills nobody: how many there are makes no vote less safe.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.checks import Answer
from bot.readiness.tally import Tally, tally_of
from bot.settings import FIXES
from bot.storage.database import Database
from bot.workspace.records import Delivery
from tests.conftest import Aside
from tests.scenarios.poll import LONG, Poll
from tests.scenarios.stage import Stage

pytestmark = pytest.mark.soak  # more than a minute

KILLS = 20
VOTERS = 40
UNDER_WAY = 30  # votes sent and not acknowledged, at most
IN_A_LIFE = (30, 90)  # votes acknowledged before the next kill
WHILE_DEAD = 5
TWICE = 0.05  # the share of votes that are delivered once more, some of them to the next bot

Lives = Callable[[], subprocess.Popen[bytes]]
Place = tuple[str, str]  # a person and a statement


@dataclass(frozen=True)
class Vote:
    """One delivery of a click."""

    delivery: Delivery

    @property
    def _value(self) -> list[str]:
        return str(self.delivery.payload["actions"][0]["value"]).split(":")

    @property
    def round_id(self) -> str:
        return self._value[0]

    @property
    def place(self) -> Place:
        return self.delivery.user_id, self._value[1]

    @property
    def answer(self) -> Answer:
        return Answer(self._value[2])

    @property
    def ts(self) -> str:
        return str(self.delivery.payload["actions"][0]["action_ts"])

    @property
    def is_acked(self) -> bool:
        return self.delivery.acked_at is not None


class Storm:
    """Votes at random, some delivered twice, never more than so many under way."""

    def __init__(self, poll: Poll) -> None:
        self.poll, self.workspace, self.stage = poll, poll.workspace, poll.stage
        self.rng = Random(20)
        self.votes: list[Vote] = []
        self._thread = poll.thread

    def rage(self, acknowledged: int) -> None:
        """Until so many more are acknowledged, with others still under way."""
        goal = self._acked() + acknowledged
        while self._acked() < goal:
            self.workspace.wait_for(lambda: self._pending() < UNDER_WAY, LONG)
            self.vote()

    def vote(self) -> None:
        chosen = self.rng.choice(self.poll.people), self.rng.choice(self._thread), f"vote:{self.rng.randint(1, 4)}"
        self.votes.append(Vote(self.stage.press(*chosen)))
        if self.rng.random() < TWICE:
            self.votes.append(Vote(self.stage.again(self.rng.choice(self.votes).delivery)))

    def _acked(self) -> int:
        return sum(vote.is_acked for vote in self.votes)

    def _pending(self) -> int:
        return sum(not vote.delivery.is_settled for vote in self.votes)

    def settle(self) -> None:
        self.workspace.wait_for(lambda: not self._pending(), LONG)

    def allowed(self) -> dict[Place, set[Answer | None]]:
        """What may count: the last vote that was acknowledged, or one after it that was not but arrived."""
        by_place: dict[Place, list[Vote]] = defaultdict(list)
        for vote in self.votes:
            by_place[vote.place].append(vote)
        return {place: _allowed(votes) for place, votes in by_place.items()}


def _allowed(votes: list[Vote]) -> set[Answer | None]:
    acked = max((vote for vote in votes if vote.is_acked), key=lambda vote: vote.ts, default=None)
    later = {vote.answer for vote in votes if acked is None or vote.ts > acked.ts}
    return later | {acked.answer if acked else None}


@pytest.fixture
def stage(tmp_path: Path, cache: Path, aside: Aside) -> Iterator[Stage]:
    """Slack's rate limits are on; without a bot yet."""
    made = Stage(tmp_path, cache, rate_limits=True)
    yield made
    made.leave(aside)


@pytest.fixture
def start(stage: Stage, own_database_url: str, cache: Path, tmp_path: Path) -> Iterator[Lives]:
    """Starts a bot, `cco run`, and returns once it is connected."""
    inherited = {name: value for name, value in os.environ.items() if name not in FIXES}
    ours = {
        "SLACK_BOT_TOKEN": stage.server.bot_token,
        "SLACK_APP_TOKEN": stage.server.app_token,
        "SLACK_API_URL": stage.server.api_url,
        "DATABASE_URL": own_database_url,
        "CCO_CACHE_DIR": str(cache),
    }
    lives: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("cco")), "run"]
        lives.append(subprocess.Popen(command, cwd=tmp_path, env={**inherited, **ours}, stderr=subprocess.DEVNULL))
        stage.workspace.wait_for(lambda: stage.workspace.sockets.is_connected, LONG)
        return lives[-1]

    yield begin
    for life in lives:
        life.kill()
        life.wait()


def kill(bot: subprocess.Popen[bytes], stage: Stage) -> None:
    """As `kill -9` does."""
    bot.kill()
    bot.wait()
    stage.workspace.wait_for(lambda: not stage.workspace.sockets.is_connected, LONG)


def close(poll: Poll) -> None:
    starter, workspace = poll.starter.id, poll.workspace
    form = poll.stage.opened(poll.starter, lambda: workspace.click(starter, poll.parent, "manage_round"))
    workspace.click(starter, form, "close_round")
    poll.until(lambda: poll.results)


def test_killed_twenty_times_it_has_lost_no_vote_and_counts_none_twice(
    stage: Stage, start: Lives, own_database_url: str
) -> None:
    bot = start()
    poll = Poll(stage, size=VOTERS, check="readiness", start_anonymity="named").start()
    storm = Storm(poll)
    for _ in range(KILLS):
        storm.rage(storm.rng.randint(*IN_A_LIFE))
        kill(bot, stage)
        for _ in range(WHILE_DEAD):
            storm.vote()
        bot = start()
    storm.rage(IN_A_LIFE[0])
    storm.settle()
    close(poll)

    key, round_id = WorkspaceKey("", stage.workspace.team.id), storm.votes[0].round_id
    with closing(Database(own_database_url)) as database:
        ballots = BallotStore(database)
        counted = {
            (who, name): vote
            for who, given in ballots.named_votes(key, round_id).items()
            for name, vote in given.items()
        }
        tallies = {result.statement_id: result.tally for result in ballots.results(key, round_id)}

    unacked = [vote for vote in storm.votes if not vote.is_acked]
    assert len(unacked) >= KILLS * WHILE_DEAD  # it was dead, and died with votes under way
    assert counted.keys() <= storm.allowed().keys()
    wrong = {place: counted.get(place) for place, may in storm.allowed().items() if counted.get(place) not in may}
    assert wrong == {}
    assert tallies == tallied(counted)


def tallied(counted: dict[Place, Answer]) -> dict[str, Tally]:
    """One vote of each person on each statement."""
    by_statement: dict[str, list[Answer]] = defaultdict(list)
    for (_, statement), answer in counted.items():
        by_statement[statement].append(answer)
    return {name: tally_of(given) for name, given in by_statement.items()}
