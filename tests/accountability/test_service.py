"""What is set aside after too many tries is told to whoever leads, and stops nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.accountability import later as accountability
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.rhythm.later import MONTHLY, WEEKLY
from bot.accountability.series.later import ANNOUNCE, ASK_SPONSOR, TELL_LEADER
from bot.accountability.service import AccountabilityService
from bot.accountability.sessions.later import CLOSE, LIST_TOPIC, OPEN, POST_AGENDA
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.troubles.views import SeriesTroubleView
from bot.scheduler.actions import MOST_TRIES, Action, Due
from bot.scheduler.runner import Runner
from bot.storage.database import Database
from tests.accountability.commitments.examples import DAY, OURS, a_commitment, made
from tests.accountability.sessions.examples import HOST, SERIES, START, TIMES
from tests.accountability.surroundings import Scene, Time

OF_SERIES = (POST_AGENDA, OPEN, ANNOUNCE, ASK_SPONSOR, TELL_LEADER, WEEKLY, MONTHLY)


@pytest.fixture
def scene(database: Database) -> Scene:
    SeriesStore(database).add(OURS, SERIES, TIMES)
    return Scene(database, Time(START))


@pytest.fixture
def runner(scene: Scene) -> Runner:
    made = Runner(scene.schedule, scene.time)
    AccountabilityService(scene.around).register(made)
    return made


def give_up(runner: Runner, kind: str, subject: str) -> None:
    """As after the last try."""
    runner.run(OURS, Due(Action(kind, subject, START, "2026-12-01"), "lease", START, MOST_TRIES + 1))


@pytest.mark.parametrize(
    ("kind", "subject"),
    [*((kind, "s1") for kind in OF_SERIES), *((kind, "s1/2026-12-01") for kind in (CLOSE, LIST_TOPIC))],
)
def test_whoever_leads_is_told_once_that_something_of_the_series_is_set_aside(
    scene: Scene, runner: Runner, kind: str, subject: str
) -> None:
    give_up(runner, kind, subject)
    give_up(runner, OPEN, "s1")
    assert runner.run_due() == 1
    ((reader, view),) = scene.slack.posts
    assert isinstance(view, SeriesTroubleView)
    assert (reader, view.what, view.series_id) == (HOST, "given_up", "s1")


@pytest.fixture
def promised(scene: Scene) -> Commitment:
    of = a_commitment(channel_id=SERIES.channel_id)
    CommitmentStore(scene.database).add(OURS, of, made(of))
    return of


@pytest.mark.parametrize("kind", [accountability.NUDGE, accountability.AIR_COVER])
def test_a_look_that_is_given_up_is_told_and_taken_up_a_day_later(
    scene: Scene, runner: Runner, promised: Commitment, kind: str
) -> None:
    give_up(runner, kind, promised.owner if kind == accountability.NUDGE else promised.channel_id)
    told, again = scene.due(accountability.TELL_FACILITATOR), scene.due(kind)
    assert [one.occurrence.split()[0] for one in told] == ["given_up"]
    assert [timedelta(0) <= one.due_at - START - DAY < timedelta(minutes=1) for one in again] == [True]


@pytest.mark.parametrize("kind", [accountability.WARN_OF_AIR_COVER, accountability.ASK_FOR_AIR_COVER])
def test_air_cover_that_is_given_up_is_told_once(scene: Scene, runner: Runner, promised: Commitment, kind: str) -> None:
    for _ in range(2):
        give_up(runner, kind, promised.id)
    assert len(scene.due(accountability.TELL_FACILITATOR)) == 1


def test_what_is_of_no_series_is_set_aside_in_silence(scene: Scene, runner: Runner) -> None:
    give_up(runner, accountability.DRAW_SESSIONS, "C1")
    give_up(runner, OPEN, "gone")
    assert runner.run_due() == 0
    assert scene.slack.posts == []
