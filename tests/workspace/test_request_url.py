"""Deliveries over HTTP: the real Bolt checks the signatures, and a broken app gets Slack's repetitions."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot.workspace import modals
from bot.workspace.courier import ACK_RULE
from bot.workspace.driver import Workspace
from bot.workspace.records import Delivery
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside
from tests.workspace.conftest import MANIFEST, Ask
from tests.workspace.guest import register

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(app: Wsgi, port: int) -> Iterator[None]:
    with make_server("127.0.0.1", port, app, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.fixture
def port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def server(port: int, aside: Aside) -> Iterator[WorkspaceServer]:
    address = f"http://127.0.0.1:{port}/slack/events"
    running = WorkspaceServer(MANIFEST, rate_limits=False, ack_seconds=1.0, request_url=address)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def bolt(server: WorkspaceServer, port: int) -> Iterator[App]:
    client = WebClient(token=server.bot_token, base_url=server.api_url)
    app = App(client=client, signing_secret=server.signing_secret)
    register(app)
    with serving(SlackRequestHandler(app), port):
        yield app


class Broken:
    """An app that answers every delivery wrongly, and remembers the headers."""

    def __init__(self, status: str, *headers: tuple[str, str]) -> None:
        self.status, self.headers = status, list(headers)
        self.asked: list[tuple[str | None, str | None]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.append((environ.get("HTTP_X_SLACK_RETRY_NUM"), environ.get("HTTP_X_SLACK_RETRY_REASON")))
        start_response(self.status, self.headers)
        return [b""]


def mention(workspace: Workspace) -> None:
    ana = workspace.add_person("ana", "Ana Weber")
    room = workspace.add_channel("leadership", [ana.id])
    workspace.invite_bot(room)
    workspace.say(ana.id, room.id, "@guest hello")


def events(workspace: Workspace) -> list[Delivery]:
    return [delivery for delivery in workspace.deliveries if delivery.subject == "app_mention"]


@pytest.mark.usefixtures("bolt")
def test_an_event_reaches_an_app_that_checks_the_signature(server: WorkspaceServer) -> None:
    workspace = server.workspace
    mention(workspace)
    workspace.wait_for(lambda: events(workspace)[0].acked_at)
    workspace.wait_for(lambda: any(call.method == "chat.postMessage" for call in workspace.calls))


def test_an_app_with_another_secret_refuses_and_is_asked_again(server: WorkspaceServer, port: int) -> None:
    client = WebClient(token=server.bot_token, base_url=server.api_url)
    with serving(SlackRequestHandler(App(client=client, signing_secret="another")), port):
        mention(server.workspace)
        server.workspace.wait_for(lambda: len(events(server.workspace)) > 1)
    assert events(server.workspace)[0].failure == "the app answered with HTTP 401"


@pytest.mark.usefixtures("bolt")
def test_a_command_is_answered_in_its_response(server: WorkspaceServer) -> None:
    workspace = server.workspace
    ana = workspace.add_person("ana", "Ana Weber")
    room = workspace.add_channel("leadership", [ana.id])
    workspace.command(ana.id, room.id, "/guest", "hello")
    workspace.wait_for(lambda: workspace.deliveries[-1].acked_at)
    assert workspace.deliveries[-1].failure == ""


def test_an_event_that_fails_comes_again_with_its_number_and_the_reason(server: WorkspaceServer, port: int) -> None:
    app = Broken("500 No")
    with serving(app, port):
        mention(server.workspace)
        server.workspace.wait_for(lambda: len(app.asked) >= 2)
    assert app.asked[:2] == [(None, None), ("1", "http_error")]


def test_an_app_may_ask_for_no_repetition(server: WorkspaceServer, port: int) -> None:
    app = Broken("500 No", ("X-Slack-No-Retry", "1"))
    with serving(app, port):
        mention(server.workspace)
        server.workspace.wait_for(lambda: events(server.workspace)[0].failure)
    assert len(events(server.workspace)) == 1


def test_a_redirect_is_no_acknowledgement(server: WorkspaceServer, port: int) -> None:
    with serving(Broken("302 Found", ("Location", "http://127.0.0.1:1/")), port):
        mention(server.workspace)
        server.workspace.wait_for(lambda: len(events(server.workspace)) > 1)
    assert events(server.workspace)[1].reason == "too_many_redirects"


def test_an_app_that_is_not_there_is_told_to_the_person_who_waits(server: WorkspaceServer) -> None:
    workspace = server.workspace
    ana = workspace.add_person("ana", "Ana Weber")
    room = workspace.add_channel("leadership", [ana.id])
    workspace.command(ana.id, room.id, "/guest", "hello")
    workspace.wait_for(lambda: workspace.notices(ana.id))
    expected = '/guest failed with the error "dispatch_failed": the app can\'t be reached.'
    assert workspace.notices(ana.id)[0].text == expected


def test_an_app_that_takes_too_long_has_broken_the_rule_of_three_seconds(server: WorkspaceServer, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):  # accepts, and never answers
        mention(server.workspace)
        server.workspace.wait_for(lambda: len(events(server.workspace)) > 1)
    assert events(server.workspace)[0].rule == ACK_RULE
    assert events(server.workspace)[1].reason == "http_timeout"


def test_forms_sent_at_once_do_not_wait_for_each_other(ask: Ask, workspace: Workspace, port: int) -> None:
    title = {"type": "plain_text", "text": "A form"}
    forms = []
    for number in range(40):  # more than asyncio ever has threads of its own
        person = workspace.add_person(f"p{number}", f"Person {number}")
        view = {"view": {"type": "modal", "title": title, "blocks": []}, "trigger_id": workspace.new_trigger(person.id)}
        forms.append({"user": person.id, "view_id": modals.open_view(workspace, view)["view"]["id"]})
    with serving(Broken("200 OK"), port), ThreadPoolExecutor(len(forms)) as crowd:
        answers = list(crowd.map(lambda form: ask("/control/submit", form), forms))
    assert {status for status, _ in answers} == {200}
