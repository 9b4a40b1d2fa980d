"""The Web API's `conversations.*` methods, and `users.conversations`."""

from __future__ import annotations

from bot.workspace import payloads, posting
from bot.workspace.arguments import is_true, need, page, visible_channel
from bot.workspace.records import Channel, Json, SlackError
from bot.workspace.state import State


def info(state: State, args: Json) -> Json:
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


def list_all(state: State, args: Json) -> Json:
    seen = [c for c in _of_types(state, args) if c.kind == "channels" or state.bot_is_in(c)]
    channels, metadata = page(args, seen)
    objects = [payloads.channel_object(state.team, channel) for channel in channels]
    return {"ok": True, "channels": objects, "response_metadata": metadata}


def of_user(state: State, args: Json) -> Json:
    user = str(args.get("user") or state.team.bot_user)
    channels, metadata = page(args, [c for c in _of_types(state, args) if user in c.members])
    objects = [payloads.channel_object(state.team, channel) for channel in channels]
    return {"ok": True, "channels": objects, "response_metadata": metadata}


def members(state: State, args: Json) -> Json:
    channel = visible_channel(state, args)
    need(state, f"{channel.kind}:read")
    members, metadata = page(args, channel.members)
    return {"ok": True, "members": members, "response_metadata": metadata}


def open_direct(state: State, args: Json) -> Json:
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


def history(state: State, args: Json) -> Json:
    channel = _readable_channel(state, args)
    return _history(args, state.messages(channel.id)[::-1], 100)


def replies(state: State, args: Json) -> Json:
    channel = _readable_channel(state, args)
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None:
        raise SlackError("thread_not_found")
    return _history(args, state.messages(channel.id, message.get("thread_ts", message["ts"])), 1000)
