"""The guard around listeners, and the catch-alls behind them, over a real workspace."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.errors import Refusal, Unavailable
from bot.resources import TEMPLATES
from bot.slack.bolt import Acked, Backlog, Guard, bolt_app, register_catch_alls
from bot.slack.gateway import ChannelClosed, Gateway, TokenDead
from bot.slack.incoming import Incoming
from bot.slack.messages import Declined, Notice
from bot.slack.render import Renderer
from bot.slack.store import DeliveryStore
from bot.storage.database import Database
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Delivery, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside, Part
from tests.slack.test_incoming import CLICK, COMMAND, HOME_CLICK, MENTION, SUBMISSION

Json = dict[str, Any]
Listener = Callable[..., None]

SECRET = "the password is s3cret"
REFERENCE = re.compile(r"mention ref ([0-9A-F]{4})\.")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Acks(list[Json]):
    """Takes acks, and what they carry, down."""

    def __call__(self, **payload: Any) -> None:
        self.append(payload)


@pytest.fixture
def workspace(server: WorkspaceServer) -> Workspace:
    return server.workspace


@pytest.fixture
def gateway(server: WorkspaceServer) -> Gateway:
    return Gateway.connect(server.bot_token, server.api_url, Renderer(TEMPLATES))


@pytest.fixture
def deaths() -> list[TokenDead]:
    return []


@pytest.fixture
def guard(gateway: Gateway, deaths: list[TokenDead], sqlite_url: str) -> Iterator[Guard]:
    database = Database(sqlite_url)
    yield (made := Guard(gateway, DeliveryStore(database), lambda: NOW, deaths.append))
    made.backlog.drain()
    database.close()


@pytest.fixture
def acks() -> Acks:
    return Acks()


@pytest.fixture
def click(room: Channel, ana: Person) -> Json:
    """A click in the room, without a response_url: the word then goes into the channel, for one person."""
    place = {"channel_id": room.id, "message_ts": "1.2", "type": "message"}
    body = {**CLICK, "user": {"id": ana.id}, "channel": {"id": room.id}, "container": place}
    del body["response_url"]
    return body


def raising(error: Exception) -> Callable[[Incoming], Any]:
    def handle(_incoming: Incoming) -> None:
        raise error

    return handle


def told(workspace: Workspace, person: Person) -> list[str]:
    return [message["text"] for message in workspace.ephemerals(person.id)]


# Acks and repeats


@pytest.mark.parametrize("way", ["later", "now"])
def test_a_click_is_acked_and_handled_once_however_often_it_comes(
    guard: Guard, acks: Acks, click: Json, way: str
) -> None:
    seen: list[Incoming] = []
    listener: Listener = getattr(guard, way)(seen.append)
    listener(acks, click)
    listener(acks, click)
    guard.backlog.drain()
    assert acks == [{}, {}]
    assert len(seen) == 1


def test_the_ack_does_not_wait_for_slow_work(guard: Guard, acks: Acks, click: Json) -> None:
    order: list[str] = []
    guard.now(lambda _: order.append(f"handled after {len(acks)} ack"))(acks, click)
    assert order == ["handled after 1 ack"]


def test_an_event_is_written_down_before_it_is_acked(guard: Guard, acks: Acks) -> None:
    order: list[str] = []

    def save(_incoming: Incoming) -> Callable[[Incoming], None]:
        order.append(f"saved after {len(acks)} acks")
        return lambda _: order.append(f"handled after {len(acks)} ack")

    guard.saved_first(save)(acks, MENTION)
    guard.backlog.drain()
    assert order == ["saved after 0 acks", "handled after 1 ack"]


def test_an_event_that_was_seen_before_is_acked_and_left(guard: Guard, acks: Acks) -> None:
    guard.saved_first(lambda _: None)(acks, MENTION)
    assert acks == [{}]


# Facts

FORM: Json = {**SUBMISSION, "view": {**SUBMISSION["view"], "blocks": []}}


def test_a_fact_is_committed_before_it_is_acked_and_what_follows_comes_after(guard: Guard, acks: Acks) -> None:
    order: list[str] = []

    def commit(_incoming: Incoming) -> Acked:
        order.append(f"committed after {len(acks)} acks")
        return Acked({"response_action": "clear"}, lambda _: order.append(f"followed after {len(acks)} ack"))

    guard.committing(commit)(acks, SUBMISSION)
    guard.backlog.drain()
    assert order == ["committed after 0 acks", "followed after 1 ack"]
    assert acks == [{"response_action": "clear"}]


def test_a_fact_that_can_not_be_saved_is_not_acked(guard: Guard, acks: Acks, caplog: pytest.LogCaptureFixture) -> None:
    guard.committing(raising(Unavailable("the database is locked")))(acks, CLICK)
    assert acks == []
    assert "could not be saved" in caplog.text


def test_a_fact_that_is_saved_too_late_is_not_acked(guard: Guard, acks: Acks) -> None:
    followed: list[Incoming] = []
    guard.committing(lambda _: Acked(then=followed.append), patience=-1)(acks, CLICK)
    guard.backlog.drain()
    assert (acks, followed) == ([], [])


def test_a_fact_that_is_refused_is_acked_and_the_person_told(
    guard: Guard, acks: Acks, click: Json, workspace: Workspace, ana: Person
) -> None:
    guard.committing(raising(Declined(Notice("That round is closed."))))(acks, click)
    guard.backlog.drain()
    assert acks == [{}]
    assert told(workspace, ana) == ["That round is closed."]


def test_a_modal_that_is_refused_says_so_on_top_of_it_when_there_is_no_field_for_it(guard: Guard, acks: Acks) -> None:
    guard.committing(raising(Refusal("That round is closed.")))(acks, FORM)
    guard.replying(raising(Declined(Notice("Ask somebody else."))))(acks, FORM)
    assert [ack["response_action"] for ack in acks] == ["push", "push"]
    assert [ack["view"]["blocks"][0]["text"]["text"] for ack in acks] == ["That round is closed.", "Ask somebody else."]


def test_a_refusal_that_names_people_is_told_where_their_names_can_be_shown(guard: Guard, acks: Acks) -> None:
    form = {**FORM, "view": {**FORM["view"], "blocks": [{"type": "input", "block_id": "date"}]}}
    for text in ("Give a date.", "Only <@U0ANA> can do that."):
        guard.replying(raising(Refusal(text)))(acks, form)
    assert acks[0] == {"response_action": "errors", "errors": {"date": "Give a date."}}
    assert acks[1]["view"]["blocks"][0]["text"]["text"] == "Only <@U0ANA> can do that."


# Refusals


@pytest.mark.parametrize("way", ["later", "now"])
def test_a_refusal_is_told_to_the_person_alone(
    guard: Guard, acks: Acks, click: Json, way: str, workspace: Workspace, ana: Person, room: Channel
) -> None:
    getattr(guard, way)(raising(Refusal("Ask me again & I'll answer.")))(acks, click)
    guard.backlog.drain()
    assert told(workspace, ana) == ["Ask me again &amp; I'll answer."]
    assert workspace.messages(room.id) == []


def test_a_refusal_of_a_click_with_a_response_url_goes_there(
    guard: Guard, acks: Acks, click: Json, workspace: Workspace, ana: Person, room: Channel
) -> None:
    body = {**click, "response_url": workspace.new_hook(ana.id, room.id)}
    guard.now(raising(Refusal("Too late.")))(acks, body)
    assert told(workspace, ana) == ["Too late."]
    assert [call.method for call in workspace.calls] == ["response_url"]


def test_a_refusal_in_a_direct_message_is_a_message_there(
    guard: Guard, acks: Acks, click: Json, workspace: Workspace, ana: Person
) -> None:
    direct = workspace.dm_of(ana.id).id
    body = {**click, "channel": {"id": direct}, "container": {"type": "message", "channel_id": direct}}
    guard.now(raising(Refusal("Too late.")))(acks, body)
    assert workspace.messages(direct)[-1]["text"] == "Too late."


def test_a_refusal_on_the_home_page_comes_as_a_direct_message(
    guard: Guard, acks: Acks, workspace: Workspace, ana: Person
) -> None:
    guard.now(raising(Refusal("Too late.")))(acks, {**HOME_CLICK, "user": {"id": ana.id}})
    assert workspace.messages(workspace.dm_of(ana.id).id)[-1]["text"] == "Too late."


def test_a_refused_command_says_so_in_its_ack(guard: Guard, acks: Acks) -> None:
    guard.replying(raising(Refusal("Ask me again.")))(acks, COMMAND)
    (answer,) = acks
    assert (answer["response_type"], answer["text"]) == ("ephemeral", "Ask me again.")


def test_a_refused_modal_shows_it_at_its_input(guard: Guard, acks: Acks) -> None:
    blocks = [{"type": "section", "block_id": "s"}, {"type": "input", "block_id": "q"}]
    body = {**SUBMISSION, "view": {**SUBMISSION["view"], "blocks": blocks}}
    guard.replying(raising(Refusal("Too long.")))(acks, body)
    assert acks == [{"response_action": "errors", "errors": {"q": "Too long."}}]


# Surprises


def apology_and_log(text: str, log: pytest.LogCaptureFixture) -> None:
    """The apology has a reference, the log has the same one and the reason, and the person sees no reason."""
    reference = REFERENCE.search(text)
    assert reference
    (line,) = [record for record in log.records if reference[1] in record.getMessage()]
    assert SECRET in line.getMessage()
    assert line.exc_info
    assert SECRET not in text


@pytest.mark.parametrize("way", ["later", "now"])
def test_a_surprise_becomes_an_apology_with_a_reference_that_is_in_the_log(
    guard: Guard,
    acks: Acks,
    click: Json,
    way: str,
    workspace: Workspace,
    ana: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    getattr(guard, way)(raising(RuntimeError(SECRET)))(acks, click)
    guard.backlog.drain()
    (text,) = told(workspace, ana)
    apology_and_log(text, caplog)


def test_a_surprise_while_an_event_is_saved_or_handled_becomes_an_apology(
    guard: Guard, acks: Acks, workspace: Workspace, ana: Person, room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    body = {**MENTION, "event": {**MENTION["event"], "user": ana.id, "channel": room.id}}
    guard.saved_first(raising(RuntimeError(SECRET)))(acks, body)
    guard.saved_first(lambda _: raising(RuntimeError(SECRET)))(acks, body)
    guard.backlog.drain()
    assert len(acks) == 2
    for text in told(workspace, ana):
        apology_and_log(text, caplog)
    assert len(told(workspace, ana)) == 2


def test_a_surprise_in_a_command_apologises_in_its_ack(
    guard: Guard, acks: Acks, caplog: pytest.LogCaptureFixture
) -> None:
    guard.replying(raising(RuntimeError(SECRET)))(acks, COMMAND)
    apology_and_log(acks[0]["text"], caplog)


def test_a_world_that_failed_is_a_warning_and_a_bug_is_an_error(
    guard: Guard, acks: Acks, click: Json, caplog: pytest.LogCaptureFixture
) -> None:
    guard.now(raising(Unavailable("the disk")))(acks, click)
    guard.replying(raising(RuntimeError("a bug")))(acks, COMMAND)
    assert [record.levelno for record in caplog.records if "ref" in record.msg] == [logging.WARNING, logging.ERROR]


def test_a_database_that_is_gone_is_an_apology_and_not_a_silence(
    guard: Guard, acks: Acks, click: Json, tmp_path: Path, workspace: Workspace, ana: Person
) -> None:
    guard.deliveries = DeliveryStore(Database(f"sqlite:///{tmp_path / 'no' / 'folder.db'}"))
    guard.now(lambda _: None)(acks, click)
    (text,) = told(workspace, ana)
    assert REFERENCE.search(text)


def test_a_channel_that_is_closed_to_the_bot_is_logged_and_nobody_is_bothered(
    guard: Guard,
    acks: Acks,
    click: Json,
    workspace: Workspace,
    ana: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    guard.now(raising(ChannelClosed("chat.postMessage", "is_archived")))(acks, click)
    assert told(workspace, ana) == []
    assert "is_archived" in caplog.text


def test_a_person_who_cannot_be_told_is_in_the_log(
    guard: Guard, acks: Acks, click: Json, workspace: Workspace, room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.remove_bot(room)
    guard.now(raising(Refusal("Too late.")))(acks, click)
    assert "could not tell the person" in caplog.text


# The token


def test_a_dead_token_stops_the_bot(
    guard: Guard, acks: Acks, click: Json, workspace: Workspace, deaths: list[TokenDead], gateway: Gateway
) -> None:
    workspace.revoke_token()
    guard.now(lambda _: gateway.identity() and None)(acks, click)
    assert [str(death) for death in deaths] == ["auth.test: token_revoked"]


def test_a_token_that_dies_while_a_refusal_is_told_stops_the_bot(
    guard: Guard, acks: Acks, click: Json, workspace: Workspace, deaths: list[TokenDead]
) -> None:
    workspace.revoke_token()
    guard.now(raising(Refusal("Too late.")))(acks, click)
    assert [str(death) for death in deaths] == ["chat.postEphemeral: token_revoked"]


# The backlog


def test_the_backlog_finishes_what_was_begun() -> None:
    backlog, done = Backlog(), []
    for number in range(50):
        backlog.add(lambda number=number: done.append(number))  # type: ignore[misc]
    backlog.drain()
    assert sorted(done) == list(range(50))


def test_work_that_fails_on_the_backlog_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    backlog = Backlog()
    backlog.add(lambda: print(1 / 0))  # noqa: T201 - it never comes to print
    backlog.drain()
    assert "ZeroDivisionError" in caplog.text


def test_work_nobody_waits_for_is_guarded_as_well(guard: Guard, caplog: pytest.LogCaptureFixture) -> None:
    guard.soon(raising(RuntimeError(SECRET)), Incoming({}))
    guard.backlog.drain()
    assert SECRET in caplog.text


# The app and its catch-alls


def identity(server: WorkspaceServer) -> Json:
    team = server.workspace.team
    return {"team_id": team.id, "user_id": team.bot_user, "bot_id": team.bot_id}


@pytest.fixture(scope="module")
def silent_bot(aside: Aside, part: Part) -> Iterator[WorkspaceServer]:
    """A workspace with an app that has nothing but the catch-alls."""
    running = WorkspaceServer({}, rate_limits=False)
    running.start()
    app = bolt_app(running.api_url, running.bot_token, identity(running))
    register_catch_alls(app)
    handler = SocketModeHandler(app, running.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    running.workspace.wait_for(lambda: running.workspace.sockets.is_connected)
    yield running
    part(running, handler.client)
    aside(app.listener_runner.listener_executor.shutdown)


def interaction(kind: str, **parts: Any) -> tuple[str, Json]:
    common = {name: CLICK[name] for name in ("user", "team", "token", "api_app_id", "enterprise", "trigger_id")}
    return "interactive", {"type": kind, **common, **parts}


def event(kind: str, **parts: Any) -> tuple[str, Json]:
    return "events_api", {**MENTION, "event": {"type": kind, "event_ts": "1.1", **parts}}


CHANNEL = {"channel": CLICK["channel"]}
ENVELOPES = {
    "a mention": ("events_api", MENTION),
    "a direct message": event("message", channel="D1", channel_type="im", user="U1", text="hi", ts="1.1"),
    "a changed message": event("message", subtype="message_changed", channel="D1", hidden=True, ts="1.1"),
    "a message of a bot": event("message", subtype="bot_message", bot_id="B9", channel="C1", ts="1.1"),
    "the home page": event("app_home_opened", user="U1", channel="D1", tab="home"),
    "tokens revoked": event("tokens_revoked", tokens={"oauth": ["U1"], "bot": ["U2"]}),
    "the app uninstalled": event("app_uninstalled"),
    "an event of next year": event("something_new", user="U1"),
    "a command": ("slash_commands", COMMAND),
    "a command in several lines": ("slash_commands", {**COMMAND, "command": "/x", "text": "a\nb"}),
    "a click": ("interactive", CLICK),
    "a click on the home page": ("interactive", HOME_CLICK),
    "a click on an id in two lines": (
        "interactive",
        {**CLICK, "actions": [{**CLICK["actions"][0], "action_id": "a\nb"}]},
    ),
    "a modal": ("interactive", SUBMISSION),
    "a closed modal": ("interactive", {**SUBMISSION, "type": "view_closed", "is_cleared": False}),
    "a global shortcut": interaction("shortcut", callback_id="note", action_ts="1.1"),
    "a message shortcut": interaction(
        "message_action", callback_id="keep", action_ts="1.1", message_ts="1.2", message=CLICK["message"], **CHANNEL
    ),
    "options for a select": interaction(
        "block_suggestion", action_id="pick", block_id="b", value="a", container=CLICK["container"], **CHANNEL
    ),
    "a click on an old attachment": interaction(
        "interactive_message",
        callback_id="old",
        actions=[{"name": "a", "type": "button", "value": "1"}],
        attachment_id="1",
        message_ts="1.2",
        **CHANNEL,
    ),
    "an old dialog": interaction("dialog_submission", callback_id="old", submission={}, state="", **CHANNEL),
    "an old dialog cancelled": interaction("dialog_cancellation", callback_id="old", state="", **CHANNEL),
    "options for an old dialog": interaction(
        "dialog_suggestion", callback_id="old", name="n", value="a", state="", **CHANNEL
    ),
    "a step of a workflow": interaction(
        "workflow_step_edit", callback_id="step", workflow_step={"step_id": "1", "workflow_id": "2"}
    ),
}


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_whatever_comes_is_acked(silent_bot: WorkspaceServer, envelope: tuple[str, Json]) -> None:
    workspace = silent_bot.workspace
    kind, payload = envelope
    sent = workspace.dispatch(Delivery(workspace.next_id("e"), kind, payload))
    workspace.wait_for(lambda: sent.is_settled)
    assert not sent.failure


@pytest.fixture
def app(server: WorkspaceServer) -> Iterator[App]:
    made = bolt_app(server.api_url, server.bot_token, identity(server))
    yield made
    made.listener_runner.listener_executor.shutdown()


def test_the_catch_alls_leave_what_has_a_listener_alone(app: App) -> None:
    app.command("/poll")(lambda ack: ack("heard"))
    register_catch_alls(app)
    answer = app.dispatch(BoltRequest(body=COMMAND, mode="socket_mode"))
    assert (answer.status, answer.body) == (200, "heard")


def test_without_the_catch_alls_an_unknown_click_is_not_acked(app: App) -> None:
    assert app.dispatch(BoltRequest(body=CLICK, mode="socket_mode")).status == 404


def test_oauth_variables_in_the_environment_do_not_replace_our_token(
    server: WorkspaceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "secret")
    app = bolt_app(server.api_url, server.bot_token, identity(server))
    app.command("/poll")(lambda ack, context: ack(context.bot_token))
    assert app.dispatch(BoltRequest(body=COMMAND, mode="socket_mode")).body == server.bot_token
    app.listener_runner.listener_executor.shutdown()
