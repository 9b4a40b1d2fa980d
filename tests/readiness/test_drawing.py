"""What is drawn goes out as quickly as the budget lets it, however long it takes to look for what there is to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

import pytest

from bot.clock import MovableClock
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.ballots import Turnout
from bot.readiness.drawing import Drawer
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import PARENT
from bot.readiness.store import RoundStore
from bot.readiness.troubles import Troubles
from bot.slack.budget import EDITS, EVERY, Budget
from bot.slack.gateway import Gateway
from bot.slack.lane_store import LaneStore
from bot.storage.database import Database
from tests.readiness.examples import NOON, OURS, a_round, people

A_LOOK = timedelta(seconds=0.1)


@dataclass
class Screen:
    """Slack as far as drawing goes: when each message was drawn."""

    clock: MovableClock
    drawn: dict[str, datetime] = field(default_factory=dict)

    def edit(self, channel: str, ts: str, view: object) -> None:
        del channel, view
        self.drawn[ts] = self.clock()


class SlowBallots(BallotStore):
    """Votes that take their time to be counted."""

    clock: MovableClock

    def turnout(self, key: WorkspaceKey, round_id: str) -> Turnout:
        self.clock.move(A_LOOK)
        return super().turnout(key, round_id)


@pytest.fixture
def engine() -> str:
    """Nothing here differs between the engines."""
    return "sqlite"


def test_looking_for_what_there_is_to_draw_takes_nothing_from_the_budget(database: Database) -> None:
    clock = MovableClock(lambda: NOON)
    screen, rounds, ballots = Screen(clock), RoundStore(database), SlowBallots(database)
    ballots.clock = clock
    of = a_round()
    rounds.add(OURS, of, people(1))
    parts = (PARENT, *(statement.id for statement in of.check.statements))
    for number, part in enumerate(parts):
        rounds.posted(OURS, of.id, part, f"{number}.0")
    gateway, budget = cast(Gateway, screen), Budget(LaneStore(database), clock)
    drawer = Drawer(
        rounds, ballots, Presenter({}), gateway, budget, cast(Troubles, None), clock, on_dead_token=lambda _: None
    )
    drawer.want(OURS, of.id)
    rest = drawer.draw()
    while len(screen.drawn) < len(parts):
        clock.move(timedelta(seconds=rest.seconds))
        rest = drawer.draw(rest.first)
    times = sorted(screen.drawn.values())
    assert [after - before for before, after in pairwise(times)] == [EVERY[EDITS]] * (len(parts) - 1)
