"""The Web API's `chat.*` methods, and `reactions.add`."""

from __future__ import annotations

from bot.workspace import posting
from bot.workspace.arguments import is_true, own_message, visible_channel, writable_channel
from bot.workspace.records import Json, SlackError
from bot.workspace.state import State


def post_message(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    content = posting.checked_content(state, args)
    if args.get("thread_ts") and is_true(args, "reply_broadcast"):
        content["subtype"] = "thread_broadcast"
    message = posting.post_as_bot(state, channel, content, posting.thread_of(args))
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
    message = posting.ephemeral(state, user, channel.id, content, posting.thread_of(args))
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
