"""Slack's errors, and everything else that can happen to a call, become our own; nothing foreign leaks."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.errors import TryLater, Unavailable
from bot.resources import MANIFEST, TEMPLATES
from bot.slack.gateway import (
    LOOKED_AT,
    MOST_PAGES,
    RATE_LIMIT_RETRIES,
    ChannelClosed,
    File,
    Gateway,
    Mark,
    MessageGone,
    Posted,
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
from tests.conftest import Aside
from tests.slack.crooked import Answer, CrookedServer, serving

HELLO, BYE = Notice("Hello & welcome"), Notice("Bye")
MARK = Mark("cco_answer", "q1")
FILE = File("a.csv", "All answers", b"one")
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


@pytest.fixture
def declining(aside: Aside) -> Iterator[WorkspaceServer]:
    """A workspace where the scopes that are optional were not granted."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    running = WorkspaceServer(manifest, rate_limits=False, optional_scopes=False)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def declined(declining: WorkspaceServer) -> Gateway:
    return Gateway.connect(declining.bot_token, declining.api_url, RENDERER)


@pytest.fixture
def elsewhere(declining: WorkspaceServer) -> Channel:
    return declining.workspace.add_channel("leadership", [declining.workspace.team.bot_user])


# What works


def test_a_post_is_in_the_channel_and_says_where(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    posted = gateway.post(room.id, HELLO)
    (message,) = server.workspace.messages(room.id)
    assert (posted, message["text"]) == (Posted(room.id, message["ts"]), "Hello &amp; welcome")


def test_a_post_to_a_person_says_which_channel_it_is_in(gateway: Gateway, server: WorkspaceServer, ana: Person) -> None:
    assert gateway.post(ana.id, HELLO).channel == server.workspace.dm_of(ana.id).id


def test_a_post_in_a_thread_stays_in_the_thread(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    parent = gateway.post(room.id, HELLO).ts
    gateway.post(room.id, HELLO, thread_ts=parent)
    assert len(server.workspace.messages(room.id, parent)) == 2


def test_an_ephemeral_is_seen_by_one_person(
    gateway: Gateway, server: WorkspaceServer, room: Channel, ana: Person
) -> None:
    gateway.tell(room.id, ana.id, HELLO)
    assert [m["text"] for m in server.workspace.ephemerals(ana.id)] == ["Hello &amp; welcome"]
    assert server.workspace.messages(room.id) == []


def test_an_ephemeral_that_is_paced_elsewhere_waits_no_rate_limit_out(
    gateway: Gateway, server: WorkspaceServer, room: Channel, ana: Person
) -> None:
    server.workspace.faults.append(Fault("chat.postEphemeral", status=429, retry_after=9))
    with pytest.raises(RateLimited) as limited:
        gateway.tell(room.id, ana.id, HELLO, at_once=True)
    assert limited.value.retry_after == 9


# What was posted before


@pytest.mark.parametrize("in_thread", [False, True], ids=["", "in a thread"])
@pytest.mark.parametrize("kind", ["direct message", "channel", "private channel"])
def test_a_marked_post_is_found_again(
    gateway: Gateway, server: WorkspaceServer, ana: Person, kind: str, in_thread: bool
) -> None:
    channel = conversation(server, kind, ana)
    thread = gateway.post(channel, HELLO).ts if in_thread else ""
    posted = gateway.post(channel, HELLO, thread, MARK)
    assert gateway.posted(channel, thread, MARK, "0") == posted.ts
    assert gateway.posted(channel, thread, Mark(MARK.event, "q2"), "0") is None
    assert gateway.posted(channel, thread, Mark("another", MARK.id), "0") is None


@pytest.mark.parametrize("in_thread", [False, True], ids=["", "in a thread"])
def test_a_marked_post_is_found_among_many_messages(
    gateway: Gateway, server: WorkspaceServer, room: Channel, ana: Person, in_thread: bool
) -> None:
    thread = gateway.post(room.id, HELLO).ts if in_thread else ""
    chatter(server, room, ana, thread)
    posted = gateway.post(room.id, HELLO, thread, MARK)
    chatter(server, room, ana, thread)
    assert gateway.posted(room.id, thread, MARK, "0") == posted.ts


def test_it_looks_within_the_time_it_is_given_and_no_further_than_it_promises(
    gateway: Gateway, server: WorkspaceServer, room: Channel, ana: Person
) -> None:
    posted = gateway.post(room.id, HELLO, mark=MARK)
    chatter(server, room, ana, "", LOOKED_AT * MOST_PAGES)
    before = len(server.workspace.calls)
    assert gateway.posted(room.id, "", MARK, "0") is None
    assert len(server.workspace.calls) - before == MOST_PAGES
    assert gateway.posted(room.id, "", MARK, "0", posted.ts) == posted.ts
    assert gateway.posted(room.id, "", MARK, posted.ts, posted.ts) == posted.ts
    assert gateway.posted(room.id, "", MARK, "0", f"{float(posted.ts) - 1:.6f}") is None


def chatter(server: WorkspaceServer, room: Channel, ana: Person, thread: str, times: int = 2 * LOOKED_AT) -> None:
    for number in range(times):
        server.workspace.say(ana.id, room.id, f"What about {number}?", thread or None)


def conversation(server: WorkspaceServer, kind: str, ana: Person) -> str:
    if kind == "direct message":
        return server.workspace.dm_of(ana.id).id
    channel = server.workspace.add_channel("some-room", [ana.id], private=kind == "private channel")
    server.workspace.invite_bot(channel)
    return channel.id


def test_a_channel_may_not_be_read_without_its_scope(declined: Gateway, elsewhere: Channel) -> None:
    with pytest.raises(SlackRefused) as refused:
        declined.posted(elsewhere.id, "", MARK, "0")
    assert refused.value.code == "missing_scope"


# Edits


def test_an_edit_replaces_a_message_and_its_mark_stays(
    gateway: Gateway, server: WorkspaceServer, room: Channel
) -> None:
    posted = gateway.post(room.id, HELLO, mark=MARK)
    gateway.edit(posted.channel, posted.ts, BYE)
    (message,) = server.workspace.messages(room.id)
    assert (message["ts"], message["text"]) == (posted.ts, "Bye")
    assert gateway.posted(room.id, "", MARK, "0") == posted.ts
    assert server.workspace.calls[-2].args["parse"] == "none"


def test_a_message_that_was_deleted_cannot_be_edited(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    posted = gateway.post(room.id, HELLO)
    server.workspace.delete_message(room.id, posted.ts)
    with pytest.raises(MessageGone):
        gateway.edit(room.id, posted.ts, BYE)


@pytest.mark.parametrize(("code", "is_deleted"), [("message_not_found", True), ("edit_window_closed", False)])
def test_a_message_that_may_not_be_edited_any_more_is_told_from_one_that_was_deleted(
    gateway: Gateway, server: WorkspaceServer, room: Channel, code: str, is_deleted: bool
) -> None:
    posted = gateway.post(room.id, HELLO)
    server.workspace.faults.append(Fault("chat.update", error=code))
    with pytest.raises(MessageGone) as gone:
        gateway.edit(room.id, posted.ts, BYE)
    assert gone.value.is_deleted is is_deleted


def test_in_an_archived_channel_nothing_can_be_edited_for_now(
    gateway: Gateway, server: WorkspaceServer, room: Channel
) -> None:
    posted = gateway.post(room.id, HELLO)
    server.workspace.archive(room)
    with pytest.raises(ChannelClosed, match="is_inactive"):
        gateway.edit(room.id, posted.ts, BYE)


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


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_blocks_that_are_refused_are_replaced_by_simpler_ones(
    gateway: Gateway, server: WorkspaceServer, room: Channel, method: str
) -> None:
    server.workspace.faults.append(Fault(method, error="invalid_blocks"))
    send_in_the_best_way(gateway, room, method)
    (message,) = server.workspace.messages(room.id)
    assert message["text"] == "Bye"
    assert message["blocks"]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_where_the_simpler_blocks_are_refused_as_well_their_text_is_sent(
    gateway: Gateway, server: WorkspaceServer, room: Channel, method: str
) -> None:
    server.workspace.faults.append(Fault(method, error="invalid_blocks", times=2))
    send_in_the_best_way(gateway, room, method)
    (message,) = server.workspace.messages(room.id)
    assert message["text"] == "Bye"
    assert "blocks" not in message


def send_in_the_best_way(gateway: Gateway, room: Channel, method: str) -> None:
    if method == "chat.postMessage":
        gateway.post(room.id, HELLO, simpler=BYE)
    else:
        gateway.edit(room.id, gateway.post(room.id, HELLO).ts, HELLO, simpler=BYE)


# Files


def test_files_are_sent_under_one_comment_that_pings_nobody(
    gateway: Gateway, server: WorkspaceServer, room: Channel
) -> None:
    files = [File("a.csv", "All answers", b"one"), File("b.html", "The page", b"<p>")]
    gateway.send_files(room.id, files, "For <!channel> & me")
    (message,) = server.workspace.messages(room.id)
    assert message["text"] == "For &lt;!channel&gt; &amp; me"
    assert [(file["name"], file["title"], file["size"]) for file in message["files"]] == [
        ("a.csv", "All answers", 3),
        ("b.html", "The page", 3),
    ]
    assert [upload.content for upload in server.workspace.uploads.values()] == [b"one", b"<p>"]


def test_no_file_is_sent_without_the_scope(declined: Gateway, elsewhere: Channel) -> None:
    with pytest.raises(SlackRefused) as refused:
        declined.send_files(elsewhere.id, [FILE], "")
    assert refused.value.code == "missing_scope"


@pytest.mark.parametrize("answer", [Answer(b"no", 500), Answer(b"no", 201), Answer(cut=True)], ids=repr)
def test_a_file_that_does_not_arrive_is_an_unknown_outcome(answer: Answer) -> None:
    with serving(answer) as upload:
        url = f'{{"ok": true, "file_id": "F1", "upload_url": "{upload.url}"}}'.encode()
        with serving(Answer(url)) as crooked, pytest.raises(UnknownOutcome):
            gateway_to(crooked.url).send_files("C1", [FILE], "")


# Rate limits


def test_a_post_that_is_too_much_says_when_to_try_again(
    gateway: Gateway, server: WorkspaceServer, room: Channel
) -> None:
    server.workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=7))
    with pytest.raises(RateLimited) as limited:
        gateway.post(room.id, HELLO)
    assert limited.value.retry_after == 7
    assert [call.status for call in server.workspace.calls] == [429]


@pytest.mark.parametrize("method", ["chat.update", "views.open"])
def test_neither_an_edit_nor_a_modal_waits_a_rate_limit_out(server: WorkspaceServer, method: str) -> None:
    server.workspace.faults.append(Fault(method, status=429, retry_after=7))
    gateway = Gateway.connect(server.bot_token, server.api_url, RENDERER)
    with pytest.raises(TryLater) as limited:
        gateway.edit("C1", "1.1", HELLO) if method == "chat.update" else gateway.open_modal("1.1", HELLO)
    assert (type(limited.value), limited.value.retry_after) == (RateLimited, 7)
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
        ("is_inactive", ChannelClosed),
        ("user_not_visible", ChannelClosed),
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
    "push_modal": lambda gateway: gateway.push_modal("1.1", HELLO),
    "publish_home": lambda gateway: gateway.publish_home("U1", HELLO),
    "edit": lambda gateway: gateway.edit("C1", "1.1", HELLO),
    "update_modal": lambda gateway: gateway.update_modal("V1", HELLO),
    "posted": lambda gateway: gateway.posted("D1", "", MARK, "0"),
    "posted in a thread": lambda gateway: gateway.posted("D1", "1.1", MARK, "0"),
    "channel": lambda gateway: gateway.channel("C1"),
    "members": lambda gateway: list(gateway.members("C1")),
    "person": lambda gateway: gateway.person("U1"),
    "people": lambda gateway: list(gateway.people()),
    "person at once": lambda gateway: gateway.person_at_once("U1"),
    "link": lambda gateway: gateway.link("C1", "1.1"),
    "link at once": lambda gateway: gateway.link_at_once("C1", "1.1"),
    "send_files": lambda gateway: gateway.send_files("C1", [FILE], "Here"),
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
    with serving(Answer(b"used_url", status, {"Retry-After": "0"})) as crooked, pytest.raises(Unavailable) as raised:
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
