"""The Web API's `conversations.*` methods, and `users.conversations`."""

from __future__ import annotations

import re

from bot.workspace import payloads, posting
from bot.workspace.arguments import is_true, listed, need, page, visible_channel
from bot.workspace.records import Channel, Json, SlackError
from bot.workspace.state import State
from bot.workspace.world import World

LONGEST_NAME, LONGEST_TOPIC, MOST_IN_A_DIRECT_ONE = 80, 250, 8
NAME = re.compile(r"[a-z0-9\u00df-\uffff_-]+")


def _answer(state: State, channel: Channel, **more: object) -> Json:
    return {"ok": True, "channel": payloads.channel_object(state.team, channel), **more}


# -- looking


def info(state: State, args: Json) -> Json:
    channel = visible_channel(state, args)
    need(state, f"{channel.kind}:read")
    answer = _answer(state, channel)
    if is_true(args, "include_num_members"):
        answer["channel"]["num_members"] = len(channel.members)
    return answer


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


def _channels(state: State, args: Json, found: list[Channel]) -> Json:
    channels, metadata = page(args, found)
    objects = [payloads.channel_object(state.team, channel) for channel in channels]
    return {"ok": True, "channels": objects, "response_metadata": metadata}


def list_all(state: State, args: Json) -> Json:
    seen = [c for c in _of_types(state, args) if c.kind == "channels" or state.bot_is_in(c)]
    answer = _channels(state, args, seen)
    for channel in answer["channels"]:
        if not channel["is_im"]:
            channel["num_members"] = len(state.channels[channel["id"]].members)
    return answer


def of_user(state: State, args: Json) -> Json:
    user, bot = str(args.get("user") or state.team.bot_user), state.team.bot_user
    state.person(user)
    seen = [c for c in _of_types(state, args) if c.kind == "channels" or bot in c.members]
    answer = _channels(state, args, [c for c in seen if user in c.members])
    for channel in answer["channels"]:
        channel.pop("is_member", None)  # which `conversations.list` tells, and this method doesn't
    return answer


def members(state: State, args: Json) -> Json:
    channel = visible_channel(state, args)
    need(state, f"{channel.kind}:read")
    members, metadata = page(args, channel.members)
    return {"ok": True, "members": members, "response_metadata": metadata}


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
    return _own(state, channel)


def history(state: State, args: Json) -> Json:
    channel = _readable_channel(state, args)
    return _history(args, state.messages(channel.id)[::-1], 100)


def replies(state: State, args: Json) -> Json:
    channel = _readable_channel(state, args)
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None:
        raise SlackError("thread_not_found")
    return _history(args, state.messages(channel.id, message.get("thread_ts", message["ts"])), 1000)


# -- direct conversations


def open_direct(state: State, args: Json) -> Json:
    channel = visible_channel(state, args) if args.get("channel") else _direct(state, listed(args, "users"))
    if is_true(args, "return_im"):
        return _answer(state, channel)
    return {"ok": True, "channel": {"id": channel.id}}


def _direct(state: State, users: list[str]) -> Channel:
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_IN_A_DIRECT_ONE:
        raise SlackError("too_many_users")
    names = [state.person(user).name for user in users]
    if state.team.bot_user in users:
        raise SlackError("cannot_dm_bot")
    need(state, "im:write" if len(users) == 1 else "mpim:write")
    if len(users) == 1:
        return state.dm_of(users[0])
    members = sorted({*users, state.team.bot_user})
    for channel in state.channels.values():
        if channel.is_mpim and sorted(channel.members) == members:
            return channel
    channel = state.add_channel(f"mpdm-{'--'.join(names)}-1", members, private=True)
    channel.is_mpim = True
    return channel


def close(state: State, args: Json) -> Json:
    channel = visible_channel(state, args)
    if not (channel.is_im or channel.is_mpim):
        raise SlackError("method_not_supported_for_channel_type")
    need(state, f"{channel.kind}:write")
    return {"ok": True}


def mark(state: State, args: Json) -> Json:
    """Nobody sees an app's read marks, so that only the channel and the time are looked at."""
    _own(state, visible_channel(state, args))
    if not re.fullmatch(r"\d+(\.\d+)?", str(args.get("ts", ""))):
        raise SlackError("invalid_timestamp")
    return {"ok": True}


# -- channels and who is in them


def _own(state: State, channel: Channel) -> Channel:
    if not state.bot_is_in(channel):
        raise SlackError("not_in_channel")
    return channel


def _managed(state: State, args: Json, scope: str = "", archived: bool = False) -> Channel:
    """A channel that the app may change: it is in it, has a scope for it, and the channel is (not) archived."""
    channel = _own(state, visible_channel(state, args))
    if channel.is_im or channel.is_mpim:
        raise SlackError("method_not_supported_for_channel_type")
    _need_write(state, channel.is_private, scope)
    if channel.is_archived and not archived:
        raise SlackError("is_archived")
    return channel


