"""A workspace for each test, and a small Bolt app that lives in it: real libraries, real protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.clock import MovableClock
from bot.workspace.driver import Workspace
from bot.workspace.methods import METHODS
from bot.workspace.records import Channel, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside, Part
from tests.workspace.guest import register

MANIFEST: Json = {
    "display_information": {"name": "Guest"},
    "features": {
        "bot_user": {"display_name": "guest"},
        "slash_commands": [{"command": "/guest", "description": "Try me", "should_escape": True}],
        "shortcuts": [
            {"name": "Note", "type": "global", "callback_id": "note", "description": "Take a note"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keep a message"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:read",
                "chat:write",
                "commands",
                "im:history",
                "users:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]}},
}


SCOPES = sorted({scope for method in METHODS.values() for scope in method.scopes})
KINDS = ("created", "rename", "archive", "unarchive")
EVENTS = [*(f"channel_{kind}" for kind in KINDS), "member_joined_channel", "member_left_channel",
          "reaction_added", "reaction_removed"]  # fmt: skip
EVERY_SCOPE: Json = {
    **MANIFEST,
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {"event_subscriptions": {"bot_events": EVENTS}},
}


@pytest.fixture
def manifest() -> Json:
    return MANIFEST


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def server(manifest: Json, clock: MovableClock, aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(manifest, rate_limits=False, ack_seconds=1.0, clock=clock)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def workspace(server: WorkspaceServer) -> Workspace:
    return server.workspace


@pytest.fixture
def ana(workspace: Workspace) -> Person:
    return workspace.add_person("ana", "Ana Weber")


@pytest.fixture
def room(workspace: Workspace, ana: Person) -> Channel:
    channel = workspace.add_channel("leadership", [ana.id])
    workspace.invite_bot(channel)
    return channel


@pytest.fixture
def client(server: WorkspaceServer) -> WebClient:
    return WebClient(token=server.bot_token, base_url=server.api_url, retry_handlers=[])


def connect(server: WorkspaceServer) -> SocketModeHandler:
    app = App(client=WebClient(token=server.bot_token, base_url=server.api_url))
    register(app)
    handler = SocketModeHandler(app, server.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    server.workspace.wait_for(lambda: server.workspace.sockets.is_connected)
    return handler


@pytest.fixture
def app(server: WorkspaceServer, part: Part) -> Iterator[SocketModeHandler]:
    handler = connect(server)
    yield handler
    part(server, handler.client)


Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(server: WorkspaceServer) -> Ask:
    """A plain HTTP request to the server: status and decoded answer."""

    def send(path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(server.url + path, data, {**kind, **named})
        try:
            with urlopen(request) as answer:
                return answer.status, _decoded(answer.read())
        except HTTPError as refusal:
            with refusal:
                return refusal.code, _decoded(refusal.read())

    return send


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()
