"""The Web API methods, each a small function from the call's arguments to Slack's answer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.workspace import blocks as block_kit
from bot.workspace import modals, payloads, posting
from bot.workspace.posting import structured
from bot.workspace.records import Channel, Json, SlackError
from bot.workspace.state import State


@dataclass(frozen=True)
class Method:
    run: Callable[[State, Json], Json]
    scopes: tuple[str, ...] = ()  # any one of these will do


# -- arguments


def is_true(args: Json, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("true", "1")


def page(args: Json, found: Sequence[Any], usual: int = 100) -> tuple[list[Any], Json]:
    """One page of a list, and the `response_metadata` that leads to the next."""
    try:
        start = int(base64.b64decode(str(args.get("cursor") or "")).decode().removeprefix("next:") or 0)
        limit = int(args.get("limit") or usual)
    except ValueError:
        raise SlackError("invalid_cursor" if args.get("cursor") else "invalid_limit") from None
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    following = start + limit
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(found) else ""
    return list(found[start:following]), {"next_cursor": cursor}


def need(state: State, scope: str) -> None:
    if scope not in state.team.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(state.team.scopes))


def visible_channel(state: State, args: Json, name: str = "channel") -> Channel:
    """The conversation as the app may see it: a private one without the app in it does not exist for it."""
    channel = state.channel(str(args.get(name, "")))
    if (channel.is_private or channel.is_im) and not state.bot_is_in(channel):
        raise SlackError("channel_not_found")
    return channel


def writable_channel(state: State, args: Json) -> Channel:
    """Where to post: an id, a `#name`, or a person (whose direct conversation is then opened)."""
    wanted = str(args.get("channel", ""))
    if wanted in state.people and wanted != state.team.bot_user:
        return state.dm_of(wanted)
    by_name = {channel.name: channel.id for channel in state.channels.values() if not channel.is_im}
    channel = visible_channel(state, {"channel": by_name.get(wanted.removeprefix("#"), wanted)})
    if channel.is_archived:
        raise SlackError("is_archived")
    if not state.bot_is_in(channel) and "chat:write.public" not in state.team.scopes:
        raise SlackError("not_in_channel")
    return channel


def own_message(state: State, args: Json, refusal: str) -> tuple[Channel, Json]:
    channel = visible_channel(state, args)
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message["user"] != state.team.bot_user:
        raise SlackError(refusal)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel, message


# -- auth, team, people


def api_test(_state: State, args: Json) -> Json:
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"ok": True, "args": args}


def auth_test(state: State, _args: Json) -> Json:
    team = state.team
    return {
        "ok": True,
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.bot_name,
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(state: State, _args: Json) -> Json:
    origin = state.api_origin.replace("http://", "ws://")
    return {
        "ok": True,
        "url": f"{origin}/link/?ticket={state.sockets.new_ticket()}&app_id={state.team.app_id}",
    }


def team_info(state: State, _args: Json) -> Json:
    team = state.team
    return {
        "ok": True,
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": "",
            "url": f"https://{team.domain}.slack.com/",
            "icon": {"image_default": True},
        },
    }


def bots_info(state: State, args: Json) -> Json:
    if args.get("bot") not in (None, state.team.bot_id):
        raise SlackError("bot_not_found")
    return {"ok": True, "bot": posting.bot_profile(state)}


def users_info(state: State, args: Json) -> Json:
    person = state.person(str(args.get("user", "")))
    return {"ok": True, "user": payloads.user_object(state.team, person, state.now())}


def users_list(state: State, args: Json) -> Json:
    people, metadata = page(args, list(state.people.values()))
    members = [payloads.user_object(state.team, person, state.now()) for person in people]
    return {
        "ok": True,
        "members": members,
        "cache_ts": int(state.now().timestamp()),
        "response_metadata": metadata,
    }


# -- conversations


def conversations_info(state: State, args: Json) -> Json:
    channel = visible_channel(state, args)
    need(state, f"{channel.kind}:read")
    return {"ok": True, "channel": payloads.channel_object(state.team, channel)}


def _of_types(state: State, args: Json) -> list[Channel]:
    kinds = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    types = str(args.get("types") or "public_channel").split(",")
    if not all(name in kinds for name in types):
        raise SlackError("invalid_types")
    wanted = {kinds[name] for name in types}
    for kind in sorted(wanted):
        need(state, f"{kind}:read")
    found = [channel for channel in state.channels.values() if channel.kind in wanted]
    return [c for c in found if not (c.is_archived and is_true(args, "exclude_archived"))]


def conversations_list(state: State, args: Json) -> Json:
    seen = [c for c in _of_types(state, args) if c.kind == "channels" or state.bot_is_in(c)]
    channels, metadata = page(args, seen)
    objects = [payloads.channel_object(state.team, channel) for channel in channels]
    return {"ok": True, "channels": objects, "response_metadata": metadata}


def users_conversations(state: State, args: Json) -> Json:
    user = str(args.get("user") or state.team.bot_user)
    channels, metadata = page(args, [c for c in _of_types(state, args) if user in c.members])
    objects = [payloads.channel_object(state.team, channel) for channel in channels]
    return {"ok": True, "channels": objects, "response_metadata": metadata}


def conversations_members(state: State, args: Json) -> Json:
    channel = visible_channel(state, args)
    need(state, f"{channel.kind}:read")
    members, metadata = page(args, channel.members)
    return {"ok": True, "members": members, "response_metadata": metadata}


def conversations_open(state: State, args: Json) -> Json:
    if args.get("channel"):
        channel = visible_channel(state, args)
    else:
        users = [user for user in str(args.get("users", "")).split(",") if user]
        if len(users) != 1:
            raise SlackError("users_list_not_supplied" if not users else "not_enough_users")
        channel = state.dm_of(state.person(users[0]).id)
    is_full = is_true(args, "return_im")
    return {
        "ok": True,
        "channel": payloads.channel_object(state.team, channel) if is_full else {"id": channel.id},
    }


def _history(args: Json, found: list[Json], usual: int) -> Json:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999.999999")
    is_inclusive = is_true(args, "inclusive")
    inside = [m for m in found if oldest < m["ts"] < latest or (is_inclusive and m["ts"] in (oldest, latest))]
    messages, metadata = page(args, [posting.public(message) for message in inside], usual)
    if not is_true(args, "include_all_metadata"):
        messages = [{k: v for k, v in message.items() if k != "metadata"} for message in messages]
    has_more = bool(metadata["next_cursor"])
    return {
        "ok": True,
        "messages": messages,
        "has_more": has_more,
        **({"response_metadata": metadata} if has_more else {}),
    }


def _readable_channel(state: State, args: Json) -> Channel:
    channel = visible_channel(state, args)
    need(state, f"{channel.kind}:history")
    if not state.bot_is_in(channel):
        raise SlackError("not_in_channel")
    return channel


def conversations_history(state: State, args: Json) -> Json:
    channel = _readable_channel(state, args)
    return _history(args, state.messages(channel.id)[::-1], 100)


def conversations_replies(state: State, args: Json) -> Json:
    channel = _readable_channel(state, args)
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None:
        raise SlackError("thread_not_found")
    return _history(args, state.messages(channel.id, message.get("thread_ts", message["ts"])), 1000)


# -- chat and reactions


def post_message(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    content = posting.checked_content(state, args)
    if args.get("thread_ts") and is_true(args, "reply_broadcast"):
        content["subtype"] = "thread_broadcast"
    message = posting.post_as_bot(state, channel, content, args.get("thread_ts"))
    return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": posting.public(message)}


def update_message(state: State, args: Json) -> Json:
    if len(str(args.get("text") or "")) > posting.LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    channel, message = own_message(state, args, "cant_update_message")
    changed = posting.change(state, message, posting.checked_content(state, args))
    return {
        "ok": True,
        "channel": channel.id,
        "ts": changed["ts"],
        "text": changed["text"],
        "message": posting.public(changed),
    }


def delete_message(state: State, args: Json) -> Json:
    channel, message = own_message(state, args, "cant_delete_message")
    posting.remove(state, channel, message["ts"])
    return {"ok": True, "channel": channel.id, "ts": message["ts"]}


def post_ephemeral(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    user = str(args.get("user", ""))
    if user not in state.people or user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = posting.checked_content(state, args)
    message = posting.ephemeral(state, user, channel.id, content, args.get("thread_ts"))
    return {"ok": True, "message_ts": message["ts"]}


def get_permalink(state: State, args: Json) -> Json:
    channel, ts = visible_channel(state, args), str(args.get("message_ts", ""))
    message = state.find(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{state.team.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    thread = message.get("thread_ts", ts)
    query = f"?thread_ts={thread}&cid={channel.id}" if thread != ts else ""
    return {"ok": True, "channel": channel.id, "permalink": link + query}


def add_reaction(state: State, args: Json) -> Json:
    channel, name = visible_channel(state, args), str(args.get("name", "")).strip(":")
    message = state.find(channel.id, str(args.get("timestamp", "")))
    if message is None:
        raise SlackError("message_not_found")
    if not name:
        raise SlackError("invalid_name")
    reactions = [dict(reaction) for reaction in message.get("reactions", [])]
    same = next((reaction for reaction in reactions if reaction["name"] == name), None)
    if same and state.team.bot_user in same["users"]:
        raise SlackError("already_reacted")
    if same:
        same.update(users=[*same["users"], state.team.bot_user], count=same["count"] + 1)
    else:
        reactions.append({"name": name, "users": [state.team.bot_user], "count": 1})
    message["reactions"] = reactions
    state.note("reaction", message)
    return {"ok": True}


# -- checking


def validate_blocks(_state: State, args: Json) -> Json:
    given = [name for name in ("blocks", "message", "view") if args.get(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments")
    kind, value = given[0], structured(args, given[0], "invalid_arguments")
    if kind == "view":
        found = block_kit.view_problems(value)
    else:
        blocks = value.get("blocks", []) if kind == "message" and isinstance(value, dict) else value
        found = block_kit.problems(blocks)
    if found:
        raise SlackError(f"invalid_{kind}", errors=[_error(problem) for problem in found])
    return {"ok": True}


def _error(problem: str) -> Json:
    message, _, pointer = problem.removesuffix("]").partition(" [json-pointer:")
    return {
        "code": "failed_constraint",
        "message": message,
        "pointer": pointer,
        "field": pointer.split("/")[-1],
    }


CHAT, READ = ("chat:write",), ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = {
    "api.test": Method(api_test),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open),
    "blocks.validate": Method(validate_blocks),
    "bots.info": Method(bots_info, ("users:read",)),
    "chat.delete": Method(delete_message, CHAT),
    "chat.getPermalink": Method(get_permalink),
    "chat.postEphemeral": Method(post_ephemeral, CHAT),
    "chat.postMessage": Method(post_message, CHAT),
    "chat.update": Method(update_message, CHAT),
    "conversations.history": Method(conversations_history, HISTORY),
    "conversations.info": Method(conversations_info, READ),
    "conversations.list": Method(conversations_list, READ),
    "conversations.members": Method(conversations_members, READ),
    "conversations.open": Method(conversations_open, ("im:write", "mpim:write")),
    "conversations.replies": Method(conversations_replies, HISTORY),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
    "team.info": Method(team_info, ("team:read",)),
    "users.conversations": Method(users_conversations, READ),
    "users.info": Method(users_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
    "views.open": Method(modals.open_view),
    "views.publish": Method(modals.publish_home),
    "views.push": Method(modals.push_view),
    "views.update": Method(modals.update_view),
}
