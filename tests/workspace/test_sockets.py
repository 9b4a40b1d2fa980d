"""Socket Mode with the real slack_sdk client: greeting, order, sharing, redelivery, refresh, failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Part

Connect = Callable[..., SocketModeClient]


@pytest.fixture
def connected(server: WorkspaceServer, part: Part) -> Iterator[Connect]:
    """Opens bare clients that keep what they get in `seen`, and acknowledge the first `ignored + 1`th on."""
    opened: list[SocketModeClient] = []

    def connect(seen: list[SocketModeRequest], ignored: int = 0) -> SocketModeClient:
        web = WebClient(token=server.bot_token, base_url=server.api_url)
        client = SocketModeClient(app_token=server.app_token, web_client=web)

        def listen(client: SocketModeClient, request: SocketModeRequest) -> None:
            seen.append(request)
            if len(seen) > ignored:
                client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

        client.socket_mode_request_listeners.append(listen)  # type: ignore[arg-type]
        before = len(server.workspace.sockets.queues)
        client.connect()
        server.workspace.wait_for(lambda: len(server.workspace.sockets.queues) > before)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        part(server, client)


def test_an_event_has_slacks_envelope(connected: Connect, workspace: Workspace, ana: Person, room: Channel) -> None:
    seen: list[SocketModeRequest] = []
    connected(seen)
    said = workspace.say(ana.id, room.id, "@guest what is <new> & good?")
    workspace.wait_for(lambda: workspace.deliveries and workspace.deliveries[-1].acked_at)
    (request,) = seen
    event = request.payload["event"]
    assert (request.type, request.retry_attempt, request.payload["type"]) == (
        "events_api",
        0,
        "event_callback",
    )
    assert request.payload["authorizations"][0]["user_id"] == workspace.team.bot_user
    assert event["text"] == f"<@{workspace.team.bot_user}> what is &lt;new&gt; &amp; good?"
    assert (event["type"], event["ts"], event["channel"]) == ("app_mention", said["ts"], room.id)


def test_what_the_app_did_not_subscribe_to_or_is_not_in_is_not_sent(
    workspace: Workspace, ana: Person, room: Channel
) -> None:
    outside = workspace.add_channel("outside", [ana.id])
    workspace.say(ana.id, room.id, "no mention")
    workspace.say(ana.id, outside.id, "@guest are you there?")
    assert workspace.deliveries == []


def test_an_event_without_acknowledgement_comes_again_with_the_same_event_id(
    connected: Connect, workspace: Workspace, ana: Person
) -> None:
    seen: list[SocketModeRequest] = []
    connected(seen, ignored=1)
    workspace.say(ana.id, workspace.dm_of(ana.id).id, "hello")
    workspace.wait_for(lambda: len(workspace.deliveries) == 2 and workspace.deliveries[1].acked_at)
    first, second = seen
    assert (second.retry_attempt, second.retry_reason) == (1, "timeout")
    assert first.payload["event_id"] == second.payload["event_id"]
    assert workspace.deliveries[0].failure == "the app did not answer in time"


def test_several_connections_share_the_events(connected: Connect, workspace: Workspace, ana: Person) -> None:
    seen: list[list[SocketModeRequest]] = [[], [], []]
    for inbox in seen:
        connected(inbox)
    for number in range(6):
        workspace.say(ana.id, workspace.dm_of(ana.id).id, str(number))
    workspace.wait_for(lambda: all(d.acked_at for d in workspace.deliveries))
    assert [len(inbox) for inbox in seen] == [2, 2, 2]


def test_a_disconnect_makes_the_client_come_again(connected: Connect, workspace: Workspace, ana: Person) -> None:
    seen: list[SocketModeRequest] = []
    connected(seen)
    workspace.sockets.disconnect()
    workspace.wait_for(lambda: [c.method for c in workspace.calls].count("apps.connections.open") == 2)
    workspace.wait_for(lambda: [kind for kind, _ in workspace.log].count("disconnected") == 1)
    workspace.say(ana.id, workspace.dm_of(ana.id).id, "still there?")
    workspace.wait_for(lambda: workspace.deliveries[-1].acked_at)
    assert seen[-1].payload["event"]["text"] == "still there?"


def test_an_interaction_without_an_app_fails_at_once_and_visibly(
    workspace: Workspace, ana: Person, room: Channel
) -> None:
    workspace.command(ana.id, room.id, "/guest", "hello")
    notice = workspace.wait_for(lambda: workspace.notices(ana.id))[0]
    assert notice.text == '/guest failed with the error "dispatch_failed": the app is not connected.'


def test_a_ticket_opens_one_connection_only(workspace: Workspace, connected: Connect) -> None:
    connected([])
    assert workspace.sockets.tickets == set()


@pytest.mark.parametrize("frame", ["no json", "[]", '{"envelope_id": 7}', '{"envelope_id": "unknown"}', "null"])
def test_a_strange_frame_is_noted_and_forgotten(
    connected: Connect, workspace: Workspace, ana: Person, frame: str
) -> None:
    client = connected([])
    client.send_message(frame)
    workspace.say(ana.id, workspace.dm_of(ana.id).id, "still there?")
    workspace.wait_for(lambda: workspace.deliveries[-1].acked_at)


def test_many_threads_may_speak_at_once(connected: Connect, workspace: Workspace, ana: Person) -> None:
    connected([])
    dm = workspace.dm_of(ana.id).id
    talk = [threading.Thread(target=lambda: [workspace.say(ana.id, dm, "x") for _ in range(25)]) for _ in range(4)]
    for thread in talk:
        thread.start()
    for thread in talk:
        thread.join()
    workspace.wait_for(lambda: all(d.acked_at for d in workspace.deliveries))
    assert len({message["ts"] for message in workspace.messages(dm)}) == len(workspace.deliveries) == 100
