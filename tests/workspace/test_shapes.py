"""The workspace's answers and envelopes beside Slack's own samples, shape by shape (shapes/README.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.sync.client import connect

from bot.workspace.driver import Workspace
from bot.workspace.methods import METHODS
from bot.workspace.records import Channel, Json, NotAnswered, Person
from bot.workspace.server import WorkspaceServer

FOLDER = Path(__file__).parent / "shapes"
WEB_API, EVENTS, INTERACTIONS = (
    json.loads((FOLDER / f"{name}.json").read_text()) for name in ("web_api", "events", "interactions")
)
Difference = str

# What Slack documents as null (its reference of these objects, or the samples of Bolt): a person outside an
# organisation, a view without these parts, an input that is empty.
MAY_BE_NULL = {"enterprise", "enterprise_id", "context_enterprise_id", "title", "submit", "close", "previous_view_id"}

# What Slack's reference documents, though the recorded samples lack it.
VIEW = {"view": {"blocks": ["object"]}}
GROUP = {"usergroup": {"user_count": "number"}}  # as in the sample of usergroups.list
OLD, NEW = {"previous_message": {"app_id": "string"}}, {"message": {"app_id": "string"}}  # as in conversations.history
MORE: dict[str, Json] = {
    "chat.stopStream": {"channel": "string", "ts": "string", "message": "object"},
    "files.info": {"response_metadata": "object"},
    **{f"usergroups.{name}": GROUP for name in ("create", "disable", "enable", "update", "users.update")},
    "message_changed": {**OLD, **NEW},
    "message_deleted": OLD,
    "app_home_opened": VIEW,
    "block_actions": VIEW,
    "view_closed": VIEW,
    "view_submission": {**VIEW, "response_urls": ["object"]},
    "slash_commands": {"is_enterprise_install": "string"},  # "false": the sample shows what the SDK makes of it
}


def differences(ours: Any, sample: Any, place: str = "") -> Iterator[Difference]:
    """Where ours has what the sample hasn't, or has it in another JSON type."""
    if ours is None and place.rpartition(".")[2] in MAY_BE_NULL:
        return
    kind = json_type(ours)
    if kind != (sample if isinstance(sample, str) else json_type(sample)):
        yield f"{place} is {kind}, not {sample if isinstance(sample, str) else json_type(sample)}"
    elif isinstance(sample, dict):
        for name, value in ours.items():
            if name in sample:
                yield from differences(value, sample[name], f"{place}.{name}".lstrip("."))
            else:
                yield f"{place}.{name} is unknown".lstrip(".")
    elif isinstance(sample, list):
        for value in ours:
            yield from differences(value, sample[0], f"{place}[]")


def json_type(value: Any) -> str:
    if value is None:
        return "null"
    types = {bool: "boolean", str: "string", int: "number", float: "number", dict: "object", list: "array"}
    return types[type(value)]


def absent(ours: Json, required: str) -> list[str]:
    """The paths that ours should have. `messages[].ts`: in every element, of which there must be one."""
    return [path for path in required.split() if not has(ours, path.split("."))]


def has(value: Any, path: list[str]) -> bool:
    if not path:
        return True
    name, is_list = path[0].removesuffix("[]"), path[0].endswith("[]")
    if not isinstance(value, dict) or name not in value:
        return False
    parts = value[name] if is_list else [value[name]]
    return bool(parts) and all(has(part, path[1:]) for part in parts)


def merged(sample: Any, more: Any) -> Any:
    if isinstance(sample, list) and isinstance(more, list):
        return [merged(sample[0], more[0])]
    if not (isinstance(sample, dict) and isinstance(more, dict)):
        return more
    return {**sample, **{name: merged(sample.get(name), part) for name, part in more.items()}}


# -- the stage: one workspace for all, everything subscribed to, every scope


