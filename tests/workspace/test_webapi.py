"""The Web API as slack_sdk sees it: answers, refusals, bodies, tokens, scopes, budgets, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Fault, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import MANIFEST, Ask
from tests.workspace.guest import everything, plain


def refused(call: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        call()
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


def test_auth_test_says_who_the_app_is(client: WebClient, workspace: Workspace) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (workspace.team.bot_user, workspace.team.bot_id)
    assert (answer["user"], answer["is_enterprise_install"]) == ("guest", False)


SOME_OPTIONAL: Json = {
    **MANIFEST,
    "oauth_config": {
        "scopes": {"bot": ["chat:write", "files:write", "im:history"], "bot_optional": ["files:write", "users:read"]}
    },
}


def test_optional_scopes_are_granted_once_wherever_the_manifest_lists_them() -> None:
    scopes = WorkspaceServer(SOME_OPTIONAL).workspace.team.scopes
    assert sorted(scopes) == ["chat:write", "files:write", "im:history", "users:read"]


def test_optional_scopes_can_be_declined_in_every_workspace() -> None:
    server = WorkspaceServer(SOME_OPTIONAL, optional_scopes=False)
    second = server.add_workspace("Second")
    assert server.workspace.team.scopes == second.team.scopes == ("chat:write", "im:history")


@pytest.mark.parametrize("manifest", [MANIFEST | {"oauth_config": {"scopes": {"bot": ["im:history", "im:read"]}}}])
@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_without_its_scope_a_method_names_what_it_needs(client: WebClient, workspace: Workspace, private: bool) -> None:
    kind = "groups" if private else "channels"
    channel = workspace.add_channel("room", [workspace.team.bot_user], private).id
    calls: list[tuple[str, Callable[[], Any]]] = [
        (f"{kind}:history", lambda: client.conversations_history(channel=channel)),
        (f"{kind}:history", lambda: client.conversations_replies(channel=channel, ts="1.1")),
        (f"{kind}:read", lambda: client.conversations_info(channel=channel)),
        (f"{kind}:read", lambda: client.conversations_members(channel=channel)),
        ("files:write", lambda: client.files_getUploadURLExternal(filename="a", length=1)),
        ("files:write", lambda: client.files_completeUploadExternal(files=[{"id": "F1"}])),
        ("users:read", lambda: client.users_info(user="U1")),
        ("users:read", lambda: client.users_list()),
    ]
    for needed, call in calls:
        answer = refused(call)
        assert (answer["error"], answer["provided"]) == ("missing_scope", "im:history,im:read")
        assert needed in answer["needed"].split(",")


def test_a_post_comes_back_as_slack_keeps_it(client: WebClient, room: Channel, workspace: Workspace) -> None:
    answer = client.chat_postMessage(channel=room.id, text="hi", blocks=everything("U1", room.id))
    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (room.id, message["ts"])
    assert message["bot_id"] == workspace.team.bot_id
    assert all(block["block_id"] for block in message["blocks"])
    assert workspace.messages(room.id) == [{**message, "channel": room.id}]


def test_a_reply_is_counted_on_its_parent(client: WebClient, room: Channel, workspace: Workspace) -> None:
    parent = client.chat_postMessage(channel=room.id, text="one")["ts"]
    reply = client.chat_postMessage(channel=room.id, text="two", thread_ts=parent)["ts"]
    (shown,) = workspace.messages(room.id)
    assert (shown["reply_count"], shown["latest_reply"]) == (1, reply)
    assert [m["text"] for m in workspace.messages(room.id, parent)] == ["one", "two"]


def test_a_post_to_a_person_opens_the_direct_conversation(client: WebClient, ana: Person) -> None:
    assert client.chat_postMessage(channel=ana.id, text="hello")["channel"].startswith("D")


def test_updating_with_text_alone_removes_the_blocks(client: WebClient, room: Channel, workspace: Workspace) -> None:
    ts = client.chat_postMessage(channel=room.id, text="a", blocks=[{"type": "divider"}])["ts"]
    client.chat_update(channel=room.id, ts=ts, text="b")
    (message,) = workspace.messages(room.id)
    assert message["text"] == "b"
    assert "blocks" not in message
    assert message["edited"]["user"] == workspace.team.bot_user


def test_invalid_blocks_are_refused_with_pointers(client: WebClient, room: Channel) -> None:
    block = {"type": "header", "text": plain("x" * 151)}
    answer = refused(lambda: client.chat_postMessage(channel=room.id, text="t", blocks=[block]))
    problem = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [problem]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


def test_a_field_that_is_null_is_none(client: WebClient, room: Channel, workspace: Workspace, ana: Person) -> None:
    option = {"text": plain("Red"), "value": "red"}
    pick = {"type": "checkboxes", "action_id": "pick", "options": [option], "initial_options": None, "confirm": None}
    blocks = [{"type": "section", "text": plain("t"), "accessory": None}, {"type": "actions", "elements": [pick]}]
    message = client.chat_postMessage(channel=room.id, text="t", blocks=blocks)["message"]
    assert "accessory" not in message["blocks"][0]
    pressed = workspace.click(ana.id, message["ts"], "pick", "red").payload["actions"][0]
    assert pressed["selected_options"] == [option]


def test_half_a_character_comes_back_as_it_was(ask: Ask, server: WorkspaceServer, room: Channel, ana: Person) -> None:
    token, half = f"Bearer {server.bot_token}", "half \ud83d"
    status, answer = ask("/api/chat.postMessage", {"channel": room.id, "text": half}, Authorization=token)
    assert (status, answer["message"]["text"]) == (200, half)
    view = {"type": "home", "private_metadata": half, "blocks": []}
    status, answer = ask("/api/views.publish", {"user_id": ana.id, "view": view}, Authorization=token)
    assert (status, answer["view"]["private_metadata"]) == (200, half)


def test_a_number_beyond_any_is_no_json(ask: Ask, server: WorkspaceServer) -> None:
    body = b'{"filename": "a.txt", "length": 1e400}'
    status, answer = ask("/api/files.getUploadURLExternal", body, Authorization=f"Bearer {server.bot_token}")
    assert (status, answer["error"]) == (200, "invalid_json")


def test_refusals_have_slacks_names(client: WebClient, room: Channel, ana: Person, workspace: Workspace) -> None:
    theirs = workspace.say(ana.id, room.id, "mine")
    outside = workspace.add_channel("outside", [ana.id])
    secret = workspace.add_channel("secret", [ana.id], private=True)
    calls: dict[str, Callable[[], Any]] = {
        "channel_not_found": lambda: client.chat_postMessage(channel="C404", text="x"),
        "not_in_channel": lambda: client.chat_postMessage(channel=outside.id, text="x"),
        "no_text": lambda: client.api_call("chat.postMessage", json={"channel": room.id}),
        "message_not_found": lambda: client.chat_update(channel=room.id, ts="1.1", text="x"),
        "cant_update_message": lambda: client.chat_update(channel=room.id, ts=theirs["ts"], text="x"),
        "cant_delete_message": lambda: client.chat_delete(channel=room.id, ts=theirs["ts"]),
        "user_not_in_channel": lambda: client.chat_postEphemeral(channel=room.id, user="U404", text="x"),
        "user_not_found": lambda: client.users_info(user="U404"),
        "missing_scope": lambda: client.reactions_add(channel=room.id, timestamp="1.1", name="eyes"),
        "unknown_method": lambda: client.api_call("chat.shout"),
        "msg_too_long": lambda: client.chat_update(channel=room.id, ts="1.1", text="x" * 4001),
        "invalid_trigger_id": lambda: client.views_open(trigger_id="1", view=modal()),
        "markdown_text_conflict": lambda: client.chat_postMessage(channel=room.id, text="x", markdown_text="y"),
    }
    assert {name: refused(call)["error"] for name, call in calls.items()} == {name: name for name in calls}
    private = refused(lambda: client.chat_postMessage(channel=secret.id, text="x"))
    assert private["error"] == "channel_not_found"


def modal() -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "blocks": []}


def test_a_missing_scope_names_what_is_needed(client: WebClient) -> None:
    answer = refused(lambda: client.conversations_open(users="U1"))
    assert answer["needed"] == "im:write,mpim:write"
    assert "chat:write" in answer["provided"]


def test_an_archived_channel_takes_no_posts(client: WebClient, room: Channel, workspace: Workspace) -> None:
    workspace.archive(room)
    assert refused(lambda: client.chat_postMessage(channel=room.id, text="x"))["error"] == "is_archived"


def test_a_removed_app_is_not_in_the_channel(client: WebClient, room: Channel, workspace: Workspace) -> None:
    workspace.remove_bot(room)
    assert refused(lambda: client.chat_postMessage(channel=room.id, text="x"))["error"] == "not_in_channel"


def test_members_come_in_pages(client: WebClient, workspace: Workspace) -> None:
    people = [workspace.add_person(f"p{n}", f"Person {n}") for n in range(5)]
    channel = workspace.add_channel("all", [person.id for person in people])
    found = [m for answer in client.conversations_members(channel=channel.id, limit=2) for m in answer["members"]]
    assert found == [person.id for person in people]


def test_a_person_has_a_zone_and_its_offset(client: WebClient, ana: Person) -> None:
    user = client.users_info(user=ana.id)["user"]
    assert (user["tz"], user["real_name"], user["deleted"]) == ("Europe/Berlin", "Ana Weber", False)
    assert user["tz_offset"] in (3600, 7200)


def test_history_of_a_direct_conversation_is_newest_first(client: WebClient, workspace: Workspace, ana: Person) -> None:
    dm = workspace.dm_of(ana.id)
    for text in ("one", "two"):
        workspace.say(ana.id, dm.id, text)
    assert [m["text"] for m in client.conversations_history(channel=dm.id)["messages"]] == ["two", "one"]


def test_tokens_are_checked(server: WorkspaceServer) -> None:
    def ask(token: str | None) -> str:
        return str(refused(lambda: WebClient(token=token, base_url=server.api_url).auth_test())["error"])

    assert ask("xoxb-wrong") == "invalid_auth"
    assert ask(None) == "not_authed"
    assert ask(server.app_token) == "not_allowed_token_type"
    server.workspace.revoke_token()
    assert ask(server.bot_token) == "token_revoked"


def test_bodies_may_be_json_forms_or_empty(ask: Ask, server: WorkspaceServer, room: Channel) -> None:
    token = {"Authorization": f"Bearer {server.bot_token}"}
    assert ask("/api/auth.test", b"", **token)[1]["ok"]
    form = urlencode({"channel": room.id, "text": "t", "blocks": '[{"type": "divider"}]', "token": server.bot_token})
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    assert ask("/api/chat.postMessage", form.encode(), **kind)[1]["message"]["blocks"][0]["type"] == "divider"
    for broken in (b"{", b'{"text": NaN}', b'{"text": ' + b"[" * 100_000):
        assert ask("/api/chat.postMessage", broken, **token)[1]["error"] == "invalid_json"
    assert ask("/api/chat.postMessage", [1], **token)[1]["error"] == "json_not_object"


def test_an_oversize_body_is_refused(ask: Ask) -> None:
    assert ask("/api/chat.postMessage", b"x" * 2_000_001)[0] == 413


def test_blocks_validate_needs_no_token(ask: Ask) -> None:
    status, answer = ask("/api/blocks.validate", {"blocks": [{"type": "nonsense"}]})
    assert (status, answer["error"]) == (200, "invalid_blocks")
    assert answer["errors"][0]["pointer"] == "/blocks/0/type"
    assert ask("/api/blocks.validate", {"blocks": [{"type": "divider"}]})[1] == {"ok": True}


def test_too_many_posts_are_told_when_to_come_again() -> None:
    server = WorkspaceServer(MANIFEST)
    server.start()
    try:
        channel = server.workspace.add_channel("busy")
        server.workspace.invite_bot(channel)
        client = WebClient(token=server.bot_token, base_url=server.api_url, retry_handlers=[])
        client.chat_postMessage(channel=channel.id, text="one")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel="#busy", text="two")  # the same channel by another name
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response["error"] == "ratelimited"
    finally:
        server.stop()


def test_a_fault_breaks_as_many_calls_as_it_says(client: WebClient, room: Channel, workspace: Workspace) -> None:
    workspace.faults.append(Fault("chat.postMessage", error="fatal_error"))
    workspace.faults.append(Fault("*", status=503))
    assert refused(lambda: client.chat_postMessage(channel=room.id, text="x"))["error"] == "fatal_error"
    assert refused(lambda: client.chat_postMessage(channel=room.id, text="x"))["error"] == "internal_error"
    assert client.chat_postMessage(channel=room.id, text="x")["ok"]
    assert [call.status for call in workspace.calls] == [200, 503, 200]


def test_a_late_answer_comes_after_its_effect(server: WorkspaceServer, room: Channel) -> None:
    workspace = server.workspace
    workspace.faults.append(Fault("chat.postMessage", delay_after_effect=0.5))
    hasty = WebClient(token=server.bot_token, base_url=server.api_url, timeout=0.1, retry_handlers=[])  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=room.id, text="it arrived")
    assert workspace.wait_for(lambda: workspace.messages(room.id))[0]["text"] == "it arrived"


def test_a_port_that_is_taken_is_named(server: WorkspaceServer) -> None:
    port = int(server.url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match=f"Port {port} is taken"):
        WorkspaceServer(MANIFEST, port=port).start()