def _need_write(state: State, is_private: bool, scope: str = "") -> None:
    usual = "groups:write" if is_private else "channels:manage"
    narrow = f"{'groups' if is_private else 'channels'}:{scope}"
    need(state, usual, *([narrow] if scope else []))


def _tell(state: State, kind: str, room: Channel, **more: object) -> None:
    state.note("channel", room)
    name = f"{'group' if room.is_private else 'channel'}_{kind}"
    state.emit(name, {"type": name, "channel": room.id, "event_ts": state.next_ts(), **more}, room.id)


def _checked_name(state: State, args: Json) -> str:
    name = str(args.get("name") or "").strip()
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if any(channel.name == name for channel in state.channels.values() if not channel.is_im):
        raise SlackError("name_taken")
    return name


def create(state: State, args: Json) -> Json:
    is_private, bot = is_true(args, "is_private"), state.team.bot_user
    _need_write(state, is_private)
    channel = state.add_channel(_checked_name(state, args), [bot], is_private)
    channel.creator = bot
    if not is_private:
        _tell(state, "created", channel, channel={**_named(channel), "creator": bot})
    return _answer(state, channel)


def _named(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.name, "created": channel.created}


def rename(state: State, args: Json) -> Json:
    channel = _managed(state, args)
    channel.name = _checked_name(state, args)
    _tell(state, "rename", channel, channel=_named(channel))
    return _answer(state, channel)


def archive(state: State, args: Json) -> Json:
    return _archived(state, args, True)


def unarchive(state: State, args: Json) -> Json:
    return _archived(state, args, False)


def _archived(state: State, args: Json, is_wanted: bool) -> Json:
    channel = _managed(state, args, archived=True)
    if channel.is_archived is is_wanted:
        raise SlackError("already_archived" if is_wanted else "not_archived")
    channel.is_archived = is_wanted
    _tell(state, "archive" if is_wanted else "unarchive", channel, user=state.team.bot_user)
    return {"ok": True}


def set_topic(state: State, args: Json) -> Json:
    return _set_about(state, args, "topic")


def set_purpose(state: State, args: Json) -> Json:
    return _set_about(state, args, "purpose")


def _set_about(state: State, args: Json, what: str) -> Json:
    channel, words = _managed(state, args, "write.topic"), str(args.get(what) or "")
    if len(words) > LONGEST_TOPIC:
        raise SlackError("too_long")
    value = {"value": words, "creator": state.team.bot_user, "last_set": int(state.now().timestamp())}
    setattr(channel, what, value)
    text = f"<@{state.team.bot_user}> set the channel {what}: {words}"
    posting.post_as_bot(state, channel, {"subtype": f"channel_{what}", what: words, "text": text})
    return _answer(state, channel)


def invite(state: World, args: Json) -> Json:
    channel, users = _managed(state, args, "write.invites"), listed(args, "users")
    if not users:
        raise SlackError("no_user")
    errors = [{"ok": False, "user": user, "error": _why_not(state, channel, user)} for user in users]
    errors = [error for error in errors if error["error"]]
    if errors and not (is_true(args, "force") and len(errors) < len(users)):
        raise SlackError(str(errors[0]["error"]), errors=errors)
    for user in users:
        if user in state.people:
            state.join(user, channel)
    return _answer(state, channel, **({"errors": errors} if errors else {}))


def _why_not(state: State, channel: Channel, user: str) -> str:
    if user == state.team.bot_user:
        return "cant_invite_self"
    if user not in state.people:
        return "user_not_found"
    return "already_in_channel" if user in channel.members else ""


def kick(state: World, args: Json) -> Json:
    channel, user = _managed(state, args), str(args.get("user", ""))
    if user == state.team.bot_user:
        raise SlackError("cant_kick_self")
    if state.person(user).id not in channel.members:
        raise SlackError("not_in_channel")
    state.leave(user, channel)
    return {"ok": True}


def join(state: World, args: Json) -> Json:
    channel = visible_channel(state, args)
    if channel.kind != "channels":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if state.bot_is_in(channel):
        warning = "already_in_channel"
        return _answer(state, channel, warning=warning, response_metadata={"warnings": [warning]})
    state.invite_bot(channel)
    return _answer(state, channel)


def leave(state: World, args: Json) -> Json:
    channel = visible_channel(state, args)
    if not state.bot_is_in(channel):
        return {"ok": True, "not_in_channel": True}
    _managed(state, args)
    state.remove_bot(channel)
    return {"ok": True}