@dataclass
class Stage:
    server: WorkspaceServer
    workspace: Workspace
    client: WebClient
    ana: Person
    room: Channel
    numbers: Iterator[int]

    def call(self, method: str, **args: Any) -> Json:
        answer = self.client.api_call(method, json=args).data
        assert isinstance(answer, dict)
        return answer

    def posted(self, **more: Any) -> Json:
        """A new message of the app's."""
        return self.call("chat.postMessage", channel=self.room.id, text="Hello", **more)

    def new_room(self) -> Channel:
        room = self.workspace.add_channel(f"room-{next(self.numbers)}", [self.ana.id])
        self.workspace.invite_bot(room)
        return room

    def newcomer(self) -> Person:
        return self.workspace.add_person(f"new{next(self.numbers)}", "New Here")

    def opened(self) -> Json:
        view: Json = self.call("views.open", trigger_id=self.trigger(), view=MODAL)["view"]
        return view

    def trigger(self) -> str:
        return self.workspace.new_trigger(self.ana.id)

    def sent(self, kind: str, name: str, subtype: str | None = None) -> Json:
        """The payload of the newest delivery of this kind, as it goes over the wire."""
        for delivery in self.workspace.deliveries[::-1]:
            inner = delivery.payload.get("event", delivery.payload)
            if delivery.type == kind and inner.get("type", name) == name and inner.get("subtype") == subtype:
                payload: Json = json.loads(json.dumps(delivery.payload))
                return payload
        raise AssertionError(f"no {name}; what happened:\n{self.workspace.transcript()}")


