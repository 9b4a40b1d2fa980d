"""Faults as the app meets them: through slack_sdk's client and Bolt; and the same again for the same seed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import faults
from bot.workspace.driver import Workspace
from bot.workspace.faults import SWITCHES, clear, switch
from bot.workspace.records import Channel, Delivery, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Part
from tests.workspace.conftest import MANIFEST


@pytest.fixture
def hasty(server: WorkspaceServer) -> WebClient:
    return WebClient(token=server.bot_token, base_url=server.api_url, timeout=0.3, retry_handlers=[])  # type: ignore[arg-type]


def outcome(call: Callable[[], Any]) -> str:
    """The answer in a word: ok, Slack's error, or the exception."""
    try:
        return "ok" if call()["ok"] else "?"
    except SlackApiError as refusal:
        data = refusal.response.data
        return str(data.get("error")) if isinstance(data, dict) else f"HTTP {refusal.response.status_code}"
    except (OSError, HTTPException) as trouble:
        return type(trouble).__name__


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("rate_limited", "ratelimited"),
        ("server_error", "internal_error"),
        ("timeout_before", "TimeoutError"),
        ("archived_channel", "is_archived"),
    ],
)
def test_a_fault_that_prevents_a_post_is_over_after_its_times(
    workspace: Workspace, client: WebClient, hasty: WebClient, room: Channel, name: str, error: str
) -> None:
    switch(workspace, name, times=2)
    assert [fault.name for fault in workspace.faults] == [name]
    failing = hasty if error == "TimeoutError" else client
    asking = [partial(by.chat_postMessage, channel=room.id, text="x") for by in (failing, failing, client)]
    answers = [outcome(call) for call in asking]
    assert answers == [error, error, "ok"]
    assert len(workspace.messages(room.id)) == 1
    assert workspace.faults == []


def test_a_time_out_after_the_effect_leaves_the_effect(workspace: Workspace, hasty: WebClient, room: Channel) -> None:
    switch(workspace, "timeout_after")
    assert outcome(lambda: hasty.chat_postMessage(channel=room.id, text="it arrived")) == "TimeoutError"
    (message,) = workspace.wait_for(lambda: workspace.messages(room.id))
    assert message["text"] == "it arrived"


def test_calls_that_get_no_answer_keep_nobody_else_waiting(
    workspace: Workspace, hasty: WebClient, client: WebClient
) -> None:
    switch(workspace, "timeout_before", times=20, method="users.list")
    stuck = [threading.Thread(target=lambda: outcome(hasty.users_list)) for _ in range(20)]
    for thread in stuck:
        thread.start()
    assert client.auth_test()["ok"]
    for thread in stuck:
        thread.join()
    workspace.wait_for(lambda: workspace.faults == [])


def test_a_message_can_be_lost_to_the_app(workspace: Workspace, client: WebClient, room: Channel) -> None:
    ts = client.chat_postMessage(channel=room.id, text="x")["ts"]
    switch(workspace, "message_not_found")
    update = [outcome(lambda: client.chat_update(channel=room.id, ts=ts, text="y")) for _ in range(2)]
    assert update == ["message_not_found", "ok"]


def test_a_revoked_token_is_told_and_works_again_once_all_is_switched_off(
    server: WorkspaceServer, workspace: Workspace, client: WebClient
) -> None:
    switch(workspace, "revoked_token")
    assert outcome(client.auth_test) == "token_revoked"
    opened = client.apps_connections_open(app_token=server.app_token)  # the app's own token is still good
    assert opened["ok"]
    clear(workspace)
    assert outcome(client.auth_test) == "ok"
    assert workspace.faults == []


def test_a_slow_network_delays_an_answer(workspace: Workspace, hasty: WebClient) -> None:
    switch(workspace, "slow_network", seed=153)
    assert workspace.faults[0].plan == [pytest.approx(0.99, abs=0.01)]  # far longer than the client has patience
    assert outcome(hasty.auth_test) == "TimeoutError"


@pytest.mark.parametrize(("name", "times"), [("frost", 1), ("late", 0), ("late", 10_000)])
def test_what_is_no_fault_is_refused_in_a_sentence(workspace: Workspace, name: str, times: int) -> None:
    with pytest.raises(ValueError, match=r"There is no fault 'frost'; |can be switched on for 1 to 1000 times"):
        switch(workspace, name, times)


def calls(workspace: Workspace, client: WebClient, seed: int) -> list[tuple[int, str | None]]:
    switch(workspace, "rate_limited", times=5, seed=seed)
    switch(workspace, "server_error", times=5, seed=seed)
    for _ in range(10):
        outcome(client.auth_test)
    return [(call.status, call.answer.get("error")) for call in workspace.calls[-10:]]


