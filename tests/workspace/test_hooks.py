"""`response_url`: what it does to which message, how often, how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.webhook import WebhookClient

from bot.workspace import hooks
from bot.workspace.records import Channel, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside
from tests.workspace.conftest import MANIFEST, Ask
from tests.workspace.guest import button


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock, aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(MANIFEST, rate_limits=False, clock=clock)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def hook(server: WorkspaceServer, ana: Person, room: Channel) -> WebhookClient:
    """The response URL of a press on the message that `pressed` posts."""
    workspace = server.workspace
    workspace.command(ana.id, room.id, "/guest", "x")
    return WebhookClient(workspace.deliveries[-1].payload["response_url"])


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"NaN", b"x" * 2_000_001])
def test_what_is_no_json_object_is_refused_and_changes_nothing(
    ask: Ask, hook: WebhookClient, body: bytes, server: WorkspaceServer, ana: Person
) -> None:
    status, answer = ask(hook.url.removeprefix(server.url), body)
    assert (status, answer["error"]) == (400, "invalid_payload")
    assert server.workspace.ephemerals(ana.id) == []


def pressed(server: WorkspaceServer, user: Person, room: Channel, ephemeral: bool = False) -> WebhookClient:
    from slack_sdk import WebClient

    client = WebClient(token=server.bot_token, base_url=server.api_url)
    blocks = [{"type": "actions", "elements": [button("Go", "go")]}]
    if ephemeral:
        client.chat_postEphemeral(channel=room.id, user=user.id, text="original", blocks=blocks)
        source: Json = server.workspace.ephemerals(user.id)[0]
    else:
        client.chat_postMessage(channel=room.id, text="original", blocks=blocks)
        source = server.workspace.messages(room.id)[0]
    payload = server.workspace.click(user.id, source, "go").payload
    assert ("message" in payload) is not ephemeral
    return WebhookClient(payload["response_url"])


def test_an_answer_is_ephemeral_unless_it_says_otherwise(
    hook: WebhookClient, server: WorkspaceServer, ana: Person, room: Channel
) -> None:
    assert hook.send(text="for you").body == "ok"
    hook.send(text="for all", response_type="in_channel")
    assert [m["text"] for m in server.workspace.ephemerals(ana.id)] == ["for you"]
    assert [m["text"] for m in server.workspace.messages(room.id)] == ["for all"]


def test_a_message_is_replaced_then_deleted(server: WorkspaceServer, ana: Person, room: Channel) -> None:
    hook = pressed(server, ana, room)
    hook.send(text="replaced", replace_original=True)
    (message,) = server.workspace.messages(room.id)
    assert message["text"] == "replaced"
    assert "blocks" not in message
    hook.send(delete_original=True)
    assert server.workspace.messages(room.id) == []


def test_an_ephemeral_stays_ephemeral_when_replaced(server: WorkspaceServer, ana: Person, room: Channel) -> None:
    hook = pressed(server, ana, room, ephemeral=True)
    hook.send(text="replaced", replace_original=True, response_type="in_channel")
    assert [m["text"] for m in server.workspace.ephemerals(ana.id)] == ["replaced"]
    assert server.workspace.messages(room.id) == []
    hook.send(delete_original=True)
    assert server.workspace.ephemerals(ana.id) == []


def test_a_public_answer_may_go_into_a_thread(server: WorkspaceServer, ana: Person, room: Channel) -> None:
    hook = pressed(server, ana, room)
    parent = server.workspace.messages(room.id)[0]["ts"]
    hook.send_dict({"text": "there", "response_type": "in_channel", "thread_ts": parent, "replace_original": False})
    assert [m["text"] for m in server.workspace.messages(room.id, parent)] == ["original", "there"]


def test_the_sixth_use_is_refused(hook: WebhookClient) -> None:
    assert [hook.send(text="x").status_code for _ in range(6)] == [200] * 5 + [404]
    assert "used_url" in hook.send(text="x").body


def test_after_half_an_hour_it_is_refused(hook: WebhookClient, clock: Clock) -> None:
    clock.now += timedelta(minutes=30)
    assert hook.send(text="just in time").status_code == 200
    clock.now += timedelta(seconds=1)
    assert "expired_url" in hook.send(text="late").body


def test_broken_blocks_are_refused(hook: WebhookClient) -> None:
    answer = hook.send(text="x", blocks=[{"type": "nonsense"}])
    assert (answer.status_code, "invalid_blocks" in answer.body) == (400, True)


def test_a_trigger_is_good_for_three_seconds_and_one_modal(
    server: WorkspaceServer, clock: Clock, ana: Person, room: Channel
) -> None:
    from slack_sdk import WebClient

    client = WebClient(token=server.bot_token, base_url=server.api_url)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}

    def open_with(trigger: str) -> str:
        return str(client.api_call("views.open", json={"trigger_id": trigger, "view": view}).get("ok"))

    server.workspace.command(ana.id, room.id, "/guest", "x")
    trigger = server.workspace.deliveries[-1].payload["trigger_id"]
    assert open_with(trigger) == "True"
    with pytest.raises(Exception, match="exchanged_trigger_id"):
        open_with(trigger)
    server.workspace.command(ana.id, room.id, "/guest", "x")
    clock.now += timedelta(seconds=3.1)
    with pytest.raises(Exception, match="expired_trigger_id"):
        open_with(server.workspace.deliveries[-1].payload["trigger_id"])


def test_an_answer_within_the_acknowledgement_is_none_of_the_five(
    hook: WebhookClient, server: WorkspaceServer, ana: Person
) -> None:
    hooks.from_ack(server.workspace, hook.url.rsplit("/", 1)[1], {"text": "at once"})
    assert [hook.send(text="x").status_code for _ in range(5)] == [200] * 5
    assert server.workspace.ephemerals(ana.id)[0]["text"] == "at once"