BUTTON = {"type": "button", "action_id": "go", "value": "1", "text": {"type": "plain_text", "text": "Go"}}
BLOCKS = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
INPUT = {
    "type": "input",
    "block_id": "q",
    "label": {"type": "plain_text", "text": "Question"},
    "element": {"type": "plain_text_input", "action_id": "a"},
}
MODAL = {
    "type": "modal",
    "callback_id": "m",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "A modal"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [INPUT, *BLOCKS],
}
HOME = {"type": "home", "blocks": BLOCKS}
SCOPES = sorted({scope for method in METHODS.values() for scope in method.scopes})
MANIFEST = {
    "display_information": {"name": "Guest"},
    "features": {
        "bot_user": {"display_name": "guest"},
        "slash_commands": [{"command": "/guest", "description": "Try me"}],
        "shortcuts": [
            {"name": "Note", "type": "global", "callback_id": "note", "description": "Take a note"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keep a message"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {
            "bot_events": "app_home_opened app_mention message.channels message.im message.groups channel_archive "
            "channel_created channel_rename channel_unarchive member_joined_channel member_left_channel "
            "reaction_added reaction_removed tokens_revoked".split()
        }
    },
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    server = WorkspaceServer(MANIFEST, rate_limits=False)
    server.start()
    workspace = server.workspace
    ana = workspace.add_person("ana", "Ana Weber")
    room = workspace.add_channel("leadership", [ana.id])
    workspace.invite_bot(room)
    client = WebClient(server.bot_token, base_url=server.api_url, retry_handlers=[])
    yield Stage(server, workspace, client, ana, room, count())
    server.stop()


# -- the Web API: what each method is called with, and what a bot may need of its answer

Arguments = Callable[[Stage], Json]


def nothing(_: Stage) -> Json:
    return {}


def the_room(s: Stage) -> Json:
    return {"channel": s.room.id}


def a_room(s: Stage) -> Json:
    return {"channel": s.new_room().id}


def an_archived_room(s: Stage) -> Json:
    args = a_room(s)
    s.call("conversations.archive", **args)
    return args


def a_message(s: Stage) -> Json:
    return {"channel": s.room.id, "ts": s.posted()["ts"]}


def a_message_at(s: Stage) -> Json:
    return {"channel": s.room.id, "timestamp": s.posted()["ts"]}


def a_reaction(s: Stage) -> Json:
    args = {**a_message_at(s), "name": "wave"}
    s.call("reactions.add", **args)
    return args


def a_stream(s: Stage) -> Json:
    to = {"recipient_user_id": s.ana.id, "recipient_team_id": s.workspace.team.id}
    begun = s.call("chat.startStream", channel=s.room.id, thread_ts=s.posted()["ts"], **to)
    return {"channel": s.room.id, "ts": begun["ts"], "markdown_text": "more"}


def a_group(s: Stage) -> Json:
    made = s.call("usergroups.create", name=f"group-{next(s.numbers)}")
    s.call("usergroups.users.update", usergroup=made["usergroup"]["id"], users=s.ana.id)
    return {"usergroup": made["usergroup"]["id"]}


def a_scheduled_message(s: Stage) -> Json:
    at = int(s.workspace.now().timestamp()) + 3600
    return {"channel": s.room.id, "text": "Later", "post_at": at}


def an_upload(s: Stage) -> Json:
    place = s.call("files.getUploadURLExternal", filename="a.txt", length=5)
    with urlopen(Request(place["upload_url"], b"hello", {"Content-Type": "text/plain"})) as answer:
        assert answer.status == 200
    return {"files": [{"id": place["file_id"], "title": "A"}], "channel_id": s.room.id, "initial_comment": "Here"}


def a_file(s: Stage) -> Json:
    return {"file": s.call("files.completeUploadExternal", **an_upload(s))["files"][0]["id"]}


IN_MESSAGE = "type ts text user bot_id app_id team"
OF_MESSAGE, OF_MESSAGES = (" ".join(f"{at}.{name}" for name in IN_MESSAGE.split()) for at in ("message", "messages[]"))
IN_CHANNEL = "id name is_channel is_private is_im is_mpim is_archived is_ext_shared created creator"
OF_CHANNEL, OF_CHANNELS = (" ".join(f"{at}.{name}" for name in IN_CHANNEL.split()) for at in ("channel", "channels[]"))
IN_USER = "id team_id name real_name deleted tz tz_label tz_offset is_bot is_app_user is_restricted is_ultra_restricted"
OF_USER, OF_USERS = (" ".join(f"{at}.{name}" for name in IN_USER.split()) for at in ("user", "members[]"))
OF_VIEW = (
    "view.id view.team_id view.type view.title view.blocks view.private_metadata view.callback_id view.external_id "
    "view.state view.hash view.root_view_id view.previous_view_id view.app_id view.bot_id view.clear_on_close "
    "view.notify_on_close"
)
OF_GROUP = "usergroup.id usergroup.name usergroup.handle usergroup.date_delete usergroup.user_count"
CALLS: dict[str, tuple[Arguments, str]] = {
    "api.test": (nothing, ""),
    "apps.connections.open": (lambda s: {"token": s.server.app_token}, "url"),
    "auth.test": (nothing, "url team user team_id user_id bot_id is_enterprise_install"),
    "bots.info": (lambda s: {"bot": s.workspace.team.bot_id}, "bot.id bot.name bot.user_id bot.app_id bot.deleted"),
    "chat.appendStream": (a_stream, "channel ts"),
    "chat.delete": (a_message, "channel ts"),
    "chat.deleteScheduledMessage": (
        lambda s: {
            "channel": s.room.id,
            "scheduled_message_id": s.call("chat.scheduleMessage", **a_scheduled_message(s))["scheduled_message_id"],
        },
        "",
    ),
    "chat.getPermalink": (lambda s: {"channel": s.room.id, "message_ts": s.posted()["ts"]}, "channel permalink"),
    "chat.meMessage": (lambda s: {**the_room(s), "text": "waves"}, "channel ts"),
    "chat.postEphemeral": (lambda s: {**the_room(s), "user": s.ana.id, "text": "Hello"}, "message_ts"),
    "chat.postMessage": (
        lambda s: {"channel": s.room.id, "text": "Hello", "blocks": BLOCKS, "thread_ts": s.posted()["ts"]},
        f"channel ts {OF_MESSAGE} message.blocks message.thread_ts message.bot_profile.id",
    ),
    "chat.scheduledMessages.list": (
        lambda s: s.call("chat.scheduleMessage", **a_scheduled_message(s)) and {},
        "scheduled_messages[].id scheduled_messages[].channel_id scheduled_messages[].post_at response_metadata",
    ),
    "chat.scheduleMessage": (a_scheduled_message, "scheduled_message_id channel post_at message.text"),
    "chat.startStream": (
        lambda s: {
            "channel": s.room.id,
            "thread_ts": s.posted()["ts"],
            "recipient_user_id": s.ana.id,
            "recipient_team_id": s.workspace.team.id,
        },
        "channel ts",
    ),
    "chat.stopStream": (a_stream, "channel ts message.text"),
    "chat.unfurl": (
        lambda s: {
            "channel": s.room.id,
            "ts": s.workspace.say(s.ana.id, s.room.id, "see https://example.com/a")["ts"],
            "unfurls": {"https://example.com/a": {"text": "A"}},
        },
        "",
    ),
    "chat.update": (lambda s: {**a_message(s), "text": "Again"}, "channel ts text message.text message.user"),
    "conversations.archive": (a_room, ""),
    "conversations.close": (lambda s: {"channel": s.workspace.dm_of(s.ana.id).id}, ""),
    "conversations.create": (lambda s: {"name": f"new-{next(s.numbers)}"}, OF_CHANNEL),
    "conversations.history": (
        lambda s: a_message(s) and {**a_message(s), "limit": 1},  # of two messages, so that there is a next page
        f"{OF_MESSAGES} has_more response_metadata.next_cursor",
    ),
    "conversations.info": (the_room, f"{OF_CHANNEL} channel.is_member channel.topic.value channel.purpose.value"),
    "conversations.invite": (lambda s: {**a_room(s), "users": s.newcomer().id}, OF_CHANNEL),
    "conversations.join": (lambda s: {"channel": s.workspace.add_channel(f"open-{next(s.numbers)}").id}, OF_CHANNEL),
    "conversations.kick": (lambda s: {**a_room(s), "user": s.ana.id}, ""),
    "conversations.leave": (a_room, ""),
    "conversations.list": (nothing, f"{OF_CHANNELS} channels[].is_member response_metadata.next_cursor"),
    "conversations.mark": (a_message, ""),
    "conversations.members": (the_room, "members response_metadata.next_cursor"),
    "conversations.open": (lambda s: {"users": s.ana.id, "return_im": True}, "channel.id channel.user channel.is_im"),
    "conversations.rename": (lambda s: {**a_room(s), "name": f"renamed-{next(s.numbers)}"}, OF_CHANNEL),
    "conversations.replies": (
        lambda s: {"channel": s.room.id, "ts": s.posted(thread_ts=s.posted()["ts"])["message"]["thread_ts"]},
        f"{OF_MESSAGES} messages[].thread_ts has_more",
    ),
    "conversations.setPurpose": (lambda s: {**a_room(s), "purpose": "Work"}, "channel.id channel.purpose.value"),
    "conversations.setTopic": (lambda s: {**a_room(s), "topic": "Work"}, "channel.id channel.topic.value"),
    "conversations.unarchive": (an_archived_room, ""),
    "files.completeUploadExternal": (an_upload, "files[].id files[].title"),
    "files.delete": (a_file, ""),
    "files.getUploadURLExternal": (lambda _: {"filename": "a.txt", "length": 5}, "upload_url file_id"),
    "files.info": (a_file, "file.id file.name file.title file.mimetype file.size file.user file.permalink"),
    "reactions.add": (lambda s: {**a_message_at(s), "name": "wave"}, ""),
    "reactions.get": (a_reaction, f"type channel {OF_MESSAGE} message.reactions[].name message.reactions[].users"),
    "reactions.list": (lambda s: a_reaction(s) and {}, "items[].type items[].channel items[].message.ts"),
    "reactions.remove": (a_reaction, ""),
    "team.info": (nothing, "team.id team.name team.domain team.icon"),
    "usergroups.create": (lambda s: {"name": f"new-{next(s.numbers)}"}, OF_GROUP),
    "usergroups.disable": (a_group, OF_GROUP),
    "usergroups.enable": (a_group, OF_GROUP),
    "usergroups.list": (
        lambda s: a_group(s) and {"include_users": True, "include_count": True},
        "usergroups[].id usergroups[].name usergroups[].handle usergroups[].users",
    ),
    "usergroups.update": (lambda s: {**a_group(s), "description": "Those who know"}, OF_GROUP),
    "usergroups.users.list": (a_group, "users"),
    "usergroups.users.update": (lambda s: {**a_group(s), "users": s.ana.id}, OF_GROUP),
    "users.conversations": (lambda s: {"user": s.ana.id}, f"{OF_CHANNELS} response_metadata.next_cursor"),
    "users.getPresence": (lambda s: {"user": s.ana.id}, "presence"),
    "users.info": (lambda s: {"user": s.ana.id}, f"{OF_USER} user.profile.real_name user.profile.display_name"),
    "users.list": (nothing, f"{OF_USERS} cache_ts response_metadata.next_cursor"),
    "users.lookupByEmail": (lambda s: {"email": s.ana.email}, OF_USER),
    "users.profile.get": (lambda s: {"user": s.ana.id}, "profile.real_name profile.display_name profile.email"),
    "users.setPresence": (lambda _: {"presence": "auto"}, ""),
    "views.open": (lambda s: {"trigger_id": s.trigger(), "view": MODAL}, OF_VIEW),
    "views.publish": (lambda s: {"user_id": s.ana.id, "view": HOME}, OF_VIEW),
    "views.push": (lambda s: {"trigger_id": s.opened() and s.trigger(), "view": MODAL}, OF_VIEW),
    "views.update": (lambda s: {"view_id": s.opened()["id"], "view": MODAL}, OF_VIEW),
}
NO_SAMPLE = {"blocks.validate"}  # newer than the recorded samples


def test_every_method_is_compared() -> None:
    assert CALLS.keys() | NO_SAMPLE == METHODS.keys()


@pytest.mark.parametrize("method", CALLS)
def test_an_answer_has_the_shape_of_the_sample(stage: Stage, method: str) -> None:
    arguments, required = CALLS[method]
    answer = stage.call(method, **arguments(stage))
    assert list(differences(answer, merged(WEB_API[method], MORE.get(method, {})))) == []
    assert absent(answer, f"ok {required}") == []


def test_an_installation_has_the_shape_of_the_sample(stage: Stage) -> None:
    server = stage.server
    asked = urlencode(
        {"client_id": server.client_id, "redirect_uri": "http://127.0.0.1/", "team": server.workspace.team.id}
    )
    browser = HTTPConnection(urlsplit(server.url).netloc)
    browser.request("GET", f"/oauth/allow?{asked}")
    code = parse_qs(urlsplit(browser.getresponse().headers["Location"]).query)["code"][0]
    browser.close()
    client = WebClient(base_url=server.api_url)
    answer = client.oauth_v2_access(client_id=server.client_id, client_secret=server.client_secret, code=code).data
    assert isinstance(answer, dict)
    assert list(differences(answer, WEB_API["oauth.v2.access"])) == []
    assert absent(answer, INSTALLED) == []


INSTALLED = "ok app_id authed_user.id scope token_type access_token bot_user_id team.id team.name enterprise"
ERROR = {
    "ok": "boolean",
    "error": "string",
    "errors": ["string"],
    "needed": "string",
    "provided": "string",
    "response_metadata": {"messages": ["string"]},
}
ERRORS: dict[str, tuple[str, Arguments, str]] = {
    "channel_not_found": ("chat.postMessage", lambda _: {"channel": "C0", "text": "Hello"}, ""),
    "no_text": ("chat.postMessage", lambda s: {"channel": s.room.id}, ""),
    "invalid_blocks": (
        "chat.postMessage",
        lambda s: {"channel": s.room.id, "blocks": [{"type": "divider", "elements": 1}, {"type": "section"}]},
        "errors response_metadata.messages",
    ),
    "invalid_arguments": (
        "views.open",
        lambda s: {"trigger_id": s.trigger(), "view": {"type": "modal"}},
        "response_metadata.messages",
    ),
    "invalid_auth": ("auth.test", lambda _: {"token": "xoxb-another"}, ""),
    "message_not_found": ("chat.update", lambda s: {"channel": s.room.id, "ts": "1.1", "text": "Hello"}, ""),
    "user_not_found": ("users.info", lambda _: {"user": "U0"}, ""),
}


@pytest.mark.parametrize("error", ERRORS)
def test_a_refusal_has_the_documented_shape(stage: Stage, error: str) -> None:
    method, arguments, required = ERRORS[error]
    with pytest.raises(SlackApiError) as refusal:
        stage.call(method, **arguments(stage))
    answer: Any = refusal.value.response.data
    assert answer["error"] == error
    assert list(differences(answer, ERROR)) == []
    assert absent(answer, f"ok error {required}") == []


def test_a_missing_scope_is_refused_in_the_documented_shape() -> None:
    server = WorkspaceServer({"oauth_config": {"scopes": {"bot": ["commands"]}}}, rate_limits=False)
    server.start()
    with pytest.raises(SlackApiError) as refusal:
        WebClient(server.bot_token, base_url=server.api_url).chat_postMessage(channel="C0", text="Hello")
    server.stop()
    assert refusal.value.response.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "commands",
    }


# -- events


def say(stage: Stage) -> None:
    stage.workspace.say(stage.ana.id, stage.room.id, "@guest hello")


def open_home(stage: Stage) -> None:
    stage.call("views.publish", user_id=stage.ana.id, view=HOME)
    stage.workspace.open_home(stage.ana.id)


def edit(stage: Stage) -> None:
    stage.call("chat.update", channel=stage.room.id, ts=stage.posted()["ts"], text="Hello again")


def delete(stage: Stage) -> None:
    stage.workspace.delete_message(stage.room.id, stage.posted()["ts"])


def react(stage: Stage) -> None:
    stage.call("reactions.add", channel=stage.room.id, timestamp=stage.posted()["ts"], name="wave")


def unreact(stage: Stage) -> None:
    stage.call("reactions.remove", **a_reaction(stage))


Deed = Callable[[Stage], object]
MESSAGE = "type channel ts event_ts channel_type"
HAPPENINGS: dict[str, tuple[Deed, str]] = {
    "app_mention": (say, "type user text ts channel event_ts team"),
    "message": (say, f"{MESSAGE} user text team client_msg_id"),
    "message_changed": (edit, f"{MESSAGE} subtype hidden message.ts message.text message.edited previous_message.text"),
    "message_deleted": (delete, f"{MESSAGE} subtype hidden deleted_ts previous_message.ts"),
    "app_home_opened": (open_home, "type user channel tab event_ts view.id view.hash view.blocks view.state"),
    "member_joined_channel": (lambda s: s.new_room(), "type user channel channel_type team event_ts"),
    "member_left_channel": (
        lambda s: s.workspace.remove_bot(s.new_room()),
        "type user channel channel_type team event_ts",
    ),
    "reaction_added": (react, "type user item.type item.channel item.ts reaction item_user event_ts"),
    "reaction_removed": (unreact, "type user item.type item.channel item.ts reaction item_user event_ts"),
    "channel_archive": (lambda s: s.workspace.archive(s.new_room()), "type channel user event_ts"),
    "channel_unarchive": (
        lambda s: s.call("conversations.unarchive", **an_archived_room(s)),
        "type channel user event_ts",
    ),
    "channel_created": (
        lambda s: s.call("conversations.create", name=f"made-{next(s.numbers)}"),
        "type channel.id channel.name channel.created channel.creator event_ts",
    ),
    "channel_rename": (
        lambda s: s.call("conversations.rename", name=f"named-{next(s.numbers)}", **a_room(s)),
        "type channel.id channel.name channel.created event_ts",
    ),
    "tokens_revoked": (lambda s: s.workspace.revoke_token() or s.workspace.install(), "type tokens.bot"),
}


WRAPPING = (
    "token team_id api_app_id type event_id event_time event_context is_ext_shared_channel "
    "authorizations[].team_id authorizations[].user_id authorizations[].is_bot"
)


@pytest.mark.parametrize("name", HAPPENINGS)
def test_an_event_has_the_shape_of_the_sample(stage: Stage, name: str) -> None:
    deed, required = HAPPENINGS[name]
    deed(stage)
    is_message = name.startswith("message_")
    payload = stage.sent("events_api", "message" if is_message else name, name if is_message else None)
    event = payload.pop("event")
    assert list(differences(event, merged(EVENTS[name], MORE.get(name, {})))) == []
    assert list(differences(payload, EVENTS["event_callback"])) == []
    assert absent(event, required) == []
    wrapping = "token team_id api_app_id type event_id event_time event_context is_ext_shared_channel"
    assert (
        absent(payload, f"{wrapping} authorizations[].team_id authorizations[].user_id authorizations[].is_bot") == []
    )


# -- interactions and commands


def press(stage: Stage) -> None:
    stage.workspace.click(stage.ana.id, stage.posted(blocks=BLOCKS)["ts"], "go")


def press_in_view(stage: Stage) -> None:
    stage.workspace.click(stage.ana.id, stage.opened(), "go")


def submit(stage: Stage) -> None:
    with pytest.raises(NotAnswered):  # no app is connected here
        stage.workspace.submit(stage.ana.id, stage.opened()["id"], {"q": "why"})


PERSON = "user.id user.username user.team_id team.id team.domain api_app_id token is_enterprise_install"
PRESSED = (
    "actions[].type actions[].action_id actions[].block_id actions[].value actions[].text.text actions[].action_ts"
)
DONE: dict[str, tuple[str, Deed, str]] = {
    "a button in a message": (
        "block_actions",
        press,
        f"{PERSON} {PRESSED} enterprise trigger_id response_url state.values container.type container.message_ts "
        "container.channel_id container.is_ephemeral channel.id channel.name message.type message.user message.bot_id "
        "message.ts message.text message.blocks",
    ),
    "a button in a modal": (
        "block_actions",
        press_in_view,
        f"{PERSON} {PRESSED} trigger_id container.type container.view_id view.id view.hash view.state.values "
        "view.private_metadata view.callback_id",
    ),
    "a modal sent": (
        "view_submission",
        submit,
        f"{PERSON} enterprise trigger_id response_urls view.id view.callback_id view.private_metadata view.hash "
        "view.state.values view.root_view_id view.app_id view.bot_id view.blocks view.title",
    ),
    "a modal closed": (
        "view_closed",
        lambda s: s.workspace.close_view(s.ana.id, s.opened()["id"]),
        f"{PERSON} is_cleared view.id view.callback_id view.private_metadata",
    ),
    "a message shortcut": (
        "message_action",
        lambda s: s.workspace.shortcut(s.ana.id, "keep", {**s.posted()["message"], "channel": s.room.id}),
        "user.id user.name user.team_id team.id team.domain token callback_id trigger_id message_ts response_url "
        "action_ts channel.id channel.name message.ts "
        "message.text message.user",
    ),
    "a global shortcut": (
        "shortcut",
        lambda s: s.workspace.shortcut(s.ana.id, "note"),
        "type token action_ts team.id user.id user.username user.team_id callback_id trigger_id",
    ),
    "a command": (
        "slash_commands",
        lambda s: s.workspace.command(s.ana.id, s.room.id, "/guest", "hello"),
        "token team_id team_domain channel_id channel_name user_id user_name command text api_app_id "
        "is_enterprise_install response_url trigger_id",
    ),
}


@pytest.mark.parametrize("what", DONE)
def test_an_interaction_has_the_shape_of_the_sample(stage: Stage, what: str) -> None:
    name, deed, required = DONE[what]
    deed(stage)
    payload = stage.sent(name if name == "slash_commands" else "interactive", name)
    assert list(differences(payload, merged(INTERACTIONS[name], MORE.get(name, {})))) == []
    assert absent(payload, required) == []


OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
CHOSEN: dict[str, tuple[Json, str, str]] = {  # what an element has, what is picked in it, where the answer is
    "static_select": ({"options": [OPTION]}, "1", "selected_option.value"),
    "overflow": ({"options": [OPTION]}, "1", "selected_option.value"),
    "radio_buttons": ({"options": [OPTION]}, "1", "selected_option.value"),
    "users_select": ({}, "U0BOT0001", "selected_user"),
    "conversations_select": ({}, "C0", "selected_conversation"),
    "channels_select": ({}, "C0", "selected_channel"),
    "datepicker": ({}, "2026-11-22", "selected_date"),
    "timepicker": ({}, "09:30", "selected_time"),
}


@pytest.mark.parametrize("kind", CHOSEN)
def test_a_choice_has_the_shape_of_the_sample(stage: Stage, kind: str) -> None:
    more, value, required = CHOSEN[kind]
    element = {"type": kind, "action_id": "pick", **more}
    message = stage.posted(blocks=[{"type": "actions", "elements": [element]}])
    stage.workspace.click(stage.ana.id, message["ts"], "pick", value)
    payload = stage.sent("interactive", "block_actions")
    assert list(differences(payload, merged(INTERACTIONS["block_actions"], MORE["block_actions"]))) == []
    assert absent(payload, f"actions[].type actions[].action_ts actions[].{required}") == []


def test_a_global_shortcut_knows_no_channel_and_no_response_url(stage: Stage) -> None:
    stage.workspace.shortcut(stage.ana.id, "note")
    assert {"channel", "response_url"}.isdisjoint(stage.sent("interactive", "shortcut"))


# -- the envelopes around them

HELLO = {
    "type": "string",
    "num_connections": "number",
    "connection_info": {"app_id": "string"},
    "debug_info": {"host": "string", "build_number": "number", "approximate_connection_time": "number"},
}
ENVELOPE = {"envelope_id": "string", "type": "string", "accepts_response_payload": "boolean", "payload": "object"}
RETRIED = {"retry_attempt": "number", "retry_reason": "string"}


def test_socket_mode_has_the_documented_envelopes(stage: Stage) -> None:
    with connect(stage.call("apps.connections.open", token=stage.server.app_token)["url"]) as socket:
        hello = json.loads(socket.recv())
        say(stage)
        event = json.loads(socket.recv())
        stage.workspace.shortcut(stage.ana.id, "note")
        interaction = next(frame for frame in map(json.loads, socket) if frame["type"] == "interactive")
        stage.workspace.sockets.disconnect()
        disconnect = next(frame for frame in map(json.loads, socket) if frame["type"] == "disconnect")
    exact = [(hello, HELLO), (event, {**ENVELOPE, **RETRIED}), (interaction, ENVELOPE)]
    exact.append((disconnect, {"type": "string", "reason": "string", "debug_info": {"host": "string"}}))
    for frame, shape in exact:
        assert frame.keys() == shape.keys()
        assert list(differences(frame, shape)) == []


# -- the comparison itself


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        ({"ok": 1}, "ok is number, not boolean"),
        ({"new": 1}, "new is unknown"),
        ({"items": [{"ts": "1"}, {"ts": 1}]}, "items[].ts is number, not string"),
        ({"items": {}}, "items is object, not array"),
        ({"ok": None}, "ok is null, not boolean"),
        ({"blocks": {}}, "blocks is unknown"),
        ({"view": []}, "view is array, not object"),
    ],
)
def test_a_difference_is_told(ours: Json, told: str) -> None:
    sample = {"ok": "boolean", "items": [{"ts": "string"}], "view": "object", "title": "string"}
    assert list(differences(ours, sample)) == [told]
    assert list(differences({"title": None, "view": {"any": 1}}, sample)) == []


def test_what_is_required_must_be_in_every_element_of_a_list_that_is_not_empty() -> None:
    assert absent({"items": [{"ts": "1"}, {}], "none": []}, "items[].ts none[].ts items") == ["items[].ts", "none[].ts"]
