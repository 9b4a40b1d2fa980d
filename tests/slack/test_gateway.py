"""Slack's errors, and everything else that can happen to a call, become our own; nothing foreign leaks."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.errors import Unavailable
from bot.resources import TEMPLATES
from bot.slack.gateway import (
    RATE_LIMIT_RETRIES,
    ChannelClosed,
    Gateway,
    MessageGone,
    RateLimited,
    SlackRefused,
    TokenDead,
    UnknownOutcome,
    try_socket_mode,
)
from bot.slack.messages import Notice
from bot.slack.render import Renderer
from bot.workspace.records import Channel, Fault, Person
from bot.workspace.server import WorkspaceServer
from tests.slack.crooked import Answer, CrookedServer, serving

HELLO = Notice("Hello & welcome")
RENDERER = Renderer(TEMPLATES)


def gateway_to(url: str, timeout: int = 5, retries: int = 1) -> Gateway:
    retry = RateLimitErrorRetryHandler(max_retry_count=retries)
    client = WebClient("xoxb-1", base_url=url, timeout=timeout, retry_handlers=[retry])
    return Gateway(client, WebClient("xoxb-1", base_url=url, timeout=timeout, retry_handlers=[]), RENDERER)


def refused_with(error: str) -> Answer:
    return Answer(f'{{"ok": false, "error": "{error}"}}'.encode())


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def gateway(server: WorkspaceServer) -> Gateway:
    return Gateway.connect(server.bot_token, server.api_url, RENDERER)


# What works


def test_a_post_is_in_the_channel_and_says_where(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    assert gateway.post(room.id, HELLO) == room.id
    assert server.workspace.messages(room.id)[-1]["text"] == "Hello &amp; welcome"


def test_a_post_to_a_person_says_which_channel_it_is_in(gateway: Gateway, server: WorkspaceServer, ana: Person) -> None:
    assert gateway.post(ana.id, HELLO) == server.workspace.dm_of(ana.id).id


def test_a_post_in_a_thread_stays_in_the_thread(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    gateway.post(room.id, HELLO)
    parent = server.workspace.messages(room.id)[-1]["ts"]
    gateway.post(room.id, HELLO, thread_ts=parent)
    assert len(server.workspace.messages(room.id, parent)) == 2


def test_an_ephemeral_is_seen_by_one_person(
    gateway: Gateway, server: WorkspaceServer, room: Channel, ana: Person
) -> None:
    gateway.tell(room.id, ana.id, HELLO)
    assert [m["text"] for m in server.workspace.ephemerals(ana.id)] == ["Hello &amp; welcome"]
    assert server.workspace.messages(room.id) == []


def test_an_answer_in_a_direct_message_is_found_again(gateway: Gateway, server: WorkspaceServer, ana: Person) -> None:
    channel = server.workspace.dm_of(ana.id).id
    gateway.post(channel, HELLO, question_id="q1")
    ts = server.workspace.messages(channel)[-1]["ts"]
    assert gateway.posted(channel, "", "q1", "0") == ts
    assert gateway.posted(channel, "", "q2", "0") is None


def test_the_token_tells_who_it_is_and_what_it_may(gateway: Gateway, server: WorkspaceServer) -> None:
    identity = gateway.identity()
    assert identity["user_id"] == server.workspace.team.bot_user
    assert identity["scopes"] == sorted(server.workspace.team.scopes)


def test_socket_mode_is_offered_for_the_app_token(server: WorkspaceServer) -> None:
    try_socket_mode(server.app_token, server.api_url)
    assert server.workspace.calls[-1].answer["ok"]


def test_socket_mode_is_refused_for_a_wrong_token(server: WorkspaceServer) -> None:
    with pytest.raises(TokenDead, match=r"apps\.connections\.open: invalid_auth"):
        try_socket_mode("xapp-wrong", server.api_url)


def test_a_message_whose_blocks_are_refused_is_sent_as_text(
    gateway: Gateway, server: WorkspaceServer, room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    server.workspace.faults.append(Fault("chat.postMessage", error="invalid_blocks"))
    gateway.post(room.id, HELLO)
    (message,) = server.workspace.messages(room.id)
    assert message["text"] == "Hello &amp; welcome"
    assert "blocks" not in server.workspace.calls[-1].args
    assert "invalid_blocks" in caplog.text


# Rate limits


def test_a_post_that_is_too_much_says_when_to_try_again(
    gateway: Gateway, server: WorkspaceServer, room: Channel
) -> None:
    server.workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=7))
    with pytest.raises(RateLimited) as limited:
        gateway.post(room.id, HELLO)
    assert limited.value.retry_after == 7
    assert [call.status for call in server.workspace.calls] == [429]


def test_another_call_waits_a_rate_limit_out(gateway: Gateway, server: WorkspaceServer) -> None:
    server.workspace.faults.append(Fault("auth.test", status=429, retry_after=0))
    assert gateway.identity()["ok"]
    assert [call.status for call in server.workspace.calls] == [429, 200]


def test_a_rate_limit_without_end_is_given_up() -> None:
    limited = Answer(b'{"ok": false, "error": "ratelimited"}', 429, {"Retry-After": "0"})
    with serving(limited) as crooked:
        with pytest.raises(RateLimited):
            gateway_to(crooked.url).identity()
        assert len(crooked.calls) == 2


def test_the_gateway_in_use_retries_a_rate_limit_and_nothing_else() -> None:
    client = Gateway.connect("xoxb-1", "http://127.0.0.1/api/", RENDERER)._client
    (handler,) = client.retry_handlers
    assert isinstance(handler, RateLimitErrorRetryHandler)
    assert handler.max_retry_count == RATE_LIMIT_RETRIES


# Refusals and their families


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("invalid_auth", TokenDead),
        ("account_inactive", TokenDead),
        ("token_revoked", TokenDead),
        ("not_authed", TokenDead),
        ("channel_not_found", ChannelClosed),
        ("not_in_channel", ChannelClosed),
        ("is_archived", ChannelClosed),
        ("message_not_found", MessageGone),
        ("cant_update_message", MessageGone),
        ("msg_too_long", SlackRefused),
        ("a_code_of_next_year", SlackRefused),
        ("internal_error", UnknownOutcome),
        ("fatal_error", UnknownOutcome),
        ("service_unavailable", UnknownOutcome),
    ],
)
def test_every_code_has_its_family(code: str, family: type[Unavailable]) -> None:
    with serving(refused_with(code)) as crooked:
        with pytest.raises(Unavailable) as raised:
            gateway_to(crooked.url).post("C1", HELLO)
        assert type(raised.value) is family
        assert raised.value.__cause__ is not None
        assert len(crooked.calls) == 1


def test_a_refusal_names_the_method_and_slacks_word() -> None:
    with serving(refused_with("not_in_channel")) as crooked, pytest.raises(ChannelClosed) as raised:
        gateway_to(crooked.url).tell("C1", "U1", HELLO)
    assert (raised.value.method, raised.value.code) == ("chat.postEphemeral", "not_in_channel")


def test_slacks_reasons_are_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"ok": false, "error": "invalid_arguments", "response_metadata": {"messages": ["[ERROR] too short"]}}'
    with serving(Answer(body)) as crooked, pytest.raises(SlackRefused):
        gateway_to(crooked.url).publish_home("U1", HELLO)
    assert "[ERROR] too short" in caplog.text


# What is no proper answer

HTML = b"<html><body>Bad gateway</body></html>"
BROKEN = {
    "HTML with 502": Answer(HTML, 502),
    "HTML with 200": Answer(HTML),
    "a JSON refusal with 500": Answer(b'{"ok": false, "error": "channel_not_found"}', 500),
    "503 without a body": Answer(b"", 503),
    "nothing": Answer(b""),
    "garbage": Answer(b"garbage"),
    "half of a JSON object": Answer(b'{"ok": tr'),
    "a list": Answer(b"[]"),
    "a number": Answer(b"7"),
    "a JSON null": Answer(b"null"),
    "no word for why": Answer(b'{"ok": false}'),
    "null for why": Answer(b'{"ok": false, "error": null}'),
    "bytes that are no text": Answer(b"\xff\xfe\x00"),
    "an answer cut off": Answer(cut=True),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_proper_answer_is_an_unknown_outcome(answer: Answer) -> None:
    with serving(answer) as crooked, pytest.raises(UnknownOutcome, match=r"chat\.postMessage"):
        gateway_to(crooked.url).post("C1", HELLO)


def test_no_answer_in_time_is_an_unknown_outcome() -> None:
    with serving(Answer(silent=True)) as crooked, pytest.raises(UnknownOutcome):
        gateway_to(crooked.url, timeout=1).post("C1", HELLO)


def test_an_answer_after_the_effect_but_too_late_is_an_unknown_outcome(server: WorkspaceServer, room: Channel) -> None:
    server.workspace.faults.append(Fault("chat.postMessage", delay_after_effect=3))
    client = WebClient(server.bot_token, base_url=server.api_url, timeout=1)
    slow = Gateway(client, client, RENDERER)
    with pytest.raises(UnknownOutcome):
        slow.post(room.id, HELLO)
    assert len(server.workspace.messages(room.id)) == 1


def test_a_refused_connection_is_an_unknown_outcome() -> None:
    with pytest.raises(UnknownOutcome):
        gateway_to(f"http://127.0.0.1:{closed_port()}/api/").post("C1", HELLO)


def test_a_host_that_does_not_exist_is_an_unknown_outcome() -> None:
    with pytest.raises(UnknownOutcome):
        gateway_to("http://no-such-host.invalid/api/").identity()


# Every call translates

CALLS: dict[str, Callable[[Gateway], object]] = {
    "identity": lambda gateway: gateway.identity(),
    "post": lambda gateway: gateway.post("C1", HELLO),
    "tell": lambda gateway: gateway.tell("C1", "U1", HELLO),
    "open_modal": lambda gateway: gateway.open_modal("1.1", HELLO),
    "publish_home": lambda gateway: gateway.publish_home("U1", HELLO),
    "posted": lambda gateway: gateway.posted("D1", "", "q1", "0"),
    "posted in a thread": lambda gateway: gateway.posted("D1", "1.1", "q1", "0"),
}


@pytest.fixture(scope="module")
def garbage() -> Iterator[CrookedServer]:
    with serving(Answer(b"garbage")) as crooked:
        yield crooked


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_no_call_lets_a_foreign_error_through(garbage: CrookedServer, call: Callable[[Gateway], object]) -> None:
    with pytest.raises(UnknownOutcome):
        call(gateway_to(garbage.url))
    with pytest.raises(UnknownOutcome):
        call(gateway_to(f"http://127.0.0.1:{closed_port()}/api/"))


# response_url


@pytest.mark.parametrize(("status", "family"), [(404, SlackRefused), (429, SlackRefused), (500, UnknownOutcome)])
def test_a_response_url_that_fails_is_translated(status: int, family: type[Unavailable]) -> None:
    with serving(Answer(b"used_url", status)) as crooked, pytest.raises(Unavailable) as raised:
        gateway_to(crooked.url).respond(f"{crooked.url}hook", HELLO)
    assert type(raised.value) is family


def test_a_response_url_that_does_not_answer_is_an_unknown_outcome() -> None:
    with pytest.raises(UnknownOutcome):
        gateway_to("http://127.0.0.1/api/").respond(f"http://127.0.0.1:{closed_port()}/hook", HELLO)


def test_a_response_url_cut_off_is_an_unknown_outcome() -> None:
    with serving(Answer(cut=True)) as crooked, pytest.raises(UnknownOutcome):
        gateway_to(crooked.url).respond(f"{crooked.url}hook", HELLO)


# Secrets


def test_no_error_and_no_log_line_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    secret = "xoxb-very-secret"
    with serving(refused_with("invalid_auth")) as crooked, pytest.raises(TokenDead) as raised:
        Gateway.connect(secret, crooked.url, RENDERER).identity()
    assert secret not in f"{raised.value} {raised.value!r} {raised.value.__cause__} {caplog.text}"
