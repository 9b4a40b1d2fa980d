"""A desk for each test: a local workspace that begins on the same Monday."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.resources import MANIFEST
from bot.storage.database import Database
from bot.workspace.driver import Workspace
from bot.workspace.server import WorkspaceServer
from tests.accountability.commitments.examples import MONDAY
from tests.accountability.nudges.desk import Desk, Process


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(lambda: MONDAY)


@pytest.fixture(scope="session")
def server() -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(json.loads(MANIFEST.read_text("utf-8")), rate_limits=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def workspace(server: WorkspaceServer, clock: MovableClock) -> Workspace:
    """A new one on the same server, where it is that Monday again."""
    fresh = server.add_workspace()
    fresh.clock = clock
    return fresh


@pytest.fixture
def start(
    database: Database, database_url: str, server: WorkspaceServer, workspace: Workspace, clock: MovableClock
) -> Iterator[Callable[..., Process]]:
    """Starts another process on the same database."""
    assert database.name
    with ExitStack() as stack:

        def begin(**options: Any) -> Process:
            own = stack.enter_context(closing(Database(database_url)))
            return Process.start(own, workspace.bot_token, server.api_url, clock, **options)

        yield begin


@pytest.fixture
def desk(workspace: Workspace, clock: MovableClock, start: Callable[..., Process]) -> Desk:
    return Desk(workspace, clock, start())
