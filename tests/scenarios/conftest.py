"""The stage that conversations play on: one for all where nothing breaks, a fresh one where something does."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot import clock as clocks
from bot.workspace.records import Channel, Person
from tests.conftest import Aside
from tests.scenarios.stage import DATABASE, MovableClock, Stage

_numbers = count(1)


@pytest.fixture(scope="session")
def shared_stage(tmp_path_factory: pytest.TempPathFactory, cache: Path, aside: Aside) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"), cache)
    stage.start_bot()
    yield stage
    stage.leave(aside)


@pytest.fixture
def refusals() -> set[str]:
    """Slack's words for what it refuses in this scene; nothing, unless the scene is about it."""
    return set()


@pytest.fixture
def bot_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of ours may be logged as an error."""
    yield
    records = [record for record in caplog.get_records("call") if record.name.split(".")[0] == "bot"]
    assert [record.getMessage() for record in records if record.levelno >= logging.ERROR] == []


@pytest.fixture
def stage(shared_stage: Stage, refusals: set[str], bot_errors: None) -> Iterator[Stage]:  # noqa: ARG001
    """The shared stage; after each scene, all that must always hold is looked at."""
    deliveries, calls = len(shared_stage.workspace.deliveries), len(shared_stage.workspace.calls)
    yield shared_stage
    shared_stage.check(deliveries, calls, refusals)


@pytest.fixture(scope="module")
def shared_moving_stage(tmp_path_factory: pytest.TempPathFactory, cache: Path, aside: Aside) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("moving"), cache, clocks.MovableClock())
    stage.start_bot()
    yield stage
    stage.leave(aside)


@pytest.fixture
def moving_stage(shared_moving_stage: Stage, refusals: set[str], bot_errors: None) -> Iterator[Stage]:  # noqa: ARG001
    """The same where time flows by itself and can be moved ahead: rounds take days."""
    deliveries, calls = len(shared_moving_stage.workspace.deliveries), len(shared_moving_stage.workspace.calls)
    yield shared_moving_stage
    shared_moving_stage.check(deliveries, calls, refusals)


@pytest.fixture
def folder(tmp_path: Path, migrated_file: Path) -> Path:
    """Where a stage of its own keeps its database, which is migrated already."""
    shutil.copy(migrated_file, tmp_path / DATABASE)
    return tmp_path


NewStage = Callable[..., Stage]


@pytest.fixture
def new_stage(
    folder: Path,
    cache: Path,
    refusals: set[str],
    aside: Aside,
    bot_errors: None,  # noqa: ARG001
) -> Iterator[NewStage]:
    """Makes a stage of its own where time can be moved, without a bot yet; it takes the options of `Stage`."""
    made: list[Stage] = []

    def make(**options: Any) -> Stage:
        made.append(Stage(folder, cache, clocks.MovableClock(), **options))
        return made[-1]

    yield make
    try:
        for stage in made:
            stage.check(0, 0, refusals)
    finally:
        for stage in made:
            stage.leave(aside)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def stage_options() -> dict[str, Any]:
    """What is unusual about the fresh stage."""
    return {}


@pytest.fixture
def fresh_stage(
    folder: Path,
    cache: Path,
    clock: MovableClock,
    stage_options: dict[str, Any],
    refusals: set[str],
    aside: Aside,
    bot_errors: None,  # noqa: ARG001
) -> Iterator[Stage]:
    """A stage of its own, without a bot yet, where time moves as the test says."""
    stage = Stage(folder, cache, clock, **stage_options)
    yield stage
    try:
        stage.check(0, 0, refusals)
    finally:
        stage.leave(aside)


@pytest.fixture
def ana(stage: Stage) -> Person:
    return stage.person(f"ana{next(_numbers)}", "Ana Weber")


@pytest.fixture
def ben(stage: Stage) -> Person:
    return stage.person(f"ben{next(_numbers)}", "Ben Okafor")


@pytest.fixture
def room(stage: Stage, ana: Person, ben: Person) -> Channel:
    return stage.room(f"leadership-{next(_numbers)}", ana, ben)
