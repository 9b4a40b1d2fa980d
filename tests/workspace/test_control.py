"""The page's API: what it shows to whom, and whom it refuses."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Person
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import Ask


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_foreign_hosts_and_origins_are_refused(ask: Ask, headers: dict[str, str]) -> None:
    paths = ("/", "/control/state", "/control/changes", "/page/app.js", "/api/api.test")
    assert [ask(path, **headers)[0] for path in paths] == [403] * 5


def test_a_foreign_page_gets_no_socket(server: WorkspaceServer) -> None:
    address = server.url.replace("http", "ws") + f"/link/?ticket={server.workspace.sockets.new_ticket()}"
    with pytest.raises(InvalidStatus, match="403"), connect(address, origin=Origin("https://evil.example")):
        pass
    with connect(address) as socket:
        assert json.loads(socket.recv())["type"] == "hello"


def test_a_socket_needs_a_ticket(server: WorkspaceServer) -> None:
    address = server.url.replace("http", "ws") + "/link/?ticket=guessed"
    with pytest.raises(InvalidStatus, match="403"), connect(address):
        pass


def test_another_port_of_this_machine_is_foreign_too(ask: Ask) -> None:
    assert ask("/control/say", {}, Origin="http://127.0.0.1:1")[0] == 403


def test_the_servers_own_page_may_ask(ask: Ask, server: WorkspaceServer) -> None:
    assert ask("/control/state", Origin=server.url)[0] == 200


def test_the_page_runs_no_inline_script_and_loads_nothing_from_elsewhere(server: WorkspaceServer) -> None:
    with urlopen(server.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page
    assert "https://" not in page


def test_a_person_sees_own_ephemerals_and_channels_only(
    ask: Ask, workspace: Workspace, ana: Person, room: Channel
) -> None:
    ben = workspace.add_person("ben", "Ben Okafor")
    workspace.show_only_to(ana.id, {"channel": room.id, "user": "U", "ts": "1.1", "text": "secret"})
    (_, hers), (_, his) = (ask(f"/control/state?user={who.id}&channel={room.id}") for who in (ana, ben))
    assert [m["text"] for m in hers["ephemerals"]] == ["secret"]
    assert his["ephemerals"] == []
    assert room.id not in [channel["id"] for channel in his["channels"]]
    assert his["messages"] == []


def test_a_person_speaks_through_the_page(ask: Ask, ana: Person, room: Channel) -> None:
    status, answer = ask("/control/say", {"user": ana.id, "channel": room.id, "text": "<hi>"})
    assert (status, answer["answer"]["text"]) == (200, "&lt;hi&gt;")


def test_what_slack_would_not_allow_is_said_in_words(ask: Ask, ana: Person, room: Channel) -> None:
    body = {"user": ana.id, "channel": room.id, "command": "/guest", "text": "", "thread_ts": "1.1"}
    assert ask("/control/command", body) == (200, {"error": "/guest is not supported in threads. Sorry!"})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/control/fly", {}, 404),
        ("/control/say", {}, 400),
        ("/control/say", [], 400),
        ("/control/say", b"{", 400),
    ],
)
def test_bad_requests_are_refused_politely(ask: Ask, path: str, body: object, status: int) -> None:
    answered, answer = ask(path, body)
    assert answered == status
    assert answer["error"]


def test_a_form_cannot_pose_as_the_page(ask: Ask) -> None:
    assert ask("/control/say", b"user=U1", Content_Type="application/x-www-form-urlencoded")[0] == 415


def test_changes_are_streamed(server: WorkspaceServer, ana: Person, room: Channel) -> None:
    with urlopen(server.url + "/control/changes", timeout=5) as stream:
        first = json.loads(stream.readline().removeprefix(b"data: "))
        stream.readline()
        server.workspace.say(ana.id, room.id, "something new")
        assert json.loads(stream.readline().removeprefix(b"data: ")) > first
