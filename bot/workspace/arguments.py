"""What Web API methods read out of their arguments: flags, pages, channels and messages open to the app."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from bot.workspace.records import Channel, Json, SlackError
from bot.workspace.state import State


def is_true(args: Json, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("true", "1")


def page(args: Json, found: Sequence[Any], usual: int = 100) -> tuple[list[Any], Json]:
    """One page of a list, and the `response_metadata` that leads to the next."""
    try:
        cursor = base64.b64decode(str(args.get("cursor") or ""), validate=True).decode()
        start = abs(int(cursor.removeprefix("next:") or 0))
        limit = int(args.get("limit") or usual)
    except (ValueError, TypeError):
        raise SlackError("invalid_cursor" if args.get("cursor") else "invalid_limit") from None
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    following = start + limit
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(found) else ""
    return list(found[start:following]), {"next_cursor": cursor}


def listed(args: Json, name: str) -> list[str]:
    """Ids that come with commas between them, or as an array."""
    value = args.get(name)
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def need(state: State, *scopes: str) -> None:
    """Any one of them will do."""
    if not set(scopes) & set(state.team.scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(state.team.scopes))


def visible_channel(state: State, args: Json, name: str = "channel") -> Channel:
    """The conversation as the app may see it: a private one without the app in it does not exist for it."""
    channel = state.channel(str(args.get(name, "")))
    if channel.kind != "channels" and not state.bot_is_in(channel):
        raise SlackError("channel_not_found")
    return channel


def addressed(state: State, args: Json) -> str:
    """The id of the conversation that is meant: by its id, by `#name`, or by a person with whom it is."""
    wanted = str(args.get("channel", ""))
    if wanted in state.channels:
        return wanted
    if wanted in state.people and wanted != state.team.bot_user:
        if state.people[wanted].is_deleted:
            raise SlackError("user_disabled")
        return state.dm_of(wanted).id
    name = wanted.removeprefix("#")
    found = (c.id for c in state.channels.values() if c.name == name and c.kind in ("channels", "groups"))
    return next(found, wanted)


def writable_channel(state: State, args: Json) -> Channel:
    """Where to post."""
    channel = visible_channel(state, {"channel": addressed(state, args)})
    if channel.is_archived:
        raise SlackError("is_archived")
    if not state.bot_is_in(channel) and "chat:write.public" not in state.team.scopes:
        raise SlackError("not_in_channel")
    return channel


def any_message(state: State, args: Json, name: str = "ts") -> tuple[Channel, Json]:
    channel = visible_channel(state, args)
    message = state.find(channel.id, str(args.get(name, "")))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    return channel, message


def own_message(state: State, args: Json, refusal: str) -> tuple[Channel, Json]:
    channel, message = any_message(state, args)
    if message["user"] != state.team.bot_user:
        raise SlackError(refusal)
    if channel.is_archived:
        raise SlackError("is_inactive")
    return channel, message


def permalink(state: State, channel: Channel, message: Json) -> str:
    ts, thread = message["ts"], message.get("thread_ts", message["ts"])
    query = f"?thread_ts={thread}&cid={channel.id}" if thread != ts else ""
    return f"https://{state.team.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}{query}"
