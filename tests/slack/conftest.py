"""A workspace without the rest of the bot, for what speaks Slack."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.resources import MANIFEST
from bot.workspace.records import Channel, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside


@pytest.fixture
def server(aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(json.loads(MANIFEST.read_text(encoding="utf-8")), rate_limits=False)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def ana(server: WorkspaceServer) -> Person:
    return server.workspace.add_person("ana", "Ana Weber")


@pytest.fixture
def room(server: WorkspaceServer, ana: Person) -> Channel:
    channel = server.workspace.add_channel("leadership", [ana.id])
    server.workspace.invite_bot(channel)
    return channel
