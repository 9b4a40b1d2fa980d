"""The pytest plugin: a local Slack of its own for each test (docs/workspace.md).

pytest loads this file in every run, so the server and what it needs are imported only when a fixture is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.workspace.driver import Workspace
    from bot.workspace.server import WorkspaceServer

MANIFEST = "manifest.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("slack_manifest", "the manifest (JSON) of the Slack app under test, from rootdir", default=MANIFEST)


@pytest.fixture
def slack_manifest(pytestconfig: pytest.Config) -> dict[str, Any]:
    """The manifest of the app under test; override this fixture to give another."""
    path = pytestconfig.rootpath / pytestconfig.getini("slack_manifest")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        way = "Name the file in the pytest option slack_manifest, or override the fixture slack_manifest."
        pytest.fail(f"The app's manifest can't be read: {problem} ({path}). {way}", pytrace=False)
    return manifest


@pytest.fixture
def slack_options() -> dict[str, Any]:
    """What else `WorkspaceServer` takes, such as `ack_seconds`, `request_url` or `optional_scopes`; override this
    fixture to give it."""
    return {}


@pytest.fixture
def slack_server(slack_manifest: dict[str, Any], slack_options: dict[str, Any]) -> Iterator[WorkspaceServer]:
    """A running Slack on loopback, with `api_url`, `bot_token` and `app_token`; its clock moves when it is told to."""
    from bot.clock import MovableClock
    from bot.workspace.server import WorkspaceServer

    server = WorkspaceServer(slack_manifest, **{"clock": MovableClock(), **slack_options})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def workspace(slack_server: WorkspaceServer) -> Workspace:
    """The workspace in it, empty but for the app: `say`, `command`, `click`, `submit`, `expect`, …"""
    return slack_server.workspace