def pauses(workspace: Workspace, seed: int) -> list[float]:
    """How the events of one bad hour are delayed, in the order they leave."""
    for name in ("reordered", "duplicates", "late"):
        switch(workspace, name, times=4, seed=seed)
    sent = [Delivery(f"e{n}", "events_api", {}) for n in range(12)]
    return [pause for delivery in sent for pause, _ in faults.disturbed(workspace, delivery)]


def test_the_same_seed_gives_the_same_sequence(workspace: Workspace, client: WebClient) -> None:
    assert calls(workspace, client, seed=7) == calls(workspace, client, seed=7)
    assert calls(workspace, client, seed=7) != calls(workspace, client, seed=8)
    assert pauses(workspace, seed=7) == pauses(workspace, seed=7)
    assert pauses(workspace, seed=7) != pauses(workspace, seed=8)


# -- deliveries, as the app's socket sees them


@pytest.fixture
def arrived(app: SocketModeHandler, workspace: Workspace, ana: Person) -> Callable[[int], list[str]]:
    """What was said, in the order of its arrival, once so many envelopes are there."""
    texts: list[str] = []

    def hear(_client: object, message: dict[str, Any], _raw: str | None = None) -> None:
        event = message.get("payload", {}).get("event", {})
        if event.get("user") == ana.id:
            texts.append(event["text"])
            workspace.note("heard", event["text"])

    app.client.message_listeners.append(hear)

    def after(count: int) -> list[str]:
        return workspace.wait_for(lambda: len(texts) >= count and list(texts))

    return after


def say(workspace: Workspace, ana: Person, *texts: str) -> None:
    for text in texts:
        workspace.say(ana.id, workspace.dm_of(ana.id).id, text)


def test_an_event_arrives_twice_under_one_event_id(
    workspace: Workspace, ana: Person, arrived: Callable[[int], list[str]]
) -> None:
    switch(workspace, "duplicates")
    say(workspace, ana, "one", "two")
    assert sorted(arrived(3)) == ["one", "one", "two"]
    first, second = [d for d in workspace.deliveries if d.payload["event"].get("text") == "one"]
    assert first.payload["event_id"] == second.payload["event_id"]
    assert first.envelope_id != second.envelope_id


def test_events_arrive_in_another_order(workspace: Workspace, ana: Person, arrived: Callable[[int], list[str]]) -> None:
    switch(workspace, "reordered", times=3, seed=1)
    say(workspace, ana, "one", "two", "three")
    texts = arrived(3)
    assert sorted(texts) == ["one", "three", "two"]
    assert texts != ["one", "two", "three"]


def test_a_late_event_is_overtaken_and_still_arrives(
    workspace: Workspace, ana: Person, arrived: Callable[[int], list[str]]
) -> None:
    switch(workspace, "late", seed=4)
    (pause,) = workspace.faults[0].plan
    before = time.monotonic()
    say(workspace, ana, "one", "two")
    assert arrived(2) == ["two", "one"]
    late = next(d for d in workspace.deliveries if d.payload["event"]["text"] == "one")
    assert late.started - before >= pause  # the app's three seconds begin when the event leaves


def test_an_event_lost_with_its_connection_comes_again_over_the_next(part: Part) -> None:
    server, heard = WorkspaceServer(MANIFEST, rate_limits=False, ack_seconds=2.0), list[str]()
    server.start()
    app = App(client=WebClient(token=server.bot_token, base_url=server.api_url))
    app.event("message")(lambda event: heard.append(event["text"]))
    handler = SocketModeHandler(app, server.app_token, ping_interval=0.2)  # type: ignore[arg-type]
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        workspace = server.workspace
        workspace.wait_for(lambda: workspace.sockets.is_connected)
        switch(workspace, "connection_cut")
        say(workspace, workspace.add_person("ana", "Ana Weber"), "lost")
        workspace.wait_for(lambda: workspace.deliveries[-1].acked_at and heard == ["lost"])
        assert [bool(d.failure) for d in workspace.deliveries] == [True, False]
        assert [call.method for call in workspace.calls].count("apps.connections.open") >= 2
    finally:
        part(server, handler.client)


def test_every_switch_has_a_sentence_and_can_be_switched(workspace: Workspace) -> None:
    for name, sentence in SWITCHES.items():
        assert sentence.endswith(".")
        switch(workspace, name)
    assert [fault.name for fault in workspace.faults] == list(SWITCHES)
