"""What an app does with messages beyond posting: scheduling, streams, reactions, unfurls, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.clock import MovableClock
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import EVERY_SCOPE
from tests.workspace.test_webapi import refused


@pytest.fixture
def manifest() -> Json:
    return EVERY_SCOPE


def names(calls: dict[str, Callable[[], Any]]) -> None:
    assert {name: refused(call)["error"] for name, call in calls.items()} == {name: name for name in calls}


def texts(workspace: Workspace, room: Channel) -> list[str]:
    return [message["text"] for message in workspace.messages(room.id)]


# -- scheduled messages


@pytest.fixture
def at(clock: MovableClock) -> Callable[[timedelta], int]:
    return lambda ahead: int((clock() + ahead).timestamp())


def test_scheduled_messages_are_posted_in_their_order_when_the_clock_reaches_them(
    client: WebClient, workspace: Workspace, room: Channel, clock: MovableClock, at: Callable[[timedelta], int]
) -> None:
    client.chat_scheduleMessage(channel=room.id, text="tomorrow", post_at=at(timedelta(days=1)))
    planned = client.chat_scheduleMessage(channel=room.id, text="soon", post_at=at(timedelta(hours=1)))
    assert workspace.next_due() == datetime.fromtimestamp(planned["post_at"], UTC)
    assert [entry["text"] for entry in client.chat_scheduledMessages_list()["scheduled_messages"]] == [
        "soon",
        "tomorrow",
    ]
    clock.move(timedelta(minutes=59))
    assert texts(workspace, room) == []
    clock.move(timedelta(days=2))
    assert texts(workspace, room) == ["soon", "tomorrow"]
    assert workspace.next_due() is None
    assert client.chat_scheduledMessages_list()["scheduled_messages"] == []


def test_a_scheduled_message_is_posted_without_a_move_too(
    client: WebClient, workspace: Workspace, room: Channel, at: Callable[[timedelta], int]
) -> None:
    client.chat_scheduleMessage(channel=room.id, text="in a moment", post_at=at(timedelta(seconds=1.5)))
    workspace.wait_for(lambda: texts(workspace, room) == ["in a moment"])


def test_a_scheduled_message_can_be_deleted_until_a_minute_before(
    client: WebClient, workspace: Workspace, room: Channel, clock: MovableClock, at: Callable[[timedelta], int]
) -> None:
    first, second = (
        client.chat_scheduleMessage(channel=room.id, text=text, post_at=at(timedelta(hours=1)))["scheduled_message_id"]
        for text in ("first", "second")
    )
    client.chat_deleteScheduledMessage(channel=room.id, scheduled_message_id=first)
    clock.move(timedelta(minutes=59, seconds=10))
    names(
        {
            "invalid_scheduled_message_id": lambda: client.chat_deleteScheduledMessage(
                channel=room.id, scheduled_message_id=second
            )
        }
    )
    clock.move(timedelta(minutes=1))
    assert texts(workspace, room) == ["second"]


def test_what_cannot_be_posted_when_its_time_has_come_is_dropped(
    client: WebClient, workspace: Workspace, room: Channel, clock: MovableClock, at: Callable[[timedelta], int]
) -> None:
    kept = {"event_type": "e", "event_payload": {}}
    client.chat_scheduleMessage(channel=room.id, text="never", post_at=at(timedelta(hours=1)), metadata=kept)
    client.chat_scheduleMessage(channel=room.id, text="archived", post_at=at(timedelta(hours=2)))
    clock.move(timedelta(hours=1, minutes=1))
    workspace.archive(room)
    clock.move(timedelta(days=1))
    assert texts(workspace, room) == []
    assert workspace.scheduled == {}


def test_scheduling_has_limits(client: WebClient, room: Channel, at: Callable[[timedelta], int]) -> None:
    def schedule(post_at: Any, channel: str = room.id) -> Any:
        return client.chat_scheduleMessage(channel=channel, text="x", post_at=post_at)

    slot = at(timedelta(days=1)) // 300 * 300
    for second in range(30):
        schedule(slot + second)
    names(
        {
            "restricted_too_many": lambda: schedule(slot + 299),
            "time_in_past": lambda: schedule(at(timedelta(seconds=-1))),
            "time_too_far": lambda: schedule(at(timedelta(days=120, minutes=1))),
            "invalid_time": lambda: schedule("soon"),
        }
    )
    assert schedule(slot + 300)["ok"]
    assert schedule(at(timedelta(days=119)))["ok"]


# -- streams


def test_a_stream_grows_until_it_is_stopped(
    client: WebClient, workspace: Workspace, room: Channel, ana: Person
) -> None:
    parent = workspace.say(ana.id, room.id, "why?")["ts"]
    to = {"recipient_user_id": ana.id, "recipient_team_id": workspace.team.id}
    ts = client.chat_startStream(channel=room.id, thread_ts=parent, markdown_text="Be", **to)["ts"]
    client.chat_appendStream(channel=room.id, ts=ts, markdown_text="cause.")
    answer = client.chat_stopStream(channel=room.id, ts=ts, blocks=[{"type": "divider"}])
    assert answer["message"]["text"] == "Because."
    assert [block["type"] for block in answer["message"]["blocks"]] == ["markdown", "divider"]
    names(
        {
            "message_not_in_streaming_state": lambda: client.chat_appendStream(
                channel=room.id, ts=ts, markdown_text="x"
            ),
            "missing_recipient_user_id": lambda: client.chat_startStream(channel=room.id, thread_ts=parent),
            "message_not_owned_by_app": lambda: client.chat_stopStream(channel=room.id, ts=parent),
        }
    )


# -- messages


def test_text_is_as_long_as_its_method_allows(client: WebClient, room: Channel, ana: Person) -> None:
    posted = client.chat_postMessage(channel=room.id, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    calls: dict[str, Callable[[int], Any]] = {
        "update": lambda n: client.chat_update(channel=room.id, ts=posted["ts"], text="x" * n),
        "ephemeral": lambda n: client.chat_postEphemeral(channel=room.id, user=ana.id, text="é" * (n // 2)),
        "markdown": lambda n: client.chat_postMessage(channel=room.id, markdown_text="x" * (n + 8000)),
    }
    for call in calls.values():
        assert call(4000)["ok"]
        assert refused(lambda call=call: call(4002))["error"] == "msg_too_long"


def test_a_message_in_an_archived_channel_is_frozen(client: WebClient, workspace: Workspace, room: Channel) -> None:
    ts = client.chat_postMessage(channel=room.id, text="x")["ts"]
    workspace.archive(room)
    names({"is_inactive": lambda: client.chat_update(channel=room.id, ts=ts, text="y")})


def test_an_ephemeral_cannot_be_updated(client: WebClient, room: Channel, ana: Person) -> None:
    ts = client.chat_postEphemeral(channel=room.id, user=ana.id, text="x")["message_ts"]
    names({"message_not_found": lambda: client.chat_update(channel=room.id, ts=ts, text="y")})


def test_a_deed_and_an_unfurled_link_are_shown(
    client: WebClient, workspace: Workspace, room: Channel, ana: Person
) -> None:
    client.chat_meMessage(channel=room.id, text="nods")
    link = workspace.say(ana.id, room.id, "see https://example.com/a")["ts"]
    unfurls = {"https://example.com/a": {"text": "A page"}}
    client.chat_unfurl(channel=room.id, ts=link, unfurls=unfurls)
    deed, linked = workspace.messages(room.id)
    assert deed["subtype"] == "me_message"
    assert linked["attachments"][0]["from_url"] == "https://example.com/a"
    names({"cannot_unfurl_url": lambda: client.chat_unfurl(channel=room.id, ts=link, unfurls={"https://b.c": {}})})


# -- reactions


def test_reactions_are_added_listed_and_taken_back(
    client: WebClient, workspace: Workspace, room: Channel, ana: Person
) -> None:
    ts = workspace.say(ana.id, room.id, "done")["ts"]
    client.reactions_add(channel=room.id, timestamp=ts, name=":eyes:")
    seen = client.reactions_get(channel=room.id, timestamp=ts)["message"]["reactions"]
    assert seen == [{"name": "eyes", "users": [workspace.team.bot_user], "count": 1}]
    assert [item["message"]["ts"] for item in client.reactions_list()["items"]] == [ts]
    names({"already_reacted": lambda: client.reactions_add(channel=room.id, timestamp=ts, name="eyes")})
    client.reactions_remove(channel=room.id, timestamp=ts, name="eyes")
    names(
        {
            "no_reaction": lambda: client.reactions_remove(channel=room.id, timestamp=ts, name="eyes"),
            "invalid_name": lambda: client.reactions_add(channel=room.id, timestamp=ts, name="not an emoji"),
            "message_not_found": lambda: client.reactions_add(channel=room.id, timestamp="1.1", name="eyes"),
        }
    )
    events = [delivery.payload["event"] for delivery in workspace.deliveries if not delivery.attempt]
    assert [event["reaction"] for event in events if event["type"].startswith("reaction_")] == ["eyes", "eyes"]


# -- files


def test_the_sdk_s_upload_puts_a_file_into_the_channel(client: WebClient, workspace: Workspace, room: Channel) -> None:
    answer = client.files_upload_v2(
        channel=room.id, content="a,b\n1,2\n", filename="figures.csv", title="Figures", initial_comment="Here"
    )
    (message,) = workspace.messages(room.id)
    assert (message["text"], message["files"][0]["title"]) == ("Here", "Figures")
    assert workspace.uploads[answer["file"]["id"]].content == b"a,b\n1,2\n"
    about = client.files_info(file=answer["file"]["id"])["file"]
    assert (about["mimetype"], about["size"], about["channels"]) == ("text/csv", 8, [room.id])
    client.files_delete(file=about["id"])
    assert workspace.messages(room.id)[0]["files"] == [{"id": about["id"], "mode": "tombstone"}]
    names({"file_not_found": lambda: client.files_info(file=about["id"])})


def test_a_file_is_opened_by_those_it_was_shared_with_and_can_run_nothing(
    client: WebClient, server: WorkspaceServer, workspace: Workspace, room: Channel, ana: Person
) -> None:
    outside = workspace.add_person("ben", "Ben Okafor")
    sent = client.files_upload_v2(channel=room.id, content="<p>Hello</p>", filename="a page.html")["file"]

    def opened(user: Person, file_id: str) -> tuple[int, str, bytes]:
        try:
            answer = urlopen(f"{server.url}/control/file?user={user.id}&id={file_id}")
        except HTTPError as refusal:
            answer = refusal
        with answer:
            assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-popups; default-src 'none'")
            return answer.status, answer.headers["Content-Type"].partition(";")[0], answer.read()

    gone = (404, "text/plain", b"This file is no longer there.")
    assert opened(ana, sent["id"]) == (200, "text/html", b"<p>Hello</p>")
    assert opened(outside, sent["id"]) == gone
    client.files_delete(file=sent["id"])
    assert opened(ana, sent["id"]) == gone


def test_a_form_may_carry_the_bytes_and_only_once(client: WebClient, workspace: Workspace) -> None:
    announced = client.files_getUploadURLExternal(filename="a.bin", length=3)
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\nabc\r\n--b--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b"}

    def upload() -> str:
        with urlopen(Request(announced["upload_url"], form, kind)) as answer:
            return str(answer.read().decode())

    names({"file_not_found": lambda: client.files_completeUploadExternal(files=[{"id": announced["file_id"]}])})
    assert upload() == "OK - 3"
    with pytest.raises(OSError, match="400"):
        upload()
    assert client.files_completeUploadExternal(files=[{"id": announced["file_id"]}])["files"][0]["channels"] == []
    assert workspace.uploads[announced["file_id"]].content == b"abc"
